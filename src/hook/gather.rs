//! What a webhook is to be told of what happened since it was told last: read from what is kept anyway, and put into the
//! outbox in the transaction that notes how far it was read. So nothing is lost, and nothing is put there twice.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::dates::{Act, acts};
use super::happened;
use super::message::{Data, Dates, Message, SHOWN, ToldDate};
use crate::config::{Config, WebhookConfig};
use crate::domain::hook::{HookFormat, Topic};
use crate::store::{HookHead, NewHookMessage, Result, Store};

/// Puts what is ripe of all up to `until` into the outbox; when something will be, if anything is on its way there.
pub async fn gather(
    store: &Store,
    config: &Config,
    hook: &WebhookConfig,
    until: HookHead,
) -> Result<Option<Timestamp>> {
    let name = hook.name.as_str();
    let Some(state) = store.hook_state(name).await? else { return Ok(None) };
    let since = state.head;
    if since == until || state.gone_at.is_some() {
        return Ok(None);
    }
    let now = store.now();
    let wait = hook.wait.length().unwrap_or(SignedDuration::ZERO);
    // What seems to lie ahead was noted by a clock that was wrong.
    let first = store.first_behind(since).await?.filter(|first| *first <= now);
    if let Some(ripe) = first.and_then(|first| first.checked_add(wait).ok()).filter(|ripe| *ripe > now) {
        return Ok(Some(ripe));
    }
    let messages = messages(store, config, hook, since, until).await?;
    store.put_hook_messages(name, since, until, &messages).await?;
    Ok(None)
}

async fn messages(
    store: &Store,
    config: &Config,
    hook: &WebhookConfig,
    since: HookHead,
    until: HookHead,
) -> Result<Vec<NewHookMessage>> {
    let mut messages = Vec::new();
    if since.history < until.history && hook.events.iter().any(|topic| topic.is_of_event()) {
        let events: Vec<Arc<_>> = store.events_changed_since(since.history).await?.into_iter().map(Arc::new).collect();
        let revisions = store.history_between(since.history, until.history).await?;
        for act in acts(&events, &revisions, config.site.links()) {
            messages.extend(of_act(act, hook));
        }
    }
    let happenings = store.happenings(since.happening, until.happening).await?;
    let happened = happened::messages(store, config, &happenings).await?;
    messages.extend(happened.into_iter().filter(|message| hook.events.contains(&message.topic)));
    messages.sort_by_key(|message| message.timestamp);
    Ok(messages.iter().map(new_message).collect())
}

/// One message, in a chat; a program gets one for each type.
fn of_act(act: Act, hook: &WebhookConfig) -> Vec<Message> {
    let Act { by, at, dates } = act;
    let wanted: Vec<ToldDate> = dates.into_iter().filter(|date| hook.events.contains(&date.change.topic())).collect();
    let mut lots: Vec<(Topic, Vec<ToldDate>)> = Vec::new();
    for date in wanted {
        let topic = date.change.topic();
        match lots.iter_mut().find(|(known, _)| *known == topic || hook.format != HookFormat::Json) {
            Some((_, lot)) => lot.push(date),
            None => lots.push((topic, vec![date])),
        }
    }
    let message = |(topic, mut events): (Topic, Vec<ToldDate>)| {
        let count = events.len();
        events.truncate(SHOWN);
        Message { topic, timestamp: at, data: Data::Dates(Dates { count, actor: by.to_string(), events }) }
    };
    lots.into_iter().map(message).collect()
}

pub fn new_message(message: &Message) -> NewHookMessage {
    let body = serde_json::to_string(message).unwrap_or_else(|_| "{}".into());
    // Without a full stop: it is signed beside the time and the body with such between them.
    NewHookMessage { id: format!("msg_{}", Uuid::new_v4().simple()), topic: message.topic, body }
}
