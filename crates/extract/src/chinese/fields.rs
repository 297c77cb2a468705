//! `会议地点：苏州`: what a line's labels tell.

use std::ops::Range;

use super::naming::{tidy, unnumbered};
use super::script::{Text, is_han};
use super::sentence::Sentence;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    Name,
    /// Of a standard.
    Number,
    /// That the standard replaces.
    Replaced,
    Place,
    Organizer,
    /// Anything else.
    Other,
}

/// What a label or a column's head asks for.
pub fn field(label: &str) -> Field {
    let text = Text::new(label);
    let plain = text.plain(0..text.len());
    let ends = |words: &[&str]| words.iter().any(|word| plain.ends_with(word));
    let has = |words: &[&str]| words.iter().any(|word| plain.contains(word));
    match () {
        () if has(&["代替", "替代", "被替代"]) => Field::Replaced,
        () if has(&["标准编号", "标准号"]) || matches!(plain.as_str(), "编号" | "标准代号" | "计划编号" | "计划号") => {
            Field::Number
        }
        () if ends(&["地点", "地址", "会址", "会场", "场地", "城市", "举办地", "地方", "法庭", "审判庭"]) => {
            Field::Place
        }
        () if ends(&[
            "主办单位",
            "主办方",
            "主办",
            "主办机构",
            "组织单位",
            "举办单位",
            "召集单位",
            "归口单位",
            "主办者",
        ]) && !has(&["归口"]) =>
        {
            Field::Organizer
        }
        () if ends(&[
            "名称",
            "案由",
            "主题",
            "题目",
            "讲题",
            "名",
            "项目",
            "课程",
            "事项",
            "活动",
            "议题",
            "环节",
            "会议",
            "培训班",
            "论坛",
            "内容",
            "赛事",
            "展会",
            "阶段",
            "节点",
            "任务",
            "工作",
            "议程",
            "讲座",
            "事件",
            "安排",
            "预告",
            "标题",
            "科目",
            "标准",
            "产品",
        ]) =>
        {
            Field::Name
        }
        () => Field::Other,
    }
}

/// The labels of a line with their values, in order.
pub fn fields(s: &Sentence) -> Vec<(String, Range<usize>)> {
    let text = &s.text;
    let mut found: Vec<(String, Range<usize>)> = Vec::new();
    for at in 0..text.len() {
        if text.at(at) != Some(':') || s.masked.is_quoted(at) {
            continue;
        }
        let begins = |at: usize| at == 0 || text.has_gap(at) || text.before(at).is_some_and(|c| ",;。|】)".contains(c));
        // `地　　点：` has a gap in it.
        let label = (at.saturating_sub(14)..at.saturating_sub(1)).rev().filter(|at| begins(*at)).find_map(|start| {
            let label = text.show(start..at);
            let label = unnumbered(&label).trim_matches(|c: char| "【】*＊·•- ".contains(c)).to_owned();
            let is_label = (2..=12).contains(&label.chars().count())
                && label.chars().all(|c| is_han(c) || c.is_ascii_alphabetic() || "（）()/、".contains(c));
            is_label.then_some((start, label))
        });
        let Some((start, label)) = label else { continue };
        if let Some((_, before)) = found.last_mut() {
            before.end = before.end.min(start);
        }
        found.push((label, at + 1..text.len()));
    }
    found
}

/// A value fit to be kept: without the marks about it.
pub fn value(s: &Sentence, range: Range<usize>) -> String {
    let end = s.text.find(range.clone(), &["。", ";"]).map_or(range.end, |mark| mark.start);
    tidy(&s.text.show(range.start..end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_have_values() {
        let s = Sentence::new("一、会议时间：9月16日14:30　会议地点：苏州市金湖宾馆；主办单位：标准化协会");
        let told: Vec<_> =
            fields(&s).into_iter().map(|(label, range)| format!("{label}={}", value(&s, range))).collect();
        assert_eq!(told, ["会议时间=9月16日14:30", "会议地点=苏州市金湖宾馆", "主办单位=标准化协会"]);
        assert_eq!(field("會議地點"), Field::Place);
        assert_eq!(field("代替标准号"), Field::Replaced);
        assert_eq!(field("标准名称"), Field::Name);
    }
}
