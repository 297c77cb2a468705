//! Dates that are told by their year or month: `2020年9月16日`, `民國109年9月`, `9月下旬`, `2024年Q2`.

use super::{Reader, Written, Year};
use crate::chinese::numeral::{four, small};

impl Reader<'_> {
    /// `2020年9月16日`, `2021年第三季度`, `明年年初`
    pub fn with_year(&self, at: usize) -> Option<(Written, usize)> {
        let (year, next) = self.year(at)?;
        // `2020年的9月`
        let next = next + usize::from(self.is(next, "的") && small(self.text, next + 1).is_some());
        if let Some(found) = self.in_month(next, year) {
            return Some(found);
        }
        // `2023年0730`
        let run = (next..next + 5).take_while(|at| self.text.at(*at).is_some_and(|c| c.is_ascii_digit())).count();
        if run == 4 {
            let number = |at: usize| self.text.plain(at..at + 2).parse::<i8>().ok();
            let day = Written::Day { year, month: number(next)?, day: number(next + 2)? };
            return day.exists().then_some((day, next + 4));
        }
        let quarter = |at: usize| match self.text.at(at)? {
            '1' | '一' | '首' => Some(1),
            '2' | '二' => Some(2),
            '3' | '三' => Some(3),
            '4' | '四' | '末' => Some(4),
            _ => None,
        };
        let number = next + usize::from(self.is(next, "第"));
        if let Some(quarter) = quarter(number)
            && let Some(past) = self.text.one_of(number + 1, &["季度", "季"])
        {
            return Some((Written::Quarter { year, quarter }, past));
        }
        let letter = next + usize::from(self.is(next, " "));
        if let Some(quarter) = (self.is(letter, "Q")).then(|| quarter(letter + 1)).flatten() {
            return Some((Written::Quarter { year, quarter }, letter + 2));
        }
        for (word, half) in [("上半年", 1), ("下半年", 2)] {
            if self.is(next, word) {
                return Some((Written::Half { year, half }, next + 3));
            }
        }
        if let Some(past) = self.text.one_of(next, &["年底", "年末", "年初", "年内", "底", "末", "初", "内"])
        {
            return Some((Written::Whole(year), past));
        }
        // A year alone is a name's far more often than a date.
        words! {
            GOES_ON_WORDS =
                ", 。 ; ) 起 前 之前 以前 发布 实施 施行 召开 举行 举办 完成 出台 生效 正式 将 在 开始 全面 强制 年底 \
                公布 开展 颁布 上线 启用 推出"
        }
        let is_date = self.text.at(next).is_none() || self.text.one_of(next, &GOES_ON_WORDS).is_some();
        is_date.then_some((Written::Whole(year), next))
    }

    /// `2020年`, `中華民國109年`, `今年`
    fn year(&self, at: usize) -> Option<(Year, usize)> {
        const WORDS: &[(&str, Year)] = &[
            ("今年", Year::FromNow(0)),
            ("本年度", Year::FromNow(0)),
            ("本年", Year::FromNow(0)),
            ("明年", Year::FromNow(1)),
            ("后年", Year::FromNow(2)),
            ("去年", Year::FromNow(-1)),
            ("上年", Year::FromNow(-1)),
            ("同年", Year::FromTold(0)),
            ("当年", Year::FromTold(0)),
            ("次年", Year::FromTold(1)),
            ("翌年", Year::FromTold(1)),
        ];
        if let Some((word, year)) = WORDS.iter().find(|(word, _)| self.is(at, word)) {
            return Some((*year, at + word.chars().count()));
        }
        if let Some((year, next)) = four(self.text, at) {
            // `2024Q2` and `2024-Q2` have no 年.
            let glue = next + usize::from(matches!(self.text.at(next), Some('-' | ' ')));
            if self.is(glue, "Q") {
                return Some((Year::Told(year), glue));
            }
            let next = next + usize::from(self.is(next, " "));
            return self.is(next, "年").then_some((Year::Told(year), next + 1));
        }
        let republic = self.text.one_of(at, &["中华民国", "民国"]);
        let begin = republic.unwrap_or(at);
        let begin = begin + usize::from(republic.is_some() && self.is(begin, " "));
        let length = (begin..begin + 4).take_while(|at| self.text.at(*at).is_some_and(|c| c.is_ascii_digit())).count();
        let (value, next) = match length {
            0 if republic.is_some() => {
                // `民國一百零九年`
                let hundred = self.text.one_of(begin, &["一百零", "一百〇", "一百"])?;
                let (rest, next) = small(self.text, hundred).unwrap_or((0, hundred));
                (100 + i16::from(rest), next)
            }
            2 | 3 => (self.text.plain(begin..begin + length).parse::<i16>().ok()?, begin + length),
            _ => return None,
        };
        if !self.is(next, "年") {
            return None;
        }
        let is_month_next = small(self.text, next + 1).is_some_and(|(_, past)| self.is(past, "月"));
        let year = match value {
            _ if republic.is_some() => value + 1911,
            100..=150 if is_month_next || self.is(next + 1, "度") || self.is(next + 1, "底") => value + 1911,
            // `21年3月`
            10..=49 if is_month_next => value + 2000,
            90..=99 if is_month_next => value + 1911,
            _ => return None,
        };
        Some((Year::Told(year), next + 1))
    }

    /// `9月16日`, `9月21-26日`, `9月`, `9月下旬`
    pub fn in_month(&self, at: usize, year: Year) -> Option<(Written, usize)> {
        let first = self.is(at, "元月").then_some((1, at + 1));
        let (month, next) = first.or_else(|| small(self.text, at)).filter(|(month, _)| (1..=12).contains(month))?;
        if year == Year::Untold && self.text.before(at).is_some_and(|c| "十第每半".contains(c)) {
            return None;
        }
        let next = next + usize::from(self.is(next, " "));
        if !self.is(next, "月") {
            return None;
        }
        let next = next + 1;
        if let Some((day, past)) = small(self.text, next).filter(|(day, _)| (1..=31).contains(day)) {
            if let Some(end) = self.text.one_of(past, &["日", "号"]).filter(|_| !self.is(past, "号楼")) {
                return Some((Written::Day { year, month, day }, end));
            }
            // The second day alone has the word: `9月21-26日`, `12月12、13日`, also over a month's end.
            if self.joint(past).is_some_and(|(after, _)| {
                self.day_word(after).is_some() || self.in_month(after, Year::Untold).is_some()
            }) {
                return Some((Written::Day { year, month, day }, past));
            }
            let has_ended = self.text.at(past).is_none_or(|c| matches!(c, ',' | ')' | '(' | '前' | '|' | ';' | '。'));
            return has_ended.then_some((Written::Day { year, month, day }, past));
        }
        if self.text.one_of(next, &["第", "龄", "报", "刊", "球", "光", "租", "均", "息", "薪", "饼"]).is_some()
        {
            return None;
        }
        let part = ["上旬", "中旬", "下旬", "中下旬", "上中旬", "底", "末", "初", "份"];
        let past = self.text.one_of(next, &part).unwrap_or(next);
        // Statistics: `5月份PMI`; repeats are told apart by what stands before.
        Some((Written::Month { year, month }, past))
    }
}
