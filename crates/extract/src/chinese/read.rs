//! From lines to events.

mod above;
mod at_once;
mod bare;
mod coarse;
mod context;
mod glance;
mod memory;
mod paired;
mod parties;
mod programme;
mod record;

pub use glance::{may_hold_date, named_year};
pub use parties::standards_named;
pub use programme::{HalfDay, is_pause};

use bare::{is_date_alone, labelled_by};
use glance::{begins_dated, is_over, is_time_label, told_day};
use jiff::civil::Date;
use parties::standards;

use super::around::Around;
use super::kind::{How, Tense, is_plain_time, judge, label_kind};
use super::lines::Line;
use super::naming::{case, document, handed_on, is_source, unnumbered, width};
use super::sentence::{Sentence, sentences};
use super::stamp::{self, Stamp, stamps, written};
use super::titles::{is_of_dates, title};
use super::year::Meant;
use crate::Known;
use crate::block::Role;
use crate::event::{self, Event, Kind, Point, When};

pub fn events(lines: &[Line], known: &Known<'_>) -> Vec<Event> {
    let mut reader = Reader::new(lines, known);
    for at in 0..lines.len() {
        reader.line(at);
    }
    coarse::drop_coarse(&mut reader.events);
    // `时间：9月16日` of something that is named nowhere.
    reader.events.retain(|event| !is_plain_time(&event.title));
    reader.events
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
    /// The half of the day whose programme is told, and the last hour in it.
    pub half: HalfDay,
    /// What the section's head asks for, whose time a label below tells: `三、获取招标文件`.
    section: String,
    /// The line that is read, where it is read in other words.
    shown: Option<String>,
    /// The day whose programme is told.
    pub day: Option<(Date, event::Year)>,
    /// The middle of the school's term that is told of.
    term: Option<Date>,
    /// Whether any line is a table's row.
    pub has_rows: bool,
    /// A line that was read with the one above.
    skipped: Option<usize>,
    /// Whether a history is told.
    is_history: bool,
    /// Columns of the table that is read.
    pub heads: Vec<String>,
    label: String,
    /// Where the events begin that belong together.
    record: usize,
    /// Where those begin of the lines that no empty line parts.
    paragraph: usize,
    /// The day on which people come together, as the paragraph told it last.
    held: Option<Date>,
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
        // `2022年度标准复审工作`: what else would be a guess is guessed from that.
        let of_name = || {
            let named = |line: &Line| {
                let head: String = line.text.chars().take(120).collect();
                let year = named_year(&Sentence::new(&head), usize::MAX)?;
                Date::new(year, 6, 30).ok()
            };
            lines.iter().take(40).filter(|line| line.text.contains("20")).find_map(named)
        };
        let stamps = stamps(lines);
        let is_known = first.is_some() || !stamps.is_empty() || known.written.is_some();
        let of_dateline = if is_known { None } else { stamp::guessed(lines, known.today) };
        let guessed = of_dateline.or_else(|| if first.is_none() { of_name() } else { None });
        Self {
            lines,
            known,
            stamps,
            first,
            last: None,
            guessed,
            told: None,
            named: None,
            around: Around::default(),
            half: HalfDay::default(),
            section: String::new(),
            shown: None,
            day: None,
            term: None,
            has_rows: lines.iter().any(|line| !line.cells.is_empty()),
            skipped: None,
            is_history: false,
            heads: Vec::new(),
            label: String::new(),
            record: 0,
            paragraph: 0,
            held: None,
            events: Vec::new(),
        }
    }

    fn line(&mut self, at: usize) {
        let Some(line) = self.lines.get(at) else { return };
        if at.checked_sub(1).is_none_or(|above| self.lines[above].number + 1 < line.number) {
            self.paragraph = self.events.len();
        }
        let stamp = self.stamps.iter().find(|stamp| stamp.at == at).cloned();
        if stamp.as_ref().is_some_and(|stamp| stamp.length.is_none()) {
            // A headline with the day behind it.
            if at == 0
                && let Some((name, _)) = line.text.rsplit_once(char::is_whitespace)
                && width(name) >= 4
            {
                self.around = Around::of_heading(name);
            }
            return;
        }
        self.note_term(at, line.role == Role::Heading);
        if line.role == Role::Heading {
            self.is_history = Self::is_history(&line.text);
            let of = self.heading(at, &line.text);
            self.around = match is_of_dates(&of.topic) && !self.around.event.is_empty() {
                // `重要日期` below the name of a congress is about that.
                true => Around { place: String::new(), ..std::mem::take(&mut self.around) },
                false => of,
            };
            self.named = named_year(&Sentence::new(&line.text), usize::MAX).or(self.named.filter(|_| at < 3));
            (self.told, self.day, self.record) = (None, None, self.events.len());
            self.heads.clear();
            self.label.clear();
            self.section.clear();
            self.prose(at, &line.text, true);
            return;
        }
        if !line.cells.is_empty() {
            // A column that is empty leaves a gap, which parts no cells where single spaces do.
            let is_short = line.heads.is_empty() && line.cells.len() + 1 < self.heads.len();
            if let Some(words) = self.cells_by_words(line) {
                self.row_of(at, &words);
                return;
            }
            match is_short.then(|| self.cells_of(&line.text)).flatten() {
                Some(cells) => self.row_of(at, &cells),
                None => self.row(at),
            }
            return;
        }
        if self.skipped == Some(at) {
            return;
        }
        if let Some(told) = self.over_name(at).or_else(|| self.below_name(at)) {
            self.shown = Some(line.text.clone());
            self.prose(at, &told, false);
            self.shown = None;
            return;
        }
        if self.is_header(&line.text) || self.programme(at) {
            return;
        }
        if let Some(cells) = self.cells_of(&line.text) {
            self.row_of(at, &cells);
            return;
        }
        // `一、会议时间` alone: the next line has the date.
        let bare = unnumbered(&line.text).trim_end_matches(['：', ':', ' ']).trim_matches(['【', '】']);
        if self.caption(at, &line.text) {
            return;
        }
        if self.time_alone(at) || self.month_alone(at) {
            return;
        }
        let section = self.section_head(at);
        let is_label = !bare.contains(['：', ':', '，'])
            && (2..=12 + 18 * usize::from(self.is_over_date(at))).contains(&bare.chars().count())
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
        let text = match self.of_section(&text).or_else(|| self.of_label(&text)) {
            Some(told) => {
                self.shown = Some(text);
                told
            }
            None => text,
        };
        if section {
            self.section = bare.to_owned();
        }
        if line.role != Role::Item && unnumbered(&line.text) == line.text && !begins_dated(&line.text) {
            self.told = None;
            self.held = None;
        }
        // `二、会议地点` over its value.
        if self.asks_for_place() && !text.contains(['：', ':', '。']) && width(&text) <= 40 {
            let told = format!("{}：{}", self.label, unnumbered(&text));
            self.note_fields(&told);
            self.label.clear();
        }
        self.prose(at, &text, false);
        self.shown = None;
        if may_hold_date(&line.text) || width(&line.text) > 30 {
            self.label.clear();
        }
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
        let label = labelled_by(&all);
        for (position, sentence) in all.iter().enumerate() {
            let is_whole = all.len() == 1;
            let told =
                label.filter(|_| position > 0 && is_date_alone(sentence)).map(|label| format!("{label}：{sentence}"));
            let source = told.as_ref().map(|_| (*sentence).to_owned());
            let sentence = told.as_deref().unwrap_or(sentence);
            let was_shown = self.shown.clone();
            self.shown = was_shown.clone().or(source);
            let names = ["《", "「", "之日", "一案", "现将", "現將", "兹将", "茲將"];
            if !may_hold_date(sentence) && !names.iter().any(|name| sentence.contains(name)) {
                self.shown = was_shown;
                continue;
            }
            let s = Sentence::new(sentence);
            self.effective_at_once(at, &s, sentence);
            for index in 0..s.mentions.len() {
                self.mention(at, &s, index, sentence, is_whole, is_heading);
            }
            self.shown = was_shown;
            // What a later sentence points back to.
            let is_standard =
                is_whole && s.masked.standards.first().is_some_and(|standard| standard.place.len() == s.len());
            if is_standard {
                self.around.document.clear();
            }
            let is_source = is_source(&s, s.len());
            let handed_on = handed_on(&s, s.len()).or_else(|| case(&s));
            if let Some(document) = document(&s, 0..s.len()).filter(|_| !is_source).or(handed_on) {
                if self.around.document.is_empty() {
                    self.around.document.clone_from(&document);
                }
                // Of several numbers it is the first that is spoken of.
                let several = !document.contains('《') && s.masked.standards.len() > 1;
                let first = s.masked.standards.first().filter(|_| several);
                self.around.subject = first.map_or(document, |first| first.identifier.clone());
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
            self.remember(meant, verdict.as_ref().map(|verdict| verdict.kind));
        }
        let (Some(verdict), Some(mut meant)) = (verdict, meant) else { return };
        if matches!(meant.when.start, Point::Minute(_)) && meant.zone.is_none() {
            meant.zone = super::clock::zone_of_all(&s.text).map(str::to_owned);
        }
        // A headline's coarse date is told better below.
        if is_heading && !matches!(meant.when.start, Point::Day(_) | Point::Minute(_)) {
            return;
        }
        // What a text tells of a month that was over when it was written is history.
        if is_over(&meant.when.start, clock.written) && !matches!(verdict.how, How::Label(_)) {
            return;
        }
        let Some(title) = title(s, index, &verdict, &self.around) else { return };
        let was = verdict
            .was
            .and_then(|was| s.mentions.get(was))
            .and_then(|was| clock.meant(was, Tense::Unknown, false))
            .map(|was| was.when);
        // The programme of this day may follow.
        let is_one_day = meant.when.end.is_none_or(|end| end.first_day() == meant.when.start.first_day());
        if let (Point::Day(_) | Point::Minute(_), true, true) =
            (meant.when.start, is_one_day, matches!(verdict.how, How::Label(_)))
            && verdict.kind.is_attended()
            && index == 0
        {
            self.day = Some((meant.when.start.first_day(), meant.year));
            self.half = HalfDay::default();
        }
        let told = Told {
            kind: verdict.kind,
            location: self.location(s, index, &verdict),
            organizer: self.organizer(s, index, &verdict),
            standards: standards(s, index, &verdict, &self.around),
            title,
        };
        let is_told_by_deadline = told.kind == Kind::Deadline && mention.start.is_told();
        self.held = match () {
            () if told.kind.is_attended() => Some(meant.when.start.first_day()),
            // A deadline says nothing of what comes on the day of a meeting.
            () if is_told_by_deadline => self.held,
            () => None,
        };
        if told.kind.is_attended() && width(&told.title) > 4 {
            self.around.told.clone_from(&told.title);
        }
        self.keep(at, told, meant, s.text.show(mention.place.clone()), was, source);
    }

    pub fn keep(&mut self, at: usize, told: Told, meant: Meant, written: String, was: Option<When>, source: &str) {
        let Some(line) = self.lines.get(at).filter(|_| !self.is_history) else { return };
        let note = meant.is_zone_unknown.then(|| "the time zone that is named is not known: the day only".to_owned());
        let source = self.shown.as_deref().unwrap_or(source);
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
}
