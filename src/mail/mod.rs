//! Mail: what a message looks like on the wire, how it gets to a server or a file, and the loop that drains the outbox.

pub mod bounce;
pub(crate) mod breaker;
pub(crate) mod carrier;
mod composer;
pub(crate) mod confirmation;
pub(crate) mod deliver;
mod desk;
pub(crate) mod dkim;
pub mod dns;
pub(crate) mod files;
mod handed;
pub(crate) mod inbox;
pub(crate) mod letter;
pub mod lmtp;
pub mod lookup;
pub mod mailbox;
pub(crate) mod message;
pub(crate) mod own_link;
pub(crate) mod pace;
pub mod provider;
pub(crate) mod retry;
pub(crate) mod returned;
pub(crate) mod sign_in;
pub(crate) mod signed;
pub mod smtp;
mod standing;
mod stencil;
mod tls;
mod worker;

/// How an attempt to hand a message over can fail. What to do next follows from the kind alone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Nobody was asked: the reason lies here.
    #[error("{0}")]
    NotTried(String),
    /// The server can't be reached or refuses to talk: it was not asked about this message.
    #[error("{0}")]
    NoConnection(String),
    /// The server refuses us, whoever a message is for: our host, our login or our sender.
    #[error("{0}")]
    Unwelcome(String),
    /// Refused for now (4xx).
    #[error("{0}")]
    Transient(String),
    /// Refused for good (5xx).
    #[error("{0}")]
    Permanent(String),
    /// No server was asked, and asking again would not help: it can't be put into a message or a command.
    #[error("{0}")]
    Unsendable(String),
    /// The connection was lost before the message was given: it was not taken.
    #[error("{0}")]
    Lost(String),
    /// The connection was lost after the final dot: nobody can know.
    #[error("{0}")]
    Unknown(String),
}
