//! What is asked for on a day without 前, and what a source is said to have told.

use std::ops::Range;

use super::Judge;
use crate::chinese::cues::Sense;
use crate::chinese::dates::Written;

impl Judge<'_> {
    /// `请于6月28日提交材料`, without 前.
    pub fn is_asked_on(&self, past: usize) -> bool {
        let s = self.sentence;
        words! {
            HANDS =
                "提交 报送 反馈 递交 寄送 寄回 寄至 发送 发至 发到 上报 报至 交至 交回 返回 填报 填写 完成 缴纳 缴费                 报名 回复 确认 将"
        }
        let asks = ["请", "须", "应", "务必", "需", "要求"];
        let clause = s.clause_start(self.start(), s.left(self.index));
        // The bracket that only says which day is meant stands in the clause that asks.
        let clause = if s.text.is(clause, "即") { s.clause_start(clause.saturating_sub(1), 0) } else { clause };
        let begin = past + usize::from(s.text.is(past, ","));
        let is_told_shortly = s.before(self.index).is_empty()
            && !s.text.is(begin + 2, "了")
            && matches!(
                s.mentions.get(self.index).map(|mention| mention.start),
                Some(Written::Weekday { weeks: 0.., .. } | Written::FromNow(1..))
            );
        (is_told_shortly || s.text.holds(clause..self.start(), &asks))
            && s.text.find(begin..s.len().min(begin + 2), &HANDS).is_some_and(|word| word.start == begin)
            && s.mentions.get(self.index).is_some_and(|mention| mention.start.is_day())
    }

    /// Where the verb stands of `根据9月29日发布的公告，10项标准正式发布`: what the source tells of happened on the day.
    pub fn released_by_source(&self, past: usize) -> Option<Range<usize>> {
        let s = self.sentence;
        let clause = self.clause_start();
        s.text.one_of(clause, &["根据", "依据", "按照"])?;
        let comma = s.clause_end(past, self.right());
        let cue =
            s.cue_after(comma, self.right(), |cue| cue.sense == Sense::Release && !s.text.is(cue.place.end, "的"))?;
        (s.clause_end(cue.place.end, s.len()) == cue.place.end).then(|| cue.place.clone())
    }
}
