//! The names of what people come together for.

use std::ops::Range;

use super::Namer;
use crate::chinese::cues::Sense;
use crate::chinese::naming::{LONGEST, case, document, is_pronoun, width};
use crate::chinese::nouns::nouns;
use crate::chinese::script::Text;

impl Namer<'_> {
    pub fn held(&self, verb: &Range<usize>) -> String {
        let word = self.s.text.plain(verb.clone());
        let is_after = verb.start >= self.past();
        let from = if self.verdict.was.is_some() { 0 } else { self.s.left(self.index) };
        let object_end = self.s.clause_end(verb.end, self.right()).min(verb.end + 60);
        let object = self.s.noun_in(verb.end..object_end);
        let subject = self.s.subject_of(self.index, self.verdict.was, verb);
        if matches!(word.as_str(), "讲评" | "答疑") {
            return self.tidy(verb.start..object_end);
        }
        if word.starts_with("开庭") || word == "公开宣判" {
            let case = case(self.s).or_else(|| Some(self.around.subject.clone()).filter(|subject| !subject.is_empty()));
            return format!("{}{}", case.unwrap_or_default(), self.s.text.show(verb.clone()));
        }
        let is_opening = matches!(word.as_str(), "开幕" | "闭幕" | "启幕" | "揭幕");
        let object = object.filter(|_| !is_opening || subject.is_none());
        let name = match (object, subject) {
            (Some(noun), _) => {
                let begin = self.s.text.one_of(verb.end, &["了", "的"]).unwrap_or(verb.end);
                let start = self.s.clause_start(noun.place.start, begin);
                // A list of names keeps its first.
                let start = if self.s.text.plain(begin..start).contains(['《', '“']) { begin } else { start };
                self.tidy(start..noun.place.end)
            }
            (None, Some(noun)) => self.subject(noun.place, from),
            (None, None) => {
                let after = self.tidy(verb.end..object_end);
                let before = if is_after { self.tidy(self.before()) } else { String::new() };
                match () {
                    () if !after.is_empty() => after,
                    () if !before.is_empty() && !is_pronoun(&before) => before,
                    () => {
                        let between = self.tidy(self.between(verb));
                        if self.s.text.plain(self.between(verb)).starts_with('在') { String::new() } else { between }
                    }
                }
            }
        };
        let has_end = self.s.mentions.get(self.index).is_some_and(|mention| mention.end.is_some());
        let name = self.event_name(&name).unwrap_or(name);
        if is_opening && !has_end { format!("{name}{}", self.s.text.show(verb.clone())) } else { name }
    }

    /// The name that ends with a noun, from the last mark, date or place before it.
    pub fn subject(&self, noun: Range<usize>, from: usize) -> String {
        let mut start = self.s.clause_start(noun.start, from);
        for mention in &self.s.mentions {
            if mention.place.end <= noun.start && mention.place.start >= start {
                start = self.s.past_brackets(mention.place.end);
            }
        }
        // `原定于…在无锡举办的传感器标准化大会`
        let cue = self.s.cues.iter().rev().find(|cue| {
            cue.sense == Sense::Held
                && cue.place.start >= start
                && cue.place.end < noun.start
                && self.s.text.is(cue.place.end, "的")
        });
        let start = cue.map_or(start, |cue| cue.place.end + 1);
        let said = self.s.text.find(start..noun.start, &["发布公告称", "宣布", "获悉", "介绍,", "透露", "表示"]);
        let start = said.map_or(start, |word| word.end);
        let brackets = self.s.text.at(noun.end) == Some('(');
        let _ = brackets;
        // `公开课《…》`
        let end = self.s.text.bracket(noun.end).filter(|_| self.s.text.at(noun.end) == Some('《')).unwrap_or(noun.end);
        self.tidy(start.min(noun.start)..end)
    }

    /// The name that is known for what is called shortly here: 会议, 本次论坛, 宣贯会.
    pub fn event_name(&self, name: &str) -> Option<String> {
        let text = Text::new(name);
        let plain = text.plain(0..text.len());
        let is_only_held = matches!(
            plain.as_str(),
            "开会" | "正式会议" | "会议召开" | "召开" | "举行" | "举办" | "会期" | "展期" | "正会" | "会议开始"
        );
        if is_only_held && !self.around.event.is_empty() {
            return Some(self.around.event.clone());
        }
        let begin = text.one_of(0, &["本届", "本次", "此次", "该", "上述", "这次", "本"]).unwrap_or(0);
        let noun = nouns(&text).into_iter().next_back()?;
        let is_short = noun.place.start <= begin && noun.place.end == text.len();
        let bare = text.plain(noun.place.clone());
        let around = self.around;
        if (is_short || name.is_empty()) && !around.event.is_empty() {
            let is_it = begin > 0
                || matches!(bare.as_str(), "会议" | "大会" | "论坛" | "活动" | "展会" | "培训" | "年会" | "课程")
                || around.event.ends_with(&text.show(noun.place.clone()));
            if is_it {
                return Some(around.event.clone());
            }
        }
        if (is_short || name.is_empty()) && matches!(bare.as_str(), "会议" | "活动" | "大会") {
            // The one that the sentence told before.
            let before = self.s.nouns.iter().rev().filter(|noun| noun.place.end <= self.start());
            let told = before.map(|noun| self.subject(noun.place.clone(), 0)).find(|told| width(told) > 3);
            if told.is_some() {
                return told;
            }
        }
        // `主论坛`, `开幕式` of the event that was told.
        let known = if around.told.is_empty() { &around.event } else { &around.told };
        let is_part = text.one_of(
            0,
            &["主论坛", "分论坛", "平行论坛", "开幕式", "闭幕式", "预备会", "首次会议", "主会场", "开幕致辞"],
        ) == Some(text.len());
        if is_part && !known.is_empty() && width(known) + width(name) <= LONGEST {
            return Some(format!("{known}{name}"));
        }
        let of_document = is_short
            && begin == 0
            && matches!(
                bare.as_str(),
                "宣贯会"
                    | "说明会"
                    | "听证会"
                    | "审查会"
                    | "座谈会"
                    | "研讨会"
                    | "培训班"
                    | "评审会"
                    | "宣贯培训班"
                    | "论证会"
                    | "发布会"
                    | "审定会"
                    | "启动会"
                    | "会"
            );
        if of_document {
            let document = document(self.s, 0..self.start())
                .or_else(|| (!around.document.is_empty()).then(|| around.document.clone()));
            let document = document.filter(|document| width(document) + width(name) <= LONGEST);
            return document.map(|document| format!("{document}{name}"));
        }
        None
    }

    pub fn noun(&self, noun: &Range<usize>) -> String {
        let bracket = self.s.bracket_about(self.index);
        let name = match bracket {
            Some(bracket) if noun.end <= bracket.start => {
                // Of the second date of a bracket, the name stands before the first.
                let left = Some(self.s.left(self.index)).filter(|left| *left <= noun.start).unwrap_or(0);
                self.tidy(self.s.clause_start(noun.start, left)..noun.end)
            }
            _ => self.beside(noun),
        };
        self.event_name(&name).unwrap_or(name)
    }

    pub fn beside(&self, noun: &Range<usize>) -> String {
        match noun.start >= self.past() {
            true => self.tidy(self.s.clause_start(noun.start, self.past())..noun.end),
            false if self.before().is_empty() => self.subject(noun.clone(), 0),
            false => self.tidy(self.before()),
        }
    }
}
