//! What a report means, by the provider's word and the server's that it hands on. The milder counts.

use super::What;
use crate::domain::bounce::Class;
use crate::domain::reply::{self, About, Fate, judge};
use crate::domain::status::Status;

/// A refusal that says nothing of the address.
pub const NOT_THE_ADDRESS: What = What::Report { class: Class::Soft, counts: false };
pub const COMPLAINT: What = What::Report { class: Class::Complaint, counts: true };
pub const DELAYED: What = What::Report { class: Class::Delayed, counts: false };
/// That the address is no good, whatever the server said: on the provider's list of those that bounced, or no address.
pub const HARD: What = What::Report { class: Class::Hard, counts: true };
pub const SOFT: What = What::Report { class: Class::Soft, counts: true };

/// The provider says that the address is no good. Providers say so of what is about us or a message as well, and of full
/// mailboxes; the server's own words tell.
pub fn gone(status: Option<Status>, text: &str) -> What {
    match judge(status, text) {
        About::Us | About::Message => NOT_THE_ADDRESS,
        About::Recipient(Fate::Passing) if !is_closed_to_us(status, text) => SOFT,
        About::Recipient(_) => HARD,
    }
}

/// M365 says 5.4.1 of mailboxes that it does not have as well as of those closed to us. A provider that sends to all of
/// the world knows which.
fn is_closed_to_us(status: Option<Status>, text: &str) -> bool {
    let codes = [status, reply::status(text)];
    codes.into_iter().flatten().any(|code| (code.class, code.subject, code.detail) == (5, 4, 1))
}

/// The provider says that it may pass, or that it gave up.
pub fn passing(status: Option<Status>, text: &str) -> What {
    What::Report { class: Class::Soft, counts: judge(status, text).counts() }
}

/// The provider can't say which: an automatic answer, maybe. Only what the server says of the mailbox counts.
pub fn unclear(status: Option<Status>, text: &str) -> What {
    match judge(status, text) {
        About::Recipient(Fate::Hard | Fate::Passing) => SOFT,
        _ => NOT_THE_ADDRESS,
    }
}

/// The provider says no more than that it failed.
pub fn by_server(status: Option<Status>, text: &str) -> What {
    let about = judge(status, text);
    What::Report { class: Class::of(about), counts: about.counts() }
}
