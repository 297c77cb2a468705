//! What comes back of a mail, and what it means for the address it was sent to.

use jiff::Timestamp;

use super::provider::Provider;
use super::reply::{self, About, Fate, judge};
use super::status::Status;
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

impl Class {
    /// How a refusal is told. What is about us is soft too: another time it may be taken.
    pub fn of(about: About) -> Self {
        if about == About::Recipient(Fate::Hard) { Self::Hard } else { Self::Soft }
    }
}

words! {
    /// By which way a report came.
    pub enum Way, "way" {
        /// A relay refused the mail as it was handed over.
        HandOver => "hand-over",
        /// A mail server gave a mail to the bounce address over LMTP.
        Lmtp => "lmtp",
        /// A mail server gave one to `kalends bounce`.
        Command => "command",
        /// A program gave one to the API.
        Api => "api",
        /// It lay in the bounce mailbox.
        Mailbox => "mailbox",
        // The others: a mail provider told it at `/hooks`.
        Ses => "ses",
        Postmark => "postmark",
        Sendgrid => "sendgrid",
        Mailgun => "mailgun",
        Brevo => "brevo",
        Mailjet => "mailjet",
        Resend => "resend",
        Sparkpost => "sparkpost",
    }
}

impl From<Provider> for Way {
    fn from(provider: Provider) -> Self {
        match provider {
            Provider::Ses => Self::Ses,
            Provider::Postmark => Self::Postmark,
            Provider::Sendgrid => Self::Sendgrid,
            Provider::Mailgun => Self::Mailgun,
            Provider::Brevo => Self::Brevo,
            Provider::Mailjet => Self::Mailjet,
            Provider::Resend => Self::Resend,
            Provider::Sparkpost => Self::Sparkpost,
        }
    }
}

words! {
    /// By what it is known whose a report is.
    pub enum KnownBy, "proof" {
        /// The relay said it of the mail that it was given.
        HandOver => "hand-over",
        /// The address that it came to, or that the mail it is about was sent from, which nobody can make up.
        Address => "address",
        /// A way out in the mail that was complained of.
        Link => "link",
        /// Our token, which the provider handed back.
        Token => "token",
        /// What the relay called the mail when it took it.
        RelayId => "relay-id",
        /// The mail's Message-ID. It is no secret: if nothing else proves who speaks, a report counts as soft at most.
        MessageId => "message-id",
        /// The reader's address and no mail: the last one before the report.
        Recipient => "recipient",
    }
}

/// Of a message no more is read, or kept: the report stands first, the mail it is about behind it.
pub const MESSAGE_LIMIT: usize = 1 << 20;

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
    /// Of a message that says nothing that anybody understands.
    pub fn unknown(diagnostic: Option<String>) -> Self {
        let class = Class::Unknown;
        Self { address: None, class, counts: false, understood: false, status: None, diagnostic }
    }

    /// A server's refusal of a message that was being handed over to it.
    pub fn of_reply(text: &str) -> Self {
        let diagnostic = Some(super::text::single_line(text));
        Self { address: None, diagnostic, ..Self::of_failure(None, text) }
    }

    /// A delivery that failed, by the code of a report, if there is one, and what the server said.
    pub fn of_failure(status: Option<Status>, text: &str) -> Self {
        let about = judge(status, text);
        let status = status.or_else(|| reply::status(text));
        Self {
            address: None,
            class: Class::of(about),
            counts: about.counts(),
            understood: true,
            status,
            diagnostic: None,
        }
    }
}

/// A report as it was kept.
#[derive(Debug, Clone)]
pub struct Bounce {
    pub id: i64,
    pub at: Timestamp,
    /// Whose it is, where that is known.
    pub delivery: Option<i64>,
    /// As it was reported, or where the delivery went.
    pub address: Option<String>,
    pub class: Class,
    pub status: Option<String>,
    pub diagnostic: Option<String>,
    /// Whether that is proved, by more than what everybody knows who has the mail.
    pub verified: bool,
    /// By what it is known; none if it is not, or if it came before this was kept.
    pub proof: Option<KnownBy>,
    /// None if it came before this was kept.
    pub way: Option<Way>,
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
    /// It came to the intake address.
    Forwarded,
}

impl TakenClass {
    pub fn is_unknown(self) -> bool {
        self == Self::Report(Class::Unknown)
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Report(class) => class.as_str(),
            Self::Unsubscribe => "unsubscribe",
            Self::Forwarded => "forwarded",
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

#[cfg(test)]
mod tests {
    use super::*;

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
