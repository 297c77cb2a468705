//! Days and names on lines of their own: a day over what happens then, a name over its day.

use super::{Reader, is_date_alone, may_hold_date};
use crate::block::Role;
use crate::chinese::lines::Line;
use crate::chinese::naming::{is_sign, unnumbered, width};
use crate::chinese::sentence::Sentence;

impl Reader<'_> {
    /// `5月31日`, over `摘要接收截止。`, where at least one more such pair stands beside it: both as one.
    pub fn over_name(&mut self, at: usize) -> Option<String> {
        let day = self.day_over(at)?;
        let is_pair = |at: usize| self.day_over(at).is_some();
        let is_listed = is_pair(at + 2) || at.checked_sub(2).is_some_and(is_pair);
        if !is_listed {
            return None;
        }
        let told = format!("{day}，{}", self.lines.get(at + 1)?.text.trim());
        self.skipped = Some(at + 1);
        Some(told)
    }

    /// The day that stands alone on a line, over one that tells none.
    fn day_over(&self, at: usize) -> Option<&str> {
        let (line, name) = (self.lines.get(at)?, self.lines.get(at + 1)?);
        let day = line.text.trim();
        if day.len() > 90 || !may_hold_date(day) {
            return None;
        }
        let bare = day.trim_end_matches(['前', '起', '止', '：', ':']).trim_end_matches("之");
        let is_plain = |line: &Line| line.cells.is_empty() && line.role != Role::Heading;
        let is_name = is_plain(name)
            && name.number == line.number + 1
            && (3..=50).contains(&width(&name.text))
            && (!may_hold_date(&name.text) || !begins_with_day(&name.text))
            && !name.text.ends_with(['：', ':'])
            && !name.text.chars().take(6).any(|c| matches!(c, '：' | ':'));
        (is_plain(line) && is_name && is_date_alone(bare)).then_some(day)
    }

    /// `▲ 检测技术论坛`, over `8月27日 13:30-16:30　二层`: the name with what is told of it.
    pub fn below_name(&self, at: usize) -> Option<String> {
        let (line, above) = (self.lines.get(at)?, self.lines.get(at.checked_sub(1)?)?);
        let begins = |line: &Line| line.text.trim_start().chars().next().unwrap_or(' ');
        let name = unnumbered(&above.text).trim_matches(|c: char| is_sign(c) || c.is_whitespace());
        let is_named = is_sign(begins(above))
            && above.role != Role::Heading
            && above.cells.is_empty()
            && above.number + 1 == line.number
            && (3..=30).contains(&width(name))
            && !name.contains(['：', ':', '。', '，'])
            && !may_hold_date(name);
        let told = line.text.trim();
        (is_named && begins(line).is_ascii_digit() && begins_with_day(told)).then(|| format!("{name}：{told}"))
    }
}

fn begins_with_day(text: &str) -> bool {
    let head: String = text.trim_start().chars().take(40).collect();
    Sentence::new(&head).mentions.first().is_some_and(|mention| mention.place.start == 0 && mention.start.is_day())
}
