//! A message on the wire: header fields, MIME, the octets that a server or a file gets.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use lettre::Message;
use lettre::address::Envelope;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};

use crate::domain::address;
use crate::domain::edition::Rendered;
use crate::domain::edition::UNSUBSCRIBE_LINK;

/// A message that is about to be handed over.
pub struct Letter<'a> {
    pub from: &'a address::Mailbox,
    pub reply_to: Option<&'a address::Mailbox>,
    pub to: &'a address::EmailAddress,
    /// Without angle brackets.
    pub message_id: &'a str,
    pub date: Timestamp,
    pub mail: &'a Rendered,
    /// For an edition: which list it belongs to and how its reader leaves it.
    pub list: Option<List<'a>>,
}

/// What makes a message one of a list.
pub struct List<'a> {
    pub slug: &'a str,
    pub title: &'a str,
    pub unsubscribe_url: &'a str,
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
    /// The envelope and the message with CRLF line ends.
    pub fn build(&self) -> Result<(Envelope, Vec<u8>), Error> {
        let from = mailbox(self.from)?;
        let to = Mailbox::new(None, parse(self.to)?);
        let envelope = Envelope::new(Some(from.email.clone()), vec![to.email.clone()])?;
        let mut message = Message::builder()
            .from(from)
            .to(to)
            .subject(self.mail.subject.as_str())
            .date(SystemTime::UNIX_EPOCH + Duration::from_secs(self.date.as_second().unsigned_abs()))
            .message_id(Some(format!("<{}>", self.message_id)))
            .raw_header(field("Auto-Submitted", "auto-generated".into())?);
        if let Some(reply_to) = self.reply_to {
            message = message.reply_to(mailbox(reply_to)?);
        }
        let (mut text, mut html) = (self.mail.text.clone(), self.mail.html.clone());
        if let Some(list) = &self.list {
            text = text.replace(UNSUBSCRIBE_LINK, list.unsubscribe_url);
            html = html.replace(UNSUBSCRIBE_LINK, list.unsubscribe_url);
            let id = format!("{} <{}.{}>", phrase(list.title), list.slug, self.from.address.domain());
            message = message
                .raw_header(field("List-Id", id)?)
                .raw_header(field("List-Unsubscribe", format!("<{}>", list.unsubscribe_url))?)
                // RFC 8058 section 3.1: exactly this.
                .raw_header(field("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".into())?);
        }
        let message = message.multipart(MultiPart::alternative_plain_html(text, html))?;
        Ok((envelope, message.formatted()))
    }
}

fn parse(address: &address::EmailAddress) -> Result<lettre::Address, Error> {
    address.as_str().parse().map_err(|e| Error::Address(address.masked(), e))
}

fn mailbox(mailbox: &address::Mailbox) -> Result<Mailbox, Error> {
    Ok(Mailbox::new(mailbox.name.clone(), parse(&mailbox.address)?))
}

fn field(name: &'static str, value: String) -> Result<HeaderValue, Error> {
    let name = HeaderName::new_from_ascii(name.to_owned()).map_err(|_| Error::Header(name))?;
    Ok(HeaderValue::new(name, value))
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

    fn build(title: &str, subject: &str) -> String {
        let from: address::Mailbox = "Standards Watch 标准 <news@example.org>".parse().unwrap();
        let mail = Rendered {
            subject: subject.into(),
            text: format!("Hello\nleave: {UNSUBSCRIBE_LINK}\n"),
            html: format!("<p>日历 <a href=\"{UNSUBSCRIBE_LINK}\">leave</a></p>"),
        };
        let letter = Letter {
            from: &from,
            reply_to: None,
            to: &"ada@example.com".parse().unwrap(),
            message_id: "abc@example.org",
            date: Timestamp::UNIX_EPOCH,
            mail: &mail,
            list: Some(List { slug: "weekly", title, unsubscribe_url: "https://example.org/unsubscribe/t0ken" }),
        };
        String::from_utf8(letter.build().unwrap().1).unwrap()
    }

    #[test]
    fn a_list_mail_has_the_headers_that_providers_ask_for() {
        let message = build("The week ahead", "Dates");
        for line in [
            "Message-ID: <abc@example.org>",
            "List-Id: The week ahead <weekly.example.org>",
            "List-Unsubscribe: <https://example.org/unsubscribe/t0ken>",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
            "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0",
            "To: ada@example.com",
            "Date: Thu, 01 Jan 1970 00:00:00 +0000",
        ] {
            assert!(message.contains(&format!("{line}\r\n")), "no {line:?} in {message}");
        }
        assert!(message.is_ascii());
        assert!(!message.contains('\u{1}'));
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
