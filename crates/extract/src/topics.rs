//! Topics that are known already, found again in a text.

use std::collections::HashMap;

use crate::text::fold_case;

/// Topics by the first of their words.
#[derive(Debug, Default)]
pub struct Topics {
    by_word: HashMap<String, Vec<Topic>>,
}

#[derive(Debug)]
struct Topic {
    label: String,
    words: Vec<String>,
}

impl Topics {
    pub fn new<'a>(labels: impl IntoIterator<Item = &'a str>) -> Self {
        let mut topics = Self::default();
        for label in labels {
            let words = words(label);
            let Some(first) = words.first().cloned() else { continue };
            let known = topics.by_word.entry(first).or_default();
            if !known.iter().any(|topic| topic.words == words) {
                known.push(Topic { label: label.to_owned(), words });
            }
        }
        topics
    }

    /// Those whose words stand in one of the texts side by side, by name.
    pub fn found_in(&self, texts: &[&str]) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        if self.by_word.is_empty() {
            return found;
        }
        for text in texts {
            let words = words(text);
            for (at, word) in words.iter().enumerate() {
                let here =
                    self.by_word.get(word).into_iter().flatten().filter(|topic| words[at..].starts_with(&topic.words));
                found.extend(here.map(|topic| topic.label.clone()));
            }
        }
        found.sort();
        found.dedup();
        found
    }
}

fn words(text: &str) -> Vec<String> {
    fold_case(text).split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_are_found_as_whole_words_in_any_case() {
        let topics = Topics::new(["smart city", "ipv6", "Smart City", "art", "e-waste"]);
        assert_eq!(topics.found_in(&["The Smart-City group and its E-Waste; ipv6"]), ["e-waste", "ipv6", "smart city"]);
        assert!(topics.found_in(&["smart rules for a city start"]).is_empty());
    }
}
