//! What is known of foreign calendars: when they were read, what they said of themselves, and what went wrong.

use jiff::Timestamp;

use super::{Error, Result, Store, instant, words_to_json};
use crate::domain::import::Held;
use crate::domain::source::{Notes, Validators};

/// The state of one foreign calendar.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceState {
    /// What else was configured when it was read last: with other settings it is read anew.
    pub settings: String,
    pub validators: Validators,
    pub tried_at: Option<Timestamp>,
    /// The last time all went well, changed or not.
    pub read_at: Option<Timestamp>,
    pub next_at: Option<Timestamp>,
    /// How often it failed since then.
    pub failures: u32,
    /// Why it failed; without a failure, what of it was not taken.
    pub error: Option<String>,
    /// Of the last time that it was read.
    pub notes: Notes,
    /// What it suddenly lacks, and is not believed to have no more.
    pub held: Option<Held>,
    /// At how many readings in a row its UIDs were others than before.
    pub uids_changed: u32,
}

impl Store {
    /// The state of the calendar at `url`; that of one never read if nothing is known.
    pub async fn source_state(&self, url: &str) -> Result<SourceState> {
        let row = sqlx::query!(
            "SELECT settings, found_at, etag, last_modified, tried_at, read_at, next_at, failures, error, notes, notes_count,
                    held_since, held_missing, held_ahead, uids_changed
             FROM source WHERE url = $1",
            url
        )
        .fetch_optional(&self.read)
        .await?;
        let Some(row) = row else { return Ok(SourceState::default()) };
        let held = match row.held_since {
            Some(since) => Some(Held {
                since: instant(since)?,
                missing: listed(&row.held_missing)?,
                ahead: usize::try_from(row.held_ahead).unwrap_or_default(),
            }),
            None => None,
        };
        Ok(SourceState {
            settings: row.settings,
            validators: Validators { etag: row.etag, last_modified: row.last_modified, url: row.found_at },
            tried_at: row.tried_at.map(instant).transpose()?,
            read_at: row.read_at.map(instant).transpose()?,
            next_at: row.next_at.map(instant).transpose()?,
            failures: u32::try_from(row.failures).unwrap_or(u32::MAX),
            error: row.error,
            notes: Notes { count: usize::try_from(row.notes_count).unwrap_or_default(), first: listed(&row.notes)? },
            held,
            uids_changed: u32::try_from(row.uids_changed).unwrap_or(u32::MAX),
        })
    }

    pub async fn keep_source_state(&self, url: &str, state: &SourceState) -> Result<()> {
        let seconds = |at: Option<Timestamp>| at.map(Timestamp::as_second);
        let (tried_at, read_at, next_at) = (seconds(state.tried_at), seconds(state.read_at), seconds(state.next_at));
        let Validators { etag, last_modified, url: found_at } = &state.validators;
        let (notes, notes_count) = (words_to_json(&state.notes.first), state.notes.count as i64);
        let held_since = state.held.as_ref().map(|held| held.since.as_second());
        let (held_missing, held_ahead) = match &state.held {
            Some(held) => (words_to_json(&held.missing), held.ahead as i64),
            None => ("[]".to_owned(), 0),
        };
        sqlx::query!(
            "INSERT INTO source (url, settings, found_at, etag, last_modified, tried_at, read_at, next_at, failures, error,
                                 notes, notes_count, held_since, held_missing, held_ahead, uids_changed)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
             ON CONFLICT (url) DO UPDATE
                SET settings = excluded.settings, found_at = excluded.found_at, etag = excluded.etag,
                    last_modified = excluded.last_modified, tried_at = excluded.tried_at, read_at = excluded.read_at,
                    next_at = excluded.next_at, failures = excluded.failures, error = excluded.error,
                    notes = excluded.notes, notes_count = excluded.notes_count, held_since = excluded.held_since,
                    held_missing = excluded.held_missing, held_ahead = excluded.held_ahead,
                    uids_changed = excluded.uids_changed",
            url,
            state.settings,
            found_at,
            etag,
            last_modified,
            tried_at,
            read_at,
            next_at,
            state.failures,
            state.error,
            notes,
            notes_count,
            held_since,
            held_missing,
            held_ahead,
            state.uids_changed
        )
        .execute(&self.write)
        .await?;
        Ok(())
    }
}

fn listed<T: serde::de::DeserializeOwned>(json: &str) -> Result<Vec<T>> {
    serde_json::from_str(json).map_err(|_| Error::Damaged(format!("`{json}` is not a list")))
}
