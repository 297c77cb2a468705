//! Whether words were only corrected. Pure.

/// In shorter words each letter counts: `Hall A`, `Bern`, `北京`.
const SHORTEST_WORD: usize = 6;

/// Whether two texts say the same but for a slip of the pen: spaces, cases and marks, or one letter of a long word. A number is
/// never one.
pub fn is_typo(before: &str, after: &str) -> bool {
    let (before, after) = (words(before), words(after));
    before.len() == after.len() && before.iter().zip(&after).all(|(before, after)| is_slip(before, after))
}

fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

fn is_slip(before: &str, after: &str) -> bool {
    let is_long = |word: &str| word.chars().count() >= SHORTEST_WORD && word.chars().all(char::is_alphabetic);
    // A Chinese character is a word of its own.
    let is_spelled = |word: &str| word.chars().all(|c| c < '\u{2e80}');
    let may_be = |word: &str| is_long(word) && is_spelled(word);
    let begin_alike = || before.chars().next() == after.chars().next();
    before == after || may_be(before) && may_be(after) && begin_alike() && strsim::osa_distance(before, after) == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_no_news_and_another_place_is() {
        for (before, after) in [
            ("Geneva", "Genvea"),
            ("Beijing,  China", "beijing China"),
            ("Room 4, Conferense Centre", "Room 4, Conference Centre"),
        ] {
            assert!(is_typo(before, after), "{before} {after}");
        }
        for (before, after) in [
            ("Room 4", "Room 5"),
            ("Hall A", "Hall B"),
            ("Bern", "Berlin"),
            ("北京国际会议中心", "南京国际会议中心"),
            ("Geneva", "Geneva, Room 12"),
            ("Geneva", "Vienna"),
            ("Vienna", "Sienna"),
            ("", "Geneva"),
        ] {
            assert!(!is_typo(before, after), "{before} {after}");
        }
    }
}
