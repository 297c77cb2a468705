//! A series that is another one from some of its dates on (RFC 5545 section 3.2.13, RANGE=THISANDFUTURE): it ends there,
//! and each of its later parts is a series of its own, under the UID of the whole and the date from which on it holds.

use crate::domain::FieldError;
use crate::domain::event::{EventPatch, Status};
use crate::domain::import::{ImportEntry, ImportedOccurrence};
use crate::domain::recurrence::{Recurrence, Shift};
use crate::domain::when::{Point, When};
use crate::domain::zone::Zone;

type Told<T> = Vec<(u64, T)>;

/// From where on a part holds, and how its dates follow from those of the whole.
struct Part {
    from: Point,
    shift: Shift,
    entry: ImportEntry,
}

/// Ends the series where the first of `turns` begins; the later parts, what is to be noted and what can't be.
pub fn part(
    entry: &mut ImportEntry,
    mut turns: Vec<ImportedOccurrence>,
    zone: &Zone,
) -> (Vec<ImportEntry>, Told<String>, Told<FieldError>) {
    let (mut notes, mut rejected) = (Vec::new(), Vec::new());
    let Some(repeat) = entry.details.repeat.clone() else { return (Vec::new(), notes, rejected) };
    let when = entry.details.when.clone();
    turns.sort_by_key(|turn| turn.start);
    let mut parts: Vec<Part> = Vec::new();
    let told: Vec<_> = turns.iter().map(|turn| turn.start).collect();
    let froms = as_the_whole_has_them(&repeat, &when, &turns);
    for (at, turn) in turns.into_iter().enumerate() {
        let (Some(&from), Some(start)) = (froms.get(at), told.get(at)) else { continue };
        let until = froms.get(at + 1).copied().filter(|until| *until > from);
        let line = turn.line;
        match later_part(entry, &repeat, &when, &turn, (from, until), zone) {
            Ok(Some((mut part, left_out))) => {
                if left_out > 0 {
                    let reason = "no rule makes the later dates of this change: only the first of them are taken";
                    notes.push((line, reason.to_owned()));
                }
                part.uid = entry.uid.as_ref().map(|uid| format!("{uid}#{start}"));
                let shift = Shift::between(from, part.details.when.start());
                parts.push(Part { from, shift, entry: part });
            }
            Ok(None) => {
                let reason = "this change is meant for all later dates too, but they are too many: only the one it names is changed";
                notes.push((line, reason.to_owned()));
                entry.occurrences.push(ImportedOccurrence { start: from, and_later: false, ..turn });
            }
            Err(error) => rejected.push((line, error)),
        }
    }
    let Some(first) = parts.first() else { return (Vec::new(), notes, rejected) };
    let before = repeat.before(&when, first.from);
    let is_left = before.is_some();
    if let Some(before) = before {
        set_repeat(entry, before);
    }
    let dates = std::mem::take(&mut entry.occurrences);
    hand_out(entry, &mut parts, dates, (&repeat, &when), zone);
    if !is_left {
        // Its first part has its UID then.
        let Part { entry: first, .. } = parts.remove(0);
        let occurrences = [std::mem::take(&mut entry.occurrences), first.occurrences].concat();
        *entry = ImportEntry { uid: entry.uid.take(), line: entry.line, occurrences, ..first };
    }
    (parts.into_iter().map(|part| part.entry).collect(), notes, rejected)
}

/// Some tell a second turn as the first one left the dates.
fn as_the_whole_has_them(repeat: &Recurrence, when: &When, turns: &[ImportedOccurrence]) -> Vec<Point> {
    let starts: Vec<_> = turns.iter().map(|turn| turn.start).collect();
    let others = repeat.outside(when, &starts);
    let mut froms: Vec<Point> = Vec::new();
    let mut shift: Option<Shift> = None;
    for turn in turns {
        let unmoved = shift.filter(|_| others.binary_search(&turn.start).is_ok()).map(|shift| shift.undo(turn.start));
        let from = unmoved.filter(|date| repeat.outside(when, &[*date]).is_empty()).unwrap_or(turn.start);
        if let Some(start) = turn.fields.start {
            shift = Some(Shift::between(from, start));
        }
        froms.push(from);
    }
    froms
}

/// The series from one of its dates on. None: it can't be told.
fn later_part(
    entry: &ImportEntry,
    repeat: &Recurrence,
    when: &When,
    turn: &ImportedOccurrence,
    (from, until): (Point, Option<Point>),
    zone: &Zone,
) -> Result<Option<(ImportEntry, usize)>, FieldError> {
    let mut fields = turn.fields.clone();
    if turn.is_cancellation {
        let plain = when.starting_at(from);
        fields = EventPatch {
            start: Some(plain.start()),
            end: Some(plain.end()),
            duration: Some(plain.length()),
            status: Some(Status::Cancelled),
            cancel_reason: turn.fields.cancel_reason.clone(),
            ..entry.fields.clone()
        };
    }
    let once = fields.repeating(None);
    let details = once.onto(None, zone)?;
    let Some(rest) = repeat.rest(when, from, until, &details.when) else { return Ok(None) };
    let mut part = ImportEntry {
        line: turn.line,
        sequence: entry.sequence.max(turn.sequence),
        stamp: entry.stamp.max(turn.stamp),
        fields: once,
        details,
        occurrences: Vec::new(),
        ..entry.clone()
    };
    set_repeat(&mut part, rest.repeat);
    Ok(Some((part, rest.left_out)))
}

fn set_repeat(entry: &mut ImportEntry, repeat: Option<Recurrence>) {
    entry.fields = std::mem::take(&mut entry.fields).repeating(repeat.as_ref());
    entry.details.repeat = repeat.map(Box::new);
}

/// Gives what is different about single dates to the part that has them.
fn hand_out(
    entry: &mut ImportEntry,
    parts: &mut [Part],
    dates: Vec<ImportedOccurrence>,
    (repeat, when): (&Recurrence, &When),
    zone: &Zone,
) {
    let starts = |dates: &[ImportedOccurrence]| {
        let mut starts: Vec<_> = dates.iter().map(|date| date.start).collect();
        starts.sort();
        starts
    };
    let others = repeat.outside(when, &starts(&dates));
    // Told as a part has it already.
    let odd: Vec<_> = others.clone();
    let lacks: Vec<Vec<Point>> = parts
        .iter()
        .map(|part| match &part.entry.details.repeat {
            Some(repeat) => repeat.outside(&part.entry.details.when, &odd),
            None => odd.iter().copied().filter(|date| *date != part.entry.details.when.start()).collect(),
        })
        .collect();
    for mut date in dates {
        let is_other = others.binary_search(&date.start).is_ok();
        let by_itself = || lacks.iter().position(|lacks| lacks.binary_search(&date.start).is_err());
        let at = match is_other.then(by_itself).flatten() {
            Some(at) => Some((at, date.start)),
            None => {
                let at = parts.iter().rposition(|part| part.from <= date.start);
                at.and_then(|at| Some((at, parts.get(at)?.shift.apply(date.start))))
            }
        };
        let target = match at {
            Some((at, start)) => {
                date.start = start;
                parts.get_mut(at).map(|part| &mut part.entry)
            }
            None => None,
        };
        give(target.unwrap_or(entry), date, zone);
    }
}

fn give(entry: &mut ImportEntry, date: ImportedOccurrence, zone: &Zone) {
    if entry.details.repeat.is_some() {
        entry.occurrences.push(date);
    } else if date.is_cancellation {
        entry.fields.status = Some(Status::Cancelled);
        entry.details.status = Status::Cancelled;
    } else if let Ok(details) = date.fields.onto(None, zone) {
        (entry.fields, entry.details) = (date.fields, details);
    }
}
