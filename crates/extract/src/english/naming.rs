//! Titles as an editor would write them.

use crate::text::{shortened, single_line};
use crate::token::{Token, is_dash};

const LONGEST_TITLE: usize = 160;

const DETERMINERS: &[&str] = &[
    "this year’s ",
    "this year's ",
    "the ",
    "a ",
    "an ",
    "its ",
    "their ",
    "this ",
    "these ",
    "our ",
    "his ",
    "her ",
    "that ",
    "another ",
];

/// Words that say what a standard is, not which.
const GENERIC: &[&str] = &[
    "the",
    "a",
    "an",
    "of",
    "for",
    "national",
    "international",
    "european",
    "new",
    "newly",
    "revised",
    "amended",
    "mandatory",
    "recommended",
    "standard",
    "standards",
    "specification",
    "technical",
    "series",
    "this",
    "its",
    "latest",
    "industry",
];

/// A noun phrase as a title: without determiner, quotes around it and asides in brackets.
pub fn title(phrase: &str) -> String {
    let mut text = without_asides(&single_line(phrase));
    loop {
        let lower = text.to_lowercase();
        let trimmed = DETERMINERS
            .iter()
            .find(|word| lower.starts_with(**word))
            .map_or(text.as_str(), |word| text.get(word.len()..).unwrap_or_default());
        let trimmed = trimmed.trim_matches(|c: char| {
            c.is_whitespace() || matches!(c, ',' | ';' | ':' | '.' | '–' | '—' | '-' | '|' | '"' | '•')
        });
        let trimmed = trimmed.trim_start_matches([')', ']', '”', '*']);
        let trimmed = match trimmed.strip_prefix(['“', '‘']) {
            Some(inner) if inner.ends_with(['”', '’']) => inner.trim_end_matches(['”', '’']),
            Some(inner) if !inner.contains('”') => inner,
            _ => trimmed,
        };
        if trimmed == text {
            break;
        }
        text = trimmed.to_owned();
    }
    // The mark that closes a name belongs to it.
    if text.matches('"').count() == 1 && !text.starts_with('"') {
        text.push('"');
    }
    let is_empty = DETERMINERS.iter().any(|word| text.eq_ignore_ascii_case(word.trim()));
    if is_empty { String::new() } else { shortened(&capitalised(&text), LONGEST_TITLE) }
}

pub fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        // `iPhone` and `mRNA` stay as they are.
        Some(first) if !chars.clone().next().is_some_and(|next| next.is_uppercase() || next.is_ascii_digit()) => {
            first.to_uppercase().chain(chars).collect()
        }
        _ => text.to_owned(),
    }
}

/// Without brackets, but those that hold a number or the year of a name.
fn without_asides(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find(" (") {
        let Some(close) = rest[open..].find(')').map(|close| open + close + 1) else { break };
        let aside = &rest[open..close];
        kept.push_str(&rest[..open]);
        // Regulation (EU) 2016/679
        let is_part_of_number = rest[close..].starts_with(" No")
            || rest[close..].starts_with(' ') && rest[close + 1..].starts_with(|c: char| c.is_ascii_digit());
        if aside.contains(|c: char| c.is_ascii_digit()) || is_part_of_number {
            kept.push_str(aside);
        }
        rest = &rest[close..];
    }
    kept.push_str(rest);
    kept
}

/// What headings end with.
const ENDS: &[&str] = &[
    "held",
    "released",
    "approved",
    "published",
    "launched",
    "issued",
    "adopted",
    "convened",
    "opened",
    "celebrated",
    "announced",
    "concluded",
];

/// A heading as the title of its event: `Forum Held in Beijing` is about the forum.
pub fn title_of_heading(heading: &str) -> String {
    let heading = heading.split("; ").next().unwrap_or_default();
    let words: Vec<&str> = heading.split_whitespace().collect();
    let cut = words.iter().enumerate().skip(2).find(|(at, word)| {
        let is_last = *at + 1 == words.len();
        let leads = words
            .get(at + 1)
            .is_some_and(|next| matches!(next.to_lowercase().as_str(), "in" | "on" | "by" | "at" | "online" | "from"));
        ENDS.contains(&word.to_lowercase().as_str()) && (is_last || leads)
    });
    let kept = match cut {
        Some((at, _)) => words[..at].join(" "),
        None => words.join(" "),
    };
    title(kept.strip_suffix(" was").or(kept.strip_suffix(" is")).unwrap_or(&kept))
}

/// Whether a phrase points to something told before: `it`, `the standard`, `the amended version`.
pub fn is_generic(phrase: &[Token<'_>]) -> bool {
    let words = || phrase.iter().filter(|token| token.is_word() || token.number().is_some());
    let names = words().skip(1).any(|token| token.is_capitalised()) || words().any(|token| token.number().is_some());
    let is_opaque = phrase.iter().any(|token| token.class == crate::token::Class::Opaque);
    let first_names = phrase.first().is_some_and(|first| first.is_capitalised() && !is_function_word(first));
    !names && !is_opaque && !first_names && words().count() <= 4
}

/// Whether a phrase tells nothing by which its event could be told from others: `its first meeting`.
pub fn is_nameless(phrase: &[Token<'_>]) -> bool {
    let tells =
        |token: &Token<'_>| token.is("of") || token.class == crate::token::Class::Opaque || token.number().is_some();
    !phrase.iter().any(tells) && !phrase.iter().skip(1).any(Token::is_capitalised)
}

fn is_function_word(token: &Token<'_>) -> bool {
    token.is_one_of(&[
        "it", "they", "this", "these", "the", "a", "an", "its", "their", "both", "that", "such", "he", "she", "all",
        "we",
    ]) || DETERMINERS.iter().any(|word| token.is(word.trim()))
}

/// The name that follows an identifier, such as `Personal Information Security Specification`; empty if there is none.
pub fn name_after(tokens: &[Token<'_>], at: usize, sentence: &str) -> String {
    let skipped = tokens[at..]
        .iter()
        .take(2)
        .take_while(|token| matches!(token.text, "(" | ":" | "“" | "," | "–" | "—" | "‘"))
        .count();
    let begin = at + skipped;
    let is_quoted =
        skipped > 0 && tokens[begin - 1].text == "“" || tokens.get(begin).is_some_and(|token| token.text == "\"");
    if is_quoted {
        let begin = begin + usize::from(tokens[begin.min(tokens.len() - 1)].text == "\"");
        let end = tokens
            .iter()
            .skip(begin)
            .take(30)
            .position(|token| matches!(token.text, "”" | "\""))
            .map_or(begin, |length| begin + length);
        return short_name(&sentence[crate::mask::span(tokens, begin..end)]);
    }
    let mut end = begin;
    for (index, token) in tokens.iter().enumerate().skip(begin).take(40) {
        let is_small = token.is_one_of(&["of", "for", "and", "on", "in", "the", "to", "with", "by"]);
        let is_joint = is_dash(token.text) || matches!(token.text, ":" | "," | "/" | "&" | "’" | "'");
        match () {
            () if index > begin && token.is_one_of(ENDS) => break,
            () if token.is_capitalised() || (index > begin && token.number().is_some_and(|number| number < 100)) => {
                end = index + 1
            }
            () if index > begin && (is_small || is_joint) => {}
            () => break,
        }
    }
    let range = crate::mask::span(tokens, begin..end);
    let name = short_name(&sentence[range]);
    if name.split_whitespace().count() >= 2 { name } else { String::new() }
}

/// Without the family before a dash, where two words of the name remain: `Information technology — Smart city framework`.
fn short_name(name: &str) -> String {
    let parts: Vec<&str> = name.split(['—', '–']).map(str::trim).filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        [_, rest @ ..] if !rest.is_empty() && rest[0].split_whitespace().count() >= 2 => rest.join(", "),
        _ => single_line(name),
    }
}

/// What stands before an identifier, if it says more than that it is a standard.
pub fn says_more(before: &str) -> bool {
    let words = || before.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let is_standard =
        words().take(6).any(|word| matches!(word.to_lowercase().as_str(), "standard" | "standards" | "specification"));
    let is_draft = words().any(|word| word.eq_ignore_ascii_case("draft"));
    is_draft || words().any(|word| !GENERIC.contains(&word.to_lowercase().as_str())) && !is_standard
}

/// Without the words before an identifier that only say that it is a standard: `video of the national standard`.
pub fn without_generic_end(before: &str) -> &str {
    let mut text = before.trim_end();
    loop {
        let word = text.rsplit(' ').next().unwrap_or_default();
        let is_generic = GENERIC.contains(&word.to_lowercase().as_str()) && !matches!(word, "of" | "for" | "draft");
        match text.rfind(' ') {
            Some(cut) if is_generic => text = text[..cut].trim_end(),
            _ => return text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::tokens;

    #[test]
    fn titles_are_short_and_begin_with_a_capital() {
        for (phrase, expected) in [
            ("the plenary meeting", "Plenary meeting"),
            ("the “2020 Annual Meeting of the Alliance”", "2020 Annual Meeting of the Alliance"),
            ("the National Committee (NTCAS)", "National Committee"),
            ("its 2020 (third) Forum", "2020 Forum"),
            ("Report (2019)", "Report (2019)"),
        ] {
            assert_eq!(title(phrase), expected);
        }
        assert_eq!(title_of_heading("2020 (3rd) China IPv6 Forum held in Beijing"), "2020 (3rd) China IPv6 Forum");
        assert_eq!(title_of_heading("Rules for Lifts Released"), "Rules for Lifts");
        assert!(title(&"word ".repeat(90)).chars().count() <= LONGEST_TITLE + 1);
    }

    #[test]
    fn names_of_standards_lose_their_family() {
        let sentence = "X Information Technology—Personal Data Rules took effect";
        assert_eq!(name_after(&tokens(sentence), 1, sentence), "Personal Data Rules");
        let plain = "X Fire Doors for Ships apply";
        assert_eq!(name_after(&tokens(plain), 1, plain), "Fire Doors for Ships");
    }

    #[test]
    fn what_points_back_is_known() {
        for (phrase, expected) in [
            ("It", true),
            ("the amended version", true),
            ("The Data Security Law", false),
            ("GB 5", false),
            ("The revised fee schedule", true),
        ] {
            assert_eq!(is_generic(&tokens(phrase)), expected, "{phrase}");
        }
    }
}
