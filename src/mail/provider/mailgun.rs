//! Mailgun: one event a request, as JSON or (of old) as a form. Time and a token are signed, and the event is not.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use data_encoding::HEXLOWER_PERMISSIVE;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::credentials::SigningKey;
use super::entry::{Entry, digest, folded, status, time};
use super::judged::{COMPLAINT, DELAYED, HARD, NOT_THE_ADDRESS, by_server, gone, passing};
use super::{Denied, Event, Replay, What, body, in_time};
use crate::domain::provider::DELIVERY_FIELD;
use crate::domain::signing::mac;
use crate::domain::status::Status;
use crate::mail::bounce::diagnostic;

/// Mailgun tries for eight hours; some of the pauses are longer than it says.
const OLDEST: SignedDuration = SignedDuration::from_hours(12);

/// The body of a request, of today or of old.
pub fn entry(media_type: &str, octets: &[u8]) -> Result<Entry, Denied> {
    match media_type {
        "application/x-www-form-urlencoded" => Ok(form(octets)),
        "multipart/form-data" => Err(Denied::Unreadable(
            "this is a legacy webhook of Mailgun with a file in it: set up a webhook of the domain in its place".into(),
        )),
        _ => body::object(&body::text(octets)),
    }
}

pub fn prove(entry: &Entry, at: Timestamp, key: &SigningKey) -> Result<Replay, Denied> {
    let (seconds, token) = (entry.text("/signature/timestamp"), entry.text("/signature/token"));
    if seconds.is_empty() || token.is_empty() {
        return Err(Denied::Unproved("there is no signature with a time and a token".into()));
    }
    let expected = mac(key.octets(), format!("{seconds}{token}").as_bytes());
    // An event of a subaccount is signed with the key of the account above it, too.
    let is_right = ["/signature/signature", "/signature/parent-signature"].iter().any(|place| {
        let shown = HEXLOWER_PERMISSIVE.decode(entry.text(place).as_bytes()).unwrap_or_default();
        verify_slices_are_equal(&shown, &expected).is_ok()
    });
    if !is_right {
        return Err(Denied::Unproved("the signature is not of this time and token, or by another key".into()));
    }
    in_time(time(&seconds), at, OLDEST)?;
    let event = entry.value.get("event-data").unwrap_or(&Value::Null);
    Ok(Replay { token: digest(&[&seconds, &token]), content: digest(&[&event.to_string()]) })
}

pub fn event(entry: &Entry) -> Event {
    let of = |name: &str| format!("/event-data/{name}");
    let kind = entry.text(&of("event"));
    let address = entry.address(&of("recipient")).or_else(|| entry.address(&of("message/headers/to")));
    let enhanced = status(&entry.text(&of("delivery-status/enhanced-code")));
    let said = said(entry);
    let status = enhanced.or_else(|| status(&said));
    let what = match kind.as_str() {
        "failed" => failed(entry, status, &said),
        // Mailgun would not send it.
        "rejected" => NOT_THE_ADDRESS,
        "complained" => COMPLAINT,
        "unsubscribed" => What::Left,
        "delivered" => What::Delivered,
        "accepted" | "opened" | "clicked" | "stored" => What::Nothing,
        _ => What::Unknown,
    };
    let said = match what {
        What::Unknown => [kind.clone(), entry.text(&of("reason"))].join(" "),
        _ if said.is_empty() => entry.text(&of("reason")),
        _ => said,
    };
    // The id is one for a day.
    let key = [
        Some(kind),
        entry.id(&of("id")),
        entry.given(&of("timestamp")),
        Some(folded(address.as_deref()).unwrap_or_default()),
    ];
    Event {
        status,
        diagnostic: diagnostic(&said),
        delivery: entry.token(&of("user-variables")),
        envelope_sender: entry.address(&of("envelope/sender")),
        message_id: entry.message_id(&of("message/headers/message-id")),
        at: entry.time(&of("timestamp")),
        ..Event::of(entry.key(&key), what)
    }
    .of_address(address)
    .kept(entry)
}

/// What the server said. Codes from 600 are Mailgun's own and no reply of a server.
fn said(entry: &Entry) -> String {
    let of = |name: &str| entry.text(&format!("/event-data/delivery-status/{name}"));
    let code = of("code");
    let is_reply = code.len() == 3 && code.starts_with(['2', '4', '5']);
    let (code, message, description) = (code, of("message"), of("description"));
    let description = if message.contains(&description) { String::new() } else { description };
    let has_code = message.starts_with(&code);
    let parts = [if is_reply && !has_code { code } else { String::new() }, message, description];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

fn failed(entry: &Entry, status: Option<Status>, said: &str) -> What {
    let reason = entry.word("/event-data/reason");
    let code = entry.text("/event-data/delivery-status/code");
    if entry.word("/event-data/severity") == "temporary" {
        return DELAYED;
    }
    match (reason.as_str(), code.as_str()) {
        // On Mailgun's lists: it did not try.
        ("suppressbounce", _) | (_, "605") => return HARD,
        ("suppressunsubscribe", _) | (_, "606") => return What::Left,
        ("suppresscomplaint", _) | (_, "607") => return COMPLAINT,
        // The provider at the other end does not want us.
        ("espblock" | "blacklisted", _) => return NOT_THE_ADDRESS,
        ("old" | "greylisted", _) | (_, "602") => return passing(status, said),
        _ => {}
    }
    let nobody = status.is_some_and(|status| status.class == 5 && status.subject == 1);
    match entry.word("/event-data/delivery-status/bounce-type").as_str() {
        "soft" => passing(status, said),
        "hard" => gone(status, said),
        _ if nobody || matches!(reason.as_str(), "bounce" | "hardfail") => gone(status, said),
        // "Permanent" says only that Mailgun gave up.
        _ => by_server(status, said),
    }
}

/// The fields of a legacy webhook, as they are named today.
fn form(octets: &[u8]) -> Entry {
    let fields: Vec<(String, String)> = url::form_urlencoded::parse(octets).into_owned().take(1_000).collect();
    let of = |name: &str| {
        fields
            .iter()
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.clone())
            .unwrap_or_default()
    };
    // Variables of ours are merged among them: of a name that comes twice, what Mailgun signed stands last.
    let last = |name: &str| {
        fields.iter().rfind(|(found, _)| found == name).map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let (event, severity, reason) = match of("event").as_str() {
        "bounced" => ("failed".to_owned(), "permanent", "bounce".to_owned()),
        "dropped" => ("failed".to_owned(), "permanent", of("reason")),
        other => (other.to_owned(), "", of("reason")),
    };
    let value = json!({
        "signature": { "timestamp": last("timestamp"), "token": last("token"), "signature": last("signature") },
        "event-data": {
            "event": event,
            "severity": severity,
            "reason": reason,
            "timestamp": last("timestamp"),
            "id": last("token"),
            "recipient": of("recipient"),
            "delivery-status": {
                "code": of("code"),
                "message": of("error"),
                "description": of("description"),
            },
            "user-variables": { DELIVERY_FIELD: of(DELIVERY_FIELD) },
            "message": { "headers": { "message-id": of("Message-Id") } },
        },
    });
    Entry { value, raw: String::from_utf8_lossy(octets).into_owned() }
}
