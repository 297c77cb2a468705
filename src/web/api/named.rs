//! One thing that is named by an address: its version as an ETag, and what was seen of it (RFC 9110 section 13.1.1).

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

use super::problem::{Answer, Problem};

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
