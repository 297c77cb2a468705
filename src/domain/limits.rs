//! How many mails may be asked for that nobody has yet said yes to, so that no form fills a stranger's mailbox.

use std::fmt;

use jiff::SignedDuration;

const MINUTE: SignedDuration = SignedDuration::from_mins(1);
const HOUR: SignedDuration = SignedDuration::from_hours(1);
pub const DAY: SignedDuration = SignedDuration::from_hours(24);

/// So many within so long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Most {
    pub many: i64,
    pub within: SignedDuration,
}

const fn most(many: i64, within: SignedDuration) -> Most {
    Most { many, within }
}

/// Confirmations and links to one address, whoever asked for them.
pub const TO_AN_ADDRESS: [Most; 2] = [most(3, HOUR), most(10, DAY)];
/// Of those that strangers asked for, to one mailbox: what stands behind a `+` reaches the same person.
pub const TO_A_MAILBOX: Most = most(3, DAY);
/// Wishes from one network: a room full of people may share it.
pub const FROM_A_NETWORK: [Most; 2] = [most(10, HOUR), most(50, DAY)];
/// Wishes from anywhere. It keeps many machines together from spending the sender's good name; whoever is turned
/// away may try again in a minute.
pub const FROM_ANYWHERE: Most = most(60, MINUTE);
/// Mails to one domain that go at once. It refuses nobody, or one stranger would shut out all of a provider's people:
/// those that come after them go a minute apart, as long as that is not too long for who waits.
pub const TO_A_DOMAIN: Most = most(30, HOUR);
pub const LONGEST_DELAY: SignedDuration = SignedDuration::from_mins(30);

impl fmt::Display for Most {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let within = match self.within {
            MINUTE => "a minute",
            HOUR => "an hour",
            DAY => "a day",
            other => return write!(f, "{} within {other:#}", self.many),
        };
        write!(f, "{} within {within}", self.many)
    }
}

/// `3 within an hour, 10 within a day`.
pub fn told(limits: &[Most]) -> String {
    limits.iter().map(Most::to_string).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_told_as_they_count() {
        assert_eq!(
            told(&[most(3, HOUR), most(10, DAY), most(60, MINUTE)]),
            "3 within an hour, 10 within a day, 60 within a minute"
        );
        assert_eq!(most(1, SignedDuration::from_mins(90)).to_string(), "1 within 1h 30m");
    }
}
