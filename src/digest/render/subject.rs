//! The subject of an edition's mails, in words.

use jiff::civil::Date;
use textwrap::core::display_width;

use super::{Frame, words};
use crate::digest::headline::Headline;
use crate::domain::changes::Change;
use crate::domain::edition::EDITION_NUMBER;
use crate::domain::event::{Event, KindSaid, Status};
use crate::domain::section::Section;
use crate::domain::subject::{Place, SubjectPattern};
use crate::domain::text;
use crate::domain::wording::Locale;

/// What mail programs show of a subject, in columns: a Chinese character takes two.
const MOST_COLUMNS: usize = 60;
/// A title is not cut shorter than this to say how much more there is.
const LEAST_BESIDE_MORE: usize = 24;
/// Nor than this in any case.
const LEAST: usize = 12;

/// A subject, and how many of the headlines it tells.
pub struct Subject {
    pub line: String,
    pub told: usize,
}

impl Subject {
    /// As its editors say it, or as the pattern has it, or what matters most.
    pub fn of(frame: &Frame<'_>, headlines: &[Headline<'_>]) -> Self {
        if let Some(note) = frame.note.filter(|note| !note.subject.is_empty()) {
            return Self { line: note.subject.clone(), told: 0 };
        }
        let l = frame.locale;
        let (title, date) = (frame.config.title_of(frame.digest, l), l.day(frame.today));
        let plain = || l.joined(title.to_owned(), date.clone());
        let pattern = frame.config.subject_of(frame.digest, l);
        let tells = pattern.is_none_or(|pattern| pattern.has(Place::Headline));
        let Some(first) = headlines.first().filter(|_| tells) else {
            let line = pattern.map_or_else(plain, |pattern| filled(pattern, title, &date, "", &more(l, headlines, 0)));
            return Self { line: if line.is_empty() { plain() } else { line }, told: 0 };
        };
        let rest = more(l, headlines, 1);
        let line = |of_event: &str, has_more: bool| {
            let (headline, more) = (sentence(frame, *first, of_event), if has_more { rest.as_str() } else { "" });
            match pattern {
                Some(pattern) => filled(pattern, title, &date, &headline, more),
                None if more.is_empty() => headline,
                None => l.joined(headline, more.to_owned()),
            }
        };
        Self { line: fitted(*first, line), told: 1 }
    }
}

fn filled(pattern: &SubjectPattern, title: &str, date: &str, headline: &str, more: &str) -> String {
    pattern.filled(|place| {
        let value = match place {
            Place::Title => title,
            Place::Date => date,
            Place::Headline => headline,
            Place::More => more,
            Place::Number => EDITION_NUMBER,
        };
        value.to_owned()
    })
}

/// As much of the title as there is room for; of what a standard is the title, its number says it, too.
fn fitted(headline: Headline<'_>, line: impl Fn(&str, bool) -> String) -> String {
    let title = headline.title();
    let standards = headline.event().map(|event| event.details.standards.as_slice()).unwrap_or_default();
    let short = match standards {
        [one] if title.contains(one.as_str()) => one,
        _ => title,
    };
    let whole = [title, short].iter().map(|title| line(title, true)).find(|line| display_width(line) <= MOST_COLUMNS);
    if let Some(line) = whole {
        return line;
    }
    let room = |has_more: bool| MOST_COLUMNS.saturating_sub(display_width(&line("", has_more)));
    match room(true) {
        room if room >= LEAST_BESIDE_MORE => line(&clipped(title, room), true),
        _ => line(&clipped(title, room(false).max(LEAST)), false),
    }
}

/// At most so many columns of a text, to the end of a word.
fn clipped(text: &str, columns: usize) -> String {
    if display_width(text) <= columns {
        return text.to_owned();
    }
    let room = columns.saturating_sub(1);
    let mut end = 0;
    for word in words(text) {
        let next = end + word.word.len();
        if text.get(..next).is_none_or(|begin| display_width(begin) > room) {
            break;
        }
        end = next + word.whitespace.len();
    }
    if end == 0 {
        // One word, longer than that.
        end = text
            .char_indices()
            .map(|(at, c)| at + c.len_utf8())
            .take_while(|&to| display_width(&text[..to]) <= room)
            .last()
            .unwrap_or(0);
    }
    let begin = text.get(..end).unwrap_or_default();
    let begin = begin.trim_end_matches(|c: char| !c.is_alphanumeric() && !")]）】》”".contains(c));
    // Its cut may have taken the end of what turned the direction of writing.
    format!("{}…", text::cleaned(begin))
}

/// `and 6 more dates`, behind so many that are told; nothing where there are none.
fn more(l: Locale, headlines: &[Headline<'_>], told: usize) -> String {
    let dates = headlines.iter().filter(|headline| headline.event().is_some()).count();
    let dates_told = headlines.iter().take(told).filter(|headline| headline.event().is_some()).count();
    match (dates, headlines.len()) {
        (0, articles) if articles > told => l.with("subject-more-articles", "n", articles - told),
        _ if dates > dates_told => l.with("subject-more-dates", "n", dates - dates_told),
        _ => String::new(),
    }
}

/// One headline with its title, or what stands for it.
fn sentence(frame: &Frame<'_>, headline: Headline<'_>, title: &str) -> String {
    let l = frame.locale;
    let title = title.to_owned();
    let marked = |mark: String| l.tell("subject-marked", [("mark", mark.into()), ("title", title.as_str().into())]);
    let (event, section) = match headline {
        Headline::Article(_) => return title,
        Headline::Change(event, Change::Moved { .. }) => {
            let when = when(frame, event);
            return l.tell("subject-moved", [("when", when.into()), ("title", title.into())]);
        }
        Headline::Change(_, Change::Cancelled) => return marked(l.say("badge-cancelled")),
        Headline::Change(_, Change::Rescheduled) => return marked(l.say("badge-rescheduled")),
        Headline::Change(_, Change::Relocated { .. }) => return marked(l.say("badge-relocated")),
        Headline::Change(_, Change::Relinked) => return marked(l.say("badge-relinked")),
        Headline::Change(event, Change::Exact { .. }) => {
            return l.joined(title, when(frame, event));
        }
        Headline::Change(_, Change::Placed) => return marked(l.say("badge-placed")),
        Headline::Change(_, Change::Linked) => return marked(l.say("badge-linked")),
        Headline::Change(_, Change::Confirmed) => return marked(l.say("badge-confirmed")),
        Headline::Change(_, Change::Updated { .. }) => return marked(l.say("badge-updated")),
        Headline::Change(_, Change::Reinstated) => return marked(l.say("badge-reinstated")),
        Headline::Event(event, section) => (event, section),
    };
    let details = &event.details;
    let when = when(frame, event);
    let (first_day, today) = frame.days(event);
    let last_day = frame.last_day(event);
    let dated = |id: &str| l.tell(id, [("when", when.as_str().into()), ("title", title.as_str().into())]);
    let is_over = last_day < today;
    let said = details.kind.traits().said_in(&title);
    match section {
        Section::Released | Section::Held => marked(l.section(section)),
        Section::InEffect | Section::Effective if is_over => l.with("subject-in-effect", "title", title.as_str()),
        _ if is_tentative(event) => l.joined(l.joined(title.clone(), when.clone()), l.say("tentative")),
        Section::Effective | Section::Deadlines if said == KindSaid::AtItsEnd => dated("subject-said"),
        Section::Effective | Section::Deadlines if said == KindSaid::Within => l.joined(title.clone(), when.clone()),
        Section::Effective => dated("subject-effective"),
        Section::Deadlines => dated("subject-deadline"),
        Section::Upcoming if first_day < today => {
            let until = day(l, last_day, today);
            l.tell("subject-until", [("when", until.into()), ("title", title.as_str().into())])
        }
        _ => l.joined(title.clone(), when.clone()),
    }
}

fn is_tentative(event: &Event) -> bool {
    event.details.status == Status::Tentative
}

/// When it begins, as short as it stays clear.
fn when(frame: &Frame<'_>, event: &Event) -> String {
    let (when, (first_day, today)) = (&event.details.when, frame.days(event));
    if when.is_partial() { frame.locale.when(when) } else { day(frame.locale, first_day, today) }
}

/// `today`, `Thursday`, `9 October`, `9 October 2021`.
fn day(l: Locale, day: Date, today: Date) -> String {
    match (day - today).get_days() {
        0 | 1 => l.days_away(today, day),
        2..7 => l.weekday_name(day.weekday().to_monday_one_offset()),
        _ if day.year() == today.year() => l.day_of_year(day),
        _ => l.day(day),
    }
}

#[cfg(test)]
mod tests;
