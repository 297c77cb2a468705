//! What the office has: events, readers, mails, digests, foreign calendars.

use std::collections::HashMap;

use super::exposition::{Figures, Labels};
use super::heavy::Heavy;
use super::{Site, flag, seconds};
use crate::domain::alert::AlertKind;
use crate::domain::bounce::{Class, Way};
use crate::domain::edition::DeliveryStatus;
use crate::domain::event::Status;
use crate::shape::digest::DigestRecord;
use crate::web::site::error::PageError;

pub async fn add(figures: &mut Figures, site: &Site) -> Result<(), PageError> {
    let (store, heavy) = (&site.store, Heavy::of(site).await?);
    let snapshot = site.snapshots.current().await?;
    let mut events = HashMap::new();
    for event in snapshot.events.iter().filter(|event| !event.removed) {
        *events.entry(event.details.status).or_insert(0_u64) += 1;
    }
    let by_status = |status: &Status| (one("status", *status), events.get(status).copied().unwrap_or_default() as f64);
    figures.gauge("kalends_events", "Events by status", Status::ALL.iter().map(by_status));
    figures.value("kalends_readers", "People who get at least one digest", heavy.size.readers as f64);
    let by_status = DeliveryStatus::ALL.iter().map(|status| {
        let count = heavy.deliveries.iter().find(|(known, _)| known == status.as_str()).map_or(0, |(_, count)| *count);
        (one("status", status), count as f64)
    });
    figures.gauge("kalends_deliveries", "Deliveries by status", by_status);
    let oldest = store.oldest_waiting().await?;
    let age = oldest.map_or(0.0, |at| store.now().duration_since(at).as_secs_f64().max(0.0));
    let help = "Age of the oldest delivery that waits, since it was queued; 0 if none does";
    figures.value("kalends_oldest_waiting_delivery_age_seconds", help, age);

    let bounces = store.bounce_counts().await?;
    let by_class = Class::ALL.iter().map(|class| {
        let count = bounces.iter().find(|(known, _)| known == class.as_str()).map_or(0, |(_, count)| *count);
        (one("class", class), count)
    });
    figures.counter("kalends_bounces", "What came back, by what it reports", by_class);

    let ways = store.ways().await?;
    let by_way =
        ways.iter().map(|known| (vec![("way", known.way.to_string()), ("what", known.what.clone())], known.number));
    figures.counter("kalends_returned", "What came back, by its way and what it is", by_way);
    let last = Way::ALL.iter().filter_map(|way| {
        let last_at = ways.iter().filter(|known| known.way == *way).map(|known| known.last_at).max()?;
        Some((one("way", way), seconds(last_at)))
    });
    figures.gauge("kalends_returned_timestamp_seconds", "When something last came back by a way", last);

    let forwarded = store.forward_figures().await?;
    let by_way = forwarded
        .iter()
        .map(|known| (vec![("way", known.way.to_string()), ("what", known.what.clone())], known.number));
    figures.counter("kalends_forwarded", "Mails to the intake address, by their way and what became of them", by_way);

    let label = |digest: &DigestRecord| vec![("digest", digest.slug.clone())];
    let digests = || heavy.digests.iter();
    let readers = digests().map(|(digest, _)| (label(digest), digest.subscribers as f64));
    figures.gauge("kalends_digest_readers", "How many confirmed that they want a digest", readers);
    let paused = digests().map(|(digest, _)| (label(digest), flag(digest.paused)));
    figures.gauge("kalends_digest_paused", "Whether a digest is paused", paused);
    let last = digests().filter_map(|(digest, last)| Some((label(digest), seconds((*last)?))));
    figures.gauge("kalends_digest_last_edition_timestamp_seconds", "When its last edition was made", last);
    let next = digests().filter_map(|(digest, _)| Some((label(digest), seconds(digest.next_at?))));
    figures.gauge("kalends_digest_next_edition_timestamp_seconds", "When its next edition is due", next);

    let stopped = store.stopped_relays().await?;
    let relays = site.config.mail.relays.iter().map(|relay| {
        let name = relay.url.to_string();
        let is_stopped = stopped.iter().any(|stop| stop.relay == name);
        (vec![("relay", name)], flag(is_stopped))
    });
    figures.gauge("kalends_relay_stopped", "Whether a relay is stopped, since it refused everybody", relays);

    let open = store.open_alerts().await?;
    let by_kind = AlertKind::ALL.iter().map(|kind| {
        let count = open.iter().filter(|alert| alert.kind == *kind).count();
        (one("kind", kind), count as f64)
    });
    figures.gauge("kalends_alerts_open", "What needs a hand now, as the operator was told", by_kind);
    Ok(())
}

/// Foreign calendars, by their names; one without is called after its server.
pub async fn add_sources(figures: &mut Figures, site: &Site) -> Result<(), PageError> {
    let (mut failures, mut read_at, mut unread) = (Vec::new(), Vec::new(), Vec::new());
    for source in &site.config.sources {
        let state = site.store.source_state(source.url.as_str()).await?;
        let labels = || vec![("source", source.label().to_owned()), ("number", source.number.to_string())];
        failures.push((labels(), f64::from(state.failures)));
        unread.push((labels(), flag(state.failures == 0 && state.error.is_some())));
        read_at.extend(state.read_at.map(|at| (labels(), seconds(at))));
    }
    figures.gauge("kalends_source_failures", "How often a foreign calendar failed since it was last read", failures);
    figures.gauge("kalends_source_incomplete", "Whether some of its events could not be read the last time", unread);
    figures.gauge("kalends_source_read_timestamp_seconds", "When a foreign calendar was last read", read_at);
    Ok(())
}

/// Other programs and chats that are told what happens.
pub async fn add_webhooks(figures: &mut Figures, site: &Site) -> Result<(), PageError> {
    let (mut waiting, mut given_up, mut failures, mut taken_at) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for hook in &site.config.webhooks {
        let name = hook.name.as_str();
        let state = site.store.hook_state(name).await?.unwrap_or_default();
        waiting.push((one("webhook", name), state.waiting as f64));
        given_up.push((one("webhook", name), state.failed as f64));
        failures.push((one("webhook", name), f64::from(state.failures)));
        taken_at.extend(state.taken_at.map(|at| (one("webhook", name), seconds(at))));
    }
    figures.gauge("kalends_webhook_waiting", "Messages that a webhook is yet to take", waiting);
    figures.gauge("kalends_webhook_given_up", "Messages that were given up and can be sent again", given_up);
    figures.gauge("kalends_webhook_failures", "How often a webhook failed since it last took something", failures);
    figures.gauge("kalends_webhook_taken_timestamp_seconds", "When a webhook last took something", taken_at);
    Ok(())
}

fn one(label: &'static str, value: impl ToString) -> Labels {
    vec![(label, value.to_string())]
}
