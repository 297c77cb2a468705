//! `/calendar/{token}.ics`: a calendar that follows what its reader chose, under an address only they know.

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, Response, header};
use axum::routing::get;

use super::Site;
use super::error::PageError;
use crate::feed::Format;
use crate::office::readers::OwnCalendar;
use crate::web::kept::answer::{SentAs, respond};
use crate::web::kept::feed::FeedKey;

pub fn router() -> Router<Site> {
    Router::new().route("/calendar/{name}", get(show))
}

async fn show(
    State(site): State<Site>,
    Path(name): Path<String>,
    mut headers: HeaderMap,
) -> Result<Response<Body>, PageError> {
    let token = name.strip_suffix(".ics").ok_or(PageError::NotFound)?;
    let chosen = match site.office.own_calendar(token).await? {
        OwnCalendar::Unknown => return Err(PageError::NotFound),
        OwnCalendar::Revoked => return Err(PageError::Gone),
        OwnCalendar::Chosen(chosen) => chosen,
    };
    // Whoever chose the same shares one calendar; nothing in it is of one person.
    let key = FeedKey {
        format: Format::Calendar,
        wanted: chosen.wanted,
        locale: chosen.locale,
        is_whole: false,
        path: String::new(),
    };
    let feed = site.feeds.feed(&key, Vec::new()).await?;
    // The choices change without any event changing: only the ETag tells one calendar from another.
    headers.remove(header::IF_MODIFIED_SINCE);
    let mut response = respond(&feed, &headers, &SentAs::feed(Format::Calendar, "calendar.ics"), site.store.now());
    // The choices may change at any time, and no cache on the way has a business with it.
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=900"));
    response.headers_mut().remove(header::ACCESS_CONTROL_ALLOW_ORIGIN);
    response.headers_mut().remove(header::LAST_MODIFIED);
    Ok(response)
}
