//! How often somebody may ask within a minute. Kept in memory: a daemon that starts anew forgets it.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

const MINUTE: Duration = Duration::from_secs(60);
/// Who comes from so many networks is let by: counting them all would cost more than it saves.
const MOST_KEPT: usize = 10_000;

/// What is left of a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    pub most: u32,
    /// After this one; none if this was one too many.
    pub left: Option<u32>,
    /// Until it begins anew.
    pub resets_in: Duration,
}

/// Counts by minutes that begin with the first request, of each key by itself.
#[derive(Debug)]
pub struct Tally<K>(Mutex<Counts<K>>);

impl<K: Hash + Eq> Default for Tally<K> {
    fn default() -> Self {
        Self(Mutex::new(Counts::new()))
    }
}

impl<K: Hash + Eq> Tally<K> {
    /// One more, of `most` a minute.
    pub fn note(&self, key: K, most: u32) -> Quota {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take(key, most, Instant::now())
    }

    /// Until it begins anew, if all of it is used up.
    pub fn used_up(&self, key: &K, most: u32) -> Option<Duration> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).used_up(key, most, Instant::now())
    }
}

#[derive(Debug)]
struct Counts<K> {
    counts: HashMap<K, (Instant, u32)>,
}

impl<K: Hash + Eq> Counts<K> {
    fn new() -> Self {
        Self { counts: HashMap::new() }
    }

    fn used_up(&self, key: &K, most: u32, now: Instant) -> Option<Duration> {
        let (begun, count) = self.counts.get(key)?;
        let resets_in = MINUTE.checked_sub(now.duration_since(*begun))?;
        (*count >= most && !resets_in.is_zero()).then_some(resets_in)
    }

    fn take(&mut self, key: K, most: u32, now: Instant) -> Quota {
        if self.counts.len() >= MOST_KEPT {
            self.counts.retain(|_, (begun, _)| now.duration_since(*begun) < MINUTE);
        }
        if self.counts.len() >= MOST_KEPT && !self.counts.contains_key(&key) {
            return Quota { most, left: Some(most), resets_in: MINUTE };
        }
        let (begun, count) = self.counts.entry(key).or_insert((now, 0));
        if now.duration_since(*begun) >= MINUTE {
            (*begun, *count) = (now, 0);
        }
        *count = count.saturating_add(1);
        Quota { most, left: most.checked_sub(*count), resets_in: MINUTE.saturating_sub(now.duration_since(*begun)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_holds_so_many_and_then_begins_anew() {
        let (mut counts, begun) = (Counts::new(), Instant::now());
        let mut left = |key: &'static str, seconds: u64| counts.take(key, 2, begun + Duration::from_secs(seconds)).left;
        assert_eq!([left("a", 0), left("a", 10), left("a", 59), left("b", 59)], [Some(1), Some(0), None, Some(1)]);
        assert_eq!(left("a", 60), Some(1));
    }

    #[test]
    fn what_is_used_up_is_seen_without_being_counted() {
        let (mut counts, begun) = (Counts::new(), Instant::now());
        let at = |seconds| begun + Duration::from_secs(seconds);
        assert_eq!(counts.used_up(&"a", 1, at(0)), None);
        counts.take("a", 1, at(0));
        for _ in 0..3 {
            assert_eq!(counts.used_up(&"a", 1, at(50)), Some(Duration::from_secs(10)));
        }
        assert_eq!((counts.used_up(&"b", 1, at(50)), counts.used_up(&"a", 1, at(60))), (None, None));
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let (mut counts, begun) = (Counts::new(), Instant::now());
        for key in 0..MOST_KEPT + 5 {
            counts.take(key, 1, begun);
        }
        assert_eq!(counts.counts.len(), MOST_KEPT);
        counts.take(usize::MAX, 1, begun + MINUTE);
        assert_eq!(counts.counts.len(), 1);
    }
}
