//! Mails that editors forward: whose one is, what of it becomes drafts, and the answer that says which. What proves nothing is
//! passed over, and counted.

mod answer;
mod read;

use std::collections::BTreeMap;
use std::sync::Arc;

use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use super::{Error, Office, Result};
use crate::config::Config;
use crate::domain::actor::Actor;
use crate::domain::address::EmailAddress;
use crate::domain::editor::Editor;
use crate::domain::forward::{ForwardAddress, is_fresh};
use crate::domain::refused::Refused;
use crate::domain::token::Subject;
use crate::intake::mail::{Addressed, addressed};
use crate::mail::bounce;
use crate::mail::inbox::{Fate, Forwarded, Forwards, Waiting};
use crate::mail::lookup::Lookup;
use crate::mail::signed::{Verified, signed_by};
use crate::shape::intake::IntakeRecord;
use crate::store::{self, Forward, Store};
use answer::Answer;
use read::Findings;

/// Takes mails to the intake address.
pub struct Forwarding {
    office: Office,
    address: ForwardAddress,
    /// None where the system's name servers are not known: then no signature proves anything.
    lookup: Option<Lookup>,
    /// One mail is read at a time: documents take a process and memory.
    turn: Semaphore,
}

/// Whose a mail is.
enum Proof {
    /// The editor's, and keys by which the mail is known again.
    Of(Box<Editor>, Vec<Vec<u8>>),
    Nobody,
    TooLarge,
    Undecided(String),
}

impl Forwarding {
    /// None if there is no intake address.
    pub async fn new(store: Store, config: Arc<Config>) -> store::Result<Option<Arc<Self>>> {
        let Some(base) = config.intake.address.clone() else { return Ok(None) };
        let lookup = Lookup::new(config.mail.resolver);
        if let Err(error) = &lookup {
            tracing::warn!(error, "signatures of forwarded mails can't be verified");
        }
        let office = Office::new(store, config).await?;
        let address = ForwardAddress::to(&base, &office.key);
        Ok(Some(Arc::new(Self { office, address, lookup: lookup.ok(), turn: Semaphore::new(1) })))
    }

    async fn take_it(&self, mail: Forwarded<'_>) -> store::Result<Fate> {
        let (store, way) = (&self.office.store, mail.way);
        let said = addressed(mail.octets);
        let (editor, keys) = match self.prove(&mail, &said).await? {
            Proof::Of(editor, keys) => (editor, keys),
            Proof::Undecided(why) => return Ok(Fate::Undecided(why)),
            unproved @ (Proof::Nobody | Proof::TooLarge) => {
                store.note_forward(way, "unproved").await?;
                tracing::info!(%way, "a mail to the intake address proves nothing: it is passed over");
                return Ok(if matches!(unproved, Proof::TooLarge) { Fate::TooLarge } else { Fate::Unproved });
            }
        };
        if store.was_forwarded(editor.id, &keys).await? {
            store.note_forward(way, "again").await?;
            return Ok(Fate::Taken);
        }
        let findings = match self.turn.acquire().await {
            _ if !mail.is_whole => Findings::of_one_too_large(),
            Ok(_turn) => read::read(&self.office, mail.octets.to_vec()).await?,
            // It is never closed.
            Err(_) => return Ok(Fate::Undecided("the daemon stops".into())),
        };
        let is_answered = !bounce::is_automatic(mail.octets, mail.sender);
        let Findings { files, proposals, .. } = &findings;
        let host = self.office.host();
        let forward = Forward {
            way,
            editor: editor.id,
            keys: &keys,
            files: files.iter().map(|(name, entries)| (name.clone(), entries.clone())).collect(),
            proposals: proposals.clone(),
            host: &host,
        };
        let answer = Answer { office: &self.office, editor: &editor, said: &said, findings: &findings };
        let came = store.take_forward(forward, |came| answer.notice(came).filter(|_| is_answered)).await?;
        match came {
            Some(came) => {
                tracing::info!(%way, editor = editor.id, drafts = came.drafts.len(), "a mail was forwarded");
            }
            None => store.note_forward(way, "again").await?,
        }
        Ok(Fate::Taken)
    }

    /// By an editor's own address, or by the signature of their domain over who wrote it, to whom and when.
    async fn prove(&self, mail: &Forwarded<'_>, said: &Addressed) -> store::Result<Proof> {
        let office = &self.office;
        let mut editors = office.store.editors().await?;
        editors.retain(|editor| editor.left_at.is_none() && editor.email.is_some());
        for claim in mail.recipients.iter().filter_map(|recipient| self.address.read(recipient)) {
            let Ok(id) = office.store.open_link(&office.key, &claim).await? else { continue };
            if let Some(editor) = editors.iter().find(|editor| editor.id == id) {
                return Ok(Proof::Of(Box::new(editor.clone()), vec![self.key(editor, said, mail)]));
            }
        }
        let Some(from) = &said.from else { return Ok(Proof::Nobody) };
        let is_theirs = |editor: &&Editor| editor.email.as_ref().is_some_and(|email| email.key() == from.key());
        let Some(editor) = editors.iter().find(is_theirs) else { return Ok(Proof::Nobody) };
        let is_to_us = said.to.iter().any(|to| self.address.is_ours(to));
        if !is_to_us || said.date.is_none_or(|date| !is_fresh(date, office.store.now())) {
            return Ok(Proof::Nobody);
        }
        if !mail.is_whole {
            return Ok(Proof::TooLarge);
        }
        let Some(lookup) = &self.lookup else { return Ok(Proof::Nobody) };
        Ok(match signed_by(mail.octets, from.domain(), lookup).await {
            Verified::Signed(signatures) => {
                let mut keys = vec![self.key(editor, said, mail)];
                keys.extend(signatures.iter().map(|signature| self.digest(editor, b"signature", signature)));
                Proof::Of(Box::new(editor.clone()), keys)
            }
            Verified::Not => Proof::Nobody,
            Verified::Unknown(why) => Proof::Undecided(why),
        })
    }

    /// By which a mail is known again: its Message-ID, or what it is.
    fn key(&self, editor: &Editor, said: &Addressed, mail: &Forwarded<'_>) -> Vec<u8> {
        match &said.message_id {
            Some(id) => self.digest(editor, b"id", id.as_bytes()),
            None => self.digest(editor, b"octets", &Sha256::digest(mail.octets)),
        }
    }

    fn digest(&self, editor: &Editor, what: &[u8], value: &[u8]) -> Vec<u8> {
        self.office.key.digest_of_forward(&[editor.id.to_string().as_bytes(), what, value].join(&0))
    }
}

/// What came to the intake address, if there is one.
pub(super) async fn standing(config: &Config, store: &Store) -> store::Result<Option<IntakeRecord>> {
    let Some(address) = config.intake.address.clone() else { return Ok(None) };
    let figures = store.forward_figures().await?;
    let last_at = figures.iter().map(|figure| figure.last_at).max();
    let mut told = BTreeMap::new();
    for figure in figures {
        *told.entry(figure.what).or_default() += figure.number;
    }
    Ok(Some(IntakeRecord { address, told, last_at }))
}

impl Forwards for Forwarding {
    fn is_ours(&self, recipient: &str) -> bool {
        self.address.is_ours(recipient)
    }

    fn take<'a>(&'a self, mail: Forwarded<'a>) -> Waiting<'a, store::Result<Fate>> {
        Box::pin(self.take_it(mail))
    }
}

impl Office {
    /// Where an editor forwards mails to: the address is theirs alone.
    pub async fn forward_address(&self, email: &EmailAddress) -> Result<EmailAddress> {
        let editor = self.editor(email).await?;
        self.address_of(self.store.editor_subject(editor.id).await?)
    }

    /// Another one; the former is nobody's from now on.
    pub async fn renew_forward_address(&self, by: &Actor, email: &EmailAddress) -> Result<EmailAddress> {
        let editor = self.editor(email).await?;
        // Without an intake address there is none to renew.
        self.address_of(Subject { id: editor.id, nonce: None })?;
        self.address_of(self.store.renew_forward_address(by, &editor).await?)
    }

    fn address_of(&self, editor: Subject) -> Result<EmailAddress> {
        let base = self.config.intake.address.as_ref().ok_or_else(|| {
            Refused::conflict("no mail is taken from editors: set [intake] address, such as intake@example.org")
        })?;
        Ok(ForwardAddress::to(base, &self.key).address_of(editor))
    }

    /// Takes a mail that came to the intake address by this way. None if it came to no such address.
    pub(super) async fn take_forwarded(&self, mail: Forwarded<'_>) -> Result<Option<Fate>> {
        let Some(forwarding) = Forwarding::new(self.store.clone(), self.config.clone()).await? else { return Ok(None) };
        match mail.recipients.iter().any(|recipient| forwarding.is_ours(recipient)) {
            true => Ok(Some(forwarding.take_it(mail).await.map_err(Error::from)?)),
            false => Ok(None),
        }
    }
}
