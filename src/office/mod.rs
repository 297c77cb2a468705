//! What people may do, once for every door: a file a noun. The doors translate; here and in `domain` it is decided what
//! may be done and what follows from it. Whatever changes something is told who does it.

mod answers;
mod articles;
mod backup;
mod certificates;
pub mod checks;
pub mod configuration;
mod deliveries;
pub mod desk;
pub mod digests;
mod editors;
mod enrolment;
mod events;
mod exchange;
mod failures;
pub mod forwarding;
mod joining;
pub mod keys;
mod many;
mod pictures;
pub mod readers;
pub mod reports;
pub mod restore;
mod returned;
mod secrets;
pub mod sources;
pub mod status;
mod subscribers;
mod today;
mod tokens;
pub mod webhooks;

use std::sync::Arc;

use jiff::Timestamp;

use crate::config::Config;
use crate::digest;
use crate::documents;
use crate::domain::refused::Refused;
use crate::domain::token::TokenKey;
use crate::domain::zone::Zone;
use crate::domain::{FieldError, Invalid};
use crate::progress::Progress;
use crate::random::NoRandom;
pub use crate::store::Stretch;
use crate::store::{self, Store};
pub use articles::{ShownArticle, ToldChange};
pub use deliveries::{DeliveryQuery, Retry};
pub use events::{Aim, Changed, Place, Shown, ToldEntry};
pub use exchange::{Extract, Found, Import, Text, propose};
pub use joining::{Added, Agreed};
pub use many::{Act, Selection};
pub use returned::Recipients;
pub use subscribers::Agreements;

/// What all of it needs.
#[derive(Clone)]
pub struct Office {
    pub store: Store,
    pub config: Arc<Config>,
    /// Signs and opens the links in mails.
    pub key: TokenKey,
}

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What was asked for can't be.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The database can't be read or written, for a while or until somebody mends it; never a refusal.
    #[error(transparent)]
    Store(store::Error),
    /// Something outside of us, or of ours, did not do its part.
    #[error("{0}")]
    Failed(String),
}

pub type Result<T> = std::result::Result<T, Error>;

impl Office {
    pub async fn new(store: Store, config: Arc<Config>) -> store::Result<Self> {
        let key = store.token_key().await?;
        Ok(Self { store, config, key })
    }

    /// The same office, to try something: nothing that it changes stays, and nothing is done outside of the database.
    pub fn rehearsal(&self) -> Self {
        Self { store: self.store.rehearsal(), ..self.clone() }
    }

    /// Where its work tells how far it has come.
    pub fn progress(&self) -> &Progress {
        self.store.progress()
    }

    /// The office's own.
    pub fn zone(&self) -> &Zone {
        &self.config.site.timezone
    }

    /// By the clock that the database lives by.
    pub fn now(&self) -> Timestamp {
        self.store.now()
    }

    /// A number that is another after each change of the database.
    pub async fn version(&self) -> Result<i64> {
        Ok(self.store.version().await?)
    }

    /// A text that is another after each change of what editions tell.
    pub async fn told_version(&self) -> Result<String> {
        Ok(self.store.told_version().await?)
    }

    /// The host that new UIDs end in.
    pub fn host(&self) -> String {
        self.config.site.base_url.host()
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Refused(refused) => Self::Refused(refused),
            other => Self::Store(other),
        }
    }
}

impl From<NoRandom> for Error {
    fn from(error: NoRandom) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<digest::Error> for Error {
    fn from(error: digest::Error) -> Self {
        match error {
            digest::Error::Store(error) => error.into(),
            digest::Error::Restless => Self::Refused(Refused::busy(error.to_string())),
            other => Self::Failed(other.to_string()),
        }
    }
}

impl From<documents::Error> for Error {
    fn from(error: documents::Error) -> Self {
        match error {
            documents::Error::Unread(unread) => unread.into(),
            failed => Self::Failed(failed.to_string()),
        }
    }
}

impl From<Invalid> for Error {
    fn from(error: Invalid) -> Self {
        Self::Refused(error.into())
    }
}

impl From<FieldError> for Error {
    fn from(error: FieldError) -> Self {
        Self::Refused(error.into())
    }
}
