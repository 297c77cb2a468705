//! A sentence with all that is found in it, and the clauses about its dates.

mod leads;

use std::ops::Range;

use leads::LEADS;

use super::cues::{Cue, cues};
use super::dates::{Mention, mentions};
use super::mask::Masked;
use super::nouns::{Noun, last_in, nouns};
use super::script::{Text, is_han};
use crate::event::Kind;

#[derive(Debug)]
pub struct Sentence {
    pub text: Text,
    pub masked: Masked,
    pub mentions: Vec<Mention>,
    pub cues: Vec<Cue>,
    pub nouns: Vec<Noun>,
}

/// Between these stands what belongs together.
pub const MARKS: &str = ",。;:!?|";

impl Sentence {
    pub fn new(text: &str) -> Self {
        let text = Text::new(text);
        let masked = Masked::of(&text);
        let mentions = mentions(&text, &masked);
        let (cues, nouns) = match mentions.is_empty() {
            true => (Vec::new(), Vec::new()),
            false => (cues(&text, &masked), nouns(&text)),
        };
        Self { text, masked, mentions, cues, nouns }
    }

    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// The date that a character is a part of.
    pub fn mention_at(&self, at: usize) -> Option<&Mention> {
        let next = self.mentions.partition_point(|mention| mention.place.start <= at);
        let mention = next.checked_sub(1).and_then(|before| self.mentions.get(before))?;
        mention.place.contains(&at).then_some(mention)
    }

    /// The end of the date before, or the sentence's begin.
    pub fn left(&self, index: usize) -> usize {
        index.checked_sub(1).and_then(|before| self.mentions.get(before)).map_or(0, |before| before.place.end)
    }

    /// The begin of the next date, or the sentence's end.
    pub fn right(&self, index: usize) -> usize {
        self.mentions.get(index + 1).map_or(self.len(), |next| next.place.start)
    }

    /// Past a date and what stands in brackets behind it, or past the bracket that only says which day is meant:
    /// `会前7个工作日（即6月28日）`.
    pub fn past(&self, index: usize) -> usize {
        let Some(mention) = self.mentions.get(index) else { return 0 };
        let past = self.past_brackets(mention.place.end);
        let is_said_so =
            self.text.at(past) == Some(')') && self.led_by(mention.place.start, &["(即", "(也就是", "(即为"]);
        past + usize::from(is_said_so)
    }

    /// Past what stands in brackets.
    pub fn past_brackets(&self, mut at: usize) -> usize {
        loop {
            let open = at + usize::from(self.text.at(at) == Some(' '));
            match (self.text.at(open) == Some('(')).then(|| self.text.bracket(open)).flatten() {
                Some(close) => at = close,
                None => return at,
            }
        }
    }

    fn is_mark(&self, at: usize) -> bool {
        if !self.text.at(at).is_some_and(|c| MARKS.contains(c)) {
            return false;
        }
        // The colon of a time is none.
        let is_digit = |at: usize| self.text.at(at).is_some_and(|c| c.is_ascii_digit());
        let is_of_time = self.text.at(at) == Some(':') && at > 0 && is_digit(at - 1) && is_digit(at + 1);
        let is_inside = self.masked.is_quoted(at) || self.masked.is_opaque(at) || is_of_time;
        !is_inside
    }

    /// From the last mark before a place, or from a limit.
    pub fn clause_start(&self, at: usize, limit: usize) -> usize {
        let mut depth = 0usize;
        for at in (limit..at).rev() {
            match self.text.at(at) {
                Some(')') if !self.masked.is_quoted(at) => depth += 1,
                // A bracket that is open still is a clause of its own.
                Some('(') if depth == 0 && !self.masked.is_quoted(at) => return at + 1,
                Some('(') => depth = depth.saturating_sub(1),
                _ if depth == 0 && self.is_mark(at) => return at + 1,
                _ => {}
            }
        }
        limit
    }

    /// To the next mark after a place, or to a limit.
    pub fn clause_end(&self, at: usize, limit: usize) -> usize {
        let mut next = at;
        while next < limit {
            if self.is_mark(next) {
                return next;
            }
            next = match self.text.at(next) {
                Some('(') => self.text.bracket(next).filter(|close| *close <= limit).unwrap_or(next + 1),
                _ => next + 1,
            };
        }
        limit
    }

    /// The words of a date's clause before it, without what leads to it. Not past the date before.
    pub fn before(&self, index: usize) -> Range<usize> {
        let Some(mention) = self.mentions.get(index) else { return 0..0 };
        let end = self.lead_start(index);
        let start = self.clause_start(end.min(mention.place.start), self.left(index).min(end));
        // What joins it to the date before is none of its words.
        let start = (start..end).find(|at| !self.text.at(*at).is_some_and(|c| "、和及与,".contains(c))).unwrap_or(end);
        start.min(end)..end
    }

    /// Where the words begin that lead to a date.
    pub fn lead_start(&self, index: usize) -> usize {
        let Some(mention) = self.mentions.get(index) else { return 0 };
        let limit = self.left(index);
        let mut end =
            super::clock::zone_before(&self.text, mention.place.start).map_or(mention.place.start, |(_, start)| start);
        for _ in 0..6 {
            end -= usize::from(end > limit && self.text.before(end) == Some(' '));
            match self.text.ending(end, LEADS).filter(|start| *start >= limit && !self.masked.is_quoted(*start)) {
                // `报到`, `收到` are words of their own.
                Some(start) if self.ends_word(start) => break,
                Some(start) => end = start,
                None => break,
            }
        }
        end
    }

    /// Whether what leads to a date is the end of a word here: `报到`, `规则`, `标的`.
    fn ends_word(&self, at: usize) -> bool {
        let ends = |word: &str, begins: &str| {
            self.text.is(at, word) && self.text.before(at).is_some_and(|c| begins.contains(c))
        };
        ends("到", "报签收达得直")
            || ends("则", "规准细原守总通附法否税学导")
            || ends("定", "规审制修评认核检鉴协约稳固指选法限测标判")
            || ends("由", "自理事")
            || ends("在", "存现所")
            || ends("为", "行作")
            || ends("将", "大")
            || ends("都", "成首")
    }

    /// The first cue at or after a place and before a limit for which this holds.
    pub fn cue_after(&self, at: usize, limit: usize, wanted: impl Fn(&Cue) -> bool) -> Option<&Cue> {
        self.cues.iter().filter(|cue| cue.place.start >= at && cue.place.end <= limit).find(|cue| wanted(cue))
    }

    pub fn noun_in(&self, range: Range<usize>) -> Option<Noun> {
        last_in(&self.nouns, &range)
    }

    /// What people come together for, as the subject of a verb: between the date and the verb, or before the date.
    pub fn subject_of(&self, index: usize, was: Option<usize>, verb: &Range<usize>) -> Option<Noun> {
        let mention = self.mentions.get(index)?;
        if let Some(old) = was.and_then(|was| self.mentions.get(was)) {
            return self.noun_in(self.clause_start(old.place.start, 0)..verb.start);
        }
        let (start, end) = (mention.place.start, mention.place.end);
        let left = self.left(index);
        if verb.start < start {
            return self.noun_in(left..verb.start);
        }
        let before = self.clause_start(start, left)..start;
        // `4月23日、4月25日开讲`
        let left = if start <= left + 2 { 0 } else { left };
        let earlier = || self.before(index).is_empty().then(|| self.noun_in(left..start)).flatten();
        self.noun_in(end..verb.start).or_else(|| self.noun_in(before)).or_else(earlier)
    }

    /// The bracket that a date stands in.
    pub fn bracket_about(&self, index: usize) -> Option<Range<usize>> {
        let mention = self.mentions.get(index)?;
        let from = mention.place.start.saturating_sub(40);
        let open = (from..mention.place.start).rev().find(|at| self.text.at(*at) == Some('('))?;
        let close = self.text.bracket(open)?;
        (close > mention.place.end).then_some(open..close)
    }

    /// Whether a bracket holds nothing but dates and days of the week.
    pub fn holds_only_dates(&self, bracket: Range<usize>) -> bool {
        let inside = bracket.start + 1..bracket.end.saturating_sub(1);
        let is_of_date =
            |c: char| c.is_ascii_digit() || " ,、/.-~至和及与每单双周星期礼拜一二三四五六日天月次第个".contains(c);
        inside.clone().all(|at| self.mention_at(at).is_some() || self.text.at(at).is_some_and(is_of_date))
    }

    /// The kind of what a date at the head of a sentence is told of behind a colon: `8月1日至25日：论文评审。`
    pub fn kind_behind_colon(&self, index: usize) -> Option<Kind> {
        let mention = self.mentions.get(index)?;
        let past = self.past_brackets(mention.place.end);
        let is_head = index == 0
            && mention.start.is_day()
            && !self.text.plain(0..mention.place.start).contains(is_han)
            && self.text.is(past, ":");
        let end = (past + 1..self.len()).rev().find(|at| self.text.at(*at).is_some_and(|c| !"。;, ".contains(c)))? + 1;
        let noun = self.noun_in(past + 1..end).filter(|noun| self.past_brackets(noun.place.end) >= end);
        (is_head && end >= past + 4).then(|| noun.map_or(Kind::Other, |noun| noun.kind))
    }

    /// Whether the text before a place ends with one of these.
    pub fn led_by(&self, at: usize, words: &[&str]) -> bool {
        self.text.ending(at, words).is_some()
    }
}

/// The sentences of a block. What nobody writes as one sentence is cut, so that nothing has far to look.
pub fn sentences(text: &str) -> Vec<&str> {
    const LONGEST: usize = 3000;
    let mut sentences = Vec::new();
    let (mut begin, mut depth) = (0, 0usize);
    let mut opened_at = 0;
    for (at, c) in text.char_indices() {
        match c {
            '《' | '（' | '「' | '“' | '(' => {
                depth += 1;
                opened_at = at;
            }
            '》' | '）' | '」' | '”' | ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        // A bracket that does not close soon was never one.
        if at > opened_at + 300 {
            depth = 0;
        }
        let ends = matches!(c, '。' | '！' | '？' | '；') && depth == 0;
        let is_too_long = at - begin >= LONGEST;
        if ends || is_too_long {
            let end = at + c.len_utf8();
            sentences.push(text[begin..end].trim());
            begin = end;
        }
    }
    sentences.push(text[begin..].trim());
    sentences.retain(|sentence| !sentence.is_empty());
    sentences
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_at_their_marks_and_not_in_brackets() {
        assert_eq!(sentences("一是甲；二是乙（见丙。丁）。三！"), ["一是甲；", "二是乙（见丙。丁）。", "三！"]);
        assert!(sentences(&"字".repeat(9000)).len() > 5);
    }

    #[test]
    fn a_date_has_its_clause_without_what_leads_to_it() {
        for (sentence, expected) in [
            ("经研究，标准审查会定于9月16日在苏州召开", "标准审查会"),
            ("意见反馈截止时间为9月10日", "意见反馈"),
            ("《规范》已经批准，自9月1日起实施", ""),
            ("论坛将于9月1日召开，注册8月1日截止", "论坛"),
        ] {
            let sentence = Sentence::new(sentence);
            assert_eq!(sentence.text.show(sentence.before(0)), expected);
        }
    }
}
