//! kalends keeps dated events, publishes them as calendars and sends them as digest mails.

pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod digest;
pub mod domain;
pub mod feed;
pub mod idle;
pub mod intake;
pub mod letterhead;
pub mod mail;
pub mod markdown;
pub mod net;
pub mod office;
pub mod parallel;
pub mod private;
pub mod shape;
pub mod source;
pub mod store;
pub mod web;
