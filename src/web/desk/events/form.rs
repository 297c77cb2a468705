//! The form of an event: what is in each field, and what is wrong with it.

use jiff::civil::DateTime;

use super::super::chrome::Choice;
use super::super::field::{FieldView, FormView, wrong_with};
use super::super::sent::Sent;
use super::list::status_name;
use crate::domain::FieldError;
use crate::domain::event::{DescriptionFormat, Details, Field, Kind, Status};
use crate::domain::wording::Locale;
use crate::domain::zone::Zone;
pub use crate::intake::event_fields::Read;
use crate::intake::event_fields::{self, FIELDS};

/// What a new event begins with, before anybody has typed anything.
pub fn of_new(zone: &Zone) -> Sent {
    let pairs = [("kind", "meeting"), ("status", "draft"), ("timezone", zone.name())];
    Sent::of(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec())
}

/// An event as its form shows it.
pub fn of(details: &Details) -> Sent {
    let pairs = FIELDS.iter().map(|field| (field.as_str().to_owned(), event_fields::shown(*field, details)));
    Sent::of(pairs.collect())
}

/// What the form says otherwise than the event does.
pub fn read(sent: &Sent, base: Option<&Details>, now: DateTime) -> Read {
    event_fields::read(&|field| sent.one(field.as_str()), base, now)
}

/// The form with what is in it, and what is wrong with that.
pub fn view(sent: &Sent, wrong: &[FieldError], base: Option<&Details>, locale: Locale) -> FormView {
    let fields = FIELDS.iter().filter(|field| is_shown(**field, sent, base));
    FormView::of(
        fields.map(|field| field_of(*field, sent, wrong, base, locale)).collect(),
        wrong,
        base.is_none(),
        locale,
    )
}

/// What is seldom said stands on the page only where it is.
fn is_shown(field: Field, sent: &Sent, base: Option<&Details>) -> bool {
    match field {
        Field::Duration => base.is_some_and(|base| base.when.length().is_some()) || !sent.text("duration").is_empty(),
        _ => true,
    }
}

fn field_of(field: Field, sent: &Sent, wrong: &[FieldError], base: Option<&Details>, locale: Locale) -> FieldView {
    let name = field.as_str();
    let (label, help) = words(field, locale);
    FieldView {
        name,
        label,
        value: sent.text(name).to_owned(),
        help,
        wrong: wrong_with(name, wrong, locale),
        choices: choices(field, sent.text(name), base, locale),
        is_long: field == Field::Description,
        list: match field {
            Field::Timezone => "zones",
            Field::Topics => "topics",
            _ => "",
        },
    }
}

fn choices(field: Field, chosen: &str, base: Option<&Details>, locale: Locale) -> Vec<Choice> {
    let choice = |value: &str, label: String| Choice { value: value.to_owned(), label, is_chosen: value == chosen };
    match field {
        Field::Kind => Kind::ALL.iter().map(|kind| choice(kind.as_str(), locale.kind(*kind))).collect(),
        Field::Status => Status::ALL
            .iter()
            // It is cancelled by a button of its own, with a reason.
            .filter(|status| **status != Status::Cancelled || base.is_some_and(|base| base.status == Status::Cancelled))
            .map(|status| choice(status.as_str(), status_name(*status, locale)))
            .collect(),
        Field::DescriptionFormat => {
            DescriptionFormat::ALL.iter().map(|format| choice(format.as_str(), format.to_string())).collect()
        }
        _ => Vec::new(),
    }
}

/// What a field is called.
pub fn label(field: Field, locale: Locale) -> String {
    words(field, locale).0
}

/// What a field is called, and what helps to fill it in.
fn words(field: Field, locale: Locale) -> (String, String) {
    let say =
        |label: &str, help: &str| (locale.say(label), if help.is_empty() { String::new() } else { locale.say(help) });
    match field {
        Field::Title => say("desk-field-title", ""),
        Field::Kind => say("desk-field-kind", ""),
        Field::Start => say("desk-field-start", "desk-help-start"),
        Field::End => say("desk-field-end", "desk-help-end"),
        Field::Timezone => say("desk-field-timezone", "desk-help-timezone"),
        Field::Repeat => say("desk-field-repeat", "desk-help-repeat"),
        Field::Location => say("desk-field-location", ""),
        Field::JoinUrl => say("desk-field-join-url", "desk-help-join-url"),
        Field::Organizer => say("desk-field-organizer", ""),
        Field::Topics => say("desk-field-topics", "desk-help-topics"),
        Field::Standards => say("desk-field-standards", "desk-help-standards"),
        Field::Url => say("desk-field-url", "desk-help-url"),
        Field::Status => say("desk-field-status", "desk-help-status"),
        Field::DescriptionFormat => say("desk-field-format", ""),
        Field::Description => say("desk-field-description", "desk-help-description"),
        Field::Duration => say("desk-field-duration", "desk-help-duration"),
        Field::Rdates | Field::Exdates => (field.as_str().to_owned(), String::new()),
    }
}
