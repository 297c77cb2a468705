//! Sends one message, and judges how that ended.

use std::time::Duration;

use hyper::Method;
use hyper::header::{self, HeaderName, HeaderValue};
use jiff::{SignedDuration, Timestamp};

use super::chat;
use super::equipment::Hook;
use super::message::Message;
use crate::config::Config;
use crate::domain::hook::HookFormat;
use crate::domain::signing;
use crate::domain::text;
use crate::mail::retry;
use crate::net::fetch::{Fetcher, Parcel, Reply};
use crate::store::{HookMessage, Result, Store, Told};

/// Of an answer so much is kept, in characters.
const KEPT_OF_ANSWER: usize = 300;

/// Where a server can't be reached, is overloaded or broken, no other message of its webhook is tried before this.
const REST: SignedDuration = SignedDuration::from_mins(1);

/// What can't be read or kept is tried again after this.
const AFTER_TROUBLE: Duration = Duration::from_secs(2);

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    pub verdict: Verdict,
    /// What was answered, or why nothing was.
    pub answer: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Taken,
    /// It is tried again; with a `rest`, no other message goes there before.
    Refused {
        rest: Option<SignedDuration>,
    },
    /// Nobody wants any message there any more.
    Gone,
}

/// Sends a message that is due, and keeps how that ended: until the database takes it, or it would be sent again.
pub async fn deliver(store: &Store, config: &Config, hook: &Hook, fetcher: &Fetcher, message: &HookMessage) {
    let (name, id) = (hook.name(), &message.id);
    let attempt = match attempt(store, config, hook, fetcher, id, &message.body).await {
        Ok(attempt) => attempt,
        Err(error) => {
            tracing::warn!(webhook = name, %error, "a message can't be read; tried again soon");
            return tokio::time::sleep(AFTER_TROUBLE).await;
        }
    };
    let told = told(attempt.verdict, message, store.now());
    let error = text::overheard(&attempt.answer);
    match &told {
        Told::Taken => tracing::debug!(webhook = name, id, "told"),
        Told::Later { .. } => tracing::warn!(webhook = name, id, error, "a webhook took no message; tried again later"),
        Told::GivenUp => tracing::error!(webhook = name, id, error, "a webhook took no message; given up"),
        Told::Gone => tracing::error!(webhook = name, error, "a webhook is gone (410): it is told nothing any more"),
    }
    while let Err(error) = store.settle_hook_message(name, message.row, &told, &attempt.answer).await {
        tracing::warn!(webhook = name, %error, "how a message ended can't be kept; tried again soon");
        tokio::time::sleep(AFTER_TROUBLE).await;
    }
}

fn told(verdict: Verdict, message: &HookMessage, now: Timestamp) -> Told {
    match verdict {
        Verdict::Taken => Told::Taken,
        Verdict::Gone => Told::Gone,
        Verdict::Refused { rest } => {
            let jitter = f64::from(uuid::Uuid::new_v4().as_fields().0) / f64::from(u32::MAX);
            let tried_since = message.tried_since.unwrap_or(now);
            let rest = rest.and_then(|rest| now.checked_add(rest).ok());
            match retry::after_refusal(now, tried_since, message.attempts + 1, jitter) {
                Some(at) => Told::Later { at: rest.map_or(at, |rest| rest.max(at)), rest },
                None => Told::GivenUp,
            }
        }
    }
}

/// Sends a message as it is kept, with its readers' addresses where they may be told.
pub async fn attempt(
    store: &Store,
    config: &Config,
    hook: &Hook,
    fetcher: &Fetcher,
    id: &str,
    body: &str,
) -> Result<Attempt> {
    let Ok(mut message) = serde_json::from_str::<Message>(body) else {
        let answer = "it is kept in a form that this version does not know".to_owned();
        return Ok(Attempt { verdict: Verdict::Refused { rest: None }, answer });
    };
    let mut body = body.to_owned();
    if hook.config.persons && !message.readers().is_empty() {
        let ids: Vec<i64> = message.readers().iter().map(|reader| reader.id).collect();
        let addresses = store.addresses_of(&ids).await?;
        for reader in message.readers() {
            reader.email = addresses.get(&reader.id).cloned();
        }
        body = serde_json::to_string(&message).unwrap_or(body);
    }
    let parcel = match hook.config.format {
        HookFormat::Json => signed(hook, id, Timestamp::now(), body),
        _ => chat::parcel(config, hook, id, &message, Timestamp::now()),
    };
    let attempt = match fetcher.hand_over(parcel).await {
        Ok(reply) => judge(hook.config.format, &reply),
        Err(said) => Attempt { verdict: Verdict::Refused { rest: Some(REST) }, answer: said },
    };
    Ok(Attempt { answer: kept(&attempt.answer), ..attempt })
}

fn signed(hook: &Hook, id: &str, now: Timestamp, body: String) -> Parcel {
    let seconds = now.as_second();
    let key = signing::key(hook.secret()).unwrap_or_default();
    let field = |name: &'static str, value: String| {
        HeaderValue::from_str(&value).ok().map(|value| (HeaderName::from_static(name), value))
    };
    let headers = [
        Some((header::CONTENT_TYPE, HeaderValue::from_static("application/json"))),
        field("webhook-id", id.to_owned()),
        field("webhook-timestamp", seconds.to_string()),
        field("webhook-signature", signing::standard(&key, id, seconds, body.as_bytes())),
    ];
    Parcel {
        method: Method::POST,
        url: hook.config.url.url().clone(),
        headers: headers.into_iter().flatten().collect(),
        body: body.into_bytes(),
    }
}

fn judge(format: HookFormat, reply: &Reply) -> Attempt {
    let (status, said) = (reply.status, reply.body.trim());
    let asked = reply.retry_after.and_then(|pause| SignedDuration::try_from(pause).ok());
    let asked = asked.or_else(|| chat::asked_pause(format, said).map(SignedDuration::from_millis));
    let verdict = match status.as_u16() {
        200..=299 if chat::takes(format, said) => Verdict::Taken,
        410 => Verdict::Gone,
        429 | 500..=599 => Verdict::Refused { rest: Some(asked.unwrap_or_default().max(REST)) },
        _ => Verdict::Refused { rest: None },
    };
    let answer = match status.as_u16() {
        300..=399 => format!("{status}: redirects are not followed, write the final address"),
        _ if said.is_empty() => status.to_string(),
        _ => format!("{status}: {said}"),
    };
    Attempt { verdict, answer }
}

/// One line, without what could steer a terminal.
fn kept(answer: &str) -> String {
    text::single_line(answer).chars().take(KEPT_OF_ANSWER).collect()
}
