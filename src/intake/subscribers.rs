//! Subscribers from a table, with the consent they gave elsewhere.

use jiff::Timestamp;

use super::{Rejected, table};
use crate::domain::Invalid;
use crate::domain::event::Kind;
use crate::domain::event::split_list;
use crate::domain::subscriber::{ConsentSource, NewSubscriber};
use crate::domain::text;
use crate::domain::when::When;
use crate::domain::zone::Zone;

/// An export writes them in this order; only the first is needed.
pub const COLUMNS: [&str; 10] =
    ["email", "name", "digests", "topics", "timezone", "locale", "consent_at", "consent_note", "kinds", "send_hour"];

/// A person of the table.
pub struct ToldPerson {
    pub line: u64,
    pub wish: NewSubscriber,
    pub source: ConsentSource,
}

/// Rows with a consent_at count as confirmed; the others are to be asked.
pub fn read(octets: &[u8]) -> Result<(Vec<ToldPerson>, Vec<Rejected>), Invalid> {
    let mut rows = Vec::new();
    let mut bad = Vec::new();
    let mut rejected = table::read(octets, &COLUMNS, &["email"], |row| {
        let line = row.line;
        match person(row) {
            Ok((wish, source)) => rows.push(ToldPerson { line, wish, source }),
            Err((column, reason)) => {
                bad.push(Rejected { line, column: Some(column.to_owned()), reason: reason.to_string() });
            }
        }
    })?;
    rejected.append(&mut bad);
    rejected.sort_by_key(|r| r.line);
    Ok((rows, rejected))
}

fn person(row: table::Row<'_>) -> Result<(NewSubscriber, ConsentSource), (&'static str, Invalid)> {
    let mut cells: std::collections::HashMap<&str, String> = row.cells().collect();
    // A column that is not there says nothing; an empty name or list of topics says that there is none.
    let mut given = |name: &str| cells.remove(name).map(|cell| cell.trim().to_owned());
    let topics = given("topics").map(|cell| text::labels("topic", split_list(&cell).iter().map(String::as_str)));
    let kinds = given("kinds").map(|cell| Kind::list(split_list(&cell).iter().map(String::as_str)));
    let filled = |cell: Option<String>| cell.filter(|text| !text.is_empty());
    let wish = NewSubscriber {
        email: given("email").unwrap_or_default().parse().map_err(|e| ("email", e))?,
        name: given("name").map(|name| text::single_line(&name)),
        digests: split_list(&given("digests").unwrap_or_default()),
        topics: topics.transpose().map_err(|e| ("topics", e))?,
        kinds: kinds.transpose().map_err(|e| ("kinds", e))?,
        timezone: filled(given("timezone")).map(|zone| zone.parse()).transpose().map_err(|e| ("timezone", e))?,
        send_hour: filled(given("send_hour")).map(|hour| hour.parse()).transpose().map_err(|e| ("send_hour", e))?,
        locale: filled(given("locale")),
    };
    let note = filled(given("consent_note")).map_or("imported".into(), |note| text::single_line(&note));
    let source = match filled(given("consent_at")) {
        None => ConsentSource::AskOnce,
        Some(at) => ConsentSource::Recorded { at: instant(&at).map_err(|e| ("consent_at", e))?, note },
    };
    Ok((wish, source))
}

/// An instant (RFC 3339), or a day or time taken as UTC.
fn instant(text: &str) -> Result<Timestamp, Invalid> {
    text.parse().or_else(|_| When::parse(text, None, Zone::utc()).map(|when| when.first_instant()))
}
