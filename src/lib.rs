//! kalends keeps dated events, publishes them as calendars and sends them as digest mails.

mod alert;
mod app;
pub mod cli;
mod clock;
pub mod config;
mod confined;
mod counted;
mod demo;
pub mod digest;
mod documents;
pub mod domain;
pub mod feed;
mod hook;
mod idle;
pub mod intake;
mod letterhead;
pub mod mail;
mod markdown;
mod net;
mod office;
mod parallel;
pub mod private;
mod shape;
mod source;
pub mod store;
mod upkeep;
pub mod web;
