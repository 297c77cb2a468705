//! Dates that are understood from others: 今日, 下周三, 本月底, `18日`.

use super::{Reader, Written, Year, weekday};
use crate::chinese::numeral::small;

impl Reader<'_> {
    /// What is understood from the day of writing or from the date told before.
    pub fn relative(&self, at: usize) -> Option<(Written, usize)> {
        const DAYS: &[(&str, Written)] = &[
            ("今日", Written::FromNow(0)),
            ("今天", Written::FromNow(0)),
            ("昨日", Written::FromNow(-1)),
            ("昨天", Written::FromNow(-1)),
            ("前天", Written::FromNow(-2)),
            ("明日", Written::FromNow(1)),
            ("明天", Written::FromNow(1)),
            ("后天", Written::FromNow(2)),
            ("后日", Written::FromNow(2)),
            ("同日", Written::FromTold(0)),
            ("是日", Written::FromTold(0)),
            ("当日", Written::FromTold(0)),
            ("当天", Written::FromTold(0)),
            ("次日", Written::FromTold(1)),
            ("翌日", Written::FromTold(1)),
        ];
        if let Some((word, day)) = DAYS.iter().find(|(word, _)| self.is(at, word)) {
            let next = at + word.chars().count();
            // `今日（29日）`: the figure is the day.
            if self.is(next, "(")
                && let Some((told, past)) = self.point(next + 1).filter(|(_, past)| self.is(*past, ")"))
            {
                return Some((told, past + 1));
            }
            if self.is(next, "(")
                && let Some((told, past)) = self.day_word(next + 1).filter(|(_, past)| self.is(*past, ")"))
            {
                return Some((Written::DayAlone(told), past + 1));
            }
            let is_part = self.text.before(at).is_some_and(|c| "含每如还的就".contains(c))
                || self.text.one_of(next, &["起", "内", "头条"]).is_some()
                || matches!(day, Written::FromTold(0)) && self.text.before(at) == Some('(');
            return (!is_part).then_some((*day, next));
        }
        // `周五中午12点前请交`
        if let Some(named) = self.text.one_of(at, &["周", "星期"])
            && let Some(weekday) = self.text.at(named).and_then(weekday)
            && self.text.before(at).is_none_or(|c| ",。;、请于在 :".contains(c))
            && self.text.one_of(named + 1, &["前", "之前", "下班", "中午", "上午", "下午"]).is_some()
            && self.text.holds(named + 1..self.text.len().min(named + 9), &["前"])
        {
            return Some((Written::Weekday { weeks: 0, weekday }, named + 1));
        }
        for (word, weeks) in [("下下", 2), ("下", 1), ("本", 0), ("这", 0), ("上", -1)] {
            let Some(next) = self.text.one_of(at, &[word]) else { continue };
            if let Some(named) = self.text.one_of(next, &["周", "个星期", "星期"])
                && let Some(weekday) = self.text.at(named).and_then(weekday)
            {
                // `本周五（12月8日）`
                if self.is(named + 1, "(")
                    && let Some((told, past)) = self.point(named + 2).filter(|(_, past)| self.is(*past, ")"))
                {
                    return Some((told, past + 1));
                }
                return Some((Written::Weekday { weeks, weekday }, named + 1));
            }
            if self.is(next, "月") || self.is(next, "个月") {
                let next = next + if self.is(next, "月") { 1 } else { 2 };
                if word == "下下" || self.is(next, "度") {
                    return None;
                }
                if let Some((day, past)) = self.day_word(next) {
                    return Some((Written::MonthFromNow { months: weeks, day: Some(day) }, past));
                }
                let past = self.text.one_of(next, &["底", "末", "初", "上旬", "中旬", "下旬", "内"]).unwrap_or(next);
                return Some((Written::MonthFromNow { months: weeks, day: None }, past));
            }
        }
        if self.text.before(at).is_none_or(|c| !"今明去前次当每历".contains(c)) {
            if let Some(past) = self.text.one_of(at, &["年底", "年末", "年内"]) {
                return Some((Written::Whole(Year::FromNow(0)), past));
            }
            for (word, half) in [("上半年", 1), ("下半年", 2)] {
                if self.is(at, word) {
                    return Some((Written::Half { year: Year::Untold, half }, at + 3));
                }
            }
            for (word, quarter) in [
                ("第一季度", 1),
                ("第二季度", 2),
                ("第三季度", 3),
                ("第四季度", 4),
                ("一季度", 1),
                ("二季度", 2),
                ("三季度", 3),
                ("四季度", 4),
            ] {
                if self.is(at, word) {
                    return Some((Written::Quarter { year: Year::Untold, quarter }, at + word.chars().count()));
                }
            }
        }
        None
    }

    /// `18日` where the month is known, `11-13日`; `30日` that lasts is none.
    pub fn day_alone(&self, at: usize, has_before: bool) -> Option<(Written, usize)> {
        if !self.text.at(at)?.is_ascii_digit() || self.masked.is_opaque(at) {
            return None;
        }
        let (day, next) = small(self.text, at).filter(|(day, _)| (1..=31).contains(day))?;
        let begins = self.text.before(at).is_none_or(|c| {
            matches!(
                c,
                ',' | '('
                    | '、'
                    | '于'
                    | '至'
                    | '到'
                    | ';'
                    | '。'
                    | '在'
                    | '和'
                    | '及'
                    | '定'
                    | '"'
                    | ':'
                    | '年'
                    | '者'
                    | '月'
                    | '从'
                    | '自'
                    | '会'
                    | '截'
                    | '即'
                    | '将'
                    | '与'
            )
        });
        let is_joined = || self.joint(next).is_some_and(|(after, is_list)| !is_list && self.day_word(after).is_some());
        let past = match self.text.one_of(next, &["日"]) {
            Some(past) => past,
            None if is_joined() => next,
            None => return None,
        };
        let lasts = self
            .text
            .one_of(
                past,
                &[
                    "龄", "内", "均", "常", "用", "程", "以", "后", "元", "夜", "间", "游", "行", "制", "报", "本",
                    "历", "志", "记", "月",
                ],
            )
            .is_some()
            || self
                .text
                .ending(
                    at,
                    &[
                        "为期",
                        "历时",
                        "满",
                        "提前",
                        "每月",
                        "末月",
                        "首月",
                        "次月",
                        "每",
                        "共",
                        "不少于",
                        "不超过",
                        "至少",
                        "在",
                    ],
                )
                .is_some_and(|start| !self.is(start, "在") || !has_before);
        (begins && !lasts).then_some((Written::DayAlone(day), past))
    }
}
