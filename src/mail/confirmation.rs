//! The mail that asks whether somebody really wants to subscribe (double opt-in).

use askama::Template;

use crate::config::Config;
use crate::store::NewMail;

/// How long the link in it is valid.
pub const VALID_HOURS: i64 = 72;

#[derive(Template)]
#[template(path = "email/confirm.html")]
struct Html<'a> {
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

/// The mail with `link`, for these digests by slug.
pub fn compose(config: &Config, digests: &[String], link: &str, is_demo: bool) -> NewMail {
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
    NewMail {
        subject: format!("Please confirm your subscription to {}", config.site.title.as_str()),
        // These templates hold nothing that can fail to be written.
        text: Text { letter: &letter }.render().unwrap_or_default(),
        html: crate::digest::inline_styles(&Html { letter: &letter }.render().unwrap_or_default()),
    }
}
