//! What a body says of an event.

use axum::Json;
use serde_json::{Map, Value};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use super::super::body::{Body, DATE, DATE_OR_NONE, Fields, Form, described, say_each, texts};
use super::super::problem::{Answer, Problem};
use crate::domain::event::{DescriptionFormat, EventPatch, Field, Kind, Status};
use crate::domain::{FieldError, text};

const LINE: Form = Form {
    says: "",
    is_list: false,
    takes_ids: false,
    takes_null: true,
    words: Vec::new(),
    pattern: None,
    most: Some(1000),
    is_never_empty: false,
};

impl Fields for Field {
    const OF: &'static str = "an event";
    const ALL: &'static [Self] = Self::ALL;

    fn name(self) -> &'static str {
        self.as_str()
    }

    fn form(self) -> Form {
        let words = |words: Vec<&'static str>| Form { words, most: None, takes_null: false, ..LINE };
        let date = Form { pattern: Some(DATE), most: None, ..LINE };
        let labels = Form { is_list: true, pattern: Some("^[^;]*$"), most: Some(200), ..LINE };
        let dates = Form { is_list: true, ..date.clone() };
        let address = Form { pattern: Some("^(https?://.+)?$"), most: Some(2000), ..LINE };
        let (says, form) = match self {
            Self::Kind => ("What sort of date it is.", words(Kind::ALL.iter().map(|kind| kind.as_str()).collect())),
            Self::Title => (
                "In a few words, what it is.",
                Form { is_never_empty: true, takes_null: false, pattern: Some("\\S"), ..LINE },
            ),
            Self::Start => (
                "`2020-10-01`, `2020-10-01T09:00` on the clocks of `timezone`, `2020-10`, `2020-Q4` or `2020`.",
                Form { takes_null: false, ..date },
            ),
            Self::End => (
                "Inclusive, and as exact as the start. Null: it has none.",
                Form { pattern: Some(DATE_OR_NONE), ..date },
            ),
            Self::Duration => (
                "How long it lasts (RFC 5545 section 3.3.6: `PT2H`, `P1D`): in the place of an end, or where clocks show \
                 the end twice. Null: the end says it.",
                Form { pattern: Some("^(P([0-9]+D)?(T([0-9]+H)?([0-9]+M)?)?)?$"), most: None, ..LINE },
            ),
            Self::Timezone => ("A name of the IANA database. Null: the office's.", LINE),
            Self::Repeat => ("An RRULE (RFC 5545 section 3.3.10) without its name.", LINE),
            Self::Rdates => ("Dates beside those of the rule.", dates),
            Self::Exdates => ("Dates of the rule that are left out.", dates),
            Self::Status => (
                "A draft is shown to nobody outside. What was published can't become one again.",
                words(Status::ALL.iter().map(|status| status.as_str()).collect()),
            ),
            Self::Location => ("Where one goes.", LINE),
            Self::Organizer => ("Who holds it.", LINE),
            Self::Topics => ("What readers follow.", labels),
            Self::Standards => ("What it is about, by number: `GB/T 35273-2020`.", labels),
            Self::Url => ("Where more is told.", address),
            Self::JoinUrl => ("Where one joins from afar.", address),
            Self::Description => ("Written as `description_format` says.", Form { most: Some(100_000), ..LINE }),
            Self::DescriptionFormat => (
                "How the description is written.",
                words(DescriptionFormat::ALL.iter().map(|format| format.as_str()).collect()),
            ),
        };
        Form { says, ..form }
    }
}

/// What a new event says: no less than what, when and of which kind.
pub struct NewEvent;

/// What is to be different about an event. What is not named stays, and null takes away what there was.
pub struct EventChange;

/// What the event of a UID is to say. What is not named stays; there is none yet, it needs a kind, a title and a start.
pub struct EventOfUid;

impl PartialSchema for NewEvent {
    fn schema() -> RefOr<Schema> {
        let object = described(&[Field::Kind, Field::Title, Field::Start]);
        object.description(Some("No less than what it is, when, and of which kind.")).build().into()
    }
}

impl PartialSchema for EventChange {
    fn schema() -> RefOr<Schema> {
        let said = "What is not named stays, and null takes away what there was.";
        let label = || ObjectBuilder::new().schema_type(Type::String).max_length(Some(200)).pattern(Some("^[^;]*$"));
        let labels = |says: &str| ArrayBuilder::new().items(label()).description(Some(says)).build();
        let object =
            LABELS.iter().fold(described::<Field>(&[]), |object, (name, says)| object.property(*name, labels(says)));
        object.min_properties(Some(1)).description(Some(said)).build().into()
    }
}

impl PartialSchema for EventOfUid {
    fn schema() -> RefOr<Schema> {
        let said = "What is not named stays, and null takes away what there was. Where there is no event of that UID \
                    yet, it needs a kind, a title and a start.";
        let uid = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(255));
        let uid = uid.description(Some("By which it is known elsewhere, too: any text of one line."));
        described::<Field>(&[]).property("uid", uid).required("uid").description(Some(said)).build().into()
    }
}

impl ToSchema for NewEvent {}
impl ToSchema for EventChange {}
impl ToSchema for EventOfUid {}

/// Of lists, what comes to them and what goes, while the rest stays.
const LABELS: [(&str, &str); 4] = [
    ("add_topics", "Beside those there are."),
    ("remove_topics", "Of those there are."),
    ("add_standards", "Beside those there are."),
    ("remove_standards", "Of those there are."),
];

/// What a body says of a new event.
pub fn new_event(body: Body) -> Answer<EventPatch> {
    let Json(body) = body?;
    fields(body)
}

/// What a body says is to be different.
pub fn change(body: Body) -> Answer<EventPatch> {
    let Json(mut body) = body?;
    let mut of = |name: &'static str| {
        let labels = body.remove(name).map_or(Ok(Vec::new()), |value| texts(name, value, false))?;
        // Those that go are not judged with what stays.
        text::labels(name, labels.iter().map(String::as_str)).map_err(FieldError::of(name))?;
        Answer::Ok(labels)
    };
    let (add_topics, remove_topics) = (of("add_topics")?, of("remove_topics")?);
    let (add_standards, remove_standards) = (of("add_standards")?, of("remove_standards")?);
    Ok(EventPatch { add_topics, remove_topics, add_standards, remove_standards, ..fields(body)? })
}

/// The UID that a body names, and what it says of that event.
pub fn of_uid(body: Body) -> Answer<(String, EventPatch)> {
    let Json(mut body) = body?;
    let uid = match body.remove("uid") {
        Some(Value::String(uid)) => uid,
        Some(_) => return Err(Problem::of_field("uid", "`uid` has to be text")),
        None => return Err(Problem::of_field("uid", "the `uid` is missing: it says which event this is")),
    };
    Ok((uid, fields(body)?))
}

fn fields(body: Map<String, Value>) -> Answer<EventPatch> {
    let mut patch = EventPatch::default();
    say_each(body, |field, said| patch.say(field, said))?;
    Ok(patch)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_description_of_an_event_names_every_field() {
        let described = serde_json::to_value(EventOfUid::schema()).unwrap();
        let names: BTreeSet<_> = described["properties"].as_object().unwrap().keys().map(String::as_str).collect();
        let fields = Field::ALL.iter().map(|field| field.as_str()).chain(["uid"]).collect();
        assert_eq!(names, fields);
        assert_eq!((&described["additionalProperties"], &described["required"][0]), (&false.into(), &"uid".into()));
    }

    #[test]
    fn a_field_that_may_not_be_null_is_described_so() {
        let described = serde_json::to_value(NewEvent::schema()).unwrap();
        let end = &described["properties"]["end"];
        assert_eq!(
            (&end["type"], &described["properties"]["kind"]["type"]),
            (&serde_json::json!(["string", "null"]), &"string".into())
        );
        for field in Field::ALL {
            let body = Map::from_iter([(field.as_str().to_owned(), Value::Null)]);
            assert_eq!(fields(body).is_ok(), field.form().takes_null, "{field}");
        }
    }
}
