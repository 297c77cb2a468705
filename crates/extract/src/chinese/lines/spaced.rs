//! Forms whose labels no colon follows, only a gap: `公告單位  營繕組  公告日期  2026/2/11`, `主  旨  …`.

use super::is_han;
use crate::chinese::script::Text;

words! {
    /// As they are compared, in one script.
    LABELS =
        "日期 时间 地点 会期 会址 主旨 主题 事由 案由 公告日期 公告时间 公告单位 公告机关 发布日期 发布时间 发布单位 发文日期 发文单位 发文机关 \
        主办 主办单位 承办单位 协办单位 活动名称 会议名称 活动时间 活动日期 活动地点 会议时间 会议日期 会议地点 培训时间 培训地点 \
        报名时间 报名截止 截止日期 截止时间 联系人 联系电话 电话 对象 主持人 出席 列席 停电时间 停电范围 施工日期 施工时间 施工地点"
}

/// The label as it is compared, if it is one.
fn is_label(word: &str) -> bool {
    let text = Text::new(word);
    word.chars().count() <= 6 && LABELS.contains(&&*text.plain(0..text.len()))
}

/// Each label with its value, as if a colon stood between; none where the line is no such form.
pub fn labelled(line: &str) -> Vec<String> {
    if line.len() > 600 || line.contains(['|', '\t']) {
        return Vec::new();
    }
    let mut words: Vec<String> = Vec::new();
    let mut gap = 2;
    for c in line.trim().chars() {
        if c.is_whitespace() {
            gap += if c == '\u{3000}' { 2 } else { 1 };
            continue;
        }
        match words.last_mut() {
            // `主  旨` is one word.
            Some(word) if gap >= 2 && word.chars().count() == 1 && is_han(c) => {
                let mut joined = word.clone();
                joined.push(c);
                if is_label(&joined) { *word = joined } else { words.push(c.to_string()) }
            }
            Some(word) if gap < 2 => {
                if gap == 1 {
                    word.push(' ');
                }
                word.push(c);
            }
            _ => words.push(c.to_string()),
        }
        gap = 0;
    }
    let mut told: Vec<String> = Vec::new();
    let mut has_value = true;
    for word in &words {
        match (is_label(word), told.last_mut()) {
            (true, _) if !has_value => return Vec::new(),
            (true, _) => {
                told.push(format!("{word}："));
                has_value = false;
            }
            (false, Some(last)) => {
                if has_value {
                    last.push(' ');
                }
                last.push_str(word);
                has_value = true;
            }
            (false, None) => return Vec::new(),
        }
    }
    if has_value { told } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_need_no_colon() {
        for (line, expected) in [
            ("公告單位  總務處  公告日期  2026/3/1", vec!["公告單位：總務處", "公告日期：2026/3/1"]),
            (" 主  旨  校慶停課一日", vec!["主旨：校慶停課一日"]),
            ("日期　2025.3.26        地点　青岛 会展中心 2号厅", vec!["日期：2025.3.26", "地点：青岛 会展中心 2号厅"]),
            ("日期  时间  地点", vec![]),
            ("时间 不变", vec![]),
            ("会议  时间", vec![]),
        ] {
            assert_eq!(labelled(line), expected, "{line}");
        }
    }
}
