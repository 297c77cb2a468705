//! Titles by the label that asks for the date.

use std::ops::Range;

use super::{Namer, act};
use crate::chinese::kind::is_plain_time;
use crate::chinese::naming::{document, tidy, unnumbered, width};
use crate::chinese::script::{Text, is_han};
use crate::event::Kind;

impl Namer<'_> {
    pub fn label(&self, label: Range<usize>) -> String {
        let kind = self.verdict.kind;
        let lead = self.s.text.show(label.clone());
        // `报名截止：第一期3月29日，第二期5月6日`
        let which = self.s.before(self.index);
        if kind == Kind::Deadline && self.s.text.is(which.start, "第") && which.len() <= 6 && label.end == which.end {
            let colon = self.s.text.find(0..which.start, &[":"]).map_or(0, |colon| colon.start);
            let asked = tidy(&self.s.text.show(0..colon));
            if width(&asked) > 1 {
                return self.deadline(&format!("{}{asked}", self.tidy(which)), false);
            }
        }
        let mut words = tidy(&lead);
        if words.is_empty() && kind.is_attended() {
            let label = self.s.text.show(label.start..self.start());
            words = unnumbered(&label).trim_matches(['：', ':', ' ', '【', '】']).to_owned();
        }
        if words.is_empty() {
            words = match kind {
                Kind::Deadline => "截止".to_owned(),
                _ => String::new(),
            };
        }
        // `考试时间：11月4日 9:00—11:30　检验专业法规`
        if let Some(told) = self.behind(&words).filter(|_| matches!(kind, Kind::Other)) {
            return told;
        }
        match kind {
            Kind::Deadline => {
                if let Some(was) =
                    self.verdict.was.and_then(|was| self.s.mentions.get(was)).filter(|_| width(&words) < 4)
                {
                    let done = act::act(self.s, was.place.end..self.start());
                    words = if done.is_empty() { words } else { done };
                }
                let whole = self.s.text.plain(label.start..self.past().max(label.start));
                self.deadline(&words, whole.contains("公示"))
            }
            Kind::EffectiveDate | Kind::Release => {
                let named = document(self.s, label.clone())
                    .or_else(|| (label.end < self.start()).then(|| document(self.s, 0..self.start())).flatten());
                let verb = self.verb_word(kind);
                // `公布结果：4月10日`: the label says what.
                let matter = words.replace(verb.as_str(), "");
                if width(&matter) >= 2
                    && words.contains(&verb)
                    && !["标准", "標準", "正式", "文件", "计划"].contains(&matter.as_str())
                    && !matter.contains(['《', '「'])
                    && named.is_none()
                {
                    return self.joined(&words);
                }
                match named.or_else(|| self.document()) {
                    Some(name) => format!("{name}{verb}"),
                    None => self.joined(&if words.contains(&verb) { words.clone() } else { format!("{words}{verb}") }),
                }
            }
            Kind::Meeting | Kind::Forum
                if self.verdict.was.is_some() && lead.trim().is_empty() || self.holds_date(&label) =>
            {
                // `原定于…召开的审定会时间延至…`
                let noun = self.s.noun_in(label.start..self.start()).or_else(|| self.s.noun_in(0..self.start()));
                noun.map(|noun| self.subject(noun.place.clone(), label.start.min(noun.place.start))).unwrap_or_default()
            }
            Kind::Meeting | Kind::Forum => {
                let plain = Text::new(&words);
                // `下期讲座：5月21日「标准入门」`
                let past = self.past() + usize::from(self.s.text.is(self.past(), ","));
                if width(&words) <= 6
                    && self.s.text.at(past).is_some_and(|c| "「《“".contains(c))
                    && let Some(close) = self.s.text.bracket(past)
                {
                    return format!("{words}{}", self.s.text.show(past..close));
                }
                // `【直播预告】3月14日19:30，…解读`
                if ["预告", "通知", "提醒", "公告", "邀请"]
                    .iter()
                    .any(|end| plain.ending(plain.len(), &[end]).is_some())
                    && width(&words) <= 6
                    && (self.s.text.led_by_mark(self.start()) || self.s.led_by(self.start(), &[":"]))
                {
                    let told = self.bare();
                    if width(&told) > 4 {
                        return told;
                    }
                }
                if let Some(end) = plain.ending(plain.len(), &["召开", "举办", "举行"]).filter(|end| *end > 0) {
                    words = tidy(&plain.show(0..end));
                }
                let own = self.s.noun_in(label.clone()).map(|noun| self.s.text.plain(noun.place)).unwrap_or_default();
                if ["初赛", "决赛", "复赛", "开幕式", "闭幕式", "答辩", "路演", "面试", "复试"].contains(&own.as_str())
                {
                    return self.joined(&words);
                }
                if words.starts_with('第') && width(&words) <= 5 {
                    return self.joined(&words);
                }
                // `审查` and `颁奖典礼` are parts of it, `会议时间` is its own.
                let is_part = [
                    "审查", "評審", "评审", "颁奖", "典礼", "典禮", "彩排", "答疑", "培训", "宣讲", "启动", "开营",
                    "闭营",
                ]
                .iter()
                .any(|part| words.contains(part))
                    && !self.around.event.contains(words.as_str());
                if is_part && width(&words) <= 6 && !self.around.event.is_empty() {
                    return self.joined(&words);
                }
                let known = (width(&words) <= 6 && !self.around.event.is_empty()).then(|| self.around.event.clone());
                // `会期：7月13日至14日，研讨会不收费`
                let told = || {
                    let noun = self.s.noun_in(self.past()..self.s.len()).filter(|_| is_plain_time(&words))?;
                    Some(self.subject(noun.place, self.past()))
                };
                let topic = || self.topic().filter(|_| is_plain_time(&words));
                self.event_name(&words).or(known).or_else(told).or_else(topic).unwrap_or(words)
            }
            // `查询系统：4月21日22:00起` below `系统维护通知`
            Kind::Other => {
                let topic = &self.around.topic;
                let upkeep = [
                    "停机维护",
                    "停机升级",
                    "系统升级",
                    "系统维护",
                    "升级维护",
                    "维护",
                    "升级",
                    "检修",
                    "割接",
                    "迁移",
                ];
                let of = upkeep.iter().find(|word| topic.contains(**word));
                let is_system =
                    ["系统", "平台", "网站", "服务", "系統", "平臺", "功能"].iter().any(|end| words.ends_with(end));
                match of.filter(|_| is_system) {
                    Some(word) => format!("{words}{}", word.trim_start_matches("系统")),
                    None => self.joined(&words),
                }
            }
        }
    }

    /// The name that stands behind a date whose label asks only for the time of something, with that.
    fn behind(&self, label: &str) -> Option<String> {
        let asked = label.trim_end_matches("时间").trim_end_matches("時間").trim_end_matches("日期");
        let past = self.past();
        let name = self.tidy(past..self.s.clause_end(past, self.right()));
        let is_name = self.s.text.has_gap(past)
            && (4..=30).contains(&width(&name))
            && name.chars().all(|c| is_han(c) || "（）()、".contains(c));
        let is_asked = (2..=4).contains(&width(asked));
        (is_name && is_asked).then(|| if name.contains(asked) { name.clone() } else { format!("{name}{asked}") })
    }

    /// The verb that a label such as 实施日期 is made with, as the text writes it.
    fn verb_word(&self, kind: Kind) -> String {
        let words: &[&str] = match kind {
            Kind::Release => &[
                "发布", "公布", "报批", "下达", "批准", "印发", "出版", "颁布", "上线", "发行", "刊出", "刊发", "上市",
                "开售",
            ],
            _ => &["停止执行", "实施", "施行", "生效", "执行", "启用", "废止", "试行", "适用"],
        };
        let from = self.verdict.was.and_then(|was| self.s.mentions.get(was)).map_or(self.s.left(self.index), |_| 0);
        let found = self.s.text.find(from..self.start(), words);
        found.map_or(words[usize::from(kind != Kind::Release)].to_owned(), |word| self.s.text.show(word))
    }
}
