//! The sign that nothing is due: a line of the log once the scheduler, the mailer and the sources have looked at all that
//! was committed and found nothing to do. Whoever has to see that something does not happen waits for it.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::store::Store;
use crate::store::watch::{Changes, Seen};

/// Where each part of the daemon says how it stands; none is at rest before it has said so.
#[derive(Clone, Default)]
pub struct Idle(Arc<watch::Sender<Vec<Option<Rest>>>>);

/// What a part says when it has nothing to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rest {
    /// How many changes of the database it has looked at; none if what changes is nothing to it.
    seen: Option<u64>,
    /// When something falls due, if anything will without a change.
    until: Option<Timestamp>,
}

/// One part's place.
pub struct Part {
    idle: Idle,
    place: usize,
}

impl Idle {
    pub fn part(&self) -> Part {
        let mut place = 0;
        self.0.send_modify(|parts| {
            place = parts.len();
            parts.push(None);
        });
        Part { idle: self.clone(), place }
    }
}

impl Part {
    /// Nothing is due before `until`, with all looked at that was committed when so many changes were `seen`.
    pub fn rests(&self, seen: u64, until: Option<Timestamp>) {
        self.set(Some(Rest { seen: Some(seen), until }));
    }

    /// The same of a part that only the clock wakes.
    pub fn sleeps(&self, until: Option<Timestamp>) {
        self.set(Some(Rest { seen: None, until }));
    }

    pub fn works(&self) {
        self.set(None);
    }

    fn set(&self, rest: Option<Rest>) {
        self.idle.0.send_if_modified(|parts| match parts.get_mut(self.place) {
            Some(known) if *known != rest => {
                *known = rest;
                true
            }
            _ => false,
        });
    }
}

/// Until when nothing is due, where all parts rest and have looked at what was seen; None in None if only a change wakes
/// anybody.
fn rest_of_all(parts: &[Option<Rest>], seen: &Seen, now: Timestamp) -> Option<Option<Timestamp>> {
    let mut first: Option<Timestamp> = None;
    for part in parts {
        let rest = (*part)?;
        if rest.seen.is_some_and(|count| count != seen.count) || rest.until.is_some_and(|until| until <= now) {
            return None;
        }
        first = [first, rest.until].into_iter().flatten().min();
    }
    Some(first)
}

/// Tells it, until `stop`: once each time that it comes true. At the usual level of the log only if it is until another
/// moment than before, so that mails that come and go fill nothing.
pub async fn tell(idle: Idle, store: Store, mut changes: Changes, stop: CancellationToken) {
    let (mut parts, mut told, mut last) = (idle.0.subscribe(), None, None);
    loop {
        // What was seen first: a part that has looked at that much has looked at all that was committed before `asked_at`.
        let seen = *changes.borrow_and_update();
        let rest = rest_of_all(&parts.borrow_and_update(), &seen, store.now());
        match rest {
            Some(until) if told != Some((seen.count, until)) => {
                let when = until.map_or_else(|| "something changes".to_owned(), |until| until.to_string());
                match last == Some(until) {
                    true => tracing::debug!(as_of = %seen.asked_at, "idle until {when}"),
                    false => tracing::info!(as_of = %seen.asked_at, "idle until {when}"),
                }
                (told, last) = (Some((seen.count, until)), Some(until));
            }
            Some(_) => {}
            None => told = None,
        }
        tokio::select! {
            () = stop.cancelled() => return,
            Ok(()) = parts.changed() => {}
            Ok(()) = changes.changed() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_rest_only_if_each_has_looked_at_what_was_seen() {
        let at = |second: i64| Timestamp::from_second(second).unwrap();
        let seen = Seen { count: 7, asked_at: at(0) };
        let rest = |seen: u64, until: Option<i64>| Some(Rest { seen: Some(seen), until: until.map(at) });
        let asleep = |until: i64| Some(Rest { seen: None, until: Some(at(until)) });
        for (parts, expected) in [
            (vec![rest(7, None), rest(7, None)], Some(None)),
            (vec![rest(7, Some(90)), rest(7, Some(60)), asleep(70)], Some(Some(at(60)))),
            (vec![rest(7, None), asleep(20)], Some(Some(at(20)))),
            (vec![rest(7, None), None], None),
            (vec![rest(7, None), rest(6, None)], None),
            // It is due, and not taken up yet.
            (vec![rest(7, None), rest(7, Some(10))], None),
            (vec![rest(7, None), asleep(9)], None),
        ] {
            assert_eq!(rest_of_all(&parts, &seen, at(10)), expected, "{parts:?}");
        }
    }

    #[test]
    fn a_part_that_said_nothing_yet_does_not_rest() {
        let idle = Idle::default();
        let (one, other) = (idle.part(), idle.part());
        let seen = Seen { count: 0, asked_at: Timestamp::UNIX_EPOCH };
        let all = |idle: &Idle| rest_of_all(&idle.0.borrow(), &seen, Timestamp::UNIX_EPOCH);
        one.rests(0, None);
        assert_eq!(all(&idle), None);
        other.sleeps(None);
        assert_eq!(all(&idle), Some(None));
        one.works();
        assert_eq!(all(&idle), None);
    }
}
