//! What tells one form of a page from another, and whether who asks has it already (RFC 9110 sections 8.8 and 13).

use axum::http::{HeaderMap, HeaderValue, header};
use jiff::Timestamp;
use jiff::fmt::rfc2822;

const GZIP: &str = "-gzip";

/// Of what has this hash, sent octet for octet. Each encoding is a representation with an ETag of its own (RFC 9110
/// section 8.8.3.3).
pub fn etag(hash: &str, is_gzip: bool) -> String {
    if is_gzip { format!("\"{hash}{GZIP}\"") } else { format!("\"{hash}\"") }
}

/// Of what has this hash and is packed, or not, on the way.
pub fn weak_etag(hash: &str) -> String {
    format!("W/\"{hash}\"")
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
            .any(|tag| tag == "*" || tag.strip_suffix(GZIP).unwrap_or(tag) == hash);
    }
    text(header::IF_MODIFIED_SINCE)
        .and_then(|since| rfc2822::DateTimeParser::new().parse_timestamp(since).ok())
        .is_some_and(|since| changed_at.is_some_and(|at| at.as_second() <= since.as_second()))
}

/// `Thu, 01 Oct 2020 00:00:00 GMT` (RFC 9110 section 5.6.7).
pub fn http_date(at: Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asks(name: header::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())])
    }

    #[test]
    fn who_has_it_is_known_by_its_tag() {
        for (tags, is_known) in [
            ("\"abc\"", true),
            ("W/\"abc\"", true),
            ("\"abc-gzip\"", true),
            ("\"x\", \"abc\"", true),
            ("*", true),
            ("\"abcd\"", false),
            ("\"\"", false),
        ] {
            assert_eq!(is_fresh(&asks(header::IF_NONE_MATCH, tags), "abc", None), is_known, "{tags}");
        }
        for made in [etag("abc", false), etag("abc", true), weak_etag("abc")] {
            assert!(is_fresh(&asks(header::IF_NONE_MATCH, &made), "abc", None), "{made}");
        }
    }

    #[test]
    fn a_date_counts_where_it_tells_and_no_tag_is_given() {
        let at = "2020-10-01T00:00:00Z".parse().unwrap();
        assert_eq!(http_date(at), "Thu, 01 Oct 2020 00:00:00 GMT");
        let since = |date: &str| asks(header::IF_MODIFIED_SINCE, date);
        assert!(is_fresh(&since(&http_date(at)), "abc", Some(at)));
        assert!(!is_fresh(&since(&http_date(at)), "abc", None));
        assert!(!is_fresh(&since("Wed, 30 Sep 2020 23:59:59 GMT"), "abc", Some(at)));
        assert!(!is_fresh(&since("yesterday"), "abc", Some(at)));
        let mut both = since(&http_date(at));
        both.insert(header::IF_NONE_MATCH, HeaderValue::from_static("\"other\""));
        assert!(!is_fresh(&both, "abc", Some(at)));
    }
}
