//! From articles to events: every block is read in its language, then the years are filled in.

use jiff::ToSpan;
use jiff::civil::{Date, Time};

use crate::Known;
use crate::article::Article;
use crate::event::{Event, Kind, Point, When, Year};
use crate::language::{self, Around, Sentence, Statement};
use crate::parallel;
use crate::written::{Span, Written};
use crate::year::{Anchor, Tense, resolve, resolve_end};
use crate::zones::Zone;

pub fn events(articles: Vec<Article>, is_day_first: Option<bool>, known: &Known<'_>) -> Vec<Event> {
    let mut events = Vec::new();
    // The last day with a year that the text told, for articles that tell none.
    let mut last_day = None;
    let told = parallel::map(&articles, LEAST_ARTICLES, |article| read_article(article, is_day_first));
    for (article, found) in articles.iter().zip(told) {
        let years = Years::of(article, &found, last_day, known);
        // A text goes on in time: what is guessed is not before what was guessed above it.
        let mut guessed: Option<Date> = None;
        for (position, found) in found.iter().enumerate() {
            let topics = known.topics.found_in(&[&article.heading, found.paragraph]);
            for statement in &found.sentence.statements {
                let (mut anchor, year) = years.anchor(position);
                if let Some(day) = guessed.filter(|_| year == Year::Guessed && anchor.is_now) {
                    anchor.day = day.checked_sub(BACK.days()).unwrap_or(day);
                }
                let Some(event) = found.event(statement, (anchor, year), &topics) else { continue };
                if event.year == Year::Guessed {
                    guessed = Some(event.when.start.first_day());
                }
                if !years.is_history(statement.tense, found, &event) {
                    events.push(event);
                }
            }
        }
        last_day = years.last_day().or(last_day);
    }
    events
}

/// So many days back from what was told a text may go.
const BACK: i64 = 60;

/// A sentence that holds dates, and where.
struct Found<'a> {
    paragraph: &'a str,
    line: usize,
    sentence: Sentence,
}

/// Fewer are not worth a thread.
const LEAST_ARTICLES: usize = 200;

fn read_article(article: &Article, is_day_first: Option<bool>) -> Vec<Found<'_>> {
    let mut around = Around {
        heading: article.heading.clone(),
        title: article.title.clone(),
        day: article.day,
        month: article.month,
        ..Around::default()
    };
    for (standard, name) in language::of(&article.heading).standards(&article.heading) {
        around.remember(&standard, &name);
    }
    let of_heading = around.standards.clone();
    let mut found = Vec::new();
    for block in &article.blocks {
        // What is pointed back to stands in the heading or in the block itself.
        around.standards.clone_from(&of_heading);
        let sentences = language::of(&block.text).read(block, &mut around);
        found.extend(sentences.into_iter().map(|mut sentence| {
            sentence.dates.iter_mut().for_each(|date| settle(date, is_day_first));
            for statement in &mut sentence.statements {
                settle(&mut statement.date, is_day_first);
                statement.was.iter_mut().for_each(|was| settle(was, is_day_first));
            }
            Found { paragraph: &block.text, line: block.line, sentence }
        }));
    }
    // One place that is told by itself is where all of it is.
    let mut places = found.iter().filter_map(|found: &Found<'_>| found.sentence.place.clone());
    if let (Some(place), None) = (places.next(), places.next()) {
        let told = found.iter_mut().flat_map(|found| &mut found.sentence.statements);
        told.filter(|statement| statement.kind.is_attended() && statement.location.is_empty())
            .for_each(|statement| statement.location.clone_from(&place));
    }
    found
}

/// Puts day and month where they belong, where the text decides it.
fn settle(span: &mut Span, is_day_first: Option<bool>) {
    if is_day_first.is_some() {
        span.start = span.start.settled(is_day_first).unwrap_or(span.start);
        span.end = span.end.map(|end| end.settled(is_day_first).unwrap_or(end));
    }
}

impl Found<'_> {
    fn event(&self, statement: &Statement, (anchor, year): (Anchor, Year), topics: &[String]) -> Option<Event> {
        let date = &statement.date;
        let year = if date.start.year().is_some() { Year::Told } else { year };
        let tense = match (statement.tense, year) {
            // What nobody says anything of is to come, all of it alike.
            (Tense::Unknown, Year::Guessed) if anchor.is_now => Tense::Ahead,
            (Tense::Unknown, _) if statement.kind == Kind::Deadline && anchor.is_exact => Tense::Ahead,
            (_, Year::Understood | Year::Guessed) if !anchor.is_now => Tense::Unknown,
            (tense, _) => tense,
        };
        let (when, zone) = when(date, anchor, tense)?;
        if when.start.first_day().year() < OLDEST {
            return None;
        }
        let anchor_of_was = Anchor::beside(when.start.first_day());
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
            was: statement.was.as_ref().and_then(|was| Some(self::when(was, anchor_of_was, Tense::Unknown)?.0)),
            note: date.times.is_some_and(|times| times.zone == Some(Zone::Unknown)).then(|| UNKNOWN_ZONE.to_owned()),
            source_text: self.sentence.text.clone(),
            line: self.line,
        })
    }
}

/// Whatever happened before is history, and no announcement.
const OLDEST: i16 = 1980;

/// For the editor.
const UNKNOWN_ZONE: &str = "the text names a time zone that is not known, so only the day is given";

/// The moments that are meant, and the zone that was told.
fn when(date: &Span, anchor: Anchor, tense: Tense) -> Option<(When, Option<String>)> {
    let start = resolve(date.start, date.weekday, anchor, tense)?;
    let (Point::Day(day), Some(times), None) = (start, date.times, date.end) else {
        let end = date.end.and_then(|end| resolve_end(end, start));
        return Some((When { start, end }, None));
    };
    let at = |time: Time| Point::Minute(day.to_datetime(time));
    let when = When { start: at(times.start), end: times.end.filter(|end| *end > times.start).map(at) };
    match times.zone {
        None => Some((when, None)),
        Some(Zone::Known(name)) => Some((when, Some(name.to_owned()))),
        // Better no time than one of another zone.
        Some(Zone::Unknown) => Some((When { start, end: None }, None)),
    }
}

/// The one year that a text names, and more than once, or in a short line right over a table.
fn only_year(article: &Article) -> Option<Written> {
    let of = |text: &'_ str| -> Vec<i16> {
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() == 4);
        words.filter_map(|word| word.parse().ok()).filter(|year| (1990..2060).contains(year)).collect()
    };
    let mut years = of(&article.heading);
    years.extend(of(&article.title));
    let mut is_caption = false;
    for (at, block) in article.blocks.iter().enumerate() {
        let own = of(&block.text);
        let is_over_rows = || article.blocks.get(at + 1).is_some_and(|next| !next.cells.is_empty());
        is_caption |= !own.is_empty() && block.text.len() <= LONGEST_CAPTION && is_over_rows();
        years.extend(own);
    }
    let first = *years.first()?;
    ((years.len() > 1 || is_caption) && years.iter().all(|year| *year == first)).then_some(Written::Year(first))
}

/// In octets.
const LONGEST_CAPTION: usize = 120;

/// In days.
const A_YEAR_AND_MORE: i32 = 400;

/// In years, from when on a day says nothing of when a text was written.
const LONG_GONE: i16 = 15;

/// The days with a year that an article tells, by the sentences that tell them.
struct Years {
    published: Option<Anchor>,
    told: Vec<(usize, Date)>,
    /// Days of several years stand around those that have none.
    are_far_apart: bool,
    /// The last day, as far as it is not to come.
    newest: Option<Date>,
    before: Option<Date>,
    today: Date,
    is_written_known: bool,
    /// Where nobody knows: the first date whose weekday says something of its year.
    by_weekday: Option<Date>,
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
        let today = known.written.unwrap_or(known.today);
        // What is long gone, where the text tells of newer days, is what it remembers.
        let is_recent = |day: &Date| day.year() > today.year() - LONG_GONE;
        if told.iter().any(|(_, day)| is_recent(day)) {
            told.retain(|(_, day)| is_recent(day));
        }
        let now = Anchor::now(today, false);
        let by_weekday = found.iter().flat_map(|found| &found.sentence.dates).find_map(|date| {
            let point = resolve(date.start, Some(date.weekday?), now, Tense::Ahead)?;
            date.start.year().is_none().then(|| point.first_day())
        });
        let is_written_known = known.written.is_some();
        let days = || told.iter().map(|(_, day)| *day);
        let spread = days().min().zip(days().max()).map_or(0, |(first, last)| (last - first).get_days());
        let (are_far_apart, newest) = (spread > A_YEAR_AND_MORE, days().filter(|day| *day <= today).max());
        let mut years =
            Self { published: None, told, are_far_apart, newest, before, today, is_written_known, by_weekday };
        let dateline = || found.iter().find_map(|found| found.sentence.written);
        let published = article.published.filter(|written| written.is_day()).or_else(dateline).or(article.published);
        let published = published.or_else(|| years.told.is_empty().then(|| only_year(article))?);
        years.published = published.and_then(|written| match written {
            // Of a year, every date is nearest to its middle.
            Written::Year(year) => Some(Anchor::beside(Date::new(year, 7, 1).ok()?)),
            Written::Season(year) => Some(Anchor::beside(Date::new(year + 1, 2, 1).ok()?)),
            Written::Month { year: Some(year), month } => Some(Anchor::now(Date::new(year, month, 1).ok()?, false)),
            written => match resolve(written, None, years.anchor(0).0, Tense::Unknown) {
                Some(day) => Some(Anchor::now(day.first_day(), true)),
                // `6/2/23`, of which nothing tells the month.
                None => Some(Anchor::beside(Date::new(written.year()?, 7, 1).ok()?)),
            },
        });
        let published = years.published.map(|anchor| anchor.day).filter(|day| *day <= today);
        years.newest = years.newest.max(published);
        years
    }

    /// What a date of this sentence is understood from, and how well that is known.
    fn anchor(&self, position: usize) -> (Anchor, Year) {
        let after = self.told.partition_point(|(at, _)| *at <= position);
        let before = after.checked_sub(1).and_then(|at| self.told.get(at));
        let nearest = before.or_else(|| self.told.get(after)).map(|(_, day)| *day);
        let written = || Anchor::now(self.today, true);
        let nearest = match self.told.first().filter(|_| self.are_far_apart) {
            // What news are of is told first.
            Some((_, first)) => Some((Anchor::beside(*first), Year::Guessed)),
            None => nearest.map(|day| (Anchor { is_end: before.is_none(), ..Anchor::beside(day) }, Year::Understood)),
        };
        match self.published.map(|published| (published, Year::Understood)).or(nearest) {
            Some(anchor) => anchor,
            None if self.is_written_known => (written(), Year::Understood),
            None => match self.before {
                Some(day) => (Anchor::beside(day), Year::Understood),
                None => match self.by_weekday {
                    Some(day) => (Anchor::beside(day), Year::Guessed),
                    None => (Anchor::now(self.today, false), Year::Guessed),
                },
            },
        }
    }

    /// Whether it is told of what had happened years before: history, and no news.
    fn is_history(&self, tense: Tense, found: &Found<'_>, event: &Event) -> bool {
        let is_prose = found.sentence.text.ends_with(['.', '”']) && found.sentence.text.split(' ').count() > 8;
        (tense == Tense::Past || tense == Tense::Unknown && is_prose)
            && !matches!(event.kind, Kind::EffectiveDate | Kind::Deadline)
            && self.newest.is_some_and(|newest| event.when.start.first_day().year() < newest.year() - 5)
    }

    fn last_day(&self) -> Option<Date> {
        self.published.map(|anchor| anchor.day).or(self.told.last().map(|(_, day)| *day))
    }
}
