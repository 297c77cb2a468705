//! The nouns that tell of which kind a thing is.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::event::Kind;
use crate::token::Token;

const MEETINGS: &[&str] = &[
    "meeting",
    "plenary",
    "session",
    "assembly",
    "call",
    "teleconference",
    "telechat",
    "hearing",
    "kick-off",
    "dialogue",
    "ietf",
    "talks",
    "sitting",
    "retreat",
    "videoconference",
    "telco",
    "telcon",
    "telecon",
    "synod",
    "agm",
    "egm",
];
const FORUMS: &[&str] = &[
    "forum",
    "conference",
    "summit",
    "expo",
    "exhibition",
    "fair",
    "congress",
    "hackfest",
    "meetup",
    "symposium",
    "seminar",
    "webinar",
    "workshop",
    "festival",
    "hackathon",
    "roundtable",
    "colloquium",
    "training",
    "course",
    "event",
    "convention",
    "salon",
    "exposition",
    "masterclass",
    "competition",
    "plugfest",
    "bootcamp",
    "panel",
    "lecture",
    "academy",
];
const DEADLINES: &[&str] = &[
    "comment",
    "feedback",
    "proposal",
    "application",
    "abstract",
    "registration",
    "nomination",
    "consultation",
    "ballot",
    "vote",
    "voting",
    "submission",
    "contribution",
    "paper",
    "tender",
    "bid",
    "expression",
    "response",
    "opinion",
    "deadline",
    "enquiry",
    "period",
    "survey",
    "questionnaire",
    "reply",
    "input",
    "candidature",
    "candidacy",
    "manuscript",
    "objection",
    "request",
    "booking",
    "entry",
    "offer",
    "call",
];
const RELEASES: &[&str] = &[
    "standard",
    "version",
    "edition",
    "guideline",
    "guidance",
    "report",
    "specification",
    "document",
    "draft",
    "recommendation",
    "publication",
    "revision",
    "text",
    "list",
    "catalogue",
    "handbook",
    "paper",
    "release",
    "update",
    "part",
    "law",
    "regulation",
    "directive",
    "measure",
    "code",
    "strategy",
    "roadmap",
    "amendment",
    "act",
    "software",
    "toolkit",
];

/// What a noun may tell.
#[derive(Debug, Clone, Copy, Default)]
struct Told {
    is_meeting: bool,
    is_forum: bool,
    is_deadline: bool,
    is_release: bool,
}

/// By each noun, in singular and plural.
static TOLD: LazyLock<HashMap<String, Told>> = LazyLock::new(|| {
    let mut told: HashMap<String, Told> = HashMap::new();
    let mut take = |nouns: &[&str], mark: fn(&mut Told)| {
        for noun in nouns {
            let plural = noun.strip_suffix('y').map_or(format!("{noun}es"), |stem| format!("{stem}ies"));
            for form in [(*noun).to_owned(), format!("{noun}s"), plural] {
                mark(told.entry(form).or_default());
            }
        }
    };
    take(MEETINGS, |told| told.is_meeting = true);
    take(FORUMS, |told| told.is_forum = true);
    take(DEADLINES, |told| told.is_deadline = true);
    take(RELEASES, |told| told.is_release = true);
    told
});

fn told(token: &Token<'_>) -> Told {
    if !token.is_word() {
        return Told::default();
    }
    let known = match token.text.bytes().any(|octet| octet.is_ascii_uppercase()) {
        true => TOLD.get(token.text.to_ascii_lowercase().as_str()),
        false => TOLD.get(token.text),
    };
    known.copied().unwrap_or_default()
}

/// Meeting or forum, by a word that names one.
pub fn event_noun(token: &Token<'_>) -> Option<Kind> {
    let told = told(token);
    match () {
        () if told.is_meeting => Some(Kind::Meeting),
        () if told.is_forum => Some(Kind::Forum),
        // A week or a day is one only by its name.
        () if matches!(token.text, "Week" | "Day" | "Days") => Some(Kind::Forum),
        () if token.is_one_of(&["ceremony", "anniversary", "election", "elections"]) => Some(Kind::Other),
        () => None,
    }
}

pub fn is_deadline_noun(token: &Token<'_>) -> bool {
    told(token).is_deadline
}

/// What people are asked for: its opening is a deadline's, too.
pub fn is_call_noun(token: &Token<'_>) -> bool {
    is_deadline_noun(token) && !token.is("period")
}

pub fn is_release_noun(token: &Token<'_>) -> bool {
    told(token).is_release
}

/// The kind that a noun phrase tells: its head is the last such word before `of`, `on`, `for` and the like.
pub fn event_in(phrase: &[Token<'_>]) -> Option<Kind> {
    let is_call_for =
        |at: usize| phrase[at].is_one_of(&["call", "calls"]) && phrase.get(at + 1).is_some_and(|next| next.is("for"));
    if (0..phrase.len()).any(is_call_for) {
        return None;
    }
    const PAIRS: &[(&str, &str)] = &[
        ("round", "table"),
        ("round", "tables"),
        ("town", "hall"),
        ("open", "house"),
        ("open", "day"),
        ("study", "visit"),
        ("info", "day"),
    ];
    let is_pair = |at: usize| {
        PAIRS
            .iter()
            .any(|(first, second)| phrase[at].is(first) && phrase.get(at + 1).is_some_and(|next| next.is(second)))
    };
    if (0..phrase.len()).any(is_pair) {
        return Some(Kind::Forum);
    }
    let stop = phrase
        .iter()
        .position(|token| token.is_one_of(&["of", "on", "for", "in", "with", "to", "at", "about", "between"]));
    let (head, rest) = phrase.split_at(stop.unwrap_or(phrase.len()));
    head.iter().rev().find_map(event_noun).or_else(|| rest.iter().find_map(event_noun))
}
