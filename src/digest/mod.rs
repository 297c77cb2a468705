//! Digests: when one is due, what is in an edition, how it looks, and the loop that makes them.

pub(crate) mod approval;
mod approval_letter;
pub(crate) mod brief;
pub(crate) mod clock;
pub(crate) mod compose;
pub(crate) mod correction;
pub mod draft;
pub(crate) mod headline;
pub(crate) mod late;
pub(crate) mod moments;
pub(crate) mod publish;
pub(crate) mod reach;
pub(crate) mod render;
pub(crate) mod run;
mod welcome;

/// Why an edition was not made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Store(#[from] crate::store::Error),
    #[error("the digest's template failed: {0}")]
    Template(#[from] askama::Error),
    #[error(transparent)]
    NoRandom(#[from] crate::random::NoRandom),
    #[error("readers kept choosing anew while their mails were made: try again")]
    Restless,
}
