//! `Part 1 and part 2 of ISO/IEC 30145 – respectively … and …`: one phrase, several parts of a standard.

use std::ops::Range;

use super::naming::title;
use crate::mask::{Standard, span};
use crate::token::Token;

/// The parts with their names, as far as they are told; none if the phrase does not tell of several.
pub fn parts(text: &str, tokens: &[Token<'_>], phrase: Range<usize>, standards: &[Standard]) -> Vec<(String, String)> {
    let Some(standard) = standards.iter().find(|standard| phrase.contains(&standard.token)) else { return Vec::new() };
    let before = &tokens[phrase.start..standard.token];
    let is_of = before.last().is_some_and(|of| of.is("of"));
    let is_list = |token: &Token<'_>| {
        token.is_one_of(&["part", "parts", "and", "of", "the", "both", ",", "&"])
            || token.number().is_some_and(|number| number < 100)
    };
    let numbers: Vec<u32> = before.iter().filter_map(Token::number).collect();
    if !is_of
        || numbers.len() < 2
        || !before.iter().any(|token| token.is_one_of(&["part", "parts"]))
        || !before.iter().all(is_list)
    {
        return Vec::new();
    }
    let names = respective_names(text, tokens, standard.token + 1, numbers.len());
    let name = |index: usize| names.get(index).cloned().unwrap_or_default();
    // The edition, if one is told, is not that of the parts.
    let base = standard.identifier.split(':').next().unwrap_or_default();
    numbers.iter().enumerate().map(|(index, number)| (format!("{base}-{number}"), name(index))).collect()
}

/// `respectively A and B`
fn respective_names(text: &str, tokens: &[Token<'_>], from: usize, count: usize) -> Vec<String> {
    let Some(word) = (from..tokens.len()).find(|at| tokens[*at].is("respectively")) else { return Vec::new() };
    let end = (word + 1..tokens.len())
        .find(|at| (tokens[*at].is_dash() && tokens[*at].spaced) || matches!(tokens[*at].text, ")" | ";" | "."))
        .unwrap_or(tokens.len());
    let list = &text[span(tokens, word + 1..end)];
    let names: Vec<String> =
        list.split(" and ").flat_map(|part| part.split(", ")).map(title).filter(|name| !name.is_empty()).collect();
    if names.len() == count { names } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mask::mask;
    use crate::token::tokens;

    #[test]
    fn several_parts_are_told_apart() {
        let text = "Part 4 and part 5 of IEC 60079 – respectively Dust Layers and Gas Groups – are expected in 2023";
        let raw = tokens(text);
        let masked = mask(text, &raw);
        let found = parts(text, &masked.tokens, 0..7, &masked.standards);
        let expected = [("IEC 60079-4", "Dust Layers"), ("IEC 60079-5", "Gas Groups")];
        assert_eq!(found, expected.map(|(identifier, name)| (identifier.to_owned(), name.to_owned())));
        assert!(parts("Part 4 of IEC 60079", &tokens("Part 4 of IEC 60079"), 0..4, &[]).is_empty());
    }
}
