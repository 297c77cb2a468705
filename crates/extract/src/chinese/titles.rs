//! What an event is called: short, without its date, in the words of the text.

use std::ops::Range;

use super::around::Around;
use super::cues::Sense;
use super::kind::{How, Verdict};
use super::naming::{LONGEST, document, is_pronoun, tidy, width};
use super::nouns::nouns;
use super::script::Text;
use super::sentence::Sentence;
use crate::event::Kind;

/// None where the text does not say what it is.
pub fn title(s: &Sentence, index: usize, verdict: &Verdict, around: &Around) -> Option<String> {
    let namer = Namer { s, index, verdict, around };
    let title = match (verdict.kind, &verdict.how) {
        (Kind::Meeting | Kind::Forum, How::Verb(verb)) => namer.held(verb),
        (Kind::Meeting | Kind::Forum, How::Noun(noun)) => namer.noun(noun),
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
    (title.chars().any(char::is_alphabetic) && width(&title) > 1 && !is_form(&title)).then_some(title)
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
        self.s.past_brackets(self.s.mentions.get(self.index).map_or(0, |mention| mention.place.end))
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
                let by = (start + 2..range.end).find(|at| {
                    self.s.text.is(*at, "由") && !self.s.text.is(*at - 1, "自由") && !self.s.text.is(*at - 1, "理由")
                });
                self.tidy(start..by.unwrap_or(range.end))
            }
        };
        let is_place = self.s.text.plain(range.clone()).starts_with('在');
        // `2019-10-18发布 2020-05-01实施`: the verb of the date before.
        let is_verb = self.s.cues.iter().any(|cue| cue.place.start <= range.start && range.end <= cue.place.end);
        (!is_verb && width(&name) > 1 && !is_pronoun(&name) && !is_place).then_some(name)
    }

    /// What a document is called that the sentence does not name where it ought to: the last one named before.
    fn document(&self) -> Option<String> {
        let limit = self.start();
        let told = document(self.s, 0..limit).filter(|_| !self.is_unrelated(limit));
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
        let pronoun = || {
            let end = (2..10).rev().find(|end| is_pronoun(&self.s.text.show(0..*end)) && *end < limit)?;
            Some(self.s.text.show(0..end))
        };
        told.or_else(of_before)
            .or_else(|| kept(&self.around.subject))
            .or_else(|| kept(&self.around.document))
            .or_else(|| self.topic())
            .or_else(clause)
            .or_else(pronoun)
    }

    /// Whether the document before belongs to a source: `根据《…》`.
    fn is_unrelated(&self, limit: usize) -> bool {
        let open = (0..limit).rev().find(|at| matches!(self.s.text.at(*at), Some('《')));
        open.is_some_and(|open| self.s.led_by(open, &["根据", "依据", "按照", "依照", "依"]))
    }

    fn holds_date(&self, range: &Range<usize>) -> bool {
        self.s.mentions.iter().any(|mention| range.contains(&mention.place.start))
    }

    fn topic(&self) -> Option<String> {
        let topic = &self.around.topic;
        (!topic.is_empty() && width(topic) <= LONGEST).then(|| topic.clone())
    }

    fn effective(&self, verb: &Range<usize>) -> String {
        let is_after = verb.start >= self.past();
        let object_end = self.s.clause_end(verb.end, self.right());
        let object = || {
            let is_object = is_after
                && object_end > verb.end + 1
                && !self.s.text.is(verb.end, "的")
                && !self.s.text.is(verb.end, "之");
            is_object.then(|| self.name(verb.end..object_end)).flatten()
        };
        let before =
            if is_after { self.before() } else { self.s.clause_start(verb.start, self.s.left(self.index))..verb.start };
        let between = if is_after { self.between(verb) } else { 0..0 };
        // `本标准代替GB 1-2010`: not what it replaces.
        let name = self
            .name(before.clone())
            .or_else(|| self.name(between))
            .or_else(object)
            .or_else(|| self.document())
            .or_else(|| self.topic())
            .unwrap_or_else(|| self.tidy(before));
        format!("{name}{}", self.s.text.show(verb.clone()))
    }

    fn released(&self, verb: &Range<usize>) -> String {
        let is_after = verb.start >= self.past();
        let object_end = self.s.clause_end(verb.end, self.right());
        let object = || {
            let range = verb.end..object_end;
            document(self.s, range.clone()).or_else(|| {
                let begin = self.s.text.one_of(range.start, &["了", "的"]).unwrap_or(range.start);
                self.name(begin..range.end).filter(|name| {
                    width(name) >= 3 && !name.starts_with("全文") && !name.starts_with(['之', '到', '后'])
                })
            })
        };
        let before =
            if is_after { self.before() } else { self.s.clause_start(verb.start, self.s.left(self.index))..verb.start };
        let between = if is_after { self.between(verb) } else { 0..0 };
        let named = |range: Range<usize>| document(self.s, range);
        let name = object()
            .or_else(|| named(between.clone()))
            .or_else(|| named(before.clone()))
            .or_else(|| self.name(before.clone()))
            .or_else(|| self.name(between))
            .or_else(|| self.document())
            .or_else(|| self.topic())
            .unwrap_or_default();
        format!("{name}{}", self.s.text.show(verb.clone()))
    }

    /// An order's own words: `未达标产品不得生产、销售`.
    fn rule(&self, from: usize) -> String {
        let begin = from + usize::from(self.s.text.at(from) == Some(','));
        let mut end = self.s.clause_end(begin, self.right());
        if end < begin + 5 {
            end = self.s.clause_end(end + 1, self.right());
        }
        let clause = self.tidy(begin..end);
        let subject = self.s.before(self.index);
        let subject = match subject.is_empty() {
            true => String::new(),
            false => self.tidy(subject),
        };
        match () {
            () if !is_pronoun(&subject) && width(&subject) + width(&clause) <= LONGEST => format!("{subject}{clause}"),
            () if width(&clause) < 8 => self.joined(&clause),
            () => clause,
        }
    }

    /// With the event or the document that it belongs to, if that makes no long title.
    fn joined(&self, what: &str) -> String {
        let of = |name: &str| {
            let is_told = name.is_empty() || what.contains(name) || name.contains(what);
            (!is_told && width(name) + width(what) <= LONGEST).then(|| {
                match what.starts_with(|c: char| c.is_ascii_alphanumeric()) {
                    true => format!("{name}：{what}"),
                    false => format!("{name}{what}"),
                }
            })
        };
        let of_opinions = ["意见", "意見", "征求", "反馈", "反饋", "諮詢"].iter().any(|word| what.contains(word));
        let told = document(self.s, 0..self.start()).filter(|_| !self.is_unrelated(self.start())).unwrap_or_default();
        let opinions = of_opinions
            .then(|| of(&told).or_else(|| of(&self.around.subject)).or_else(|| of(&self.around.document)))
            .flatten();
        opinions
            .or_else(|| of(&self.around.told))
            .or_else(|| of(&told))
            .or_else(|| of(&self.around.event))
            .or_else(|| of(&self.around.subject))
            .or_else(|| of(&self.around.document))
            .or_else(|| of(&self.around.topic).filter(|_| width(&self.around.topic) >= 6))
            .unwrap_or_else(|| what.to_owned())
    }

    fn label(&self, label: Range<usize>) -> String {
        let kind = self.verdict.kind;
        let lead = self.s.text.show(label.clone());
        let mut words = tidy(&lead);
        if words.is_empty() && kind.is_attended() {
            let label = self.s.text.show(label.start..self.start());
            words = super::naming::unnumbered(&label).trim_matches(['：', ':', ' ', '【', '】']).to_owned();
        }
        if words.is_empty() {
            words = match kind {
                Kind::Deadline => "截止".to_owned(),
                _ => String::new(),
            };
        }
        match kind {
            Kind::Deadline => {
                let whole = self.s.text.plain(label.start..self.past().max(label.start));
                self.deadline(&words, whole.contains("公示"))
            }
            Kind::EffectiveDate | Kind::Release => {
                let named = document(self.s, label.clone())
                    .or_else(|| (label.end < self.start()).then(|| document(self.s, 0..self.start())).flatten());
                let verb = self.verb_word(kind);
                match named.or_else(|| self.document()) {
                    Some(name) => format!("{name}{verb}"),
                    None => self.joined(&if words.contains(&verb) { words.clone() } else { format!("{words}{verb}") }),
                }
            }
            Kind::Meeting | Kind::Forum
                if self.verdict.was.is_some() && lead.trim().is_empty() || self.holds_date(&label) =>
            {
                // `原定于…召开的审定会时间延至…`
                let noun = self.s.noun_in(label.start..self.start());
                noun.map(|noun| self.subject(noun.place, label.start)).unwrap_or_default()
            }
            Kind::Meeting | Kind::Forum => {
                let plain = Text::new(&words);
                if let Some(end) = plain.ending(plain.len(), &["召开", "举办", "举行"]).filter(|end| *end > 0) {
                    words = tidy(&plain.show(0..end));
                }
                let known = (width(&words) <= 6 && !self.around.event.is_empty()).then(|| self.around.event.clone());
                self.event_name(&words).or(known).unwrap_or(words)
            }
            Kind::Other => self.joined(&words),
        }
    }

    /// The verb that a label such as 实施日期 is made with, as the text writes it.
    fn verb_word(&self, kind: Kind) -> String {
        let words: &[&str] = match kind {
            Kind::Release => &["发布", "公布", "批准", "印发", "出版", "颁布", "上线", "发行"],
            _ => &["停止执行", "实施", "施行", "生效", "执行", "启用", "废止", "试行", "适用"],
        };
        let from = self.verdict.was.and_then(|was| self.s.mentions.get(was)).map_or(self.s.left(self.index), |_| 0);
        let found = self.s.text.find(from..self.start(), words);
        found.map_or(words[usize::from(kind != Kind::Release)].to_owned(), |word| self.s.text.show(word))
    }

    /// `报名` + `截止`, with what it is for.
    fn deadline(&self, words: &str, is_span: bool) -> String {
        let words = &words.trim_end_matches("日期").trim_end_matches("时间").replace("截止日", "截止");
        let text = Text::new(words);
        let ends = text.ending(text.len(), &["截止", "截稿", "期满", "届满", "到期"]);
        let core = ends.map_or_else(|| words.to_owned(), |start| tidy(&text.show(0..start)));
        if core.is_empty() && width(words) > 1 {
            return self.joined(words);
        }
        let core = match core.as_str() {
            "" => String::new(),
            core => core.trim_end_matches(['期', '為', '为']).to_owned(),
        };
        let what = match () {
            () if is_span && core.ends_with("公示") => return self.published(&core),
            () if core.is_empty() => "截止".to_owned(),
            () if core.ends_with("有效") => format!("{core}期届满"),
            () => format!("{core}截止"),
        };
        let has_name = what.contains(['《', '「']) || width(&what) > 14;
        if has_name { what } else { self.joined(&what) }
    }

    /// `对第二批团体标准进行公示，公示时间为…`
    fn published(&self, core: &str) -> String {
        let text = &self.s.text;
        let shown = text.find(0..self.start(), &["进行公示", "予以公示", "公示如下"]);
        let thing = shown.and_then(|shown| {
            let from = self.s.clause_start(shown.start, 0);
            let begin = text.find(from..shown.start, &["对", "将"])?.end;
            Some(self.tidy(begin..shown.start)).filter(|thing| (2..=30).contains(&width(thing)))
        });
        match thing {
            Some(thing) if width(core) <= 3 => format!("{thing}{core}"),
            _ => self.joined(core),
        }
    }

    fn until(&self, from: usize) -> String {
        let before = self.before();
        let before_words = self.tidy(before.clone());
        let is_span =
            ["征集期", "咨询期", "征求意见期"].iter().any(|span| self.s.text.plain(before.clone()).contains(span));
        if is_span {
            return self.deadline(before_words.trim_end_matches('期'), false);
        }
        // `7月31日，论文摘要接收截止`: between the date and the verb.
        let verb = self.s.cues.iter().find(|cue| cue.place.start > self.past() + 2 && (cue.place.end == from));
        if let Some(verb) = verb.filter(|_| before.is_empty()) {
            let words = self.tidy(self.past()..verb.place.start);
            let words = words.trim_start_matches(['为', '為', '是']);
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
            width(words) >= 2 && !is_pronoun(words) && text.len() <= 24 && !is_addressee(&text)
        };
        let of_before =
            || (0..self.index).rev().find_map(|before| self.name(self.s.before(before))).unwrap_or_default();
        let what = match (has_matter(&before_words), after.as_str()) {
            (false, "") if before_words.is_empty() && self.wide_act(end).is_none() => of_before(),
            (true, "") => before_words,
            // `草案意见请在1月6日前提交`
            (true, act) if width(act) <= 4 && !before_words.contains(act) => format!("{before_words}{act}"),
            (_, "") => match self.wide_act(end) {
                Some(act) => act,
                None => before_words,
            },
            (_, act) => act.to_owned(),
        };
        self.deadline(&what, false)
    }

    /// What must be done, told one clause further: `请于5月1日前，将回执发至…`, `即日起至11月30日，协会征集…`.
    fn wide_act(&self, at: usize) -> Option<String> {
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

    fn held(&self, verb: &Range<usize>) -> String {
        let word = self.s.text.plain(verb.clone());
        let is_after = verb.start >= self.past();
        let from = if self.verdict.was.is_some() { 0 } else { self.s.left(self.index) };
        let object_end = self.s.clause_end(verb.end, self.right()).min(verb.end + 60);
        let object = self.s.noun_in(verb.end..object_end);
        let subject = self.s.subject_of(self.index, self.verdict.was, verb);
        if matches!(word.as_str(), "讲评" | "答疑") {
            return self.tidy(verb.start..object_end);
        }
        let is_opening = matches!(word.as_str(), "开幕" | "闭幕" | "启幕" | "揭幕");
        let object = object.filter(|_| !is_opening || subject.is_none());
        let name = match (object, subject) {
            (Some(noun), _) => {
                let begin = self.s.text.one_of(verb.end, &["了", "的"]).unwrap_or(verb.end);
                let start = self.s.clause_start(noun.place.start, begin);
                // A list of names keeps its first.
                let start = if self.s.text.plain(begin..start).contains(['《', '“']) { begin } else { start };
                self.tidy(start..noun.place.end)
            }
            (None, Some(noun)) => self.subject(noun.place, from),
            (None, None) => {
                let after = self.tidy(verb.end..object_end);
                let before = if is_after { self.tidy(self.before()) } else { String::new() };
                match () {
                    () if !after.is_empty() => after,
                    () if !before.is_empty() && !is_pronoun(&before) => before,
                    () => {
                        let between = self.tidy(self.between(verb));
                        if self.s.text.plain(self.between(verb)).starts_with('在') { String::new() } else { between }
                    }
                }
            }
        };
        let has_end = self.s.mentions.get(self.index).is_some_and(|mention| mention.end.is_some());
        let name = self.event_name(&name).unwrap_or(name);
        if is_opening && !has_end { format!("{name}{}", self.s.text.show(verb.clone())) } else { name }
    }

    /// The name that ends with a noun, from the last mark, date or place before it.
    fn subject(&self, noun: Range<usize>, from: usize) -> String {
        let mut start = self.s.clause_start(noun.start, from);
        for mention in &self.s.mentions {
            if mention.place.end <= noun.start && mention.place.start >= start {
                start = self.s.past_brackets(mention.place.end);
            }
        }
        // `原定于…在无锡举办的传感器标准化大会`
        let cue = self.s.cues.iter().rev().find(|cue| {
            cue.sense == Sense::Held
                && cue.place.start >= start
                && cue.place.end < noun.start
                && self.s.text.is(cue.place.end, "的")
        });
        let start = cue.map_or(start, |cue| cue.place.end + 1);
        let said = self.s.text.find(start..noun.start, &["发布公告称", "宣布", "获悉", "介绍,", "透露", "表示"]);
        let start = said.map_or(start, |word| word.end);
        let brackets = self.s.text.at(noun.end) == Some('(');
        let _ = brackets;
        self.tidy(start.min(noun.start)..noun.end)
    }

    /// The name that is known for what is called shortly here: 会议, 本次论坛, 宣贯会.
    fn event_name(&self, name: &str) -> Option<String> {
        let text = Text::new(name);
        let begin = text.one_of(0, &["本届", "本次", "此次", "该", "上述", "这次", "本"]).unwrap_or(0);
        let noun = nouns(&text).into_iter().next_back()?;
        let is_short = noun.place.start <= begin && noun.place.end == text.len();
        let bare = text.plain(noun.place.clone());
        let around = self.around;
        if (is_short || name.is_empty()) && !around.event.is_empty() {
            let is_it = begin > 0
                || matches!(bare.as_str(), "会议" | "大会" | "论坛" | "活动" | "展会" | "培训" | "年会" | "课程")
                || around.event.ends_with(&text.show(noun.place.clone()));
            if is_it {
                return Some(around.event.clone());
            }
        }
        if (is_short || name.is_empty()) && matches!(bare.as_str(), "会议" | "活动" | "大会") {
            // The one that the sentence told before.
            let before = self.s.nouns.iter().rev().filter(|noun| noun.place.end <= self.start());
            let told = before.map(|noun| self.subject(noun.place.clone(), 0)).find(|told| width(told) > 3);
            if told.is_some() {
                return told;
            }
        }
        // `主论坛`, `开幕式` of the event that was told.
        let known = if around.told.is_empty() { &around.event } else { &around.told };
        let is_part = text.one_of(
            0,
            &["主论坛", "分论坛", "平行论坛", "开幕式", "闭幕式", "预备会", "首次会议", "主会场", "开幕致辞"],
        ) == Some(text.len());
        if is_part && !known.is_empty() && width(known) + width(name) <= LONGEST {
            return Some(format!("{known}{name}"));
        }
        let of_document = is_short
            && begin == 0
            && matches!(
                bare.as_str(),
                "宣贯会"
                    | "说明会"
                    | "听证会"
                    | "审查会"
                    | "座谈会"
                    | "研讨会"
                    | "培训班"
                    | "评审会"
                    | "宣贯培训班"
                    | "论证会"
                    | "发布会"
                    | "审定会"
                    | "启动会"
                    | "会"
            );
        if of_document {
            let document = document(self.s, 0..self.start())
                .or_else(|| (!around.document.is_empty()).then(|| around.document.clone()));
            let document = document.filter(|document| width(document) + width(name) <= LONGEST);
            return document.map(|document| format!("{document}{name}"));
        }
        None
    }

    fn noun(&self, noun: &Range<usize>) -> String {
        let bracket = self.s.bracket_about(self.index);
        let name = match bracket {
            Some(bracket) if noun.end <= bracket.start => {
                self.tidy(self.s.clause_start(noun.start, self.s.left(self.index).min(noun.start))..noun.end)
            }
            _ => self.beside(noun),
        };
        self.event_name(&name).unwrap_or(name)
    }

    fn beside(&self, noun: &Range<usize>) -> String {
        match noun.start >= self.past() {
            true => self.tidy(self.s.clause_start(noun.start, self.past())..noun.end),
            false => self.tidy(self.before()),
        }
    }

    fn other(&self, verb: &Range<usize>) -> String {
        let before = self.tidy(self.before());
        let end = self.s.clause_end(verb.end, self.right());
        let begin = match before.is_empty() {
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
        let after = self.tidy(begin..self.s.clause_end(begin, self.right()));
        if width(&after) > 1 { after } else { self.tidy(self.before()) }
    }
}

/// Whether the words name those who are asked, not what is due: `各有关单位请于…`.
fn is_addressee(text: &Text) -> bool {
    let ends = [
        "单位",
        "代表",
        "人员",
        "委员",
        "各方",
        "公众",
        "者",
        "企业",
        "会员",
        "专家",
        "部门",
        "机构",
        "学员",
        "各界",
        "个人",
        "协会",
        "学会",
        "委员会",
        "局",
        "者可",
        "社会",
        "人士",
        "院",
        "公司",
        "同志",
        "作者",
        "用户",
        "市民",
    ];
    let end = text.ending(text.len(), &["可以", "可", "应当", "应"]).unwrap_or(text.len());
    text.ending(end, &ends).is_some()
}

/// What is to be done, by its noun: `将参会回执发至秘书处` is 参会回执提交.
fn act(s: &Sentence, range: Range<usize>) -> String {
    let text = &s.text;
    let sends = [
        "反馈", "报送", "提交", "上传", "发送", "寄送", "递交", "交回", "发至", "发到", "发往", "发给", "发回", "报至",
        "报到", "报给", "报我", "报秘", "交至", "交到", "交给", "寄至", "寄到", "寄往", "寄给", "寄回", "送至", "送到",
        "送达", "传至", "邮寄", "邮至", "返回", "回复", "以", "通过",
    ];
    if let Some(object) = text.find(range.clone(), &["将", "把"])
        && let Some(verb) = (object.end + 1..range.end).find_map(|at| text.one_of(at, &sends).map(|end| at..end))
    {
        let what = tidy(&text.show(object.end..verb.start));
        let word = text.plain(verb.clone());
        let how = match word.as_str() {
            "反馈" | "报送" | "提交" | "上传" | "递交" => text.show(verb),
            "以" if text.holds(verb.end..range.end, &["反馈"]) => "反馈".to_owned(),
            _ => "提交".to_owned(),
        };
        return format!("{what}{how}");
    }
    let verbs = [
        "公开征求意见",
        "征求意见",
        "公开征集",
        "征集",
        "征求",
        "提交",
        "反馈",
        "报送",
        "递交",
        "提出",
        "缴纳",
        "填写",
        "填报",
        "办理",
        "完成",
        "报名",
        "注册",
        "申报",
        "申请",
        "投稿",
        "返回",
        "回复",
        "缴费",
        "预订",
        "登记",
        "投票",
        "领取",
        "上报",
        "推荐",
        "受理",
        "接受",
        "公示",
        "参加",
        "报告",
        "寄回",
        "寄送",
    ];
    let Some(verb) = text.find(range.clone(), &verbs) else { return String::new() };
    let word = text.plain(verb.clone());
    let object_end = text
        .find(verb.end..range.end, &["至", "到", "给", "发往", "(", "的通知", "并", "后"])
        .map_or(range.end, |word| word.start)
        .min(verb.end + 24);
    let object = tidy(&text.show(verb.end..object_end));
    let shown = text.show(verb.clone());
    let object = object.trim_start_matches("是否").to_owned();
    match word.as_str() {
        "接受" | "受理"
            if ["申报", "报名", "申请", "投稿", "注册", "申報", "報名", "申請"]
                .iter()
                .any(|act| object.ends_with(act)) =>
        {
            object
        }
        "提交" | "反馈" | "报送" | "递交" | "填写" | "填报" | "缴纳" | "返回" | "回复" | "上报" | "寄送" | "提出"
            if !object.is_empty() && width(&object) <= 12 && !object.contains(['至', '到']) =>
        {
            format!("{object}{shown}")
        }
        "公开征集" | "征集" | "征求" | "接受" | "受理" if !object.is_empty() => {
            format!("{object}{}", shown.trim_start_matches("公开").trim_start_matches("公開"))
        }
        "公开征求意见" | "征求意见" => shown.trim_start_matches("公开").trim_start_matches("公開").to_owned(),
        "完成" | "提出" | "办理" | "参加" if !object.is_empty() => object,
        // The thing stands before: `意见建议以书面形式反馈`.
        _ if object.is_empty() || width(&object) > 12 => {
            let before =
                text.find(range.start..verb.start, &["意见", "建议", "材料", "回执", "论文", "摘要", "申报书"]);
            format!("{}{shown}", before.map_or(String::new(), |noun| text.show(noun)))
        }
        _ => format!("{shown}{object}"),
    }
}
