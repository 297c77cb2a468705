//! Where mail comes back to, and by which way it is taken.

use super::super::reports::credentials;
use super::super::returned;
use super::{Advice, Findings, Reach};
use crate::config::{Config, RelayConfig, TransportKind};
use crate::domain::bounce::Way;
use crate::domain::provider::Provider;
use crate::mail::mailbox::{self, Account, Probed};
use crate::shape::bounce::WayRecord;
use crate::store::Store;

pub(super) async fn check(config: &Config, store: Option<&Store>, reach: Reach, findings: &mut Findings) {
    // What can't be read is told of the database.
    let ways = match store {
        Some(store) => returned::ways(config, store).await.unwrap_or_default(),
        None => Vec::new(),
    };
    check_mail(config, reach, findings).await;
    if let Some(trouble) = ways.iter().find(|came| came.way == Way::Mailbox).and_then(|came| came.trouble.as_ref()) {
        findings.warn("mailbox as the daemon sees it", trouble);
    }
    check_hooks(config, &ways, findings);
}

/// What comes back as mail.
async fn check_mail(config: &Config, reach: Reach, findings: &mut Findings) {
    let bounce = &config.bounce;
    let Some(address) = &bounce.address else {
        if config.mail.transport != TransportKind::File {
            findings.warn("bounces", "[bounce] address is not set: nobody learns of mail that comes back");
        }
        return;
    };
    let come_back = match bounce.plus {
        true => format!("come back to {address} and its + addresses"),
        false => format!("come back to {address}, and are known by the mail enclosed in them"),
    };
    match (&bounce.listen, &bounce.mailbox) {
        (Some(listen), _) => findings.add("bounces", Ok(format!("{come_back}, taken over LMTP at {listen}"))),
        (None, Some(mailbox)) => findings.add("bounces", Ok(format!("{come_back}, read from {mailbox}"))),
        (None, None) => {
            findings.add("bounces", Ok(come_back));
            findings.advise(Some(Advice::HandBouncesOver));
        }
    }
    if let Some(mailbox) = &bounce.mailbox {
        check_mailbox(config, &mailbox.to_string(), reach, findings).await;
    }
}

async fn check_mailbox(config: &Config, url: &str, reach: Reach, findings: &mut Findings) {
    let name = format!("mailbox {url}");
    if reach == Reach::Near {
        return findings.add(name, Ok("is not tried from here: `kalends check` does".into()));
    }
    let probed = match Account::of(config) {
        Ok(Some(account)) => mailbox::probe(&account).await.map_err(|trouble| trouble.to_string()),
        Ok(None) => return,
        Err(error) => Err(error),
    };
    match probed {
        Err(error) => findings.add(&name, Err(error)),
        Ok(Probed { is_read_only: true, .. }) => {
            findings.warn(&name, "opens, but may only be read: nothing can be moved out of it");
        }
        Ok(Probed { mails, tells, .. }) => {
            let looks = if tells { "its server tells of new mail" } else { "it is looked into every few minutes" };
            findings.add(&name, Ok(format!("opens, {mails} mails in it; {looks}")));
        }
    }
}

/// Who may tell at `/hooks` and when something last came, and whose relay has nowhere to tell.
fn check_hooks(config: &Config, ways: &[WayRecord], findings: &mut Findings) {
    for (provider, proof) in config.bounce.hooks.given() {
        let (name, told) = (provider.name(), format!("hook {provider}"));
        if let Err(error) = credentials(provider, proof) {
            findings.add(told, Err(error));
            continue;
        }
        let place = format!("{name} may tell at {}", config.site.links().hook(provider));
        let came = ways.iter().find(|came| came.way == Way::from(provider));
        match came.map(|came| (&came.trouble, came.last_at)) {
            Some((Some(trouble), _)) => findings.warn(told, format!("{place}; {trouble}")),
            Some((None, Some(at))) => findings.add(told, Ok(format!("{place}; something last came at {at}"))),
            _ => findings.add(told, Ok(format!("{place}; nothing came yet"))),
        }
    }
    if config.mail.transport == TransportKind::File {
        return;
    }
    let mut untold: Vec<Provider> = config.mail.relays.iter().filter_map(RelayConfig::provider).collect();
    untold.retain(|provider| config.bounce.hooks.proof(*provider).is_none());
    untold.sort_unstable();
    untold.dedup();
    for provider in untold {
        let said = format!(
            "mail goes by {}, and what comes back comes back to it: have it tell at {}, and open that by \
             [bounce.hooks.{provider}]",
            provider.name(),
            config.site.links().hook(provider)
        );
        findings.warn(format!("hook {provider}"), said);
    }
}
