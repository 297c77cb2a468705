//! SendGrid: an array of events, signed as it stands, with the time of the try.

use data_encoding::BASE64;
use hyper::HeaderMap;
use jiff::SignedDuration;

use super::credentials::PublicKey;
use super::entry::{Entry, folded, status, time, word};
use super::judged::{COMPLAINT, DELAYED, HARD, NOT_THE_ADDRESS, by_server, gone, passing};
use super::{Denied, Event, What, in_time, one_header};
use crate::domain::status::Status;
use crate::mail::bounce::diagnostic;

/// SendGrid tries for 24 hours.
const OLDEST: SignedDuration = SignedDuration::from_hours(25);

pub fn prove(headers: &HeaderMap, body: &[u8], at: jiff::Timestamp, key: &PublicKey) -> Result<(), Denied> {
    let signature = one_header(headers, "x-twilio-email-event-webhook-signature")?;
    let seconds = one_header(headers, "x-twilio-email-event-webhook-timestamp")?;
    let message = [seconds.as_bytes(), body].concat();
    match BASE64.decode(signature.as_bytes()).is_ok_and(|signature| key.has_signed(&message, &signature)) {
        true => in_time(time(seconds), at, OLDEST),
        false => Err(Denied::Unproved("the signature is not of this body and time, or by another key".into())),
    }
}

pub fn event(entry: &Entry) -> Event {
    let kind = entry.text("/event");
    let address = entry.address("/email");
    let said = entry.given("/reason").or_else(|| entry.given("/response")).unwrap_or_default();
    let status = status(&entry.text("/status")).or_else(|| status(&said));
    let what = match kind.as_str() {
        "bounce" => bounce(entry, status, &said),
        "blocked" => NOT_THE_ADDRESS,
        "dropped" => dropped(&said),
        "spamreport" => COMPLAINT,
        "deferred" => DELAYED,
        "delivered" => What::Delivered,
        "unsubscribe" | "group_unsubscribe" => What::Left,
        "processed" | "open" | "click" | "group_resubscribe" => What::Nothing,
        _ => What::Unknown,
    };
    let said = match what {
        What::Unknown => ["/event", "/type"].iter().filter_map(|name| entry.given(name)).collect::<Vec<_>>().join(" "),
        _ => said,
    };
    let key = match entry.id("/sg_event_id") {
        Some(id) => entry.key(&[Some(id)]),
        None => entry.key(&[
            Some(kind),
            entry.id("/sg_message_id").or_else(|| entry.id("/smtp-id")),
            folded(address.as_deref()),
            entry.given("/timestamp"),
        ]),
    };
    Event {
        status,
        diagnostic: diagnostic(&said),
        delivery: entry.token(""),
        message_id: entry.message_id("/smtp-id"),
        // What SendGrid answers after a mail is the beginning of it: `14c5d75ce93.recvd-…`.
        relay_id: entry.id("/sg_message_id").map(|id| id.split('.').next().unwrap_or_default().to_owned()),
        at: entry.time("/timestamp"),
        ..Event::of(key, what)
    }
    .of_address(address)
    .kept(entry)
}

fn bounce(entry: &Entry, status: Option<Status>, said: &str) -> What {
    match entry.word("/type").as_str() {
        // Of the message or its sender: SendGrid itself sends to the address again.
        "blocked" => return NOT_THE_ADDRESS,
        "expired" => return passing(status, said),
        _ => {}
    }
    match (entry.word("/bounce_classification").as_str(), status.map(|status| status.class)) {
        ("content" | "reputation" | "frequencyorvolumetoohigh" | "frequencyvolume", _) => NOT_THE_ADDRESS,
        (_, Some(4)) => passing(status, said),
        ("technical" | "technicalfailure", None) => passing(status, said),
        (_, Some(5)) | ("invalidaddress", None) => gone(status, said),
        _ => by_server(status, said),
    }
}

/// Mails that SendGrid did not send, by what it says of why.
fn dropped(reason: &str) -> What {
    match word(reason).as_str() {
        "bouncedaddress" | "invalid" => HARD,
        "spamreportingaddress" => COMPLAINT,
        "unsubscribedaddress" => What::Left,
        _ => NOT_THE_ADDRESS,
    }
}
