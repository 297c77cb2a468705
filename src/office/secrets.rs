//! The secret that the links in mails are sealed with.

use super::{Office, Result};
use crate::domain::actor::Actor;
use crate::shape::setup::SecretRecord;

impl Office {
    /// Makes a new one. If the old ones leaked, nothing that they sealed opens anything from now on.
    pub async fn renew_secret(&self, by: &Actor, is_leaked: bool) -> Result<SecretRecord> {
        let editors = if self.config.intake.address.is_some() { self.editors().await?.len() } else { 0 };
        let renewed = self.store.renew_secret(by, is_leaked).await?;
        Ok(SecretRecord {
            leaked: is_leaked,
            answers_until: renewed.answers_until,
            calendars: renewed.calendars,
            sign_ups: renewed.sign_ups,
            editors: editors as u64,
        })
    }
}
