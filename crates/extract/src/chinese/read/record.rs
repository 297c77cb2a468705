//! What labels and captions tell of the events beside them.

use super::{Reader, named_year};
use crate::chinese::around::Around;
use crate::chinese::fields::{Field, field, fields, value};
use crate::chinese::kind::{is_plain_time, label_kind};
use crate::chinese::naming::width;
use crate::chinese::nouns::{last_in, nouns};
use crate::chinese::place;
use crate::chinese::script::Text;
use crate::chinese::sentence::Sentence;
use crate::event::Kind;

impl Reader<'_> {
    /// What the labels of a line tell of what is around it; also of the events just told.
    pub fn note_fields(&mut self, text: &str) {
        if !text.contains(['：', ':', '∶', '】']) || text.len() > 1200 {
            return;
        }
        let s = Sentence::new(text);
        // A label is not of what was told that long before.
        const LOOKED_AT: usize = 100;
        let near = self.events.len().saturating_sub(LOOKED_AT);
        for (label, range) in fields(&s) {
            let of = field(&label);
            let has_date = s.mentions.iter().any(|mention| range.contains(&mention.place.start));
            let told = value(&s, range.clone());
            // `腾讯会议：582-339-201` names nothing.
            if !told.chars().any(char::is_alphabetic) || width(&told) > 60 || (has_date && of != Field::Number) {
                continue;
            }
            let plain = Text::new(&label);
            let is_named = !self.around.event.is_empty()
                && !self.around.event.ends_with("开会")
                && !self.around.event.ends_with("開會");
            let is_reason = ["案由", "事由"].iter().any(|end| label.ends_with(end));
            if is_named && is_reason {
                continue;
            }
            if matches!(
                plain.plain(0..plain.len()).as_str(),
                "主旨" | "事由" | "案由" | "标题" | "开会事由" | "会议事由" | "开会主旨" | "会议主旨" | "召开事由"
            ) {
                let shown = s.text.show(range.clone());
                let of = Around::of_heading(shown.trim());
                let (place, organizer) = (self.around.place.clone(), self.around.organizer.clone());
                self.around = Around { place, organizer, ..of };
                continue;
            }
            match of {
                Field::Place => {
                    let place = place::clean(&told);
                    if !["不变", "待定", "另行"].iter().any(|word| place.contains(word)) {
                        let stale = std::mem::replace(&mut self.around.place, place.clone());
                        // Told before this place was, of the same paragraph.
                        let paragraph = self.paragraph.max(near);
                        self.events
                            .iter_mut()
                            .skip(paragraph)
                            .filter(|event| event.kind.is_attended() && !stale.is_empty() && event.location == stale)
                            .for_each(|event| event.location.clone_from(&place));
                        let record = self.record.max(near);
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
                Field::Name if told.starts_with('《') && told.ends_with(['》', '）']) && label.chars().count() <= 6 =>
                {
                    for event in self.events.iter_mut().skip(self.record.max(near)) {
                        if event.kind == Kind::Deadline
                            && matches!(event.title.as_str(), "公示" | "征求意见截止" | "截止")
                        {
                            event.title = format!("{told}{}", event.title);
                        }
                    }
                    if !label.ends_with("会议名称") {
                        self.around.document.clone_from(&told);
                    }
                }
                // `作业内容：航道疏浚` tells what the work is whose time was told.
                Field::Name if is_of_work(&label) && width(&told) <= 24 => {
                    let stem =
                        label.trim_end_matches("内容").trim_end_matches("內容").trim_end_matches("名称").to_owned();
                    for event in self.events.iter_mut().skip(self.record.max(near)) {
                        if event.kind == Kind::Other && event.title.ends_with(&stem) && !event.title.contains(&told) {
                            event.title = if told.ends_with(&stem) { told.clone() } else { format!("{told}{stem}") };
                        }
                    }
                }
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
                        let record = self.record.max(near);
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
}

fn is_of_work(label: &str) -> bool {
    ["作业内容", "施工内容", "检修内容", "維修內容", "维修内容", "施工內容", "作業內容"].contains(&label)
}

fn is_name_label(label: &str) -> bool {
    let text = Text::new(label);
    let plain = text.plain(0..text.len());
    [
        "名称",
        "预告",
        "内容",
        "主题",
        "题目",
        "讲题",
        "活动",
        "会议",
        "论坛",
        "培训班",
        "课程",
        "讲座",
        "标题",
        "赛事",
        "展会",
    ]
    .iter()
    .any(|word| plain.ends_with(word))
}

/// Whether the value of a label such as `内容` is a name: it ends with what people come together for.
fn is_event_name(told: &str, around: &Around) -> bool {
    let text = Text::new(told);
    let noun = last_in(&nouns(&text), &(0..text.len()));
    around.event.is_empty() && width(told) <= 30 && noun.is_some_and(|noun| noun.place.end == text.len())
}
