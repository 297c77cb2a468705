//! The mail that asks whether somebody really wants to subscribe (double opt-in).

use askama::Template;
use jiff::SignedDuration;

use crate::config::Config;
use crate::domain::edition::Rendered;
use crate::domain::token::{Purpose, TokenKey};
use crate::domain::wording::Locale;
use crate::letterhead::Letterhead;
use crate::store::Store;

/// How long the link in it is valid.
const VALID_HOURS: i64 = 72;

#[derive(Template)]
#[template(path = "email/confirm.html")]
struct Html<'a> {
    letterhead: &'a Letterhead<'a>,
    letter: &'a Letter<'a>,
}

#[derive(Template)]
#[template(path = "email/confirm.txt")]
struct Text<'a> {
    letter: &'a Letter<'a>,
}

struct Letter<'a> {
    site_title: &'a str,
    base_url: &'a str,
    digests: Vec<&'a str>,
    link: &'a str,
    hours: i64,
    is_demo: bool,
}

/// Writes the mail for a sign-up to these digests (by slug), once its id is known.
pub fn writer<'a>(
    config: &'a Config,
    key: &'a TokenKey,
    store: &'a Store,
    digests: &'a [String],
) -> impl FnOnce(i64) -> Rendered + 'a {
    let expires = store.now() + SignedDuration::from_hours(VALID_HOURS);
    move |sign_up| {
        let token = key.seal(Purpose::Confirm, sign_up, Some(expires));
        let link = format!("{}/confirm/{token}", config.site.base_url.as_str());
        compose(config, digests, &link, store.is_demo())
    }
}

fn compose(config: &Config, digests: &[String], link: &str, is_demo: bool) -> Rendered {
    let letter = Letter {
        site_title: config.site.title.as_str(),
        base_url: config.site.base_url.as_str(),
        digests: digests
            .iter()
            .map(|slug| config.digest(slug).map_or(slug.as_str(), |digest| digest.title()))
            .collect(),
        link,
        hours: VALID_HOURS,
        is_demo,
    };
    Rendered {
        subject: format!("Please confirm your subscription to {}", config.site.title.as_str()),
        calendar: None,
        // These templates hold nothing that can fail to be written.
        text: Text { letter: &letter }.render().unwrap_or_default(),
        html: crate::letterhead::inline(
            &Html { letterhead: &Letterhead::of(config, Locale::default(), is_demo), letter: &letter }.render().unwrap_or_default(),
        ),
    }
}
