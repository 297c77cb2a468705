//! Whether two titles are of the same thing.

use std::collections::BTreeSet;

use crate::text::fold_case;
use crate::token::is_dash;

/// What a title is compared by.
#[derive(Debug, Clone, Default)]
pub struct Likeness {
    words: BTreeSet<String>,
    standards: BTreeSet<String>,
}

/// Words that tell nothing apart.
const COMMON: &[&str] = &[
    "the",
    "of",
    "and",
    "for",
    "on",
    "in",
    "a",
    "an",
    "to",
    "with",
    "by",
    "at",
    "is",
    "takes",
    "take",
    "effect",
    "deadline",
    "held",
    "meeting",
    "release",
    "released",
    "information",
    "technology",
    "national",
    "international",
    "standard",
    "standards",
];

impl Likeness {
    pub fn of(title: &str, standards: &[String]) -> Self {
        let folded = fold_case(title);
        let words =
            folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty() && !COMMON.contains(word));
        // Plural or not, and the ends that British and American spelling have otherwise.
        let stem = |word: &str| word.trim_end_matches('s').replace("ization", "isation");
        let words = words.flat_map(|word| pairs(word).unwrap_or_else(|| vec![stem(word)]));
        Self { words: words.collect(), standards: standards.iter().map(|standard| key(standard)).collect() }
    }

    /// The same standards, or most words of the shorter title in the other.
    pub fn is_alike(&self, other: &Self) -> bool {
        if !self.standards.is_empty() && !other.standards.is_empty() {
            return self.standards.iter().any(|standard| other.standards.contains(standard));
        }
        let common = self.words.intersection(&other.words).count();
        let shorter = self.words.len().min(other.words.len());
        shorter > 0 && common * 2 > shorter
    }
}

/// Chinese has no spaces between its words: every two characters side by side.
fn pairs(word: &str) -> Option<Vec<String>> {
    let chars: Vec<char> = word.chars().collect();
    let is_chinese = chars.iter().any(|c| ('\u{4e00}'..='\u{9fff}').contains(c)) && chars.len() > 2;
    is_chinese.then(|| chars.windows(2).map(|pair| pair.iter().collect()).collect())
}

/// The form that two spellings of a standard's identifier share.
fn key(identifier: &str) -> String {
    identifier
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match is_dash(c.encode_utf8(&mut [0; 4])) {
            true => '-',
            false => c.to_ascii_uppercase(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_thing_is_known_under_another_title() {
        let of = |title: &str, standards: &[&str]| {
            Likeness::of(title, &standards.iter().map(|&standard| standard.to_owned()).collect::<Vec<_>>())
        };
        for (a, b, expected) in [
            (of("Third China IPv6 Development Forum", &[]), of("2020 (3rd) China IPv6 Development Forum", &[]), true),
            (of("Plenary of TC 5", &[]), of("Plenary of SC 27", &[]), false),
            (of("Anything", &["GB/T 1-2020"]), of("Else", &["GB/T1—2020"]), true),
            (of("The same title", &["GB/T 1-2020"]), of("The same title", &["GB/T 2-2020"]), false),
            (of("", &[]), of("", &[]), false),
            (of("2020年全国标准化年会", &[]), of("全国标准化年会", &[]), true),
            (of("全文提交截止", &[]), of("会议注册截止", &[]), false),
        ] {
            assert_eq!(a.is_alike(&b), expected, "{a:?} {b:?}");
        }
    }
}
