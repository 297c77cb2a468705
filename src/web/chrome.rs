//! What stands around every page, and the page that says one thing.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use super::Site;
use crate::domain::wording;

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
            today: wording::long_day(today),
        }
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
