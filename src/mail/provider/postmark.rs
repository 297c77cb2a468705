//! Postmark: one record a request.

use super::entry::Entry;
use super::entry::{folded, status};
use super::judged::{COMPLAINT, DELAYED, HARD, NOT_THE_ADDRESS, gone, passing};
use super::{Event, What};
use crate::mail::bounce::diagnostic;

pub fn event(record: &Entry) -> Event {
    let kind = match record.word("/RecordType") {
        // Before there were other records, a bounce was told without it.
        empty if empty.is_empty() && record.given("/Type").is_some() => "bounce".to_owned(),
        kind => kind,
    };
    let address = record.address("/Email").or_else(|| record.address("/Recipient"));
    let said = record.given("/Details").or_else(|| record.given("/Description")).unwrap_or_default();
    let status = status(&said);
    let what = match kind.as_str() {
        "bounce" | "spamcomplaint" => bounce(record, status, &said),
        "delivery" => What::Delivered,
        "subscriptionchange" => subscription(record),
        "open" | "click" | "linkclick" => What::Nothing,
        _ => What::Unknown,
    };
    let said = match what {
        What::Unknown => {
            ["/RecordType", "/Type"].iter().filter_map(|name| record.given(name)).collect::<Vec<_>>().join(" ")
        }
        _ if said.is_empty() => record.text("/Type"),
        _ => said,
    };
    Event {
        delivery: record.token("/Metadata"),
        relay_id: record.id("/MessageID"),
        at: ["/BouncedAt", "/DeliveredAt", "/ChangedAt", "/ReceivedAt"].iter().find_map(|name| record.time(name)),
        diagnostic: diagnostic(&said),
        status,
        ..Event::of(key(record, &kind, address.as_deref()), what)
    }
    .of_address(address)
    .kept(record)
}

/// Bounces have a number, which stays when one is judged anew. Of the rest, mail, address and time tell.
fn key(record: &Entry, kind: &str, address: Option<&str>) -> String {
    let kind = Some(kind.to_owned());
    let time = ["/BouncedAt", "/DeliveredAt", "/ChangedAt"].iter().find_map(|name| record.given(name));
    match record.id("/ID") {
        Some(id) => record.key(&[kind, Some(id), Some(record.word("/Type"))]),
        None => record.key(&[kind, record.id("/MessageID"), folded(address), time]),
    }
}

fn bounce(record: &Entry, status: Option<crate::domain::status::Status>, said: &str) -> What {
    let kind = match record.word("/Type") {
        kind if kind.is_empty() => record.text("/TypeCode"),
        kind => kind,
    };
    match kind.as_str() {
        "hardbounce" | "1" => gone(status, said),
        "bademailaddress" | "100000" => HARD,
        "spamcomplaint" | "100001" => COMPLAINT,
        "softbounce" | "4096" | "dnserror" | "256" => passing(status, said),
        // Postmark goes on trying.
        "transient" | "2" => DELAYED,
        // The mail, or who sent it, or that an account was set to take none of it.
        "blocked"
        | "100006"
        | "spamnotification"
        | "512"
        | "virusnotification"
        | "8192"
        | "dmarcpolicy"
        | "100009"
        | "smtpapierror"
        | "100007"
        | "manuallydeactivated"
        | "100002"
        | "unconfirmed"
        | "100003"
        | "templaterenderingfailed"
        | "100010" => NOT_THE_ADDRESS,
        "unsubscribe" | "16" => What::Left,
        // Programs and people who answer.
        "autoresponder"
        | "64"
        | "addresschange"
        | "128"
        | "challengeverification"
        | "16384"
        | "subscribe"
        | "32"
        | "openrelaytest"
        | "1024"
        | "inbounderror"
        | "100008" => What::Nothing,
        _ if record.word("/RecordType") == "spamcomplaint" => COMPLAINT,
        _ => What::Unknown,
    }
}

/// A bounce or a complaint is told by itself too; only what a reader did at Postmark is news.
fn subscription(record: &Entry) -> What {
    match record.word("/SuppressionReason").as_str() {
        "manualsuppression" if record.is("/SuppressSending") => What::Left,
        _ => What::Nothing,
    }
}
