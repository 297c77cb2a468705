//! How people come to the office by somebody else's hand: with the consent they gave elsewhere, or to be asked for it.

use jiff::Timestamp;

use super::{Error, Office, Result};
use crate::domain::actor::Actor;
use crate::domain::address::EmailAddress;
use crate::domain::refused::{Noun, Refused};
use crate::domain::subscriber::{
    Consent, Edited, EditedSubscriber, NewSubscriber, Subscriber, SubscriberEdit, consented,
};
use crate::domain::{FieldError, Invalid, text};
use crate::store::{Joining, Recorded, SignUp, WishOutcome};

/// How the consent of somebody who is added came about.
#[derive(Debug, Clone)]
pub enum Agreed {
    /// It is yet to: a mail asks.
    NotYet,
    /// Elsewhere: when, if not now, and how, for the record.
    Elsewhere { at: Option<Timestamp>, note: Option<String> },
}

impl Agreed {
    /// As somebody else's program tells it: when and how, or nothing of it.
    pub fn told(at: Option<Timestamp>, note: Option<&str>) -> std::result::Result<Self, FieldError> {
        let note = note.map(text::single_line);
        match (at, note) {
            (None, None) => Ok(Self::NotYet),
            (Some(at), Some(note)) if !note.is_empty() => {
                text::at_most("note", &note, 1000).map_err(FieldError::of("consent_note"))?;
                Ok(Self::Elsewhere { at: Some(at), note: Some(note) })
            }
            (Some(_), _) => {
                Err(FieldError::of("consent_note")(Invalid::new("say how they agreed: it belongs to a consent")))
            }
            (None, Some(_)) => {
                Err(FieldError::of("consent_at")(Invalid::new("say when they agreed: it belongs to a consent")))
            }
        }
    }
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

impl Office {
    /// Adds somebody, to every digest if none is named; or to what is known of them all that is said, and takes nothing
    /// from it. A mail asks about digests that there is no consent for.
    pub async fn add_subscriber(&self, by: &Actor, wish: NewSubscriber, agreed: Agreed) -> Result<Added> {
        self.expect_digests(&wish.digests)?;
        match self.known(&wish.email).await? {
            Some(known) => self.add_to(by, wish, &known, agreed).await,
            None => self.add_new(by, wish, agreed, false).await,
        }
    }

    /// Makes somebody be as `edit` says: adds them as a wish does, or changes what it names. Digests are only ever
    /// added. Where there is no consent a mail asks about those that were never spoken of with them: whoever says the same
    /// every night mails nobody twice, and brings nobody back who left or was forgotten.
    pub async fn put_subscriber(
        &self,
        by: &Actor,
        email: &EmailAddress,
        edit: &SubscriberEdit,
        agreed: Agreed,
    ) -> Result<Added> {
        self.expect_digests(&edit.digests.add)?;
        let Some(known) = self.known(email).await? else {
            return self.add_new(by, edit.of_new(email.clone()), agreed, true).await;
        };
        let edited = match agreed {
            Agreed::NotYet => {
                let decide = |known: &Subscriber| {
                    let mut decided = known.edited(edit)?;
                    decided.joins.retain(|slug| known.is_new_to(slug));
                    Ok(decided)
                };
                self.edit(by, &known, true, decide).await?
            }
            Agreed::Elsewhere { at, note } => self.record(by, email, (at, note), |known| known.edited(edit)).await?,
        };
        Ok(Added { edited, was_known: true, kept: Vec::new() })
    }

    pub(super) async fn known(&self, email: &EmailAddress) -> Result<Option<Subscriber>> {
        match self.store.subscriber(email).await.map_err(Error::from) {
            Ok(known) => Ok(Some(known)),
            Err(Error::Refused(refused)) if refused.is_missing(Noun::Subscriber) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn add_new(&self, by: &Actor, wish: NewSubscriber, agreed: Agreed, only_once: bool) -> Result<Added> {
        let wish = self.with_digests(wish)?;
        let (answer, is_asked) = match agreed {
            Agreed::Elsewhere { at, note } => {
                let (at, note) = self.consent(by, at, note)?;
                (self.store.record_consent(by, Recorded { wish: wish.clone(), at, note }).await?, false)
            }
            Agreed::NotYet => (self.ask(by, &wish, only_once).await?, true),
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
            Agreed::Elsewhere { at, note } => self.record(by, &wish.email, (at, note), decide).await?,
            Agreed::NotYet => self.edit(by, known, false, decide).await?,
        };
        let kept = kept(&wish, &edited.subscriber);
        Ok(Added { edited, was_known: true, kept })
    }

    /// Takes somebody who is known to digests that they agreed to elsewhere.
    async fn record(
        &self,
        by: &Actor,
        email: &EmailAddress,
        (at, note): (Option<Timestamp>, Option<String>),
        decide: impl FnOnce(&Subscriber) -> std::result::Result<EditedSubscriber, Refused>,
    ) -> Result<Edited> {
        let (at, note) = self.consent(by, at, note)?;
        let joining = Joining::Recorded { at, note: &note };
        Ok(self.store.edit_subscriber(by, email, joining, decide).await?)
    }

    /// When somebody agreed, and how, as it is kept.
    fn consent(&self, by: &Actor, at: Option<Timestamp>, note: Option<String>) -> Result<(Timestamp, String)> {
        let now = self.store.now();
        let at = at.map_or(Ok(now), |at| consented(at, now))?;
        Ok((at, note.unwrap_or_else(|| format!("recorded {}", origin(by)))))
    }

    async fn ask(&self, by: &Actor, wish: &NewSubscriber, only_once: bool) -> Result<WishOutcome> {
        let letter = self.confirmation(wish.locale.as_deref(), &wish.digests);
        let (origin, mail_domain) = (origin(by), self.config.mail.from.address.domain());
        let sign_up = SignUp { wish, origin: &origin, network: None, only_once, letter: &letter, mail_domain };
        Ok(self.store.ask_for_consent(by, sign_up).await?)
    }
}

/// Where a wish came from, for the record of consent.
pub(super) fn origin(by: &Actor) -> String {
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
