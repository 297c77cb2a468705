//! The dates of a sentence, as they are written: `2020年9月16日至20日`, `民國109年9月`, `下周三`, `18日`.

mod english;
mod month;
mod numeric;
mod relative;

pub use english::is_english_date;

use std::ops::Range;

use jiff::civil::Weekday;

use super::clock::{JOINTS, Times, Zone, times, zone_before};
use super::mask::Masked;
use super::numeral::small;
use super::script::Text;

/// Which year is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Year {
    Told(i16),
    Untold,
    /// So many years from the one of writing: 今年, 明年.
    FromNow(i16),
    /// So many years from the one told before: 同年, 次年.
    FromTold(i16),
}

/// One end of a date as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    Day {
        year: Year,
        month: i8,
        day: i8,
    },
    /// The month was told before.
    DayAlone(i8),
    Month {
        year: Year,
        month: i8,
    },
    Quarter {
        year: Year,
        quarter: i8,
    },
    Half {
        year: Year,
        half: i8,
    },
    Whole(Year),
    /// Days from the one of writing: 今日, 明天.
    FromNow(i8),
    /// Days from the one told before: 同日, 次日.
    FromTold(i8),
    /// 下周三
    Weekday {
        weeks: i8,
        weekday: Weekday,
    },
    /// 本月18日, 下月
    MonthFromNow {
        months: i8,
        day: Option<i8>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// The characters it takes.
    pub place: Range<usize>,
    pub start: Written,
    pub end: Option<Written>,
    pub times: Option<Times>,
    /// The time at which the last day of several ends.
    pub end_times: Option<Times>,
    pub weekday: Option<Weekday>,
}

impl Written {
    pub fn is_day(self) -> bool {
        !matches!(
            self,
            Written::Month { .. }
                | Written::Quarter { .. }
                | Written::Half { .. }
                | Written::Whole(_)
                | Written::MonthFromNow { day: None, .. }
        )
    }

    /// Whether it says by itself which day it is, at least of the year.
    pub fn is_told(self) -> bool {
        matches!(self, Written::Day { .. } | Written::Month { .. } | Written::Quarter { .. } | Written::Half { .. })
    }

    pub fn year(self) -> Option<Year> {
        match self {
            Written::Day { year, .. }
            | Written::Month { year, .. }
            | Written::Quarter { year, .. }
            | Written::Half { year, .. }
            | Written::Whole(year) => Some(year),
            _ => None,
        }
    }

    fn exists(self) -> bool {
        let lengths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let of = |month: i8| (month as usize).checked_sub(1).and_then(|at| lengths.get(at)).copied().unwrap_or(0);
        match self {
            Written::Day { year: Year::Told(year), month, day } => jiff::civil::Date::new(year, month, day).is_ok(),
            Written::Day { month, day, .. } => (1..=of(month)).contains(&day),
            Written::DayAlone(day) | Written::MonthFromNow { day: Some(day), .. } => (1..=31).contains(&day),
            Written::Month { month, .. } => (1..=12).contains(&month),
            Written::Quarter { quarter, .. } => (1..=4).contains(&quarter),
            _ => true,
        }
    }
}

/// All dates of a sentence, in order.
pub fn mentions(text: &Text, masked: &Masked) -> Vec<Mention> {
    let reader = Reader { text, masked };
    let mut found: Vec<Mention> = Vec::new();
    let mut at = 0;
    while at < text.len() {
        if masked.is_opaque(at) || !text.at(at).is_some_and(may_begin) {
            at += 1;
            continue;
        }
        match reader.mention(at, !found.is_empty()) {
            Some(mut mention) => {
                let floor = found.last().map_or(0, |before| before.place.end);
                if let Some((weekday, start)) = reader.weekday_before(at).filter(|(_, start)| *start >= floor) {
                    mention.weekday = mention.weekday.or(Some(weekday));
                    // `周三（5月8日）`
                    let is_open = reader.text.before(mention.place.start) == Some('(');
                    mention.place.end += usize::from(is_open && reader.is(mention.place.end, ")"));
                    mention.place.start = start;
                }
                at = mention.place.end.max(at + 1);
                if mention.start.exists() && mention.end.is_none_or(Written::exists) {
                    found.push(mention);
                }
            }
            None => at += 1,
        }
    }
    found
}

/// What a date may begin with.
fn may_begin(c: char) -> bool {
    matches!(c, '0'..='9' | 'J' | 'F' | 'M' | 'A' | 'S' | 'O' | 'N' | 'D')
        || matches!(
            c,
            '今' | '本' | '明' | '后' | '去' | '上' | '同' | '当' | '次' | '翌' | '前' | '下' | '这' | '年' | '第'
        )
        || matches!(
            c,
            '元' | '一' | '二' | '三' | '四' | '五' | '六' | '七' | '八' | '九' | '十' | '廿' | '卅' | '〇' | '零'
        )
        || matches!(c, '昨' | '中' | '民' | '是' | '周' | '星')
}

struct Reader<'a> {
    text: &'a Text,
    masked: &'a Masked,
}

impl Reader<'_> {
    fn is(&self, at: usize, phrase: &str) -> bool {
        self.text.is(at, phrase)
    }

    fn mention(&self, at: usize, has_before: bool) -> Option<Mention> {
        let is_inside = self.text.before(at).is_some_and(|c| c.is_ascii_digit() || c == '.')
            && self.text.at(at).is_some_and(|c| c.is_ascii_digit());
        if is_inside {
            return None;
        }
        // Statistics: `1—9月`.
        let is_tail = matches!(self.text.before(at), Some('-' | '~'))
            && at.checked_sub(2).and_then(|at| self.text.at(at)).is_some_and(|c| c.is_ascii_digit());
        if let Some(range) = self.english_range(at) {
            return Some(range);
        }
        let (start, next) = self
            .point(at)
            .filter(|(start, _)| !(is_tail && start.year() == Some(Year::Untold)))
            .or_else(|| self.relative(at))
            .or_else(|| self.day_alone(at, has_before))?;
        Some(self.with_end(at, start, next))
    }

    /// Reads on for day of the week, time and the end of a range.
    fn with_end(&self, at: usize, start: Written, next: usize) -> Mention {
        let mut mention = Mention { place: at..next, start, end: None, times: None, end_times: None, weekday: None };
        let mut next = self.weekday_after(next, &mut mention);
        // `5月20日（世界计量日）当天 9:00—16:00`
        let past_aside = || {
            let close = self.text.bracket(next).filter(|close| self.is(next, "(") && close - next <= 24)?;
            let begins = self.text.one_of(close, &["当天", "当日"]).is_some()
                || self.text.at(close).is_some_and(|c| c.is_ascii_digit() || "上下晚早中 ".contains(c));
            begins.then(|| times(self.text, close)).flatten().filter(|(told, _)| told.start.is_some())
        };
        if start.is_day()
            && let Some((mut told, past)) = times(self.text, next).or_else(past_aside)
        {
            // `日内瓦时间2022年5月6日24时`
            if let (Zone::Untold, Some((zone, _))) = (told.zone, zone_before(self.text, at)) {
                told.zone = zone;
            }
            mention.times = Some(told);
            next = past;
            mention.place.end = past;
        }
        let has_time_range = mention.times.is_some_and(|times| times.end.is_some());
        if has_time_range {
            return mention;
        }
        if let Some((end, past)) = self.range_end(next, start) {
            mention.end = Some(end);
            mention.place.end = past;
            let mut ignored = mention.clone();
            let past = self.weekday_after(past, &mut ignored);
            mention.place.end = ignored.place.end;
            if let Some((told, past)) = times(self.text, past).filter(|_| end.is_day()) {
                // A time by itself after several days says nothing of their end: `16日至18日9:00-17:00`.
                mention.end_times = Some(told).filter(|_| mention.times.is_some());
                mention.place.end = past;
            }
        }
        mention
    }

    /// `星期二：6月2日`, `周三 2/11`: where that begins.
    fn weekday_before(&self, at: usize) -> Option<(Weekday, usize)> {
        let end = (at.saturating_sub(2)..=at).find(|begin| {
            self.text.plain(*begin..at).chars().all(|c| matches!(c, ':' | ' ' | ',' | '(')) && *begin <= at
        })?;
        let named = end.checked_sub(1)?;
        let weekday = self.text.at(named).and_then(weekday)?;
        let start = self.text.ending(named, &["星期", "周", "礼拜"])?;
        let is_told = !self.text.before(start).is_some_and(|c| "每下上本这单双".contains(c));
        is_told.then_some((weekday, start))
    }

    /// `（星期三）`, `周三`, and brackets between the day and its time or its range's end.
    fn weekday_after(&self, at: usize, mention: &mut Mention) -> usize {
        let at = at + usize::from(self.is(at, " ("));
        let open = usize::from(matches!(self.text.at(at), Some('(' | ' ' | ',')));
        let is_bracket = self.text.at(at) == Some('(');
        let words = ["下星期", "本星期", "下周", "本周", "这周", "星期", "周", "礼拜"];
        let word = self.text.one_of(at + open, &words).unwrap_or(at + open);
        // `2024-03-20 (Wed)`
        if let Some((weekday, past)) = self.weekday_in_english(at + open) {
            let past = past + usize::from(is_bracket && self.is(past, ")"));
            mention.weekday = Some(weekday);
            mention.place.end = past;
            return past;
        }
        let named = self.text.at(word).and_then(weekday).filter(|_| word > at + open || is_bracket);
        if let Some(weekday) = named {
            let mut past = word + 1;
            let is_closed = !is_bracket || self.is(past, ")");
            if is_closed {
                mention.weekday = Some(weekday);
                past += usize::from(is_bracket);
                mention.place.end = past;
                return past;
            }
        }
        // Something else in brackets, such as the day of the moon calendar.
        if is_bracket && let Some(close) = self.text.bracket(at).filter(|close| close - at <= 24) {
            let inside = at..close;
            let is_inside_range = || {
                let end = self.joint(close).filter(|(_, is_list)| !is_list);
                end.is_some_and(|(after, _)| self.point(after).is_some() || self.day_word(after).is_some())
            };
            if self.text.holds(inside.clone(), &["农历", "星期", "周", "全天", "为期", "暂定"]) || is_inside_range()
            {
                let day =
                    self.text.find(inside, &["星期", "周"]).and_then(|word| self.text.at(word.end).and_then(weekday));
                mention.weekday = mention.weekday.or(day);
                return close;
            }
        }
        at
    }

    /// What begins here and names its month or year.
    fn point(&self, at: usize) -> Option<(Written, usize)> {
        self.numeric(at)
            .or_else(|| self.english(at))
            .or_else(|| self.with_year(at))
            .or_else(|| self.in_month(at, Year::Untold))
    }

    /// `26日` after a joint.
    fn day_word(&self, at: usize) -> Option<(i8, usize)> {
        let (day, next) = small(self.text, at).filter(|(day, _)| (1..=31).contains(day))?;
        self.text.one_of(next, &["日", "号"]).map(|next| (day, next))
    }

    /// What joins two dates to a range, and whether it joins neighbours only.
    fn joint(&self, at: usize) -> Option<(usize, bool)> {
        let begin = at + usize::from(self.is(at, " "));
        let begin =
            self.text.one_of(begin, &["起至", "开始至", "起到", "开始到", "起-", "起,至"]).map_or(begin, |end| end - 1);
        if let Some(end) = self.text.one_of(begin, JOINTS) {
            return Some((end + usize::from(self.is(end, " ")), false));
        }
        self.text.one_of(begin, &["、", "和", "及", "与", "&"]).map(|end| (end, true))
    }

    /// Past a remark that stands between a joint and the end of a range: `5月4日—【通知】5月14日`.
    fn past_remark(&self, at: usize) -> usize {
        let close = match self.text.at(at) {
            Some('(') => self.text.bracket(at),
            Some('|') => (at..at + 40).find(|at| self.is(*at, ":")).map(|close| close + 1),
            _ => None,
        };
        close.filter(|close| self.point(*close).is_some() || self.day_word(*close).is_some()).unwrap_or(at)
    }

    fn range_end(&self, at: usize, start: Written) -> Option<(Written, usize)> {
        let (after, is_list) = self.joint(at).or_else(|| self.slash(at))?;
        let after = if is_list { after } else { self.past_remark(after) };
        let (end, next) = match self.point(after).or_else(|| self.bare_month(at, after)) {
            Some(found) => found,
            None => {
                let (day, next) = self.day_word(after).or_else(|| self.bare_day(at, after))?;
                let end = match start {
                    Written::Day { year, month, .. } => Written::Day { year, month, day },
                    // `明天至17日`
                    Written::DayAlone(_) | Written::FromNow(_) | Written::Weekday { .. } => Written::DayAlone(day),
                    Written::MonthFromNow { months, day: Some(_) } => Written::MonthFromNow { months, day: Some(day) },
                    _ => return None,
                };
                (end, next)
            }
        };
        if is_list {
            // Only neighbours are a range, and only if no third follows.
            let is_next = match (start, end) {
                (Written::Day { month, day, .. }, Written::Day { month: other, day: after, .. }) => {
                    month == other && after == day + 1
                }
                (Written::DayAlone(day), Written::DayAlone(after)) => after == day + 1,
                _ => false,
            };
            let has_third = self.joint(next).is_some_and(|(third, is_list)| is_list && self.day_word(third).is_some());
            return (is_next && !has_third).then_some((end, next));
        }
        let same = start.is_day() == end.is_day();
        let is_reasonable = match (start, end) {
            (Written::Month { .. }, other) => matches!(other, Written::Month { .. }),
            (Written::Whole(_), _) | (_, Written::Whole(_)) => false,
            _ => same,
        };
        // A date without a year after one with: the same, unless it would run backwards.
        is_reasonable.then_some((end, next))
    }
}

fn weekday(c: char) -> Option<Weekday> {
    Some(match c {
        '一' => Weekday::Monday,
        '二' => Weekday::Tuesday,
        '三' => Weekday::Wednesday,
        '四' => Weekday::Thursday,
        '五' => Weekday::Friday,
        '六' => Weekday::Saturday,
        '日' | '天' => Weekday::Sunday,
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
