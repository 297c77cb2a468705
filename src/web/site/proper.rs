//! Keeps requests out that no handler should see: not as HTTP has them, or asking for too much.

use axum::extract::Request;
use axum::http::uri::Authority;
use axum::http::{HeaderValue, Version, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::error::PageError;
use super::query::FilterQuery;
use super::sentence::Sentence;

pub async fn check(request: Request, next: Next) -> Response {
    let hosts: Vec<_> = request.headers().get_all(header::HOST).iter().collect();
    if !is_one_host(&hosts, request.version()) {
        return PageError::Wrong(Sentence::new("wrong-host")).into_response();
    }
    match FilterQuery::parse(request.uri().query().unwrap_or_default()) {
        Ok(_) => next.run(request).await,
        Err(wrong) => PageError::Wrong(wrong).into_response(),
    }
}

/// RFC 9112 section 3.2: HTTP/1.1 has one Host, of a name or an address and perhaps a port.
fn is_one_host(lines: &[&HeaderValue], version: Version) -> bool {
    match lines {
        [] => version < Version::HTTP_11,
        [one] => match one.to_str() {
            // Where there is nothing to name, it is empty.
            Ok("") => true,
            Ok(text) => text.parse::<Authority>().is_ok_and(|authority| {
                let port = text.strip_prefix(authority.host()).map(|rest| rest.strip_prefix(':').unwrap_or(rest));
                !authority.host().is_empty()
                    && port.is_some_and(|port| port.bytes().all(|octet| octet.is_ascii_digit()))
            }),
            Err(_) => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_has_one_host_that_is_one() {
        for (lines, in_1_1, in_1_0) in [
            (&[][..], false, true),
            (&["example.org"], true, true),
            (&["example.org:8080"], true, true),
            (&["[2001:db8::1]:80"], true, true),
            (&["192.0.2.1"], true, true),
            (&[""], true, true),
            (&["example.org", "example.org"], false, false),
            (&["example.org", "other.example"], false, false),
            (&["<script>"], false, false),
            (&["a b"], false, false),
            (&["ada@example.org"], false, false),
            (&["example.org/x"], false, false),
            (&["example.org:eighty"], false, false),
        ] {
            let values: Vec<_> = lines.iter().map(|line| HeaderValue::from_static(line)).collect();
            let values: Vec<_> = values.iter().collect();
            assert_eq!(is_one_host(&values, Version::HTTP_11), in_1_1, "{lines:?}");
            assert_eq!(is_one_host(&values, Version::HTTP_10), in_1_0, "{lines:?}");
        }
    }
}
