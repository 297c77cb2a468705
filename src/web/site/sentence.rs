//! What is said to a visitor before it is known in which language.

use crate::domain::wording::Locale;
use crate::office::readers::TopicGone;

/// A phrase, and the values in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    phrase: &'static str,
    values: Vec<(&'static str, String)>,
}

impl Sentence {
    pub fn new(phrase: &'static str) -> Self {
        Self { phrase, values: Vec::new() }
    }

    /// What a visitor gave, cut where it is too long to be shown, in a phrase that says what is wrong with it.
    pub fn about(phrase: &'static str, given: &str) -> Self {
        let shown = given.trim().chars().take(80).map(|c| if c.is_control() { '␣' } else { c }).collect();
        Self::new(phrase).value("given", shown)
    }

    pub fn value(mut self, name: &'static str, value: String) -> Self {
        self.values.push((name, value));
        self
    }

    pub fn tell(&self, locale: Locale) -> String {
        locale.tell(self.phrase, self.values.iter().map(|(name, value)| (*name, value.as_str().into())))
    }
}

impl From<TopicGone> for Sentence {
    fn from(TopicGone(topic): TopicGone) -> Self {
        Self::about("wrong-topic", &topic)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_a_visitor_gave_is_shown_on_one_short_line(given in "(\\PC|[\\r\\n\\t\\x00]){0,200}") {
            let told = Sentence::about("wrong-email", &given).tell(Locale::default());
            prop_assert!(!told.chars().any(char::is_control) && told.chars().count() < 200);
        }
    }
}
