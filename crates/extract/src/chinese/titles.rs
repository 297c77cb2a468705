//! What an event is called: short, without its date, in the words of the text.

mod act;
mod deadline;
mod held;
mod label;
mod verb;
mod whole;

pub use whole::whole;

use std::ops::Range;

use super::around::Around;
use super::cues::Sense;
use super::kind::{How, Verdict, is_plain_time};
use super::naming::{LONGEST, document, handed_on, is_pronoun, is_source, tidy, width};
use super::script::Text;
use super::sentence::Sentence;
use crate::event::Kind;

/// None where the text does not say what it is.
pub fn title(s: &Sentence, index: usize, verdict: &Verdict, around: &Around) -> Option<String> {
    let namer = Namer { s, index, verdict, around };
    let title = match (verdict.kind, &verdict.how) {
        (Kind::Meeting | Kind::Forum, How::Verb(verb)) => namer.held(verb),
        (Kind::Meeting | Kind::Forum, How::Noun(noun)) => namer.noun(noun),
        (Kind::Other, How::Verb(verb)) if s.cues.iter().any(|cue| cue.place == *verb && cue.sense == Sense::Held) => {
            namer.held(verb)
        }
        (Kind::Release, How::Verb(verb)) => namer.released(verb),
        (Kind::EffectiveDate, How::Verb(verb)) => namer.effective(verb),
        (_, How::Verb(verb)) => namer.other(verb),
        (_, How::Rule(from)) => namer.rule(*from),
        (_, How::Until(from)) => namer.until(*from),
        (_, How::Label(label)) => namer.label(label.clone()),
        (_, How::Noun(noun)) => namer.noun(noun),
        (_, How::Bare) => namer.bare(),
    };
    let title = fit(&tidy(&title));
    let title = title.strip_prefix(['该', '該', '其']).unwrap_or(&title).to_owned();
    let title = whole(title, around);
    let is_address = title.contains('@') && title.contains('.') && !title.contains(' ') || title.contains("://");
    (title.chars().any(char::is_alphabetic) && width(&title) > 1 && !is_form(&title) && !is_address).then_some(title)
}

/// Whether a heading says no more than that dates follow.
pub fn is_of_dates(topic: &str) -> bool {
    words! {
        WORDS =
            "重要日期 重要时间 时间安排 重要节点 时间节点 会议日程 日程 关键日期 最新动态 最新消息 新闻 动态 通知公告 公告 \
            大会新闻 会议新闻 News Important Dates Key 重要通知"
    }
    let text = Text::new(topic);
    WORDS.iter().any(|word| text.is(0, word))
}

/// Whether it is a form's, to be filled in.
fn is_form(title: &str) -> bool {
    ["××", "XX", "＿", "__", "**", "…年"].iter().any(|blank| title.contains(blank))
}

/// Not longer than a title may be: shorter by what stands before it.
pub fn fit(title: &str) -> String {
    let mut title = title.to_owned();
    while width(&title) > LONGEST {
        let text = Text::new(&title);
        // The words before the last 的, or before the document's name, say how; those behind say what.
        let from = (4..text.len().saturating_sub(6)).find(|at| {
            (text.before(*at) == Some('的') || matches!(text.before(*at), Some(',' | '、' | ':' | ' ')))
                && is_outside(&text, *at)
                || matches!(text.at(*at), Some('《' | '「'))
        });
        match from {
            Some(from) => title = tidy(&text.show(from..text.len())),
            None => {
                let mut short: String = String::new();
                for c in title.chars() {
                    if width(&short) + 1 >= LONGEST {
                        break;
                    }
                    short.push(c);
                }
                return format!("{}…", tidy(&short));
            }
        }
    }
    title
}

/// Whether a place lies in no quotes.
fn is_outside(text: &Text, at: usize) -> bool {
    let before = text.plain(0..at);
    ["《》", "「」", "“”", "()"].iter().all(|pair| {
        let mut marks = pair.chars();
        let (open, close) = (marks.next().unwrap_or('('), marks.next().unwrap_or(')'));
        before.matches(open).count() <= before.matches(close).count()
    })
}

struct Namer<'a> {
    s: &'a Sentence,
    index: usize,
    verdict: &'a Verdict,
    around: &'a Around,
}

impl Namer<'_> {
    fn start(&self) -> usize {
        self.s.mentions.get(self.index).map_or(0, |mention| mention.place.start)
    }

    fn past(&self) -> usize {
        self.s.past(self.index)
    }

    fn right(&self) -> usize {
        self.s.right(self.index)
    }

    /// The words before the date in its clause; those before the date that this one takes the place of.
    fn before(&self) -> Range<usize> {
        match self.verdict.was {
            Some(was) => self.s.before(was),
            None => self.s.before(self.index),
        }
    }

    /// The words between the date and a verb behind it, without `起`.
    fn between(&self, verb: &Range<usize>) -> Range<usize> {
        let begin = self
            .s
            .text
            .one_of(self.past(), &["起正式", "起开始", "起,", "起", "开始", "前", "之前", "正式"])
            .unwrap_or(self.past());
        begin.min(verb.start)..verb.start
    }

    fn tidy(&self, range: Range<usize>) -> String {
        tidy(&self.s.text.show(range))
    }

    /// A name that says something: not empty, no pronoun, no mere adverb.
    fn name(&self, range: Range<usize>) -> Option<String> {
        if range.is_empty() {
            return None;
        }
        let name = match document(self.s, range.clone()) {
            Some(document) => document,
            None => {
                // A comma parts what led to it from the name.
                let start = self.s.clause_start(range.end, range.start).min(range.end);
                // `本规程由计量局批准`
                let is_count =
                    |at: usize| self.s.text.ending(at, &["一项", "一个", "两项", "多项", "首个", "首项"]).is_some();
                // `一项由中国牵头制定的国际标准`
                let of = self
                    .s
                    .text
                    .find(start..range.end, &["的"])
                    .filter(|_| (start + 1..range.end).any(|at| self.s.text.is(at, "由") && is_count(at)));
                let start = of.map_or(start, |of| of.end);
                let by = (start + 2..range.end).find(|at| {
                    self.s.text.is(*at, "由") && !self.s.text.is(*at - 1, "自由") && !self.s.text.is(*at - 1, "理由")
                });
                self.tidy(start..by.unwrap_or(range.end))
            }
        };
        let plain = self.s.text.plain(range.clone());
        let is_source = matches!(plain.as_str(), "根据" | "依据" | "按照" | "依照" | "据");
        // `第三阶段` says when, not what.
        let is_stage = plain.starts_with('第') && plain.chars().count() <= 5 && plain.ends_with("阶段");
        let is_place = plain.starts_with('在') || is_source || is_stage;
        // `2019-10-18发布 2020-05-01实施`: the verb of the date before.
        let is_verb = self.s.cues.iter().any(|cue| cue.place.start <= range.start && range.end <= cue.place.end);
        // `编辑组表示` names who says it.
        let says = ["表示", "透露", "介绍", "宣布", "称", "指出", "强调", "获悉"];
        let is_saying = says.iter().any(|word| plain.ends_with(word));
        (!is_verb && width(&name) > 1 && !is_pronoun(&name) && !is_place && !is_saying).then_some(name)
    }

    /// What a document is called that the sentence does not name where it ought to: the last one named before.
    fn document(&self) -> Option<String> {
        let limit = self.start();
        let told =
            document(self.s, 0..limit).filter(|_| !self.is_unrelated(limit)).or_else(|| handed_on(self.s, limit));
        let kept = |text: &String| (!text.is_empty()).then(|| text.clone());
        // Of what was said of another date just before.
        let of_before = || (0..self.index).rev().find_map(|before| self.name(self.s.before(before)));
        // `部令第44号公布，自…起施行`: the clause before, without its verb.
        let clause = || {
            let end = self.s.before(self.index).start.checked_sub(1)?;
            let start = self.s.clause_start(end, self.s.left(self.index).min(end));
            let verb = self.s.cues.iter().rev().find(|cue| cue.place.end == end).map_or(end, |cue| cue.place.start);
            let words = self.tidy(start..verb);
            ((4..=24).contains(&width(&words)) && verb < end).then_some(words)
        };
        let newer = || self.of_topic(&self.s.text.show(self.s.before(self.index)));
        let pronoun = || {
            let end = (2..10).rev().find(|end| is_pronoun(&self.s.text.show(0..*end)) && *end < limit)?;
            Some(self.s.text.show(0..end))
        };
        told.or_else(newer)
            .or_else(|| self.version())
            .or_else(of_before)
            .or_else(|| kept(&self.around.subject))
            .or_else(|| kept(&self.around.document))
            .or_else(|| self.topic())
            .or_else(clause)
            .or_else(pronoun)
    }

    /// Whether the document before belongs to a source: `根据《…》`.
    fn is_unrelated(&self, limit: usize) -> bool {
        is_source(self.s, limit)
    }

    fn holds_date(&self, range: &Range<usize>) -> bool {
        self.s.mentions.iter().any(|mention| range.contains(&mention.place.start))
    }

    /// The version with which the sentence begins: `0.13.0 里程碑…，6月6日打 tag`, `Loong v2.1 …`.
    fn version(&self) -> Option<String> {
        let text = &self.s.text;
        // `修复版本：2.6.10，已于4月2日发布`
        let label = text.find(0..self.start().min(12), &["版本:", "Version:"]).map_or(0, |label| label.end);
        let begin =
            (label..text.len().min(label + 4)).find(|at| text.at(*at).is_some_and(|c| c.is_ascii_alphanumeric()))?;
        let belongs = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ' | '+');
        let length = (begin..self.start()).take_while(|at| text.at(*at).is_some_and(belongs)).count();
        let name = text.show(begin..begin + length);
        let name = name.trim();
        let last = name.rsplit(' ').next()?;
        let number = last.trim_start_matches(['v', 'V']);
        let is_version =
            number.starts_with(|c: char| c.is_ascii_digit()) && number.contains('.') && !number.ends_with('.');
        (is_version && name.len() <= 40).then(|| name.to_owned())
    }

    /// `新目录` below `药用辅料登记目录调整程序` is 药用辅料登记目录.
    fn of_topic(&self, pronoun: &str) -> Option<String> {
        let thing = pronoun.trim().strip_prefix(['新', '该', '該', '本', '此'])?;
        let thing = thing.strip_prefix(['版', '修', '订']).unwrap_or(thing);
        let topic = &self.around.topic;
        let end = topic.find(thing).filter(|_| width(thing) >= 2)? + thing.len();
        let name = tidy(topic.get(..end)?);
        (width(&name) > width(thing)).then_some(name)
    }

    fn topic(&self) -> Option<String> {
        let topic = &self.around.topic;
        // `新版标准发布` is a headline of what is released.
        let verbs = ["正式发布", "正式实施", "发布", "公布", "出台", "印发", "实施", "施行", "获批"];
        let name =
            verbs.iter().find_map(|verb| topic.strip_suffix(verb)).filter(|name| width(name) >= 4).unwrap_or(topic);
        (!topic.is_empty() && width(topic) <= LONGEST).then(|| name.to_owned())
    }

    /// With the event or the document that it belongs to, if that makes no long title.
    fn joined(&self, what: &str) -> String {
        let of = |name: &str| {
            let is_told = name.is_empty() || what.contains(name) || name.contains(what);
            // `…简章发售及报名` + `报名截止`
            let head: String = what.chars().take(2).collect();
            if !is_told && what.chars().count() > 2 && name.ends_with(&head) && width(name) + width(what) <= LONGEST {
                return Some(format!("{name}{}", &what[head.len()..]));
            }
            (!is_told && width(name) + width(what) <= LONGEST).then(|| {
                match what.starts_with(|c: char| c.is_ascii_alphanumeric()) {
                    true => format!("{name}：{what}"),
                    false => format!("{name}{what}"),
                }
            })
        };
        // `考试` below `2024年计量师资格考试`
        let topic = &self.around.topic;
        if width(what) <= 3 && topic.contains(what) && (6..=LONGEST).contains(&width(topic)) && !is_of_dates(topic) {
            return topic.clone();
        }
        let of_opinions = ["意见", "意見", "征求", "反馈", "反饋", "諮詢"].iter().any(|word| what.contains(word));
        // `版本 6.6 LTS：10月29日发布，维护至2026年12月`
        let colon = self.s.text.find(0..self.s.mentions.first().map_or(0, |first| first.place.start), &[":"]);
        let led = colon.filter(|colon| self.index > 0 && (2..=24).contains(&colon.start));
        let led = led
            .map(|colon| tidy(&self.s.text.show(0..colon.start)))
            .filter(|led| !is_plain_time(led) && super::kind::label_kind(led).is_none() && self.s.mentions.len() < 8);
        if let Some(joined) = led.as_deref().and_then(&of) {
            return joined;
        }
        // Who takes part signs up for an event, not for a document.
        let is_for_people =
            ["报名", "報名", "注册", "註冊", "缴费", "繳費", "订房", "回执"].iter().any(|word| what.contains(word));
        let told = document(self.s, 0..self.start()).filter(|_| !self.is_unrelated(self.start())).unwrap_or_default();
        let opinions = of_opinions
            .then(|| of(&told).or_else(|| of(&self.around.subject)).or_else(|| of(&self.around.document)))
            .flatten();
        opinions
            .or_else(|| of(&self.around.told))
            .or_else(|| of(&told))
            .or_else(|| of(&self.around.event))
            .or_else(|| of(&self.around.subject).filter(|_| !is_for_people))
            .or_else(|| of(&self.around.document).filter(|_| !is_for_people))
            .or_else(|| of(&self.around.topic).filter(|topic| width(&self.around.topic) >= 6 && !is_of_dates(topic)))
            .unwrap_or_else(|| what.to_owned())
    }

    fn other(&self, verb: &Range<usize>) -> String {
        let before = self.tidy(self.before());
        // `于6月28日上午9时在总务处抽签决定`: what is done, not where and how.
        let is_act = self.s.cues.iter().any(|cue| cue.place == *verb && cue.sense == Sense::Done);
        if is_act {
            let act = self.s.text.show(verb.clone());
            let is_thing = width(&before) > 1 && !is_pronoun(&before) && width(&before) + width(&act) <= LONGEST;
            let topic = &self.around.topic;
            if !is_thing && topic.contains(&act) && width(topic) <= LONGEST {
                return topic.clone();
            }
            return if is_thing { format!("{before}{act}") } else { self.joined(&act) };
        }
        let end = self.s.clause_end(verb.end, self.right());
        let is_carried_out = self.s.led_by(verb.start, &["进行", "实施", "开展"]);
        let begin = match before.is_empty() && !is_carried_out {
            true => self.s.clause_start(verb.start, self.past().min(verb.start)),
            false => verb.start,
        };
        let after = self.tidy(begin..end);
        match () {
            () if !is_pronoun(&before) && width(&before) + width(&after) <= LONGEST => format!("{before}{after}"),
            () if is_pronoun(&before) || width(&after) < 8 => self.joined(&after),
            () => after,
        }
    }

    /// What stands beside the date: the clause behind it, or else that before it.
    fn bare(&self) -> String {
        // What a bracket is about stands before it.
        if let Some(bracket) = self.s.bracket_about(self.index) {
            return self
                .tidy(self.s.clause_start(bracket.start, self.s.left(self.index).min(bracket.start))..bracket.start);
        }
        let begin = self.past() + usize::from(self.s.text.at(self.past()).is_some_and(|c| ",:".contains(c)));
        let end = self.s.clause_end(begin, self.right());
        // Who speaks is told behind the name.
        let speaker = [
            "/主讲",
            "主讲:",
            "主讲人",
            "/讲者",
            "讲者:",
            "/主持",
            "主持人:",
            "/讲师",
            "讲师:",
            "/嘉宾",
            "嘉宾:",
            "/主讲:",
        ];
        let end = self
            .s
            .text
            .find((begin + 2).min(end)..self.s.len().min(end + 2), &speaker)
            .map_or(end, |word| word.start.min(end));
        let after = self.tidy(begin..end);
        let name = if width(&after) > 1 { after } else { self.tidy(self.before()) };
        // `RC` of what the list is of.
        if (1..=2).contains(&name.len()) && name.chars().all(|c| c.is_ascii_alphanumeric()) {
            self.joined(&name)
        } else {
            name
        }
    }
}
