//! What comes to us as mail, whichever door brings it: what comes back, and what editors forward. Who decides on the latter
//! stands above this room, so the doors know it by what it does.

use std::pin::Pin;
use std::sync::Arc;

use super::returned::Returns;
use crate::domain::bounce::Way;
use crate::store::Result;

/// Whoever takes what comes to the bounce address, and to the intake address if there is one.
#[derive(Clone)]
pub struct Inbox {
    pub returns: Arc<Returns>,
    pub forwards: Option<Arc<dyn Forwards>>,
}

/// A mail to the intake address.
#[derive(Debug, Clone, Copy)]
pub struct Forwarded<'a> {
    pub way: Way,
    /// The addresses that it may have come to.
    pub recipients: &'a [String],
    /// The envelope sender where it is known, empty if there was none.
    pub sender: Option<&'a str>,
    pub octets: &'a [u8],
    /// Whether these are all of them.
    pub is_whole: bool,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It was taken, now or before.
    Taken,
    /// Nobody knows whose it is: nothing was done.
    Unproved,
    /// It is larger than what is read, and nobody knows whose it is.
    TooLarge,
    /// For now nobody can tell whose it is: why.
    Undecided(String),
}

/// The work of a door that waits.
pub type Waiting<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Takes mails to the intake address.
pub trait Forwards: Send + Sync {
    /// Whether mail to this address is ours to take.
    fn is_ours(&self, recipient: &str) -> bool;

    /// All that comes of it is on disk when this is done.
    fn take<'a>(&'a self, mail: Forwarded<'a>) -> Waiting<'a, Result<Fate>>;
}

impl Inbox {
    /// Whether mail to this address is ours to take.
    pub fn is_ours(&self, recipient: &str) -> bool {
        self.returns.is_ours(recipient) || self.is_forward(recipient)
    }

    pub fn is_forward(&self, recipient: &str) -> bool {
        self.forwards.as_ref().is_some_and(|forwards| forwards.is_ours(recipient))
    }

    /// Who takes a mail that says it came to these, the most telling first, if it was forwarded to us and did not come back.
    pub fn forwards_of(&self, recipients: &[String]) -> Option<&Arc<dyn Forwards>> {
        let ours = recipients.iter().find(|recipient| self.is_ours(recipient))?;
        self.forwards.as_ref().filter(|forwards| forwards.is_ours(ours))
    }
}
