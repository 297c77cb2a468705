//! The titles of deadlines: what is due, and for what.

use super::Namer;
use super::act::{act, is_addressee};
use crate::chinese::cues::{Cue, Sense};
use crate::chinese::kind::is_deadline_in_english;
use crate::chinese::naming::{LONGEST, is_pronoun, tidy, width};
use crate::chinese::script::{Text, is_han};

impl Namer<'_> {
    /// `报名` + `截止`, with what it is for.
    pub fn deadline(&self, words: &str, is_span: bool) -> String {
        // `文稿提交截止 (contribution deadline)`
        let words = match words.rfind(['(', '（']) {
            Some(open) if open > 0 && words.is_char_boundary(open) && !words[open..].chars().any(is_han) => {
                words[..open].trim_end()
            }
            _ => words,
        };
        let words =
            words.trim_end_matches("日期").trim_end_matches("时间").trim_end_matches("時間").replace("截止日", "截止");
        // `原订于…截止的咨询期，现延长至…`
        let words = words.trim_start_matches("截止的");
        let text = Text::new(words);
        let ends = text.ending(text.len(), &["截止", "截稿", "期满", "届满", "到期"]);
        let core = ends.map_or_else(|| words.to_owned(), |start| tidy(&text.show(0..start)));
        // A label in English says no more than 截止.
        let core = if is_deadline_in_english(&core) && !core.chars().any(is_han) { String::new() } else { core };
        if core.is_empty() && width(words) > 1 && !matches!(words, "截止" | "截至") && !is_deadline_in_english(words)
        {
            return self.joined(words);
        }
        let core = match core.as_str() {
            // `下期截稿`
            "下期" | "本期" | "上期" | "首期" | "当期" | "各期" | "每期" => return self.joined(words),
            "" => String::new(),
            core if ["过渡期", "過渡期", "宽限期", "寬限期", "缓冲期", "緩衝期"]
                .iter()
                .any(|end| core.ends_with(end)) =>
            {
                core.to_owned()
            }
            core => {
                let core = core.trim_end_matches(['为', '為']);
                let core =
                    ["期间", "期間", "时段", "時段"].iter().find_map(|end| core.strip_suffix(end)).unwrap_or(core);
                // `报名期` is the time of it; `续期`, `任期` are words of their own.
                let is_time_of =
                    core.chars().rev().nth(1).is_some_and(|c| "示集询詢名稿见見票购購报報费費理".contains(c));
                // `意见收至12月8日止`
                let core = match core.strip_suffix('收') {
                    Some(rest) if rest.ends_with(['见', '見', '件', '稿']) => rest,
                    _ => core,
                };
                core.strip_suffix('期').filter(|_| is_time_of).unwrap_or(core).to_owned()
            }
        };
        let what = match () {
            () if is_span && core.ends_with("公示") => return self.published(&core),
            () if core.is_empty() => return self.closing(),
            // `投标截止及开标`
            () if core.contains("截止") => core,
            () if core.ends_with("有效") => format!("{core}期届满"),
            () => format!("{core}截止"),
        };
        let has_name = what.contains(['《', '「']) || width(&what) > 14;
        if has_name { what } else { self.joined(&what) }
    }

    /// Of a label that says only that something ends: of what, the heading or the clause before tells.
    fn closing(&self) -> String {
        words! {
            DUTIES =
                "征集 收集 征稿 征文 报名 申报 投稿 征求意见 注册 登记 申请 投票 招募 招标 报价 预约 缴费"
        }
        let topic = Text::new(&self.around.topic);
        if topic.ending(topic.len(), &DUTIES).is_some() && width(&self.around.topic) + 2 <= LONGEST {
            return format!("{}截止", self.around.topic);
        }
        // `82/2231/CDV正在投票，closing date为…`
        let start = self.s.clause_start(self.start(), self.s.left(self.index));
        let duty =
            (self.s.left(self.index)..start).rev().find_map(|at| self.s.text.one_of(at, &DUTIES).map(|end| at..end));
        if let Some(duty) = duty {
            let begin = self.s.clause_start(duty.start, self.s.left(self.index));
            let words = self.tidy(begin..duty.end);
            if width(&words) <= 24 {
                return format!("{words}截止");
            }
            return self.joined(&format!("{}截止", self.s.text.show(duty)));
        }
        // `设6个月过渡期，至5月31日止`
        let end = start.saturating_sub(1).max(self.s.left(self.index));
        let begin = self.s.clause_start(end, self.s.left(self.index).min(end));
        let is_span = self.s.text.ending(end, &["期"]).is_some_and(|at| at > begin + 1);
        if is_span {
            let number = (begin..end).rev().find(|at| self.s.text.at(*at).is_some_and(|c| "月年日天周个".contains(c)));
            let words = self.tidy(number.map_or(begin, |number| number + 1)..end);
            if (2..=10).contains(&width(&words)) {
                return self.deadline(&words, false);
            }
        }
        // `补充议题请回复本邮件，截至5月6日18:00`
        let ask = self.s.text.find(begin..end, &["请", "可"]).map(|ask| self.tidy(begin..ask.start));
        match ask.filter(|thing| (2..=12).contains(&width(thing)) && !is_addressee(&Text::new(thing))) {
            Some(thing) => self.joined(&format!("{thing}截止")),
            None => self.joined("截止"),
        }
    }

    /// `对第二批团体标准进行公示，公示时间为…`
    pub fn published(&self, core: &str) -> String {
        let text = &self.s.text;
        let shown = text.find(0..self.start(), &["进行公示", "予以公示", "公示如下"]);
        let thing = shown.and_then(|shown| {
            let from = self.s.clause_start(shown.start, 0);
            let begin = text.find(from..shown.start, &["对", "将"])?.end;
            Some(self.tidy(begin..shown.start)).filter(|thing| (2..=30).contains(&width(thing)))
        });
        match thing {
            Some(thing) if width(core) <= 3 => format!("{thing}{core}"),
            _ if core.contains(['《', '「']) => core.to_owned(),
            _ => self.joined(core),
        }
    }

    pub fn until(&self, from: usize) -> String {
        let before = self.before();
        // `汇报材料请于会前3日（即11月3日）提交`
        let asks = self.s.text.find(
            before.clone(),
            &["请于", "请在", "得于", "得在", "应于", "应在", "须于", "须在", "务必于", "务必在", "需于"],
        );
        let before = asks.map_or(before.clone(), |asks| before.start..asks.start);
        let before_words = self.tidy(before.clone());
        let is_span =
            ["征集期", "咨询期", "征求意见期"].iter().any(|span| self.s.text.plain(before.clone()).contains(span));
        if is_span {
            return self.deadline(before_words.trim_end_matches('期'), false);
        }
        // `7月31日，论文摘要接收截止`: between the date and the verb.
        let verb = self.s.cues.iter().find(|cue| cue.place.start > self.past() + 1 && (cue.place.end == from));
        if let Some(verb) = verb.filter(|_| before.is_empty()) {
            let words = self.tidy(self.past()..verb.place.start);
            let words = words.trim_start_matches(['为', '為', '是']);
            // `10月18日24:00系统关闭`
            if width(words) > 1 && self.s.text.is(verb.place.start, "关闭") {
                return self.joined(&format!("{words}{}", self.s.text.show(verb.place.clone())));
            }
            if width(words) > 1 {
                return self.deadline(words, false);
            }
        }
        let begin = from + usize::from(self.s.text.at(from) == Some(','));
        let end = self.s.clause_end(begin, self.right());
        if let Some(span) = self.s.text.find(before.clone(), &["公示"]) {
            return self.deadline(&self.tidy(before.start..span.end), true);
        }
        let after = match end > begin {
            true => act(self.s, begin..end),
            false => String::new(),
        };
        let has_matter = |words: &str| {
            let text = Text::new(words);
            // `考核结果报研究生院：12月13日前`: a label says what, not who.
            let is_label = self.s.led_by(self.start(), &[":"]) && text.len() >= 6;
            width(words) >= 2 && !is_pronoun(words) && text.len() <= 24 && (is_label || !is_addressee(&text))
        };
        // `10月15日启动DIS投票，12月15日截止`
        let opened = || {
            let is_opening = |cue: &&Cue| cue.sense == Sense::Opens && cue.place.end < self.start();
            let cue = self.s.cues.iter().rev().find(is_opening)?;
            let words = self.tidy(cue.place.end..self.s.clause_end(cue.place.end, self.start()));
            (2..=12).contains(&width(&words)).then_some(words)
        };
        if before_words.is_empty()
            && self.index > 0
            && self.s.clause_end(from, self.s.len()) <= from + 1
            && let Some(words) = opened()
        {
            return self.deadline(&words, false);
        }
        let of_before =
            || (0..self.index).rev().find_map(|before| self.name(self.s.before(before))).unwrap_or_default();
        let wanted = self
            .wanted(before.start, &before_words)
            .filter(|wanted| !wanted.contains(after.as_str()) || after.is_empty());
        let what = match (has_matter(&before_words), after.as_str()) {
            (false, "") if wanted.is_some() => wanted.unwrap_or_default(),
            (false, "报名" | "報名") if wanted.is_some() => format!("{}{after}", wanted.unwrap_or_default()),
            (false, "") if before_words.is_empty() && self.wide_act(end).is_none() => of_before(),
            (true, "") => before_words,
            (true, "完成") => before_words,
            // `草案意见请在1月6日前提交`
            (true, act) if width(act) <= 4 && !before_words.contains(act) => {
                // `会议材料` + `材料上传`
                let rest = (1..act.chars().count()).rev().find_map(|length| {
                    let (head, rest) = act.split_at(act.char_indices().nth(length)?.0);
                    before_words.ends_with(head).then_some(rest)
                });
                format!("{before_words}{}", rest.unwrap_or(act))
            }
            (_, "") => match self.wide_act(end) {
                Some(act) => act,
                None if is_addressee(&Text::new(&before_words)) => self.tidy(begin..end.min(begin + 16)),
                None => before_words,
            },
            (_, act) => act.to_owned(),
        };
        self.deadline(&what, false)
    }

    /// What those want who are asked: `需退费的学员请于…告知`, `旁听会议的，请于…报名`.
    fn wanted(&self, begin: usize, who: &str) -> Option<String> {
        words! {
            WANTS = "有意愿 有意 需要 如需 需 拟 欲 申请"
        }
        let is_name = |words: &String| (2..=12).contains(&width(words));
        let text = &self.s.text;
        if !who.is_empty() {
            let want = text.one_of(begin, &WANTS)?;
            let of = text.find(want..self.start(), &["的"])?;
            return Some(self.tidy(want..of.start)).filter(is_name);
        }
        let comma = begin.checked_sub(2).filter(|at| text.is(*at, "的,"))?;
        let start = self.s.clause_start(comma, self.s.left(self.index).min(comma));
        Some(self.tidy(text.one_of(start, &WANTS).unwrap_or(start)..comma)).filter(is_name)
    }

    /// What must be done, told one clause further: `请于5月1日前，将回执发至…`, `即日起至11月30日，协会征集…`.
    pub fn wide_act(&self, at: usize) -> Option<String> {
        let mut begin = at;
        for _ in 0..2 {
            let from = begin + 1;
            let end = self.s.clause_end(from, self.right());
            let act = act(self.s, from..end);
            if !act.is_empty() {
                return Some(act);
            }
            begin = end;
        }
        None
    }
}
