//! A message on the wire: header fields, MIME, and what is each recipient's own.

use std::time::SystemTime;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;
use lettre::Message;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Body, Mailbox, MultiPart, SinglePart};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::stencil::{Part, Stencil};
use crate::domain::address;
use crate::domain::edition::{PREFERENCES_LINK, Rendered, UNSUBSCRIBE_LINK};
use crate::domain::links::Links;

/// What stands for the personal values until they are filled in, in the order of [`Own::values`]. As long as a token
/// and made of its letters: the lines of the body break in the same places.
const TO: &str = "kalends-placeholder-to@kalends.invalid";
const MESSAGE_ID: &str = "kalends-placeholder-id@kalends.invalid";
const DATE: &str = "Thu, 01 Jan 1970 00:00:00 +0000";
const UNSUBSCRIBE: &str = "kalends-placeholder-for-the-unsubscribe-link";
const PREFERENCES: &str = "kalends-placeholder-for-the-preferences-link";
const UNSUBSCRIBE_ADDRESS: &str = "kalends-placeholder-leave@kalends.invalid";

/// By what the list of those is known who run the site. No digest's slug has a dot.
const NOTICES: &str = "notices.kalends";

/// The name of the calendar file that goes with an edition.
const CALENDAR_NAME: &str = "calendar.ics";

/// RFC 6068 section 2.
const NOT_IN_MAILTO: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'+').remove(b'@');

/// A mail as everybody gets it.
pub struct Letter<'a> {
    pub from: &'a address::Mailbox,
    pub reply_to: Option<&'a address::Mailbox>,
    pub mail: &'a Rendered,
    /// For an edition: the list it belongs to.
    pub list: Option<List<'a>>,
    /// What the site tells those who run it: its title. They sort it by a list of its own, which nobody leaves by a link.
    pub notice_of: Option<&'a str>,
}

/// What makes a message one of a list.
pub struct List<'a> {
    pub slug: &'a str,
    pub title: &'a str,
    /// To its readers' own pages.
    pub links: Links<'a>,
    /// Whether mail to an address of one's own ends the subscription too.
    pub has_unsubscribe_address: bool,
}

/// What is one recipient's own.
pub struct Own<'a> {
    pub to: &'a address::EmailAddress,
    /// Without angle brackets.
    pub message_id: &'a str,
    pub date: Timestamp,
    /// Tokens, all of one length; empty without a list.
    pub unsubscribe: &'a str,
    pub preferences: &'a str,
    /// Empty if there is none.
    pub unsubscribe_address: &'a str,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the address {0} can't be put into a message: {1}")]
    Address(String, lettre::address::AddressError),
    #[error("the message can't be built: {0}")]
    Build(#[from] lettre::error::Error),
    #[error("the header field {0} can't be written")]
    Header(&'static str),
}

impl Letter<'_> {
    /// The message with gaps for what is personal.
    pub fn stencil(&self) -> Result<Stencil, Error> {
        let automatic = if self.mail.answers.is_some() { "auto-replied" } else { "auto-generated" };
        let mut message = Message::builder()
            .from(mailbox(self.from)?)
            .raw_header(plain("To", TO.into())?)
            .subject(crate::domain::text::kept_line(self.mail.subject.clone()))
            .date(SystemTime::UNIX_EPOCH)
            .message_id(Some(format!("<{MESSAGE_ID}>")))
            .raw_header(field("Auto-Submitted", automatic.into())?);
        if let Some(answered) = self.mail.answers.as_deref().filter(|id| !id.is_empty()) {
            for name in ["In-Reply-To", "References"] {
                message = message.raw_header(plain(name, format!("<{answered}>"))?);
            }
        }
        if let Some(reply_to) = self.reply_to {
            message = message.reply_to(mailbox(reply_to)?);
        }
        let (mut text, mut html) = (self.mail.text.clone(), self.mail.html.clone());
        if let Some(list) = &self.list {
            let leave = list.links.unsubscribe(UNSUBSCRIBE);
            let preferences = list.links.preferences(PREFERENCES);
            for (placeholder, link) in [(UNSUBSCRIBE_LINK, &leave), (PREFERENCES_LINK, &preferences)] {
                (text, html) = (text.replace(placeholder, link), html.replace(placeholder, link));
            }
            let id = format!("{} <{}.{}>", phrase(list.title), list.slug, self.from.address.domain());
            let mut ways_out = format!("<{leave}>");
            if list.has_unsubscribe_address {
                ways_out.push_str(&format!(",\r\n <mailto:{UNSUBSCRIBE_ADDRESS}?subject=unsubscribe>"));
            }
            message = message
                // Exchange answers neither for who is away nor by a rule.
                .raw_header(field("X-Auto-Response-Suppress", "OOF, AutoReply".into())?)
                .raw_header(field("List-Id", id)?)
                .raw_header(plain("List-Unsubscribe", ways_out)?)
                // RFC 8058 section 3.1: exactly this.
                .raw_header(field("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".into())?);
        }
        if let (None, Some(title)) = (&self.list, self.notice_of) {
            let id = format!("{} <{NOTICES}.{}>", phrase(title), self.from.address.domain());
            message = message
                .raw_header(field("X-Auto-Response-Suppress", "OOF, AutoReply".into())?)
                .raw_header(field("List-Id", id)?);
        }
        let (text, html) = (with_crlf(&text), with_crlf(&html));
        let (plain_body, html_body) = (Body::new(text.clone()), Body::new(html.clone()));
        let (plain_encoding, html_encoding) = (plain_body.encoding(), html_body.encoding());
        let (plain_octets, html_octets) = (plain_body.clone().into_vec(), html_body.clone().into_vec());
        let parts = MultiPart::alternative()
            .singlepart(SinglePart::builder().header(ContentType::TEXT_PLAIN).body(plain_body))
            .singlepart(SinglePart::builder().header(ContentType::TEXT_HTML).body(html_body));
        let octets = match &self.mail.calendar {
            None => message.multipart(parts)?,
            Some(calendar) => {
                let file = Attachment::new(CALENDAR_NAME.into()).body(calendar.clone(), calendar_type()?);
                message.multipart(MultiPart::mixed().multipart(parts).singlepart(file))?
            }
        }
        .formatted();
        let part = |raw, encoded, encoding: ContentTransferEncoding| Part { raw, encoded, encoding };
        Ok(Stencil::new(
            octets,
            &[TO, MESSAGE_ID, DATE, UNSUBSCRIBE, PREFERENCES, UNSUBSCRIBE_ADDRESS],
            &[part(text.as_bytes(), &plain_octets, plain_encoding), part(html.as_bytes(), &html_octets, html_encoding)],
        ))
    }

    /// One message, with CRLF line ends.
    pub fn build(&self, own: &Own<'_>) -> Result<Vec<u8>, Error> {
        Ok(own.fill(&self.stencil()?))
    }
}

impl Own<'_> {
    /// The message of this recipient, with CRLF line ends.
    pub fn fill(&self, stencil: &Stencil) -> Vec<u8> {
        let date = rfc2822::to_string(&self.date.to_zoned_datetime(TimeZone::UTC)).unwrap_or_else(|_| DATE.into());
        let unsubscribe_address = utf8_percent_encode(self.unsubscribe_address, NOT_IN_MAILTO).to_string();
        let values =
            [self.to.as_str(), self.message_id, &date, self.unsubscribe, self.preferences, &unsubscribe_address];
        stencil.fill(&values)
    }
}

fn mailbox(mailbox: &address::Mailbox) -> Result<Mailbox, Error> {
    let address = &mailbox.address;
    let parsed = address.as_str().parse().map_err(|e| Error::Address(address.masked(), e))?;
    Ok(Mailbox::new(mailbox.name.clone(), parsed))
}

fn field(name: &'static str, value: String) -> Result<HeaderValue, Error> {
    Ok(HeaderValue::new(header_name(name)?, value))
}

/// A field of ours that is ASCII and needs no folding but its own.
fn plain(name: &'static str, value: String) -> Result<HeaderValue, Error> {
    Ok(HeaderValue::dangerous_new_pre_encoded(header_name(name)?, value.clone(), value))
}

fn header_name(name: &'static str) -> Result<HeaderName, Error> {
    HeaderName::new_from_ascii(name.to_owned()).map_err(|_| Error::Header(name))
}

fn with_crlf(text: &str) -> String {
    text.replace("\r\n", "\n").replace(['\r', '\n'], "\r\n")
}

fn calendar_type() -> Result<ContentType, Error> {
    ContentType::parse("text/calendar; method=PUBLISH; charset=UTF-8").map_err(|_| Error::Header("Content-Type"))
}

/// A title as the phrase before a List-Id (RFC 2919 section 3): the marks that end one are left out.
fn phrase(title: &str) -> String {
    title
        .chars()
        .filter(|c| !matches!(c, '<' | '>' | '"' | '\\' | '(' | ')' | ',' | ';' | ':' | '@' | '[' | ']'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "dQAAAAAAAAAHAAAAAAAAAAD0NTZ3PznW6rrCC7a5mCs-";

    fn build(title: &str, subject: &str) -> String {
        build_from("Standards Watch 标准 <news@example.org>", title, subject)
    }

    fn build_from(from: &str, title: &str, subject: &str) -> String {
        let from: address::Mailbox = from.parse().unwrap();
        let mail = Rendered {
            subject: subject.into(),
            text: format!("Hello\nleave: {UNSUBSCRIBE_LINK}\n"),
            html: format!("<p>日历 <a href=\"{UNSUBSCRIBE_LINK}\">leave</a></p>"),
            ..Rendered::default()
        };
        let list =
            List { slug: "weekly", title, links: Links::new("https://example.org"), has_unsubscribe_address: true };
        let letter = Letter { from: &from, reply_to: None, mail: &mail, list: Some(list), notice_of: None };
        let own = Own {
            to: &"ada@example.com".parse().unwrap(),
            message_id: "abc@example.org",
            date: Timestamp::UNIX_EPOCH,
            unsubscribe: TOKEN,
            preferences: TOKEN,
            unsubscribe_address: "bounces+u7@example.org",
        };
        String::from_utf8(letter.build(&own).unwrap()).unwrap()
    }

    #[test]
    fn a_list_mail_has_the_headers_that_providers_ask_for() {
        let message = build("The week ahead", "Dates");
        for line in [
            "Message-ID: <abc@example.org>",
            "List-Id: The week ahead <weekly.example.org>",
            &format!("List-Unsubscribe: <https://example.org/unsubscribe/{TOKEN}>,"),
            " <mailto:bounces+u7@example.org?subject=unsubscribe>",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
            "Auto-Submitted: auto-generated",
            "X-Auto-Response-Suppress: OOF, AutoReply",
            "MIME-Version: 1.0",
            "To: ada@example.com",
            "Date: Thu, 1 Jan 1970 00:00:00 +0000",
        ] {
            assert!(message.contains(&format!("{line}\r\n")), "no {line:?} in {message}");
        }
        assert!(message.is_ascii());
        assert!(!message.contains('\u{1}') && !message.contains("placeholder"), "{message}");
        let parsed = mail_parser::MessageParser::default().parse(message.as_bytes()).unwrap();
        let link = format!("https://example.org/unsubscribe/{TOKEN}");
        assert_eq!(parsed.body_text(0).unwrap(), format!("Hello\r\nleave: {link}\r\n"));
        assert_eq!(parsed.body_html(0).unwrap(), format!("<p>日历 <a href=\"{link}\">leave</a></p>"));
    }

    #[test]
    fn what_the_site_tells_those_who_run_it_is_a_list_that_nobody_leaves_by_a_link() {
        let from: address::Mailbox = "news@example.org".parse().unwrap();
        let reply_to: address::Mailbox = "desk@example.org".parse().unwrap();
        let mail = Rendered { subject: "Look".into(), text: "Look".into(), html: "Look".into(), ..Rendered::default() };
        let own = Own {
            to: &"ada@example.com".parse().unwrap(),
            message_id: "abc@example.org",
            date: Timestamp::UNIX_EPOCH,
            unsubscribe: "",
            preferences: "",
            unsubscribe_address: "",
        };
        let letter = |notice_of| {
            let letter = Letter { from: &from, reply_to: Some(&reply_to), mail: &mail, list: None, notice_of };
            String::from_utf8(letter.build(&own).unwrap()).unwrap()
        };
        let notice = letter(Some("Standards Watch"));
        for line in [
            "List-Id: Standards Watch <notices.kalends.example.org>",
            "Message-ID: <abc@example.org>",
            "Reply-To: desk@example.org",
            "Auto-Submitted: auto-generated",
        ] {
            assert!(notice.contains(&format!("{line}\r\n")), "no {line:?} in {notice}");
        }
        assert!(!notice.contains("List-Unsubscribe") && !letter(None).contains("List-Id"), "{notice}");
    }

    #[test]
    fn mail_programs_show_the_sender_as_the_configuration_has_it() {
        for (from, name) in [
            (r#""Doe, \"Ada\"" <ada@example.org>"#, r#"Doe, "Ada""#),
            ("=?utf-8?B?5qCH5YeG?= Watch <ada@example.org>", "标准 Watch"),
            ("标准, \"Ada\" <ada@example.org>", r#"标准, "Ada""#),
        ] {
            let message = build_from(from, "W", "Dates");
            let parsed = mail_parser::MessageParser::default().parse(message.as_bytes()).unwrap();
            let shown = parsed.from().and_then(|from| from.first()).unwrap();
            assert_eq!((shown.name(), shown.address()), (Some(name), Some("ada@example.org")), "{message}");
        }
    }

    #[test]
    fn placeholders_are_as_long_as_tokens() {
        assert_eq!((UNSUBSCRIBE.len(), PREFERENCES.len()), (TOKEN.len(), TOKEN.len()));
    }

    #[test]
    fn the_same_letter_gives_the_same_head_each_time() {
        let head = |message: String| message.split("\r\nContent-Type").next().unwrap().to_owned();
        assert_eq!(head(build("W", "Dates")), head(build("W", "Dates")));
    }

    #[test]
    fn titles_and_subjects_cannot_add_header_fields() {
        let message = build("W\r\nBcc: eve@example.org <x>", "A\r\nBcc: eve@example.org");
        assert!(!message.contains("\r\nBcc:"), "{message}");
    }
}
