//! Identifiers of standards, such as `GB/T 35273-2020`, compared as people mean them.

/// The form two spellings of one identifier share: upper case, no spaces, plain hyphens and slashes.
pub fn key(identifier: &str) -> String {
    identifier
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            '‐' | '‑' | '‒' | '–' | '—' | '−' | '－' => '-',
            '／' | '⁄' => '/',
            '：' => ':',
            other => other,
        })
        .flat_map(char::to_uppercase)
        .collect()
}

/// Whether `key` is `wanted` or an edition or part of it: `GB/T 35273` is asked and `GB/T 35273-2020` found,
/// but `GB/T 3527` does not find it. Both are keys.
pub fn matches(key: &str, wanted: &str) -> bool {
    !wanted.is_empty() && key.strip_prefix(wanted).is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
}

/// The key of what names one standard or several parts of it: a word alone, such as `GB`, names none.
pub fn key_of_number(label: &str) -> Option<String> {
    Some(key(label)).filter(|key| key.contains(|c: char| c.is_ascii_digit()))
}

/// The number of a key and the year of its edition, which stands at its end: `GB/T35273-2020`, `ISO/IEC30145-3:2020`. What
/// has no year is its own number.
pub fn edition(key: &str) -> (&str, Option<i16>) {
    let year =
        |text: &str| (text.len() == 4).then(|| text.parse().ok()).flatten().filter(|year| (1900..=2100).contains(year));
    match key.rsplit_once(['-', ':']).map(|(number, rest)| (number, year(rest))) {
        Some((number, Some(year))) => (number, Some(year)),
        _ => (key, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_year_of_an_edition_is_told_from_a_part() {
        for (key, number, year) in [
            ("GB/T35273-2020", "GB/T35273", Some(2020)),
            ("ISO/IEC30145-3:2020", "ISO/IEC30145-3", Some(2020)),
            ("ISO/IEC30145-3", "ISO/IEC30145-3", None),
            ("ISO/IEC8802", "ISO/IEC8802", None),
            ("DIN-8802", "DIN-8802", None),
            ("2020", "2020", None),
            ("", "", None),
        ] {
            assert_eq!(edition(key), (number, year), "{key}");
        }
    }

    #[test]
    fn a_standard_is_found_in_every_edition_and_spelling() {
        for (standard, asked, found) in [
            ("GB/T 35273-2020", "GB/T 35273", true),
            ("GB/T 35273-2017", "gb/t35273", true),
            ("GB/T 35273—2020", "GB/T 35273-2020", true),
            ("GB/T 35273-2020", "GB/T 3527", false),
            ("GB/T 35273-2020", "GB/T 35273-2017", false),
            ("ISO/IEC 30145-3:2020", "iso/iec 30145", true),
            ("ISO/IEC 30145-3:2020", "ISO/IEC 30145-3", true),
            ("ISO/IEC 30145-3:2020", "", false),
        ] {
            assert_eq!(matches(&key(standard), &key(asked)), found, "{standard} asked as {asked}");
        }
    }
}
