//! The language that a visitor is answered in: the one asked for with `?lang=`, which a cookie keeps; of a page behind a
//! link in a mail, the one its reader chose; else what the browser prefers, or the site's own.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::Response;

use super::Site;
use super::query::{FilterQuery, is_kept};
use crate::domain::wording::Locale;

/// The question in the query, and the name of the cookie.
const LANG: &str = "lang";
const YEAR_SECONDS: u32 = 365 * 24 * 60 * 60;

#[derive(Debug, Clone)]
pub struct Language {
    asked: Option<Locale>,
    /// What the reader chose for their mail, where it is known who reads.
    own: Option<Locale>,
    kept: Option<Locale>,
    accepted: Option<Locale>,
    site: Locale,
    /// The query of this page but for its language; none of a page that a link does not lead to.
    query: Option<Vec<(String, String)>>,
}

impl FromRequestParts<Site> for Language {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Self::Rejection> {
        let query = parts.uri.query().unwrap_or_default();
        // One that is refused is not repeated, nor is what means nothing here.
        let is_refused = FilterQuery::parse(query).is_err();
        let query = url::form_urlencoded::parse(query.as_bytes()).into_owned();
        let (asked, mut query): (Vec<_>, Vec<_>) = query.partition(|(name, _)| name == LANG);
        query.retain(|(name, _)| !is_refused && is_kept(name));
        Ok(Self {
            asked: asked.iter().rev().find_map(|(_, tag)| tag.parse().ok()),
            own: None,
            kept: kept(&parts.headers),
            accepted: accepted(&parts.headers),
            site: site.config.site.locale,
            query: matches!(parts.method, Method::GET | Method::HEAD).then_some(query),
        })
    }
}

fn texts(headers: &HeaderMap, name: header::HeaderName) -> impl Iterator<Item = &str> {
    headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok())
}

fn kept(headers: &HeaderMap) -> Option<Locale> {
    let cookies = texts(headers, header::COOKIE).flat_map(|line| line.split(';'));
    cookies.filter_map(|cookie| cookie.trim().split_once('=')).find(|(name, _)| *name == LANG)?.1.parse().ok()
}

fn accepted(headers: &HeaderMap) -> Option<Locale> {
    Locale::accepted(&texts(headers, header::ACCEPT_LANGUAGE).collect::<Vec<_>>().join(","))
}

/// A language that a page can be had in.
pub struct OtherLanguage {
    pub tag: &'static str,
    pub name: String,
    /// From the page itself.
    pub url: String,
}

impl Language {
    /// The same for a page of one reader, who chose this for their mail.
    pub fn of_reader(self, tag: Option<&str>) -> Self {
        Self { own: tag.and_then(|tag| tag.parse().ok()), ..self }
    }

    pub fn locale(&self) -> Locale {
        self.chosen().unwrap_or(self.site)
    }

    /// The visitor's wish, if they have one that there is.
    pub fn chosen(&self) -> Option<Locale> {
        self.asked.or(self.own).or(self.kept).or(self.accepted)
    }

    /// The others in which the page can be had.
    pub fn others(&self) -> Vec<OtherLanguage> {
        let Some(query) = &self.query else { return Vec::new() };
        let other = |locale: Locale| {
            let mut url = url::form_urlencoded::Serializer::new(String::new());
            let url = url.extend_pairs(query).append_pair(LANG, locale.tag()).finish();
            OtherLanguage { tag: locale.tag(), name: locale.name(), url: format!("?{url}") }
        };
        Locale::all().filter(|locale| *locale != self.locale()).map(other).collect()
    }
}

/// Tells caches what an answer in a language depends on, and keeps the language if it was asked for. Answers that are
/// in no language of ours, such as feeds, are let by.
pub async fn keep(State(site): State<Site>, language: Language, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if !response.headers().contains_key(header::CONTENT_LANGUAGE) {
        return response;
    }
    response.headers_mut().append(header::VARY, HeaderValue::from_static("Accept-Language, Cookie"));
    if let Some(locale) = language.asked {
        let secure = if site.config.site.base_url.is_https() { "; Secure" } else { "" };
        let base = &site.config.http.base_path;
        let cookie = format!("{LANG}={locale}; Path={base}/; Max-Age={YEAR_SECONDS}; SameSite=Lax; HttpOnly{secure}");
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
            // The same address without the cookie is for all.
            if response
                .headers()
                .get(header::CACHE_CONTROL)
                .is_some_and(|control| control.as_bytes().starts_with(b"public"))
            {
                response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=0"));
            }
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn headers(name: header::HeaderName, octets: &[u8]) -> HeaderMap {
        HeaderValue::from_bytes(octets).map(|value| HeaderMap::from_iter([(name, value)])).unwrap_or_default()
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        for (cookies, found) in [
            ("lang=zh-Hans", Some("zh-Hans")),
            ("a=b; lang=en; c", Some("en")),
            ("lang=tlh", None),
            ("language=en", None),
            ("lang", None),
            ("", None),
        ] {
            assert_eq!(kept(&headers(header::COOKIE, cookies.as_bytes())).map(Locale::tag), found, "{cookies}");
        }
    }

    proptest! {
        #[test]
        fn whatever_a_browser_sends_is_a_language_of_ours_or_none(
            octets in proptest::collection::vec(any::<u8>(), 0..60),
            tags in "(lang=|[a-zA-Z*-]{1,8}|;q=|[0-9.]{1,4}|[,; ]){0,12}",
        ) {
            for octets in [&octets[..], tags.as_bytes()] {
                let found = [kept(&headers(header::COOKIE, octets)), accepted(&headers(header::ACCEPT_LANGUAGE, octets))];
                prop_assert!(found.into_iter().flatten().all(|locale| Locale::all().any(|known| known == locale)));
            }
        }
    }
}
