//! A block in English: every sentence that holds a date is read.

use std::cell::OnceCell;

use super::called::context::telling;
use super::clause::{Dated, judge};
use super::dates::{Mention, mentions};
use super::fit;
use super::item;
use super::kind::cues;
use super::lead::Lead;
use super::lexicon::Sense;
use super::names::{month, weekday};
use super::naming::name_after;
use super::nouns::event_noun;
use super::old;
use super::opening::{dateline, run_in_head, without_label, without_opening};
use super::sentence::Sentence;
use super::sentences::sentences;
use super::subject::subjects;
use crate::block::{Block, Role};
use crate::event::Kind;
use crate::language::{self, Around, Statement};
use crate::mask::{Masked, mask};
use crate::token::{Class, Token, tokens};
use crate::written::{Span, Written};
use crate::year::Tense;

pub fn read(block: &Block, around: &mut Around) -> Vec<language::Sentence> {
    // A reference: `[3] RFC 9110, June 2022.`
    let is_reference = block.text.strip_prefix('[').and_then(|rest| rest.split_once(']')).is_some_and(|(number, _)| {
        number.len() <= 3 && !number.is_empty() && number.bytes().all(|octet| octet.is_ascii_digit())
    });
    if is_reference {
        return Vec::new();
    }
    if let Some(item) = item::read(block, around) {
        for (standard, name) in standards_in(&block.text) {
            around.remember(&standard, &name);
        }
        if let Some(statement) = item.statements.last() {
            around.last = fit::bare(&statement.title).to_owned();
        }
        return vec![item];
    }
    let mut found: Vec<language::Sentence> = Vec::new();
    let mut last_date: Option<Written> = None;
    let sense_of_heading = OnceCell::new();
    let text = without_label(super::called::without_hour(&block.text));
    let (written, text) = dateline(text, block);
    if let Some(written) = written {
        found.push(language::Sentence { written: Some(written), ..language::Sentence::default() });
    }
    let own_head = run_in_head(text);
    // What stands over a list is nearer than the heading.
    let goes_on = |head: &str| {
        let last = head.trim_end_matches([':', ' ']).rsplit(' ').next().unwrap_or_default();
        ["shall", "must", "should", "will", "to", "are", "is", "may", "can"].contains(&last)
    };
    let over = Some(&block.head).filter(|head| !telling(head, "").is_empty() && !goes_on(head));
    let head = own_head.as_ref().map(|(head, _)| head).or(over);
    let outer = head.map(|head| std::mem::replace(&mut around.heading, head.clone()));
    let text = own_head.map_or(text, |(_, rest)| rest);
    let texts = sentences(text);
    for (number, &text) in texts.iter().enumerate() {
        let text = without_opening(text);
        if !may_hold_date(text) {
            found.extend(
                place_alone(text)
                    .map(|place| language::Sentence { place: Some(place), ..language::Sentence::default() }),
            );
            continue;
        }
        let raw = tokens(text);
        let masked = mask(text, &raw);
        let told = standards(&masked, text);
        let mut dates = mentions(&masked.tokens);
        if dates.is_empty() {
            dates.extend(last_date.and_then(|date| same_day(&masked.tokens, date)));
            // A bare sentence before gives its day away.
            if let (false, Some(before)) = (dates.is_empty(), found.last_mut()) {
                before.statements.retain(|statement| statement.tense != Tense::Unknown);
            }
        }
        if dates.is_empty() {
            found.extend(
                place_alone(text)
                    .map(|place| language::Sentence { place: Some(place), ..language::Sentence::default() }),
            );
        }
        let labelled = || item::label_in_text(text, block, around).filter(|_| texts.len() > 1 && !dates.is_empty());
        if let Some(item) = labelled() {
            last_date = dates.last().map(|mention| mention.start).filter(|date| date.is_day());
            found.push(item);
            continue;
        }
        if !dates.is_empty() {
            last_date = dates.last().map(|mention| mention.start).filter(|date| date.is_day());
            let heading_sense = *sense_of_heading.get_or_init(|| heading_sense(&around.heading));
            let sentence = Sentence {
                text,
                cues: cues(&masked.tokens, block.role == Role::Heading),
                tokens: masked.tokens,
                standards: masked.standards,
                mentions: dates,
                is_item: block.role == Role::Item,
                heading_sense,
                around,
                next: texts.get(number + 1).copied().unwrap_or_default(),
            };
            let told = sentence.told();
            // What is not told to be on a day is pointed back to all the same: `It will be streamed instead.`
            let held = if told.statements.is_empty() { sentence.held_name() } else { None };
            if let Some(statement) = told.statements.last().filter(|statement| {
                !matches!(statement.kind, Kind::Other | Kind::Deadline) || statement.title.ends_with(" opens")
            }) {
                around.last = fit::bare(&statement.title).to_owned();
            }
            if let Some(name) = held {
                around.last = name;
            }
            found.push(told);
        }
        for (standard, name) in &told {
            around.remember(standard, name);
        }
    }
    if let Some(outer) = outer {
        around.heading = outer;
    }
    found
}

/// What holds more dates is no sentence, and what is told of each would be looked for in all of it.
const MOST_DATES: usize = 60;

impl Sentence<'_> {
    fn told(&self) -> language::Sentence {
        let mut statements: Vec<Statement> = Vec::new();
        // A life told is none of our events.
        const LIFE: &[&str] = &["born", "retired", "graduated", "knighted", "educated", "married", "widowed"];
        let is_life = self.tokens.first().is_some_and(|first| first.is_one_of(&["he", "she", "born"]))
            || self.tokens.iter().any(|token| token.is_one_of(LIFE));
        // `received 3 March; accepted 11 May; published online 2 June`: how a paper came to be printed.
        let has = |word: &str| self.tokens.iter().any(|token| token.is(word));
        let is_register = self.mentions.len() > MOST_DATES;
        let is_history = has("received") && has("accepted") && self.mentions.len() > 1 || self.tells_amendment();
        if is_life || is_history || is_register || self.is_statistic() {
            let dates = self.mentions.iter().map(Mention::span).collect();
            return language::Sentence { text: self.text.to_owned(), dates, ..language::Sentence::default() };
        }
        let was = self.was();
        for (index, dated) in judge(self).into_iter().enumerate() {
            let Some(mention) = self.mentions.get(index) else { continue };
            // `on 7 November (15:00) and 5 December (9:00)`
            if let (None, Some(before)) = (dated, statements.last().filter(|_| self.follows_joint(index)).cloned()) {
                let was_told = index.checked_sub(1).and_then(|before| self.mentions.get(before)).map(Mention::span);
                if was_told.is_some_and(|told| told.start == before.date.start) {
                    statements.push(Statement { date: mention.span(), ..before });
                }
                continue;
            }
            let Some(dated) = dated else { continue };
            if self.is_of_accounts(index) {
                continue;
            }
            let dated = self.as_duty(index, dated);
            // `at noon on 29 October and again at 3 p.m. on 14 November`
            if let Some(before) = statements.last().filter(|_| self.is_told_again(index, dated)).cloned() {
                statements.push(Statement { date: date(mention, dated), ..before });
                continue;
            }
            let told = subjects(self, index, dated).into_iter();
            statements.extend(told.map(|subject| Statement {
                kind: self.kind_by_name(dated, &subject.title),
                date: Span { times: mention.times.or_else(|| self.time_behind(mention)), ..date(mention, dated) },
                tense: self.tense(index, dated.tense),
                title: subject.title,
                location: subject.location,
                organizer: subject.organizer,
                standards: subject.standards,
                was,
            }));
        }
        // Of several new dates none is told to be the one that takes its place.
        if statements.len() > 1 {
            statements.iter_mut().for_each(|statement: &mut Statement| statement.was = None);
        }
        let year = self.year_of_name();
        for statement in statements.iter_mut().filter(|statement| statement.date.start.year().is_none()) {
            statement.date.start = statement.date.start.with_year(year);
        }
        let dates = self.mentions.iter().map(Mention::span).collect();
        language::Sentence { text: self.text.to_owned(), dates, statements, place: None, written: None }
    }
}

impl Sentence<'_> {
    /// `As of 31 March 2023 the register listed 4,210 products, up from 3,900 on 31 March 2022`: a count, no event.
    fn is_statistic(&self) -> bool {
        let begins = self.tokens.first().is_some_and(|first| first.is_one_of(&["as", "at", "by", "in"]))
            && self.lead_start(0) == 0;
        let counts = self.tokens.iter().any(|token| {
            token.class == Class::Opaque
                && token.text.starts_with(|c: char| c.is_ascii_digit())
                && token.text.contains(',')
        });
        let is_ahead = self.tokens.iter().any(|token| token.is_one_of(&["will", "shall", "must"]));
        begins && counts && !is_ahead && matches!(self.lead(0), Lead::AsOf | Lead::After | Lead::By)
    }

    /// Whether a text of law is named with the days on which it was amended: `the Act of 3 May 1998, last amended on`.
    fn tells_amendment(&self) -> bool {
        let is_amended = |before: &[Token<'_>]| match before {
            [.., word] if word.is("amended") => true,
            [.., word, link] => word.is("amended") && (link.is_one_of(&["on", "in", "by"]) || link.text == ":"),
            _ => false,
        };
        let any = self.mentions.iter().any(|mention| is_amended(&self.tokens[..mention.tokens.start]));
        any && !self.tokens.iter().any(|token| token.is_one_of(&["will", "shall", "to"]))
    }

    /// What a sentence says is or is not held.
    fn held_name(&self) -> Option<String> {
        let cue = self.cues.iter().find(|cue| matches!(cue.sense, Sense::Held | Sense::Moved | Sense::Cancelled))?;
        let subject = self.subject(cue)?;
        let name = super::naming::title(self.words(subject.clone()));
        let names_event = self.slice(subject).iter().any(|token| event_noun(token).is_some());
        (names_event && name.chars().count() < 100).then_some(name)
    }

    /// `The 2020 forum takes place on 17 July`: its own year, told once.
    fn year_of_name(&self) -> Option<i16> {
        let is_year = |at: usize| {
            let token = &self.tokens[at];
            let number = token.number().filter(|number| token.text.len() == 4 && (1990..2060).contains(number))?;
            let is_led =
                at.checked_sub(1).is_some_and(|the| self.tokens[the].is_one_of(&["the", "this", "our", "its"]));
            let names = self.tokens.iter().skip(at + 1).take(4).any(|token| event_noun(token).is_some());
            (is_led && names).then_some(number as i16)
        };
        let mut years = (0..self.tokens.len()).filter_map(is_year);
        years.next().filter(|_| years.next().is_none())
    }

    /// The date that was before: told as the old one, or left in `moved from … to …`.
    fn was(&self) -> Option<Span> {
        let moves = self.cues.iter().any(|cue| cue.sense == Sense::Moved);
        (0..self.mentions.len())
            .find(|index| {
                old::is_old(&self.tokens, &self.mentions, *index)
                    || moves && self.lead(*index) == Lead::From && index + 1 < self.mentions.len()
            })
            .and_then(|index| self.mentions.get(index))
            .map(Mention::span)
            .or_else(|| {
                let mut ranges = self.mentions.iter().filter(|mention| moves && mention.end.is_some());
                ranges.next().map(|mention| Span::of(mention.start))
            })
            .filter(|_| self.mentions.len() < 4)
    }
}

fn date(mention: &Mention, dated: Dated) -> Span {
    match mention.end.filter(|_| dated.is_end_only) {
        Some(end) => Span::of(end),
        None => mention.span(),
    }
}

/// The kind of what the heading tells.
fn heading_sense(heading: &str) -> Option<Sense> {
    let raw = tokens(heading);
    cues(&mask(heading, &raw).tokens, true).last().map(|cue| cue.sense)
}

/// The standards of a sentence with their names.
fn standards(masked: &Masked<'_>, text: &str) -> Vec<(String, String)> {
    let told = masked.standards.iter();
    told.map(|standard| (standard.identifier.clone(), name_after(&masked.tokens, standard.token + 1, text))).collect()
}

/// Those of a heading.
pub fn standards_in(text: &str) -> Vec<(String, String)> {
    let raw = tokens(text);
    standards(&mask(text, &raw), text)
}

/// `Venue: Town Hall, Ghent`, `ADDRESSES: The meeting will be held at the Harbor Center, Baltimore.`, `The venue, Hotel
/// Astoria in Riga, stays the same.`
fn place_alone(text: &str) -> Option<String> {
    if text.len() > 300 {
        return None;
    }
    let label = text.split_once(':').map(|(label, rest)| (label.trim().to_lowercase(), rest));
    let is_place = |label: &str| {
        matches!(
            label,
            "location" | "venue" | "place" | "addresses" | "address" | "where" | "meeting place" | "meeting location"
        )
    };
    let rest = match label {
        Some((label, rest)) if is_place(&label) => rest,
        _ if text.starts_with("The venue")
            || text.contains(" be held at ")
            || text.contains(" be held in ")
            || text.contains(" take place at ")
            || text.contains(" take place in ") =>
        {
            text
        }
        _ => return None,
    };
    let raw = tokens(rest);
    let around = Around::default();
    let sentence = Sentence {
        text: rest,
        cues: Vec::new(),
        tokens: mask(rest, &raw).tokens,
        standards: Vec::new(),
        mentions: Vec::new(),
        is_item: false,
        heading_sense: None,
        around: &around,
        next: "",
    };
    let whole = 0..sentence.tokens.len();
    let place = sentence.place_in(whole.clone()).or_else(|| {
        let venue = sentence.tokens.iter().position(|token| token.is("venue")).map_or(0, |at| at + 1);
        Some(super::place::place_of(rest, &sentence.tokens, venue..whole.end))
            .filter(|place| !place.is_empty() && !text.contains(" be held "))
    });
    place.map(|place| place.trim_end_matches(" stays the same").to_owned())
}

/// Whether it is worth reading: most sentences hold no digit and no word such as `That day`.
fn may_hold_date(text: &str) -> bool {
    text.bytes().any(|octet| octet.is_ascii_digit())
        || text.split(|c: char| !c.is_alphanumeric()).any(|word| {
            matches!(word, "day" | "date" | "today" | "tomorrow" | "yesterday" | "next" | "last")
                || (word.starts_with(|c: char| c.is_ascii_uppercase())
                    && (month(word).is_some() || weekday(word).is_some()))
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
        weekday: None,
    })
}
