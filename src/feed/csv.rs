//! Events as a table.

use crate::domain::event::{Column, Event};
use crate::domain::text::to_cell;
use crate::shape::event::with_changed_dates;

/// A table of events with a heading (RFC 4180), lists joined by `;`, dates that are not as their series each in a row.
pub fn table<'a>(events: impl IntoIterator<Item = &'a Event>) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(Column::all().map(Column::name))?;
    for event in with_changed_dates(events) {
        let cells = Column::all().map(|column| to_cell(&cell(&event, column)).into_owned());
        writer.write_record(cells)?;
    }
    writer.into_inner().map_err(|e| e.into_error().into())
}

fn cell(event: &Event, column: Column) -> String {
    match column {
        Column::Field(field) => field.cell(&event.details),
        Column::Id => event.id.to_string(),
        Column::Uid => event.uid.clone(),
        Column::Precision => event.details.when.precision().to_string(),
        Column::Sequence => event.sequence.to_string(),
        Column::CreatedAt => event.created_at.to_string(),
        Column::UpdatedAt => event.updated_at.to_string(),
        Column::CancelReason => event.cancel_reason.clone(),
        Column::Occurrence => event.occurrence.map(|start| start.to_string()).unwrap_or_default(),
    }
}
