//! `/calendar.ics`, `/feed.atom`, `/feed.json`, `/events/{id}.ics`, and what HTTP asks of them: validators, compression,
//! HEAD.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use axum::routing::get;
use jiff::Timestamp;
use jiff::fmt::rfc2822;

use super::error::PageError;
use super::query::FilterQuery;
use super::{Site, archive};
use crate::domain::event::Event;
use crate::domain::filter::EventFilter;
use crate::domain::links::Links;
use crate::feed::{FeedInfo, Format};
use crate::web::http::encoding::prefers_gzip;
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
    site.snapshots.feed_of(Format::Atom, &key, info, |_| true).await
}

/// The calendar of one event, for `pages` to answer with.
pub async fn one_event(site: &Site, event: &Event, headers: &HeaderMap) -> Result<Response<Body>, PageError> {
    let name = Links::HERE.event_calendar(event.id);
    let id = event.id;
    let feed = site.snapshots.feed(Format::Calendar, &name, move |other| other.id == id).await?;
    Ok(respond(&feed, headers, Format::Calendar, &format!("event-{id}.ics"), site.store.now()))
}

/// RFC 9110 section 8.8.2.1: no date is later than now, whatever clock a change was made by.
pub fn respond(feed: &Feed, headers: &HeaderMap, format: Format, file_name: &str, now: Timestamp) -> Response<Body> {
    let gzip = accepts_gzip(headers);
    // Each encoding is a representation with an ETag of its own (RFC 9110 section 8.8.3.3).
    let etag = if gzip { format!("\"{}-gzip\"", feed.body.hash) } else { format!("\"{}\"", feed.body.hash) };
    let last_modified = http_date(feed.last_modified.min(now));
    let mut response = Response::new(Body::empty());
    let changed_at = feed.is_dated.then_some(feed.last_modified);
    let not_modified = is_fresh(headers, &feed.body.hash, changed_at);
    if not_modified {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let out = response.headers_mut();
    let mut set = |name, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            out.insert(name, value);
        }
    };
    set(header::ETAG, &etag);
    set(header::LAST_MODIFIED, &last_modified);
    set(header::CACHE_CONTROL, "public, max-age=900");
    set(header::VARY, "Accept-Encoding");
    set(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    if not_modified {
        return response;
    }
    set(header::CONTENT_TYPE, format.media_type());
    set(header::CONTENT_DISPOSITION, &format!("inline; filename={file_name}"));
    if gzip {
        set(header::CONTENT_ENCODING, "gzip");
    }
    let octets = if gzip { feed.body.gzip() } else { feed.body.plain() };
    if let Some(length) = octets.size_hint().exact() {
        set(header::CONTENT_LENGTH, &length.to_string());
    }
    *response.body_mut() = Body::new(octets);
    response
}

/// Whether who asks has what there is: of this hash, last changed then, if that tells it from others. RFC 9110 section
/// 13.2.2: If-None-Match wins, If-Modified-Since counts only without it.
pub fn is_fresh(headers: &HeaderMap, hash: &str, changed_at: Option<Timestamp>) -> bool {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    if headers.contains_key(header::IF_NONE_MATCH) {
        return headers
            .get_all(header::IF_NONE_MATCH)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(|tag| tag.trim().trim_start_matches("W/").trim_matches('"'))
            .any(|tag| tag == "*" || tag.strip_suffix("-gzip").unwrap_or(tag) == hash);
    }
    text(header::IF_MODIFIED_SINCE)
        .and_then(|since| rfc2822::DateTimeParser::new().parse_timestamp(since).ok())
        .is_some_and(|since| changed_at.is_some_and(|at| at.as_second() <= since.as_second()))
}

/// `Thu, 01 Oct 2020 00:00:00 GMT` (RFC 9110 section 5.6.7).
pub fn http_date(at: Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

fn accepts_gzip(headers: &HeaderMap) -> bool {
    // A line that is no text asks for nothing.
    prefers_gzip(headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok()))
}
