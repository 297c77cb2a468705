//! How much waits, and when it will be through.

use jiff::{SignedDuration, Timestamp};

use crate::shape::status::BacklogRecord;
use crate::store::{SentLately, Waiting};

/// Over less than this a speed says nothing.
const SHORTEST: SignedDuration = SignedDuration::from_secs(10);

pub fn of(waiting: &[Waiting], sent: SentLately, now: Timestamp) -> BacklogRecord {
    let sum = |lanes: &[&Waiting], what: fn(&Waiting) -> i64| lanes.iter().map(|lane| what(lane)).sum::<i64>();
    let (held, going): (Vec<&Waiting>, Vec<&Waiting>) = waiting.iter().partition(|lane| lane.is_held);
    let due = sum(&going, |lane| lane.due);
    let a_minute = per_second(sent, now).map(|speed| speed * 60.0);
    let last_at = going.iter().map(|lane| lane.last_at).max();
    let done_at = match (due, a_minute) {
        (0, _) => Some(now),
        (due, Some(a_minute)) => {
            let seconds = (due as f64 / a_minute * 60.0).ceil();
            now.checked_add(SignedDuration::from_secs(seconds as i64)).ok()
        }
        (_, None) => None,
    };
    BacklogRecord {
        waiting: sum(&going, |lane| lane.mails),
        due,
        due_since: going.iter().filter_map(|lane| lane.due_since).min(),
        held: sum(&held, |lane| lane.mails),
        per_minute: a_minute.map(|speed| (speed.round() as i64).max(1)),
        // What waits for its time goes no sooner.
        through_at: last_at.and_then(|last| done_at.map(|done| done.max(last))),
    }
}

fn per_second(sent: SentLately, now: Timestamp) -> Option<f64> {
    let since = sent.since?;
    let length = now.duration_since(since).max(SHORTEST);
    (sent.mails > 0).then(|| sent.mails as f64 / length.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn lane(digest: Option<&str>, is_held: bool, mails: i64, due: i64, last_at: i64) -> Waiting {
        let due_since = (due > 0).then(|| at(-600));
        Waiting { digest: digest.map(str::to_owned), is_held, mails, due, due_since, last_at: at(last_at) }
    }

    #[test]
    fn it_is_through_when_what_is_due_has_gone_and_what_waits_has_come() {
        let sent = |mails: i64, since: i64| SentLately { mails, since: (mails > 0).then(|| at(since)) };
        for (waiting, sent, per_minute, through) in [
            (vec![], sent(0, 0), None, None),
            // 600 went in a minute.
            (vec![lane(Some("weekly"), false, 1200, 1200, -600)], sent(600, -60), Some(600), Some(120)),
            (vec![lane(Some("weekly"), false, 1300, 1200, 7200)], sent(600, -60), Some(600), Some(7200)),
            (vec![lane(Some("weekly"), false, 10, 0, 7200)], sent(0, 0), None, Some(7200)),
            // Nobody knows.
            (vec![lane(Some("weekly"), false, 10, 10, -600)], sent(0, 0), None, None),
            // One in five minutes is a speed, too.
            (vec![lane(None, false, 1, 1, -600)], sent(1, -300), Some(1), Some(300)),
            // What is held is in nobody's way.
            (vec![lane(Some("old"), true, 50, 50, -600)], sent(600, -60), Some(600), None),
        ] {
            let record = of(&waiting, sent, at(0));
            assert_eq!((record.per_minute, record.through_at), (per_minute, through.map(at)), "{waiting:?}");
        }
        let both = [lane(None, false, 3, 2, 60), lane(Some("old"), true, 50, 50, -600)];
        let record = of(&both, sent(0, 0), at(0));
        assert_eq!((record.waiting, record.due, record.held, record.due_since), (3, 2, 50, Some(at(-600))));
    }
}
