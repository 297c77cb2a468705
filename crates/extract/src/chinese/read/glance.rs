//! What a line or a name tells at a glance: whether it may hold a date, and which year it names.

use jiff::civil::Date;

use crate::chinese::dates::{Mention, Written, Year};
use crate::chinese::naming::unnumbered;
use crate::chinese::numeral;
use crate::chinese::script;
use crate::chinese::sentence::Sentence;
use crate::event::Point;

pub fn told_day(mention: &Mention) -> Option<Date> {
    match mention.start {
        Written::Day { year: Year::Told(year), month, day } => Date::new(year, month, day).ok(),
        Written::Month { year: Year::Told(year), month } => Date::new(year, month, 1).ok(),
        _ => None,
    }
}

/// Whether a month, a quarter or a year was over on a day.
pub fn is_over(when: &Point, on: Option<Date>) -> bool {
    let Some(on) = on else { return false };
    match *when {
        Point::Month(year, month) => (year, month) < (on.year(), on.month()),
        Point::Quarter(year, quarter) => (year, 3 * quarter) < (on.year(), on.month()),
        Point::Year(year) => year < on.year(),
        Point::Day(_) | Point::Minute(_) => false,
    }
}

/// Whether it is worth reading.
pub fn may_hold_date(text: &str) -> bool {
    let mut before = ' ';
    text.chars().any(|c| {
        let is_told = c.is_ascii_digit()
            || ('０'..='９').contains(&c)
            || (c == '月' && "一二三四五六七八九十本下上元".contains(before))
            || (matches!(c, '日' | '天') && "今明昨次翌同当當".contains(before))
            || (matches!(c, '周' | '週') && "下本这這".contains(before))
            || (matches!(c, '年') && "今明去次翌同〇○零一二三四五六七八九十百下上".contains(before))
            || (c == '底' && before == '年')
            || (c == '季' && "一二三四".contains(before));
        before = c;
        is_told
    })
}

pub fn begins_dated(text: &str) -> bool {
    unnumbered(text).starts_with(|c: char| c.is_ascii_digit() || ('０'..='９').contains(&c))
}

/// The year that a name before a place holds: `2022海洋论坛`, `112年度`.
pub fn named_year(s: &Sentence, before: usize) -> Option<i16> {
    let limit = before.min(s.len());
    (limit.saturating_sub(120)..limit).rev().find_map(|at| {
        if s.masked.is_opaque(at) || s.mention_at(at).is_some_and(|mention| mention.start.is_day()) {
            return None;
        }
        if let Some((year, next)) = numeral::four(&s.text, at) {
            // `RISC-V中国峰会 2025`
            let is_last = next == s.len() && (s.text.before(at) == Some(' ') || s.text.has_gap(at)) && at > 1;
            if is_last && (1980..2100).contains(&year) {
                return Some(year);
            }
            let is_name =
                s.text.at(next).is_some_and(|c| script::is_han(c) || c == '(' || c == '-' || c.is_ascii_uppercase())
                    && !s.text.is(next, "号")
                    && !s.text.is(next, "人");
            return (is_name && (1980..2100).contains(&year)).then_some(year);
        }
        let is_republic = s.text.at(at) == Some('1')
            && !s.text.before(at).is_some_and(|c| c.is_ascii_digit())
            && s.text.is(at + 3, "年度");
        is_republic.then(|| s.text.plain(at..at + 3).parse::<i16>().ok()).flatten().map(|year| year + 1911)
    })
}

/// Whether a label asks for a time or a place.
pub fn is_time_label(label: &str) -> bool {
    ["时间", "日期", "期限", "截止", "時間", "安排", "日程", "地点", "地點", "期"]
        .iter()
        .any(|end| label.ends_with(end))
}
