//! People who get mail, as the office handles them: added, changed, left alone, forgotten.

use std::collections::HashSet;
use std::time::Duration;

use jiff::civil::Date;

use super::joining::origin;
use super::{Office, Result};
use crate::config::TransportKind;
use crate::domain::actor::Actor;
use crate::domain::address::EmailAddress;
use crate::domain::copy::OwnCopy;
use crate::domain::edition::{Edition, EditionRef, Rendered};
use crate::domain::person;
use crate::domain::refused::{Noun, Refused};
use crate::domain::subscriber::{
    Edited, EditedSubscriber, NewSubscriber, Subscriber, SubscriberEdit, SubscriberFilter,
};
use crate::domain::wording::Locale;
use crate::mail::{confirmation, files};
use crate::shape::person::{ForgottenRecord, Person};
use crate::shape::setup::CopyRecord;
use crate::shape::subscriber::Agreement;
use crate::store::{Copies, Joining};

/// All who agreed to get mail, to move house.
#[derive(Debug)]
pub struct Agreements {
    pub rows: Vec<Agreement>,
    /// People left out, since they are not subscribed now,
    pub unsubscribed: usize,
    /// or since nothing may be sent to them.
    pub suppressed: usize,
}

/// What became of the wish to be forgotten.
#[derive(Debug, Clone)]
pub struct Forgotten {
    pub was_known: bool,
    /// Deliveries whose address was erased.
    pub deliveries: u64,
    /// Mails in the folder of files that are gone.
    pub mails: usize,
    /// False if a program that was reading, or a full disk, kept the database's files from being cleared.
    pub is_scrubbed: bool,
    /// Why that folder could not be cleared, if so.
    pub outbox: Option<String>,
    /// Whether the configuration still names the address as the operator's, and so do the database and the mails to come.
    pub is_operator: bool,
    /// Copies of the database that still hold the person, or why they can't be told.
    pub copies: std::result::Result<Vec<OwnCopy>, String>,
}

impl Forgotten {
    /// The same for programs.
    pub fn record(&self) -> ForgottenRecord {
        let copies = self.copies.as_ref().ok();
        ForgottenRecord {
            was_known: self.was_known,
            deliveries: self.deliveries,
            mails: self.mails,
            copies: copies.map(|copies| copies.iter().cloned().map(CopyRecord::from).collect()),
            is_scrubbed: self.is_scrubbed,
            is_outbox_cleared: self.outbox.is_none(),
            is_operator: self.is_operator,
        }
    }
}

impl Office {
    /// All, in the order of their addresses.
    pub async fn subscribers(&self) -> Result<Vec<Subscriber>> {
        Ok(self.store.subscribers().await?)
    }

    /// The first so many behind an id, by their ids.
    pub async fn subscribers_after(
        &self,
        filter: &SubscriberFilter,
        after: i64,
        limit: usize,
    ) -> Result<Vec<Subscriber>> {
        Ok(self.store.subscribers_after(filter, after, limit).await?)
    }

    pub async fn subscriber(&self, email: &EmailAddress) -> Result<Subscriber> {
        Ok(self.store.subscriber(email).await?)
    }

    /// By the id of their row.
    pub async fn subscriber_by_id(&self, id: i64) -> Result<Subscriber> {
        let found = self.store.subscriber_by_id(id).await?;
        found.ok_or_else(|| Refused::not_found(Noun::Subscriber, id).into())
    }

    /// Changes what is known of somebody; all of it, or nothing. A mail asks about digests that there is no consent for.
    /// `expect` may refuse it, of them as they are.
    pub async fn edit_subscriber(
        &self,
        by: &Actor,
        email: &EmailAddress,
        edit: &SubscriberEdit,
        expect: impl Fn(&Subscriber) -> std::result::Result<(), Refused>,
    ) -> Result<Edited> {
        if *edit == SubscriberEdit::default() {
            return Err(Refused::invalid(
                "nothing is said that is to be changed: give a name, a topic, a digest, a zone or the like",
            )
            .into());
        }
        // One that is left may be no more in the configuration.
        self.expect_digests(edit.digests.to.iter().flatten().chain(&edit.digests.add))?;
        let known = self.store.subscriber(email).await?;
        let decide = |known: &Subscriber| {
            expect(known)?;
            known.edited(edit)
        };
        self.edit(by, &known, false, decide).await
    }

    /// The mail that asks is made before the database is held: of whom it is not yet sure to be needed for. With
    /// `only_once`, nobody is asked who was asked before.
    pub(super) async fn edit(
        &self,
        by: &Actor,
        known: &Subscriber,
        only_once: bool,
        decide: impl Fn(&Subscriber) -> std::result::Result<EditedSubscriber, Refused>,
    ) -> Result<Edited> {
        let decided = decide(known)?;
        let letter = match decided.joins.is_empty() {
            true => Rendered::default(),
            false => self.confirmation(decided.subscriber.locale.as_deref(), &decided.joins),
        };
        let origin = origin(by);
        let mail_domain = self.config.mail.from.address.domain();
        let joining = Joining::Asked { letter: &letter, origin: &origin, mail_domain, only_once };
        // What the mail is about is what is asked, whatever was changed meanwhile.
        let joins = decided.joins;
        let decide = |known: &Subscriber| {
            let mut decided = decide(known)?;
            decided.joins.retain(|slug| joins.contains(slug));
            Ok(decided)
        };
        Ok(self.store.edit_subscriber(by, &known.email, joining, decide).await?)
    }

    /// The address of somebody's own calendar, made if they have none; or another, so that the one there was is gone.
    pub async fn subscriber_calendar(&self, by: &Actor, email: &EmailAddress, is_other: bool) -> Result<String> {
        let calendar = self.store.renew_personal_calendar(by, email, is_other).await?;
        Ok(self.config.site.links().own_calendar(&self.key, calendar))
    }

    /// Takes that address back; false if there was none.
    pub async fn revoke_subscriber_calendar(&self, by: &Actor, email: &EmailAddress) -> Result<bool> {
        Ok(self.store.revoke_personal_calendar(by, email).await?)
    }

    /// Deletes somebody; the outbox still shows what went to the address. `expect` may refuse it, of them as they are.
    pub async fn remove_subscriber(
        &self,
        by: &Actor,
        email: &EmailAddress,
        expect: impl FnOnce(&Subscriber) -> std::result::Result<(), Refused>,
    ) -> Result<()> {
        Ok(self.store.remove_subscriber(by, email, expect).await?)
    }

    /// All that is kept of the person behind an address, also of what is left of one who was removed.
    pub async fn person(&self, email: &EmailAddress) -> Result<Person> {
        let known = self.store.record_of_address(email).await?;
        Ok(self.shaped(known))
    }

    pub(super) fn shaped(&self, known: person::Person) -> Person {
        Person::of(known, |calendar| self.config.site.links().own_calendar(&self.key, calendar))
    }

    /// All who agreed. Who has yet to confirm would be asked again by another office, and whom nothing may be sent to
    /// would get mail from it: both stay out.
    pub async fn agreements(&self) -> Result<Agreements> {
        let all = self.store.subscribers().await?;
        let (held, open): (Vec<_>, Vec<_>) = all.iter().partition(|person| person.suppression.is_some());
        let agreed: Vec<_> = open.iter().map(|person| Agreement::all_of(person)).collect();
        let unsubscribed = agreed.iter().filter(|rows| rows.is_empty()).count();
        Ok(Agreements { rows: agreed.into_iter().flatten().collect(), unsubscribed, suppressed: held.len() })
    }

    /// Erases all that is kept of a person, in the database and among the mails that were written to files, but for a
    /// keyed hash of the address: no import can bring them back.
    pub async fn forget(&self, by: &Actor, email: &EmailAddress) -> Result<Forgotten> {
        let forgotten = self.store.forget(by, email).await?;
        let is_rehearsal = self.store.is_rehearsal();
        let mut mails = if is_rehearsal { Ok(0) } else { self.remove_mails(email).await };
        if !is_rehearsal && self.config.mail.transport == TransportKind::File {
            // A mail that is being written now was taken in hand before.
            for _ in 0..SETTLES_WITHIN.as_millis() / ASKED_EVERY.as_millis() {
                if !self.store.is_nobody_on_the_wire().await? {
                    break;
                }
                tokio::time::sleep(ASKED_EVERY).await;
            }
            if let Ok(some) = mails {
                mails = self.remove_mails(email).await.map(|more| some + more);
            }
        }
        let (mails, outbox) = match mails {
            Ok(mails) => (mails, None),
            Err(error) => {
                tracing::warn!(%error, "the folder of mails could not be cleared of who is forgotten");
                (0, Some(error.to_string()))
            }
        };
        let was_known = forgotten.was_known || mails > 0;
        let copies = Copies::of(self.store.path(), self.config.backup.policy()).holding(email).await;
        Ok(Forgotten {
            was_known,
            deliveries: forgotten.deliveries,
            mails,
            is_scrubbed: forgotten.is_scrubbed,
            outbox,
            is_operator: self.config.operator.address.as_ref().is_some_and(|operator| operator.key() == email.key()),
            copies: copies.map_err(|error| error.to_string()),
        })
    }

    async fn remove_mails(&self, email: &EmailAddress) -> std::io::Result<usize> {
        let (folder, email) = (self.config.mail.outbox.clone(), email.clone());
        let removed = tokio::task::spawn_blocking(move || files::forget(&folder, &email)).await;
        removed.map_err(std::io::Error::other)?
    }

    /// Sends nothing more to these addresses, until that is lifted or they ask for it themselves: for each, whether nothing was
    /// sent already. All of them are known, or nothing is changed.
    pub async fn suppress(&self, by: &Actor, emails: &[EmailAddress]) -> Result<Vec<bool>> {
        Ok(self.store.suppress(by, emails).await?)
    }

    /// Lets mail go again to addresses from which it is kept: for each, whether it did not. All of them are known, or
    /// nothing is changed.
    pub async fn unsuppress(&self, by: &Actor, emails: &[EmailAddress]) -> Result<Vec<bool>> {
        Ok(self.store.unsuppress(by, emails).await?)
    }

    /// The same for all who bounced by a mail of this edition, and on this date or since.
    pub async fn unsuppress_bounced(
        &self,
        by: &Actor,
        edition: Option<&EditionRef>,
        since: Option<Date>,
    ) -> Result<(Vec<EmailAddress>, Option<Edition>)> {
        let edition = match edition {
            Some(edition) => Some(self.wanted_edition(edition).await?),
            None => None,
        };
        let since = since.map(|date| self.zone().instant(date.at(0, 0, 0, 0)));
        let lifted = self.store.unsuppress_bounced(by, edition.as_ref().map(|edition| edition.id), since).await?;
        Ok((lifted, edition))
    }

    /// That these digests are configured.
    pub(super) fn expect_digests<'a>(&self, slugs: impl IntoIterator<Item = &'a String>) -> Result<()> {
        match slugs.into_iter().find(|slug| self.config.digest(slug).is_none()) {
            Some(unknown) => Err(self.no_digest(unknown).into()),
            None => Ok(()),
        }
    }

    /// The wish with its digests, each once: every digest if nothing is named.
    pub(super) fn with_digests(&self, mut wish: NewSubscriber) -> Result<NewSubscriber> {
        let digests = &self.config.digests;
        if digests.is_empty() {
            let said = "no digest is configured that one could subscribe to: add a [[digest]]";
            return Err(Refused::conflict(said).into());
        }
        let mut seen = HashSet::new();
        wish.digests.retain(|slug| seen.insert(slug.clone()));
        if wish.digests.is_empty() {
            wish.digests = digests.iter().map(|digest| digest.slug.as_str().to_owned()).collect();
        }
        Ok(wish)
    }

    /// The mail that asks about these digests, in the reader's language or the site's.
    pub(super) fn confirmation(&self, locale: Option<&str>, digests: &[String]) -> Rendered {
        let locale: Option<Locale> = locale.and_then(|tag| tag.parse().ok());
        confirmation::letter(&self.config, &self.store, locale.unwrap_or(self.config.site.locale), digests)
    }
}

/// How long a mail may take that is being handed over while its reader is forgotten.
const SETTLES_WITHIN: Duration = Duration::from_secs(5);
const ASKED_EVERY: Duration = Duration::from_millis(50);
