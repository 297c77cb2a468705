//! A site below a path of its host (`[http] base_path`). Inside, all paths are as if there was none: what comes in loses it, and
//! what an answer leads to gets it.

use std::borrow::Cow;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::middleware::Next;
use memchr::memmem;

use crate::config::BasePath;

/// Serves a site below its path, and nothing elsewhere.
pub fn nested(base: &BasePath, site: Router) -> Router {
    if base.is_root() { site } else { Router::new().nest_service(base.as_str(), site) }
}

/// Has an answer lead to what is below the path. It must not be packed yet.
pub async fn lead(State(base): State<BasePath>, request: Request, next: Next) -> Response<Body> {
    let mut response = next.run(request).await;
    if base.is_root() {
        return response;
    }
    for (name, begin) in [(header::LOCATION, "/"), (header::LINK, "</")] {
        if let Some(led) = response.headers().get(&name).and_then(|value| led(value, begin, &base)) {
            response.headers_mut().insert(name, led);
        }
    }
    let is_page = |value: &HeaderValue| value.as_bytes().starts_with(b"text/html");
    if !response.headers().get(header::CONTENT_TYPE).is_some_and(is_page) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    // Pages are made as a whole, so that there is nothing to fail.
    let Ok(page) = to_bytes(body, usize::MAX).await else {
        parts.status = StatusCode::INTERNAL_SERVER_ERROR;
        return Response::from_parts(parts, Body::empty());
    };
    let page = match page_below(&page, base.as_str().as_bytes()) {
        Cow::Borrowed(_) => page,
        Cow::Owned(page) => Bytes::from(page),
    };
    Response::from_parts(parts, Body::from(page))
}

/// A field that leads to a path of this host, with the base in front of that.
fn led(value: &HeaderValue, begin: &str, base: &BasePath) -> Option<HeaderValue> {
    let rest = value.to_str().ok()?.strip_prefix(begin).filter(|rest| !rest.starts_with('/'))?;
    HeaderValue::try_from(format!("{}{base}/{rest}", begin.trim_end_matches('/'))).ok()
}

/// The attributes of ours that lead somewhere; scripts find more in `data-`.
const LEADING: [&[u8]; 4] = [b"href", b"src", b"action", b"formaction"];

/// A page whose links to paths of this host lead below the base. In a text no quotation mark stands by itself, so that what looks
/// like an attribute is one.
fn page_below<'a>(page: &'a [u8], base: &[u8]) -> Cow<'a, [u8]> {
    let (mut out, mut done) = (Vec::new(), 0);
    for at in memmem::find_iter(page, b"=\"/") {
        let begin = page[..at].iter().rposition(u8::is_ascii_whitespace).map_or(0, |blank| blank + 1);
        let name = &page[begin..at];
        let slash = at + 2;
        if (LEADING.contains(&name) || name.starts_with(b"data-")) && page.get(slash + 1) != Some(&b'/') {
            out.extend_from_slice(&page[done..slash]);
            out.extend_from_slice(base);
            done = slash;
        }
    }
    if done == 0 {
        return Cow::Borrowed(page);
    }
    out.extend_from_slice(&page[done..]);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_of_a_page_lead_below_and_nothing_else_does() {
        let below = |page: &str| String::from_utf8(page_below(page.as_bytes(), b"/dates").into_owned()).unwrap();
        for (page, led) in [
            ("<a href=\"/\">x</a>", "<a href=\"/dates/\">x</a>"),
            ("<form method=\"post\" action=\"/admin\">", "<form method=\"post\" action=\"/dates/admin\">"),
            (
                "<form data-look=\"/admin/look\"\n src=\"/a\">",
                "<form data-look=\"/dates/admin/look\"\n src=\"/dates/a\">",
            ),
            ("<a href=\"//elsewhere.example/\">", "<a href=\"//elsewhere.example/\">"),
            ("<a href=\"https://elsewhere.example/\">", "<a href=\"https://elsewhere.example/\">"),
            ("<input name=\"place\" value=\"/admin\">", "<input name=\"place\" value=\"/admin\">"),
            ("a=\"/b", "a=\"/b"),
            ("=\"/", "=\"/"),
        ] {
            assert_eq!(below(page), led);
        }
    }

    #[test]
    fn fields_lead_below_where_they_lead_to_this_host() {
        let base: BasePath = "/dates".parse().unwrap();
        let led = |value, begin| {
            led(&HeaderValue::from_static(value), begin, &base).map(|it| it.to_str().unwrap().to_owned())
        };
        assert_eq!(led("/admin?x=1", "/").as_deref(), Some("/dates/admin?x=1"));
        assert_eq!(
            led("</api/v1/events?cursor=a>; rel=\"next\"", "</").as_deref(),
            Some("</dates/api/v1/events?cursor=a>; rel=\"next\"")
        );
        assert_eq!(led("//elsewhere.example/", "/"), None);
        assert_eq!(led("https://elsewhere.example/", "/"), None);
    }
}
