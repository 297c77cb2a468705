//! Editions that make no headway though some of their mails may go.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use crate::config::{MailConfig, TransportKind};
use crate::domain::alert::{AlertKind, Trouble};
use crate::store::Lane;

/// Mails that may go do within this time, unless something is wrong.
const WITHOUT_HEADWAY: SignedDuration = SignedDuration::from_hours(1);

/// How long an edition may rest that has mails to send: where a relay gets few an hour, longer.
pub fn patience(mail: &MailConfig) -> SignedDuration {
    let intervals = mail.relays.iter().filter_map(|relay| SignedDuration::try_from(relay.rate.interval()?).ok());
    WITHOUT_HEADWAY + intervals.max().unwrap_or_default()
}

/// Whether a relay takes only so many in a time: then one edition waits while another goes.
pub fn is_paced(mail: &MailConfig) -> bool {
    mail.transport == TransportKind::Smtp && mail.relays.iter().any(|relay| relay.rate.interval().is_some())
}

/// What was seen of each digest's mails, by slug.
#[derive(Debug, Default)]
pub struct Headway(HashMap<String, Seen>);

#[derive(Debug, Clone, Copy)]
struct Seen {
    ended: i64,
    /// When one ended last, as far as was seen.
    moved_at: Option<Timestamp>,
    /// Since when it rests.
    since: Option<Timestamp>,
}

impl Headway {
    /// The editions that rest, of those that have mails that may go. A look at one for the first time can't see whether
    /// anything moves.
    pub fn look(&mut self, lanes: &[Lane], is_paced: bool, now: Timestamp) -> Vec<Trouble> {
        let has_moved = |lane: &Lane| self.0.get(&lane.digest).map(|seen| seen.ended != lane.ended);
        let any_moved = lanes.iter().any(|lane| has_moved(lane) == Some(true));
        let mut resting = Vec::new();
        let mut next = HashMap::new();
        for lane in lanes {
            let moved = has_moved(lane).map(|moved| moved || is_paced && any_moved);
            let before = self.0.get(&lane.digest);
            let mut seen = Seen {
                ended: lane.ended,
                moved_at: before.and_then(|seen| seen.moved_at),
                since: before.and_then(|seen| seen.since),
            };
            if moved == Some(true) {
                (seen.moved_at, seen.since) = (Some(now), None);
            } else {
                let since = *seen.since.get_or_insert_with(|| rests_since(lane, seen.moved_at, now));
                resting.push(trouble(lane, since, moved.is_some()));
            }
            next.insert(lane.digest.clone(), seen);
        }
        self.0 = next;
        resting
    }
}

/// Since the first of its mails should have gone, or the last went. Of what was tried before, nobody knows since when it
/// could have gone again.
fn rests_since(lane: &Lane, moved_at: Option<Timestamp>, now: Timestamp) -> Timestamp {
    let moved_at = moved_at.max(lane.ended_at);
    lane.due_since.map_or(now, |due| moved_at.map_or(due, |moved| due.max(moved)))
}

fn trouble(lane: &Lane, since: Timestamp, is_sure: bool) -> Trouble {
    let about = lane.edition.to_string();
    let sentence = match lane.due {
        0 => format!("Mails of edition {about} are on the wire, and none came to an end."),
        1 => format!("A mail of edition {about} could go, and did not."),
        due => format!("{due} mails of edition {about} could go, and none did."),
    };
    Trouble { kind: AlertKind::Stalled, about, since, sentence, is_sure }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::edition::EditionName;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + minute * 60).unwrap()
    }

    fn lane(digest: &str, ended: i64, due_since: Option<i64>) -> Lane {
        let edition = EditionName { digest: digest.into(), number: 3 };
        let due_since = due_since.map(at);
        Lane { digest: digest.into(), edition, due: 2, ended, due_since, ended_at: None }
    }

    /// Which editions rest for sure, and since which minute.
    fn resting(found: &[Trouble]) -> Vec<(&str, i64)> {
        let sure = found.iter().filter(|rests| rests.is_sure);
        sure.map(|rests| (rests.about.as_str(), rests.since.duration_since(at(0)).as_mins())).collect()
    }

    #[test]
    fn an_edition_rests_since_its_first_mail_should_have_gone_or_the_last_went() {
        let mut headway = Headway::default();
        let mut look = |lanes: &[Lane], minute: i64| headway.look(lanes, false, at(minute));
        // The first look can't tell.
        let first = look(&[lane("weekly", 0, Some(0))], 5);
        assert!(first.len() == 1 && !first[0].is_sure, "{first:?}");
        assert_eq!(resting(&look(&[lane("weekly", 0, Some(0))], 6)), [("weekly/3", 0)]);
        assert_eq!(look(&[lane("weekly", 1, Some(0))], 7), []);
        assert_eq!(resting(&look(&[lane("weekly", 1, Some(0))], 8)), [("weekly/3", 7)]);
        // It goes on to rest since then, also if what comes next was tried meanwhile.
        assert_eq!(resting(&look(&[lane("weekly", 1, None)], 9)), [("weekly/3", 7)]);
        // Quiet hours, a pause, the end: nothing is due, and what comes later begins anew.
        assert_eq!(look(&[], 10), []);
        look(&[lane("weekly", 1, Some(600))], 600);
        assert_eq!(resting(&look(&[lane("weekly", 1, Some(600))], 601)), [("weekly/3", 600)]);
    }

    #[test]
    fn what_was_tried_before_rests_since_it_was_seen() {
        let mut headway = Headway::default();
        headway.look(&[lane("weekly", 5, None)], false, at(2));
        assert_eq!(resting(&headway.look(&[lane("weekly", 5, None)], false, at(4))), [("weekly/3", 2)]);
    }

    #[test]
    fn where_a_relay_has_a_rate_one_edition_waits_while_another_goes() {
        for (is_paced, expected) in [(true, vec![]), (false, vec![("monthly/3", 0)])] {
            let mut headway = Headway::default();
            headway.look(&[lane("weekly", 0, Some(0)), lane("monthly", 0, Some(0))], is_paced, at(1));
            let found = headway.look(&[lane("weekly", 1, Some(0)), lane("monthly", 0, Some(0))], is_paced, at(90));
            assert_eq!(resting(&found), expected);
        }
    }

    #[test]
    fn a_relay_that_gets_few_an_hour_gives_an_edition_more_time() {
        let relay = |rate: &str| format!("[[mail.relay]]\nurl = \"smtp://a:25\"\nrate = \"{rate}\"\n");
        for (rate, minutes, paced) in [("0", 60, false), ("2/h", 90, true), ("600/m", 60, true)] {
            let text = format!("[mail]\nfrom = \"a@example.org\"\ntransport = \"smtp\"\n{}", relay(rate));
            let mail = crate::config::Config::parse("test", &text, Vec::new()).unwrap().mail;
            assert_eq!((patience(&mail).as_mins(), is_paced(&mail)), (minutes, paced), "{rate}");
        }
    }
}
