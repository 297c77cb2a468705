//! What is kept ready in memory for all who ask: the events, and the feeds made from them.

pub mod body;
pub mod snapshot;
