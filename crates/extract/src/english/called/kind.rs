//! Of which kind an item is: what its label or column says, else its own words, else what stands over it.

use super::Called;
use super::words::{has, lower_words, pair};
use crate::english::nouns::{event_in, event_noun};
use crate::event::Kind;
use crate::token::Token;

const DEADLINES: &[&str] = &[
    "deadline",
    "deadlines",
    "due",
    "closes",
    "close",
    "closing",
    "submission",
    "submissions",
    "submit",
    "abstract",
    "abstracts",
    "camera-ready",
    "camera",
    "nominations",
    "nomination",
    "proposals",
    "applications",
    "application",
    "comments",
    "ballot",
    "vote",
    "voting",
    "rsvp",
    "booking",
    "registration",
    "papers",
    "paper",
    "early-bird",
    "bids",
    "tenders",
    "contributions",
    "consultation",
    "enquiry",
    "proposal",
    "entries",
    "responses",
    "feedback",
    "manuscripts",
    "manuscript",
    "register",
    "submitted",
    "questions",
    "entry",
];

const RELEASES: &[&str] = &[
    "alpha",
    "beta",
    "rc",
    "rc1",
    "rc2",
    "rc3",
    "candidate",
    "release",
    "released",
    "releases",
    "version",
    "available",
    "publication",
    "published",
    "ga",
    "launch",
    "launched",
    "patch",
    "preview",
    "publishes",
    "issued",
    "availability",
];

pub const EFFECTS: &[&str] = &[
    "eol",
    "force",
    "applies",
    "apply",
    "effective",
    "effect",
    "implementation",
    "withdrawal",
    "withdrawn",
    "mandatory",
    "applicable",
    "sunset",
    "retirement",
    "retired",
    "unsupported",
];

const BODIES: &[&str] = &[
    "board",
    "committee",
    "subcommittee",
    "council",
    "wg",
    "sc",
    "tc",
    "group",
    "groups",
    "plenary",
    "agm",
    "commission",
    "assembly",
    "bureau",
    "secretariat",
    "panel",
    "meeting",
    "meetings",
    "caucus",
    "trustees",
    "hearing",
    "examiners",
    "delegates",
];

const FORUMS: &[&str] = &[
    "briefing",
    "drop-in",
    "course",
    "recital",
    "class",
    "classes",
    "training",
    "festival",
    "webinar",
    "talk",
    "talks",
    "storytime",
    "concert",
    "keynote",
    "tutorial",
    "tutorials",
    "excursion",
    "tour",
    "workshops",
    "webinars",
    "seminars",
    "lectures",
    "school",
    "exhibition",
    "screening",
    "walk",
    "reception",
    "dinner",
    "demonstration",
    "presentation",
    "fair",
    "symposium",
    "hackathon",
    "house",
    "courses",
    "keynotes",
    "colloquium",
    "congress",
];

/// What words tell without doubt.
pub fn told_kind(words: &[&str]) -> Option<Kind> {
    let is_support = has(words, &["support", "maintenance", "fixes", "lifetime"])
        && words.len() <= 3
        && !has(words, &["starts", "start", "begins", "from", "request", "requests", "letters"]);
    let ends = is_support
        || pair(words, &["end", "ends", "until"], &["of", "life", "support", "date"])
        || has(words, &["end-of-life", "end-of-support", "eol"])
        || pair(
            words,
            &["support", "fixes", "maintenance", "service", "updates", "sale", "sales", "lts", "life", "patches"],
            &["end", "ends", "until", "till", "ended"],
        )
        || pair(words, &["maintained", "supported"], &["until", "till"]);
    let complies = has(words, &["comply"]) || pair(words, &["compliance"], &["date", "dates", "deadline"]);
    match () {
        () if ends || complies => Some(Kind::EffectiveDate),
        () if matches!(words, ["opening", "of", ..]) => Some(Kind::Other),
        () if pair(
            words,
            &[
                "early-bird",
                "bird",
                "early",
                "registration",
                "registrations",
                "submissions",
                "submission",
                "portal",
                "call",
                "booking",
                "bookings",
                "applications",
                "nominations",
                "entries",
                "tickets",
                "consultation",
            ],
            &["opens", "open", "begins", "starts", "opening"],
        ) =>
        {
            Some(Kind::Other)
        }
        () if has(words, &["freeze", "freezes", "frozen", "branch", "branches", "branched", "branching", "merge"])
            && !has(words, &["release", "released"]) =>
        {
            Some(Kind::Other)
        }
        () if has(words, &["holiday", "holidays", "vacation", "closed", "closure"])
            && !has(words, &["deadline", "due", "registration"]) =>
        {
            Some(Kind::Other)
        }
        () if pair(
            words,
            &["classes", "lectures", "instruction", "term", "semester", "school", "courses"],
            &["begin", "begins", "start", "starts", "end", "ends", "resume", "resumes"],
        ) =>
        {
            Some(Kind::Other)
        }
        () if has(words, &["begin", "start", "break", "holiday", "holidays", "vacation", "end"])
            && words.len() <= 3 =>
        {
            Some(Kind::Other)
        }
        () if has(
            words,
            &[
                "opens",
                "opened",
                "begins",
                "starts",
                "resumes",
                "notification",
                "notifications",
                "decision",
                "decisions",
                "acceptance",
                "results",
            ],
        ) && !has(words, &["due", "deadline"]) =>
        {
            Some(Kind::Other)
        }
        () if has(words, &["submitted", "returned"]) => Some(Kind::Deadline),
        () if has(
            words,
            &["deadline", "deadlines", "due", "closes", "closing", "rsvp", "camera-ready", "submission", "submissions"],
        ) =>
        {
            Some(Kind::Deadline)
        }
        () if pair(words, &["time"], &["limit"]) => Some(Kind::Deadline),
        () if pair(words, &["last", "final", "end", "closing"], &["day", "date", "version", "call"])
            && !has(words, &["conference"]) =>
        {
            Some(Kind::Deadline)
        }
        () if has(words, EFFECTS) => Some(Kind::EffectiveDate),
        () => None,
    }
}

pub fn kind(item: &Called<'_>, head: &str, tokens: &[Token<'_>], name: &str, standards: &[String]) -> Kind {
    let words = lower_words(name);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let head_words = lower_words(head);
    let head_words: Vec<&str> = head_words.iter().map(String::as_str).collect();
    if item.is_until {
        return Kind::Deadline;
    }
    let is_support = has(&words, &["support", "maintenance"]) && !item.is_row;
    let of_head = told_kind(&head_words).filter(|_| !is_support).or_else(|| match () {
        () if has(&head_words, RELEASES) && !has(&head_words, &["version"]) => Some(Kind::Release),
        () if has(&head_words, DEADLINES) => Some(Kind::Deadline),
        () if has(&head_words, FORUMS) || has(&head_words, &["webinar", "workshop", "seminar"]) => Some(Kind::Forum),
        () if pair(&head_words, &["meeting"], &["date", "dates"]) => Some(Kind::Meeting),
        () => None,
    });
    if let Some(kind) = of_head {
        return kind;
    }
    if let Some(kind) = told_kind(&words) {
        return kind;
    }
    // `Workshop proposals` are proposals, `Registration desk` is none.
    let last = words.iter().rev().find(|word| !matches!(**word, "day" | "of")).copied().unwrap_or_default();
    let is_call = words.first() == Some(&"call") || pair(&words, &["call"], &["for"]);
    if is_call || DEADLINES.contains(&last) {
        return Kind::Deadline;
    }
    let over: Vec<String> = lower_words(item.over).into_iter().chain(lower_words(item.heading)).collect();
    let over: Vec<&str> = over.iter().map(String::as_str).collect();
    // `the release call`
    let is_of = tokens.iter().any(|token| token.is_one_of(&["of", "for"]));
    if let Some(kind) = tokens.last().and_then(event_noun).filter(|kind| *kind != Kind::Other && !is_of) {
        return kind;
    }
    let is_last_version = has(&words, &["final", "stable"]) && words.len() <= 2;
    if is_last_version && (has(&over, RELEASES) || has(&over, &["changelog", "roadmap", "versions"])) {
        return Kind::Release;
    }
    let is_version = name.split_whitespace().any(is_version);
    if has(&words, RELEASES)
        || is_version
            && (has(&over, RELEASES)
                || has(&over, &["changelog", "roadmap", "versions"])
                || name.split_whitespace().count() <= 2)
    {
        return Kind::Release;
    }
    // `Week 4` counts.
    let counts = tokens.windows(2).any(|pair| pair[0].is_one_of(&["week", "day"]) && pair[1].number().is_some());
    if let Some(kind) = event_in(tokens).filter(|kind| *kind != Kind::Other && !counts) {
        return kind;
    }
    if has(&words, BODIES) {
        return Kind::Meeting;
    }
    if !counts && (has(&words, FORUMS) || tokens.iter().any(|token| event_noun(token) == Some(Kind::Forum))) {
        return Kind::Forum;
    }
    if has(&words, DEADLINES) {
        return Kind::Deadline;
    }
    if let Some(kind) =
        told_kind(&over).filter(|kind| *kind != Kind::Other && (*kind != Kind::Deadline || !has(&over, &["dates"])))
    {
        return kind;
    }
    match () {
        () if has(&over, &["meeting", "meetings", "committee", "plenaries"]) => Kind::Meeting,
        () if has(
            &over,
            &[
                "webinars",
                "seminars",
                "workshops",
                "lectures",
                "conferences",
                "events",
                "talks",
                "trainings",
                "courses",
                "seminar",
                "webinar",
                "forum",
                "conference",
                "workshop",
            ],
        ) && !has(&over, &["dates"]) =>
        {
            Kind::Forum
        }
        () if has(&over, RELEASES) || has(&over, &["changelog"]) => Kind::Release,
        () if !standards.is_empty() && has(&over, EFFECTS) => Kind::EffectiveDate,
        () => Kind::Other,
    }
}

/// `5.4.0`, `v2.1`, `1.33.0-alpha.1`
fn is_version(word: &str) -> bool {
    let word = word.trim_matches(|c: char| matches!(c, '(' | ')' | '[' | ']' | ',')).trim_start_matches(['v', 'V']);
    word.starts_with(|c: char| c.is_ascii_digit())
        && word.contains('.')
        && word.split(['.', '-']).all(|part| !part.is_empty())
        && word.split('.').next().is_some_and(|first| first.bytes().all(|octet| octet.is_ascii_digit()))
}
