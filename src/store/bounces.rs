//! What came back: every report is kept; one that is proved to be about a delivery counts against its reader's address.
//! Of what proves nothing, little is kept: anybody may write to the bounce address.

mod addresses;
mod count;
mod keep;
mod named;
mod seen;
mod told;
mod ways;

use jiff::{SignedDuration, Timestamp};
use sqlx::{Sqlite, Transaction};

use super::forgotten::NOBODY;
use super::{Error, Result, Store, Stretch, instant, parsed};
use crate::domain::bounce::{Bounce, Class, KnownBy, PROVED_DAYS, Report, Way, decisive};
use crate::domain::refused::{Noun, Refused};
use count::{count, count_named, leave};
use keep::{clear_unproved, has_had_enough, insert};
pub use told::{Entry, EntryWhat, Signature};
pub use ways::WayFigures;

/// Whose a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// It is about this delivery.
    Delivery(i64),
    /// Who complained had this subscription's way out in their mail.
    Subscription(i64),
    /// It names this delivery's Message-ID, and nothing proves who says so: whoever was forwarded the mail knows that. It
    /// is no more than soft, until a second one is as hard about another edition.
    Named(i64),
    /// A provider that proved to be it told it of this delivery.
    Told { delivery: i64, by: KnownBy },
}

impl Proof {
    pub fn delivery(self) -> Option<i64> {
        match self {
            Self::Delivery(id) | Self::Named(id) | Self::Told { delivery: id, .. } => Some(id),
            Self::Subscription(_) => None,
        }
    }

    /// Whether it is more than what everybody knows who has the mail.
    pub fn is_strong(self) -> bool {
        !matches!(self, Self::Named(_))
    }

    fn known_by(self, way: Way) -> KnownBy {
        match self {
            Self::Delivery(_) if way == Way::HandOver => KnownBy::HandOver,
            Self::Delivery(_) => KnownBy::Address,
            Self::Subscription(_) => KnownBy::Link,
            Self::Named(_) => KnownBy::MessageId,
            Self::Told { by, .. } => by,
        }
    }
}

/// A message that came back.
#[derive(Debug, Clone, Copy)]
pub struct Return<'a> {
    pub way: Way,
    pub proof: Option<Proof>,
    pub reports: &'a [Report],
    /// What tells it from others that come by this way: under the same it counts once. None: it comes once.
    pub key: Option<&'a [u8]>,
    /// Kept with what could not be understood.
    pub message: &'a [u8],
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedReturn {
    /// Whose it is, if that was proved and the person is still known.
    pub reader: Option<String>,
    /// Whether it changed what is known of the address, or could have.
    pub counted: bool,
    /// It was proved and came too late to count.
    pub is_late: bool,
    /// It was taken before, and nothing was done.
    pub is_known: bool,
}

impl Store {
    /// Keeps what one message reports, and lets it count where it is known whose it is. After `soft_limit` soft bounces in a
    /// row an address is given up. None if so much came within the hour that proves nothing that this was not kept.
    pub async fn record_bounces(&self, came: Return<'_>, soft_limit: u32) -> Result<Option<RecordedReturn>> {
        let (now, token_key) = (self.now(), self.token_key().await?);
        let mut transaction = self.begin().await?;
        if let Some(key) = came.key
            && !seen::is_new(&mut transaction, came.way, &token_key.digest_of_report(key), now).await?
        {
            return Ok(Some(RecordedReturn { reader: None, counted: false, is_late: false, is_known: true }));
        }
        if came.proof.is_none() && has_had_enough(&mut transaction, now).await? {
            return Ok(None);
        }
        let recorded = record(&mut transaction, came, soft_limit, now).await?;
        clear_unproved(&mut transaction, now).await?;
        transaction.commit().await?;
        Ok(Some(recorded))
    }

    /// Clears what came back, proves nothing and is too old or too much to keep.
    pub async fn clear_unproved_bounces(&self) -> Result<()> {
        let mut transaction = self.begin().await?;
        clear_unproved(&mut transaction, self.now()).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// What came back, or what of it is of this class; the newest first. What a server refused of a delivery and named
    /// nobody for is about whom it went to.
    pub async fn bounces(&self, class: Option<Class>, stretch: Stretch) -> Result<Vec<Bounce>> {
        let (class, most) = (class.map(Class::as_str), stretch.most());
        sqlx::query_as!(
            BounceRow,
            r#"SELECT id, at, delivery_id, class, status, diagnostic, verified AS "verified: bool", proof, way,
                      counted AS "counted: bool",
                      coalesce(address, (SELECT delivery.address FROM delivery
                          WHERE delivery.id = delivery_id AND delivery.address <> $2)) AS "address: String",
                      (message IS NOT NULL OR EXISTS (SELECT 1 FROM bounce other
                          WHERE other.id = bounce.message_of AND other.message IS NOT NULL)) AS "is_kept!: bool"
               FROM bounce WHERE ($1 IS NULL OR class = $1) AND ($3 IS NULL OR id < $3) ORDER BY id DESC LIMIT $4"#,
            class,
            NOBODY,
            stretch.before,
            most
        )
        .fetch_all(&self.read)
        .await?
        .into_iter()
        .map(Bounce::try_from)
        .collect()
    }

    /// One report, with its message if that was kept.
    pub async fn bounce(&self, id: i64) -> Result<(Bounce, Option<Vec<u8>>)> {
        let row = sqlx::query_as!(
            BounceRow,
            r#"SELECT id, at, delivery_id, class, status, diagnostic, verified AS "verified: bool", proof, way,
                      counted AS "counted: bool",
                      coalesce(address, (SELECT delivery.address FROM delivery
                          WHERE delivery.id = delivery_id AND delivery.address <> $2)) AS "address: String",
                      (message IS NOT NULL OR EXISTS (SELECT 1 FROM bounce other
                          WHERE other.id = bounce.message_of AND other.message IS NOT NULL)) AS "is_kept!: bool"
               FROM bounce WHERE id = $1"#,
            id,
            NOBODY
        )
        .fetch_optional(&self.read)
        .await?
        .ok_or_else(|| Refused::not_found(Noun::Bounce, id))?;
        let message = sqlx::query_scalar!(
            r#"SELECT coalesce(message, (SELECT other.message FROM bounce other WHERE other.id = bounce.message_of))
                   AS "message: Vec<u8>"
               FROM bounce WHERE id = $1"#,
            id
        );
        Ok((row.try_into()?, message.fetch_one(&self.read).await?))
    }
}

struct BounceRow {
    id: i64,
    at: i64,
    delivery_id: Option<i64>,
    address: Option<String>,
    class: String,
    status: Option<String>,
    diagnostic: Option<String>,
    verified: bool,
    proof: Option<String>,
    way: Option<String>,
    counted: bool,
    is_kept: bool,
}

impl TryFrom<BounceRow> for Bounce {
    type Error = Error;

    fn try_from(row: BounceRow) -> Result<Self> {
        Ok(Self {
            id: row.id,
            at: instant(row.at)?,
            delivery: row.delivery_id,
            address: row.address,
            class: parsed(&row.class)?,
            status: row.status,
            diagnostic: row.diagnostic,
            verified: row.verified,
            proof: row.proof.as_deref().map(parsed).transpose()?,
            way: row.way.as_deref().map(parsed).transpose()?,
            counted: row.counted,
            is_kept: row.is_kept,
        })
    }
}

/// Lets a server's refusal at hand-over count as if it had come back by mail: `reply` is what the server said to RCPT or
/// after the final dot, for good (5xx) or until it was given up (4xx). What it said of our own sender or of the
/// connection is nothing that the address has a part in, and must not come here.
pub(super) async fn count_rejection(
    transaction: &mut Transaction<'_, Sqlite>,
    delivery_id: i64,
    reply: &str,
    soft_limit: u32,
    now: Timestamp,
) -> Result<()> {
    let reports = &[Report::of_reply(reply)];
    let came =
        Return { way: Way::HandOver, proof: Some(Proof::Delivery(delivery_id)), reports, key: None, message: b"" };
    record(transaction, came, soft_limit, now).await?;
    Ok(())
}

/// Who a proof is about.
struct Reader {
    id: i64,
    email: String,
    /// When the mail was first tried; none for a subscription, whose way out never ends.
    written_to: Option<i64>,
}

/// Whether something came back of a delivery that counts.
pub(super) async fn is_counted(transaction: &mut Transaction<'_, Sqlite>, delivery_id: i64) -> Result<bool> {
    let found = sqlx::query_scalar!(
        "SELECT 1 AS found FROM bounce WHERE delivery_id = $1 AND class IN ('hard', 'soft') AND counted = 1 LIMIT 1",
        delivery_id
    );
    Ok(found.fetch_optional(&mut **transaction).await?.is_some())
}

/// A delivery was taken after all: what was refused of it before was only a delay.
pub(super) async fn forgive(transaction: &mut Transaction<'_, Sqlite>, delivery_id: i64) -> Result<()> {
    let delayed = sqlx::query!(
        "UPDATE bounce SET class = 'delayed', counted = 0 WHERE delivery_id = $1 AND class = 'soft' AND counted = 1",
        delivery_id
    );
    if delayed.execute(&mut **transaction).await?.rows_affected() > 0 {
        sqlx::query!(
            "UPDATE subscriber SET soft_bounces = max(soft_bounces - 1, 0)
             WHERE id = (SELECT subscriber_id FROM delivery WHERE id = $1)",
            delivery_id
        )
        .execute(&mut **transaction)
        .await?;
    }
    Ok(())
}

async fn record(
    transaction: &mut Transaction<'_, Sqlite>,
    came: Return<'_>,
    soft_limit: u32,
    now: Timestamp,
) -> Result<RecordedReturn> {
    let Return { way, proof, reports, .. } = came;
    let reader = match (proof, proof.and_then(Proof::delivery)) {
        (_, Some(id)) => reader_of(transaction, id).await?,
        (Some(Proof::Subscription(id)), None) => subscriber_of(transaction, id).await?,
        _ => None,
    };
    let written_to = reader.as_ref().and_then(|reader| reader.written_to);
    let is_late = written_to.is_some_and(|at| at < (now - SignedDuration::from_hours(24 * PROVED_DAYS)).as_second());
    let counted = match (proof, &reader, decisive(reports)) {
        (Some(Proof::Named(delivery)), Some(reader), Some(class @ (Class::Hard | Class::Soft))) if !is_late => {
            count_named(transaction, delivery, reader.id, class, soft_limit, now).await?;
            true
        }
        (Some(Proof::Delivery(delivery) | Proof::Told { delivery, .. }), Some(reader), Some(class)) if !is_late => {
            count(transaction, delivery, reader.id, class, soft_limit, now).await?;
            true
        }
        // As if its link had been followed, and no more.
        (Some(Proof::Subscription(subscription)), Some(_), Some(Class::Complaint)) => {
            leave(transaction, subscription, now).await?;
            true
        }
        _ => false,
    };
    if reports.is_empty() {
        ways::note(transaction, way, "other", now).await?;
    }
    let most = if proof.is_some() { reports.len() } else { keep::UNPROVED_OF_A_MESSAGE };
    for report in reports.iter().take(most) {
        insert(transaction, came, reader.as_ref(), report, counted && report.counts, now).await?;
        ways::note(transaction, way, report.class.as_str(), now).await?;
    }
    Ok(RecordedReturn { reader: reader.map(|reader| reader.email), counted, is_late, is_known: false })
}

/// Who got this delivery, if the person is still known by the address that it went to.
async fn reader_of(transaction: &mut Transaction<'_, Sqlite>, delivery_id: i64) -> Result<Option<Reader>> {
    Ok(sqlx::query_as!(
        Reader,
        r#"SELECT subscriber.id AS "id!", subscriber.email,
                  coalesce(tried_since, delivery.created_at) AS "written_to?: i64"
           FROM delivery JOIN subscriber ON subscriber.id = subscriber_id AND subscriber.email = delivery.address
           WHERE delivery.id = $1"#,
        delivery_id
    )
    .fetch_optional(&mut **transaction)
    .await?)
}

async fn subscriber_of(transaction: &mut Transaction<'_, Sqlite>, subscription_id: i64) -> Result<Option<Reader>> {
    Ok(sqlx::query_as!(
        Reader,
        r#"SELECT subscriber.id AS "id!", subscriber.email, NULL AS "written_to?: i64"
           FROM subscription JOIN subscriber ON subscriber.id = subscriber_id WHERE subscription.id = $1"#,
        subscription_id
    )
    .fetch_optional(&mut **transaction)
    .await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A store with a reader and three deliveries to her, all sent.
    async fn store(folder: &std::path::Path) -> Store {
        let store = Store::create(&folder.join("kalends.db")).await.unwrap();
        sqlx::raw_sql(
            "INSERT INTO subscriber (email, email_key, name, topics, created_at)
             VALUES ('Ada@example.com', 'ada@example.com', '', '[]', 0);
             INSERT INTO mail (subject, text, html) VALUES ('', '', '');
             INSERT INTO delivery (mail_id, subscriber_id, address, message_id, status, created_at)
             VALUES (1, 1, 'Ada@example.com', 'a', 'failed', unixepoch()),
                    (1, 1, 'Ada@example.com', 'b', 'failed', unixepoch()),
                    (1, 1, 'old@example.com', 'c', 'failed', unixepoch())",
        )
        .execute(&store.write)
        .await
        .unwrap();
        store
    }

    async fn reject(store: &Store, delivery: i64, reply: &str) -> (Option<String>, i64) {
        let mut transaction = store.begin().await.unwrap();
        count_rejection(&mut transaction, delivery, reply, 2, store.now()).await.unwrap();
        transaction.commit().await.unwrap();
        let state = sqlx::query_as("SELECT suppressed, soft_bounces FROM subscriber").fetch_one(&store.write);
        state.await.unwrap()
    }

    #[tokio::test]
    async fn a_refusal_at_hand_over_counts_as_if_it_had_come_back() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(folder.path()).await;
        assert_eq!(reject(&store, 1, "552 5.2.2 mailbox full").await, (None, 1));
        assert_eq!(reject(&store, 1, "552 5.2.2 mailbox full").await, (None, 1));
        // It went to an address that she no longer has.
        assert_eq!(reject(&store, 3, "550 5.1.1 no such user").await, (None, 1));
        // It is about us, whatever follows.
        assert_eq!(reject(&store, 2, "550 5.7.1 spam").await, (None, 1));
        assert_eq!(reject(&store, 2, "550 Your host does not exist").await, (None, 1));
        let kept = store.bounces(Some(Class::Soft), Stretch::default()).await.unwrap();
        assert_eq!(kept.len(), 4);
        assert!(kept[1].verified && !kept[1].counted && kept[1].status.as_deref() == Some("5.7.1"), "{kept:?}");
        // What did not count is in nobody's way.
        assert_eq!(reject(&store, 2, "552 5.2.2 mailbox full").await, (Some("bounced".into()), 2));
    }

    const GONE: &str = "550 5.1.1 no such user";

    async fn named(store: &Store, delivery: i64, key: Option<&[u8]>) -> (RecordedReturn, Option<String>, i64) {
        let reports = &[Report::of_reply(GONE)];
        let came = Return { way: Way::Mailbox, proof: Some(Proof::Named(delivery)), reports, key, message: b"" };
        let recorded = store.record_bounces(came, 5).await.unwrap().unwrap();
        let state = sqlx::query_as("SELECT suppressed, soft_bounces FROM subscriber").fetch_one(&store.write);
        let (suppressed, soft_bounces) = state.await.unwrap();
        (recorded, suppressed, soft_bounces)
    }

    #[tokio::test]
    async fn what_only_names_a_mail_is_soft_until_another_edition_comes_back_as_hard() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(folder.path()).await;
        sqlx::raw_sql(
            "INSERT INTO digest (slug, schedule, paused) VALUES ('weekly', '', 0);
             INSERT INTO edition (digest_id, number, scheduled_for, composed_at, history_head, candidates)
             VALUES (1, 1, 1, 0, 0, 1), (1, 2, 2, 0, 0, 1);
             UPDATE delivery SET edition_id = id, status = 'sent' WHERE id < 3",
        )
        .execute(&store.write)
        .await
        .unwrap();
        // However often one mail is said to have come back, it is one.
        for _ in 0..15 {
            let (recorded, suppressed, soft_bounces) = named(&store, 1, None).await;
            assert!(recorded.counted && suppressed.is_none() && soft_bounces == 1, "{recorded:?} {suppressed:?}");
        }
        let kept = store.bounces(None, Stretch::default()).await.unwrap();
        assert_eq!(kept.len(), 10, "no more is kept of one mail");
        let first = &kept[0];
        assert!(
            !first.verified && first.counted && first.class == Class::Hard && first.delivery == Some(1),
            "{first:?}"
        );
        assert_eq!((first.proof, first.way), (Some(KnownBy::MessageId), Some(Way::Mailbox)));
        // A complaint that nobody proves is none.
        let complaint = Report { class: Class::Complaint, ..Report::of_reply(GONE) };
        let came =
            Return { way: Way::Mailbox, proof: Some(Proof::Named(2)), reports: &[complaint], key: None, message: b"" };
        assert!(!store.record_bounces(came, 5).await.unwrap().unwrap().counted);
        assert_eq!(named(&store, 2, None).await.1.as_deref(), Some("bounced"));
    }

    #[tokio::test]
    async fn the_same_report_counts_once_and_each_way_says_when_something_last_came() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(folder.path()).await;
        assert!(!named(&store, 1, Some(b"report 7")).await.0.is_known);
        let (again, _, soft_bounces) = named(&store, 2, Some(b"report 7")).await;
        assert!(again.is_known && !again.counted && soft_bounces == 1, "{again:?}");
        assert_eq!(store.bounces(None, Stretch::default()).await.unwrap().len(), 1);
        let [came] = &store.ways().await.unwrap()[..] else { panic!("one way") };
        assert_eq!((came.way, came.what.as_str(), came.number), (Way::Mailbox, "hard", 1));
        // Who sends it again after so long sends another.
        sqlx::raw_sql("UPDATE seen_report SET at = at - 41 * 86400").execute(&store.write).await.unwrap();
        assert_eq!(store.clear_seen_reports().await.unwrap(), 1);
        assert!(!named(&store, 2, Some(b"report 7")).await.0.is_known);
    }

    #[tokio::test]
    async fn only_what_counted_is_forgiven() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(folder.path()).await;
        reject(&store, 1, "552 5.2.2 mailbox full").await;
        assert_eq!(reject(&store, 2, "550 5.7.1 spam").await, (None, 1));
        for (delivery, is_told, soft_bounces) in [(2, false, 1), (1, true, 0)] {
            let mut transaction = store.begin().await.unwrap();
            assert_eq!(is_counted(&mut transaction, delivery).await.unwrap(), is_told);
            forgive(&mut transaction, delivery).await.unwrap();
            assert!(!is_counted(&mut transaction, delivery).await.unwrap());
            transaction.commit().await.unwrap();
            let left: i64 =
                sqlx::query_scalar("SELECT soft_bounces FROM subscriber").fetch_one(&store.write).await.unwrap();
            assert_eq!(left, soft_bounces);
        }
    }
}
