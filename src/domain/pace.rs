//! How fast something goes, by how far it had come when it was looked at. Pure.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};

/// The speed is that of so long.
const WINDOW: SignedDuration = SignedDuration::from_secs(60);
/// Looks that come sooner after another tell nothing new.
const STEP: SignedDuration = SignedDuration::from_millis(900);

/// What was seen lately, the oldest first.
#[derive(Debug, Clone, Default)]
pub struct Pace(VecDeque<(Timestamp, i64)>);

impl Pace {
    /// So much was done when it was looked at.
    pub fn see(&mut self, at: Timestamp, done: i64) {
        // Somebody has begun anew, or set a clock.
        if self.0.back().is_some_and(|(last, before)| done < *before || at < *last) {
            self.0.clear();
        }
        if self.0.back().is_none_or(|(last, _)| at.duration_since(*last) >= STEP) {
            self.0.push_back((at, done));
        }
        // One that is older is kept, so that who looks seldom sees a speed, too.
        while self.0.len() > 2 && at.duration_since(self.0[1].0) > WINDOW {
            self.0.pop_front();
        }
    }

    /// How many a second; none while nothing is known.
    pub fn a_second(&self) -> Option<f64> {
        let ((begun, before), (at, done)) = (self.0.front()?, self.0.back()?);
        let seconds = at.duration_since(*begun).as_secs_f64();
        (seconds > 0.0).then(|| (done - before) as f64 / seconds)
    }

    /// When so many more will be done, at this speed; none if none is done.
    pub fn through_at(&self, waiting: i64) -> Option<Timestamp> {
        let speed = self.a_second().filter(|speed| *speed > 0.0)?;
        let left = SignedDuration::from_secs((waiting as f64 / speed).ceil() as i64);
        self.0.back()?.0.checked_add(left).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    #[test]
    fn the_speed_is_that_of_the_last_minute() {
        let mut pace = Pace::default();
        assert_eq!((pace.a_second(), pace.through_at(10)), (None, None));
        pace.see(at(0), 100);
        assert_eq!(pace.a_second(), None);
        pace.see(at(10), 150);
        assert_eq!((pace.a_second(), pace.through_at(20)), (Some(5.0), Some(at(14))));
        // What was fast at first counts no longer.
        for second in (20..=120).step_by(10) {
            pace.see(at(second), 150 + (second - 10));
        }
        assert_eq!(pace.a_second(), Some(1.0));
    }

    #[test]
    fn who_looks_seldom_sees_a_speed_and_what_begins_anew_is_seen_anew() {
        let mut pace = Pace::default();
        pace.see(at(0), 0);
        pace.see(at(600), 300);
        assert_eq!(pace.a_second(), Some(0.5));
        pace.see(at(601), 300);
        pace.see(at(700), 10);
        assert_eq!((pace.a_second(), pace.through_at(5)), (None, None));
        pace.see(at(710), 10);
        assert_eq!((pace.a_second(), pace.through_at(5)), (Some(0.0), None));
    }
}
