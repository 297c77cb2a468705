//! What a page shows of the day and the hour, and of how many have looked at it: it changes by itself and tells nothing.

use jiff::civil::Date;

/// More than that is a sentence, in characters.
const LONGEST: usize = 80;

/// Words that stand around such a thing.
const WORDS: &[&str] = &[
    "today",
    "date",
    "time",
    "now",
    "it",
    "is",
    "the",
    "of",
    "at",
    "on",
    "utc",
    "gmt",
    "cet",
    "cest",
    "am",
    "pm",
    "page",
    "last",
    "updated",
    "update",
    "generated",
    "loaded",
    "visitors",
    "visitor",
    "visits",
    "views",
    "hits",
    "online",
    "users",
    "counter",
    "total",
    "number",
    "local",
    "current",
    "week",
    "day",
    "welcome",
    "st",
    "nd",
    "rd",
    "th",
    "今天",
    "今日",
    "现在",
    "当前",
    "是",
    "时间",
    "日期",
    "星期",
    "周",
    "年",
    "月",
    "日",
    "时",
    "分",
    "秒",
    "号",
    "访问",
    "访客",
    "浏览",
    "阅读",
    "点击",
    "次数",
    "次",
    "量",
    "数",
    "人数",
    "人",
    "总",
    "您",
    "第",
    "位",
    "一",
    "二",
    "三",
    "四",
    "五",
    "六",
    "天",
    "上午",
    "下午",
    "更新",
    "最后",
    "于",
    "农历",
    "在线",
    "本站",
    "本页",
    "欢迎",
];

const NAMES: &[&str] = &[
    "mon", "tue", "wed", "thu", "fri", "sat", "sun", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep",
    "oct", "nov", "dec",
];

/// Whether a block says nothing but the day that it is, the time, or a count.
pub fn is_clock(text: &str, today: Date) -> bool {
    let text = text.trim();
    if text.chars().count() > LONGEST || !text.chars().any(|c| c.is_ascii_digit()) {
        return false;
    }
    let folded = text.to_lowercase();
    let mut numbers = Vec::new();
    let mut has_day = false;
    for word in folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let letters = word.trim_matches(|c: char| c.is_ascii_digit());
        has_day |= NAMES.iter().any(|name| letters.starts_with(name)) || letters.contains(['年', '月', '日']);
        if !(letters.is_empty() || is_known(letters)) {
            return false;
        }
        numbers.extend(word.split(|c: char| !c.is_ascii_digit()).filter_map(|digits| digits.parse::<i64>().ok()));
    }
    let has_year = numbers.iter().any(|number| (1900..2100).contains(number));
    // Another day is one that something is on.
    let is_today = [today.yesterday(), Ok(today), today.tomorrow()].into_iter().flatten().any(|day| {
        let has = |number: i64| numbers.contains(&number);
        has(day.day().into()) && (!has_year || has(day.year().into()))
    });
    !(has_day || has_year) || is_today
}

/// Whether a sentence tells when its page was written or changed, or what day it is.
pub fn is_stamp(sentence: &str) -> bool {
    const BEGINNINGS: &[&str] = &[
        "today is",
        "today",
        "last modified",
        "last updated",
        "last update",
        "last changed",
        "last reviewed",
        "updated",
        "modified",
        "page updated",
        "page last",
        "this page was",
        "posted",
        "published on",
        "copyright",
        "今天是",
        "今日",
        "更新时间",
        "发布时间",
        "最后更新",
    ];
    let words = super::words(sentence);
    BEGINNINGS
        .iter()
        .any(|begin| words.strip_prefix(begin).is_some_and(|rest| !begin.is_ascii() || rest.starts_with(' ')))
}

/// A known word, the name of a month or weekday, or Chinese that is made of such words.
fn is_known(word: &str) -> bool {
    let is_name = || word.is_ascii() && NAMES.iter().any(|name| word.starts_with(name)) && word.len() <= 9;
    if WORDS.contains(&word) || is_name() {
        return true;
    }
    let mut rest = word;
    while let Some(known) =
        WORDS.iter().filter(|known| !known.is_ascii() && rest.starts_with(**known)).max_by_key(|k| k.len())
    {
        rest = &rest[known.len()..];
    }
    rest.trim_matches(|c: char| c.is_ascii_digit()).len() < word.len() && {
        let digits = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        digits.is_empty() || digits.len() < rest.len() && is_known(digits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_tells_when_it_was_changed_tells_nothing_else() {
        for text in [
            "Last modified on 29 November 2026 by webmaster.",
            "Today is Sunday 29 November | Login",
            "发布时间：2026-11-29",
        ] {
            assert!(is_stamp(text), "{text}");
        }
        for text in [
            "Todays' forum is on 29 November",
            "The last update of the guide is due on 3 May",
            "5 May: today's plenary",
        ] {
            assert!(!is_stamp(text), "{text}");
        }
    }

    #[test]
    fn todays_date_and_counts_are_told_from_what_is_on() {
        let today = jiff::civil::date(2026, 11, 29);
        for text in [
            "Sunday, 29 November 2026",
            "Today is Sunday, November 29th, 2026",
            "Page last updated: 29 Nov 2026 14:05",
            "14:05:33 UTC",
            "Visitors: 12,345",
            "今天是2026年11月29日 星期日",
            "2026年11月29日 星期日 14:05",
            "访问量：12345",
            "您是第12345位访客",
            "2026-11-30",
        ] {
            assert!(is_clock(text, today), "{text}");
        }
        for text in [
            "5 December 2026",
            "Saturday, 5 December",
            "2026年12月5日",
            "29 November 2026: Plenary",
            "Meetings",
            "Today",
            "2026年全国标准化年会",
            "会议时间：2026年12月5日",
        ] {
            assert!(!is_clock(text, today), "{text}");
        }
    }
}
