//! When a text was written, as its own lines tell: bylines, datelines, signatures.

use jiff::civil::Date;

use super::dates::{Mention, Written, Year};
use super::lines::Line;
use super::naming::width;
use super::sentence::Sentence;
use crate::block::Role;

/// A line that tells when the text was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// Of the lines, which.
    pub at: usize,
    pub date: Date,
    /// Below the text, not above.
    pub is_signature: bool,
    /// How many characters of the line it takes; the rest is text.
    pub length: Option<usize>,
}

words! {
    LABELS =
        "公告日期: 公告时间: 发文时间: 发送时间: 发件时间: 张贴日期: 更新日: 公布时间: 刊登日期: 发布时间: 发布日期: 发表时间: 发表于 来源: 更新时间: 更新日期: 发文日期: 成文日期: 印发日期: \
        发稿时间: 稿件来源: Published: 发布于 信息来源: 公布日期: 发布者: 录入时间: date: 生成日期: 时间: 日期:"
}

words! {
    /// What else a byline holds.
    FURNITURE =
        "来源 浏览 点击 作者 编辑 字号 字体 记者 阅读 责任编辑 分享 打印 访问量 稿源 次数 发布机构 Published"
}

/// All of a text's, in order. `is_field` says of a line that it is one of a standard's fields, not a byline.
pub fn stamps(lines: &[Line]) -> Vec<Stamp> {
    let mut found: Vec<Stamp> = Vec::new();
    let mut open: Vec<(usize, Mention, Option<usize>)> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        if let Role::Written(date) = line.role {
            found.push(Stamp { at, date, is_signature: false, length: None });
            continue;
        }
        if !line.cells.is_empty() || !may_hold(&line.text) {
            continue;
        }
        let head: String = line.text.chars().take(200).collect();
        let s = Sentence::new(&head);
        let is_short = s.len() < 80 && head.len() == line.text.len();
        let dated = if is_short && !is_field(lines, at) {
            byline(&s, is_in_mail(lines, at)).or_else(|| signature(lines, at, &s))
        } else {
            None
        };
        let dated = dated
            .map(|mention| (mention, None))
            .or_else(|| dateline(&s).map(|(mention, length)| (mention, Some(length))));
        let Some((mention, length)) = dated else { continue };
        // `本报南宁9月16日电（2023年，星期六）`
        let year = length.and_then(|length| bracketed_year(&s, mention.place.end, length));
        match day(&mention, year) {
            Some(date) => found.push(Stamp { at, date, is_signature: is_below(lines, at, length), length }),
            None => open.push((at, mention, length)),
        }
    }
    // `新华社北京9月16日电`: the year stands elsewhere.
    let told: Vec<Date> = found.iter().map(|stamp| stamp.date).collect();
    for (at, mention, length) in open {
        let date = told.first().and_then(|told| day(&mention, Some(*told)));
        found.extend(date.map(|date| Stamp { at, date, is_signature: false, length }));
    }
    found.sort_by_key(|stamp| stamp.at);
    found
}

/// The day of the first dateline, with the year that brings it nearest to today: a guess.
pub fn guessed(lines: &[Line], today: Date) -> Option<Date> {
    let near = lines.iter().take(12).filter(|line| line.cells.is_empty() && may_hold(&line.text));
    let mention =
        near.filter_map(|line| dateline(&Sentence::new(&line.text.chars().take(200).collect::<String>()))).next()?.0;
    let Written::Day { month, day, .. } = mention.start else { return None };
    let years = (today.year() - 1..=today.year() + 1).filter_map(|year| Date::new(year, month, day).ok());
    years.min_by_key(|date| (*date - today).get_days().abs())
}

/// The year that a dateline tells in the brackets behind it.
fn bracketed_year(s: &Sentence, from: usize, to: usize) -> Option<Date> {
    let told = |mention: &&Mention| (from..to).contains(&mention.place.start);
    let mut years = s.mentions.iter().rev().filter(told).filter_map(|mention| match mention.start.year() {
        Some(Year::Told(year)) => Date::new(year, 12, 31).ok(),
        _ => None,
    });
    years.next()
}

fn may_hold(text: &str) -> bool {
    text.chars().take(200).any(|c| c.is_ascii_digit() || matches!(c, '〇' | '○' | '零' | '０'..='９'))
        || text.chars().take(60).any(|c| c == '年')
}

/// The day of a mention, its year perhaps from another.
fn day(mention: &Mention, known: Option<Date>) -> Option<Date> {
    match (mention.start, known) {
        (Written::Day { year: Year::Told(year), month, day }, _) => Date::new(year, month, day).ok(),
        (Written::Day { month, day, .. }, Some(known)) => {
            let date = Date::new(known.year(), month, day).ok()?;
            let days = (date - known).get_days();
            if days > 180 { Date::new(known.year() - 1, month, day).ok() } else { Some(date) }
        }
        (Written::DayAlone(day), Some(known)) => Date::new(known.year(), known.month(), day).ok(),
        _ => None,
    }
}

/// The head of a mail: `Date: Mon, 4 Mar 2024 10:12:00 +0800`.
fn is_mail_date(line: &str) -> bool {
    let Some(rest) = ["Date:", "Sent:"].iter().find_map(|label| line.strip_prefix(label)) else { return false };
    let Some((day, rest)) = rest.trim_start().split_once(',') else { return false };
    let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    day.len() <= 9 && days.iter().any(|name| day.starts_with(name)) && rest.contains(':')
}

/// A page's word in English on itself: `Last updated on 4 June 2013`.
pub fn is_furniture(line: &str) -> bool {
    let words = [
        "created",
        "last updated",
        "last modified",
        "updated on",
        "updated:",
        "posted on",
        "posted by",
        "published on",
        "written by",
    ];
    let line = line.trim_start();
    is_mail_date(line)
        || words.iter().any(|word| line.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word)))
}

/// `发布时间：2021-12-03　来源：本站　浏览次数：2018`, `（2020-09-16 来源：…）`, `本报记者 林溪 2023年11月7日`
fn byline(s: &Sentence, is_in_mail: bool) -> Option<Mention> {
    let (mention, others) = s.mentions.split_first()?;
    if is_furniture(&s.text.show(0..s.len().min(48))) {
        return Some(mention.clone());
    }
    let updated = |other: &Mention| {
        s.text.ending(other.place.start, &["更新:", "更新时间:", "更新日期:", "修改时间:", "修改:"]).is_some()
    };
    if mention.end.is_some() || !others.iter().all(updated) {
        return None;
    }
    let start = mention.place.start - usize::from(s.text.before(mention.place.start) == Some(' '));
    let before = 0..start;
    let after = mention.place.end..s.len();
    let is_labelled = s.text.ending(start, &LABELS).is_some_and(|start| {
        // `会议时间：` is no byline.
        start == 0 || s.text.before(start).is_none_or(|c| !super::script::is_han(c))
    });
    let has_furniture = s.text.holds(before.clone(), &FURNITURE) || s.text.holds(after.clone(), &FURNITURE);
    let is_plain_time = matches!(super::naming::unnumbered(&s.text.plain(before.clone())), "时间:" | "日期:");
    let is_plain_time = is_plain_time && !is_in_mail;
    let has_verb = s.cues.iter().any(|cue| cue.place.start >= mention.place.end);
    let is_bare_before =
        before.len() <= 24 && !s.text.holds(before.clone(), &["截止", "召开", "举行", "举办", "实施", "会议时间"]);
    ((is_labelled && !is_plain_time && !has_verb) || (has_furniture && is_bare_before && !has_verb))
        .then(|| mention.clone())
}

/// Whether the line stands in the head of a mail.
fn is_in_mail(lines: &[Line], at: usize) -> bool {
    let labels = [
        "发件人",
        "收件人",
        "寄件人",
        "寄件者",
        "收件者",
        "主题：",
        "主题:",
        "主旨",
        "From:",
        "To:",
        "Subject:",
        "抄送",
    ];
    let near = at.saturating_sub(2)..(at + 3).min(lines.len());
    let is_head = |line: &Line| labels.iter().any(|label| line.text.starts_with(label));
    at < 8 && lines.get(near).is_some_and(|near| near.iter().filter(|line| is_head(line)).count() > 1)
}

/// Whether the line above or below tells of a standard's other fields.
fn is_field(lines: &[Line], at: usize) -> bool {
    let fields = ["实施日期", "标准编号", "标准号", "标准名称", "实施时间", "標準編號", "實施日期"];
    let near = at.saturating_sub(3)..(at + 4).min(lines.len());
    let is_told = |line: &Line| fields.iter().any(|field| line.text.contains(field)) && width(&line.text) < 40;
    lines.get(near).is_some_and(|near| near.iter().any(is_told))
}

words! {
    BODIES =
        "局 会 委 部 厅 院 中心 公司 处 组 社 所 办公室 大学 学院 府 署 联盟 站 馆 银行 法院 集团 章) 秘书处"
}

/// A line that ends with a date and names nothing but who signs.
fn signature(lines: &[Line], at: usize, s: &Sentence) -> Option<Mention> {
    let [mention] = s.mentions.as_slice() else { return None };
    let is_day = matches!(mention.start, Written::Day { year: Year::Told(_), .. });
    let tail = s.text.plain(mention.place.end..s.len());
    // `二零二三年十二月十八日於財政局`
    let is_at_body =
        tail.strip_prefix('于').is_some_and(|at| width(at) <= 12 && BODIES.iter().any(|body| at.ends_with(body)));
    let is_last = is_at_body || matches!(tail.as_str(), "" | "。" | "印发" | "发布" | "发" | "印" | ")" | "公布");
    if mention.end.is_some() || mention.times.is_some() || !is_day || !is_last {
        return None;
    }
    let before = s.text.plain(0..mention.place.start);
    let before = before.trim_matches(|c: char| c.is_whitespace() || "(,:".contains(c));
    let is_signed = BODIES.iter().any(|body| before.ends_with(body))
        && width(before) <= 40
        && !before.contains([',', ':', '《', '。']);
    // `注册须知      2021.06.08`, the first line.
    let is_headline = at == 0
        && tail.is_empty()
        && lines.len() > 1
        && (4..=40).contains(&width(before))
        && (s.text.has_gap(mention.place.start) || s.text.before(mention.place.start) == Some(' '))
        && s.cues.is_empty()
        && !before.contains(['：', ':', '。', '，'])
        && s.noun_in(0..mention.place.start).is_none_or(|noun| noun.place.end < mention.place.start)
        && !s.text.holds(0..mention.place.start, &["截止", "时间", "日期"]);
    if is_headline {
        return Some(mention.clone());
    }
    // A date alone: below who signs, or below all.
    let above = at.checked_sub(1).and_then(|above| lines.get(above));
    let is_below_body = above.is_some_and(|above| {
        let text = super::script::Text::new(&above.text);
        text.len() <= 30 && text.ending(text.len(), &BODIES).is_some()
    });
    let next = lines.get(at + 1);
    let is_end = next.is_none_or(|next| {
        next.role == Role::Heading
            || next.text.starts_with("附件")
            || next.text.starts_with('（')
            || next.text.starts_with("联系")
    });
    // `完` ends what an office tells the press.
    let is_below_end = above.is_some_and(|above| matches!(above.text.trim(), "完" | "（完）" | "(完)" | "全文完"));
    let is_end = is_end || is_below_end;
    let is_top = at <= 2
        && above.is_some_and(|above| above.role == Role::Heading)
        && next.is_some_and(|next| width(&next.text) > 15);
    let has_more =
        next.is_some_and(|next| !next.cells.is_empty() || next.text.starts_with(|c: char| c.is_ascii_digit()));
    let is_alone = before.is_empty() && ((is_below_body || is_end || is_top) && !has_more || !tail.is_empty());
    (is_signed || is_alone).then(|| mention.clone())
}

fn is_below(lines: &[Line], at: usize, length: Option<usize>) -> bool {
    length.is_none()
        && at > 0
        && lines.get(at.saturating_sub(3)..at).is_some_and(|above| {
            above.iter().any(|line| line.role != Role::Heading && width(&line.text) > 12 || at > 3)
        })
}

/// `新华社北京9月16日电（记者 …）`, `济南，2022年6月14日（星期二）——`, `【本报讯】`: the date, and how far it goes.
fn dateline(s: &Sentence) -> Option<(Mention, usize)> {
    let mention = s.mentions.first().filter(|mention| mention.end.is_none() && mention.place.start <= 24)?;
    let before = s.text.plain(0..mention.place.start);
    let past = s.past_brackets(mention.place.end);
    let agencies = ["社", "网", "报", "电台", "讯", "报讯"];
    let is_agency = agencies.iter().any(|agency| before.contains(agency)) && !before.contains([',', ':', '《']);
    if let Some(end) = s.text.one_of(past, &["电", "讯", "消息"]).filter(|_| is_agency) {
        return Some((mention.clone(), s.past_brackets(end)));
    }
    let place = before.trim_end_matches([',', ' ']);
    let is_place = (2..=6).contains(&place.chars().count())
        && place.chars().all(super::script::is_han)
        && (before.ends_with(',') || s.text.has_gap(mention.place.start));
    let dash = s.text.one_of(past, &["--", "-"]).filter(|_| is_place || before.is_empty());
    dash.filter(|end| s.text.at(*end).is_some_and(super::script::is_han) && s.text.is(past, "--"))
        .map(|end| (mention.clone(), end))
}

/// The day on which the text about a line was written: told above it, else below.
pub fn written(stamps: &[Stamp], at: usize) -> Option<Date> {
    let above = stamps.iter().rev().find(|stamp| stamp.at <= at && !stamp.is_signature);
    let below = stamps.iter().find(|stamp| stamp.at >= at && stamp.is_signature);
    above.or(below).or_else(|| stamps.iter().find(|stamp| stamp.at >= at)).or(stamps.last()).map(|stamp| stamp.date)
}

#[cfg(test)]
mod tests {
    use super::super::lines::of_text;
    use super::*;

    #[test]
    fn a_text_tells_when_it_was_written() {
        for (text, expected) in [
            ("协会召开大会\n\n发布时间：2021-12-03　来源：本站　浏览次数：2018\n\n11月30日召开。", "2021-12-03"),
            ("新标准施行\n\n本报记者 林溪  2023年11月7日\n\n将于明年施行。", "2023-11-07"),
            (
                "关于会议的通知\n\n各单位：\n\n定于9月16日召开会议。\n\n全国标准化技术委员会\n2020年8月10日",
                "2020-08-10",
            ),
            ("定于9月16日召开会议。\n\n协会秘书处\n二〇二〇年八月十日", "2020-08-10"),
            ("定于9月16日召开会议。\n\n市监局 2020年8月10日", "2020-08-10"),
            ("济南，2022年6月14日（星期二）——审查会下周三召开。", "2022-06-14"),
            ("本办法自印发之日起施行。\n\n2022年2月8日印发", "2022-02-08"),
            ("（2020-09-16 来源：标准网）\n\n会议18日召开。", "2020-09-16"),
            ("2021.11.08 理事会换届会议\n2021/11/19 培训", ""),
            ("会议时间：2023年6月15日14:30\n会议地点：长沙", ""),
            ("标准编号：GB/T 1-2019\n发布日期：2019-10-25\n实施日期：2020-05-01", ""),
            ("时间：2023年6月15日\n地点：长沙", ""),
        ] {
            let lines = of_text(text);
            let found = stamps(&lines);
            assert_eq!(written(&found, 0).map_or(String::new(), |date| date.to_string()), expected, "{text}");
        }
    }
}
