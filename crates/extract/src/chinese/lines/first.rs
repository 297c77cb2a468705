//! What a first line looks like: a title with marks about it, the heads of a table.

use super::is_han;
use crate::chinese::sentence::Sentence;
use crate::chinese::table::is_head;

/// `…沙龙 | 2024 冬季聚会` tells no day.
pub fn tells_no_day(text: &str) -> bool {
    Sentence::new(text).mentions.is_empty()
}

/// `【徵件】第七屆文學獎`: a title with what it is before it.
pub fn is_marked_title(text: &str) -> bool {
    let rest = text.strip_prefix('【').and_then(|rest| rest.split_once('】'));
    rest.is_some_and(|(mark, rest)| mark.chars().count() <= 8 && rest.chars().filter(|c| is_han(*c)).count() >= 4)
}

/// `展期 114.03.15 ~ 114.08.31`
pub fn is_labelled_by_gap(text: &str) -> bool {
    text.split_once(char::is_whitespace).is_some_and(|(label, value)| {
        (2..=6).contains(&label.chars().count())
            && label.chars().all(is_han)
            && value.trim_start().starts_with(|c: char| c.is_ascii_digit())
    })
}

/// `序号　标准编号　标准名称`: of a table that only spaces part.
pub fn are_heads(text: &str) -> bool {
    let mut words = text.split_whitespace();
    words.clone().count() >= 3 && words.all(is_head)
}

/// `GB/T 45086—2024《…》解读会预告`
pub fn is_of_standard(text: &str) -> bool {
    let ends = ["预告", "通知", "会", "培训班", "宣贯", "公告"];
    text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.contains('《')
        && ends.iter().any(|end| text.ends_with(end))
}
