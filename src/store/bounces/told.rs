//! What mail providers tell of the mails that they carried: whose it is, and what becomes of it.

use jiff::{SignedDuration, Timestamp};
use sqlx::{Sqlite, Transaction};

use super::super::forgotten::NOBODY;
use super::super::{Result, Store};
use super::seen::{self, Bound};
use super::{Proof, RecordedReturn, Return, clear_unproved, has_had_enough, leave, record, ways};
use crate::domain::bounce::{PROVED_DAYS, Report, Way};
use crate::domain::text;

/// So many are kept in one transaction; another that writes waits for it.
const AT_ONCE: usize = 100;
/// Of a mail that is told of before it was sent, the clocks differ by this at most.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_hours(1);

/// One thing that a provider told.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// What tells it from others of this provider: under the same it counts once.
    pub key: &'a str,
    pub proof: Option<Proof>,
    pub what: EntryWhat<'a>,
}

#[derive(Debug, Clone, Copy)]
pub enum EntryWhat<'a> {
    Report {
        report: &'a Report,
        /// As it came, of what could not be understood.
        raw: &'a str,
    },
    /// Who got this mail left by the provider's own way out.
    Left,
    /// Nothing follows from it: in a word what it is.
    Noted(&'static str),
}

/// A signature that does not cover what it came with.
#[derive(Debug, Clone, Copy)]
pub struct Signature<'a> {
    pub token: &'a str,
    /// What it came with.
    pub content: &'a str,
}

impl Store {
    /// Keeps what a provider told, each once, and lets it count where it is known whose it is; what became of each. None if
    /// the signature came with something else before: then nothing is kept.
    pub async fn record_told(
        &self,
        way: Way,
        signature: Option<Signature<'_>>,
        entries: &[Entry<'_>],
        soft_limit: u32,
    ) -> Result<Option<Vec<RecordedReturn>>> {
        let token_key = self.token_key().await?;
        if let Some(Signature { token, content }) = signature {
            let hash = |text: &str| token_key.digest_of_report(text.as_bytes());
            let (token, content) = (hash(&format!("signature:{token}")), hash(content));
            let mut transaction = self.begin().await?;
            if seen::bind(&mut transaction, way, &token, &content, self.now()).await? == Bound::ToAnother {
                return Ok(None);
            }
            transaction.commit().await?;
        }
        let mut recorded = Vec::with_capacity(entries.len());
        for some in entries.chunks(AT_ONCE) {
            let now = self.now();
            let mut transaction = self.begin().await?;
            for entry in some {
                let key = token_key.digest_of_report(entry.key.as_bytes());
                recorded.push(record_entry(&mut transaction, way, entry, &key, soft_limit, now).await?);
            }
            clear_unproved(&mut transaction, now).await?;
            transaction.commit().await?;
        }
        Ok(Some(recorded))
    }

    /// Whether this delivery went to this address. One that is there no more, or whose reader was forgotten, may have.
    pub async fn went_to(&self, delivery: i64, address: Option<&str>) -> Result<bool> {
        let Some(key) = address.map(text::fold_case) else { return Ok(true) };
        let went = sqlx::query_scalar!("SELECT address FROM delivery WHERE id = $1", delivery);
        let went = went.fetch_optional(&self.read).await?;
        Ok(went.is_none_or(|went| went == NOBODY || text::fold_case(&went) == key))
    }

    /// The delivery that its relay calls so.
    pub async fn delivery_of_relay_id(&self, relay_id: &str) -> Result<Option<i64>> {
        let found = sqlx::query_scalar!("SELECT max(id) AS \"id: i64\" FROM delivery WHERE relay_id = $1", relay_id);
        Ok(found.fetch_one(&self.read).await?)
    }

    /// The delivery whose mail has this Message-ID, without brackets.
    pub async fn delivery_of_message(&self, message_id: &str) -> Result<Option<i64>> {
        let found = sqlx::query_scalar!("SELECT id AS \"id!\" FROM delivery WHERE message_id = $1", message_id);
        Ok(found.fetch_optional(&self.read).await?)
    }

    /// The last delivery to a reader of this address that was handed to one of these relays (all, if none is named), up to
    /// then and while it proves anything.
    pub async fn last_delivery_to(&self, address: &str, relays: &[String], until: Timestamp) -> Result<Option<i64>> {
        let (key, relays) = (text::fold_case(address), serde_json::to_string(relays).unwrap_or_else(|_| "[]".into()));
        let since = (self.now() - SignedDuration::from_hours(24 * PROVED_DAYS)).as_second();
        let until = (until + CLOCKS_DIFFER).as_second();
        let found = sqlx::query_scalar!(
            r#"SELECT delivery.id AS "id!"
               FROM subscriber JOIN delivery ON delivery.subscriber_id = subscriber.id
               WHERE email_key = $1 AND delivery.address = subscriber.email AND status IN ('sent', 'uncertain')
                 AND tried_since BETWEEN $2 AND $3
                 AND ($4 = '[]' OR relay IN (SELECT value FROM json_each($4)))
               ORDER BY tried_since DESC, delivery.id DESC LIMIT 1"#,
            key,
            since,
            until,
            relays
        );
        Ok(found.fetch_optional(&self.read).await?)
    }
}

async fn record_entry(
    transaction: &mut Transaction<'_, Sqlite>,
    way: Way,
    entry: &Entry<'_>,
    key: &[u8],
    soft_limit: u32,
    now: Timestamp,
) -> Result<RecordedReturn> {
    let Entry { proof, what, .. } = *entry;
    let nothing = |is_known| RecordedReturn { reader: None, counted: false, is_late: false, is_known };
    if let EntryWhat::Noted(word) = what {
        ways::note(transaction, way, word, now).await?;
        return Ok(nothing(false));
    }
    if !seen::is_new(transaction, way, key, now).await? {
        return Ok(nothing(true));
    }
    match what {
        EntryWhat::Report { report, raw } => {
            if proof.is_none() && has_had_enough(transaction, now).await? {
                ways::note(transaction, way, report.class.as_str(), now).await?;
                return Ok(nothing(false));
            }
            let reports = std::slice::from_ref(report);
            let came = Return { way, proof, reports, key: None, message: raw.as_bytes() };
            record(transaction, came, soft_limit, now).await
        }
        EntryWhat::Left => {
            ways::note(transaction, way, "left", now).await?;
            let subscription = match proof.and_then(Proof::delivery) {
                Some(delivery) => subscription_of(transaction, delivery).await?,
                None => None,
            };
            match subscription {
                Some(subscription) => {
                    leave(transaction, subscription, now).await?;
                    Ok(RecordedReturn { counted: true, ..nothing(false) })
                }
                None => Ok(nothing(false)),
            }
        }
        EntryWhat::Noted(_) => Ok(nothing(false)),
    }
}

/// By which its reader got this delivery, if they still have it and the address that it went to.
async fn subscription_of(transaction: &mut Transaction<'_, Sqlite>, delivery: i64) -> Result<Option<i64>> {
    let found = sqlx::query_scalar!(
        r#"SELECT subscription.id AS "id!"
           FROM delivery JOIN subscriber ON subscriber.id = delivery.subscriber_id
                                        AND subscriber.email = delivery.address
           JOIN subscription ON subscription.subscriber_id = subscriber.id AND digest_id = lane
           WHERE delivery.id = $1"#,
        delivery
    );
    Ok(found.fetch_optional(&mut **transaction).await?)
}
