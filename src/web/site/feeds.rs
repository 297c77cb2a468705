//! `/calendar.ics`, `/feed.atom`, `/feed.json`, `/events/{id}.ics`.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Response};
use axum::routing::get;

use super::error::PageError;
use super::query::FilterQuery;
use super::{Site, archive};
use crate::domain::event::Event;
use crate::domain::filter::Wanted;
use crate::feed::Format;
use crate::web::kept::answer::{SentAs, respond};
use crate::web::kept::feed::FeedKey;

pub fn router() -> Router<Site> {
    let feed = |format: Format| {
        get(move |State(site): State<Site>, query: FilterQuery, headers: HeaderMap| async move {
            show(&site, format, &query, &headers).await
        })
    };
    [Format::Calendar, Format::Atom, Format::Json]
        .into_iter()
        .fold(Router::new(), |router, format| router.route(format.path(), feed(format)))
}

async fn show(
    site: &Site,
    format: Format,
    query: &FilterQuery,
    headers: &HeaderMap,
) -> Result<Response<Body>, PageError> {
    let (filter, locale) = (query.filter(&site.config.site.timezone)?, site.config.site.locale);
    let wanted = Wanted { filter, one_of: Vec::new() };
    let key = FeedKey { format, wanted, locale, is_whole: query.is_whole(), path: query.of_feed(format.path()) };
    // All events as Atom, and the newest editions among them.
    let editions = match format {
        Format::Atom if key.is_of_all() => archive::newest(site).await?,
        _ => Vec::new(),
    };
    let feed = site.feeds.feed(&key, editions).await?;
    let sent = SentAs::feed(format, format.path().trim_start_matches('/'));
    Ok(respond(&feed, headers, &sent, site.store.now()))
}

/// The calendar of one event, for its page to answer with.
pub fn one_event(site: &Site, event: &Arc<Event>, headers: &HeaderMap) -> Response<Body> {
    let feed = site.feeds.of_event(event);
    let file_name = format!("event-{}.ics", event.id);
    respond(&feed, headers, &SentAs::feed(Format::Calendar, &file_name), site.store.now())
}
