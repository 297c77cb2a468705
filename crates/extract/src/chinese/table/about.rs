//! What a row is about, by the cells that tell no date.

use super::heads::{ASIDES, STAGES, THINGS, is_aside, is_name_in_english, is_one_of, stage_kind, thing_of};
use crate::chinese::clock::times;
use crate::chinese::fields::{Field, field};
use crate::chinese::kind::{is_plain_time, label_kind};
use crate::chinese::naming::{document, is_replaced, tidy, width};
use crate::chinese::nouns::{last_in, nouns};
use crate::chinese::place;
use crate::chinese::read::{Reader, named_year, standards_named};
use crate::chinese::script::{Text, is_han};
use crate::chinese::sentence::Sentence;
use crate::chinese::titles::fit;
use crate::event::Kind;

/// What a column's head says begins or ends.
const ENDED_OR_BEGUN: &[&str] = &[
    "停止执行",
    "停止维护",
    "终止维护",
    "停止支持",
    "终止支持",
    "停止服务",
    "停止更新",
    "停止销售",
    "停售",
    "停用",
    "EOL",
    "EOS",
    "实施",
    "施行",
    "生效",
    "执行",
    "启用",
    "废止",
    "试行",
    "过渡期",
];

fn is_end_of_support(head: &str) -> bool {
    ["终止", "结束", "到期"].iter().any(|end| head.trim_end_matches("时间").trim_end_matches("日期").ends_with(end))
}

#[derive(Debug, Default)]
pub struct About {
    pub name: String,
    /// What the row is of, where a column tells only that: a version, a product.
    pub thing: String,
    /// Whether that stands before the name.
    pub is_thing_first: bool,
    /// Whether the name is that of a stage, which says nothing without what it is a stage of.
    pub is_stage: bool,
    pub kind: Option<Kind>,
    pub standards: Vec<String>,
    /// The standard with its name, where one cell has both.
    pub document: String,
    pub place: String,
    pub organizer: String,
    pub year: Option<i16>,
}

impl About {
    pub fn title(&self, kind: Kind, head: &str, event: &str) -> Option<String> {
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
            // `主流支持终止` is more than its verb.
            Kind::EffectiveDate if is_end_of_support(&head.plain(0..head.len())) => {
                format!("{name}{}", tidy(&head.show(0..head.len())))
            }
            Kind::EffectiveDate => format!("{name}{}", shown(ENDED_OR_BEGUN, "实施")),
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

impl Reader<'_> {
    /// What a row is about.
    pub fn about(&self, cells: &[Sentence]) -> About {
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
                    about.place = place::clean(&shown)
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
                    let is_told = times(&cell.text, 0).is_some() || is_aside(head) && of == Field::Other;
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
