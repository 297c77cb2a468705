//! A feed as the answer to a request: what HTTP asks of it, such as validators, compression and HEAD.

use axum::body::{Body, HttpBody};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use jiff::Timestamp;

use super::feed::Feed;
use crate::feed::Format;
use crate::web::http::encoding::accepts_gzip;
use crate::web::http::validators::{etag, http_date, is_fresh};

/// RFC 9110 section 8.8.2.1: no date is later than now, whatever clock a change was made by.
pub fn respond(feed: &Feed, headers: &HeaderMap, format: Format, file_name: &str, now: Timestamp) -> Response<Body> {
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
