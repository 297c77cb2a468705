//! What is kept of how looking at a source went, and when it is looked at again.

use jiff::{SignedDuration, Timestamp};

use super::{Error, Synced};
use crate::config::SourceConfig;
use crate::domain::text;
use crate::store::SourceState;

/// After a failure, doubled with each that follows, up to the source's own interval or a day.
const FIRST_PAUSE: SignedDuration = SignedDuration::from_mins(2);
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(24);

/// The state that it is looked at with: one that knows nothing, if the configuration makes something else of its events
/// than it did the last time.
pub fn to_begin_with(known: SourceState, source: &SourceConfig) -> SourceState {
    match is_of(&known, source) {
        true => known,
        false => SourceState { settings: settings(source), ..SourceState::default() },
    }
}

/// Whether it was looked at with this configuration.
pub fn is_of(state: &SourceState, source: &SourceConfig) -> bool {
    state.settings == settings(source)
}

/// What of the configuration decides on what its events become.
fn settings(source: &SourceConfig) -> String {
    format!("{:?} {:?} {:?} {:?} {:?}", source.kind, source.topics, source.prefix, source.draft, source.format)
}

/// Takes down how it went.
pub fn settle(state: &mut SourceState, source: &SourceConfig, result: &Result<Synced, Error>, now: Timestamp) {
    state.tried_at = Some(now);
    let every = source.every.length().unwrap_or(LONGEST_PAUSE);
    match result {
        Ok(synced) => {
            let unread = match synced {
                Synced::Taken { rejected, .. } if !rejected.is_empty() => {
                    let first = rejected.first().map(|first| format!("line {}: {}", first.line, first.reason));
                    let first = first.unwrap_or_default();
                    Some(text::overheard(&format!("{} could not be read, the first: {first}", rejected.len())))
                }
                Synced::Taken { .. } => None,
                // What it was not able to say the last time, it says no better now.
                Synced::NotModified => state.error.take().filter(|_| state.failures == 0),
            };
            (state.read_at, state.failures, state.error) = (Some(now), 0, unread);
            state.next_at = now.checked_add(every).ok();
        }
        Err(error) => {
            state.failures = state.failures.saturating_add(1);
            state.error = Some(text::overheard(&error.to_string()));
            let asked = match error {
                Error::Fetch(error) => error.retry_after().and_then(|pause| SignedDuration::try_from(pause).ok()),
                _ => None,
            };
            let pause = pause_after(state.failures, every).max(asked.unwrap_or_default());
            state.next_at = now.checked_add(pause).ok();
        }
    }
}

/// Two minutes, four, eight … but never longer than `every`, if that is less than a day.
fn pause_after(failures: u32, every: SignedDuration) -> SignedDuration {
    let doubled = 2i32.saturating_pow(failures.saturating_sub(1).min(20));
    FIRST_PAUSE.saturating_mul(doubled).min(every.max(FIRST_PAUSE)).min(LONGEST_PAUSE)
}
