//! One page has one address: other spellings of the number in it lead there.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, Uri, header};

/// The answer to who asked for `asked` that the page is at `path`; none if that was asked for.
pub fn to(path: &str, asked: &Uri) -> Option<Response<Body>> {
    if asked.path() == path {
        return None;
    }
    let url = match asked.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::MOVED_PERMANENTLY;
    let location = HeaderValue::from_str(&url).or_else(|_| HeaderValue::from_str(path));
    response.headers_mut().insert(header::LOCATION, location.unwrap_or(HeaderValue::from_static("/")));
    Some(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_spelling_leads_to_the_page_with_its_query() {
        let location = |asked: &'static str| {
            let response = to("/events/2", &Uri::from_static(asked))?;
            assert_eq!(response.status(), StatusCode::MOVED_PERMANENTLY);
            Some(response.headers()[header::LOCATION].to_str().unwrap().to_owned())
        };
        assert_eq!(location("/events/2"), None);
        assert_eq!(location("/events/2?lang=en"), None);
        assert_eq!(location("/events/002").as_deref(), Some("/events/2"));
        assert_eq!(location("/events/%32?lang=en").as_deref(), Some("/events/2?lang=en"));
    }
}
