//! Digests: when one is due, what is in an edition, how it looks, and the loop that makes them.

pub mod clock;
pub mod compose;
pub mod render;
pub mod run;
pub mod schedule;
