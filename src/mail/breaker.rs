//! Whether a relay refuses everybody. Ten like refusals in a row, with no mail taken between, say more of the relay, or of
//! us, than of the recipients; but ten dead mailboxes of one closed office are just that. Pure.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};

use crate::domain::address::EmailAddress;
use crate::domain::reply::About;
use crate::store::Outgoing;

/// So many like refusals in a row stop a relay.
pub const LIKE_REFUSALS: usize = 10;

/// How long a stopped relay is left alone after the first, second, … time; the last is repeated.
const PAUSES_MINUTES: [i64; 5] = [5, 10, 20, 40, 60];

/// The longest reason that is kept.
const LONGEST_REASON: usize = 300;

/// A refusal by a server.
#[derive(Debug, Clone)]
pub struct Refusal {
    pub reply: String,
    pub about: About,
    pub to: EmailAddress,
    pub edition: Option<i64>,
    /// It was tried for as long as anything is.
    pub is_last: bool,
}

impl Refusal {
    pub fn of(delivery: &Outgoing, reply: String, about: About, is_last: bool) -> Self {
        Self { reply, about, to: delivery.address.clone(), edition: delivery.edition, is_last }
    }

    /// What it said, without what is different each time: numbers, ids and the recipient's address.
    pub fn said(&self) -> String {
        likeness(&self.reply, self.to.as_str())
    }

    /// What it said, for everybody to read: with nobody's address.
    pub fn reason(&self) -> String {
        nameless(&self.reply, self.to.as_str())
    }
}

/// What a server said of the mail to somebody, with nobody's address.
pub fn nameless(reply: &str, to: &str) -> String {
    let words = crate::domain::text::single_line(reply);
    let nameless = words.split(' ').map(|word| match word.contains('@') || to.split('@').next() == Some(word) {
        true => "…",
        false => word,
    });
    nameless.collect::<Vec<_>>().join(" ").chars().take(LONGEST_REASON).collect()
}

/// What a relay refused since it last took a mail.
#[derive(Debug, Default)]
pub struct Run {
    kinds: Vec<Kind>,
}

/// Refusals that are alike.
#[derive(Debug)]
struct Kind {
    said: String,
    count: usize,
    domains: HashSet<String>,
    editions: HashSet<i64>,
}

/// What a refusal makes of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It may be the recipients' own.
    Individual,
    /// It refuses everybody.
    Everybody,
    /// It does, unless one of these editions goes to another domain than this one.
    EverybodyUnless { editions: Vec<i64>, domain: String },
}

impl Run {
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// A mail was taken.
    pub fn end(&mut self) {
        self.kinds.clear();
    }

    /// A refusal that was counted before the program started.
    pub fn resume(&mut self, said: &str, domain: &str, edition: Option<i64>) {
        self.note(said, domain, edition);
    }

    /// One more refusal in these words.
    pub fn add(&mut self, refusal: &Refusal, said: &str) -> Verdict {
        let kind = self.note(said, refusal.to.domain(), refusal.edition);
        match (kind.count < LIKE_REFUSALS, kind.domains.len()) {
            (true, _) => Verdict::Individual,
            (false, 2..) => Verdict::Everybody,
            // Of recipients of one domain it may well be true, one by one.
            _ if matches!(refusal.about, About::Recipient(_)) => Verdict::Individual,
            _ => Verdict::EverybodyUnless {
                editions: kind.editions.iter().copied().collect(),
                domain: refusal.to.domain().to_lowercase(),
            },
        }
    }

    fn note(&mut self, said: &str, domain: &str, edition: Option<i64>) -> &Kind {
        let place = self.kinds.iter().position(|kind| kind.said == said).unwrap_or_else(|| {
            let said = said.to_owned();
            self.kinds.push(Kind { said, count: 0, domains: HashSet::new(), editions: HashSet::new() });
            self.kinds.len() - 1
        });
        let kind = &mut self.kinds[place];
        kind.count += 1;
        kind.domains.insert(domain.to_lowercase());
        kind.editions.extend(edition);
        kind
    }
}

/// When a relay is tried again that was stopped and then tried so many times in vain.
pub fn next_try(now: Timestamp, tries: u32) -> Timestamp {
    let step = usize::try_from(tries).unwrap_or(usize::MAX).min(PAUSES_MINUTES.len() - 1);
    crate::clock::whole_second(now.checked_add(SignedDuration::from_mins(PAUSES_MINUTES[step])).unwrap_or(now))
}

/// The words of a reply that do not name anything: none with a digit, none of the recipient's address, none that mixes
/// small and capital letters as ids do.
pub fn likeness(reply: &str, to: &str) -> String {
    let own: HashSet<String> = words(to).map(str::to_lowercase).collect();
    let is_id = |word: &str| {
        word.chars().any(char::is_numeric)
            || word.chars().skip(1).any(char::is_uppercase) && word.chars().any(char::is_lowercase)
    };
    // What stands at an @ is somebody's, also where it is not the recipient's.
    let tokens = reply.split_whitespace().filter(|token| !token.contains('@'));
    let words = tokens.flat_map(words).filter(|word| !is_id(word)).map(str::to_lowercase);
    words.filter(|word| !own.contains(word)).collect::<Vec<_>>().join(" ")
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::reply::Fate;

    const DEAD: About = About::Recipient(Fate::Hard);

    fn refusal(to: &str, about: About, reply: &str) -> Refusal {
        Refusal { reply: reply.into(), about, to: to.parse().unwrap(), edition: Some(1), is_last: false }
    }

    /// What the last of so many refusals came to, at these domains in turns.
    fn last_of(count: usize, domains: &[&str], about: About, reply: fn(usize) -> String) -> Verdict {
        let mut run = Run::default();
        let add = |n: usize| {
            let refusal = refusal(&format!("reader{n}@{}", domains[n % domains.len()]), about, &reply(n));
            run.add(&refusal, &refusal.said())
        };
        (0..count).map(add).last().unwrap()
    }

    #[test]
    fn numbers_addresses_and_ids_make_no_difference() {
        let said = |reply: &str, to: &str| refusal(to, About::Us, reply).said();
        let first = said(
            "550 5.7.1 <ada@example.com>: Relay access denied (id 4RkXyz1, host mx7.example.net)",
            "ada@example.com",
        );
        let other = said(
            "550 5.7.1 <lin@example.org>: Relay access denied (id Qbcdef2, host mx9.example.net)",
            "lin@example.org",
        );
        assert_eq!(first, other);
        assert_eq!(
            said("550 No ada here, ref AbCdEf", "ada@example.com"),
            said("550 No lin here, ref XyZzYx", "lin@example.com")
        );
        assert_ne!(first, said("550 5.1.1 <ada@example.com>: User unknown", "ada@example.com"));
        assert_eq!(said("550", "ada@example.com"), said("554 5.7.1", "lin@example.com"));
    }

    #[test]
    fn ten_like_refusals_of_several_domains_stop_a_relay_whatever_they_say() {
        for about in [DEAD, About::Us, About::Message] {
            let reply = |n| format!("550 5.7.1 no, {n}");
            assert_eq!(last_of(9, &["a.example", "b.example"], about, reply), Verdict::Individual);
            assert_eq!(last_of(10, &["a.example", "b.example"], about, reply), Verdict::Everybody);
        }
    }

    #[test]
    fn unlike_refusals_stop_nothing() {
        let reply = |n: usize| format!("550 {}", ["user unknown", "mailbox full", "go away"][n % 3]);
        assert_eq!(last_of(27, &["a.example", "b.example"], About::Us, reply), Verdict::Individual);
    }

    #[test]
    fn dead_mailboxes_of_one_domain_are_individual_and_what_is_about_us_is_not() {
        let reply = |n| format!("550 {n} no");
        assert_eq!(last_of(50, &["closed.example"], DEAD, reply), Verdict::Individual);
        let unless = Verdict::EverybodyUnless { editions: vec![1], domain: "closed.example".into() };
        assert_eq!(last_of(10, &["closed.example"], About::Us, reply), unless);
    }

    #[test]
    fn a_mail_that_is_taken_begins_a_new_run() {
        let mut run = Run::default();
        for n in 0..30 {
            let refusal = refusal(&format!("reader@domain{n}.example"), About::Us, "550 no");
            assert_eq!(run.add(&refusal, "no"), Verdict::Individual);
            if n % 9 == 8 {
                run.end();
            }
        }
    }

    #[test]
    fn a_stopped_relay_is_tried_ever_later_and_each_hour_in_the_end() {
        let minutes = |tries| next_try(Timestamp::UNIX_EPOCH, tries).as_second() / 60;
        assert_eq!([0, 1, 2, 3, 4, 5, 1000].map(minutes), [5, 10, 20, 40, 60, 60, 60]);
    }

    #[test]
    fn a_reason_names_nobody() {
        let refusal =
            refusal("ada@example.com", About::Us, "550 5.7.1 <ada@example.com>: ada may not, says\r\n eve@example.org");
        assert_eq!(refusal.reason(), "550 5.7.1 … … may not, says …");
    }
}
