//! The people who may change things.

use jiff::Timestamp;

use super::actor::Actor;
use super::address::EmailAddress;
use super::wording::Locale;
use super::words;

words! {
    pub enum Role, "role" {
        /// Writes: events, articles, editions.
        Editor => "editor",
        /// The same, and what touches people and the machine.
        Operator => "operator",
    }
}

/// An editor, also one who left: history names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Editor {
    pub id: i64,
    /// None of who was forgotten.
    pub email: Option<EmailAddress>,
    pub name: String,
    pub role: Role,
    /// The language of their pages and mail; none: the site's.
    pub locale: Option<Locale>,
    pub added_at: Timestamp,
    pub left_at: Option<Timestamp>,
}

/// Who did something, as people read it: `operator`, `editor ann@example.org`, `token robot`.
pub fn named(actor: &Actor, editors: &[Editor]) -> String {
    let Actor::Editor(id) = actor else { return actor.to_string() };
    let email = editors.iter().find(|editor| editor.id == *id).and_then(|editor| editor.email.as_ref());
    match email {
        Some(email) => format!("editor {email}"),
        None => actor.to_string(),
    }
}
