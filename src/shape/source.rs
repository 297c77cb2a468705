//! A foreign calendar that is kept in step, as programs see it.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::import::Held;
use crate::domain::source::Note;

/// A source of the configuration.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SourceRecord {
    /// Its place in the configuration, from 1.
    pub number: usize,
    /// Letters, digits and hyphens; its own or made from its server's.
    pub name: String,
    /// Where it is, without what would let anybody in: no login, no query, `…` for parts of the path that may be secret.
    pub url: String,
    /// The last time all went well, changed or not; null if it never did.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub read_at: Option<Timestamp>,
    /// The last time it was asked for.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub tried_at: Option<Timestamp>,
    /// When it is asked for again.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub next_at: Option<Timestamp>,
    /// How often it failed since it was read last.
    pub failures: u32,
    /// What went wrong the last time, or could not be read of it.
    #[schema(required)]
    pub error: Option<String>,
    /// What it suddenly lacks, and is not believed to have no more; null if there is nothing of that.
    #[schema(required)]
    pub held: Option<HeldRecord>,
    /// At how many readings in a row it gave its events other UIDs than before, so that they are known by what they say.
    pub uids_changed: u32,
    /// How much of it was read otherwise than it may be meant.
    pub notes_count: usize,
    /// The first ten of that.
    pub notes: Vec<Note>,
    /// Of a page or feed that is watched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub watched: Option<WatchedRecord>,
}

/// Events that lay ahead and that a source has no more: they stay until it says the same an hour later, or somebody
/// believes it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HeldRecord {
    /// How many it lacks.
    pub missing: usize,
    /// Of how many that lay ahead.
    pub ahead: usize,
    /// When it lacked them for the first time.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// From when on it is taken at its word.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
}

impl HeldRecord {
    pub fn of(held: &Held) -> Self {
        Self { missing: held.missing.len(), ahead: held.ahead, since: held.since, until: held.until() }
    }
}

/// What came of watching a page or feed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WatchedRecord {
    /// Items of the feed, or blocks of the page, that are known.
    pub texts: usize,
    /// Dated events in them that became drafts, or were here.
    pub proposed: usize,
    /// Drafts of them that wait for an editor.
    pub drafts: usize,
}

/// What came of reading a source now.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SyncRecord {
    /// Its place in the configuration, from 1.
    pub number: usize,
    pub name: String,
    #[serde(flatten)]
    pub outcome: SyncOutcome,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(tag = "status", rename_all = "kebab-case")]
pub enum SyncOutcome {
    /// It is as it was the last time.
    NotModified,
    Read {
        added: usize,
        updated: usize,
        /// Its events that are here as they are there.
        unchanged: usize,
        /// Because it has them no more.
        cancelled: usize,
        /// Events and single dates that are drafts or stayed out because it shows them not to everybody.
        private: usize,
        /// What of it could not be read.
        rejected: Vec<RejectedRecord>,
        /// Where it shows that not all of it came, and how; null if all did. What is missing then stays as it was.
        #[schema(required)]
        cut_off: Option<String>,
        /// What it suddenly lacks, and is not believed to have no more.
        #[schema(required)]
        held: Option<HeldRecord>,
        /// Known events that came under another UID than the last time.
        renamed: usize,
        /// How much of it was read otherwise than it may be meant.
        notes_count: usize,
        /// The first ten of that.
        notes: Vec<Note>,
    },
    /// It is watched: what is new there became drafts.
    Watched {
        /// Items of a feed, or blocks of a page, that are there.
        items: usize,
        /// Of these, those that are new or changed.
        new: usize,
        /// New drafts.
        proposed: usize,
        /// Of these, those that have another date for an event that is published.
        moves: usize,
        /// Drafts that nobody had touched, and that have another date now.
        updated: usize,
        /// Dates that were known.
        known: usize,
        /// What waits for the next look, since 50 drafts are made of one at most: titles.
        held_back: Vec<String>,
        /// What could not be read, or waits.
        notes: Vec<String>,
    },
    Failed {
        error: String,
        /// Set where it failed because all that lay ahead is missing.
        #[serde(skip_serializing_if = "Option::is_none")]
        held: Option<HeldRecord>,
    },
    /// It was only tried whether it could be asked for: nothing was read.
    DryRun,
}

/// An entry that did not go in.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RejectedRecord {
    /// Counts from 1, the heading included.
    pub line: u64,
    /// The column or field at fault, where it is one.
    #[schema(required)]
    pub column: Option<String>,
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn held() -> Held {
        Held { since: Timestamp::UNIX_EPOCH, missing: vec![1, 4], ahead: 3 }
    }

    #[test]
    fn the_names_of_a_source_are_those_that_were_promised() {
        let source = SourceRecord {
            number: 1,
            name: "tc260".into(),
            url: "https://example.org/a.ics".into(),
            read_at: None,
            tried_at: Some(Timestamp::UNIX_EPOCH),
            next_at: None,
            failures: 2,
            error: Some("no answer came".into()),
            held: Some(HeldRecord::of(&held())),
            uids_changed: 2,
            notes_count: 12,
            notes: vec![Note { line: 7, column: None, reason: "only its first date is taken".into() }],
            watched: None,
        };
        let expected = json!({
            "number": 1, "name": "tc260", "url": "https://example.org/a.ics", "read_at": null,
            "tried_at": "1970-01-01T00:00:00Z", "next_at": null, "failures": 2, "error": "no answer came",
            "held": {
                "missing": 2, "ahead": 3, "since": "1970-01-01T00:00:00Z", "until": "1970-01-01T01:00:00Z",
            },
            "uids_changed": 2, "notes_count": 12,
            "notes": [{ "line": 7, "column": null, "reason": "only its first date is taken" }],
        });
        assert_eq!(serde_json::to_value(source).unwrap(), expected);
    }

    #[test]
    fn the_names_of_a_sync_are_those_that_were_promised() {
        let rejected = vec![RejectedRecord { line: 3, column: None, reason: "no date".into() }];
        let read = SyncOutcome::Read {
            added: 1,
            updated: 2,
            unchanged: 3,
            cancelled: 4,
            private: 6,
            rejected,
            cut_off: Some("line 9: the file ends before END:VCALENDAR".into()),
            held: None,
            renamed: 5,
            notes_count: 0,
            notes: Vec::new(),
        };
        let failed = SyncOutcome::Failed { error: "no answer came".into(), held: None };
        for (outcome, expected) in [
            (SyncOutcome::NotModified, json!({ "number": 1, "name": "tc260", "status": "not-modified" })),
            (
                read,
                json!({
                    "number": 1, "name": "tc260", "status": "read", "added": 1, "updated": 2, "unchanged": 3,
                    "cancelled": 4, "private": 6, "rejected": [{ "line": 3, "column": null, "reason": "no date" }],
                    "cut_off": "line 9: the file ends before END:VCALENDAR", "held": null, "renamed": 5, "notes_count": 0,
                    "notes": [],
                }),
            ),
            (
                SyncOutcome::Watched {
                    items: 1,
                    new: 2,
                    proposed: 3,
                    moves: 4,
                    updated: 5,
                    known: 6,
                    held_back: vec!["Forum".into()],
                    notes: Vec::new(),
                },
                json!({
                    "number": 1, "name": "tc260", "status": "watched", "items": 1, "new": 2, "proposed": 3, "moves": 4,
                    "updated": 5, "known": 6, "held_back": ["Forum"], "notes": [],
                }),
            ),
            (failed, json!({ "number": 1, "name": "tc260", "status": "failed", "error": "no answer came" })),
        ] {
            let record = SyncRecord { number: 1, name: "tc260".into(), outcome };
            assert_eq!(serde_json::to_value(record).unwrap(), expected);
        }
    }
}
