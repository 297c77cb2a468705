//! What the headings over an item say that all of it is about.

use super::Called;
use super::words::lower_words;
use crate::english::dates::mentions;
use crate::english::lead::Lead;
use crate::english::naming::title_of_heading;
use crate::mask::{mask, span};
use crate::token::tokens;

const GENERIC: &[&str] = &[
    "important",
    "key",
    "dates",
    "date",
    "deadlines",
    "deadline",
    "schedule",
    "timeline",
    "calendar",
    "events",
    "event",
    "upcoming",
    "programme",
    "program",
    "programs",
    "agenda",
    "time",
    "times",
    "video",
    "minutes",
    "location",
    "links",
    "for",
    "your",
    "diary",
    "to",
    "note",
    "the",
    "and",
    "of",
    "news",
    "call",
    "papers",
    "second",
    "first",
    "third",
    "final",
    "all",
    "aoe",
    "remember",
    "meetings",
    "meeting",
    "webinars",
    "seminars",
    "overview",
    "contents",
    "this",
    "week",
    "week’s",
    "week's",
    "month",
    "monthly",
    "weekly",
    "in",
    "on",
    "at",
    "coming",
    "forthcoming",
    "next",
    "what’s",
    "what's",
    "list",
    "a",
    "revised",
    "new",
    "our",
    "activities",
    "courses",
    "course",
    "talks",
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "anywhere",
    "earth",
    "table",
    "summary",
    "information",
    "general",
    "details",
    "notice",
    "announcement",
    "newsletter",
    "bulletin",
    "submission",
    "registration",
    "proposals",
    "participation",
    "planned",
    "future",
    "year",
    "terms",
    "term",
    "article",
    "chapter",
    "section",
    "annex",
    "entry",
    "into",
    "force",
    "application",
    "commencement",
    "provisions",
    "transitional",
];

fn is_generic(heading: &str) -> bool {
    heading
        .split(|c: char| !c.is_alphanumeric() && !matches!(c, '’' | '\''))
        .filter(|word| !word.is_empty())
        .all(|word| GENERIC.contains(&word.to_lowercase().as_str()) || word.chars().all(|c| c.is_ascii_digit()))
}

/// What a heading, or else the whole text's, says that everything below it is about.
pub fn about(heading: &str, title: &str) -> Option<String> {
    let heading = heading.split(';').next().unwrap_or_default();
    context(&Called { heading, title, ..Called::default() })
}

/// What stands over the sentences of a text and tells what they are about: its heading, or the whole text's where that says
/// no more than that something follows.
pub fn telling<'a>(heading: &'a str, title: &'a str) -> &'a str {
    let tells = |heading: &&str| !is_paper(heading) && !is_generic(heading) && !is_remark(&heading.to_lowercase());
    [heading, title].into_iter().find(tells).unwrap_or_default()
}

/// `Applies to England`, `Press release`: written like a heading, and tells nothing.
fn is_remark(lower: &str) -> bool {
    const REMARKS: &[&str] = &[
        "notice",
        "announcement",
        "minutes",
        "agenda",
        "invitation",
        "press release",
        "@ ",
        "open consultation",
        "applies to ",
        "published ",
        "last updated",
        "updated ",
        "legal notice",
        "public notice",
        "news release",
        "media release",
        "for immediate release",
        "closed consultation",
        "from:",
        "explanatory ",
        "background",
        "introduction",
        "from the ",
        "dear ",
        "what’s on",
        "what's on",
    ];
    REMARKS.iter().any(|remark| lower.starts_with(remark))
}

/// A paper's name is none of what it tells of.
pub fn is_paper(heading: &str) -> bool {
    const PAPERS: &[&str] =
        &["newsletter", "bulletin", "gazette", "news", "column", "monthly", "weekly", "diary", "digest", "journal"];
    lower_words(heading).iter().any(|word| PAPERS.contains(&word.as_str()))
}

/// `Regulation (EU) 2023/1441 of 10 July 2023` without its day.
pub fn without_date(text: &str) -> String {
    if !text.contains(|c: char| c.is_ascii_digit()) {
        return text.to_owned();
    }
    let raw = tokens(text);
    let masked = mask(text, &raw);
    let found = mentions(&masked.tokens);
    let Some(last) = found.last().filter(|last| last.tokens.end >= masked.tokens.len() && last.tokens.start > 0) else {
        return text.to_owned();
    };
    let lead = Lead::start(&masked.tokens, last.tokens.start);
    let kept = text.get(span(&masked.tokens, 0..lead)).unwrap_or_default();
    kept.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ',' | '-' | '–' | ':' | '(' | '|')).to_owned()
}

/// `Key dates for SEALS 2025`
fn without_lead(heading: &str) -> &str {
    const LEADS: &[&str] =
        &["key dates for ", "important dates for ", "dates for ", "important dates - ", "schedule for "];
    let lead = LEADS.iter().find(|lead| heading.get(..lead.len()).is_some_and(|own| own.eq_ignore_ascii_case(lead)));
    lead.and_then(|lead| heading.get(lead.len()..)).unwrap_or(heading)
}

/// `Home / Council / Meeting dates`: where on a site it stands says nothing but its end.
fn last_step(heading: &str) -> &str {
    [" / ", " > ", " » ", " › "]
        .into_iter()
        .filter(|mark| heading.matches(mark).count() >= 2)
        .find_map(|mark| heading.rsplit_once(mark))
        .map_or(heading, |(_, last)| last)
}

/// The heading that says what all of a list is about; none where they say no more than that it is a list.
pub fn context(item: &Called<'_>) -> Option<String> {
    [item.over, item.heading, item.title].into_iter().find_map(|heading| {
        if is_paper(heading) {
            return None;
        }
        let heading = without_date(last_step(heading));
        let heading = without_lead(&heading).to_owned();
        // `Call for Papers: FERRO 2024`
        let heading = match heading.split_once(": ") {
            Some((label, rest)) if is_generic(label) && !rest.trim().is_empty() => rest.trim(),
            _ => heading.as_str(),
        };
        let short = heading.chars().count() <= 90 && !heading.trim().ends_with(['.', '!', '?']);
        let heading = heading.trim().trim_end_matches(':');
        // `TIDES 2024: 9th International Workshop`
        let first = heading
            .split_once(": ")
            .or_else(|| heading.split_once(" - "))
            .or_else(|| heading.split_once(" – "))
            .or_else(|| heading.split_once(" — "))
            // `CALL FOR WORKSHOPS - LIMNO'25`
            .map(|(first, rest)| if first.to_lowercase().starts_with("call for ") { rest } else { first })
            .filter(|first| first.split_whitespace().count() <= 3 && !is_generic(first));
        let lower = heading.to_lowercase();
        let is_notice = is_remark(&lower);
        (short && !is_notice && !is_generic(heading))
            .then(|| title_of_heading(first.unwrap_or(heading)))
            .filter(|title| !title.is_empty())
    })
}
