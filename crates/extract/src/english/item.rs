//! Items: lines, bullets and rows that date a thing without a sentence. What an item is called and of which kind it is, it
//! says itself, or the head of its column, its label, what stands over the list; never a neighbour.

mod column;
mod list;
mod row;

use super::called::{Called, called};
use super::dates::{Mention, mentions};
use super::edges::{bare_day, head_start, is_circumstance, is_label};
use super::kind::cues;
use super::lead::Lead;
use super::nouns::{event_noun, is_deadline_noun};
use super::old;
use super::place::place_of;
use crate::block::{Block, Role};
use crate::clock::{self, Times};
use crate::event::Kind;
use crate::language::{Around, Sentence, Statement};
use crate::mask::{Masked, mask, span};
use crate::token::{Class, Token, is_dash, tokens};
use crate::written::{Span, Written};
use crate::year::Tense;

/// None where the block is no item: then its sentences are read.
pub fn read(block: &Block, around: &Around) -> Option<Sentence> {
    match block.cells.is_empty() {
        false => Some(Sentence { text: block.text.clone(), ..row::row(block, around) }),
        true => line(block, around).map(|sentence| Sentence { text: block.text.clone(), ..sentence }),
    }
}

/// The longest line that is taken for an item, in octets.
const LONGEST: usize = 400;

fn line(block: &Block, around: &Around) -> Option<Sentence> {
    let text = block.text.as_str();
    let is_below = around.day.is_some() || around.month.is_some();
    if text.len() > LONGEST || !is_below && !text.bytes().any(|octet| octet.is_ascii_digit()) {
        return None;
    }
    let raw = tokens(text);
    let masked = mask(text, &raw);
    let found = mentions(&masked.tokens);
    if found.is_empty() {
        return below_a_day(block, &masked, around);
    }
    // A heading's month or year is that of what stands below.
    if block.role == Role::Heading && !found.iter().any(|mention| mention.start.is_day()) {
        return Some(Sentence { dates: found.iter().map(Mention::span).collect(), ..Sentence::default() });
    }
    if found.iter().any(|mention| old::is_visit(&masked.tokens, mention)) {
        return Some(Sentence { dates: found.iter().map(Mention::span).collect(), ..Sentence::default() });
    }
    let (mut dates, was) = old::parted(&masked.tokens, &found);
    dates.retain(|mention| !old::is_spare(&masked.tokens, mention));
    let struck = struck(block);
    let mut sentence = Sentence { dates: found.iter().map(Mention::span).collect(), ..Sentence::default() };
    // `The open day has been cancelled, but the prize-giving goes ahead` is read as a sentence.
    let turns = |token: &Token<'_>| token.is_one_of(&["but", "while", "whereas", "however"]);
    let is_one = || super::sentences::sentences(text).len() == 1 && !masked.tokens.iter().any(turns);
    if old::is_off(&masked.tokens) && !old::has_new(&masked.tokens) && is_one() {
        return Some(sentence);
    }
    if let Some(several) = list::several(block, &masked, &dates, around) {
        sentence.statements = several;
        return Some(sentence);
    }
    let [mention] = dates.as_slice() else { return None };
    let from =
        found.iter().filter(|old| old.tokens.end <= mention.tokens.start).map(|old| old.tokens.end).max().unwrap_or(0);
    let is_bare = block.role == Role::Item && mention.start.is_day() && is_mark_or_date(&masked.tokens, mention);
    let nameless = || is_bare.then(|| Parts { name: 0..0, label: None, place: String::new() });
    let mut parts = parts(block, &masked, mention, from).or_else(nameless)?;
    // `POSTPONED: Autumn School, 4-8 September. New dates: 6-10 May`: the name stands before the old date.
    if let Some(old) = found.first().filter(|old| was.is_some() && old.tokens.end <= mention.tokens.start) {
        let mut before = Lead::start(&masked.tokens, old.tokens.start);
        while before > 0 && is_separator(&masked.tokens[before - 1]) {
            before -= 1;
        }
        let colon =
            masked.tokens[..before].iter().take(3).position(|token| token.text == ":").map_or(0, |colon| colon + 1);
        if before > colon {
            parts.name = crate::mask::span(&masked.tokens, colon..before);
            parts.label = None;
        }
    }
    let mut span = mention.span();
    let (rest, times) = without_times(text, &masked.tokens, parts.name.clone());
    // `10:00 EDT | Virtual | Public session`: the longest says what it is.
    let columns: Vec<&str> = rest.split(" | ").map(str::trim).filter(|part| !part.is_empty()).collect();
    let beside = columns.iter().find(|part| part.split_whitespace().count() <= 3).map(|part| (*part).to_owned());
    let is_table = columns.len() > 1;
    let longest = columns.iter().max_by_key(|part| part.len()).filter(|_| columns.len() > 1);
    let named = longest.map(|part| (*part).to_owned());
    let beside = beside.filter(|beside| Some(beside) != named.as_ref());
    let rest = named.unwrap_or(rest);
    if parts.place.is_empty() && is_table {
        parts.place = beside.unwrap_or_default();
    }
    let times = times.or_else(|| times_in(&masked.tokens[mention.tokens.end..]));
    span.times = span.times.or(times.filter(|_| span.start.is_day() && span.end.is_none()));
    let is_first_line = block.role == Role::Heading;
    let lead = Lead::of(&masked.tokens, mention.tokens.start);
    let called = called(&Called {
        text: &rest,
        head: parts.label.as_deref().unwrap_or(""),
        over: &block.head,
        heading: if is_first_line { "" } else { &around.heading },
        title: &around.title,
        is_until: matches!(lead, Lead::By | Lead::Until | Lead::No),
        ..Called::default()
    })?;
    // The heading of a text that tells its days: `GeoMeasure 2023, 18–22 September 2023`
    let is_event = is_first_line && called.kind == Kind::Other && span.end.is_some() && span.start.is_day();
    let kind = if is_event { Kind::Forum } else { called.kind };
    sentence.statements.push(Statement {
        kind,
        date: span,
        tense: Tense::Unknown,
        title: called.title,
        location: if parts.place.is_empty() { called.location } else { parts.place },
        organizer: String::new(),
        standards: called.standards,
        was: was.or(struck),
    });
    Some(sentence)
}

/// Whether nothing but marks stands beside a date: what is on it, the heading says.
fn is_mark_or_date(tokens: &[Token<'_>], mention: &Mention) -> bool {
    let is_mark = |token: &Token<'_>| token.class == Class::Mark;
    let before = &tokens[..Lead::start(tokens, mention.tokens.start)];
    let after = &tokens[mention.tokens.end..];
    let is_aside = matches!(after, [open, .., close] if open.text == "(" && close.text == ")");
    before.iter().all(is_mark) && (is_aside || after.iter().all(is_mark))
}

/// A sentence of a paragraph that is a label and a date: `Draft submission cut-off: 10 July 2023, 23:59 UTC.`
pub fn label_in_text(text: &str, block: &Block, around: &Around) -> Option<Sentence> {
    if text.len() > 160 || super::edges::place(text) != Some(crate::language::Place::Labelled) {
        return None;
    }
    let own = Block { text: text.trim_end_matches('.').to_owned(), role: Role::Item, ..block.clone() };
    Some(Sentence { text: text.to_owned(), ..line(&own, around)? })
}

/// What is crossed out in a block, if it is a date.
fn struck(block: &Block) -> Option<Span> {
    block.struck.iter().find_map(|struck| mentions(&tokens(struck)).first().map(Mention::span))
}

struct Parts {
    /// Where in the text that stands which says what is dated.
    name: std::ops::Range<usize>,
    label: Option<String>,
    place: String,
}

/// The name beside a date at the head or tail of a line; none if the line is a sentence.
fn parts(block: &Block, masked: &Masked<'_>, mention: &Mention, from: usize) -> Option<Parts> {
    let tokens = &masked.tokens;
    let text = &block.text;
    let end = mention.tokens.end;
    let has_verb =
        |from: usize, to: usize| cues(&tokens[from..to], false).iter().any(|cue| !cue.is_noun && !cue.is_reduced);
    let own = |range: std::ops::Range<usize>| span(tokens, range);
    // `Until 26 March: Exhibition`
    let is_led = mention.tokens.start == 1
        && tokens[0].is_one_of(&["until", "from", "by", "on", "before"])
        && tokens.get(end).is_some_and(|mark| mark.text == ":");
    if mention.tokens.start <= head_start(tokens) || is_led {
        let mut begin = end;
        while tokens.get(begin).is_some_and(|mark| {
            !mark.is_word() && mark.number().is_none() && !mark.opens() && mark.class != crate::token::Class::Opaque
        }) {
            begin += 1;
        }
        let mark = tokens.get(end)?;
        let is_marked = matches!(mark.text, ":" | "|" | ";" | "=" | ">" | "→") || is_dash(mark.text) && mark.spaced;
        let is_marked = is_marked || begin - end >= 3;
        let ends_sentence = text.trim_end().ends_with('.') && tokens.len() - begin > 6;
        if begin >= tokens.len()
            || is_circumstance(&tokens[end..])
            || !is_marked && (has_verb(begin, tokens.len()) || ends_sentence)
        {
            return None;
        }
        let (name_end, place) = place_behind(text, tokens, begin);
        return Some(Parts { name: own(begin..name_end), label: None, place });
    }
    let start = mention.tokens.start;
    let tail = &tokens[end..];
    let is_open = tokens.get(start - 1).is_some_and(|open| matches!(open.text, "(" | "["));
    let lead_start = Lead::start(tokens, start);
    let is_detail = is_detail(tail)
        && (is_label_before(tokens, lead_start)
            || lead_start > 0 && is_dash(tokens[lead_start - 1].text) && tokens[lead_start - 1].spaced);
    let is_house = mention.times.is_some() && block.role == Role::Item && is_capitals(tail);
    if !(is_circumstance(tail)
        || is_detail
        || is_house
        || tail.first().is_some_and(|first| is_dash(first.text) && first.spaced) && is_label_before(tokens, start))
    {
        return None;
    }
    let mut before = lead_start;
    while before > 0 && is_separator(&tokens[before - 1]) {
        before -= 1;
    }
    let mark = tokens.get(lead_start.wrapping_sub(1)).filter(|_| before < lead_start);
    let is_marked = is_open
        || mark
            .is_some_and(|mark| matches!(mark.text, ":" | "|" | "." | "…" | "=") || is_dash(mark.text) && mark.spaced)
        || lead_start - before == 2 && is_dash(tokens[before].text) && tokens[before].spaced;
    let is_dotted = lead_start - before > 2;
    let is_sentence = text.trim_end().ends_with('.') && tokens.len() > 12;
    // `Free organ recital Sunday, June 11th, 5-7pm`
    let is_told_short = mention.weekday.is_some() && tokens.len() <= 16 && !text.trim_end().ends_with('.');
    let is_line =
        block.role != Role::Paragraph || is_marked || is_told_short || mark.is_some_and(|mark| mark.text == ",");
    let lead = Lead::of(tokens, start);
    // `Recording available from 12 March`
    let is_of_state = lead == Lead::From
        && lead_start > 0
        && tokens[lead_start - 1].is_one_of(&["available", "open", "valid", "starting", "bookable"]);
    let is_led = !matches!(lead, Lead::Bare | Lead::Is) && !is_marked && !is_of_state;
    if before == 0
        || !is_line
        || is_sentence && !is_marked
        || is_led
        || (!is_marked && !is_dotted && has_verb(0, before))
    {
        return None;
    }
    // `5.4.0 beta 1: Tuesday, …`: up to the label's colon; behind it only what leads to the date.
    let from = (from..before).find(|at| !is_separator(&tokens[*at])).unwrap_or(0);
    if !is_label(&tokens[from..before]) && !is_dotted {
        return None;
    }
    let place = match is_circumstance(tail) || is_house {
        true => place_of(text, tokens, end..tokens.len()),
        false => String::new(),
    };
    let colon = tokens[..start].iter().rposition(|token| token.text == ":").filter(|colon| colon + 1 < before);
    // `Save the date: Trust Days, Split, 24 September`
    let begin = colon.filter(|colon| *colon > 0).map_or(0, |colon| colon + 1);
    let label = (begin > 0).then(|| text[span(tokens, 0..begin - 1)].to_owned());
    // `Annual Conference: Llandudno, 24 September`
    let names_event = begin > 1 && event_noun(&tokens[begin - 2]).is_some();
    let is_place = |own: &[Token<'_>]| {
        (1..=4).contains(&own.len())
            && own.iter().all(|token| token.is_capitalised() || token.text == ",")
            && !own.iter().any(|token| event_noun(token).is_some())
    };
    if let Some(label) = label.clone().filter(|_| names_event && is_place(&tokens[begin..before])) {
        let place = own(begin..before);
        return Some(Parts { name: own(0..begin - 1), label: None, place: text[place].to_owned() })
            .filter(|_| !label.is_empty());
    }
    let (name_end, own_place) = match place.is_empty() {
        true => place_behind(text, &tokens[..before], begin),
        false => (before, place),
    };
    Some(Parts { name: own(begin..name_end), label, place: own_place })
}

/// What is added to a date that a name stands before: `Race 3 – 17 August, first gun 11:00`, `(bring a torch)`.
fn is_detail(tail: &[Token<'_>]) -> bool {
    tail.first().is_some_and(|mark| matches!(mark.text, "," | "(" | ";"))
}

/// A house's name right behind a time: `18:30 Boiler Room`.
fn is_capitals(tail: &[Token<'_>]) -> bool {
    (1..=4).contains(&tail.len())
        && tail.iter().all(|token| token.is_capitalised() || token.number().is_some())
        && !tail.iter().any(|token| event_noun(token).is_some() || is_deadline_noun(token))
}

fn is_label_before(tokens: &[Token<'_>], start: usize) -> bool {
    start > 0 && tokens[start - 1].text == ":"
}

fn is_separator(token: &Token<'_>) -> bool {
    matches!(token.text, ":" | "|" | "," | "." | "…" | "(" | "[" | "·" | "=" | ";" | "_" | ">" | "→")
        || is_dash(token.text)
}

/// Where the name ends that a place follows: `Flow Forum, Aberdeen`.
fn place_behind(text: &str, tokens: &[Token<'_>], begin: usize) -> (usize, String) {
    let comma = (begin + 1..tokens.len()).find(|at| {
        matches!(tokens[*at].text, "," | ";" | "@" | "(") && {
            let rest = &tokens[*at + 1..];
            !rest.is_empty()
                && is_circumstance(&tokens[*at..])
                && rest.first().is_some_and(|first| first.is_capitalised() || first.is("online"))
        }
    });
    match comma {
        Some(comma) => {
            let place = place_of(text, tokens, comma..tokens.len());
            if place.is_empty() { (tokens.len(), place) } else { (comma, place) }
        }
        None => (tokens.len(), String::new()),
    }
}

/// The name without the time of day in it, and that.
fn without_times(text: &str, tokens: &[Token<'_>], name: std::ops::Range<usize>) -> (String, Option<Times>) {
    let inside = |at: &usize| tokens[*at].at >= name.start && tokens[*at].at < name.end;
    for at in (0..tokens.len()).filter(inside) {
        let Some((times, next)) = clock::times(tokens, at) else { continue };
        let is_marked =
            at > 0 && matches!(tokens[at - 1].text, "," | "(" | "|" | ":" | ";" | "@") || is_dash_before(tokens, at);
        let is_led = tokens[at].is_one_of(&["at", "from", "@", "between"]);
        let is_first = tokens[at].at == name.start;
        if !(is_marked || is_led || is_first) {
            continue;
        }
        let end = tokens.get(next - 1).map_or(name.end, Token::end).min(name.end);
        let before = text.get(name.start..tokens[at].at).unwrap_or_default();
        let before = before
            .trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | '|' | ':' | '-' | '–' | '—'));
        let after = text
            .get(end..name.end)
            .unwrap_or_default()
            .trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ')' | ',' | ':' | '-' | '–' | '—' | '|'));
        let glue = if before.is_empty() || after.is_empty() { "" } else { ", " };
        return (format!("{before}{glue}{after}"), Some(times));
    }
    (text.get(name).unwrap_or_default().to_owned(), None)
}

/// The first time of day that a detail behind the date tells.
fn times_in(tail: &[Token<'_>]) -> Option<Times> {
    if !is_detail(tail) {
        return None;
    }
    let is_free = |at: usize| at == 0 || !tail[at - 1].is_one_of(&["by", "before", "until", "from", "doors"]);
    (0..tail.len()).filter(|at| is_free(*at)).find_map(|at| clock::times(tail, at)).map(|(times, _)| times)
}

fn is_dash_before(tokens: &[Token<'_>], at: usize) -> bool {
    at > 0 && tokens[at - 1].is_dash() && tokens[at - 1].spaced
}

/// A line under a day or a month: `09:30 Opening`, `Thu 6 - Board of examiners`.
fn below_a_day(block: &Block, masked: &Masked<'_>, around: &Around) -> Option<Sentence> {
    let tokens = &masked.tokens;
    let text = block.text.as_str();
    if block.role == Role::Heading || tokens.is_empty() || text.len() > 200 {
        return None;
    }
    let (span, begin) = match (around.day, around.month, bare_day(tokens)) {
        (_, Some(Written::Month { year, month }), Some((day, next))) => {
            let weekday = super::names::weekday(tokens[0].text);
            (Span { weekday, ..Span::of(Written::Day { year, month, day }) }, next)
        }
        (Some(day), ..) => (day, 0),
        _ => return None,
    };
    let mut begin = begin;
    while tokens.get(begin).is_some_and(is_separator) {
        begin += 1;
    }
    let whole = crate::mask::span(tokens, begin..tokens.len());
    let (rest, times) = without_times(text, tokens, whole);
    let is_sentence = text.trim_end().ends_with('.') && tokens.len() > 12;
    if is_sentence || times.is_none() && begin == 0 && block.role != Role::Item || old::is_off(tokens) {
        return None;
    }
    let span = Span { times, ..span };
    let raw = crate::token::tokens(&rest);
    let (name_end, place) = place_behind(&rest, &raw, 0);
    let name = rest.get(crate::mask::span(&raw, 0..name_end)).unwrap_or_default();
    let called = called(&Called {
        text: name,
        heading: &around.heading,
        title: &around.title,
        over: &block.head,
        ..Called::default()
    })?;
    let statement = Statement {
        kind: called.kind,
        date: span,
        tense: Tense::Unknown,
        title: called.title,
        location: if place.is_empty() { called.location } else { place },
        organizer: String::new(),
        standards: called.standards,
        was: None,
    };
    Some(Sentence { dates: vec![span], statements: vec![statement], ..Sentence::default() })
}
