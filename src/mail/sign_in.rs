//! The mails about coming to the desk: the link, and that somebody came in.

use askama::Template;
use jiff::Timestamp;

use super::letter::{lines, of_paragraphs};
use crate::config::Config;
use crate::domain::desk::SIGN_IN_MINUTES;
use crate::domain::edition::Rendered;
use crate::domain::ticket::Ticket;
use crate::domain::wording::Locale;
use crate::letterhead::{Letterhead, inline};

#[derive(Template)]
#[template(path = "email/sign_in.html")]
struct Html<'a> {
    letterhead: &'a Letterhead<'a>,
    link: &'a str,
    how: &'a str,
}

#[derive(Template)]
#[template(path = "email/sign_in.txt")]
struct Text<'a> {
    letterhead: &'a Letterhead<'a>,
    link: &'a str,
    how: &'a str,
}

/// The mail with a link to sign in, and from there to a page of the desk.
pub fn link(
    config: &Config,
    locale: Locale,
    ticket: &Ticket,
    to: &str,
    is_demo: bool,
) -> Result<Rendered, askama::Error> {
    let letterhead = &Letterhead::of(config, locale, is_demo);
    let link = &letterhead.links.sign_in(ticket.expose(), to);
    let how = &locale.with("mail-sign-in-how", "minutes", SIGN_IN_MINUTES);
    Ok(Rendered {
        subject: locale.with("mail-sign-in-subject", "site", letterhead.site_title),
        text: Text { letterhead, link, how }.render()?,
        html: inline(&Html { letterhead, link, how }.render()?),
        ..Rendered::default()
    })
}

/// The mail that tells an editor of a new session; `agent` is what the browser calls itself.
pub fn began(config: &Config, locale: Locale, at: Timestamp, agent: &str, is_demo: bool) -> Rendered {
    let letterhead = Letterhead::of(config, locale, is_demo);
    let when = config.site.timezone.at(at).strftime("%Y-%m-%d %H:%M %Q").to_string();
    let browser = match agent {
        "" => locale.say("mail-signed-in-unknown"),
        known => known.to_owned(),
    };
    let site = letterhead.site_title;
    let title = locale.say("mail-signed-in-title");
    let paragraphs = [
        locale.tell("mail-signed-in", [("site", site.into()), ("when", when.into())]),
        locale.with("mail-signed-in-browser", "browser", browser),
        locale.say("mail-signed-in-else"),
    ];
    let subject = locale.with("mail-signed-in-subject", "site", site);
    of_paragraphs(&letterhead, subject, &title, &paragraphs)
}
