//! What a report means, by the provider's word and the server's that it hands on. The milder counts.

use super::What;
use crate::domain::bounce::Class;
use crate::domain::reply::{self, About, Fate, judge};
use crate::domain::status::Status;
use crate::domain::text::fold_case;

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
    let codes = [status, reply::status(text)];
    let has =
        |wanted: &[(u16, u16)]| codes.into_iter().flatten().any(|code| wanted.contains(&(code.subject, code.detail)));
    let is_for_now = codes.into_iter().flatten().any(|code| code.class == 4)
        || text.split(|c: char| !c.is_alphanumeric()).any(|word| word.len() == 3 && word.starts_with('4'));
    // What servers say of mailboxes that they do not have and of others too: whoever sends to all the world knows which.
    // 5.5.0 is "other or undefined", said by Outlook.com; 5.4.1 by M365, also of mailboxes closed to us; 5.4.4 of a domain
    // without a host.
    let is_open = has(&[(5, 0), (4, 1), (4, 4)]) || fold_case(text).contains("mailbox unavailable");
    match judge(status, text) {
        About::Us | About::Message if !has(&[(5, 0)]) => NOT_THE_ADDRESS,
        About::Recipient(Fate::Passing) if !is_open || is_for_now => SOFT,
        _ => HARD,
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_provider_calls_permanent_counts_unless_the_server_says_more() {
        for text in [
            "",
            "smtp; 550 5.1.1 <jane@example.com>... User unknown",
            " RecipientError: 550 5.5.0 Requested action not taken: mailbox unavailable.",
            "smtp;550 5.4.1 Recipient address rejected: Access denied",
            "550 unknown or illegal alias",
            "delivery error: dd This user doesn't have an account",
            "554 5.4.4 [internal] Domain Lookup Failed",
            "550 5.1.10 not found",
            "5.1.1 The email account that you tried to reach does not exist",
            "550 Requested action not taken: mailbox unavailable",
            "550 [internal] [oob] The recipient is invalid.",
        ] {
            assert_eq!(gone(None, text), HARD, "{text}");
        }
        for text in [
            "550 5.7.26 unauthenticated mail is not accepted",
            "554 5.7.1 message refused by policy",
            "552 5.3.4 too big",
        ] {
            assert_eq!(gone(None, text), NOT_THE_ADDRESS, "{text}");
        }
        for text in
            ["552 5.2.2 mailbox full", "452 4.2.2 over quota", "450 4.1.1 unknown for now", "450 mailbox unavailable"]
        {
            assert_eq!(gone(None, text), SOFT, "{text}");
        }
    }
}
