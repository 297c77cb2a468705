//! What is known of foreign calendars: when they were read, what they said of themselves, and what went wrong.

use jiff::Timestamp;

use super::{Result, Store, instant};
use crate::domain::source::Validators;

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
    pub error: Option<String>,
}

impl Store {
    /// The state of the calendar at `url`; that of one never read if nothing is known.
    pub async fn source_state(&self, url: &str) -> Result<SourceState> {
        let row = sqlx::query!(
            "SELECT settings, found_at, etag, last_modified, tried_at, read_at, next_at, failures, error
             FROM source WHERE url = $1",
            url
        )
        .fetch_optional(&self.read)
        .await?;
        let Some(row) = row else { return Ok(SourceState::default()) };
        Ok(SourceState {
            settings: row.settings,
            validators: Validators { etag: row.etag, last_modified: row.last_modified, url: row.found_at },
            tried_at: row.tried_at.map(instant).transpose()?,
            read_at: row.read_at.map(instant).transpose()?,
            next_at: row.next_at.map(instant).transpose()?,
            failures: u32::try_from(row.failures).unwrap_or(u32::MAX),
            error: row.error,
        })
    }

    pub async fn keep_source_state(&self, url: &str, state: &SourceState) -> Result<()> {
        let seconds = |at: Option<Timestamp>| at.map(Timestamp::as_second);
        let (tried_at, read_at, next_at) = (seconds(state.tried_at), seconds(state.read_at), seconds(state.next_at));
        let Validators { etag, last_modified, url: found_at } = &state.validators;
        sqlx::query!(
            "INSERT INTO source (url, settings, found_at, etag, last_modified, tried_at, read_at, next_at, failures, error)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
             ON CONFLICT (url) DO UPDATE
                SET settings = excluded.settings, found_at = excluded.found_at, etag = excluded.etag,
                    last_modified = excluded.last_modified, tried_at = excluded.tried_at, read_at = excluded.read_at,
                    next_at = excluded.next_at, failures = excluded.failures, error = excluded.error",
            url,
            state.settings,
            found_at,
            etag,
            last_modified,
            tried_at,
            read_at,
            next_at,
            state.failures,
            state.error
        )
        .execute(&self.write)
        .await?;
        Ok(())
    }
}
