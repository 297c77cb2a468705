//! Editions of a digest and their deliveries.

use jiff::Timestamp;

use super::address::EmailAddress;
use super::event::Event;
use super::mark::Entry;
use super::when::Point;
use super::{Invalid, words};

words! {
    /// Where a delivery stands. Each is in exactly one of these states.
    pub enum DeliveryStatus, "status of a delivery" {
        Queued => "queued",
        /// On the wire, or the program died while it was.
        Sending => "sending",
        Sent => "sent",
        /// Refused for now; tried again at `next_at`.
        Deferred => "deferred",
        /// Refused for good, or tried too often.
        Failed => "failed",
        /// Nobody can know whether the server took it: the connection was lost after the final dot.
        Uncertain => "uncertain",
        /// Not handed over, because the reader had left by then.
        Suppressed => "suppressed",
    }
}

impl DeliveryStatus {
    /// Whether it goes on by itself.
    pub fn is_under_way(self) -> bool {
        matches!(self, Self::Queued | Self::Sending | Self::Deferred)
    }
}

/// How people name an edition, and find it in the archive: by its digest and its number there, `weekly/1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditionName {
    pub digest: String,
    /// Counts from 1 in each digest.
    pub number: i64,
}

impl std::fmt::Display for EditionName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.digest, self.number)
    }
}

/// An edition as somebody asks for it: by its name, or by the id of its row, as `--json` has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EditionRef {
    Id(i64),
    Name(EditionName),
}

impl std::fmt::Display for EditionRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Name(name) => name.fmt(f),
        }
    }
}

impl std::str::FromStr for EditionRef {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        // `parse` would take `+5`.
        let number = |digits: &str| {
            let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
            digits.parse::<i64>().ok().filter(|number| is_number && *number > 0)
        };
        let found = match text.split_once('/') {
            None => number(text).map(Self::Id),
            Some((digest, digits)) => number(digits)
                .filter(|_| !digest.is_empty())
                .map(|number| Self::Name(EditionName { digest: digest.to_owned(), number })),
        };
        found.ok_or_else(|| {
            Invalid(format!("`{text}` names no edition: write its digest and its number there, such as weekly/1"))
        })
    }
}

/// Whether its sending is held.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Hold {
    #[default]
    None,
    /// What is queued waits since then.
    Stopped(Timestamp),
    /// What was not sent by then never is: its readers are told by the next edition.
    GivenUp(Timestamp),
}

/// One composed instance of a digest, for one scheduled moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    pub id: i64,
    pub digest: String,
    /// Counts from 1 in each digest.
    pub number: i64,
    pub scheduled_for: Timestamp,
    pub composed_at: Timestamp,
    /// The last line of history it tells of; the next edition begins after it.
    pub history_head: i64,
    pub candidates: i64,
    pub hold: Hold,
}

impl Edition {
    pub fn name(&self) -> EditionName {
        EditionName { digest: self.digest.clone(), number: self.number }
    }
}

/// One mail to one person.
#[derive(Debug, Clone)]
pub struct Delivery {
    pub id: i64,
    /// The edition's id; none for a mail of no edition, such as a confirmation.
    pub edition: Option<i64>,
    pub edition_name: Option<EditionName>,
    pub address: EmailAddress,
    pub status: DeliveryStatus,
    pub attempts: i64,
    pub next_at: Option<Timestamp>,
    pub error: Option<String>,
    /// The relay that was asked last, or the folder of files.
    pub relay: Option<String>,
    /// Without angle brackets; the same on each attempt.
    pub message_id: String,
    /// What the relay called it when it took it.
    pub relay_id: Option<String>,
}

/// What became of the wish to send deliveries again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Retried {
    pub queued: u64,
    /// Left out, since their readers were told the same by a later edition.
    pub made_up: u64,
    /// Left out, since nothing may be sent to their address.
    pub held: u64,
    /// Left out, since their readers have left, or came only later.
    pub unwanted: u64,
}

/// Stands in a rendered mail where each reader's own unsubscribe link will; no text that people give holds it, because
/// control characters are taken out of that.
pub const UNSUBSCRIBE_LINK: &str = "\u{1}unsubscribe\u{1}";

/// The same for the page where each reader changes what they chose.
pub const PREFERENCES_LINK: &str = "\u{1}preferences\u{1}";

/// The same for an edition's number, which is known when it is kept.
pub const EDITION_NUMBER: &str = "\u{1}number\u{1}";

/// The same for the token of a confirmation link, which is known when the sign-up is kept.
pub const CONFIRM_TOKEN: &str = "\u{1}confirm\u{1}";

/// A mail as several people get it alike, before it is made personal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rendered {
    pub subject: String,
    pub text: String,
    pub html: String,
    /// An iCalendar file that goes with it.
    pub calendar: Option<String>,
    /// The Message-ID of the mail that it answers, without brackets; empty if that has none.
    pub answers: Option<String>,
}

impl Rendered {
    /// As a mail of edition `number`.
    pub fn numbered(&self, number: i64) -> Self {
        self.filled(EDITION_NUMBER, &number.to_string())
    }

    /// As the mail that asks about one sign-up, whose link has this token.
    pub fn with_token(&self, token: &str) -> Self {
        self.filled(CONFIRM_TOKEN, token)
    }

    fn filled(&self, marker: &str, value: &str) -> Self {
        let fill = |text: &str| text.replace(marker, value);
        Self { subject: fill(&self.subject), text: fill(&self.text), html: fill(&self.html), ..self.clone() }
    }
}

/// An edition in one language as anybody may read it: with nothing in it that is a reader's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archived {
    /// The language's tag.
    pub locale: String,
    pub subject: String,
    /// Its first headlines.
    pub preheader: String,
    pub html: String,
    pub text: String,
}

impl Archived {
    /// As edition `number`.
    pub fn numbered(&self, number: i64) -> Self {
        let fill = |text: &str| text.replace(EDITION_NUMBER, &number.to_string());
        Self { subject: fill(&self.subject), html: fill(&self.html), ..self.clone() }
    }
}

/// Something that an edition tells, so that no later one tells it again.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Telling {
    /// With another date it is news again.
    Event {
        id: i64,
        /// Of one date of a repeating event: its original start.
        occurrence: Option<Point>,
        date: String,
    },
    Article {
        id: i64,
    },
}

/// Editions of a digest, by number, that all told something, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    pub since: i64,
    pub until: i64,
}

impl Run {
    /// Of all there are.
    pub const ALL: Self = Self { since: 0, until: i64::MAX };

    pub fn holds(self, number: i64) -> bool {
        (self.since..=self.until).contains(&number)
    }
}

/// In which edition a reader was told something for the first time, since they read from `first_edition` on. The later
/// ones repeat it only to those who came later.
pub fn first_told(runs: &[Run], first_edition: i64) -> Option<i64> {
    let read = runs.iter().filter(|run| run.until >= first_edition);
    read.map(|run| run.since.max(first_edition)).min()
}

/// An edition that some of its readers have not got, and what it told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Missed {
    pub number: i64,
    pub scheduled_for: Timestamp,
    /// When the one before it was made.
    pub made_after: Option<Timestamp>,
    /// It told of the lines of history behind this one,
    pub history_since: i64,
    /// and up to this one.
    pub history_head: i64,
}

impl Telling {
    /// What it tells of, on whatever date.
    pub fn entry(&self) -> Entry {
        match self {
            Self::Event { id, occurrence, .. } => Entry::Event { id: *id, occurrence: *occurrence },
            Self::Article { id } => Entry::Article { id: *id },
        }
    }

    /// Whether an event, as it is now, is still on the date that was told.
    pub fn holds(&self, event: &Event) -> bool {
        let now = match self {
            Self::Event { occurrence: Some(start), .. } if event.occurrence.is_none() => {
                Self::of(&event.occurrence(*start))
            }
            _ => Self::of(event),
        };
        *self == now
    }

    pub fn of(event: &Event) -> Self {
        let when = &event.details.when;
        let end = when.end().map(|end| format!("/{end}")).unwrap_or_default();
        let length = when.length().map(|length| format!("/{length}")).unwrap_or_default();
        let zone = match when.start() {
            Point::Minute(_) => format!(" {}", when.zone()),
            _ => String::new(),
        };
        Self::Event { id: event.id, occurrence: event.occurrence, date: format!("{}{end}{length}{zone}", when.start()) }
    }
}

/// Readers that an edition lost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Lost {
    /// How many of those who got it left before the next one.
    pub left: i64,
    /// How many complained of it to their provider.
    pub complained: i64,
}

/// How many deliveries of an edition are in each state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Tally {
    pub candidates: i64,
    pub sent: i64,
    pub queued: i64,
    pub sending: i64,
    pub deferred: i64,
    pub failed: i64,
    pub uncertain: i64,
    pub suppressed: i64,
}

impl Tally {
    /// How many ended, one way or the other.
    pub fn settled(&self) -> i64 {
        self.sent + self.failed + self.uncertain + self.suppressed
    }

    /// How many did not go, so that somebody may ask why.
    pub fn miscarried(&self) -> i64 {
        self.failed + self.uncertain + self.deferred
    }

    /// Whether none is to go any more.
    pub fn is_through(&self) -> bool {
        self.queued + self.sending + self.deferred == 0
    }

    pub fn slot(&mut self, status: DeliveryStatus) -> &mut i64 {
        match status {
            DeliveryStatus::Queued => &mut self.queued,
            DeliveryStatus::Sending => &mut self.sending,
            DeliveryStatus::Sent => &mut self.sent,
            DeliveryStatus::Deferred => &mut self.deferred,
            DeliveryStatus::Failed => &mut self.failed,
            DeliveryStatus::Uncertain => &mut self.uncertain,
            DeliveryStatus::Suppressed => &mut self.suppressed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edition_is_asked_for_by_its_name_or_its_id() {
        let weekly = EditionRef::Name(EditionName { digest: "weekly".into(), number: 12 });
        for (text, edition) in [("weekly/12", weekly.clone()), (" weekly/012 ", weekly), ("7", EditionRef::Id(7))] {
            assert_eq!(text.parse(), Ok(edition), "{text}");
        }
        assert_eq!("weekly/012".parse::<EditionRef>().unwrap().to_string(), "weekly/12");
        for text in
            ["", "weekly", "weekly/", "/1", "weekly/0", "weekly/-1", "weekly/+1", "weekly/1/2", "0", "-1", "1e3"]
        {
            let error = text.parse::<EditionRef>().unwrap_err();
            assert_eq!(
                error.0,
                format!("`{text}` names no edition: write its digest and its number there, such as weekly/1")
            );
        }
        assert!("99999999999999999999".parse::<EditionRef>().is_err());
    }
}
