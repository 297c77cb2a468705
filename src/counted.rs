//! How often this process did what, for whoever watches it. Counts begin anew with each start, as Prometheus expects it.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// How attempts to hand a mail over ended.
pub static ATTEMPTS: Counted<&str> = Counted::new();

/// Wishes to subscribe that the site took, and why it took others not.
pub static SIGN_UPS: Counted<&str> = Counted::new();

/// Answers to requests: of which kind of page, and with which status.
pub static ANSWERS: Counted<(&str, u16)> = Counted::new();

/// Counts by something of which there are few.
pub struct Counted<K>(Mutex<BTreeMap<K, u64>>);

impl<K: Ord + Copy> Counted<K> {
    const fn new() -> Self {
        Self(Mutex::new(BTreeMap::new()))
    }

    pub fn add(&self, key: K) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default() += 1;
    }

    /// How often so far.
    pub fn of(&self, key: K) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key).copied().unwrap_or_default()
    }

    pub fn all(&self) -> Vec<(K, u64)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().map(|(key, count)| (*key, *count)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_counted_by_itself() {
        let counted = Counted::new();
        for key in ["b", "a", "b"] {
            counted.add(key);
        }
        assert_eq!((counted.of("b"), counted.of("c"), counted.all()), (2, 0, vec![("a", 1), ("b", 2)]));
    }
}
