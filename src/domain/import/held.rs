//! A source that suddenly lacks most of what it had is rather broken than empty: what would be cancelled is held until it
//! says the same again, an hour later at least.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

/// What a source lacks and is not yet believed to have no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// When it lacked these for the first time, and has ever since.
    pub since: Timestamp,
    /// The ids of the events, in order.
    pub missing: Vec<i64>,
    /// How many of its events lay ahead.
    pub ahead: usize,
}

/// So few are soon called off by hand.
const FEW: usize = 5;

impl Held {
    /// How long a source has to say the same.
    pub const FOR: SignedDuration = SignedDuration::from_hours(1);

    /// From when on it is taken at its word.
    pub fn until(&self) -> Timestamp {
        self.since.checked_add(Self::FOR).unwrap_or(Timestamp::MAX)
    }
}

/// What a whole source tells, and what not.
pub struct Look<'a> {
    /// Those that it lacks and that lie ahead, in order.
    pub missing: Vec<i64>,
    /// How many lay ahead before.
    pub ahead: usize,
    /// Those that it tells.
    pub told: &'a BTreeSet<i64>,
    /// It tells no events at all.
    pub is_empty: bool,
    pub now: Timestamp,
}

/// What is held of that; none where it is taken at its word.
pub fn hold(look: Look<'_>, held: Option<&Held>) -> Option<Held> {
    let Look { missing, ahead, told, is_empty, now } = look;
    let is_sudden = is_empty || missing.len() > FEW && missing.len() * 2 > ahead;
    if missing.is_empty() || !is_sudden {
        return None;
    }
    // What has begun since then, or was called off here, is missed no more; what is told again came back.
    let says_the_same = |held: &&Held| {
        let known = |id: &i64| held.missing.binary_search(id).is_ok();
        missing.iter().all(known) && !held.missing.iter().any(|id| told.contains(id))
    };
    let since = held.filter(|held| held.since <= now).filter(says_the_same).map_or(now, |held| held.since);
    let held = Held { since, missing, ahead };
    (now < held.until()).then_some(held)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(minute * 60).unwrap()
    }

    fn ids(range: std::ops::RangeInclusive<i64>) -> Vec<i64> {
        range.collect()
    }

    #[test]
    fn more_than_half_and_more_than_five_are_held() {
        for (missing, ahead, told, is_held) in [
            (9, 12, 3, true),
            (7, 12, 5, true),
            (6, 12, 6, false),
            (6, 11, 5, true),
            (5, 5, 1, false),
            (5, 6, 1, false),
            (1, 1, 0, true),
            (0, 0, 0, false),
            (0, 12, 12, false),
        ] {
            let told: BTreeSet<_> = ids(101..=100 + told).into_iter().collect();
            let is_empty = told.is_empty();
            let look = Look { missing: ids(1..=missing), ahead, told: &told, is_empty, now: at(0) };
            assert_eq!(hold(look, None).is_some(), is_held, "{missing} of {ahead}");
        }
    }

    #[test]
    fn it_is_taken_at_its_word_when_it_says_the_same_an_hour_later() {
        let held = Held { since: at(0), missing: ids(1..=9), ahead: 12 };
        let since = |missing: Vec<i64>, told: &[i64], minute| {
            let told = told.iter().copied().collect();
            let look = Look { missing, ahead: 12, told: &told, is_empty: false, now: at(minute) };
            hold(look, Some(&held)).map(|held| held.since)
        };
        assert_eq!(since(ids(1..=9), &[10, 11, 12], 59), Some(at(0)));
        assert_eq!(since(ids(1..=9), &[10, 11, 12], 60), None);
        // One has begun meanwhile.
        assert_eq!(since(ids(2..=9), &[10, 11, 12], 60), None);
        // One came back, one more is gone, another one is.
        assert_eq!(since(ids(2..=9), &[1, 10, 11, 12], 60), Some(at(60)));
        assert_eq!(since(ids(1..=10), &[11, 12], 60), Some(at(60)));
        assert_eq!(since([ids(1..=8), vec![10]].concat(), &[11, 12], 60), Some(at(60)));
        // A clock that was set back.
        assert_eq!(since(ids(1..=9), &[10, 11, 12], -1), Some(at(-1)));
    }
}
