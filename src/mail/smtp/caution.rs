//! Which relays get their commands one at a time.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a relay is spoken to one command at a time after it left several unanswered.
const CAUTION: Duration = Duration::from_secs(60 * 60);

/// Of one relay and all its connections: whether it loses commands that are sent together (RFC 2920).
pub struct Caution {
    relay: String,
    until: Mutex<Option<Instant>>,
}

impl Caution {
    pub fn of(relay: String) -> Self {
        Self { relay, until: Mutex::default() }
    }

    /// What was found out about the same relay.
    pub fn take_over(&self, former: &Self) {
        let until = *former.until.lock().unwrap_or_else(PoisonError::into_inner);
        *self.until.lock().unwrap_or_else(PoisonError::into_inner) = until;
    }

    /// It left one unanswered.
    pub fn begin(&self) {
        if !self.is_on() {
            tracing::warn!(
                relay = self.relay,
                "commands that were sent together were not all answered: for an hour it gets one at a time"
            );
        }
        *self.until.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + CAUTION);
    }

    pub fn is_on(&self) -> bool {
        let until = *self.until.lock().unwrap_or_else(PoisonError::into_inner);
        until.is_some_and(|until| Instant::now() < until)
    }
}
