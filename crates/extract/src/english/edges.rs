//! Where in a line its date stands.

use super::dates::{Mention, mentions};
use super::lead::Lead;
use super::nouns::{event_noun, is_deadline_noun};
use crate::clock;
use crate::language::Place;
use crate::mask::{mask, span};
use crate::token::{Token, tokens};

/// Of a line without the mark of a list.
pub fn place(line: &str) -> Option<Place> {
    let raw = tokens(line);
    let masked = mask(line, &raw);
    let tokens = &masked.tokens;
    let found = mentions(tokens);
    let (Some(first), Some(last)) = (found.first(), found.last()) else {
        return bare_day(tokens).map(|_| Place::Head);
    };
    let begin = head_start(tokens);
    let colon = tokens[..last.tokens.start].iter().rposition(|token| token.text == ":");
    Some(match () {
        () if colon.is_some_and(|colon| is_label(&tokens[..colon]) && first.tokens.start > colon) => Place::Labelled,
        () if first.tokens.start <= begin => match is_circumstance(&tokens[first.tokens.end..]) && first.start.is_day()
        {
            true => Place::Alone,
            false => Place::Head,
        },
        // `Gdansk, Poland, 3-6 September 2024`
        () if is_circumstance(&tokens[last.tokens.end..])
            && found.len() == 1
            && is_abroad(&tokens[..first.tokens.start]) =>
        {
            Place::Alone
        }
        () if is_circumstance(&tokens[last.tokens.end..]) && is_set_apart(tokens, last) => Place::Tail,
        () => Place::Inside,
    })
}

/// Where the dates of a line stand.
pub fn dates(line: &str) -> Vec<std::ops::Range<usize>> {
    let raw = tokens(line);
    let masked = mask(line, &raw);
    mentions(&masked.tokens).into_iter().map(|mention| span(&masked.tokens, mention.tokens)).collect()
}

/// A place with its country, and no more.
fn is_abroad(tokens: &[Token<'_>]) -> bool {
    const COUNTRIES: &[&str] = &[
        "Argentina",
        "Australia",
        "Austria",
        "Belgium",
        "Brazil",
        "Bulgaria",
        "Canada",
        "Chile",
        "China",
        "Colombia",
        "Croatia",
        "Cyprus",
        "Czechia",
        "Denmark",
        "Egypt",
        "Estonia",
        "Finland",
        "France",
        "Germany",
        "Greece",
        "Hungary",
        "Iceland",
        "India",
        "Indonesia",
        "Ireland",
        "Israel",
        "Italy",
        "Japan",
        "Kenya",
        "Korea",
        "Latvia",
        "Lithuania",
        "Luxembourg",
        "Malaysia",
        "Malta",
        "Mexico",
        "Morocco",
        "Netherlands",
        "Norway",
        "Peru",
        "Poland",
        "Portugal",
        "Romania",
        "Serbia",
        "Singapore",
        "Slovakia",
        "Slovenia",
        "Africa",
        "Spain",
        "Sweden",
        "Switzerland",
        "Thailand",
        "Tunisia",
        "Turkey",
        "UK",
        "Ukraine",
        "USA",
        "Vietnam",
        "Wales",
        "Scotland",
        "England",
        "Zealand",
    ];
    let words: Vec<&Token<'_>> = tokens.iter().filter(|token| token.is_word()).collect();
    let is_name = words.iter().all(|token| token.is_capitalised() || token.is_one_of(&["of", "the", "de", "and"]));
    words.last().is_some_and(|last| COUNTRIES.contains(&last.text))
        && is_name
        && words.len() <= 6
        && tokens.iter().any(|token| token.text == ",")
        && !tokens.iter().any(|token| event_noun(token).is_some() || token.text == ":")
}

/// Past `(` and `•` and a number of the list.
pub fn head_start(tokens: &[Token<'_>]) -> usize {
    tokens.iter().take_while(|token| matches!(token.text, "(" | "[" | "*" | "•" | "+" | "|")).count()
}

/// Short, and no sentence.
pub fn is_label(tokens: &[Token<'_>]) -> bool {
    let ends_sentence = |at: usize| {
        matches!(tokens[at].text, ";" | "?")
            || tokens[at].text == "." && tokens.get(at + 1).is_none_or(|next| next.spaced)
    };
    let length = tokens.iter().filter(|token| token.is_word()).count();
    !tokens.is_empty() && length <= 14 && !(0..tokens.len()).any(ends_sentence)
}

/// `Thu 6`, `6` and a mark: a day of a month that stands elsewhere.
pub fn bare_day(tokens: &[Token<'_>]) -> Option<(i8, usize)> {
    let is_weekday = super::names::weekday(tokens.first()?.text).is_some();
    let at = usize::from(is_weekday);
    let at = at + usize::from(is_weekday && tokens.get(at).is_some_and(|mark| matches!(mark.text, "." | ",")));
    let digits = tokens.get(at)?.text.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let day = digits.parse::<i8>().ok().filter(|day| (1..=31).contains(day) && digits.len() <= 2)?;
    let mark = tokens.get(at + 1)?;
    let is_marked =
        mark.text == ":" && tokens.get(at + 2).is_some_and(|next| next.spaced) || mark.is_dash() && mark.spaced;
    (is_marked || is_weekday && (mark.is_word() || mark.text == ",")).then_some((day, at + 1))
}

/// Only time, place and marks, as far as a line shows it: `4pm, Room B.12`, `, Nantes, France`, `(final)`.
pub fn is_circumstance(tokens: &[Token<'_>]) -> bool {
    let mut at = 0;
    let mut words = 0;
    let mut depth = 0usize;
    while let Some(token) = tokens.get(at) {
        if let Some((_, next)) = clock::times(tokens, at) {
            at = next.max(at + 1);
            continue;
        }
        match token.text {
            "(" | "[" => depth += 1,
            ")" | "]" => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            _ if token.is_word() => {
                words += 1;
                let is_small = token.is_one_of(&[
                    "in", "at", "on", "the", "and", "of", "de", "la", "online", "room", "hall", "both", "days",
                ]);
                let tells = event_noun(token).is_some_and(|_| !token.is_one_of(&["hall"])) || is_deadline_noun(token);
                if !(token.is_capitalised() || is_small) || tells || words > 7 {
                    return false;
                }
            }
            ":" => return false,
            text if words == 0 && at > 0 && super::super::token::is_dash(text) => return false,
            _ => {}
        }
        at += 1;
    }
    // `8 June 2023 Policy Board` says what it is.
    let is_parted = tokens.first().is_none_or(|first| !first.is_word() || first.is_one_of(&["in", "at", "online"]))
        && !tokens.first().is_some_and(Token::is_dash);
    words == 0 || is_parted
}

/// Behind a mark or a name, not led to by a word of a sentence.
fn is_set_apart(tokens: &[Token<'_>], mention: &Mention) -> bool {
    let start = mention.tokens.start;
    let lead = Lead::of(tokens, start);
    match lead {
        Lead::Bare => true,
        Lead::Until | Lead::By => tokens.len() <= 12,
        _ => false,
    }
}
