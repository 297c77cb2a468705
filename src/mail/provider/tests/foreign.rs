//! Octets that no provider sends.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use hyper::header::{HeaderName, HeaderValue};
use proptest::prelude::*;

use super::super::*;
use super::signer::{NOW, Request, credentials};
use crate::domain::Invalid;
use crate::domain::provider::Provider;

fn packed(octets: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(octets).unwrap();
    encoder.finish().unwrap()
}

const BOUNCE: &str = r#"{"RecordType": "Bounce", "Type": "HardBounce", "ID": 1, "Email": "ada@example.org"}"#;

#[test]
fn a_packed_body_is_unpacked_up_to_a_megabyte() {
    let plain = Request::signed(Provider::Postmark, BOUNCE, NOW);
    let with = |encoding: &str, body: Vec<u8>| {
        let mut request = Request { body, ..plain.clone() };
        request.set("content-encoding", encoding);
        request.read()
    };
    assert_eq!(with("gzip", packed(BOUNCE.as_bytes())).unwrap(), plain.read().unwrap());
    assert_eq!(with("X-GZIP", packed(BOUNCE.as_bytes())).unwrap(), plain.read().unwrap());
    assert_eq!(with("identity", BOUNCE.into()).unwrap(), plain.read().unwrap());
    assert!(matches!(with("gzip", packed(&vec![b' '; 50 << 20])), Err(Denied::TooLong(_))));
    assert!(matches!(with("gzip", BOUNCE.into()), Err(Denied::Unreadable(_))));
    assert!(matches!(with("gzip", packed(BOUNCE.as_bytes())[..30].to_vec()), Err(Denied::Unreadable(_))));
    assert!(matches!(with("br", BOUNCE.into()), Err(Denied::Unreadable(why)) if why.contains("br")));
    let long = Request { body: vec![b' '; (1 << 20) + 1], ..plain };
    assert!(matches!(long.read(), Err(Denied::TooLong(_))));
}

#[test]
fn a_letter_of_another_charset_costs_no_more_than_itself() {
    let mut request = Request::signed(Provider::Postmark, BOUNCE, NOW);
    request.body = [
        b"\xef\xbb\xbf" as &[u8],
        &BOUNCE.as_bytes()[..BOUNCE.len() - 1],
        b", \"Details\": \"550 5.1.1 unbekannt: M\xfcller\\u001b[31m\\u0000\\n\\u202e\"}",
    ]
    .concat();
    let event = request.event();
    assert_eq!(event.diagnostic.as_deref(), Some("550 5.1.1 unbekannt: M\u{fffd}ller[31m"));
}

#[test]
fn what_is_no_report_is_refused_or_kept_as_it_came() {
    for provider in Provider::ALL {
        for text in ["", "{", "null", "42", "\"x\"", "[1]", "\u{0}", &"[".repeat(100_000), &"{\"a\":".repeat(100_000)] {
            let request = match provider {
                // Its message is text; the envelope is what can't be read.
                Provider::Ses | Provider::Mailgun => {
                    Request { body: text.as_bytes().to_vec(), ..Request::signed(*provider, "{}", NOW) }
                }
                _ => Request::signed(*provider, text, NOW),
            };
            let answer = request.read();
            let shown: String = text.chars().take(20).collect();
            assert!(matches!(answer, Err(Denied::Unreadable(_))), "{provider} {shown}: {answer:?}");
        }
        let empty = Request::signed(*provider, "{}", NOW).event();
        assert_eq!(empty.what, What::Unknown, "{provider}");
        assert!(empty.raw.is_some(), "{provider}");
    }
    let many = format!("[{}{{}}]", "{},".repeat(10_000));
    assert!(matches!(Request::signed(Provider::Brevo, &many, NOW).read(), Err(Denied::TooLong(_))));
}

/// A message of one provider at the hook of another, which has its own secret.
#[test]
fn another_providers_message_changes_nobody() {
    for provider in Provider::ALL {
        for other in Provider::ALL.iter().filter(|other| *other != provider) {
            let text = String::from_utf8(Request::signed(*other, BOUNCE, NOW).body).unwrap();
            let answer = Request::signed(*provider, &text, NOW).read();
            let acts = |told: &Told| told.events.iter().any(|event| event.what != What::Unknown);
            // Postmark's own record is meant for it.
            if *provider != Provider::Postmark {
                assert!(!answer.as_ref().is_ok_and(acts), "{other} at {provider}: {answer:?}");
            }
        }
    }
}

#[test]
fn credentials_are_judged_before_they_are_used() {
    let of = |provider: Provider, login: Option<&str>, secret: &str| Credentials::secret(provider, login, secret);
    let wrong = |answer: Result<Credentials, Invalid>, says: &str| {
        let error = answer.err().unwrap().0;
        assert!(error.contains(says) && !error.contains("hush"), "{error}");
    };
    wrong(of(Provider::Postmark, None, "hush"), "at least 16 characters");
    wrong(of(Provider::Mailgun, None, "hush hush hush hush"), "without spaces");
    wrong(of(Provider::Brevo, Some("a:b"), "0123456789abcdef"), "user name");
    wrong(of(Provider::Resend, None, "hush"), "whsec_");
    wrong(of(Provider::Resend, Some("ada"), "whsec_hush"), "leave out username");
    wrong(of(Provider::Sendgrid, None, "hush"), "Verification Key");
    wrong(of(Provider::Ses, None, "hush"), "topics");
    wrong(Credentials::topics(&[]), "topic");
    for arn in [
        "",
        "returns",
        "arn:aws:sqs:eu-central-1:123456789012:returns",
        "arn:aws:sns:eu-central-1:1:returns",
        "arn:aws:sns:eu-central-1:123456789012:returns:1",
    ] {
        wrong(Credentials::topics(&[arn.to_owned()]), "arn:aws:sns:");
    }
    Credentials::topics(&["arn:aws-cn:sns:cn-north-1:123456789012:returns.fifo".to_owned()]).unwrap();
    assert_eq!(format!("{:?}", of(Provider::Brevo, None, "hush-hush-hush-hush").unwrap()), "Credentials(brevo)");
}

#[test]
fn a_secret_is_shown_in_the_configured_way_only() {
    let prove = |login: Option<&str>, header: &str| {
        let credentials = Credentials::secret(Provider::Brevo, login, "0123456789abcdef").unwrap();
        let headers = HeaderMap::from_iter([(hyper::header::AUTHORIZATION, HeaderValue::from_str(header).unwrap())]);
        read(&Posted { headers: &headers, body: b"[]", at: Timestamp::UNIX_EPOCH }, &credentials, None).is_ok()
    };
    let basic = |text: &str| format!("basic {}", data_encoding::BASE64.encode(text.as_bytes()));
    assert!(prove(None, "Bearer 0123456789abcdef") && prove(None, "bearer  0123456789abcdef "));
    assert!(prove(Some("ada"), &basic("ada:0123456789abcdef")));
    for (login, header) in [
        (None, basic("brevo:0123456789abcdef")),
        (None, basic(":0123456789abcdef")),
        (Some("ada"), "Bearer 0123456789abcdef".to_owned()),
        (Some("ada"), "Bearer ada:0123456789abcdef".to_owned()),
        (Some("ada"), basic("Ada:0123456789abcdef")),
        (Some("ada"), basic("ada:0123456789abcdeF")),
        (Some("ada"), "Basic ada:0123456789abcdef".to_owned()),
    ] {
        assert!(!prove(login, &header), "{login:?} {header}");
    }
}

/// Text that looks like what is read.
fn like_a_report() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "event",
        "email",
        "bounce",
        "failed",
        "hard_bounce",
        "type",
        "RecordType",
        "Type",
        "msys",
        "message_event",
        "data",
        "to",
        "headers",
        "signature",
        "event-data",
        "eventType",
        "bouncedRecipients",
        "x\\ud800",
        "5.1.1",
        "a@b.example",
        "1e999",
        "",
        "\\u0000",
    ]);
    let leaf = prop_oneof![
        word.clone().prop_map(|word| format!("\"{word}\"")),
        any::<f64>().prop_map(|number| format!("{number:e}")),
        any::<u64>().prop_map(|number| number.to_string()),
        Just("null".to_owned()),
        Just("true".to_owned()),
        "\\PC{0,4}",
    ];
    leaf.prop_recursive(5, 40, 5, move |inner| {
        let fields = prop::collection::vec((word.clone(), inner.clone()), 0..5);
        prop_oneof![
            prop::collection::vec(inner, 0..5).prop_map(|list| format!("[{}]", list.join(","))),
            fields.prop_map(|fields| {
                let fields: Vec<_> = fields.into_iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
                format!("{{{}}}", fields.join(","))
            }),
        ]
    })
}

proptest! {
    #[test]
    fn any_octets_and_headers_are_answered(
        which in 0..Provider::ALL.len(),
        body in prop::collection::vec(any::<u8>(), 0..200),
        names in prop::collection::vec(("(authorization|content-encoding|content-type|svix-id|svix-timestamp|x-[a-z]{1,9})", "\\PC{0,20}"), 0..5),
        at in any::<i32>(),
    ) {
        let provider = Provider::ALL[which];
        let headers: HeaderMap = names
            .iter()
            .filter_map(|(name, value)| Some((name.parse::<HeaderName>().ok()?, HeaderValue::from_bytes(value.as_bytes()).ok()?)))
            .collect();
        let posted = Posted { headers: &headers, body: &body, at: Timestamp::from_second(at.into()).unwrap() };
        prop_assert!(read(&posted, &credentials(provider), Some(&body)).is_err());
    }

    #[test]
    fn any_signed_text_is_answered_and_what_is_told_is_plain(which in 0..Provider::ALL.len(), text in like_a_report()) {
        let provider = Provider::ALL[which];
        // The signer of Mailgun puts it among JSON.
        let text = if provider == Provider::Mailgun && serde_json::from_str::<serde_json::Value>(&text).is_err() { "{}" } else { &text };
        if let Ok(told) = Request::signed(provider, text, NOW).read() {
            for event in told.events {
                prop_assert_eq!(event.key.len(), 64);
                let texts = [&event.address, &event.diagnostic, &event.delivery, &event.message_id, &event.relay_id, &event.raw];
                for text in texts.into_iter().flatten() {
                    prop_assert!(!text.is_empty() && !text.contains(char::is_control) && text.chars().count() <= 10_000);
                }
            }
        }
    }
}
