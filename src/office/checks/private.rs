//! What a calendar shows not to everybody, and readers of ours saw or see.

use super::Findings;
use crate::store::{Disclosed, Store};

/// So many are named.
const NAMED: usize = 10;

pub async fn check(store: &Store, findings: &mut Findings) {
    let disclosed = match store.disclosed_events().await {
        Ok(disclosed) => disclosed,
        Err(error) => return findings.add("private events", Err(error.to_string())),
    };
    let (dates, whole): (Vec<_>, Vec<_>) = disclosed.into_iter().partition(|event| event.date.is_some());
    let (public, taken_back): (Vec<_>, Vec<_>) = whole.into_iter().partition(|event| event.is_public);
    if !public.is_empty() {
        let told = format!(
            "{}: private in their calendar, and published here by hand. If that was not meant, remove them",
            named(&public)
        );
        findings.warn("private events", told);
    }
    if !taken_back.is_empty() {
        let told = format!(
            "{}: private in their calendar, and published here by an older version. They are drafts now; editions that were \
             sent and the archive still hold them. Publish or remove them",
            named(&taken_back)
        );
        findings.warn("private events", told);
    }
    if !dates.is_empty() {
        let told = format!(
            "{}: private in their calendar, and published here by an older version. They are left out now; editions that \
             were sent and the archive still hold them",
            named(&dates)
        );
        findings.warn("private events", told);
    }
}

/// `event 7 “Doctor”, event 8 “Salary talk” and 3 more`
fn named(events: &[Disclosed]) -> String {
    let one = |event: &Disclosed| {
        let date = event.date.as_ref().map(|date| format!(" on {date}")).unwrap_or_default();
        format!("event {} “{}”{date}", event.id, event.title)
    };
    let names = events.iter().take(NAMED).map(one).collect::<Vec<_>>().join(", ");
    match events.len().checked_sub(NAMED) {
        Some(more @ 1..) => format!("{names} and {more} more"),
        _ => names,
    }
}
