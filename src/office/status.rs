//! How things stand at a glance, and what needs a hand. What can't be looked at is told, and hides nothing else.

mod backlog;
mod needs;

use std::path::PathBuf;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::checks::Advice;
use super::configuration::Standing;
use super::digests::next_at;
use super::{Office, Result, failures, forwarding, returned, sources, webhooks};
use crate::clock::whole_second;
use crate::config::{Config, SourceConfig, TransportKind};
use crate::digest::moments::Moments;
use crate::domain::alert::Alert;
use crate::domain::approval::ApprovalState;
use crate::domain::copy::OwnCopy;
use crate::domain::zone::Zone;
use crate::shape::source::SourceRecord;
use crate::shape::status::{
    AbsentDigestRecord, AlertRecord, BackupStandingRecord, ConfigurationStatusRecord, DaemonRecord,
    DigestStandingRecord, DiskRecord, FailedWriteRecord, FailureRecord, PingStandingRecord, RelayRecord, StatusRecord,
};
use crate::store::{self, Copies, Disk, PingState, Store, Waiting};
pub use needs::{Help, Need};

/// The speed is that of so long.
const LATELY: SignedDuration = SignedDuration::from_mins(5);
/// What did not go is told for so long.
const FAILURES_FOR: SignedDuration = SignedDuration::from_hours(14 * 24);
/// Of these the newest are told to who only glances.
const FAILURES_AT_A_GLANCE: u32 = 1000;
/// The newest of these are told: more than an office has readers.
const FAILURES_AT_MOST: u32 = 100_000;

/// What was found.
pub struct Status {
    /// Its `needs` are for a door to fill in, in its own words.
    pub record: StatusRecord,
    /// The most pressing first.
    pub needs: Vec<Need>,
}

/// What `status` goes by.
pub struct Glance {
    /// What the file says; none if it is wrong.
    pub config: Option<Arc<Config>>,
    pub database: PathBuf,
    /// In which moments are told.
    pub zone: Zone,
}

impl Glance {
    /// Of a database that can be opened or not.
    pub async fn look(&self, standing: Standing, store: &store::Result<Store>) -> Status {
        let mut record = self.beginning(&standing);
        let mut needs = Vec::new();
        match store {
            Err(error) => needs.push(Need::unreadable(error.to_string(), Advice::of(error))),
            Ok(store) => {
                if let Err(error) = self.fill(&mut record, &standing, store).await {
                    needs.push(Need::unreadable(error.to_string(), None));
                }
            }
        }
        needs.extend(needs::of(&record, &self.zone));
        Status { record, needs }
    }

    fn beginning(&self, standing: &Standing) -> StatusRecord {
        let running = standing.daemon.as_ref();
        let daemon = running.map(|running| &running.daemon);
        let refused = daemon.and_then(|daemon| daemon.refused.as_ref());
        StatusRecord {
            at: whole_second(Timestamp::now()),
            needs: Vec::new(),
            daemon: daemon
                .map(|daemon| DaemonRecord { version: daemon.version.clone(), started_at: daemon.started_at }),
            configuration: ConfigurationStatusRecord {
                wrong: standing.file.as_ref().err().cloned().unwrap_or_default(),
                taken_at: daemon.map(|daemon| daemon.taken_at),
                refused_at: refused.map(|refused| refused.since),
                refused: refused.map(|refused| refused.sentences.clone()).unwrap_or_default(),
                differences: running.map(|running| running.difference_records()).unwrap_or_default(),
            },
            digests: Vec::new(),
            absent: Vec::new(),
            stopped: Vec::new(),
            backlog: Default::default(),
            failures: Vec::new(),
            sources: Vec::new(),
            webhooks: Vec::new(),
            ways: Vec::new(),
            intake: None,
            relays: Vec::new(),
            disk: self.disk(),
            failed_write: None,
            failed_backup: None,
            backup: None,
            alerts: Vec::new(),
            ping: None,
        }
    }

    async fn fill(&self, record: &mut StatusRecord, standing: &Standing, store: &Store) -> store::Result<()> {
        record.at = whole_second(store.now());
        // The daemon makes editions by what it goes by, whatever the file says meanwhile.
        let daemons = standing.daemon.as_ref().and_then(|running| running.settings.as_ref()?.config());
        let in_force = daemons.map(Arc::new).or_else(|| self.config.clone());
        let waiting = store.waiting().await?;
        if let Some(config) = in_force {
            let office = Office::new(store.clone(), config.clone()).await?;
            record.digests = office.digest_standings(&waiting).await?;
            record.absent = absent(&config, store, &waiting).await?;
            record.stopped = office.stopped_editions().await?;
            record.relays = relays(&config, store).await?;
            record.backup = last_copy(&config, store);
            record.disk = self.disk_of(&config, store);
        }
        let sent = store.sent_since(record.at.saturating_sub(LATELY).unwrap_or(record.at)).await?;
        record.backlog = backlog::of(&waiting, sent, record.at);
        if record.daemon.is_none() {
            record.backlog.through_at = None;
        }
        let since = record.at.saturating_sub(FAILURES_FOR).unwrap_or(record.at);
        record.failures = failures::alike(store.miscarried(since, FAILURES_AT_MOST).await?);
        if let Some(config) = &self.config {
            record.sources = source_standings(&config.sources, store).await?;
            record.webhooks = webhooks::standings(&config.webhooks, store).await?;
            record.ways = returned::ways(config, store).await?;
            record.intake = forwarding::standing(config, store).await?;
        }
        if self.config.as_ref().is_some_and(|config| config.operator.ping.is_some()) {
            let PingState { answered_at, error, .. } = store.ping_state().await?;
            record.ping = Some(PingStandingRecord { answered_at, error });
        }
        record.failed_write = store.last_failed_write().await?.map(|(at, reason)| FailedWriteRecord { at, reason });
        if record.daemon.is_some() {
            record.alerts = store.open_alerts().await?.into_iter().map(alert_record).collect();
        }
        record.failed_backup =
            store.failed_backup().await?.map(|failed| FailedWriteRecord { at: failed.at, reason: failed.reason });
        Ok(())
    }

    fn disk(&self) -> DiskRecord {
        DiskRecord {
            database: self.database.display().to_string(),
            free_octets: Disk::of(&self.database).map(|disk| disk.free),
            ..DiskRecord::default()
        }
    }

    fn disk_of(&self, config: &Config, store: &Store) -> DiskRecord {
        let sizes = store.sizes();
        let outbox = (config.mail.transport == TransportKind::File).then_some(&config.mail.outbox);
        DiskRecord {
            octets: sizes.database,
            log_octets: sizes.log,
            outbox: outbox.map(|outbox| outbox.display().to_string()),
            outbox_free_octets: outbox.and_then(|outbox| Disk::of(outbox)).map(|disk| disk.free),
            ..self.disk()
        }
    }
}

impl Office {
    /// How things stand, as the daemon knows it.
    pub async fn status(&self) -> Result<Status> {
        let (file, config) = self.file_as_it_is().await?;
        let standing = Standing::look(file, &self.store).await?;
        let zone = config.as_ref().map_or(Zone::utc(), |config| config.site.timezone.clone());
        let glance = Glance { config, database: self.store.path().to_owned(), zone };
        Ok(glance.look(standing, &Ok(self.store.clone())).await)
    }

    /// What did not go lately, by its reasons; the newest first.
    pub async fn failures_lately(&self) -> Result<Vec<FailureRecord>> {
        let since = self.now().saturating_sub(FAILURES_FOR).unwrap_or(self.now());
        Ok(failures::alike(self.store.miscarried(since, FAILURES_AT_A_GLANCE).await?))
    }

    /// Those that mail goes by, and which of them are stopped.
    pub async fn relays(&self) -> Result<Vec<RelayRecord>> {
        Ok(relays(&self.config, &self.store).await?)
    }

    async fn digest_standings(&self, waiting: &[Waiting]) -> store::Result<Vec<DigestStandingRecord>> {
        let known = self.store.known_digests().await?;
        let mut records = Vec::new();
        for digest in &self.config.digests {
            let slug = digest.slug.as_str();
            // The daemon, or a command that needs it, makes its row.
            let Some(row) = known.iter().find(|known| known.slug == slug) else {
                records.push(DigestStandingRecord::unknown(slug));
                continue;
            };
            let moments = Moments::of(&self.store, &self.config, digest).await?;
            let last = self.last_edition_record(slug).await?;
            let approval = self.approval_record(digest, &moments, next_at(&moments)).await?;
            records.push(DigestStandingRecord {
                digest: slug.to_owned(),
                paused: moments.state.paused,
                next_at: next_at(&moments),
                readers: row.readers,
                waiting: waiting_of(waiting, slug),
                to_approve: approval.is_some_and(|approval| approval.state == ApprovalState::Waiting),
                last,
            });
        }
        Ok(records)
    }
}

fn waiting_of(waiting: &[Waiting], slug: &str) -> i64 {
    waiting.iter().filter(|lane| lane.digest.as_deref() == Some(slug)).map(|lane| lane.mails).sum()
}

/// Digests that are not configured, if somebody misses them.
async fn absent(config: &Config, store: &Store, waiting: &[Waiting]) -> store::Result<Vec<AbsentDigestRecord>> {
    let known = store.known_digests().await?;
    let gone = known.into_iter().filter(|known| config.digest(&known.slug).is_none());
    let records = gone.map(|known| AbsentDigestRecord {
        queued: waiting_of(waiting, &known.slug),
        readers: known.readers,
        digest: known.slug,
    });
    Ok(records.filter(|digest| digest.readers > 0 || digest.queued > 0).collect())
}

async fn relays(config: &Config, store: &Store) -> store::Result<Vec<RelayRecord>> {
    if config.mail.transport == TransportKind::File {
        return Ok(Vec::new());
    }
    let stopped = store.stopped_relays().await?;
    let records = config.mail.relays.iter().map(|relay| {
        let relay = relay.url.to_string();
        let stop = stopped.iter().find(|stop| stop.relay == relay);
        RelayRecord {
            stopped_since: stop.map(|stop| stop.since),
            reason: stop.map(|stop| stop.reason.clone()),
            next_at: stop.map(|stop| stop.next_at),
            relay,
        }
    });
    Ok(records.collect())
}

async fn source_standings(configured: &[SourceConfig], store: &Store) -> store::Result<Vec<SourceRecord>> {
    let mut records = Vec::new();
    for source in configured {
        records.push(sources::record(source, store.source_state(source.url.as_str()).await?));
    }
    Ok(records)
}

fn alert_record(alert: Alert) -> AlertRecord {
    let Alert { kind, about, since, sentence, .. } = alert;
    AlertRecord { kind: kind.to_string(), about, since, message: sentence }
}

/// The newest that kalends made by itself.
fn last_copy(config: &Config, store: &Store) -> Option<BackupStandingRecord> {
    let OwnCopy { path, made_at, why, .. } =
        Copies::of(store.path(), config.backup.policy()).list().ok()?.into_iter().next()?;
    Some(BackupStandingRecord { path: path.display().to_string(), made_at, why: why.to_string() })
}
