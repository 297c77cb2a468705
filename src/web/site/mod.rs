//! The site for readers: pages, the calendar for their programs, the doors in and out of the mailing lists.

mod agenda;
mod approve;
mod archive;
mod articles;
mod assets;
mod cards;
mod chrome;
mod embed;
pub mod error;
mod error_page;
mod event;
mod feeds;
mod follow;
mod grid;
mod health;
mod home;
mod id;
mod json_ld;
mod language;
mod life;
mod listing;
mod meant;
mod media;
pub mod metrics;
mod month;
mod moved;
mod personal;
mod preferences;
mod proper;
pub mod query;
mod search;
mod sentence;
mod shelf;
mod sitemap;
mod subjects;
mod subscribe;
mod unsubscribe;
mod ways;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use axum::{Router, middleware};
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

use crate::config::{Config, Logo};
use crate::office::Office;
use crate::store::watch::Changes;
use crate::store::{Result, Store};
use crate::web::http::work::Work;
use crate::web::http::{below, fixed};
use crate::web::kept::answer::SHARED_S;
use crate::web::kept::feeds::Feeds;
use crate::web::kept::snapshots::Snapshots;
pub use embed::POLICY as EMBEDDED;
use health::Health;
use meant::Vocabulary;
use shelf::Shelf;
use sitemap::Sitemap;

/// The largest form anybody needs to send.
const BODY_OCTETS: usize = 64 * 1024;
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// What every handler may use.
#[derive(Clone)]
pub struct Site(Arc<SiteParts>);

pub struct SiteParts {
    pub office: Office,
    snapshots: Arc<Snapshots>,
    feeds: Feeds,
    health: Arc<Health>,
    work: Work,
    vocabulary: Vocabulary,
    sitemap: Sitemap,
    shelf: Shelf,
}

impl std::ops::Deref for Site {
    type Target = SiteParts;

    fn deref(&self) -> &SiteParts {
        &self.0
    }
}

// Handlers that only show something reach through it.
impl std::ops::Deref for SiteParts {
    type Target = Office;

    fn deref(&self) -> &Office {
        &self.office
    }
}

/// What pages may load: what is the site's own, and the logo where it is somewhere else.
fn policy(config: &Config) -> HeaderValue {
    let logo = match &config.look.logo {
        Some(Logo::Url(url)) => url.origin().ascii_serialization(),
        _ => String::new(),
    };
    let policy = format!(
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' {logo}; form-action 'self'; \
         base-uri 'none'; frame-ancestors 'none'"
    );
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'; style-src 'self'"))
}

impl Site {
    pub async fn new(store: Store, config: Arc<Config>, changes: Changes) -> Result<Self> {
        let snapshots = Arc::new(Snapshots::new(store.clone(), changes).await?);
        let health = Arc::new(Health::new(&store));
        Self::of(store, config, snapshots, health, Work::default()).await
    }

    /// The same site by another configuration: what does not depend on it is shared.
    pub async fn under(&self, config: Arc<Config>) -> Result<Self> {
        let SiteParts { office, snapshots, health, work, .. } = &**self;
        Self::of(office.store.clone(), config, snapshots.clone(), health.clone(), work.clone()).await
    }

    async fn of(
        store: Store,
        config: Arc<Config>,
        snapshots: Arc<Snapshots>,
        health: Arc<Health>,
        work: Work,
    ) -> Result<Self> {
        let feeds = Feeds::new(store.clone(), config.clone(), snapshots.clone(), work.clone()).await?;
        let office = Office::new(store, config).await?;
        let (vocabulary, sitemap, shelf) = (Vocabulary::default(), Sitemap::default(), Shelf::default());
        Ok(Self(Arc::new(SiteParts { office, snapshots, feeds, health, work, vocabulary, sitemap, shelf })))
    }
}

/// A page that is the same for all who read its language may be shared for a while; browsers ask each time.
async fn shared(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if response.status() == StatusCode::OK && !response.headers().contains_key(header::CACHE_CONTROL) {
        let shared = HeaderValue::try_from(format!("public, max-age=0, s-maxage={SHARED_S}"));
        response.headers_mut().extend(shared.ok().map(|shared| (header::CACHE_CONTROL, shared)));
    }
    response
}

/// What readers and their programs are answered with.
pub fn router(site: &Site) -> Router<Site> {
    let errors = middleware::from_fn_with_state(site.clone(), error_page::show);
    let language = middleware::from_fn_with_state(site.clone(), language::keep);
    let below = middleware::from_fn_with_state(site.config.http.base_path.clone(), below::lead);
    // Programs fetch these by the thousand; they come packed, bounded and labelled as they are.
    let feeds = feeds::router()
        .merge(personal::router().layer(fixed(header::CACHE_CONTROL, "no-store")))
        .merge(archive::feeds())
        .merge(articles::feeds())
        .merge(sitemap::router())
        .merge(media::router())
        .layer((below.clone(), language.clone(), errors.clone(), middleware::from_fn(proper::check)));
    // Their addresses are secrets, and what they show is one person's.
    let links = Router::new()
        .merge(subscribe::links())
        .merge(unsubscribe::router())
        .merge(preferences::router())
        .merge(approve::router())
        .layer(fixed(header::CACHE_CONTROL, "no-store"))
        .layer(fixed(HeaderName::from_static("x-robots-tag"), "noindex"));
    let pages = Router::new()
        .merge(home::router())
        .merge(event::router())
        .merge(month::router())
        .merge(archive::router())
        .merge(articles::router())
        .merge(subjects::router())
        .merge(embed::router())
        .merge(follow::router())
        .merge(subscribe::router())
        .layer(middleware::from_fn(shared))
        .merge(links)
        .merge(health::router())
        .merge(assets::router())
        .fallback(error::not_found)
        .layer(DefaultBodyLimit::max(BODY_OCTETS))
        .layer(middleware::from_fn(proper::check))
        .layer(errors)
        .layer(language)
        .layer(below)
        .layer(CompressionLayer::new().compress_when(
            // The calendar of one event.
            DefaultPredicate::new().and(NotForContentType::new("text/calendar")),
        ))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, REQUEST_TIMEOUT));
    let policy = SetResponseHeaderLayer::if_not_present(header::CONTENT_SECURITY_POLICY, policy(&site.config));
    feeds.merge(pages).layer(policy)
}
