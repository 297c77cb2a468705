//! Which of two revisions of a calendar's entry is the newer (RFC 5546 section 2.1.5).

use jiff::Timestamp;

/// SEQUENCE, and of equal ones DTSTAMP.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp {
    pub sequence: u32,
    pub at: Option<Timestamp>,
}

impl Stamp {
    /// Whether it is surely the older. One that does not say when it was made is as old as the other.
    pub fn is_before(self, other: Stamp) -> bool {
        self.sequence < other.sequence
            || (self.sequence == other.sequence
                && matches!((self.at, other.at), (Some(own), Some(others)) if own < others))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_revisions_one_may_be_the_older() {
        let stamp = |sequence, at: i64| Stamp { sequence, at: (at > 0).then(|| Timestamp::from_second(at).unwrap()) };
        for (own, other, is_before) in [
            (stamp(1, 5), stamp(2, 4), true),
            (stamp(2, 4), stamp(1, 5), false),
            (stamp(1, 4), stamp(1, 5), true),
            (stamp(1, 5), stamp(1, 5), false),
            (stamp(1, 0), stamp(1, 5), false),
            (stamp(1, 5), stamp(1, 0), false),
        ] {
            assert_eq!(own.is_before(other), is_before, "{own:?} {other:?}");
        }
    }
}
