//! The mail that a report is about, as it is enclosed in it: where that may say whose it is.

use percent_encoding::percent_decode_str;

use super::{address, part};
use crate::intake::mime::{Fields, Part};

/// Where a mail stands in a report, whole or its head alone.
const MEDIA_TYPES: &[&str] = &["message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"];
/// Of what is said of one mail.
const MOST: usize = 10;

/// What the head of an enclosed mail says.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Enclosed {
    /// Its envelope sender, as the report or its own head tells it.
    pub senders: Vec<String>,
    /// The addresses and links of its List-Unsubscribe (RFC 2369), which stay where the rest is blackened.
    pub ways_out: Vec<String>,
    /// Without angle brackets.
    pub message_ids: Vec<String>,
    /// What was put into the field of a mail provider that gives mails another sender and Message-ID (`mail::handed`).
    pub marks: Vec<String>,
}

impl Enclosed {
    pub fn of(head: &Fields) -> Self {
        Self {
            senders: head.all("Return-Path").filter_map(address).take(MOST).collect(),
            ways_out: head.all("List-Unsubscribe").flat_map(ways_out).take(MOST).collect(),
            message_ids: head.all("Message-ID").filter_map(address).take(MOST).collect(),
            marks: head.all("X-Kalends-Delivery").filter_map(address).take(MOST).collect(),
        }
    }
}

/// The head of the mail that is enclosed, if one is.
pub fn head(parts: &[Part]) -> Option<Fields> {
    part(parts, MEDIA_TYPES).map(|mail| Fields::read(&mail.body))
}

/// `<https://example.org/unsubscribe/…>, <mailto:bounces+u…@example.org?subject=unsubscribe>`: the link and the address.
fn ways_out(field: &str) -> Vec<String> {
    let uris = field.split('<').skip(1).filter_map(|rest| rest.split_once('>'));
    uris.map(|(uri, _)| {
        let uri: String = uri.chars().filter(|c| !c.is_whitespace()).collect();
        match uri.split_at_checked("mailto:".len()) {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("mailto:") => {
                let address = rest.split('?').next().unwrap_or_default();
                percent_decode_str(address).decode_utf8_lossy().into_owned()
            }
            _ => uri,
        }
    })
    .collect()
}
