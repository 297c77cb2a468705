//! What is kept of how looking at a source went, and when it is looked at again.

use jiff::{SignedDuration, Timestamp};

use super::{Error, Synced, Taken};
use crate::config::SourceConfig;
use crate::domain::import::Held;
use crate::domain::text;
use crate::intake::Rejected;
use crate::store::SourceState;

/// After a failure, doubled with each that follows, up to the source's own interval or a day.
const FIRST_PAUSE: SignedDuration = SignedDuration::from_mins(2);
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(24);

/// A source that was cut off is asked again after this long, if it is not due before.
const SOON: SignedDuration = SignedDuration::from_hours(1);
/// One that is held, this long after it may be taken at its word.
const AFTER_HELD: SignedDuration = SignedDuration::from_secs(10);

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
    format!(
        "{:?} {:?} {:?} {:?} {:?} {:?}",
        source.kind, source.topics, source.prefix, source.draft, source.format, source.private
    )
}

/// Takes down how it went.
pub fn settle(state: &mut SourceState, source: &SourceConfig, result: &Result<Synced, Error>, now: Timestamp) {
    state.tried_at = Some(now);
    let every = source.every.length().unwrap_or(LONGEST_PAUSE);
    match result {
        Ok(Synced::Taken(taken)) => {
            let Taken { counts, rejected, notes, cut_off } = &**taken;
            // Of one that was made anew, nobody need hear.
            let are_others = counts.renamed > 0 && counts.renamed * 2 >= counts.updated + counts.unchanged;
            state.uids_changed = if are_others { state.uids_changed.saturating_add(1) } else { 0 };
            state.error = untaken(state.held.as_ref(), rejected, cut_off.as_ref());
            state.notes = notes.clone();
            (state.read_at, state.failures) = (Some(now), 0);
            let again = match &state.held {
                Some(held) => held.until().checked_add(AFTER_HELD).ok(),
                None if cut_off.is_some() => now.checked_add(SOON).ok(),
                None => None,
            };
            state.next_at = now.checked_add(every).ok().min(again.or(Some(Timestamp::MAX)));
        }
        Ok(Synced::Watched(watched)) => {
            let notes = &watched.notes;
            state.error = (!notes.is_empty()).then(|| text::overheard(&notes.join(". ")));
            (state.read_at, state.failures) = (Some(now), 0);
            state.next_at = now.checked_add(every).ok();
        }
        Ok(Synced::NotModified) => {
            // What it was not able to say the last time, it says no better now.
            state.error = state.error.take().filter(|_| state.failures == 0);
            // It is again what it was when it was read last.
            state.held = None;
            (state.read_at, state.failures) = (Some(now), 0);
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

/// What of a source that was read was not taken, and is not taken for gone.
fn untaken(held: Option<&Held>, rejected: &[Rejected], cut_off: Option<&Rejected>) -> Option<String> {
    let cut_off = cut_off.map(|Rejected { line, reason, .. }| {
        format!("it was cut off, so what is missing stays as it was (line {line}: {reason})")
    });
    let unread = rejected.first().map(|Rejected { line, reason, .. }| {
        format!("{} could not be read, the first: line {line}: {reason}", rejected.len())
    });
    let held = held.map(|held| {
        let Held { since, missing, ahead } = held;
        format!(
            "{} of the {ahead} events that lay ahead are missing in it since {since}: they stay until it says the same at {} or \
             later",
            missing.len(),
            held.until()
        )
    });
    let told: Vec<_> = [cut_off, unread, held].into_iter().flatten().collect();
    (!told.is_empty()).then(|| text::overheard(&told.join("; ")))
}

/// Two minutes, four, eight … but never longer than `every`, if that is less than a day.
fn pause_after(failures: u32, every: SignedDuration) -> SignedDuration {
    let doubled = 2i32.saturating_pow(failures.saturating_sub(1).min(20));
    FIRST_PAUSE.saturating_mul(doubled).min(every.max(FIRST_PAUSE)).min(LONGEST_PAUSE)
}
