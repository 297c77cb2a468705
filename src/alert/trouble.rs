//! What is wrong now.

use jiff::{SignedDuration, Timestamp};

use super::disk;
use super::stalled::{self, Headway};
use crate::config::{Config, SourceConfig, TransportKind};
use crate::domain::alert::{Alert, AlertKind, Trouble};
use crate::domain::text;
use crate::mail::breaker::LIKE_REFUSALS;
use crate::mail::pace;
use crate::store::{FailingHook, Lane, MailboxStanding, Result, SourceState, StoppedRelay, Store};

/// Whatever is elsewhere and fails once will be there again: a source, a mailbox, or who is told what happens.
pub const PEER_FAILS_FOR: SignedDuration = SignedDuration::from_hours(24);

/// What the database tells of, each time that it changes.
pub async fn seen(store: &Store, config: &Config) -> Result<Vec<Trouble>> {
    let mut troubles: Vec<_> = store.stopped_relays().await?.iter().map(relay).collect();
    for source in &config.sources {
        let state = store.source_state(source.url.as_str()).await?;
        troubles.extend(source_trouble(source, &state, store.now()));
    }
    troubles.extend(store.failing_hooks().await?.iter().filter_map(|hook| webhook(hook, store.now())));
    if let Some(mailbox) = &config.bounce.mailbox
        && let Some(MailboxStanding { failing_since: Some(since), error, .. }) =
            store.mailbox_standing(&mailbox.to_string()).await?
    {
        let error = text::overheard(&error.unwrap_or_default());
        let sentence = format!("The mailbox {mailbox}, which bounces arrive in, can't be read: {error}");
        troubles.push(Trouble { kind: AlertKind::Mailbox, about: mailbox.to_string(), since, sentence, is_sure: true });
    }
    if let Some(refused) = store.daemon().await?.and_then(|daemon| daemon.refused) {
        let sentence = format!("The changed configuration can't be taken over: {}", refused.sentences.join(" "));
        let (kind, about, since) = (AlertKind::Configuration, String::new(), refused.since);
        troubles.push(Trouble { kind, about, since, sentence, is_sure: true });
    }
    if config.backup.folder.is_some()
        && let Some(failed) = store.failed_backup().await?
    {
        let sentence = format!("No copy of the database could be made: {}", failed.reason);
        let (kind, about, since) = (AlertKind::Backup, String::new(), failed.at);
        troubles.push(Trouble { kind, about, since, sentence, is_sure: true });
    }
    Ok(troubles)
}

fn relay(stop: &StoppedRelay) -> Trouble {
    let StoppedRelay { relay, reason, since, .. } = stop;
    let sentence = format!(
        "The relay {relay} has refused {LIKE_REFUSALS} mails in a row, to everybody it was asked for, and took none \
         between: {reason}"
    );
    Trouble { kind: AlertKind::Relay, about: relay.clone(), since: *since, sentence, is_sure: true }
}

/// One that is gone is not told again, so that is told at once.
fn webhook(hook: &FailingHook, now: Timestamp) -> Option<Trouble> {
    let name = &hook.name;
    let (since, sentence) = match (hook.gone_at, hook.failing_since) {
        (Some(gone_at), _) => (gone_at, format!("The webhook {name} is gone, as its server says (410)")),
        (None, Some(since)) if now.duration_since(since) >= PEER_FAILS_FOR => {
            let error = text::overheard(hook.error.as_deref().unwrap_or_default());
            (since, format!("The webhook {name} takes nothing: {error}"))
        }
        _ => return None,
    };
    Some(Trouble { kind: AlertKind::Webhook, about: name.clone(), since, sentence, is_sure: true })
}

fn source_trouble(source: &SourceConfig, state: &SourceState, now: Timestamp) -> Option<Trouble> {
    if state.failures == 0 {
        return None;
    }
    let tried_at = state.tried_at.unwrap_or(now);
    // It was to be read again then, at the latest.
    let next = state.read_at.zip(source.every.length()).and_then(|(read, every)| read.checked_add(every).ok());
    let since = next.map_or(tried_at, |next| next.min(tried_at));
    let name = source.name();
    let error = text::overheard(state.error.as_deref().unwrap_or_default());
    let sentence = format!("The source {name} can't be read: {error}");
    Some(Trouble { kind: AlertKind::Source, about: name.to_owned(), since, sentence, is_sure: true })
}

/// What changes by itself, and is looked at every few seconds.
#[derive(Debug, Default)]
pub struct Slow {
    headway: Headway,
    found: Vec<Trouble>,
}

impl Slow {
    pub async fn look(&mut self, store: &Store, config: &Config, known: &[Alert]) -> Result<()> {
        let (mail, now) = (&config.mail, store.now());
        let open: Vec<Alert> = known.iter().filter(|alert| alert.over_at.is_none()).cloned().collect();
        let mut found = match every_relay_is_stopped(store, config).await? {
            // That is told, and why nothing goes.
            true => open.iter().filter(|alert| alert.kind == AlertKind::Stalled).map(as_before).collect(),
            false => self.headway.look(&lanes(store, config).await?, stalled::is_paced(mail), now),
        };
        let sizes = store.sizes();
        let (folders, octets) = (disk::folders(store, config), sizes.database + sizes.log);
        found.extend(disk::short(&folders, octets, config.operator.free, &open, now));
        self.found = found;
        Ok(())
    }

    /// As the last look found it.
    pub fn found(&self) -> impl Iterator<Item = &Trouble> {
        self.found.iter()
    }
}

fn as_before(alert: &Alert) -> Trouble {
    let Alert { kind, about, since, sentence, .. } = alert.clone();
    Trouble { kind, about, since, sentence, is_sure: false }
}

async fn every_relay_is_stopped(store: &Store, config: &Config) -> Result<bool> {
    let stopped = store.stopped_relays().await?;
    let is_stopped = |name: String| stopped.iter().any(|stop| stop.relay == name);
    let relays = &config.mail.relays;
    Ok(config.mail.transport == TransportKind::Smtp && relays.iter().all(|relay| is_stopped(relay.url.to_string())))
}

/// The digests whose mails may go now. Those of one that is not configured wait for it to come back.
async fn lanes(store: &Store, config: &Config) -> Result<Vec<Lane>> {
    let mut lanes = Vec::new();
    for lane in store.lanes().await?.into_iter().filter(|lane| config.digest(&lane.digest).is_some()) {
        // What was never asked about yet does not know of its quiet hours.
        let is_quiet = match config.mail.quiet_hours {
            Some(quiet) if lane.due > 0 => {
                let zones = store.zones_due(&lane.digest).await?;
                let own = &config.site.timezone;
                let sleeps = |zone| pace::end_of_quiet(quiet, zone, store.now()).is_some();
                zones.iter().all(|zone| sleeps(zone.as_ref().unwrap_or(own)))
            }
            _ => false,
        };
        if !is_quiet {
            lanes.push(lane);
        }
    }
    Ok(lanes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + hour * 3600).unwrap()
    }

    #[test]
    fn a_source_fails_since_it_was_to_be_read_again() {
        let config =
            "[[source]]\nname = \"tc260\"\nurl = \"https://example.org/secret/x.ics?token=abc\"\nevery = \"6h\"\n";
        let config = Config::parse("test", config, Vec::new()).unwrap();
        let failing = |read: Option<i64>, tried: i64| {
            let state = SourceState {
                read_at: read.map(at),
                tried_at: Some(at(tried)),
                failures: 2,
                error: Some("https://example.org: it has nothing at this address".into()),
                ..SourceState::default()
            };
            source_trouble(&config.sources[0], &state, at(99)).unwrap()
        };
        assert_eq!(failing(Some(0), 10).since, at(6));
        assert_eq!(failing(Some(0), 2).since, at(2));
        assert_eq!(failing(None, 10).since, at(10));
        let Trouble { about, sentence, .. } = failing(None, 1);
        assert!(
            about == "tc260" && sentence.contains("nothing at this address") && !sentence.contains("secret"),
            "{sentence}"
        );
        assert_eq!(source_trouble(&config.sources[0], &SourceState::default(), at(0)), None);
    }
}
