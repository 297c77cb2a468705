//! The titles of what is released, takes effect or is ordered.

use std::ops::Range;

use super::Namer;
use crate::chinese::naming::{LONGEST, document, is_pronoun, width};

impl Namer<'_> {
    pub fn effective(&self, verb: &Range<usize>) -> String {
        let is_after = verb.start >= self.past();
        let object_end = self.s.clause_end(verb.end, self.right());
        let object = || {
            let is_object = is_after
                && object_end > verb.end + 1
                && !self.s.text.is(verb.end, "的")
                && !self.s.text.is(verb.end, "之");
            is_object.then(|| self.name(verb.end..object_end)).flatten()
        };
        let before =
            if is_after { self.before() } else { self.s.clause_start(verb.start, self.s.left(self.index))..verb.start };
        let between = if is_after { self.between(verb) } else { 0..0 };
        // `本标准代替GB 1-2010`: not what it replaces.
        let name = self
            .name(before.clone())
            .or_else(|| self.name(between))
            .or_else(object)
            .or_else(|| self.document())
            .or_else(|| self.topic())
            .unwrap_or_else(|| self.tidy(before));
        let verb = self.s.text.show(verb.clone());
        // `对相关物项实施出口管制`
        let is_told = !name.contains(['《', '「']) && name.contains(&verb) && width(&name) >= 8;
        if is_told { name } else { format!("{name}{verb}") }
    }

    pub fn released(&self, verb: &Range<usize>) -> String {
        let is_after = verb.start >= self.past();
        // `正式发布——10月23日（目标）`: what stands behind the date is no object.
        let limit = if is_after { self.right() } else { self.start() };
        let object_end = self.s.clause_end(verb.end, limit);
        let object = || {
            let range = verb.end..object_end;
            // `正式发布（GA）`
            let is_aside =
                self.s.text.at(range.start) == Some('(') && self.s.text.bracket(range.start) == Some(range.end);
            document(self.s, range.clone()).filter(|_| !is_aside).or_else(|| {
                let begin = self.s.text.one_of(range.start, &["了", "的"]).unwrap_or(range.start);
                let range = if is_aside { range.end..range.end } else { range.clone() };
                self.name(begin..range.end).filter(|name| {
                    let is_where = self.s.text.one_of(begin, &["于", "在"]).is_some();
                    width(name) >= 2 && !is_where && !name.starts_with("全文") && !name.starts_with(['之', '到', '后'])
                })
            })
        };
        let before =
            if is_after { self.before() } else { self.s.clause_start(verb.start, self.s.left(self.index))..verb.start };
        let between = if is_after { self.between(verb) } else { 0..0 };
        let named = |range: Range<usize>| document(self.s, range);
        let name = object()
            .or_else(|| named(between.clone()))
            .or_else(|| named(before.clone()))
            .or_else(|| self.name(before.clone()))
            .or_else(|| self.name(between))
            .or_else(|| self.document())
            .or_else(|| self.topic())
            .unwrap_or_default();
        format!("{name}{}", self.s.text.show(verb.clone()))
    }

    /// An order's own words: `未达标产品不得生产、销售`.
    pub fn rule(&self, from: usize) -> String {
        let begin = from + usize::from(self.s.text.at(from) == Some(','));
        let mut end = self.s.clause_end(begin, self.right());
        if end < begin + 5 {
            end = self.s.clause_end(end + 1, self.right());
        }
        let mut clause = self.tidy(begin..end);
        // `召回2018年至2019年生产的部分摩托车`: the verb and what stands last.
        if let Some(told) = self.s.mentions.iter().find(|told| told.place.start >= begin && told.place.end <= end)
            && let Some(of) = (told.place.end..end.saturating_sub(2)).rev().find(|at| self.s.text.is(*at, "的"))
            && (1..=6).contains(&(told.place.start - begin))
        {
            clause = self.tidy(begin..told.place.start) + &self.tidy(of + 1..end);
        }
        let subject = self.s.before(self.index);
        let subject = match subject.is_empty() {
            true => String::new(),
            false => self.tidy(subject),
        };
        match () {
            () if !is_pronoun(&subject) && width(&subject) + width(&clause) <= LONGEST => format!("{subject}{clause}"),
            () if width(&clause) < 8 => self.joined(&clause),
            () => clause,
        }
    }
}
