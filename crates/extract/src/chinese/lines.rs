//! A text's lines, with what each is: a heading, a paragraph, a row of a table.

mod bilingual;
mod first;
mod items;
mod spaced;

pub use bilingual::one_label;
pub use items::is_own;

use first::{are_heads, is_labelled_by_gap, is_marked_title, is_of_standard, tells_no_day};
use items::{begins_item, dated_items, ends_in_date};

use super::naming::width;
use super::script::is_han;
use crate::block::{Block, Cell, Role};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub text: String,
    pub role: Role,
    /// Of a table's row.
    pub cells: Vec<String>,
    /// Of its columns, if the table's marks tell them.
    pub heads: Vec<String>,
    /// Where it begins in the input, from 1.
    pub number: usize,
}

impl Line {
    /// One, or several where labels stand side by side; none where nothing is in it.
    fn all_of(text: &str, role: Role, number: usize) -> Vec<Self> {
        // `📅 7月16日`, as people post it.
        let labels =
            [("📅", "时间："), ("🗓️", "时间："), ("🗓", "时间："), ("📆", "时间："), ("📍", "地点："), ("🏠", "地点：")];
        let posted = text.trim_start();
        if let Some((label, rest)) = labels.iter().find_map(|(mark, label)| Some((label, posted.strip_prefix(mark)?))) {
            let rest = rest.trim_start_matches(|c: char| !c.is_alphanumeric());
            let has_label = rest.chars().take(6).any(|c| matches!(c, '：' | ':'));
            let told = if has_label { rest.to_owned() } else { format!("{label}{rest}") };
            return Self::all_of(&told, role, number);
        }
        if let Some(told) = bilingual::one_label(text) {
            return Self::all_of(&told, role, number);
        }
        let spaced = spaced::labelled(text);
        if !spaced.is_empty() {
            return spaced.iter().flat_map(|part| Self::all_of(part, role, number)).collect();
        }
        let items = dated_items(text);
        if items.len() > 1 {
            return items.into_iter().flat_map(|item| Self::all_of(item, role, number)).collect();
        }
        let cells = cells(text);
        let labelled = cells
            .iter()
            .filter(|cell| {
                cell.chars().take(10).any(|c| matches!(c, '：' | ':'))
                    && !cell.starts_with(|c: char| c.is_ascii_digit())
            })
            .count();
        if labelled > 1 && labelled * 2 > cells.len() {
            return cells.iter().flat_map(|cell| Self::all_of(cell, role, number)).collect();
        }
        if !cells.is_empty() {
            let text = crate::text::single_line(text);
            return vec![Self { text, role, cells, heads: Vec::new(), number }];
        }
        let line = |part: &str| {
            let text = crate::text::single_line(part);
            (!text.is_empty()).then_some(Self { text, role, cells: Vec::new(), heads: Vec::new(), number })
        };
        parts(text).into_iter().filter_map(line).collect()
    }

    fn of_block(block: &Block) -> Vec<Self> {
        if matches!(block.role, Role::Written(_)) {
            return vec![Self {
                text: String::new(),
                role: block.role,
                cells: Vec::new(),
                heads: Vec::new(),
                number: block.line,
            }];
        }
        let told: Vec<&Cell> = block.cells.iter().collect();
        let (cells, heads): (Vec<String>, Vec<String>) = match told.as_slice() {
            [] => return Self::all_of(&block.text, block.role, block.line),
            // A label beside its value.
            [one] => ([&one.head, &one.text].into_iter().cloned().collect(), Vec::new()),
            _ => told.iter().map(|cell| (cell.text.clone(), cell.head.clone())).unzip(),
        };
        let heads = if heads.iter().all(String::is_empty) { Vec::new() } else { heads };
        // Labels beside their values, whose first row was taken for heads.
        if let ([label, _], [head, name]) = (cells.as_slice(), heads.as_slice())
            && (super::table::is_head(label) || label.chars().count() <= 12 && super::kind::label_kind(label).is_some())
            && super::table::is_head(head)
        {
            let line = |text: &str, cells: Vec<String>| Self {
                text: text.to_owned(),
                role: block.role,
                cells,
                heads: Vec::new(),
                number: block.line,
            };
            let first = line(&block.text, vec![head.clone(), name.clone()]);
            return vec![first, line(&block.text, cells)];
        }
        vec![Self { text: block.text.clone(), role: block.role, cells, heads, number: block.line }]
    }
}

/// A line cut before each label but the first: `时间：9月16日 地点：苏州`.
fn parts(text: &str) -> Vec<&str> {
    words! {
        LABELS =
            "时间 日期 地点 地址 主题 名称 主办 承办 截止 方式 对象 内容 费用 电话 联系 单位 报名 時間 地點 名稱 主辦"
    }
    if text.len() > 2000 || !text.contains(['：', ':']) {
        return vec![text];
    }
    let mut parts = Vec::new();
    let (mut begin, mut word) = (0, 0);
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        if before.is_whitespace() {
            word = at;
        }
        let label = text.get(word..at).unwrap_or_default();
        let is_label = matches!(c, '：' | ':')
            && word > begin
            && (2..=8).contains(&label.chars().count())
            && label.chars().all(is_han);
        // `1.《…》（征求意见稿） 截止日期：…` is one item.
        let is_of_item = label.starts_with("截止") && begin == 0 && !text[..word].contains(['：', ':']);
        if is_label && !is_of_item && LABELS.iter().any(|known| label.contains(known)) {
            parts.push(&text[begin..word]);
            begin = word;
        }
        before = c;
    }
    parts.push(&text[begin..]);
    parts
}

/// Those of a row: parted by bars, tabs or wide gaps.
fn cells(text: &str) -> Vec<String> {
    let parts: Vec<&str> = match () {
        () if text.contains(" | ") => text.split(" | ").collect(),
        () if text.contains('\t') => text.split('\t').collect(),
        () => gaps(text.trim()),
    };
    let cells: Vec<String> = parts.into_iter().map(|part| part.trim().trim_matches('|').trim().to_owned()).collect();
    if cells.iter().filter(|cell| !cell.is_empty()).count() < 2 { Vec::new() } else { cells }
}

/// Parted by gaps as wide as three spaces.
fn gaps(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut begin, mut gap_at, mut wide) = (0, 0, 0);
    for (at, c) in text.char_indices() {
        if c.is_whitespace() {
            gap_at = if wide == 0 { at } else { gap_at };
            wide += if c == '\u{3000}' { 2 } else { 1 };
            continue;
        }
        if wide >= 3 {
            parts.push(&text[begin..gap_at]);
            begin = at;
        }
        wide = 0;
    }
    parts.push(&text[begin..]);
    // `时　　间：` is one word.
    let is_spread = parts.first().is_some_and(|first| first.chars().count() == 1 && first.starts_with(is_han));
    if is_spread { vec![text] } else { parts }
}

/// The lines of blocks that were marked up.
pub fn of_blocks(blocks: &[Block]) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut caption = "";
    for block in blocks {
        // What stands over a table or a list, once.
        if block.head != caption && !block.head.is_empty() {
            lines.extend(Line::all_of(&block.head, Role::Paragraph, block.line));
        }
        caption = &block.head;
        let mut told = Line::of_block(block);
        // A first row that was taken for heads comes with each row, and is told once.
        if told.len() > 1 && block.cells.len() > 1 {
            told.retain(|line| !lines.iter().rev().take(20).any(|known| known.cells == line.cells));
        }
        lines.extend(told);
    }
    mark_headings(&mut lines, false);
    lines
}

/// The lines of plain text: those that were wrapped are put together again.
pub fn of_text(text: &str) -> Vec<Line> {
    let widest = text.lines().map(|line| width(line.trim_end())).filter(|width| *width <= 120).max().unwrap_or(0);
    let mut lines: Vec<Line> = Vec::new();
    let mut open: Option<(String, usize, bool)> = None;
    let mut close = |open: &mut Option<(String, usize, bool)>| {
        if let Some((text, number, _)) = open.take() {
            lines.extend(Line::all_of(&text, Role::Paragraph, number));
        }
    };
    for (index, line) in text.lines().enumerate() {
        let trimmed = line.trim();
        // Below the heads of a table.
        if trimmed.starts_with('|') && trimmed.chars().all(|c| matches!(c, '|' | '-' | ':' | ' ')) {
            continue;
        }
        if trimmed.is_empty() {
            close(&mut open);
            continue;
        }
        if let Some((text, _, is_wrapped)) = &mut open {
            let is_torn = text.len() < 2000 && ends_in_date(text) && trimmed.starts_with(|c: char| c.is_ascii_digit());
            if *is_wrapped && !begins_item(trimmed) || is_torn {
                // Chinese needs no space at a break.
                let is_spaced = text.ends_with(|c: char| c.is_ascii()) && trimmed.starts_with(|c: char| c.is_ascii());
                text.push_str(if is_spaced { " " } else { "" });
                text.push_str(trimmed);
                *is_wrapped = is_full(line, widest);
                continue;
            }
            close(&mut open);
        }
        open = Some((line.to_owned(), index + 1, is_full(line, widest)));
    }
    close(&mut open);
    mark_headings(&mut lines, true);
    lines
}

/// Whether a line ends because there was no more room.
fn is_full(line: &str, widest: usize) -> bool {
    let trimmed = line.trim_end();
    // `14:00—16:30　法规`: an item, whatever its width.
    let head: String = trimmed.trim_start().chars().take(8).collect();
    let is_timed = head.starts_with(|c: char| c.is_ascii_digit())
        && head.contains([':', '：', '月', '/'])
        && !trimmed.contains(['，', ',', '。', '；', '、']);
    !is_timed
        && widest >= 20
        && width(trimmed) + 2 >= widest
        && width(trimmed) <= 120
        && !ends(trimmed)
        && cells(line).is_empty()
}

fn ends(line: &str) -> bool {
    line.trim_end().ends_with(['。', '：', '；', '！', '？', ':', ';', '”', '）', ')'])
}

/// A short line without a stop at its end, above a text.
fn mark_headings(lines: &mut [Line], is_plain: bool) {
    words! {
        NOTICES =
            "通知 公告 公示 通告 函 启事 日程 计划 安排 简报 动态 预告 通知） 公告） 邀请"
    }
    // `标准直播课 | 如何看懂标签` above a text is its title, and no row.
    let is_row = |line: &Line| !line.cells.is_empty();
    let is_title = lines
        .first()
        .is_some_and(|first| first.cells.len() == 2 && first.text.len() < 300 && tells_no_day(&first.text))
        && lines.len() > 1
        && !lines[1..].iter().take(3).any(is_row);
    if is_title && let Some(first) = lines.first_mut() {
        first.cells.clear();
        first.role = Role::Heading;
    }
    // `…年会　注册须知      2021.06.08` is a title and its day, no row.
    if let Some(first) = lines.first_mut()
        && first.cells.last().is_some_and(|last| {
            let is_figure = |c: char| c.is_ascii_digit() || "年月日.-/ ".contains(c);
            (6..=16).contains(&last.chars().count())
                && last.chars().all(is_figure)
                && last.contains(['年', '.', '-', '/'])
        })
        && !first.cells[0].chars().take(4).any(|c| c.is_ascii_digit())
        && first.cells.len() <= 3
    {
        first.cells.clear();
    }
    for index in 0..lines.len() {
        let follows = lines.get(index + 1);
        let is_followed = follows.is_some_and(|next| {
            ends(&next.text)
                || width(&next.text) > 30
                || !next.cells.is_empty()
                || next.number > lines[index].number + 1
                || index == 0 && is_labelled_by_gap(&next.text)
                || index == 0
                    && next.text.chars().take(10).any(|c| matches!(c, '：' | ':'))
                    && !next.text.starts_with(|c: char| c.is_ascii_digit())
        });
        let is_last = follows.is_none();
        let is_after_gap =
            index == 0 || lines[index - 1].number + 1 < lines[index].number || lines[index - 1].role == Role::Heading;
        let is_first = index == 0;
        // `某某学会` over `第五届会员大会`.
        let is_below_body = index == 1
            && lines[0].text.chars().all(is_han)
            && lines[0].number + 1 == lines[1].number
            && [
                "学会",
                "學會",
                "协会",
                "協會",
                "联合会",
                "聯合會",
                "委员会",
                "委員會",
                "研究会",
                "研究會",
                "联盟",
                "聯盟",
                "公会",
                "公會",
            ]
            .iter()
            .any(|end| lines[0].text.trim_end().ends_with(end));
        let line = &mut lines[index];
        // `第十届电子展览会（CEX Show）`
        let whole = line.text.trim();
        let bare = whole.strip_suffix(['）', ')']).and_then(|open| open.rsplit_once(['（', '('])).map(|(bare, _)| bare);
        let text = bare.filter(|bare| index == 0 && width(bare) >= 6).unwrap_or(whole);
        let is_short = (4..=60).contains(&width(text)) && text.chars().filter(|c| is_han(*c)).count() >= 3;
        let is_number = text.contains(['〔', '﹝', '第']) && text.ends_with(['号', '號']);
        let is_of_office = text.contains("：关于") || text.contains("：關於");
        let has_label = is_number
            || text.contains(['：', ':', '，', ',', '\t']) && !is_of_office
            || begins_item(text) && !is_of_office && !(is_first && (is_marked_title(text) || is_of_standard(text)))
            || !line.cells.is_empty()
            || are_heads(text);
        // The name of a congress over its days.
        let is_notice = NOTICES.iter().any(|end| text.ends_with(end))
            || (index == 0 || index == 1 && is_below_body)
                && [
                    "大会",
                    "年会",
                    "会议",
                    "论坛",
                    "峰会",
                    "研讨会",
                    "博览会",
                    "培训班",
                    "讲座",
                    "大赛",
                    "竞赛",
                    "展览会",
                ]
                .iter()
                .any(|end| text.ends_with(end));
        if line.role == Role::Paragraph
            && is_short
            && !ends(text)
            && !has_label
            && !is_last
            && (is_plain || is_notice)
            && (is_notice || (is_followed && is_after_gap))
        {
            line.role = Role::Heading;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrapped_lines_are_one_and_labels_are_not() {
        let text = "关于召开会议的通知\n\n为进一步做好标准化工作，经研究，定于二〇二〇年九月十六日在苏州\n市召开年会，请参加。\n会议时间：9月16日\n会议地点：苏州\n";
        let told: Vec<_> = of_text(text).into_iter().map(|line| (line.role, line.text, line.number)).collect();
        let expected = [
            (Role::Heading, "关于召开会议的通知", 1),
            (Role::Paragraph, "为进一步做好标准化工作，经研究，定于二〇二〇年九月十六日在苏州市召开年会，请参加。", 3),
            (Role::Paragraph, "会议时间：9月16日", 5),
            (Role::Paragraph, "会议地点：苏州", 6),
        ];
        assert_eq!(told, expected.map(|(role, text, line)| (role, text.to_owned(), line)));
    }

    #[test]
    fn rows_have_cells() {
        assert_eq!(of_text("序号\t标准编号\t实施日期")[0].cells, ["序号", "标准编号", "实施日期"]);
        assert_eq!(of_text("10月21日   08:00   报到")[0].cells.len(), 3);
        assert!(of_text("一行 文字")[0].cells.is_empty());
    }
}
