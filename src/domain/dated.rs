//! Where a text names a date, so that it can be marked there.

use std::ops::Range;

use super::when::{Point, month_name};

/// The places of a text that name the month of a date with its day or year beside it, in English or Chinese, or write it in
/// figures. None, if it is told in other words.
pub fn places(text: &str, date: Point) -> Vec<Range<usize>> {
    let day = date.first_day();
    let lower = text.to_ascii_lowercase();
    let mut found = Vec::new();
    for written in
        [day.strftime("%Y-%m-%d"), day.strftime("%Y/%m/%d"), day.strftime("%d.%m.%Y"), day.strftime("%-d.%-m.%Y")]
    {
        let written = written.to_string();
        found.extend(lower.match_indices(&written).map(|(at, _)| at..at + written.len()));
    }
    let name = month_name(day.month()).to_ascii_lowercase();
    for name in [name.as_str(), &name[..3.min(name.len())]] {
        for (at, _) in lower.match_indices(name) {
            let end = at + name.len();
            let is_word = !lower[..at].ends_with(|c: char| c.is_alphanumeric())
                && !lower[end..].starts_with(|c: char| c.is_alphanumeric());
            if is_word {
                found.push(grown(text, at..end, |c| c.is_ascii_digit() || " -–,.&~/".contains(c)));
            }
        }
    }
    let month = format!("{}月", day.month());
    for (at, _) in text.match_indices(&month) {
        if !text[..at].ends_with(|c: char| c.is_ascii_digit()) {
            let is_of_it = |c: char| c.is_ascii_digit() || "年月日号 至-–~、".contains(c);
            found.push(grown(text, at..at + month.len(), is_of_it));
        }
    }
    found.retain(|range| text[range.clone()].chars().any(|c| c.is_ascii_digit()));
    found.sort_by_key(|range| (range.start, range.end));
    let mut apart: Vec<Range<usize>> = Vec::new();
    for range in found {
        match apart.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => apart.push(range),
        }
    }
    apart
}

/// With what stands beside it and belongs to it.
fn grown(text: &str, of: Range<usize>, belongs: impl Fn(char) -> bool) -> Range<usize> {
    let before: usize = text[..of.start].chars().rev().take_while(|c| belongs(*c)).map(char::len_utf8).sum();
    let after: usize = text[of.end..].chars().take_while(|c| belongs(*c)).map(char::len_utf8).sum();
    let range = of.start - before..of.end + after;
    let shown = &text[range.clone()];
    let is_edge = |c: char| !c.is_alphanumeric();
    let start = range.start + (shown.len() - shown.trim_start_matches(is_edge).len());
    let end = range.end - (shown.len() - shown.trim_end_matches(is_edge).len());
    start..end.max(start)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn marked(text: &str, date: &str) -> Vec<String> {
        places(text, date.parse().unwrap()).into_iter().map(|range| text[range].to_owned()).collect()
    }

    #[test]
    fn a_date_is_found_as_it_is_written() {
        for (text, date, found) in [
            ("It takes effect on 1 October 2020, and so on.", "2020-10-01", &["1 October 2020"][..]),
            ("The forum is on Oct. 14-20, 2020 in Beijing", "2020-10-14", &["Oct. 14-20, 2020"]),
            ("From 14 to 20 September the week is held", "2020-09-14", &["20 September"]),
            ("该标准将于2020年10月1日起实施。", "2020-10-01", &["2020年10月1日"]),
            ("published 2020-09-16 at noon", "2020-09-16", &["2020-09-16"]),
            ("It may be decided by then", "2020-05-01", &[]),
            ("in 11月3日 and not 1月", "2020-01-05", &["1月"]),
            ("nothing", "2020-01-05", &[]),
        ] {
            assert_eq!(marked(text, date), found, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_marked_lies_in_the_text(text in "(\\PC|[0-9]|may |月|日|Oct ){0,60}", month in 1..13_u8, day in 1..29_u8) {
            let mut end = 0;
            for range in places(&text, format!("2020-{month:02}-{day:02}").parse().unwrap()) {
                prop_assert!(range.start >= end && range.start < range.end && text.is_char_boundary(range.start));
                end = range.end;
                let _ = &text[range];
            }
        }
    }
}
