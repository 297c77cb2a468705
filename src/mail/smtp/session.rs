//! One open connection to a relay: used for one message after the other, one recipient each.

use std::sync::Arc;
use std::time::Duration;

use lettre::transport::smtp::commands::{Data, Mail, Quit, Rcpt, Rset};
use lettre::transport::smtp::extension::MailParameter;

use super::caution::Caution;
use super::greeting::Offer;
use super::replies::{Reply, mail_id};
use super::wire::{Fault, Wire};
use super::{
    COMMAND_TIMEOUT, DATA_TIMEOUT, FINAL_DOT_TIMEOUT, PIPELINED_TIMEOUT, QUIT_TIMEOUT, RESET_TIMEOUT, refusal,
};
use crate::domain::address::EmailAddress;
use crate::mail::SendError;

/// Who a message is from and to, for the server: what its header says is another matter (RFC 5321 section 2.3.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// None: nothing is to come back.
    pub from: Option<EmailAddress>,
    pub to: EmailAddress,
}

pub struct Session {
    wire: Wire,
    offer: Offer,
    /// What it was greeted with.
    own_name: String,
    is_encrypted: bool,
    caution: Arc<Caution>,
    messages: u64,
    stage: Stage,
}

/// What a connection is at.
enum Stage {
    Idle,
    /// MAIL, RCPT and DATA for this envelope are sent, their answers to be read.
    Asked(Envelope),
    /// The server waits for the message of this envelope.
    Open(Envelope),
    /// The message may have been taken.
    PastFinalDot,
    /// It can't be trusted with another message.
    Broken,
}

/// What the server calls the message that it took, if it says.
pub type Taken = Option<String>;

/// A reply that makes sense, as yes or no. The outer error says that the connection is of no more use.
type Answer = Result<Result<(), SendError>, SendError>;

impl Session {
    pub(super) fn new(
        mut wire: Wire,
        offer: Offer,
        own_name: String,
        is_encrypted: bool,
        caution: Arc<Caution>,
    ) -> Self {
        wire.relax();
        Self { wire, offer, own_name, is_encrypted, caution, messages: 0, stage: Stage::Idle }
    }

    pub fn is_encrypted(&self) -> bool {
        self.is_encrypted
    }

    pub fn own_name(&self) -> &str {
        &self.own_name
    }

    /// Whether it has been asked about a message before: then a loss says only that the server grew tired of waiting.
    pub fn is_used(&self) -> bool {
        self.messages > 0
    }

    /// Whether it can't be trusted with another message.
    pub fn is_broken(&self) -> bool {
        matches!(self.stage, Stage::Broken | Stage::PastFinalDot)
    }

    /// Whether it is at no message.
    pub fn is_idle(&self) -> bool {
        matches!(self.stage, Stage::Idle)
    }

    /// Whether several commands are sent at once.
    pub fn is_pipelining(&self) -> bool {
        self.offer.pipelining && !self.caution.is_on()
    }

    /// Whether the message now on the wire may have been taken.
    pub fn is_past_final_dot(&self) -> bool {
        matches!(self.stage, Stage::PastFinalDot)
    }

    /// Hands one message over, whatever its state is here.
    pub async fn send(&mut self, envelope: &Envelope, octets: &[u8]) -> Result<Taken, SendError> {
        self.ask(envelope).await?;
        self.give(octets, None).await
    }

    /// Asks whether the server takes a message of this envelope, up to its word to go ahead. Nothing of the message is
    /// given: who goes away now has told nobody anything. After `Lost` the session is of no more use.
    pub async fn ask(&mut self, envelope: &Envelope) -> Result<(), SendError> {
        let is_asked = match &self.stage {
            Stage::Idle => false,
            Stage::Asked(asked) if asked == envelope => true,
            Stage::Open(open) if open == envelope => return Ok(()),
            _ => return Err(SendError::Lost("the connection is at another message".into())),
        };
        if is_asked {
            self.begin();
            let reply = self.wire.reply(PIPELINED_TIMEOUT).await;
            self.group_answer(reply).await?;
        } else if self.is_pipelining() {
            let group = self.group(envelope)?;
            self.begin();
            let reply = self.wire.ask(PIPELINED_TIMEOUT, group.as_bytes()).await;
            self.group_answer(reply).await?;
        } else {
            let [mail, rcpt] = self.commands(envelope)?;
            self.begin();
            self.command(COMMAND_TIMEOUT, mail, "MAIL").await.map_err(sender_refused)?;
            self.command(COMMAND_TIMEOUT, rcpt, "RCPT").await?;
            self.command(DATA_TIMEOUT, Data.to_string(), "DATA").await?;
        }
        self.stage = Stage::Open(envelope.clone());
        Ok(())
    }

    /// Until all answers are there.
    fn begin(&mut self) {
        self.stage = Stage::Broken;
        self.messages += 1;
    }

    /// Gives the message that the server waits for, and asks about the next one in the same breath if it may (RFC 2920
    /// section 3.1): the answers are for [`ask`](Self::ask). After `Lost` and `Unknown` the session is of no more use.
    pub async fn give(&mut self, octets: &[u8], next: Option<Envelope>) -> Result<Taken, SendError> {
        // The dot's own CRLF comes with it.
        let octets = octets.strip_suffix(b"\r\n").unwrap_or(octets);
        let behind = match &next {
            Some(next) if self.is_pipelining() => self.group(next).unwrap_or_default(),
            _ => String::new(),
        };
        if !self.wire.is_drained() {
            self.stage = Stage::Broken;
            return Err(SendError::Lost(Fault::Unasked.to_string()));
        }
        // From here on a lost connection leaves in doubt whether the server has it.
        self.stage = Stage::PastFinalDot;
        // In one write: several would be as many packets.
        let reply = self.wire.ask(FINAL_DOT_TIMEOUT, &with_final_dot(octets, behind.as_bytes())).await;
        let result = match reply {
            Ok(reply) if reply.is_yes() => Ok(mail_id(&reply)),
            Ok(reply) => Err(refusal(&reply)
                .unwrap_or_else(|| SendError::Unknown(format!("the final dot was answered by {}", reply.code)))),
            Err(Fault::Silence) => {
                self.note_silence(!behind.is_empty());
                Err(SendError::Unknown("no answer to the final dot in time".into()))
            }
            Err(fault) => Err(SendError::Unknown(format!("the connection was lost after the final dot: {fault}"))),
        };
        if !matches!(result, Err(SendError::Unknown(_))) {
            self.stage = match next {
                Some(next) if !behind.is_empty() => Stage::Asked(next),
                _ => Stage::Idle,
            };
        }
        result
    }

    /// MAIL and RCPT for one recipient.
    fn commands(&self, envelope: &Envelope) -> Result<[String; 2], SendError> {
        let address = |address: &EmailAddress| {
            let unusable = |e| SendError::Unsendable(format!("the address can't be put into a command: {e}"));
            address.as_str().parse::<lettre::Address>().map_err(unusable)
        };
        let mut parameters = Vec::new();
        let is_ascii = envelope.from.as_ref().is_none_or(|from| from.as_str().is_ascii());
        if !is_ascii || !envelope.to.as_str().is_ascii() {
            if !self.offer.smtputf8 {
                return Err(SendError::Unsendable("the server takes no addresses beyond ASCII (SMTPUTF8)".into()));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        let mail = Mail::new(envelope.from.as_ref().map(address).transpose()?, parameters);
        Ok([mail.to_string(), Rcpt::new(address(&envelope.to)?, Vec::new()).to_string()])
    }

    /// MAIL, RCPT and DATA in one go.
    fn group(&self, envelope: &Envelope) -> Result<String, SendError> {
        let [mail, rcpt] = self.commands(envelope)?;
        Ok(format!("{mail}{rcpt}{Data}"))
    }

    /// What comes of MAIL, RCPT and DATA in one go (RFC 2920 section 3.1): one round trip instead of three. All three
    /// answers are waited for, whatever the first says.
    async fn group_answer(&mut self, sender: Result<Reply, Fault>) -> Result<(), SendError> {
        let sender = self.judge_grouped(sender, "MAIL")?;
        let recipient = self.wire.reply(PIPELINED_TIMEOUT).await;
        let recipient = self.judge_grouped(recipient, "RCPT")?;
        let go_ahead = self.wire.reply(PIPELINED_TIMEOUT).await;
        let go_ahead = self.judge_grouped(go_ahead, "DATA")?;
        let refused = sender.map_err(sender_refused).and(recipient);
        match (refused, go_ahead) {
            (Ok(()), Ok(())) => Ok(()),
            (Err(refused), Ok(())) => {
                // The server waits for a message though it refused: it gets an empty one, and refuses that.
                let empty = self.wire.ask(DATA_TIMEOUT, b".\r\n").await;
                if matches!(judge(empty, "an empty message"), Ok(Err(_))) {
                    self.stage = Stage::Idle;
                }
                Err(refused)
            }
            (refused, Err(data)) => {
                self.reset().await;
                Err(refused.err().unwrap_or(data))
            }
        }
    }

    fn judge_grouped(&self, reply: Result<Reply, Fault>, command: &str) -> Answer {
        self.note_silence(matches!(reply, Err(Fault::Silence)));
        judge(reply, command)
    }

    /// A server that does not answer commands that it got together may have lost them.
    fn note_silence(&self, is_silent: bool) {
        if is_silent {
            self.caution.begin();
        }
    }

    /// One command. A refusal leaves the session usable, after a RSET.
    async fn command(&mut self, limit: Duration, command: String, name: &str) -> Result<(), SendError> {
        let answer = judge(self.wire.ask(limit, command.as_bytes()).await, name)?;
        if answer.is_err() {
            self.reset().await;
        }
        answer
    }

    /// Without an answer to this, later answers could be taken for those of other commands.
    async fn reset(&mut self) {
        if self.wire.ask(RESET_TIMEOUT, Rset.to_string().as_bytes()).await.is_ok_and(|reply| reply.is_yes()) {
            self.stage = Stage::Idle;
        }
    }

    /// Says goodbye, if the server listens to commands now.
    pub async fn quit(mut self) {
        if self.is_idle() {
            let _ = self.wire.ask(QUIT_TIMEOUT, Quit.to_string().as_bytes()).await;
        }
    }
}

/// DATA is answered by 354 (RFC 5321 section 3.3), all else that goes well by a number from 200 on.
fn judge(reply: Result<Reply, Fault>, command: &str) -> Answer {
    let reply = reply.map_err(|fault| SendError::Lost(fault.to_string()))?;
    let is_yes = if command == "DATA" { reply.code == 354 } else { reply.is_yes() };
    match refusal(&reply) {
        // RFC 5321 section 3.8: after 421 the server closes, and wants to be left alone for a while.
        Some(SendError::Transient(text)) if reply.code == 421 => Err(SendError::NoConnection(text)),
        Some(refusal) => Ok(Err(refusal)),
        None if is_yes => Ok(Ok(())),
        None => Err(SendError::Lost(format!("{command} was answered by {}", reply.code))),
    }
}

/// A relay that refuses the sender says nothing of the recipient, unless it is the message that is too large for it.
fn sender_refused(error: SendError) -> SendError {
    match error {
        SendError::Permanent(text) if !text.contains("552") && !text.contains("5.3.4") => SendError::Unwelcome(text),
        SendError::Transient(text) => SendError::Unwelcome(text),
        error => error,
    }
}

/// The message as it goes on the wire (RFC 5321 section 4.5.2): dots at the beginning of lines doubled, and the final one;
/// `after` it.
fn with_final_dot(octets: &[u8], after: &[u8]) -> Vec<u8> {
    let mut wire = Vec::with_capacity(octets.len() + after.len() + 64);
    if octets.starts_with(b".") {
        wire.push(b'.');
    }
    let mut copied = 0;
    for at in memchr::memmem::find_iter(octets, b"\r\n.") {
        let dot = at + 2;
        wire.extend_from_slice(&octets[copied..dot]);
        wire.push(b'.');
        copied = dot;
    }
    wire.extend_from_slice(&octets[copied..]);
    wire.extend_from_slice(b"\r\n.\r\n");
    wire.extend_from_slice(after);
    wire
}
