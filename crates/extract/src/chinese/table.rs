//! Rows of tables: a date in a column is what the column's head says, of what the row is about.

use super::around::Around;
use super::clock::times;
use super::fields::{Field, field};
use super::kind::{How, Tense, is_plain_time, judge, label_kind};
use super::naming::{document, is_replaced, tidy, width};
use super::nouns::{last_in, nouns};
use super::read::{Reader, Told, is_pause, may_hold_date, named_year, standards_named};
use super::script::{Text, is_han};
use super::sentence::Sentence;
use super::titles::{fit, title};
use crate::event::{Kind, Point, When};

words! {
    /// Heads that tell nothing of an event.
    HEADS =
        "序号 备注 单位 归口 负责人 主持人 报告人 讲师 人数 费用 对象 联系人 电话 日程 星期 场次 起草单位 状态 \
        类别 性质 级别 嘉宾 演讲人 主讲人 版本 阶段 编号 部门 领域 数量 组别"
}

const HEADS_IN_ENGLISH: &[&str] = &[
    "Time",
    "Date",
    "Name",
    "Event",
    "Stage",
    "Begin",
    "Start",
    "End",
    "Days",
    "Place",
    "Venue",
    "Topic",
    "Phase",
    "Note",
    "Notes",
    "Milestone",
    "Remark",
    "Remarks",
    "Version",
    "Release",
    "Status",
    "Owner",
    "Deadline",
    "name",
    "time",
    "date",
];

/// Columns that say more of what another one names.
const ASIDES: &[&str] = &[
    "备注",
    "说明",
    "描述",
    "备考",
    "注释",
    "note",
    "notes",
    "remark",
    "remarks",
    "comment",
    "days",
    "description",
    "status",
    "owner",
];

/// What the rows are of where nothing but a version or the like tells it.
const THINGS: &[&str] =
    &["版本", "产品", "型号", "系统", "软件", "组件", "发行版", "version", "product", "release", "model"];

/// Columns that name the stages of one thing.
const STAGES: &[&str] = &["阶段", "里程碑", "节点", "stage", "milestone", "phase"];

/// What a table of stages is of, by its heading: `龙芯社区 24.03 版本发布计划`, `The Release Schedule of Loong 24.03`.
fn thing_of(topic: &str) -> Option<&str> {
    let of = topic.split_once(" of ").map_or(topic, |(_, of)| of);
    let words = [
        "计划",
        "日程",
        "时间表",
        "路线图",
        "里程碑",
        "发布",
        "版本",
        "开发",
        "Release",
        "Schedule",
        "Plan",
        "release",
        "plan",
    ];
    let mut thing = of.trim();
    while let Some(rest) = words.iter().find_map(|word| thing.strip_suffix(word)) {
        thing = rest.trim();
    }
    (thing.chars().any(|c| c.is_ascii_digit()) && (3..=20).contains(&width(thing))).then_some(thing)
}

/// Whether a head is one of these, in either language.
fn is_one_of(head: &str, words: &[&str]) -> bool {
    let text = Text::new(head);
    let plain = text.plain(0..text.len()).to_lowercase();
    words.iter().any(|word| match word.is_ascii() {
        true => plain.split(' ').any(|part| part == *word),
        false => plain.ends_with(word) && !plain.contains("推荐") && !plain.contains("升级") && !plain.contains("目标"),
    })
}

/// Whether a head asks for the name of what the row tells of, by its English word.
fn is_name_in_english(head: &str) -> bool {
    is_one_of(head, &["stage", "name", "event", "milestone", "phase", "topic", "activity", "item", "task"])
}

/// The kind of a stage that is named in English.
fn stage_kind(name: &str) -> Option<Kind> {
    let name = name.to_lowercase();
    let has =
        |words: &[&str]| words.iter().any(|word| name.split(|c: char| !c.is_alphanumeric()).any(|part| part == *word));
    match () {
        () if has(&["deadline", "due", "closes"]) => Some(Kind::Deadline),
        () if has(&["release", "released", "ga", "launch", "publication", "published"])
            && !has(&["candidate", "plan", "rc"]) =>
        {
            Some(Kind::Release)
        }
        () if has(&["meeting", "plenary"]) => Some(Kind::Meeting),
        () if has(&["workshop", "conference", "forum"]) => Some(Kind::Forum),
        () => None,
    }
}

/// Of a column that tells only the beginning, true, or only the end, false: `开始时间`, `End Time`.
fn edge(head: &str) -> Option<bool> {
    let plain = Text::new(head);
    let plain = plain.plain(0..plain.len()).to_lowercase();
    let bare =
        plain.trim_end_matches("时间").trim_end_matches("日期").trim_end_matches(" time").trim_end_matches(" date");
    match bare {
        "开始" | "起始" | "启动" | "begin" | "start" | "自" | "起" => Some(true),
        "结束" | "终止" | "完成" | "end" | "finish" | "至" | "止" => Some(false),
        _ => None,
    }
}

/// Whether a cell is a column's head.
pub fn is_head(cell: &str) -> bool {
    let text = Text::new(cell);
    let plain = text.plain(0..text.len());
    let is_short = (1..=12).contains(&text.len()) && !plain.contains(|c: char| c.is_ascii_digit());
    let is_known = HEADS.iter().any(|head| plain.contains(head))
        || field(cell) != Field::Other
        || is_plain_time(&plain)
        || plain.contains("时间")
        || plain.contains("日期")
        || HEADS_IN_ENGLISH.iter().any(|head| plain.split(' ').any(|word| word == *head))
        || plain.ends_with("截止")
        || plain.ends_with(['日', '期']) && label_kind(&plain).is_some();
    is_short && is_known
}

/// `2/11` and `2.11` in a column of days are one: `2月11日`.
fn as_day<'a>(cell: &'a str, head: &str) -> std::borrow::Cow<'a, str> {
    let is_of_days =
        head.len() < 40 && (is_plain_time(head) || head.contains(['日', '期']) || is_one_of(head, &["date", "day"]));
    let told = cell.trim();
    // `4.9-11`
    let is_small = |part: &str| (1..=2).contains(&part.len()) && part.bytes().all(|octet| octet.is_ascii_digit());
    if let Some((first, last)) = told.split_once(['-', '–', '—', '~', '～'])
        && let Some((month, day)) = first.split_once(['.', '/'])
        && is_of_days
        && is_small(month)
        && is_small(day)
        && is_small(last)
    {
        return format!("{month}月{day}日-{last}日").into();
    }
    let length = told.bytes().take_while(|octet| octet.is_ascii_digit() || matches!(octet, b'/' | b'.')).count();
    let figures: Vec<&str> = told[..length].split(['/', '.']).collect();
    match figures.as_slice() {
        [month, day]
            if is_of_days
                && (1..=2).contains(&month.len())
                && (1..=2).contains(&day.len())
                && !told[length..].starts_with(['-', '~', '–', '—', ':']) =>
        {
            format!("{month}月{day}日{}", &told[length..]).into()
        }
        _ => cell.into(),
    }
}

impl Reader<'_> {
    /// `标准编号 标准名称 实施日期`, a line that is a table's head without looking like one.
    pub fn is_header(&mut self, text: &str) -> bool {
        let words: Vec<&str> = text.split_whitespace().collect();
        let is_header = words.len() >= 3 && words.iter().all(|word| is_head(word));
        if is_header {
            self.heads = words.into_iter().map(str::to_owned).collect();
        } else if !self.heads.is_empty() && self.lines.iter().all(|line| line.cells.is_empty()) {
            return false;
        }
        is_header
    }

    pub fn row(&mut self, at: usize) {
        let Some(line) = self.lines.get(at) else { return };
        let cells = &line.cells;
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
            self.heads.clone_from(cells);
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

    fn head(&self, column: usize) -> &str {
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
        for (column, cell) in cells.iter().enumerate() {
            let head = if period == Some(column) { "时间" } else { self.head(column) }.to_owned();
            let is_old = ["原", "代替", "旧"].iter().any(|word| head.starts_with(word));
            for index in 0..cell.mentions.len() {
                let Some(mention) = cell.mentions.get(index) else { continue };
                let clock = self.clock(at, named_year(cell, mention.place.start).or(about.year));
                let Some(mut meant) = clock.meant(mention, Tense::Unknown, false) else { continue };
                self.remember(&meant);
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
                if is_pause(&title) {
                    continue;
                }
                let told = Told {
                    kind,
                    title,
                    location: if kind.is_attended() { about.place.clone() } else { String::new() },
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

    /// What a row is about.
    fn about(&self, cells: &[Sentence]) -> About {
        let mut about = About::default();
        let mut longest = 0;
        let mut has_named = false;
        for (column, cell) in cells.iter().enumerate() {
            let head = self.head(column);
            let of = match () {
                () if head.is_empty() => Field::Other,
                () if is_name_in_english(head) => Field::Name,
                () => field(head),
            };
            if is_one_of(head, ASIDES) {
                continue;
            }
            let shown = cell.text.show(0..cell.len());
            // `MongoDB 4.0`, whose life the other columns tell.
            if about.thing.is_empty() && of == Field::Other && is_one_of(head, THINGS) && cell.mentions.is_empty() {
                about.thing = tidy(&shown);
                about.is_thing_first = about.name.is_empty();
                continue;
            }
            match of {
                Field::Replaced => continue,
                Field::Place if !["待定", "待通知", "另行"].iter().any(|word| shown.contains(word)) => {
                    about.place = super::place::clean(&shown)
                }
                Field::Organizer => about.organizer = shown,
                Field::Number => {
                    about.standards = standards_named(cell);
                }
                Field::Name | Field::Other if cell.mentions.is_empty() || of == Field::Name => {
                    let plain = cell.text.plain(0..cell.len());
                    let known =
                        cell.masked.standards.iter().find(|standard| !is_replaced(&cell.text, standard.place.start));
                    if let (Some(standard), true) = (known, about.standards.is_empty()) {
                        about.standards = vec![standard.identifier.clone()];
                        // `标准编写 GB/T 1.1—2020`: the number is a part of the name.
                        let before = cell.text.plain(0..standard.place.start);
                        if before.chars().filter(|c| is_han(*c)).count() >= 2 && !before.contains('《') {
                            about.document = tidy(&shown);
                            has_named |= of == Field::Name;
                            continue;
                        }
                        if let Some(name) = document(cell, 0..cell.len()).filter(|name| name.contains('《')) {
                            about.document = name;
                        }
                        continue;
                    }
                    let han = plain.chars().filter(|c| is_han(*c) || c.is_ascii_alphabetic()).count();
                    let is_told = times(&cell.text, 0).is_some()
                        || HEADS.iter().any(|other| head.contains(other)) && of == Field::Other;
                    if han < 2 || is_told || cell.len() > 120 {
                        continue;
                    }
                    // The column that is named so, else the longest.
                    let is_better = !has_named && (of == Field::Name || han > longest);
                    if is_better {
                        longest = han;
                        has_named |= of == Field::Name;
                        about.name = tidy(&shown);
                        about.is_stage = is_one_of(head, STAGES);
                        let noun = last_in(&nouns(&cell.text), &(0..cell.len()));
                        let is_event = noun.as_ref().is_some_and(|noun| noun.place.end == cell.len());
                        about.kind = noun.map(|noun| noun.kind);
                        if !is_event {
                            about.kind = label_kind(&plain).or(about.kind);
                        }
                    }
                }
                _ => {}
            }
        }
        // A stage of its life says less than the thing.
        if !about.thing.is_empty() {
            let is_of_thing =
                about.name.is_empty() || !has_named || self.heads.iter().any(|head| head.contains("阶段"));
            about.name = match is_of_thing {
                true => std::mem::take(&mut about.thing),
                false if about.name.contains(&about.thing) => std::mem::take(&mut about.name),
                false if about.is_thing_first => format!("{} {}", about.thing, about.name),
                false => format!("{} {}", about.name, about.thing),
            };
        }
        // `在线缴费` below `系统维护` is what is out of use then.
        let upkeep = ["维护", "停机", "割接", "中断", "系统升级", "维護", "停電", "停电", "停水"];
        if upkeep.iter().any(|word| self.around.topic.contains(word)) {
            about.kind = Some(Kind::Other);
        }
        about.kind = about.kind.or_else(|| stage_kind(&about.name));
        if let Some(thing) = thing_of(&self.around.topic).filter(|thing| about.is_stage && !about.name.contains(thing))
        {
            let gap = if about.name.starts_with(is_han) { "" } else { " " };
            about.name = format!("{thing}{gap}{}", about.name);
        }
        // In a programme or a list without heads the place is short and stands last.
        about.year = cells
            .iter()
            .find_map(|cell| cell.mentions.is_empty().then(|| named_year(cell, usize::MAX)).flatten())
            .filter(|_| about.standards.is_empty());
        about
    }
}

#[derive(Debug, Default)]
struct About {
    name: String,
    /// What the row is of, where a column tells only that: a version, a product.
    thing: String,
    /// Whether that stands before the name.
    is_thing_first: bool,
    /// Whether the name is that of a stage, which says nothing without what it is a stage of.
    is_stage: bool,
    kind: Option<Kind>,
    standards: Vec<String>,
    /// The standard with its name, where one cell has both.
    document: String,
    place: String,
    organizer: String,
    year: Option<i16>,
}

impl About {
    fn title(&self, kind: Kind, head: &str, event: &str) -> Option<String> {
        let head = Text::new(head);
        let shown = |words: &[&str], otherwise: &str| {
            head.find(0..head.len(), words).map_or(otherwise.to_owned(), |word| head.show(word))
        };
        let name = match (self.standards.first(), self.document.is_empty(), self.name.is_empty()) {
            (_, false, _) => self.document.clone(),
            (Some(standard), _, false) if self.name.contains('《') => format!("{standard}{}", self.name),
            (Some(standard), _, false) => format!("{standard}《{}》", self.name),
            (Some(standard), ..) => standard.clone(),
            (None, ..) => self.name.clone(),
        };
        const RELEASED: &[&str] = &["发布", "公布", "批准", "印发", "出版", "颁布", "上线", "发行", "报批", "下达"];
        let is_told = |words: &[&str]| words.iter().any(|word| name.ends_with(word));
        let title = match kind {
            Kind::Release if is_told(RELEASED) || stage_kind(&name) == Some(Kind::Release) => name,
            Kind::Release => {
                format!("{name}{}", shown(&["发布", "公布", "批准", "印发", "出版", "颁布", "上线", "发行"], "发布"))
            }
            Kind::EffectiveDate => format!(
                "{name}{}",
                shown(&["停止执行", "实施", "施行", "生效", "执行", "启用", "废止", "试行", "过渡期"], "实施")
            ),
            Kind::Deadline => {
                let label = tidy(&head.show(0..head.len()));
                let label = match () {
                    () if label.contains("截止") || label.contains("公示") => label,
                    () if label.is_empty() || is_plain_time(&label) => String::new(),
                    () => format!("{label}截止"),
                };
                let is_told = name.contains(&label) && !label.is_empty();
                let name = match width(&name) <= 3 && !event.is_empty() && !event.contains(&name) {
                    true => format!("{event}{name}"),
                    false => name,
                };
                let ends = label.is_empty() && !name.contains("截止") && !name.contains("截稿");
                format!("{name}{}{}", if is_told { "" } else { &label }, if ends { "截止" } else { "" })
            }
            Kind::Other if !head.show(0..head.len()).is_empty() && !is_plain_time(&head.plain(0..head.len())) => {
                format!("{name}{}", tidy(&head.show(0..head.len())))
            }
            _ if name.is_empty() => event.to_owned(),
            // `初赛`, `开幕式` of what the table is of.
            _ if width(&name) <= 3 && !event.is_empty() && !event.contains(&name) => format!("{event}{name}"),
            _ => name,
        };
        let title = fit(&tidy(&title));
        (width(&title) > 1).then_some(title)
    }
}
