//! What stands around every page, and the page that says one thing.

use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use super::Site;
use super::cards::{Label, kind_in_list};
use super::language::{Language, OtherLanguage};
use super::ways::Ways;
use crate::domain::event::Kind;
use crate::domain::links::Links;
use crate::domain::wording::Locale;

/// What stands around every page.
pub struct Chrome {
    pub locale: Locale,
    pub languages: Vec<OtherLanguage>,
    pub site_title: String,
    /// The present month at a glance.
    pub month_url: String,
    pub has_articles: bool,
    pub has_archive: bool,
    /// Empty if there is none.
    pub logo_url: String,
    /// What a demo says of itself; empty elsewhere.
    pub demo: String,
    pub kept_with: String,
}

impl Chrome {
    pub fn of(site: &Site, language: &Language) -> Self {
        let locale = language.locale();
        let today = site.config.site.timezone.at(site.store.now()).date();
        let site_title = site.config.site.title.as_str();
        Self {
            locale,
            languages: language.others(),
            month_url: Links::HERE.month(today),
            has_articles: site.snapshots.has_articles(),
            has_archive: site.config.public_digests().next().is_some(),
            logo_url: site.config.look.logo.as_ref().map(|logo| logo.url(Links::HERE)).unwrap_or_default(),
            demo: if site.store.is_demo() {
                locale.with("demo-page", "today", locale.long_day(today))
            } else {
                String::new()
            },
            kept_with: locale.with("site-kept-with", "site", site_title),
            site_title: site_title.to_owned(),
        }
    }

    /// A phrase in the page's language.
    pub fn say(&self, phrase: &str) -> String {
        self.locale.say(phrase)
    }

    /// A page as it is sent.
    pub fn page(&self, status: StatusCode, page: &impl Template) -> Result<Response, askama::Error> {
        Ok((status, [(header::CONTENT_LANGUAGE, self.locale.tag())], Html(page.render()?)).into_response())
    }
}

/// What a form lets one choose.
pub struct FormChoice {
    pub value: String,
    pub label: String,
    pub description: String,
    pub is_chosen: bool,
}

impl FormChoice {
    pub fn new(value: impl Into<String>, label: impl Into<String>, is_chosen: bool) -> Self {
        Self { value: value.into(), label: label.into(), description: String::new(), is_chosen }
    }

    /// The kinds of events.
    pub fn of_kinds(locale: Locale, is_chosen: impl Fn(Kind) -> bool) -> Vec<Self> {
        let choice = |kind: &Kind| Self::new(kind.as_str(), kind_in_list(*kind, locale), is_chosen(*kind));
        Kind::ALL.iter().map(choice).collect()
    }

    /// The languages, each by its own name; none where there is only one.
    pub fn of_languages(chosen: Option<Locale>) -> Vec<Self> {
        let offered: Vec<_> = Locale::all().map(|l| Self::new(l.tag(), l.name(), chosen == Some(l))).collect();
        if offered.len() < 2 { Vec::new() } else { offered }
    }
}

/// A page that says one thing and perhaps asks for one click.
#[derive(Template)]
#[template(path = "page/message.html")]
pub struct MessagePage {
    pub chrome: Chrome,
    pub title: String,
    pub text: String,
    /// A button that posts to this same page.
    pub button: Option<String>,
    /// A second one, by the value it sends as `all`.
    pub second_button: Option<String>,
    /// What more there is to say.
    pub lines: Vec<String>,
    /// Where one may go on.
    pub onward: Vec<Label>,
    /// The ways to a calendar that is the reader's own.
    pub ways: Option<Ways>,
    /// Whether one may look for something else.
    pub searches: bool,
}

impl MessagePage {
    pub fn new(site: &Site, language: &Language, title: String, text: String) -> Self {
        let chrome = Chrome::of(site, language);
        let (lines, onward) = (Vec::new(), Vec::new());
        Self { chrome, title, text, button: None, second_button: None, lines, onward, ways: None, searches: false }
    }

    pub fn respond(self, status: StatusCode) -> Result<Response, askama::Error> {
        self.chrome.page(status, &self)
    }
}

/// The answer to a link that opens nothing, and why.
pub fn bad_link(site: &Site, language: &Language, status: StatusCode, why: String) -> Result<Response, askama::Error> {
    MessagePage::new(site, language, language.locale().say("link-bad"), why).respond(status)
}

/// The answer to a link whose secret has had its time.
pub fn ended_link(site: &Site, language: &Language) -> Result<Response, askama::Error> {
    bad_link(site, language, StatusCode::GONE, language.locale().say("link-ended"))
}

/// The answer to a link that was forged, cut off, or stands for what is gone.
pub fn unknown_link(site: &Site, language: &Language) -> Result<Response, askama::Error> {
    bad_link(site, language, StatusCode::NOT_FOUND, language.locale().say("link-unknown"))
}
