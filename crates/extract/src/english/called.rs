//! What an item is called, and of which kind it is: by its own words, the head of its column, what stands over it.

pub mod context;
mod kind;
pub mod titled;
mod words;

use super::naming::title;
use super::nouns::event_noun;
use crate::event::Kind;
use crate::mask::mask;
use crate::token::tokens;
use context::context;
use kind::kind;
use titled::titled;

/// What there is to go by.
#[derive(Debug, Default, Clone, Copy)]
pub struct Called<'a> {
    /// The words of the item itself.
    pub text: &'a str,
    /// Of its column, or its label.
    pub head: &'a str,
    /// What stands over the list.
    pub over: &'a str,
    pub heading: &'a str,
    /// Of the whole text.
    pub title: &'a str,
    /// `by 5 May`, `until 5 May`
    pub is_until: bool,
    pub is_row: bool,
    /// The row has other dates, each under its own head.
    pub is_one_of_several: bool,
}

pub struct Name {
    pub kind: Kind,
    pub title: String,
    pub standards: Vec<String>,
    pub location: String,
}

/// None where there is nothing to call it by.
pub fn called(item: &Called<'_>) -> Option<Name> {
    let mut text = without_labels(item.text);
    let mut head = item.head;
    if title(text).is_empty() {
        (text, head) = (without_labels(head), "");
    }
    let own_name = title(without_hour(text));
    let context = context(item);
    let name = match own_name.is_empty() {
        true => context.clone().or_else(|| one_of(item))?,
        false => own_name,
    };
    if !name.chars().any(char::is_alphanumeric) || is_furniture(&name) {
        return None;
    }
    let name = standard_first(&name);
    let raw = tokens(&name);
    let masked = mask(&name, &raw);
    let mut standards: Vec<String> = masked.standards.iter().map(|standard| standard.identifier.clone()).collect();
    // What it replaces is named behind it.
    if item.is_row || standards.len() > 1 {
        standards.truncate(1);
    }
    let name = match name.strip_suffix(" w/c") {
        Some(name) => name.trim_end_matches(['-', '–', '—', ',', ' ']),
        None => name.as_str(),
    };
    // `proposals by: 2 February`
    let led = [" by", " until", " before", " no later than"].iter().find_map(|lead| name.strip_suffix(lead));
    let is_until = item.is_until || led.is_some() && !item.is_row;
    let (name, item) = (led.unwrap_or(name).to_owned(), &Called { is_until, ..*item });
    let kind = kind(item, head, &masked.tokens, &name, &standards);
    // `Meeting date`
    let name = match name.rsplit_once(' ') {
        Some((event, "date" | "dates")) if kind.is_attended() => event,
        Some((thing, "Date" | "Dates")) if thing.split(' ').count() > 2 => thing,
        _ => &name,
    };
    let title = titled(item, head, kind, name, context.as_deref());
    Some(Name { kind, title, standards, location: String::new() })
}

/// Of a line of a table of standards: without its number before, and without what is replaced behind.
fn standard_first(name: &str) -> String {
    let raw = tokens(name);
    let masked = mask(name, &raw);
    let at = |index: usize| {
        masked.standards.get(index).and_then(|standard| masked.tokens.get(standard.token)).map(|token| token.at)
    };
    let Some(first) = at(0) else { return name.to_owned() };
    let is_numbered = first > 0
        && name
            .get(..first)
            .is_some_and(|before| before.trim().trim_end_matches('.').bytes().all(|octet| octet.is_ascii_digit()));
    let begin = if is_numbered { first } else { 0 };
    let end = at(1).filter(|second| first == begin && *second > first).unwrap_or(name.len());
    name.get(begin..end)
        .unwrap_or(name)
        .trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | '|' | '-' | '–'))
        .to_owned()
}

/// `15:20 Release plan` of an agenda without its hour.
pub fn without_hour(text: &str) -> &str {
    if !crate::lines::begins_with_time(text) {
        return text;
    }
    let raw = tokens(text);
    let after = crate::clock::times(&raw, 0).map(|(_, next)| next).filter(|next| *next < raw.len());
    after.and_then(|next| text.get(raw.get(next)?.at..)).unwrap_or(text).trim_start_matches([':', '-', '–', '—', ' '])
}

/// What a list is of that says no more: `Meeting dates 2024` are meetings.
fn one_of(item: &Called<'_>) -> Option<String> {
    [item.over, item.heading, item.title].into_iter().find_map(|heading| {
        let raw = tokens(heading);
        let noun = raw.iter().find(|token| event_noun(token).is_some_and(|kind| kind != Kind::Other))?;
        let one = noun.text.to_lowercase();
        Some(super::naming::capitalised(one.strip_suffix('s').filter(|one| !one.ends_with('s')).unwrap_or(&one)))
    })
}

/// Labels that say nothing of what they label.
const LABELS: &[&str] = &[
    "save the date",
    "subject",
    "invitation",
    "reminder",
    "new",
    "title",
    "event",
    "what",
    "re",
    "fwd",
    "fw",
    "date",
    "dates",
    "when",
    "date and time",
    "time",
    "update",
    "updated",
    "note",
    "nb",
    "upcoming",
    "next",
    "coming up",
    "also",
    "new date",
    "new dates",
    "revised date",
    "extended",
    "extended!",
    "rescheduled",
    "agenda",
    "minutes",
    "video",
    "details",
    "more",
    "read more",
    "free",
    "day",
];

fn without_labels(text: &str) -> &str {
    let mut text = text.trim();
    // `(Extended): Full papers`
    if let Some((_, rest)) = text.strip_prefix('(').and_then(|text| text.split_once(')')) {
        let rest = rest.trim_start_matches([':', ' ', '-', '–']);
        text = if rest.is_empty() { text } else { rest };
    }
    while let Some((label, rest)) = text.split_once(':') {
        if !LABELS.contains(&label.trim().to_lowercase().as_str()) {
            break;
        }
        text = rest.trim();
    }
    if LABELS.contains(&text.to_lowercase().as_str()) { "" } else { text }
}

/// What no event is called.
fn is_furniture(name: &str) -> bool {
    const NONE: &[&str] =
        &["page", "copyright", "©", "version", "last updated", "updated", "phone", "tel", "isbn", "issn", "printed"];
    let lower = name.to_lowercase();
    NONE.iter().any(|known| lower == *known || lower.starts_with(&format!("{known} ")))
}
