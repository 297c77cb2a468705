//! Where something takes place.

use std::ops::Range;

use super::names::month;
use super::sentence::Sentence;
use crate::token::Token;

/// What `online` is called.
const ONLINE: &[&str] = &["online", "virtually", "remotely", "videoconference", "teleconference", "zoom", "webex"];

impl Sentence<'_> {
    /// The first place named in these tokens: `in Zhengzhou, Henan province`, or online.
    pub fn place_in(&self, range: Range<usize>) -> Option<String> {
        let mut depth = 0usize;
        for at in range.start..range.end.min(self.tokens.len()) {
            let token = &self.tokens[at];
            match token.text {
                "“" | "(" => depth += 1,
                "”" | ")" => depth = depth.saturating_sub(1),
                _ => {}
            }
            let next = self.tokens.get(at + 1);
            let is_call = (token.is("video") || token.is("web"))
                && next.is_some_and(|next| next.is_one_of(&["conference", "link", "call"]));
            if token.is_one_of(ONLINE) || is_call {
                return Some("online".to_owned());
            }
            // `at the same venue (Institute of Plumbing, Leeds)`
            if token.is_one_of(&["venue", "location"]) && next.is_some_and(|open| open.text == "(") {
                let place = place_of(self.text, &self.tokens, at + 2..range.end.min(self.tokens.len()));
                if !place.is_empty() {
                    return Some(place);
                }
            }
            if depth == 0
                && token.is_one_of(&["at", "on", "in"])
                && let Some(place) = self.house(at + 1)
            {
                return Some(place);
            }
            if depth == 0
                && token.is("in")
                && let Some(place) = self.named_place(at + 1)
            {
                return Some(place);
            }
        }
        None
    }

    /// `at the Palais Weilburg in Vienna`, `at Hotel Astoria, Riga`, `on the front lawn`.
    fn house(&self, start: usize) -> Option<String> {
        const HOUSES: &[&str] = &[
            "campus",
            "lawn",
            "hall",
            "centre",
            "center",
            "hotel",
            "library",
            "museum",
            "school",
            "university",
            "park",
            "room",
            "building",
            "headquarters",
            "pier",
            "office",
            "offices",
            "church",
            "theatre",
            "theater",
            "garden",
            "gardens",
            "square",
            "market",
            "ground",
            "grounds",
            "auditorium",
            "club",
            "house",
            "station",
            "arena",
            "stadium",
            "institute",
            "college",
            "palace",
            "palais",
            "gallery",
            "plaza",
            "academy",
            "castle",
            "villa",
            "lab",
            "laboratory",
            "court",
            "chamber",
            "barn",
            "inn",
            "chambers",
            "boardroom",
            "foyer",
            "pavilion",
        ];
        let is_taken = |at: usize| self.mentions.iter().any(|mention| mention.tokens.contains(&at));
        let begin = start
            + usize::from(self.tokens.get(start).is_some_and(|token| token.is_one_of(&["the", "our", "its", "their"])));
        let mut end = begin;
        let mut house = false;
        while let Some(token) = self.tokens.get(end).filter(|_| end < begin + 8 && !is_taken(end)) {
            let is_house = token.is_one_of(HOUSES);
            let is_part = token.is_capitalised()
                || is_house
                || end == begin && token.is_word() && begin > start
                || end > begin
                    && (token.is_one_of(&["of", "de", "la", "du"])
                        || token.number().is_some()
                        || matches!(token.text, "’" | "-"));
            if !is_part
                || super::nouns::event_noun(token).is_some() && !token.is_capitalised()
                || month(token.text).is_some()
            {
                break;
            }
            house |= is_house;
            end += 1;
        }
        if !house || end == begin {
            return None;
        }
        let mut place = self.words(begin..end).to_owned();
        // And where that is: `, Riga, Latvia`, `in Vienna`, `, 1200 Wharf Street, Baltimore, MD 21230`.
        let is_wider = |at: usize| {
            self.tokens.get(at).is_some_and(|token| token.text == "," || token.is("in"))
                && self.tokens.get(at + 1).is_some_and(|next| {
                    (next.is_capitalised() && month(next.text).is_none()
                        || next.number().is_some() && next.text.len() < 6)
                        && !is_taken(at + 1)
                })
        };
        let mut at = end;
        while is_wider(at) && at < end + 20 {
            let part = at + 1;
            let mut after = part;
            while self
                .tokens
                .get(after)
                .is_some_and(|token| (token.is_capitalised() || token.number().is_some()) && !is_taken(after))
            {
                after += 1;
            }
            place.push_str(", ");
            place.push_str(self.words(part..after));
            at = after;
        }
        Some(place)
    }

    fn named_place(&self, start: usize) -> Option<String> {
        let mut place = self.name_at(start)?;
        let mut next = start + place.split(' ').count();
        if self.tokens.get(next).is_some_and(|comma| comma.text == ",")
            && let Some(wider) = self.name_at(next + 1).filter(|wider| wider.split(' ').count() <= 3)
        {
            let after = next + 1 + wider.split(' ').count();
            let suffix =
                self.tokens.get(after).filter(|token| token.is_one_of(&["province", "district", "county", "state"]));
            let ends = self.tokens.get(after).is_none_or(|token| {
                matches!(token.text, "," | "." | ";" | ")" | "|") || token.is_one_of(&["on", "from"])
            });
            if ends || suffix.is_some() {
                place = [place.as_str(), ", ", wider.as_str()].concat();
                if let Some(suffix) = suffix {
                    place.push(' ');
                    place.push_str(suffix.text);
                }
                next = after;
            }
        }
        let _ = next;
        Some(place)
    }

    /// Words in capitals that may be a place's name.
    fn name_at(&self, start: usize) -> Option<String> {
        let is_part = |token: &&Token<'_>| token.is_capitalised() && month(token.text).is_none();
        let words: Vec<&str> =
            self.tokens.get(start..)?.iter().take(4).take_while(is_part).map(|token| token.text).collect();
        let is_acronym =
            |word: &str| word.chars().all(char::is_uppercase) && !matches!(word, "UK" | "US" | "USA" | "UAE");
        let first =
            words.first().filter(|first| !is_acronym(first) && !matches!(**first, "Q1" | "Q2" | "Q3" | "Q4"))?;
        // A name that goes on small is an organisation's or a document's.
        let goes_on = self.tokens.get(start + words.len()).is_some_and(|next| next.text == "/" || next.text == "-");
        (!goes_on && first.chars().count() > 1).then(|| words.join(" "))
    }

    /// The last name of a line that lists events: `Annual meeting, Rotterdam`.
    pub fn place_at_end(&self, range: Range<usize>) -> Option<String> {
        let phrase = self.tokens.get(range.clone())?;
        let end = phrase.iter().rposition(|token| !matches!(token.text, "." | ";" | "|"))? + 1;
        let comma = phrase[..end].iter().rposition(|token| matches!(token.text, "," | "|"))?;
        let name = self.name_at(range.start + comma + 1)?;
        (comma + 1 + name.split(' ').count() == end).then_some(name)
    }
}

/// Where something takes place, as a line tells it beside its date: `, Nantes, France`, `at Hotel Astoria, Riga`, `(online)`.
pub fn place_of(text: &str, tokens: &[Token<'_>], range: Range<usize>) -> String {
    let mut start = range.start;
    let is_mark = |at: usize| tokens[at].class == crate::token::Class::Mark;
    while start < range.end {
        let next = |n: usize| tokens.get(start + n).filter(|_| start + n < range.end);
        // `hybrid, Oslo`, `online and in Oslo`
        let is_also = tokens[start].is_one_of(&["hybrid", "online", "in-person"])
            && next(1).is_some_and(|joint| matches!(joint.text, "," | "/") || joint.is_one_of(&["and", "in"]))
            && next(2).is_some_and(|place| place.is_capitalised() || place.is_one_of(&["in", "at"]));
        if let Some((_, next)) = crate::clock::times(tokens, start) {
            start = next.max(start + 1);
        } else if is_also {
            start += 2;
        } else if is_mark(start) || tokens[start].is_one_of(&["in", "at", "@", "on"]) {
            start += 1;
        } else {
            break;
        }
    }
    let mut end = start;
    while end < range.end.min(tokens.len()) {
        let token = &tokens[end];
        let ends =
            matches!(token.text, "(" | ")" | ";" | "." | "|" | ":" | "!" | "?") || token.is_dash() && token.spaced;
        if ends && !(token.text == "." && tokens.get(end + 1).is_some_and(|next| !next.spaced)) {
            break;
        }
        if token.is_one_of(&["instead", "previously", "was", "moved", "now"])
            || crate::clock::times(tokens, end).is_some()
        {
            break;
        }
        end += 1;
    }
    while end > start && is_mark(end - 1) {
        end -= 1;
    }
    let first = tokens.get(start).filter(|_| end > start);
    // `(AoE)`
    let is_zone = crate::zones::zone(tokens, start).is_some_and(|(_, next)| next >= end);
    let is_name =
        !is_zone && first.is_some_and(|first| first.is_capitalised() || first.is_one_of(ONLINE) || first.is("the"));
    let words = tokens[start.min(end)..end].iter().filter(|token| token.is_word()).count();
    match is_name && (1..=9).contains(&words) {
        true => text.get(crate::mask::span(tokens, start..end)).unwrap_or_default().to_owned(),
        false => String::new(),
    }
}
