//! Who a mail says that it is from and to, and when it was written. Nothing of it is proved.

use jiff::Timestamp;
use mail_parser::{Address, MessageParser};

use crate::domain::address::EmailAddress;

/// Longer ones are none (RFC 5322 section 2.1.1).
const LONGEST_ID: usize = 900;
const MOST_RECIPIENTS: usize = 100;

#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Addressed {
    /// None if it is from several, or from nobody.
    pub from: Option<EmailAddress>,
    pub to: Vec<String>,
    pub date: Option<Timestamp>,
    /// Without brackets; none if it has none that can be written into an answer.
    pub message_id: Option<String>,
    /// As it came.
    pub subject: String,
}

/// What the head of a mail says.
pub fn addressed(octets: &[u8]) -> Addressed {
    let Some(head) = MessageParser::default().parse_headers(octets) else { return Addressed::default() };
    let all = |address: Option<&Address<'_>>| -> Vec<String> {
        let addresses = address.into_iter().flat_map(|address| address.iter());
        addresses.filter_map(|one| one.address.as_deref().map(str::to_owned)).take(MOST_RECIPIENTS).collect()
    };
    let from = match all(head.from()).as_slice() {
        [one] => one.parse().ok(),
        _ => None,
    };
    let fits =
        |id: &&str| id.len() <= LONGEST_ID && id.contains('@') && id.bytes().all(|octet| octet.is_ascii_graphic());
    Addressed {
        from,
        to: all(head.to()),
        date: head.date().and_then(|date| Timestamp::from_second(date.to_timestamp()).ok()),
        message_id: head.message_id().filter(fits).map(|id| id.replace(['<', '>'], "")),
        subject: head.subject().unwrap_or_default().to_owned(),
    }
}
