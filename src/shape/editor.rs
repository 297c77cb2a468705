//! An editor, as programs see them.

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::address::EmailAddress;
use crate::domain::editor::{Editor, Role};

#[derive(Debug, Serialize)]
pub struct EditorRecord<'a> {
    pub id: i64,
    pub email: Option<&'a EmailAddress>,
    pub name: &'a str,
    pub role: Role,
    /// A language tag (RFC 5646); null: the site's.
    pub locale: Option<String>,
    /// Since when they are an editor.
    pub added_at: Timestamp,
}

/// A link by which an editor signs in, once.
#[derive(Debug, Serialize)]
pub struct SignInRecord {
    pub email: String,
    pub link: String,
}

impl<'a> From<&'a Editor> for EditorRecord<'a> {
    fn from(editor: &'a Editor) -> Self {
        Self {
            id: editor.id,
            email: editor.email.as_ref(),
            name: &editor.name,
            role: editor.role,
            locale: editor.locale.map(|locale| locale.to_string()),
            added_at: editor.added_at,
        }
    }
}
