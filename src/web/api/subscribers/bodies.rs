//! What is said of somebody in the body of a request.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};

use super::super::list;
use crate::domain::address::EmailAddress;
use crate::domain::event::Kind;
use crate::domain::subscriber::{Hour, ListEdit, SubscriberEdit};
use crate::domain::wording::Locale;
use crate::domain::zone::Zone;
use crate::domain::{FieldError, text};
use crate::office::Agreed;

/// Somebody as they are to be known; what is not named stays, and null takes away what there was.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Told {
    #[schema(value_type = String, format = Email)]
    email: EmailAddress,
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<String>, max_length = 1000)]
    name: Option<Option<String>>,
    /// By slug, beside those they get. Of somebody new: every digest if none is named.
    #[serde(default)]
    digests: Vec<String>,
    /// Those they follow; none means all.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<Vec<Label>>)]
    topics: Option<Option<Vec<String>>>,
    /// The kinds of events they are told of; none means all.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<Vec<Kind>>)]
    kinds: Option<Option<Vec<Kind>>>,
    /// A name of the IANA database.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<String>)]
    timezone: Option<Option<Zone>>,
    /// The hour of their own day at which mail comes, where a digest leaves that to its readers.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<u8>, maximum = 23)]
    send_hour: Option<Option<Hour>>,
    /// The language of their mail.
    #[serde(default, deserialize_with = "said")]
    #[schema(schema_with = locales)]
    locale: Option<Option<Locale>>,
    /// When they agreed elsewhere, with `consent_note`. Without these a mail asks them.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    consent_at: Option<Timestamp>,
    /// How they agreed, for the record.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 1000)]
    consent_note: Option<String>,
}

/// What is changed of somebody; null takes away what there was.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(min_properties = 1)]
pub struct Changes {
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<String>, max_length = 1000)]
    name: Option<Option<String>>,
    /// Exactly these, by slug; an empty list leaves all. A mail asks about those that there is no consent for.
    #[serde(default, deserialize_with = "list::given")]
    #[schema(value_type = Vec<String>, required = false)]
    digests: Option<Vec<String>>,
    /// These too.
    #[serde(default)]
    add_digests: Vec<String>,
    /// No more of these.
    #[serde(default)]
    remove_digests: Vec<String>,
    /// Exactly these; none means all.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<Vec<Label>>)]
    topics: Option<Option<Vec<String>>>,
    #[serde(default)]
    #[schema(value_type = Vec<Label>)]
    add_topics: Vec<String>,
    #[serde(default)]
    #[schema(value_type = Vec<Label>)]
    remove_topics: Vec<String>,
    /// Exactly these kinds of events; none means all.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<Vec<Kind>>)]
    kinds: Option<Option<Vec<Kind>>>,
    #[serde(default)]
    add_kinds: Vec<Kind>,
    #[serde(default)]
    remove_kinds: Vec<Kind>,
    /// A name of the IANA database.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<String>)]
    timezone: Option<Option<Zone>>,
    /// The hour of their own day at which mail comes, where a digest leaves that to its readers.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<u8>, maximum = 23)]
    send_hour: Option<Option<Hour>>,
    /// The language of their mail.
    #[serde(default, deserialize_with = "said")]
    #[schema(schema_with = locales)]
    locale: Option<Option<Locale>>,
}

/// A topic.
#[derive(ToSchema)]
#[schema(pattern = "^[^;]*$", max_length = 200)]
#[allow(dead_code)]
struct Label(String);

/// None if nothing was said, none inside for null.
fn said<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

fn locales() -> ObjectBuilder {
    let tags = Locale::all().map(|locale| Some(locale.tag())).chain([None]);
    let text_or_null = SchemaType::from_iter([Type::String, Type::Null]);
    ObjectBuilder::new()
        .schema_type(text_or_null)
        .enum_values(Some(tags))
        .description(Some("The language of their mail."))
}

impl Told {
    /// Whom it is about, what is to be so, and whether they agreed.
    pub fn read(self) -> Result<(EmailAddress, SubscriberEdit, Agreed), FieldError> {
        let agreed = Agreed::told(self.consent_at, self.consent_note.as_deref())?;
        let edit = SubscriberEdit {
            name: name(self.name)?,
            digests: ListEdit { add: self.digests, ..ListEdit::default() },
            topics: ListEdit { to: self.topics.map(|list| topics("topics", list)).transpose()?, ..ListEdit::default() },
            kinds: ListEdit { to: self.kinds.map(kinds), ..ListEdit::default() },
            timezone: self.timezone,
            send_hour: self.send_hour,
            locale: self.locale,
        };
        Ok((self.email, edit, agreed))
    }
}

impl Changes {
    pub fn read(self) -> Result<SubscriberEdit, FieldError> {
        Ok(SubscriberEdit {
            name: name(self.name)?,
            digests: ListEdit { to: self.digests, add: self.add_digests, remove: self.remove_digests },
            topics: ListEdit {
                to: self.topics.map(|list| topics("topics", list)).transpose()?,
                add: topics("add_topics", Some(self.add_topics))?,
                remove: topics("remove_topics", Some(self.remove_topics))?,
            },
            kinds: ListEdit { to: self.kinds.map(kinds), add: self.add_kinds, remove: self.remove_kinds },
            timezone: self.timezone,
            send_hour: self.send_hour,
            locale: self.locale,
        })
    }
}

fn name(given: Option<Option<String>>) -> Result<Option<String>, FieldError> {
    let Some(given) = given else { return Ok(None) };
    let name = text::single_line(&given.unwrap_or_default());
    text::at_most("name", &name, 1000).map_err(FieldError::of("name"))?;
    Ok(Some(name))
}

fn topics(field: &'static str, given: Option<Vec<String>>) -> Result<Vec<String>, FieldError> {
    let given = given.unwrap_or_default();
    text::labels("topic", given.iter().map(String::as_str)).map_err(FieldError::of(field))
}

/// Each once, in their order.
fn kinds(given: Option<Vec<Kind>>) -> Vec<Kind> {
    let mut kinds = given.unwrap_or_default();
    kinds.sort();
    kinds.dedup();
    kinds
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn told(body: Value) -> Result<SubscriberEdit, String> {
        let told: Told = serde_json::from_value(body).map_err(|error| error.to_string())?;
        told.read().map(|(_, edit, _)| edit).map_err(|error| error.field.to_owned())
    }

    #[test]
    fn what_is_not_named_stays_and_null_takes_away() {
        let email = "ada@example.org";
        assert_eq!(told(json!({ "email": email })), Ok(SubscriberEdit::default()));
        let edit = told(json!({ "email": email, "name": null, "topics": null, "timezone": null, "send_hour": 7 }));
        let edit = edit.unwrap();
        assert_eq!((edit.name.as_deref(), edit.topics.to, edit.timezone), (Some(""), Some(Vec::new()), Some(None)));
        assert_eq!(edit.send_hour, Some("7".parse().ok()));
        let changes: Changes = serde_json::from_value(json!({ "digests": [] })).unwrap();
        assert_eq!(changes.read().unwrap().digests.to, Some(Vec::new()));
        assert!(serde_json::from_value::<Changes>(json!({ "digests": null })).is_err());
    }

    #[test]
    fn a_consent_is_told_with_when_and_how_or_not_at_all() {
        let with = |body: Value| {
            let mut told = json!({ "email": "ada@example.org" });
            told.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
            self::told(told).map(|_| ())
        };
        let at = "2020-01-01T00:00:00Z";
        assert_eq!(with(json!({ "consent_at": at, "consent_note": "form" })), Ok(()));
        assert_eq!(with(json!({ "consent_at": at })), Err("consent_note".into()));
        assert_eq!(with(json!({ "consent_at": at, "consent_note": " " })), Err("consent_note".into()));
        assert_eq!(with(json!({ "consent_note": "form" })), Err("consent_at".into()));
    }
}
