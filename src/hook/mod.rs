//! Telling other programs and chats what happens: what is read from what is kept anyway goes into an outbox of its own
//! (`gather`), and from there to each webhook, one message after the other.

mod chat;
mod dates;
mod equipment;
mod gather;
mod happened;
pub mod message;
mod send;
mod sign;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::domain::hook::HookFormat;
use crate::idle::Part;
use crate::store::watch::Changes;
use crate::store::{Result, Store};

pub use equipment::{Equipment, Hook};
pub use gather::new_message;
pub use send::{Verdict, attempt};

/// Machines sleep and clocks are set.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);

/// What can't be read or kept is tried again after this.
const AFTER_TROUBLE: SignedDuration = SignedDuration::from_secs(10);

/// Runs until `stop`, by the configuration that is in force. A message on its way is waited for, whatever changes.
pub async fn run(
    store: Store,
    mut equipment: watch::Receiver<Equipment>,
    mut changes: Changes,
    idle: Part,
    stop: CancellationToken,
) {
    let mut desk = Desk { store, sending: JoinSet::new(), busy: HashMap::new(), is_known: false };
    loop {
        idle.works();
        let (seen, present) = (changes.borrow_and_update().count, equipment.borrow_and_update().clone());
        let next = match stop.run_until_cancelled(desk.step(&present)).await {
            None => break,
            Some(Ok(next)) => next,
            Some(Err(error)) => {
                tracing::warn!(%error, "what webhooks are to be told can't be read or kept; tried again soon");
                Some(desk.store.now() + AFTER_TROUBLE)
            }
        };
        if desk.sending.is_empty() {
            idle.rests(seen, next);
        }
        let pause = next.map(|next| Duration::try_from(next.duration_since(desk.store.now())).unwrap_or_default());
        tokio::select! {
            () = stop.cancelled() => break,
            Some(ended) = desk.sending.join_next() => desk.note_end(ended.ok()),
            Ok(()) = changes.changed() => {}
            Ok(()) = equipment.changed() => desk.is_known = false,
            () = tokio::time::sleep(pause.unwrap_or(LONGEST_SLEEP).min(LONGEST_SLEEP)) => {}
        }
    }
    while desk.sending.join_next().await.is_some() {}
}

/// The messages on their way, one of each webhook at most.
struct Desk {
    store: Store,
    sending: JoinSet<Arc<Hook>>,
    /// By webhook: until when no other may go; none as long as one is on its way.
    busy: HashMap<String, Option<Timestamp>>,
    /// Whether the store knows the webhooks there are.
    is_known: bool,
}

impl Desk {
    /// Puts what happened into the outbox and sends what is due; when something is next.
    async fn step(&mut self, equipment: &Equipment) -> Result<Option<Timestamp>> {
        if !self.is_known {
            let hooks: Vec<_> =
                equipment.hooks.iter().map(|hook| (hook.name().to_owned(), hook.address_hash())).collect();
            self.store.keep_webhooks(&hooks).await?;
            self.is_known = true;
        }
        if equipment.hooks.is_empty() {
            return Ok(None);
        }
        let (until, mut wakes) = (self.store.hook_head().await?, Vec::new());
        for hook in &equipment.hooks {
            wakes.push(gather::gather(&self.store, &equipment.config, &hook.config, until).await?);
            wakes.push(self.send_next(equipment, hook).await?);
        }
        Ok(wakes.into_iter().flatten().min())
    }

    /// Sends the next message of a webhook if it is due and no other is on its way; when it will be due.
    async fn send_next(&mut self, equipment: &Equipment, hook: &Arc<Hook>) -> Result<Option<Timestamp>> {
        let Some(fetcher) = &equipment.fetcher else { return Ok(None) };
        let now = self.store.now();
        match self.busy.get(hook.name()) {
            Some(None) => return Ok(None),
            Some(Some(until)) if *until > now => return Ok(Some(*until)),
            _ => {}
        }
        let Some(message) = self.store.next_hook_message(hook.name()).await? else { return Ok(None) };
        if let Some(at) = message.next_at.filter(|at| *at > now) {
            return Ok(Some(at));
        }
        self.busy.insert(hook.name().to_owned(), None);
        let (store, config, fetcher, hook) =
            (self.store.clone(), equipment.config.clone(), fetcher.clone(), hook.clone());
        self.sending.spawn(async move {
            send::deliver(&store, &config, &hook, &fetcher, &message).await;
            hook
        });
        Ok(None)
    }

    /// A message has ended. Chats shut out who writes too fast.
    fn note_end(&mut self, hook: Option<Arc<Hook>>) {
        match hook {
            Some(hook) => {
                let until = self.store.now().checked_add(pace(hook.config.format)).ok();
                self.busy.insert(hook.name().to_owned(), Some(until.unwrap_or(Timestamp::MIN)));
            }
            // It broke down, and nobody knows which it was.
            None => self.busy.retain(|_, until| until.is_some()),
        }
    }
}

/// From the end of one message to the next.
fn pace(format: HookFormat) -> SignedDuration {
    SignedDuration::from_secs(match format {
        HookFormat::Json | HookFormat::Mattermost | HookFormat::Matrix => 0,
        HookFormat::Slack | HookFormat::Teams | HookFormat::Feishu => 1,
        // 20 a minute, and who is faster is shut out for ten.
        HookFormat::Dingtalk | HookFormat::Wecom => 3,
        HookFormat::Ntfy => 5,
    })
}
