//! Events as a table.

use crate::domain::event::Event;
use crate::domain::fields::COLUMNS;
use crate::domain::text::to_cell;
use crate::domain::when::Point;
use crate::shape::event::{EventRecord, with_changed_dates};

/// A table of events with a heading (RFC 4180), lists joined by `;`.
pub fn table<'a>(events: impl IntoIterator<Item = &'a Event>) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    for event in with_changed_dates(events) {
        let r = EventRecord::from(&*event);
        let cells = [
            text(r.id).as_str(),
            r.uid,
            r.kind.as_str(),
            r.title,
            &r.start.to_string(),
            &text(r.end),
            r.timezone,
            r.precision.as_str(),
            r.status.as_str(),
            r.location,
            r.organizer,
            &r.topics.join(";"),
            &r.standards.join(";"),
            r.url,
            r.description,
            r.repeat.unwrap_or_default(),
            &r.sequence.to_string(),
            &text(r.created_at),
            &text(r.updated_at),
            r.cancel_reason,
            &joined(r.rdates),
            &joined(r.exdates),
            &text(r.occurrence),
        ]
        .map(|cell| to_cell(cell).into_owned());
        writer.write_record(cells)?;
    }
    writer.into_inner().map_err(|e| e.into_error().into())
}

fn text(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn joined(dates: &[Point]) -> String {
    dates.iter().map(Point::to_string).collect::<Vec<_>>().join(";")
}
