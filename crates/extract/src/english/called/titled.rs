//! An item's title, by its kind: with the head of its column, with what it is a step or a version of.

use super::Called;
use super::kind::{EFFECTS, told_kind};
use super::words::{has, lower_words};
use crate::english::naming::capitalised;
use crate::event::Kind;

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

pub fn titled(item: &Called<'_>, head: &str, kind: Kind, name: &str, context: Option<&str>) -> String {
    let mut name = name.trim_matches(['[', ']']).trim().to_owned();
    let lower = name.to_lowercase();
    if let Some(end) =
        ENDS.iter().find(|end| lower.ends_with(&format!(" {end}")) && name.split_whitespace().count() > 1)
    {
        let cut = name.len() - end.len();
        let begins = name.get(..cut).unwrap_or_default().trim_end().to_owned();
        name = match kind {
            Kind::Deadline if *end == "due" || end.ends_with("due") => format!("{begins} due"),
            Kind::Deadline if *end != "ends" => {
                format!("{begins} {}", if is_plural(&begins) { "close" } else { "closes" })
            }
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
        Kind::Release if item.is_one_of_several && !head.is_empty() && !is_release_head(head) => {
            format!("{name}: {lower_head}")
        }
        Kind::Deadline | Kind::Other if is_step(&name, kind) => match context.filter(|context| !shares(context)) {
            Some(context) if is_short(context) => format!("{context}: {}", lowered(&name)),
            _ => name,
        },
        _ => name,
    }
}

/// A head that says no more than that something is released.
fn is_release_head(head: &str) -> bool {
    lower_words(head).iter().all(|word| {
        [
            "release",
            "released",
            "releases",
            "date",
            "published",
            "publication",
            "available",
            "initial",
            "of",
            "first",
            "planned",
            "expected",
            "general",
            "availability",
            "ga",
            "stable",
            "launch",
        ]
        .contains(&word.as_str())
    })
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
