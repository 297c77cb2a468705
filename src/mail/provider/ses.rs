//! Amazon SES: events of a configuration set (`eventType`) and notifications of an identity (`notificationType`), both in
//! a message of SNS. Where both are on, each bounce comes twice, under one `feedbackId`.

use serde_json::Value;

use super::entry::{self, Entry, folded, say, status, token, token_in_headers};
use super::judged::{COMPLAINT, DELAYED, HARD, NOT_THE_ADDRESS, gone, passing, unclear};
use super::sns::{Kind, Message};
use super::{Event, Told, What};
use crate::mail::bounce::{diagnostic, line};

/// SES takes 50 recipients a mail.
const MOST_RECIPIENTS: usize = 100;

pub fn read(message: &Message) -> Result<Told, super::Denied> {
    let told = Told { is_signed: true, replay: None, events: Vec::new(), confirm: None, notice: None };
    let envelope = &message.entry;
    let id = envelope.text("/MessageId");
    Ok(match message.kind {
        Kind::Notification => Told { events: notification(&envelope.text("/Message"), &id), ..told },
        Kind::Confirmation => Told { confirm: Some(message.subscribe_url()?), ..told },
        Kind::End => {
            Told { notice: Some("the subscription of a topic of Amazon SNS has ended: it tells us no more"), ..told }
        }
    })
}

/// What a message says. `id` is what SNS calls it, the same when it comes again.
pub fn notification(text: &str, id: &str) -> Vec<Event> {
    match serde_json::from_str::<Value>(text) {
        Ok(value @ Value::Object(_)) => events(&Entry { value, raw: text.to_owned() }, id),
        // What SES says once, when it was told to use the topic.
        _ if text.starts_with("Successfully validated SNS topic") => Vec::new(),
        _ => {
            let entry = Entry { value: Value::Null, raw: text.to_owned() };
            vec![entry.unknown(text, entry.key(&[Some(id.to_owned())]))]
        }
    }
}

fn events(report: &Entry, id: &str) -> Vec<Event> {
    let kind = report.given("/eventType").or(report.given("/notificationType")).unwrap_or_default();
    let (what, recipients, details) = match kind.as_str() {
        "Bounce" => ("bounce", "/bounce/bouncedRecipients", "/bounce"),
        "Complaint" => ("complaint", "/complaint/complainedRecipients", "/complaint"),
        "DeliveryDelay" => ("delay", "/deliveryDelay/delayedRecipients", "/deliveryDelay"),
        "Delivery" => ("delivery", "/delivery/recipients", "/delivery"),
        "Reject" => ("reject", "", "/reject"),
        "Rendering Failure" | "RenderingFailure" => ("rendering", "", "/failure"),
        "Send" | "Open" | "Click" => ("other", "", ""),
        // Said when an identity was told to use the topic.
        "AmazonSnsSubscriptionSucceeded" => return Vec::new(),
        _ => ("", "", ""),
    };
    let told: Vec<&Value> = report.list(recipients).iter().take(MOST_RECIPIENTS).collect();
    let told = if told.is_empty() { vec![&Value::Null] } else { told };
    told.into_iter()
        .map(|recipient| {
            let text = |name: &str| recipient.get(name).and_then(say).unwrap_or_default();
            let address = say(recipient).or_else(|| Some(text("emailAddress"))).and_then(|text| entry::address(&text));
            let address = address.or_else(|| sole(report.list("/mail/destination")));
            let (status, said) = (status(&text("status")), text("diagnosticCode"));
            let meant = match what {
                "bounce" => bounce(report, status, &said),
                "complaint" => complaint(report),
                "delay" => DELAYED,
                "delivery" => What::Delivered,
                "reject" | "rendering" => NOT_THE_ADDRESS,
                "other" => What::Nothing,
                _ => What::Unknown,
            };
            let said = if said.is_empty() { remark(report, what) } else { said };
            let said = if meant == What::Unknown { named(report, &kind) } else { said };
            Event {
                address: address.clone(),
                status,
                diagnostic: diagnostic(&said),
                at: report.time(&format!("{details}/timestamp")),
                ..about(report, Event::of(key(report, id, what, details, address.as_deref()), meant))
            }
            .kept(report)
        })
        .collect()
}

/// The mail that an event is about.
fn about(report: &Entry, event: Event) -> Event {
    let headers = report.value.pointer("/mail/headers").unwrap_or(&Value::Null);
    let tags = report.value.pointer("/mail/tags").unwrap_or(&Value::Null);
    let destinations = report.list("/mail/destination");
    Event {
        delivery: token_in_headers(headers).or_else(|| tags.is_object().then(|| token(tags)).flatten()),
        // Of a mail to several, it says nothing of one.
        envelope_sender: report.address("/mail/source").filter(|_| destinations.len() <= 1),
        // Where SES put in its own, ours stands among the headers still.
        message_id: entry::header(headers, "Message-ID")
            .and_then(|text| entry::message_id(&text))
            .or_else(|| report.message_id("/mail/commonHeaders/messageId")),
        relay_id: report.id("/mail/messageId"),
        ..event
    }
}

/// The one recipient that a mail had.
fn sole(destinations: &[Value]) -> Option<String> {
    match destinations {
        [only] => entry::address(&say(only)?),
        _ => None,
    }
}

/// The same by either channel. What has no `feedbackId` is told by its mail, address and time.
fn key(report: &Entry, id: &str, what: &str, details: &str, address: Option<&str>) -> String {
    let address = Some(folded(address).unwrap_or_default());
    let what = Some(what.to_owned()).filter(|what| !what.is_empty());
    if let Some(feedback) = report.id(&format!("{details}/feedbackId")).filter(|_| !details.is_empty()) {
        return report.key(&[what, Some(feedback), address]);
    }
    let time = report.given(&format!("{details}/timestamp")).filter(|_| !details.is_empty());
    match (&what, report.id("/mail/messageId"), time) {
        (Some(_), Some(mail), Some(time)) => report.key(&[what, Some(mail), Some(time), address]),
        _ => report.key(&[Some(id.to_owned()), address]),
    }
}

fn bounce(report: &Entry, status: Option<crate::domain::status::Status>, said: &str) -> What {
    let (kind, subtype) = (report.word("/bounce/bounceType"), report.word("/bounce/bounceSubType"));
    match (kind.as_str(), subtype.as_str()) {
        // On a list of those that bounced before: SES did not try.
        ("permanent", "suppressed" | "onaccountsuppressionlist") => HARD,
        ("permanent", "unsubscribedrecipient") => What::Left,
        ("permanent", _) => gone(status, said),
        ("transient", "mailboxfull") => passing(status, said),
        ("transient", "messagetoolarge" | "contentrejected" | "attachmentrejected") => NOT_THE_ADDRESS,
        // Mostly somebody who is away.
        ("transient", _) => unclear(status, said),
        ("undetermined", _) => passing(status, said),
        _ => What::Unknown,
    }
}

fn complaint(report: &Entry) -> What {
    let subtype = report.word("/complaint/complaintSubType");
    match report.word("/complaint/complaintFeedbackType").as_str() {
        // Nobody complained: SES did not send, since the address is on the account's list.
        _ if subtype == "onaccountsuppressionlist" => super::judged::SOFT,
        "notspam" => What::Nothing,
        // What programs find out about a mail is no reader's word.
        "authfailure" | "virus" => NOT_THE_ADDRESS,
        _ => COMPLAINT,
    }
}

/// What SES says itself, where it hands on no server's words.
fn remark(report: &Entry, what: &str) -> String {
    let parts: &[&str] = match what {
        "bounce" => &["/bounce/bounceType", "/bounce/bounceSubType"],
        "complaint" => &["/complaint/complaintFeedbackType", "/complaint/complaintSubType", "/complaint/userAgent"],
        "delay" => &["/deliveryDelay/delayType"],
        "delivery" => &["/delivery/smtpResponse"],
        "reject" => &["/reject/reason"],
        "rendering" => &["/failure/errorMessage"],
        _ => &[],
    };
    parts.iter().filter_map(|place| report.given(place)).collect::<Vec<_>>().join(" ")
}

fn named(report: &Entry, kind: &str) -> String {
    let kind = if kind.is_empty() { "an event without eventType" } else { kind };
    let detail = ["/bounce/bounceType", "/bounce/bounceSubType"].iter().filter_map(|place| report.given(place));
    let text = [kind.to_owned()].into_iter().chain(detail).collect::<Vec<_>>().join(" ");
    line(&text, 200).unwrap_or_default()
}
