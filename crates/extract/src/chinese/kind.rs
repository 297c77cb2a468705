//! What a date is the date of, if of an event at all.

use std::ops::Range;

use super::cues::Sense;
use super::dates::{Written, Year};
use super::sentence::Sentence;
use crate::event::Kind;

/// How a date is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum How {
    /// By a verb, at this place.
    Verb(Range<usize>),
    /// An order or a ban, in the words from here on.
    Rule(usize),
    /// Something must be done before it: `前`, `止`. What, stands from here on or before the date.
    Until(usize),
    /// By the words before it: `报名截止时间为`, `会议时间：`.
    Label(Range<usize>),
    /// By a noun beside it alone.
    Noun(Range<usize>),
    /// By nothing.
    Bare,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tense {
    Past,
    Ahead,
    Unknown,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    pub kind: Kind,
    pub how: How,
    pub tense: Tense,
    /// The date that this one takes the place of.
    pub was: Option<usize>,
    /// Of what is written as a range only the end counts: `即日起至`.
    pub is_end_only: bool,
}

/// What history is told with, behind a date.
const BACKGROUND: &[&str] = &[
    "成立",
    "创立",
    "创建",
    "创办",
    "创刊",
    "更名",
    "始建",
    "建成",
    "出生",
    "逝世",
    "获评",
    "荣获",
    "当选",
    "就任",
    "任职",
    "研制",
    "毕业",
    "入选",
    "获批",
    "注册成立",
    "加入",
    "同期",
    "以来",
    "首次发布",
    "第一次修订",
    "第二次修订",
];

const BACKGROUND_BEFORE: &[&str] = &[
    "成立于",
    "创立于",
    "创建于",
    "创办于",
    "创刊于",
    "始建于",
    "建于",
    "生于",
    "毕业于",
    "起源于",
    "始于",
    "首次发布于",
    "每年",
    "每年的",
    "每月",
    "比",
    "较",
    "同比",
    "以",
    "而非",
    "而不是",
    "并非",
    "不是",
    "逢",
    "订立于",
    "签订于",
    "每逢",
    "自从",
    "下载日期:",
    "更新时间:",
    "最后更新:",
    "更新日期:",
    "修改时间:",
    "打印时间:",
    "下载时间:",
    "更新于",
    "上次更新",
    "成立时间:",
    "成立日期:",
    "出生日期:",
    "出生年月:",
    "印刷日期:",
    "签发日期:",
    "访问日期:",
    "收稿日期:",
    "修回日期:",
    "录用日期:",
    "第一次修订为",
    "第二次修订为",
    "版本日期:",
];

/// With which an old document is pointed to.
const SOURCES: &[&str] = &["根据", "依据", "按照", "依照", "遵照", "参照", "按", "对", "自从", "依"];

const MOVES: &[&str] = &[
    "推迟", "延期", "延后", "延迟", "延长", "顺延", "调整", "变更", "更改", "改期", "提前", "修改", "更正", "展期",
    "改", "移",
];

/// What joins the verb of a move to the new date.
const MOVE_ENDS: &[&str] = &[
    "举行至",
    "举办至",
    "召开至",
    "时间为",
    "日期为",
    "举行时间为",
    "为",
    "至",
    "到",
    "于",
    "在",
    "时间至",
    "成",
    "定于",
    "期至",
];

const DEADLINE_WORDS: &[&str] = &[
    "截止",
    "截稿",
    "截至",
    "最迟",
    "最晚",
    "期限",
    "反馈",
    "征求意见",
    "征集",
    "报名",
    "申报",
    "提交",
    "投稿",
    "公示",
    "缴费",
    "咨询期",
    "交稿",
    "报送",
    "回执",
    "递交",
    "申请",
    "注册",
    "征文",
    "收稿",
    "意见",
    "投票",
    "预订",
    "订房",
    "逾期",
    "止付",
    "有效期",
    "报价",
    "投标",
    "受理",
];

const RELEASE_WORDS: &[&str] =
    &["发布", "公布", "批准", "印发", "发行", "出版", "颁布", "上线", "出台", "签发", "揭晓"];

const EFFECTIVE_WORDS: &[&str] = &["实施", "施行", "生效", "执行", "启用", "废止", "适用", "停用", "过渡期", "试行"];

const OTHER_WORDS: &[&str] = &[
    "报到",
    "布展",
    "撤展",
    "录用",
    "答辩",
    "入场",
    "签到",
    "彩排",
    "抵达",
    "离会",
    "公告",
    "通知",
    "起草",
    "立项",
    "评审结果",
    "名单",
    "开放",
];

/// What cannot be an event's date.
const NO_EVENT: &[&str] = &[
    "更新",
    "修改",
    "打印",
    "下载",
    "浏览",
    "成立",
    "出生",
    "建立",
    "签到时间",
    "服务时间",
    "办公时间",
    "营业时间",
    "工作时间",
    "联系",
    "编制日期",
    "制表",
];

/// The kind that a label, a column's head or the like tells of.
pub fn label_kind(label: &str) -> Option<Kind> {
    let has = |words: &[&str]| words.iter().any(|word| label.contains(word));
    let noun = || {
        let text = super::script::Text::new(label);
        let label = text.plain(0..text.len());
        let trimmed = label.trim_end_matches(['时', '间', '日', '期', '为', ':']);
        let text = super::script::Text::new(trimmed);
        super::nouns::last_in(&super::nouns::nouns(&text), &(0..text.len())).map(|noun| noun.kind)
    };
    match () {
        () if has(NO_EVENT) => None,
        () if has(&["截止", "截稿", "截至", "最迟", "最晚"]) => Some(Kind::Deadline),
        () if has(EFFECTIVE_WORDS) => Some(Kind::EffectiveDate),
        () if has(RELEASE_WORDS) && !has(&["录用", "发布会"]) => Some(Kind::Release),
        () if has(OTHER_WORDS) => Some(Kind::Other),
        () if has(DEADLINE_WORDS) => Some(Kind::Deadline),
        () => noun().or_else(|| {
            has(&["会议", "开会", "召开", "审查", "听证", "座谈", "评审"]).then_some(Kind::Meeting).or(has(&[
                "培训", "活动", "论坛", "展", "举办", "举行", "开课", "讲座", "比赛", "开幕", "演讲", "授课", "开班",
                "上课", "直播", "开赛", "演出", "展期",
            ])
            .then_some(Kind::Forum))
        }),
    }
}

/// Whether a label asks for when something takes place, which it does not name.
pub fn is_plain_time(label: &str) -> bool {
    let bare = label.trim_matches(|c: char| !c.is_alphanumeric());
    matches!(
        bare,
        "时间"
            | "日期"
            | "時間"
            | "日期时间"
            | "时间地点"
            | "时间与地点"
            | "时间和地点"
            | "时间及地点"
            | "起止时间"
            | "具体时间"
            | "日程"
            | "Date"
            | "Time"
            | "日期和时间"
    )
}

/// What the date of a sentence is the date of. `label` stands before the sentence: a column's head, a line of its own.
pub fn judge(sentence: &Sentence, index: usize, label: &str, around: Option<Kind>) -> Option<Verdict> {
    let judge = Judge { sentence, index, label, around };
    let verdict = judge.verdict()?;
    let is_exact = sentence.mentions.get(index)?.start.is_day();
    // A month or a year that is past is history.
    let is_told = is_exact
        || verdict.tense == Tense::Ahead
        || matches!(verdict.how, How::Label(_))
        || (matches!(verdict.how, How::Verb(_)) && verdict.tense != Tense::Past && !judge.is_whole_year());
    is_told.then_some(verdict)
}

#[derive(Clone, Copy)]
struct Judge<'a> {
    sentence: &'a Sentence,
    index: usize,
    label: &'a str,
    /// The kind of the event that is told of around.
    around: Option<Kind>,
}

impl Judge<'_> {
    fn start(&self) -> usize {
        self.sentence.mentions.get(self.index).map_or(0, |mention| mention.place.start)
    }

    fn end(&self) -> usize {
        self.sentence.mentions.get(self.index).map_or(0, |mention| mention.place.end)
    }

    fn is_whole_year(&self) -> bool {
        matches!(self.sentence.mentions.get(self.index).map(|mention| mention.start), Some(Written::Whole(_)))
    }

    fn right(&self) -> usize {
        self.sentence.right(self.index)
    }

    /// Where the clause begins that the date stands in; that of the date it takes the place of, if it does.
    fn clause_start(&self) -> usize {
        self.sentence.clause_start(self.start(), self.sentence.left(self.index))
    }

    fn verdict(&self) -> Option<Verdict> {
        let s = self.sentence;
        let text = &s.text;
        let past = s.past_brackets(self.end());
        if self.is_background(past) || self.is_superseded(self.index) || self.is_called_off(past) {
            return None;
        }
        let was = self.index.checked_sub(1).filter(|before| self.is_superseded(*before));
        let verdict =
            |kind: Kind, how: How| Verdict { kind, how, tense: self.tense(past), was, is_end_only: self.is_end_only() };
        let has_begun =
            text.is(past, "结束") && text.holds(0..self.start(), &["开始"]) && s.noun_in(0..self.start()).is_some();
        if has_begun && s.before(self.index).is_empty() && !text.holds(0..self.start(), DEADLINE_WORDS) {
            return None;
        }
        if let Some(until) = self.until(past) {
            return self.by_until(until).map(|(kind, how)| verdict(kind, how));
        }
        let since = text.one_of(past, &["起", "开始", "之日起", "始"]).filter(|_| !text.is(past, "开始前"));
        // `会议将于9时开始，17时结束`
        if text.is(past, "开始")
            && !s.led_by(self.start(), &["自", "从"])
            && let Some(noun) = s.noun_in(s.left(self.index)..self.start())
        {
            return Some(verdict(noun.kind, How::Noun(noun.place)));
        }

        if let Some(since) = since.filter(|_| s.mentions.get(self.index).is_some_and(|mention| mention.end.is_none())) {
            return self.by_since(since).map(|(kind, how)| verdict(kind, how));
        }
        let in_bracket = s.bracket_about(self.index).is_some_and(|bracket| {
            s.nouns.iter().any(|noun| noun.place.end == bracket.start)
                && s.cue_after(past, bracket.end, |_| true).is_none()
        });
        // `17日 企业标准自我声明公开宣贯会`: a line that ends with the name.
        let tail = s.noun_in(past..s.len()).filter(|noun| noun.place.end == s.len());
        let is_line = s.mentions.len() == 1
            && self.start() <= 3
            && !text.holds(past..s.len(), &[",", "。", "召开", "举行", "举办"]);
        if let Some(noun) = tail.filter(|_| is_line) {
            return Some(verdict(noun.kind, How::Noun(noun.place)));
        }
        if let Some((kind, how)) = self.by_label().or_else(|| if in_bracket { None } else { self.by_verb(past) }) {
            return Some(verdict(kind, how));
        }
        // `其中进口车型推迟到2021年7月1日`: what moves, the sentence told before.
        if was.is_none() && self.is_moved_to() {
            let clause = s.before(self.index);
            let told = text.plain(0..self.start());
            let kind = label_kind(&told).or_else(|| s.noun_in(0..self.start()).map(|noun| noun.kind));
            if let Some(kind) = kind {
                return Some(verdict(kind, How::Label(clause)));
            }
        }
        if was.is_some()
            && let Some((kind, how)) = self.by_replaced()
        {
            return Some(verdict(kind, how));
        }
        let (kind, how) = self.by_noun(past)?;
        if how == How::Bare
            && let Some(beside) = self.beside()
        {
            return Some(Verdict { was: None, ..beside });
        }
        Some(verdict(kind, how))
    }

    /// What is said of the date that this one is told side by side with: `9月20日、21日和27日`.
    fn beside(&self) -> Option<Verdict> {
        let s = self.sentence;
        let is_joint = |range: Range<usize>| {
            let between = s.text.plain(range);
            matches!(between.as_str(), "、" | "和" | "及" | "与" | "," | "以及")
        };
        let of = |index: usize| Judge { index, ..*self };
        let before =
            self.index.checked_sub(1).filter(|_| is_joint(s.left(self.index)..self.start()) && self.index < 40);
        if let Some(before) = before {
            let verdict = of(before).verdict()?;
            return Some(verdict).filter(|verdict| verdict.how != How::Bare);
        }
        let next = s.mentions.get(self.index + 1).filter(|next| is_joint(self.end()..next.place.start))?;
        let _ = next;
        let next = of(self.index + 1);
        let past = s.past_brackets(next.end());
        let (kind, how) = next.by_label().or_else(|| next.by_verb(past))?;
        Some(Verdict { kind, how, tense: next.tense(past), was: None, is_end_only: false })
    }

    fn is_moved_to(&self) -> bool {
        let s = self.sentence;
        let Some(end) = s.text.ending(self.start(), MOVE_ENDS) else { return false };
        s.text.ending(end, MOVES).is_some()
    }

    fn is_end_only(&self) -> bool {
        self.sentence.led_by(self.start(), &["即日起至", "即日至", "即日起到"])
    }

    fn is_background(&self, past: usize) -> bool {
        let s = self.sentence;
        let start = self.start();
        if s.led_by(start, BACKGROUND_BEFORE) {
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
        if s.text.holds(near, BACKGROUND) && !is_ahead {
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
    fn is_superseded(&self, index: usize) -> bool {
        let s = self.sentence;
        let Some(mention) = s.mentions.get(index) else { return false };
        let (start, end) = (mention.place.start, mention.place.end);
        let clause = s.clause_start(start, s.left(index));
        let old = [
            "原定",
            "原计划",
            "原拟",
            "原订",
            "原通知",
            "原公告",
            "原时间",
            "原先",
            "原截止",
            "原报名",
            "原于",
            "原为",
            "原会议",
            "原会",
            "原展期",
            "原开会",
            "此前公布",
            "此前确定",
        ];
        let goes_on = || s.text.holds(end..s.len(), &["照常", "如期", "不变，", "时间不变", "按原计划"]);
        if s.text.find(clause..start, &old).is_some_and(|word| {
            !s.text.is(word.start, "原则") && !s.text.is(word.start, "原产") && !s.text.is(word.start, "原料")
        }) && !goes_on()
        {
            return true;
        }
        let Some(next) = s.mentions.get(index + 1) else {
            return false;
        };
        // `由A调整为B`, `A推迟至B`
        let between = end..next.place.start;
        if between.len() > 40 || s.text.holds(between.clone(), &["。", ";"]) {
            return false;
        }
        // A comma parts two things that move, unless the first date is led to as the old one.
        let comma = s.text.find(between.clone(), &[","]);
        let is_one =
            comma.is_none() || s.led_by(start, &["由", "从"]) || s.text.holds(clause..start, &["由", "从", "原"]);
        let is_moved = is_one
            && s.text.ending(between.end, MOVE_ENDS).is_some()
            && s.text.find(between.clone(), MOVES).is_some_and(|word| {
                !s.text.is(word.start, "修改稿") && !s.text.is(word.start, "调整后") || word.start == between.start
            });
        let is_corrected = s.text.ending(between.end, &["应为", "更正为", "改为"]).is_some();
        is_moved || is_corrected
    }

    /// Whether what was to be on the day will not be.
    fn is_called_off(&self, past: usize) -> bool {
        let s = self.sentence;
        let rest = past..s.len().min(past + 80);
        let off = [
            "取消举办",
            "取消举行",
            "取消召开",
            "不再举办",
            "不再举行",
            "不再召开",
            "停办",
            "暂停举办",
            "暂停举行",
            "暂缓",
            "延期举办",
            "延期举行",
            "延期召开",
            "推迟举办",
            "推迟举行",
            "推迟召开",
            "另行通知",
            "无限期",
            "因故取消",
            "予以取消",
            "将取消",
            "决定取消",
            "被取消",
            "宣布取消",
            "不举行",
            "暂停开放",
            "取消。",
        ];
        let Some(word) = s.text.find(rest, &off) else {
            let ends_so = s.text.ending(s.len(), &["取消", "取消。"]).is_some();
            return ends_so && s.mentions.len() == self.index + 1;
        };
        // What comes after it may be the new date.
        let is_new = s.led_by(self.start(), &["改为", "至", "延期至", "推迟至"]) && !s.text.is(word.start, "取消");
        !is_new && s.mentions.get(self.index + 1).is_none_or(|next| next.place.start > word.end)
    }

    fn tense(&self, past: usize) -> Tense {
        let s = self.sentence;
        let clause = s.clause_start(self.start(), s.left(self.index)).min(self.start());
        let before = clause..self.start();
        let after = past..s.clause_end(past, self.right()).min(past + 40);
        let ahead = [
            "将", "拟", "定于", "订于", "计划", "预计", "有望", "请", "须", "届时", "择期", "力争", "即将", "应于",
            "务必", "敬请", "欢迎", "待", "下一", "下次", "初定", "暂定",
        ];
        let past_words = ["已", "曾", "近日", "日前", "昨", "刚刚", "圆满", "成功", "落幕", "顺利", "去年"];
        match () {
            () if self.is_end_only() => Tense::Ahead,
            () if s.text.holds(before.clone(), &ahead)
                || s.text.holds(after.clone(), &["将", "请", "须", "应", "拟", "届时", "有望"]) =>
            {
                Tense::Ahead
            }
            () if s.text.one_of(past, &["前", "之前", "起", "截止", "止"]).is_some()
                && !s.text.holds(before.clone(), &["已"]) =>
            {
                Tense::Ahead
            }
            () if s.text.holds(before, &past_words) || s.text.holds(after, &past_words) => Tense::Past,
            () => match s.mentions.get(self.index).and_then(|mention| mention.start.year()) {
                Some(Year::FromNow(1..)) => Tense::Ahead,
                _ => Tense::Unknown,
            },
        }
    }

    /// The end of `前`, `止`, `之前截止` behind the date.
    fn until(&self, past: usize) -> Option<usize> {
        let text = &self.sentence.text;
        let past = text.one_of(past, &["或"]).unwrap_or(past);
        let words = ["之前截止", "前截止", "之前", "以前", "前", "为止", "截止", "截至", "止", "结束"];
        let end = text.one_of(past, &words)?;
        (text.one_of(past, &["前后", "前往", "前期", "前沿", "前来", "前夕", "止于", "前海", "前门", "前身"]).is_none())
            .then_some(end)
    }

    fn by_until(&self, until: usize) -> Option<(Kind, How)> {
        let s = self.sentence;
        let limit = s.clause_end(until, self.right());
        let clause = self.clause_start()..self.start();
        let is_asked = s.text.holds(clause.clone(), &["请", "须", "应", "务必", "需", "敬请", "可于", "可在"])
            || s.text.holds(
                until..limit,
                &[
                    "请", "须", "应", "务必", "反馈", "提交", "报名", "报送", "截止", "递交", "寄", "发送", "发至",
                    "回执", "申报", "注册", "缴",
                ],
            );
        let verb =
            s.cue_after(until, limit, |cue| matches!(cue.sense, Sense::Release | Sense::Effective | Sense::Held));
        if let Some(cue) = verb.filter(|_| !is_asked) {
            let kind = match cue.sense {
                Sense::Release => Kind::Release,
                Sense::Effective => Kind::EffectiveDate,
                _ => self.held(cue.place.clone())?.0,
            };
            return Some((kind, How::Verb(cue.place.clone())));
        }
        let is_day = s.mentions.get(self.index)?.start.is_day() && !s.led_by(until, &["以前"]);
        let is_due = is_asked || s.text.holds(clause, &["报名", "反馈", "提交", "截止", "征集", "征求", "申报"]);
        (is_day || is_due).then_some((Kind::Deadline, How::Until(until)))
    }

    fn by_since(&self, since: usize) -> Option<(Kind, How)> {
        let s = self.sentence;
        let limit = s.right(self.index);
        let near = since..limit.min(since + 60);
        // A verb before 的 only says which: `已获得型式批准的车型`.
        let is_verb = |cue: &super::cues::Cue| !s.text.is(cue.place.end, "的");
        let cue = s.cue_after(since, limit, is_verb).filter(|cue| cue.place.start <= since + 60);
        let opens =
            ["报名", "申报", "受理", "注册", "征集", "预约", "预售", "登记", "接受", "投稿", "征求意见", "公示"];
        let clause_end = s.clause_end(since + usize::from(s.text.is(since, ",")), limit);
        let open = s.text.find(since..clause_end, &opens).filter(|word| {
            s.text.holds(since..word.end, &["开始", "启动", "开放", "受理", "接受", "开通"]) || word.start <= since + 2
        });
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
            None => None,
        }
    }

    /// `报名截止时间为`, `会议时间：`, a column's head.
    fn by_label(&self) -> Option<(Kind, How)> {
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
        let is_deadline = ["截止", "截至", "最迟", "不晚于", "不迟于", "截稿", "最后期限", "不得晚于", "不得迟于"]
            .iter()
            .any(|word| words.contains(word))
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
            if let Some(span) = span.filter(|_| is_plain_time(super::naming::unnumbered(&bare))) {
                return Some((Kind::Deadline, How::Label(span)));
            }
            let kind = label_kind(&words).or_else(|| {
                is_plain_time(super::naming::unnumbered(&bare)).then_some(self.around.unwrap_or(Kind::Forum))
            });
            // `直播课安排：6月4日讲…`: what comes is a list.
            let is_list = s.led_by(start, &[":"])
                && !["时间", "日期", "截", "期"].iter().any(|word| words.contains(word))
                && s.text
                    .at(past + usize::from(s.text.is(past, ",")))
                    .is_some_and(|c| super::script::is_han(c) || c == '《');
            let is_label = !is_list && s.text.holds(lead..start, &[":", "时间", "日期", "期为", "期限"])
                || s.led_by(lead, &["】"])
                || words.contains("时间")
                || words.contains("日期")
                || words.ends_with("期")
                || words.contains("有效期");
            let is_due = kind == Some(Kind::Deadline) && s.led_by(start, &["至", "到"]);
            let is_label = (is_label || is_due) && !is_list;
            if let Some(kind) = kind.filter(|_| is_label) {
                let verb = (kind == Kind::Meeting || kind == Kind::Forum).then(|| self.by_verb(past)).flatten();
                return verb.filter(|(_, how)| matches!(how, How::Verb(_))).or(Some((kind, How::Label(clause))));
            }
        }
        // A range in which something may be handed in.
        let has_end = s.mentions.get(self.index).is_some_and(|mention| mention.end.is_some());
        let spans = [
            "公示期",
            "公示时间",
            "征求意见",
            "征集",
            "报名时间",
            "申报时间",
            "投票",
            "咨询期",
            "公示",
            "接受报名",
            "报名",
        ];
        let after = past..s.clause_end(past, self.right()).min(past + 20);
        if has_end || self.is_end_only() {
            let is_held = s
                .cue_after(past, self.right(), |cue| cue.sense == Sense::Held && cue.place.start <= past + 25)
                .is_some();
            let word = s
                .text
                .find(clause.clone(), &spans)
                .map(|_| How::Label(clause.clone()))
                .or_else(|| s.text.find(after, &spans).map(|_| How::Until(past)));
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

    fn by_verb(&self, past: usize) -> Option<(Kind, How)> {
        let s = self.sentence;
        let limit = self.right();
        let begin = past + usize::from(s.text.is(past, ","));
        // A verb of its own clause, or of the next one if its own has none.
        for cue in s
            .cues
            .iter()
            .filter(|cue| cue.place.start >= begin && cue.place.end <= limit && cue.place.start < begin + 90)
        {
            let is_of_name = s.text.is(cue.place.end, "的") && !s.led_by(cue.place.start, &["在"]);
            match cue.sense {
                Sense::Held => {
                    if let Some((kind, _)) = self.held(cue.place.clone()) {
                        return Some((kind, How::Verb(cue.place.clone())));
                    }
                }
                Sense::Release if is_of_name && !s.text.holds(past..cue.place.start, &["将"]) => {
                    // `…发布的《…》自…起施行`: what is old is told by the way.
                    return None;
                }
                Sense::Release => return Some((Kind::Release, How::Verb(cue.place.clone()))),
                Sense::Effective if !is_of_name => return Some((Kind::EffectiveDate, How::Verb(cue.place.clone()))),
                Sense::Closes
                    if cue.place.start <= past + 2 && begin == past || self.closes(begin, cue.place.clone()) =>
                {
                    return Some((Kind::Deadline, How::Until(cue.place.end)));
                }
                Sense::Opens if cue.place.start <= begin + 30 => {
                    // `启动` says less than a verb behind it.
                    let later = s.cue_after(cue.place.end, limit, |later| {
                        matches!(later.sense, Sense::Held | Sense::Release | Sense::Effective)
                    });
                    if later.is_none_or(|later| later.sense == Sense::Held && self.held(later.place.clone()).is_none())
                    {
                        return Some((Kind::Other, How::Verb(cue.place.clone())));
                    }
                }
                _ => {}
            }
        }
        // What stands before: `召开时间定于9月5日`, `成功举办（9月5日）`.
        let from = s.left(self.index);
        let clause = s.clause_start(self.start(), from);
        let before = s.cues.iter().rev().find(|cue| {
            cue.place.start >= clause
                && cue.place.end <= self.start()
                && matches!(cue.sense, Sense::Held | Sense::Release | Sense::Effective)
        })?;
        let kind = match before.sense {
            Sense::Held => self.held(before.place.clone())?.0,
            Sense::Release => Kind::Release,
            _ => Kind::EffectiveDate,
        };
        (!s.text.is(before.place.end, "的")).then(|| (kind, How::Verb(before.place.clone())))
    }

    /// `7月31日，论文摘要接收截止。`, `10月11日为优惠截止日`
    fn closes(&self, begin: usize, cue: Range<usize>) -> bool {
        let s = self.sentence;
        let end = s.text.one_of(cue.end, &["日期", "时间", "日"]).unwrap_or(cue.end);
        let ends = s.clause_end(end, s.len()) == end;
        ends && cue.start <= begin + 16 && s.clause_end(begin, s.len()) >= cue.end && s.text.is(cue.start, "截")
    }

    /// The kind of what a verb such as 召开 says is held; none if a verb that says little has nothing to hold.
    pub fn held(&self, verb: Range<usize>) -> Option<(Kind, Option<Range<usize>>)> {
        let s = self.sentence;
        let object_end = s.clause_end(verb.end, s.right(self.index));
        let object = s.noun_in(verb.end..object_end.min(verb.end + 60));
        let was = self.index.checked_sub(1).filter(|before| self.is_superseded(*before));
        let subject = s.subject_of(self.index, was, &verb);
        let word = s.text.plain(verb.clone());
        let is_weak = matches!(word.as_str(), "办理" | "组织" | "开展" | "进行" | "主办" | "承办" | "审议");
        let found = match word.as_str() {
            "开幕" | "闭幕" | "启幕" => subject.or(object),
            "讲评" | "答疑" => return Some((Kind::Forum, None)),
            _ => object.or(subject),
        };
        match found {
            Some(noun) => Some((noun.kind, Some(noun.place))),
            None if is_weak => None,
            None => {
                let kind = match word.as_str() {
                    "召开" => Kind::Meeting,
                    _ => Kind::Forum,
                };
                Some((kind, None))
            }
        }
    }

    /// A new date with nothing behind it: the words before the old one tell what it is.
    fn by_replaced(&self) -> Option<(Kind, How)> {
        let s = self.sentence;
        let before = self.index.checked_sub(1)?;
        let clause = s.clause_start(s.mentions.get(before)?.place.start, 0)..self.start();
        let words = s.text.plain(clause.clone());
        let kind = label_kind(&words).or_else(|| s.noun_in(0..self.start()).map(|noun| noun.kind))?;
        Some((kind, How::Label(clause.start..s.lead_start(before))))
    }

    /// An event's name beside the date, without a verb.
    fn by_noun(&self, past: usize) -> Option<(Kind, How)> {
        let s = self.sentence;
        let begin = past + usize::from(s.text.at(past).is_some_and(|c| ",:的".contains(c)));
        let after = begin..s.clause_end(begin, self.right());
        let is_pointing = s.text.is(past, "的");
        // The clause ends with it: `大会学术委员会完成评审` is no congress.
        let clause_end = after.end;
        let is_last = |noun: &super::nouns::Noun| {
            let end = s.past_brackets(noun.place.end);
            end >= clause_end
                || s.text.has_gap(noun.place.end)
                || s.text.one_of(noun.place.end, &["通知", "日程", "预告", "(", "、", "在", "开始", "启动"]).is_some()
        };
        let noun = s.noun_in(after).filter(|noun| !is_pointing && is_last(noun));
        // `标准Workshop：2022年5月19日`
        // `论坛（10月22日-24日，西安）`
        let bracket = s.bracket_about(self.index).and_then(|bracket| {
            let clause = s.clause_start(bracket.start, s.left(self.index).min(bracket.start))..bracket.start;
            s.noun_in(clause).filter(|noun| noun.place.end == bracket.start)
        });
        // `第一期 2023年5月10-12日`
        let clause = s.before(self.index);
        if s.text.is(clause.start, "第")
            && clause.len() <= 6
            && s.text.ending(clause.end, &["期", "场", "轮", "站", "讲", "班", "阶段"]).is_some()
        {
            let noun = s.noun_in(0..clause.start).map(|noun| noun.kind);
            return Some((noun.or(self.around).unwrap_or(Kind::Forum), How::Label(clause)));
        }
        let named = s.led_by(self.start(), &[":"]).then(|| {
            let before = s.before(self.index);
            s.noun_in(before.clone()).filter(|noun| noun.place.end == before.end)
        });
        let noun = bracket.or(named.flatten()).or(noun).or_else(|| {
            let before = s.before(self.index);
            s.noun_in(before.clone()).filter(|noun| noun.place.end == before.end)
        });
        Some(match noun {
            Some(noun) => (noun.kind, How::Noun(noun.place)),
            None => (Kind::Other, How::Bare),
        })
    }
}
