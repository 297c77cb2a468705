//! `/calendar/{token}.ics`: a calendar that follows what its reader chose, under an address only they know.

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, Response, header};
use axum::routing::get;

use super::Site;
use super::error::PageError;
use crate::domain::filter::EventFilter;
use crate::domain::token::Purpose;
use crate::feed::{FeedInfo, Format};
use crate::store::PersonalCalendar;
use crate::web::kept::answer::respond;

pub fn router() -> Router<Site> {
    Router::new().route("/calendar/{name}", get(show))
}

async fn show(
    State(site): State<Site>,
    Path(name): Path<String>,
    mut headers: HeaderMap,
) -> Result<Response<Body>, PageError> {
    let token = name.strip_suffix(".ics").ok_or(PageError::NotFound)?;
    let id = site.open(Purpose::Calendar, token).await?.map_err(|_| PageError::NotFound)?;
    let (topics, kinds, digests, locale) = match site.store.choices_of_calendar(id).await? {
        PersonalCalendar::Unknown => return Err(PageError::NotFound),
        PersonalCalendar::Revoked => return Err(PageError::Gone),
        PersonalCalendar::Chosen { topics, kinds, digests, locale } => (topics, kinds, digests, locale),
    };
    let of_digests: Vec<_> = digests
        .iter()
        .filter_map(|slug| site.config.digest(slug))
        .map(|digest| {
            let (kinds, topics) = (digest.kinds.clone(), digest.topics.clone());
            EventFilter { kinds, topics, ..EventFilter::default() }.matcher()
        })
        .collect();
    // Whoever chose the same shares one calendar; nothing in it is of one person.
    let locale = locale.and_then(|tag| tag.parse().ok()).unwrap_or(site.config.site.locale);
    let shared = format!("personal {locale} {digests:?} {topics:?} {kinds:?}");
    let info = || FeedInfo { locale, ..FeedInfo::of(&site.config, "") };
    let chosen = EventFilter { topics, kinds, ..EventFilter::default() }.matcher();
    let feed = site
        .snapshots
        .feed_of(Format::Calendar, &shared, info, move |event| {
            chosen.matches(event) && (of_digests.is_empty() || of_digests.iter().any(|filter| filter.matches(event)))
        })
        .await?;
    // The choices change without any event changing: only the ETag tells one calendar from another.
    headers.remove(header::IF_MODIFIED_SINCE);
    let mut response = respond(&feed, &headers, Format::Calendar, "calendar.ics", site.store.now());
    // The choices may change at any time, and no cache on the way has a business with it.
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=900"));
    response.headers_mut().remove(header::ACCESS_CONTROL_ALLOW_ORIGIN);
    response.headers_mut().remove(header::LAST_MODIFIED);
    Ok(response)
}
