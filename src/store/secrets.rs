//! The secrets that tokens are sealed with, and a new one.

use jiff::{SignedDuration, Timestamp};
use sqlx::SqliteConnection;

use super::{Error, Result, Store, acts, instant};
use crate::domain::act::Deed;
use crate::domain::actor::Actor;
use crate::domain::refused::Noun;
use crate::domain::token::{CONFIRM_HOURS, OldSecret, Secrets, TokenKey, answers_until};

/// What a new secret means for what the old ones sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RenewedSecret {
    /// Until when confirmations and choices are opened that were mailed before; none where nothing is any more.
    pub answers_until: Option<Timestamp>,
    /// Readers with a calendar of their own.
    pub calendars: u64,
    /// Sign-ups that wait for their answer.
    pub sign_ups: u64,
}

impl Store {
    /// Signs and opens the links in mails. All who hold it have the newest secrets when another program renews them, as
    /// long as the database is watched.
    pub async fn token_key(&self) -> Result<TokenKey> {
        self.key.take_over(read(&mut *self.read.acquire().await?).await?);
        Ok(self.key.clone())
    }

    /// Makes a new secret. With `is_leaked` none of the old ones opens anything from now on.
    pub async fn renew_secret(&self, by: &Actor, is_leaked: bool) -> Result<RenewedSecret> {
        let mut transaction = self.begin().await?;
        let now = self.now();
        let (at, asked_since) = (now.as_second(), now - SignedDuration::from_hours(CONFIRM_HOURS));
        let asked_since = asked_since.as_second();
        sqlx::query!(
            "INSERT INTO old_secret (value, replaced_at, leaked) SELECT value, $1, 0 FROM meta WHERE key = 'secret'",
            at
        )
        .execute(&mut *transaction)
        .await?;
        if is_leaked {
            sqlx::query!("UPDATE old_secret SET leaked = 1").execute(&mut *transaction).await?;
        }
        sqlx::query!("UPDATE meta SET value = lower(hex(randomblob(32))) WHERE key = 'secret'")
            .execute(&mut *transaction)
            .await?;
        let follows = sqlx::query!(
            r#"SELECT (SELECT count(*) FROM personal_calendar WHERE revoked_at IS NULL AND subscriber_id IS NOT NULL)
                      AS "calendars!: i64",
                      (SELECT count(*) FROM sign_up WHERE confirmed_at IS NULL AND created_at > $1) AS "sign_ups!: i64""#,
            asked_since
        )
        .fetch_one(&mut *transaction)
        .await?;
        let detail = if is_leaked { "leaked" } else { "" };
        acts::note(&mut transaction, now, by, Deed::Renewed, (Noun::Secret, ""), detail).await?;
        transaction.commit().await?;
        self.token_key().await?;
        let count = |number: i64| u64::try_from(number).unwrap_or_default();
        Ok(RenewedSecret {
            answers_until: (!is_leaked).then(|| answers_until(now)),
            calendars: count(follows.calendars),
            sign_ups: count(follows.sign_ups),
        })
    }
}

pub(super) async fn read(connection: &mut SqliteConnection) -> Result<Secrets> {
    let rows = sqlx::query!("SELECT key, value FROM meta WHERE key IN ('secret', 'forgotten_key')");
    let rows = rows.fetch_all(&mut *connection).await?;
    let named = |name: &str| {
        let found = rows.iter().find(|row| row.key == name).map(|row| row.value.clone().into_bytes());
        found.ok_or_else(|| Error::Damaged(format!("it holds no {}", name.replace('_', " "))))
    };
    let older = sqlx::query!(
        r#"SELECT value, replaced_at, leaked AS "leaked: bool" FROM old_secret ORDER BY replaced_at DESC"#
    );
    let older = older.fetch_all(&mut *connection).await?.into_iter().map(|row| {
        let (value, replaced_at) = (row.value.into_bytes(), instant(row.replaced_at)?);
        Ok(OldSecret { value, replaced_at, is_leaked: row.leaked })
    });
    Ok(Secrets::new(named("secret")?, older.collect::<Result<_>>()?, named("forgotten_key")?))
}
