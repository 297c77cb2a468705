//! The mailbox that bounces arrive in, where an office's mail is hosted elsewhere: looked into by IMAP (RFC 3501), whenever
//! its server tells of a new mail, and every few minutes anyway.
//!
//! `frames` makes answers of octets, which the library reads; `talk` asks; `session` knows what can be done in a mailbox,
//! `account` the way into it; `visit` takes what is there.

mod account;
pub mod frames;
mod names;
mod session;
mod talk;
mod token;
mod trouble;
mod visit;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

pub use account::Account;
use session::Session;
pub use trouble::Trouble;
use visit::{Seen, Visit};

use super::inbox::Inbox;
use crate::idle::Part;
use crate::store::Store;

/// Servers end what idles for 30 minutes, and machines between forget connections sooner.
const RENEW_IDLE: Duration = Duration::from_secs(9 * 60);
/// After a first failure; each further one doubles it,
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// up to this.
const LONGEST_PAUSE: Duration = Duration::from_secs(15 * 60);
/// A connection that worked may end at any time; this one is no failure.
const AFTER_END: Duration = Duration::from_secs(1);

/// What a look through the door shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probed {
    /// How many mails there are.
    pub mails: u32,
    /// Whether its server tells of new mail by itself.
    pub tells: bool,
    pub is_read_only: bool,
}

/// Tries the way into a mailbox, and changes nothing there.
pub async fn probe(account: &Account) -> Result<Probed, Trouble> {
    let mut session = account.open().await?;
    let opened = session.select(&account.url.folder).await?;
    let tells = session.offer.has("IDLE");
    session.log_out().await;
    Ok(Probed { mails: opened.mails, tells, is_read_only: opened.is_read_only })
}

/// Runs until `stop`, by what is in force.
pub async fn run(
    store: Store,
    mut account: watch::Receiver<Option<Arc<Account>>>,
    inbox: watch::Receiver<Arc<Inbox>>,
    idle: Part,
    stop: CancellationToken,
) {
    let keeper = Keeper { store, inbox, idle };
    loop {
        let present = account.borrow_and_update().clone();
        let another = another(&mut account, present.as_deref());
        tokio::select! {
            () = stop.cancelled() => return,
            is_open = another => if !is_open { return stop.cancelled().await },
            () = keeper.keep(present.as_deref()) => {}
        }
    }
}

/// Comes back once another mailbox is in force, or another way into it; false if none will be.
async fn another(account: &mut watch::Receiver<Option<Arc<Account>>>, present: Option<&Account>) -> bool {
    while account.changed().await.is_ok() {
        let is_like = match (present, account.borrow_and_update().as_deref()) {
            (None, None) => true,
            (Some(present), Some(other)) => present.is_like(other),
            _ => false,
        };
        if !is_like {
            return true;
        }
    }
    false
}

struct Keeper {
    store: Store,
    inbox: watch::Receiver<Arc<Inbox>>,
    idle: Part,
}

impl Keeper {
    /// Keeps the mailbox empty of bounces, for ever.
    async fn keep(&self, account: Option<&Account>) {
        let Some(account) = account else {
            self.idle.sleeps(None);
            return std::future::pending().await;
        };
        let (mut failures, mut told) = (0, None);
        loop {
            self.idle.works();
            let mut has_worked = false;
            let ended = self.serve(account, &mut has_worked).await;
            if has_worked {
                (failures, told) = (0, None);
            }
            let pause = match (ended, has_worked) {
                (Ok(()), _) => continue,
                (Err(trouble), true) => {
                    tracing::debug!(mailbox = %account.url, %trouble, "the connection to the mailbox ended; made anew");
                    AFTER_END
                }
                (Err(trouble), false) => {
                    let said = trouble.to_string();
                    if told.as_ref() != Some(&said) {
                        tracing::warn!(mailbox = %account.url, %trouble, "the mailbox can't be read; tried again");
                    }
                    if let Err(error) = self.store.note_mailbox_trouble(&account.url.to_string(), &said).await {
                        tracing::warn!(%error, "that the mailbox can't be read could not be kept");
                    }
                    told = Some(said);
                    failures += 1;
                    pause(failures)
                }
            };
            self.idle.sleeps(self.store.now().checked_add(pause).ok());
            sleep(pause).await;
        }
    }

    /// Reads the mailbox as long as the connection lasts. Ok if another is to be made at once, since a login ends.
    async fn serve(&self, account: &Account, has_worked: &mut bool) -> Result<(), Trouble> {
        let mut session = account.open().await?;
        tracing::debug!(mailbox = %account.url, "reading the mailbox");
        loop {
            self.idle.works();
            let inbox = self.inbox.borrow().clone();
            let (store, seen) = (&self.store, Seen::default());
            let mut visit = Visit { store, inbox: &inbox, account, session: &mut session, seen };
            visit.run().await?;
            *has_worked = true;
            let end = session.ends_at;
            let until = Instant::now() + account.every;
            let until = end.map_or(until, |end| end.min(until));
            let pause = until.saturating_duration_since(Instant::now());
            self.idle.sleeps(self.store.now().checked_add(pause).ok());
            wait(&mut session, until).await?;
            if end.is_some_and(|end| end <= Instant::now()) {
                session.log_out().await;
                return Ok(());
            }
        }
    }
}

/// Until there is something new, or it is time to look anyway.
async fn wait(session: &mut Session, until: Instant) -> Result<(), Trouble> {
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(());
        }
        match session.idle(left.min(RENEW_IDLE)).await? {
            Some(true) => return Ok(()),
            Some(false) => {}
            None => {
                sleep_until(until).await;
                return Ok(());
            }
        }
    }
}

/// With as much chance in it as keeps daemons apart that one failure stopped.
fn pause(failures: u32) -> Duration {
    let jitter = f64::from(uuid::Uuid::new_v4().as_fields().0) / f64::from(u32::MAX);
    let pause = FIRST_PAUSE * 2u32.saturating_pow(failures.saturating_sub(1).min(16));
    pause.min(LONGEST_PAUSE).mul_f64(0.5 + jitter / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_a_quarter_of_an_hour() {
        for (failures, longest) in [(1, 1), (2, 2), (3, 4), (10, 512), (11, 900), (u32::MAX, 900)] {
            let pause = pause(failures);
            let longest = Duration::from_secs(longest);
            assert!(pause <= longest && pause >= longest / 2, "{failures}: {pause:?}");
        }
    }
}
