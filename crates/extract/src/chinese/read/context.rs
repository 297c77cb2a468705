//! Lines that tell no event but how the next ones are to be understood: a month over its days, a term of a school, a
//! history.

use jiff::civil::Date;

use super::Reader;
use crate::chinese::around::Around;
use crate::chinese::dates::Written;
use crate::chinese::kind::Tense;
use crate::chinese::naming::{unnumbered, width};
use crate::chinese::nouns::{last_in, nouns};
use crate::chinese::numeral::four;
use crate::chinese::script::{Text, is_han};
use crate::chinese::sentence::Sentence;

impl Reader<'_> {
    /// `【三月】`, `2024年3月：` on a line of its own: the days below are of it.
    pub fn month_alone(&mut self, at: usize) -> bool {
        let Some(line) = self.lines.get(at).filter(|line| {
            line.cells.is_empty()
                && line.text.len() <= 60
                && line.text.contains(|c: char| c == '月' || c.is_ascii_digit())
        }) else {
            return false;
        };
        let bare = unnumbered(&line.text).trim_matches(|c: char| !c.is_alphanumeric());
        let s = Sentence::new(bare);
        let [mention] = s.mentions.as_slice() else { return false };
        let is_whole = mention.place == (0..s.len()) && mention.end.is_none();
        if !is_whole || !matches!(mention.start, Written::Month { .. }) {
            return false;
        }
        let Some(meant) = self.clock(at, None).meant(mention, Tense::Unknown, false) else { return false };
        self.remember(&meant, None);
        true
    }

    /// A school's term, where a heading or the first lines tell of it.
    pub fn note_term(&mut self, at: usize, is_heading: bool) {
        let Some(line) = self.lines.get(at).filter(|_| is_heading || at < 3) else { return };
        if line.text.contains("学年") || line.text.contains("學年") {
            self.term = term(&line.text).or(self.term);
        }
    }

    /// What a heading tells; the name of a standard stands below its number.
    pub fn heading(&self, at: usize, text: &str) -> Around {
        let of = Around::of_heading(text);
        // `会议通告` below the name of the body that meets.
        let above = at.checked_sub(1).and_then(|above| self.lines.get(above)).map_or("", |above| above.text.trim());
        let is_body = at < 4 && (4..=24).contains(&width(above)) && above.chars().all(is_han);
        let plain = Text::new(&of.topic);
        if let Some(noun) = last_in(&nouns(&plain), &(0..plain.len())).filter(|noun| noun.place.len() == plain.len())
            && is_body
        {
            let event = format!("{above}{}", of.topic);
            return Around { topic: event.clone(), event, kind: Some(noun.kind), ..of };
        }
        // `第二轮通知` says of what only with the line above.
        let is_round = of.topic.starts_with('第') && of.topic.ends_with(['轮', '輪']) && width(&of.topic) <= 5;
        if is_round && at > 0 && at < 4 && width(above) >= 4 {
            let above = ["组委会", "組委會", "秘书处", "秘書處"]
                .iter()
                .find_map(|end| above.strip_suffix(end))
                .unwrap_or(above);
            return Around::of_heading(above);
        }
        let number = &self.around.document;
        let is_name = of.document.is_empty()
            && (4..=40).contains(&width(text))
            && text.trim().chars().all(|c| is_han(c) || c.is_whitespace() || "（）、".contains(c));
        match is_name && !number.is_empty() && !number.contains('《') {
            true => Around { document: format!("{number}《{}》", text.trim()), ..of },
            false => of,
        }
    }

    /// Whether what stands under a heading is a history: `修订沿革`, `大事记`.
    pub fn is_history(heading: &str) -> bool {
        let text = Text::new(heading);
        let words = [
            "沿革",
            "大事记",
            "发展历程",
            "历次版本",
            "历次修订",
            "修订历史",
            "历史版本发布情况",
            "编制历程",
            "变更记录",
            "修订记录",
            "修改记录",
            "文档历史",
        ];
        width(heading) <= 40 && text.holds(0..text.len(), &words)
    }
}

/// About the middle of a term: `2022—2023学年第二学期`, `112學年度第1學期`, `2023学年秋季学期`.
fn term(line: &str) -> Option<Date> {
    let text = Text::new(line);
    let word = text.find(0..text.len().min(200), &["学年"])?;
    let figures = (0..word.start).rev().take_while(|at| text.at(*at).is_some_and(|c| c.is_ascii_digit())).count();
    let first_figure = word.start - figures;
    let year = match figures {
        3 => text.plain(first_figure..word.start).parse::<i16>().ok()? + 1911,
        4 => {
            let (last, _) = four(&text, first_figure)?;
            let of_first = first_figure.checked_sub(5).and_then(|at| four(&text, at));
            let of_first = of_first.or_else(|| first_figure.checked_sub(6).and_then(|at| four(&text, at)));
            of_first.map_or(last, |(first, _)| first)
        }
        // `2023-24学年`
        2 => first_figure.checked_sub(5).and_then(|at| four(&text, at))?.0,
        _ => return None,
    };
    let behind = word.end..text.len().min(word.end + 10);
    let second = ["第二学期", "第2学期", "下学期", "春季学期", "春学期", "二学期", "2学期"];
    let first = ["第一学期", "第1学期", "上学期", "秋季学期", "秋学期", "一学期", "1学期"];
    match () {
        () if text.holds(behind.clone(), &second) => Date::new(year + 1, 5, 1).ok(),
        () if text.holds(behind, &first) => Date::new(year, 11, 1).ok(),
        () => Date::new(year + 1, 2, 1).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_have_their_years() {
        for (line, expected) in [
            ("云岭大学2022—2023学年第二学期工作安排", "2023-05-01"),
            ("私立青山高中 112學年度第1學期行事曆", "2023-11-01"),
            ("2023-24学年春季学期校历", "2024-05-01"),
            ("2023-2024学年校历", "2024-02-01"),
            ("2023学年第一学期", "2023-11-01"),
            ("学年论文提交", ""),
        ] {
            assert_eq!(term(line).map_or(String::new(), |date| date.to_string()), expected, "{line}");
        }
    }
}
