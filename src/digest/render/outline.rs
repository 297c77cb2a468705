//! An edition as a list: what it tells, by the names that people have for it.

use super::entry::{Entry, Writer};
use super::{Frame, Measure};
use crate::digest::compose::{Content, Lead, Part};
use crate::domain::mark;
use crate::domain::section::Section;

/// One thing that an edition tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub section: Section,
    /// The section's heading.
    pub heading: String,
    /// The first that stands under it.
    pub is_first: bool,
    pub entry: mark::Entry,
    pub title: String,
    /// When it is, or of which day an article.
    pub when: String,
    /// `Moved`, `New`.
    pub badge: String,
    /// What was before, or why.
    pub note: String,
}

const ALL_IN_SHORT: Measure = Measure { has_excerpts: false, most_entries: usize::MAX };

/// All that it tells, in its order.
pub fn outline(content: &Content, frame: &Frame<'_>) -> Vec<Line> {
    let writer = Writer { frame, measure: ALL_IN_SHORT };
    let mut lines = Vec::new();
    for (section, part) in &content.sections {
        let heading = frame.locale.section(*section);
        let of_section = told(part, writer).into_iter().map(|(entry, told)| Line {
            section: *section,
            heading: heading.clone(),
            is_first: false,
            entry,
            title: told.title,
            when: match entry {
                mark::Entry::Event { .. } => told.when,
                mark::Entry::Article { .. } => told.facts.into_iter().next().unwrap_or_default(),
            },
            badge: told.badge,
            note: told.note,
        });
        lines.extend(of_section);
    }
    with_firsts(lines)
}

/// The same with those marked that stand first under their heading.
pub fn with_firsts(mut lines: Vec<Line>) -> Vec<Line> {
    let mut last = None;
    for line in &mut lines {
        line.is_first = last.replace(line.section) != Some(line.section);
    }
    lines
}

impl Line {
    /// All that is said of it but its name.
    pub fn in_words(&self) -> String {
        let badge = if self.badge.is_empty() { String::new() } else { format!("{}: ", self.badge) };
        let note = if self.note.is_empty() { String::new() } else { format!(" ({})", self.note) };
        let when = if self.when.is_empty() { String::new() } else { format!(" · {}", self.when) };
        format!("{badge}{}{when}{note}", self.title)
    }
}

fn told(part: &Part, writer: Writer<'_>) -> Vec<(mark::Entry, Entry)> {
    match part {
        Part::First(leads) => leads.iter().map(|lead| (of_lead(lead), writer.lead(lead))).collect(),
        Part::Changes(changes) => {
            let told = changes.iter().map(|(event, change)| (mark::Entry::of(event), writer.change((event, change))));
            told.collect()
        }
        Part::Events(items) => items.iter().map(|item| (mark::Entry::of(&item.event), writer.item(item))).collect(),
        Part::Weeks(weeks) => {
            let items = weeks.iter().flat_map(|week| &week.items);
            items.map(|item| (mark::Entry::of(&item.event), writer.item(item))).collect()
        }
        Part::Articles(articles) => {
            let entry = |id| mark::Entry::Article { id };
            articles.iter().map(|article| (entry(article.id), writer.article(article))).collect()
        }
    }
}

fn of_lead(lead: &Lead) -> mark::Entry {
    match lead {
        Lead::Change(event, _) => mark::Entry::of(event),
        Lead::Event(item, _) => mark::Entry::of(&item.event),
        Lead::Article(article) => mark::Entry::Article { id: article.id },
    }
}
