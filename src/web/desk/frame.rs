//! What stands around every page of the desk, whoever looks at it.

use askama::Template;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use super::Desk;
use crate::domain::links::Links;
use crate::domain::wording::Locale;

/// What stands around a page on which nobody is known.
pub struct Frame {
    pub locale: Locale,
    pub site_title: String,
    /// Empty if there is none.
    pub logo_url: String,
    /// What a demo says of itself; empty elsewhere.
    pub demo: String,
    pub title: String,
}

impl Frame {
    pub fn of(desk: &Desk, locale: Locale, title: String) -> Self {
        let today = || locale.long_day(desk.zone().at(desk.now()).date());
        Self {
            locale,
            site_title: desk.config.site.title.as_str().to_owned(),
            logo_url: desk.config.look.logo.as_ref().map(|logo| logo.url(Links::HERE)).unwrap_or_default(),
            demo: if desk.store.is_demo() { locale.with("demo-page", "today", today()) } else { String::new() },
            title,
        }
    }

    /// A phrase in the page's language.
    pub fn say(&self, phrase: &str) -> String {
        self.locale.say(phrase)
    }

    pub fn with(&self, phrase: &str, name: &str, value: &str) -> String {
        self.locale.with(phrase, name, value)
    }

    /// A page as it is sent.
    pub fn page<E: From<askama::Error>>(&self, status: StatusCode, page: &impl Template) -> Result<Response, E> {
        Ok((status, [(header::CONTENT_LANGUAGE, self.locale.tag())], Html(page.render()?)).into_response())
    }
}

/// The language of who asks, by their browser: for pages on which nobody is known.
pub fn locale_of(desk: &Desk, headers: &HeaderMap) -> Locale {
    let lines = headers.get_all(header::ACCEPT_LANGUAGE).into_iter().filter_map(|value| value.to_str().ok());
    Locale::accepted(&lines.collect::<Vec<_>>().join(",")).unwrap_or(desk.config.site.locale)
}
