//! What happened to editions, readers, sources and relays, as messages.

use super::message::{Data, Deliveries, Message, Readers, SHOWN, ToldEdition, ToldReader};
use crate::config::Config;
use crate::domain::edition::{EditionRef, Tally};
use crate::domain::hook::Topic;
use crate::store::{self, FailedDelivery, Happening, Result, Store};

/// Readers who come or leave within so many seconds of each other do so together, as those of an import.
const TOGETHER: i64 = 1;

/// In the order in which it happened.
pub async fn messages(store: &Store, config: &Config, happenings: &[Happening]) -> Result<Vec<Message>> {
    let mut messages = Vec::new();
    let mut failed: Vec<&Happening> = Vec::new();
    for (at, happening) in happenings.iter().enumerate() {
        match happening.topic {
            Topic::EditionMade | Topic::EditionSent => messages.extend(edition(store, config, happening).await?),
            Topic::SourceFailing | Topic::RelayStopped => messages.extend(trouble(store, happening).await?),
            Topic::SubscriberConfirmed | Topic::SubscriberLeft => {
                let is_like = |other: &&Happening| other.topic == happening.topic;
                let before = happenings[..at].iter().rev().find(is_like);
                let begins = before.is_none_or(|before| !are_together(before, happening));
                messages.extend(begins.then(|| readers(happening, &happenings[at..])));
            }
            Topic::DeliveryFailed => failed.push(happening),
            Topic::EventAdded | Topic::EventChanged | Topic::EventCancelled | Topic::Test => {}
        }
    }
    messages.extend(deliveries(store, &failed).await?);
    Ok(messages)
}

async fn edition(store: &Store, config: &Config, happening: &Happening) -> Result<Option<Message>> {
    let edition = match store.edition(&EditionRef::Id(happening.about)).await {
        Ok(edition) => edition,
        // It is not there any more.
        Err(store::Error::Refused(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    let tally = match happening.topic {
        Topic::EditionSent => store.tally(edition.id).await?,
        _ => Tally::default(),
    };
    let is_public = config.digest(&edition.digest).is_some_and(|digest| digest.archive);
    let page = is_public.then(|| config.site.links().edition(&edition.digest, edition.number));
    let data = Data::Edition(ToldEdition::of(&edition, tally, page));
    Ok(Some(Message { topic: happening.topic, timestamp: happening.at, data }))
}

async fn trouble(store: &Store, happening: &Happening) -> Result<Option<Message>> {
    let told = store.alert_told(happening.about).await?;
    Ok(told.map(|(about, reason)| {
        let data = match happening.topic {
            Topic::SourceFailing => Data::Source { source: about, reason },
            _ => Data::Relay { relay: about, reason },
        };
        Message { topic: happening.topic, timestamp: happening.at, data }
    }))
}

fn are_together(a: &Happening, b: &Happening) -> bool {
    (b.at.as_second() - a.at.as_second()).abs() <= TOGETHER
}

/// Of the first, and all who came or left together with it.
fn readers(first: &Happening, rest: &[Happening]) -> Message {
    let (mut ids, mut digests, mut last) = (Vec::new(), Vec::new(), first);
    for happening in rest.iter().filter(|happening| happening.topic == first.topic) {
        if !are_together(last, happening) {
            break;
        }
        last = happening;
        if !ids.contains(&happening.about) {
            ids.push(happening.about);
        }
        digests.extend(happening.digest.clone());
    }
    digests.sort();
    digests.dedup();
    let data = Data::Readers(Readers { count: ids.len(), subscribers: told_readers(ids), digests });
    Message { topic: first.topic, timestamp: first.at, data }
}

fn told_readers(ids: impl IntoIterator<Item = i64>) -> Vec<ToldReader> {
    ids.into_iter().take(SHOWN).map(|id| ToldReader { id, email: None }).collect()
}

/// A message for each edition.
async fn deliveries(store: &Store, happenings: &[&Happening]) -> Result<Vec<Message>> {
    let ids: Vec<i64> = happenings.iter().map(|happening| happening.about).collect();
    let Some(first) = happenings.first() else { return Ok(Vec::new()) };
    let failed = store.failed_deliveries(&ids).await?;
    let mut editions: Vec<Option<i64>> = failed.iter().map(|delivery| delivery.edition).collect();
    editions.sort_unstable();
    editions.dedup();
    let mut messages = Vec::new();
    for id in editions {
        let name = match id {
            Some(id) => store.edition(&EditionRef::Id(id)).await.ok().map(|edition| edition.name().to_string()),
            None => None,
        };
        let own: Vec<&FailedDelivery> = failed.iter().filter(|delivery| delivery.edition == id).collect();
        let data = Data::Deliveries(Deliveries {
            failed: own.len(),
            edition: name,
            deliveries: own.iter().take(SHOWN).map(|delivery| delivery.id).collect(),
            subscribers: told_readers(own.iter().map(|delivery| delivery.subscriber)),
        });
        messages.push(Message { topic: Topic::DeliveryFailed, timestamp: first.at, data });
    }
    Ok(messages)
}
