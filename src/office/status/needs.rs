//! What needs a hand, of how things stand: one sentence each, the most pressing first. Pure.

use jiff::{SignedDuration, Timestamp};

use crate::domain::wording::count;
use crate::domain::zone::Zone;
use crate::office::checks::Advice;
use crate::office::sources::health;
use crate::office::webhooks;
use crate::shape::configuration::WhyWord;
use crate::shape::source::HeldRecord;
use crate::shape::status::StatusRecord;
use crate::shape::webhook::WebhookRecord;

/// What is due goes at once, or a moment later.
const STUCK_AFTER: SignedDuration = SignedDuration::from_mins(10);
/// A calendar may be away for a while, and so may who is told what happens.
const PEER_FAILURES: u32 = 3;
/// A copy of the database, its log and a migration need so many times as much room as the database itself.
const TIMES_THE_DATABASE: u64 = 3;
/// Less is nearly full, whatever is on it.
const LEAST_ROOM: u64 = 100_000_000;

/// One thing that needs a hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    pub message: String,
    /// For a door to say in its own words.
    pub help: Option<Help>,
}

/// What helps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Help {
    StartDaemon,
    /// What takes a new start waits for it.
    StartAnew,
    /// The file is to be mended.
    MendFile,
    /// Put the digest back, or see to its readers.
    PutBack(String),
    Resume(String),
    /// Send the rest of an edition, of this name and this id, or give it up.
    GoOn(String, i64),
    /// Approve the edition of this digest that waits.
    Approve(String),
    /// Try the relays.
    TryRelays,
    /// See what is uncertain, and decide.
    Decide,
    ReadSource(String),
    /// See what its server answers, and send again what waits or was given up.
    TellWebhook(String),
    /// See what came back, and by which way.
    ListBounces,
    MakeRoom,
    MakeBackup,
    Other(Advice),
}

impl Need {
    fn new(message: impl Into<String>, help: Option<Help>) -> Self {
        Self { message: message.into(), help }
    }

    /// The database can't be opened or read.
    pub(super) fn unreadable(error: String, advice: Option<Advice>) -> Self {
        Self::new(error, advice.map(Help::Other))
    }
}

pub(super) fn of(record: &StatusRecord, zone: &Zone) -> Vec<Need> {
    let mut needs = Vec::new();
    let local = |at: Timestamp| zone.at(at).strftime("%a %Y-%m-%d %H:%M").to_string();
    let mails = |n: i64| count(usize::try_from(n).unwrap_or(0), "mail", "mails");
    if record.daemon.is_none() {
        let said = format!("no daemon runs on {}: no edition is made and nothing is sent", record.disk.database);
        needs.push(Need::new(said, Some(Help::StartDaemon)));
    }
    configuration(record, &local, &mut needs);
    for relay in &record.relays {
        if let Some(since) = relay.stopped_since {
            let (reason, name) = (relay.reason.as_deref().unwrap_or_default(), &relay.relay);
            let next = relay.next_at.map(|at| format!("; it is tried again {}", local(at))).unwrap_or_default();
            let said =
                format!("the relay {name} is stopped since {}, as it refused everybody ({reason}){next}", local(since));
            needs.push(Need::new(said, Some(Help::TryRelays)));
        }
    }
    let backlog = &record.backlog;
    let stuck_since = backlog.due_since.filter(|since| record.at.duration_since(*since) >= STUCK_AFTER);
    if let (Some(since), None, Some(_)) = (stuck_since, backlog.per_minute, &record.daemon) {
        let said = format!("{} could go since {}, and none went in the last minutes", mails(backlog.due), local(since));
        needs.push(Need::new(said, Some(Help::TryRelays)));
    }
    let uncertain = record.failures.iter().filter(|failure| failure.status == "uncertain" && !failure.is_tried_again);
    let uncertain: i64 = uncertain.map(|failure| failure.deliveries).sum();
    if uncertain > 0 {
        let said = format!("of {} nobody knows whether they were taken, and they wait for you", mails(uncertain));
        needs.push(Need::new(said, Some(Help::Decide)));
    }
    for digest in &record.absent {
        let readers = count(usize::try_from(digest.readers).unwrap_or(0), "reader", "readers");
        let slug = &digest.digest;
        let waiting =
            if digest.queued > 0 { format!(", and {} of it wait", mails(digest.queued)) } else { String::new() };
        let said = format!("{slug} is not configured any more: it has {readers}{waiting}");
        needs.push(Need::new(said, Some(Help::PutBack(slug.clone()))));
    }
    for edition in &record.stopped {
        let name = format!("{}/{}", edition.digest, edition.number);
        let waits = mails(edition.tally.queued + edition.tally.deferred);
        let since = edition.stopped_at.map(|since| format!(" since {}", local(since))).unwrap_or_default();
        let said = format!("{name} is stopped{since}, and {waits} of it wait");
        needs.push(Need::new(said, Some(Help::GoOn(name, edition.edition))));
    }
    for digest in record.digests.iter().filter(|digest| digest.to_approve) {
        let of = digest.next_at.map(|moment| format!(" of {}", local(moment))).unwrap_or_default();
        let said = format!("the edition{of} of {} waits until somebody approves it", digest.digest);
        needs.push(Need::new(said, Some(Help::Approve(digest.digest.clone()))));
    }
    for digest in record.digests.iter().filter(|digest| digest.paused) {
        let waits =
            if digest.waiting > 0 { format!(", and {} of it wait", mails(digest.waiting)) } else { String::new() };
        let said = format!("{} is paused: no editions are made{waits}", digest.digest);
        needs.push(Need::new(said, Some(Help::Resume(digest.digest.clone()))));
    }
    for source in record.sources.iter().filter(|source| source.failures >= PEER_FAILURES) {
        let read = source.read_at.map_or("never was read".into(), |at| format!("was last read {}", local(at)));
        let said = format!("the foreign calendar {} {read}; it {}", source.name, health(source));
        needs.push(Need::new(said, Some(Help::ReadSource(source.name.clone()))));
    }
    // It comes right by itself, or cancels them all: somebody should know before it does.
    for source in record.sources.iter().filter(|source| source.failures < PEER_FAILURES) {
        if let Some(HeldRecord { missing, ahead, until, .. }) = &source.held {
            let said = format!(
                "the foreign calendar {} lacks {missing} of the {ahead} events that lay ahead: they are cancelled if it still \
                 does at {}",
                source.name,
                local(*until)
            );
            needs.push(Need::new(said, Some(Help::Other(Advice::Believe(source.name.clone())))));
        }
    }
    let is_told =
        |webhook: &&WebhookRecord| webhook.failures < PEER_FAILURES && webhook.failed == 0 && webhook.gone_at.is_none();
    for webhook in record.webhooks.iter().filter(|webhook| !is_told(webhook)) {
        let said = format!("the webhook {}: {}", webhook.name, webhooks::health(webhook));
        needs.push(Need::new(said, Some(Help::TellWebhook(webhook.name.clone()))));
    }
    for way in &record.ways {
        if let Some(trouble) = &way.trouble {
            let said = format!("bounces by way of {}: {trouble}", way.way);
            needs.push(Need::new(said, Some(Help::ListBounces)));
        }
    }
    // Of all others there is more to say.
    for alert in record.alerts.iter().filter(|alert| ["stalled", "disk"].contains(&alert.kind.as_str())) {
        let help = if alert.kind == "disk" { Help::MakeRoom } else { Help::TryRelays };
        let message = alert.message.trim_end_matches('.');
        needs.push(Need::new(format!("{message} (since {})", local(alert.since)), Some(help)));
    }
    if !record.alerts.iter().any(|alert| alert.kind == "disk") {
        room(record, &mut needs);
    }
    if let Some(failed) = &record.failed_backup {
        let said = format!("the backup of {} could not be made: {}", local(failed.at), failed.reason);
        needs.push(Need::new(said, Some(Help::MakeBackup)));
    }
    if let Some(error) = record.ping.as_ref().and_then(|ping| ping.error.as_ref()) {
        needs.push(Need::new(format!("[operator] ping could not be fetched: {error}"), None));
    }
    needs
}

/// What of the file the daemon does not go by.
fn configuration(record: &StatusRecord, local: &dyn Fn(Timestamp) -> String, needs: &mut Vec<Need>) {
    let configuration = &record.configuration;
    let first = |sentences: &[String]| match sentences {
        [first, rest @ ..] if !rest.is_empty() => format!("{first} (and {} more)", rest.len()),
        [first, ..] => first.clone(),
        [] => String::new(),
    };
    if let Some(since) = configuration.refused_at {
        let said = format!(
            "the daemon can't take over what the file says since {}, and goes by the older one: {}",
            local(since),
            first(&configuration.refused)
        );
        needs.push(Need::new(said, Some(Help::MendFile)));
    } else if !configuration.wrong.is_empty() {
        let said = format!("the configuration is wrong: {}", first(&configuration.wrong));
        needs.push(Need::new(said, Some(Help::MendFile)));
    }
    let waiting = configuration.differences.iter().filter(|difference| difference.why == WhyWord::NewStart);
    let waiting: Vec<&str> = waiting.map(|difference| difference.option.as_str()).collect();
    if !waiting.is_empty() {
        let (options, verb) = (waiting.join(", "), if waiting.len() == 1 { "waits" } else { "wait" });
        needs.push(Need::new(format!("{options} {verb} for the daemon's next start"), Some(Help::StartAnew)));
    }
}

fn room(record: &StatusRecord, needs: &mut Vec<Need>) {
    let disk = &record.disk;
    let least = LEAST_ROOM.max(TIMES_THE_DATABASE * disk.octets);
    for (place, free) in [(Some(&disk.database), disk.free_octets), (disk.outbox.as_ref(), disk.outbox_free_octets)] {
        if let (Some(place), Some(free)) = (place, free.filter(|free| *free < least)) {
            let said = format!("the disk of {place} is nearly full: {} MB are free", free / 1_000_000);
            needs.push(Need::new(said, Some(Help::MakeRoom)));
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::domain::bounce::Way;
    use crate::domain::hook::HookFormat;
    use crate::shape::bounce::WayRecord;
    use crate::shape::source::SourceRecord;
    use crate::shape::status::{
        AbsentDigestRecord, AlertRecord, BacklogRecord, ConfigurationStatusRecord, DaemonRecord, DigestStandingRecord,
        DiskRecord, FailedWriteRecord, FailureRecord, PingStandingRecord, RelayRecord,
    };

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + 60 * minute).unwrap()
    }

    /// All is well.
    fn well() -> StatusRecord {
        let configuration = ConfigurationStatusRecord {
            wrong: Vec::new(),
            taken_at: Some(at(-60)),
            refused_at: None,
            refused: Vec::new(),
            differences: Vec::new(),
        };
        StatusRecord {
            at: at(0),
            needs: Vec::new(),
            daemon: Some(DaemonRecord { version: "1.0.0".into(), started_at: at(-60) }),
            configuration,
            digests: vec![DigestStandingRecord::unknown("weekly")],
            absent: Vec::new(),
            stopped: Vec::new(),
            backlog: BacklogRecord::default(),
            failures: Vec::new(),
            sources: Vec::new(),
            webhooks: Vec::new(),
            ways: Vec::new(),
            intake: None,
            relays: vec![RelayRecord { relay: "smtp://a:25".into(), stopped_since: None, reason: None, next_at: None }],
            disk: DiskRecord {
                database: "k.db".into(),
                octets: 1_000_000,
                free_octets: Some(LEAST_ROOM),
                ..DiskRecord::default()
            },
            failed_write: None,
            failed_backup: None,
            backup: None,
            alerts: Vec::new(),
            ping: None,
        }
    }

    /// One that took a message a while ago.
    fn webhook() -> WebhookRecord {
        WebhookRecord {
            name: "crm".into(),
            url: String::new(),
            format: HookFormat::Json,
            events: Vec::new(),
            persons: false,
            waiting: 0,
            failed: 0,
            taken_at: Some(at(-9)),
            failures: 0,
            failing_since: None,
            gone_at: None,
            error: None,
        }
    }

    fn told(change: impl Fn(&mut StatusRecord)) -> Vec<String> {
        let mut record = well();
        change(&mut record);
        of(&record, &Zone::utc()).into_iter().map(|need| need.message).collect()
    }

    #[test]
    fn nothing_is_said_where_all_is_well_or_will_be_by_itself() {
        let source = |failures| SourceRecord {
            watched: None,
            number: 1,
            name: "tc260".into(),
            url: String::new(),
            read_at: None,
            tried_at: None,
            next_at: None,
            failures,
            error: Some("no answer".into()),
            held: None,
            uids_changed: 0,
            notes_count: 0,
            notes: Vec::new(),
        };
        assert_eq!(told(|_| {}), [""; 0]);
        assert_eq!(told(|record| record.sources = vec![source(2)]), [""; 0]);
        assert_eq!(told(|record| record.webhooks = vec![WebhookRecord { failures: 2, ..webhook() }]), [""; 0]);
        assert_eq!(
            told(|record| {
                // It goes on.
                record.backlog =
                    BacklogRecord { due: 5, due_since: Some(at(-90)), per_minute: Some(1), ..Default::default() };
            }),
            [""; 0]
        );
        assert_eq!(
            told(|record| record.sources = vec![source(3)]),
            ["the foreign calendar tc260 never was read; it failed 3 times, the last time: no answer"]
        );
        let held = HeldRecord { missing: 9, ahead: 12, since: at(-30), until: at(30) };
        let told = told(|record| record.sources = vec![SourceRecord { held: Some(held.clone()), ..source(0) }]);
        assert!(told[0].starts_with("the foreign calendar tc260 lacks 9 of the 12 events that lay ahead"), "{told:?}");
    }

    #[test]
    fn each_thing_that_needs_a_hand_is_a_sentence() {
        type Change = fn(&mut StatusRecord);
        let cases: [(Change, &str); 15] = [
            (|r| r.daemon = None, "no daemon runs on k.db: no edition is made and nothing is sent"),
            (
                |r| {
                    r.configuration.refused_at = Some(at(-1));
                    r.configuration.refused = vec!["line 3: no".into(), "line 4: no".into()];
                },
                "the daemon can't take over what the file says since Fri 2027-01-15 07:59, and goes by the older one: line 3: \
                 no (and 1 more)",
            ),
            (|r| r.configuration.wrong = vec!["line 3: no".into()], "the configuration is wrong: line 3: no"),
            (
                |r| {
                    r.backlog = BacklogRecord { due: 5, due_since: Some(at(-10)), ..Default::default() };
                },
                "5 mails could go since Fri 2027-01-15 07:50, and none went in the last minutes",
            ),
            (
                |r| {
                    r.failures = vec![FailureRecord {
                        status: "uncertain",
                        is_tried_again: false,
                        reason: "lost".into(),
                        deliveries: 1,
                        newest: 1,
                        edition: None,
                    }];
                },
                "of 1 mail nobody knows whether they were taken, and they wait for you",
            ),
            (
                |r| r.absent = vec![AbsentDigestRecord { digest: "old".into(), readers: 1, queued: 0 }],
                "old is not configured any more: it has 1 reader",
            ),
            (|r| r.digests[0].paused = true, "weekly is paused: no editions are made"),
            (|r| r.disk.free_octets = Some(99_000_000), "the disk of k.db is nearly full: 99 MB are free"),
            (
                |r| r.failed_backup = Some(FailedWriteRecord { at: at(-5), reason: "no room".into() }),
                "the backup of Fri 2027-01-15 07:55 could not be made: no room",
            ),
            (
                |r| {
                    r.ping =
                        Some(PingStandingRecord { answered_at: None, error: Some("https://a: it answers 500".into()) })
                },
                "[operator] ping could not be fetched: https://a: it answers 500",
            ),
            (
                |r| r.webhooks = vec![WebhookRecord { failures: 3, error: Some("500".into()), ..webhook() }],
                "the webhook crm: failed 3 times: 500",
            ),
            (
                |r| r.webhooks = vec![WebhookRecord { gone_at: Some(at(-9)), ..webhook() }],
                "the webhook crm: its server says that it is gone: it is told nothing any more",
            ),
            (
                |r| {
                    let (told, trouble) = (BTreeMap::new(), Some("it never told anything".into()));
                    r.ways = vec![WayRecord { way: Way::Ses, last_at: None, told, trouble }];
                },
                "bounces by way of ses: it never told anything",
            ),
            (
                |r| r.webhooks = vec![WebhookRecord { failed: 2, ..webhook() }],
                "the webhook crm: 2 messages were given up",
            ),
            (
                |r| {
                    let message = "weekly/3 makes no headway.".into();
                    r.alerts =
                        vec![AlertRecord { kind: "stalled".into(), about: "weekly/3".into(), since: at(-61), message }];
                },
                "weekly/3 makes no headway (since Fri 2027-01-15 06:59)",
            ),
        ];
        for (change, said) in cases {
            assert_eq!(told(change), [said]);
        }
    }
}
