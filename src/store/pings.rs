//! The operator's address that is fetched when an edition is through: whether it is to be, and how it went.

use jiff::Timestamp;

use super::{Result, Store, instant};

/// How it stands with the ping.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Due {
    /// When the edition was through.
    pub since: Timestamp,
    /// How often it failed since then.
    pub tries: u32,
    /// The last time.
    pub failed_at: Option<Timestamp>,
}

/// How the ping went.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PingState {
    pub due: Option<Due>,
    pub answered_at: Option<Timestamp>,
    /// Why it failed, if it did since it was answered last.
    pub error: Option<String>,
}

impl Store {
    pub async fn ping_state(&self) -> Result<PingState> {
        let row = sqlx::query!(r#"SELECT due_since, tries AS "tries: u32", answered_at, failed_at, error FROM ping"#)
            .fetch_optional(&self.read)
            .await?;
        let Some(row) = row else { return Ok(PingState::default()) };
        let failed_at = row.failed_at.map(instant).transpose()?;
        let due = row
            .due_since
            .map(|since| Ok::<_, super::Error>(Due { since: instant(since)?, tries: row.tries, failed_at }));
        let answered_at = row.answered_at.map(instant).transpose()?;
        Ok(PingState { due: due.transpose()?, answered_at, error: row.error })
    }

    /// It was answered, and is not due any more for what was through by then.
    pub async fn note_pinged(&self, due: Due) -> Result<()> {
        let (since, now) = (due.since.as_second(), self.now().as_second());
        sqlx::query!(
            "UPDATE ping SET due_since = iif(due_since = $1, NULL, due_since), tries = 0, answered_at = $2, error = NULL",
            since,
            now
        )
        .execute(&self.write)
        .await?;
        Ok(())
    }

    /// It failed once more, and is given up if it is `last`.
    pub async fn note_ping_failed(&self, due: Due, error: &str, is_last: bool) -> Result<()> {
        let (since, now) = (due.since.as_second(), self.now().as_second());
        sqlx::query!(
            "UPDATE ping SET due_since = iif($3 AND due_since = $1, NULL, due_since), tries = tries + 1, failed_at = $2,
                    error = $4",
            since,
            now,
            is_last,
            error
        )
        .execute(&self.write)
        .await?;
        Ok(())
    }

    /// Nobody wants it any more.
    pub async fn forget_ping(&self) -> Result<()> {
        sqlx::query!("UPDATE ping SET due_since = NULL, tries = 0, error = NULL").execute(&self.write).await?;
        Ok(())
    }
}
