//! When a delivery that was refused for now is tried again, and when it is given up. Pure, but for the jitter.

use jiff::{SignedDuration, Timestamp};

/// Minutes to wait after the first, second, … attempt; the last goes on for ever. RFC 5321 section 4.5.4.1 asks for at
/// least 30 minutes in the long run; greylisting wants to see one early second try.
const DELAYS_MINUTES: [i64; 7] = [5, 15, 30, 60, 120, 240, 480];

/// Seconds to wait where the server could not be asked at all.
const DELAYS_NO_CONNECTION_SECONDS: [i64; 7] = [10, 30, 60, 120, 300, 600, 1800];

/// RFC 5321 section 4.5.4.1: give up after 4 to 5 days.
const GIVE_UP_AFTER: SignedDuration = SignedDuration::from_hours(4 * 24);

/// When to try again after `attempts` attempts, or none if it is time to give up. `jitter`, from 0 to 1, spreads
/// what failed together over a fifth of the delay.
pub fn next_attempt(
    now: Timestamp,
    queued_at: Timestamp,
    attempts: i64,
    was_connected: bool,
    jitter: f64,
) -> Option<Timestamp> {
    if now.duration_since(queued_at) > GIVE_UP_AFTER {
        return None;
    }
    let step = usize::try_from(attempts - 1).unwrap_or(0);
    let seconds = match was_connected {
        true => DELAYS_MINUTES[step.min(DELAYS_MINUTES.len() - 1)] * 60,
        false => DELAYS_NO_CONNECTION_SECONDS[step.min(DELAYS_NO_CONNECTION_SECONDS.len() - 1)],
    };
    let spread = (seconds as f64 * 0.2 * jitter.clamp(0.0, 1.0)) as i64;
    now.checked_add(SignedDuration::from_secs(seconds + spread)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_and_end_after_four_days() {
        let start = Timestamp::from_second(1_600_000_000).unwrap();
        let (mut now, mut attempts) = (start, 1);
        let mut last = SignedDuration::ZERO;
        while let Some(next) = next_attempt(now, start, attempts, true, 0.0) {
            let delay = next.duration_since(now);
            assert!(delay >= last);
            (now, last, attempts) = (next, delay, attempts + 1);
        }
        let lasted = now.duration_since(start);
        assert!(lasted > GIVE_UP_AFTER && lasted < GIVE_UP_AFTER + SignedDuration::from_hours(24), "{lasted}");
    }

    #[test]
    fn jitter_only_lengthens() {
        let now = Timestamp::UNIX_EPOCH;
        let plain = next_attempt(now, now, 1, true, 0.0).unwrap().as_second();
        let late = next_attempt(now, now, 1, true, 1.0).unwrap().as_second();
        assert_eq!((plain, late), (300, 360));
    }
}
