//! What a server's refusal is about: the recipient, this message, or us. Only what is said of the recipient counts against
//! an address. A relay that refuses us refuses everybody, and often in words that another uses of a dead mailbox.
//!
//! The table of codes and words is in [`table`]; where they disagree, the milder counts, since a wrong hard bounce costs
//! a reader and a missed one a few mails.

mod read;
mod table;

use super::status::Status;
use read::Refusal;
use table::{FIRST_HAND, RULES, ReplyRule};

/// Whom or what a refusal is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// The address that the mail was for.
    Recipient(Fate),
    /// This message: its size, its form, what it holds.
    Message,
    /// Us: our host, HELO, DNS, sender, account or relay, our rate, a policy about us.
    Us,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Nobody can be reached there.
    Hard,
    /// It may pass: a full mailbox, too much mail for now.
    Passing,
    /// No, and no more than that. RFC 5321 section 4.2.1: what a 5yz refuses is not to be asked again.
    Unclear,
}

const HARD: About = About::Recipient(Fate::Hard);
const PASSING: About = About::Recipient(Fate::Passing);
const UNCLEAR: About = About::Recipient(Fate::Unclear);

impl About {
    /// Whether it counts against the address.
    pub fn counts(self) -> bool {
        matches!(self, About::Recipient(_))
    }

    /// The lesser costs a reader less.
    fn severity(self) -> u8 {
        match self {
            About::Us => 0,
            About::Message => 1,
            PASSING | UNCLEAR => 2,
            About::Recipient(_) => 3,
        }
    }
}

/// What a refusal is about: `status` is the code of a delivery report if there is one, `text` what the server said. What
/// says nothing that is known is taken to be about the recipient.
pub fn judge(status: Option<Status>, text: &str) -> About {
    let refusal = Refusal::read(text);
    let about = weigh(status, &refusal);
    // RFC 3463 section 2: 4 is for now. A report of a failure may still carry it: it was tried for too long.
    let is_for_now = refusal.is_for_now() || status.is_some_and(|status| status.class == 4);
    if is_for_now && about.counts() { PASSING } else { about }
}

/// The enhanced code that a server gave, where one can stand.
pub fn status(text: &str) -> Option<Status> {
    Refusal::read(text).status
}

/// Whether a text holds a code, or words for nobody there.
pub fn tells(text: &str) -> bool {
    let refusal = Refusal::read(text);
    refusal.number.is_some() || refusal.status.is_some() || refusal.says_nobody_is_there()
}

fn weigh(status: Option<Status>, refusal: &Refusal) -> About {
    let codes: Vec<Status> = [refusal.status, status].into_iter().flatten().collect();
    let code = milder(RULES.iter().filter(|row| codes.iter().any(|code| row.has_status(*code))).map(|row| row.about));
    let code = code.or_else(|| by_number(refusal));
    let says = |row: &&ReplyRule| refusal.clauses.iter().any(|clause| clause.says_any(row.words));
    // Wordings that have one meaning, the first that is there. The way to the reply tells some too ("after MAIL FROM").
    let plain =
        FIRST_HAND.iter().find(|row| says(row) || refusal.before.iter().any(|clause| clause.says_any(row.words)));
    let plain = plain.map(|row| row.about);
    let loose: Vec<About> = RULES.iter().filter(says).map(|row| row.about).collect();
    let (is_dead, is_about_us) = (refusal.says_nobody_is_there(), refusal.says_we_are_nobody());
    let is_about_message = plain.is_none() && loose.contains(&About::Message);
    // Of a domain that is not there (5.1.2), its host and its DNS are what is spoken of.
    let is_of_domain = codes.iter().any(|code| matches!((code.subject, code.detail), (1, 2 | 10)));
    let loose = match is_about_message {
        true => Some(About::Message),
        false => milder(loose.into_iter().chain((is_about_us && !is_of_domain).then_some(About::Us))),
    };
    match code {
        // A policy may be one about what the message holds.
        Some(About::Us) if is_about_message => About::Message,
        Some(about @ (About::Us | About::Message)) => about,
        // Known wordings count beside any code; the words that stand in many replies do not.
        Some(PASSING) => milder(plain.into_iter().chain([PASSING])).unwrap_or(PASSING),
        Some(hard) => match (plain, loose) {
            (Some(plain), _) => milder([plain, hard]).unwrap_or(plain),
            // RFC 3463 section 3.3: 5.2.1 is a mailbox that is disabled, and servers say it of one that is so for now.
            (None, Some(PASSING)) if codes.iter().any(|code| (code.subject, code.detail) == (2, 1)) => PASSING,
            // Some servers say 5.1.1 for everything.
            (None, Some(loose)) if !is_dead => loose,
            _ => hard,
        },
        None => {
            let is_odd = codes.iter().any(|code| code.subject == 5);
            match plain.or(loose) {
                Some(about) => about,
                // 5.5.0 is "other or undefined", and said of mailboxes too: no more than soft.
                None if is_dead && is_odd => PASSING,
                None if is_dead => HARD,
                None if is_odd || refusal.number == Some(501) => About::Us,
                None => UNCLEAR,
            }
        }
    }
}

/// What the reply code alone says; an enhanced code says it better.
fn by_number(refusal: &Refusal) -> Option<About> {
    let number = refusal.number?;
    RULES.iter().find(|row| row.numbers.contains(&number)).map(|row| row.about)
}

fn milder(all: impl IntoIterator<Item = About>) -> Option<About> {
    all.into_iter().min_by_key(|about| about.severity())
}

#[cfg(test)]
mod tests;
