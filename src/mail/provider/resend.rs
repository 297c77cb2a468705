//! Resend: one event a request, signed by Standard Webhooks. SES carries its mail, and its words are SES's.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use hyper::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::credentials::SigningKey;
use super::entry::{self, Entry, say, status, time, token_in_headers};
use super::judged::{COMPLAINT, DELAYED, HARD, NOT_THE_ADDRESS, SOFT, gone, passing, unclear};
use super::{Denied, Event, What, in_time, one_header};
use crate::domain::provider::DELIVERY_FIELD;
use crate::domain::signing;
use crate::mail::bounce::diagnostic;

/// The time is that of each try.
const OLDEST: SignedDuration = SignedDuration::from_mins(5);

/// The id of the message, if it is signed.
pub fn prove(headers: &HeaderMap, body: &[u8], at: Timestamp, key: &SigningKey) -> Result<String, Denied> {
    // Of Svix, that sends them, and as the standard has it.
    let prefix = if headers.contains_key("svix-id") { "svix" } else { "webhook" };
    let of = |name: &str| one_header(headers, &format!("{prefix}-{name}"));
    let (id, seconds, signatures) = (of("id")?, of("timestamp")?, of("signature")?);
    let Ok(number) = seconds.parse::<i64>() else {
        return Err(Denied::Unproved("the time of the signature is no number of seconds".into()));
    };
    let expected = signing::standard(key.octets(), id, number, body);
    // Two while a secret is being changed. A forger would not add one more than that.
    let mut shown = signatures.split_ascii_whitespace().take(10);
    match shown.any(|shown| verify_slices_are_equal(shown.as_bytes(), expected.as_bytes()).is_ok()) {
        true => in_time(time(seconds), at, OLDEST).map(|()| id.to_owned()),
        false => Err(Denied::Unproved("no signature is of this body and time by the configured key".into())),
    }
}

pub fn event(entry: &Entry, id: &str) -> Event {
    let kind = entry.text("/type");
    let (what, said) = match kind.as_str() {
        "email.bounced" => bounce(entry),
        "email.complained" => (COMPLAINT, String::new()),
        "email.delivery_delayed" => (DELAYED, server(entry)),
        "email.delivered" => (What::Delivered, String::new()),
        // On Resend's list: it did not try.
        "email.suppressed" => (HARD, entry.text("/data/suppressed/message")),
        "email.failed" => (NOT_THE_ADDRESS, entry.text("/data/failed/reason")),
        "email.sent" | "email.opened" | "email.clicked" | "email.scheduled" | "email.received" => {
            (What::Nothing, String::new())
        }
        _ => (What::Unknown, kind),
    };
    let recipients = match entry.value.pointer("/data/to") {
        Some(Value::Array(list)) => list.iter().filter_map(|value| entry::address(&say(value)?)).collect(),
        Some(one) => say(one).and_then(|text| entry::address(&text)).into_iter().collect::<Vec<_>>(),
        None => Vec::new(),
    };
    // Of several, it is not told which.
    let (address, what) = match (recipients.as_slice(), what) {
        ([only], what) => (Some(only.clone()), what),
        ([_, ..], What::Report { class, .. }) => (None, What::Report { class, counts: false }),
        (_, what) => (None, what),
    };
    let headers = entry.value.pointer("/data/headers").unwrap_or(&Value::Null);
    let tags = entry.value.pointer("/data/tags").unwrap_or(&Value::Null);
    Event {
        status: status(&said),
        diagnostic: diagnostic(&said),
        delivery: token_in_headers(headers).or_else(|| {
            let tag = entry::header(tags, DELIVERY_FIELD)?;
            entry::token(&Value::String(tag))
        }),
        message_id: entry.message_id("/data/message_id"),
        relay_id: entry.id("/data/email_id"),
        at: entry.time("/created_at"),
        ..Event::of(entry.key(&[Some(id.to_owned())]), what)
    }
    .of_address(address)
    .kept(entry)
}

fn bounce(entry: &Entry) -> (What, String) {
    // The server's words; `message` is Resend's, and gives advice.
    let (server, message) = (server(entry), entry.text("/data/bounce/message"));
    let (kind, subtype) = (entry.word("/data/bounce/type"), entry.word("/data/bounce/subType"));
    let is_listed = matches!(subtype.as_str(), "suppressed" | "onaccountsuppressionlist")
        || message.to_ascii_lowercase().contains("suppressed sending");
    let what = match (kind.as_str(), subtype.as_str()) {
        _ if is_listed => HARD,
        ("suppressed", _) => HARD,
        ("permanent", _) if server.is_empty() => HARD,
        ("permanent", _) => gone(status(&server), &server),
        ("transient", "mailboxfull") => SOFT,
        ("transient", "messagetoolarge" | "contentrejected" | "attachmentrejected") => NOT_THE_ADDRESS,
        // Mostly somebody who is away.
        ("transient", _) if server.is_empty() => unclear(status(&message), &message),
        ("transient", _) => unclear(status(&server), &server),
        // Before there was a type, Resend's own words said it.
        ("", _) if message.contains("hard bounce") => HARD,
        ("", _) => unclear(status(&server), &message),
        ("undetermined", _) => passing(status(&server), &server),
        _ => What::Unknown,
    };
    (what, if server.is_empty() { message } else { server })
}

/// What the server said, where it is handed on.
fn server(entry: &Entry) -> String {
    match entry.value.pointer("/data/bounce/diagnosticCode") {
        Some(Value::Array(list)) => list.iter().filter_map(say).take(5).collect::<Vec<_>>().join(" "),
        Some(one) => say(one).unwrap_or_default(),
        None => String::new(),
    }
}
