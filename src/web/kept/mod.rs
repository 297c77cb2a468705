//! What is kept ready in memory for all who ask: the events, and the feeds made from them.

pub mod answer;
pub mod body;
pub mod snapshot;

use crate::store;
use crate::web::http::work::WorkError;

/// Why there is no feed.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error(transparent)]
    Work(#[from] WorkError),
}
