//! When a delivery that was refused for now is tried again, and when it is given up. Pure: chance is a parameter.

use jiff::{SignedDuration, Timestamp};

/// Minutes to wait after the first, second, … attempt; the last is repeated until it is time to give up. RFC 5321 section 4.5.4.1 asks for at
/// least 30 minutes in the long run; greylisting wants to see one early second try.
const DELAYS_MINUTES: [i64; 7] = [5, 15, 30, 60, 120, 240, 480];

/// Seconds to wait after a connection was lost behind the final dot for the first, second, … time. Each repetition may
/// be one more copy, so this has an end: then it is the operator's.
const DELAYS_AFTER_DOUBT_SECONDS: [i64; 5] = [0, 10, 60, 300, 1800];

/// RFC 5321 section 4.5.4.1: give up after 4 to 5 days.
const GIVE_UP_AFTER: SignedDuration = SignedDuration::from_hours(4 * 24);

/// When to try again what a server refused for now, or none if it is time to give up. `jitter`, from 0 to 1, spreads
/// what was refused together over a fifth of the delay.
pub fn after_refusal(now: Timestamp, tried_since: Timestamp, attempts: i64, jitter: f64) -> Option<Timestamp> {
    let step = usize::try_from(attempts - 1).unwrap_or(0);
    let seconds = DELAYS_MINUTES[step.min(DELAYS_MINUTES.len() - 1)] * 60;
    let spread = (seconds as f64 * 0.2 * jitter.clamp(0.0, 1.0)) as i64;
    after(now, tried_since, SignedDuration::from_secs(seconds + spread))
}

/// When to try again what no server was asked about: another relay may take it soon, or this one after its `pause`.
pub fn after_no_connection(now: Timestamp, tried_since: Timestamp, pause: SignedDuration) -> Option<Timestamp> {
    after(now, tried_since, pause)
}

/// When to repeat what the server may have taken, or none if that was done often enough. `doubts` counts the losses
/// before this one.
pub fn after_doubt(now: Timestamp, tried_since: Timestamp, doubts: i64) -> Option<Timestamp> {
    let seconds = usize::try_from(doubts).ok().and_then(|doubts| DELAYS_AFTER_DOUBT_SECONDS.get(doubts))?;
    after(now, tried_since, SignedDuration::from_secs(*seconds))
}

fn after(now: Timestamp, tried_since: Timestamp, delay: SignedDuration) -> Option<Timestamp> {
    match now.duration_since(tried_since) > GIVE_UP_AFTER {
        true => None,
        false => now.checked_add(delay).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_and_end_after_four_days() {
        let start = Timestamp::from_second(1_600_000_000).unwrap();
        let (mut now, mut attempts) = (start, 1);
        let mut last = SignedDuration::ZERO;
        while let Some(next) = after_refusal(now, start, attempts, 0.0) {
            let delay = next.duration_since(now);
            assert!(delay >= last);
            (now, last, attempts) = (next, delay, attempts + 1);
        }
        let lasted = now.duration_since(start);
        assert!(lasted > GIVE_UP_AFTER && lasted < GIVE_UP_AFTER + SignedDuration::from_hours(24), "{lasted}");
    }

    #[test]
    fn a_doubt_is_repeated_a_few_times_and_then_left_to_the_operator() {
        let now = Timestamp::UNIX_EPOCH;
        let delays: Vec<_> = (0..7).map(|doubts| after_doubt(now, now, doubts).map(Timestamp::as_second)).collect();
        assert_eq!(delays, [Some(0), Some(10), Some(60), Some(300), Some(1800), None, None]);
    }

    #[test]
    fn jitter_only_lengthens() {
        let now = Timestamp::UNIX_EPOCH;
        let plain = after_refusal(now, now, 1, 0.0).unwrap().as_second();
        let late = after_refusal(now, now, 1, 1.0).unwrap().as_second();
        assert_eq!((plain, late), (300, 360));
    }
}
