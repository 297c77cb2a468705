//! Lines that are items by themselves, and those that end in the middle of one.

use crate::chinese::naming::{is_sign, unnumbered};

/// `5/8 周三 20:00 甲 5/15 周三 20:00 乙`: lines that a mark-up took for one, each with its day and weekday at its head.
pub fn dated_items(text: &str) -> Vec<&str> {
    const NAMED: &[&str] = &["周", "週", "星期", "（", "("];
    if text.len() > 4000
        || !text.starts_with(|c: char| c.is_ascii_digit())
        || !text.contains(['周', '週', '星', '（', '('])
    {
        return vec![text];
    }
    let mut begins = Vec::new();
    let mut words = text.split_whitespace().peekable();
    while let Some(word) = words.next() {
        let length = word.bytes().take_while(|octet| octet.is_ascii_digit() || *octet == b'/').count();
        let (figures, rest) = word.split_at(length);
        let is_day = figures.split('/').count() == 2 && figures.split('/').all(|part| (1..=2).contains(&part.len()));
        let is_weekday = |text: &str| {
            let named = NAMED.iter().find_map(|named| text.strip_prefix(named));
            named.is_some_and(|rest| rest.starts_with(['一', '二', '三', '四', '五', '六', '日', '天', '周', '週']))
        };
        let next = words.peek().copied().unwrap_or_default();
        if is_day && (is_weekday(rest) || rest.is_empty() && is_weekday(next)) {
            // Where it stands: words are parts of the text.
            begins.push(word.as_ptr() as usize - text.as_ptr() as usize);
        }
    }
    if begins.first() != Some(&0) || begins.len() < 2 {
        return vec![text];
    }
    let ends = begins.iter().skip(1).copied().chain([text.len()]);
    begins.iter().zip(ends).filter_map(|(begin, end)| text.get(*begin..end)).collect()
}

/// Whether a line ends in the middle of a date or of a range: `3月5日至`, `2024年`.
pub fn ends_in_date(line: &str) -> bool {
    let mut last = line.trim_end().chars().rev();
    let (end, before) = (last.next().unwrap_or(' '), last.find(|c| !c.is_whitespace()).unwrap_or(' '));
    match end {
        '至' | '到' | '—' | '–' | '-' | '－' | '~' | '～' => {
            before.is_ascii_digit() || matches!(before, '日' | '号' | '月' | '）' | ')' | '时' | '—')
        }
        '年' | '月' => before.is_ascii_digit(),
        _ => false,
    }
}

/// Whether a line is one by itself: numbered, with a bullet, a date or a label at its head.
pub fn begins_item(line: &str) -> bool {
    // `2024年注册计量师资格考试` is no date.
    let is_of_name =
        line.chars().nth(4) == Some('年') && !line.chars().nth(5).is_some_and(|c| c.is_ascii_digit() || c == ' ');
    let is_dated = line.chars().take(4).filter(char::is_ascii_digit).count() == 4 && !is_of_name;
    let label = line.chars().take(24).position(|c| matches!(c, '：' | ':'));
    let is_counted = line.starts_with('第')
        && line.chars().skip(1).take(5).any(|c| "期场轮批讲站届天阶".contains(c))
        && !line.contains('，')
        && line.contains(|c: char| c.is_ascii_digit());
    // `DB11/T 2101-2024 …`
    let number = line.chars().take(8).position(|c| c == '/' || c == ' ');
    let is_standard = line.starts_with(|c: char| c.is_ascii_uppercase())
        && number
            .is_some_and(|at| at >= 1 && line.chars().take(at).all(|c| c.is_ascii_uppercase() || c.is_ascii_digit()))
        && line.chars().take(24).filter(char::is_ascii_digit).count() >= 6;
    // `12 GB/T 330-2023 … 2023-06-01`, a row.
    let number = line.chars().take(4).take_while(char::is_ascii_digit).count();
    let is_row = (1..=3).contains(&number)
        && line.chars().nth(number).is_some_and(char::is_whitespace)
        && line.ends_with(|c: char| c.is_ascii_digit());
    is_counted
        || is_row
        || is_standard
        || unnumbered(line) != line
        || line.starts_with(is_sign)
        || line.starts_with(['▍', '▌', '▶', '►', '◎', '※', '◇', '□', '☆', '•', '●', '·', '*', '-', '【', '|'])
        || is_dated
        || label.is_some()
}

/// Whether a line is an item by a day, an hour or a label at its head.
pub fn is_own(line: &str) -> bool {
    let line = line.trim();
    let has_label = line.chars().take(12).any(|c| c == '：') && line.chars().count() <= 80;
    let bare = ["上午", "下午", "晚上", "中午", "全天"].iter().find_map(|half| line.strip_prefix(half)).unwrap_or(line);
    let head: String = bare.trim_start().chars().take(8).collect();
    let is_dated =
        head.starts_with(|c: char| c.is_ascii_digit()) && head.contains(['月', '/', ':', '：', '.', '-', '年']);
    let is_short = line.chars().count() <= 60 && !line.ends_with('。');
    has_label || (is_dated && is_short)
}
