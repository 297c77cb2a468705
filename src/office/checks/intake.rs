//! Where editors forward mails to, and whether they get there.

use super::super::forwarding;
use super::{Advice, Findings};
use crate::config::Config;
use crate::domain::wording::count;
use crate::store::Store;

pub(super) async fn check(config: &Config, store: Option<&Store>, findings: &mut Findings) {
    let Some(address) = &config.intake.address else { return };
    let door = match (&config.bounce.listen, &config.bounce.mailbox) {
        (Some(listen), _) => format!("taken over LMTP at {listen}"),
        (None, Some(mailbox)) => format!("read from {mailbox}"),
        (None, None) => "taken by `bounce`, if the mail server runs it".into(),
    };
    let place = format!("mails that editors forward to {address} and its + addresses are {door}");
    // What can't be read is told of the database.
    let (mut editors, mut told) = (None, String::new());
    if let Some(store) = store {
        editors = store.editors().await.ok().map(|all| all.iter().filter(|editor| editor.left_at.is_none()).count());
        if let Ok(Some(standing)) = forwarding::standing(config, store).await {
            let of = |what: &str| standing.told.get(what).copied().unwrap_or_default();
            let (taken, unproved) = (of("taken"), of("unproved"));
            told = format!("; {taken} were taken so far, and of {unproved} nobody knows whose they were");
        }
    }
    match editors {
        Some(0) => {
            findings.warn("intake", format!("{place}, but there is no editor: nothing that comes proves anything"))
        }
        Some(editors) => {
            let may = count(editors, "editor", "editors");
            findings.add("intake", Ok(format!("{place}: {may} may forward{told}")));
        }
        None => findings.add("intake", Ok(place)),
    }
    if config.bounce.listen.is_none() && config.bounce.mailbox.is_none() {
        findings.advise(Some(Advice::HandBouncesOver));
    }
}
