//! A feed as the answer to a request: what HTTP asks of it, such as validators, compression and HEAD.

use axum::body::{Body, HttpBody};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use jiff::Timestamp;

use super::feed::Feed;
use crate::feed::Format;
use crate::web::http::encoding::accepts_gzip;
use crate::web::http::validators::{etag, http_date, is_fresh};

/// A cache that many share asks again after so many seconds, so that a change is seen within a minute whoever stands between.
pub const SHARED_S: u32 = 50;

/// What a feed is sent as.
pub struct SentAs<'a> {
    pub media_type: &'a str,
    /// The name under which it is saved.
    pub file_name: &'a str,
    /// For how long it need not be asked for again.
    pub max_age_s: u32,
}

impl<'a> SentAs<'a> {
    pub fn feed(format: Format, file_name: &'a str) -> Self {
        Self { media_type: format.media_type(), file_name, max_age_s: 900 }
    }
}

/// RFC 9110 section 8.8.2.1: no date is later than now, whatever clock a change was made by.
pub fn respond(feed: &Feed, headers: &HeaderMap, sent: &SentAs<'_>, now: Timestamp) -> Response<Body> {
    let gzip = accepts_gzip(headers);
    // Each encoding is a representation with an ETag of its own (RFC 9110 section 8.8.3.3).
    let etag = etag(&feed.body.hash, gzip);
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
    set(header::CACHE_CONTROL, &format!("public, max-age={}, s-maxage={SHARED_S}", sent.max_age_s));
    set(header::VARY, "Accept-Encoding");
    set(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    if not_modified {
        return response;
    }
    set(header::CONTENT_TYPE, sent.media_type);
    set(header::CONTENT_DISPOSITION, &format!("inline; filename={}", sent.file_name));
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
