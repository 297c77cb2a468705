//! Lines that say what a line above or below is about: heads of sections over `时间：…`, and times below their day.

use super::{Reader, may_hold_date};
use crate::chinese::clock::times;
use crate::chinese::fields::{Field, field};
use crate::chinese::kind::is_plain_time;
use crate::chinese::naming::unnumbered;
use crate::chinese::script::{Text, is_han};
use crate::chinese::sentence::Sentence;
use crate::event::{Kind, Point, When};

words! {
    /// What a section may be about whose time a label below it tells.
    ACTS =
        "开启 获取 领取 购买 发售 报名 提交 递交 投标 开标 踏勘 答疑 公示 缴费 缴纳 打印 考试 笔试 面试 体检 确认 审核 审查 评审 初评 \
        终评 抽签 投票 申报 受理 登记 报到 注册 颁奖 决赛 初赛 复赛 开幕 闭幕 选拔 签约 考察 参观 征集 征文 投稿 评选 展示 路演 \
        彩排 培训 讲座 论坛 展览 演出 比赛 预约 兑换 发放 补考"
}

impl Reader<'_> {
    /// `三、获取招标文件`, over a label that asks for the time of it.
    pub fn section_head(&mut self, at: usize) -> bool {
        let Some(line) = self.lines.get(at) else { return false };
        let bare = unnumbered(&line.text);
        if bare == line.text.trim_start() {
            return false;
        }
        // Another one ends it.
        let is_below = Text::new(bare).find(0..8, &[":"]).is_some();
        if !is_below {
            self.section.clear();
        }
        let text = Text::new(bare);
        let is_head = (2..=20).contains(&text.len())
            && (0..text.len()).all(|at| text.at(at).is_some_and(|c| is_han(c) || "、()".contains(c)))
            && text
                .ending(text.len(), &["时间", "地点", "日期", "要求", "事项", "安排", "条件", "方式", "对象", "内容"])
                .is_none();
        is_head && text.holds(0..text.len(), &ACTS) && !may_hold_date(bare)
    }

    /// `时间：3月7日` with what the section's head asks for in it.
    pub fn of_section(&self, text: &str) -> Option<String> {
        if self.section.is_empty() {
            return None;
        }
        let bare = unnumbered(text);
        let (label, rest) = bare.split_once(['：', ':'])?;
        let label: String = label.chars().filter(|c| !c.is_whitespace()).collect();
        let is_plain =
            is_plain_time(&label) || matches!(label.as_str(), "起止日期" | "截止时间" | "截止日期" | "开始时间");
        is_plain.then(|| format!("{}{label}：{rest}", self.section))
    }

    /// Whether the next line begins with a date.
    pub fn is_over_date(&self, at: usize) -> bool {
        let Some(next) = self.lines.get(at + 1).filter(|next| next.cells.is_empty()) else { return false };
        let bare = unnumbered(&next.text);
        let head: String = bare.chars().take(40).collect();
        bare.starts_with(|c: char| c.is_ascii_digit())
            && Sentence::new(&head).mentions.first().is_some_and(|mention| mention.place.start == 0)
    }

    /// Whether the label that stands alone asks for a place, and for nothing else.
    pub fn asks_for_place(&self) -> bool {
        let is_of_time = ["时间", "時間", "日期"].iter().any(|word| self.label.contains(word));
        field(&self.label) == Field::Place && !is_of_time
    }

    /// `2023年11月23日9时` below `提交投标文件截止时间`, which asks for it.
    pub fn of_label(&self, text: &str) -> Option<String> {
        let bare = unnumbered(text);
        let is_asked = !self.label.is_empty()
            && !is_plain_time(&self.label)
            && !self.asks_for_place()
            && !self.label.contains("重要")
            && !self.label.contains("关键");
        let head: String = bare.chars().take(40).collect();
        let is_dated = bare.starts_with(|c: char| c.is_ascii_digit())
            && Sentence::new(&head).mentions.first().is_some_and(|mention| mention.place.start == 0);
        (is_asked && is_dated).then(|| format!("{}：{bare}", self.label))
    }

    /// A time without a day is that of what was just told: `时间：19:00-21:00` below `读书会（6/8）`.
    pub fn time_alone(&mut self, at: usize) -> bool {
        let Some(line) = self.lines.get(at).filter(|line| line.cells.is_empty() && line.text.len() < 120) else {
            return false;
        };
        if !line.text.contains(['：', ':', '∶', '﹕', '】']) {
            return false;
        }
        let text = Text::new(unnumbered(&line.text));
        let Some(colon) = text.find(0..text.len().min(8), &[":"]).filter(|colon| colon.start >= 2) else {
            return false;
        };
        let label = text.plain(0..colon.start);
        if !is_plain_time(&label) && !label.ends_with("时间") {
            return false;
        }
        let Some((told, next)) = times(&text, colon.end).filter(|(told, _)| told.start.is_some()) else { return false };
        // `18:30–20:00 (registration from 18:00)`
        let next = next + usize::from(text.at(next) == Some(' '));
        let past = text.bracket(next).filter(|_| text.at(next) == Some('(')).unwrap_or(next);
        if past + 1 < text.len() {
            return false;
        }
        // Of the lines right above, without a gap.
        let mut first = at;
        while first > 0 && at - first < 4 && self.lines[first - 1].number + 1 >= self.lines[first].number.max(1) {
            first -= 1;
        }
        let (from, to) = (self.lines[first].number, line.number);
        let mut is_any = false;
        for event in self.events.iter_mut().rev().take_while(|event| event.line >= from && event.line <= to) {
            let is_whole_day = event.when.end.is_none() && (event.kind.is_attended() || event.kind == Kind::Other);
            if let (Point::Day(day), true, Some(start)) = (event.when.start, is_whole_day, told.start) {
                let start = Point::Minute(day.to_datetime(start));
                event.when = When { start, end: told.end_from(day).map(Point::Minute) };
                is_any = true;
            }
        }
        is_any
    }
}
