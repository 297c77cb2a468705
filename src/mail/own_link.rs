//! The mail with a fresh link to what is the reader's own. It names nobody, since it is kept when the reader is forgotten.

use askama::Template;
use jiff::SignedDuration;

use crate::config::Config;
use crate::domain::edition::Rendered;
use crate::domain::token::{Purpose, TokenKey};
use crate::domain::wording::Locale;
use crate::letterhead::Letterhead;
use crate::store::Store;

/// How long the link in it is valid.
pub const VALID_MINUTES: i64 = 60;

#[derive(Template)]
#[template(path = "email/own_link.html")]
struct Html<'a> {
    letterhead: &'a Letterhead<'a>,
    base_url: &'a str,
    link: &'a str,
    minutes: i64,
}

#[derive(Template)]
#[template(path = "email/own_link.txt")]
struct Text<'a> {
    site_title: &'a str,
    is_demo: bool,
    base_url: &'a str,
    link: &'a str,
    minutes: i64,
}

/// The mail for a subscriber, by id.
pub fn letter(config: &Config, key: &TokenKey, store: &Store, subscriber: i64) -> Result<Rendered, askama::Error> {
    let expires = store.now() + SignedDuration::from_mins(VALID_MINUTES);
    let (site_title, base_url) = (config.site.title.as_str(), config.site.base_url.as_str());
    let link = &format!("{base_url}/preferences/{}", key.seal(Purpose::Owner, subscriber, Some(expires)));
    let (is_demo, minutes) = (store.is_demo(), VALID_MINUTES);
    let html = Html { letterhead: &Letterhead::of(config, Locale::default(), is_demo), base_url, link, minutes }.render()?;
    Ok(Rendered {
        subject: format!("Your link to {site_title}"),
        text: Text { site_title, is_demo, base_url, link, minutes }.render()?,
        html: crate::letterhead::inline(&html),
        calendar: None,
    })
}
