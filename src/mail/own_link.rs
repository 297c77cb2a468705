//! The mail with a fresh link to what is the reader's own. It names nobody, since it is kept when the reader is forgotten.

use askama::Template;
use jiff::SignedDuration;

use super::letter::lines;
use crate::config::Config;
use crate::domain::edition::Rendered;
use crate::domain::token::{OWN_LINK_MINUTES, Purpose, Subject, TokenKey};
use crate::domain::wording::Locale;
use crate::letterhead::{Letterhead, inline};
use crate::store::Store;

#[derive(Template)]
#[template(path = "email/own_link.html")]
struct Html<'a> {
    letterhead: &'a Letterhead<'a>,
    about: &'a str,
    link: &'a str,
    how: &'a str,
}

#[derive(Template)]
#[template(path = "email/own_link.txt")]
struct Text<'a> {
    letterhead: &'a Letterhead<'a>,
    about: &'a str,
    link: &'a str,
    how: &'a str,
}

/// How the mail came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    ForIt,
    /// By who gets all that was asked for.
    BySigningUp,
}

/// The mail for a subscriber.
pub fn letter(
    config: &Config,
    key: &TokenKey,
    store: &Store,
    subscriber: Subject,
    locale: Locale,
    asked: Asked,
) -> Result<Rendered, askama::Error> {
    let expires = store.now() + SignedDuration::from_mins(OWN_LINK_MINUTES);
    let letterhead = &Letterhead::of(config, locale, store.is_demo());
    let link = &letterhead.links.preferences(&key.seal(Purpose::Owner, subscriber, Some(expires)));
    let about = &locale.say(match asked {
        Asked::ForIt => "mail-link-asked",
        Asked::BySigningUp => "mail-link-known",
    });
    let how = &locale.with("mail-link-how", "minutes", OWN_LINK_MINUTES);
    Ok(Rendered {
        subject: locale.with("mail-link-subject", "site", letterhead.site_title),
        text: Text { letterhead, about, link, how }.render()?,
        html: inline(&Html { letterhead, about, link, how }.render()?),
        calendar: None,
        answers: None,
    })
}
