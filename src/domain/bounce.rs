//! What comes back of a mail, and what it means for the address it was sent to.

use super::words;

words! {
    pub enum Class, "class of bounce" {
        /// The address is no good: nothing more is sent to it.
        Hard => "hard",
        /// Refused for a reason that may pass, or that is not the address's: a full mailbox, a policy, a broken server.
        Soft => "soft",
        /// Still being tried: no bounce.
        Delayed => "delayed",
        /// The reader said that it was unwanted.
        Complaint => "complaint",
        /// Nobody can say what it is: kept, shown, never acted on.
        Unknown => "unknown",
    }
}

/// What one message says of one address. Nothing in it is proved: a bounce is free text of a stranger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// As it is told, on one line.
    pub address: Option<String>,
    pub class: Class,
    pub status: Option<Status>,
    /// What the server said, on one line.
    pub diagnostic: Option<String>,
}

impl Report {
    /// A server's refusal of a message that was being handed over to it.
    pub fn of_reply(text: &str) -> Self {
        let diagnostic = Some(super::text::single_line(text));
        Self { address: None, class: class_of_reply(text), status: Status::find(text), diagnostic }
    }
}

/// What the reports about one mail come to. An alias may have several addresses behind it: that one of them is gone is
/// no reason to give up the alias, so only what all failures agree on is hard.
pub fn decisive(reports: &[Report]) -> Option<Class> {
    let has = |class| reports.iter().any(|report| report.class == class);
    match () {
        () if has(Class::Complaint) => Some(Class::Complaint),
        () if has(Class::Soft) || (has(Class::Hard) && has(Class::Delayed)) => Some(Class::Soft),
        () if has(Class::Hard) => Some(Class::Hard),
        () => None,
    }
}

/// An enhanced status code (RFC 3463): `5.1.1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status {
    /// 2 success, 4 for now, 5 for good.
    pub class: u16,
    pub subject: u16,
    pub detail: u16,
}

impl Status {
    /// The first code in a text. An IP address or a version is none.
    pub fn find(text: &str) -> Option<Self> {
        text.split(|c: char| !c.is_ascii_digit() && c != '.').find_map(|word| {
            let mut numbers = word.trim_end_matches('.').split('.');
            let mut number = |longest: usize| numbers.next().filter(|n| n.len() <= longest)?.parse().ok();
            let status = Self { class: number(1)?, subject: number(3)?, detail: number(3)? };
            (numbers.next().is_none() && matches!(status.class, 2 | 4 | 5)).then_some(status)
        })
    }

    /// Whether it says no more than that something failed.
    fn is_vague(self) -> bool {
        // A policy (7) is one, whichever it is.
        self.subject == 0 || (self.detail == 0 && self.subject != 7)
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

/// The class of a server's refusal, such as `550 5.1.1 <ada@example.org>: User unknown`: hard if it says that the address
/// is bad, else soft.
pub fn class_of_reply(text: &str) -> Class {
    class_of_failure(None, text)
}

/// The class of a delivery that failed: by the code of a report, if there is one, and by what the server said. Where
/// they disagree the milder counts, since a wrong hard bounce costs a reader.
pub fn class_of_failure(status: Option<Status>, text: &str) -> Class {
    let words = text.to_lowercase();
    let has = |phrases: &[&str]| phrases.iter().any(|phrase| words.contains(phrase));
    let said = Status::find(text);
    // RFC 3463 section 2: 4 is for now. A report of a failure may still carry it: it was tried for too long.
    if [status, said].into_iter().flatten().any(|status| status.class == 4) || smtp_code(text).is_some_and(|c| c < 500)
    {
        return Class::Soft;
    }
    if has(ABOUT_THE_SENDER) {
        return Class::Soft;
    }
    let precise: Vec<Status> = [said, status].into_iter().flatten().filter(|status| !status.is_vague()).collect();
    match precise.iter().map(|status| names_a_bad_address(*status)).reduce(|a, b| a && b) {
        Some(false) => Class::Soft,
        // Some servers say 5.1.1 for everything.
        Some(true) if has(PASSING) && !has(BAD_ADDRESS) => Class::Soft,
        Some(true) => Class::Hard,
        None if has(BAD_ADDRESS) && !has(PASSING) => Class::Hard,
        None => Class::Soft,
    }
}

/// RFC 3463 sections 3.2 and 3.3; 5.1.10 is RFC 7505, a domain that takes no mail. 5.1.7 and 5.1.8 are about our own
/// address.
fn names_a_bad_address(status: Status) -> bool {
    matches!((status.class, status.subject, status.detail), (5, 1, 1..=4 | 6 | 10) | (5, 2, 1))
}

/// The first number in a text that can be the reply code of a refusal (RFC 5321 section 4.2.1).
fn smtp_code(text: &str) -> Option<u16> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '.')
        .filter(|word| word.len() == 3 && word.starts_with(['4', '5']))
        .find_map(|word| word.parse().ok().filter(|code| (400..560).contains(code)))
}

/// How servers say that nobody lives there.
const BAD_ADDRESS: &[&str] = &[
    "user unknown",
    "unknown user",
    "user not known",
    "user not found",
    "no such user",
    "no such recipient",
    "no such mailbox",
    "no such account",
    "no such address",
    "no such person",
    "no such domain",
    "no mailbox here",
    "not our customer",
    "unknown recipient",
    "recipient unknown",
    "recipient not found",
    "unknown mailbox",
    "mailbox unknown",
    "mailbox not found",
    "invalid mailbox",
    "not a valid mailbox",
    "not a valid user",
    "invalid recipient",
    "invalid user",
    "invalid final delivery userid",
    "unknown address",
    "address unknown",
    "addressee unknown",
    "address not found",
    "unknown or illegal",
    "illegal user",
    "illegal alias",
    "does not exist",
    "doesn't exist",
    "doesn't have a",
    "not listed in",
    "name is not recognized",
    "no longer valid",
    "account has been disabled",
    "account is disabled",
    "account disabled",
    "mailbox disabled",
    "mailbox is disabled",
    "account has been closed",
    "has been disabled or discontinued",
    "no longer available",
    "unknown local part",
];

/// Reasons that pass, or that the address has no part in.
const PASSING: &[&str] = &[
    "quota",
    "full",
    "over limit",
    "exceed",
    "space",
    "too large",
    "too much mail",
    "spam",
    "policy",
    "block",
    "reputation",
    "blacklist",
    "blocklist",
    "listed by",
    "greylist",
    "graylist",
    "temporar",
    "try again",
    "try later",
    "too many",
    "rate limit",
    "virus",
    "time out",
    "timed out",
    "timeout",
    "denied",
    "not authenticated",
    "dmarc",
    "dkim",
    "spf",
    "loop",
    "unable to relay",
    "relaying",
];

/// A refusal of our own address says nothing about the reader's.
const ABOUT_THE_SENDER: &[&str] = &[
    "sender verify",
    "sender verification",
    "verification failed for",
    "sender address rejected",
    "sender rejected",
    "sender domain",
    "bad sender",
    "invalid sender",
    "unknown sender",
    "sender unknown",
    "sender denied",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_are_hard_only_if_the_address_is_bad() {
        for hard in [
            "550 5.1.1 <ada@example.org>: Recipient address rejected: User unknown in local recipient table",
            "550-5.1.1 The email account that you tried to reach does not exist.",
            "553 5.3.0 <ada@example.org>... No such user here",
            "550 No such user",
            "550 5.2.1 The email account that you tried to reach is inactive",
            "550 5.1.1 User unknown (smtp-antispam.example.org)",
            "556 5.1.10 Recipient address has null MX",
            "Sorry, no mailbox here by that name. (#5.1.1)",
        ] {
            assert_eq!(class_of_reply(hard), Class::Hard, "{hard}");
        }
        for soft in [
            "452 4.2.2 Over quota",
            "552 5.2.2 mailbox full",
            "550 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using an antispam list",
            "550 5.1.8 Sender address rejected: Domain not found",
            "550 Sender verify failed: no such user",
            "550 5.1.1 Mailbox over quota",
            "450 4.1.1 <ada@example.org>: Recipient address rejected: User unknown, try again",
            "given up after four days: 451 greylisted, no such user yet",
            "554 5.4.14 Hop count exceeded",
            "550 Message refused",
            "554 delivery error",
            "5.4.4 Host or domain name not found",
            "",
        ] {
            assert_eq!(class_of_reply(soft), Class::Soft, "{soft}");
        }
    }

    #[test]
    fn the_milder_of_two_codes_counts_unless_one_is_vague() {
        let status = |text| Status::find(text);
        assert_eq!(class_of_failure(status("5.1.1"), "550 5.7.1 blocked"), Class::Soft);
        assert_eq!(class_of_failure(status("5.0.0"), "550 5.1.1 who?"), Class::Hard);
        assert_eq!(class_of_failure(status("5.0.0"), "550 who?"), Class::Soft);
        assert_eq!(class_of_failure(status("5.1.1"), ""), Class::Hard);
        assert_eq!(class_of_failure(status("4.4.7"), ""), Class::Soft);
    }

    #[test]
    fn a_code_is_found_and_an_ip_address_is_none() {
        assert_eq!(Status::find("host 5.1.1.9 said: (#5.1.1)").unwrap().to_string(), "5.1.1");
        assert_eq!(Status::find("550-5.7.26 no").unwrap().to_string(), "5.7.26");
        for none in ["", "5.1", "15.1.1", "3.1.1", "5.1111.1", "5..1", "192.0.2.5"] {
            assert_eq!(Status::find(none), None, "{none}");
        }
    }

    #[test]
    fn several_reports_are_as_hard_as_the_mildest() {
        let report = |class| Report { address: None, class, status: None, diagnostic: None };
        let of = |classes: &[Class]| decisive(&classes.iter().copied().map(report).collect::<Vec<_>>());
        assert_eq!(of(&[Class::Hard, Class::Hard]), Some(Class::Hard));
        assert_eq!(of(&[Class::Hard, Class::Soft]), Some(Class::Soft));
        assert_eq!(of(&[Class::Hard, Class::Delayed]), Some(Class::Soft));
        assert_eq!(of(&[Class::Delayed, Class::Unknown]), None);
        assert_eq!(of(&[Class::Hard, Class::Complaint]), Some(Class::Complaint));
    }
}
