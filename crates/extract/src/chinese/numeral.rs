//! Numbers as Chinese writes them.

use super::script::Text;

/// A digit, of either kind.
fn digit(c: char) -> Option<i32> {
    let han = "〇一二三四五六七八九".chars().position(|digit| digit == c);
    c.to_digit(10).map(|value| value as i32).or(han.map(|value| value as i32)).or((c == '零').then_some(0))
}

/// A number of one or two places, and its end: `9`, `09`, `三十一`, `廿五`. None if more digits follow.
pub fn small(text: &Text, at: usize) -> Option<(i8, usize)> {
    if text.at(at)?.is_ascii_digit() {
        let length = (at..at + 3).take_while(|at| text.at(*at).is_some_and(|c| c.is_ascii_digit())).count();
        let value = text.plain(at..at + length).parse().ok().filter(|_| length < 3)?;
        return Some((value, at + length));
    }
    let unit = |at: usize| text.at(at).and_then(digit).filter(|unit| (1..=9).contains(unit)).map(|unit| unit as i8);
    let (tens, next) = match text.at(at)? {
        '十' => (1, at + 1),
        '廿' => (2, at + 1),
        '卅' => (3, at + 1),
        _ => {
            let first = unit(at)?;
            if !text.is(at + 1, "十") {
                // `二〇` is a part of a year.
                let is_alone = text.at(at + 1).and_then(digit).is_none();
                return is_alone.then_some((first, at + 1));
            }
            (first, at + 2)
        }
    };
    match unit(next) {
        Some(ones) => Some((10 * tens + ones, next + 1)),
        None => Some((10 * tens, next)),
    }
}

/// Four digits, of either kind.
pub fn four(text: &Text, at: usize) -> Option<(i16, usize)> {
    let is_first = text.before(at).is_none_or(|c| !c.is_ascii_digit());
    let value = (at..at + 4).try_fold(0, |value, at| Some(10 * value + text.at(at).and_then(digit)?))?;
    let ends = text.at(at + 4).is_none_or(|c| !c.is_ascii_digit());
    (is_first && ends && (1900..2101).contains(&value)).then_some((value as i16, at + 4))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_figures_and_in_characters() {
        for (text, expected) in [
            ("9月", 9),
            ("09", 9),
            ("十", 10),
            ("十二月", 12),
            ("三十一日", 31),
            ("廿五", 25),
            ("五日", 5),
            ("二十", 20),
        ] {
            assert_eq!(small(&Text::new(text), 0).map(|(value, _)| value), Some(expected), "{text}");
        }
        assert_eq!(small(&Text::new("二〇二〇"), 0), None);
        for text in ["二〇二〇", "二○二○", "二零二零", "２０２０"] {
            assert_eq!(four(&Text::new(text), 0), Some((2020, 4)), "{text}");
        }
    }
}
