//! Events from the JSON that an export is: a list of them, with the articles after them.

use serde::Deserialize;
use serde_json::Value;

use super::{Reading, Rejected, Told, article};
use crate::domain::Invalid;
use crate::domain::fields::EventFields;

/// One event of the list. What follows from other fields, or is made here, is let by.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an event")]
#[allow(dead_code)]
struct Entry {
    id: Option<i64>,
    uid: Option<String>,
    kind: Option<String>,
    title: Option<String>,
    start: Option<String>,
    end: Option<String>,
    timezone: Option<String>,
    precision: Option<String>,
    status: Option<String>,
    location: Option<String>,
    organizer: Option<String>,
    topics: Option<Vec<String>>,
    standards: Option<Vec<String>>,
    url: Option<String>,
    description: Option<String>,
    cancel_reason: Option<String>,
    repeat: Option<String>,
    rdates: Option<Vec<String>>,
    exdates: Option<Vec<String>>,
    occurrence: Option<String>,
    sequence: Option<u32>,
    created_at: Option<String>,
    updated_at: Option<String>,
}

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
        match serde_json::from_value::<Entry>(value) {
            Err(error) => unread.push(Rejected::whole(line, error.to_string())),
            Ok(entry) => told.push(Told {
                line,
                uid: entry.uid,
                sequence: entry.sequence.unwrap_or(0),
                tells_dates: entry.repeat.is_some(),
                occurrence: entry.occurrence,
                fields: EventFields {
                    kind: entry.kind,
                    title: entry.title,
                    start: entry.start,
                    // Null says that there is none, as an export writes it.
                    end: Some(entry.end.unwrap_or_default()),
                    timezone: entry.timezone,
                    repeat: entry.repeat,
                    rdates: entry.rdates,
                    exdates: entry.exdates,
                    status: entry.status,
                    location: entry.location,
                    organizer: entry.organizer,
                    topics: entry.topics,
                    standards: entry.standards,
                    url: entry.url,
                    description: entry.description,
                    cancel_reason: entry.cancel_reason,
                    ..EventFields::default()
                },
            }),
        }
    }
    Ok(Reading { told, articles, rejected: unread, ..Reading::default() })
}
