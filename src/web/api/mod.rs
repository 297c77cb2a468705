//! The door for programs: JSON over HTTP below `/api/v1`, as `/api/v1/openapi.json` describes it. Who asks is known before
//! anything is looked up.

mod articles;
mod bearer;
mod body;
mod bounces;
mod deliveries;
mod digests;
mod drafts;
mod editions;
mod events;
mod exchange;
mod gauge;
mod images;
mod list;
mod named;
mod once;
mod openapi;
mod page;
mod problem;
mod sources;
mod standing;
mod subscribers;
mod texts;
mod webhooks;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Router, middleware};
use tokio::sync::Semaphore;
use utoipa_axum::router::OpenApiRouter;

use crate::office::Office;
use crate::web::http::{below, fixed, unread};
use gauge::Gauge;
use problem::Problem;

/// Before every path.
const PREFIX: &str = "/api/v1";

/// How many large uploads are looked through at once: each may take a processor for a while.
const UPLOADS_AT_ONCE: usize = 2;

/// The largest body but for what is uploaded.
const BODY_OCTETS: usize = 256 * 1024;
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// What every operation may use.
#[derive(Clone)]
pub struct Api(Arc<Parts>);

pub struct Parts {
    office: Office,
    gauge: Arc<Gauge>,
    uploads: Arc<Semaphore>,
}

impl std::ops::Deref for Api {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Api {
    pub fn new(office: Office) -> Self {
        Self(Arc::new(Parts { office, gauge: Arc::default(), uploads: Arc::new(Semaphore::new(UPLOADS_AT_ONCE)) }))
    }

    /// The same door of an office under another configuration: who asked too often still did.
    pub fn of(&self, office: Office) -> Self {
        Self(Arc::new(Parts { office, gauge: self.gauge.clone(), uploads: self.uploads.clone() }))
    }
}

/// All operations, with what is said of them.
fn operations() -> OpenApiRouter<Api> {
    OpenApiRouter::with_openapi(openapi::base())
        .merge(events::operations())
        .merge(digests::operations())
        .merge(drafts::operations())
        .merge(editions::operations())
        .merge(deliveries::operations())
        .merge(bounces::operations())
        .merge(sources::operations())
        .merge(webhooks::operations())
        .merge(standing::operations())
        .merge(articles::operations())
        .merge(images::operations())
        .merge(exchange::operations())
        .merge(subscribers::operations())
}

/// What is answered below `/api`.
pub fn router(api: Api) -> Router {
    let (operations, description) = operations().split_for_parts();
    let guarded = operations
        .fallback(problem::not_found)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(DefaultBodyLimit::max(BODY_OCTETS))
        .layer(middleware::from_fn(named::revalidate))
        .layer(middleware::from_fn(bearer::rehearsed))
        .layer(middleware::from_fn_with_state(api.clone(), once::once))
        .layer(middleware::from_fn_with_state(api.clone(), bearer::guard));
    let site = &api.office.config.site;
    let description = openapi::document(description, site.base_url.as_str());
    let page = Arc::new(page::page(&description, site.title.as_str()));
    let description = Arc::new(format!("{description:#}"));
    let below = middleware::from_fn_with_state(api.office.config.http.base_path.clone(), below::lead);
    Router::new()
        .route("/", get(move || openapi::answer_page(page.clone())))
        .route("/v1/openapi.json", get(move || openapi::answer(description.clone())))
        .nest("/v1", guarded)
        .fallback(problem::not_found)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(middleware::from_fn(unread::hang_up))
        .layer(middleware::from_fn(in_time))
        .layer(below)
        // What a program sees is one program's.
        .layer(fixed(header::CACHE_CONTROL, "no-store"))
        .with_state(api)
}

/// What takes too long is given up, and that is said as everything that is wrong is.
async fn in_time(request: Request, next: Next) -> Response {
    let answer = tokio::time::timeout(REQUEST_TIMEOUT, next.run(request)).await;
    answer.unwrap_or_else(|_| {
        let said = format!("there was no answer within {} s: try again later", REQUEST_TIMEOUT.as_secs());
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "busy", said).into_response()
    })
}
