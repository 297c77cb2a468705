//! Events from an iCalendar file (RFC 5545): what `icalendar` read, in our own words.

mod alike;

use jiff::Unit;
use jiff::civil::DateTimeRound;

use super::foreign_rule::{self, Budget};
use super::icalendar::{self, ForeignEvent, Method, Moment};
use super::written::{self, Lines, Written};
use super::{Reading, Rejected, ToldEvent};
use crate::domain::conference;
use crate::domain::event::{DescriptionFormat, EventPatch, Field, Icalendar, Said, Status};
use crate::domain::import::{Formerly, Telling};
use crate::domain::when::Point;
use crate::domain::zone::Zone;
use crate::domain::{FieldError, Invalid, html, text};

/// The lengths that are kept of what others wrote, in characters.
const LINE_CHARS: usize = 1000;
const LABEL_CHARS: usize = 200;
const DESCRIPTION_CHARS: usize = 100_000;

/// An error means that there is no calendar in it.
pub fn read(octets: &[u8], site_zone: &Zone) -> Result<Reading, Invalid> {
    let file = icalendar::read(octets);
    if file.events.is_empty() && !names_a_calendar(octets) {
        return Err(Invalid::new("there is no calendar in it: an iCalendar file begins with BEGIN:VCALENDAR"));
    }
    let cut_off = file.cut_off.map(|(line, reason)| Rejected::whole(line, reason));
    let mut reading = Reading { cut_off, ..Reading::default() };
    for problem in file.problems {
        let told = Rejected::whole(problem.line, problem.reason);
        if problem.rejected { &mut reading.rejected } else { &mut reading.notes }.push(told);
    }
    let mut budget = Budget::default();
    for event in &file.events {
        match tell(event, site_zone, &mut reading.notes, &mut budget) {
            Ok(told) => reading.told.push(told),
            Err(error) => reading.rejected.push(Rejected::by_field(event.line, error)),
        }
    }
    alike::tell_apart(&mut reading.told, &mut reading.notes);
    Ok(reading)
}

/// In whatever encoding: UTF-16 has a NUL beside each of these letters.
pub(super) fn names_a_calendar(octets: &[u8]) -> bool {
    let letters: String =
        octets.iter().filter(|octet| **octet != 0).map(|octet| char::from(octet.to_ascii_uppercase())).collect();
    letters.contains("BEGIN:VCALENDAR") || letters.contains("BEGIN:VEVENT")
}

fn tell(
    event: &ForeignEvent,
    site_zone: &Zone,
    notes: &mut Vec<Rejected>,
    budget: &mut Budget,
) -> Result<ToldEvent, FieldError> {
    let line =
        |text: &Option<String>| Some(clipped(&text::single_line(text.as_deref().unwrap_or_default()), LINE_CHARS));
    let Written { text: description, format } = description(event);
    let mut fields = EventPatch {
        title: Some(title(event, &description, format)),
        start: Some(point(event.start)),
        // Where the length says it, the end follows from it.
        end: if event.length.is_some() { None } else { Some(event.end.map(point)) },
        duration: Some(event.length),
        timezone: zone(event).map(Some),
        status: Some(status(event)),
        location: line(&event.location),
        organizer: line(&event.organizer),
        topics: Some(labels(&event.categories)),
        standards: Some(labels(&event.refids)),
        description: Some(description),
        description_format: Some(format),
        cancel_reason: event.comment.clone().filter(|_| event.status == Some(icalendar::Status::Cancelled)),
        repeat: Some(String::new()),
        rdates: Some(Vec::new()),
        exdates: Some(Vec::new()),
        ..EventPatch::silent()
    };
    if let Some(kind) = &event.kind {
        fields.say(Field::Kind, Said::Text(kind))?;
    }
    // What iCalendar has no words for.
    if event.extension("X-KALENDS-START").is_some() {
        fields.end = Some(None);
    }
    for field in Field::ALL {
        let text = match (field, field.about().icalendar) {
            (Field::End, _) if event.extension("X-KALENDS-START").is_none() => None,
            (Field::Start | Field::End | Field::Timezone | Field::Status | Field::Description, _)
            | (_, Icalendar::Wordless) => event.extension(&field.kalends_property()),
            (_, Icalendar::Address(names)) => address(event, names),
            (_, Icalendar::Itself) => None,
        };
        if let Some(text) = text {
            fields.say(*field, Said::Text(text))?;
        }
    }
    let formerly = formerly(event, &fields);
    add_url(&mut fields, event);
    add_join_url(&mut fields, event);
    add_recurrence(&mut fields, event, site_zone, notes, budget);
    Ok(ToldEvent {
        line: event.line,
        uid: event.uid.clone(),
        sequence: event.sequence,
        stamp: event.stamp,
        telling: match event.method {
            Method::Publish => Telling::Calendar,
            Method::Cancel => Telling::Cancellation,
            Method::Request | Method::Add | Method::Answer => Telling::Message,
        },
        tells_dates: true,
        occurrence: event.recurrence_id.map(|start| point(start).to_string()),
        is_cut: event.is_cut,
        instant: event.recurrence_instant,
        and_later: event.and_later,
        periods: periods(event),
        // What Thunderbird writes for an invitation to single dates.
        is_stand_in: event.extension("X-MOZ-FAKED-MASTER").is_some_and(|mark| mark.trim() == "1"),
        fields,
        formerly,
        is_private: event.is_private,
    })
}

/// The zone of its times: where they float, the calendar's own; none for days.
fn zone(event: &ForeignEvent) -> Option<Zone> {
    let named =
        event.zone.as_ref().or(event.calendar_zone.as_ref().filter(|_| matches!(event.start, Moment::Local(_))));
    named.and_then(|zone| zone.iana_name()).and_then(|name| name.parse().ok())
}

/// To the minute: seconds are more than anybody's meeting has.
fn point(moment: Moment) -> Point {
    match moment {
        Moment::Day(day) => Point::Day(day),
        Moment::Local(at) => {
            let minute = at.round(DateTimeRound::new().smallest(Unit::Minute).mode(jiff::RoundMode::Trunc));
            Point::Minute(minute.unwrap_or(at))
        }
    }
}

/// By our own account, or by what it looks like. What we wrote and say nothing of is Markdown, as it was when we did not.
fn description(event: &ForeignEvent) -> Written {
    let text = event.description.as_deref().unwrap_or_default();
    if is_ours(event) {
        return Written { text: text.to_owned(), format: DescriptionFormat::Markdown };
    }
    match event.styled_description.as_deref().filter(|_| text.is_empty()) {
        Some(styled) => written::read(styled, Lines::Wrapped),
        None => written::read(text, Lines::Meant),
    }
}

fn is_ours(event: &ForeignEvent) -> bool {
    event.extension("X-KALENDS-KIND").is_some()
}

fn title(event: &ForeignEvent, description: &str, format: DescriptionFormat) -> String {
    let description = match (&event.summary, format) {
        (None, DescriptionFormat::Html) => html::words(description),
        (None, _) => description.to_owned(),
        (Some(_), _) => String::new(),
    };
    let description = description.lines().find(|line| !line.trim().is_empty());
    let candidates =
        [event.extension("X-KALENDS-TITLE"), event.summary.as_deref(), description, event.location.as_deref()];
    let title = candidates.into_iter().flatten().map(text::single_line).find(|title| !title.is_empty());
    clipped(&title.unwrap_or_else(|| "(no title)".into()), LINE_CHARS)
}

fn status(event: &ForeignEvent) -> Status {
    match event.status {
        Some(icalendar::Status::Cancelled) => Status::Cancelled,
        Some(icalendar::Status::Tentative) => Status::Tentative,
        Some(icalendar::Status::Confirmed) | None => Status::Confirmed,
    }
}

/// The first that leads into the web, rather one that leads into a meeting; others are telephone numbers and the like.
fn address<'a>(event: &'a ForeignEvent, names: &[&str]) -> Option<&'a str> {
    let is_web = |text: &&str| text::web_url(text).is_ok_and(|url| !url.is_empty());
    let all = || names.iter().flat_map(|name| event.extensions(name)).filter(is_web);
    all().find(|text| conference::is_one(text)).or_else(|| all().next())
}

/// Labels that can be kept: none with the mark that separates them in a table.
fn labels(given: &[String]) -> Vec<String> {
    given.iter().map(|label| clipped(&text::single_line(&label.replace(';', ",")), LABEL_CHARS)).collect()
}

/// Only addresses of the web go behind a link; any other is told in the description.
fn add_url(fields: &mut EventPatch, event: &ForeignEvent) {
    let url = event.url.as_deref().unwrap_or_default();
    if let Ok(url) = text::web_url(url) {
        fields.url = Some(url);
    }
    let is_html = fields.description_format == Some(DescriptionFormat::Html);
    let description = fields.description.get_or_insert_default();
    *description = with_url(description, url, is_html);
    if description.trim().is_empty() && !is_ours(event) {
        // What says nothing is as a new event has it.
        fields.description_format = Some(DescriptionFormat::default());
    }
}

fn with_url(description: &str, url: &str, is_html: bool) -> String {
    let told = if is_html { url.replace('&', "&amp;").replace('<', "&lt;") } else { url.to_owned() };
    if text::web_url(url).is_ok() || description.contains(&told) {
        return clipped(description, DESCRIPTION_CHARS);
    }
    let told = if is_html { format!("<p>{told}</p>") } else { told };
    clipped(&format!("{description}\n\n{told}"), DESCRIPTION_CHARS)
}

/// Where no property tells how to join, an address may: in the place of the event's page or its location, or in its text.
fn add_join_url(fields: &mut EventPatch, event: &ForeignEvent) {
    let is_told = fields.join_url.as_ref().is_some_and(|url| !url.is_empty());
    if is_told || is_ours(event) {
        return;
    }
    let mut texts = event.location.iter().cloned().collect::<Vec<_>>();
    texts.push(match fields.description_format {
        Some(DescriptionFormat::Html) => html::words(fields.description.as_deref().unwrap_or_default()),
        _ => fields.description.clone().unwrap_or_default(),
    });
    let alone =
        event.url.as_deref().and_then(conference::only).or_else(|| conference::only(event.location.as_deref()?));
    fields.join_url =
        alone.or_else(|| texts.iter().find_map(|text| conference::first_in(text))).or(Some(String::new()));
}

/// What an older version made of the same words: Markdown, and no link to join but in a property of its own.
fn formerly(event: &ForeignEvent, fields: &EventPatch) -> Option<Formerly> {
    let text = event.description.as_deref().unwrap_or_default();
    let description = text::multi_line(&with_url(text, event.url.as_deref().unwrap_or_default(), false));
    let join_url = fields.join_url.as_deref().unwrap_or_default();
    (!is_ours(event)).then(|| Formerly { description, join_url: text::web_url(join_url).unwrap_or_default() })
}

/// A rule that can't be followed leaves the first date, and a note.
fn add_recurrence(
    fields: &mut EventPatch,
    event: &ForeignEvent,
    site_zone: &Zone,
    notes: &mut Vec<Rejected>,
    budget: &mut Budget,
) {
    let mut note = |reason: String| notes.push(Rejected::whole(event.line, reason));
    if event.recurrence_id.is_some() {
        return;
    }
    let start = point(event.start);
    let zone = zone(event).unwrap_or_else(|| site_zone.clone());
    if let Some(rule) = event.rrules.first() {
        match foreign_rule::read(rule, start, &zone, budget) {
            Ok((rule, mended)) => {
                fields.repeat = Some(rule.as_str().to_owned());
                mended.into_iter().for_each(|what| note(what.to_owned()));
            }
            Err(error) => note(format!("only its first date is taken, because {error}")),
        }
    }
    if event.rrules.len() > 1 {
        note("it repeats by several rules: only the first is followed".into());
    }
    if !event.exrules.is_empty() {
        note("it leaves out dates by a rule (EXRULE), which nobody does any more: these are not left out".into());
    }
    let dates = |moments: &[Moment]| {
        let alike = moments
            .iter()
            .map(|moment| point(*moment))
            .filter(|date| matches!(date, Point::Day(_)) || date.precision() == start.precision());
        alike.collect::<Vec<_>>()
    };
    fields.rdates = Some(dates(&event.rdates));
    if fields.repeat.as_ref().is_some_and(|rule| !rule.is_empty()) || !event.rdates.is_empty() {
        fields.exdates = Some(dates(&event.exdates));
    }
}

/// The dates more that last as long as they say.
fn periods(event: &ForeignEvent) -> Vec<(Point, Point)> {
    let alike = |(start, end): &(Moment, Moment)| (point(*start), point(*end));
    event.periods.iter().map(alike).filter(|(start, end)| start.precision() == end.precision()).collect()
}

/// At most so many characters, ending in what shows that some are missing.
fn clipped(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) => text.chars().take(most - 1).chain(['…']).collect(),
    }
}
