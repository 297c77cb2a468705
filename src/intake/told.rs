//! What an input tells, put together: what is said of single dates goes to their series, wherever in the input that
//! stands.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use super::{FEW, Intake, Rejected, parts};
use crate::domain::event::{Details, EventPatch, Status, checked_uid, fitting};
use crate::domain::import::{DateOf, Extent, Formerly, ImportEntry, ImportedOccurrence, Private, Telling};
use crate::domain::occurrence::MOST_CHANGED;
use crate::domain::when::Point;
use crate::domain::zone::Zone;
use crate::domain::{FieldError, Invalid, text};
use crate::parallel;

/// Higher ones are somebody's mistake, and leave no room to count on (RFC 5545 section 3.3.8).
const MOST_SEQUENCE: u32 = 1_000_000_000;

/// No honest input parts series more often.
const MOST_PARTS: usize = 500;

/// One event, or one date of a repeating event, as an input tells it.
#[derive(Debug, Default)]
pub struct ToldEvent {
    pub line: u64,
    pub uid: Option<String>,
    pub sequence: u32,
    /// When that revision was made.
    pub stamp: Option<Timestamp>,
    pub telling: Telling,
    /// Whether the input can speak of single dates of a repeating event.
    pub tells_dates: bool,
    /// Set: this is about the date that the series with the same UID would have then.
    pub occurrence: Option<String>,
    /// The same as an instant, if it is known as one.
    pub instant: Option<Timestamp>,
    /// It is about all later dates, too.
    pub and_later: bool,
    /// Dates that have an end of their own, and which.
    pub periods: Vec<(Point, Point)>,
    /// It says nothing itself: it stands for the dates that are told of it.
    pub is_stand_in: bool,
    /// The input ends in the middle of it.
    pub is_cut: bool,
    pub fields: EventPatch,
    /// What an older version read otherwise.
    pub formerly: Option<Formerly>,
    /// Its calendar shows it not to everybody.
    pub is_private: bool,
}

impl Intake {
    /// Judges each thing told. What is said of a single date goes to its series, wherever in the input that stands; a
    /// date whose series is not there is an event of its own, unless that is known already.
    pub fn of(told: impl IntoIterator<Item = ToldEvent>, zone: &Zone) -> Self {
        Self::with(told, zone, Private::default())
    }

    /// The same with private events treated so.
    pub(super) fn with(told: impl IntoIterator<Item = ToldEvent>, zone: &Zone, private: Private) -> Self {
        let mut gathering = Gathering::new(zone, private);
        let (dates, whole): (Vec<_>, Vec<_>) = told.into_iter().partition(|told| told.occurrence.is_some());
        let judged = parallel::map(&whole, FEW, |told| judge(told, zone));
        for (told, judged) in whole.into_iter().zip(judged) {
            gathering.take_whole(told, judged);
        }
        for date in dates {
            let line = date.line;
            if let Err(error) = gathering.take_date(date) {
                gathering.intake.rejected.push(Rejected::by_field(line, error));
            }
        }
        gathering.finish()
    }
}

/// An event as it is by itself: its UID, why it was called off, and the rest.
type Judged = Result<(Option<String>, Option<String>, Details), FieldError>;

fn judge(told: &ToldEvent, zone: &Zone) -> Judged {
    if told.is_cut && told.uid.is_none() {
        let reason = "the file ends in the middle of this event, before it is told which one it is";
        return Err(FieldError::of("uid")(Invalid::new(reason)));
    }
    let uid = told.uid.as_deref().map(checked_uid).transpose().map_err(FieldError::of("uid"))?;
    let cancel_reason = told.fields.cancel_reason.as_deref().map(text::single_line);
    if let Some(reason) = &cancel_reason {
        text::at_most("reason", reason, 1000).map_err(FieldError::of("cancel_reason"))?;
    }
    Ok((uid, cancel_reason, told.fields.onto(None, zone)?))
}

struct Gathering<'a> {
    intake: Intake,
    zone: &'a Zone,
    private: Private,
    /// Where the event of a UID is, and the start that the input gives it.
    series: HashMap<String, (usize, Point)>,
    /// Where in its series a date is.
    places: HashMap<(usize, Point), usize>,
    /// The dates from which on series are other ones.
    turns: HashMap<usize, Vec<ImportedOccurrence>>,
    stand_ins: HashSet<usize>,
    /// Series with more dates than can be, each with the line of the first, and how many.
    crowded: HashMap<usize, (u64, usize)>,
    /// Changes of all later dates that are told twice or too often: the line of the first, and how many.
    passed_over: Option<(u64, usize)>,
}

impl<'a> Gathering<'a> {
    fn new(zone: &'a Zone, private: Private) -> Self {
        Self {
            intake: Intake::default(),
            zone,
            private,
            series: HashMap::new(),
            places: HashMap::new(),
            turns: HashMap::new(),
            stand_ins: HashSet::new(),
            crowded: HashMap::new(),
            passed_over: None,
        }
    }

    fn note(&mut self, line: u64, reason: impl Into<String>) {
        self.intake.notes.push(Rejected::whole(line, reason));
    }

    fn take_whole(&mut self, mut told: ToldEvent, judged: Judged) {
        let (periods, is_stand_in) = (std::mem::take(&mut told.periods), told.is_stand_in);
        let Some(index) = self.take_judged(told, judged, None) else { return };
        let Some(entry) = self.intake.entries.get_mut(index) else { return };
        if let Some(uid) = &entry.uid {
            self.series.insert(uid.clone(), (index, entry.details.when.start()));
        }
        if is_stand_in {
            self.stand_ins.insert(index);
        }
        if entry.details.repeat.is_some() {
            for (start, end) in periods.into_iter().take(MOST_CHANGED) {
                let fields = EventPatch { end: Some(Some(end)), ..EventPatch::default() };
                let (line, place) = (entry.line, entry.occurrences.len());
                let (sequence, stamp) = (0, None);
                let date = ImportedOccurrence {
                    line,
                    start,
                    sequence,
                    stamp,
                    is_cancellation: false,
                    and_later: false,
                    fields,
                    formerly: None,
                };
                if self.places.insert((index, start), place).is_none() {
                    entry.occurrences.push(date);
                }
            }
        }
    }

    /// What becomes of it, if its calendar shows it not to everybody.
    fn withheld_as(&self, told: &ToldEvent) -> Option<Private> {
        Some(self.private).filter(|way| told.is_private && *way != Private::Publish)
    }

    /// Judges it, and where it is among the entries then.
    fn take(&mut self, told: ToldEvent, date_of: Option<Box<DateOf>>) -> Option<usize> {
        let judged = judge(&told, self.zone);
        self.take_judged(told, judged, date_of)
    }

    fn take_judged(&mut self, told: ToldEvent, judged: Judged, date_of: Option<Box<DateOf>>) -> Option<usize> {
        let private = self.withheld_as(&told);
        let ToldEvent { line, sequence, stamp, telling, tells_dates, is_cut, mut fields, formerly, .. } = told;
        match judged {
            Ok((uid, cancel_reason, details)) => {
                fields.cancel_reason = cancel_reason;
                let is_cancellation = telling == Telling::Cancellation;
                self.intake.entries.push(ImportEntry {
                    line,
                    uid,
                    sequence: sequence.min(MOST_SEQUENCE),
                    stamp,
                    telling,
                    fields: if is_cancellation { called_off(&fields) } else { fields },
                    details,
                    tells_dates: tells_dates && !is_cancellation,
                    extent: if is_cut { Extent::Cut } else { Extent::Whole },
                    formerly,
                    occurrences: Vec::new(),
                    private,
                    withheld: Vec::new(),
                    date_of,
                });
                Some(self.intake.entries.len() - 1)
            }
            Err(error) => {
                self.intake.rejected.push(Rejected::by_field(line, error));
                None
            }
        }
    }

    fn take_date(&mut self, told: ToldEvent) -> Result<(), FieldError> {
        let Some(uid) = told.uid.as_deref().map(str::trim) else {
            return Err(FieldError::of("uid")(Invalid::new(
                "one date of a repeating event needs the UID of that event",
            )));
        };
        if told.is_cut {
            let reason = "the file ends in the middle of what it says of this date, which stays as it was";
            return Err(FieldError::of("occurrence")(Invalid::new(reason)));
        }
        let given = told.occurrence.as_deref().unwrap_or_default();
        let start: Point = given.parse().map_err(FieldError::of("occurrence"))?;
        let own_uid = Some(format!("{uid}#{start}"));
        let withheld_as = self.withheld_as(&told);
        let Some(&(index, begins)) = self.series.get(uid) else {
            let series = checked_uid(uid).map_err(FieldError::of("uid"))?;
            let mut date = date(&told, start);
            if told.telling != Telling::List {
                // What it is was said of its series.
                date.fields.kind = None;
            }
            let date_of = DateOf { series, instant: told.instant, date };
            let date_of = Some(Box::new(date_of)).filter(|_| withheld_as.is_none());
            self.take(ToldEvent { uid: own_uid, ..told }, date_of);
            return Ok(());
        };
        let Some(entry) = self.intake.entries.get_mut(index) else { return Ok(()) };
        if entry.details.repeat.is_none() {
            let is_it = fitting(start, &entry.details.when).is_ok_and(|at| at == begins);
            if entry.telling != Telling::List && is_it {
                return self.replace(index, told);
            }
            self.take(ToldEvent { uid: own_uid, ..told }, None);
            return Ok(());
        }
        let start = fitting(start, &entry.details.when).map_err(FieldError::of("occurrence"))?;
        if withheld_as.is_some() && entry.private.is_none() {
            entry.withhold(start);
            // It is an event of its own, and becomes of it what does of private ones.
            self.take(ToldEvent { uid: own_uid, ..told }, None);
            return Ok(());
        }
        let date = date(&told, start);
        if date.and_later && entry.telling != Telling::Cancellation {
            let turns = self.turns.entry(index).or_default();
            match turns.iter().any(|known| known.start == start) || turns.len() >= MOST_PARTS {
                true => self.passed_over.get_or_insert((told.line, 0)).1 += 1,
                false => turns.push(date),
            }
            return Ok(());
        }
        let changed = entry.occurrences.len();
        let place = self.places.get(&(index, start)).copied();
        match place.and_then(|place| entry.occurrences.get_mut(place)) {
            // Told twice: the newer counts, and of equals the later.
            Some(known) if known.sequence > date.sequence => {}
            Some(known) => *known = date,
            None if changed < MOST_CHANGED => {
                self.places.insert((index, start), changed);
                entry.occurrences.push(date);
            }
            None => self.crowded.entry(index).or_insert((told.line, 0)).1 += 1,
        }
        Ok(())
    }

    /// What is said of the one date of an event that has no other is said of the event.
    fn replace(&mut self, index: usize, told: ToldEvent) -> Result<(), FieldError> {
        let Some(entry) = self.intake.entries.get_mut(index) else { return Ok(()) };
        if told.sequence < entry.sequence {
            self.note(told.line, "the event was changed since: this older change of it is passed over");
            return Ok(());
        }
        if told.telling == Telling::Cancellation {
            entry.fields.cancel_reason = told.fields.cancel_reason;
            entry.fields.status = Some(Status::Cancelled);
            entry.details.status = Status::Cancelled;
        } else {
            entry.details = told.fields.onto(None, self.zone)?;
            entry.fields = told.fields;
        }
        entry.sequence = told.sequence.min(MOST_SEQUENCE);
        entry.stamp = entry.stamp.max(told.stamp);
        Ok(())
    }

    fn finish(mut self) -> Intake {
        for (index, (line, count)) in std::mem::take(&mut self.crowded) {
            let uid = self.intake.entries.get(index).and_then(|entry| entry.uid.as_deref()).unwrap_or_default();
            let reason = format!(
                "more than {MOST_CHANGED} dates of `{}` are not as the rest: {count} of them are left out",
                text::quoted(uid)
            );
            self.intake.rejected.push(Rejected::whole(line, reason));
        }
        if let Some((line, count)) = self.passed_over {
            self.note(
                line,
                format!("changes of all later dates that are told already, or too many: {count} passed over"),
            );
        }
        for index in 0..self.intake.entries.len() {
            self.leave_out_old_dates(index);
            if self.stand_ins.contains(&index) {
                self.stand_back(index);
            }
        }
        let mut left = MOST_PARTS;
        let mut turns: Vec<_> = std::mem::take(&mut self.turns).into_iter().collect();
        turns.sort_by_key(|(index, _)| *index);
        for (index, mut turns) in turns {
            let Some(entry) = self.intake.entries.get_mut(index) else { continue };
            for excess in turns.split_off(turns.len().min(left)) {
                entry.occurrences.push(excess);
            }
            left -= turns.len();
            let (parts, notes, rejected) = parts::part(entry, turns, self.zone);
            self.intake.entries.extend(parts);
            self.intake.notes.extend(notes.into_iter().map(|(line, reason)| Rejected::whole(line, reason)));
            self.intake.rejected.extend(rejected.into_iter().map(|(line, error)| Rejected::by_field(line, error)));
        }
        self.intake.entries.sort_by_key(|entry| entry.line);
        for entry in self.intake.entries.iter_mut().filter(|entry| entry.private == Some(Private::Draft)) {
            entry.make_draft();
        }
        self.intake
    }

    /// A newer revision of the series may have no such date any more.
    fn leave_out_old_dates(&mut self, index: usize) {
        let Some(entry) = self.intake.entries.get_mut(index) else { return };
        let newest = entry.sequence;
        if entry.occurrences.is_empty() {
            return;
        }
        entry.occurrences.sort_by_key(|date| date.start);
        let older: Vec<_> =
            entry.occurrences.iter().filter(|date| date.sequence < newest).map(|date| date.start).collect();
        let Some(repeat) = entry.details.repeat.as_ref().filter(|_| !older.is_empty()) else { return };
        let gone = repeat.outside(&entry.details.when, &older);
        let is_gone = |date: &ImportedOccurrence| date.sequence < newest && gone.binary_search(&date.start).is_ok();
        let (left_out, kept): (Vec<_>, Vec<_>) = std::mem::take(&mut entry.occurrences).into_iter().partition(is_gone);
        entry.occurrences = kept;
        for date in left_out {
            let start = date.start;
            let reason = format!("the date of {start} is left out: the series was changed since, and has it no more");
            self.note(date.line, reason);
        }
    }

    /// Where a series says nothing of its own, its dates are those that are told, and it is called as the first of them.
    fn stand_back(&mut self, index: usize) {
        let Some(entry) = self.intake.entries.get_mut(index) else { return };
        let is_on = |date: &&ImportedOccurrence| date.fields.status != Some(Status::Cancelled);
        let first = entry.occurrences.iter().find(is_on).or(entry.occurrences.first());
        let (Some(first), Some(repeat)) = (first, entry.details.repeat.as_ref().filter(|it| it.rule.is_none())) else {
            return;
        };
        let told: HashSet<Point> = entry.occurrences.iter().map(|date| date.start).collect();
        let own = repeat.starts(&entry.details.when, None).filter(|date| !told.contains(date));
        let exdates: Vec<_> = repeat.exdates.iter().copied().chain(own).collect();
        let own = &entry.fields;
        let fields = EventPatch {
            start: own.start,
            end: own.end,
            duration: own.duration,
            timezone: own.timezone.clone(),
            repeat: own.repeat.clone(),
            rdates: own.rdates.clone(),
            exdates: Some(exdates),
            cancel_reason: None,
            status: first.fields.status.filter(|status| *status != Status::Cancelled),
            ..first.fields.clone()
        };
        if let Ok(details) = fields.onto(None, self.zone) {
            (entry.fields, entry.details) = (fields, details);
        }
    }
}

fn date(told: &ToldEvent, start: Point) -> ImportedOccurrence {
    let is_cancellation = told.telling == Telling::Cancellation;
    ImportedOccurrence {
        line: told.line,
        start,
        sequence: told.sequence.min(MOST_SEQUENCE),
        stamp: told.stamp,
        is_cancellation,
        and_later: told.and_later,
        fields: if is_cancellation { called_off(&told.fields) } else { told.fields.clone() },
        formerly: told.formerly.clone(),
    }
}

/// All that a cancellation says.
fn called_off(fields: &EventPatch) -> EventPatch {
    EventPatch { status: Some(Status::Cancelled), cancel_reason: fields.cancel_reason.clone(), ..EventPatch::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::Kind;

    fn told(line: u64, occurrence: Option<String>) -> ToldEvent {
        let fields = EventPatch {
            kind: Some(Kind::Other),
            title: Some("A".into()),
            start: Some("2027-01-01T09:00".parse().unwrap()),
            repeat: Some(if occurrence.is_none() { "FREQ=MINUTELY;COUNT=100000".into() } else { String::new() }),
            ..EventPatch::default()
        };
        let uid = Some("s".to_owned());
        ToldEvent {
            line,
            uid,
            telling: Telling::Calendar,
            tells_dates: true,
            occurrence,
            fields,
            ..ToldEvent::default()
        }
    }

    #[test]
    fn a_series_with_a_hundred_thousand_changes_costs_little() {
        let minute =
            |number: u64| Some(format!("2027-01-{:02}T{:02}:{:02}", 1 + number / 1440, number / 60 % 24, number % 60));
        let dates = (0..100_000)
            .map(|number| ToldEvent { and_later: number % 2 == 1, ..told(number + 2, minute(number % 40_000)) });
        let intake = Intake::of(dates.chain([told(1, None)]), &Zone::utc());
        let series = intake.entries.iter().find(|entry| entry.line == 1).unwrap();
        assert!(series.occurrences.len() <= MOST_CHANGED && intake.entries.len() > MOST_PARTS / 2);
        assert!(intake.rejected.iter().any(|rejected| rejected.reason.contains("more than 5000 dates")));
    }

    #[test]
    fn dates_without_their_series_wait_for_it() {
        let intake = Intake::of([told(1, Some("2027-01-02T09:00".into()))], &Zone::utc());
        let [entry] = &intake.entries[..] else { panic!("{:?}", intake.entries) };
        assert_eq!(entry.uid.as_deref(), Some("s#2027-01-02T09:00"));
        assert_eq!(entry.date_of.as_ref().unwrap().series, "s");
    }
}
