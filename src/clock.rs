//! What time it is: the system's, or a demo's that goes on from a day of the sample newsletter.

use jiff::{SignedDuration, Timestamp};

/// By how much a clock may be set back without anybody having to be told of it.
pub const SLACK: SignedDuration = SignedDuration::from_mins(10);

/// No machine that this program runs on shows an earlier time, but one whose clock has yet to be set: many begin in 1970.
const EARLIEST: i64 = 1_577_836_800; // 2020-01-01T00:00:00Z

/// Whether the machine's clock has been set, if it shows this.
pub fn is_set(machine: Timestamp) -> bool {
    machine.as_second() >= EARLIEST
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    offset: SignedDuration,
}

impl Clock {
    pub fn system() -> Self {
        Self::shifted(SignedDuration::ZERO)
    }

    /// The system's clock moved by `offset`.
    pub fn shifted(offset: SignedDuration) -> Self {
        Self { offset }
    }

    /// A clock that shows `moment` now and goes on from there.
    pub fn starting_at(moment: Timestamp) -> Self {
        Self::shifted(moment.duration_since(Timestamp::now()))
    }

    pub fn now(self) -> Timestamp {
        Timestamp::now().saturating_add(self.offset).unwrap_or(Timestamp::MAX)
    }

    pub fn offset(self) -> SignedDuration {
        self.offset
    }

    pub fn is_shifted(self) -> bool {
        !self.offset.is_zero()
    }
}

/// Without the fraction of its second: what is kept, and what HTTP's dates tell, knows no less.
pub fn whole_second(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}
