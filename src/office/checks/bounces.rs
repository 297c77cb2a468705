//! Where mail comes back to, and by which way it is taken.

use super::{Advice, Findings, Reach};
use crate::config::{Config, TransportKind};
use crate::mail::mailbox::{self, Account, Probed};

pub(super) async fn check(config: &Config, reach: Reach, findings: &mut Findings) {
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
