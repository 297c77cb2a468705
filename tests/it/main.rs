//! Scenarios through the real binary, real sockets and real mail. Each test has its own folder and its own daemon.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

mod admin;
mod alerts;
mod api;
mod archive;
mod article_pages;
mod articles;
mod bad_input;
mod bounces;
mod breaker;
mod calendar;
mod certificates;
mod clock;
mod configuration;
mod copies;
mod copies_killed;
mod crash;
mod daemon;
mod demo;
mod digest;
mod dkim;
mod doors;
mod editors;
mod enrolment;
mod events;
mod exchange;
mod extract;
mod files;
mod forgotten;
mod keep;
mod language;
mod mail;
mod metrics;
mod missed;
mod month;
mod newsletter;
mod personal;
mod preferences;
mod put_back;
mod reader_clock;
mod relays;
mod reload;
mod reload_mail;
mod repeating;
mod replies;
mod restore;
mod secrets;
mod site;
mod sources;
mod status;
mod subscribers;
mod text;
mod upgrade;
