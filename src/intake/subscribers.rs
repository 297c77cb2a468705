//! Subscribers from a table, with the consent they gave elsewhere.

use jiff::Timestamp;

use super::table::{self, Dates, Input, Required, Row};
use super::{Rejected, Workbook};
use crate::domain::Invalid;
use crate::domain::event::{Kind, split_list};
use crate::domain::heads::Head as _;
use crate::domain::subscriber::{ConsentSource, Head, NewSubscriber};
use crate::domain::text;
use crate::domain::when::When;
use crate::domain::zone::Zone;

/// A person of the table.
pub struct ToldPerson {
    pub line: u64,
    pub wish: NewSubscriber,
    pub source: ConsentSource,
}

/// What was read of a table of people.
#[derive(Default)]
pub struct People {
    pub told: Vec<ToldPerson>,
    pub rejected: Vec<Rejected>,
    /// What was taken otherwise than it may be meant.
    pub notes: Vec<Rejected>,
}

/// Rows with a consent_at count as confirmed; the others are to be asked.
pub fn read(octets: &[u8]) -> Result<People, Invalid> {
    read_table(Input::Csv(octets))
}

/// The same from a workbook.
pub fn read_workbook(workbook: Workbook) -> Result<People, Invalid> {
    read_table(Input::Workbook(workbook))
}

fn read_table(input: Input<'_>) -> Result<People, Invalid> {
    let required = [Required { name: "email", is_it: |head| head == Head::Email }];
    let table = table::read(input, &Head::all(), &required)?;
    let dates = Dates::of(table.rows.iter().flat_map(|row| {
        let cells = row.cells.iter().filter(|(head, _)| *head == Head::ConsentAt);
        cells.map(|(_, text)| (row.line, text.as_str()))
    }));
    let mut people = People { rejected: table.rejected, notes: table.notes, ..People::default() };
    people.notes.extend(dates.note().map(|(line, said)| Rejected::whole(line, said)));
    for row in table.rows {
        let line = row.line;
        match person(row, &dates) {
            Ok((wish, source)) => people.told.push(ToldPerson { line, wish, source }),
            Err((head, reason)) => {
                people.rejected.push(Rejected { line, column: Some(head.name().into()), reason: reason.to_string() });
            }
        }
    }
    people.rejected.sort_by_key(|rejected| rejected.line);
    people.notes.sort_by_key(|note| note.line);
    Ok(people)
}

fn person(mut row: Row<Head>, dates: &Dates) -> Result<(NewSubscriber, ConsentSource), (Head, Invalid)> {
    // A column that is not there says nothing; an empty name or list of topics says that there is none.
    let mut given = |wanted: Head| {
        let cell = row.cells.iter_mut().find(|(head, _)| *head == wanted);
        cell.map(|(_, text)| std::mem::take(text).trim().to_owned())
    };
    let topics = given(Head::Topics).map(|cell| text::labels("topic", split_list(&cell).iter().map(String::as_str)));
    let kinds = given(Head::Kinds).map(|cell| Kind::list(split_list(&cell).iter().map(String::as_str)));
    let filled = |cell: Option<String>| cell.filter(|text| !text.is_empty());
    let halves: Vec<_> = [given(Head::FirstName), given(Head::LastName)].into_iter().flatten().collect();
    let halves = Some(halves).filter(|halves| !halves.is_empty()).map(|halves| halves.join(" "));
    let wish = NewSubscriber {
        email: given(Head::Email).unwrap_or_default().parse().map_err(|e| (Head::Email, e))?,
        name: given(Head::Name).or(halves).map(|name| text::single_line(&name)),
        digests: split_list(&given(Head::Digests).unwrap_or_default()),
        topics: topics.transpose().map_err(|e| (Head::Topics, e))?,
        kinds: kinds.transpose().map_err(|e| (Head::Kinds, e))?,
        timezone: filled(given(Head::Timezone))
            .map(|zone| zone.parse())
            .transpose()
            .map_err(|e| (Head::Timezone, e))?,
        send_hour: filled(given(Head::SendHour))
            .map(|hour| hour.parse())
            .transpose()
            .map_err(|e| (Head::SendHour, e))?,
        locale: filled(given(Head::Locale)),
    };
    let note = filled(given(Head::ConsentNote)).map_or("imported".into(), |note| text::single_line(&note));
    let source = match filled(given(Head::ConsentAt)) {
        None => ConsentSource::AskOnce,
        Some(at) => ConsentSource::Recorded { at: instant(&at, dates).map_err(|e| (Head::ConsentAt, e))?, note },
    };
    Ok((wish, source))
}

/// An instant (RFC 3339), or a day or time taken as UTC.
fn instant(text: &str, dates: &Dates) -> Result<Timestamp, Invalid> {
    match text.parse() {
        Ok(at) => Ok(at),
        Err(_) => Ok(When::open(dates.point(text)?, Zone::utc()).first_instant()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_read_by_the_heads_that_offices_write() {
        let table = "Adressen 2026;;;\n\nE-mail Address;Vorname;Nachname;Consent date\n\
                     ada@example.org;Ada;Lovelace;25.05.2021\nGrace@example.org;Grace;Hopper;\n;;;\n";
        let people = read(table.as_bytes()).unwrap();
        let told: Vec<_> = people.told.iter().map(|told| (told.line, told.wish.name.as_deref())).collect();
        assert_eq!(told, [(4, Some("Ada Lovelace")), (5, Some("Grace Hopper"))]);
        let ConsentSource::Recorded { at, .. } = &people.told[0].source else { panic!("no consent") };
        assert_eq!((at.to_string().as_str(), people.rejected.len()), ("2021-05-25T00:00:00Z", 0));
        assert!(people.notes.iter().any(|note| note.column.as_deref() == Some("email")), "{:?}", people.notes);
    }

    #[test]
    fn a_head_that_is_not_known_is_told_with_what_may_be_meant() {
        let error = read("email,nmae,telefon\na@example.org,A,1\n".as_bytes()).err().unwrap().to_string();
        assert!(error.contains("`nmae` (did you mean `name`?), `telefon` are not columns"), "{error}");
    }
}
