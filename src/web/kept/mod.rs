//! What is kept ready in memory for all who ask: the feeds, and the events as of a moment ago.

pub mod answer;
pub mod as_of;
mod body;
pub mod feed;
pub mod feeds;
pub mod snapshots;
