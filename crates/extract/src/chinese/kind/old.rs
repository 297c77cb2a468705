//! Dates that are none of an event to come: history, what was put off, what will not be.

use super::labels::label_kind;
use super::{How, Judge};
use crate::chinese::cues::Sense;
use crate::chinese::naming::is_source;
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
        if self.is_cited(past) || self.is_looked_back_on(past) {
            return true;
        }
        // `截至2023年12月31日，全国共…`; `报名截至3月15日` is a deadline.
        if let Some(at) = s.text.ending(start, &["截至", "截止", "截止到", "截至到", "截止至"])
            && s.text.before(at).is_none_or(|c| ",。;(".contains(c))
            && s.text.one_of(past, &["止", "前", "截止"]).is_none()
            // `点击链接报名，截止12月18日18:00`
            && !(s.text.is(at, "截止") && s.text.holds(0..at, &["报名", "投稿", "征集", "提交", "申报", "投票", "预约", "登记", "注册"]))
            // `补充议题请回复本邮件，截至5月6日18:00。`
            && !(s.text.holds(0..at, &["请", "欢迎", "报名", "投稿", "征集", "申报"])
                && s.clause_end(past, s.len()) == past
                && s.text.at(past).is_none_or(|c| c != ','))
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
        // `记者昨日从…获悉`; `9日10:30　从历书看节气` is a name.
        // `天文台今日公布，…`: what is news is told behind it.
        let is_of_writing = s.text.one_of(start, &["今日", "今天", "昨日", "昨天", "日前", "近日"]).is_some();
        let said = s.text.one_of(past, &["公布", "宣布", "发表声明", "公开表示", "发布消息", "发布声明", "发出公告"]);
        if is_of_writing
            && said.is_some_and(|end| s.text.at(end).is_none_or(|c| ",:".contains(c)) || s.text.is(end, "称"))
        {
            return true;
        }
        let is_from = s.text.is(past, "从")
            && !s.text.has_gap(past)
            && s.mentions.get(self.index).is_some_and(|mention| mention.times.is_none());
        is_from
            || s.text.one_of(past, &["获悉", "了解到", "表示", "报道", "透露", "介绍", "电", "讯", "消息"]).is_some()
            || s.text
                .find(past..(past + 20).min(s.len()), &["获悉", "了解到"])
                .is_some_and(|word| s.clause_end(past, s.len()) >= word.end)
    }

    /// Whether the date is that of a paper which is only pointed to: `100年7月22日署授食字第…號公告`.
    fn is_cited(&self, past: usize) -> bool {
        let s = self.sentence;
        let near = past..(past + 12).min(s.len());
        let number = s.text.find(near, &["字第", "字〔", "字[", "字("]);
        // `…字第…号令修正发布《…》` tells what was done then.
        let is_done =
            s.cue_after(past, self.right(), |cue| cue.sense == Sense::Release && !s.text.is(cue.place.end, "的"));
        number.is_some_and(|number| s.clause_end(past, s.len()) >= number.start) && is_done.is_none()
    }

    /// Whether it is told of what was: `第1期（2023/12/16）回顾`, `会议纪录（112/12/20）`, `第二次修订（…实施）`,
    /// `校务会议修正通过`.
    fn is_looked_back_on(&self, past: usize) -> bool {
        let s = self.sentence;
        words! {
            BEHIND = "精彩回顾 活动回顾 回顾 回放 实录 纪实 录像 纪要 会议纪要 会议记录 报道"
        }
        words! {
            BEFORE =
                "纪录 记录 纪要 录像 回放 回顾 首次修订 第一次修订 第二次修订 第三次修订 第四次修订 首次发布 第1次修订 第2次修订 第3次修订"
        }
        if let Some(bracket) = s.bracket_about(self.index) {
            // `依照《条例》（2019年3月1日施行）处理`
            if s.text.before(bracket.start) == Some('》') && is_source(s, bracket.start) {
                return true;
            }
            let behind = bracket.end + usize::from(s.text.is(bracket.end, ","));
            if s.text.ending(bracket.start, &BEFORE).is_some() || s.text.one_of(behind, &BEHIND).is_some() {
                return true;
            }
        }
        // `上届回顾：2023年3月22日`, `前次会议（6月11日）纪录`
        let clause = s.clause_start(self.start().saturating_sub(1), s.left(self.index));
        let last = ["上届", "往届", "历届", "上一届", "前次", "上次", "上一次"];
        let is_last = [clause, s.bracket_about(self.index).map_or(clause, |bracket| s.clause_start(bracket.start, 0))]
            .into_iter()
            .any(|clause| s.text.one_of(clause, &last).is_some());
        if is_last && !s.text.holds(past..s.len(), &["延", "改", "推迟", "调整"]) {
            return true;
        }
        // `1987年12月，发布本标准的前身《…》`
        if s.text.holds(past..s.clause_end(past + 1, self.right()).min(past + 60), &["的前身", "前身为", "前身是"])
        {
            return true;
        }
        // `2020年5月发布、2021年1月实施的原标准`
        let verb = s.cues.iter().find(|cue| cue.place.start >= past && cue.place.start <= past + 3);
        let is_pair = |of: &crate::chinese::cues::Cue| {
            let next =
                s.mentions.iter().find(|next| next.place.start >= of.place.end && next.place.start <= of.place.end + 2);
            let next = next.and_then(|next| {
                s.cues.iter().find(|cue| cue.place.start >= next.place.end && cue.place.start <= next.place.end + 3)
            });
            next.is_some_and(|cue| s.text.is(cue.place.end, "的"))
        };
        let is_behind_pair = || {
            let before = self.index.checked_sub(1).and_then(|before| s.mentions.get(before));
            let verb = before.and_then(|before| {
                s.cues.iter().find(|cue| cue.place.start >= before.place.end && cue.place.start <= before.place.end + 3)
            });
            verb.is_some_and(|verb| {
                verb.place.end <= self.start() && verb.place.end + 2 >= self.start() && is_pair(verb)
            })
        };
        if verb.is_some_and(is_pair) || is_behind_pair() {
            return true;
        }
        // Under what was adopted stands by whom and when.
        let passed = [
            "会议通过",
            "会议修正通过",
            "会议修订通过",
            "会议审议通过",
            "会议核定",
            "会议核备",
            "会议备查",
            "会修正通过",
        ];
        let end = s.len() - usize::from(s.text.ending(s.len(), &["。", ")"]).is_some());
        let is_line = s.text.plain(0..self.start()).chars().filter(|c| c.is_alphanumeric()).count() <= 2;
        is_line && end <= past + 24 && s.text.ending(end, &passed).is_some_and(|start| start >= past)
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
        let is_day = s.mentions.get(self.index).is_some_and(|mention| mention.start.is_day());
        if s.text.is(word.start, "另行通知") && !is_day {
            return false;
        }
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
        // `原定5月6日开始的扫测因大风推迟至5月13日`
        let thing = || {
            let old = s.mentions.get(before)?.place.end;
            let of = s.text.find(old..self.start().min(old + 12), &["的"])?.end;
            let ends = [
                "因", "由于", "受", "将", "改", "推迟", "延期", "延后", "顺延", "调整", "变更", "提前", "延至", "移",
                ",",
            ];
            let end = s.text.find(of..self.start(), &ends)?.start;
            ((of + 2)..=(of + 20)).contains(&end).then_some(of..end)
        };
        let Some(kind) = label_kind(&words).or_else(noun).or_else(all) else {
            return thing().map(|thing| (Kind::Other, How::Label(thing)));
        };
        Some((kind, How::Label(clause.start..s.lead_start(before).max(clause.start))))
    }
}
