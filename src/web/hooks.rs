//! The door for mail providers: what became of the mails that they carried, posted at `/hooks/PROVIDER`. Whoever proves to be
//! one is answered 200, also where nothing follows from it: else the same comes for hours.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Router, middleware};
use tower_http::timeout::TimeoutLayer;

use crate::domain::network::Network;
use crate::domain::provider::Provider;
use crate::office::reports::{Refusal, Reports};
use crate::web::http::client::Client;
use crate::web::http::tally::Tally;
use crate::web::http::{fixed, unread};

/// Batches are smaller.
const BODY_OCTETS: usize = 1 << 20;
/// Providers wait 10 to 15 seconds for an answer.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// Requests a minute of one provider: an edition to many comes back as many at once.
const PROVED: u32 = 6000;
/// Requests a minute from one network that prove nothing.
const UNPROVED: u32 = 30;
/// In seconds, for who is to come again.
const LATER: u32 = 10;

/// What the door needs.
#[derive(Clone)]
pub struct Hooks(Arc<Parts>);

struct Parts {
    reports: Reports,
    gauge: Arc<Gauge>,
}

#[derive(Default)]
struct Gauge {
    proved: Tally<Provider>,
    unproved: Tally<Network>,
}

impl Hooks {
    pub fn new(reports: Reports) -> Self {
        Self(Arc::new(Parts { reports, gauge: Arc::default() }))
    }

    /// The same door under another configuration: who came too often still did.
    pub fn of(&self, reports: Reports) -> Self {
        Self(Arc::new(Parts { reports, gauge: self.0.gauge.clone() }))
    }

    pub fn reports(&self) -> &Reports {
        &self.0.reports
    }
}

/// What is answered below `/hooks`.
pub fn router(hooks: Hooks) -> Router {
    Router::new()
        .route("/{provider}", post(take).fallback(elsewhere))
        .fallback(not_found)
        .layer(DefaultBodyLimit::max(BODY_OCTETS))
        .layer(middleware::from_fn(unread::hang_up))
        .layer(fixed(header::CACHE_CONTROL, "no-store"))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, REQUEST_TIMEOUT))
        .with_state(hooks)
}

async fn take(
    State(hooks): State<Hooks>,
    Path(name): Path<String>,
    Client(network): Client,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let Some(provider) = open(&hooks, &name) else { return not_found().await };
    let body = match body {
        Ok(body) => body,
        Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            return said(StatusCode::PAYLOAD_TOO_LARGE, format!("more than {BODY_OCTETS} octets are not read"));
        }
        Err(_) => return said(StatusCode::BAD_REQUEST, "the body broke off"),
    };
    let Parts { reports, gauge } = &*hooks.0;
    if let Some(resets_in) = gauge.proved.used_up(&provider, PROVED) {
        return too_many(resets_in);
    }
    let taken = reports.take(provider, &headers, &body).await;
    // Who proves something is limited by itself, so that strangers are in nobody's way.
    match &taken {
        Ok(()) | Err(Refusal::Busy) => {
            gauge.proved.note(provider, PROVED);
        }
        Err(_) => {
            let quota = gauge.unproved.note(network, UNPROVED);
            if quota.left.is_none() {
                return too_many(quota.resets_in);
            }
        }
    }
    match taken {
        Ok(()) => StatusCode::OK.into_response(),
        Err(refusal) => refused(provider, refusal),
    }
}

/// The provider of this name, if it may tell something here.
fn open(hooks: &Hooks, name: &str) -> Option<Provider> {
    // As it is written in the configuration, and in no other way.
    let provider = Provider::ALL.iter().copied().find(|provider| provider.as_str() == name)?;
    hooks.0.reports.is_open(provider).then_some(provider)
}

fn refused(provider: Provider, refusal: Refusal) -> Response {
    match refusal {
        Refusal::Closed => said(StatusCode::NOT_FOUND, "nothing is told here"),
        Refusal::Unproved { why, challenge } => {
            tracing::warn!(%provider, why, "a report was refused");
            let mut response = said(StatusCode::UNAUTHORIZED, why);
            let challenge = HeaderValue::from_static(challenge.unwrap_or("Signature realm=\"hooks\""));
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
            response
        }
        Refusal::Unreadable(why) => {
            tracing::warn!(%provider, why, "a report can't be read");
            said(StatusCode::BAD_REQUEST, why)
        }
        Refusal::TooLong(why) => said(StatusCode::PAYLOAD_TOO_LARGE, why),
        Refusal::NoCertificate => later(StatusCode::SERVICE_UNAVAILABLE, "its certificate can't be had now", LATER),
        Refusal::Busy => later(StatusCode::SERVICE_UNAVAILABLE, "it can't be kept now", LATER),
    }
}

/// Another method, or nothing at all.
async fn elsewhere(State(hooks): State<Hooks>, Path(name): Path<String>) -> Response {
    match open(&hooks, &name) {
        None => not_found().await,
        Some(_) => {
            let mut response = said(StatusCode::METHOD_NOT_ALLOWED, "reports are posted here");
            response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
            response
        }
    }
}

async fn not_found() -> Response {
    said(StatusCode::NOT_FOUND, "nothing is told here")
}

fn too_many(resets_in: Duration) -> Response {
    let seconds = u32::try_from(resets_in.as_secs()).unwrap_or(LATER).max(1);
    later(StatusCode::TOO_MANY_REQUESTS, "too many requests came within a minute", seconds)
}

fn later(status: StatusCode, sentence: &'static str, seconds: u32) -> Response {
    let mut response = said(status, format!("{sentence}: come again in {seconds} seconds"));
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// A sentence for the provider's own log, where the operator looks.
fn said(status: StatusCode, sentence: impl Into<String>) -> Response {
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], sentence.into() + "\n").into_response()
}
