//! What DNS should say of an office that sends mail: which records, and whether what is found there will do.
//!
//! Nothing is asked here; `mail::lookup` does that.

use std::net::IpAddr;

use mail_auth::common::parse::TxtRecordParser;
use mail_auth::spf::Spf;

use super::dkim::key::{Key, KeyType};
use crate::domain::dns::{Record, RecordType, tag};

/// What is known about how mail leaves the office.
pub struct Facts<'a> {
    /// Of the sender that readers see.
    pub from_domain: &'a str,
    /// Of the envelope's sender, which SPF is about.
    pub return_path_domain: &'a str,
    pub keys: &'a [Key],
    /// The hosts that hand mail to the world.
    pub senders: Vec<String>,
    /// Where bounces come back to, and the host that takes them.
    pub bounces: Option<(&'a str, &'a str)>,
}

/// A record that should be there.
#[derive(Debug)]
pub struct Wanted {
    pub purpose: &'static str,
    pub record: Record,
    test: Test,
}

#[derive(Debug)]
enum Test {
    Dkim { public_key: String, kind: KeyType },
    Spf,
    Dmarc { from_domain: String, signed_by: Vec<String> },
    Mx,
    Reverse,
}

/// What is asked of DNS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// The first of these names that has such a record.
    Txt(Vec<String>),
    Mx(String),
    /// The addresses of a host, and for each the name that leads back to it.
    Reverse(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The records of the first name that has any.
    Records(Vec<String>),
    Addresses(Vec<(IpAddr, Option<String>)>),
    /// Why nothing is known.
    Unknown(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Good(String),
    Warning(String),
    Error(String),
}

/// Every record to publish.
pub fn wanted(facts: &Facts<'_>) -> Vec<Wanted> {
    let mut wanted = Vec::new();
    let mut add = |purpose, name: &str, kind, value: String, test| {
        wanted.push(Wanted { purpose, record: Record { name: name.to_owned(), kind, value }, test });
    };
    let senders: String = facts.senders.iter().map(|host| sender_mechanism(host)).collect();
    add("SPF", facts.return_path_domain, RecordType::Txt, format!("v=spf1{senders} ~all"), Test::Spf);
    for key in facts.keys {
        let test = Test::Dkim { public_key: key.public_key(), kind: key.key_type() };
        add("DKIM", &key.dns_name(), RecordType::Txt, key.dns_value(), test);
    }
    let signed_by = facts.keys.iter().map(|key| key.domain().to_owned()).collect();
    add(
        "DMARC",
        &format!("_dmarc.{}", facts.from_domain),
        RecordType::Txt,
        "v=DMARC1; p=none".into(),
        Test::Dmarc { from_domain: facts.from_domain.to_owned(), signed_by },
    );
    if let Some((domain, host)) = facts.bounces {
        add("bounces", domain, RecordType::Mx, format!("10 {host}"), Test::Mx);
    }
    for host in facts.senders.iter().filter(|host| host.parse::<IpAddr>().is_err()) {
        add("reverse DNS", host, RecordType::Ptr, host.clone(), Test::Reverse);
    }
    wanted
}

fn sender_mechanism(host: &str) -> String {
    match host.parse() {
        Ok(IpAddr::V4(address)) => format!(" ip4:{address}"),
        Ok(IpAddr::V6(address)) => format!(" ip6:{address}"),
        Err(_) => format!(" a:{host}"),
    }
}

impl Wanted {
    pub fn question(&self) -> Question {
        match &self.test {
            // RFC 7489 section 6.6.3: without a record of its own a domain falls under that of its organisation.
            Test::Dmarc { from_domain, .. } => {
                Question::Txt(with_parents(from_domain).map(|domain| format!("_dmarc.{domain}")).collect())
            }
            Test::Dkim { .. } | Test::Spf => Question::Txt(vec![self.record.name.clone()]),
            Test::Mx => Question::Mx(self.record.name.clone()),
            Test::Reverse => Question::Reverse(self.record.name.clone()),
        }
    }

    /// Whether a text at one of the names is of this sort; a domain has others beside it.
    pub fn is_about(&self, text: &str) -> bool {
        let begins = |with: &str| text.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with));
        match self.test {
            Test::Spf => begins("v=spf1 ") || text.eq_ignore_ascii_case("v=spf1"),
            Test::Dmarc { .. } => begins("v=DMARC1"),
            _ => true,
        }
    }

    pub fn judge(&self, answer: &Answer) -> Verdict {
        let records = match answer {
            Answer::Unknown(why) => return Verdict::Warning(format!("could not be looked up: {why}")),
            Answer::Addresses(addresses) => return judge_reverse(&self.record.name, addresses),
            Answer::Records(records) => records.iter().filter(|text| self.is_about(text)).collect::<Vec<_>>(),
        };
        match (&self.test, records.as_slice()) {
            (_, []) => Verdict::Warning("is not published yet".into()),
            (Test::Mx, several) => {
                Verdict::Good(several.iter().map(|record| record.as_str()).collect::<Vec<_>>().join(", "))
            }
            (_, [text]) => self.judge_text(text),
            (_, several) => Verdict::Error(format!(
                "there are {} such records, and providers then take none: leave one",
                several.len()
            )),
        }
    }

    fn judge_text(&self, text: &str) -> Verdict {
        match &self.test {
            Test::Dkim { public_key, kind } => judge_key(text, public_key, *kind),
            Test::Spf => judge_spf(text, &self.record.value),
            Test::Dmarc { from_domain, signed_by } => judge_dmarc(text, from_domain, signed_by),
            Test::Mx | Test::Reverse => Verdict::Good(text.to_owned()),
        }
    }
}

fn judge_key(text: &str, public_key: &str, kind: KeyType) -> Verdict {
    let published: String = tag(text, "p").unwrap_or_default().split_whitespace().collect();
    let published_kind = tag(text, "k").unwrap_or("rsa");
    if tag(text, "p").is_some() && published.is_empty() {
        return Verdict::Error("the published record says that this key is revoked (p= is empty)".into());
    }
    if published != public_key || published_kind != kind.as_str() {
        return Verdict::Error(
            "the published key is another than that of key_file: every signature fails. Publish the record of \
             this key, or put the right key_file and selector into the configuration"
                .into(),
        );
    }
    if tag(text, "t").is_some_and(|flags| flags.split(':').any(|flag| flag.trim() == "y")) {
        return Verdict::Warning("is published as a test (t=y): providers may treat the mail as unsigned".into());
    }
    Verdict::Good("is published, and is that of key_file".into())
}

fn judge_spf(text: &str, suggested: &str) -> Verdict {
    if Spf::parse(text.as_bytes()).is_err() {
        return Verdict::Error(format!("`{text}` can't be read as SPF, and providers then reject: mend it"));
    }
    if text.split_whitespace().any(|term| matches!(term, "+all" | "all")) {
        return Verdict::Warning(format!("`{text}` lets everybody send as you: end it with ~all or -all"));
    }
    match text == suggested {
        true => Verdict::Good("is published".into()),
        false => Verdict::Good(format!("`{text}` is published; see that it lets your relays send")),
    }
}

fn judge_dmarc(text: &str, from_domain: &str, signed_by: &[String]) -> Verdict {
    if tag(text, "p").is_none() {
        return Verdict::Error(format!("`{text}` has no policy: p=none, p=quarantine or p=reject"));
    }
    let is_strict = tag(text, "adkim").is_some_and(|mode| mode.eq_ignore_ascii_case("s"));
    if is_strict && !signed_by.is_empty() && signed_by.iter().all(|domain| domain != from_domain) {
        return Verdict::Error(format!(
            "`{text}` is strict (adkim=s), and no key signs for {from_domain} itself: set `domain` in [mail.dkim] to it"
        ));
    }
    Verdict::Good(format!("`{text}` is published"))
}

fn judge_reverse(host: &str, addresses: &[(IpAddr, Option<String>)]) -> Verdict {
    if addresses.is_empty() {
        return Verdict::Warning(format!("{host} has no address in DNS; mail comes from hosts that have one"));
    }
    let without: Vec<_> = addresses.iter().filter(|(_, name)| name.is_none()).map(|(ip, _)| ip.to_string()).collect();
    match without.is_empty() {
        true => {
            let names: Vec<_> =
                addresses.iter().map(|(ip, name)| format!("{ip} is {}", name.as_deref().unwrap_or(host))).collect();
            Verdict::Good(names.join(", "))
        }
        false => Verdict::Warning(format!(
            "{} has no name that leads back to it: if mail leaves from there, have a PTR record set for it",
            without.join(", ")
        )),
    }
}

/// How a signature for `signed` counts for mail from `from` (DMARC's relaxed alignment, RFC 7489 section 3.1.1).
pub fn judge_alignment(from: &str, signed: &str) -> Verdict {
    let is_below = |name: &str, above: &str| name.strip_suffix(above).is_some_and(|rest| rest.ends_with('.'));
    if from == signed || is_below(from, signed) || is_below(signed, from) {
        return Verdict::Good(format!("signs for {signed}, as mail from {from} needs it"));
    }
    // Two domains of one organisation would do, but where an organisation begins only a long list knows.
    let end = |name: &str| name.rsplit('.').take(2).map(str::to_owned).collect::<Vec<_>>();
    match end(from) == end(signed) {
        true => Verdict::Warning(format!(
            "signs for {signed}, the sender is at {from}: this counts only if one organisation registered both; better sign for {from}"
        )),
        false => Verdict::Error(format!(
            "signs for {signed}, but the sender is at {from}: for DMARC such a signature does not count. Set `domain` to {from}"
        )),
    }
}

/// A domain and those above it, but the top-level ones.
fn with_parents(domain: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(domain), |name| {
        name.split_once('.').map(|(_, parent)| parent).filter(|p| p.contains('.'))
    })
}

#[cfg(test)]
mod tests;
