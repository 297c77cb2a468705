//! The form above a list.

use super::cards::kind_in_list;
use super::chrome::FormChoice;
use super::query::FilterQuery;
use crate::domain::event::Kind;
use crate::domain::filter::EventFilter;
use crate::domain::wording::Locale;

/// What it asks for.
pub struct Search {
    pub kinds: Vec<FormChoice>,
    pub query: String,
    pub is_filtered: bool,
}

impl Search {
    pub fn of(query: &FilterQuery, filter: &EventFilter, locale: Locale) -> Self {
        let asked = query.one("q").or(query.one("standard")).or(query.one("topic"));
        let kind =
            |kind: &Kind| FormChoice::new(kind.as_str(), kind_in_list(*kind, locale), filter.kinds.contains(kind));
        Self {
            kinds: Kind::ALL.iter().map(kind).collect(),
            query: asked.unwrap_or_default().to_owned(),
            is_filtered: *filter != EventFilter::default(),
        }
    }
}
