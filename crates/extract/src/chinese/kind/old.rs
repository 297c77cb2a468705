//! Dates that are none of an event to come: history, what was put off, what will not be.

use super::labels::label_kind;
use super::{How, Judge};
use crate::chinese::cues::Sense;
use crate::event::Kind;

words! {
    /// What history is told with, behind a date.
    BACKGROUND =
        "成立 创立 创建 创办 创刊 更名 始建 建成 出生 逝世 获评 荣获 当选 就任 任职 研制 毕业 入选 获批 注册成立 \
        加入 同期 以来 首次发布 第一次修订 第二次修订"
}

words! {
    BACKGROUND_BEFORE =
        "成立于 创立于 创建于 创办于 创刊于 始建于 建于 生于 毕业于 起源于 始于 首次发布于 每年 每年的 每月 比 较 \
        同比 以 而非 而不是 并非 不是 逢 订立于 签订于 每逢 自从 下载日期: 更新时间: 最后更新: 更新日期: \
        修改时间: 打印时间: 下载时间: 更新于 上次更新 成立时间: 成立日期: 出生日期: 出生年月: 印刷日期: \
        签发日期: 访问日期: 收稿日期: 修回日期: 录用日期: 第一次修订为 第二次修订为 版本日期:"
}

words! {
    MOVES =
        "推迟 延期 延后 延迟 延长 顺延 调整 变更 更改 改期 提前 修改 更正 展期 改 移 延"
}

words! {
    /// What joins the verb of a move to the new date.
    MOVE_ENDS =
        "举行至 举办至 召开至 时间为 日期为 举行时间为 为 至 到 于 在 时间至 成 定于 期至"
}

/// With which an old document is pointed to.
const SOURCES: &[&str] = &["根据", "依据", "按照", "依照", "遵照", "参照", "按", "对", "自从", "依"];

impl Judge<'_> {
    pub fn is_moved_to(&self) -> bool {
        let s = self.sentence;
        let Some(end) = s.text.ending(self.start(), &MOVE_ENDS) else { return false };
        s.text.ending(end, &MOVES).is_some()
    }

    pub fn is_background(&self, past: usize) -> bool {
        let s = self.sentence;
        let start = self.start();
        if s.led_by(start, &BACKGROUND_BEFORE) {
            return true;
        }
        // `3月16日前生产的产品可继续销售`
        let made = [
            "前生产",
            "前出厂",
            "前制造",
            "前已",
            "前取得",
            "前获得",
            "前获证",
            "前办理",
            "前受理",
            "前申请的",
            "前签订",
            "前上市",
            "前进口",
            "前投入",
            "前购",
            "前注册的",
            "前颁发",
        ];
        // The day before a meeting, on which people arrive.
        let arrives = [
            "报到",
            "全天报到",
            "上午报到",
            "下午报到",
            "离会",
            "上午离会",
            "下午离会",
            "中午离会",
            "返程",
            "全天注册报到",
            "注册报到",
        ];
        if s.text.one_of(past, &made).or_else(|| s.text.one_of(past, &arrives)).is_some() {
            return true;
        }
        if s.text.one_of(past, &["邮戳", "为准"]).is_some() {
            return true;
        }
        if s.text.one_of(past, &["以后", "之后", "以来", "后生产", "后出厂"]).is_some() {
            return true;
        }
        let near = past..(past + 8).min(s.clause_end(past, self.right()));
        let is_ahead = s.led_by(start, &["将于", "拟于", "定于", "将在", "订于"]);
        if s.text.holds(near, &BACKGROUND) && !is_ahead {
            return true;
        }
        // `截至2023年12月31日，全国共…`; `报名截至3月15日` is a deadline.
        if let Some(at) = s.text.ending(start, &["截至", "截止", "截止到", "截至到", "截止至"])
            && s.text.before(at).is_none_or(|c| ",。;(".contains(c))
            && s.text.one_of(past, &["止", "前", "截止"]).is_none()
        {
            return true;
        }
        // `根据2020年3月15日发布的《…》`
        let clause = self.clause_start();
        let is_pointing = s
            .text
            .find(clause..start, SOURCES)
            .is_some_and(|word| word.start == clause || s.text.one_of(clause, SOURCES).is_some());
        let after =
            s.cue_after(past, self.right(), |cue| matches!(cue.sense, Sense::Release | Sense::Effective | Sense::Held));
        let is_of_old = after.is_some_and(|cue| s.text.is(cue.place.end, "的") && cue.place.start < past + 30);
        if is_of_old && is_pointing {
            return true;
        }
        let repeals = s.text.holds(past..s.len().min(past + 80), &["同时废止", "即行废止", "同时停止"]);
        if is_of_old && repeals && after.is_some_and(|cue| cue.sense != Sense::Held) {
            return true;
        }
        // `记者昨日从…获悉`
        s.text.one_of(past, &["从", "获悉", "了解到", "表示", "报道", "透露", "介绍", "电", "讯", "消息"]).is_some()
            || s.text
                .find(past..(past + 20).min(s.len()), &["获悉", "了解到"])
                .is_some_and(|word| s.clause_end(past, s.len()) >= word.end)
    }

    /// Whether the next date takes the place of this one.
    pub fn is_superseded(&self, index: usize) -> bool {
        let s = self.sentence;
        let Some(mention) = s.mentions.get(index) else { return false };
        let (start, end) = (mention.place.start, mention.place.end);
        let clause = s.clause_start(start, s.left(index));
        words! {
            OLD_WORDS =
                "原定 原计划 原拟 原订 原通知 原公告 原时间 原先 原截止 原报名 原于 原为 原会议 原会 原展期 原开会 \
                此前公布 此前确定"
        }
        let goes_on = || s.text.holds(end..s.len(), &["照常", "如期", "不变，", "时间不变", "按原计划"]);
        if s.text.find(clause..start, &OLD_WORDS).is_some_and(|word| {
            !s.text.is(word.start, "原则") && !s.text.is(word.start, "原产") && !s.text.is(word.start, "原料")
        }) && !goes_on()
        {
            return true;
        }
        let Some(next) = s.mentions.get(index + 1) else {
            return false;
        };
        // `由A调整为B`, `A推迟至B`, `A→B`
        let between = end..next.place.start;
        if matches!(s.text.plain(between.clone()).as_str(), "→" | "->" | "=>") {
            return true;
        }
        if between.len() > 40 || s.text.holds(between.clone(), &["。", ";"]) {
            return false;
        }
        // A comma parts two things that move, unless the first date is led to as the old one.
        let comma = s.text.find(between.clone(), &[","]);
        let is_one =
            comma.is_none() || s.led_by(start, &["由", "从"]) || s.text.holds(clause..start, &["由", "从", "原"]);
        let is_moved = is_one
            && s.text.ending(between.end, &MOVE_ENDS).is_some()
            && s.text.find(between.clone(), &MOVES).is_some_and(|word| {
                !s.text.is(word.start, "修改稿") && !s.text.is(word.start, "调整后") || word.start == between.start
            });
        let is_corrected = s.text.ending(between.end, &["应为", "更正为", "改为"]).is_some();
        is_moved || is_corrected
    }

    /// Whether what was to be on the day will not be.
    pub fn is_called_off(&self, past: usize) -> bool {
        let s = self.sentence;
        let rest = past..s.len().min(past + 80);
        words! {
            OFF_WORDS =
                "取消举办 取消举行 取消召开 不再举办 不再举行 不再召开 停办 暂停举办 暂停举行 暂缓 延期举办 延期举行 \
                延期召开 推迟举办 推迟举行 推迟召开 另行通知 无限期 因故取消 予以取消 将取消 决定取消 被取消 宣布取消 \
                不举行 暂停开放 取消。"
        }
        let Some(word) = s.text.find(rest, &OFF_WORDS) else {
            let ends_so = s.text.ending(s.len(), &["取消", "取消。"]).is_some();
            return ends_so && s.mentions.len() == self.index + 1;
        };
        // `6月（具体时间另行通知）`: it will be.
        let of_details = ["具体", "时间", "地点", "方式", "安排", "细节", "链接"];
        if s.text.is(word.start, "另行通知")
            && s.text.holds(word.start.saturating_sub(10).max(self.end())..word.start, &of_details)
        {
            return false;
        }
        // What comes after it may be the new date.
        let is_new = s.led_by(self.start(), &["改为", "至", "延期至", "推迟至"]) && !s.text.is(word.start, "取消");
        !is_new && s.mentions.get(self.index + 1).is_none_or(|next| next.place.start > word.end)
    }

    /// A new date with nothing behind it: the words before the old one tell what it is.
    pub fn by_replaced(&self) -> Option<(Kind, How)> {
        let s = self.sentence;
        let before = self.index.checked_sub(1)?;
        let clause = s.clause_start(s.mentions.get(before)?.place.start, 0)..self.start();
        let words = s.text.plain(clause.clone());
        // `比赛日期有变：3月18日→3月25日`
        let all = || label_kind(&s.text.plain(0..clause.start));
        let noun = || s.noun_in(0..self.start()).map(|noun| noun.kind);
        // `原定7月25日举行的标准实施座谈会改期至…`
        let held = s.cues.iter().find(|cue| {
            cue.sense == Sense::Held && clause.contains(&cue.place.start) && s.text.is(cue.place.end, "的")
        });
        if let Some(kind) = held.and_then(|_| noun()) {
            return Some((kind, How::Label(clause.start..s.lead_start(before).max(clause.start))));
        }
        let kind = label_kind(&words).or_else(noun).or_else(all)?;
        Some((kind, How::Label(clause.start..s.lead_start(before).max(clause.start))))
    }
}
