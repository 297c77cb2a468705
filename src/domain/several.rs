//! Which of many: ids and ranges of ids.

use std::fmt;
use std::str::FromStr;

use super::Invalid;
use super::text::quoted;

/// So many may be changed at once.
pub const MOST_AT_ONCE: usize = 5_000;

/// One id, or all from one to another, inclusive: `7`, `1-5`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ids {
    pub first: i64,
    pub last: i64,
}

impl Ids {
    pub fn one(id: i64) -> Self {
        Self { first: id, last: id }
    }

    pub fn is_one(self) -> bool {
        self.first == self.last
    }
}

impl From<i64> for Ids {
    fn from(id: i64) -> Self {
        Self::one(id)
    }
}

impl fmt::Display for Ids {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.is_one() {
            true => write!(f, "{}", self.first),
            false => write!(f, "{}-{}", self.first, self.last),
        }
    }
}

impl FromStr for Ids {
    type Err = Invalid;

    fn from_str(given: &str) -> Result<Self, Invalid> {
        let id = |text: &str| text.trim().parse::<i64>().ok().filter(|id| *id >= 0);
        let no_id = || Invalid(format!("`{}` is no id and no range of ids: write 7, or 1-5", quoted(given)));
        let (first, last) = match given.split_once('-') {
            None => (id(given).ok_or_else(no_id)?, None),
            Some((first, last)) => (id(first).ok_or_else(no_id)?, Some(id(last).ok_or_else(no_id)?)),
        };
        match last {
            Some(last) if last < first => {
                Err(Invalid(format!("`{}` ends before it begins: write {last}-{first}", quoted(given))))
            }
            last => Ok(Self { first, last: last.unwrap_or(first) }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_ranges_are_read_and_what_is_neither_is_refused() {
        assert_eq!("7".parse(), Ok(Ids::one(7)));
        assert_eq!("1-5".parse(), Ok(Ids { first: 1, last: 5 }));
        assert_eq!("3-3".parse(), Ok(Ids::one(3)));
        for wrong in ["", "a", "-5", "1-", "1-b", "1-2-3", "99999999999999999999"] {
            let error = wrong.parse::<Ids>().unwrap_err().to_string();
            assert!(error.contains("no id and no range of ids"), "{wrong}: {error}");
        }
        assert!("5-1".parse::<Ids>().unwrap_err().to_string().contains("write 1-5"));
        assert_eq!(Ids { first: 1, last: 5 }.to_string(), "1-5");
    }
}
