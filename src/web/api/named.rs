//! One thing that is named by an address: its version as an ETag, and what was seen of it (RFC 9110 section 13.1.1).

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use data_encoding::HEXLOWER;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use utoipa::IntoParams;

use super::problem::{Answer, IF_MATCH, Problem};
use crate::domain::refused::Refused;
use crate::office;

/// The number that an address ends in.
pub type Id = Result<Path<i64>, PathRejection>;

pub fn id(given: Id) -> Answer<i64> {
    Ok(given?.0)
}

pub fn json(value: &impl Serialize) -> Json<Value> {
    Json(serde_json::to_value(value).unwrap_or_default())
}

/// Does what should be done to its end, also if who asked has hung up by then.
pub async fn to_its_end<T: Send + 'static>(
    work: impl Future<Output = office::Result<T>> + Send + 'static,
) -> Answer<T> {
    let done = tokio::spawn(work).await;
    Ok(done.unwrap_or_else(|error| Err(office::Error::Failed(error.to_string())))?)
}

/// What was seen of the thing that is to be changed.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code)]
pub struct IfMatch {
    /// The ETag of what was seen: another version is not changed.
    #[param(rename = "If-Match")]
    if_match: Option<String>,
}

/// The version of a thing, which is another after each change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version(pub i64);

impl Version {
    pub fn header(self) -> (HeaderName, HeaderValue) {
        let tag = HeaderValue::try_from(format!("\"{}\"", self.0));
        (header::ETAG, tag.unwrap_or(HeaderValue::from_static("\"\"")))
    }
}

/// The version that somebody saw who wants to change a thing, if they say so. `*` asks for any that is there.
pub fn seen(headers: &HeaderMap) -> Answer<Option<Version>> {
    let Some(given) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let stale = || {
        let said =
            "If-Match names no version that there ever was: read the thing, and send the ETag that comes with it";
        Problem::new(StatusCode::PRECONDITION_FAILED, "conflict", said)
    };
    let text = given.to_str().map_err(|_| stale())?.trim();
    if text == "*" {
        return Ok(None);
    }
    let tag = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).ok_or_else(stale)?;
    Ok(Some(Version(tag.parse().map_err(|_| stale())?)))
}

/// The ETag of a thing that has no version: a hash of its shape.
pub fn tag(shape: &Value) -> (HeaderName, HeaderValue) {
    let hash = HEXLOWER.encode(&Sha256::digest(shape.to_string())[..16]);
    (header::ETAG, HeaderValue::try_from(format!("\"{hash}\"")).unwrap_or(HeaderValue::from_static("\"\"")))
}

/// That a thing without a version is still as it was seen, if If-Match says how that was. It is asked where the thing is
/// changed, so that nobody comes between.
pub fn as_seen(headers: &HeaderMap, shape: &Value) -> Result<(), Refused> {
    let (_, tag) = tag(shape);
    match headers.get(header::IF_MATCH) {
        Some(given) if given != tag && given.as_bytes() != b"*" => {
            let said = "it was changed meanwhile: read it again, and send the ETag that comes with it";
            Err(Refused::conflict(said).in_field(IF_MATCH))
        }
        _ => Ok(()),
    }
}

/// Answers 304 to who has a thing as it is (RFC 9110 section 13.1.2).
pub async fn revalidate(request: Request, next: Next) -> Response {
    let known = match request.method().is_safe() {
        true => request.headers().get(header::IF_NONE_MATCH).cloned(),
        false => None,
    };
    let response = next.run(request).await;
    let (Some(known), Some(tag)) = (known, response.headers().get(header::ETAG).cloned()) else { return response };
    let known = known.to_str().unwrap_or_default().split(',').map(|one| one.trim().trim_start_matches("W/"));
    match response.status() == StatusCode::OK && known.into_iter().any(|one| one == "*" || tag == one) {
        true => (StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response(),
        false => response,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen_in(field: &str) -> Result<Option<i64>, u16> {
        let headers = HeaderMap::from_iter([(header::IF_MATCH, HeaderValue::try_from(field).unwrap())]);
        match seen(&headers) {
            Ok(version) => Ok(version.map(|version| version.0)),
            Err(_) => Err(412),
        }
    }

    #[test]
    fn what_was_seen_is_one_version_or_any() {
        let (_, tag) = Version(17).header();
        assert_eq!(seen_in(tag.to_str().unwrap()), Ok(Some(17)));
        assert_eq!(seen_in("*"), Ok(None));
        for wrong in ["17", "\"x\"", "\"\"", "W/\"17\"", "\"1\", \"2\""] {
            assert_eq!(seen_in(wrong), Err(412), "{wrong}");
        }
        assert!(matches!(seen(&HeaderMap::new()), Ok(None)));
    }
}
