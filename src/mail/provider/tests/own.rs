//! Messages of the test's own: each kind of each provider, again, together and forged.

use serde_json::{Value, json};

use super::super::*;
use super::signer::{NOW, Request, TOPIC, sns};
use super::table::*;
use crate::domain::provider::Provider::{self, *};

/// As it is posted: SendGrid and SparkPost have arrays only.
fn posted(provider: Provider, body: &Value) -> Request {
    match provider {
        Sendgrid | Sparkpost => Request::of(provider, &json!([body])),
        _ => Request::of(provider, body),
    }
}

#[test]
fn each_word_of_each_provider_means_what_it_means() {
    for (provider, body, what) in table() {
        let event = posted(provider, &body).event();
        assert_eq!(event.what, what, "{provider}: {body}");
        assert_eq!(event.address.as_deref(), Some(ADDRESS), "{provider}: {body}");
        assert_eq!(event.delivery.as_deref(), Some(TOKEN), "{provider}: {body}");
        assert_eq!(event.raw.is_some(), what == What::Unknown, "{provider}: {body}");
        if provider != Postmark && !(provider == Ses && body["bounce"].is_null()) {
            assert_eq!(event.at.map(|at| at.as_second()), Some(NOW), "{provider}: {body}");
        }
        if matches!(provider, Ses | Sendgrid | Mailgun | Brevo) {
            assert_eq!(event.message_id.as_deref(), Some("k77@example.org"), "{provider}: {body}");
        }
    }
}

#[test]
fn the_same_again_has_the_same_key_and_another_has_another() {
    for provider in Provider::ALL {
        let bodies: Vec<Value> =
            table().into_iter().filter(|(of, ..)| of == provider).map(|(_, body, _)| body).collect();
        let now = posted(*provider, &bodies[0]);
        // Tried again later, and signed anew.
        let later =
            Request { at: NOW + 60, ..Request::signed(*provider, &later_text(*provider, &bodies[0]), NOW + 60) };
        assert_eq!(now.event().key, later.event().key, "{provider}");
        let other = match provider {
            Ses => ses_bounce_of("f-2"),
            Postmark => postmark("Bounce", json!({"ID": 2, "Type": "HardBounce", "Email": ADDRESS})),
            Sendgrid => json!([sendgrid("bounce", json!({"sg_event_id": "another"}))]),
            Mailgun => mailgun("failed", json!({"id": "e-2"})),
            Brevo => merged(bodies[0].clone(), &json!({"ts_epoch": NOW * 1000 + 1})),
            Mailjet => merged(bodies[0].clone(), &json!({"MessageID": 1_152_921_536_331_213_004_u64})),
            Sparkpost => json!([sparkpost("message_event", "bounce", json!({"event_id": "2", "bounce_class": "10"}))]),
            // Only the id of the message tells them.
            Resend => continue,
        };
        assert_ne!(now.event().key, Request::of(*provider, &other).event().key, "{provider}");
    }
}

fn later_text(provider: Provider, body: &Value) -> String {
    if matches!(provider, Sendgrid | Sparkpost) { json!([body]).to_string() } else { body.to_string() }
}

fn ses_bounce_of(feedback: &str) -> Value {
    let recipients = json!([{"emailAddress": ADDRESS}]);
    ses(
        "Bounce",
        json!({"bounce": {"feedbackId": feedback, "bounceType": "Permanent", "bouncedRecipients": recipients}}),
    )
}

#[test]
fn numbers_of_64_bits_and_more_keep_their_last_digit() {
    for provider in [Postmark, Mailjet] {
        let field = if provider == Postmark { "ID" } else { "MessageID" };
        let body = |number: &str| match provider {
            Postmark => format!(
                r#"{{"RecordType": "Bounce", "Type": "HardBounce", "Email": "a@b.example", "{field}": {number}}}"#
            ),
            _ => format!(r#"{{"event": "bounce", "email": "a@b.example", "time": 1, "{field}": {number}}}"#),
        };
        let key = |number: &str| Request::signed(provider, &body(number), NOW).event().key;
        for (one, other) in [
            ("9007199254740992", "9007199254740993"),
            ("9223372036854775807", "9223372036854775808"),
            ("18446744073709551615", "18446744073709551616"),
            ("99999999999999999999999991", "99999999999999999999999992"),
        ] {
            assert_ne!(key(one), key(other), "{provider} {one}");
            assert_eq!(key(one), key(one), "{provider} {one}");
        }
    }
}

#[test]
fn a_bad_entry_of_a_batch_costs_only_itself() {
    for provider in [Sendgrid, Brevo, Mailjet, Sparkpost] {
        let good = table().into_iter().find(|(of, _, what)| *of == provider && *what == HARD).unwrap().1;
        let deep = format!("{}{}", "[".repeat(500), "]".repeat(500));
        for bad in [
            "42",
            "null",
            "\"x\"",
            "[]",
            "{}",
            r#"{"email": ["\ud800"], "event": 7}"#,
            &deep,
            &format!(r#"{{"a": {deep}}}"#),
        ] {
            let text = format!("[{bad}, {good}, {bad}]");
            let told = Request::signed(provider, &text, NOW).read().unwrap();
            let found: Vec<What> = told.events.iter().map(|event| event.what).collect();
            assert_eq!(found, [What::Unknown, HARD, What::Unknown], "{provider} {bad}");
        }
        assert_eq!(Request::signed(provider, "[]", NOW).read().unwrap().events, [], "{provider}");
    }
}

#[test]
fn what_is_forged_or_old_is_refused() {
    for provider in Provider::ALL {
        let body = table().into_iter().find(|(of, ..)| of == provider).unwrap().1;
        let good = posted(*provider, &body);
        assert!(good.read().is_ok(), "{provider}");
        let refused = |request: &Request, why: &str| {
            let answer = request.read();
            assert!(matches!(answer, Err(Denied::Unproved(_))), "{provider}, {why}: {answer:?}");
        };
        for name in good.headers.keys() {
            for value in [None, Some("x"), Some("Basic Og=="), Some("Bearer "), Some("0"), Some("-1")] {
                let mut headers = good.headers.clone();
                match value {
                    None => drop(headers.remove(name)),
                    Some(value) => drop(headers.insert(name.clone(), value.parse().unwrap())),
                }
                refused(&Request { headers, ..good.clone() }, &format!("{name}: {value:?}"));
            }
            let mut twice = good.headers.clone();
            twice.append(name.clone(), good.headers[name].clone());
            refused(&Request { headers: twice, ..good.clone() }, &format!("{name} twice"));
        }
        if matches!(provider, Ses | Sendgrid | Resend) {
            let changed = String::from_utf8(good.body.clone()).unwrap().replace("Ada@", "eve@");
            refused(&Request { body: changed.into_bytes(), ..good.clone() }, "changed");
        }
        let oldest = match provider {
            Ses => 65 * 60,
            Sendgrid => 25 * 3600,
            Mailgun => 12 * 3600,
            Resend => 5 * 60,
            _ => continue,
        };
        for (age, is_taken) in [(oldest, true), (oldest + 1, false), (-300, true), (-301, false)] {
            let request = Request { at: NOW + age, ..good.clone() };
            match is_taken {
                true => assert!(request.read().is_ok(), "{provider} {age}"),
                false => refused(&request, &format!("{age} seconds")),
            }
        }
    }
}

#[test]
fn only_a_configured_topic_is_confirmed_and_only_at_amazon() {
    let confirmation = |kind: &str, topic: &str, url: &str| {
        let message = json!({"Type": kind, "MessageId": "m", "TopicArn": topic, "Token": "t", "Message": "You have chosen",
            "SubscribeURL": url, "Timestamp": "2026-11-28T18:00:00.000Z"});
        Request { body: sns(message).to_string().into_bytes(), ..Request::of(Ses, &json!({})) }.read()
    };
    let right = "https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&Token=t";
    let told = confirmation("SubscriptionConfirmation", TOPIC, right).unwrap();
    assert_eq!((told.confirm.unwrap().as_str(), told.events.len()), (right, 0));
    // What ends is told and fetched by nobody.
    let told = confirmation("UnsubscribeConfirmation", TOPIC, right).unwrap();
    assert_eq!((told.confirm, told.events.len()), (None, 0));
    assert!(told.notice.unwrap().contains("has ended"));
    let foreign = confirmation("SubscriptionConfirmation", "arn:aws:sns:eu-central-1:999999999999:returns", right);
    assert!(matches!(foreign, Err(Denied::Unproved(_))), "{foreign:?}");
    for wrong in [
        "http://sns.eu-central-1.amazonaws.com/",
        "https://sns.eu-central-1.amazonaws.com:8443/",
        "https://sns.eu-central-1.amazonaws.com/elsewhere",
        "https://ada@sns.eu-central-1.amazonaws.com/",
        "https://sns.eu-central-1.amazonaws.com.example.org/",
        "https://169.254.169.254/",
        "",
    ] {
        let told = confirmation("SubscriptionConfirmation", TOPIC, wrong);
        assert!(matches!(told, Err(Denied::Unproved(_))), "{wrong}: {told:?}");
    }
}

#[test]
fn of_several_recipients_resend_does_not_say_which() {
    let mut several = resend_bounce("Permanent", "General", json!({}));
    several["data"]["to"] = json!([ADDRESS, "eve@example.org"]);
    let event = Request::of(Resend, &several).event();
    assert_eq!((event.what, event.address), (report(Class::Hard, false), None));
}

#[test]
fn a_form_of_mailgun_is_read_as_of_today() {
    let good = Request::of(Mailgun, &json!({}));
    let signature: Value = serde_json::from_slice(&good.body).unwrap();
    let of = |name: &str| signature["signature"][name].as_str().unwrap().to_owned();
    let form = |event: &str, code: &str, with: &[(&str, &str)]| {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.extend_pairs([
            ("event", event),
            ("code", code),
            ("recipient", ADDRESS),
            ("kalends_delivery", TOKEN),
            ("token", "ours"),
        ]);
        body.extend_pairs(with);
        body.extend_pairs(["timestamp", "token", "signature"].map(|name| (name, of(name))));
        let mut request = Request { body: body.finish().into_bytes(), ..good.clone() };
        request.set("content-type", "application/x-www-form-urlencoded; charset=utf-8");
        request
    };
    for (request, what) in [
        (form("bounced", "550", &[("error", "550 5.1.1 user unknown")]), HARD),
        (form("bounced", "5.1.1", &[("error", "smtp;550 5.1.1 RESOLVER.ADR.RecipNotFound; not found")]), HARD),
        (form("dropped", "605", &[("reason", "hardfail")]), HARD),
        (form("dropped", "607", &[("reason", "hardfail")]), COMPLAINT),
        (form("dropped", "499", &[("reason", "old")]), SOFT),
        (form("complained", "", &[]), COMPLAINT),
        (form("delivered", "", &[]), What::Delivered),
    ] {
        let event = request.event();
        assert_eq!(
            (event.what, event.delivery.as_deref()),
            (what, Some(TOKEN)),
            "{}",
            String::from_utf8_lossy(&request.body)
        );
    }
    let mut parts = good;
    parts.set("content-type", "multipart/form-data; boundary=x");
    assert!(matches!(parts.read(), Err(Denied::Unreadable(_))));
}
