//! Texts of a certain form, as the description of the API tells them.

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use super::body::DATE;

/// A moment as people give it: a day, perhaps with a time, perhaps with an offset.
pub struct Moment;

const MOMENT: &str = "^[12][0-9]{3}-((0[1-9]|1[0-2])-(0[1-9]|[12][0-9])|(0[13-9]|1[0-2])-30|(0[13578]|1[02])-31)\
    ([ T]([01][0-9]|2[0-3]):[0-5][0-9]((:[0-5][0-9]([.][0-9]{1,9})?)?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9]))?)?$";

impl PartialSchema for Moment {
    fn schema() -> RefOr<Schema> {
        let said = "2020-09-28T08:00:00+08:00, or 2020-09-28 08:00 and 2020-09-28 on the digest's own clock. A 29 \
            February that its year has not is refused all the same.";
        text(MOMENT, said)
    }
}

impl ToSchema for Moment {}

/// A date as far as it is known, as `domain::when::Point` reads it.
pub struct DateText;

impl PartialSchema for DateText {
    fn schema() -> RefOr<Schema> {
        text(DATE, "2020-10-01, 2020-10-01T09:00, 2020-10, 2020-Q4 or 2020.")
    }
}

impl ToSchema for DateText {}

/// An edition's id, or its digest and its number there: `weekly/1`.
pub struct EditionText;

impl PartialSchema for EditionText {
    fn schema() -> RefOr<Schema> {
        text("^([^/]+/)?[1-9][0-9]{0,17}$", "The id of an edition, or its digest and its number there: weekly/1.")
    }
}

impl ToSchema for EditionText {}

/// An entry of an edition, as `domain::mark::Entry` reads it.
pub struct EntryText;

impl PartialSchema for EntryText {
    fn schema() -> RefOr<Schema> {
        let said = "event:12, or 12 alone; 12@2020-10-05 for one date of a repeating event; article:3.";
        text(
            "^((event[: ])?[1-9][0-9]{0,17}(@[12][0-9]{3}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2})?)?|article[: ][1-9][0-9]{0,17})$",
            said,
        )
    }
}

impl ToSchema for EntryText {}

/// Where a page begins.
pub struct CursorText;

impl PartialSchema for CursorText {
    fn schema() -> RefOr<Schema> {
        text("^[A-Za-z0-9_-]{32}$", "From the Link of the page before.")
    }
}

impl ToSchema for CursorText {}

/// That it is meant.
pub struct Yes;

impl PartialSchema for Yes {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::Boolean).enum_values(Some([true])).build().into()
    }
}

impl ToSchema for Yes {}

fn text(pattern: &str, said: &str) -> RefOr<Schema> {
    let text = ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern)).description(Some(said));
    text.build().into()
}
