//! What the text around a sentence tells of what it is about.

use super::naming::{document, tidy, width};
use super::nouns::{last_in, nouns};
use super::script::Text;
use super::sentence::Sentence;
use crate::event::Kind;

#[derive(Debug, Clone, Default)]
pub struct Around {
    /// Without what makes it a notice: `2020年年会`, `《…》征求意见`.
    pub topic: String,
    /// What people come together for, and of which kind it is.
    pub event: String,
    pub kind: Option<Kind>,
    /// The same, as the paragraph told it last.
    pub told: String,
    /// The document or the standard that is spoken of.
    pub document: String,
    /// What the paragraph spoke of last.
    pub subject: String,
    pub place: String,
    pub organizer: String,
}

words! {
    /// What a heading begins with before its matter, longer ones first.
    OPENINGS =
        "关于公开征求对 关于公开征求 关于征求对 关于征求 关于公开征集 关于征集 关于组织召开 关于组织开展 \
        关于组织申报 关于组织 关于召开 关于举办 关于举行 关于开展 关于做好 关于批准发布 关于发布实施 关于发布 \
        关于公布 关于印发 关于下达 关于废止 关于实施 关于调整 关于延长 关于推迟 关于延期 关于变更 关于申报 \
        关于参加 关于 对"
}

words! {
    /// What it ends with.
    ENDINGS =
        "的预通知 的补充通知 的紧急通知 的第二轮通知 的第一轮通知 的通知 的公告 的通告 的公示 的函 的邀请函 \
        的决定 的报告 的启事 的通报 的消息 的说明 的批复 之通知 之公告 之通告 之函 通知单 通告 邀请函 征文通知 会议通知 通知 公告 日程安排 日程 议程 \
        安排表 一览表 第二轮 第一轮 预告 纪要 简报 日程表 时间表 安排"
}

impl Around {
    /// Of what stands under a heading.
    pub fn of_heading(heading: &str) -> Self {
        let topic = topic(heading);
        let s = Sentence::new(heading);
        let text = Text::new(&topic);
        let noun = last_in(&nouns(&text), &(0..text.len()));
        // `《…》宣贯会` is an event; `…国家标准` is none.
        let event = match &noun {
            // `活动花絮与下期预告` names no event.
            Some(noun) if noun.place.start == 0 && text.len() > noun.place.end + 1 => String::new(),
            Some(noun) if width(&topic) <= 40 && text.len() > 2 => {
                let end = noun.place.end;
                tidy(&text.show(0..end))
            }
            _ => String::new(),
        };
        Self {
            document: document(&s, 0..s.len()).unwrap_or_default(),
            kind: noun.filter(|_| !event.is_empty()).map(|noun| noun.kind),
            event,
            topic,
            ..Self::default()
        }
    }
}

/// Without `【活動預告】` before it.
pub fn without_mark(heading: &str) -> &str {
    let heading = heading.trim();
    let square = || heading.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let mark = heading.strip_prefix('【').and_then(|rest| rest.split_once('】')).or_else(square);
    match mark {
        Some((mark, rest)) if mark.chars().count() <= 40 && rest.chars().count() >= 4 => rest.trim(),
        _ => heading,
    }
}

/// What a heading is about: `关于召开2020年年会的通知` is 2020年年会.
pub fn topic(heading: &str) -> String {
    let heading = without_mark(heading);
    let text = Text::new(heading);
    let mut range = 0..text.len();
    // The office that speaks: `临江市市场监督管理局关于…`.
    if let Some(about) =
        text.find(0..text.len().min(40), &["关于"]).filter(|about| !text.plain(0..about.start).contains('《'))
    {
        range.start = about.start;
    }
    if let Some(end) = text.one_of(range.start, &OPENINGS) {
        range.start = end;
    }
    for _ in 0..2 {
        if text.at(range.end.wrapping_sub(1)) == Some(')') && text.plain(range.clone()).contains('(') {
            let open = (range.clone()).rev().find(|at| text.at(*at) == Some('(')).unwrap_or(range.end);
            if text.holds(open..range.end, &["征求意见稿", "草案", "试行", "暂行"]) || open <= range.start {
                break;
            }
            range.end = open;
        }
        let ending = ENDINGS.iter().find_map(|end| text.ending(range.end, &[end]).filter(|start| *start > range.start));
        if let Some(start) = ending {
            range.end = start;
        }
    }
    tidy(&text.show(range))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_tells_what_it_is_about() {
        for (heading, expected, event) in [
            ("关于召开2020年年会暨标准审查会的通知", "2020年年会暨标准审查会", true),
            ("临江市市场监督管理局关于印发《校准实验室管理办法》的通知", "《校准实验室管理办法》", false),
            ("2022海洋装备论坛日程（青岛）", "2022海洋装备论坛", true),
            ("征文通知", "征文", false),
            ("關於舉辦標準化培訓班的通知", "標準化培訓班", true),
            ("关于公开征求《电梯条例（草案）》意见的公告", "《电梯条例（草案）》意见", false),
        ] {
            let around = Around::of_heading(heading);
            assert_eq!(around.topic, expected);
            assert_eq!(!around.event.is_empty(), event, "{heading}");
        }
    }
}
