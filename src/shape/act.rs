//! A line of the log of acts, as programs see it.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::act::{Act, Deed};

#[derive(Debug, Serialize, ToSchema)]
pub struct ActRecord<'a> {
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Who did it, with their name: `operator`, `editor ann@example.org`, `token robot`.
    pub actor: &'a str,
    pub action: Deed,
    /// What it was done to: `digest weekly`; of who is known no more only the word.
    pub about: &'a str,
    /// More of it, for people.
    pub detail: &'a str,
}

impl<'a> ActRecord<'a> {
    pub fn of(act: &'a Act, actor: &'a str, about: &'a str) -> Self {
        Self { at: act.at, actor, action: act.deed, about, detail: &act.detail }
    }
}
