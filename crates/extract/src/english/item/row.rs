//! Rows of tables, and lines that together tell of one thing: each cell under the head of its column or behind its label.

use super::column::{Column, Edge, column, is_edge, is_plain_date};
use super::{place_behind, struck, without_times};
use crate::block::{Block, Cell};
use crate::clock::{self, Times};
use crate::english::called::{Called, called};
use crate::english::dates::{Mention, mentions};
use crate::english::edges::is_circumstance;
use crate::english::names::{month, weekday};
use crate::english::nouns::{event_noun, is_deadline_noun};
use crate::english::old;
use crate::english::place::place_of;
use crate::language::{Around, Sentence, Statement};
use crate::mask::{mask, span};
use crate::token::{Class, Token, tokens};
use crate::written::{Span, Written};
use crate::year::Tense;

/// A cell that was looked at.
struct Read<'a> {
    cell: &'a Cell,
    column: Column,
    date: Option<Span>,
    /// Further ones, of a cell that tells nothing else: `9, 16 and 23 April`.
    more: Vec<Span>,
    times: Option<Times>,
}

/// All dates of a row, each named by the row and by its column.
pub fn row(block: &Block, around: &Around) -> Sentence {
    // `<dt>28 March</dt><dd>Papers due</dd>`: the label is the day.
    if let [only] = block.cells.as_slice()
        && !mentions(&tokens(&only.head)).is_empty()
        && mentions(&tokens(&only.text)).is_empty()
    {
        let cell = |text: &str| Cell { head: String::new(), text: text.to_owned() };
        let both = Block { cells: vec![cell(&only.head), cell(&only.text)], ..block.clone() };
        return row(&both, around);
    }
    let mut sentence = Sentence::default();
    let mut cells: Vec<Read<'_>> = block.cells.iter().map(|cell| read_cell(cell, block.cells.len() == 1)).collect();
    join_month_and_day(&mut cells);
    take_day_of_month(&mut cells, around.month);
    // A day that stands over the table; the same for a table of hours.
    if cells.iter().all(|cell| cell.date.is_none())
        && let (Some(day), Some(first)) = (around.day, cells.iter_mut().find(|cell| cell.times.is_some()))
    {
        first.date = Some(day);
    }
    sentence.dates.extend(cells.iter().filter_map(|cell| cell.date));
    let is_period = join_edges(&mut cells);
    let text_of = |wanted: Column| {
        cells
            .iter()
            .filter(|cell| cell.column == wanted && cell.date.is_none() && !cell.cell.text.is_empty())
            .map(|cell| cell.cell.text.as_str())
            .collect::<Vec<_>>()
    };
    let whole = tokens(&block.text);
    if old::is_off(&whole) && !old::has_new(&whole) {
        return sentence;
    }
    let was =
        cells.iter().find(|cell| cell.column == Column::OldDate).and_then(|cell| cell.date).or_else(|| struck(block));
    let times = cells.iter().filter(|cell| cell.date.is_none()).find_map(|cell| cell.times);
    let dated: Vec<&Read<'_>> = cells
        .iter()
        .filter(|cell| cell.date.is_some() && !matches!(cell.column, Column::OldDate | Column::Past))
        .collect();
    let named =
        || cells.iter().filter(|cell| cell.date.is_none() && cell.times.is_none() && !cell.cell.text.trim().is_empty());
    let mut names: Vec<&str> =
        named().filter(|cell| cell.column == Column::Name).map(|cell| cell.cell.text.as_str()).collect();
    // `Reference`: the number of the standard that the row is of.
    let is_number = |cell: &&Read<'_>| {
        let raw = tokens(&cell.cell.text);
        let masked = mask(&cell.cell.text, &raw);
        cell.column != Column::Name && masked.tokens.len() == 1 && masked.standards.len() == 1
    };
    if let Some(number) = named().find(is_number).filter(|_| names.len() == 1) {
        names.insert(0, &number.cell.text);
    }
    if names.is_empty() {
        let is_word = |text: &str| text.chars().any(char::is_alphabetic) && !is_weekday(text);
        let mut others: Vec<&Read<'_>> =
            named().filter(|cell| cell.column == Column::Unknown && is_word(&cell.cell.text)).collect();
        if others.is_empty() {
            others = named()
                .filter(|cell| matches!(cell.column, Column::Person | Column::Organizer | Column::Unknown))
                .collect();
        }
        // Of cells without a head the first says what it is, others where.
        names.extend(others.first().map(|cell| cell.cell.text.as_str()));
        // A line's own label.
    }
    let location = match text_of(Column::Place).as_slice() {
        [] => String::new(),
        places => places.join(", "),
    };
    for cell in &dated {
        let Some(date) = cell.date else { continue };
        let is_start = is_period && is_edge(&cell.cell.head, Edge::Start);
        let is_plain = is_start || cell.column == Column::Date && is_plain_date(&cell.cell.head);
        let head = if is_plain && !names.is_empty() { "" } else { cell.cell.head.as_str() };
        let own = own_words(cell.cell);
        // `Kiln safety day: Stoke, 14 March`
        let is_place = names.is_empty()
            && (cell.column == Column::Unknown || cells.len() == 1)
            && !head.is_empty()
            && is_place_like(&own);
        let (own, head, own_place) = if is_place { (head.to_owned(), "", own) } else { (own, head, String::new()) };
        let mut name = match names.as_slice() {
            [] if !own.is_empty() => own,
            [] => String::new(),
            names => joined(names),
        };
        // `Sprint week, Graz`
        let mut place_of_name = String::new();
        if location.is_empty() && names.len() == 1 && cell.cell.head.is_empty() {
            let raw = tokens(&name);
            let (end, place) = place_behind(&name, &raw, 0);
            if !place.is_empty() {
                name = name.get(span(&raw, 0..end)).unwrap_or_default().to_owned();
                place_of_name = place;
            }
        }
        // `Coffee morning, 10.30am`
        let raw = tokens(&name);
        let (rest, own_times) = without_times(&name, &raw, 0..name.len());
        let own_times = own_times.filter(|_| !rest.is_empty() && date.times.or(cell.times).or(times).is_none());
        let name = if own_times.is_some() { rest } else { name };
        let over = if block.head.is_empty() { "" } else { &block.head };
        let Some(called) = called(&Called {
            text: &name,
            head,
            over,
            heading: &around.heading,
            title: &around.title,
            is_until: false,
            is_row: true,
            is_one_of_several: dated.len() > 1,
        }) else {
            continue;
        };
        let times =
            date.times.or(cell.times).or(times).or(own_times).filter(|_| date.start.is_day() && date.end.is_none());
        let more = cell.more.iter().map(|date| Span { times, ..*date });
        // Of a cell that holds the place, too: `17 June 2024, Nantes, France`.
        let raw = tokens(&cell.cell.text);
        let found = mentions(&raw);
        let beside = found.last().map(|mention| place_of(&cell.cell.text, &raw, mention.tokens.end..raw.len()));
        let before = found.first().filter(|_| !names.is_empty() && cell.cell.head.is_empty());
        let before = before.map(|mention| place_of(&cell.cell.text, &raw, 0..mention.tokens.start)).unwrap_or_default();
        let place = [location.clone(), own_place, beside.unwrap_or_default(), before, place_of_name, called.location]
            .into_iter()
            .find(|place| !place.is_empty());
        let told = Statement {
            kind: called.kind,
            date: Span { times, ..date },
            tense: Tense::Unknown,
            title: called.title,
            location: place.unwrap_or_default(),
            organizer: text_of(Column::Organizer).first().map(|who| (*who).to_owned()).unwrap_or_default(),
            standards: called.standards,
            was: was.filter(|_| dated.len() == 1),
        };
        let others: Vec<Statement> = more.map(|date| Statement { date, ..told.clone() }).collect();
        sentence.statements.push(told);
        sentence.statements.extend(others);
    }
    sentence
}

/// `Tue 2 | Coffee morning` below `May 2023`
fn take_day_of_month(cells: &mut [Read<'_>], month: Option<Written>) {
    let Some(Written::Month { year, month }) = month.filter(|_| cells.iter().all(|cell| cell.date.is_none())) else {
        return;
    };
    let day = |text: &str| {
        let text = text.trim();
        let (before, number) = text.rsplit_once(' ').unwrap_or(("", text));
        let digits = number.trim_end_matches(|c: char| c.is_ascii_lowercase());
        let day = digits.parse::<i8>().ok().filter(|day| (1..=31).contains(day) && digits.len() <= 2)?;
        let weekday = weekday(before.trim_end_matches(['.', ',']));
        (before.is_empty() || weekday.is_some()).then_some((day, weekday))
    };
    // `Mon 24 - Wed 26`
    let days = |cell: &Read<'_>| {
        let (first, last) = match cell.cell.text.split_once(['-', '–']) {
            Some((first, last)) => (first, Some(day(last)?.0)),
            None => (cell.cell.text.as_str(), None),
        };
        day(first).filter(|(first, _)| last.is_none_or(|last| last > *first)).map(|first| (first, last))
    };
    let found = cells.iter_mut().find_map(|cell| days(cell).map(|days| (cell, days)));
    let Some((cell, ((first, weekday), last))) = found else { return };
    let written = |day: i8| Written::Day { year, month, day };
    let end = last.map(written);
    let exists = written(first).exists() && end.is_none_or(Written::exists);
    cell.date = Some(Span { weekday, end, ..Span::of(written(first)) }).filter(|_| exists);
}

/// `April | 4 | Annual meeting`: month and day in cells of their own.
fn join_month_and_day(cells: &mut [Read<'_>]) {
    if cells.iter().any(|cell| cell.date.is_some()) {
        return;
    }
    let is_month = |cell: &Read<'_>| month(cell.cell.text.trim().trim_end_matches('.'));
    let Some((at, (number, _))) = cells.iter().enumerate().find_map(|(at, cell)| Some((at, is_month(cell)?))) else {
        return;
    };
    let digits = |cell: &Read<'_>| {
        let text = cell.cell.text.trim();
        let digits = text.trim_end_matches(|c: char| c.is_ascii_lowercase());
        digits.parse::<i8>().ok().filter(|day| (1..=31).contains(day) && digits.len() <= 2 && text.len() <= 4)
    };
    let beside = [Some(at + 1), at.checked_sub(1)].into_iter().flatten();
    let day = beside.filter_map(|at| Some((at, cells.get(at).and_then(digits)?))).next();
    let Some((beside, day)) = day else { return };
    let written = Written::Day { year: None, month: number, day };
    if !written.exists() {
        return;
    }
    cells[at].date = Some(Span::of(written));
    cells[beside].column = Column::Aside;
}

/// Makes one date of the two that a column of beginnings and a column of ends tell; whether there are such columns.
fn join_edges(cells: &mut [Read<'_>]) -> bool {
    let at = |cells: &[Read<'_>], edge| cells.iter().position(|cell| is_edge(&cell.cell.head, edge));
    let (Some(start), Some(end)) = (at(cells, Edge::Start), at(cells, Edge::End)) else { return false };
    if let (Some(first), Some(last)) = (cells[start].date, cells[end].date) {
        let is_range = first.end.is_none() && first.start.is_day() == last.start.is_day();
        if is_range {
            let hours = first.times.zip(last.times).filter(|_| first.start == last.start);
            let times = hours.map(|(from, to)| Times { end: Some(to.start).filter(|to| *to > from.start), ..from });
            let until = Some(last.start).filter(|last| *last != first.start);
            let first = Span { end: until, times: times.or(first.times), ..first };
            cells[start].date = Some(first);
            cells[end].date = None;
            cells[end].column = Column::Aside;
        }
    }
    cells[start].date.is_some()
}

/// `is_label`: its head is what stands before it alone, not over a column.
fn read_cell(cell: &Cell, is_label: bool) -> Read<'_> {
    let raw = tokens(&cell.text);
    let masked = mask(&cell.text, &raw);
    let found = mentions(&masked.tokens);
    let date = match found.as_slice() {
        [mention] => Some(mention.span()),
        [mention, ..] if cell.text.len() < 80 => Some(mention.span()),
        _ => None,
    };
    let own = clock::times(&masked.tokens, 0)
        .or_else(|| clock::times_alone(&raw))
        .filter(|(_, next)| next + 3 >= masked.tokens.len())
        .map(|(times, _)| times);
    let named = column(&cell.head);
    let is_name =
        named == Column::Name && !is_label && masked.tokens.iter().filter(|token| token.is_word()).count() > 4;
    let is_list = found.len() > 1 && tells_dates_alone(&masked.tokens, &found);
    let more = found.iter().skip(1).filter(|_| is_list && !is_name).map(Mention::span).collect();
    Read { cell, column: named, date: date.filter(|_| !is_name), more, times: own }
}

/// Whether the dates of a cell are all that it tells.
fn tells_dates_alone(tokens: &[Token<'_>], found: &[Mention]) -> bool {
    const SMALL: &[&str] =
        &["and", "or", "on", "the", "evenings", "mornings", "afternoons", "days", "of", "both", "also", "online"];
    let inside = |at: usize| found.iter().any(|mention| mention.tokens.contains(&at));
    (0..tokens.len()).filter(|at| !inside(*at)).all(|at| tokens[at].class == Class::Mark || tokens[at].is_one_of(SMALL))
        && found.iter().all(|mention| mention.start.is_day() && mention.end.is_none())
}

/// `Tue`, `Mon-Wed`: it says no more than the date does.
fn is_weekday(text: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).all(|word| weekday(word).is_some())
}

/// What a cell says beside its date.
fn own_words(cell: &Cell) -> String {
    let raw = tokens(&cell.text);
    let found = mentions(&raw);
    let Some(mention) = found.first() else { return String::new() };
    let before = cell.text.get(span(&raw, 0..mention.tokens.start)).unwrap_or_default();
    let after = &raw[mention.tokens.end..];
    let after = if is_circumstance(after) {
        ""
    } else {
        cell.text.get(span(&raw, mention.tokens.end..raw.len())).unwrap_or_default()
    };
    // `from 1 March` says nothing but the date.
    let leads = |text: &str| {
        text.split_whitespace().all(|word| {
            ["from", "by", "until", "on", "at", "before", "to", "approx", "c", "ca", "circa", "expected", "about"]
                .contains(&word.trim_matches(['.', ':', '(']).to_lowercase().as_str())
        })
    };
    let text = if leads(before) { after } else { before };
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ':' | '-' | '–' | '—' | '(' | ')' | '|'))
        .to_owned()
}

/// One to three words with capitals, and no more.
fn is_place_like(text: &str) -> bool {
    let raw = tokens(text);
    (1..=3).contains(&raw.len())
        && raw.iter().all(Token::is_capitalised)
        && !raw.iter().any(|token| event_noun(token).is_some() || is_deadline_noun(token))
}

/// `GB 4998-2023` and `Electric toasters`: number and name are one.
fn joined(names: &[&str]) -> String {
    let [first, second, ..] = names else { return names.concat() };
    let raw = tokens(first);
    let masked = mask(first, &raw);
    let is_number = !masked.standards.is_empty() && masked.tokens.len() <= 2;
    let is_short = first.split_whitespace().count() <= 3 && first.chars().any(|c| c.is_ascii_digit());
    match () {
        () if is_number => format!("{first} {second}"),
        () if is_short => format!("{first}, {second}"),
        // `Regulation 2023/8841 | Battery labels`: what is said last is what differs.
        () => format!("{first}: {second}"),
    }
}
