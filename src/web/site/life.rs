//! A standard's life: its editions on a line of time, and the same as a table. Pure.

use jiff::civil::{Date, date};

use crate::domain::event::{Event, Kind};
use crate::domain::links::Links;
use crate::domain::standard;
use crate::domain::wording::Locale;

/// The width of the drawing, and of its margins, in its own units.
const WIDTH: i32 = 1000;
const MARGIN: i32 = 20;
/// So high is the lane of an edition, and the line of years below.
const LANE: i32 = 60;
const YEARS: i32 = 36;
/// More years than this are told by fives.
const YEARS_TOLD: i16 = 12;

pub struct Life {
    pub height: i32,
    pub ticks: Vec<Tick>,
    pub lanes: Vec<Lane>,
    pub rows: Vec<Row>,
}

/// The beginning of a year.
pub struct Tick {
    pub x: i32,
    pub year: i16,
    pub is_told: bool,
}

/// An edition.
pub struct Lane {
    pub name: String,
    pub name_y: i32,
    pub y: i32,
    /// From its first date until its last, or until another took its place.
    pub from: i32,
    pub to: i32,
    pub marks: Vec<Mark>,
}

pub struct Mark {
    pub x: i32,
    /// Of what is not known to the day; 0: a point.
    pub width: i32,
    /// Names its colour.
    pub kind: Kind,
}

pub struct Row {
    pub when: String,
    pub what: String,
    pub edition: String,
    pub title: String,
    pub url: String,
    pub is_cancelled: bool,
}

/// A date of an edition.
struct Dated<'a> {
    event: &'a Event,
    key: String,
    edition: &'a str,
}

impl Life {
    /// Of the events that name the standard of a key, or an edition of it; none if there are none.
    pub fn of(events: &[&Event], wanted: &str, locale: Locale) -> Option<Self> {
        let mut dated: Vec<Dated<'_>> = Vec::new();
        for event in events {
            let named = event.details.standards.iter().map(|own| (standard::key(own), own.as_str()));
            let named = named.filter(|(key, _)| standard::matches(key, wanted));
            dated.extend(named.map(|(key, edition)| Dated { event, key, edition }));
        }
        dated.sort_by_key(|it| (it.event.details.when.first_instant(), it.event.id));
        let first = dated.iter().map(|it| it.event.details.when.first_day()).min()?;
        let last = dated.iter().map(|it| it.event.details.when.last_day()).max()?;
        let scale = Scale::of(first, last);
        let mut lanes: Vec<(String, Lane)> = Vec::new();
        let mut rows: Vec<(Date, Row)> = Vec::new();
        for it in &dated {
            let when = &it.event.details.when;
            let (from, to) = (scale.at(when.first_day()), scale.at(when.last_day()));
            let known = lanes.iter().position(|(key, _)| *key == it.key).unwrap_or(lanes.len());
            if known == lanes.len() {
                let top = LANE * i32::try_from(known).unwrap_or_default();
                let lane =
                    Lane { name: it.edition.to_owned(), name_y: top + 22, y: top + 42, from, to, marks: Vec::new() };
                lanes.push((it.key.clone(), lane));
            }
            if let Some((_, lane)) = lanes.get_mut(known) {
                lane.to = lane.to.max(to);
                let width = if when.is_partial() { (to - from).max(1) } else { 0 };
                lane.marks.push(Mark { x: from, width, kind: it.event.details.kind });
            }
            rows.push((when.first_day(), row(it, locale)));
        }
        for (old, new) in replaced(&dated) {
            let day = new.event.details.when.first_day();
            let name = lanes.iter().find(|(key, _)| *key == old).map_or(String::new(), |(_, lane)| lane.name.clone());
            if let Some((_, lane)) = lanes.iter_mut().find(|(key, _)| *key == old) {
                lane.to = lane.to.max(scale.at(day));
            }
            let what = locale.with("subject-replaced", "edition", new.edition);
            rows.push((day, Row { what, edition: name, ..row(new, locale) }));
        }
        rows.sort_by_key(|(day, _)| *day);
        Some(Self {
            height: LANE * i32::try_from(lanes.len()).unwrap_or(1) + YEARS,
            ticks: scale.ticks(),
            lanes: lanes.into_iter().map(|(_, lane)| lane).collect(),
            rows: rows.into_iter().map(|(_, row)| row).collect(),
        })
    }
}

fn row(it: &Dated<'_>, locale: Locale) -> Row {
    Row {
        when: locale.when(&it.event.details.when),
        what: locale.kind(it.event.details.kind),
        edition: it.edition.to_owned(),
        title: it.event.details.title.clone(),
        url: Links::HERE.event(it.event.id),
        is_cancelled: it.event.is_cancelled(),
    }
}

/// The editions that are replaced when a later one of the same number takes effect, and that.
fn replaced<'a, 'b>(dated: &'b [Dated<'a>]) -> Vec<(String, &'b Dated<'a>)> {
    let effective =
        || dated.iter().filter(|it| it.event.details.kind == Kind::EffectiveDate && !it.event.is_cancelled());
    let mut found: Vec<(String, &Dated<'_>)> = Vec::new();
    for new in effective() {
        let (number, edition) = standard::edition(&new.key);
        let is_older = |it: &&Dated<'_>| {
            let (other, older) = standard::edition(&it.key);
            other == number && older < edition
        };
        // The newest of the older ones: those before it were replaced by that.
        let old = dated.iter().filter(is_older).max_by_key(|it| standard::edition(&it.key).1);
        if let Some(old) = old.filter(|old| found.iter().all(|(known, _)| *known != old.key)) {
            found.push((old.key.clone(), new));
        }
    }
    found
}

/// Whole years, laid over the width.
struct Scale {
    first: i16,
    last: i16,
}

impl Scale {
    fn of(first: Date, last: Date) -> Self {
        Self { first: first.year(), last: last.year() }
    }

    fn at(&self, day: Date) -> i32 {
        let begin = date(self.first, 1, 1);
        let days = |day: Date| day.duration_since(begin).as_hours() / 24;
        let all = days(date(self.last, 12, 31)).max(1);
        MARGIN + i32::try_from(i64::from(WIDTH - 2 * MARGIN) * days(day).clamp(0, all) / all).unwrap_or_default()
    }

    fn ticks(&self) -> Vec<Tick> {
        let are_many = self.last - self.first >= YEARS_TOLD;
        let years = self.first..=self.last;
        let tick = |year: i16| Tick { x: self.at(date(year, 1, 1)), year, is_told: !are_many || year % 5 == 0 };
        // A hundred years are told by fives alone.
        years.map(tick).filter(|tick| tick.is_told || self.last - self.first < 60).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::Details;
    use crate::domain::when::When;
    use crate::domain::zone::Zone;

    fn event(id: i64, kind: Kind, start: &str, standards: &[&str]) -> Event {
        let when = When::parse(start, None, Zone::utc()).unwrap();
        let standards = standards.iter().map(|own| (*own).to_owned()).collect();
        let details = Details { standards, ..Details::new(kind, "A title", when) };
        Event::new(id, id.to_string(), details, jiff::Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn editions_follow_each_other_on_their_line() {
        let events = [
            event(1, Kind::Release, "2017-12-29", &["GB/T 35273-2017"]),
            event(2, Kind::EffectiveDate, "2018-05-01", &["GB/T 35273-2017"]),
            event(3, Kind::Release, "2020-03", &["GB/T 35273—2020", "GB/T 1"]),
            event(4, Kind::EffectiveDate, "2020-10-01", &["GB/T 35273-2020"]),
        ];
        let all: Vec<&Event> = events.iter().collect();
        let life = Life::of(&all, &standard::key("GB/T 35273"), Locale::default()).unwrap();
        let names: Vec<&str> = life.lanes.iter().map(|lane| lane.name.as_str()).collect();
        assert_eq!(names, ["GB/T 35273-2017", "GB/T 35273—2020"]);
        let rows: Vec<String> = life.rows.iter().map(|row| format!("{} {}", row.edition, row.what)).collect();
        assert_eq!(rows.len(), 5, "{rows:?}");
        assert!(rows.contains(&"GB/T 35273-2017 replaced by GB/T 35273-2020".to_owned()), "{rows:?}");
        // A month is as wide as it is long, a day is a point; what is replaced ends then.
        let widths: Vec<i32> = life.lanes.iter().flat_map(|lane| &lane.marks).map(|mark| mark.width).collect();
        assert_eq!((widths[0], widths[1], widths[3]), (0, 0, 0));
        assert!((15..25).contains(&widths[2]), "{widths:?}");
        assert_eq!(life.lanes[0].to, life.lanes[1].marks[1].x);
        assert_eq!(life.ticks.iter().map(|tick| tick.year).collect::<Vec<_>>(), [2017, 2018, 2019, 2020]);
        // One edition alone; and what nothing names.
        let life = Life::of(&all, &standard::key("GB/T 35273-2020"), Locale::default()).unwrap();
        assert_eq!((life.lanes.len(), life.rows.len()), (1, 2));
        assert!(Life::of(&all, "ISO 1", Locale::default()).is_none());
    }

    #[test]
    fn parts_do_not_replace_each_other() {
        let events = [
            event(1, Kind::EffectiveDate, "2019-05-01", &["ISO/IEC 30145-1:2019"]),
            event(2, Kind::EffectiveDate, "2020-05-01", &["ISO/IEC 30145-2:2020"]),
        ];
        let all: Vec<&Event> = events.iter().collect();
        let life = Life::of(&all, "ISO/IEC30145", Locale::default()).unwrap();
        assert_eq!((life.lanes.len(), life.rows.len()), (2, 2));
    }
}
