//! A mailbox that is open: what can be done to the mails in it.

use std::collections::BTreeSet;
use std::time::Duration;

use imap_proto::{AttributeValue, Capability, MailboxDatum, NameAttribute, Response, ResponseCode};
use tokio::time::{Instant, timeout};

use super::names::{folder, set};
use super::talk::{COMMAND_TIMEOUT, Done, Fault, Talk};
use super::trouble::Trouble;
use crate::domain::bounce::MESSAGE_LIMIT;

/// A mail's first octets may come slowly.
const FETCH_TIMEOUT: Duration = Duration::from_secs(5 * 60);
const LOGOUT_TIMEOUT: Duration = Duration::from_secs(5);
/// So many mails are looked through in one go for those that are new.
const WINDOW: u32 = 5000;

/// What a server can do.
#[derive(Debug, Default)]
pub struct Offer {
    names: BTreeSet<String>,
    /// Ways of login, behind `AUTH=`.
    pub mechanisms: BTreeSet<String>,
}

impl Offer {
    pub async fn of(talk: &mut Talk) -> Result<Self, Fault> {
        let mut offer = Self::default();
        talk.ask(COMMAND_TIMEOUT, "CAPABILITY", |response| {
            let Response::Capabilities(all) = response else { return };
            for one in all {
                match one {
                    Capability::Imap4rev1 => {}
                    Capability::Auth(name) => _ = offer.mechanisms.insert(name.to_ascii_uppercase()),
                    Capability::Atom(name) => _ = offer.names.insert(name.to_ascii_uppercase()),
                }
            }
        })
        .await?;
        Ok(offer)
    }

    pub fn has(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    pub fn has_mechanism(&self, name: &str) -> bool {
        self.mechanisms.contains(name)
    }
}

pub struct Session {
    talk: Talk,
    pub offer: Offer,
    /// Between the levels of a folder's name.
    delimiter: Option<char>,
    /// Until when the login is good, if it ends.
    pub ends_at: Option<Instant>,
}

/// The folder that was opened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Opened {
    /// Numbers of mails are the same ones as long as this is.
    pub validity: u32,
    /// How many mails there are.
    pub mails: u32,
    /// Whether mails may be flagged for others to see.
    pub can_flag: bool,
    pub is_read_only: bool,
}

/// The first octets of a mail, or whole if it has no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    Mail {
        octets: Vec<u8>,
        /// Of all of it.
        size: usize,
    },
    /// It is not there any more.
    Gone,
    /// The server does not give it.
    Refused(String),
}

impl Session {
    pub async fn begin(mut talk: Talk, ends_at: Option<Instant>) -> Result<Self, Trouble> {
        let offer = Offer::of(&mut talk).await?;
        let mut delimiter = None;
        talk.ask(COMMAND_TIMEOUT, "LIST \"\" \"\"", |response| {
            if let Response::MailboxData(MailboxDatum::List(list)) = response {
                delimiter = list.delimiter.as_ref().and_then(|found| found.chars().next());
            }
        })
        .await?;
        Ok(Self { talk, offer, delimiter, ends_at })
    }

    pub async fn select(&mut self, name: &str) -> Result<Opened, Trouble> {
        let mut opened = Opened { can_flag: true, ..Opened::default() };
        let command = format!("SELECT {}", folder(name, self.delimiter));
        let each = |response: &Response<'_>| match response {
            Response::MailboxData(MailboxDatum::Exists(mails)) => opened.mails = *mails,
            Response::Data { outcome, .. } => match &outcome.code {
                Some(ResponseCode::UidValidity(validity)) => opened.validity = *validity,
                Some(ResponseCode::PermanentFlags(flags)) => {
                    opened.can_flag = flags.iter().any(|flag| flag.eq_ignore_ascii_case("\\Flagged"));
                }
                _ => {}
            },
            _ => {}
        };
        let done = self.talk.ask(COMMAND_TIMEOUT, &command, each).await?;
        if !done.is_ok {
            return Err(Trouble::of(&format!("the folder {name} can't be opened: correct the end of mailbox"), &done));
        }
        self.talk.has_news = false;
        opened.is_read_only = done.code.eq_ignore_ascii_case("READ-ONLY");
        Ok(opened)
    }

    /// The mails that came behind one of this number, in order. `mails` is how many there are.
    pub async fn newer_than(&mut self, last: u32, mails: u32) -> Result<Vec<u32>, Trouble> {
        let Some(first) = last.checked_add(1) else { return Ok(Vec::new()) };
        let (mut found, mut until) = (BTreeSet::new(), mails);
        // From the newest on: numbers grow with places, so where none is new all before are known.
        while until > 0 {
            let from = until.saturating_sub(WINDOW - 1).max(1);
            let mut here: Vec<u32> = Vec::new();
            let command = format!("UID SEARCH {from}:{until} UID {first}:* UNDELETED");
            let done = self.talk.ask(COMMAND_TIMEOUT, &command, |response| {
                if let Response::MailboxData(MailboxDatum::Search(numbers)) = response {
                    here.extend(numbers);
                }
            });
            let done = done.await?;
            if !done.is_ok {
                return Err(Trouble::of("the mailbox can't be searched", &done));
            }
            // `7:*` is the last one, even if that is 5.
            here.retain(|number| *number >= first);
            if here.is_empty() {
                break;
            }
            found.extend(here);
            until = from - 1;
        }
        Ok(found.into_iter().collect())
    }

    /// What of a mail is read. It is not marked as read by anybody.
    pub async fn fetch(&mut self, uid: u32) -> Result<Fetched, Trouble> {
        let mut size = None;
        let command = format!("UID FETCH {uid} (UID RFC822.SIZE)");
        let done = self.fetch_with(&command, uid, |value| {
            if let AttributeValue::Rfc822Size(octets) = value {
                size = Some(*octets);
            }
        });
        let done = done.await?;
        let Some(size) = size.filter(|_| done.is_ok) else { return Ok(unfetched(done)) };
        // A bounce says first what it is about; the mail that came back stands behind that.
        let part = if size as usize > MESSAGE_LIMIT { format!("<0.{MESSAGE_LIMIT}>") } else { String::new() };
        let (mail, done) = self.fetch_part(uid, &part).await?;
        let size = size as usize;
        Ok(mail.map_or_else(|| unfetched(done), |octets| Fetched::Mail { octets, size }))
    }

    /// The octets behind those of a mail, up to so many of all of it; fewer if the server gives no more.
    pub async fn fetch_rest(&mut self, uid: u32, octets: &mut Vec<u8>, most: usize) -> Result<(), Trouble> {
        while octets.len() < most {
            let length = MESSAGE_LIMIT.min(most - octets.len());
            let (more, _) = self.fetch_part(uid, &format!("<{}.{length}>", octets.len())).await?;
            match more {
                Some(more) if !more.is_empty() => octets.extend(more),
                _ => break,
            }
        }
        Ok(())
    }

    /// A part of a mail such as `<0.100>`, or all of it.
    async fn fetch_part(&mut self, uid: u32, part: &str) -> Result<(Option<Vec<u8>>, Done), Fault> {
        let mut mail = None;
        let command = format!("UID FETCH {uid} (UID BODY.PEEK[]{part})");
        let done = self.fetch_with(&command, uid, |value| {
            if let AttributeValue::BodySection { section: None, data: Some(data), .. } = value {
                mail = Some(data.to_vec());
            }
        });
        let done = done.await?;
        Ok((mail.filter(|_| done.is_ok), done))
    }

    /// Asks for values of one mail. Others' may come between, since others change the mailbox, too.
    async fn fetch_with(
        &mut self,
        command: &str,
        uid: u32,
        mut each: impl FnMut(&AttributeValue<'_>),
    ) -> Result<Done, Fault> {
        let each = |response: &Response<'_>| {
            if let Response::Fetch(_, values) = response
                && values.iter().any(|value| matches!(value, AttributeValue::Uid(found) if *found == uid))
            {
                values.iter().for_each(&mut each);
            }
        };
        self.talk.ask(FETCH_TIMEOUT, command, each).await
    }

    /// Marks a mail for whoever looks into the mailbox; whether the server took it.
    pub async fn flag(&mut self, uid: u32) -> Result<bool, Trouble> {
        let command = format!("UID STORE {uid} +FLAGS.SILENT (\\Flagged)");
        Ok(self.talk.ask(COMMAND_TIMEOUT, &command, |_| {}).await?.is_ok)
    }

    /// The folder of this name as commands have it, made if it is not there.
    pub async fn folder(&mut self, name: &str) -> Result<String, Trouble> {
        let plain = folder(name, self.delimiter);
        if self.has_folder(&plain).await? {
            return Ok(plain);
        }
        let refused = self.talk.ask(COMMAND_TIMEOUT, &format!("CREATE {plain}"), |_| {}).await?;
        if refused.is_ok || refused.code.eq_ignore_ascii_case("ALREADYEXISTS") {
            self.subscribe(&plain).await?;
            return Ok(plain);
        }
        // Some servers have all folders below the first.
        let below = folder(&format!("INBOX/{name}"), self.delimiter);
        if self.has_folder(&below).await? {
            return Ok(below);
        }
        let done = self.talk.ask(COMMAND_TIMEOUT, &format!("CREATE {below}"), |_| {}).await?;
        if !done.is_ok {
            let said = format!(
                "the folder {name} can't be made, so what was counted stays where it is: make it by hand, or name another in done_folder"
            );
            return Err(Trouble::of(&said, &refused));
        }
        self.subscribe(&below).await?;
        Ok(below)
    }

    async fn has_folder(&mut self, name: &str) -> Result<bool, Fault> {
        let mut is_there = false;
        let each = |response: &Response<'_>| {
            is_there |= matches!(response, Response::MailboxData(MailboxDatum::List(list))
                if !list.name_attributes.contains(&NameAttribute::NoSelect));
        };
        self.talk.ask(COMMAND_TIMEOUT, &format!("LIST \"\" {name}"), each).await?;
        Ok(is_there)
    }

    /// Many programs show only what is subscribed to.
    async fn subscribe(&mut self, name: &str) -> Result<(), Fault> {
        self.talk.ask(COMMAND_TIMEOUT, &format!("SUBSCRIBE {name}"), |_| {}).await.map(|_| ())
    }

    /// Moves mails into a folder, named as commands have it. Those that are gone are no trouble.
    pub async fn move_to(&mut self, uids: &[u32], folder: &str) -> Result<(), Trouble> {
        let uids = set(uids);
        let refused = |done: &Done| Trouble::of("what was counted can't be moved", done);
        if self.offer.has("MOVE") {
            let done = self.talk.ask(COMMAND_TIMEOUT, &format!("UID MOVE {uids} {folder}"), |_| {}).await?;
            return if done.is_ok { Ok(()) } else { Err(refused(&done)) };
        }
        for command in [format!("UID COPY {uids} {folder}"), format!("UID STORE {uids} +FLAGS.SILENT (\\Deleted)")] {
            let done = self.talk.ask(COMMAND_TIMEOUT, &command, |_| {}).await?;
            if !done.is_ok {
                return Err(refused(&done));
            }
        }
        // EXPUNGE would take away what others have marked, too: without UIDPLUS the mails stay, marked as deleted.
        if self.offer.has("UIDPLUS") {
            self.talk.ask(COMMAND_TIMEOUT, &format!("UID EXPUNGE {uids}"), |_| {}).await?;
        }
        Ok(())
    }

    /// Waits until there may be something new, for so long at most; none if the server tells nothing by itself.
    pub async fn idle(&mut self, lasts: Duration) -> Result<Option<bool>, Trouble> {
        if !self.offer.has("IDLE") {
            return Ok(None);
        }
        Ok(self.talk.idle(lasts).await?)
    }

    pub async fn log_out(mut self) {
        let _ = timeout(LOGOUT_TIMEOUT, self.talk.ask(LOGOUT_TIMEOUT, "LOGOUT", |_| {})).await;
    }
}

fn unfetched(done: Done) -> Fetched {
    if done.is_ok { Fetched::Gone } else { Fetched::Refused(done.said) }
}
