//! Readers' own calendars: an address each, which can be taken back.

use jiff::Timestamp;
use sqlx::{Sqlite, Transaction};

use super::links::subject;
use super::subscribers::{find, kinds_from_json, no_subscriber};
use super::{Result, Store, acts, from_json};
use crate::domain::act::Deed;
use crate::domain::actor::Actor;
use crate::domain::address::EmailAddress;
use crate::domain::event::Kind;
use crate::domain::refused::Noun;
use crate::domain::token::Subject;

/// What stands behind the address of a reader's own calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PersonalCalendar {
    Unknown,
    /// Its reader gave it up, or is gone.
    Revoked,
    /// What its reader chose: topics and kinds of events (none means all), the digests they get, and the language.
    Chosen {
        topics: Vec<String>,
        kinds: Vec<Kind>,
        digests: Vec<String>,
        locale: Option<String>,
    },
}

impl Store {
    /// The reader's calendar, if they have one.
    pub async fn known_calendar(&self, subscriber: i64) -> Result<Option<Subject>> {
        let known = sqlx::query!(
            "SELECT id, nonce FROM personal_calendar WHERE subscriber_id = $1 AND revoked_at IS NULL",
            subscriber
        );
        known.fetch_optional(&self.read).await?.map(|row| subject(row.id, row.nonce)).transpose()
    }

    /// The reader's calendar, made if there is none; or another, so that the one there was is gone.
    pub async fn renew_personal_calendar(&self, by: &Actor, email: &EmailAddress, is_other: bool) -> Result<Subject> {
        let now = self.now();
        let mut transaction = self.begin().await?;
        let id = find(&mut transaction, email).await?.ok_or_else(|| no_subscriber(email))?.id;
        if is_other {
            revoke(&mut transaction, id, now).await?;
            note(&mut transaction, now, by, Deed::Renewed, id).await?;
        }
        let calendar = calendar_of(&mut transaction, id, now).await?;
        transaction.commit().await?;
        Ok(calendar)
    }

    /// The same, for who signed up; none if they are gone.
    pub async fn personal_calendar_of_sign_up(&self, sign_up: i64) -> Result<Option<Subject>> {
        let subscriber = sqlx::query_scalar!("SELECT subscriber_id FROM sign_up WHERE id = $1", sign_up);
        match subscriber.fetch_optional(&self.read).await? {
            Some(subscriber) => {
                let mut transaction = self.begin().await?;
                let calendar = calendar_of(&mut transaction, subscriber, self.now()).await?;
                transaction.commit().await?;
                Ok(Some(calendar))
            }
            None => Ok(None),
        }
    }

    /// Takes the address back: programs that ask for it learn that it is gone. False if there was none.
    pub async fn revoke_personal_calendar(&self, by: &Actor, email: &EmailAddress) -> Result<bool> {
        let now = self.now();
        let mut transaction = self.begin().await?;
        let id = find(&mut transaction, email).await?.ok_or_else(|| no_subscriber(email))?.id;
        let was_there = revoke(&mut transaction, id, now).await?;
        if was_there {
            note(&mut transaction, now, by, Deed::Revoked, id).await?;
        }
        transaction.commit().await?;
        Ok(was_there)
    }

    pub async fn choices_of_calendar(&self, id: i64) -> Result<PersonalCalendar> {
        let found = sqlx::query!(
            r#"SELECT revoked_at, subscriber_id, topics AS "topics?", kinds AS "kinds?", locale FROM personal_calendar
               LEFT JOIN subscriber ON subscriber.id = subscriber_id WHERE personal_calendar.id = $1"#,
            id
        )
        .fetch_optional(&self.read)
        .await?;
        let Some(row) = found else { return Ok(PersonalCalendar::Unknown) };
        let (None, Some(subscriber), Some(topics), Some(kinds)) =
            (row.revoked_at, row.subscriber_id, row.topics, row.kinds)
        else {
            return Ok(PersonalCalendar::Revoked);
        };
        let digests = sqlx::query_scalar!(
            "SELECT slug FROM subscription JOIN digest ON digest.id = digest_id
             WHERE subscriber_id = $1 AND status = 'confirmed' ORDER BY slug",
            subscriber
        )
        .fetch_all(&self.read)
        .await?;
        let (topics, kinds) = (from_json(&topics)?, kinds_from_json(&kinds)?);
        Ok(PersonalCalendar::Chosen { topics, kinds, digests, locale: row.locale })
    }
}

async fn calendar_of(transaction: &mut Transaction<'_, Sqlite>, subscriber: i64, now: Timestamp) -> Result<Subject> {
    let now = now.as_second();
    sqlx::query!(
        "INSERT INTO personal_calendar (nonce, subscriber_id, created_at) VALUES (randomblob(8), $1, $2)
         ON CONFLICT (subscriber_id) WHERE revoked_at IS NULL DO NOTHING",
        subscriber,
        now
    )
    .execute(&mut **transaction)
    .await?;
    let row = sqlx::query!(
        "SELECT id, nonce FROM personal_calendar WHERE subscriber_id = $1 AND revoked_at IS NULL",
        subscriber
    )
    .fetch_one(&mut **transaction)
    .await?;
    subject(row.id, row.nonce)
}

/// The row stays as an id that leads nowhere, so that programs learn that it is gone. False if there was none.
pub(super) async fn revoke(transaction: &mut Transaction<'_, Sqlite>, subscriber: i64, now: Timestamp) -> Result<bool> {
    let now = now.as_second();
    let revoked = sqlx::query!(
        "UPDATE personal_calendar SET revoked_at = $2 WHERE subscriber_id = $1 AND revoked_at IS NULL",
        subscriber,
        now
    );
    Ok(revoked.execute(&mut **transaction).await?.rows_affected() > 0)
}

/// What readers do with what is theirs is nobody's business.
async fn note(
    transaction: &mut Transaction<'_, Sqlite>,
    now: Timestamp,
    by: &Actor,
    deed: Deed,
    subscriber: i64,
) -> Result<()> {
    match by {
        Actor::Reader => Ok(()),
        _ => acts::note(transaction, now, by, deed, (Noun::Subscriber, &subscriber.to_string()), "calendar").await,
    }
}
