//! From the properties of a VEVENT to an event (RFC 5545 section 3.6.1).

use std::collections::HashSet;

use jiff::Timestamp;
use jiff::civil::{Time, date};
use jiff::tz::{Offset, TimeZone};

use super::draft::{Draft, is_for_hosts, is_private, organizer, status, styled_description};
use super::method::Method;
use super::moment::{Length, Written, clipped};
use super::names::Field;
use super::outline::Outline;
use super::problems::Problems;
use super::property::Property;
use super::series::{Change, tell_by_series};
use super::times::{Clock, End, Frame};
use super::zone_names::{Named, named};
use super::zones::Zones;
use super::{ForeignEvent, Moment, Status};

/// No honest event has more properties of its own making.
const MOST_EXTENSIONS: usize = 200;

pub fn events(outline: &Outline<'_>, problems: &mut Problems) -> Vec<ForeignEvent> {
    let zones = Zones::new(&outline.definitions);
    let mut reader = Reader { zones, problems, unknown: HashSet::new(), changes: Vec::new() };
    let mut events: Vec<ForeignEvent> = Vec::new();
    for (index, calendar) in outline.calendars.iter().enumerate().filter(|(_, calendar)| !calendar.events.is_empty()) {
        reader.zones.enter(index, calendar.zone_name.as_deref());
        reader.unknown.clear();
        if let (Method::Answer, Some(first)) = (calendar.method, calendar.events.first()) {
            let reason = "this is what a guest answers to an invitation (METHOD), and no event: it is left out";
            reader.problems.note(first.line, reason.to_owned());
            continue;
        }
        for draft in &calendar.events {
            let index = events.len();
            if let Some(mut event) = reader.event(draft, calendar.method, index) {
                match calendar.method {
                    Method::Cancel => event.status = Some(Status::Cancelled),
                    Method::Add if event.recurrence_id.is_none() => event.recurrence_id = Some(event.start),
                    _ => {}
                }
                event.is_private |= calendar.is_private;
                events.push(event);
            }
        }
    }
    tell_by_series(&mut events, &reader.changes);
    events
}

/// Which occurrence is changed.
struct Replaced {
    moment: Moment,
    instant: Option<Timestamp>,
    and_later: bool,
}

/// DTSTAMP. It is in UTC, whatever it says.
fn stamp(property: &Property<'_>) -> Option<Timestamp> {
    Offset::UTC.to_timestamp(Written::read(property.value()).ok()?.local()).ok()
}

/// The end of a period, told by itself or by how long it lasts.
fn period_end(text: &str, start: Moment, frame: &Frame, clock: Option<&Clock>) -> Option<Moment> {
    match Length::read(text) {
        Some(length) if length.is_negative() => None,
        Some(length) => frame.end_after(start, length, false).map(|end| end.at),
        None => {
            let written = Written::read(text).ok()?;
            let (end, _) = frame.end_at(start, frame.moment(written, clock)?, frame.instant(written, clock));
            end.map(|end| end.at)
        }
    }
}

struct Reader<'a, 'p> {
    zones: Zones<'a>,
    problems: &'p mut Problems,
    /// The zones of this calendar that are known to be unknown.
    unknown: HashSet<String>,
    changes: Vec<Change>,
}

impl Reader<'_, '_> {
    fn event(&mut self, draft: &Draft<'_>, method: Method, index: usize) -> Option<ForeignEvent> {
        let summary = self.text(draft, Field::Summary);
        if draft.is_cut && (summary.is_none() || draft.first(Field::Start).is_none()) {
            let reason = "the file ends in the middle of this event, before both its start and its title are told";
            self.problems.reject(draft.line, reason.to_owned());
            return None;
        }
        let rrules = draft.values(Field::Rrule);
        let repeats = !rrules.is_empty() || draft.first(Field::Rdate).is_some();
        let (frame, start) = self.start(draft, method, repeats)?;
        if draft.is_cut {
            let reason = "the file ends in the middle of this event";
            self.problems.note(draft.line, reason.to_owned());
        }
        let replaced = draft.first(Field::RecurrenceId).and_then(|id| self.recurrence_id(id, &frame, index));
        let (rdates, periods) = self.rdates(draft, &frame, start, repeats);
        let organizer = draft.first(Field::Organizer).and_then(organizer).or_else(|| self.text(draft, Field::Contact));
        let extensions = draft
            .all(Field::Extension)
            .filter(|x| !is_for_hosts(x))
            .take(MOST_EXTENSIONS)
            .filter_map(|x| Some((x.name().to_owned(), x.text()?)));
        let description = self.text(draft, Field::Description);
        let end = self.end(draft, start, &frame, repeats);
        let mut event = ForeignEvent {
            line: draft.line,
            is_cut: draft.is_cut,
            uid: self.text(draft, Field::Uid),
            sequence: draft.first(Field::Sequence).and_then(|number| number.value().parse().ok()).unwrap_or(0),
            stamp: draft.first(Field::Stamp).and_then(stamp),
            method,
            recurrence_id: replaced.as_ref().map(|replaced| replaced.moment),
            recurrence_instant: replaced.as_ref().and_then(|replaced| replaced.instant),
            and_later: replaced.is_some_and(|replaced| replaced.and_later),
            start,
            end: end.map(|end| end.at),
            length: end.and_then(|end| end.length),
            rrules,
            exrules: draft.values(Field::Exrule),
            rdates,
            periods,
            exdates: self.moments(draft, Field::Exdate, &frame, start, repeats).into_iter().map(|(at, _)| at).collect(),
            summary,
            styled_description: description.is_none().then(|| styled_description(draft)).flatten(),
            description,
            is_private: draft.all(Field::Class).any(is_private),
            location: self.text(draft, Field::Location),
            comment: self.text(draft, Field::Comment),
            organizer,
            categories: draft.all(Field::Categories).flat_map(Property::list).collect(),
            status: draft.first(Field::Status).and_then(status),
            url: self.text(draft, Field::Url),
            refids: draft.all(Field::Refid).filter_map(Property::text).filter(|refid| !refid.is_empty()).collect(),
            kind: None,
            extensions: extensions.collect(),
            zone: frame.zone,
            calendar_zone: frame.calendar_zone,
        };
        event.kind = event.extension("X-KALENDS-KIND").filter(|kind| !kind.is_empty()).map(String::from);
        Some(event)
    }

    fn start(&mut self, draft: &Draft<'_>, method: Method, repeats: bool) -> Option<(Frame, Moment)> {
        let cancels = method == Method::Cancel;
        let Some(property) = draft.first(Field::Start).or(draft.first(Field::RecurrenceId)) else {
            if cancels {
                // It is known by its UID, and need not say when it was (RFC 5546 section 3.2.5); nor does anybody ask.
                let frame = Frame::new(Clock::Floating, self.zones.calendar_zone());
                return Some((frame, Moment::Day(date(1970, 1, 1))));
            }
            self.problems.reject(draft.line, "the event has no start (DTSTART)".to_owned());
            return None;
        };
        if draft.first(Field::Start).is_none() && !cancels {
            let reason =
                "the changed occurrence has no start (DTSTART): it is taken to begin as it would have unchanged";
            self.problems.note(property.line, reason.to_owned());
        }
        let (zone, dates) = property.zone_and_dates();
        let written = match self.written(property, dates) {
            // Some programs say VALUE=DATE of every time.
            Ok(Written::Day(day)) if draft.ends_within_a_day() => Written::read(dates).unwrap_or(Written::Day(day)),
            Ok(written) => written,
            Err(reason) => {
                self.problems.reject(property.line, format!("the start of the event can't be read: {reason}"));
                return None;
            }
        };
        let clock = match written {
            Written::Day(_) => Clock::Floating,
            Written::Utc(_) => {
                self.note_utc(zone.as_deref(), property.line);
                Clock::Zone(TimeZone::UTC)
            }
            Written::Local(_) => {
                self.clock(zone.as_deref(), property.line, written, repeats).unwrap_or(Clock::Floating)
            }
        };
        if let (Clock::Defined(_), true, Some(zone)) = (&clock, repeats, &zone) {
            let zone = clipped(zone);
            let reason = format!(
                "the time zone `{zone}` agrees with no known one: the event is told in UTC, so what repeats may be off when clocks change"
            );
            self.problems.note(property.line, reason);
        }
        let frame = Frame::new(clock, self.zones.calendar_zone());
        match frame.moment(written, None) {
            Some(start) => Some((frame, start)),
            None => {
                let dates = clipped(dates);
                self.problems.reject(property.line, format!("the start of the event, `{dates}`, is out of all bounds"));
                None
            }
        }
    }

    /// The clock of a property with a TZID. Each that is unknown is told once.
    fn clock(&mut self, zone: Option<&str>, line: u64, written: Written, repeats: bool) -> Option<Clock> {
        let zone = zone?;
        let (clock, is_unknown) = self.zones.clock(zone, written.local(), repeats);
        if is_unknown && self.unknown.insert(zone.to_owned()) {
            let zone = clipped(zone);
            let reason = format!(
                "the time zone `{zone}` is not known and the file does not tell what it is: its times are taken as they are, without a zone"
            );
            self.problems.note(line, reason);
        }
        Some(clock)
    }

    /// A time in UTC has no TZID (section 3.2.19), so it is not sure what is meant if it has one. Told once.
    fn note_utc(&mut self, zone: Option<&str>, line: u64) {
        let is_elsewhere = |zone| named(zone) != Named::Zone(TimeZone::UTC);
        if !self.unknown.contains("Z") && zone.is_some_and(is_elsewhere) {
            self.unknown.insert("Z".to_owned());
            let reason = "times are marked as UTC (by a Z) and have a time zone too: they are taken as UTC";
            self.problems.note(line, reason.to_owned());
        }
    }

    /// One date of a property. With VALUE=DATE, midnight is the day itself.
    fn written(&mut self, property: &Property<'_>, text: &str) -> Result<Written, String> {
        let written = Written::read(text)?;
        if matches!(written, Written::Day(_))
            || !property.parameter("VALUE").is_some_and(|v| v.eq_ignore_ascii_case("DATE"))
        {
            return Ok(written);
        }
        if written.local().time() == Time::midnight() {
            return Ok(Written::Day(written.day()));
        }
        let reason = format!("`{}` is said to be a date, but it has a time, which is taken", clipped(text));
        self.problems.note(property.line, reason);
        Ok(written)
    }

    fn end(&mut self, draft: &Draft<'_>, start: Moment, frame: &Frame, repeats: bool) -> Option<End> {
        if let Some(property) = draft.first(Field::End) {
            let (zone, dates) = property.zone_and_dates();
            let written = self.written(property, dates);
            let end = written.and_then(|written| {
                let clock = self.clock(zone.as_deref(), property.line, written, repeats);
                // A day has no zone, so neither has an end beside it.
                let moment = match start {
                    Moment::Day(_) if !matches!(written, Written::Day(_)) => Some(Moment::Local(written.local())),
                    _ => frame.moment(written, clock.as_ref()),
                };
                let ends = frame.instant(written, clock.as_ref());
                let moment = moment.map(|moment| (moment, ends));
                moment.ok_or_else(|| format!("`{}` is out of all bounds", clipped(dates)))
            });
            match end {
                Ok((end, ends)) => {
                    let (end, note) = frame.end_at(start, end, ends);
                    note.into_iter().for_each(|note| self.problems.note(property.line, note.to_owned()));
                    return end;
                }
                Err(reason) => {
                    let reason = format!("the event is read without an end, which can't be read: {reason}");
                    self.problems.note(property.line, reason);
                }
            }
        }
        let property = draft.first(Field::Duration)?;
        let shown = clipped(property.value());
        match Length::read(property.value()) {
            Some(length) if !length.is_negative() => frame.end_after(start, length, repeats),
            Some(_) => {
                let reason = format!("the duration `{shown}` is negative: the event is read without an end");
                self.problems.note(property.line, reason);
                None
            }
            None => {
                let reason = format!("`{shown}` is not a duration such as PT1H30M: the event is read without an end");
                self.problems.note(property.line, reason);
                None
            }
        }
    }

    /// RDATE (section 3.8.5.2), and the ends of those that are periods.
    fn rdates(
        &mut self,
        draft: &Draft<'_>,
        frame: &Frame,
        start: Moment,
        repeats: bool,
    ) -> (Vec<Moment>, Vec<(Moment, Moment)>) {
        let dates = self.moments(draft, Field::Rdate, frame, start, repeats);
        let periods = dates.iter().filter_map(|(at, end)| Some((*at, (*end)?))).collect();
        (dates.into_iter().map(|(at, _)| at).collect(), periods)
    }

    /// RDATE or EXDATE (section 3.8.5): any number of lists. Each with its own end, if it is a period (section 3.3.9).
    fn moments(
        &mut self,
        draft: &Draft<'_>,
        field: Field,
        frame: &Frame,
        start: Moment,
        repeats: bool,
    ) -> Vec<(Moment, Option<Moment>)> {
        let mut moments = Vec::new();
        for property in draft.all(field) {
            let (zone, dates) = property.zone_and_dates();
            for text in dates.split([',', ';']).map(str::trim_ascii).filter(|text| !text.is_empty()) {
                let (text, length) = text.split_once('/').unwrap_or((text, ""));
                let moment = self.written(property, text).and_then(|written| {
                    let clock = self.clock(zone.as_deref(), property.line, written, repeats);
                    let moment = match start {
                        Moment::Day(_) => Some(Moment::Day(frame.day(written))),
                        Moment::Local(_) => frame.moment(written, clock.as_ref()),
                    };
                    let moment = moment.ok_or_else(|| format!("`{}` is out of all bounds", clipped(text)))?;
                    let moment = match (moment, start) {
                        (Moment::Day(day), Moment::Local(start)) if field == Field::Rdate => {
                            Moment::Local(day.to_datetime(start.time()))
                        }
                        (moment, _) => moment,
                    };
                    Ok((moment, clock))
                });
                match moment {
                    Ok((moment, clock)) => {
                        let end = (!length.is_empty()).then(|| period_end(length, moment, frame, clock.as_ref()));
                        if end == Some(None) {
                            let length = clipped(length);
                            let reason = format!(
                                "a period (RDATE) has no end that can be read, `{length}`: it is taken to last as long as the event"
                            );
                            self.problems.note(property.line, reason);
                        }
                        moments.push((moment, end.flatten()));
                    }
                    Err(reason) => {
                        let name = property.name().to_ascii_uppercase();
                        self.problems.note(property.line, format!("a date of {name} is left out: {reason}"));
                    }
                }
            }
        }
        moments
    }

    /// RECURRENCE-ID (section 3.8.4.4).
    fn recurrence_id(&mut self, property: &Property<'_>, frame: &Frame, event: usize) -> Option<Replaced> {
        let (zone, dates) = property.zone_and_dates();
        let moment = self.written(property, dates).and_then(|written| {
            let clock = self.clock(zone.as_deref(), property.line, written, false);
            let moment = frame.moment(written, clock.as_ref()).ok_or_else(|| "it is out of all bounds".to_owned())?;
            let instant = frame.instant(written, clock.as_ref());
            self.changes.push(Change { event, day: frame.day(written), instant });
            Ok((moment, instant))
        });
        let range = property.parameter("RANGE");
        let and_later = range.is_some_and(|range| range.eq_ignore_ascii_case("THISANDFUTURE"));
        match moment {
            Ok((moment, instant)) => Some(Replaced { moment, instant, and_later }),
            Err(reason) => {
                let reason = format!("it can't be told which occurrence is changed, so it is read by itself: {reason}");
                self.problems.note(property.line, reason);
                None
            }
        }
    }

    /// The first such text that is not empty.
    fn text(&mut self, draft: &Draft<'_>, field: Field) -> Option<String> {
        let mut encoded = None;
        let text = draft.all(field).find_map(|property| match property.text() {
            Some(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
            None => {
                encoded = Some(property);
                None
            }
        });
        if let (None, Some(property)) = (&text, encoded) {
            let name = property.name().to_ascii_uppercase();
            self.problems.note(property.line, format!("{name} is left out: its encoding is not known for text"));
        }
        text
    }
}
