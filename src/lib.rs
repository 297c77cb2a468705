//! kalends keeps dated events, publishes them as calendars and sends them as digest mails.

pub mod clock;
pub mod config;
pub mod digest;
pub mod domain;
pub mod feed;
pub mod intake;
pub mod store;
