//! What a date is by the verb that it stands beside.

use std::ops::Range;

use super::{How, Judge};
use crate::chinese::cues::{Cue, Sense};
use crate::event::Kind;

impl Judge<'_> {
    pub fn by_verb(&self, past: usize) -> Option<(Kind, How)> {
        let s = self.sentence;
        let limit = self.right();
        let begin = past + usize::from(s.text.is(past, ","));
        // A verb of its own clause, or of the next one if its own has none.
        for cue in s
            .cues
            .iter()
            .filter(|cue| cue.place.start >= begin && cue.place.end <= limit && cue.place.start < begin + 90)
        {
            let is_of_name = s.text.is(cue.place.end, "的") && !s.led_by(cue.place.start, &["在"]);
            // `由标准化院承办的宣贯会在高新区举办`
            let is_by = cue.sense == Sense::Held
                && is_of_name
                && s.text.one_of(cue.place.start, &["主办", "承办", "组织", "牵头"]).is_some();
            match cue.sense {
                _ if is_by => {}
                Sense::Held => {
                    if let Some((kind, _)) = self.held(cue.place.clone()) {
                        return Some((kind, How::Verb(cue.place.clone())));
                    }
                }
                Sense::Release if is_of_name && !s.text.holds(past..cue.place.start, &["将"]) => {
                    // `…发布的《…》自…起施行`: what is old is told by the way.
                    return None;
                }
                // `立项评审会在四楼举行`: a part of the name of what is held.
                Sense::Release if self.is_of_name(cue, limit) => {}
                Sense::Release => return Some((Kind::Release, How::Verb(cue.place.clone()))),
                Sense::Effective if !is_of_name => return Some((Kind::EffectiveDate, How::Verb(cue.place.clone()))),
                // `1月19日到期的图书`
                Sense::Closes if is_of_name && cue.place.start <= past + 2 => return None,
                Sense::Closes
                    if cue.place.start <= past + 2 && begin == past || self.closes(begin, cue.place.clone()) =>
                {
                    return Some((Kind::Deadline, How::Until(cue.place.end)));
                }
                Sense::Done if cue.place.start <= begin + 30 && !is_of_name => {
                    return Some((Kind::Other, How::Verb(cue.place.clone())));
                }
                Sense::Opens if cue.place.start <= begin + 30 => {
                    // `启动` says less than a verb behind it.
                    let later = s.cue_after(cue.place.end, limit, |later| {
                        matches!(later.sense, Sense::Held | Sense::Release | Sense::Effective)
                    });
                    if later.is_none_or(|later| later.sense == Sense::Held && self.held(later.place.clone()).is_none())
                    {
                        return Some((Kind::Other, How::Verb(cue.place.clone())));
                    }
                }
                _ => {}
            }
        }
        // `将于8月12日进行停机升级`
        if let Some(done) = self.carried_out(begin) {
            return Some((Kind::Other, How::Verb(done)));
        }
        let upkeep = s.text.find(
            begin..s.clause_end(begin, limit).min(begin + 30),
            &[
                "停机升级",
                "系统升级",
                "停机维护",
                "系统维护",
                "例行维护",
                "升级维护",
                "升级",
                "维护",
                "检修",
                "割接",
                "切换",
                "迁移",
            ],
        );
        if let Some(upkeep) = upkeep.filter(|word| s.clause_end(word.end, limit) == word.end) {
            return Some((Kind::Other, How::Verb(upkeep)));
        }
        // `初评结果拟于8月公示`
        let shown =
            s.text.one_of(begin, &["挂网公示", "上网公示", "网上公示", "对外公示", "进行公示", "予以公示", "公示"]);
        let is_span = s.mentions.get(self.index).is_some_and(|mention| mention.end.is_some());
        if let Some(end) = shown.filter(|end| s.clause_end(*end, limit) == *end && !is_span) {
            return Some((Kind::Other, How::Verb(begin..end)));
        }
        // `9月5日通知审查结果`
        let tells = s.text.one_of(begin, &["函复", "通知", "告知", "寄出", "通报", "回复"]);
        let told = tells.map(|end| (end, s.clause_end(end, limit)));
        if let Some((from, end)) = told.filter(|(from, end)| (from + 2..from + 16).contains(end))
            && s.text.find(from..end, &["结果", "名单", "名次", "成绩", "入选", "录取", "录用"]).is_some()
        {
            return Some((Kind::Other, How::Verb(begin..end)));
        }
        // What stands before: `召开时间定于9月5日`, `成功举办（9月5日）`.
        let from = s.left(self.index);
        let clause = s.clause_start(self.start(), from);
        let before = s.cues.iter().rev().find(|cue| {
            cue.place.start >= clause
                && cue.place.end <= self.start()
                && matches!(cue.sense, Sense::Held | Sense::Release | Sense::Effective)
        })?;
        let kind = match before.sense {
            Sense::Held => self.held(before.place.clone())?.0,
            Sense::Release => Kind::Release,
            _ => Kind::EffectiveDate,
        };
        (!s.text.is(before.place.end, "的")).then(|| (kind, How::Verb(before.place.clone())))
    }

    fn is_of_name(&self, cue: &Cue, limit: usize) -> bool {
        let s = self.sentence;
        let end = s.clause_end(cue.place.end, limit);
        let held = s.cue_after(cue.place.end, end, |later| later.sense == Sense::Held);
        let is_quoted = s.text.at(cue.place.end).is_some_and(|c| "《「了".contains(c));
        held.is_some_and(|held| !is_quoted && s.noun_in(cue.place.end..held.place.start).is_some())
    }

    /// `7月31日，论文摘要接收截止。`, `10月11日为优惠截止日`
    fn closes(&self, begin: usize, cue: Range<usize>) -> bool {
        let s = self.sentence;
        let end = s.text.one_of(cue.end, &["日期", "时间", "日"]).unwrap_or(cue.end);
        let ends = s.clause_end(end, s.len()) == end;
        ends && cue.start <= begin + 16 && s.clause_end(begin, s.len()) >= cue.end && s.text.is(cue.start, "截")
    }

    /// The kind of what a verb such as 召开 says is held; none if a verb that says little has nothing to hold.
    pub fn held(&self, verb: Range<usize>) -> Option<(Kind, Option<Range<usize>>)> {
        let s = self.sentence;
        let object_end = s.clause_end(verb.end, s.right(self.index));
        let object = s.noun_in(verb.end..object_end.min(verb.end + 60));
        let was = self.index.checked_sub(1).filter(|before| self.is_superseded(*before));
        let subject = s.subject_of(self.index, was, &verb);
        let word = s.text.plain(verb.clone());
        let is_weak = matches!(word.as_str(), "办理" | "组织" | "开展" | "进行" | "主办" | "承办" | "审议");
        let found = match word.as_str() {
            "开幕" | "闭幕" | "启幕" => subject.or(object),
            "讲评" | "答疑" => return Some((Kind::Forum, None)),
            "开庭审理" | "开庭" | "公开宣判" => return Some((Kind::Meeting, None)),
            _ => object.or(subject),
        };
        match found {
            Some(noun) => Some((noun.kind, Some(noun.place))),
            None if is_weak => None,
            None => {
                let kind = match word.as_str() {
                    "召开" => Kind::Meeting,
                    _ => Kind::Forum,
                };
                Some((kind, None))
            }
        }
    }
}
