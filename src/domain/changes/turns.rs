//! How an event came to be as it is since readers could see it: what its page tells. Pure.

use jiff::Timestamp;

use super::{Change, is_told, is_within, when_before};
use crate::domain::event::{Action, Event, Field, HistoryEntry, Revision};
use crate::domain::when::When;

/// One change that readers could see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    pub at: Timestamp,
    pub change: Change,
    /// Its date from then on.
    pub when: When,
}

/// Of the event as a whole, oldest first, by its whole history. What was to be told to nobody is not.
pub fn turns(event: &Event, history: &[Revision]) -> Vec<Turn> {
    if !event.is_public() {
        return Vec::new();
    }
    let entries: Vec<&HistoryEntry> =
        history.iter().map(|line| &line.entry).filter(|entry| entry.occurrence.is_none()).collect();
    // What was changed as it was published was never seen otherwise.
    let first = entries.iter().rposition(|entry| matches!(entry.action, Action::Added | Action::Published));
    let is_of =
        |first: usize, next: &HistoryEntry| entries[first].action == Action::Published && entries[first].at == next.at;
    let since =
        first.map_or(0, |first| first + entries[first..].iter().take_while(|it| is_of(first, it)).count().max(1));
    let (mut when, mut place) = (event.details.when.clone(), event.details.location.clone());
    let mut turns = Vec::new();
    // Backwards, so that each is known as it was before.
    for together in
        entries.get(since..).unwrap_or_default().chunk_by(|one, next| (one.at, one.tell) == (next.at, next.tell)).rev()
    {
        let before = |field: Field| together.iter().find(|entry| entry.is_about(field))?.before.clone();
        let had = when_before(&when, before).unwrap_or_else(|| when.clone());
        let stood = before(Field::Location).unwrap_or_else(|| place.clone());
        let change = match () {
            () if !together.iter().all(|entry| is_told(entry)) => None,
            () if is_any(together, &[Action::Cancelled, Action::Removed]) => Some(Change::Cancelled),
            () if is_any(together, &[Action::Reinstated]) => Some(Change::Reinstated),
            () if had != when && is_within(&when, &had) => Some(Change::Exact { before: had.clone() }),
            () if had != when => Some(Change::Moved { before: had.clone() }),
            () if stood == place => None,
            () if stood.is_empty() => Some(Change::Placed),
            () => Some(Change::Relocated { before: stood.clone() }),
        };
        turns.extend(change.zip(together.first()).map(|(change, first)| Turn {
            at: first.at,
            change,
            when: when.clone(),
        }));
        (when, place) = (had, stood);
    }
    turns.reverse();
    turns
}

fn is_any(entries: &[&HistoryEntry], actions: &[Action]) -> bool {
    entries.iter().any(|entry| actions.contains(&entry.action))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::actor::Actor;
    use crate::domain::event::{Details, Kind, Status};

    /// What its page tells of an event that was made of these, one after the other.
    fn told(states: &[Details]) -> Vec<String> {
        let begin = Timestamp::UNIX_EPOCH;
        let mut event = Event::new(1, "1".into(), states[0].clone(), begin);
        let mut entries = vec![HistoryEntry::of(Action::Added, begin)];
        for (hour, state) in (1_i64..).zip(&states[1..]) {
            entries.extend(event.revise(state.clone(), Timestamp::from_second(hour * 3600).unwrap()).unwrap());
        }
        let line = |(line, entry)| Revision { line, event_id: 1, by: Actor::Operator, entry };
        let history: Vec<_> = (1..).zip(entries).map(line).collect();
        let say = |turn: Turn| {
            let before = turn.change.date_before().map(|when| format!(" {}", when.start())).unwrap_or_default();
            let name = format!("{:?}", turn.change);
            let name = name.split(' ').next().unwrap().to_owned();
            format!("{} {name}{before} {}", turn.at.as_second() / 3600, turn.when.start())
        };
        turns(&event, &history).into_iter().map(say).collect()
    }

    fn on(day: &str, place: &str, status: Status) -> Details {
        let when = When::parse(day, None, "UTC".parse().unwrap()).unwrap();
        Details { location: place.into(), status, ..Details::new(Kind::Meeting, "Plenary", when) }
    }

    #[test]
    fn each_turn_tells_what_was_before_and_after() {
        let states = [
            on("2026-11-30", "", Status::Draft),
            on("2026-12", "", Status::Confirmed),
            on("2026-12-15", "", Status::Confirmed),
            on("2026-12-17", "Beijing", Status::Confirmed),
            on("2026-12-17", "Shanghai", Status::Confirmed),
            on("2026-12-17", "Shanghai", Status::Cancelled),
            on("2026-12-18", "Shanghai", Status::Confirmed),
        ];
        assert_eq!(
            told(&states),
            [
                "2 Exact 2026-12 2026-12-15",
                "3 Moved 2026-12-15 2026-12-17",
                "4 Relocated 2026-12-17",
                "5 Cancelled 2026-12-17",
                "6 Reinstated 2026-12-18",
            ]
        );
    }

    #[test]
    fn what_was_never_public_or_said_to_be_untold_is_not_told() {
        let drafts = ["2026-11-30", "2026-12-01"].map(|day| on(day, "", Status::Draft));
        assert!(told(&drafts).is_empty());
        assert!(told(&[drafts[0].clone(), on("2026-12-05", "Beijing", Status::Confirmed)]).is_empty());
    }
}
