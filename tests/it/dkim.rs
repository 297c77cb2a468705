//! Keys, signatures and what DNS says of them.

use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use mail_auth::hickory_resolver::config::{NameServerConfig, ResolverConfig, ResolverOpts};
use mail_auth::{AuthenticatedMessage, DkimResult, MessageAuthenticator};
use serde_json::Value;

use crate::support::dns_server::DnsServer;
use crate::support::{Mail, Office};

const HEAD: &str = r#"
[site]
base_url = "https://events.example.org"
[mail]
from = "Standards Watch 标准 <news@example.org>"
"#;
const TAIL: &str = r#"
[[digest]]
slug = "weekly"
title = "The week ahead 标准"
schedule = "0 8 * * 1"
upcoming = "90y"
"#;

fn config(dns: &DnsServer, keys: &str) -> String {
    format!("{HEAD}resolver = \"127.0.0.1:{}\"\n{keys}{TAIL}", dns.port())
}

/// An office that signs with a new key of each kind, and DNS that says so.
fn office(dns: &DnsServer, kinds: &[&str]) -> Office {
    let office = Office::with_config(&config(dns, ""));
    let mut keys = String::new();
    for kind in kinds {
        let told = office.json(&["dkim-key", "--type", kind, "--selector", kind]);
        dns.add_txt(told["name"].as_str().unwrap(), told["value"].as_str().unwrap());
        keys.push_str(&told["config"].as_str().unwrap().replace("[mail.dkim]", "[[mail.dkim]]"));
    }
    office.configure(&config(dns, &keys));
    office
}

/// How each signature of a mail is judged by a verifier that looks the keys up.
async fn verify(dns: &DnsServer, mail: &Mail) -> Vec<DkimResult> {
    let mut server = NameServerConfig::udp("127.0.0.1".parse().unwrap());
    server.connections[0].port = dns.port();
    let config = ResolverConfig::from_name_servers(vec![server]);
    let verifier = MessageAuthenticator::new(config, ResolverOpts::default()).unwrap();
    let message = AuthenticatedMessage::parse(&mail.octets).unwrap();
    verifier.verify_dkim(&message).await.iter().map(|judged| judged.result().clone()).collect()
}

fn finding(findings: &Value, check: &str) -> (String, String) {
    let all = findings.as_array().unwrap();
    let found = all.iter().find(|finding| finding["check"].as_str().unwrap().starts_with(check));
    let found = found.unwrap_or_else(|| panic!("no {check} in {findings}"));
    (found["status"].as_str().unwrap().to_owned(), found["message"].as_str().unwrap().to_owned())
}

/// What `check` finds, whether it is content or not.
fn check(office: &Office) -> Value {
    serde_json::from_str(&office.run(&["check", "--json"]).stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_mail_carries_a_valid_signature_of_each_key() {
    for kinds in [&["rsa"][..], &["ed25519"], &["rsa", "ed25519"]] {
        let dns = DnsServer::start();
        let office = office(&dns, kinds);
        office.add(&["meeting", "标准 plenary", "--on", "2090-01-01"]);
        for reader in ["ada@example.com", "lin@example.com"] {
            office.ok(&["subscriber", "add", reader, "--confirmed"]);
        }
        // One that has to confirm, an edition and a test: all mail is signed.
        office.ok(&["subscriber", "add", "bob@example.com"]);
        office.ok(&["digest", "send", "weekly"]);
        office.ok(&["digest", "send", "weekly", "--to", "editor@example.org"]);
        let _daemon = office.serve();
        for mail in office.wait_for_mails(4) {
            assert_eq!(verify(&dns, &mail).await, vec![DkimResult::Pass; kinds.len()], "{kinds:?}");
            let changed = String::from_utf8(mail.octets).unwrap().replace("\r\nTo: ", "\r\nTo: eve@example.net, ");
            let judged = verify(&dns, &Mail { octets: changed.into() }).await;
            assert!(judged.iter().all(|result| matches!(result, DkimResult::Fail(_))), "{judged:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edition_is_signed_as_the_provider_gets_it() {
    use crate::support::smtp_server::SmtpServer;
    let (dns, server) = (DnsServer::start(), SmtpServer::start().await);
    let office = office(&dns, &["ed25519"]);
    let written = std::fs::read_to_string(office.path("config/kalends.toml")).unwrap();
    let relay =
        format!("transport = \"smtp\"\nrelay = [{{ url = \"smtp://localhost:{}\" }}]\n[[mail.dkim]]", server.port());
    office.configure(&written.replace("[[mail.dkim]]", &relay));
    office.add(&["meeting", "标准 plenary", "--on", "2090-01-01"]);
    office.ok(&["subscriber", "add", "ada@example.com", "--confirmed"]);
    office.ok(&["digest", "send", "weekly"]);
    let _daemon = office.serve();
    let received = server.wait_for(1, crate::support::PATIENCE).await;
    let mail = Mail { octets: received[0].data.clone() };
    assert_eq!(verify(&dns, &mail).await, [DkimResult::Pass]);
    assert!(mail.octets.starts_with(b"DKIM-Signature: v=1; a=ed25519-sha256;"));
}

#[test]
fn a_key_is_made_once_kept_secret_and_told_again() {
    let dns = DnsServer::start();
    let office = Office::with_config(&config(&dns, ""));
    let said = office.ok(&["dkim-key"]);
    for part in [
        "kalends._domainkey.example.org",
        "v=DKIM1; k=rsa; p=MIIB",
        "[mail.dkim]",
        "key_file = \"config/dkim-rsa.pem\"",
    ] {
        assert!(said.contains(part), "no {part} in {said}");
    }
    let mode = std::fs::metadata(office.path("config/dkim-rsa.pem")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let key = std::fs::read(office.path("config/dkim-rsa.pem")).unwrap();
    let error = office.fails(&["dkim-key"], 1);
    assert!(error.contains("not overwritten") && error.contains("--show"), "{error}");
    assert_eq!(std::fs::read(office.path("config/dkim-rsa.pem")).unwrap(), key);
    let shown = &office.json(&["dkim-key", "--show", "--out", "config/dkim-rsa.pem", "--domain", "example.net"])[0];
    assert_eq!(shown["name"], "kalends._domainkey.example.net");
    assert!(said.contains(shown["value"].as_str().unwrap()));
    assert!(office.ok(&["dkim-key", "--show"]).contains("No key is configured"));

    let other = office.json(&["dkim-key", "--type", "ed25519", "--selector", "e2026", "--out", "keys/e.pem"]);
    assert_eq!(other["name"], "e2026._domainkey.example.org");
    office.configure(&config(&dns, other["config"].as_str().unwrap()));
    assert_eq!(office.json(&["dkim-key", "--show"])[0]["value"], other["value"]);

    for (args, part) in [
        (&["--bits", "1024", "--out", "x.pem"][..], "2048, 3072 or 4096"),
        (&["--type", "dsa"], "ed25519"),
        (&["--selector", "a b"], "kalends-2026"),
        (&["--domain", "org"], "example.org"),
    ] {
        let error = office.fails(&[&["dkim-key"], args].concat(), 2);
        assert!(error.contains(part), "{error}");
    }
    assert!(!office.path("x.pem").exists());
    let error = Office::new().fails(&["dkim-key"], 2);
    assert!(error.contains("--domain"), "{error}");
}

#[test]
fn a_key_file_that_is_wrong_is_told_at_once() {
    let dns = DnsServer::start();
    let office = Office::with_config(&config(&dns, "[mail.dkim]\nselector = \"k\"\nkey_file = \"config/key.pem\"\n"));
    let error = office.fails(&["serve", "--listen", "127.0.0.1:0"], 1);
    assert!(error.contains("can't read the DKIM key config/key.pem"), "{error}");
    office.write("config/key.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    let error = office.fails(&["digest", "send", "weekly", "--to", "ada@example.com"], 1);
    assert!(error.contains("config/key.pem can't be used: there is no private key in it"), "{error}");
    let (status, message) = finding(&check(&office), "DKIM");
    assert!(status == "error" && message.contains("kalends dkim-key"), "{message}");
}

#[test]
fn check_tells_every_record_and_what_is_published() {
    let dns = DnsServer::start();
    let office = office(&dns, &["rsa", "ed25519"]);
    let findings = check(&office);
    for (check, status) in [
        ("DKIM key rsa", "ok"),
        ("DKIM rsa._domainkey.example.org", "ok"),
        ("DKIM ed25519._domainkey.example.org", "ok"),
        ("SPF example.org", "warning"),
        ("DMARC _dmarc.example.org", "warning"),
        ("reverse DNS", "warning"),
    ] {
        let found = finding(&findings, check);
        assert_eq!(found.0, status, "{check}: {}", found.1);
    }
    let said = office.ok(&["check"]);
    assert!(said.contains("example.org. IN TXT \"v=spf1 a:") && said.contains("v=DMARC1; p=none"), "{said}");

    // All as it should be.
    let record = |check: &str| {
        let all = findings.as_array().unwrap();
        all.iter().find(|f| f["check"].as_str().unwrap().starts_with(check)).unwrap()["record"].clone()
    };
    let host = record("reverse DNS")["name"].as_str().unwrap().to_owned();
    dns.add_txt("example.org", "some-verification=1");
    dns.add_txt("example.org", record("SPF")["value"].as_str().unwrap());
    dns.add_txt("_dmarc.example.org", "v=DMARC1; p=reject; adkim=s");
    dns.add_host(&host, [192, 0, 2, 25], Some(&host));
    let findings = check(&office);
    for name in ["SPF", "DKIM rsa.", "DKIM ed25519.", "DMARC", "reverse DNS"] {
        let found = finding(&findings, name);
        assert_eq!(found.0, "ok", "{name}: {}", found.1);
    }

    // What DNS says of the key is another's; a second SPF; an address that leads back to nobody.
    let other = Office::with_config(&config(&dns, "")).json(&["dkim-key"]);
    dns.remove("rsa._domainkey.example.org");
    dns.add_txt("rsa._domainkey.example.org", other["value"].as_str().unwrap());
    dns.add_txt("example.org", "v=spf1 -all");
    dns.remove("25.2.0.192.in-addr.arpa");
    let ran = office.run(&["check"]);
    assert_eq!(ran.code, 1);
    let findings = check(&office);
    for (check, status, part) in [
        ("DKIM rsa.", "error", "another"),
        ("DKIM ed25519.", "ok", "published"),
        ("SPF", "error", "2 such records"),
        ("reverse DNS", "warning", "192.0.2.25"),
    ] {
        let found = finding(&findings, check);
        assert!(found.0 == status && found.1.contains(part), "{check}: {found:?}");
    }
}

#[test]
fn a_key_for_another_domain_than_the_senders_is_an_error() {
    let dns = DnsServer::start();
    let office = office(&dns, &["ed25519"]);
    let written = std::fs::read_to_string(office.path("config/kalends.toml")).unwrap();
    office.configure(&written.replace("domain = \"example.org\"", "domain = \"example.net\""));
    let (status, message) = finding(&check(&office), "DKIM key ed25519");
    assert!(status == "error" && message.contains("Set `domain` to example.org"), "{message}");
}

#[test]
fn without_dns_check_says_so_and_ends_in_time() {
    let dns = DnsServer::silent();
    let office = office(&dns, &["ed25519"]);
    let begun = Instant::now();
    let ran = office.run(&["check", "--json"]);
    assert!(begun.elapsed() < Duration::from_secs(6), "{:?}", begun.elapsed());
    assert_eq!(ran.code, 0, "{}", ran.stdout);
    let findings = serde_json::from_str(&ran.stdout).unwrap();
    for name in ["SPF", "DKIM ed25519.", "DMARC", "reverse DNS"] {
        let (status, message) = finding(&findings, name);
        assert!(status == "warning" && message.contains("could not be looked up"), "{name}: {message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_host_that_takes_bounces_is_looked_up() {
    use kalends::mail::dns::{Facts, Verdict, wanted};
    let dns = DnsServer::start();
    let address = format!("127.0.0.1:{}", dns.port());
    let lookup = kalends::mail::lookup::Lookup::new(Some(address.parse().unwrap())).unwrap();
    let bounces = Some(("bounces.example.org", "mail.example.org"));
    let facts = Facts {
        from_domain: "example.org",
        return_path_domain: "example.org",
        keys: &[],
        senders: Vec::new(),
        bounces,
    };
    let wanted = wanted(&facts);
    let mx = wanted.iter().find(|wanted| wanted.purpose == "bounces").unwrap();
    assert_eq!(mx.record.zone_line(), "bounces.example.org. IN MX 10 mail.example.org.");
    assert_eq!(mx.judge(&lookup.ask(mx).await), Verdict::Warning("is not published yet".into()));
    dns.add_mx("bounces.example.org", "mail.example.org");
    // What was not there is remembered for a while; another look-up starts afresh.
    let lookup = kalends::mail::lookup::Lookup::new(Some(address.parse().unwrap())).unwrap();
    assert_eq!(mx.judge(&lookup.ask(mx).await), Verdict::Good("10 mail.example.org".into()));
}
