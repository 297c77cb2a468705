//! Dates in figures alone: `2020-09-16`, `112/03/15`, `20200916`.

use super::{Reader, Written, Year, weekday};
use crate::chinese::clock::JOINTS;
use crate::chinese::numeral::small;
use crate::chinese::script::is_han;

impl Reader<'_> {
    /// `18` in `2024.08.16-18`.
    pub fn bare_day(&self, at: usize, after: usize) -> Option<(i8, usize)> {
        if !self.text.before(at)?.is_ascii_digit() {
            return None;
        }
        let (day, next) = small(self.text, after).filter(|(day, _)| (1..=31).contains(day))?;
        let goes_on = self.text.at(next).is_some_and(|c| c.is_ascii_digit() || "年月.:/-时点项个人".contains(c));
        (!goes_on).then_some((day, next))
    }

    /// `/26` in `2024-04-22/26`, as ISO 8601 writes what lasts.
    pub fn slash(&self, at: usize) -> Option<(usize, bool)> {
        let is_digit = |at: usize| self.text.at(at).is_some_and(|c| c.is_ascii_digit());
        let dash = (at.saturating_sub(3)..at).find(|at| self.is(*at, "-"))?;
        let is_behind_day = self.is(at, "/") && dash + 1 < at && (dash + 1..at).all(is_digit);
        (is_behind_day && is_digit(at + 1)).then_some((at + 1, false))
    }

    /// `08.18` in `2024.08.16-08.18`.
    pub fn bare_month(&self, at: usize, after: usize) -> Option<(Written, usize)> {
        if !self.text.before(at)?.is_ascii_digit() {
            return None;
        }
        let (month, mark) = small(self.text, after).filter(|(month, _)| (1..=12).contains(month))?;
        let (day, next) =
            matches!(self.text.at(mark), Some('.' | '/' | '-')).then(|| small(self.text, mark + 1)).flatten()?;
        let goes_on = self.text.at(next).is_some_and(|c| c.is_ascii_digit() || "年月.:/-".contains(c));
        (!goes_on).then_some((Written::Day { year: Year::Untold, month, day }, next))
    }

    /// `2020-09-16`, `2020/9/16`, `2020.9.16`, `112/03/15`, `20200916`, `2020-09`, `9/16`
    pub fn numeric(&self, at: usize) -> Option<(Written, usize)> {
        let run =
            |at: usize| (at..at + 9).take_while(|at| self.text.at(*at).is_some_and(|c| c.is_ascii_digit())).count();
        let number = |at: usize, length: usize| self.text.plain(at..at + length).parse::<i16>().ok();
        let first = run(at);
        let is_century = |year: i16| (1900..2101).contains(&year);
        if first == 8 {
            let (year, month, day) = (number(at, 4)?, number(at + 4, 2)? as i8, number(at + 6, 2)? as i8);
            let day = Written::Day { year: Year::Told(year), month, day };
            let is_asked = self.is_date_asked(at) || self.is_followed_as_date(at, at + 8);
            return (is_century(year) && day.exists() && is_asked).then(|| {
                let word = self.text.one_of(at + 8, &["日"]).filter(|_| !self.is(at + 8, "日历"));
                (day, word.unwrap_or(at + 8))
            });
        }
        if (1..=2).contains(&first)
            && at == 0
            && let Some(told) = self.month_and_day()
        {
            return Some(told);
        }
        if (1..=2).contains(&first)
            && let Some(told) = self.short_date(at)
        {
            return Some(told);
        }
        // `即日起至 8/31 止`, `報名：9/1 – 10/11`
        if (1..=2).contains(&first) && self.is_short_date_asked(at) {
            return self.one_of_year(at).filter(|(written, next)| {
                written.exists() && !self.text.at(*next).is_some_and(|c| c.is_ascii_digit() || "/.%-:".contains(c))
                    || self.text.one_of(*next, JOINTS).is_some_and(|after| self.one_of_year(after).is_some())
            });
        }
        if !(first == 3 || first == 4) {
            return None;
        }
        let year = match number(at, first)? {
            year if first == 4 && is_century(year) => year,
            year @ 100..=150 if first == 3 => year + 1911,
            _ => return None,
        };
        let mark = self.text.at(at + first).filter(|c| matches!(c, '-' | '/' | '.'))?;
        let month_at = at + first + 1;
        let month_length = run(month_at);
        let month = number(month_at, month_length).filter(|_| (1..=2).contains(&month_length))? as i8;
        let day_at = month_at + month_length + 1;
        let day_length = run(day_at);
        let year = Year::Told(year);
        if self.text.at(day_at - 1) == Some(mark) && (1..=2).contains(&day_length) {
            let day = Written::Day { year, month, day: number(day_at, day_length)? as i8 };
            let mut next = day_at + day_length;
            next += usize::from(self.is(next, "日"));
            // `2022-03-01T14:00`
            next += usize::from(self.is(next, "T"));
            return day.exists().then_some((day, next));
        }
        // `2024.6：颁奖` at the head of a line.
        let next = month_at + month_length;
        let is_head = at == 0 && first == 4 && (self.is(next, ":") || next == self.text.len()) && mark != '-';
        if is_head && (1..=12).contains(&month) {
            return Some((Written::Month { year, month }, next));
        }
        // `2026-12 停止维护`
        let is_told = mark == '-' && (self.is(next, " ") || self.text.has_gap(next));
        let is_told = is_told
            && self
                .text
                .one_of(
                    next + usize::from(self.is(next, " ")),
                    &["停止", "终止", "发布", "结束", "上线", "EOL", "EOS", "到期"],
                )
                .is_some();
        let is_month =
            first == 4 && month_length == 2 && matches!(mark, '-' | '.' | '/') && (self.is_date_asked(at) || is_told);
        (is_month && (1..=12).contains(&month)).then_some((Written::Month { year, month }, month_at + month_length))
    }

    /// Whether a label before asks for a date, so that bare figures are one.
    /// `4.12-4.15`, which is all of a cell.
    fn month_and_day(&self) -> Option<(Written, usize)> {
        let (start, next) = self.one_of_year(0)?;
        let after = self.text.one_of(next, JOINTS)?;
        let (_, end) = self.one_of_year(after)?;
        (end == self.text.len()).then_some((start, next))
    }

    fn one_of_year(&self, at: usize) -> Option<(Written, usize)> {
        let (month, mark) = small(self.text, at).filter(|(month, _)| (1..=12).contains(month))?;
        let (day, next) =
            matches!(self.text.at(mark), Some('.' | '/')).then(|| small(self.text, mark + 1)).flatten()?;
        (1..=31).contains(&day).then_some((Written::Day { year: Year::Untold, month, day }, next))
    }

    /// `3/27（五）`, `10.17之前`, `聚會（6/3、6/17）`: month and day that only what stands about them tells to be a date.
    fn short_date(&self, at: usize) -> Option<(Written, usize)> {
        let (written, next) = self.one_of_year(at).filter(|(written, _)| written.exists())?;
        let is_slashed = self.text.plain(at..next).contains('/');
        if self.text.at(next).is_some_and(|c| c.is_ascii_digit() || "/.%:".contains(c)) {
            return None;
        }
        let bracket = next + usize::from(self.is(next, " "));
        let inner = bracket + usize::from(self.is(bracket, "("));
        let word = self.text.one_of(inner, &["星期", "周", "礼拜"]).unwrap_or(inner);
        let has_weekday = self.text.at(word).is_some_and(|c| weekday(c).is_some())
            && (word > inner || self.is(bracket, "(") && self.is(word + 1, ")"));
        if has_weekday && (is_slashed || self.begins_apart(at)) {
            return Some((written, next));
        }
        let led = self.begins_apart(at) || self.text.before(at).is_some_and(|c| "于在请自从至到的".contains(c));
        if led && self.is_followed_as_date(at, next) {
            return Some((written, next));
        }
        // The head of a line, or of a cell.
        let is_head = self.text.plain(0..at).chars().all(|c| !c.is_alphanumeric());
        let is_apart = self.is(next, " ") || self.text.has_gap(next);
        if is_slashed && is_head && is_apart && !self.is(next, " /") {
            return Some((written, next));
        }
        // `3/26-27 段考`
        let ends_on_day = self.text.one_of(next, JOINTS).and_then(|after| self.bare_day(next, after));
        let is_span =
            ends_on_day.is_some_and(|(_, past)| self.is(past, " ") || self.text.has_gap(past) || self.is(past, "("));
        if is_slashed && is_head && is_span {
            return Some((written, next));
        }
        // `早鸟票：9/1 – 10/11`, `公示期：8.1-8.30`
        let end = self.joint(next).filter(|(_, is_list)| !is_list).and_then(|(after, _)| self.one_of_year(after));
        let ends = end.is_some_and(|(end, past)| {
            end.exists() && !self.text.at(past).is_some_and(|c| c.is_ascii_digit() || "/.%:".contains(c))
        });
        // `11/23～11/24　实务班`; `体检　5.13—5.17，县中医院`
        let past_end = end.filter(|_| ends).map_or(next, |(_, past)| past);
        let is_parted = |at: usize| self.text.has_gap(at) || self.text.at(at).is_none_or(|c| " ,;。(".contains(c));
        let is_label = || {
            let label = self.text.plain(0..at);
            let label = label.trim_start_matches(|c: char| !c.is_alphabetic());
            (2..=10).contains(&label.chars().count()) && label.chars().all(is_han)
        };
        if ends && is_parted(past_end) && (is_slashed && is_head || self.text.has_gap(at) && is_label()) {
            return Some((written, next));
        }
        let before = at - usize::from(self.text.before(at) == Some(' '));
        let is_value = is_slashed
            && self.text.before(before) == Some(':')
            && self.text.at(next).is_none_or(|c| " ,;、|。)".contains(c))
            && !self.text.holds(before.saturating_sub(6)..before, &["比例", "进度", "页", "第", "评分", "比分", "份"]);
        if is_value || self.text.has_gap(next) && is_slashed && self.text.before(before) == Some(':') {
            return Some((written, next));
        }
        if ends && self.text.before(before) == Some(':') && (is_slashed || self.is_date_asked(at)) {
            return Some((written, next));
        }
        (is_slashed && self.is_in_bracket_of_dates(at)).then_some((written, next))
    }

    /// Whether a number is none of a word, a version or a standard.
    fn begins_apart(&self, at: usize) -> bool {
        self.text.has_gap(at) || self.text.before(at).is_none_or(|c| " ,:(、;|。~-".contains(c))
    }

    /// `前`, `起`, `截止` right behind what may be a date.
    fn is_followed_as_date(&self, at: usize, next: usize) -> bool {
        let next = next + usize::from(self.is(next, "日") && next == at + 8);
        let words = [
            "之前", "以前", "前", "截止", "截至", "止", "起", "下班", "中午", "上午", "下午", "晚上", "当天", "当日",
            "24时", "关闭", "截稿", "停止", "公布", "放榜", "开放", "开卖", "开抢",
        ];
        let others = ["前后", "前台", "前端", "前期", "起步", "起草", "止损", "起重", "起点"];
        let is_eight = next >= at + 8;
        self.text.one_of(next, &words).is_some() && self.text.one_of(next, &others).is_none()
            || is_eight && self.is(next - 1, "日") && self.text.at(next - 1) == Some('日')
    }

    /// Whether it stands in a bracket that holds dates only, behind what people come together for.
    fn is_in_bracket_of_dates(&self, at: usize) -> bool {
        let Some(open) = (at.saturating_sub(30)..at).rev().find(|at| self.is(*at, "(")) else { return false };
        let Some(close) = self.text.bracket(open).filter(|close| *close > at) else { return false };
        let inside = self.text.plain(open + 1..close - 1);
        let is_list =
            inside.chars().all(|c| c.is_ascii_digit() || " ,、/~-和及每单双周星期一二三四五六日次第个".contains(c));
        let ends = [
            "会", "聚", "动", "课", "班", "赛", "展", "营", "坊", "坛", "沙龙", "典礼", "meetup", "Meetup", "场", "讲",
            "期", "训",
        ];
        let is_of_weekday = ["周", "星期"].iter().any(|word| inside.contains(word));
        let end = open - usize::from(open > 0 && self.is(open - 1, " "));
        is_list && (is_of_weekday || self.text.ending(end, &ends).is_some())
    }

    fn is_short_date_asked(&self, at: usize) -> bool {
        let mut end = at;
        while self.text.before(end).is_some_and(|c| matches!(c, ' ' | ':')) {
            end -= 1;
        }
        let is_slashed = self.text.at(at + 1) == Some('/') || self.text.at(at + 2) == Some('/');
        let is_joined = JOINTS.iter().any(|joint| self.text.ending(end, &[joint]).is_some());
        is_slashed
            && (is_joined && end < at
                || self
                    .text
                    .ending(end, &["即日起至", "即日至", "截至", "截止", "日期", "时间", "报名", "期间", "至"])
                    .is_some())
    }

    pub fn is_date_asked(&self, at: usize) -> bool {
        let mut end = at;
        while self.text.before(end).is_some_and(|c| matches!(c, ':' | ' ' | '为' | '是' | '于' | '至' | '|')) {
            end -= 1;
        }
        self.text.ending(end, &["截止", "截至", "日期", "时间", "日", "期"]).is_some()
            || self.text.at(at.wrapping_sub(1)) == Some('|')
            || at == 0
            || self.text.one_of(at + 8, JOINTS).is_some()
    }
}
