//! What readers do for themselves: they sign up, confirm, choose, leave. Who follows a link is whom it was mailed to, so
//! that the actor is always the reader.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use super::{Error, Office, Result};
use crate::digest::moments::Moments;
use crate::domain::actor::Actor;
use crate::domain::address::EmailAddress;
use crate::domain::archive::ArchiveEntry;
use crate::domain::edition::Rendered;
use crate::domain::filter::{EventFilter, Wanted};
use crate::domain::network::Network;
use crate::domain::subscriber::{NewSubscriber, Subscriber};
use crate::domain::text::fold_case;
use crate::domain::token::{Claim, Purpose, TokenError};
use crate::domain::wording::Locale;
use crate::mail::own_link::{self, Asked};
use crate::office::subscribers::Forgotten;
use crate::shape::person::Person;
use crate::store::{
    AskedFor, ChangedChoices, Choices, LinkRequest, PersonalCalendar, SignUp, SubscriptionOf, WishOutcome,
};

/// What a confirmation link came to.
#[derive(Debug, Clone)]
pub struct Confirmation {
    /// What of its digests the person gets now. Nothing, if they have left since.
    pub digests: Vec<String>,
    /// The address of their own calendar, the first time: whoever follows the link again may have it from a mail that was
    /// passed on.
    pub calendar: Option<String>,
}

/// What a new reader has before them.
#[derive(Debug, Clone, Default)]
pub struct Coming {
    /// When the next edition comes.
    pub next_at: Option<Timestamp>,
    /// The last one that everybody may read.
    pub last: Option<ArchiveEntry>,
}

/// Who follows a link to what a reader chose.
#[derive(Debug, Clone)]
pub struct Visitor {
    pub reader: Subscriber,
    /// The link was just mailed to the reader, so that it is them.
    pub is_owner: bool,
}

impl Visitor {
    /// What harms the reader in other hands (their data, their calendar, being forgotten) asks for this: the link that
    /// stands in every mail is not enough, since mails are passed on.
    pub fn owner(&self) -> Option<Owner<'_>> {
        self.is_owner.then_some(Owner(&self.reader))
    }
}

/// A reader who has just proved to be one.
#[derive(Debug, Clone, Copy)]
pub struct Owner<'a>(&'a Subscriber);

/// What stands behind the address of a reader's own calendar.
pub enum OwnCalendar {
    Unknown,
    /// Its reader gave it up, or is gone.
    Revoked,
    Chosen(Box<ChosenCalendar>),
}

/// What belongs in a reader's own calendar. It is the same for all who chose the same: nothing in it is of one person.
pub struct ChosenCalendar {
    pub locale: Locale,
    /// What the reader chose, of what their digests are about; of all if they get none.
    pub wanted: Wanted,
}

/// What is wrong with a stranger's wish. The door says it, in the language of who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WrongWish {
    /// Nobody but this machine's people is reached there.
    AddressHere,
    NoDigest,
    Topic(TopicGone),
}

/// A topic that was asked for and that there is no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicGone(pub String);

/// Topics that can be followed, by which those are known that a form comes back with.
pub struct Offered<'a>(HashMap<String, (usize, &'a String)>);

impl<'a> Offered<'a> {
    pub fn of(topics: &'a [String]) -> Self {
        Self(topics.iter().enumerate().map(|(place, topic)| (fold_case(topic), (place, topic))).collect())
    }

    /// Those given that there still are, once each and in the order of the form. If none of them is left, that must be
    /// said: no topic at all means every topic.
    pub fn chosen<'b>(&self, given: impl Iterator<Item = &'b str>) -> std::result::Result<Vec<String>, TopicGone> {
        let (mut found, mut gone) = (BTreeMap::new(), None);
        for topic in given {
            match self.0.get(&fold_case(topic)) {
                Some((place, topic)) => {
                    found.insert(*place, (*topic).clone());
                }
                None => gone = Some(topic),
            }
        }
        match gone {
            Some(gone) if found.is_empty() => Err(TopicGone(gone.to_owned())),
            _ => Ok(found.into_values().collect()),
        }
    }
}

/// The topics that a reader can choose: those that events carry, and those the reader follows anyway.
pub fn topics_for(reader: &Subscriber, known: &[String]) -> Vec<String> {
    let mut topics = known.to_vec();
    for topic in &reader.topics {
        // Events may spell it otherwise; the reader's own word stays the reader's.
        topics.retain(|other| fold_case(other) != fold_case(topic));
        topics.push(topic.clone());
    }
    topics.sort_by_key(|topic| fold_case(topic));
    topics
}

impl Office {
    /// The id of the row that a link stands for, or why it opens nothing.
    pub async fn open_link(&self, purpose: Purpose, token: &str) -> Result<std::result::Result<i64, TokenError>> {
        match Claim::read(purpose, token) {
            Some(claim) => Ok(self.store.open_link(&self.key, &claim).await?),
            None => Ok(Err(TokenError::Unknown)),
        }
    }

    /// A stranger's wish to get some of the digests there are, about some of these topics (none: all).
    pub fn wish(
        &self,
        email: EmailAddress,
        digests: &[String],
        topics: &[String],
        known: &[String],
    ) -> std::result::Result<NewSubscriber, WrongWish> {
        if !email.is_for_strangers() {
            return Err(WrongWish::AddressHere);
        }
        let offered = self.config.digests.iter().map(|digest| digest.slug.as_str());
        let digests: Vec<String> =
            offered.filter(|slug| digests.iter().any(|d| d == slug)).map(str::to_owned).collect();
        if digests.is_empty() {
            return Err(WrongWish::NoDigest);
        }
        let topics = Offered::of(known).chosen(topics.iter().map(String::as_str)).map_err(WrongWish::Topic)?;
        Ok(NewSubscriber { topics: Some(topics), ..NewSubscriber::of(email, digests) })
    }

    /// Takes a wish from the form: a mail asks whether it is the person's own.
    pub async fn sign_up(&self, wish: &NewSubscriber, network: Network) -> Result<WishOutcome> {
        let letter = self.confirmation(wish.locale.as_deref(), &wish.digests);
        let origin = format!("on {}", self.config.site.links().subscribe());
        let mail_domain = self.config.mail.from.address.domain();
        let network = Some(network);
        let sign_up = SignUp { wish, origin: &origin, network, only_once: false, letter: &letter, mail_domain };
        let outcome = self.store.ask_for_consent(&Actor::Reader, sign_up).await?;
        if outcome == WishOutcome::Unchanged {
            self.remind_of_choices(wish).await?;
        }
        Ok(outcome)
    }

    /// Who gets all that they ask for is mailed the link to their choices.
    async fn remind_of_choices(&self, wish: &NewSubscriber) -> Result<()> {
        let Some(reader) = self.known(&wish.email).await? else { return Ok(()) };
        let wished = wish.locale.as_deref().or(reader.locale.as_deref());
        let locale = wished.and_then(|tag| tag.parse().ok()).unwrap_or(self.config.site.locale);
        let letter = self.own_link(&reader, locale, Asked::BySigningUp)?;
        Ok(self.store.remind_of_choices(&reader, &letter, self.config.mail.from.address.domain()).await?)
    }

    fn own_link(&self, reader: &Subscriber, locale: Locale, asked: Asked) -> Result<Rendered> {
        own_link::letter(&self.config, &self.key, &self.store, reader.subject(), locale, asked)
            .map_err(|error| Error::Failed(error.to_string()))
    }

    /// The sign-up that a confirmation link stands for, and what it asks; or why it opens nothing.
    pub async fn asked_by(&self, token: &str) -> Result<std::result::Result<(i64, AskedFor), TokenError>> {
        let id = match self.open_link(Purpose::Confirm, token).await? {
            Ok(id) => id,
            Err(error) => return Ok(Err(error)),
        };
        // Who was removed since is nobody that could be asked.
        Ok(self.store.sign_up(id).await?.map(|asked| (id, asked)).ok_or(TokenError::Unknown))
    }

    /// Confirms what one mail asked for, and nothing else; once. None if the person was removed meanwhile.
    pub async fn confirm(&self, sign_up: i64) -> Result<Option<Confirmation>> {
        let welcoming = self.config.digests.iter().filter(|digest| digest.welcome).map(|digest| digest.slug.as_str());
        let welcoming: Vec<&str> = welcoming.collect();
        let Some(confirmed) = self.store.confirm(sign_up, &welcoming).await? else { return Ok(None) };
        let calendar = match confirmed.is_first_use && !confirmed.digests.is_empty() {
            true => self.store.personal_calendar_of_sign_up(sign_up).await?,
            false => None,
        };
        let calendar = calendar.map(|calendar| self.config.site.links().own_calendar(&self.key, calendar));
        Ok(Some(Confirmation { digests: confirmed.digests, calendar }))
    }

    /// What comes to those who get these digests, and what came last.
    pub async fn what_comes(&self, digests: &[String], locale: Locale) -> Result<Coming> {
        let mut coming = Coming::default();
        for digest in digests.iter().filter_map(|slug| self.config.digest(slug)) {
            let moments = Moments::of(&self.store, &self.config, digest).await?;
            let next = if moments.state.paused { None } else { moments.next() };
            coming.next_at = [coming.next_at, next].into_iter().flatten().min();
        }
        let is_public = |slug: &&String| self.config.digest(slug).is_some_and(|digest| digest.archive);
        let public: Vec<String> = digests.iter().filter(is_public).cloned().collect();
        coming.last = self.store.archived_editions(&public, locale.tag(), None, 1).await?.pop();
        Ok(coming)
    }

    /// The token of a link to what the reader of a subscription chose, who came by another link of the same mail; none if
    /// they are gone.
    pub async fn choices_token(&self, subscription: i64) -> Result<Option<String>> {
        let subject = self.store.linked(Purpose::Preferences, subscription).await?;
        Ok(subject.map(|subject| self.key.seal(Purpose::Preferences, subject, None)))
    }

    /// Whom a link to choices stands for, or why it opens nothing; none if that reader is gone.
    pub async fn visitor(&self, token: &str) -> Result<std::result::Result<Option<Visitor>, TokenError>> {
        let by_mail = self.open_link(Purpose::Preferences, token).await?;
        let by_request = self.open_link(Purpose::Owner, token).await?;
        let (reader, is_owner) = match (by_mail, by_request) {
            (Ok(subscription), _) => (self.store.subscriber_of(subscription).await?, false),
            (_, Ok(id)) => (self.store.subscriber_by_id(id).await?, true),
            (Err(error @ TokenError::Ended), _) | (_, Err(error)) => return Ok(Err(error)),
        };
        Ok(Ok(reader.map(|reader| Visitor { reader, is_owner })))
    }

    /// The visitor as things stand now; none if the reader is gone.
    pub async fn again(&self, visitor: &Visitor) -> Result<Option<Visitor>> {
        let reader = self.store.subscriber_by_id(visitor.reader.id).await?;
        Ok(reader.map(|reader| Visitor { reader, is_owner: visitor.is_owner }))
    }

    /// Takes what a reader chose; digests they join count as agreed to.
    pub async fn choose(&self, visitor: &Visitor, choices: &Choices) -> Result<ChangedChoices> {
        let by = if visitor.is_owner { "a link mailed on request" } else { "the link in a mail" };
        let note = format!("joined on {} by {by}", self.config.site.links().at("/preferences"));
        Ok(self.store.change_choices(visitor.reader.id, choices, &note).await?.unwrap_or_default())
    }

    /// Ends all that a reader gets.
    pub async fn leave_everything(&self, visitor: &Visitor) -> Result<()> {
        Ok(self.store.leave_everything(visitor.reader.id).await?)
    }

    /// Mails a fresh link to what is the reader's own, one of those few that may be asked for.
    pub async fn mail_own_link(&self, visitor: &Visitor, locale: Locale, network: Network) -> Result<LinkRequest> {
        let reader = &visitor.reader;
        let letter = self.own_link(reader, locale, Asked::ForIt)?;
        let mail_domain = self.config.mail.from.address.domain();
        Ok(self.store.mail_link(reader, &letter, mail_domain, network).await?)
    }

    /// The address of the reader's own calendar, if they have one.
    pub async fn calendar_of(&self, Owner(reader): Owner<'_>) -> Result<Option<String>> {
        let known = self.store.known_calendar(reader.id).await?;
        Ok(known.map(|calendar| self.config.site.links().own_calendar(&self.key, calendar)))
    }

    /// Makes one, and takes the one there was back.
    pub async fn renew_calendar(&self, Owner(reader): Owner<'_>) -> Result<()> {
        self.store.renew_personal_calendar(&Actor::Reader, &reader.email, true).await?;
        Ok(())
    }

    pub async fn revoke_calendar(&self, Owner(reader): Owner<'_>) -> Result<()> {
        self.store.revoke_personal_calendar(&Actor::Reader, &reader.email).await?;
        Ok(())
    }

    /// All that is kept of the reader.
    pub async fn record_of(&self, Owner(reader): Owner<'_>) -> Result<Person> {
        let known = self.store.record_of(reader.clone()).await?;
        Ok(self.shaped(known))
    }

    /// Erases all that is kept of the reader.
    pub async fn forget_owner(&self, Owner(reader): Owner<'_>) -> Result<Forgotten> {
        self.forget(&Actor::Reader, &reader.email).await
    }

    /// The subscription behind an unsubscribe link, by id; nothing more of it if the person was removed since. Or why the
    /// link opens nothing.
    pub async fn subscription_behind(
        &self,
        token: &str,
    ) -> Result<std::result::Result<(i64, Option<SubscriptionOf>), TokenError>> {
        match self.open_link(Purpose::Unsubscribe, token).await? {
            Ok(id) => Ok(Ok((id, self.store.subscription(id).await?))),
            Err(error) => Ok(Err(error)),
        }
    }

    /// Ends a subscription whose link was followed, or all that the same person has.
    pub async fn leave(&self, subscription: i64, all: bool) -> Result<()> {
        Ok(self.store.leave(subscription, all).await?)
    }

    /// What belongs in the calendar that an address stands for.
    pub async fn own_calendar(&self, token: &str) -> Result<OwnCalendar> {
        let id = match self.open_link(Purpose::Calendar, token).await? {
            Ok(id) => id,
            Err(TokenError::Ended) => return Ok(OwnCalendar::Revoked),
            Err(_) => return Ok(OwnCalendar::Unknown),
        };
        let (topics, kinds, digests, locale) = match self.store.choices_of_calendar(id).await? {
            PersonalCalendar::Unknown => return Ok(OwnCalendar::Unknown),
            PersonalCalendar::Revoked => return Ok(OwnCalendar::Revoked),
            PersonalCalendar::Chosen { topics, kinds, digests, locale } => (topics, kinds, digests, locale),
        };
        let configured = digests.iter().filter_map(|slug| self.config.digest(slug));
        let of_digests = configured.map(|digest| {
            let (kinds, topics) = (digest.kinds.clone(), digest.topics.clone());
            EventFilter { kinds, topics, ..EventFilter::default() }
        });
        let locale = locale.and_then(|tag| tag.parse().ok()).unwrap_or(self.config.site.locale);
        let filter = EventFilter { topics, kinds, ..EventFilter::default() };
        let wanted = Wanted { filter, one_of: of_digests.collect() };
        Ok(OwnCalendar::Chosen(Box::new(ChosenCalendar { locale, wanted })))
    }
}
