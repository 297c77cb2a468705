//! What is about DNS: the keys that sign, every record to publish, what is published.

use std::net::IpAddr;

use tokio::task::JoinSet;

use super::{Advice, Findings};
use crate::config::{Config, MailConfig};
use crate::mail::dkim::Signer;
use crate::mail::dns::{self, Facts, Verdict, Wanted};
use crate::mail::lookup::Lookup;
use crate::mail::smtp::own_name;

pub(super) async fn check(config: &Config, findings: &mut Findings) {
    let mail = &config.mail;
    let signer = match Signer::new(mail) {
        Ok(signer) => signer,
        Err(error) => {
            findings.add("DKIM", Err(error));
            return findings.advise(Some(Advice::MakeKey));
        }
    };
    let from_domain = mail.from.address.domain();
    for key in signer.keys() {
        let name = format!("DKIM key {}", key.selector());
        findings.judge(name, dns::judge_alignment(from_domain, key.domain()), None);
    }
    // The example's domain is nobody's, and localhost is in no DNS.
    if config.has_example_sender() || !from_domain.contains('.') {
        return findings.warn("DNS", "with a [mail] from of your own, the records to publish are told here");
    }
    if signer.keys().is_empty() {
        findings.warn("DKIM", "mail is not signed: many providers refuse it");
        findings.advise(Some(Advice::MakeKey));
    }
    let facts = Facts {
        from_domain,
        return_path_domain: from_domain,
        keys: signer.keys(),
        senders: senders(config).await,
        // The domain of [bounce] address and the host that takes its mail belong here.
        bounces: None,
    };
    look_up(mail, dns::wanted(&facts), findings).await;
}

/// The hosts that mail leaves from: the relays, and for one on this machine, or for none, the machine itself.
async fn senders(config: &Config) -> Vec<String> {
    let own_name = match config.mail.helo_name.as_ref().and_then(|name| name.domain()) {
        Some(name) => Some(name.to_owned()),
        None => own_name().await.map(|name| name.to_string()).filter(|name| !name.ends_with(".local")),
    };
    let here = || own_name.clone().unwrap_or_else(|| public_host(config));
    let mut senders: Vec<String> = Vec::new();
    for relay in &config.mail.relays {
        let host = if relay.url.is_loopback() { here() } else { relay.url.host.clone() };
        if !senders.contains(&host) {
            senders.push(host);
        }
    }
    if senders.is_empty() {
        senders.push(here());
    }
    senders
}

/// The site's name, or what a mail host is usually called.
fn public_host(config: &Config) -> String {
    let site = config.site.base_url.host();
    match site.contains('.') && site.parse::<IpAddr>().is_err() {
        true => site,
        false => format!("mail.{}", config.mail.from.address.domain()),
    }
}

/// Asks all at once; what DNS says of one does not wait for another.
async fn look_up(mail: &MailConfig, wanted: Vec<Wanted>, findings: &mut Findings) {
    let lookup = Lookup::new(mail.resolver);
    let mut asked = JoinSet::new();
    for (place, wanted) in wanted.into_iter().enumerate() {
        let lookup = lookup.clone();
        asked.spawn(async move {
            let verdict = match lookup {
                Ok(lookup) => wanted.judge(&lookup.ask(&wanted).await),
                Err(error) => Verdict::Warning(format!("could not be looked up: {error}")),
            };
            (place, wanted, verdict)
        });
    }
    let mut judged = asked.join_all().await;
    judged.sort_by_key(|(place, ..)| *place);
    for (_, wanted, verdict) in judged {
        findings.judge(format!("{} {}", wanted.purpose, wanted.record.name), verdict, Some(wanted.record));
    }
}
