//! Mailjet: an array where events are grouped, else an object. It signs nothing and names no event.

use super::entry::{Entry, folded, status};
use super::judged::{COMPLAINT, DELAYED, HARD, NOT_THE_ADDRESS, SOFT, gone, passing};
use super::{Event, What};
use crate::mail::bounce::diagnostic;

pub fn event(entry: &Entry) -> Event {
    let kind = entry.text("/event");
    let address = entry.address("/email");
    let comment = entry.text("/comment");
    let status = status(&comment).or_else(|| status(&entry.text("/smtp_reply")));
    let what = match kind.as_str() {
        "bounce" => bounce(entry, &comment),
        // Mailjet did not try.
        "blocked" => NOT_THE_ADDRESS,
        "spam" => COMPLAINT,
        "unsub" => What::Left,
        "sent" => What::Delivered,
        "open" | "click" => What::Nothing,
        _ => What::Unknown,
    };
    let said: Vec<String> = match what {
        What::Unknown => vec![kind.clone()],
        _ => ["/error", "/comment", "/smtp_reply"].iter().filter_map(|name| entry.given(name)).collect(),
    };
    let key = [Some(kind), entry.id("/MessageID"), folded(address.as_deref()), entry.given("/time")];
    Event {
        status,
        diagnostic: diagnostic(&said.join(": ")),
        delivery: entry.token("/CustomID").or_else(|| entry.token("/Payload")),
        relay_id: entry.id("/MessageID"),
        at: entry.time("/time"),
        ..Event::of(entry.key(&key), what)
    }
    .of_address(address)
    .kept(entry)
}

fn bounce(entry: &Entry, comment: &str) -> What {
    let (related, error) = (entry.word("/error_related_to"), entry.word("/error"));
    let status = status(comment);
    match error.as_str() {
        // Mailjet goes on trying, whatever else it says.
        "greylisted" => return DELAYED,
        "quotaexceeded" => return SOFT,
        "relayaccessdenied" | "typofix" | "preblocked" | "duplicateincampaign" => {
            return NOT_THE_ADDRESS;
        }
        "spamreporter" => return COMPLAINT,
        _ => {}
    }
    let is_hard = entry.is("/hard_bounce");
    match related.as_str() {
        "recipient" | "domain" if is_hard && comment.is_empty() => HARD,
        "recipient" | "domain" | "" if is_hard => gone(status, comment),
        "recipient" | "domain" | "" => passing(status, comment),
        // Spam, content, Mailjet itself, the connection.
        _ => NOT_THE_ADDRESS,
    }
}
