//! What each provider says, and what it means.

use serde_json::{Value, json};

use super::super::*;
use super::signer::NOW;
use crate::domain::provider::Provider::{self, *};

pub const TOKEN: &str = "b77-0123456789abcdef0123";
pub const ADDRESS: &str = "Ada@example.org";

pub const fn report(class: Class, counts: bool) -> What {
    What::Report { class, counts }
}

pub const HARD: What = report(Class::Hard, true);
pub const SOFT: What = report(Class::Soft, true);
pub const NOT_THE_ADDRESS: What = report(Class::Soft, false);
pub const COMPLAINT: What = report(Class::Complaint, true);
pub const DELAYED: What = report(Class::Delayed, false);

/// Puts the fields of `with` into `base`.
pub fn merged(mut base: Value, with: &Value) -> Value {
    for (name, value) in with.as_object().unwrap() {
        base[name] = value.clone();
    }
    base
}

pub fn ses(event: &str, with: Value) -> Value {
    let mail = json!({
        "messageId": "0107-ses", "source": "bounces+b77@example.org", "destination": [ADDRESS],
        "headers": [{"name": "Message-ID", "value": "<k77@example.org>"}, {"name": "x-kalends-delivery", "value": TOKEN}],
        "commonHeaders": {"messageId": "0107-ses"},
    });
    merged(json!({"eventType": event, "mail": mail}), &with)
}

pub fn ses_bounce(kind: &str, subtype: &str, status: &str, said: &str) -> Value {
    let recipient = json!({"emailAddress": ADDRESS, "status": status, "diagnosticCode": said});
    let bounce = json!({"feedbackId": "f-1", "bounceType": kind, "bounceSubType": subtype, "bouncedRecipients": [recipient],
        "timestamp": "2026-11-28T18:00:00.000Z"});
    ses("Bounce", json!({ "bounce": bounce }))
}

pub fn ses_complaint(with: Value) -> Value {
    let complaint = json!({"feedbackId": "f-1", "complainedRecipients": [{"emailAddress": ADDRESS}]});
    ses("Complaint", json!({"complaint": merged(complaint, &with)}))
}

pub fn postmark(record: &str, with: Value) -> Value {
    let base = json!({"RecordType": record, "MessageID": "pm-1", "Metadata": {"kalends_delivery": TOKEN}});
    merged(base, &with)
}

pub fn postmark_bounce(kind: &str, said: &str) -> Value {
    postmark("Bounce", json!({"ID": 1, "Type": kind, "Email": ADDRESS, "Details": said}))
}

pub fn sendgrid(event: &str, with: Value) -> Value {
    let base = json!({"email": ADDRESS, "timestamp": NOW, "event": event, "sg_event_id": event,
        "sg_message_id": "abc.recvd-1.0", "smtp-id": "<k77@example.org>", "kalends_delivery": TOKEN});
    merged(base, &with)
}

pub fn mailgun(event: &str, with: Value) -> Value {
    let base = json!({"event": event, "id": "e-1", "timestamp": NOW as f64 + 0.25, "recipient": ADDRESS,
        "message": {"headers": {"message-id": "k77@example.org"}}, "user-variables": {"kalends_delivery": TOKEN}});
    merged(base, &with)
}

pub fn mailgun_failed(reason: &str, code: Value, said: &str) -> Value {
    let status = json!({"code": code, "message": said});
    mailgun("failed", json!({"severity": "permanent", "reason": reason, "delivery-status": status}))
}

pub fn brevo(event: &str, reason: &str) -> Value {
    json!({"event": event, "email": ADDRESS, "message-id": "<k77@example.org>", "ts_epoch": NOW * 1000, "reason": reason,
        "X-Mailin-custom": json!({"kalends_delivery": TOKEN}).to_string()})
}

pub fn mailjet(event: &str, with: Value) -> Value {
    let base = json!({"event": event, "time": NOW, "MessageID": 1_152_921_536_331_213_003_u64, "email": ADDRESS, "CustomID": TOKEN});
    merged(base, &with)
}

pub fn mailjet_bounce(is_hard: bool, related: &str, error: &str) -> Value {
    mailjet("bounce", json!({"hard_bounce": is_hard, "blocked": is_hard, "error_related_to": related, "error": error}))
}

pub fn resend(kind: &str, with: Value) -> Value {
    let data =
        json!({"email_id": "re-1", "to": [ADDRESS], "headers": [{"name": "X-Kalends-Delivery", "value": TOKEN}]});
    json!({"type": kind, "created_at": "2026-11-28T18:00:00.000Z", "data": merged(data, &with)})
}

pub fn resend_bounce(kind: &str, subtype: &str, with: Value) -> Value {
    let bounce = json!({"type": kind, "subType": subtype, "message": "You may want to write to somebody else."});
    resend("email.bounced", json!({"bounce": merged(bounce, &with)}))
}

pub fn sparkpost(group: &str, kind: &str, with: Value) -> Value {
    let base = json!({"type": kind, "event_id": "1", "timestamp": NOW.to_string(), "message_id": "sp-1",
        "rcpt_to": "ada@example.org", "raw_rcpt_to": ADDRESS, "rcpt_meta": {"kalends_delivery": TOKEN}});
    json!({"msys": {group: merged(base, &with)}})
}

pub fn sparkpost_bounce(class: u32, said: &str) -> Value {
    sparkpost("message_event", "bounce", json!({"bounce_class": class.to_string(), "raw_reason": said}))
}

/// A body, and what its one event is.
pub fn table() -> Vec<(Provider, Value, What)> {
    let none = || json!({});
    let of =
        |provider: Provider, rows: Vec<(Value, What)>| rows.into_iter().map(move |(body, what)| (provider, body, what));
    let rows = of(
        Ses,
        vec![
            (ses_bounce("Permanent", "General", "5.1.1", "smtp; 550 5.1.1 user unknown"), HARD),
            (ses_bounce("Permanent", "NoEmail", "", ""), HARD),
            (ses_bounce("Permanent", "OnAccountSuppressionList", "", ""), HARD),
            (ses_bounce("Permanent", "General", "5.7.1", "smtp; 554 5.7.1 blocked by policy"), NOT_THE_ADDRESS),
            (ses_bounce("Transient", "MailboxFull", "5.2.2", "smtp; 552 5.2.2 mailbox full"), SOFT),
            (ses_bounce("Transient", "MessageTooLarge", "5.3.4", ""), NOT_THE_ADDRESS),
            (ses_bounce("Transient", "ContentRejected", "5.6.1", ""), NOT_THE_ADDRESS),
            (ses_bounce("Transient", "AttachmentRejected", "", ""), NOT_THE_ADDRESS),
            (ses_bounce("Transient", "General", "", ""), NOT_THE_ADDRESS),
            (ses_bounce("Undetermined", "Undetermined", "", ""), SOFT),
            (ses_bounce("Cosmic", "Ray", "5.1.1", ""), What::Unknown),
            (ses_complaint(json!({"complaintFeedbackType": "abuse"})), COMPLAINT),
            (ses_complaint(none()), COMPLAINT),
            (ses_complaint(json!({"complaintFeedbackType": "not-spam"})), What::Nothing),
            (ses_complaint(json!({"complaintSubType": "OnAccountSuppressionList"})), SOFT),
            (
                ses(
                    "DeliveryDelay",
                    json!({"deliveryDelay": {"delayType": "MailboxFull", "timestamp": "x",
            "delayedRecipients": [{"emailAddress": ADDRESS, "diagnosticCode": "550 5.1.1 user unknown"}]}}),
                ),
                DELAYED,
            ),
            (ses("Delivery", json!({"delivery": {"timestamp": "x", "recipients": [ADDRESS]}})), What::Delivered),
            (ses("Reject", json!({"reject": {"reason": "Bad content"}})), NOT_THE_ADDRESS),
            (ses("Rendering Failure", json!({"failure": {"errorMessage": "no such variable"}})), NOT_THE_ADDRESS),
            (ses("Open", none()), What::Nothing),
            (ses("Subscription", none()), What::Unknown),
        ],
    );
    let rows = rows.chain(of(
        Postmark,
        vec![
            (postmark_bounce("HardBounce", "smtp;550 5.1.1 user unknown"), HARD),
            (postmark_bounce("HardBounce", "smtp;550 5.4.1 Recipient address rejected: Access denied"), HARD),
            (postmark_bounce("HardBounce", "smtp;550 5.7.1 Message rejected due to SPF policy"), NOT_THE_ADDRESS),
            (postmark_bounce("BadEmailAddress", ""), HARD),
            (postmark("Bounce", json!({"TypeCode": 1, "Email": ADDRESS, "ID": 1})), HARD),
            (postmark_bounce("SoftBounce", "smtp;452 4.2.2 mailbox full"), SOFT),
            (postmark_bounce("DnsError", ""), SOFT),
            (postmark_bounce("SpamNotification", ""), NOT_THE_ADDRESS),
            (postmark_bounce("ManuallyDeactivated", ""), NOT_THE_ADDRESS),
            (postmark_bounce("SMTPApiError", ""), NOT_THE_ADDRESS),
            (postmark_bounce("DMARCPolicy", ""), NOT_THE_ADDRESS),
            (postmark_bounce("VirusNotification", ""), NOT_THE_ADDRESS),
            (postmark_bounce("AutoResponder", ""), What::Nothing),
            (postmark_bounce("ChallengeVerification", ""), What::Nothing),
            (postmark_bounce("Transient", "smtp;550 5.1.1 user unknown"), DELAYED),
            (postmark_bounce("Unsubscribe", ""), What::Left),
            (postmark_bounce("Unheard", ""), What::Unknown),
            (postmark("SpamComplaint", json!({"ID": 1, "Email": ADDRESS})), COMPLAINT),
            (
                postmark("Delivery", json!({"Recipient": ADDRESS, "DeliveredAt": "2026-11-28T18:00:00Z"})),
                What::Delivered,
            ),
            (
                postmark(
                    "SubscriptionChange",
                    json!({"Recipient": ADDRESS, "SuppressSending": true, "SuppressionReason": "SpamComplaint"}),
                ),
                What::Nothing,
            ),
            (
                postmark(
                    "SubscriptionChange",
                    json!({"Recipient": ADDRESS, "SuppressSending": true, "SuppressionReason": "ManualSuppression"}),
                ),
                What::Left,
            ),
            (
                postmark(
                    "SubscriptionChange",
                    json!({"Recipient": ADDRESS, "SuppressSending": false, "SuppressionReason": "ManualSuppression"}),
                ),
                What::Nothing,
            ),
            (postmark("Open", json!({"Recipient": ADDRESS})), What::Nothing),
            (postmark("Tomorrow", json!({"Recipient": ADDRESS})), What::Unknown),
        ],
    ));
    let rows = rows.chain(of(Sendgrid, vec![
        (sendgrid("bounce", json!({"type": "bounce", "status": "5.1.1", "reason": "550 5.1.1 no such user"})), HARD),
        (sendgrid("bounce", json!({"type": "bounce", "bounce_classification": "Invalid Address"})), HARD),
        (sendgrid("bounce", json!({"type": "bounce", "status": "5.2.2", "reason": "552 5.2.2 mailbox full", "bounce_classification": "Mailbox Unavailable"})), SOFT),
        (sendgrid("bounce", json!({"type": "bounce", "status": "4.2.2", "reason": "452 4.2.2 full"})), SOFT),
        (sendgrid("bounce", json!({"type": "bounce", "status": "5.1.1", "bounce_classification": "Reputation"})), NOT_THE_ADDRESS),
        (sendgrid("bounce", json!({"type": "blocked", "status": "5.1.1", "reason": "550 5.1.1 user unknown"})), NOT_THE_ADDRESS),
        (sendgrid("bounce", json!({"type": "expired", "reason": "unable to get mx info"})), SOFT),
        (sendgrid("dropped", json!({"reason": "Bounced Address"})), HARD),
        (sendgrid("dropped", json!({"reason": "Invalid"})), HARD),
        (sendgrid("dropped", json!({"reason": "Invalid SMTPAPI header"})), NOT_THE_ADDRESS),
        (sendgrid("dropped", json!({"reason": "Recipient List over Package Quota"})), NOT_THE_ADDRESS),
        (sendgrid("dropped", json!({"reason": "Spam Reporting Address"})), COMPLAINT),
        (sendgrid("dropped", json!({"reason": "Unsubscribed Address"})), What::Left),
        (sendgrid("deferred", json!({"response": "550 5.1.1 user unknown", "attempt": "2"})), DELAYED),
        (sendgrid("spamreport", none()), COMPLAINT),
        (sendgrid("delivered", none()), What::Delivered),
        (sendgrid("group_unsubscribe", none()), What::Left),
        (sendgrid("open", json!({"sg_machine_open": true})), What::Nothing),
        (sendgrid("account_status_change", none()), What::Unknown),
    ]));
    let rows = rows.chain(of(Mailgun, vec![
        (mailgun_failed("bounce", json!(550), "5.1.1 no such user"), HARD),
        (mailgun_failed("generic", json!(550), "5.1.1 no such user"), HARD),
        (mailgun_failed("generic", json!(550), "5.7.1 refused"), NOT_THE_ADDRESS),
        (mailgun_failed("generic", json!(498), "No MX for example.org"), SOFT),
        (mailgun_failed("espblock", json!(550), "5.1.1 blocked"), NOT_THE_ADDRESS),
        (mailgun_failed("old", json!(602), "Too old"), SOFT),
        (mailgun_failed("suppress-bounce", json!(605), ""), HARD),
        (mailgun_failed("suppress-unsubscribe", json!(606), ""), What::Left),
        (mailgun_failed("hardfail", json!("607"), ""), COMPLAINT),
        (mailgun("failed", json!({"severity": "temporary", "reason": "generic", "delivery-status": {"code": 550, "message": "5.1.1"}})), DELAYED),
        (mailgun("rejected", json!({"reject": {"reason": "Sandbox"}})), NOT_THE_ADDRESS),
        (mailgun("complained", none()), COMPLAINT),
        (mailgun("delivered", none()), What::Delivered),
        (mailgun("unsubscribed", none()), What::Left),
        (mailgun("clicked", none()), What::Nothing),
        (mailgun("tomorrow", none()), What::Unknown),
    ]));
    let rows = rows.chain(of(
        Brevo,
        vec![
            (brevo("hard_bounce", " RecipientError: 550 5.5.0 Requested action not taken: mailbox unavailable."), HARD),
            (brevo("hardBounce", ""), HARD),
            (brevo("hard_bounce", "554 5.7.1 spam"), NOT_THE_ADDRESS),
            (brevo("invalid_email", "invalid"), HARD),
            (brevo("soft_bounce", "452 4.2.2 mailbox full"), SOFT),
            (brevo("spam", ""), COMPLAINT),
            (brevo("deferred", "550 5.1.1 user unknown"), DELAYED),
            (brevo("delivered", ""), What::Delivered),
            (brevo("blocked", "blocked : due to blacklist user"), NOT_THE_ADDRESS),
            (brevo("blocked", "blocked : unsubscribed user"), What::Left),
            (brevo("error", ""), NOT_THE_ADDRESS),
            (brevo("unsubscribed", ""), What::Left),
            (brevo("proxy_open", ""), What::Nothing),
            (brevo("list_addition", ""), What::Unknown),
        ],
    ));
    let rows = rows.chain(of(
        Mailjet,
        vec![
            (mailjet_bounce(true, "recipient", "user unknown"), HARD),
            (mailjet_bounce(true, "domain", "no mail host"), HARD),
            (mailjet_bounce(true, "spam", "sender blocked"), NOT_THE_ADDRESS),
            (mailjet_bounce(true, "system", "protocol issue"), NOT_THE_ADDRESS),
            (mailjet_bounce(true, "recipient", "quota exceeded"), SOFT),
            (mailjet_bounce(false, "recipient", "mailbox inactive"), SOFT),
            (mailjet_bounce(false, "domain", "greylisted"), DELAYED),
            (mailjet("spam", json!({"source": "JMRPP"})), COMPLAINT),
            (mailjet("sent", none()), What::Delivered),
            (mailjet("blocked", json!({"error_related_to": "mailjet", "error": "preblocked"})), NOT_THE_ADDRESS),
            (mailjet("blocked", json!({"error_related_to": "domain", "error": "typofix"})), NOT_THE_ADDRESS),
            (mailjet("unsub", none()), What::Left),
            (mailjet("click", none()), What::Nothing),
            (mailjet("tomorrow", none()), What::Unknown),
        ],
    ));
    let rows = rows.chain(of(Resend, vec![
        (resend_bounce("Permanent", "General", none()), HARD),
        (resend_bounce("Permanent", "General", json!({"diagnosticCode": ["smtp; 554 5.7.1 spam"]})), NOT_THE_ADDRESS),
        (resend_bounce("Permanent", "OnAccountSuppressionList", none()), HARD),
        (resend_bounce("Transient", "MailboxFull", none()), SOFT),
        (resend_bounce("Transient", "General", none()), NOT_THE_ADDRESS),
        (resend_bounce("Transient", "ContentRejected", none()), NOT_THE_ADDRESS),
        (resend_bounce("Undetermined", "Undetermined", none()), SOFT),
        (resend_bounce("", "", json!({"message": "The recipient's email provider sent a hard bounce message, but didn't specify the reason."})), HARD),
        (resend("email.complained", none()), COMPLAINT),
        (resend("email.delivery_delayed", none()), DELAYED),
        (resend("email.delivered", none()), What::Delivered),
        (resend("email.suppressed", none()), HARD),
        (resend("email.failed", none()), NOT_THE_ADDRESS),
        (resend("email.opened", none()), What::Nothing),
        (resend("domain.updated", none()), What::Unknown),
    ]));
    let spark = |kind: &str| sparkpost("message_event", kind, json!({}));
    let bounces = [
        (1, "550 5.1.1 user unknown", HARD),
        (10, "550 [internal] [oob] The recipient is invalid.", HARD),
        (20, "", SOFT),
        (21, "554 5.4.4 domain lookup failed", SOFT),
        (22, "552 5.2.2 full", SOFT),
        (23, "552 5.3.4 too big", NOT_THE_ADDRESS),
        (24, "", SOFT),
        (25, "", NOT_THE_ADDRESS),
        (30, "550 no", HARD),
        (40, "", SOFT),
        (50, "", NOT_THE_ADDRESS),
        (51, "550 5.1.1 user unknown", NOT_THE_ADDRESS),
        (54, "", NOT_THE_ADDRESS),
        (60, "", What::Nothing),
        (70, "", SOFT),
        (80, "", What::Nothing),
        (90, "", What::Left),
        (100, "", What::Nothing),
        (4711, "", What::Unknown),
    ];
    let rows = rows.chain(bounces.map(|(class, said, what)| (Sparkpost, sparkpost_bounce(class, said), what)));
    rows.chain(of(
        Sparkpost,
        vec![
            (sparkpost("message_event", "out_of_band", json!({"bounce_class": "10"})), HARD),
            (spark("policy_rejection"), NOT_THE_ADDRESS),
            (
                sparkpost(
                    "gen_event",
                    "generation_rejection",
                    json!({"raw_reason": "554 5.7.1 recipient address suppressed"}),
                ),
                SOFT,
            ),
            (spark("spam_complaint"), COMPLAINT),
            (sparkpost("message_event", "spam_complaint", json!({"fbtype": "not-spam"})), What::Nothing),
            (sparkpost("message_event", "delay", json!({"bounce_class": "10", "raw_reason": "550 5.1.1"})), DELAYED),
            (spark("delivery"), What::Delivered),
            (sparkpost("unsubscribe_event", "list_unsubscribe", none()), What::Left),
            (sparkpost("track_event", "open", none()), What::Nothing),
            (spark("tomorrow"), What::Unknown),
            (sparkpost("tomorrow_event", "bounce", json!({"bounce_class": "10"})), What::Unknown),
        ],
    ))
    .collect()
}
