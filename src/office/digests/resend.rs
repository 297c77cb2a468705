//! Sending an edition to one reader, once more or late.

use crate::digest::late::{Late, late, under_corrections};
use crate::domain::actor::Actor;
use crate::domain::address::EmailAddress;
use crate::domain::edition::{Edition, EditionRef, Hold};
use crate::domain::refused::{Noun, Refused};
use crate::domain::subscriber::{Consent, Subscriber};
use crate::office::digests::given_up;
use crate::office::{Office, Result};
use crate::shape::delivery::ResentRecord;
use crate::store::LateMail;

impl Office {
    /// Sends an edition to a reader who has confirmed its digest: what they got of it, once more, or else what it told, as
    /// things are now.
    pub async fn resend_edition(&self, by: &Actor, wanted: &EditionRef, to: &EmailAddress) -> Result<ResentRecord> {
        let edition = self.wanted_edition(wanted).await?;
        let digest = self.digest(&edition.digest)?;
        let reader = self.store.subscriber(to).await?;
        expect_reader(&reader, &edition)?;
        let name = edition.name();
        let refuse = |said: String| Refused::conflict(said).about(Noun::Edition, &name);
        match edition.hold {
            Hold::None => {}
            Hold::GivenUp(_) => return Err(given_up(&name).into()),
            Hold::Stopped(_) => return Err(refuse(format!("{name} is stopped: let it go on first, or drop it")).into()),
        }
        let had = self.store.had(&edition, reader.id).await?;
        let is_again = had.is_some();
        let (mail, history_head) = match had {
            Some(had) if !had.status.is_under_way() => {
                let locale =
                    reader.locale.as_deref().and_then(|tag| tag.parse().ok()).unwrap_or(self.config.site.locale);
                let mail = under_corrections(&self.store, &self.config, digest, &edition, locale, had.mail).await?;
                (mail, edition.history_head)
            }
            Some(had) => {
                let said = format!("the mail of {name} to {} is {} still: it goes by itself", reader.email, had.status);
                return Err(refuse(said).into());
            }
            None => {
                let choice = self.store.choice(&reader.email, &edition.digest).await?;
                let Late { mail, history_head } =
                    late(&self.store, &self.config, digest, &edition, &choice, false).await?;
                let nothing = || refuse(format!("{name} tells nothing that {} chose", reader.email));
                (mail.ok_or_else(nothing)?, history_head)
            }
        };
        let late = LateMail {
            edition: &edition,
            subscriber_id: reader.id,
            mail: Some(&mail),
            history_head,
            mail_domain: self.config.mail.from.address.domain(),
        };
        self.store.resend_edition(by, &late).await?;
        Ok(ResentRecord {
            edition: edition.id,
            digest: edition.digest,
            number: edition.number,
            to: reader.email.to_string(),
            again: is_again,
        })
    }
}

/// Nobody gets an edition who has not agreed to its digest.
fn expect_reader(reader: &Subscriber, edition: &Edition) -> std::result::Result<(), Refused> {
    let (email, digest) = (&reader.email, &edition.digest);
    let own = reader.subscriptions.iter().find(|own| own.digest == *digest);
    let said = match own.map(|own| own.status) {
        Some(Consent::Confirmed) if reader.suppression.is_some() => {
            format!("{email} bounced or complained: nothing is sent there")
        }
        Some(Consent::Confirmed) => return Ok(()),
        Some(Consent::Pending) => format!("{email} has yet to confirm {digest}"),
        Some(Consent::Left) => format!("{email} has left {digest}"),
        None => format!("{email} does not get {digest}"),
    };
    Err(Refused::conflict(said).about(Noun::Subscriber, email).in_field("to"))
}
