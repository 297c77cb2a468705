//! An event in words.

use crate::domain::article::{Article, ArticleStatus};
use crate::domain::event::{Event, Override, Status};
use crate::domain::wording::Locale;

/// One event, a line a field; empty fields are left out.
pub fn describe(event: &Event, articles: &[Article]) -> String {
    let details = &event.details;
    let lines = [
        ("Event", event.id.to_string()),
        ("Title", details.title.clone()),
        ("Kind", details.kind.to_string()),
        ("When", Locale::default().when(&details.when)),
        ("Lasts", details.when.length().map(|length| length.to_string()).unwrap_or_default()),
        ("Repeats", Locale::default().repeat_of(details)),
        ("Rule", details.rule().to_owned()),
        ("Changed dates", changed_dates(event)),
        ("Status", details.status.to_string()),
        ("Private", if event.private { "in the calendar it came from".into() } else { String::new() }),
        ("Reason", event.cancel_reason.clone()),
        ("Location", details.location.clone()),
        ("Organizer", details.organizer.clone()),
        ("Topics", details.topics.join("; ")),
        ("Standards", details.standards.join("; ")),
        ("URL", details.url.clone()),
        ("Join", details.join_url.clone()),
        ("Written in", details.description_format.to_string()),
        ("UID", event.uid.clone()),
        ("Zone", details.when.zone().to_string()),
        ("Changed", format!("{} ({} times since published)", event.updated_at, event.sequence)),
    ];
    let about = articles.iter().map(|article| {
        let draft = if article.status() == ArticleStatus::Draft { " (draft)" } else { "" };
        ("Article", format!("{}, {}: {}{draft}", article.id, Locale::default().day(article.date), article.title))
    });
    let mut text: String = lines
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .chain(about)
        .map(|(name, value)| format!("{name:<13} {value}\n"))
        .collect();
    if !details.description.is_empty() {
        text.push_str(&format!("\n{}\n", details.description));
    }
    text
}

/// Each date that is not as the rule has it: `2020-09-15 cancelled; 2020-09-22 2020-09-23`.
fn changed_dates(event: &Event) -> String {
    let date = |change: &Override| {
        let now = match (change.patch.status, event.changed_when(change).start()) {
            (Some(Status::Cancelled), _) => "cancelled".to_owned(),
            (_, start) if start == change.occurrence => "changed".to_owned(),
            (_, start) => format!("moved to {start}"),
        };
        format!("{} {now}", change.occurrence)
    };
    event.overrides.iter().map(date).collect::<Vec<_>>().join("; ")
}
