//! Events from a table with a heading: a CSV or a workbook, in our own words or in those of offices.

use std::collections::BTreeMap;

use jiff::civil::{DateTime, Time};

use super::table::{self, Dates, Input, Required, Row, clocks};
use super::{FEW, Reading, Rejected, ToldEvent};
use crate::domain::event::{Column, Field, Head, Kind, Said, Status};
use crate::domain::heads::squeezed;
use crate::domain::text::quoted;
use crate::domain::when::Point;
use crate::domain::{FieldError, Invalid};
use crate::parallel;

/// An error means that the heading itself can't be used. `kind`: of those that do not say theirs.
pub fn read(input: Input<'_>, kind: Option<Kind>) -> Result<Reading, Invalid> {
    let required = [
        Required { name: "kind", is_it: |head| matches!(head, KIND | Head::Dated(_)) },
        Required { name: "title", is_it: |head| head == Head::Column(Column::Field(Field::Title)) },
        Required { name: "start", is_it: |head| matches!(head, START | Head::StartTime | Head::Dated(_)) },
    ];
    let required = if kind.is_some() { &required[1..] } else { &required };
    let table = table::read(input, &Head::all(), required)?;
    let dates = Dates::of(table.rows.iter().flat_map(|row| {
        let cells = row.cells.iter().filter(|(head, _)| is_dated(*head));
        cells.map(|(_, text)| (row.line, text.as_str()))
    }));
    let mut reading = Reading { rejected: table.rejected, notes: table.notes, ..Reading::default() };
    if let Some((line, said)) = dates.note() {
        reading.notes.push(Rejected::whole(line, said));
    }
    let has_start = table.heads.iter().any(|head| matches!(*head, START | Head::Dated(_)));
    let has_kind = table.heads.contains(&KIND);
    let teller = Teller { dates, has_start, has_kind, kind };
    let told = parallel::map(&table.rows, FEW, |row| teller.tell(row));
    // Kinds in the words of others: where each stands first, and what it is taken for.
    let mut words = BTreeMap::new();
    for (row, told) in table.rows.iter().zip(told) {
        match told {
            Ok(Told { event, note, word }) => {
                reading.notes.extend(note.map(|said| Rejected::whole(row.line, said)));
                reading.told.push(event);
                if let Some((word, said)) = word {
                    words.entry(word).or_insert((row.line, said));
                }
            }
            Err(error) => reading.rejected.push(Rejected::by_field(row.line, error)),
        }
    }
    for (line, said) in words.into_values() {
        reading.notes.push(Rejected { column: Some("kind".into()), ..Rejected::whole(line, said) });
    }
    Ok(reading)
}

const KIND: Head = Head::Column(Column::Field(Field::Kind));
const START: Head = Head::Column(Column::Field(Field::Start));
const END: Head = Head::Column(Column::Field(Field::End));

fn is_dated(head: Head) -> bool {
    matches!(head, START | END | Head::Dated(_) | Head::StartTime | Head::EndTime)
}

/// Makes events of rows.
struct Teller {
    dates: Dates,
    /// Whether a time stands beside a date, or is all there is of a start.
    has_start: bool,
    has_kind: bool,
    kind: Option<Kind>,
}

/// What a row tells.
struct Told {
    event: ToldEvent,
    /// What is to be said of it.
    note: Option<String>,
    /// Where its kind has another word.
    word: Option<Reworded>,
}

/// When an event is, as its cells say it.
#[derive(Default)]
struct Times<'a> {
    start: &'a str,
    end: Option<&'a str>,
    start_time: &'a str,
    end_time: &'a str,
    is_all_day: bool,
}

/// A word for a kind that is not ours, and what it is taken for.
type Reworded = (String, String);

fn kind_of(text: &str) -> Result<(Option<Kind>, Option<Reworded>), FieldError> {
    match (text.parse(), Kind::in_other_words(text)) {
        (Ok(kind), _) => Ok((Some(kind), None)),
        (Err(_), Some(kind)) => {
            let said = format!("`{}` is taken for {kind}", quoted(text.trim()));
            Ok((Some(kind), Some((squeezed(text), said))))
        }
        (Err(error), None) => Err(FieldError::of("kind")(error)),
    }
}

impl Teller {
    fn tell(&self, row: &Row<Head>) -> Result<Told, FieldError> {
        let mut told = ToldEvent { line: row.line, ..ToldEvent::default() };
        let mut word = None;
        let mut times = Times::default();
        let mut is_private = false;
        let filled = |text: &String| Some(text).filter(|text| !text.trim().is_empty()).cloned();
        for (head, text) in &row.cells {
            match *head {
                START => times.start = text,
                END => times.end = Some(text),
                Head::Dated(kind) => {
                    times.start = text;
                    if !self.has_kind && self.kind.is_none() {
                        told.fields.kind = Some(kind);
                    }
                }
                Head::StartTime => times.start_time = text,
                Head::EndTime => times.end_time = text,
                Head::AllDay => times.is_all_day = is_yes(text).map_err(FieldError::of("start"))?,
                Head::Private => is_private = is_hidden(text),
                // An empty cell is no zone, and no kind where the kind of all is said.
                Head::Column(Column::Field(Field::Timezone)) if text.trim().is_empty() => {}
                KIND if text.trim().is_empty() && self.kind.is_some() => {}
                KIND => (told.fields.kind, word) = kind_of(text)?,
                Head::Column(Column::Field(field)) => told.fields.say(field, Said::Text(text))?,
                Head::Column(Column::Uid) => told.uid = filled(text),
                Head::Column(Column::Sequence) => told.sequence = text.trim().parse().unwrap_or(0),
                Head::Column(Column::CancelReason) => told.fields.cancel_reason = Some(text.clone()),
                Head::Column(Column::Occurrence) => {
                    told.tells_dates = true;
                    told.occurrence = filled(text);
                }
                // What follows from the rest, or is made here.
                Head::Column(Column::Id | Column::Precision | Column::CreatedAt | Column::UpdatedAt)
                | Head::Nothing => {}
            }
        }
        self.set_times(&mut told, times)?;
        let is_open = is_private && told.fields.status.is_none_or(|status| status == Status::Confirmed);
        if is_open {
            told.fields.status = Some(Status::Draft);
        }
        let note = is_open.then(|| "is marked private: it is taken as a draft, to be published by hand".to_owned());
        Ok(Told { event: told, note, word })
    }

    fn set_times(&self, told: &mut ToldEvent, mut times: Times<'_>) -> Result<(), FieldError> {
        if !self.has_start {
            times.start = std::mem::take(&mut times.start_time);
        }
        let of_start = FieldError::of("start");
        if times.start.trim().is_empty() {
            return Err(of_start(Invalid::new("the start is missing: write a date such as 2020-10-01")));
        }
        let mut start = self.dates.point(times.start).map_err(&of_start)?;
        let given_end = times.end.map(str::trim).filter(|end| !end.is_empty());
        let mut end = given_end.map(|end| self.dates.point(end)).transpose().map_err(FieldError::of("end"))?;
        let mut is_end_said = times.end.is_some();
        let (from, to) = (times.start_time.trim(), times.end_time.trim());
        if times.is_all_day {
            let is_exclusive = self.time_of(to, start).is_ok_and(|at| at.time() == Time::midnight());
            start = Point::Day(start.first_day());
            end = end.map(|end| Point::Day(end.first_day()));
            // Outlook says the day after, with the time 00:00.
            if let Some(Point::Day(day)) = end.filter(|end| is_exclusive && *end > start) {
                end = day.yesterday().ok().map(Point::Day);
            }
        } else {
            if !from.is_empty() {
                let (at, until) = self.clocks_of(from, start).map_err(&of_start)?;
                start = Point::Minute(at);
                if let Some(until) =
                    until.filter(|_| to.is_empty() && end.is_none_or(|end| matches!(end, Point::Day(_))))
                {
                    let day = end.map_or(at.date(), Point::first_day);
                    (end, is_end_said) = (Some(Point::Minute(day.to_datetime(until))), true);
                }
            }
            if !to.is_empty() {
                let at = self.time_of(to, end.unwrap_or(start)).map_err(FieldError::of("end"))?;
                (end, is_end_said) = (Some(Point::Minute(at)), true);
            }
        }
        told.fields.start = Some(start);
        if is_end_said {
            told.fields.end = Some(end);
        }
        Ok(())
    }

    /// A time of the day on the day of `date`, perhaps with a second one; a cell may say the date again.
    fn clocks_of(&self, text: &str, date: Point) -> Result<(DateTime, Option<Time>), Invalid> {
        let day = match date {
            Point::Day(day) => day,
            Point::Minute(at) => at.date(),
            _ => return Err(Invalid(format!("`{}` is a time of the day, and `{date}` is no day", quoted(text)))),
        };
        if let Ok(Point::Minute(at)) = self.dates.point(text) {
            return match at.date() == day {
                true => Ok((at, None)),
                false => Err(Invalid(format!("`{}` is of another day than `{date}`", quoted(text)))),
            };
        }
        let (from, to) = clocks(text)?;
        match date {
            Point::Minute(at) if at.time() != from && at.time() != Time::midnight() => {
                Err(Invalid(format!("`{}` is another time than that of `{date}`", quoted(text))))
            }
            _ => Ok((day.to_datetime(from), to)),
        }
    }

    /// The end: a time of the day, or a date with its time.
    fn time_of(&self, text: &str, date: Point) -> Result<DateTime, Invalid> {
        match self.dates.point(text) {
            Ok(Point::Minute(at)) => Ok(at),
            _ => self.clocks_of(text, Point::Day(date.first_day())).map(|(at, _)| at),
        }
    }
}

fn is_yes(text: &str) -> Result<bool, Invalid> {
    match squeezed(text).as_str() {
        "" | "false" | "no" | "0" | "falsch" | "nein" | "否" => Ok(false),
        "true" | "yes" | "1" | "x" | "wahr" | "ja" | "是" => Ok(true),
        _ => Err(Invalid(format!("`{}` does not say whether it is all day: write true or false", quoted(text)))),
    }
}

/// Of Outlook's `Private` and `Sensitivity`: whatever is not plainly open is not.
fn is_hidden(text: &str) -> bool {
    !matches!(squeezed(text).as_str(), "" | "false" | "no" | "0" | "normal" | "public" | "falsch" | "nein" | "否")
}

#[cfg(test)]
mod tests;
