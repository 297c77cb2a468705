//! The addresses of the site's pages. Each is written here and nowhere else; the routers alone know the same paths.

use std::fmt::Display;

use jiff::civil::Date;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::event::Kind;
use super::provider::Provider;
use super::token::{Purpose, Subject, TokenKey};

/// The calendar of all events.
pub const CALENDAR: &str = "/calendar.ics";
pub const ARTICLES: &str = "/articles";
pub const ARTICLES_FEED: &str = "/articles.atom";
pub const EMBED: &str = "/embed";
pub const FOLLOW: &str = "/follow";
/// Whether the daemon can do its work.
pub const READY: &str = "/readyz";
pub const SITEMAP: &str = "/sitemap.xml";
pub const TOPICS: &str = "/topics";
pub const STANDARDS: &str = "/standards";
pub const ARCHIVE: &str = "/archive";
pub const DESK: &str = "/admin";
const UNSUBSCRIBE: &str = "/unsubscribe/";

/// Makes addresses of pages: whole ones, or paths for a link from page to page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Links<'a> {
    base: &'a str,
}

impl<'a> Links<'a> {
    /// For links on the site itself.
    pub const HERE: Links<'static> = Links { base: "" };

    /// `base`: scheme and host, without a slash at the end.
    pub fn new(base: &'a str) -> Self {
        Self { base }
    }

    /// What is at a path of the site that something else made.
    pub fn at(self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Scheme and host alone.
    pub fn base(self) -> &'a str {
        self.base
    }

    pub fn home(self) -> String {
        self.at("/")
    }

    pub fn event(self, id: i64) -> String {
        self.at(&format!("/events/{id}"))
    }

    /// The calendar of one event.
    pub fn event_calendar(self, id: i64) -> String {
        self.at(&format!("/events/{id}.ics"))
    }

    /// The month of a day at a glance.
    pub fn month(self, day: Date) -> String {
        self.at(&day.strftime("/%Y/%m").to_string())
    }

    /// The calendar of all events.
    pub fn calendar(self) -> String {
        self.at(CALENDAR)
    }

    /// The list of all pages, for search engines.
    pub fn sitemap(self) -> String {
        self.at(SITEMAP)
    }

    /// What takes place somewhere.
    pub fn at_place(self, place: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        self.at(&format!("/?{}", query.append_pair("place", place).finish()))
    }

    /// The form of a sign-up with one thing ticked: a topic or a kind.
    pub fn subscribe_to(self, what: &str, name: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        self.at(&format!("/subscribe?{}", query.append_pair(what, name).finish()))
    }

    /// The page of a topic; its slashes stay as they are, since some proxies refuse them in another form.
    pub fn topic(self, topic: &str) -> String {
        self.at(&format!("{TOPICS}/{}", segment(topic)))
    }

    /// The same of a standard, by its number.
    pub fn standard(self, identifier: &str) -> String {
        self.at(&format!("{STANDARDS}/{}", segment(identifier)))
    }

    pub fn kind(self, kind: Kind) -> String {
        self.at(&format!("/kinds/{kind}"))
    }

    pub fn article(self, id: i64) -> String {
        self.at(&format!("{ARTICLES}/{id}"))
    }

    /// A picture of an article, by the hash of its octets.
    pub fn picture(self, hash: &str, extension: &str) -> String {
        self.at(&format!("/media/{hash}.{extension}"))
    }

    /// The editions of one digest.
    pub fn archive_of(self, slug: &str) -> String {
        self.at(&format!("{ARCHIVE}/{slug}"))
    }

    /// `number`: which of its digest, or what stands for the number until it is known.
    pub fn edition(self, slug: &str, number: impl Display) -> String {
        self.at(&format!("{ARCHIVE}/{slug}/{number}"))
    }

    /// The editors' desk.
    pub fn desk(self) -> String {
        self.at(DESK)
    }

    /// Where an editor comes in; `to`: the page of the desk that it leads to from there, if not the first.
    pub fn sign_in(self, ticket: &str, to: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let to = if to.is_empty() { String::new() } else { format!("?{}", query.append_pair("to", to).finish()) };
        self.at(&format!("{DESK}/sign-in/{ticket}{to}"))
    }

    /// Where an editor approves an edition.
    pub fn approve(self, token: &str) -> String {
        self.at(&format!("/approve/{token}"))
    }

    /// Where a mail provider tells what became of mails.
    pub fn hook(self, provider: Provider) -> String {
        self.at(&format!("/hooks/{provider}"))
    }

    pub fn subscribe(self) -> String {
        self.at("/subscribe")
    }

    /// What a sign-up is confirmed by.
    pub fn confirm(self, token: &str) -> String {
        self.at(&format!("/confirm/{token}"))
    }

    pub fn preferences(self, token: &str) -> String {
        self.at(&format!("/preferences/{token}"))
    }

    pub fn unsubscribe(self, token: &str) -> String {
        self.at(&format!("{UNSUBSCRIBE}{token}"))
    }

    /// A reader's own calendar; whoever knows the address may read it, for ever.
    pub fn own_calendar(self, key: &TokenKey, calendar: Subject) -> String {
        self.at(&format!("/calendar/{}.ics", key.seal(Purpose::Calendar, calendar, None)))
    }
}

/// A text as part of a path (RFC 3986 section 3.3).
fn segment(text: &str) -> String {
    const KEPT: AsciiSet = NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    utf8_percent_encode(text, &KEPT).to_string()
}

/// The token in a link to leave, as it stood in a mail.
pub fn unsubscribe_token(link: &str) -> Option<&str> {
    link.rsplit_once(UNSUBSCRIBE).map(|(_, token)| token)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::token::Claim;

    #[test]
    fn a_page_has_one_address_here_and_elsewhere() {
        let links = Links::new("https://example.org");
        for (whole, path) in [
            (links.home(), "/"),
            (links.event(7), "/events/7"),
            (links.event_calendar(7), "/events/7.ics"),
            (links.month(jiff::civil::date(2020, 9, 1)), "/2020/09"),
            (links.calendar(), "/calendar.ics"),
            (links.article(3), "/articles/3"),
            (links.topic("smart city"), "/topics/smart%20city"),
            (links.topic("健康/AI"), "/topics/%E5%81%A5%E5%BA%B7/AI"),
            (links.standard("GB/T 35273-2020"), "/standards/GB/T%2035273-2020"),
            (links.kind(Kind::EffectiveDate), "/kinds/effective-date"),
            (links.edition("weekly", 2), "/archive/weekly/2"),
            (links.edition("weekly", "#"), "/archive/weekly/#"),
            (links.confirm("t0k-en"), "/confirm/t0k-en"),
            (links.preferences("t0k-en"), "/preferences/t0k-en"),
            (links.hook(Provider::Ses), "/hooks/ses"),
        ] {
            assert_eq!(whole, format!("https://example.org{path}"));
        }
        assert_eq!(Links::HERE.event(7), "/events/7");
        let own = links.own_calendar(&TokenKey::new("secret"), Subject { id: 1, nonce: None });
        let token = own.strip_prefix("https://example.org/calendar/").and_then(|rest| rest.strip_suffix(".ics"));
        assert!(Claim::read(Purpose::Calendar, token.unwrap()).is_some());
    }

    #[test]
    fn the_token_of_a_way_out_is_found_again() {
        let links = Links::new("https://example.org");
        assert_eq!(unsubscribe_token(&links.unsubscribe("t0k-en")), Some("t0k-en"));
        assert_eq!(unsubscribe_token("mailto:bounces+u1@example.org"), None);
    }
}
