//! A person in words.

use jiff::Timestamp;

use crate::cli::output::table;
use crate::domain::address::EmailAddress;
use crate::domain::edition::Delivery;
use crate::domain::subscriber::{Edited, Hour, Subscriber, Suppression, SuppressionReason};
use crate::domain::token::CONFIRM_HOURS;

pub fn describe(subscriber: &Subscriber) -> String {
    let mut text = format!("{}\n", subscriber.email);
    let zone = subscriber.timezone.as_ref().map(ToString::to_string).unwrap_or_default();
    let kinds = subscriber.kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join("; ");
    let hour = subscriber.send_hour.map(Hour::on_a_clock).unwrap_or_default();
    let language = subscriber.locale.clone().unwrap_or_default();
    for (name, value) in [
        ("Name", &subscriber.name),
        ("Topics", &subscriber.topics.join("; ")),
        ("Kinds", &kinds),
        ("Zone", &zone),
        ("Hour", &hour),
        ("Language", &language),
    ] {
        if !value.is_empty() {
            text.push_str(&format!("{name:<10} {value}\n"));
        }
    }
    text.push_str(&format!("{:<10} {}\n", "Since", subscriber.created_at));
    if let Some(suppression) = subscriber.suppression {
        text.push_str(&format!("\n{}\n", held(&subscriber.email, suppression)));
    }
    let at = |instant: Option<Timestamp>| instant.map(|at| at.to_string()).unwrap_or_default();
    let rows = subscriber.subscriptions.iter().map(|s| {
        let when = if s.left_at.is_some() { at(s.left_at) } else { at(s.consent_at) };
        vec![s.digest.clone(), s.status.to_string(), when, s.consent_note.clone().unwrap_or_default()]
    });
    text.push('\n');
    text.push_str(&table(&["DIGEST", "STATUS", "SINCE", "CONSENT"], rows.collect()));
    text
}

/// What went to somebody last, or did not; nothing where nothing did.
pub fn last_mails(deliveries: &[Delivery]) -> String {
    if deliveries.is_empty() {
        return String::new();
    }
    let rows = deliveries.iter().rev().map(|delivery| {
        let what = delivery.edition_name.as_ref().map_or("no edition".to_owned(), ToString::to_string);
        vec![what, delivery.status.to_string(), delivery.error.clone().unwrap_or_default()]
    });
    format!("\n{}", table(&["LAST MAILS", "STATUS", "WHAT THE SERVER SAID"], rows.collect()))
}

/// That nothing is sent to an address, why, and how to change it.
pub fn held(email: &EmailAddress, suppression: Suppression) -> String {
    let why = match suppression.reason {
        SuppressionReason::Bounced => "mail came back",
        SuppressionReason::Complained => "the reader complained to their provider",
        SuppressionReason::Withheld => "the office said so",
    };
    let since = suppression.at.strftime("%Y-%m-%d");
    format!("Nothing is sent to {email} since {since}: {why}. `kalends subscriber unsuppress {email}` lifts that.")
}

/// What was changed about somebody, a line each: `topics: ipv6 -> ipv6; finance`.
pub fn of_edit(edited: &Edited) -> String {
    let shown = |value: &str| if value.is_empty() { "none".to_owned() } else { value.to_owned() };
    let changes = edited.changes.iter();
    let changes = changes.map(|change| (change.field, format!("{} → {}", shown(&change.before), shown(&change.after))));
    let asked = Some(&edited.asked).filter(|asked| !asked.is_empty()).map(|asked| {
        let mail = format!("a confirmation mail is queued; its link is valid for {CONFIRM_HOURS} hours");
        ("asked about", format!("{} ({mail})", asked.join(", ")))
    });
    let lines: Vec<_> = changes.chain(asked).map(|(what, value)| format!("  {what}: {value}\n")).collect();
    match lines.is_empty() {
        true => format!("{}: it was so already.\n", edited.subscriber.email),
        false => format!("{}\n{}", edited.subscriber.email, lines.concat()),
    }
}
