use super::*;
use crate::config::{DkimConfig, MailConfig};
use crate::mail::dkim::{Signer, key};

fn signer() -> Signer {
    let folder = tempfile::tempdir().unwrap();
    let key_file = folder.path().join("key.pem");
    std::fs::write(&key_file, key::generate(KeyType::Rsa, 2048).unwrap()).unwrap();
    let dkim = vec![DkimConfig { domain: None, selector: "k".parse().unwrap(), key_file }];
    Signer::new(&MailConfig { from: "a@news.example.org".parse().unwrap(), dkim, ..MailConfig::default() }).unwrap()
}

fn all(signer: &Signer) -> Vec<Wanted> {
    wanted(&Facts {
        from_domain: "news.example.org",
        return_path_domain: "news.example.org",
        keys: signer.keys(),
        senders: vec!["mail.example.org".into(), "192.0.2.25".into(), "2001:db8::25".into()],
        bounces: Some(("bounces.example.org", "mail.example.org")),
    })
}

fn records(texts: &[&str]) -> Answer {
    Answer::Records(texts.iter().map(|text| (*text).to_owned()).collect())
}

#[test]
fn every_record_to_publish_is_told() {
    let signer = signer();
    let lines: Vec<_> = all(&signer).iter().map(|wanted| wanted.record.zone_line()).collect();
    assert_eq!(lines[0], "news.example.org. IN TXT \"v=spf1 a:mail.example.org ip4:192.0.2.25 ip6:2001:db8::25 ~all\"");
    assert!(
        lines[1].starts_with("k._domainkey.news.example.org. IN TXT (\n    \"v=DKIM1; k=rsa; p=MII"),
        "{}",
        lines[1]
    );
    assert_eq!(lines[2], "_dmarc.news.example.org. IN TXT \"v=DMARC1; p=none\"");
    assert_eq!(lines[3], "bounces.example.org. IN MX 10 mail.example.org.");
    assert!(lines[4].contains("PTR mail.example.org."));
    assert_eq!(lines.len(), 5);
    let strings: Vec<_> = lines[1].split('"').skip(1).step_by(2).collect();
    assert!(strings.iter().all(|string| string.len() <= 255));
    assert_eq!(strings.concat(), signer.keys()[0].dns_value());
}

#[test]
fn what_dns_says_is_judged() {
    let signer = signer();
    let [spf, dkim, dmarc, mx, reverse] = all(&signer).try_into().unwrap();
    let ours = signer.keys()[0].dns_value();
    let spaced = ours.replace("p=MII", "p= MII ").replace("v=DKIM1; ", "");
    let testing = format!("{ours}; t=s:y");
    let others = format!("{}AAAA", &ours[..ours.len() - 4]);
    for (wanted, texts, expected) in [
        (&dkim, &[ours.as_str()][..], "Good(\"is published"),
        (&dkim, &[&spaced], "Good(\"is published"),
        (&dkim, &[&others], "Error(\"the published key is another"),
        (&dkim, &[&ours.replace("k=rsa", "k=ed25519")], "Error(\"the published key is another"),
        (&dkim, &["v=DKIM1; p="], "Error(\"the published record says that this key is revoked"),
        (&dkim, &[&testing], "Warning(\"is published as a test"),
        (&dkim, &[&ours, &others], "Error(\"there are 2"),
        (&dkim, &["nonsense"], "Error(\"the published key is another"),
        (&dkim, &[], "Warning(\"is not published"),
        (&spf, &["google-site-verification=x", "v=spf1 mx -all"], "Good(\"`v=spf1 mx -all`"),
        (&spf, &["v=spf1 a:mail.example.org ip4:192.0.2.25 ip6:2001:db8::25 ~all"], "Good(\"is published"),
        (&spf, &["v=spf10 -all"], "Warning(\"is not published"),
        (&spf, &["v=spf1 mx -all", "V=SPF1 a -all"], "Error(\"there are 2"),
        (&spf, &["v=spf1 mx all"], "Warning(\"`v=spf1 mx all` lets everybody"),
        (&spf, &["v=spf1 ip4:nowhere -all"], "Error(\"`v=spf1 ip4:nowhere -all` can't be read"),
        (&dmarc, &["v=DMARC1; p=reject; adkim=s"], "Good("),
        (&dmarc, &["v=DMARC1; rua=mailto:a@example.org"], "Error("),
        (&dmarc, &["v=DMARC1; p=none", "v=DMARC1; p=reject"], "Error(\"there are 2"),
        (&dmarc, &[], "Warning(\"is not published"),
        (&mx, &["10 mail.example.org", "20 other.example.org"], "Good(\"10 mail.example.org, 20"),
        (&mx, &[], "Warning(\"is not published"),
    ] {
        let verdict = format!("{:?}", wanted.judge(&records(texts)));
        assert!(verdict.starts_with(expected), "{texts:?}: {verdict}");
    }
    let unknown = dkim.judge(&Answer::Unknown("no answer in time".into()));
    assert_eq!(unknown, Verdict::Warning("could not be looked up: no answer in time".into()));
    let back = |name: Option<&str>| {
        reverse.judge(&Answer::Addresses(vec![("192.0.2.1".parse().unwrap(), name.map(str::to_owned))]))
    };
    assert_eq!(back(Some("mail.example.org")), Verdict::Good("192.0.2.1 is mail.example.org".into()));
    assert!(matches!(back(None), Verdict::Warning(text) if text.contains("192.0.2.1") && text.contains("PTR")));
    assert!(matches!(reverse.judge(&Answer::Addresses(Vec::new())), Verdict::Warning(_)));
}

#[test]
fn a_strict_policy_wants_the_senders_own_domain() {
    let judge = |signed: &str| judge_dmarc("v=DMARC1; p=reject; adkim=s", "news.example.org", &[signed.to_owned()]);
    assert!(matches!(judge("news.example.org"), Verdict::Good(_)));
    assert!(matches!(judge("example.org"), Verdict::Error(text) if text.contains("adkim=s")));
}

#[test]
fn a_signature_counts_if_its_domain_is_the_senders_or_of_its_line() {
    for (from, signed, expected) in [
        ("example.org", "example.org", "Good"),
        ("news.example.org", "example.org", "Good"),
        ("example.org", "mail.example.org", "Good"),
        ("news.example.org", "mail.example.org", "Warning"),
        ("badexample.org", "example.org", "Error"),
        ("example.org", "example.net", "Error"),
    ] {
        let verdict = format!("{:?}", judge_alignment(from, signed));
        assert!(verdict.starts_with(expected), "{from} {signed}: {verdict}");
    }
}

#[test]
fn a_policy_is_looked_for_up_to_the_registered_domain() {
    let [_, _, dmarc, ..] = <[Wanted; 5]>::try_from(all(&signer())).unwrap();
    assert_eq!(dmarc.question(), Question::Txt(vec!["_dmarc.news.example.org".into(), "_dmarc.example.org".into()]));
}
