//! Why a calendar, a feed or a page could not be fetched.

use std::error::Error;
use std::net::IpAddr;
use std::time::Duration;

use hyper::StatusCode;
use thiserror::Error as ThisError;

use super::MAX_REDIRECTS;

/// In characters.
const MAX_REASON: usize = 300;

/// Why something could not be fetched: a sentence that names the server, but neither path nor query, which often are
/// a calendar's only secret, nor user name and password.
#[derive(Debug, ThisError)]
#[error("{server}: {problem}")]
pub struct FetchError {
    /// Such as `https://example.org`, with the server that redirected to it.
    pub server: String,
    pub problem: Problem,
}

impl FetchError {
    /// How long the server wants to be left alone, from the Retry-After of a 429 or 503; a week at most.
    pub fn retry_after(&self) -> Option<Duration> {
        match self.problem {
            Problem::Status { retry_after, .. } => retry_after,
            _ => None,
        }
    }
}

#[derive(Debug, ThisError)]
pub enum Problem {
    #[error("only addresses with https://, http:// or webcal:// can be fetched: correct the address")]
    Scheme,
    #[error("this is no usable web address: correct it")]
    Unusable,
    #[error(
        "{address} is not on the public internet: if this server is meant, add \"{host}\" to allowed_hosts in [fetch]"
    )]
    NotPublic { host: String, address: IpAddr },
    #[error("the name can't be resolved ({0}): check its spelling, and this machine's name service")]
    Unresolved(String),
    #[error("can't connect ({0}): the server may be down, or a firewall in between: try again later")]
    Unreachable(String),
    #[error("no secure connection ({0}): the server's operator has to put its certificate or its TLS right")]
    Tls(String),
    #[error("no certificate can be checked: install the system's certificate authorities (package ca-certificates)")]
    NoAuthorities,
    #[error("{what} within {limit:?}: the server is slow or overloaded, try again later")]
    Slow { what: &'static str, limit: Duration },
    #[error("it redirects more than {MAX_REDIRECTS} times, maybe in a circle: enter the final address")]
    TooManyRedirects,
    #[error("it redirects, but to no usable web address: enter the final address")]
    BadRedirect,
    #[error(
        "it redirects from https to http, where anybody on the way could change what comes: find an address with https"
    )]
    Downgrade,
    #[error("it is larger than {} MB: choose one with less in it", *.0 as f64 / 1e6)]
    TooLarge(usize),
    #[error("the answer is damaged or broke off ({0}): try again later")]
    Broken(String),
    #[error(
        "the answer is compressed with `{0}`, but only gzip was asked for: the server's operator has to correct it"
    )]
    Encoding(String),
    #[error("it says 304 (not modified) though nothing was known: the server's cache is at fault, try again later")]
    NotModifiedUnasked,
    #[error("{}", status_sentence(*.status))]
    Status { status: StatusCode, retry_after: Option<Duration> },
}

fn status_sentence(status: StatusCode) -> String {
    let advice = match status.as_u16() {
        202 => "it is not ready yet: try again later",
        401 => "it wants a user name and a password: correct them, or write them as https://user:password@host/",
        403 => "it denies access: have what is there published, or use its private address",
        404 => "it has nothing at this address: check it",
        410 => "what was there is gone for good: remove it, or enter its new address",
        408 | 429 => "it is asked too often or is overloaded: ask less often",
        503 => "it is overloaded or under maintenance: try again later",
        500..=599 => "it has trouble of its own: try again later",
        _ => "it gives nothing to read: check the address",
    };
    format!("{advice} (status {status})")
}

/// The error with what caused it, in one line. A certificate's errors show its names, of any number and content.
pub(super) fn reason(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text = format!("{text}: {inner_text}");
        }
        source = inner.source();
    }
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ").chars().take(MAX_REASON).collect()
}
