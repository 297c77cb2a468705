//! What somebody says about an event, field by field: on the command line, in a row of a table, in a document.

use super::event::{Details, Status};
use super::recurrence::{Recurrence, Rule};
use super::when::{Point, When};
use super::zone::Zone;
use super::{FieldError, Invalid, text};

/// The columns of a table of events. An export has all; an import may leave most out.
pub const COLUMNS: [&str; 23] = [
    "id",
    "uid",
    "kind",
    "title",
    "start",
    "end",
    "timezone",
    "precision",
    "status",
    "location",
    "organizer",
    "topics",
    "standards",
    "url",
    "description",
    "repeat",
    "sequence",
    "created_at",
    "updated_at",
    "cancel_reason",
    "rdates",
    "exdates",
    "occurrence",
];

/// Text as given; a field that nobody spoke of is `None` and stays as it is in an event that exists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventFields {
    pub kind: Option<String>,
    pub title: Option<String>,
    pub start: Option<String>,
    /// Empty: it has no end.
    pub end: Option<String>,
    /// Empty: the site's.
    pub timezone: Option<String>,
    pub status: Option<String>,
    pub location: Option<String>,
    pub organizer: Option<String>,
    pub topics: Option<Vec<String>>,
    pub standards: Option<Vec<String>>,
    /// Beside those there are, and those of them that go.
    pub add_topics: Vec<String>,
    pub remove_topics: Vec<String>,
    pub add_standards: Vec<String>,
    pub remove_standards: Vec<String>,
    pub url: Option<String>,
    pub description: Option<String>,
    pub cancel_reason: Option<String>,
    /// An RRULE; empty: it does not repeat.
    pub repeat: Option<String>,
    /// Dates beside those of the rule, and dates left out. A day alone is one at the time of the start.
    pub rdates: Option<Vec<String>>,
    pub exdates: Option<Vec<String>>,
}

impl EventFields {
    /// The event these fields make: a new one, or `base` with what is said here changed.
    pub fn onto(&self, base: Option<&Details>, site_zone: &Zone) -> Result<Details, FieldError> {
        let text = |given: &Option<String>, old: fn(&Details) -> &String| -> String {
            given.clone().or_else(|| base.map(|b| old(b).clone())).unwrap_or_default()
        };
        let kind = match (&self.kind, base) {
            (Some(kind), _) => kind.parse().map_err(FieldError::of("kind"))?,
            (None, Some(base)) => base.kind,
            (None, None) => return Err(FieldError::of("kind")(Invalid::new("the kind is missing"))),
        };
        let status = match self.status.as_deref().map(str::trim).filter(|status| !status.is_empty()) {
            Some(status) => status.parse().map_err(FieldError::of("status"))?,
            None => base.map_or(Status::Confirmed, |base| base.status),
        };
        let when = self.when(base, site_zone)?;
        let details = Details {
            kind,
            title: text(&self.title, |b| &b.title),
            repeat: self.recurrence(base, &when)?.map(Box::new),
            when,
            status,
            location: text(&self.location, |b| &b.location),
            organizer: text(&self.organizer, |b| &b.organizer),
            topics: labels(&self.topics, base.map(|b| &b.topics), &self.add_topics, &self.remove_topics),
            standards: labels(&self.standards, base.map(|b| &b.standards), &self.add_standards, &self.remove_standards),
            url: text(&self.url, |b| &b.url),
            description: text(&self.description, |b| &b.description),
        };
        details.checked()
    }

    fn when(&self, base: Option<&Details>, site_zone: &Zone) -> Result<When, FieldError> {
        let zone = match self.timezone.as_deref().map(str::trim) {
            Some("") => site_zone.clone(),
            Some(zone) => zone.parse().map_err(FieldError::of("timezone"))?,
            None => base.map_or_else(|| site_zone.clone(), |base| base.when.zone().clone()),
        };
        let start = match (self.start.as_deref(), base) {
            (Some(start), _) if start.trim().is_empty() => {
                return Err(FieldError::of("start")(Invalid::new(
                    "the start is missing: write a date such as 2020-10-01",
                )));
            }
            (Some(start), _) => start.parse::<Point>().map_err(FieldError::of("start"))?,
            (None, Some(base)) => base.when.start(),
            (None, None) => return Err(FieldError::of("start")(Invalid::new("the start is missing"))),
        };
        let end = match self.end.as_deref().map(str::trim) {
            Some("") => None,
            Some(end) => Some(end.parse::<Point>().map_err(FieldError::of("end"))?),
            None => base.and_then(|base| base.when.end()),
        };
        When::new(start, end, zone).map_err(FieldError::of("end"))
    }

    fn recurrence(&self, base: Option<&Details>, when: &When) -> Result<Option<Recurrence>, FieldError> {
        let known = base.and_then(|base| base.repeat.as_deref());
        // What was known is read again: it must fit a start that may have changed.
        let kept = base.map(|base| match known.and_then(|known| known.rule.as_ref()) {
            Some(rule) if base.when != *when => rule.text_for_another_start(base.when.start()),
            _ => base.rule().to_owned(),
        });
        let rule = match self.repeat.as_deref().map(str::trim).or(kept.as_deref()) {
            None | Some("") => None,
            Some(rule) => Some(Rule::read(rule, when.start(), when.zone()).map_err(FieldError::of("repeat"))?),
        };
        let dates = |field: &'static str, given: &Option<Vec<String>>, known: Option<&Vec<Point>>| match given {
            None => Ok(known.into_iter().flatten().map(|date| along(*date, base, when)).collect()),
            Some(given) => given
                .iter()
                .map(|date| read_date(date, when))
                .collect::<Result<Vec<_>, _>>()
                .map_err(FieldError::of(field)),
        };
        let mut rdates = dates("rdates", &self.rdates, known.map(|known| &known.rdates))?;
        let exdates = dates("exdates", &self.exdates, known.map(|known| &known.exdates))?;
        // The start is one of the dates anyway; feeds say it twice.
        rdates.retain(|date| *date != when.start());
        if rule.is_none() && rdates.is_empty() {
            return match self.exdates.as_ref().is_some_and(|given| !given.is_empty()) {
                true => Err(FieldError::of("exdates")(Invalid::new(
                    "an event that does not repeat has no dates to leave out: cancel it, or give it a rule",
                ))),
                false => Ok(None),
            };
        }
        Recurrence::new(rule, rdates, exdates, when).map(Some).map_err(FieldError::of("repeat"))
    }
}

/// The labels given, or else those there are, without some and with others.
fn labels(given: &Option<Vec<String>>, base: Option<&Vec<String>>, add: &[String], remove: &[String]) -> Vec<String> {
    let goes = |label: &String| remove.iter().any(|gone| text::fold_case(gone.trim()) == text::fold_case(label));
    let mut labels = given.as_ref().or(base).cloned().unwrap_or_default();
    labels.retain(|label| !goes(label));
    labels.extend(add.iter().cloned());
    labels
}

/// A date of an event that repeats: a day alone means the time of day at which it begins, and of an event of whole days
/// a time means its day.
pub fn read_date(text: &str, when: &When) -> Result<Point, Invalid> {
    match (text.parse()?, when.start()) {
        (Point::Day(day), Point::Minute(at)) => Ok(Point::Minute(day.to_datetime(at.time()))),
        (Point::Minute(at), Point::Day(_)) => Ok(Point::Day(at.date())),
        (point @ (Point::Minute(_) | Point::Day(_)), _) => Ok(point),
        (point, _) => Err(Invalid(format!("`{point}` is no day: write a date such as 2020-10-01"))),
    }
}

/// A date of a series whose start was changed: what was at the hour of the start stays so.
fn along(date: Point, base: Option<&Details>, when: &When) -> Point {
    match (date, base.map(|base| base.when.start()), when.start()) {
        (Point::Minute(at), Some(Point::Minute(old)), Point::Minute(new)) if at.time() == old.time() => {
            Point::Minute(at.date().to_datetime(new.time()))
        }
        (Point::Day(day), _, Point::Minute(new)) => Point::Minute(day.to_datetime(new.time())),
        (Point::Minute(at), _, Point::Day(_)) => Point::Day(at.date()),
        _ => date,
    }
}

/// Splits a list as a table's cell holds it.
pub fn split_list(cell: &str) -> Vec<String> {
    cell.split(';').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
}
