//! Brevo: an object, or an array where batches are on. It signs nothing and names no event.

use super::entry::{Entry, folded, status, word};
use super::judged::{COMPLAINT, DELAYED, HARD, NOT_THE_ADDRESS, gone, passing};
use super::{Event, What};
use crate::mail::bounce::diagnostic;

pub fn event(entry: &Entry) -> Event {
    // Marketing mails are told in other spellings than transactional ones: `hardBounce`, `hard_bounce`.
    let kind = entry.word("/event");
    let address = entry.address("/email");
    let said = entry.text("/reason");
    let status = status(&said);
    let what = match kind.as_str() {
        "hardbounce" => gone(status, &said),
        "invalidemail" | "invalid" => HARD,
        "softbounce" => passing(status, &said),
        "spam" | "complaint" => COMPLAINT,
        // Seen with "550 5.1.1" in it, and delivered after all.
        "deferred" => DELAYED,
        "delivered" => What::Delivered,
        "unsubscribe" | "unsubscribed" => What::Left,
        // On Brevo's own list: it did not try.
        "blocked" if word(&said).contains("unsubscribe") => What::Left,
        "blocked" | "error" => NOT_THE_ADDRESS,
        "request" | "sent" | "opened" | "open" | "uniqueopened" | "proxyopen" | "uniqueproxyopen" | "loadedbyproxy"
        | "click" | "clicked" => What::Nothing,
        _ => What::Unknown,
    };
    let said = if what == What::Unknown { entry.text("/event") } else { said };
    let time = ["/ts_epoch", "/ts_event", "/ts", "/date"].iter().find_map(|name| entry.given(name));
    let key = [Some(kind), entry.message_id("/message-id"), folded(address.as_deref()), time];
    Event {
        status,
        diagnostic: diagnostic(&said),
        delivery: custom(entry).and_then(super::entry::token),
        message_id: entry.message_id("/message-id"),
        at: ["/ts_epoch", "/ts_event", "/ts"].iter().find_map(|name| entry.time(name)),
        ..Event::of(entry.key(&key), what)
    }
    .of_address(address)
    .kept(entry)
}

/// The header X-Mailin-custom, which comes back under its name.
fn custom(entry: &Entry) -> Option<&serde_json::Value> {
    let fields = entry.value.as_object()?;
    fields.iter().find(|(name, _)| name.eq_ignore_ascii_case("x-mailin-custom")).map(|(_, value)| value)
}
