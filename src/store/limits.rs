//! How many mails may be asked for that nobody has yet said yes to, so that no form fills a stranger's mailbox.

use jiff::{SignedDuration, Timestamp};
use sqlx::{Sqlite, Transaction};

use super::{Result, Store};
use crate::domain::network::Network;

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);
const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// Confirmations and links to one address.
const TO_AN_ADDRESS: [(i64, SignedDuration); 2] = [(3, HOUR), (10, DAY)];
/// Sign-ups from one network: a room full of people may share it.
const FROM_A_NETWORK: [(i64, SignedDuration); 2] = [(10, HOUR), (50, DAY)];
/// Sign-ups from anywhere. It keeps many machines together from spending the sender's good name; whoever is turned
/// away may try again in a minute.
const FROM_ANYWHERE: (i64, SignedDuration) = (60, MINUTE);

/// What there was too much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Mails to this address.
    Address,
    /// Sign-ups from the same network.
    Network,
    /// Sign-ups at all.
    Anywhere,
}

/// Whether the address got as many mails as may be asked for. One that is suppressed gets a single one more: it may
/// work again.
pub(super) async fn limit_of_address(
    transaction: &mut Transaction<'_, Sqlite>,
    subscriber_id: i64,
    now: Timestamp,
) -> Result<Option<Limit>> {
    for (most, within) in TO_AN_ADDRESS {
        let since = (now - within).as_second();
        let sent = sqlx::query_scalar!(
            "SELECT count(*) FROM delivery WHERE subscriber_id = $1 AND edition_id IS NULL AND created_at > $2",
            subscriber_id,
            since
        )
        .fetch_one(&mut **transaction)
        .await?;
        if sent >= most {
            return Ok(Some(Limit::Address));
        }
    }
    let since_suppressed = sqlx::query_scalar!(
        "SELECT count(*) FROM delivery JOIN subscriber ON subscriber.id = subscriber_id
         WHERE subscriber_id = $1 AND edition_id IS NULL AND delivery.created_at >= suppressed_at",
        subscriber_id
    )
    .fetch_one(&mut **transaction)
    .await?;
    Ok((since_suppressed > 0).then_some(Limit::Address))
}

/// Whether as many sign-ups came by the form as may, from this network or at all.
pub(super) async fn limit_of_form(
    transaction: &mut Transaction<'_, Sqlite>,
    network: Network,
    now: Timestamp,
) -> Result<Option<Limit>> {
    let (most, within) = FROM_ANYWHERE;
    let since = (now - within).as_second();
    let all = sqlx::query_scalar!("SELECT count(*) FROM sign_up WHERE network IS NOT NULL AND created_at > $1", since)
        .fetch_one(&mut **transaction)
        .await?;
    if all >= most {
        return Ok(Some(Limit::Anywhere));
    }
    // Behind a proxy that does not tell, all the world comes from one place.
    if network == Network::Own {
        return Ok(None);
    }
    let network = network.to_string();
    for (most, within) in FROM_A_NETWORK {
        let since = (now - within).as_second();
        let from_there =
            sqlx::query_scalar!("SELECT count(*) FROM sign_up WHERE network = $1 AND created_at > $2", network, since)
                .fetch_one(&mut **transaction)
                .await?;
        if from_there >= most {
            return Ok(Some(Limit::Network));
        }
    }
    Ok(None)
}

impl Store {
    /// Forgets where sign-ups came from that no limit counts any more.
    pub async fn forget_networks(&self) -> Result<()> {
        let before = (self.now() - DAY).as_second();
        sqlx::query!("UPDATE sign_up SET network = NULL WHERE network IS NOT NULL AND created_at <= $1", before)
            .execute(&self.write)
            .await?;
        Ok(())
    }
}
