//! What comes back: bounces, complaints, mails that unsubscribe.

use jiff::{SignedDuration, Timestamp};

use super::{Office, Result};
use crate::config::{Config, RelayConfig};
use crate::domain::bounce::{Bounce, Class, MESSAGE_LIMIT, Taken, TakenClass, Way};
use crate::domain::forward::LARGEST_FORWARD;
use crate::domain::provider::Provider;
use crate::domain::refused::Refused;
use crate::domain::text;
use crate::domain::wording::count;
use crate::mail::bounce;
use crate::mail::inbox::{Fate, Forwarded};
use crate::mail::returned::Returns;
use crate::shape::bounce::WayRecord;
use crate::store::{self, MailboxStanding, Store, Stretch};

/// The addresses that a message came to, the most telling first.
#[derive(Debug, Clone)]
pub enum Recipients {
    Known(Vec<String>),
    /// It may be one of these, or one that the message names as its own.
    Likely(Vec<String>),
}

/// A way that told something within this time is in order.
const QUIET_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Of so many mails that failed meanwhile, some would have come by each way that is open.
const FAILED_MEANWHILE: u64 = 5;
/// Of so many that its relay took, a provider would have told of one, at the latest after
const TAKEN_MEANWHILE: u64 = 100;
const TOLD_WITHIN: SignedDuration = SignedDuration::from_hours(24);

/// The ways that are open by the configuration, and those by which something came.
pub(super) async fn ways(config: &Config, store: &Store) -> store::Result<Vec<WayRecord>> {
    let figures = store.ways().await?;
    let (listens, reads) = (config.bounce.listen.is_some(), config.bounce.mailbox.is_some());
    let providers: Vec<Provider> = config.bounce.hooks.given().map(|(provider, _)| provider).collect();
    let mut records = Vec::new();
    for way in Way::ALL.iter().copied() {
        let provider = Provider::ALL.iter().copied().find(|provider| Way::from(*provider) == way);
        let is_open = match way {
            Way::Lmtp => listens,
            Way::Mailbox => reads,
            _ => provider.is_some_and(|provider| providers.contains(&provider)),
        };
        let came: Vec<_> = figures.iter().filter(|known| known.way == way).collect();
        if !is_open && came.is_empty() {
            continue;
        }
        let last_at = came.iter().map(|known| known.last_at).max();
        let unread = match &config.bounce.mailbox {
            Some(mailbox) if way == Way::Mailbox => unread(store, &mailbox.to_string()).await?,
            _ => None,
        };
        let trouble = match (unread, is_open) {
            (None, true) => silence(config, store, way, provider, last_at).await?,
            (unread, _) => unread,
        };
        let told = came.iter().map(|known| (known.what.clone(), known.number)).collect();
        records.push(WayRecord { way, last_at, told, trouble });
    }
    Ok(records)
}

/// Why the mailbox can't be read, if it can't.
async fn unread(store: &Store, url: &str) -> store::Result<Option<String>> {
    let Some(MailboxStanding { failing_since: Some(since), error, .. }) = store.mailbox_standing(url).await? else {
        return Ok(None);
    };
    Ok(Some(format!("it can't be read as it should since {since}: {}", text::overheard(&error.unwrap_or_default()))))
}

/// Why something may be wrong with a way that is open, if it said nothing for long though it had reason to.
async fn silence(
    config: &Config,
    store: &Store,
    way: Way,
    provider: Option<Provider>,
    last_at: Option<Timestamp>,
) -> store::Result<Option<String>> {
    let now = store.now();
    if way == Way::Lmtp || last_at.is_some_and(|at| now.duration_since(at) < QUIET_FOR) {
        return Ok(None);
    }
    let of_provider = |relay: &&RelayConfig| provider.is_some() && relay.provider() == provider;
    let relays: Vec<String> =
        config.mail.relays.iter().filter(of_provider).map(|relay| relay.url.to_string()).collect();
    let since = last_at.map_or("it never told anything".to_owned(), |at| format!("it has told nothing since {at}"));
    let failed = store.failed_since(&relays, last_at.unwrap_or(Timestamp::UNIX_EPOCH)).await?;
    if failed >= FAILED_MEANWHILE {
        let failed = count(usize::try_from(failed).unwrap_or(0), "mail", "mails");
        return Ok(Some(format!("{since}, and {failed} failed meanwhile")));
    }
    if last_at.is_none() && !relays.is_empty() {
        let before = now.saturating_sub(TOLD_WITHIN).unwrap_or(now);
        let taken = store.taken_by(&relays, before).await?;
        if taken >= TAKEN_MEANWHILE {
            return Ok(Some(format!("{since}, though its relay took {taken} mails: is the webhook set up there?")));
        }
    }
    Ok(None)
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
        if let Some(taken) = self.forwarded(way, &recipients, sender, message).await? {
            return Ok(vec![taken]);
        }
        let message = &message[..message.len().min(MESSAGE_LIMIT)];
        let returns = Returns::new(self.store.clone(), &self.config).await?;
        let taken = returns.take(way, &recipients, sender, message).await?;
        Ok(taken.ok_or_else(|| {
            let said = "too much came back within the hour that proves nothing: this was not kept, give it again later";
            Refused::busy(said)
        })?)
    }

    /// What became of a mail that a mail server gave to the command, if it came to the intake address.
    async fn forwarded(
        &self,
        way: Way,
        recipients: &[String],
        sender: Option<&str>,
        message: &[u8],
    ) -> Result<Option<Taken>> {
        if way != Way::Command {
            return Ok(None);
        }
        let (octets, is_whole) = match message.get(..LARGEST_FORWARD) {
            Some(octets) if message.len() > LARGEST_FORWARD => (octets, false),
            _ => (message, true),
        };
        let told = |said: &str, verified| Taken {
            address: None,
            class: TakenClass::Forwarded,
            status: None,
            diagnostic: Some(said.to_owned()),
            verified,
            why_not: None,
        };
        let mail = Forwarded { way, recipients, sender, octets, is_whole };
        Ok(match self.take_forwarded(mail).await? {
            None => None,
            Some(Fate::Taken) => Some(told("taken: what came of it is told to the editor", true)),
            Some(Fate::Unproved) => Some(told("nothing proves whose it is: nothing was done", false)),
            Some(Fate::TooLarge) => {
                Some(told("larger than 25 MB, and nothing proves whose it is: nothing was done", false))
            }
            Some(Fate::Undecided(why)) => {
                return Err(Refused::busy(format!("whose it is can't be told now, give it again later: {why}")).into());
            }
        })
    }

    /// By which ways things come back, and what did.
    pub async fn ways(&self) -> Result<Vec<WayRecord>> {
        Ok(ways(&self.config, &self.store).await?)
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
