//! All of `tests/data/hooks`, each at the clock that it was made for.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use hyper::header::{HeaderName, HeaderValue};
use serde_json::Value;

use super::super::*;
use crate::domain::provider::Provider;

fn data() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/hooks")
}

fn json(name: &str) -> Value {
    serde_json::from_slice(&fs::read(data().join(name)).unwrap()).unwrap()
}

fn text(name: &str) -> String {
    fs::read_to_string(data().join(name)).unwrap()
}

/// As an operator would have configured them.
fn credentials(provider: Provider) -> Credentials {
    let secrets = json("secrets.json");
    let of = |name: &str| secrets[provider.as_str()][name].as_str().map(str::to_owned);
    match provider {
        Provider::Ses => Credentials::topics(&[of("topic").unwrap()]).unwrap(),
        Provider::Sendgrid => Credentials::secret(provider, None, &text("keys/sendgrid-public.txt")).unwrap(),
        _ => {
            let secret = ["password", "signing_key", "signing_secret", "token"].iter().find_map(|name| of(name));
            Credentials::secret(provider, of("user").as_deref(), &secret.unwrap()).unwrap()
        }
    }
}

fn headers(text: &str) -> HeaderMap {
    text.lines()
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| {
            (name.to_ascii_lowercase().parse::<HeaderName>().unwrap(), value.parse::<HeaderValue>().unwrap())
        })
        .collect()
}

fn class(what: What) -> &'static str {
    match what {
        What::Report { class, .. } => class.as_str(),
        What::Delivered => "delivered",
        What::Left => "unsubscribed",
        What::Nothing => "none",
        What::Unknown => "unknown",
    }
}

/// What may change whom.
fn acts(what: What) -> bool {
    !matches!(what, What::Nothing | What::Unknown)
}

struct Sample {
    name: String,
    expect: Value,
    answer: Result<Told, Denied>,
}

impl Sample {
    fn read(provider: Provider, name: &str, certificate: &[u8]) -> Self {
        let (headers, body) =
            (headers(&text(&format!("{name}.headers"))), fs::read(data().join(format!("{name}.json"))).unwrap());
        let expect = json(&format!("{name}.expect.json"));
        let at = Timestamp::from_second(expect["now"].as_i64().unwrap()).unwrap();
        let posted = Posted { headers: &headers, body: &body, at };
        let credentials = credentials(provider);
        let answer = certificate_url(&posted, &credentials).and_then(|url| {
            assert_eq!(url.is_some(), provider == Provider::Ses, "{name}");
            read(&posted, &credentials, url.map(|_| certificate))
        });
        Self { name: name.to_owned(), expect, answer }
    }

    /// The classes that are as good as another.
    fn is_as_good(&self, found: &str, wanted: &Value) -> bool {
        let also = self.expect["also"].as_array().cloned().unwrap_or_default();
        *wanted == found || also.iter().any(|also| *also == found)
    }

    fn judge(&self, tokens: &BTreeMap<i64, String>) {
        let (name, expect) = (&self.name, &self.expect);
        let told = match &self.answer {
            Err(denied) => {
                let what_it_takes = !(expect["accept"].as_bool().unwrap() || expect["kind"] == "token-reused");
                return assert!(what_it_takes, "{name}: {denied:?}");
            }
            Ok(told) => told,
        };
        // That a token was seen before, the store knows.
        if expect["kind"] == "token-reused" {
            return assert!(told.replay.is_some(), "{name}");
        }
        assert!(expect["accept"].as_bool().unwrap() && expect["verified"].as_bool().unwrap(), "{name}: {told:?}");
        match &expect["class"] {
            Value::Array(classes) => {
                let found: Vec<_> = told.events.iter().map(|event| class(event.what)).collect();
                assert_eq!(found.len(), classes.len(), "{name}");
                for (found, wanted) in found.iter().zip(classes) {
                    assert!(self.is_as_good(found, wanted), "{name}: {found} {wanted}");
                }
            }
            wanted if told.events.is_empty() => assert_eq!(wanted, "none", "{name}"),
            wanted => {
                let [event] = told.events.as_slice() else { panic!("{name}: {told:?}") };
                assert!(self.is_as_good(class(event.what), wanted), "{name}: {event:?}");
            }
        }
        // Of one that came before, nothing may change anybody again; its keys show it.
        if expect["duplicate_of"].is_string() {
            return;
        }
        let acting: Vec<&Event> = told.events.iter().filter(|event| acts(event.what)).collect();
        let wanted = expect["events"].as_array().unwrap();
        if !wanted.is_empty() {
            assert!(acting.len() == wanted.len() || expect["also"].is_array() && acting.is_empty(), "{name}: {told:?}");
        }
        for (event, wanted) in acting.iter().zip(wanted) {
            assert_eq!(event.address.as_deref(), wanted["address"].as_str(), "{name}");
            assert!(self.is_as_good(class(event.what), &wanted["class"]), "{name}: {event:?}");
            if let Some(status) = wanted["status"].as_str() {
                assert_eq!(event.status.unwrap().to_string(), status, "{name}");
            }
            let delivery = wanted["delivery"].as_i64().unwrap();
            // Only a mail's own words tell which delivery; these have none (their `why`).
            match matches!(name.as_str(), "ses-12" | "brevo-32") {
                true => assert_eq!(event.delivery, None, "{name}"),
                false => assert_eq!(event.delivery.as_ref(), tokens.get(&delivery), "{name}"),
            }
        }
    }
}

fn tokens() -> BTreeMap<i64, String> {
    let deliveries = json("deliveries.json");
    let of =
        |delivery: &Value| (delivery["delivery"].as_i64().unwrap(), delivery["token"].as_str().unwrap().to_owned());
    deliveries.as_array().unwrap().iter().map(of).collect()
}

fn samples() -> Vec<Sample> {
    let certificate = fs::read(data().join("keys/ses-cert.pem")).unwrap();
    let files = fs::read_dir(data()).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let names: BTreeSet<String> = files.filter_map(|file| Some(file.strip_suffix(".headers")?.to_owned())).collect();
    let of = |name: &String| Sample::read(name.split('-').next().unwrap().parse().unwrap(), name, &certificate);
    names.iter().map(of).collect()
}

#[test]
fn every_sample_says_what_is_expected_of_it() {
    let (samples, tokens) = (samples(), tokens());
    assert_eq!(samples.len(), 128);
    let mut failed = Vec::new();
    for sample in &samples {
        if let Err(why) = std::panic::catch_unwind(|| sample.judge(&tokens)) {
            failed.push(why.downcast_ref::<String>().cloned().unwrap_or_else(|| sample.name.clone()));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn what_comes_twice_has_one_key_and_other_samples_have_others() {
    let samples = samples();
    let keys = |sample: &Sample| -> Vec<String> {
        sample.answer.iter().flat_map(|told| &told.events).map(|event| event.key.clone()).collect()
    };
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    let mut twins = 0;
    for sample in &samples {
        if let Some(first) = sample.expect["duplicate_of"].as_str() {
            let first = samples.iter().find(|sample| sample.name == first).unwrap();
            assert!(!keys(sample).is_empty() && keys(sample) == keys(first), "{}", sample.name);
            twins += 1;
            continue;
        }
        for key in keys(sample) {
            let provider = sample.name.split('-').next().unwrap();
            let before = seen.insert(format!("{provider} {key}"), &sample.name);
            assert_eq!(before, None, "{}", sample.name);
        }
    }
    assert_eq!(twins, 9);
}

#[test]
fn a_seen_token_is_known_with_what_came_under_it() {
    let samples = samples();
    let replay = |name: &str| {
        let sample = samples.iter().find(|sample| sample.name == name).unwrap();
        sample.answer.as_ref().unwrap().replay.clone().unwrap()
    };
    let (first, again, other) = (replay("mailgun-02"), replay("mailgun-14"), replay("mailgun-22"));
    assert_eq!(first, again);
    assert_eq!(first.token, other.token);
    assert_ne!(first.content, other.content);
}

#[test]
fn a_configured_topic_is_confirmed_at_amazon() {
    let samples = samples();
    let confirmed =
        samples.iter().filter_map(|sample| Some((&sample.name, sample.answer.as_ref().ok()?.confirm.clone()?)));
    let confirmed: Vec<_> = confirmed.collect();
    let [(name, url)] = confirmed.as_slice() else { panic!("{confirmed:?}") };
    assert_eq!(name.as_str(), "ses-22");
    assert!(url.as_str().starts_with("https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&"), "{url}");
}
