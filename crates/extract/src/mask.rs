//! Numbers that look like parts of dates and are none: identifiers of standards, telephone numbers, versions, sums,
//! spans of years, addresses of the web.

use std::ops::Range;

use crate::token::{Class, Token, is_dash};

/// A sentence's tokens, each masked number as one, and the standards that it names.
#[derive(Debug)]
pub struct Masked<'a> {
    pub tokens: Vec<Token<'a>>,
    pub standards: Vec<Standard>,
}

/// A standard named in a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standard {
    /// As it should be written: `ISO/IEC 30145-3:2020`.
    pub identifier: String,
    /// The token that stands for it.
    pub token: usize,
}

/// Whoever numbers standards, as far as the number does not follow `/T` or the like.
const PUBLISHERS: &[&str] = &[
    "ISO", "IEC", "IEEE", "ITU", "EN", "prEN", "FprEN", "DIN", "BS", "NF", "ANSI", "ASTM", "UL", "JIS", "KS", "CSA",
    "SAE", "CEN", "CENELEC", "CLC", "CWA", "ETSI", "GB", "GBT", "GBZ", "YD", "SJ", "QC", "JB", "HB", "HJ", "RFC",
    "NIST", "FIPS", "3GPP", "CISPR", "GOST", "ECMA", "SN", "UNE", "UNI", "ÖNORM", "NEN", "GM", "JR",
];

/// What may stand between a publisher and the number.
const SERIES: &[&str] = &[
    "T", "Z", "R", "TR", "TS", "PAS", "SP", "Guide", "GUIDE", "IWA", "ISP", "NZS", "HD", "ES", "EG", "PUB", "WD", "CD",
    "DIS", "FDIS",
];

/// A number after these names a committee.
const COMMITTEES: &[&str] = &["TC", "SC", "WG", "JTC", "SG", "PC", "FG", "STTF"];

const VERSIONS: &[&str] = &["version", "versions", "ver", "v", "build", "firmware", "driver"];

const CURRENCIES: &[&str] = &[
    "EUR", "USD", "RMB", "CNY", "GBP", "CHF", "JPY", "€", "$", "£", "¥", "euro", "euros", "dollars", "yuan", "pounds",
];

pub fn mask<'a>(sentence: &'a str, tokens: &[Token<'a>]) -> Masked<'a> {
    let mut masked = Masked { tokens: Vec::with_capacity(tokens.len()), standards: Vec::new() };
    let mut at = 0;
    while at < tokens.len() {
        if is_plain(tokens, at) {
            masked.tokens.push(tokens[at]);
            at += 1;
            continue;
        }
        let opaque = match standard(tokens, at) {
            Some((identifier, end)) => {
                masked.standards.push(Standard { identifier, token: masked.tokens.len() });
                Some(end)
            }
            None => numbered(tokens, at)
                .or_else(|| version(tokens, at))
                .or_else(|| sum(tokens, at))
                .or_else(|| telephone(tokens, at))
                .or_else(|| {
                    // A word by itself holds no mark.
                    let end = chunk(tokens, at).filter(|end| *end > at + 1 || !tokens[at].is_word())?;
                    is_opaque(&sentence[span(tokens, at..end)]).then_some(end)
                }),
        };
        match opaque {
            None => {
                masked.tokens.push(tokens[at]);
                at += 1;
            }
            Some(end) => {
                let whole = span(tokens, at..end);
                let token = Token { text: &sentence[whole.clone()], class: Class::Opaque, ..tokens[at] };
                masked.tokens.push(token);
                at = end;
            }
        }
    }
    masked
}

/// Most words begin nothing of all this: small ones that no mark and no number follows.
fn is_plain(tokens: &[Token<'_>], at: usize) -> bool {
    let is_small = tokens[at].is_word()
        && matches!(tokens[at].text.as_bytes(), [b'a'..=b'z', ..])
        // `prEN`, `v2`
        && !tokens[at].text.starts_with(['p', 'v']);
    is_small && tokens.get(at + 1).is_some_and(|next| next.spaced && next.is_word())
}

/// The octets that these tokens take, with what stands between them.
pub fn span(tokens: &[Token<'_>], range: Range<usize>) -> Range<usize> {
    match (tokens.get(range.start), range.end.checked_sub(1).and_then(|last| tokens.get(last))) {
        (Some(first), Some(last)) if range.start < range.end => first.at..last.end(),
        _ => 0..0,
    }
}

/// Reads an identifier such as `GB/T 35273-2020`, `ISO/IEC 30145-3:2020`, `ITU-T X.1771`, `EN 301 489-1`.
fn standard(tokens: &[Token<'_>], at: usize) -> Option<(String, usize)> {
    let first = tokens.get(at)?;
    if !is_publisher(tokens, at) || at.checked_sub(1).is_some_and(|before| joins(tokens, before, at)) {
        return None;
    }
    let mut next = at + 1;
    let mut name = first.text.to_owned();
    // The rest of the publishers and the series.
    while let Some(token) = tokens.get(next) {
        let glue = match token.text {
            "/" | "-" if !token.spaced => token.text,
            _ if token.is_word() && token.spaced => " ",
            _ => break,
        };
        let word = if glue == " " { next } else { next + 1 };
        let Some(part) = tokens.get(word).filter(|part| part.is_word() && (glue == " " || !part.spaced)) else { break };
        let is_known = PUBLISHERS.contains(&part.text) || SERIES.contains(&part.text) || part.text.len() == 1;
        let is_association = glue == "/" && part.text.chars().all(char::is_uppercase);
        if COMMITTEES.contains(&part.text) || !part.is_capitalised() || !(is_known || is_association) {
            break;
        }
        name.push_str(glue);
        name.push_str(part.text);
        next = word + 1;
    }
    let mut glue = " ";
    if tokens.get(next).is_some_and(|dot| dot.text == "." && !dot.spaced) {
        // ITU-T X.1771
        (glue, next) = (".", next + 1);
    }
    let number = tokens.get(next).filter(|token| token.number().is_some())?;
    name.push_str(glue);
    name.push_str(number.text);
    next += 1;
    let mut years = 0;
    loop {
        let mark = tokens.get(next);
        let after = tokens.get(next + 1).filter(|after| !after.spaced && after.number().is_some());
        match (mark, after) {
            (Some(mark), Some(after)) if !mark.spaced && (matches!(mark.text, "." | ":" | "：") || mark.is_dash()) => {
                let is_edition = after.text.len() == 4 && is_year(after);
                let (text, end) = misprinted_year(tokens, next + 1).unwrap_or((after.text.to_owned(), next + 2));
                name.push(match mark.text {
                    "." => '.',
                    ":" | "：" => ':',
                    _ => '-',
                });
                name.push_str(&text);
                next = end;
                if is_edition || text.len() == 4 {
                    years += 1;
                    break;
                }
            }
            // EN 301 489-1
            (Some(group), _)
                if group.spaced && group.text.len() == 3 && number.text.len() == 3 && group.number().is_some() =>
            {
                name.push(' ');
                name.push_str(group.text);
                next += 1;
            }
            _ => break,
        }
    }
    if years == 0 && is_year(number) && glue == " " && first.text != "RFC" {
        // A year after a name, as in a congress of ISO.
        return None;
    }
    Some((name, amendments(tokens, next)))
}

fn is_publisher(tokens: &[Token<'_>], at: usize) -> bool {
    let may_be = |text: &str| text.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit() || c == 'p');
    let Some(first) = tokens.get(at).filter(|first| first.is_word() && may_be(first.text)) else { return false };
    // Most words with a capital are none.
    if first.text.len() > 1 && first.text.bytes().skip(1).all(|octet| octet.is_ascii_lowercase()) {
        return false;
    }
    let after_slash = || match (tokens.get(at + 1), tokens.get(at + 2)) {
        (Some(slash), Some(after)) if slash.text == "/" && !slash.spaced && !after.spaced => Some(after),
        _ => None,
    };
    let is_upper = |text: &str| text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    PUBLISHERS.contains(&first.text)
        // An association's or a company's standard, T/CESA 1026-2018; those of ministries and provinces, QB/T 5000-2017.
        || (matches!(first.text, "T" | "Q") && after_slash().is_some_and(|after| is_upper(after.text)))
        || (is_upper(first.text) && first.text.len() <= 4 && after_slash().is_some_and(|after| matches!(after.text, "T" | "Z")))
}

fn joins(tokens: &[Token<'_>], before: usize, at: usize) -> bool {
    !tokens[at].spaced && matches!(tokens[before].text, "/" | "-" | ".")
}

fn is_year(token: &Token<'_>) -> bool {
    token.text.len() == 4 && token.number().is_some_and(|year| (1900..2100).contains(&year))
}

/// A year that was torn apart: `20, 20`.
fn misprinted_year(tokens: &[Token<'_>], at: usize) -> Option<(String, usize)> {
    let century = tokens.get(at).filter(|token| matches!(token.text, "19" | "20"))?;
    let next = at + 1 + usize::from(tokens.get(at + 1).is_some_and(|mark| matches!(mark.text, "," | ".")));
    let rest = tokens.get(next).filter(|token| token.text.len() == 2 && token.number().is_some())?;
    (rest.spaced || next > at + 1).then(|| (format!("{}{}", century.text, rest.text), next + 1))
}

/// Past `/Amd 1:2024`, `+A1:2016` and the like.
fn amendments(tokens: &[Token<'_>], mut next: usize) -> usize {
    while let (Some(mark), Some(word)) = (tokens.get(next), tokens.get(next + 1)) {
        let name = word.text.trim_end_matches(|c: char| c.is_ascii_digit()).to_ascii_lowercase();
        if mark.spaced
            || !matches!(mark.text, "/" | "+")
            || !matches!(&*name, "amd" | "cor" | "a" | "ac" | "corr" | "add")
        {
            break;
        }
        next += 2;
        next += usize::from(tokens.get(next).is_some_and(|token| token.number().is_some()));
        if tokens.get(next).is_some_and(|mark| mark.text == ":" && !mark.spaced) {
            next += 2;
        }
    }
    next.min(tokens.len())
}

/// `No. 2 of 2023`
fn numbered(tokens: &[Token<'_>], at: usize) -> Option<usize> {
    let is = |n: usize, words: &[&str]| tokens.get(at + n).is_some_and(|token| token.is_one_of(words));
    let dot = usize::from(is(1, &["."]));
    let is_number = |n: usize| tokens.get(at + n).is_some_and(|token| token.number().is_some());
    (is(0, &["no", "nos", "number"])
        && is_number(1 + dot)
        && is(2 + dot, &["of"])
        && tokens.get(at + 3 + dot).is_some_and(is_year))
    .then_some(at + 4 + dot)
}

fn version(tokens: &[Token<'_>], at: usize) -> Option<usize> {
    let first = tokens.get(at)?;
    let is_glued = first.is_word()
        && first.text.starts_with(['v', 'V'])
        && first.text.len() > 1
        && first.text[1..].bytes().all(|octet| octet.is_ascii_digit());
    let begin = match () {
        () if is_glued => at + 1,
        () if first.is_one_of(VERSIONS) && tokens.get(at + 1).is_some_and(|next| next.number().is_some()) => at + 2,
        () => return None,
    };
    // `final versions 3 July`
    const MONTHS: &[&str] = &["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let is_day = tokens
        .get(at + 2)
        .is_some_and(|month| month.is_word() && month.text.get(..3).is_some_and(|start| MONTHS.contains(&start)));
    (!is_day).then(|| dotted_end(tokens, begin))
}

fn dotted_end(tokens: &[Token<'_>], mut next: usize) -> usize {
    while let (Some(dot), Some(number)) = (tokens.get(next), tokens.get(next + 1)) {
        if dot.text != "." || dot.spaced || number.spaced || number.number().is_none() {
            break;
        }
        next += 2;
    }
    next
}

fn sum(tokens: &[Token<'_>], at: usize) -> Option<usize> {
    let is_currency = |token: &Token<'_>| CURRENCIES.contains(&token.text);
    let is_amount = |token: &Token<'_>| token.number().is_some() || token.class == Class::Opaque;
    let (first, second) = (tokens.get(at)?, tokens.get(at + 1)?);
    if !is_amount(first) && !is_amount(second) {
        return None;
    }
    let is_sum = (is_currency(first) && is_amount(second)) || (is_amount(first) && is_currency(second));
    is_sum.then(|| dotted_end(tokens, at + 2))
}

/// `+86 10 2020 1012`
fn telephone(tokens: &[Token<'_>], at: usize) -> Option<usize> {
    const LABELS: &[&str] = &["tel", "telephone", "phone", "fax", "mobile"];
    let first = tokens.get(at)?;
    let digits = |range: Range<usize>| -> usize {
        tokens[range].iter().filter(|token| token.number().is_some()).map(|token| token.text.len()).sum()
    };
    let begin = match () {
        () if first.text == "+" => at + 1,
        () if first.is_one_of(LABELS) => at + 1,
        () => return None,
    };
    let belongs = |token: &Token<'_>| {
        token.number().is_some() || token.is_dash() || matches!(token.text, "(" | ")" | "." | ":" | "/" | "+")
    };
    let end = begin + tokens[begin..].iter().take_while(|token| belongs(token)).count();
    (digits(begin..end) >= 6).then_some(end)
}

/// The end of what stands together without white space.
fn chunk(tokens: &[Token<'_>], at: usize) -> Option<usize> {
    let first = tokens.get(at).filter(|first| first.class != Class::Mark)?;
    let is_mark = |at: usize| tokens[at].class == Class::Mark;
    let begins = first.spaced || at == 0 || (is_mark(at - 1) && (at == 1 || tokens[at - 1].spaced || is_mark(at - 2)));
    if !begins {
        return None;
    }
    let together = &tokens[at..at + 1 + tokens[at + 1..].iter().take_while(|token| !token.spaced).count()];
    let trailing = together.iter().rev().take_while(|token| token.class == Class::Mark).count();
    Some(at + together.len() - trailing)
}

/// Judges a run of text without white space.
fn is_opaque(chunk: &str) -> bool {
    let chunk = chunk.trim_matches(|c: char| !c.is_alphanumeric() && c != '/');
    if chunk.contains("://") || chunk.starts_with("www.") || (chunk.contains('@') && chunk.contains('.')) {
        return true;
    }
    let is_path =
        chunk.starts_with(char::is_alphabetic) && chunk.find('.').is_some_and(|dot| chunk[dot..].contains('/'));
    let is_file = chunk.rsplit_once('.').is_some_and(|(name, ending)| {
        let known =
            ["pdf", "html", "htm", "doc", "docx", "xls", "xlsx", "zip", "txt", "csv", "org", "com", "net", "eu", "cn"];
        name.contains(|c: char| c.is_alphanumeric()) && known.contains(&ending.to_ascii_lowercase().as_str())
    });
    is_path || is_file || is_number_chain(chunk)
}

/// Numbers joined by dashes or slashes that are no date: `2021-2025`, `0721-2021-1005`, `2016/679`.
fn is_number_chain(chunk: &str) -> bool {
    let is_joint = |c: char| is_dash(c.encode_utf8(&mut [0; 4])) || c == '/';
    let groups: Vec<&str> = chunk.split(is_joint).collect();
    let is_number = |group: &&str| !group.is_empty() && group.bytes().all(|octet| octet.is_ascii_digit());
    // A name's or a word's number is not ours to judge: `CEN-2020`.
    if groups.len() < 2 || !groups.iter().all(is_number) {
        return groups.len() > 2 && groups.iter().take(2).all(is_number) && chunk.contains('/');
    }
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    let is_date = match lengths.as_slice() {
        [4, 1..=2, 1..=2] | [4, 1..=2, 1..=2, 4, 1..=2, 1..=2] => true,
        [1..=2, 1..=2, 4] => true,
        // 0930-1230
        [4, 4] => is_time_of_day(groups[0]) && is_time_of_day(groups[1]) && groups[0] < groups[1] && groups[1] < "1900",
        // 2023-05
        [4, 2] => chunk.contains('-') && ("01".."13").contains(&groups[1]) && ("1990".."2060").contains(&groups[0]),
        short => short.iter().all(|length| *length <= 2),
    };
    !is_date
}

fn is_time_of_day(digits: &str) -> bool {
    digits.get(..2).is_some_and(|hour| hour < "24")
        && digits.get(2..).is_some_and(|minute| minute < "60" && minute.ends_with(['0', '5']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::tokens;

    fn standards(sentence: &str) -> Vec<String> {
        mask(sentence, &tokens(sentence)).standards.into_iter().map(|standard| standard.identifier).collect()
    }

    #[test]
    fn standards_are_known_by_their_publishers() {
        for (sentence, expected) in [
            ("GB/T 35273-2020 Information", vec!["GB/T 35273-2020"]),
            ("(ISO/IEC 30145-3:2020, see EN ISO 9001)", vec!["ISO/IEC 30145-3:2020", "EN ISO 9001"]),
            ("ISO/IEC 30145-3:20, 20 Information", vec!["ISO/IEC 30145-3:2020"]),
            ("ITU-T X.1771 and GB 4943.1—2022", vec!["ITU-T X.1771", "GB 4943.1-2022"]),
            ("EN 301 489-1 V2.2.3 (2019-11)", vec!["EN 301 489-1"]),
            (
                "T/CESA 1026-2018, YD/T 3746-2020, DB11/T 1030-2013",
                vec!["T/CESA 1026-2018", "YD/T 3746-2020", "DB11/T 1030-2013"],
            ),
            ("ISO 14001:2015/Amd 1:2024 or RFC 2020", vec!["ISO 14001:2015", "RFC 2020"]),
            ("ISO/IEC JTC 1/WG 11, SAC/TC28, ISO 2020, CEN/TC 5", vec![]),
            (
                "JIS Q 27001:2014; NIST SP 800-53; 3GPP TS 33.501",
                vec!["JIS Q 27001:2014", "NIST SP 800-53", "3GPP TS 33.501"],
            ),
        ] {
            assert_eq!(standards(sentence), expected, "{sentence}");
        }
    }

    #[test]
    fn what_is_no_date_is_masked_and_what_may_be_one_is_not() {
        for (sentence, opaque) in [
            ("the plan (2021-2025) and 2016/679", vec!["2021-2025", "2016/679"]),
            ("on 2020-10-01, 28–30 May, 13/10/2020, 09:00-17:30", vec![]),
            ("call +86 10 2020 1012 now", vec!["+86 10 2020 1012"]),
            (
                "see https://example.org/2020-10-01/x and a.b@example.org",
                vec!["https://example.org/2020-10-01/x", "a.b@example.org"],
            ),
            ("version 10.12.2020 costs EUR 2020", vec!["version 10.12.2020", "EUR 2020"]),
            ("invoice 2021-10-4411", vec!["2021-10-4411"]),
            ("minutes-2020-10-01.pdf", vec!["minutes-2020-10-01.pdf"]),
        ] {
            let raw = tokens(sentence);
            let masked = mask(sentence, &raw);
            let found: Vec<_> = masked.tokens.iter().filter(|t| t.class == Class::Opaque).map(|t| t.text).collect();
            assert_eq!(found, opaque, "{sentence}");
        }
    }
}
