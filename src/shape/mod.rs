//! What goes out as JSON, once: for `--json`, exports, feeds and whatever else speaks to programs. Names promised outside
//! do not change: a test holds each record to its own.

pub mod act;
pub mod approval;
pub mod article;
pub mod bounce;
pub mod configuration;
pub mod delivery;
pub mod digest;
pub mod draft;
pub mod edition;
pub mod editor;
pub mod event;
pub mod export;
pub mod finding;
pub mod intake;
pub mod person;
pub mod picture;
pub mod proposal;
pub mod setup;
pub mod source;
pub mod status;
pub mod subscriber;
pub mod token;
pub mod webhook;
