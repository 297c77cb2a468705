//! `/metrics`: what a watcher of many machines asks for, at a door of its own.

mod exposition;
mod heavy;
mod machine;
mod office;
mod process;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::Timestamp;

use super::Site;
use super::error::PageError;
use exposition::Figures;

pub fn router() -> Router<Site> {
    Router::new().route("/metrics", get(show))
}

/// Who asks here is a program: what went wrong is in the log.
async fn show(State(site): State<Site>, headers: HeaderMap) -> Result<Response, StatusCode> {
    tell(&site, &headers).await.map_err(|error| {
        tracing::warn!(%error, "the metrics can't be told");
        StatusCode::SERVICE_UNAVAILABLE
    })
}

async fn tell(site: &Site, headers: &HeaderMap) -> Result<Response, PageError> {
    let mut figures = Figures::default();
    office::add(&mut figures, site).await?;
    office::add_sources(&mut figures, site).await?;
    office::add_webhooks(&mut figures, site).await?;
    machine::add(&mut figures, site).await?;
    process::add(&mut figures);
    let (media_type, text) = figures.told(headers).map_err(|error| PageError::Internal(Box::new(error)))?;
    Ok(([(header::CONTENT_TYPE, media_type)], text).into_response())
}

/// As Prometheus tells instants.
fn seconds(at: Timestamp) -> f64 {
    at.as_second() as f64
}

/// As it tells whether something is so.
fn flag(is_so: bool) -> f64 {
    f64::from(u8::from(is_so))
}
