//! Programmes: times below the day that they are on.

use super::{Reader, Told, may_hold_date, standards_named};
use crate::chinese::clock::times;
use crate::chinese::kind::Tense;
use crate::chinese::naming::{self, unnumbered, width};
use crate::chinese::script::Text;
use crate::chinese::sentence::Sentence;
use crate::chinese::titles;
use crate::chinese::year::Meant;
use crate::event::{Kind, Point, When};

impl Reader<'_> {
    /// A day alone, whose programme follows, or a line of such a programme.
    pub fn programme(&mut self, at: usize) -> bool {
        let Some(line) = self.lines.get(at) else { return false };
        if width(&line.text) > 60 || !may_hold_date(&line.text) {
            return false;
        }
        let s = Sentence::new(unnumbered(&line.text));
        if let Some((_, next)) = times(&s.text, 0).filter(|(times, _)| times.start.is_some()) {
            return self.day.is_some() && self.timed(at, &s, next, &line.text);
        }
        let follows = self.lines.get(at + 1).is_some_and(|next| {
            let text = Text::new(unnumbered(&next.text));
            times(&text, 0).is_some() || next.cells.first().is_some_and(|cell| times(&Text::new(cell), 0).is_some())
        });
        let [mention] = s.mentions.as_slice() else { return false };
        let rest = s.len() - mention.place.len();
        if !follows || mention.end.is_some() || !mention.start.is_day() || rest > 12 || mention.times.is_some() {
            return false;
        }
        let clock = self.clock(at, None);
        if let Some(meant) = clock.meant(mention, Tense::Unknown, false) {
            self.remember(&meant);
            self.day = Some((meant.when.start.first_day(), meant.year));
        }
        true
    }

    /// `09:00-09:20 开幕致辞` on the day that is told above.
    pub fn timed(&mut self, at: usize, s: &Sentence, next: usize, source: &str) -> bool {
        let (Some((day, year)), Some((times, _))) = (self.day, times(&s.text, 0)) else { return false };
        let name = naming::tidy(&s.text.show(next..s.len()));
        let Some(start) = times.start else { return false };
        if width(&name) < 2 || is_pause(&name) {
            return true;
        }
        let when = When {
            start: Point::Minute(day.to_datetime(start)),
            end: times.end_from(day).map(Point::Minute),
        };
        let kind = s.noun_in(next..s.len()).map(|noun| noun.kind).or(self.around.kind).unwrap_or(Kind::Forum);
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

/// Pauses and the like, which nobody announces.
pub fn is_pause(name: &str) -> bool {
    let plain = Text::new(name);
    let plain = plain.plain(0..plain.len());
    words! {
        WORDS_WORDS =
            "茶歇 午餐 午休 休息 晚餐 晚宴 用餐 早餐 签到 报到 入场 合影 自助餐 午饭 返程 离会 会议注册 嘉宾签到 茶叙 \
            来宾签到"
    }
    WORDS_WORDS.iter().any(|word| plain.starts_with(word) || plain == *word) && plain.chars().count() <= 10
}
