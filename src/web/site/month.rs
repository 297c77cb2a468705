//! `/2020/10`: a month at a glance.

use std::borrow::Cow;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use axum::routing::get;
use jiff::civil::{Date, Time};
use jiff::{Span, ToSpan};

use super::cards::Card;
use super::chrome::Chrome;
use super::error::PageError;
use super::grid::{Part, Square, grid};
use super::language::Language;
use super::query::FilterQuery;
use super::search::Search;
use super::{Site, moved};
use crate::domain::event::{Event, Kind};
use crate::domain::filter::EventFilter;
use crate::domain::links::Links;
use crate::domain::when::{Point, Window};
use crate::domain::wording::Locale;
use crate::domain::zone::Zone;
use crate::store::{KnownEvent, Snapshot};

pub fn router() -> Router<Site> {
    Router::new().route("/{year}/{month}", get(month))
}

#[derive(Template)]
#[template(path = "page/month.html")]
struct MonthPage {
    chrome: Chrome,
    path: String,
    /// `October 2020`.
    title: String,
    search: Search,
    previous: Option<Neighbour>,
    next: Option<Neighbour>,
    /// The present month, if this is another.
    this_month_url: Option<String>,
    /// What is asked for is told only where it must be.
    is_long: bool,
    weekdays: Vec<String>,
    weeks: Vec<Week>,
    has_weeks: bool,
    is_empty: bool,
    expected: Vec<Card>,
    /// Which clock the times are of, if there are any.
    clock: String,
}

struct Neighbour {
    url: String,
    title: String,
}

/// A row of the table.
struct Week {
    /// By ISO 8601; empty where the language's people do not count them.
    number: String,
    /// The same, said whole.
    name: String,
    cells: Vec<Option<Cell>>,
}

/// A day in the table.
struct Cell {
    date: Date,
    /// `Thursday 1 October 2020`.
    long: String,
    is_today: bool,
    /// None where a lane of what lasts is free.
    entries: Vec<Option<DayEntry>>,
    /// How many there are beside those shown, in words, and where; nowhere if that is too long to be told for each day.
    more: Option<(String, Option<String>)>,
}

struct DayEntry {
    url: String,
    kind: Kind,
    kind_label: String,
    /// Of what begins on this day at an hour.
    time: String,
    title: String,
    is_cancelled: bool,
    is_tentative: bool,
    /// How it is drawn if it lasts several days.
    bar: Option<Bar>,
}

/// A day's part of a bar over several.
struct Bar {
    begins: bool,
    ends: bool,
    /// How many days its name has room on; none where it stands on one before.
    span: usize,
}

/// How many lanes, and how many events in all, a day of the table names.
const LANES: usize = 4;
const SHOWN: usize = 6;

async fn month(
    State(site): State<Site>,
    Path((year, month)): Path<(String, String)>,
    language: Language,
    uri: Uri,
    query: FilterQuery,
) -> Result<Response, PageError> {
    let first = first_day(&format!("{year}-{month}")).ok_or(PageError::NotFound)?;
    if let Some(moved) = moved::to(&Links::HERE.month(first), &uri) {
        return Ok(moved);
    }
    let filter = query.filter(&site.config.site.timezone)?;
    let snapshot = site.snapshots.current().await?;
    let made = {
        let site = site.clone();
        move || page(&site, &language, &query, &filter, &snapshot, first)
    };
    site.work.run(made).await?
}

/// The page itself: among many events, looking for those that match takes a while.
fn page(
    site: &Site,
    language: &Language,
    query: &FilterQuery,
    filter: &EventFilter,
    snapshot: &Snapshot,
    first: Date,
) -> Result<Response, PageError> {
    let (locale, zone) = (language.locale(), &site.config.site.timezone);
    let today = zone.at(site.store.now()).date();
    let matcher = filter.matcher();
    let around = around(first, zone);
    let near = snapshot.visible(&matcher).filter(|it| it.touches(around));
    let mut events: Vec<Cow<'_, Event>> = near.flat_map(|it| dates_of(it, around)).collect();
    events.retain(|event| filter.window.touches(&event.details.when));
    let grid = grid(&events, first, zone);
    let view = View { locale, zone, today, query, is_long: query.is_long() };
    let weeks: Vec<Week> = grid.weeks.iter().map(|week| view.week(week)).collect();
    let entries = || weeks.iter().flat_map(|week| &week.cells).flatten().flat_map(|cell| cell.entries.iter().flatten());
    let page = MonthPage {
        title: title(first, locale),
        path: Links::HERE.month(first),
        search: Search::of(query, filter, &Links::HERE.month(first), locale),
        previous: view.neighbour(first, -1.month()),
        next: view.neighbour(first, 1.month()),
        this_month_url: (today.first_of_month() != first).then(|| query.at(&Links::HERE.month(today))),
        is_long: view.is_long,
        weekdays: (1..=7).map(|weekday| locale.weekday_name(weekday)).collect(),
        has_weeks: weeks.iter().any(|week| !week.number.is_empty()),
        is_empty: entries().next().is_none() && grid.expected.is_empty(),
        clock: match entries().any(|entry| !entry.time.is_empty()) {
            true => locale.with("month-clock", "zone", zone.name()),
            false => String::new(),
        },
        expected: grid.expected.iter().map(|event| Card::of(event, today, locale)).collect(),
        weeks,
        chrome: Chrome::of(site, language),
    };
    Ok(page.chrome.page(StatusCode::OK, &page)?)
}

/// An event, or each date of one that repeats, in some time.
fn dates_of(it: KnownEvent<'_>, around: Window) -> Vec<Cow<'_, Event>> {
    match it.repeats() {
        true => it.occurrences(around).into_iter().map(Cow::Owned).collect(),
        false => vec![Cow::Borrowed(&**it.event)],
    }
}

/// The first day of a month that has a page: those of the years that events may lie in.
fn first_day(month: &str) -> Option<Date> {
    match month.parse() {
        Ok(point @ Point::Month(..)) => Some(point.first_day()),
        _ => None,
    }
}

fn title(first: Date, locale: Locale) -> String {
    locale.point(Point::Month(first.year(), first.month()))
}

/// The time in which the month passes somewhere on Earth.
fn around(first: Date, zone: &Zone) -> Window {
    let at = |day: Date| zone.instant(day.to_datetime(Time::midnight()));
    let (from, to) = (at(first), at(first.last_of_month()));
    let shifted = |at: jiff::Timestamp, hours: i64| at.checked_add(Span::new().hours(hours)).unwrap_or(at);
    Window { from: shifted(from, -48), to: shifted(to, 72) }
}

struct View<'a> {
    locale: Locale,
    zone: &'a Zone,
    today: Date,
    query: &'a FilterQuery,
    is_long: bool,
}

impl View<'_> {
    fn neighbour(&self, first: Date, step: Span) -> Option<Neighbour> {
        let first = first.checked_add(step).ok()?;
        first_day(&first.strftime("%Y-%m").to_string())?;
        Some(Neighbour { url: self.query.at(&Links::HERE.month(first)), title: title(first, self.locale) })
    }

    fn week(&self, squares: &[Option<Square<'_>>]) -> Week {
        let number = squares.iter().flatten().next().map_or(0, |square| square.date.iso_week_date().week());
        Week {
            number: self.locale.with("month-week-number", "number", number),
            name: self.locale.with("month-week", "number", number),
            cells: squares.iter().map(|square| Some(self.cell(square.as_ref()?))).collect(),
        }
    }

    fn cell(&self, square: &Square<'_>) -> Cell {
        let date = square.date;
        let lanes = square.lanes.iter().take(LANES);
        let bars = lanes.map(|lane| lane.map(|part| self.bar(&part, date)));
        let room = SHOWN.saturating_sub(square.lanes.len().min(LANES));
        let single = square.events.iter().take(room).map(|event| Some(self.entry(event, date)));
        let entries: Vec<_> = bars.chain(single).collect();
        let all = square.lanes.iter().flatten().count() + square.events.len();
        let hidden = all - entries.iter().flatten().count();
        let url = || (!self.is_long).then(|| self.query.on_day(date));
        let more = (hidden > 0).then(|| (self.locale.with("month-more", "count", hidden), url()));
        Cell { date, long: self.locale.long_day(date), is_today: date == self.today, entries, more }
    }

    fn bar(&self, part: &Part<'_>, date: Date) -> DayEntry {
        let Part { begins, ends, span, .. } = *part;
        DayEntry { bar: Some(Bar { begins, ends, span }), ..self.entry(part.event, date) }
    }

    fn entry(&self, event: &Event, date: Date) -> DayEntry {
        let details = &event.details;
        let begins = self.zone.at(details.when.first_instant());
        let time = match details.when.start() {
            Point::Minute(_) if begins.date() == date => begins.strftime("%H:%M").to_string(),
            _ => String::new(),
        };
        DayEntry {
            url: Links::HERE.event(event.id),
            kind: details.kind,
            kind_label: self.locale.kind(details.kind),
            time,
            title: details.title.clone(),
            is_cancelled: event.is_cancelled(),
            is_tentative: details.status == crate::domain::event::Status::Tentative,
            bar: None,
        }
    }
}
