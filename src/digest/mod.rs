//! Digests: when one is due, what is in an edition, how it looks, and the loop that makes them.

pub mod schedule;
