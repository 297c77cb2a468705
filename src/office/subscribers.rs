//! People who get mail, as the office handles them: added, changed, left alone, forgotten.

use std::time::Duration;

use jiff::civil::Date;

use super::{Error, Office, Result};
use crate::config::TransportKind;
use crate::domain::actor::Actor;
use crate::domain::address::EmailAddress;
use crate::domain::copy::OwnCopy;
use crate::domain::edition::{Edition, EditionRef, Rendered};
use crate::domain::person;
use crate::domain::refused::{Noun, Refused};
use crate::domain::subscriber::{Consent, Edited, EditedSubscriber, NewSubscriber, Subscriber, SubscriberEdit};
use crate::domain::wording::Locale;
use crate::mail::{confirmation, files};
use crate::shape::person::Person;
use crate::shape::subscriber::Agreement;
use crate::store::{Copies, Joining, Recorded, SignUp, WishOutcome};

/// How the consent of somebody who is added came about.
#[derive(Debug, Clone)]
pub enum Agreed {
    /// It is yet to: a mail asks.
    NotYet,
    /// Elsewhere; how, for the record.
    Elsewhere(Option<String>),
}

/// Somebody after they were added.
#[derive(Debug, Clone)]
pub struct Added {
    pub edited: Edited,
    /// Whether they were known before; then nothing was taken from them.
    pub was_known: bool,
    /// What was said and is otherwise known, by its name in JSON: it stays.
    pub kept: Vec<&'static str>,
}

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

impl Office {
    /// All, in the order of their addresses.
    pub async fn subscribers(&self) -> Result<Vec<Subscriber>> {
        Ok(self.store.subscribers().await?)
    }

    pub async fn subscriber(&self, email: &EmailAddress) -> Result<Subscriber> {
        Ok(self.store.subscriber(email).await?)
    }

    /// Adds somebody, to every digest if none is named; or to what is known of them all that is said, and takes nothing
    /// from it. A mail asks about digests that there is no consent for.
    pub async fn add_subscriber(&self, by: &Actor, wish: NewSubscriber, agreed: Agreed) -> Result<Added> {
        self.expect_digests(&wish.digests)?;
        match self.store.subscriber(&wish.email).await.map_err(Error::from) {
            Ok(known) => self.add_to(by, wish, &known, agreed).await,
            Err(Error::Refused(refused)) if refused.is_missing(Noun::Subscriber) => {
                self.add_new(by, wish, agreed).await
            }
            Err(error) => Err(error),
        }
    }

    async fn add_new(&self, by: &Actor, wish: NewSubscriber, agreed: Agreed) -> Result<Added> {
        let wish = self.with_digests(wish)?;
        let (answer, is_asked) = match agreed {
            Agreed::Elsewhere(note) => {
                let note = note.unwrap_or_else(|| format!("recorded {}", origin(by)));
                let consent = Recorded { wish: wish.clone(), at: self.store.now(), note };
                (self.store.record_consent(by, consent).await?, false)
            }
            Agreed::NotYet => (self.ask(by, &wish).await?, true),
        };
        answer.refusal(&wish.email).map_or(Ok(()), Err)?;
        let subscriber = self.store.subscriber(&wish.email).await?;
        let (asked, joined) = if is_asked { (wish.digests, Vec::new()) } else { (Vec::new(), wish.digests) };
        let edited = Edited { subscriber, changes: Vec::new(), joined, asked, left: Vec::new() };
        Ok(Added { edited, was_known: false, kept: Vec::new() })
    }

    async fn add_to(&self, by: &Actor, wish: NewSubscriber, known: &Subscriber, agreed: Agreed) -> Result<Added> {
        let wish = match wish.digests.is_empty() {
            // Those they get, or asked for; or all, as for somebody new.
            true => {
                let live = known.subscriptions.iter().filter(|subscription| subscription.status != Consent::Left);
                let slugs = live.map(|subscription| subscription.digest.clone());
                let digests = slugs.filter(|slug| self.config.digest(slug).is_some()).collect();
                self.with_digests(NewSubscriber { digests, ..wish })?
            }
            false => wish,
        };
        let decide = |known: &Subscriber| known.edited(&SubscriberEdit::adding(&wish, known));
        let edited = match agreed {
            Agreed::Elsewhere(note) => {
                let note = note.unwrap_or_else(|| format!("recorded {}", origin(by)));
                let joining = Joining::Recorded { at: self.store.now(), note: &note };
                self.store.edit_subscriber(by, &wish.email, joining, decide).await?
            }
            Agreed::NotYet => self.edit(by, known, decide).await?,
        };
        let kept = kept(&wish, &edited.subscriber);
        Ok(Added { edited, was_known: true, kept })
    }

    /// Changes what is known of somebody; all of it, or nothing. A mail asks about digests that there is no consent for.
    pub async fn edit_subscriber(&self, by: &Actor, email: &EmailAddress, edit: &SubscriberEdit) -> Result<Edited> {
        if *edit == SubscriberEdit::default() {
            return Err(Refused::invalid("nothing is said that is to be changed").into());
        }
        // One that is left may be no more in the configuration.
        self.expect_digests(edit.digests.to.iter().flatten().chain(&edit.digests.add))?;
        let known = self.store.subscriber(email).await?;
        self.edit(by, &known, |known| known.edited(edit)).await
    }

    /// The mail that asks is made before the database is held: of whom it is not yet sure to be needed for.
    async fn edit(
        &self,
        by: &Actor,
        known: &Subscriber,
        decide: impl Fn(&Subscriber) -> std::result::Result<EditedSubscriber, Refused>,
    ) -> Result<Edited> {
        let decided = decide(known)?;
        let letter = match decided.joins.is_empty() {
            true => Rendered::default(),
            false => self.confirmation(decided.subscriber.locale.as_deref(), &decided.joins),
        };
        let origin = origin(by);
        let mail_domain = self.config.mail.from.address.domain();
        let joining = Joining::Asked { letter: &letter, origin: &origin, mail_domain };
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

    /// Deletes somebody; the outbox still shows what went to the address.
    pub async fn remove_subscriber(&self, by: &Actor, email: &EmailAddress) -> Result<()> {
        Ok(self.store.remove_subscriber(by, email).await?)
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
        let mut mails = self.remove_mails(email).await;
        if self.config.mail.transport == TransportKind::File {
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

    /// Lets mail go again to addresses that bounced or complained: for each, whether it did not. All of them are known, or
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
            Some(edition) => Some(self.store.edition(edition).await?),
            None => None,
        };
        let since = since.map(|date| self.zone().instant(date.at(0, 0, 0, 0)));
        let lifted = self.store.unsuppress_bounced(by, edition.as_ref().map(|edition| edition.id), since).await?;
        Ok((lifted, edition))
    }

    /// That these digests are configured.
    pub(super) fn expect_digests<'a>(&self, slugs: impl IntoIterator<Item = &'a String>) -> Result<()> {
        match slugs.into_iter().find(|slug| self.config.digest(slug).is_none()) {
            Some(unknown) => Err(Refused::not_found(Noun::Digest, unknown).into()),
            None => Ok(()),
        }
    }

    /// The wish with its digests: every digest if nothing is named.
    pub(super) fn with_digests(&self, mut wish: NewSubscriber) -> Result<NewSubscriber> {
        let digests = &self.config.digests;
        if digests.is_empty() {
            let said = "no digest is configured that one could subscribe to: add a [[digest]]";
            return Err(Refused::conflict(said).into());
        }
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

    async fn ask(&self, by: &Actor, wish: &NewSubscriber) -> Result<WishOutcome> {
        let letter = self.confirmation(wish.locale.as_deref(), &wish.digests);
        let (origin, mail_domain) = (origin(by), self.config.mail.from.address.domain());
        let sign_up = SignUp { wish, origin: &origin, network: None, only_once: false, letter: &letter, mail_domain };
        Ok(self.store.ask_for_consent(by, sign_up).await?)
    }
}

/// How long a mail may take that is being handed over while its reader is forgotten.
const SETTLES_WITHIN: Duration = Duration::from_secs(5);
const ASKED_EVERY: Duration = Duration::from_millis(50);

/// Where a wish came from, for the record of consent.
fn origin(by: &Actor) -> String {
    match by {
        Actor::Operator => "on the command line".to_owned(),
        other => format!("by {other}"),
    }
}

/// What a wish says and is known otherwise.
fn kept(wish: &NewSubscriber, known: &Subscriber) -> Vec<&'static str> {
    let differs = [
        ("name", wish.name.as_ref().is_some_and(|name| *name != known.name)),
        ("topics", wish.topics.as_ref().is_some_and(|topics| !topics.is_empty() && known.topics.is_empty())),
        ("kinds", wish.kinds.as_ref().is_some_and(|kinds| !kinds.is_empty() && known.kinds.is_empty())),
        ("timezone", wish.timezone.is_some() && wish.timezone != known.timezone),
        ("send_hour", wish.send_hour.is_some() && wish.send_hour != known.send_hour),
        ("locale", wish.locale.is_some() && wish.locale != known.locale),
    ];
    differs.into_iter().filter(|(_, differs)| *differs).map(|(field, _)| field).collect()
}
