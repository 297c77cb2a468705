//! Counts mails that nobody has yet said yes to, and wishes for them.

use jiff::{SignedDuration, Timestamp};
use sqlx::{Sqlite, Transaction};

use super::{Result, Store};
use crate::domain::address::EmailAddress;
use crate::domain::limits::{
    DAY, FROM_A_NETWORK, FROM_ANYWHERE, LONGEST_DELAY, Most, TO_A_DOMAIN, TO_A_MAILBOX, TO_AN_ADDRESS,
};
use crate::domain::network::Network;
use crate::domain::token::TokenKey;

/// What there was too much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Mails to this address.
    Address,
    /// Wishes from the same network.
    Network,
    /// Wishes at all.
    Anywhere,
}

/// Whether the address got as many mails as may be asked for. One that is suppressed gets a single one more: it may
/// work again.
pub(super) async fn limit_of_address(
    transaction: &mut Transaction<'_, Sqlite>,
    subscriber_id: i64,
    now: Timestamp,
) -> Result<Option<Limit>> {
    for Most { many, within } in TO_AN_ADDRESS {
        let since = (now - within).as_second();
        let sent = sqlx::query_scalar!(
            "SELECT count(*) FROM delivery WHERE subscriber_id = $1 AND lane = 0 AND created_at > $2",
            subscriber_id,
            since
        )
        .fetch_one(&mut **transaction)
        .await?;
        if sent >= many {
            return Ok(Some(Limit::Address));
        }
    }
    let since_suppressed = sqlx::query_scalar!(
        "SELECT count(*) FROM delivery JOIN subscriber ON subscriber.id = subscriber_id
         WHERE subscriber_id = $1 AND lane = 0 AND delivery.created_at >= suppressed_at",
        subscriber_id
    )
    .fetch_one(&mut **transaction)
    .await?;
    Ok((since_suppressed > 0).then_some(Limit::Address))
}

/// Counts a mail that a stranger asked for, and when it may go; or that its mailbox has had as many as it may.
pub(super) async fn count_mail(
    transaction: &mut Transaction<'_, Sqlite>,
    key: &TokenKey,
    to: &EmailAddress,
    now: Timestamp,
) -> Result<std::result::Result<Timestamp, Limit>> {
    let mailbox = key.fingerprint(&format!("mailbox {}", to.mailbox()));
    let domain = key.fingerprint(&format!("domain {}", to.domain().to_lowercase()));
    let at = now.as_second();
    let Most { many, within } = TO_A_MAILBOX;
    let since = (now - within).as_second();
    let sent = sqlx::query_scalar!("SELECT count(*) FROM asked_mail WHERE mailbox = $1 AND at > $2", mailbox, since)
        .fetch_one(&mut **transaction)
        .await?;
    if sent >= many {
        return Ok(Err(Limit::Address));
    }
    let Most { many: at_once, within } = TO_A_DOMAIN;
    let since = (now - within).as_second();
    let sent = sqlx::query_scalar!("SELECT count(*) FROM asked_mail WHERE domain = $1 AND at > $2", domain, since)
        .fetch_one(&mut **transaction)
        .await?;
    sqlx::query!("INSERT INTO asked_mail (at, mailbox, domain) VALUES ($1, $2, $3)", at, mailbox, domain)
        .execute(&mut **transaction)
        .await?;
    let delay = SignedDuration::from_mins((sent + 1 - at_once).clamp(0, LONGEST_DELAY.as_mins()));
    Ok(Ok(now + delay))
}

/// Lets a queued mail wait until its time.
pub(super) async fn put_off(transaction: &mut Transaction<'_, Sqlite>, mail_id: i64, until: Timestamp) -> Result<()> {
    let until = until.as_second();
    sqlx::query!("UPDATE delivery SET next_at = max(next_at, $2) WHERE mail_id = $1", mail_id, until)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

impl Store {
    /// Counts a wish that somebody be mailed to, whatever becomes of it: what is done for whom it is about must not show
    /// in how many more may come. Too many from its network or from anywhere are not looked at any further.
    pub(super) async fn count_wish(&self, network: Network) -> Result<Option<Limit>> {
        let now = self.now();
        let (at, network) = (now.as_second(), network.to_string());
        let mut transaction = self.begin().await?;
        let Most { many, within } = FROM_ANYWHERE;
        let since = (now - within).as_second();
        let all =
            sqlx::query_scalar!("SELECT count(*) FROM wish WHERE at > $1", since).fetch_one(&mut *transaction).await?;
        if all >= many {
            return Ok(Some(Limit::Anywhere));
        }
        for Most { many, within } in FROM_A_NETWORK {
            let since = (now - within).as_second();
            let from_there =
                sqlx::query_scalar!("SELECT count(*) FROM wish WHERE network = $1 AND at > $2", network, since)
                    .fetch_one(&mut *transaction)
                    .await?;
            if from_there >= many {
                return Ok(Some(Limit::Network));
            }
        }
        sqlx::query!("INSERT INTO wish (at, network) VALUES ($1, $2)", at, network).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(None)
    }

    /// How many wishes of the last day came from nobody knows where: by a proxy that does not tell, or contradicts another.
    pub async fn wishes_from_nowhere(&self) -> Result<i64> {
        let since = (self.now() - DAY).as_second();
        let (own, unclear) = (Network::Own.to_string(), Network::Unclear.to_string());
        let found =
            sqlx::query_scalar!("SELECT count(*) FROM wish WHERE at > $1 AND network IN ($2, $3)", since, own, unclear);
        Ok(found.fetch_one(&self.read).await?)
    }

    /// Forgets what no limit counts any more, and where sign-ups came from.
    pub async fn forget_networks(&self) -> Result<()> {
        let before = (self.now() - DAY).as_second();
        sqlx::query!("UPDATE sign_up SET network = NULL WHERE network IS NOT NULL AND created_at <= $1", before)
            .execute(&self.write)
            .await?;
        sqlx::query!("DELETE FROM wish WHERE at <= $1", before).execute(&self.write).await?;
        sqlx::query!("DELETE FROM asked_mail WHERE at <= $1", before).execute(&self.write).await?;
        Ok(())
    }
}
