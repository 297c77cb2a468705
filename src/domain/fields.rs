//! What somebody says about an event, field by field: on the command line, in a row of a table, in a document.

use super::event::{Details, Status};
use super::when::{Point, When};
use super::zone::Zone;
use super::{FieldError, Invalid};

/// The columns of a table of events. An export has all; an import may leave most out.
pub const COLUMNS: [&str; 20] = [
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
    pub url: Option<String>,
    pub description: Option<String>,
    pub cancel_reason: Option<String>,
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
        let details = Details {
            kind,
            title: text(&self.title, |b| &b.title),
            when: self.when(base, site_zone)?,
            status,
            location: text(&self.location, |b| &b.location),
            organizer: text(&self.organizer, |b| &b.organizer),
            topics: self.topics.clone().or_else(|| base.map(|b| b.topics.clone())).unwrap_or_default(),
            standards: self.standards.clone().or_else(|| base.map(|b| b.standards.clone())).unwrap_or_default(),
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
}

/// Splits a list as a table's cell holds it.
pub fn split_list(cell: &str) -> Vec<String> {
    cell.split(';').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
}
