//! From lines to events.

use jiff::civil::Date;

use super::around::Around;
use super::clock::times;
use super::dates::{Mention, Written, Year};
use super::fields::{Field, field, fields, value};
use super::kind::{How, Tense, Verdict, is_plain_time, judge, label_kind};
use super::lines::Line;
use super::naming::{document, is_replaced, unnumbered, width};
use super::place;
use super::sentence::{Sentence, sentences};
use super::stamp::{Stamp, stamps, written};
use super::titles::title;
use super::year::{Clock, Meant};
use crate::Known;
use crate::alike::Likeness;
use crate::block::Role;
use crate::event::{self, Event, Kind, Point, When};

pub fn events(lines: &[Line], known: &Known<'_>) -> Vec<Event> {
    let mut reader = Reader::new(lines, known);
    for at in 0..lines.len() {
        reader.line(at);
    }
    drop_coarse(&mut reader.events);
    // `时间：9月16日` of something that is named nowhere.
    reader.events.retain(|event| !is_plain_time(&event.title));
    reader.events
}

/// What a text tells first by its month or year and then by its day is told by its day.
fn drop_coarse(events: &mut Vec<Event>) {
    const LOOKED_AT: usize = 400;
    if events.len() > LOOKED_AT {
        return;
    }
    let exact: Vec<(bool, Kind, Date, Likeness)> = events
        .iter()
        .filter(|event| matches!(event.when.start, Point::Day(_) | Point::Minute(_)))
        .map(|event| {
            (
                event.kind.is_attended(),
                event.kind,
                event.when.start.first_day(),
                Likeness::of(&event.title, &event.standards),
            )
        })
        .collect();
    events.retain(|event| {
        let is_within = |day: Date| match event.when.start {
            Point::Month(year, month) => (day.year(), day.month()) == (year, month),
            Point::Quarter(year, quarter) => day.year() == year && (day.month() - 1) / 3 + 1 == quarter,
            Point::Year(year) => day.year() == year,
            Point::Day(_) | Point::Minute(_) => false,
        };
        let likeness = Likeness::of(&event.title, &event.standards);
        let is_told = |(attended, kind, day, other): &(bool, Kind, Date, Likeness)| {
            is_within(*day)
                && (*kind == event.kind || *attended && event.kind.is_attended())
                && other.is_alike(&likeness)
        };
        !exact.iter().any(is_told)
    });
}

pub struct Reader<'a> {
    pub lines: &'a [Line],
    known: &'a Known<'a>,
    stamps: Vec<Stamp>,
    /// The first day that the text tells with its year, for what stands above it.
    first: Option<Date>,
    /// The last one so far.
    last: Option<Date>,
    /// The last one whose year was guessed.
    guessed: Option<Date>,
    /// The last date of the paragraph or list.
    pub told: Option<Date>,
    /// The year that the heading names.
    named: Option<i16>,
    pub around: Around,
    /// The day whose programme is told.
    pub day: Option<(Date, event::Year)>,
    /// Columns of the table that is read.
    pub heads: Vec<String>,
    /// A label on a line of its own.
    label: String,
    /// Where the events begin that belong together.
    record: usize,
    pub events: Vec<Event>,
}

/// What is told of one date, before it is an event.
pub struct Told {
    pub kind: Kind,
    pub title: String,
    pub location: String,
    pub organizer: String,
    pub standards: Vec<String>,
}

impl<'a> Reader<'a> {
    fn new(lines: &'a [Line], known: &'a Known<'a>) -> Self {
        let first = lines.iter().filter(|line| may_hold_date(&line.text)).find_map(|line| {
            let head: String = line.text.chars().take(400).collect();
            Sentence::new(&head).mentions.iter().find_map(told_day)
        });
        Self {
            lines,
            known,
            stamps: stamps(lines),
            first,
            last: None,
            guessed: None,
            told: None,
            named: None,
            around: Around::default(),
            day: None,
            heads: Vec::new(),
            label: String::new(),
            record: 0,
            events: Vec::new(),
        }
    }

    fn line(&mut self, at: usize) {
        let Some(line) = self.lines.get(at) else { return };
        let stamp = self.stamps.iter().find(|stamp| stamp.at == at).cloned();
        if stamp.as_ref().is_some_and(|stamp| stamp.length.is_none()) {
            return;
        }
        if line.role == Role::Heading {
            self.around = Around::of_heading(&line.text);
            self.named = named_year(&Sentence::new(&line.text), usize::MAX).or(self.named.filter(|_| at < 3));
            (self.told, self.day, self.record) = (None, None, self.events.len());
            self.heads.clear();
            self.label.clear();
            self.prose(at, &line.text, true);
            return;
        }
        if !line.cells.is_empty() {
            self.row(at);
            return;
        }
        if self.is_header(&line.text) || self.programme(at) {
            return;
        }
        // `一、会议时间` alone: the next line has the date.
        let bare = unnumbered(&line.text).trim_end_matches(['：', ':', ' ']).trim_matches(['【', '】']);
        if self.caption(at, &line.text) {
            return;
        }
        let is_label = !bare.contains(['：', ':', '，'])
            && (2..=12).contains(&bare.chars().count())
            && (is_plain_time(bare) || label_kind(bare).is_some() && is_time_label(bare))
            && !may_hold_date(bare);
        if is_label {
            self.label = bare.to_owned();
            return;
        }
        let text = match stamp.and_then(|stamp| stamp.length) {
            Some(length) => {
                let s = Sentence::new(&line.text);
                s.text.show(length..s.len())
            }
            None => line.text.clone(),
        };
        if line.role != Role::Item && unnumbered(&line.text) == line.text && !begins_dated(&line.text) {
            self.told = None;
        }
        self.prose(at, &text, false);
        if may_hold_date(&line.text) || width(&line.text) > 30 {
            self.label.clear();
        }
    }

    /// A caption or a title that tells what comes.
    pub fn caption(&mut self, at: usize, text: &str) -> bool {
        if width(text) > 40 || text.contains(['：', ':', '，', '。']) {
            return false;
        }
        let s = Sentence::new(text);
        if !s.mentions.is_empty() {
            return false;
        }
        let of = Around::of_heading(text);
        let named = named_year(&s, usize::MAX);
        let is_over_rows = self.lines.get(at + 1).is_some_and(|next| !next.cells.is_empty());
        self.named = named.filter(|_| is_over_rows).or(self.named);
        let is_caption = !of.event.is_empty() && (named.is_some() || is_over_rows);
        if is_caption {
            self.named = named.or(self.named);
            self.around = of;
            self.record = self.events.len();
        }
        is_caption
    }

    /// Reads the sentences of a line.
    pub fn prose(&mut self, at: usize, text: &str, is_heading: bool) {
        if !is_heading {
            self.note_fields(text);
        }
        self.around.subject.clear();
        if unnumbered(text) == text {
            self.around.told.clear();
        }
        // The name of a standard stands below its number.
        let plain = super::script::Text::new(text);
        let is_name = (4..=30).contains(&plain.len())
            && (0..plain.len()).all(|at| plain.at(at).is_some_and(super::script::is_han));
        if is_name && !is_heading && !self.around.document.is_empty() && !self.around.document.contains('《') {
            self.around.document = format!("{}《{}》", self.around.document, text.trim());
        }
        let all = sentences(text);
        for sentence in &all {
            let is_whole = all.len() == 1;
            if !may_hold_date(sentence) && !sentence.contains(['《', '「']) && !sentence.contains("之日") {
                continue;
            }
            let s = Sentence::new(sentence);
            self.effective_at_once(at, &s, sentence);
            for index in 0..s.mentions.len() {
                self.mention(at, &s, index, sentence, is_whole, is_heading);
            }
            // What a later sentence points back to.
            let is_standard =
                is_whole && s.masked.standards.first().is_some_and(|standard| standard.place.len() == s.len());
            if is_standard {
                self.around.document.clear();
            }
            let open = (0..s.len()).rev().find(|at| s.text.at(*at) == Some('《'));
            let is_source = open.is_some_and(|open| s.led_by(open, &["根据", "依据", "按照", "依照", "依", "遵照"]));
            if let Some(document) = document(&s, 0..s.len()).filter(|_| !is_source) {
                if self.around.document.is_empty() {
                    self.around.document.clone_from(&document);
                }
                self.around.subject = document;
            }
        }
    }

    fn mention(&mut self, at: usize, s: &Sentence, index: usize, source: &str, is_whole: bool, is_heading: bool) {
        let Some(mention) = s.mentions.get(index) else { return };
        let label = self.label.clone();
        let verdict = judge(s, index, &label, self.around.kind)
            .and_then(|verdict| self.accepted(at, s, index, source, verdict, (is_whole, is_heading)));
        let tense = verdict.as_ref().map_or(Tense::Unknown, |verdict| verdict.tense);
        let is_written = written(&self.stamps, at).is_some();
        let named = named_year(s, mention.place.start)
            .or_else(|| (!is_written).then(|| named_year(s, s.right(index))).flatten());
        let clock = self.clock(at, named);
        let meant = clock.meant(mention, tense, verdict.as_ref().is_some_and(|verdict| verdict.is_end_only));
        if let Some(meant) = &meant {
            self.remember(meant);
        }
        let (Some(verdict), Some(meant)) = (verdict, meant) else { return };
        // A headline's coarse date is told better below.
        if is_heading && !matches!(meant.when.start, Point::Day(_) | Point::Minute(_)) {
            return;
        }
        let Some(title) = title(s, index, &verdict, &self.around) else { return };
        let was = verdict
            .was
            .and_then(|was| s.mentions.get(was))
            .and_then(|was| clock.meant(was, Tense::Unknown, false))
            .map(|was| was.when);
        let told = Told {
            kind: verdict.kind,
            location: self.location(s, index, &verdict),
            organizer: self.organizer(s, index, &verdict),
            standards: standards(s, index, &verdict, &self.around),
            title,
        };
        if told.kind.is_attended() && width(&told.title) > 4 {
            self.around.told.clone_from(&told.title);
        }
        self.keep(at, told, meant, s.text.show(mention.place.clone()), was, source);
    }

    /// Whether so little as was found is enough for an event here.
    fn accepted(
        &self,
        at: usize,
        s: &Sentence,
        index: usize,
        source: &str,
        verdict: Verdict,
        (is_whole, is_heading): (bool, bool),
    ) -> Option<Verdict> {
        let mention = s.mentions.get(index)?;
        if verdict.how != How::Bare {
            return Some(verdict);
        }
        if !mention.start.is_day() || is_heading {
            return None;
        }
        // `直播课安排：6月4日讲…，6月5日…`
        let colon = s.text.find(0..mention.place.start, &[":"]).map(|colon| colon.start);
        let noun = colon.and_then(|colon| s.noun_in(0..colon));
        if let Some(noun) = noun {
            return Some(Verdict { kind: noun.kind, ..verdict });
        }
        let line = self.lines.get(at)?;
        let is_item =
            is_whole && s.mentions.len() == 1 && width(&line.text) <= 50 && !line.text.ends_with(['。', '，']);
        let lead = s.len().saturating_sub(super::script::Text::new(unnumbered(source)).len());
        let is_at_head = mention.place.start <= lead + 1;
        let is_at_tail = mention.place.end + 1 >= s.len();
        let rest = s.len().saturating_sub(mention.place.len());
        let has_words = rest >= 2 && (is_at_head || is_at_tail);
        let kind = self
            .around
            .kind
            .filter(|kind| matches!(kind, Kind::Forum | Kind::Meeting))
            .filter(|_| is_at_head)
            .unwrap_or(Kind::Other);
        (is_item && has_words && mention.start.is_told()).then_some(Verdict { kind, ..verdict })
    }

    pub fn clock(&self, at: usize, named: Option<i16>) -> Clock {
        Clock {
            told: self.told,
            written: written(&self.stamps, at).or(self.known.written),
            named: named.or(self.named),
            elsewhere: self.last.or(self.first),
            today: self.known.today,
            guessed: self.guessed,
        }
    }

    pub fn remember(&mut self, meant: &Meant) {
        if meant.year == event::Year::Guessed {
            self.guessed = Some(meant.when.start.first_day());
        } else {
            let day = meant.when.start.first_day();
            self.told = Some(day);
            self.last = Some(day);
        }
    }

    fn location(&self, s: &Sentence, index: usize, verdict: &Verdict) -> String {
        if !verdict.kind.is_attended() {
            return String::new();
        }
        let from = verdict.was.map_or(s.left(index), |_| 0);
        let of_verb = match &verdict.how {
            How::Verb(verb) => {
                let place = place::of_verb(s, from, verb);
                // `原定于…在无锡举办的大会延期至…举办`
                let first = s.cues.iter().find(|cue| {
                    cue.sense == super::cues::Sense::Held && cue.place.start >= from && cue.place.start < verb.start
                });
                match (place.is_empty(), first.filter(|_| verdict.was.is_some())) {
                    (true, Some(cue)) => place::of_verb(s, from, &cue.place),
                    _ => place,
                }
            }
            How::Label(_) if verdict.was.is_some() => {
                let first = s.cues.iter().find(|cue| cue.sense == super::cues::Sense::Held);
                first.map(|cue| place::of_verb(s, 0, &cue.place)).unwrap_or_default()
            }
            How::Noun(_) if s.bracket_about(index).is_some() => {
                let bracket = s.bracket_about(index).unwrap_or_default();
                place::at_end_of(
                    s,
                    s.mentions.get(index).map_or(0, |mention| mention.place.end),
                    bracket.end.saturating_sub(1),
                )
            }
            How::Noun(_) | How::Bare => place::at_end(s, s.mentions.get(index).map_or(0, |mention| mention.place.end)),
            _ => String::new(),
        };
        let told = if of_verb.is_empty() { place::told(s) } else { of_verb };
        if told.is_empty() && matches!(verdict.how, How::Label(_) | How::Noun(_)) {
            self.around.place.clone()
        } else {
            told
        }
    }

    /// Who holds or issues it: before the date or the verb, if the words end like a body's name.
    fn organizer(&self, s: &Sentence, index: usize, verdict: &Verdict) -> String {
        const BODIES: &[&str] = &[
            "局",
            "委员会",
            "部",
            "厅",
            "协会",
            "学会",
            "公司",
            "联合会",
            "研究院",
            "中心",
            "秘书处",
            "政府",
            "联盟",
            "总局",
            "标准委",
            "标委会",
            "大学",
            "署",
            "工作组",
            "商会",
            "促进会",
            "理事会",
        ];
        let How::Verb(verb) = &verdict.how else {
            return if verdict.kind.is_attended() { self.around.organizer.clone() } else { String::new() };
        };
        if let Some(by) = s.text.find(s.left(index)..s.len(), &["主办", "承办"])
            && let Some(from) = s.text.find(s.left(index)..by.start, &["由"])
        {
            return place::clean(&s.text.show(from.end..by.start))
                .trim_end_matches(['联', '合', '共', '同'])
                .to_owned();
        }
        let start = s.mentions.get(index).map_or(0, |mention| mention.place.end);
        let is_after = verb.start >= start;
        for range in [s.before(index), if is_after { start..verb.start } else { 0..0 }] {
            let begin = range.start + usize::from(s.text.at(range.start) == Some(','));
            let limit = s.text.find(begin..range.end, &["在", "于", "将", "正式"]).map_or(range.end, |word| word.start);
            let name = super::naming::tidy(&s.text.show(begin.min(limit)..limit));
            let text = super::script::Text::new(&name);
            let is_body = text.ending(text.len(), BODIES).is_some()
                && text.len() >= 3
                && s.noun_in(begin.min(limit)..limit).is_none();
            let has_object = s.clause_end(verb.end, s.right(index)) > verb.end + 1;
            if is_body && has_object && width(&name) <= 30 && !name.contains(['《', '，']) {
                return name;
            }
        }
        if verdict.kind.is_attended() { self.around.organizer.clone() } else { String::new() }
    }

    /// `自印发之日起施行`: the day on which the text was written.
    fn effective_at_once(&mut self, at: usize, s: &Sentence, source: &str) {
        let days = [
            "自发布之日起",
            "自印发之日起",
            "自公布之日起",
            "自颁布之日起",
            "自下发之日起",
            "自发文之日起",
            "从发布之日起",
            "自批准之日起",
            "自通过之日起",
        ];
        let Some(since) = s
            .text
            .find(0..s.len(), &days)
            .filter(|_| s.mentions.is_empty() || s.mentions.iter().all(|mention| mention.place.start > 0))
        else {
            return;
        };
        let verb = s
            .text
            .one_of(since.end, &["正式施行", "正式实施", "施行", "实施", "执行", "生效", "试行"])
            .map(|end| since.end..end);
        let (Some(verb), Some(day)) = (verb, written(&self.stamps, at)) else { return };
        let before = s.clause_start(since.start, 0)..since.start;
        let name = document(s, before.clone())
            .or_else(|| (!self.around.document.is_empty()).then(|| self.around.document.clone()))
            .unwrap_or_else(|| super::naming::tidy(&s.text.show(before)));
        let meant = Meant {
            when: When { start: Point::Day(day), end: None },
            year: event::Year::Understood,
            zone: None,
            is_zone_unknown: false,
        };
        let title = super::titles::fit(&format!("{name}{}", s.text.show(verb)));
        if width(&title) > 2 {
            let standards = standards_named(s);
            let told =
                Told { kind: Kind::EffectiveDate, title, location: String::new(), organizer: String::new(), standards };
            self.keep(at, told, meant, s.text.show(since), None, source);
        }
    }

    /// What the labels of a line tell of what is around it; also of the events just told.
    fn note_fields(&mut self, text: &str) {
        if !text.contains(['：', ':', '∶', '】']) || text.len() > 1200 {
            return;
        }
        let s = Sentence::new(text);
        for (label, range) in fields(&s) {
            let of = field(&label);
            let has_date = s.mentions.iter().any(|mention| range.contains(&mention.place.start));
            let told = value(&s, range.clone());
            if told.is_empty() || width(&told) > 60 || (has_date && of != Field::Number) {
                continue;
            }
            match of {
                Field::Place => {
                    let place = place::clean(&told);
                    if !["不变", "待定", "另行"].iter().any(|word| place.contains(word)) {
                        self.around.place.clone_from(&place);
                        let record = self.record;
                        for event in self
                            .events
                            .iter_mut()
                            .skip(record)
                            .filter(|event| event.kind.is_attended() && event.location.is_empty())
                        {
                            event.location.clone_from(&place);
                        }
                    }
                }
                Field::Organizer => self.around.organizer = told,
                Field::Name if label.ends_with("内容") && !is_event_name(&told, &self.around) => {}
                Field::Name if label_kind(&label).is_none_or(|kind| kind.is_attended()) && is_name_label(&label) => {
                    let standard = s.text.plain(0..range.start).contains("标准名称");
                    if standard {
                        self.around.document = match self.around.document.as_str() {
                            "" => format!("《{}》", told.trim_matches(['《', '》'])),
                            known if known.contains('《') => known.to_owned(),
                            known => format!("{known}《{}》", told.trim_matches(['《', '》'])),
                        };
                    } else {
                        let of = Around::of_heading(&told);
                        // The time may stand above the name.
                        let record = self.record;
                        let is_first = self.around.event.is_empty();
                        let mut unnamed = self.events.iter_mut().skip(record).filter(|event| {
                            event.kind.is_attended() && (width(&event.title) <= 6 || is_plain_time(&event.title))
                        });
                        match unnamed.next().filter(|_| is_first) {
                            Some(event) => {
                                event.title.clone_from(&told);
                                event.kind = of.kind.unwrap_or(event.kind);
                            }
                            None => self.record = self.events.len(),
                        }
                        self.around.kind = of.kind.or(self.around.kind);
                        self.around.event = told;
                    }
                }
                Field::Number => {
                    if let Some(standard) =
                        s.masked.standards.iter().find(|standard| range.contains(&standard.place.start))
                    {
                        self.around.document.clone_from(&standard.identifier);
                    }
                }
                _ => {}
            }
        }
    }

    pub fn keep(&mut self, at: usize, told: Told, meant: Meant, written: String, was: Option<When>, source: &str) {
        let Some(line) = self.lines.get(at) else { return };
        let note = meant.is_zone_unknown.then(|| "the time zone that is named is not known: the day only".to_owned());
        let text = if line.cells.is_empty() { source.to_owned() } else { line.text.clone() };
        self.events.push(Event {
            kind: told.kind,
            title: told.title,
            when: meant.when,
            zone: meant.zone,
            location: told.location,
            organizer: told.organizer,
            standards: told.standards,
            topics: self.known.topics.found_in(&[&self.around.topic, &line.text]),
            year: meant.year,
            written: if meant.year == event::Year::Told { meant.when.to_string() } else { written },
            was,
            note,
            source_text: text,
            line: line.number.max(1),
        });
    }

    /// A day alone, whose programme follows, or a line of such a programme.
    fn programme(&mut self, at: usize) -> bool {
        let Some(line) = self.lines.get(at) else { return false };
        if width(&line.text) > 60 || !may_hold_date(&line.text) {
            return false;
        }
        let s = Sentence::new(unnumbered(&line.text));
        if let Some((_, next)) = times(&s.text, 0).filter(|(times, _)| times.start.is_some()) {
            return self.day.is_some() && self.timed(at, &s, next, &line.text);
        }
        let follows = self.lines.get(at + 1).is_some_and(|next| {
            let text = super::script::Text::new(unnumbered(&next.text));
            times(&text, 0).is_some()
                || next.cells.first().is_some_and(|cell| times(&super::script::Text::new(cell), 0).is_some())
        });
        let [mention] = s.mentions.as_slice() else { return false };
        let rest = s.len() - mention.place.len();
        if !follows || mention.end.is_some() || !mention.start.is_day() || rest > 12 || mention.times.is_some() {
            return false;
        }
        let clock = self.clock(at, None);
        if let Some(meant) = clock.meant(mention, Tense::Unknown, false) {
            self.remember(&meant);
            self.day = Some((meant.when.start.first_day(), meant.year));
        }
        true
    }

    /// `09:00-09:20 开幕致辞` on the day that is told above.
    pub fn timed(&mut self, at: usize, s: &Sentence, next: usize, source: &str) -> bool {
        let (Some((day, year)), Some((times, _))) = (self.day, times(&s.text, 0)) else { return false };
        let name = super::naming::tidy(&s.text.show(next..s.len()));
        let Some(start) = times.start else { return false };
        if width(&name) < 2 || is_pause(&name) {
            return true;
        }
        let when = When {
            start: Point::Minute(day.to_datetime(start)),
            end: times.end.map(|end| Point::Minute(day.to_datetime(end))),
        };
        let kind = s.noun_in(next..s.len()).map(|noun| noun.kind).or(self.around.kind).unwrap_or(Kind::Forum);
        let told = Told {
            kind,
            title: super::titles::fit(&name),
            location: self.around.place.clone(),
            organizer: String::new(),
            standards: standards_named(s),
        };
        let meant = Meant { when, year, zone: None, is_zone_unknown: false };
        let written = s.text.show(0..next);
        self.keep(at, told, meant, written, None, source);
        true
    }
}

/// Pauses and the like, which nobody announces.
pub fn is_pause(name: &str) -> bool {
    let plain = super::script::Text::new(name);
    let plain = plain.plain(0..plain.len());
    let words = [
        "茶歇",
        "午餐",
        "午休",
        "休息",
        "晚餐",
        "晚宴",
        "用餐",
        "早餐",
        "签到",
        "报到",
        "入场",
        "合影",
        "自助餐",
        "午饭",
        "返程",
        "离会",
        "会议注册",
        "嘉宾签到",
        "茶叙",
        "来宾签到",
    ];
    words.iter().any(|word| plain.starts_with(word) || plain == *word) && plain.chars().count() <= 10
}

/// Whether the value of a label such as `内容` is a name: it ends with what people come together for.
fn is_event_name(told: &str, around: &Around) -> bool {
    let text = super::script::Text::new(told);
    let noun = super::nouns::last_in(&super::nouns::nouns(&text), &(0..text.len()));
    around.event.is_empty() && width(told) <= 30 && noun.is_some_and(|noun| noun.place.end == text.len())
}

fn is_time_label(label: &str) -> bool {
    ["时间", "日期", "期限", "截止", "時間", "安排", "日程", "地点", "地點", "期"]
        .iter()
        .any(|end| label.ends_with(end))
}

fn is_name_label(label: &str) -> bool {
    let text = super::script::Text::new(label);
    let plain = text.plain(0..text.len());
    ["名称", "预告", "内容", "主题", "题目", "活动", "会议", "论坛", "培训班", "课程", "讲座", "标题", "赛事", "展会"]
        .iter()
        .any(|word| plain.ends_with(word))
}

fn told_day(mention: &Mention) -> Option<Date> {
    match mention.start {
        Written::Day { year: Year::Told(year), month, day } => Date::new(year, month, day).ok(),
        Written::Month { year: Year::Told(year), month } => Date::new(year, month, 1).ok(),
        _ => None,
    }
}

/// Whether it is worth reading.
pub fn may_hold_date(text: &str) -> bool {
    let mut before = ' ';
    text.chars().any(|c| {
        let is_told = c.is_ascii_digit()
            || ('０'..='９').contains(&c)
            || (c == '月' && "一二三四五六七八九十本下上元".contains(before))
            || (matches!(c, '日' | '天') && "今明昨次翌同当當".contains(before))
            || (matches!(c, '周' | '週') && "下本这這".contains(before))
            || (matches!(c, '年') && "今明去次翌同〇○零一二三四五六七八九十百下上".contains(before))
            || (c == '底' && before == '年')
            || (c == '季' && "一二三四".contains(before));
        before = c;
        is_told
    })
}

fn begins_dated(text: &str) -> bool {
    unnumbered(text).starts_with(|c: char| c.is_ascii_digit() || ('０'..='９').contains(&c))
}

/// The year that a name before a place holds: `2022海洋论坛`, `112年度`.
pub fn named_year(s: &Sentence, before: usize) -> Option<i16> {
    let limit = before.min(s.len());
    (limit.saturating_sub(120)..limit).rev().find_map(|at| {
        if s.masked.is_opaque(at)
            || s.mentions.iter().any(|mention| mention.place.contains(&at) && mention.start.is_day())
        {
            return None;
        }
        if let Some((year, next)) = super::numeral::four(&s.text, at) {
            let is_name = s
                .text
                .at(next)
                .is_some_and(|c| super::script::is_han(c) || c == '(' || c == '-' || c.is_ascii_uppercase())
                && !s.text.is(next, "号")
                && !s.text.is(next, "人");
            return (is_name && (1980..2100).contains(&year)).then_some(year);
        }
        let is_republic = s.text.at(at) == Some('1')
            && !s.text.before(at).is_some_and(|c| c.is_ascii_digit())
            && s.text.is(at + 3, "年度");
        is_republic.then(|| s.text.plain(at..at + 3).parse::<i16>().ok()).flatten().map(|year| year + 1911)
    })
}

/// The standards that an event is about: those of its own clause or before it, else those around.
fn standards(s: &Sentence, index: usize, verdict: &Verdict, around: &Around) -> Vec<String> {
    if !matches!(verdict.kind, Kind::Release | Kind::EffectiveDate | Kind::Deadline) {
        return Vec::new();
    }
    let all = || s.masked.standards.iter().filter(|standard| !is_replaced(&s.text, standard.place.start));
    let (left, right) = (s.left(index), s.right(index));
    let own: Vec<String> = all()
        .filter(|standard| (left..right).contains(&standard.place.start))
        .map(|standard| standard.identifier.clone())
        .collect();
    if !own.is_empty() {
        return deduplicated(own);
    }
    let before: Vec<String> =
        all().filter(|standard| standard.place.start < left).map(|standard| standard.identifier.clone()).collect();
    if !before.is_empty() && verdict.kind != Kind::Deadline {
        return deduplicated(before);
    }
    let named = Sentence::new(if around.subject.is_empty() { &around.document } else { &around.subject });
    standards_named(&named)
}

fn deduplicated(mut standards: Vec<String>) -> Vec<String> {
    let mut seen = std::collections::BTreeSet::new();
    standards.retain(|standard| seen.insert(standard.clone()));
    standards.truncate(20);
    standards
}

pub fn standards_named(s: &Sentence) -> Vec<String> {
    deduplicated(
        s.masked
            .standards
            .iter()
            .filter(|standard| !is_replaced(&s.text, standard.place.start))
            .map(|standard| standard.identifier.clone())
            .collect(),
    )
}
