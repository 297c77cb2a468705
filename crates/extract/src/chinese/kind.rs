//! What a date is the date of, if of an event at all.

mod asked;
mod labels;
mod lead;
mod noun;
mod old;
mod verb;

pub use labels::{is_deadline_in_english, is_plain_time, label_kind};

use std::ops::Range;

use labels::is_of_deadline;

use super::dates::{Written, Year};
use super::sentence::Sentence;
use crate::event::Kind;

/// How a date is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum How {
    /// By a verb, at this place.
    Verb(Range<usize>),
    /// An order or a ban, in the words from here on.
    Rule(usize),
    /// Something must be done before it: `前`, `止`. What, stands from here on or before the date.
    Until(usize),
    /// By the words before it: `报名截止时间为`, `会议时间：`.
    Label(Range<usize>),
    /// By a noun beside it alone.
    Noun(Range<usize>),
    /// By nothing.
    Bare,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tense {
    Past,
    Ahead,
    Unknown,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    pub kind: Kind,
    pub how: How,
    pub tense: Tense,
    /// The date that this one takes the place of.
    pub was: Option<usize>,
    /// Of what is written as a range only the end counts: `即日起至`.
    pub is_end_only: bool,
}

/// What the date of a sentence is the date of. `label` stands before the sentence: a column's head, a line of its own.
pub fn judge(sentence: &Sentence, index: usize, label: &str, around: Option<Kind>) -> Option<Verdict> {
    let judge = Judge { sentence, index, label, around };
    let verdict = judge.verdict()?;
    let mention = sentence.mentions.get(index)?;
    let is_exact = mention.start.is_day();
    // `举办2026年上半年培训班`: a part of its name.
    let is_of_name = !matches!(mention.start, Written::Month { .. })
        && sentence.led_by(mention.place.start, &["举办", "召开", "组织", "开展", "举行", "开设", "做好", "关于"])
        && sentence
            .nouns
            .iter()
            .any(|noun| noun.place.start >= mention.place.end && noun.place.start <= mention.place.end + 20);
    if !is_exact && is_of_name {
        return None;
    }
    // A month or a year that is past is history.
    let is_told = is_exact
        || verdict.tense == Tense::Ahead
        || judge.is_item_of_month()
        || matches!(verdict.how, How::Label(_))
        || (matches!(verdict.how, How::Verb(_)) && verdict.tense != Tense::Past && !judge.is_whole_year());
    is_told.then_some(verdict)
}

#[derive(Clone, Copy)]
struct Judge<'a> {
    sentence: &'a Sentence,
    index: usize,
    label: &'a str,
    /// The kind of the event that is told of around.
    around: Option<Kind>,
}

impl Judge<'_> {
    fn start(&self) -> usize {
        self.sentence.mentions.get(self.index).map_or(0, |mention| mention.place.start)
    }

    fn end(&self) -> usize {
        self.sentence.mentions.get(self.index).map_or(0, |mention| mention.place.end)
    }

    /// `结项审核：10月`, `2024年9月　送审`: a line that tells a month of one thing.
    fn is_item_of_month(&self) -> bool {
        let s = self.sentence;
        let [mention] = s.mentions.as_slice() else { return false };
        let is_short = s.len() <= 40 && !s.text.holds(0..s.len(), &[",", "。", ";"]);
        let is_head = mention.place.start == 0
            && mention.start.year().is_some_and(|year| matches!(year, Year::Told(_)))
            && (s.text.has_gap(mention.place.end) || s.text.at(mention.place.end).is_some_and(|c| ": ".contains(c)));
        let is_tail = mention.place.end == s.len() && s.led_by(mention.place.start, &[":"]);
        matches!(mention.start, Written::Month { .. } | Written::Quarter { .. }) && is_short && (is_head || is_tail)
    }

    fn is_whole_year(&self) -> bool {
        matches!(self.sentence.mentions.get(self.index).map(|mention| mention.start), Some(Written::Whole(_)))
    }

    fn right(&self) -> usize {
        self.sentence.right(self.index)
    }

    /// Where the clause begins that the date stands in; that of the date it takes the place of, if it does.
    fn clause_start(&self) -> usize {
        self.sentence.clause_start(self.start(), self.sentence.left(self.index))
    }

    fn verdict(&self) -> Option<Verdict> {
        let s = self.sentence;
        let text = &s.text;
        let past = s.past(self.index);
        if let Some(verb) = self.released_by_source(past) {
            let tense = Tense::Past;
            return Some(Verdict { kind: Kind::Release, how: How::Verb(verb), tense, was: None, is_end_only: false });
        }
        if self.is_background(past) || self.is_superseded(self.index) || self.is_called_off(past) {
            return None;
        }
        let was = self.index.checked_sub(1).filter(|before| self.is_superseded(*before));
        let verdict =
            |kind: Kind, how: How| Verdict { kind, how, tense: self.tense(past), was, is_end_only: self.is_end_only() };
        let has_begun =
            text.is(past, "结束") && text.holds(0..self.start(), &["开始"]) && s.noun_in(0..self.start()).is_some();
        if has_begun && s.before(self.index).is_empty() && !is_of_deadline(text, self.start()) {
            return None;
        }
        if let Some((kind, how)) = self.lasts().or_else(|| self.is_called(past)) {
            return Some(verdict(kind, how));
        }
        if let Some(until) = self.until(past) {
            return self.by_until(until).map(|(kind, how)| verdict(kind, how));
        }
        if self.is_until_in_english() {
            return Some(verdict(Kind::Deadline, How::Until(past)));
        }
        if let Some(verb) = self.laid_before(past) {
            return Some(verdict(Kind::Other, How::Verb(verb)));
        }
        let since = text
            .one_of(past, &["起", "开始", "之日起", "始"])
            .or_else(|| self.since_moment(past))
            .filter(|_| !text.is(past, "开始前"));
        // `会议将于9时开始，17时结束`
        if text.is(past, "开始")
            && !s.led_by(self.start(), &["自", "从"])
            && let Some(noun) = s.noun_in(s.left(self.index)..self.start())
        {
            return Some(verdict(noun.kind, How::Noun(noun.place)));
        }

        if let Some(since) = since.filter(|_| s.mentions.get(self.index).is_some_and(|mention| mention.end.is_none())) {
            return self.by_since(since).map(|(kind, how)| verdict(kind, how));
        }
        let in_bracket = s.bracket_about(self.index).is_some_and(|bracket| {
            s.nouns.iter().any(|noun| noun.place.end == bracket.start)
                && s.cue_after(past, bracket.end, |_| true).is_none()
        });
        // `17日 企业标准自我声明公开宣贯会`: a line that ends with the name.
        let tail = s.noun_in(past..s.len()).filter(|noun| noun.place.end == s.len());
        let is_line = s.mentions.len() == 1
            && self.start() <= 3
            && !text.holds(past..s.len(), &[",", "。", "召开", "举行", "举办"]);
        if let Some(noun) = tail.filter(|_| is_line) {
            return Some(verdict(noun.kind, How::Noun(noun.place)));
        }
        if let Some((kind, how)) = self.by_label().or_else(|| if in_bracket { None } else { self.by_verb(past) }) {
            return Some(verdict(kind, how));
        }
        if let Some(verb) = self.is_open_on(past) {
            return Some(verdict(Kind::Other, How::Verb(verb)));
        }
        if self.is_asked_on(past) {
            return Some(verdict(Kind::Deadline, How::Until(past)));
        }
        // `其中进口车型推迟到2021年7月1日`: what moves, the sentence told before.
        if was.is_none() && self.is_moved_to() {
            let clause = s.before(self.index);
            let told = text.plain(0..self.start());
            let kind = label_kind(&told).or_else(|| s.noun_in(0..self.start()).map(|noun| noun.kind));
            if let Some(kind) = kind {
                return Some(verdict(kind, How::Label(clause)));
            }
        }
        if was.is_some()
            && let Some((kind, how)) = self.by_replaced()
        {
            return Some(verdict(kind, how));
        }
        if let Some((kind, how)) = self.is_set_for() {
            return Some(verdict(kind, how));
        }
        let (kind, how) = self.by_noun(past)?;
        if how == How::Bare
            && let Some(beside) = self.beside()
        {
            return Some(Verdict { was: None, ..beside });
        }
        Some(verdict(kind, how))
    }

    /// What is said of the date that this one is told side by side with: `9月20日、21日和27日`.
    fn beside(&self) -> Option<Verdict> {
        let s = self.sentence;
        let is_joint = |range: Range<usize>| {
            let between = s.text.plain(range);
            matches!(between.as_str(), "、" | "和" | "及" | "与" | "以及")
        };
        let of = |index: usize| Judge { index, ..*self };
        let before =
            self.index.checked_sub(1).filter(|_| is_joint(s.left(self.index)..self.start()) && self.index < 40);
        if let Some(before) = before {
            let verdict = of(before).verdict()?;
            return Some(verdict).filter(|verdict| verdict.how != How::Bare);
        }
        let next = s.mentions.get(self.index + 1).filter(|next| is_joint(self.end()..next.place.start))?;
        let _ = next;
        let next = of(self.index + 1);
        let past = s.past_brackets(next.end());
        let (kind, how) = next.by_label().or_else(|| next.by_verb(past))?;
        Some(Verdict { kind, how, tense: next.tense(past), was: None, is_end_only: false })
    }

    fn is_end_only(&self) -> bool {
        let start = self.start();
        let end = start - usize::from(self.sentence.text.before(start) == Some(' '));
        self.sentence.led_by(end, &["即日起至", "即日至", "即日起到", "即日起-", "即日起~", "即日-", "即日~"])
    }

    fn tense(&self, past: usize) -> Tense {
        let s = self.sentence;
        let clause = s.clause_start(self.start(), s.left(self.index)).min(self.start());
        let is_day = s.mentions.get(self.index).is_some_and(|mention| mention.start.is_day());
        // A month or a year is to come if the sentence speaks of what is to come.
        let before = if is_day { clause } else { 0 }..self.start();
        let after = past..s.clause_end(past, self.right()).min(past + 40);
        words! {
            AHEAD_WORDS =
                "将 拟 定于 订于 计划 预计 有望 请 须 届时 择期 力争 即将 应于 务必 敬请 欢迎 待 下一 下次 初定 暂定"
        }
        let past_words = ["已", "曾", "近日", "日前", "昨", "刚刚", "圆满", "成功", "落幕", "顺利", "去年"];
        match () {
            () if self.is_end_only() => Tense::Ahead,
            // `已续期至1月26日`
            () if s.led_by(
                self.start(),
                &["续期至", "延期至", "延长至", "展期至", "顺延至", "延至", "推迟至", "改至", "有效期至"],
            ) =>
            {
                Tense::Ahead
            }
            () if s.text.holds(before.clone(), &AHEAD_WORDS)
                || s.text.holds(after.clone(), &["将", "请", "须", "应", "拟", "届时", "有望"]) =>
            {
                Tense::Ahead
            }
            () if s.text.one_of(past, &["前", "之前", "起", "截止", "止"]).is_some()
                && !s.text.holds(before.clone(), &["已"]) =>
            {
                Tense::Ahead
            }
            () if s.text.holds(before, &past_words) || s.text.holds(after, &past_words) => Tense::Past,
            () => match s.mentions.get(self.index).and_then(|mention| mention.start.year()) {
                Some(Year::FromNow(1..)) => Tense::Ahead,
                _ => Tense::Unknown,
            },
        }
    }
}
