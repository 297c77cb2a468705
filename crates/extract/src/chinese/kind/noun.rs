//! What a date is by a noun beside it alone: `论坛（10月22日，西安）`, `第一期 5月10-12日`.

use super::{How, Judge};
use crate::chinese::nouns::Noun;
use crate::event::Kind;

impl Judge<'_> {
    /// An event's name beside the date, without a verb.
    pub fn by_noun(&self, past: usize) -> Option<(Kind, How)> {
        let s = self.sentence;
        let begin = past + usize::from(s.text.at(past).is_some_and(|c| ",:的".contains(c)));
        let after = begin..s.clause_end(begin, self.right());
        let is_pointing = s.text.is(past, "的");
        // The clause ends with it: `大会学术委员会完成评审` is no congress.
        let clause_end = after.end;
        let is_last = |noun: &Noun| {
            let end = s.past_brackets(noun.place.end);
            end >= clause_end
                || s.text.has_gap(noun.place.end)
                || s.text.one_of(noun.place.end, &["通知", "日程", "预告", "(", "、", "在", "开始", "启动"]).is_some()
        };
        // `5月8日的评审会改为线上`
        let goes_on = ["改为", "改在", "照常", "如期", "调整为", "时间", "地点", "线上", "改成", "转为"];
        let stays = |noun: &Noun| s.text.one_of(noun.place.end, &goes_on).is_some();
        let noun = s.noun_in(after).filter(|noun| !is_pointing && is_last(noun) || is_pointing && stays(noun));
        // `标准Workshop：2022年5月19日`
        // `论坛（10月22日-24日，西安）`
        let bracket = s.bracket_about(self.index).and_then(|bracket| {
            let clause = s.clause_start(bracket.start, s.left(self.index).min(bracket.start))..bracket.start;
            s.noun_in(clause).filter(|noun| noun.place.end == bracket.start)
        });
        // `第一期 2023年5月10-12日`
        let clause = s.before(self.index);
        if s.text.is(clause.start, "第")
            && clause.len() <= 6
            && s.text.ending(clause.end, &["期", "场", "轮", "站", "讲", "班", "阶段"]).is_some()
        {
            let colon = s.text.find(0..clause.start, &[":"]);
            let asked = colon.and_then(|colon| super::labels::label_kind(&s.text.plain(0..colon.start)));
            // `报名截止：第一期3月29日，第二期5月6日`
            if asked == Some(Kind::Deadline) {
                let from = if self.index == 0 { 0 } else { clause.start };
                return Some((Kind::Deadline, How::Label(from..clause.end)));
            }
            let noun = s.noun_in(0..clause.start).map(|noun| noun.kind);
            return Some((noun.or(self.around).unwrap_or(Kind::Forum), How::Label(clause)));
        }
        let named = s.led_by(self.start(), &[":"]).then(|| {
            let before = s.before(self.index);
            s.noun_in(before.clone()).filter(|noun| noun.place.end == before.end)
        });
        // `2025质量与标准大会暨展览会，9月18-20日，苏州`
        let comma = s.before(self.index);
        let fronted = (comma.is_empty() && self.index == 0 && comma.start > 1).then(|| {
            let end = comma.start - 1;
            s.noun_in(s.clause_start(end, 0)..end).filter(|noun| noun.place.end == end)
        });
        let noun = bracket.or(named.flatten()).or(noun).or(fronted.flatten()).or_else(|| {
            let before = s.before(self.index);
            s.noun_in(before.clone()).filter(|noun| noun.place.end == before.end)
        });
        Some(match noun {
            Some(noun) => (noun.kind, How::Noun(noun.place)),
            None => (Kind::Other, How::Bare),
        })
    }
}
