//! The mail that asks whether somebody really wants to subscribe (double opt-in).

use askama::Template;
use jiff::SignedDuration;

use super::letter::{lines, titles};
use crate::config::Config;
use crate::domain::edition::Rendered;
use crate::domain::subscriber::NewSubscriber;
use crate::domain::token::{Purpose, Subject, TokenKey};
use crate::letterhead::{Letterhead, inline};
use crate::store::Store;

/// How long the link in it is valid.
pub const VALID_HOURS: i64 = 72;

#[derive(Template)]
#[template(path = "email/confirm.html")]
struct Html<'a> {
    letterhead: &'a Letterhead<'a>,
    words: &'a Words,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "email/confirm.txt")]
struct Text<'a> {
    letterhead: &'a Letterhead<'a>,
    words: &'a Words,
    link: &'a str,
}

/// The sentences with values in them.
struct Words {
    asked: String,
    how: String,
    how_in_text: String,
}

/// Writes the mail for a sign-up with this wish, once it is kept, in the language that it names or the site's.
pub fn writer<'a>(
    config: &'a Config,
    key: &'a TokenKey,
    store: &'a Store,
    wish: &'a NewSubscriber,
) -> impl FnOnce(Subject) -> Rendered + 'a {
    let expires = store.now() + SignedDuration::from_hours(VALID_HOURS);
    let locale = wish.locale.as_deref().and_then(|tag| tag.parse().ok()).unwrap_or(config.site.locale);
    let letterhead = Letterhead::of(config, locale, store.is_demo());
    move |sign_up| {
        let token = key.seal(Purpose::Confirm, sign_up, Some(expires));
        let link = letterhead.links.confirm(&token);
        compose(&letterhead, &titles(config, locale, &wish.digests), &link)
    }
}

fn compose(letterhead: &Letterhead<'_>, titles: &str, link: &str) -> Rendered {
    let locale = letterhead.locale;
    let asked = [("digests", titles.into()), ("site", letterhead.site_title.into())];
    let words = &Words {
        asked: locale.tell("mail-confirm-asked", asked),
        how: locale.with("mail-confirm-how", "hours", VALID_HOURS),
        how_in_text: locale.with("mail-confirm-how-in-text", "hours", VALID_HOURS),
    };
    Rendered {
        subject: locale.with("mail-confirm-subject", "site", letterhead.site_title),
        // These templates hold nothing that can fail to be written.
        text: Text { letterhead, words, link }.render().unwrap_or_default(),
        html: inline(&Html { letterhead, words, link }.render().unwrap_or_default()),
        calendar: None,
    }
}
