//! What stands around every page, and the page that says one thing.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use super::Site;

/// What stands around every page.
pub struct Chrome {
    pub site_title: String,
    pub is_demo: bool,
    /// The demo's clock, in words.
    pub today: String,
}

impl Chrome {
    pub fn of(site: &Site) -> Self {
        let today = site.config.site.timezone.at(site.store.now()).date();
        Self {
            site_title: site.config.site.title.as_str().to_owned(),
            is_demo: site.store.is_demo(),
            today: site.config.site.locale.long_day(today),
        }
    }
}

/// What a form lets one choose.
pub struct Choice {
    pub value: String,
    pub label: String,
    pub description: String,
    pub is_chosen: bool,
}

impl Choice {
    pub fn new(value: impl Into<String>, label: impl Into<String>, is_chosen: bool) -> Self {
        Self { value: value.into(), label: label.into(), description: String::new(), is_chosen }
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
    pub button: Option<&'static str>,
    /// A second one, by the value it sends as `all`.
    pub second_button: Option<&'static str>,
    /// Where to go from here: address and label.
    pub link: Option<(String, &'static str)>,
}

impl MessagePage {
    pub fn new(site: &Site, title: &str, text: impl Into<String>) -> Self {
        Self {
            chrome: Chrome::of(site),
            title: title.into(),
            text: text.into(),
            button: None,
            second_button: None,
            link: None,
        }
    }

    pub fn respond(self, status: StatusCode) -> Result<Response, askama::Error> {
        Ok((status, Html(self.render()?)).into_response())
    }
}

/// The title of what a link is answered with that opens nothing.
pub const BAD_LINK: &str = "That link does not work";

/// The answer to a link that was forged, cut off, or stands for what is gone.
pub fn unknown_link(site: &Site) -> Result<Response, askama::Error> {
    let text = "This link is not one of ours, or was cut off on its way.";
    MessagePage::new(site, BAD_LINK, text).respond(StatusCode::NOT_FOUND)
}
