//! From articles to proposals: every sentence that holds a date is read, then the years are filled in.

use jiff::civil::{Date, Time};

use super::Known;
use super::article::Article;
use super::clause::{Dated, Parsed, judge};
use super::dates::{Mention, Written, mentions};
use super::kind::cues;
use super::mask::{Masked, Standard, mask};
use super::names::month;
use super::naming::name_after;
use super::proposal::Proposal;
use super::sentence::sentences;
use super::subject::{Around, Subject, subjects};
use super::text::Role;
use super::token::{Token, tokens};
use super::year::{Anchor, resolve, resolve_end};
use crate::domain::event::{Details, Kind};
use crate::domain::when::{Point, When};
use crate::domain::zone::Zone;

/// How many of the standards told before are remembered: a text points back to what it told a moment ago.
const REMEMBERED: usize = 12;

pub fn proposals(articles: Vec<Article>, known: &Known<'_>) -> Vec<Proposal> {
    let mut proposals = Vec::new();
    // The last day with a year that the text told, for articles that tell none.
    let mut last_day = None;
    for article in &articles {
        let found = read_article(article);
        let years = Years::of(article, &found, last_day, known.today);
        for (position, sentence) in found.iter().enumerate() {
            proposals.extend(sentence.proposals(&years, position, article, known));
        }
        last_day = years.last_day().or(last_day);
    }
    proposals
}

/// A sentence that holds dates.
struct Found<'a> {
    text: &'a str,
    paragraph: &'a str,
    line: usize,
    parsed: Parsed<'a>,
    standards: Vec<Standard>,
    around: Around,
    dated: Vec<Option<Dated>>,
}

fn read_article(article: &Article) -> Vec<Found<'_>> {
    let mut found: Vec<Found<'_>> = Vec::new();
    let mut around = Around { heading: article.heading.clone(), ..Around::default() };
    let heading_tokens = tokens(&article.heading);
    let heading = mask(&article.heading, &heading_tokens);
    remember(&mut around, &article.heading, &heading);
    let of_heading = around.standards.clone();
    let heading_sense = cues(&heading.tokens, true).last().map(|cue| cue.sense);
    for block in &article.blocks {
        let mut last_date: Option<Written> = None;
        // A phrase points back to the heading or to its own paragraph.
        around.standards.clone_from(&of_heading);
        let sentences = sentences(&block.text);
        for (number, &text) in sentences.iter().enumerate() {
            if !may_hold_date(text) {
                continue;
            }
            let raw = tokens(text);
            let masked = mask(text, &raw);
            let mut dates = mentions(&masked.tokens);
            if dates.is_empty() {
                dates.extend(last_date.and_then(|date| same_day(&masked.tokens, date)));
                // A bare sentence before gives its day away.
                if let (false, Some(before)) = (dates.is_empty(), found.last_mut()) {
                    before.dated.iter_mut().for_each(|dated| *dated = dated.filter(|dated| dated.cue.is_some()));
                }
            }
            if !dates.is_empty() {
                last_date = dates.last().map(|mention| mention.start).filter(|date| date.is_day());
                let parsed = Parsed {
                    cues: cues(&masked.tokens, block.role == Role::Heading),
                    tokens: masked.tokens.clone(),
                    mentions: dates,
                    is_item: block.role == Role::Item,
                    heading_sense,
                };
                let dated = judge(&parsed);
                let standards = masked.standards.clone();
                let around = Around {
                    next: sentences.get(number + 1).copied().unwrap_or_default().to_owned(),
                    ..around.clone()
                };
                found.push(Found { text, paragraph: &block.text, line: block.line, parsed, standards, around, dated });
            }
            remember(&mut around, text, &masked);
        }
    }
    found
}

/// Whether it is worth reading: most sentences hold no digit and no word such as `That day`.
fn may_hold_date(text: &str) -> bool {
    text.bytes().any(|octet| octet.is_ascii_digit())
        || text.split(|c: char| !c.is_alphanumeric()).any(|word| {
            matches!(word, "day" | "date")
                || (word.starts_with(|c: char| c.is_ascii_uppercase()) && month(word).is_some())
        })
}

/// `That day, …`, `On the same day …`: the day told before.
fn same_day(tokens: &[Token<'_>], date: Written) -> Option<Mention> {
    let begin = usize::from(tokens.first().is_some_and(|first| first.is("on")));
    let first = tokens.get(begin)?;
    let next = begin + 1 + usize::from(first.is("the"));
    let is_pointing = first.is_one_of(&["that", "this"]) || (first.is("the") && tokens.get(begin + 1)?.is("same"));
    (is_pointing && tokens.get(next)?.is_one_of(&["day", "date"])).then(|| Mention {
        tokens: begin..next + 1,
        start: date,
        end: None,
        times: None,
    })
}

/// Keeps the standards of a sentence, those of the heading first, with their names.
fn remember(around: &mut Around, text: &str, masked: &Masked<'_>) {
    for standard in &masked.standards {
        let name = name_after(&masked.tokens, standard.token + 1, text);
        if !name.is_empty() && !around.names.iter().any(|(known, _)| *known == standard.identifier) {
            around.names.push((standard.identifier.clone(), name));
            if around.names.len() > REMEMBERED {
                around.names.remove(0);
            }
        }
        let of_heading = usize::from(!around.standards.is_empty());
        if !around.standards.contains(&standard.identifier) {
            around.standards.insert(of_heading, standard.identifier.clone());
            around.standards.truncate(REMEMBERED);
        }
    }
}

impl Found<'_> {
    fn proposals(&self, years: &Years, position: usize, article: &Article, known: &Known<'_>) -> Vec<Proposal> {
        let mut proposals = Vec::new();
        for (index, mention) in self.parsed.mentions.iter().enumerate() {
            let Some(dated) = self.dated.get(index).copied().flatten() else { continue };
            let (anchor, is_guess) = years.anchor(position);
            let Some(when) = when(mention, dated, anchor, known.zone) else { continue };
            let written = match is_guess && mention.start.year().is_none() {
                true => format!("{:?}", mention.start),
                false => format!("{}/{}", when.start(), when.end().map(|end| end.to_string()).unwrap_or_default()),
            };
            for subject in subjects(self.text, &self.parsed, &self.standards, &self.around, index, dated) {
                let details = self.details(subject, dated.kind, when.clone(), article, known);
                proposals.extend(Proposal::new(details, self.text, self.line, &written));
            }
        }
        proposals
    }

    fn details(&self, subject: Subject, kind: Kind, when: When, article: &Article, known: &Known<'_>) -> Details {
        Details {
            location: subject.location,
            organizer: subject.organizer,
            standards: subject.standards,
            topics: known.topics.found_in(&[&article.heading, self.paragraph]),
            description: self.text.to_owned(),
            ..Details::new(kind, &subject.title, when)
        }
    }
}

fn when(mention: &Mention, dated: Dated, anchor: Anchor, zone: &Zone) -> Option<When> {
    let (start, end) = match (dated.is_end_only, mention.end) {
        (true, Some(end)) => (end, None),
        (_, end) => (mention.start, end),
    };
    let start = resolve(start, anchor, dated.tense)?;
    let (Point::Day(day), Some(times)) = (start, mention.times) else {
        let end = end.and_then(|end| resolve_end(end, start));
        return When::new(start, end, zone.clone()).ok();
    };
    let zone = times.zone.and_then(|name| name.parse().ok()).unwrap_or_else(|| zone.clone());
    let at = |time: Time| Point::Minute(day.to_datetime(time));
    When::new(at(times.start), times.end.map(at), zone.clone()).or_else(|_| When::new(at(times.start), None, zone)).ok()
}

/// The days with a year that an article tells, by the sentences that tell them.
struct Years {
    published: Option<Date>,
    told: Vec<(usize, Date)>,
    before: Option<Date>,
    today: Date,
}

impl Years {
    fn of(article: &Article, found: &[Found<'_>], before: Option<Date>, today: Date) -> Self {
        let mut told = Vec::new();
        for (position, sentence) in found.iter().enumerate() {
            for mention in &sentence.parsed.mentions {
                let day = [mention.end, Some(mention.start)].into_iter().flatten().find_map(|written| match written {
                    Written::Day { year: Some(year), month, day } => Date::new(year, month, day).ok(),
                    _ => None,
                });
                told.extend(day.map(|day| (position, day)));
            }
        }
        let mut years = Self { published: None, told, before, today };
        years.published = article.published.and_then(|written| {
            let (anchor, _) = years.anchor(0);
            resolve(written, anchor, super::year::Tense::Unknown).map(Point::first_day)
        });
        years
    }

    /// What a date of this sentence is understood from, and whether that is but today.
    fn anchor(&self, position: usize) -> (Anchor, bool) {
        let after = self.told.partition_point(|(at, _)| *at <= position);
        let before = after.checked_sub(1).and_then(|at| self.told.get(at));
        let nearest = before.or_else(|| self.told.get(after)).map(|(_, day)| *day);
        match self.published.map(|day| (day, true)).or(nearest.or(self.before).map(|day| (day, false))) {
            Some((day, is_now)) => (Anchor { day, is_now }, false),
            None => (Anchor { day: self.today, is_now: true }, true),
        }
    }

    fn last_day(&self) -> Option<Date> {
        self.published.or(self.told.last().map(|(_, day)| *day))
    }
}
