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
use crate::domain::filter::EventFilter;
use crate::domain::links::Links;
use crate::feed::{FeedInfo, Format};
use crate::web::kept::answer::respond;
use crate::web::kept::snapshot::Feed;

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
    let name = query.at(format.path());
    let filter = query.filter(&site.config.site.timezone)?;
    let feed = match format {
        Format::Atom if filter == EventFilter::default() => all_news(site, &name).await?,
        _ => {
            let matcher = filter.matcher();
            site.snapshots.feed(format, &name, move |event| matcher.matches(event)).await?
        }
    };
    Ok(respond(&feed, headers, format, format.path().trim_start_matches('/'), site.store.now()))
}

/// All events as Atom, and the newest editions among them: another edition makes it another feed.
async fn all_news(site: &Site, name: &str) -> Result<Arc<Feed>, PageError> {
    let editions = archive::newest(site).await?;
    let key = format!("{name}#{}", editions.first().map_or(0, |edition| edition.edition_id));
    let info = || FeedInfo { editions, ..FeedInfo::of(&site.config, name) };
    Ok(site.snapshots.feed_of(Format::Atom, &key, info, |_| true).await?)
}

/// The calendar of one event, for `pages` to answer with.
pub async fn one_event(site: &Site, event: &Event, headers: &HeaderMap) -> Result<Response<Body>, PageError> {
    let name = Links::HERE.event_calendar(event.id);
    let id = event.id;
    let feed = site.snapshots.feed(Format::Calendar, &name, move |other| other.id == id).await?;
    Ok(respond(&feed, headers, Format::Calendar, &format!("event-{id}.ics"), site.store.now()))
}
