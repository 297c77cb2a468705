//! Looking for words in a name or a heading.

/// Whether one of them is known.
pub fn has(words: &[&str], known: &[&str]) -> bool {
    words.iter().any(|word| known.contains(word))
}

/// Whether one of the first is followed by one of the second.
pub fn pair(words: &[&str], first: &[&str], second: &[&str]) -> bool {
    words.windows(2).any(|pair| first.contains(&pair[0]) && second.contains(&pair[1]))
}

/// In small letters, without marks.
pub fn lower_words(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric() && c != '-')
        .map(|word| word.trim_matches('-').to_owned())
        .filter(|word| !word.is_empty())
        .collect()
}
