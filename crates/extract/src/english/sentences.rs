//! A block cut into its sentences.

/// What nobody writes as one sentence is cut, so that whatever looks around a date never has far to look.
const LONGEST: usize = 3000;

/// A full stop after these ends no sentence.
const ABBREVIATIONS: &[&str] = &[
    "dr", "mr", "mrs", "ms", "prof", "no", "nos", "nr", "e.g", "i.e", "vs", "st", "vol", "art", "fig", "approx", "cf",
    "ed", "inc", "ltd", "co", "jr", "sr", "rev", "sec", "tel", "pp", "p", "al", "gen", "gov", "hon", "jan", "feb",
    "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "mon", "tue", "tues", "wed", "thu", "thur",
    "thurs", "fri", "sat", "sun", "dept", "est", "incl", "max", "min", "ver", "para", "ariz", "calif", "colo", "conn",
    "fla", "ill", "mass", "mich", "minn", "okla", "ore", "penn", "tenn", "tex", "va", "wash", "wis", "nev", "ind",
    "md", "s.i", "univ", "assn", "bros", "corp", "pres", "gmbh",
];

/// The sentences of a text without line breaks, in order; what lies between them is white space.
pub fn sentences(text: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    let mut begin = 0;
    for (at, mark) in text.char_indices() {
        if at < begin {
            continue;
        }
        let is_too_long = at - begin >= LONGEST && mark.is_whitespace();
        if is_too_long || at - begin >= 2 * LONGEST {
            push(&mut sentences, &text[begin..at]);
            begin = at;
        } else if matches!(mark, '.' | '!' | '?' | '。')
            && let Some(end) = end_of_sentence(&text[begin..], at - begin, mark)
        {
            push(&mut sentences, &text[begin..begin + end]);
            begin += end;
        }
    }
    push(&mut sentences, &text[begin..]);
    sentences
}

fn push<'a>(sentences: &mut Vec<&'a str>, sentence: &'a str) {
    let sentence = sentence.trim();
    if !sentence.is_empty() {
        sentences.push(sentence);
    }
}

/// Where the sentence ends, if it does at this mark: past the quotes and brackets that close with it.
fn end_of_sentence(text: &str, at: usize, mark: char) -> Option<usize> {
    let after = &text[at + mark.len_utf8()..];
    let rest = after.trim_start_matches(['"', '”', '’', '\'', ')', ']', '»']);
    let end = text.len() - rest.len();
    if mark == '。' {
        return Some(end);
    }
    let next = rest.trim_start();
    if next.len() == rest.len() && !rest.is_empty() {
        return None;
    }
    let begins =
        next.starts_with(|c: char| !c.is_lowercase()) && !next.starts_with([',', ';', ':', '–', '—', '-', ')']);
    (begins && !(mark == '.' && is_abbreviated(&text[..at], next))).then_some(end)
}

fn is_abbreviated(before: &str, next: &str) -> bool {
    let word = before.rsplit(|c: char| c.is_whitespace() || matches!(c, '(' | '“' | '"')).next().unwrap_or_default();
    let lower = word.to_lowercase();
    let is_initial = word.chars().count() == 1 && word.starts_with(char::is_uppercase) && word != "I";
    let is_half_of_day = matches!(lower.as_str(), "a.m" | "p.m");
    if is_half_of_day || lower == "etc" || lower == "u.s" {
        // They may end a sentence: what comes then begins with a word in capitals.
        let word: String = next.chars().take_while(|c| c.is_alphabetic()).collect();
        let is_day = is_half_of_day && (super::names::month(&word).is_some() || super::names::weekday(&word).is_some());
        return is_day || next.starts_with(|c: char| c.is_ascii_digit() || c == '(') || is_zone(next);
    }
    // `24. September`
    let is_ordinal = word.len() <= 6 && word.ends_with(|c: char| c.is_ascii_digit());
    let month: String = next.chars().take_while(|c| c.is_alphabetic()).collect();
    if is_ordinal && super::names::month(&month).is_some() {
        return true;
    }
    // May and June are no abbreviations, and a number that ends a sentence is none.
    is_initial || ABBREVIATIONS.contains(&lower.as_str())
}

fn is_zone(next: &str) -> bool {
    let word: String = next.chars().take_while(|c| c.is_alphabetic()).collect();
    const ZONES: &[&str] = &["Eastern", "Central", "Pacific", "Mountain", "British", "Greenwich"];
    (2..=4).contains(&word.len()) && word.chars().all(char::is_uppercase)
        || ZONES.contains(&word.as_str())
        || next
            .split_whitespace()
            .take(4)
            .any(|word| word.trim_end_matches(['.', ',', ')']).eq_ignore_ascii_case("time"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn abbreviations_end_no_sentence() {
        for (text, expected) in [
            ("One met. Two met! “Three?” Four.", vec!["One met.", "Two met!", "“Three?”", "Four."]),
            (
                "On Sept. 14 Dr. Betty XU met J. Smith, etc., in St. Gallen. It rained.",
                vec!["On Sept. 14 Dr. Betty XU met J. Smith, etc., in St. Gallen.", "It rained."],
            ),
            (
                "Version 3.2 is No. 5 of ISO 9001. 2021 is next.",
                vec!["Version 3.2 is No. 5 of ISO 9001.", "2021 is next."],
            ),
            (
                "At 2 p.m. CET it began. It ended at 3 p.m. Nobody came.",
                vec!["At 2 p.m. CET it began.", "It ended at 3 p.m.", "Nobody came."],
            ),
            ("(See above.) He left", vec!["(See above.)", "He left"]),
            ("", vec![]),
        ] {
            assert_eq!(sentences(text), expected);
        }
    }

    #[test]
    fn what_has_no_end_is_cut() {
        let text = "word ".repeat(5000);
        assert!(sentences(&text).iter().all(|sentence| sentence.len() <= 2 * LONGEST));
        assert!(sentences(&"字".repeat(9000)).len() > 1);
    }
}
