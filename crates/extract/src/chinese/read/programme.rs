//! Programmes: times below the day that they are on.

use super::{Reader, Told, may_hold_date, named_year, standards_named};
use crate::chinese::clock::times;
use crate::chinese::kind::Tense;
use crate::chinese::naming::{self, unnumbered, width};
use crate::chinese::script::Text;
use crate::chinese::sentence::Sentence;
use crate::chinese::titles;
use crate::chinese::year::Meant;
use crate::event::{Kind, Point, When};
use jiff::ToSpan;
use jiff::civil::{Date, Time};

/// Whether the hours of a programme are those after noon, by what stands above them.
#[derive(Debug, Default, Clone, Copy)]
pub struct HalfDay {
    is_afternoon: bool,
    is_evening: bool,
    /// The last beginning, and its day.
    last: Option<(Date, Time)>,
}

impl HalfDay {
    /// `下午`, `上午` on a line or in a cell of its own; false if it is none.
    pub fn told(&mut self, word: &str) -> bool {
        let text = Text::new(word);
        let plain = text.plain(0..text.len());
        let (is_afternoon, is_evening) = match plain.trim_matches(|c: char| !c.is_alphanumeric()) {
            "上午" | "早上" | "AM" | "Morning" | "上午场" | "上午会议" | "上午议程" => (false, false),
            "下午" | "PM" | "Afternoon" | "下午场" | "下午会议" | "下午议程" => (true, false),
            "晚上" | "晚间" | "夜间" | "Evening" | "晚场" => (true, true),
            _ => return false,
        };
        *self = Self { is_afternoon, is_evening, last: None };
        true
    }

    /// The hours that are meant on a day by hours without a half: `2:00－3:30` after noon.
    pub fn shifted(&mut self, day: Date, start: Time, end: Option<Time>) -> (Time, Option<Time>) {
        let is_same_day = self.last.is_some_and(|(last, _)| last == day);
        if !is_same_day && self.last.is_some() {
            *self = Self::default();
        }
        // Hours that run backwards have passed noon.
        let runs_back = self.last.is_some_and(|(_, last)| start < last);
        let hours = if self.is_evening { 5..=11 } else { 1..=7 };
        let later = |time: Time| match hours.contains(&time.hour()) {
            true => time.saturating_add(12.hours()),
            false => time,
        };
        let is_later = self.is_afternoon || runs_back && (1..=7).contains(&start.hour());
        let (start, end) = match is_later {
            true => (
                later(start),
                end.map(|end| if end <= start || (1..=7).contains(&end.hour()) { later(end) } else { end }),
            ),
            // `11:00-1:00`
            false => (start, end.map(|end| if end <= start { later(end) } else { end })),
        };
        self.last = Some((day, start));
        (start, end.filter(|end| *end > start))
    }
}

impl Reader<'_> {
    /// A day alone, whose programme follows, or a line of such a programme.
    pub fn programme(&mut self, at: usize) -> bool {
        let Some(line) = self.lines.get(at) else { return false };
        // A label that tells the day over a programme is read as any other, and the day kept.
        if self.day.is_some() && width(&line.text) <= 4 && self.half.told(unnumbered(&line.text)) {
            return true;
        }
        if width(&line.text) > 60 || !may_hold_date(&line.text) {
            return false;
        }
        let s = Sentence::new(unnumbered(&line.text));
        if let Some((_, next)) = times(&s.text, 0).filter(|(times, _)| times.start.is_some()) {
            return self.day.is_some() && self.timed(at, &s, next, &line.text);
        }
        let follows = self.lines.iter().skip(at + 1).take(2).any(|next| {
            let text = Text::new(unnumbered(&next.text));
            times(&text, 0).is_some() || next.cells.first().is_some_and(|cell| times(&Text::new(cell), 0).is_some())
        });
        let [mention] = s.mentions.as_slice() else { return false };
        let rest = s.len() - mention.place.len();
        // What is due on a day has no programme.
        let is_due = s.text.holds(0..s.len(), &["截止", "前", "截稿", "最迟"]);
        let follows = follows && !is_due;
        // `会议日程（8月22日，南昌）` tells more than the day.
        if follows && mention.end.is_none() && mention.start.is_day() && (rest > 12 || mention.times.is_some()) {
            let clock = self.clock(at, named_year(&s, usize::MAX));
            if let Some(meant) = clock.meant(mention, Tense::Unknown, false) {
                self.day = Some((meant.when.start.first_day(), meant.year));
                self.half = HalfDay::default();
            }
            return false;
        }
        if !follows || mention.end.is_some() || !mention.start.is_day() || rest > 12 || mention.times.is_some() {
            return false;
        }
        let clock = self.clock(at, None);
        if let Some(meant) = clock.meant(mention, Tense::Unknown, false) {
            self.remember(&meant, None);
            self.day = Some((meant.when.start.first_day(), meant.year));
            let rest = format!("{}{}", s.text.show(0..mention.place.start), s.text.show(mention.place.end..s.len()));
            self.half = HalfDay::default();
            self.half.told(&rest);
        }
        true
    }

    /// `09:00-09:20 开幕致辞` on the day that is told above.
    pub fn timed(&mut self, at: usize, s: &Sentence, next: usize, source: &str) -> bool {
        let (Some((day, year)), Some((times, _))) = (self.day, times(&s.text, 0)) else { return false };
        let name = naming::tidy(&s.text.show(next..s.len()));
        let Some(start) = times.start else { return false };
        let has_half = !s.text.at(0).is_some_and(|c| c.is_ascii_digit());
        let (start, end) = match has_half || times.is_over_midnight {
            true => (start, times.end),
            false => self.half.shifted(day, start, times.end),
        };
        if width(&name) < 2 || is_pause(&name) && !name.contains("签到") && !name.contains("簽到") {
            return true;
        }
        let when = When {
            start: Point::Minute(day.to_datetime(start)),
            end: match times.is_over_midnight {
                true => times.end_from(day).map(Point::Minute),
                false => end.map(|end| Point::Minute(day.to_datetime(end))),
            },
        };
        let kind =
            s.noun_in(next..s.len()).map(|noun| noun.kind).or(self.around.kind).unwrap_or_else(|| self.usual_kind());
        // `致辞` of what the programme is of.
        let event = &self.around.event;
        let name = match width(&name) <= 3 && !event.is_empty() && width(event) <= 30 && !event.contains(&name) {
            true => format!("{event}{name}"),
            false => name,
        };
        let told = Told {
            kind,
            title: titles::fit(&name),
            location: self.around.place.clone(),
            organizer: String::new(),
            standards: standards_named(s),
        };
        let meant = Meant { when, year, zone: None, is_zone_unknown: false };
        let written = s.text.show(0..next);
        self.keep(at, told, meant, written, None, source);
        true
    }
}

impl Reader<'_> {
    /// The kind of what stands in a programme without saying what it is.
    pub fn usual_kind(&self) -> Kind {
        let is_other = ["考试", "考試", "测试", "測試", "行事", "校历", "校曆", "教务", "教務", "考务", "考務"];
        let topic = &self.around.topic;
        if is_other.iter().any(|word| topic.contains(word)) { Kind::Other } else { Kind::Forum }
    }
}

/// Pauses and the like, which nobody announces.
pub fn is_pause(name: &str) -> bool {
    let plain = Text::new(name);
    let plain = plain.plain(0..plain.len());
    words! {
        WORDS_WORDS =
            "茶歇 午餐 午休 休息 晚餐 晚宴 用餐 早餐 签到 报到 入场 合影 自助餐 午饭 返程 离会 会议注册 茶叙"
    }
    WORDS_WORDS.iter().any(|word| plain.starts_with(word) || plain == *word) && plain.chars().count() <= 10
}
