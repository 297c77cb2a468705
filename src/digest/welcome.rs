//! The newest edition for who has just confirmed.

use super::Error;
use super::late::{Late, late};
use crate::config::Config;
use crate::domain::edition::Hold;
use crate::store::{LateMail, Store, Welcome};

/// So many are looked at before others have their turn.
const AT_ONCE: i64 = 100;

/// Queues for each who is owed it the newest edition of their digest, as things are now; whether there may be more.
pub async fn welcome(store: &Store, config: &Config) -> Result<bool, Error> {
    let owed = store.welcomes(AT_ONCE).await?;
    let mut failed = None;
    for welcome in &owed {
        // One that fails holds up no other.
        if let Err(error) = welcome_one(store, config, welcome).await {
            failed = failed.or(Some(error));
        }
    }
    failed.map_or(Ok(!owed.is_empty()), Err)
}

async fn welcome_one(store: &Store, config: &Config, welcome: &Welcome) -> Result<(), Error> {
    let slug = &welcome.digest;
    let digest = config.digest(slug).filter(|digest| digest.welcome);
    let newest = match digest {
        Some(_) => store.last_edition(slug).await?,
        None => None,
    };
    // The first edition is still to come, or the newest waits for somebody's word: then the next one is their first.
    let Some((digest, edition)) = digest.zip(newest) else { return Ok(store.owe_no_welcome(welcome).await?) };
    if edition.hold != Hold::None {
        return Ok(store.owe_no_welcome(welcome).await?);
    }
    let choice = store.choice(&welcome.email, slug).await?;
    let Late { mail, history_head } = late(store, config, digest, &edition, &choice, true).await?;
    let mail = LateMail {
        edition: &edition,
        subscriber_id: welcome.subscriber_id,
        mail: mail.as_ref(),
        history_head,
        mail_domain: config.mail.from.address.domain(),
    };
    if store.welcome(welcome, &mail).await? {
        tracing::info!(digest = slug, edition = %edition.name(), "a new reader gets the newest edition");
    }
    Ok(())
}
