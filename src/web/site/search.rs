//! The form above a list.

use super::cards::{Label, kind_in_list};
use super::chrome::FormChoice;
use super::query::FilterQuery;
use crate::domain::filter::EventFilter;
use crate::domain::wording::Locale;

/// What it asks for.
pub struct Search {
    pub kinds: Vec<FormChoice>,
    pub query: String,
    pub is_filtered: bool,
    /// What narrows the list, each leading to the same without it; none where there is too much of it.
    pub chips: Vec<Label>,
    /// What else is asked for, which the form keeps.
    pub kept: Vec<(String, String)>,
}

impl Search {
    /// Of a list at `path`.
    pub fn of(query: &FilterQuery, filter: &EventFilter, path: &str, locale: Locale) -> Self {
        let chip = |(name, value): (&str, String)| Label {
            url: query.without(name, &value, path),
            name: match name {
                "kind" => value.parse().map_or_else(|_| value.clone(), |kind| kind_in_list(kind, locale)),
                "from" => locale.with("chip-from", "day", value),
                "to" => locale.with("chip-to", "day", value),
                "precise" => locale.say("chip-precise"),
                _ => value,
            },
        };
        let is_own = |name: &str| matches!(name, "q" | "kind");
        Self {
            kinds: FormChoice::of_kinds(locale, |kind| filter.kinds.contains(&kind)),
            query: query.one("q").unwrap_or_default().to_owned(),
            is_filtered: *filter != EventFilter::default(),
            chips: if query.is_long() { Vec::new() } else { query.asked().map(chip).collect() },
            kept: query.asked().filter(|(name, _)| !is_own(name)).map(|(name, it)| (name.to_owned(), it)).collect(),
        }
    }
}
