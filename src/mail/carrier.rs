//! What takes a message away: a folder, or a connection to a relay that is kept open.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;

use super::dkim::Signer;
use super::smtp::{Envelope, Relay, Session, Taken};
use super::{SendError, files, handed};
use crate::config::{Config, MailConfig, TransportKind};

/// Where one worker hands its messages to.
pub enum Carrier {
    Files(PathBuf),
    Smtp { relay: Arc<Relay>, session: Option<Box<Session>> },
}

/// What a message is called where it ends up in a file.
#[derive(Debug, Clone, Copy)]
pub struct Label<'a> {
    pub id: i64,
    pub list: Option<&'a str>,
    /// By which the relay's provider tells what became of it.
    pub mark: Option<&'a str>,
}

impl Carrier {
    /// Asks the server, connecting where that must be, whether it takes a message of this envelope. Nothing of it is
    /// given yet.
    pub async fn ask(&mut self, envelope: &Envelope) -> Result<(), SendError> {
        let Carrier::Smtp { relay, session } = self else { return Ok(()) };
        loop {
            let was_used = session.as_ref().is_some_and(|open| open.is_used());
            let open = match session {
                Some(open) => open,
                None => session.insert(Box::new(relay.connect().await?)),
            };
            let was_pipelining = open.is_pipelining();
            let result = open.ask(envelope).await;
            if matches!(result, Err(SendError::Lost(_) | SendError::NoConnection(_) | SendError::Unwelcome(_)))
                || open.is_broken()
            {
                *session = None;
            }
            match result {
                // The server may close a connection that waited, or lose what was sent together; the message goes over a
                // new one.
                Err(SendError::Lost(_)) if was_used || (was_pipelining && !relay.is_trusted_with_several()) => {}
                // A new connection that is lost is as good as none.
                Err(SendError::Lost(error)) => return Err(SendError::NoConnection(error)),
                result => return result,
            }
        }
    }

    /// Hands over the message that was asked for; `next` is asked about behind it where the server allows that.
    pub async fn give(
        &mut self,
        label: Label<'_>,
        envelope: &Envelope,
        octets: &[u8],
        next: Option<Envelope>,
    ) -> Result<Taken, SendError> {
        let (relay, session) = match self {
            Carrier::Files(folder) => {
                return files::write(folder, label.id, label.list, &envelope.to, octets).await.map(|_| None);
            }
            Carrier::Smtp { relay, session } => (relay, session),
        };
        let Some(open) = session else { return Err(SendError::NoConnection("the connection is gone".into())) };
        let fields = relay.config().provider().zip(label.mark).map(|(provider, mark)| handed::fields(provider, mark));
        let result = match fields {
            Some(fields) => open.give(&[fields.as_bytes(), octets].concat(), next).await,
            None => open.give(octets, next).await,
        };
        if open.is_broken() {
            *session = None;
        }
        result
    }

    /// Whether its server is one of a provider that tells what became of its mails.
    pub fn wants_mark(&self) -> bool {
        matches!(self, Carrier::Smtp { relay, .. } if relay.config().provider().is_some())
    }

    /// The message that was asked for does not come: only the end of the connection tells a server that waits for it.
    pub fn withdraw(&mut self) {
        if let Carrier::Smtp { session, .. } = self
            && session.as_ref().is_some_and(|open| !open.is_idle())
        {
            *session = None;
        }
    }

    /// Whether a server can be asked about the next message while it gets one.
    pub fn is_pipelining(&self) -> bool {
        matches!(self, Carrier::Smtp { session: Some(open), .. } if open.is_pipelining())
    }

    pub fn is_past_final_dot(&self) -> bool {
        matches!(self, Carrier::Smtp { session: Some(open), .. } if open.is_past_final_dot())
    }

    pub async fn close(&mut self) {
        if let Carrier::Smtp { session, .. } = self
            && let Some(open) = session.take()
        {
            open.quit().await;
        }
    }
}

/// The relays of a configuration with their secrets read; an error says which can't be.
pub fn relays(config: &MailConfig) -> Result<Vec<Arc<Relay>>, String> {
    config.relays.iter().map(|relay| Relay::new(relay, config.helo_name.as_ref()).map(Arc::new)).collect()
}

/// Hands over one message that is no delivery, such as a test; the file, where mail is written into files.
pub async fn send_once(config: &Config, envelope: &Envelope, octets: &[u8]) -> Result<Option<PathBuf>, SendError> {
    let mail = &config.mail;
    let signer = Signer::new(mail).map_err(SendError::Unsendable)?;
    let signatures = signer.sign(octets, Timestamp::now()).map_err(|e| SendError::Unsendable(e.to_string()))?;
    let octets = &[&signatures, octets].concat();
    if mail.transport == TransportKind::File {
        return files::write(&mail.outbox, 0, Some("test"), &envelope.to, octets).await.map(Some);
    }
    let mut last = SendError::NoConnection("no relay is configured".into());
    for relay in &mail.relays {
        let relay = Relay::new(relay, mail.helo_name.as_ref()).map_err(SendError::NoConnection)?;
        match relay.connect().await {
            Err(error) => last = error,
            Ok(mut session) => {
                let result = session.send(envelope, octets).await;
                session.quit().await;
                return result.map(|_| None);
            }
        }
    }
    Err(last)
}
