//! From articles to events: every block is read in its language, then the years are filled in.

use jiff::civil::{Date, Time};

use crate::Known;
use crate::article::Article;
use crate::event::{Event, Point, When, Year};
use crate::language::{self, Around, Sentence, Statement};
use crate::written::{Span, Written};
use crate::year::{Anchor, Tense, resolve, resolve_end};

pub fn events(articles: Vec<Article>, known: &Known<'_>) -> Vec<Event> {
    let mut events = Vec::new();
    // The last day with a year that the text told, for articles that tell none.
    let mut last_day = None;
    for article in &articles {
        let found = read_article(article);
        let years = Years::of(article, &found, last_day, known);
        for (position, found) in found.iter().enumerate() {
            let topics = known.topics.found_in(&[&article.heading, found.paragraph]);
            let told = found.sentence.statements.iter();
            events.extend(told.filter_map(|statement| found.event(statement, years.anchor(position), &topics)));
        }
        last_day = years.last_day().or(last_day);
    }
    events
}

/// A sentence that holds dates, and where.
struct Found<'a> {
    paragraph: &'a str,
    line: usize,
    sentence: Sentence,
}

fn read_article(article: &Article) -> Vec<Found<'_>> {
    let mut around = Around { heading: article.heading.clone(), ..Around::default() };
    for (standard, name) in language::of(&article.heading).standards(&article.heading) {
        around.remember(&standard, &name);
    }
    let of_heading = around.standards.clone();
    let mut found = Vec::new();
    for block in &article.blocks {
        // What is pointed back to stands in the heading or in the block itself.
        around.standards.clone_from(&of_heading);
        let sentences = language::of(&block.text).read(block, &mut around);
        found.extend(sentences.into_iter().map(|sentence| Found {
            paragraph: &block.text,
            line: block.line,
            sentence,
        }));
    }
    found
}

impl Found<'_> {
    fn event(&self, statement: &Statement, (anchor, year): (Anchor, Year), topics: &[String]) -> Option<Event> {
        let date = &statement.date;
        let year = if date.start.year().is_some() { Year::Told } else { year };
        let (when, zone) = when(date, anchor, statement.tense)?;
        Some(Event {
            kind: statement.kind,
            title: statement.title.clone(),
            when,
            zone,
            location: statement.location.clone(),
            organizer: statement.organizer.clone(),
            standards: statement.standards.clone(),
            topics: topics.to_vec(),
            year,
            written: if year == Year::Told { when.to_string() } else { format!("{:?}", date.start) },
            was: statement.was.as_ref().and_then(|was| Some(self::when(was, anchor, Tense::Unknown)?.0)),
            note: None,
            source_text: self.sentence.text.clone(),
            line: self.line,
        })
    }
}

/// The moments that are meant, and the zone that was told.
fn when(date: &Span, anchor: Anchor, tense: Tense) -> Option<(When, Option<String>)> {
    let start = resolve(date.start, anchor, tense)?;
    let (Point::Day(day), Some(times)) = (start, date.times) else {
        let end = date.end.and_then(|end| resolve_end(end, start));
        return Some((When { start, end }, None));
    };
    let at = |time: Time| Point::Minute(day.to_datetime(time));
    let when = When { start: at(times.start), end: times.end.filter(|end| *end > times.start).map(at) };
    Some((when, times.zone.map(str::to_owned)))
}

/// The days with a year that an article tells, by the sentences that tell them.
struct Years {
    published: Option<Date>,
    told: Vec<(usize, Date)>,
    before: Option<Date>,
    today: Date,
    is_written_known: bool,
}

impl Years {
    fn of(article: &Article, found: &[Found<'_>], before: Option<Date>, known: &Known<'_>) -> Self {
        let mut told = Vec::new();
        for (position, found) in found.iter().enumerate() {
            for date in &found.sentence.dates {
                let day = [date.end, Some(date.start)].into_iter().flatten().find_map(|written| match written {
                    Written::Day { year: Some(year), month, day } => Date::new(year, month, day).ok(),
                    _ => None,
                });
                told.extend(day.map(|day| (position, day)));
            }
        }
        let mut years = Self {
            published: None,
            told,
            before,
            today: known.written.unwrap_or(known.today),
            is_written_known: known.written.is_some(),
        };
        years.published = article.published.and_then(|written| {
            let (anchor, _) = years.anchor(0);
            resolve(written, anchor, Tense::Unknown).map(Point::first_day)
        });
        years
    }

    /// What a date of this sentence is understood from, and how well that is known.
    fn anchor(&self, position: usize) -> (Anchor, Year) {
        let after = self.told.partition_point(|(at, _)| *at <= position);
        let before = after.checked_sub(1).and_then(|at| self.told.get(at));
        let nearest = before.or_else(|| self.told.get(after)).map(|(_, day)| *day);
        match self.published.map(|day| (day, true)).or(nearest.or(self.before).map(|day| (day, false))) {
            Some((day, is_now)) => (Anchor { day, is_now }, Year::Understood),
            None => {
                let year = if self.is_written_known { Year::Understood } else { Year::Guessed };
                (Anchor { day: self.today, is_now: true }, year)
            }
        }
    }

    fn last_day(&self) -> Option<Date> {
        self.published.or(self.told.last().map(|(_, day)| *day))
    }
}
