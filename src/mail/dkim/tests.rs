use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::Instant;

use mail_auth::common::parse::TxtRecordParser;
use mail_auth::common::verify::DomainKey;
use mail_auth::hickory_resolver::config::{ResolverConfig, ResolverOpts};
use mail_auth::{AuthenticatedMessage, DkimResult, MessageAuthenticator, Parameters, ResolverCache, Txt};
use proptest::prelude::*;

use super::key::{KeyType, generate};
use super::*;
use crate::config::DkimConfig;

/// Made for this test, with too few bits.
const RSA_1024: &str = "-----BEGIN RSA PRIVATE KEY-----
MIICXgIBAAKBgQCpRKgzWnGJxlC3yE/fgRYYZMjQtce3mOIAPAAbQxgPbr6pq/t6
gy3XW1aQr9jaw0BAQhWDlwaG9uUw6m9d/qvihi0ZVxOue+wAKX8esszpc0mBKFOi
Zn0k+oYmuzDsKYR5Mes5Fuqeag1aip9lJ0LxAyfTNBOvdxp9xLPZOZSADwIDAQAB
AoGAA6OfPiNmp4ClAZ6D4RlEYVfhXWNbHN5jlX+0vOFPZh2KadlxuauSU7v5+3hc
YC+sdPU2wzJ/CG3MdaXEqS+tgFNPnFF/f+vTfhtvWvGZw0z5hVHC8TRGgfF3cJTc
XcT0+qRAp59Fv/2aw1opHY7ES8CxPOrU8Jk6bBb/KM73GpECQQDWw46h6viqYAik
4/ZpdJzAR2Gm6UWgDC+JZKq/sz4UR/pjsnVVGwEM8YfVlocAn8jwy+oc1Ycrarq/
Rz+gAUuZAkEAycTRLux+tSDISr6zGuLDwNlfC6Ilrw5DByLt2Mw8pnOevaJZTOrR
/Ti4McUmHwhx1vLIjkZv2cOCFQETTxkx5wJBAL4k1hu1lgQCkqSq0Hf9ruruSB8n
WWWiZFQYtLSVVdlPAPlT/14iUoPLNKB+bXi3/4hyggyVYN+n1z+TLVnUy8ECQQDC
tM6UdJ31lnQSRSK7gDcdQ+bHaCrrWlzuZxOVUcn5aru2DhQU+Mm5jeGaDcEy00hg
ABvvyCMpxtQiBs6mVw7jAkEAvio4P5UFax4GX5KXtAu6FwWAibHk0lCXgifvEwZk
XLtt3Yn9ul5zMOewuJ9wuCwig9xKEPgRiuGO+s3fwjPtMg==
-----END RSA PRIVATE KEY-----
";

const MESSAGE: &str = "From: Standards Watch <news@example.org>\r\n\
To: ada@example.com\r\n\
Subject: The week\r\n ahead\r\n\
Date: Thu, 01 Jan 2026 00:00:00 +0000\r\n\
Message-ID: <1@example.org>\r\n\
MIME-Version: 1.0\r\n\
Content-Type: text/plain; charset=utf-8\r\n\
List-Unsubscribe: <https://example.org/unsubscribe/t0ken>\r\n\
List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n\
X-Other: not signed\r\n\
\r\n\
Dates of the  week \r\n.\r\n\r\n";

static BOTH: LazyLock<Signer> = LazyLock::new(|| signer(&[KeyType::Rsa, KeyType::Ed25519]));
static ED25519: LazyLock<Signer> = LazyLock::new(|| signer(&[KeyType::Ed25519]));

fn now() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

fn signer(types: &[KeyType]) -> Signer {
    let folder = tempfile::tempdir().unwrap();
    let mut mail = MailConfig { from: "news@example.org".parse().unwrap(), ..MailConfig::default() };
    for kind in types {
        let key_file = folder.path().join(kind.as_str());
        std::fs::write(&key_file, generate(*kind, 2048).unwrap()).unwrap();
        mail.dkim.push(DkimConfig { domain: None, selector: kind.as_str().parse().unwrap(), key_file });
    }
    Signer::new(&mail).unwrap()
}

fn read(pem: &str) -> Result<Key, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.pem");
    std::fs::write(&path, pem).unwrap();
    Key::read_file(&path, "example.org", "k")
}

/// DNS with the records of a signer and no others.
struct Records(HashMap<Box<str>, Txt>);

impl ResolverCache<Box<str>, Txt> for Records {
    fn get<Q>(&self, name: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.0.get(name).cloned()
    }

    fn remove<Q>(&self, _: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        None
    }

    fn insert(&self, _: Box<str>, _: Txt, _: Instant) {}
}

/// How each signature of a message is judged by the library's verifier.
fn verify(signer: &Signer, message: &[u8]) -> Vec<DkimResult> {
    let record = |key: &Key| {
        let record = DomainKey::parse(key.dns_value().as_bytes()).unwrap();
        (format!("{}.", key.dns_name()).into(), Txt::DomainKey(Arc::new(record)))
    };
    let records = Records(signer.keys().iter().map(record).collect());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let verifier = MessageAuthenticator::new(ResolverConfig::default(), ResolverOpts::default()).unwrap();
        let message = AuthenticatedMessage::parse(message).unwrap();
        let judged = verifier.verify_dkim(Parameters::new(&message).with_txt_cache(&records)).await;
        judged.iter().map(|signature| signature.result().clone()).collect()
    })
}

fn signed(signer: &Signer, message: &[u8]) -> Vec<u8> {
    [&signer.sign(message, now()).unwrap(), message].concat()
}

#[track_caller]
fn assert_passes(signer: &Signer, message: &[u8]) {
    let judged = verify(signer, message);
    assert_eq!(judged, vec![DkimResult::Pass; signer.keys().len()], "{}", String::from_utf8_lossy(message));
}

#[test]
fn a_message_carries_a_valid_signature_of_each_key() {
    assert_passes(&BOTH, &signed(&BOTH, MESSAGE.as_bytes()));
    assert!(Signer::new(&MailConfig::default()).unwrap().sign(b"", now()).unwrap().is_empty());
}

#[test]
fn a_signature_tells_what_it_covers_in_lines_that_fit() {
    let fields = String::from_utf8(BOTH.sign(MESSAGE.as_bytes(), now()).unwrap()).unwrap();
    assert!(fields.lines().all(|line| line.len() <= 78), "{fields}");
    assert!(fields.ends_with("\r\n") && !fields.contains("\r\n\r\n"));
    let flat = fields.replace("\r\n ", " ");
    let lines: Vec<_> = flat.lines().collect();
    assert_eq!(lines.len(), 2);
    for (line, kind) in lines.iter().zip(["rsa", "ed25519"]) {
        let head = format!(
            "DKIM-Signature: v=1; a={kind}-sha256; c=relaxed/relaxed; d=example.org; s={kind}; t=1767225600; h=From:From:"
        );
        assert!(line.starts_with(&head), "{line}");
        let names = line.split("h=").nth(1).unwrap().split(';').next().unwrap().replace(' ', "");
        let count = |name: &str| names.split(':').filter(|found| *found == name).count();
        assert_eq!([count("From"), count("List-Unsubscribe-Post"), count("Reply-To"), count("X-Other")], [2, 2, 1, 0]);
        assert!(!line.contains(" l="));
    }
}

#[test]
fn nothing_that_is_signed_can_be_changed_or_added() {
    let message = String::from_utf8(signed(&BOTH, MESSAGE.as_bytes())).unwrap();
    assert_passes(&BOTH, message.as_bytes());
    // What relays do to white space, and fields nobody signed, are of no matter.
    assert_passes(&BOTH, message.replace("Subject: The week\r\n ahead", "subject:The  week ahead").as_bytes());
    assert_passes(&BOTH, format!("Received: by mx.example.com\r\n{message}").as_bytes());
    assert_passes(&BOTH, message.replace("X-Other: not signed", "X-Other: changed").as_bytes());
    for (from, to) in [
        ("To: ada@", "To: eve@"),
        ("From: Standards", "From: Eve <eve@example.com>\r\nFrom: Standards"),
        ("Subject: The", "Subject: Free\r\nSubject: The"),
        ("X-Other", "Reply-To: eve@example.com\r\nX-Other"),
        ("Content-Type: text", "Content-Type: text/html\r\nContent-Type: text"),
        ("unsubscribe/t0ken", "unsubscribe/t1ken"),
        ("Dates of", "Data of"),
        (".\r\n\r\n", ".\r\nand more\r\n"),
        ("t=1767225600", "t=1767225601"),
    ] {
        let changed = message.replace(from, to);
        assert_ne!(changed, message, "{from}");
        let judged = verify(&BOTH, changed.as_bytes());
        assert!(judged.len() == 2 && !judged.contains(&DkimResult::Pass), "{from}: {judged:?}");
    }
}

#[test]
fn what_is_no_message_is_not_signed() {
    assert!(matches!(BOTH.sign(b"From: a@example.org\r\n", now()), Err(Error::NoHeader)));
    assert!(matches!(BOTH.sign(b"no colon\r\n\r\n", now()), Err(Error::NoHeader)));
    assert!(matches!(BOTH.sign(b"To: a@example.org\r\n\r\nx", now()), Err(Error::NoFrom)));
    assert!(matches!(BOTH.sign(b"", now()), Err(Error::NoHeader)));
}

#[test]
fn keys_are_read_as_other_programs_write_them() {
    let pkcs8 = generate(KeyType::Rsa, 2048).unwrap();
    let key = read(&pkcs8).unwrap();
    assert_eq!((key.description().as_str(), key.dns_name().as_str()), ("RSA, 2048 bits", "k._domainkey.example.org"));
    // RFC 5208: PKCS#8 is PKCS#1 behind 26 octets that say that it is RSA.
    let base64: String = pkcs8.lines().filter(|line| !line.starts_with('-')).collect();
    let pkcs1 = BASE64.encode(&BASE64.decode(base64.as_bytes()).unwrap()[26..]);
    let pkcs1 = format!("-----BEGIN RSA PRIVATE KEY-----\r\n{pkcs1}\r\n-----END RSA PRIVATE KEY-----");
    assert_eq!(read(&pkcs1).unwrap().dns_value(), key.dns_value());
    assert!(key.dns_value().starts_with("v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A"));

    // As `openssl genpkey -algorithm ed25519` writes it, with the pair of RFC 8032 section 7.1, test 1.
    let seed = "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g";
    let key = read(&format!("-----BEGIN PRIVATE KEY-----\n{seed}\n-----END PRIVATE KEY-----\n")).unwrap();
    assert_eq!(key.dns_value(), "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
}

#[test]
fn a_key_that_can_not_sign_is_refused_with_what_would_be_right() {
    let missing = Key::read_file(Path::new("nowhere/key.pem"), "example.org", "k").err().unwrap();
    assert!(missing.contains("can't read the DKIM key nowhere/key.pem"), "{missing}");
    let elliptic = rcgen::KeyPair::generate().unwrap().serialize_pem();
    for (pem, part) in [
        (RSA_1024, "fewer than 2048 bits"),
        (&elliptic, "neither RSA nor Ed25519"),
        ("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n", "password"),
        ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "no private key"),
        ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "damaged"),
        ("", "no private key"),
    ] {
        let error = read(pem).err().unwrap();
        assert!(error.contains("key.pem can't be used") && error.contains(part), "{error}");
        assert!(error.contains("it must hold a private key in PEM"), "{error}");
    }
    assert!(generate(KeyType::Rsa, 1024).unwrap_err().contains("2048, 3072 or 4096"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn whatever_is_signed_verifies(
        fields in prop::collection::vec(
            ("Subject|To|List-Id|X-[A-Z][a-z]{0,8}|Reply-To|subject|Content-Type", "[ -~\\t]{0,60}(\\r\\n [!-~][ -~\\t]{0,40}){0,2}"),
            0..8,
        ),
        lines in prop::collection::vec("[ \\t]{0,2}[ -~\\t日é]{0,90}[ \\t]{0,2}", 0..12),
        ends in 0usize..4,
    ) {
        let mut message = String::from("From: a@example.org\r\n");
        for (name, value) in fields {
            message.push_str(&format!("{name}:{value}\r\n"));
        }
        message.push_str("\r\n");
        message.push_str(&lines.join("\r\n"));
        message.push_str(&"\r\n".repeat(ends));
        let message = signed(&ED25519, message.as_bytes());
        prop_assert_eq!(verify(&ED25519, &message), vec![DkimResult::Pass]);
    }

    #[test]
    fn no_octets_make_it_panic(octets in prop::collection::vec(any::<u8>(), 0..200), from in any::<bool>()) {
        let message = [if from { &b"From: a\r\n"[..] } else { b"" }, &octets, b"\r\n\r\n"].concat();
        let _ = ED25519.sign(&message, now());
    }
}

#[test]
fn what_a_relay_writes_anew_is_not_signed() {
    let ses = "url = \"smtps://email-smtp.eu-central-1.amazonaws.com\"";
    let relay = |text: &str| toml::from_str::<crate::config::RelayConfig>(text).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let key_file = folder.path().join("key");
    std::fs::write(&key_file, generate(KeyType::Ed25519, 2048).unwrap()).unwrap();
    let dkim = vec![DkimConfig { domain: None, selector: "k".parse().unwrap(), key_file }];
    let from = "news@example.org".parse().unwrap();
    let relays = vec![relay("url = \"smtp://mail.example.org\""), relay(ses)];
    let mail = MailConfig { from, dkim, relays, ..MailConfig::default() };
    let signer = Signer::new(&mail).unwrap();
    let signed = [signer.sign(MESSAGE.as_bytes(), now()).unwrap(), MESSAGE.into()].concat();
    let rewritten = String::from_utf8(signed).unwrap();
    assert!(rewritten.contains("Message-ID: <1@example.org>"));
    let rewritten =
        rewritten.replace("<1@example.org>", "<0102-000000@email.amazonses.com>").replace("01 Jan", "02 Jan");
    assert_eq!(verify(&signer, rewritten.as_bytes()), [DkimResult::Pass]);
    assert!(!signer.is_like(&Signer::new(&MailConfig { relays: Vec::new(), ..mail }).unwrap()));
}
