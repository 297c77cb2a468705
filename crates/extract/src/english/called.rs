//! What an item is called, and of which kind it is: by its own words, the head of its column, what stands over it.

use super::naming::{capitalised, title, title_of_heading};
use super::nouns::{event_in, event_noun};
use crate::event::Kind;
use crate::mask::mask;
use crate::token::{Token, tokens};

/// What there is to go by.
#[derive(Debug, Default)]
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
    let own_name = title(text);
    let context = context(item);
    let name = match own_name.is_empty() {
        true => context.clone()?,
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
    let kind = kind(item, head, &masked.tokens, &name, &standards);
    let title = titled(item, head, kind, &name, context.as_deref());
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
    "day",
];

fn without_labels(text: &str) -> &str {
    let mut text = text.trim();
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
    let found = super::dates::mentions(&masked.tokens);
    let Some(last) = found.last().filter(|last| last.tokens.end >= masked.tokens.len() && last.tokens.start > 0) else {
        return text.to_owned();
    };
    let lead = super::lead::Lead::start(&masked.tokens, last.tokens.start);
    let kept = text.get(crate::mask::span(&masked.tokens, 0..lead)).unwrap_or_default();
    kept.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ',' | '-' | '–' | ':' | '(' | '|')).to_owned()
}

/// The heading that says what all of a list is about; none where they say no more than that it is a list.
fn context(item: &Called<'_>) -> Option<String> {
    [item.over, item.heading, item.title].into_iter().find_map(|heading| {
        if is_paper(heading) {
            return None;
        }
        let heading = without_date(heading);
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
            .map(|(first, _)| first)
            .filter(|first| first.split_whitespace().count() <= 3 && !is_generic(first));
        let lower = heading.to_lowercase();
        const NOTICES: &[&str] =
            &["notice", "announcement", "minutes", "agenda", "invitation", "press release", "@ ", "open consultation"];
        let is_notice = NOTICES.iter().any(|word| lower.starts_with(word));
        (short && !is_notice && !is_generic(heading))
            .then(|| title_of_heading(first.unwrap_or(heading)))
            .filter(|title| !title.is_empty())
    })
}

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

const EFFECTS: &[&str] = &[
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

fn has(words: &[&str], known: &[&str]) -> bool {
    words.iter().any(|word| known.contains(word))
}

fn pair(words: &[&str], first: &[&str], second: &[&str]) -> bool {
    words.windows(2).any(|pair| first.contains(&pair[0]) && second.contains(&pair[1]))
}

fn lower_words(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric() && c != '-')
        .map(|word| word.trim_matches('-').to_owned())
        .filter(|word| !word.is_empty())
        .collect()
}

/// What words tell without doubt.
fn told_kind(words: &[&str]) -> Option<Kind> {
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
    match () {
        () if ends => Some(Kind::EffectiveDate),
        () if pair(
            words,
            &["early-bird", "bird", "early", "registration", "submissions", "portal", "call", "booking"],
            &["opens", "open", "begins", "starts", "opening"],
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
        () if has(
            words,
            &["deadline", "deadlines", "due", "closes", "closing", "rsvp", "camera-ready", "submission", "submissions"],
        ) =>
        {
            Some(Kind::Deadline)
        }
        () if pair(words, &["last", "final", "end", "closing"], &["day", "date", "version", "call"])
            && !has(words, &["conference"]) =>
        {
            Some(Kind::Deadline)
        }
        () if has(words, EFFECTS) => Some(Kind::EffectiveDate),
        () => None,
    }
}

fn kind(item: &Called<'_>, head: &str, tokens: &[Token<'_>], name: &str, standards: &[String]) -> Kind {
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

/// Verbs at the end of a line that its kind says as well.
const ENDS: &[&str] = &[
    "closes",
    "close",
    "is due",
    "are due",
    "due",
    "available",
    "is published",
    "published",
    "released",
    "is released",
    "ends",
];

fn titled(item: &Called<'_>, head: &str, kind: Kind, name: &str, context: Option<&str>) -> String {
    let mut name = name.trim_matches(['[', ']']).trim().to_owned();
    let lower = name.to_lowercase();
    if let Some(end) =
        ENDS.iter().find(|end| lower.ends_with(&format!(" {end}")) && name.split_whitespace().count() > 1)
    {
        let cut = name.len() - end.len();
        let begins = name.get(..cut).unwrap_or_default().trim_end().to_owned();
        name = match kind {
            Kind::Deadline if *end == "due" || end.ends_with("due") => format!("{begins} due"),
            Kind::Deadline if *end != "ends" => format!("{begins} closes"),
            Kind::Release => begins,
            _ => name,
        };
    }
    let head = head.trim().trim_end_matches(':');
    let lower_head = verbal(&lowered(head));
    let name = match kind {
        Kind::Release => versioned(&name, item),
        Kind::EffectiveDate | Kind::Deadline | Kind::Other if item.is_row => versioned(&name, item),
        _ => name,
    };
    let is_short = |title: &str| title.chars().count() <= 120;
    let shares = |context: &str| {
        let words = lower_words(context);
        lower_words(&name).iter().any(|word| {
            word.len() > 3 && words.contains(word) && !matches!(word.as_str(), "final" | "paper" | "abstract")
        })
    };
    match kind {
        Kind::EffectiveDate => {
            let words = lower_words(head);
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let own = lower_words(&name);
            let own: Vec<&str> = own.iter().map(String::as_str).collect();
            match () {
                () if told_kind(&own) == Some(Kind::EffectiveDate) => name,
                () if head.is_empty()
                    || has(&words, EFFECTS)
                        && !has(&words, &["withdrawal", "withdrawn", "eol", "retirement", "retired", "sunset"]) =>
                {
                    format!("{name} {} effect", if is_plural(&name) { "take" } else { "takes" })
                }
                () => format!("{name}: {lower_head}"),
            }
        }
        Kind::Deadline | Kind::Other
            if item.is_row
                && !head.is_empty()
                && !lower_words(&name).iter().any(|word| lower_words(head).contains(word)) =>
        {
            format!("{name}: {lower_head}")
        }
        Kind::Deadline | Kind::Other if is_step(&name, kind) => match context.filter(|context| !shares(context)) {
            Some(context) if is_short(context) => format!("{context}: {}", lowered(&name)),
            _ => name,
        },
        _ => name,
    }
}

/// Whether the head of a name is plural: `Battery labels`.
pub fn is_plural(name: &str) -> bool {
    let head = name.split(" of ").next().unwrap_or_default().split(" for ").next().unwrap_or_default().trim();
    let ends = |end: &str| head.ends_with(end);
    ends("s")
        && !ends("ss")
        && !ends("us")
        && !ends("is")
        && !head.chars().all(|c| c.is_uppercase() || !c.is_alphabetic())
}

/// A column's head as it reads behind a colon: `register by` is `registration closes`.
fn verbal(head: &str) -> String {
    let first = head.split_whitespace().next().unwrap_or_default();
    let last = head.rsplit(' ').next().unwrap_or_default();
    match (first, last) {
        ("register" | "enrol" | "book", "by" | "until" | "before") => "registration closes".to_owned(),
        ("apply", "by" | "until" | "before") => "applications close".to_owned(),
        ("submit", "by" | "until" | "before") => "submission deadline".to_owned(),
        (_, "support" | "fixes" | "maintenance" | "updates") => {
            format!("{head} {}", if last.ends_with('s') { "end" } else { "ends" })
        }
        ("maintenance" | "support" | "supported" | "maintained", "until" | "till") => "maintenance ends".to_owned(),
        (_, "by" | "until" | "on" | "before" | "from" | "till") => {
            head[..head.len() - last.len()].trim_end().to_owned()
        }
        _ => head.to_owned(),
    }
}

/// A step on the way to something that the heading names: it tells nothing by itself.
fn is_step(name: &str, kind: Kind) -> bool {
    let words = lower_words(name);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let names_itself = name.split_whitespace().skip(1).filter(|word| word.starts_with(char::is_uppercase)).count() > 1;
    !names_itself
        && words.len() <= 7
        && (kind == Kind::Deadline
            || has(
                &words,
                &[
                    "notification",
                    "notifications",
                    "decision",
                    "decisions",
                    "acceptance",
                    "opens",
                    "opened",
                    "closed",
                    "launched",
                    "begins",
                    "results",
                ],
            ))
}

/// With a small letter, where the word is no name.
pub fn lowered(text: &str) -> String {
    let first = text.split_whitespace().next().unwrap_or_default();
    let is_name = first.chars().skip(1).any(|c| c.is_uppercase() || c.is_ascii_digit());
    let mut chars = text.chars();
    match chars.next() {
        Some(letter) if !is_name => letter.to_lowercase().chain(chars).collect(),
        _ => text.to_owned(),
    }
}

/// A version with the name of what it is a version of, which the heading tells: `Lark 5.4.0 beta 1`.
fn versioned(name: &str, item: &Called<'_>) -> String {
    if !name.trim_start_matches(['v', 'V']).starts_with(|c: char| c.is_ascii_digit())
        || name.chars().take(4).all(|c| c.is_ascii_digit())
    {
        return name.to_owned();
    }
    const ABOUT: &[&str] = &[
        "supported",
        "versions",
        "version",
        "of",
        "release",
        "releases",
        "schedule",
        "roadmap",
        "lifecycle",
        "life",
        "cycle",
        "support",
        "policy",
        "changelog",
        "history",
        "timeline",
        "calendar",
        "plan",
        "the",
        "for",
        "status",
        "end",
        "dates",
        "notes",
        "log",
        "and",
        "changes",
        "maintenance",
        "branches",
        "branch",
        "upcoming",
        "planned",
    ];
    let product = [item.over, item.heading, item.title].into_iter().find_map(|heading| {
        let words: Vec<&str> =
            heading.split_whitespace().filter(|word| !ABOUT.contains(&word.to_lowercase().trim_matches(':'))).collect();
        let words: Vec<&str> =
            words.into_iter().take_while(|word| word.starts_with(|c: char| c.is_alphabetic())).collect();
        let is_name = (1..=3).contains(&words.len()) && words.iter().all(|word| word.starts_with(char::is_uppercase));
        is_name.then(|| words.join(" "))
    });
    match product {
        Some(product) => capitalised(&format!("{} {name}", product.trim_end_matches(':'))),
        None => name.to_owned(),
    }
}
