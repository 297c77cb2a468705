//! A digest, as programs see it.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::approval::ApprovalRecord;
use super::edition::EditionRecord;
use crate::domain::zone::Zone;

/// A digest of the configuration.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DigestRecord {
    pub slug: String,
    pub title: String,
    pub description: String,
    /// When it is due, as crontab(5) has it, in `timezone`.
    pub schedule: String,
    #[schema(value_type = String)]
    pub timezone: Zone,
    /// Whether each reader gets it when it is that time on their own clock.
    pub per_reader_time: bool,
    /// Whether it makes and sends nothing until it is resumed.
    pub paused: bool,
    /// The moment whose edition is made next; null while it is paused, or if there is none.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub next_at: Option<Timestamp>,
    /// How many read it: who confirmed.
    pub subscribers: i64,
}

/// A moment at which a digest is due and that has no edition yet.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct MomentRecord {
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// What an edition would be, as one reader would get it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PreviewRecord {
    pub subject: String,
    pub text: String,
    pub html: String,
}

impl PreviewRecord {
    /// The mail for who reads no HTML.
    pub fn as_text(&self) -> String {
        format!("Subject: {}\n\n{}", self.subject, self.text)
    }
}

/// What an editor says to the readers of an edition to come.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NoteRecord {
    pub digest: String,
    /// The moment of the edition.
    #[schema(value_type = String, format = DateTime)]
    pub scheduled_for: Timestamp,
    /// The language of the readers that it is for; null: of all.
    #[schema(required)]
    pub locale: Option<String>,
    /// Of the mail; empty: as it is without a note.
    pub subject: String,
    /// Markdown.
    pub text: String,
    /// Who said what it replaces; null if there was nothing.
    #[schema(required)]
    pub replaced: Option<String>,
}

/// Notes that were taken back.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ClearedNotes {
    pub digest: String,
    /// The moment of the edition.
    #[schema(value_type = String, format = DateTime)]
    pub scheduled_for: Timestamp,
    /// How many there were.
    pub cleared: u64,
}

/// A digest of the configuration, and how it stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ShownDigest {
    #[serde(flatten)]
    pub digest: DigestRecord,
    /// A moment until which a clock that was wrong said that the digest had had its editions; it counts when that time
    /// has come.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub set_aside: Option<Timestamp>,
    /// Its last edition.
    #[schema(required)]
    pub last: Option<EditionRecord>,
}

/// How a digest stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DigestStatusRecord {
    /// Its slug.
    pub digest: String,
    pub paused: bool,
    /// The moment whose edition is made next; null while it is paused, or if there is none.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub next_at: Option<Timestamp>,
    /// A moment until which a clock that was wrong said that the digest had had its editions; it counts when that time
    /// has come.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub set_aside: Option<Timestamp>,
    /// Whether the next edition may go; null where it goes without anybody's approval.
    #[schema(required)]
    pub approval: Option<ApprovalRecord>,
    /// Its last edition.
    #[schema(required)]
    pub last: Option<EditionRecord>,
}

/// A digest that was paused or resumed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PausedRecord {
    /// Its slug.
    pub digest: String,
    pub paused: bool,
    /// The moment whose edition is made next; null while it is paused, or if there is none.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub next_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_names_of_a_digest_are_those_that_were_promised() {
        let at = Timestamp::UNIX_EPOCH;
        assert_eq!(serde_json::to_value([MomentRecord { at }]).unwrap(), json!([{ "at": "1970-01-01T00:00:00Z" }]));
        let status = DigestStatusRecord {
            digest: "weekly".into(),
            paused: true,
            next_at: None,
            set_aside: Some(at),
            approval: None,
            last: None,
        };
        let expected = json!({
            "digest": "weekly", "paused": true, "next_at": null, "set_aside": "1970-01-01T00:00:00Z",
            "approval": null, "last": null,
        });
        assert_eq!(serde_json::to_value(status).unwrap(), expected);
        let digest = DigestRecord {
            slug: "weekly".into(),
            title: "The week ahead".into(),
            description: "Dates".into(),
            schedule: "0 8 * * 1".into(),
            timezone: Zone::utc(),
            per_reader_time: false,
            paused: false,
            next_at: Some(at),
            subscribers: 3,
        };
        let expected = json!({
            "slug": "weekly", "title": "The week ahead", "description": "Dates", "schedule": "0 8 * * 1",
            "timezone": "UTC", "per_reader_time": false, "paused": false, "next_at": "1970-01-01T00:00:00Z",
            "subscribers": 3,
        });
        assert_eq!(serde_json::to_value(digest).unwrap(), expected);
    }
}
