//! Dates, and how something repeats, in Chinese words: as the English words that mean the same here.

use std::borrow::Cow;

use jiff::civil::Date;

use crate::domain::when::MONTHS;

const DIGITS: &str = "〇一二三四五六七八九";
const WEEKDAYS: &str = "一二三四五六日";

/// What stands for itself; the longer ones first.
const WORDS: [(&str, &str); 24] = [
    ("大后天", "+3d"),
    ("今天", "today"),
    ("今日", "today"),
    ("明天", "tomorrow"),
    ("明日", "tomorrow"),
    ("后天", "+2d"),
    ("昨天", "yesterday"),
    ("前天", "-2d"),
    ("下个月", "next month"),
    ("下月", "next month"),
    ("这个月", "this month"),
    ("本月", "this month"),
    ("上个月", "last month"),
    ("上月", "last month"),
    ("本季度", "this quarter"),
    ("下季度", "next quarter"),
    ("到", "to"),
    ("至", "to"),
    ("～", "to"),
    ("的", ""),
    ("在", ""),
    ("于", ""),
    ("（", ""),
    ("）", ""),
];

/// When a part of the day begins that an hour may be of, on a clock of 24 hours.
const PARTS_OF_DAY: [(&str, i64); 8] =
    [("凌晨", 0), ("早上", 0), ("上午", 0), ("中午", 11), ("下午", 12), ("傍晚", 12), ("晚上", 12), ("晚", 12)];

/// What was said in Chinese, in the words that are read; of a week it is told which days are meant, so `today` counts.
pub(super) fn in_english(said: &str, today: Date) -> Cow<'_, str> {
    if said.is_ascii() {
        return Cow::Borrowed(said);
    }
    let said: String = said.chars().map(narrow).collect();
    Cow::Owned(replaced(&said, |rest| {
        week(rest, today).or_else(|| word(rest)).or_else(|| time(rest)).or_else(|| counted(rest, today))
    }))
}

/// A text with what is known of it replaced; what is taken at a place is told with what stands behind it.
fn replaced(text: &str, taken: impl Fn(&str) -> Option<(String, &str)>) -> String {
    let mut words = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        match taken(rest) {
            Some((means, behind)) => {
                words = words + " " + &means + " ";
                rest = behind;
            }
            None => {
                words.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    words
}

/// How something repeats, in the words that are read: `每月第二个周二`, `每两周`, `每周二和周四，直到2027年6月30日`.
pub(super) fn rule_in_english(said: &str, today: Date) -> Cow<'_, str> {
    if said.is_ascii() {
        return Cow::Borrowed(said);
    }
    let said: String = said.chars().map(narrow).collect();
    let (rule, until) = match ["直到", "截至", "截止"].iter().find_map(|word| said.split_once(word)) {
        Some((rule, until)) => (rule, format!(" until {}", in_english(until, today).trim())),
        None => (said.as_str(), String::new()),
    };
    let words = replaced(rule, |rest| repeated(rest).or_else(|| week(rest, today)));
    let words: Vec<&str> = words.split_whitespace().collect();
    Cow::Owned(words.join(" ") + &until)
}

/// `每两周`, `每月第二个`, `最后一个`, `15日`, `共10次`.
fn repeated(text: &str) -> Option<(String, &str)> {
    for (word, means) in [("最后一个", "last"), ("和", "and"), ("及", "and"), ("共", "")] {
        if let Some(rest) = text.strip_prefix(word) {
            return Some((means.to_owned(), rest));
        }
    }
    const UNITS: [(&str, &str); 7] = [
        ("天", "days"),
        ("周", "weeks"),
        ("个星期", "weeks"),
        ("星期", "weeks"),
        ("个月", "months"),
        ("月", "months"),
        ("年", "years"),
    ];
    let unit = |text: &'_ str| UNITS.iter().find_map(|(unit, means)| Some((*means, text.strip_prefix(unit)?.len())));
    if let Some(rest) = text.strip_prefix('每') {
        let (count, rest) = match rest.strip_prefix('隔') {
            // So many in between.
            Some(rest) => number(rest).map(|(between, rest)| (between + 1, rest))?,
            None => number(rest).unwrap_or((1, rest)),
        };
        // Whose day follows: that says it all.
        let names_day = |rest: &str| {
            rest.starts_with(['第', '最'])
                || rest.chars().next().is_some_and(|day| WEEKDAYS.contains(day) || day == '天')
                || number(rest).is_some()
        };
        let (means, left) = unit(rest)?;
        let behind = &rest[rest.len() - left..];
        return match (names_day(behind), means) {
            (true, "weeks") if count == 1 => Some(("every".to_owned(), rest)),
            (true, "months") if count == 1 => Some((String::new(), behind)),
            _ if count == 1 => Some((format!("every {}", means.trim_end_matches('s')), behind)),
            _ => Some((format!("every {count} {means}"), behind)),
        };
    }
    if let Some(found) = unit(text).filter(|(means, _)| *means != "weeks") {
        return Some((found.0.to_owned(), &text[text.len() - found.1..]));
    }
    let ordinal = |number: i64| match number {
        1 | 21 | 31 => format!("{number}st"),
        2 | 22 => format!("{number}nd"),
        3 | 23 => format!("{number}rd"),
        _ => format!("{number}th"),
    };
    let (number, rest) = number(text.strip_prefix('第').unwrap_or(text))?;
    if let Some(rest) = rest.strip_prefix('次') {
        return Some((format!("{number} times"), rest));
    }
    ["个", "日", "号"].iter().find_map(|unit| Some((ordinal(number), rest.strip_prefix(unit)?)))
}

/// Figures and signs that take a whole square.
fn narrow(letter: char) -> char {
    match letter {
        '０'..='９' => char::from_u32(u32::from(letter) - u32::from('０') + u32::from('0')).unwrap_or(letter),
        '：' => ':',
        '，' | '、' => ' ',
        other => other,
    }
}

fn word(text: &str) -> Option<(String, &str)> {
    WORDS.iter().find_map(|(word, means)| Some(((*means).to_owned(), text.strip_prefix(word)?)))
}

/// `下周二`, `本周五`, `星期三`, `下周`.
fn week(text: &str, today: Date) -> Option<(String, &str)> {
    let weeks = [("下下", 2), ("下个", 1), ("下", 1), ("本", 0), ("这个", 0), ("这", 0), ("上个", -1), ("上", -1)];
    let (step, rest) = weeks
        .iter()
        .find_map(|(word, step)| text.strip_prefix(word).map(|rest| (Some(*step), rest)))
        .unwrap_or((None, text));
    let rest = ["周", "星期", "礼拜"].iter().find_map(|word| rest.strip_prefix(word))?;
    let day = rest.chars().next().map(|day| if day == '天' { '日' } else { day });
    let day = day.and_then(|day| WEEKDAYS.chars().position(|known| known == day)).and_then(|n| i64::try_from(n).ok());
    let behind = |letters: usize| rest.char_indices().nth(letters).map_or("", |(at, _)| &rest[at..]);
    let named = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    match (step, day) {
        (None, Some(day)) => Some((named.get(usize::try_from(day).ok()?)?.to_string(), behind(1))),
        (Some(step), Some(day)) => {
            let days = 7 * step + day - i64::from(today.weekday().to_monday_zero_offset());
            Some((format!("{days:+}d"), behind(1)))
        }
        (Some(1), None) => Some(("next week".into(), rest)),
        (Some(0), None) => Some(("this week".into(), rest)),
        (Some(-1), None) => Some(("last week".into(), rest)),
        _ => None,
    }
}

/// `9点`, `上午9点半`, `下午3:15`, `14时30分`.
fn time(text: &str) -> Option<(String, &str)> {
    let (begins, rest) = PARTS_OF_DAY
        .iter()
        .find_map(|(word, begins)| text.strip_prefix(word).map(|rest| (Some(*begins), rest)))
        .unwrap_or((None, text));
    let (hour, rest) = number(rest.trim_start())?;
    let by_colon = rest.strip_prefix(':').filter(|_| begins.is_some());
    let (minute, rest) = match by_colon.or_else(|| rest.strip_prefix("点钟")) {
        Some(rest) if by_colon.is_some() => number(rest)?,
        Some(rest) => (0, rest),
        None => {
            let rest = rest.strip_prefix('点').or_else(|| rest.strip_prefix('时'))?;
            let said = [("半", 30), ("一刻", 15), ("三刻", 45), ("整", 0)];
            match said.iter().find_map(|(word, minute)| Some((*minute, rest.strip_prefix(word)?))) {
                Some(said) => said,
                None => match number(rest) {
                    Some((minute, rest)) => (minute, rest.strip_prefix('分').unwrap_or(rest)),
                    None => (0, rest),
                },
            }
        }
    };
    let hour = match begins {
        Some(begins) if begins > 0 && hour < begins && hour < 12 => hour + 12,
        _ => hour,
    };
    Some((format!("{hour}:{minute:02}"), rest))
}

/// `2026年`, `十二月`, `1日`, `三季度`, `3天后`.
fn counted(text: &str, today: Date) -> Option<(String, &str)> {
    for (word, years) in [("今年", 0), ("明年", 1), ("后年", 2), ("去年", -1)] {
        if let Some(rest) = text.strip_prefix(word) {
            return Some(((today.year() + years).to_string(), rest));
        }
    }
    let (number, rest) = number(text.strip_prefix('第').unwrap_or(text))?;
    for (unit, means) in
        [("天后", "d"), ("日后", "d"), ("周后", "w"), ("个星期后", "w"), ("个月后", "m"), ("年后", "y")]
    {
        if let Some(rest) = rest.strip_prefix(unit) {
            return Some((format!("+{number}{means}"), rest));
        }
    }
    if let Some(rest) = rest.strip_prefix("季度") {
        return Some((format!("q{number}"), rest));
    }
    if let Some(rest) = rest.strip_prefix('年') {
        return Some((number.to_string(), rest));
    }
    if let Some(rest) = rest.strip_prefix('月') {
        let month = MONTHS.get(usize::try_from(number).ok()?.checked_sub(1)?)?;
        return Some((month.to_lowercase(), rest));
    }
    let rest = rest.strip_prefix('日').or_else(|| rest.strip_prefix('号'))?;
    Some((number.to_string(), rest))
}

/// In figures, or in characters up to 99.
fn number(text: &str) -> Option<(i64, &str)> {
    let end = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    if end > 0 {
        return Some((text[..end].parse().ok()?, &text[end..]));
    }
    let digit = |letter: char| match letter {
        '零' => Some(0),
        '两' => Some(2),
        letter => DIGITS.chars().position(|known| known == letter).and_then(|n| i64::try_from(n).ok()),
    };
    let end = text.find(|letter: char| letter != '十' && digit(letter).is_none()).unwrap_or(text.len());
    let (said, rest) = text.split_at(end);
    let number = match said.split_once('十') {
        Some((tens, ones)) => {
            let of = |said: &str, none: i64| match said.chars().next() {
                None => Some(none),
                Some(letter) => digit(letter).filter(|_| said.chars().count() == 1),
            };
            10 * of(tens, 1)? + of(ones, 0)?
        }
        // `二〇二六`
        None if !said.is_empty() && said.chars().count() <= 4 => {
            said.chars().try_fold(0, |number, letter| Some(10 * number + digit(letter)?))?
        }
        None => return None,
    };
    Some((number, rest))
}
