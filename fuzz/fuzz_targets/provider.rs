//! What providers post, of any octets. The first says which of them. The rest is read as what it would have proved, and once
//! more as a request: headers up to an empty line, and a body that has to prove itself.
#![no_main]

use std::sync::LazyLock;

use jiff::Timestamp;
use kalends::domain::provider::Provider;
use kalends::mail::provider::{Credentials, Posted, What, certificate_url, events, read};
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use libfuzzer_sys::fuzz_target;

const SECRET: &str = "0123456789abcdef";
const SENDGRID: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE1deLo2TvIvaD/edDwq8R1X9uLsUVwNbOI2PQeoBPJGt0zuSBCFCc14HJYamT91tGSI2dui6AEKlQinN0qjUPng==";

static CREDENTIALS: LazyLock<Vec<Credentials>> = LazyLock::new(|| {
    let of = |provider: &Provider| match provider {
        Provider::Ses => Credentials::topics(&["arn:aws:sns:eu-central-1:123456789012:returns".to_owned()]),
        Provider::Resend => {
            Credentials::secret(*provider, None, "whsec_S2FsZW5kc1NhbXBsZVNlY3JldDAxMjM0NTY3ODlhYmM=")
        }
        Provider::Sendgrid => Credentials::secret(*provider, None, SENDGRID),
        Provider::Brevo => Credentials::secret(*provider, Some("ada"), SECRET),
        _ => Credentials::secret(*provider, None, SECRET),
    };
    Provider::ALL.iter().map(|provider| of(provider).expect("credentials that are right")).collect()
});

fuzz_target!(|octets: &[u8]| {
    let Some((first, rest)) = octets.split_first() else { return };
    let credentials = &CREDENTIALS[usize::from(*first) % CREDENTIALS.len()];

    for event in events(credentials.provider(), &String::from_utf8_lossy(rest), "id").unwrap_or_default() {
        assert_eq!(event.key.len(), 64);
        assert!(event.raw.is_none() || event.what == What::Unknown);
        let texts = [&event.address, &event.diagnostic, &event.delivery, &event.message_id, &event.relay_id, &event.raw];
        for text in texts.into_iter().flatten() {
            assert!(!text.is_empty() && !text.contains(char::is_control), "{text:?}");
        }
    }

    let end = rest.windows(2).position(|pair| pair == b"\n\n");
    let (head, body) = end.map_or((&b""[..], rest), |end| (&rest[..end], &rest[end + 2..]));
    let fields = head.split(|octet| *octet == b'\n').filter_map(|line| {
        let colon = line.iter().position(|octet| *octet == b':')?;
        Some((HeaderName::from_bytes(&line[..colon]).ok()?, HeaderValue::from_bytes(line[colon + 1..].trim_ascii()).ok()?))
    });
    let headers: HeaderMap = fields.collect();
    let posted = Posted { headers: &headers, body, at: Timestamp::UNIX_EPOCH };
    let _ = certificate_url(&posted, credentials);
    let _ = read(&posted, credentials, Some(body));
});
