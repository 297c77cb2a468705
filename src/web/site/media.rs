//! `/media`: the pictures of articles.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::Site;
use super::error::PageError;
use crate::domain::picture::hash_in;
use crate::store::Served;
use crate::web::http::validators::{etag, is_fresh};

pub fn router() -> Router<Site> {
    Router::new().route("/media/{name}", get(picture))
}

/// An address is of these octets and of no others, so whoever has them need not ask for a day. What many share asks after five
/// minutes, so that what is taken back ends soon, and nobody shows it on their own account.
const CACHING: &str = "public, max-age=86400, s-maxage=300, must-revalidate, immutable";

/// A picture runs and loads nothing, even where somebody opens it by itself.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'";

/// What is not there may be in a moment.
async fn picture(State(site): State<Site>, Path(name): Path<String>, headers: HeaderMap) -> Response {
    found(&site, &name, &headers).await.unwrap_or_else(|error| {
        let mut response = error.into_response();
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    })
}

async fn found(site: &Site, name: &str, headers: &HeaderMap) -> Result<Response, PageError> {
    let address = format!("/media/{name}");
    let hash = hash_in(&address).ok_or(PageError::NotFound)?;
    let picture = match site.office.public_picture(hash).await? {
        Served::Picture(picture) => picture,
        Served::Gone => return Err(PageError::TakenBack),
        Served::Nothing => return Err(PageError::NotFound),
    };
    if !name.ends_with(picture.format.extension()) {
        return Err(PageError::NotFound);
    }
    let mut response = match is_fresh(headers, hash, None) {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => ([(header::CONTENT_TYPE, picture.format.media_type())], picture.octets).into_response(),
    };
    let fields = response.headers_mut();
    fields.insert(header::CACHE_CONTROL, HeaderValue::from_static(CACHING));
    fields.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    // Mails and feeds show it on other sites.
    fields.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    fields.extend(HeaderValue::try_from(etag(hash, false)).ok().map(|tag| (header::ETAG, tag)));
    Ok(response)
}
