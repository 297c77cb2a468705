//! The kind by what leads to a date and what stands right behind it: `前`, `起`, `截止时间为`.

use super::labels::{is_deadline_in_english, is_plain_time, label_kind};
use super::{How, Judge};
use crate::chinese::cues::{Cue, Sense};
use crate::chinese::naming;
use crate::chinese::script::is_han;
use crate::event::Kind;

impl Judge<'_> {
    /// `5月20日至5月31日为过渡期`: what the days are, told behind them.
    pub fn is_called(&self, past: usize) -> Option<(Kind, How)> {
        let s = self.sentence;
        let begin = s.text.one_of(past, &["为", "是"])?;
        let end = s.clause_end(begin, self.right());
        let phrase = s.text.plain(begin..end);
        let is_name = (2..=10).contains(&phrase.chars().count()) && phrase.chars().all(is_han);
        let is_time = [
            "过渡期",
            "公示期",
            "试运行期",
            "试用期",
            "宣传期",
            "征求意见期",
            "缓冲期",
            "宽限期",
            "整改期",
            "报名期",
            "投票期",
            "申报期",
        ];
        if !is_name || !is_time.iter().any(|time| phrase.ends_with(time)) {
            return None;
        }
        Some((
            label_kind(&phrase).filter(|kind| *kind == Kind::Deadline).unwrap_or(Kind::Other),
            How::Label(begin..end),
        ))
    }

    /// `作业时间：自5月10日起至6月30日止`: what lasts so long.
    pub fn lasts(&self) -> Option<(Kind, How)> {
        let s = self.sentence;
        let clause = s.before(self.index);
        let words = s.text.plain(clause.start..self.start());
        let is_span = s.mentions.get(self.index).is_some_and(|mention| mention.end.is_some());
        let is_named = words.contains("时间:") || words.contains("时段:") || words.contains("期限:");
        let is_work = label_kind(&words) == Some(Kind::Other) && !words.contains("截止");
        (is_span && is_named && is_work).then_some((Kind::Other, How::Label(clause)))
    }

    /// `at least until 2024-07-15`, in the midst of a Chinese sentence.
    pub fn is_until_in_english(&self) -> bool {
        let s = self.sentence;
        let leads =
            ["until", "till", "by", "before", "no later than", "due", "due on", "closes on", "ends on", "through"];
        let end = self.start() - usize::from(s.text.before(self.start()) == Some(' '));
        let start = leads.iter().filter_map(|lead| s.text.ending(end, &[lead])).min();
        start.is_some_and(|start| s.text.before(start).is_none_or(|c| !c.is_ascii_alphanumeric()))
    }

    /// The end of `前`, `止`, `之前截止` behind the date.
    pub fn until(&self, past: usize) -> Option<usize> {
        let text = &self.sentence.text;
        let past = text.one_of(past, &["或"]).unwrap_or(past);
        let words = [
            "下班之前",
            "下班前",
            "中午前",
            "晚间前",
            "当天前",
            "之前截止",
            "前截止",
            "之前",
            "以前",
            "前",
            "为止",
            "截止",
            "截至",
            "止",
            "结束",
        ];
        let end = text.one_of(past, &words)?;
        (text.one_of(past, &["前后", "前往", "前期", "前沿", "前来", "前夕", "止于", "前海", "前门", "前身"]).is_none())
            .then_some(end)
    }

    pub fn by_until(&self, until: usize) -> Option<(Kind, How)> {
        let s = self.sentence;
        let limit = s.clause_end(until, self.right());
        let clause = self.clause_start()..self.start();
        let is_asked = s.text.holds(clause.clone(), &["请", "须", "应", "务必", "需", "敬请", "可于", "可在"])
            || s.text.holds(
                until..limit,
                &[
                    "请", "须", "应", "务必", "反馈", "提交", "报名", "报送", "截止", "递交", "寄", "发送", "发至",
                    "回执", "申报", "注册", "缴", "交秘", "交至", "交到", "交回", "上交", "交给",
                ],
            );
        // `12月底前，各地报送实施方案`
        let further = s.clause_end(limit + 1, self.right()).min(limit + 30);
        let is_asked = is_asked
            || s.text.holds(
                limit.min(further)..further,
                &["报送", "提交", "反馈", "上报", "定稿", "交付", "填报", "请", "须", "务必"],
            )
            || s.text.holds(until..limit, &["定稿", "交付", "提供", "出具", "落实", "结题"])
            // `验证试验2月底前完成`
            || !clause.is_empty()
                && s.text
                    .find(until..limit.min(until + 6), &["完成", "建成", "竣工", "投产", "到位", "完工", "落成"])
                    .is_some_and(|done| done.end == limit);
        let verb =
            s.cue_after(until, limit, |cue| matches!(cue.sense, Sense::Release | Sense::Effective | Sense::Held));
        if let Some(cue) = verb.filter(|_| !is_asked) {
            let kind = match cue.sense {
                Sense::Release => Some(Kind::Release),
                Sense::Effective => Some(Kind::EffectiveDate),
                _ => self.held(cue.place.clone()).map(|(kind, _)| kind),
            };
            if let Some(kind) = kind {
                return Some((kind, How::Verb(cue.place.clone())));
            }
        }
        let is_day = s.mentions.get(self.index)?.start.is_day() && !s.led_by(until, &["以前"]);
        let is_due = is_asked || s.text.holds(clause, &["报名", "反馈", "提交", "截止", "征集", "征求", "申报"]);
        (is_day || is_due).then_some((Kind::Deadline, How::Until(until)))
    }

    pub fn by_since(&self, since: usize) -> Option<(Kind, How)> {
        let s = self.sentence;
        let limit = s.right(self.index);
        let near = since..limit.min(since + 60);
        // A verb before 的 only says which: `已获得型式批准的车型`.
        let is_verb = |cue: &Cue| !s.text.is(cue.place.end, "的");
        let cue = s.cue_after(since, limit, is_verb).filter(|cue| cue.place.start <= since + 60);
        let opens =
            ["报名", "申报", "受理", "注册", "征集", "预约", "预售", "登记", "接受", "投稿", "征求意见", "公示"];
        let clause_end = s.clause_end(since + usize::from(s.text.is(since, ",")), limit);
        let open = s.text.find(since..clause_end, &opens).filter(|word| {
            s.text.holds(since..word.end, &["开始", "启动", "开放", "受理", "接受", "开通"]) || word.start <= since + 2
        });
        // `成绩查询：1月10日起`, `征文时间：6月1日起，截稿时间为…`
        if s.led_by(self.start(), &[":"]) && (s.text.is(since, ",") || s.clause_end(since, limit) <= since + 1) {
            let clause = s.before(self.index);
            let kind = super::labels::label_kind(&s.text.plain(clause.clone())).filter(|kind| *kind != Kind::Deadline);
            if clause.len() >= 2 {
                return Some((kind.unwrap_or(Kind::Other), How::Label(clause)));
            }
        }
        if let Some(cue) = cue.filter(|cue| matches!(cue.sense, Sense::Effective)) {
            return Some((Kind::EffectiveDate, How::Verb(cue.place.clone())));
        }
        if open.is_some() {
            return Some((Kind::Other, How::Rule(since)));
        }
        match cue {
            Some(cue) if cue.sense == Sense::Held && self.held(cue.place.clone()).is_some() => {
                self.held(cue.place.clone()).map(|(kind, _)| (kind, How::Verb(cue.place.clone())))
            }
            Some(cue) if cue.sense == Sense::Release => Some((Kind::Release, How::Verb(cue.place.clone()))),
            Some(_) => Some((Kind::EffectiveDate, How::Rule(since))),
            None if s.led_by(self.start(), &["自", "从", "定于", "将于", "拟于"]) && !near.is_empty() => {
                Some((Kind::EffectiveDate, How::Rule(since)))
            }
            // `12月1日起，旧证书予以撤销`
            None => {
                let words = s.text.plain(s.clause_start(self.start(), 0)..self.start());
                let words = naming::unnumbered(&words);
                // `第二阶段 10月8日起，…`
                let is_stage = words.starts_with('第')
                    && words.chars().count() <= 5
                    && ["阶段", "步", "批", "期"].iter().any(|end| words.ends_with(end));
                let is_clause = (words.is_empty() || is_stage) && s.bracket_about(self.index).is_none();
                let begin = since + usize::from(s.text.is(since, ","));
                let says = s.clause_end(begin, limit) >= begin + 4
                    && s.text.at(begin).is_some_and(|c| is_han(c) || c.is_ascii_alphabetic() || "`《「“".contains(c));
                let is_day = s.mentions.get(self.index).is_some_and(|mention| mention.start.is_day());
                (is_clause && says && is_day).then_some((Kind::EffectiveDate, How::Rule(since)))
            }
        }
    }

    /// `开放日定在7月20日`, `首场培训安排在12月7日至8日`: what it is, stands before.
    pub fn is_set_for(&self) -> Option<(Kind, How)> {
        let s = self.sentence;
        let verbs = [
            "安排在",
            "安排于",
            "定在",
            "订在",
            "选在",
            "放在",
            "排在",
            "定为",
            "定于",
            "订于",
            "拟安排在",
            "暂定",
            "初定",
        ];
        let verb = verbs.iter().filter_map(|verb| s.text.ending(self.start(), &[verb])).min()?;
        let begin = s.clause_start(verb, s.left(self.index).min(verb));
        let end = s.text.ending(verb, &["时间", "日期", "拟", "将", "计划", "预计"]).unwrap_or(verb).max(begin);
        let is_day = s.mentions.get(self.index).is_some_and(|mention| mention.start.is_day());
        if !(2..=24).contains(&(end - begin)) || !is_day || !s.text.at(end - 1).is_some_and(is_han) {
            return None;
        }
        let noun = s.noun_in(begin..end).filter(|noun| noun.place.end == end);
        let kind = match noun {
            Some(noun) => noun.kind,
            None => label_kind(&s.text.plain(begin..end)).unwrap_or(Kind::Other),
        };
        Some((kind, How::Label(begin..end)))
    }

    /// The end of `自6月6日结算时起`, `从3月1日新班次起`: a moment of the day from which on it holds.
    pub fn since_moment(&self, past: usize) -> Option<usize> {
        let s = self.sentence;
        if !s.led_by(self.start(), &["自", "从"]) {
            return None;
        }
        let end = (past..past + 9).find(|at| s.text.is(*at, "起,"))?;
        (past..end).all(|at| s.text.at(at).is_some_and(is_han)).then_some(end + 1)
    }

    /// `报名截止时间为`, `会议时间：`, a column's head.
    pub fn by_label(&self) -> Option<(Kind, How)> {
        let s = self.sentence;
        let start = self.start();
        let lead = s.lead_start(self.index);
        let is_named = s.text.holds(lead..start, &[":", "为", "是", "时间", "日期"])
            || s.led_by(
                start,
                &[
                    ":",
                    "】",
                    "截至",
                    "截止",
                    "至",
                    "最迟",
                    "至迟",
                    "至迟于",
                    "不晚于",
                    "不迟于",
                    "不超过",
                    "不得晚于",
                    "定于",
                    "时间",
                    "日期",
                ],
            )
            || s.led_by(lead, &["】"]);
        let clause = s.clause_start(lead, s.left(self.index))..lead;
        // With `时间`, which leads to the date.
        let whole = clause.start..start;
        let words = s.text.plain(whole.clone());
        let past = s.past_brackets(self.end());
        let closes = s.text.one_of(past, &["截止", "止", "结束", "24:00截止"]).is_some();
        let is_deadline =
            ["截止", "截至", "最迟", "至迟", "不晚于", "不迟于", "截稿", "最后期限", "不得晚于", "不得迟于"]
                .iter()
                .any(|word| words.contains(word))
                || is_deadline_in_english(&words)
                || closes;
        if is_deadline && (is_named || closes || words.contains("截止")) && !words.contains("截止目前") {
            return Some((Kind::Deadline, How::Label(clause)));
        }
        if is_named && (clause.len() <= 24) && whole.len() > 1 {
            let bare = s.text.plain(clause.start..start);
            let bare = bare.trim_end_matches(['为', '是']).to_owned();
            // `就《…》征求意见，时间为…`
            let has_end = s.mentions.get(self.index).is_some_and(|mention| mention.end.is_some());
            let span = s.text.find(0..clause.start, &["征求意见", "公示", "征集", "报名", "申报"]).filter(|_| has_end);
            if let Some(span) = span.filter(|_| is_plain_time(naming::unnumbered(&bare))) {
                return Some((Kind::Deadline, How::Label(span)));
            }
            // `报名通道开放至11月8日`
            let lasts = [
                "开放", "受理", "接受", "持续", "延续", "报名", "填报", "征集", "公示", "有效", "销售", "使用", "保留",
                "支持", "维护", "续期", "续借",
            ];
            if s.led_by(start, &["至", "到"])
                && s.text.holds(clause.clone(), &lasts)
                && s.left(self.index) < clause.start.max(1)
            {
                return Some((Kind::Deadline, How::Label(clause)));
            }
            let kind = label_kind(&words)
                .or_else(|| is_plain_time(naming::unnumbered(&bare)).then_some(self.around.unwrap_or(Kind::Forum)));
            // `直播课安排：6月4日讲…`: what comes is a list.
            // Behind a comma stands where it is: `评审会暨颁奖：12月9日09:30，三楼会议室`.
            let is_with_place = s.mentions.len() == 1 && s.text.is(past, ",");
            // `颁奖：10月学术年会期间（银川）`
            let is_about = ["期间", "前后", "左右", "同期"].iter().any(|end| {
                let close = s.clause_end(past, s.right(self.index));
                let open = s.text.find(past..close, &["("]).map_or(close, |open| open.start);
                s.text.ending(open, &[end]).is_some_and(|at| at >= past)
            });
            let is_list = s.led_by(start, &[":"])
                && !is_with_place
                && !is_about
                && !s.text.has_gap(past)
                && !["时间", "日期", "截", "期"].iter().any(|word| words.contains(word))
                && s.text.at(past + usize::from(s.text.is(past, ","))).is_some_and(|c| is_han(c) || c == '《');
            let is_label = !is_list && s.text.holds(lead..start, &[":", "时间", "日期", "期为", "期限"])
                || s.led_by(lead, &["】"])
                || words.contains("时间")
                || words.contains("日期")
                || words.ends_with("期")
                || words.contains("有效期");
            // `中选公示：6月26日`: shown from then on.
            let is_shown = words.trim_end_matches([':', ' ']).ends_with("公示") && !has_end;
            let kind = if is_shown && kind == Some(Kind::Deadline) { Some(Kind::Other) } else { kind };
            let is_due = kind == Some(Kind::Deadline) && s.led_by(start, &["至", "到"]);
            let is_label = (is_label || is_due) && !is_list;
            if let Some(kind) = kind.filter(|_| is_label) {
                let verb = (kind == Kind::Meeting || kind == Kind::Forum).then(|| self.by_verb(past)).flatten();
                return verb.filter(|(_, how)| matches!(how, How::Verb(_))).or(Some((kind, How::Label(clause))));
            }
        }
        // A range in which something may be handed in.
        let has_end = s.mentions.get(self.index).is_some_and(|mention| mention.end.is_some());
        words! {
            SPANS_WORDS =
                "公示期 公示时间 征求意见 征集 报名时间 申报时间 投票 咨询期 公示 接受报名 报名 提前注册 早鸟注册 优惠注册 网上注册 在线注册 会议注册"
        }
        let after = past..s.clause_end(past, self.right()).min(past + 20);
        if has_end || self.is_end_only() {
            let is_held = s
                .cue_after(past, self.right(), |cue| cue.sense == Sense::Held && cue.place.start <= past + 25)
                .is_some();
            let word = s
                .text
                .find(clause.clone(), &SPANS_WORDS)
                .map(|_| How::Label(clause.clone()))
                .or_else(|| s.text.find(after, &SPANS_WORDS).map(|_| How::Until(past)));
            let wide = s
                .text
                .find(past..s.len().min(past + 40), &["征集", "征求", "接受", "受理", "报名", "申报", "公示"])
                .map(|_| How::Until(past));
            let is_only_end = self.is_end_only();
            if let Some(how) = word.filter(|_| !is_held).or(wide.filter(|_| is_only_end)) {
                return Some((Kind::Deadline, how));
            }
        }
        if !self.label.is_empty() && (start <= 3 || is_named) && clause.is_empty() {
            let kind =
                label_kind(self.label).or(is_plain_time(self.label).then_some(self.around.unwrap_or(Kind::Forum)))?;
            return Some((kind, How::Label(clause)));
        }
        None
    }
}
