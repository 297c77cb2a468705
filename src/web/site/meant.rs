//! What may have been meant by a search that finds nothing: words that are there, and topics. Of what is public alone.

use std::collections::HashMap;
use std::sync::Arc;

use super::cards::Label;
use super::query::FilterQuery;
use crate::domain::filter::EventFilter;
use crate::domain::meant::meant;
use crate::domain::text;
use crate::store::Snapshot;
use crate::web::kept::as_of::AsOf;

/// Shorter words are like too many others.
const SHORTEST: usize = 4;
/// So many topics are offered, those of most events first.
const TOPICS: usize = 12;

/// The words of titles, topics and organizers, with how many events have each.
type Words = HashMap<String, usize>;

/// Gathered when the first one asks after a change.
#[derive(Default)]
pub struct Vocabulary {
    words: AsOf<i64, Words>,
    topics: AsOf<i64, Vec<Label>>,
}

impl Vocabulary {
    fn words(&self, snapshot: &Snapshot) -> Arc<Words> {
        self.words.get(snapshot.head, || gathered(snapshot))
    }

    /// The topics of most events.
    pub fn most_used(&self, snapshot: &Snapshot) -> Arc<Vec<Label>> {
        self.topics.get(snapshot.head, || most_used(snapshot))
    }
}

fn gathered(snapshot: &Snapshot) -> Words {
    let (every, mut words) = (EventFilter::default().matcher(), Words::new());
    for it in snapshot.visible(&every) {
        let details = &it.event.details;
        let texts = [&details.title, &details.organizer].into_iter().chain(&details.topics);
        for word in texts.flat_map(|text| text.split(|c: char| !c.is_alphanumeric())) {
            if is_word(word) {
                *words.entry(text::fold_case(word)).or_default() += 1;
            }
        }
    }
    words
}

fn is_word(word: &str) -> bool {
    word.len() >= SHORTEST && word.chars().all(|c| c.is_alphabetic() && (c as u32) < 0x250)
}

/// The same search with words that are there in the place of those that are not; none if all are, or nothing is like them.
fn corrected(words: &Words, search: &str) -> Option<String> {
    let folded = text::fold_case(search);
    let mut is_other = false;
    let corrected: Vec<&str> = folded
        .split_whitespace()
        .map(|word| match is_word(word) && !words.keys().any(|known| known.contains(word)) {
            false => word,
            true => like(words, word).inspect(|_| is_other = true).unwrap_or(word),
        })
        .collect();
    is_other.then(|| corrected.join(" "))
}

/// The word most like it; of several, the one that is there most often.
fn like<'a>(words: &'a Words, word: &str) -> Option<&'a str> {
    meant(word, words.keys().map(String::as_str)).into_iter().max_by_key(|known| words.get(*known))
}

/// What is offered where nothing is found.
#[derive(Default)]
pub struct Offers {
    /// The search as it may have been meant.
    pub meant: Option<Label>,
    pub topics: Arc<Vec<Label>>,
}

impl Offers {
    pub fn of(vocabulary: &Vocabulary, snapshot: &Snapshot, query: &FilterQuery) -> Self {
        let corrected = query.one("q").and_then(|search| corrected(&vocabulary.words(snapshot), search));
        Self {
            meant: corrected.map(|name| Label { url: query.instead("q", &name), name }),
            topics: vocabulary.most_used(snapshot),
        }
    }
}

fn most_used(snapshot: &Snapshot) -> Vec<Label> {
    let mut topics: Vec<(&str, usize)> = snapshot.topics().collect();
    topics.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    topics.into_iter().take(TOPICS).map(|(topic, _)| Label::topic(topic)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_with_a_letter_wrong_is_told_right() {
        let words: Words = [("personal", 5), ("information", 3), ("personnel", 1), ("meeting", 9), ("müller", 1)]
            .map(|(word, count)| (word.to_owned(), count))
            .into();
        for (search, meant) in [
            ("persnal", Some("personal")),
            ("Personal infromation", Some("personal information")),
            ("meetng 2020", Some("meeting 2020")),
            ("muller", Some("müller")),
            ("personal", None),
            ("person", None),
            ("xyzzy", None),
            ("met", None),
            ("标准", None),
            ("", None),
        ] {
            assert_eq!(corrected(&words, search).as_deref(), meant, "{search}");
        }
    }
}
