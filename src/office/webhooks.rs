//! Webhooks: how telling them goes, trying one, and sending messages again.

use super::{Error, Office, Result};
use crate::config::WebhookConfig;
use crate::domain::actor::Actor;
use crate::domain::hook::Topic;
use crate::domain::refused::{Noun, Refused};
use crate::domain::wording::count;
use crate::hook::message::{Data, Message};
use crate::hook::{self, Hook, Verdict};
use crate::net::fetch::Fetcher;
use crate::shape::webhook::{HookMessageRecord, HookTestRecord, ReplayRecord, WebhookRecord};
use crate::store::{self, HookMessage, Replay, Store};

/// So many of the last messages are listed.
const LISTED: u32 = 50;

impl Office {
    /// Those configured, and how telling them goes.
    pub async fn webhooks(&self) -> Result<Vec<WebhookRecord>> {
        Ok(standings(&self.config.webhooks, &self.store).await?)
    }

    /// The last messages of one, the newest first.
    pub async fn webhook_messages(&self, name: &str) -> Result<Vec<HookMessageRecord>> {
        let hook = self.configured_webhook(name)?;
        let messages = self.store.hook_messages(hook.name.as_str(), LISTED).await?;
        Ok(messages.into_iter().map(record).collect())
    }

    /// Tells one that this is a test, and waits for its answer. One that was gone and takes it is told again from now on.
    pub async fn test_webhook(&self, by: &Actor, name: &str) -> Result<HookTestRecord> {
        let hook = self.configured_webhook(name)?;
        if self.store.is_rehearsal() {
            return Ok(HookTestRecord { webhook: name.to_owned(), taken: false, answer: "not sent".into() });
        }
        let hook = Hook::of(hook).map_err(Error::Failed)?;
        let fetcher = Fetcher::new(&self.config.fetch.allowed_hosts).map_err(Error::Failed)?;
        let data = Data::Test { site: self.config.site.title.as_str().to_owned() };
        let test = hook::new_message(&Message { topic: Topic::Test, timestamp: self.now(), data });
        let attempt = hook::attempt(&self.store, &self.config, &hook, &fetcher, &test.id, &test.body).await?;
        let taken = attempt.verdict == Verdict::Taken;
        self.store.note_hook_tested(by, name, taken).await?;
        Ok(HookTestRecord { webhook: name.to_owned(), taken, answer: attempt.answer })
    }

    /// Has messages sent again at once, as they were and under their ids.
    pub async fn replay_webhook(&self, by: &Actor, name: &str, which: &Replay) -> Result<ReplayRecord> {
        let hook = self.configured_webhook(name)?;
        let state = self.store.hook_state(hook.name.as_str()).await?;
        if state.is_some_and(|state| state.gone_at.is_some()) {
            let said = format!("the webhook {name} is gone, as its server says: a test that it takes brings it back");
            return Err(Refused::conflict(said).about(Noun::Webhook, name).into());
        }
        let replayed = self.store.replay_hook_messages(by, name, which).await?;
        Ok(ReplayRecord { webhook: name.to_owned(), replayed })
    }

    fn configured_webhook(&self, name: &str) -> Result<&WebhookConfig> {
        let known = || self.config.webhooks.iter().map(|webhook| webhook.name.as_str());
        Ok(self.config.webhook(name).ok_or_else(|| Refused::not_found(Noun::Webhook, name).or_meant(known()))?)
    }
}

/// How telling each of these goes.
pub(super) async fn standings(hooks: &[WebhookConfig], store: &Store) -> store::Result<Vec<WebhookRecord>> {
    let mut records = Vec::new();
    for hook in hooks {
        let state = store.hook_state(hook.name.as_str()).await?.unwrap_or_default();
        records.push(WebhookRecord {
            name: hook.name.to_string(),
            url: hook.url.told(),
            format: hook.format,
            events: hook.events.clone(),
            persons: hook.persons,
            waiting: state.waiting,
            failed: state.failed,
            taken_at: state.taken_at,
            failures: state.failures,
            failing_since: state.failing_since,
            gone_at: state.gone_at,
            error: state.error,
        });
    }
    Ok(records)
}

/// How it goes, in a few words.
pub fn health(webhook: &WebhookRecord) -> String {
    let error = webhook.error.as_deref().unwrap_or("it took nothing");
    match webhook {
        WebhookRecord { gone_at: Some(_), .. } => "its server says that it is gone: it is told nothing any more".into(),
        WebhookRecord { failures: 1, .. } => format!("failed: {error}"),
        WebhookRecord { failures: 2.., .. } => format!("failed {} times: {error}", webhook.failures),
        WebhookRecord { failed: 1.., .. } => {
            format!("{} given up", count(usize::try_from(webhook.failed).unwrap_or(0), "message was", "messages were"))
        }
        WebhookRecord { taken_at: None, .. } => "told nothing yet".into(),
        _ => "ok".into(),
    }
}

fn record(message: HookMessage) -> HookMessageRecord {
    HookMessageRecord {
        id: message.id,
        topic: message.topic,
        status: message.status,
        created_at: message.created_at,
        attempts: message.attempts,
        next_at: message.next_at,
        done_at: message.done_at,
        answer: message.answer,
    }
}
