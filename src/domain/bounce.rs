//! What comes back of a mail, and what it means for the address it was sent to.

use jiff::Timestamp;

use super::reply::{self, judge};
use super::words;

words! {
    pub enum Class, "class of bounce" {
        /// The address is no good: nothing more is sent to it.
        Hard => "hard",
        /// Refused for a reason that may pass, or that is not the address's: a full mailbox, a policy, a broken server. Only
        /// what is the address's counts ([`Report::counts`]).
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
    /// Whether it is about the address. What a server says of us or of one message says nothing of it.
    pub counts: bool,
    /// Whether anything of it could be made out. If not, the message is kept for somebody to read.
    pub understood: bool,
    pub status: Option<Status>,
    /// What the server said, on one line.
    pub diagnostic: Option<String>,
}

impl Report {
    /// A server's refusal of a message that was being handed over to it.
    pub fn of_reply(text: &str) -> Self {
        let diagnostic = Some(super::text::single_line(text));
        Self { address: None, diagnostic, ..Self::of_failure(None, text) }
    }

    /// A delivery that failed, by the code of a report, if there is one, and what the server said.
    pub fn of_failure(status: Option<Status>, text: &str) -> Self {
        let about = judge(status, text);
        let status = status.or_else(|| reply::status(text));
        Self { address: None, class: about.class(), counts: about.counts(), understood: true, status, diagnostic: None }
    }
}

/// A report as it was kept.
#[derive(Debug, Clone)]
pub struct Bounce {
    pub id: i64,
    pub at: Timestamp,
    /// Whose it is, where that is proved.
    pub delivery: Option<i64>,
    /// As it was reported, or where the delivery went.
    pub address: Option<String>,
    pub class: Class,
    pub status: Option<String>,
    pub diagnostic: Option<String>,
    pub verified: bool,
    /// Whether it counted against the address.
    pub counted: bool,
    /// Whether the message was kept because it could not be understood.
    pub is_kept: bool,
}

/// What a message to the bounce address said of one address, and what that came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    pub address: Option<String>,
    pub class: TakenClass,
    pub status: Option<String>,
    pub diagnostic: Option<String>,
    /// Whether it was proved whose it is; only then is anything changed.
    pub verified: bool,
    /// Why it changed nothing, if it is proved and might have.
    pub why_not: Option<WhyNot>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TakenClass {
    Report(Class),
    /// It came to the address that ends a subscription.
    Unsubscribe,
}

impl TakenClass {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Report(class) => class.as_str(),
            Self::Unsubscribe => "unsubscribe",
        }
    }
}

/// An address proves something for so long after its delivery. It stands in mails that are passed on, and in archives.
pub const PROVED_DAYS: i64 = 30;

/// Why a proved report did not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhyNot {
    /// It is about us or the message, and not about the address.
    AboutUs,
    /// It came when the address proved nothing any more.
    TooLate,
}

/// What the reports about one mail come to. An alias may have several addresses behind it: that one of them is gone is
/// no reason to give up the alias, so only what all failures agree on is hard. None if nothing counts.
pub fn decisive(reports: &[Report]) -> Option<Class> {
    let has = |class| reports.iter().any(|report| report.counts && report.class == class);
    let all_hard = reports.iter().all(|report| matches!(report.class, Class::Hard | Class::Unknown));
    match () {
        () if has(Class::Complaint) => Some(Class::Complaint),
        () if has(Class::Hard) && all_hard => Some(Class::Hard),
        () if has(Class::Hard) || has(Class::Soft) => Some(Class::Soft),
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
        text.split(|c: char| !c.is_alphanumeric() && c != '.').find_map(|word| {
            let mut numbers = word.trim_end_matches('.').split('.');
            // A single digit, as the RFC has it: RFC 3463 section 3 knows the subjects 0 to 7.
            let mut number = |longest: usize| numbers.next().filter(|n| n.len() <= longest)?.parse().ok();
            let status = Self { class: number(1)?, subject: number(1)?, detail: number(3)? };
            (numbers.next().is_none() && matches!(status.class, 2 | 4 | 5)).then_some(status)
        })
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_and_an_ip_address_is_none() {
        assert_eq!(Status::find("host 5.1.1.9 said: (#5.1.1)").unwrap().to_string(), "5.1.1");
        assert_eq!(Status::find("550-5.7.26 no").unwrap().to_string(), "5.7.26");
        for none in ["", "5.1", "15.1.1", "3.1.1", "5.1111.1", "5..1", "192.0.2.5", "v5.1.1", "4.94.2"] {
            assert_eq!(Status::find(none), None, "{none}");
        }
    }

    #[test]
    fn several_reports_are_as_hard_as_the_mildest() {
        let report = |class| Report {
            address: None,
            class,
            counts: class != Class::Unknown && class != Class::Delayed,
            understood: true,
            status: None,
            diagnostic: None,
        };
        let of = |classes: &[Class]| decisive(&classes.iter().copied().map(report).collect::<Vec<_>>());
        assert_eq!(of(&[Class::Hard, Class::Hard]), Some(Class::Hard));
        assert_eq!(of(&[Class::Hard, Class::Soft]), Some(Class::Soft));
        assert_eq!(of(&[Class::Hard, Class::Delayed]), Some(Class::Soft));
        assert_eq!(of(&[Class::Delayed, Class::Unknown]), None);
        assert_eq!(of(&[Class::Hard, Class::Complaint]), Some(Class::Complaint));
    }
}
