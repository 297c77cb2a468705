//! What comes back: bounces, complaints, mails that unsubscribe.

use super::{Office, Result};
use crate::domain::bounce::{Bounce, Class, MESSAGE_LIMIT, Taken, Way};
use crate::domain::refused::Refused;
use crate::mail::bounce;
use crate::mail::returned::Returns;
use crate::store::Stretch;

/// The addresses that a message came to, the most telling first.
#[derive(Debug, Clone)]
pub enum Recipients {
    Known(Vec<String>),
    /// It may be one of these, or one that the message names as its own.
    Likely(Vec<String>),
}

impl Office {
    /// Takes one message to the bounce address, which came by this way; `sender` is the envelope sender where it is known, empty if there was none.
    pub async fn take_return(
        &self,
        way: Way,
        recipients: Recipients,
        sender: Option<&str>,
        message: &[u8],
    ) -> Result<Vec<Taken>> {
        let recipients = match recipients {
            Recipients::Known(known) => known,
            Recipients::Likely(likely) => [likely, bounce::recipients(message)].concat(),
        };
        let message = &message[..message.len().min(MESSAGE_LIMIT)];
        let returns = Returns::new(self.store.clone(), &self.config).await?;
        let taken = returns.take(way, &recipients, sender, message).await?;
        Ok(taken.ok_or_else(|| {
            let said = "too much came back within the hour that proves nothing: this was not kept, give it again later";
            Refused::busy(said)
        })?)
    }

    /// What came back, or what of it is of this class; the newest first.
    pub async fn bounces(&self, class: Option<Class>, stretch: Stretch) -> Result<Vec<Bounce>> {
        Ok(self.store.bounces(class, stretch).await?)
    }

    /// One report, with its message if that was kept.
    pub async fn bounce(&self, id: i64) -> Result<(Bounce, Option<Vec<u8>>)> {
        Ok(self.store.bounce(id).await?)
    }
}
