//! Why something was not done that somebody asked for: a code for programs, one sentence for people, and what it is
//! about, so that a door can say where to look or mark the field of a form.

use super::meant::aside;
use super::text::quoted;
use super::{FieldError, Invalid, words};

words! {
    pub enum Code, "code" {
        /// What was given can't be.
        Invalid => "invalid",
        NotFound => "not-found",
        /// It does not fit how things are, or somebody was there first.
        Conflict => "conflict",
        /// Not by this person.
        Forbidden => "forbidden",
        /// Too often.
        Limited => "limited",
        /// It may be done in a moment.
        Busy => "busy",
    }
}

words! {
    /// What people may name and ask for.
    pub enum Noun, "thing" {
        Event => "event",
        Article => "article",
        Picture => "picture",
        Digest => "digest",
        Edition => "edition",
        Delivery => "delivery",
        Subscriber => "subscriber",
        Bounce => "bounce",
        Source => "source",
        Editor => "editor",
        Token => "token",
        Webhook => "webhook",
        /// One that signs mail.
        Key => "key",
        /// What links in mails are sealed with.
        Secret => "secret",
        /// All that is kept.
        Database => "database",
    }
}

/// One thing by the name that was asked for: an id, a slug, an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct What {
    pub noun: Noun,
    pub name: String,
}

impl What {
    pub fn new(noun: Noun, name: impl ToString) -> Self {
        Self { noun, name: name.to_string() }
    }
}

/// A refusal. Its sentence has no words of a shell or a page: those are the door's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{said}")]
pub struct Refused {
    pub code: Code,
    /// Of the thing, by the name it has outside.
    pub field: Option<&'static str>,
    pub what: Option<What>,
    pub said: String,
}

impl Refused {
    fn new(code: Code, said: impl Into<String>) -> Self {
        Self { code, field: None, what: None, said: said.into() }
    }

    pub fn invalid(said: impl Into<String>) -> Self {
        Self::new(Code::Invalid, said)
    }

    pub fn conflict(said: impl Into<String>) -> Self {
        Self::new(Code::Conflict, said)
    }

    pub fn forbidden(said: impl Into<String>) -> Self {
        Self::new(Code::Forbidden, said)
    }

    pub fn limited(said: impl Into<String>) -> Self {
        Self::new(Code::Limited, said)
    }

    pub fn busy(said: impl Into<String>) -> Self {
        Self::new(Code::Busy, said)
    }

    pub fn not_found(noun: Noun, name: impl ToString) -> Self {
        let what = What::new(noun, name);
        Self {
            what: Some(what.clone()),
            ..Self::new(Code::NotFound, format!("there is no {noun} {}", quoted(&what.name)))
        }
    }

    /// The same, with the name that may have been meant, of those there are.
    pub fn or_meant<'a>(self, known: impl IntoIterator<Item = &'a str>) -> Self {
        let meant = self.what.as_ref().map(|what| aside(&what.name, known)).unwrap_or_default();
        Self { said: self.said + &meant, ..self }
    }

    /// The same, of this thing.
    pub fn about(self, noun: Noun, name: impl ToString) -> Self {
        Self { what: Some(What::new(noun, name)), ..self }
    }

    /// The same, by this field.
    pub fn in_field(self, field: &'static str) -> Self {
        Self { field: Some(field), ..self }
    }

    pub fn is_missing(&self, noun: Noun) -> bool {
        self.code == Code::NotFound && self.what.as_ref().is_some_and(|what| what.noun == noun)
    }
}

impl From<Invalid> for Refused {
    fn from(invalid: Invalid) -> Self {
        Self::invalid(invalid.0)
    }
}

impl From<Refused> for Invalid {
    fn from(refused: Refused) -> Self {
        Self(refused.said)
    }
}

impl From<FieldError> for Refused {
    fn from(error: FieldError) -> Self {
        Self { field: Some(error.field), ..Self::invalid(error.reason.0) }
    }
}
