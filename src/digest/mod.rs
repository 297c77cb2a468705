//! Digests: when one is due, what is in an edition, how it looks, and the loop that makes them.

pub mod brief;
pub mod changes;
pub mod clock;
pub mod compose;
pub mod draft;
pub mod moments;
pub mod publish;
pub mod reach;
pub mod render;
pub mod run;

/// Why an edition was not made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Store(#[from] crate::store::Error),
    #[error("the digest's template failed: {0}")]
    Template(#[from] askama::Error),
    #[error("readers kept choosing anew while their mails were made: try again")]
    Restless,
}
