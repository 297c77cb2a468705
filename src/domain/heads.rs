//! The heads of a table's columns, as offices write them.

use std::collections::HashMap;

use super::meant::meant;

/// What stands below a head.
pub trait Head: Copy + PartialEq {
    /// By our own name for it.
    fn name(self) -> &'static str;

    /// Whether it says anything that is kept.
    fn is_kept(self) -> bool {
        true
    }
}

/// Which heads a table may have, and what each means.
pub struct Heads<H> {
    columns: Vec<(&'static str, H)>,
    by_word: HashMap<String, (H, bool)>,
    words: Vec<&'static str>,
}

/// What a head was found to mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found<H> {
    pub head: H,
    /// Whether it is the name that we have for it, however it is written.
    pub is_own: bool,
}

impl<H: Head> Heads<H> {
    /// By our own names, and by the words of others.
    pub fn new(columns: Vec<(&'static str, H)>, others: &[(&'static str, H)]) -> Self {
        let mut by_word: HashMap<_, _> = others.iter().map(|(word, head)| (squeezed(word), (*head, false))).collect();
        by_word.extend(columns.iter().map(|(name, head)| (squeezed(name), (*head, true))));
        let words = columns.iter().chain(others).map(|(word, _)| *word).collect();
        Self { columns, by_word, words }
    }

    /// Our own names, in their order.
    pub fn names(&self) -> String {
        self.columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
    }

    pub fn find(&self, given: &str) -> Option<Found<H>> {
        self.by_word.get(&squeezed(given)).map(|(head, is_own)| Found { head: *head, is_own: *is_own })
    }

    /// The head that somebody may have meant by one that is not known.
    pub fn like(&self, given: &str) -> Option<&'static str> {
        let given = squeezed(given);
        // Of two letters, or Chinese characters, one is half of the word.
        if given.chars().count() < 3 {
            return None;
        }
        let squeezed: Vec<_> = self.words.iter().map(|word| squeezed(word)).collect();
        let meant = *meant(&given, squeezed.iter().map(String::as_str)).first()?;
        squeezed.iter().position(|word| word == meant).map(|at| self.words[at])
    }
}

/// `E-Mail`, `e_mail` and `EMAIL *` are one word.
pub fn squeezed(head: &str) -> String {
    head.chars().filter(|c| c.is_alphanumeric() || *c == '#').flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Head for u8 {
        fn name(self) -> &'static str {
            "a number"
        }
    }

    #[test]
    fn a_head_is_known_however_it_is_written_and_by_the_words_of_others() {
        let heads = Heads::new(vec![("consent_at", 1), ("email", 2)], &[("E-mail Address", 2), ("邮箱", 2)]);
        for (given, found) in [
            ("Consent At", Some((1, true))),
            ("E-Mail *", Some((2, true))),
            ("email address", Some((2, false))),
            (" 邮箱：", Some((2, false))),
            ("mail", None),
            ("", None),
        ] {
            assert_eq!(heads.find(given).map(|found| (found.head, found.is_own)), found, "{given}");
        }
        assert_eq!(heads.names(), "consent_at, email");
    }

    #[test]
    fn what_is_nearly_a_head_is_proposed_and_nothing_else() {
        let heads = Heads::new(vec![("title", 1), ("start", 2), ("url", 3)], &[("E-mail Address", 4), ("地点", 5)]);
        for (given, like) in [
            ("tilte", Some("title")),
            ("titles", Some("title")),
            ("strat", Some("start")),
            ("Email adress", Some("E-mail Address")),
            ("age", None),
            ("ur", None),
            ("会址", None),
            (&"x".repeat(100_000), None),
        ] {
            assert_eq!(heads.like(given), like, "{given}");
        }
    }
}
