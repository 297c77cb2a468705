//! One look into the mailbox: each new mail is taken, and moved or left.

use std::sync::Arc;

use super::account::Account;
use super::session::{Fetched, Opened, Session};
use super::trouble::Trouble;
use crate::domain::bounce::Way;
use crate::domain::forward::LARGEST_FORWARD;
use crate::mail::bounce;
use crate::mail::inbox::{Fate, Forwarded, Forwards, Inbox};
use crate::mail::returned::Unread;
use crate::store::{MailFate, Store};

/// A mail that ended the connection, or the program, as often as this is left unread: it costs itself and no other.
const MOST_TRIES: i64 = 3;
/// So many are moved together.
const MOVED_AT_ONCE: usize = 100;

/// What came of a look.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Seen {
    pub counted: u32,
    pub left: u32,
    /// What went wrong, though all was looked at.
    pub trouble: Option<String>,
}

pub struct Visit<'a> {
    pub store: &'a Store,
    pub inbox: &'a Inbox,
    pub account: &'a Account,
    pub session: &'a mut Session,
    pub seen: Seen,
}

impl Visit<'_> {
    /// Looks at all mails that were not looked at yet. What is in the database is not undone by what goes wrong later.
    pub async fn run(&mut self) -> Result<(), Trouble> {
        let opened = self.session.select(&self.account.url.folder).await?;
        if opened.is_read_only {
            let said = "the mailbox may only be read, so what was counted stays in it: let the user write there";
            self.seen.trouble = Some(said.into());
        }
        let url = self.url();
        let last = self.store.mailbox_place(&url, opened.validity).await.map_err(unkept)?;
        self.move_counted(&opened).await?;
        for (at, uid) in self.session.newer_than(last, opened.mails).await?.into_iter().enumerate() {
            let fate = self.look_at(uid, &opened).await?;
            self.store.pass_mail(&url, uid, fate).await.map_err(unkept)?;
            match fate {
                MailFate::Counted => self.seen.counted += 1,
                MailFate::Left => self.seen.left += 1,
                MailFate::Gone => {}
            }
            if at % MOVED_AT_ONCE == MOVED_AT_ONCE - 1 {
                self.move_counted(&opened).await?;
            }
        }
        self.move_counted(&opened).await?;
        if self.seen.left > 0 {
            let left = self.seen.left;
            tracing::warn!(left, "mails stay in the mailbox that nobody understood: see `kalends bounce list`");
        }
        let trouble = self.seen.trouble.as_deref();
        self.store.note_mailbox_read(&url, trouble).await.map_err(unkept)
    }

    fn url(&self) -> String {
        self.account.url.to_string()
    }

    async fn look_at(&mut self, uid: u32, opened: &Opened) -> Result<MailFate, Trouble> {
        let tries = self.store.try_mail(&self.url(), uid).await.map_err(unkept)?;
        let fetched = match tries > MOST_TRIES {
            true => Fetched::Refused(format!("it was tried {MOST_TRIES} times, and each time the connection broke")),
            false => self.session.fetch(uid).await?,
        };
        let key = format!("{}#{}/{uid}", self.url(), opened.validity);
        let is_understood = match fetched {
            Fetched::Gone => return Ok(MailFate::Gone),
            Fetched::Refused(said) => {
                self.leave_unread(&key, &format!("mail {uid} of the mailbox can't be read: {said}")).await?
            }
            Fetched::Mail { octets, size } => {
                let recipients = bounce::recipients(&octets);
                if let Some(forwards) = self.inbox.forwards_of(&recipients).cloned() {
                    return self.take_forwarded(uid, octets, size, &recipients, &forwards, opened).await;
                }
                // Whatever a mail does to what reads it, it does to nobody else.
                let read = tokio::task::spawn_blocking(move || (bounce::read(&octets, None), octets)).await;
                match read {
                    Ok((reading, octets)) => {
                        self.inbox.returns.take_from_mailbox(&reading, &octets).await.map_err(unkept)?
                    }
                    Err(_) => {
                        self.leave_unread(&key, &format!("mail {uid} of the mailbox broke what reads it")).await?
                    }
                }
            }
        };
        if is_understood { Ok(MailFate::Counted) } else { self.leave(uid, opened).await }
    }

    /// A mail that an editor may have forwarded. What proves nothing stays, as all does that is not ours.
    async fn take_forwarded(
        &mut self,
        uid: u32,
        mut octets: Vec<u8>,
        size: usize,
        recipients: &[String],
        forwards: &Arc<dyn Forwards>,
        opened: &Opened,
    ) -> Result<MailFate, Trouble> {
        let is_whole = size <= LARGEST_FORWARD;
        if is_whole && octets.len() < size {
            self.session.fetch_rest(uid, &mut octets, size).await?;
        }
        let sender = bounce::envelope_sender(&octets);
        let (way, sender) = (Way::Mailbox, sender.as_deref());
        let mail = Forwarded { way, recipients, sender, octets: &octets, is_whole };
        match forwards.take(mail).await.map_err(unkept)? {
            Fate::Taken => Ok(MailFate::Counted),
            Fate::Unproved | Fate::TooLarge => self.leave(uid, opened).await,
            Fate::Undecided(why) => {
                Err(Trouble::new(format!("whose mail {uid} of the mailbox is can't be told: {why}")))
            }
        }
    }

    /// It stays, for somebody to see.
    async fn leave(&mut self, uid: u32, opened: &Opened) -> Result<MailFate, Trouble> {
        if opened.can_flag && !opened.is_read_only {
            self.session.flag(uid).await?;
        }
        Ok(MailFate::Left)
    }

    /// Has it noted that there is a mail of which nothing is known; whether it was understood: no.
    async fn leave_unread(&self, key: &str, why: &str) -> Result<bool, Trouble> {
        tracing::warn!(why, "a mail is left unread");
        let unread = Unread { key: key.as_bytes(), why };
        self.inbox.returns.take_unread(unread).await.map_err(unkept)?;
        Ok(false)
    }

    /// Moves what was counted; if that can't be, it is tried again the next time.
    async fn move_counted(&mut self, opened: &Opened) -> Result<(), Trouble> {
        let url = self.url();
        if opened.is_read_only {
            return Ok(());
        }
        loop {
            let uids = self.store.counted_mails(&url, MOVED_AT_ONCE as i64).await.map_err(unkept)?;
            let Some(last) = uids.last() else { break };
            let moved = match self.session.folder(self.account.done_folder.as_str()).await {
                Ok(folder) => self.session.move_to(&uids, &folder).await,
                Err(trouble) => Err(trouble),
            };
            match moved {
                Ok(()) => self.store.forget_counted(&url, *last).await.map_err(unkept)?,
                Err(trouble) if trouble.is_refusal() => {
                    self.seen.trouble = Some(trouble.to_string());
                    break;
                }
                Err(trouble) => return Err(trouble),
            }
        }
        Ok(())
    }
}

fn unkept(error: crate::store::Error) -> Trouble {
    Trouble::new(format!("what is in the mailbox can't be kept: {error}"))
}
