//! What somebody may have meant by a word that is not known: the nearest of those that are.

use super::text::quoted;

/// More letters are no slip of the hand, and are not looked at.
const LONGEST: usize = 60;

/// So many are named where several are equally near.
const MOST: usize = 3;

/// Those of `known` that are nearest to `given`, the likeliest first: a slip or two away, by the restricted
/// Damerau-Levenshtein distance without regard to case, or else what begins as it does. None if it is far from all.
pub fn meant<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let given = given.trim();
    // By its octets first: what is very long is not even counted.
    if given.is_empty() || given.len() > 4 * LONGEST || given.chars().count() > LONGEST {
        return Vec::new();
    }
    let given = given.to_lowercase();
    let length = given.chars().count();
    let (mut nearest, mut least): (Vec<&str>, _) = (Vec::new(), usize::MAX);
    let mut beginning_alike = Vec::new();
    for word in known {
        let lowercase = word.to_lowercase();
        if length > 2 && lowercase.starts_with(&given) {
            beginning_alike.push(word);
        }
        let its_length = lowercase.chars().count();
        let bound = least.min(slips_allowed(length.max(its_length)));
        if length.abs_diff(its_length) > bound {
            continue;
        }
        let distance = strsim::osa_distance(&given, &lowercase);
        if distance > bound {
            continue;
        }
        if distance < least {
            nearest.clear();
            least = distance;
        }
        if !nearest.contains(&word) {
            nearest.push(word);
        }
    }
    if nearest.is_empty() {
        beginning_alike.dedup();
        return if beginning_alike.len() > MOST { Vec::new() } else { beginning_alike };
    }
    let likeness = |word: &str| strsim::jaro_winkler(&given, &word.to_lowercase());
    nearest.sort_by(|a, b| likeness(b).total_cmp(&likeness(a)));
    nearest.truncate(MOST);
    nearest
}

/// A quarter of the letters may be wrong, and one in any case, but never all of them: more is another word.
fn slips_allowed(letters: usize) -> usize {
    (letters / 4).max(1).min(letters.saturating_sub(1))
}

/// `` did you mean `weekly`? ``; none if there is nothing near.
pub fn question<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    asked(&meant(given, known))
}

/// The same in the middle of a sentence, with a space before it: `` (did you mean `weekly`?)``; or nothing at all.
pub fn aside<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    question(given, known).map_or(String::new(), |question| format!(" ({question})"))
}

/// The question for words that were found.
pub fn asked(words: &[&str]) -> Option<String> {
    let words: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    let (last, others) = words.split_last()?;
    Some(match others {
        [] => format!("did you mean {last}?"),
        others => format!("did you mean {} or {last}?", others.join(", ")),
    })
}

/// What serde says, with the field that was meant where one is not known: ``unknown field `titel` (did you mean `title`?),
/// expected one of …``.
pub fn of_unknown_field(message: &str) -> String {
    let parts = message.strip_prefix("unknown field `").and_then(|rest| rest.split_once("`, expected "));
    let Some((field, expected)) = parts else { return message.to_owned() };
    let meant = aside(field, expected.split('`').skip(1).step_by(2));
    format!("unknown field `{}`{meant}, expected {expected}", quoted(field))
}

/// For tests of whatever names words.
#[cfg(test)]
pub mod slips {
    use super::MOST;

    /// The word with each of its letters dropped, each doubled, and each two neighbours swapped.
    pub fn of(word: &str) -> Vec<String> {
        let letters: Vec<char> = word.chars().collect();
        let text = |letters: &[char]| letters.iter().collect::<String>();
        let mut slips = Vec::new();
        for at in 0..letters.len() {
            slips.push(text(&[&letters[..at], &letters[at + 1..]].concat()));
            slips.push(text(&[&letters[..=at], &letters[at..]].concat()));
            if let Some([one, other]) = letters.get(at..at + 2) {
                slips.push(text(&[&letters[..at], &[*other, *one], &letters[at + 2..]].concat()));
            }
        }
        slips.sort();
        slips.dedup();
        slips
    }

    /// Those slips of `word` after which nobody can know better that it was meant: not another known word, and not as near to
    /// more words than are named.
    pub fn clear<'a>(word: &'a str, known: &'a [&str]) -> impl Iterator<Item = String> + 'a {
        of(word).into_iter().filter(move |slip| {
            let slip = slip.trim().to_lowercase();
            let distance = |known: &str| strsim::osa_distance(&slip, &known.to_lowercase());
            let own = distance(word);
            let as_near =
                known.iter().filter(|other| other.len().abs_diff(slip.len()) <= own && distance(other) <= own);
            !slip.is_empty() && as_near.clone().all(|other| distance(other) > 0) && as_near.count() <= MOST
        })
    }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use super::*;
    use crate::domain::Invalid;
    use crate::domain::bearer::Scope;
    use crate::domain::bounce::Class;
    use crate::domain::edition::DeliveryStatus;
    use crate::domain::editor::Role;
    use crate::domain::event::{DescriptionFormat, Kind, Status};
    use crate::domain::format::Format;
    use crate::domain::tell::Tell;
    use crate::domain::when::Precision;
    use crate::domain::wording::Locale;

    const KNOWN: [&str; 7] = ["event", "extract", "export", "subscriber", "GB/T", "on", "of"];

    #[test]
    fn a_slip_leads_to_the_word_that_was_meant_and_another_word_to_none() {
        for (given, words) in [
            ("evnt", &["event"][..]),
            ("Evetn", &["event"]),
            ("subscribre", &["subscriber"]),
            ("subs", &["subscriber"]),
            ("ex", &[]),
            ("exp", &["export"]),
            ("gb/", &["GB/T"]),
            ("o", &["on", "of"]),
            ("x", &[]),
            ("party", &[]),
            ("", &[]),
            ("  ", &[]),
        ] {
            assert_eq!(meant(given, KNOWN), words, "{given}");
        }
    }

    #[test]
    fn every_slip_names_its_word() {
        for word in KNOWN {
            for slip in slips::clear(word, &KNOWN) {
                assert!(meant(&slip, KNOWN).contains(&word), "{slip} for {word}");
            }
        }
    }

    #[test]
    fn every_slip_in_a_word_of_ours_names_it() {
        fn check<T: FromStr<Err = Invalid>>(known: &[&str]) {
            for word in known {
                for slip in slips::clear(word, known) {
                    let Err(said) = slip.parse::<T>() else { continue };
                    assert!(said.0.contains(&format!("`{word}`")), "{slip} for {word}: {said}");
                }
            }
        }
        macro_rules! check_words {
            ($($name:ty),+) => {$(check::<$name>(&<$name>::ALL.iter().map(|word| word.as_str()).collect::<Vec<_>>());)+};
        }
        check_words!(Kind, Status, DescriptionFormat, Precision, Format, DeliveryStatus, Scope, Role, Tell, Class);
        check::<Locale>(&Locale::all().map(Locale::tag).collect::<Vec<_>>());
    }

    #[test]
    fn what_is_very_long_is_not_compared() {
        assert!(meant(&"event".repeat(1000), KNOWN).is_empty());
        assert!(meant(&"ж".repeat(61), ["ж".repeat(62).as_str()]).is_empty());
        assert_eq!(meant(&"ж".repeat(60), ["ж".repeat(61).as_str()]).len(), 1);
    }

    #[test]
    fn what_serde_says_of_an_unknown_field_names_the_one_that_was_meant() {
        for (said, told) in [
            (
                "unknown field `titel`, expected one of `title`, `start` at line 3",
                "unknown field `titel` (did you mean `title`?), expected one of `title`, `start` at line 3",
            ),
            ("unknown field `a`, expected `slug` or `title`", "unknown field `a`, expected `slug` or `title`"),
            ("unknown field `slugg`, expected `slug`", "unknown field `slugg` (did you mean `slug`?), expected `slug`"),
            ("unknown field `x`, there are no fields", "unknown field `x`, there are no fields"),
            ("missing field `x`", "missing field `x`"),
        ] {
            assert_eq!(of_unknown_field(said), told);
        }
    }

    #[test]
    fn it_is_asked_for_one_or_several() {
        assert_eq!(question("evnt", KNOWN).unwrap(), "did you mean `event`?");
        assert_eq!(question("o", KNOWN).unwrap(), "did you mean `on` or `of`?");
        assert_eq!(aside("evnt", KNOWN), " (did you mean `event`?)");
        assert_eq!(aside("party", KNOWN), "");
    }
}
