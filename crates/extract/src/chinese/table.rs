//! Rows of tables: a date in a column is what the column's head says, of what the row is about.

mod about;
mod cells;
mod heads;

pub use heads::is_head;

use about::About;
use cells::has_own_words;
use heads::{as_day, edge};

use super::around::Around;
use super::clock::times;
use super::fields::{Field, field};
use super::kind::{How, Tense, is_plain_time, judge, label_kind};
use super::lines::Line;
use super::read::{Reader, Told, is_pause, may_hold_date, named_year};
use super::script::Text;
use super::sentence::Sentence;
use super::titles::{title, whole};
use crate::event::{Kind, Point, When};

impl Reader<'_> {
    /// `标准编号 标准名称 实施日期`, a line that is a table's head without looking like one.
    pub fn is_header(&mut self, text: &str) -> bool {
        let words: Vec<&str> = text.split_whitespace().collect();
        let is_header = words.len() >= 3 && words.iter().all(|word| is_head(word));
        if is_header {
            self.heads = words.into_iter().map(str::to_owned).collect();
        } else if !self.heads.is_empty() && !self.has_rows {
            return false;
        }
        is_header
    }

    /// The cells of a line below heads that stood in one line, parted by spaces: dates by their columns from the right,
    /// a standard's number before its name.
    pub fn cells_of(&self, text: &str) -> Option<Vec<String>> {
        let words = cells::words(text);
        let heads = &self.heads;
        let replaced = heads.iter().position(|head| field(head) == Field::Replaced);
        // Most standards replace none: the column is empty.
        let words: Vec<&str> = match replaced.filter(|at| words.len() + 1 == heads.len() && *at < words.len()) {
            Some(at) => words[..at].iter().copied().chain([""]).chain(words[at..].iter().copied()).collect(),
            None => words,
        };
        if heads.len() < 3 || heads.len() > 10 || words.len() < heads.len() || words.len() > 40 || text.len() > 600 {
            return None;
        }
        let is_date =
            |word: &str| word.starts_with(|c: char| c.is_ascii_digit()) && !Sentence::new(word).mentions.is_empty();
        let mut tail = Vec::new();
        while let (Some(head), Some(word)) =
            (heads.len().checked_sub(1 + tail.len()), words.len().checked_sub(1 + tail.len()))
            && is_date(words[word])
            && heads[head].contains(['日', '期', '时'])
        {
            tail.insert(0, words[word].to_owned());
        }
        if tail.is_empty() {
            return None;
        }
        let mut words = &words[..words.len() - tail.len()];
        let mut open = &heads[..heads.len() - tail.len()];
        let mut cells = Vec::new();
        if let (Some(head), Some(word)) = (open.first(), words.first())
            && head.contains("序号")
            && word.bytes().all(|octet| octet.is_ascii_digit())
        {
            cells.push((*word).to_owned());
            (words, open) = (&words[1..], &open[1..]);
        }
        match open {
            _ if open.len() == words.len() => cells.extend(words.iter().map(|word| (*word).to_owned())),
            [_] => cells.push(words.join(" ")),
            [number, _] if field(number) == Field::Number => {
                let told = words.join(" ");
                let s = Sentence::new(&told);
                let end = s.masked.standards.first().filter(|standard| standard.place.start == 0)?.place.end;
                cells.extend([s.text.show(0..end), s.text.show(end..s.len()).trim().to_owned()]);
            }
            _ => return None,
        }
        cells.extend(tail);
        Some(cells)
    }

    /// The words of a row whose gaps are too narrow for cells, where they are as many as the heads.
    pub fn cells_by_words(&self, line: &Line) -> Option<Vec<String>> {
        let is_short = line.heads.is_empty() && line.cells.len() < self.heads.len();
        let words = || line.text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        is_short.then(words).filter(|words| words.len() == self.heads.len())
    }

    pub fn row(&mut self, at: usize) {
        let Some(line) = self.lines.get(at) else { return };
        self.row_of(at, &line.cells);
    }

    pub fn row_of(&mut self, at: usize, cells: &[String]) {
        let Some(line) = self.lines.get(at) else { return };
        if !line.heads.is_empty() {
            self.heads.clone_from(&line.heads);
        }
        let told: Vec<&String> = cells.iter().filter(|cell| !cell.is_empty()).collect();
        if let [only] = told.as_slice()
            && self.caption(at, only)
        {
            return;
        }
        let heads = told.iter().filter(|cell| is_head(cell)).count();
        let dated = told.iter().filter(|cell| may_hold_date(cell) && !Sentence::new(cell).mentions.is_empty()).count();
        // The first row of short words, over rows with dates, is one of heads, whatever they say.
        let is_over_dates = self.heads.is_empty()
            && dated == 0
            && told.len() >= 3
            && told.len() == cells.len()
            && told.iter().all(|cell| Text::new(cell).len() <= 12 && !cell.contains(|c: char| c.is_ascii_digit()))
            && self.lines.get(at + 1).is_some_and(|next| next.cells.len() == cells.len() && may_hold_date(&next.text));
        if is_over_dates
            || told.len() >= 2 && heads * 3 >= told.len() * 2 && dated == 0 && (heads > 1 || told.len() > 2)
        {
            self.heads = cells.to_vec();
            return;
        }
        // A label and its value.
        if let [label, value] = told.as_slice()
            && self.heads.len() != 2
            && is_head(label)
        {
            let text = format!("{label}：{value}");
            self.prose(at, &text, false);
            return;
        }
        if self.cells_of_their_own(at, &told) {
            return;
        }
        for cell in cells {
            self.half.told(cell);
        }
        let mut parsed: Vec<Sentence> =
            cells.iter().enumerate().map(|(column, cell)| Sentence::new(&as_day(cell, self.head(column)))).collect();
        let column = |is_start: bool| {
            (0..parsed.len()).find(|at| edge(self.head(*at)) == Some(is_start) && parsed[*at].mentions.len() == 1)
        };
        let period = column(true);
        if let (Some(start), Some(end)) = (period, column(false)) {
            parsed[start] = Sentence::new(&format!("{}至{}", cells[start], cells[end]));
            parsed[end] = Sentence::new("");
        }
        self.row_events(at, &parsed, period);
    }

    /// Whether the rows are of what people come to, by their columns.
    fn is_of_sessions(&self) -> bool {
        let words = [
            "地点",
            "地點",
            "会场",
            "场地",
            "报告人",
            "主讲",
            "讲师",
            "嘉宾",
            "演讲",
            "主持",
            "议题",
            "课程",
            "城市",
            "Venue",
            "Place",
            "Speaker",
        ];
        self.heads.iter().any(|head| words.iter().any(|word| head.contains(word)))
    }

    pub fn head(&self, column: usize) -> &str {
        self.heads.get(column).map_or("", String::as_str)
    }

    /// `period` is the column in which the row's own beginning stands.
    fn row_events(&mut self, at: usize, cells: &[Sentence], period: Option<usize>) {
        let clock_at = |cell: &Sentence| {
            times(&cell.text, 0).filter(|(times, next)| times.start.is_some() && *next + 1 >= cell.len())
        };
        let times_told = cells.iter().find_map(|cell| cell.mentions.is_empty().then(|| clock_at(cell)).flatten());
        let about = self.about(cells);
        let mut has_date = false;
        let nameless = about.name.is_empty() && about.document.is_empty() && about.standards.is_empty();
        for (column, cell) in cells.iter().enumerate() {
            let head = if period == Some(column) { "时间" } else { self.head(column) }.to_owned();
            // `补考（2月25日）` beside the number of the week: the cell has the name itself.
            if nameless && has_own_words(cell) && label_kind(&head).is_none() && !is_plain_time(&head) {
                has_date |= !cell.mentions.is_empty();
                self.prose(at, &cell.text.show(0..cell.len()), false);
                continue;
            }
            let is_old = ["原", "代替", "旧"].iter().any(|word| head.starts_with(word));
            for index in 0..cell.mentions.len() {
                let Some(mention) = cell.mentions.get(index) else { continue };
                let clock = self.clock(at, named_year(cell, mention.place.start).or(about.year));
                let Some(mut meant) = clock.meant(mention, Tense::Unknown, false) else { continue };
                self.remember(&meant, None);
                has_date = true;
                if is_old {
                    continue;
                }
                self.day = Some((meant.when.start.first_day(), meant.year));
                if let (Point::Day(day), None, Some((times, _))) = (meant.when.start, meant.when.end, times_told)
                    && let Some(start) = times.start
                {
                    let end = times.end_from(day).map(Point::Minute);
                    meant.when = When { start: Point::Minute(day.to_datetime(start)), end };
                }
                let is_explained = (is_plain_time(&head) || edge(&head).is_some()) && !about.name.is_empty();
                let is_alone = cell.mentions.len() == 1 && cell.len() <= mention.place.len() + 8;
                let otherwise = about.kind.or(self.around.kind).or((!self.is_of_sessions()).then_some(Kind::Other));
                let verdict = judge(cell, index, &head, otherwise)
                    .filter(|verdict| !is_alone || verdict.how != How::Bare)
                    .filter(|verdict| !is_explained || verdict.kind == Kind::Deadline);
                // What a cell tells it tells of its row.
                let around = match about.name.is_empty() {
                    true => self.around.clone(),
                    false => {
                        let name = about.name.clone();
                        Around { subject: name.clone(), document: name.clone(), topic: name, ..self.around.clone() }
                    }
                };
                let of_head = label_kind(&head).filter(|_| !is_plain_time(&head));
                let (kind, named) = match (of_head, &verdict) {
                    (Some(kind), _) => (kind, None),
                    (None, Some(verdict)) if verdict.how != How::Bare => {
                        (verdict.kind, title(cell, index, verdict, &around).filter(|_| !is_alone))
                    }
                    _ => (about.kind.or(self.around.kind).unwrap_or(Kind::Other), None),
                };
                if kind == Kind::Other && about.name.is_empty() {
                    continue;
                }
                let Some(title) = named.or_else(|| about.title(kind, &head, &self.around.event)) else { continue };
                let title = whole(title, &self.around);
                if is_pause(&title) {
                    continue;
                }
                let told = Told {
                    kind,
                    title,
                    location: if kind.is_attended() || kind == Kind::Other && is_plain_time(&head) {
                        about.place.clone()
                    } else {
                        String::new()
                    },
                    organizer: if kind.is_attended() { about.organizer.clone() } else { String::new() },
                    standards: about.standards.clone(),
                };
                let written = cell.text.show(mention.place.clone());
                self.keep(at, told, meant, written, None, "");
            }
        }
        if let (false, Some(_), Some(_)) = (has_date, times_told, self.day) {
            self.inherited(at, cells, &about);
        }
        if !has_date && times_told.is_none() && cells.len() == 1 {
            self.around.event.clear();
        }
    }

    /// A row without a date, below one with: a cell that goes over several rows.
    fn inherited(&mut self, at: usize, cells: &[Sentence], about: &About) {
        let Some(cell) = cells.iter().find(|cell| cell.mentions.is_empty() && times(&cell.text, 0).is_some()) else {
            return;
        };
        let time = cell.text.show(0..cell.len());
        let joined = Sentence::new(&format!("{time} {}", about.name));
        let next = times(&joined.text, 0).map_or(0, |(_, next)| next);
        let before = self.events.len();
        self.timed(at, &joined, next, "");
        if let Some(event) = self.events.get_mut(before)
            && event.location.is_empty()
        {
            event.location.clone_from(&about.place);
        }
    }
}
