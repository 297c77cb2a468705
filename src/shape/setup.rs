//! What setting an office up comes to, as programs see it.

use std::path::PathBuf;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::copy::{OwnCopy, Why};
use crate::domain::dns::Record;

/// An office that was begun.
#[derive(Debug, Serialize)]
pub struct InitRecord {
    /// The file of the configuration.
    pub config: PathBuf,
    /// False if it was there already, and was left as it is.
    pub config_written: bool,
    /// The file of the database.
    pub database: PathBuf,
}

/// A copy of the database.
#[derive(Debug, Serialize)]
pub struct BackupRecord {
    pub file: PathBuf,
    /// How long it is.
    pub octets: u64,
}

/// A new secret for the links in mails.
#[derive(Debug, Serialize)]
pub struct SecretRecord {
    /// Whether the old ones open nothing any more.
    pub leaked: bool,
    /// Until when links to confirm and to choose are opened that were mailed before; null where none is.
    pub answers_until: Option<Timestamp>,
    /// Readers with a calendar of their own. If the old secret leaked, each has another address now.
    pub calendars: u64,
    /// Sign-ups that wait for their answer. If the old secret leaked, it can't be given any more.
    pub sign_ups: u64,
    /// Editors with an address of their own to forward to. If the old secret leaked, each has another now.
    pub editors: u64,
}

/// A backup that was put in the place of the database.
#[derive(Debug, Serialize)]
pub struct RestoreRecord {
    pub file: PathBuf,
    pub database: PathBuf,
    /// What was there before; null if there was nothing.
    pub copy: Option<KeptCopy>,
    /// Whether the backup was of an older version.
    pub brought_up_to_date: bool,
    /// What happened since the backup and stays so, and what is undone; null if nothing is known of it.
    pub carried_over: Option<UntouchedRecord>,
    pub undone: Option<UndoneRecord>,
    /// Why not all that happened since is known; null if it is. If not, all that could be sent twice is held, and every
    /// digest paused.
    pub unread: Option<String>,
    /// Deliveries that wait for the operator.
    pub held: Vec<HeldRecord>,
    /// Digests, by slug.
    pub paused: Vec<String>,
}

/// A copy that stays for a while.
#[derive(Debug, Serialize)]
pub struct KeptCopy {
    pub file: PathBuf,
    pub until: Option<Timestamp>,
}

/// What happened since a backup and is not undone: how much of each.
#[derive(Debug, Serialize)]
pub struct UntouchedRecord {
    /// People.
    pub forgotten: u64,
    pub removed: u64,
    /// Subscriptions.
    pub left: u64,
    /// Addresses that nothing is sent to.
    pub suppressed: u64,
    /// Taken back or renewed.
    pub calendars: u64,
    /// Who left or may do less.
    pub editors: u64,
    /// Tokens of programs that were revoked.
    pub tokens: u64,
    pub editions: u64,
    /// Those of the backup that went on.
    pub deliveries: u64,
}

/// What happened since a backup and is undone: how much of each.
#[derive(Debug, Serialize)]
pub struct UndoneRecord {
    /// Who came.
    pub people: u64,
    pub consents: u64,
    /// Of events and articles.
    pub changes: u64,
}

/// Deliveries of one edition that wait for the operator.
#[derive(Debug, Serialize)]
pub struct HeldRecord {
    /// Such as `weekly/1`; null for mails of none.
    pub edition: Option<String>,
    pub deliveries: u64,
}

/// A copy of the database that kalends made by itself.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CopyRecord {
    #[schema(value_type = String)]
    pub path: PathBuf,
    #[schema(value_type = String, format = DateTime)]
    pub made_at: Timestamp,
    #[schema(inline)]
    pub why: Why,
    /// From when on it is cleared; null: when a later one of its kind is there.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
}

impl From<OwnCopy> for CopyRecord {
    fn from(copy: OwnCopy) -> Self {
        let OwnCopy { path, made_at, why, until } = copy;
        Self { path, made_at, why, until }
    }
}

/// A key that signs mail (DKIM).
#[derive(Debug, Serialize)]
pub struct KeyRecord {
    /// What to publish in DNS: `name`, `type`, `value`.
    #[serde(flatten)]
    pub record: Record,
    /// The same for a zone file.
    pub zone: String,
    /// Where the private key is.
    pub key_file: PathBuf,
    /// The lines for the configuration.
    pub config: String,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::dns::RecordType;

    #[test]
    fn the_names_of_what_is_set_up_are_those_that_were_promised() {
        let begun = InitRecord { config: "k.toml".into(), config_written: true, database: "k.db".into() };
        let expected = json!({ "config": "k.toml", "config_written": true, "database": "k.db" });
        assert_eq!(serde_json::to_value(begun).unwrap(), expected);
        let copy = BackupRecord { file: "copy.db".into(), octets: 4096 };
        assert_eq!(serde_json::to_value(copy).unwrap(), json!({ "file": "copy.db", "octets": 4096 }));
        let key = KeyRecord {
            record: Record { name: "k._domainkey.example.org".into(), kind: RecordType::Txt, value: "v=DKIM1".into() },
            zone: "k IN TXT".into(),
            key_file: "k.pem".into(),
            config: "[mail.dkim]".into(),
        };
        let expected = json!({
            "name": "k._domainkey.example.org", "type": "TXT", "value": "v=DKIM1", "zone": "k IN TXT",
            "key_file": "k.pem", "config": "[mail.dkim]",
        });
        assert_eq!(serde_json::to_value(key).unwrap(), expected);
    }
}
