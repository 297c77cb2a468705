//! SparkPost: an array of `{"msys": {group: {…}}}`.

use serde_json::Value;

use super::entry::{Entry, status, word};
use super::judged::{COMPLAINT, DELAYED, NOT_THE_ADDRESS, SOFT, by_server, gone, passing};
use super::{Event, What};
use crate::domain::status::Status;
use crate::mail::bounce::diagnostic;

const GROUPS: &[&str] =
    &["message_event", "track_event", "gen_event", "unsubscribe_event", "relay_event", "ingest_event", "ab_test_event"];

/// None of an empty one, which is sent when a webhook is made.
pub fn event(entry: &Entry) -> Option<Event> {
    let Some(Value::Object(groups)) = entry.value.get("msys") else {
        return Some(entry.unknown("an event without msys", entry.key(&[None])));
    };
    let (group, fields) = groups.iter().next()?;
    // As a whole it is kept, and read by its fields.
    let inner = Entry { value: fields.clone(), raw: entry.raw.clone() };
    Some(event_of(group, &inner))
}

fn event_of(group: &str, fields: &Entry) -> Event {
    let kind = fields.text("/type");
    let said = ["/raw_reason", "/reason"].iter().find_map(|name| fields.given(name)).unwrap_or_default();
    let status = status(&said);
    let what = match kind.as_str() {
        _ if !GROUPS.contains(&group) => What::Unknown,
        "bounce" | "out_of_band" => bounce(&fields.text("/bounce_class"), status, &said),
        // On SparkPost's list of those that bounced or complained: it did not try.
        "policy_rejection" | "generation_rejection" if word(&said).contains("suppressed") => SOFT,
        // SparkPost would not send it.
        "policy_rejection" | "generation_failure" | "generation_rejection" => NOT_THE_ADDRESS,
        "spam_complaint" if fields.word("/fbtype") == "notspam" => What::Nothing,
        "spam_complaint" => COMPLAINT,
        "delay" => DELAYED,
        "delivery" => What::Delivered,
        "list_unsubscribe" | "link_unsubscribe" => What::Left,
        "injection" | "open" | "initial_open" | "click" | "amp_open" | "amp_initial_open" | "amp_click" => {
            What::Nothing
        }
        _ => What::Unknown,
    };
    let said = if what == What::Unknown { format!("{group} {kind}") } else { said };
    Event {
        status,
        diagnostic: diagnostic(&said),
        delivery: fields.token("/rcpt_meta"),
        envelope_sender: fields.address("/msg_from"),
        relay_id: fields.id("/message_id"),
        at: fields.time("/timestamp"),
        ..Event::of(fields.key(&[fields.id("/event_id")]), what)
    }
    // As we wrote it; `rcpt_to` is in small letters.
    .of_address(fields.address("/raw_rcpt_to").or_else(|| fields.address("/rcpt_to")))
    .kept(fields)
}

/// SparkPost's bounce classification codes.
fn bounce(class: &str, status: Option<Status>, said: &str) -> What {
    match class {
        // Nobody there.
        "10" | "30" => gone(status, said),
        // Full, no DNS, too late, a generic "for now".
        "20" | "21" | "22" | "24" | "40" | "70" => passing(status, said),
        // Too large, refused by the account's own rules, taken for spam, no relaying.
        "23" | "25" | "50" | "51" | "52" | "53" | "54" => NOT_THE_ADDRESS,
        // Automatic replies, and the wish to get mail.
        "60" | "80" | "100" => What::Nothing,
        "90" => What::Left,
        "1" | "" => by_server(status, said),
        _ => What::Unknown,
    }
}
