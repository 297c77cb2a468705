//! What is kept ready in memory for all who ask: the events, and the feeds made from them.

pub mod answer;
mod body;
pub mod feed;
pub mod feeds;
pub mod snapshot;
