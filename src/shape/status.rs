//! How things stand, as programs see it.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::bounce::WayRecord;
use super::configuration::DifferenceRecord;
use super::edition::EditionRecord;
use super::intake::IntakeRecord;
use super::source::SourceRecord;
use super::webhook::WebhookRecord;

/// All of it at a glance.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StatusRecord {
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// What needs a hand, the most pressing first.
    pub needs: Vec<NeedRecord>,
    /// The daemon that runs on the database; null if none does.
    #[schema(required)]
    pub daemon: Option<DaemonRecord>,
    pub configuration: ConfigurationStatusRecord,
    /// Those that are configured.
    pub digests: Vec<DigestStandingRecord>,
    /// Those that are not configured any more, and whose readers or mails wait for them.
    pub absent: Vec<AbsentDigestRecord>,
    /// Editions that are stopped, and wait for somebody to send the rest or to give them up.
    pub stopped: Vec<EditionRecord>,
    pub backlog: BacklogRecord,
    /// What did not go in the last two weeks, alike by alike, the newest first.
    pub failures: Vec<FailureRecord>,
    pub sources: Vec<SourceRecord>,
    /// Other programs and chats, and how telling them goes.
    pub webhooks: Vec<WebhookRecord>,
    /// The ways by which bounces and complaints come back.
    pub ways: Vec<WayRecord>,
    /// What editors forward; null if there is no address for it.
    #[schema(required)]
    pub intake: Option<IntakeRecord>,
    /// Those that mail goes by.
    pub relays: Vec<RelayRecord>,
    pub disk: DiskRecord,
    /// The last write into the database that failed, and is made good.
    #[schema(required)]
    pub failed_write: Option<FailedWriteRecord>,
    /// The last scheduled copy of the database, if it could not be made.
    #[schema(required)]
    pub failed_backup: Option<FailedWriteRecord>,
    /// The last copy of the database that kalends made by itself.
    #[schema(required)]
    pub backup: Option<BackupStandingRecord>,
    /// What was found to be wrong and is not over.
    pub alerts: Vec<AlertRecord>,
    /// The address that is fetched when an edition is through; null if none is configured.
    #[schema(required)]
    pub ping: Option<PingStandingRecord>,
}

/// How [operator] ping went.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PingStandingRecord {
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub answered_at: Option<Timestamp>,
    /// Why it failed, if it did since then.
    #[schema(required)]
    pub error: Option<String>,
}

/// One thing that needs a hand.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NeedRecord {
    pub message: String,
    /// What helps.
    #[schema(required)]
    pub help: Option<String>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DaemonRecord {
    pub version: String,
    #[schema(value_type = String, format = DateTime)]
    pub started_at: Timestamp,
}

/// Which configuration runs.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ConfigurationStatusRecord {
    /// What is wrong with the file, a sentence each.
    pub wrong: Vec<String>,
    /// When the daemon took over what it goes by; null if none runs.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub taken_at: Option<Timestamp>,
    /// Since when it can't take over what the file says.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub refused_at: Option<Timestamp>,
    /// Why, a sentence each.
    pub refused: Vec<String>,
    /// Where the daemon has it otherwise than the file.
    pub differences: Vec<DifferenceRecord>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DigestStandingRecord {
    /// Its slug.
    pub digest: String,
    pub paused: bool,
    /// The moment whose edition is made next, by what the daemon goes by; null while it is paused, or if there is none.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub next_at: Option<Timestamp>,
    /// Who confirmed.
    pub readers: i64,
    /// How many of its mails wait.
    pub waiting: i64,
    /// Whether the edition of `next_at` was due by now, and waits until somebody approves it.
    pub to_approve: bool,
    /// Its last edition.
    #[schema(required)]
    pub last: Option<EditionRecord>,
}

impl DigestStandingRecord {
    /// One that no daemon has seen yet.
    pub fn unknown(slug: &str) -> Self {
        Self {
            digest: slug.to_owned(),
            paused: false,
            next_at: None,
            readers: 0,
            waiting: 0,
            to_approve: false,
            last: None,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AbsentDigestRecord {
    /// Its slug.
    pub digest: String,
    pub readers: i64,
    /// How many of its mails wait.
    pub queued: i64,
}

/// What waits to be sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct BacklogRecord {
    /// All mails that wait and are not held.
    pub waiting: i64,
    /// How many of them could go now; the others wait for their time: another attempt, a reader's clock.
    pub due: i64,
    /// When the oldest of those became so.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub due_since: Option<Timestamp>,
    /// Of digests that are paused, or not configured any more.
    pub held: i64,
    /// How many went out in a minute, over the last five; null if none did.
    #[schema(required)]
    pub per_minute: Option<i64>,
    /// When all that wait will be through, if it goes on so; null if nobody can know, or no daemon runs.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub through_at: Option<Timestamp>,
}

/// Deliveries that did not go, for the same reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FailureRecord {
    /// `failed`, `deferred` (tried again) or `uncertain`.
    pub status: &'static str,
    /// Whether they are tried again without anybody's hand.
    pub is_tried_again: bool,
    /// What was said the last time, with nobody's address.
    pub reason: String,
    pub deliveries: i64,
    /// The id of the newest.
    pub newest: i64,
    /// Its edition, such as `weekly/3`; null if it is of none.
    #[schema(required)]
    pub edition: Option<String>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RelayRecord {
    pub relay: String,
    /// Since when nothing goes by it, since it refuses everybody; null if it is not stopped.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub stopped_since: Option<Timestamp>,
    #[schema(required)]
    pub reason: Option<String>,
    /// When it is tried again.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub next_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct DiskRecord {
    /// Where the database is.
    pub database: String,
    /// The size of its file, in octets.
    pub octets: u64,
    /// The size of its log.
    pub log_octets: u64,
    /// What is free beside it.
    #[schema(required)]
    pub free_octets: Option<u64>,
    /// Where mail is written into files: that folder, and what is free there.
    #[schema(required)]
    pub outbox: Option<String>,
    #[schema(required)]
    pub outbox_free_octets: Option<u64>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FailedWriteRecord {
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    pub reason: String,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BackupStandingRecord {
    pub path: String,
    #[schema(value_type = String, format = DateTime)]
    pub made_at: Timestamp,
    /// `scheduled`, `before-migration` or `before-restore`.
    pub why: String,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AlertRecord {
    pub kind: String,
    pub about: String,
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    pub message: String,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_names_of_how_things_stand_are_those_that_were_promised() {
        let at = Timestamp::UNIX_EPOCH;
        let failed = || FailedWriteRecord { at, reason: "no room".into() };
        let record = StatusRecord {
            at,
            needs: vec![NeedRecord { message: "weekly is paused".into(), help: None }],
            daemon: Some(DaemonRecord { version: "1.0.0".into(), started_at: at }),
            configuration: ConfigurationStatusRecord {
                wrong: Vec::new(),
                taken_at: Some(at),
                refused_at: None,
                refused: Vec::new(),
                differences: Vec::new(),
            },
            digests: vec![DigestStandingRecord::unknown("weekly")],
            absent: vec![AbsentDigestRecord { digest: "daily".into(), readers: 2, queued: 1 }],
            stopped: Vec::new(),
            backlog: BacklogRecord {
                waiting: 3,
                due: 2,
                due_since: Some(at),
                held: 1,
                per_minute: Some(60),
                through_at: None,
            },
            failures: vec![FailureRecord {
                status: "failed",
                is_tried_again: false,
                reason: "550 no".into(),
                deliveries: 2,
                newest: 7,
                edition: Some("weekly/3".into()),
            }],
            sources: Vec::new(),
            webhooks: Vec::new(),
            ways: Vec::new(),
            intake: Some(IntakeRecord {
                address: "intake@example.org".parse().unwrap(),
                told: [("taken".to_owned(), 2)].into(),
                last_at: Some(at),
            }),
            relays: vec![RelayRecord { relay: "smtp://a:25".into(), stopped_since: None, reason: None, next_at: None }],
            disk: DiskRecord { database: "k.db".into(), octets: 1, ..DiskRecord::default() },
            failed_write: Some(failed()),
            failed_backup: Some(failed()),
            backup: Some(BackupStandingRecord { path: "c.db".into(), made_at: at, why: "scheduled".into() }),
            alerts: vec![AlertRecord { kind: "disk".into(), about: "data".into(), since: at, message: "full".into() }],
            ping: Some(PingStandingRecord { answered_at: Some(at), error: None }),
        };
        let at = "1970-01-01T00:00:00Z";
        let expected = json!({
            "at": at,
            "needs": [{ "message": "weekly is paused", "help": null }],
            "daemon": { "version": "1.0.0", "started_at": at },
            "configuration": { "wrong": [], "taken_at": at, "refused_at": null, "refused": [], "differences": [] },
            "digests": [{ "digest": "weekly", "paused": false, "next_at": null, "readers": 0, "waiting": 0,
                          "to_approve": false, "last": null }],
            "absent": [{ "digest": "daily", "readers": 2, "queued": 1 }],
            "stopped": [],
            "backlog": { "waiting": 3, "due": 2, "due_since": at, "held": 1, "per_minute": 60, "through_at": null },
            "failures": [{ "status": "failed", "is_tried_again": false, "reason": "550 no", "deliveries": 2, "newest": 7,
                           "edition": "weekly/3" }],
            "sources": [],
            "webhooks": [],
            "ways": [],
            "intake": { "address": "intake@example.org", "told": { "taken": 2 }, "last_at": at },
            "relays": [{ "relay": "smtp://a:25", "stopped_since": null, "reason": null, "next_at": null }],
            "disk": { "database": "k.db", "octets": 1, "log_octets": 0, "free_octets": null, "outbox": null,
                      "outbox_free_octets": null },
            "failed_write": { "at": at, "reason": "no room" },
            "failed_backup": { "at": at, "reason": "no room" },
            "backup": { "path": "c.db", "made_at": at, "why": "scheduled" },
            "alerts": [{ "kind": "disk", "about": "data", "since": at, "message": "full" }],
            "ping": { "answered_at": at, "error": null },
        });
        assert_eq!(serde_json::to_value(record).unwrap(), expected);
    }
}
