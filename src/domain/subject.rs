//! The subject of an edition's mails, as it is configured: a pattern with places that each edition fills.

use std::str::FromStr;

use super::meant::meant;
use super::{Invalid, serde_as_text, text, words};

words! {
    /// What an edition puts into its subject.
    pub enum Place, "placeholder" {
        /// The digest's.
        Title => "title",
        Date => "date",
        /// What matters most of it.
        Headline => "headline",
        /// How much more there is.
        More => "more",
        /// The edition's.
        Number => "number",
    }
}

/// In characters.
const MOST: usize = 150;

/// Such as `{title}: {headline}`. Two braces stand for one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectPattern {
    /// As it was given.
    text: String,
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Place(Place),
}

impl SubjectPattern {
    pub fn has(&self, place: Place) -> bool {
        self.pieces.contains(&Piece::Place(place))
    }

    /// The subject with these values. What has none takes the marks with it that part it from what stands before it, or
    /// behind it where nothing does: `{headline}, {more}` ends without a comma.
    pub fn filled(&self, value: impl Fn(Place) -> String) -> String {
        let (mut out, mut gap) = (String::new(), String::new());
        // A bracket that was opened for what has no value is closed for it, too.
        let (mut closing, mut is_bare) = (None, false);
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => {
                    let mut text = text.as_str();
                    if let Some(bracket) = closing.take() {
                        text = text.strip_prefix(bracket).unwrap_or(text);
                    }
                    if std::mem::take(&mut is_bare) {
                        text = text.trim_start_matches(parts);
                    }
                    gap.push_str(text);
                }
                Piece::Place(place) => match value(*place) {
                    value if value.is_empty() => {
                        let kept = gap.trim_end_matches(|c| parts(c) || closes(c).is_some()).len();
                        closing = gap[kept..].chars().find_map(closes);
                        gap.truncate(kept);
                        is_bare = out.is_empty() && gap.is_empty();
                    }
                    value => {
                        is_bare = false;
                        out.push_str(&std::mem::take(&mut gap));
                        out.push_str(&value);
                    }
                },
            }
        }
        let line = out + &gap;
        line.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
    }
}

/// Whether it parts what stands on its sides.
fn parts(c: char) -> bool {
    c.is_whitespace() || ",;:.·|/-–—，；：、。".contains(c)
}

/// What ends what it begins.
fn closes(c: char) -> Option<char> {
    [('(', ')'), ('[', ']'), ('（', '）'), ('【', '】'), ('“', '”'), ('《', '》')]
        .iter()
        .find_map(|(open, close)| (*open == c).then_some(*close))
}

impl FromStr for SubjectPattern {
    type Err = Invalid;

    fn from_str(given: &str) -> Result<Self, Invalid> {
        let line = text::single_line(given);
        if line.is_empty() {
            return Err(Invalid::new(
                "a subject is empty: write a pattern such as \"{title}: {headline}\", or leave it out",
            ));
        }
        text::at_most("subject", &line, MOST)?;
        let (mut pieces, mut plain, mut rest) = (Vec::new(), String::new(), line.as_str());
        while let Some(at) = rest.find(['{', '}']) {
            plain.push_str(&rest[..at]);
            let brace = &rest[at..=at];
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix(brace) {
                plain.push_str(brace);
                rest = after;
                continue;
            }
            let Some((name, after)) = rest.split_once('}').filter(|_| brace == "{") else {
                return Err(Invalid(format!(
                    "a brace in `{line}` has no other: write {{title}} for a value, and {{{{ or }}}} for a brace"
                )));
            };
            if !plain.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut plain)));
            }
            pieces.push(Piece::Place(place(name)?));
            rest = after;
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            pieces.push(Piece::Text(plain));
        }
        Ok(Self { text: line, pieces })
    }
}

fn place(name: &str) -> Result<Place, Invalid> {
    name.parse().map_err(|_| {
        let known = Place::ALL.iter().map(|place| format!("{{{place}}}")).collect::<Vec<_>>().join(", ");
        let given = text::quoted(name);
        let meant = meant(name, Place::ALL.iter().map(|place| place.as_str()));
        let meant = meant.first().map_or(String::new(), |place| format!(" (did you mean {{{place}}}?)"));
        Invalid(format!("a subject holds no {{{given}}}{meant}: use {known}"))
    })
}

impl std::fmt::Display for SubjectPattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

serde_as_text!(SubjectPattern);

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(pattern: &str, values: [&str; 5]) -> String {
        let pattern: SubjectPattern = pattern.parse().unwrap();
        let at = |place: Place| Place::ALL.iter().position(|known| *known == place).unwrap();
        pattern.filled(|place| values[at(place)].to_owned())
    }

    #[test]
    fn what_has_no_value_takes_its_marks_with_it() {
        let all = ["Week", "5 May", "A today", "and 2 more", "7"];
        let bare = ["Week", "5 May", "", "", "7"];
        for (pattern, with_all, with_less) in [
            ("{title}: {headline}", "Week: A today", "Week"),
            ("{headline}, {more}", "A today, and 2 more", ""),
            ("{headline} ({more}) · {title}", "A today (and 2 more) · Week", "Week"),
            ("[{title} {number}] {headline}", "[Week 7] A today", "[Week 7]"),
            ("{title}（{headline}）{date}", "Week（A today）5 May", "Week5 May"),
            ("No. {number}", "No. 7", "No. 7"),
            ("{{{title}}}", "{Week}", "{Week}"),
            ("Same each time", "Same each time", "Same each time"),
        ] {
            assert_eq!(filled(pattern, all), with_all, "{pattern}");
            assert_eq!(filled(pattern, bare), with_less, "{pattern}");
        }
    }

    #[test]
    fn what_is_no_pattern_is_told_with_what_would_be_right() {
        for (pattern, expected) in [
            ("{titel}: {headline}", "no {titel} (did you mean {title}?): use {title}, {date}, {headline}"),
            ("{weather}", "no {weather}: use {title}"),
            ("{}", "no {}: use {title}"),
            ("{title", "a brace in `{title` has no other"),
            ("title}", "has no other"),
            (" ", "a subject is empty"),
        ] {
            let wrong = pattern.parse::<SubjectPattern>().unwrap_err();
            assert!(wrong.0.contains(expected), "{pattern}: {wrong}");
        }
        assert!("x".repeat(151).parse::<SubjectPattern>().is_err());
    }
}
