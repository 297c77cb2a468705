//! `/metrics`: what a watcher of many machines asks for, in the text form of Prometheus, at a door of its own.

use std::sync::atomic::AtomicU64;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::Timestamp;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::Site;
use super::error::PageError;

pub fn router() -> Router<Site> {
    Router::new().route("/metrics", get(show))
}

/// Who asks here is a program: what went wrong is in the log.
async fn show(State(site): State<Site>) -> Result<Response, StatusCode> {
    metrics(&site).await.map_err(|error| {
        tracing::warn!(%error, "the metrics can't be told");
        StatusCode::SERVICE_UNAVAILABLE
    })
}

type Labels = Vec<(&'static str, String)>;

/// Counts at this moment, each under its name and help.
#[derive(Default)]
struct Counts {
    registry: Registry,
}

impl Counts {
    fn add(&mut self, name: &str, help: &str, values: impl IntoIterator<Item = (Labels, f64)>) {
        let family = Family::<Labels, Gauge<f64, AtomicU64>>::default();
        for (labels, value) in values {
            family.get_or_create(&labels).set(value);
        }
        self.registry.register(name, help, family);
    }
}

async fn metrics(site: &Site) -> Result<Response, PageError> {
    let mut counts = Counts::default();
    let snapshot = site.snapshots.current().await?;
    let by_status = |status: crate::domain::event::Status| {
        let count = snapshot.events.iter().filter(|event| !event.removed && event.details.status == status).count();
        (vec![("status", status.to_string())], count as f64)
    };
    let statuses = crate::domain::event::Status::ALL.iter().copied().map(by_status);
    counts.add("kalends_events", "Events by status", statuses);
    let deliveries = site.store.delivery_counts().await?;
    let deliveries = deliveries.into_iter().map(|(status, count)| (vec![("status", status)], count as f64));
    counts.add("kalends_deliveries", "Deliveries by status", deliveries);

    let stopped = site.store.stopped_relays().await?;
    let relays = site.config.mail.relays.iter().map(|relay| {
        let name = relay.url.to_string();
        let is_stopped = stopped.iter().any(|stop| stop.relay == name);
        (vec![("relay", name)], f64::from(u8::from(is_stopped)))
    });
    counts.add("kalends_relay_stopped", "Whether a relay is stopped, since it refused everybody", relays);

    let (mut failures, mut read_at, mut unread) = (Vec::new(), Vec::new(), Vec::new());
    for source in &site.config.sources {
        let state = site.store.source_state(source.url.as_str()).await?;
        let labels = || vec![("source", source.url.server().to_owned()), ("number", source.number.to_string())];
        failures.push((labels(), f64::from(state.failures)));
        unread.push((labels(), if state.failures == 0 && state.error.is_some() { 1.0 } else { 0.0 }));
        if let Some(at) = state.read_at {
            read_at.push((labels(), Timestamp::as_second(at) as f64));
        }
    }
    counts.add("kalends_source_failures", "How often a foreign calendar failed since it was last read", failures);
    counts.add("kalends_source_incomplete", "Whether some of its events could not be read the last time", unread);
    counts.add("kalends_source_read_timestamp_seconds", "When a foreign calendar was last read", read_at);
    let mut text = String::new();
    encode(&mut text, &counts.registry).map_err(|error| PageError::Internal(Box::new(error)))?;
    let media_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, media_type)], text).into_response())
}
