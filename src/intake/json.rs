//! Events from the JSON that an export is: a list of them, with the articles after them.

use serde_json::Value;

use super::{Reading, Rejected, ToldEvent, article};
use crate::domain::event::{Column, Said};
use crate::domain::meant::aside;
use crate::domain::text::quoted;
use crate::domain::{FieldError, Invalid};

/// The lines in errors count the entries of the list, from 1.
pub fn read(octets: &[u8]) -> Result<Reading, Invalid> {
    let octets = octets.strip_prefix(b"\xef\xbb\xbf").unwrap_or(octets);
    let list: Vec<Value> =
        serde_json::from_slice(octets).map_err(|e| Invalid(format!("this is not a JSON list of events: {e}")))?;
    let (mut told, mut articles) = (Vec::new(), Vec::new());
    let mut unread = Vec::new();
    for (index, value) in list.into_iter().enumerate() {
        let line = index as u64 + 1;
        let value = match value {
            Value::Object(entry) if entry.get("type").is_some_and(|is| is == "article") => {
                match article::from_json(entry) {
                    Ok(manuscript) => articles.push((line, manuscript)),
                    Err(error) => unread.push(Rejected::whole(line, error.to_string())),
                }
                continue;
            }
            value => value,
        };
        match tell(line, value) {
            Err(rejected) => unread.push(rejected),
            Ok(entry) => told.push(entry),
        }
    }
    Ok(Reading { told, articles, rejected: unread, ..Reading::default() })
}

fn tell(line: u64, entry: Value) -> Result<ToldEvent, Rejected> {
    let Value::Object(entry) = entry else {
        return Err(Rejected::whole(line, "is no event: an entry is an object such as {\"kind\": \"meeting\", …}"));
    };
    let mut told = ToldEvent {
        line,
        tells_dates: entry.get("repeat").is_some_and(|repeat| !repeat.is_null()),
        ..ToldEvent::default()
    };
    // Null says that there is none, as an export writes it.
    told.fields.end = Some(None);
    for (name, value) in entry {
        let Some(column) = Column::named(&name) else {
            let known: Vec<_> = Column::all().map(Column::name).collect();
            let meant = aside(&name, known.iter().copied());
            let reason = format!("unknown field `{}`{meant}: an event has {}", quoted(&name), known.join(", "));
            return Err(Rejected::whole(line, reason));
        };
        if let Err(reason) = take(&mut told, column, value) {
            return Err(Rejected::by_field(line, reason));
        }
    }
    Ok(told)
}

/// What follows from other fields, or is made here, is let by; null says nothing.
fn take(told: &mut ToldEvent, column: Column, value: Value) -> Result<(), FieldError> {
    let wrong = |kind: &str| FieldError::of(column.name())(Invalid(format!("`{}` is no {kind}", column.name())));
    let text = |value: Value| match value {
        Value::String(text) => Ok(text),
        _ => Err(wrong("text")),
    };
    match (column, value) {
        (_, Value::Null) => {}
        (Column::Id | Column::Precision | Column::CreatedAt | Column::UpdatedAt, _) => {}
        (Column::Uid, value) => told.uid = Some(text(value)?),
        (Column::Occurrence, value) => told.occurrence = Some(text(value)?),
        (Column::CancelReason, value) => told.fields.cancel_reason = Some(text(value)?),
        (Column::Sequence, value) => {
            let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
            told.sequence = number.ok_or_else(|| wrong("number that counts changes"))?;
        }
        (Column::Field(field), Value::Array(items)) if field.is_list() => {
            let items = items.into_iter().map(text).collect::<Result<_, _>>()?;
            told.fields.say(field, Said::List(items))?;
        }
        (Column::Field(field), _) if field.is_list() => return Err(wrong("list of texts")),
        (Column::Field(field), value) => told.fields.say(field, Said::Text(&text(value)?))?,
    }
    Ok(())
}
