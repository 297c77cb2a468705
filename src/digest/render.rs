//! How an edition looks: HTML and plain text from the templates.

use askama::Template;
use jiff::civil::Date;

use super::compose::{Change, Content, Item};
use crate::domain::edition::{PREFERENCES_LINK, Rendered, UNSUBSCRIBE_LINK};
use crate::domain::event::{Event, Kind, Status};
use crate::domain::when::Point;
use crate::domain::wording::Locale;

/// What an edition shows beside its content.
#[derive(Debug, Clone)]
pub struct Frame {
    pub digest_title: String,
    pub description: String,
    pub site_title: String,
    pub base_url: String,
    pub locale: Locale,
    /// Where and when its readers get it.
    pub today: Date,
    pub is_demo: bool,
}

/// The width of plain text.
const TEXT_COLUMNS: usize = 72;

/// How many new events a list shows before it points to the site.
const NEW_SHOWN: usize = 50;

#[derive(Template)]
#[template(path = "email/digest.html")]
struct HtmlEdition<'a> {
    site_title: &'a str,
    is_demo: bool,
    view: &'a View,
}

#[derive(Template)]
#[template(path = "email/digest.txt")]
struct TextEdition<'a> {
    view: &'a View,
}

/// All that the templates show, in words.
struct View {
    frame: Frame,
    subject: String,
    date: String,
    /// What a mail program shows beside the subject.
    preheader: String,
    sections: Vec<Section>,
    calendar_url: String,
    unsubscribe_url: &'static str,
    preferences_url: &'static str,
}

struct Section {
    /// Names its colour in the template.
    name: &'static str,
    title: &'static str,
    groups: Vec<Group>,
    /// How many more there are than are shown.
    more: usize,
}

struct Group {
    /// The day they share, where there is one.
    heading: String,
    aside: String,
    entries: Vec<Entry>,
}

struct Entry {
    title: String,
    url: String,
    when: String,
    /// `in 3 days`, where that helps.
    aside: String,
    /// `New`, `Moved`, `Cancelled`.
    badge: &'static str,
    is_cancelled: bool,
    is_tentative: bool,
    /// What was before, or why.
    note: String,
    /// Kind (unless the section says it), place, organizer, standards.
    facts: Vec<String>,
    /// The first paragraph of the description, plain.
    excerpt: String,
}

impl Entry {
    /// The excerpt as lines for plain text, indented.
    fn wrapped(&self) -> String {
        let options = textwrap::Options::new(TEXT_COLUMNS).initial_indent("  ").subsequent_indent("  ");
        textwrap::fill(&self.excerpt, options)
    }
}

/// The mail for one group of readers.
pub fn render(content: &Content, frame: &Frame) -> Result<Rendered, askama::Error> {
    let view = View::of(content, frame);
    let html = HtmlEdition { site_title: &frame.site_title, is_demo: frame.is_demo, view: &view }.render()?;
    let text = TextEdition { view: &view }.render()?;
    Ok(Rendered { subject: view.subject.clone(), text: tidy_text(&text), html: crate::styles::inline(&html) })
}

impl View {
    fn of(content: &Content, frame: &Frame) -> Self {
        let today = frame.today;
        let make = Maker { frame, today };
        let sections = [
            make.changes(content),
            make.flat("effective", "Takes effect", &content.effective),
            make.flat("deadlines", "Deadlines", &content.deadlines),
            make.days(content),
            make.flat("expected", "Expected, day not yet known", &content.expected),
            make.flat("recent", "Just held or released", &content.recent),
        ];
        let sections: Vec<Section> = sections.into_iter().filter(|section| !section.groups.is_empty()).collect();
        let preheader = sections
            .iter()
            .flat_map(|section| &section.groups)
            .flat_map(|group| &group.entries)
            .take(3)
            .map(|entry| entry.title.as_str())
            .collect::<Vec<_>>()
            .join(" · ");
        Self {
            subject: format!("{}, {}", frame.digest_title, frame.locale.day(today)),
            date: frame.locale.long_day(today),
            preheader,
            sections,
            calendar_url: format!("{}/calendar.ics", frame.base_url),
            unsubscribe_url: UNSUBSCRIBE_LINK,
            preferences_url: PREFERENCES_LINK,
            frame: frame.clone(),
        }
    }
}

struct Maker<'a> {
    frame: &'a Frame,
    today: Date,
}

impl Maker<'_> {
    fn locale(&self) -> Locale {
        self.frame.locale
    }

    fn changes(&self, content: &Content) -> Section {
        let mut entries = Vec::new();
        let mut more = 0;
        for (event, change) in &content.changes {
            let mut entry = self.entry(event);
            match change {
                Change::New if entries.len() >= NEW_SHOWN => {
                    more += 1;
                    continue;
                }
                Change::New => entry.badge = "New",
                Change::Moved { before } => {
                    entry.badge = "Moved";
                    entry.note = format!("was {}", self.locale().when(before));
                }
                Change::Rescheduled => entry.badge = "New dates",
                Change::Cancelled => {
                    entry.badge = "Cancelled";
                    entry.is_cancelled = true;
                    entry.aside.clear();
                    entry.note = event.cancel_reason.clone();
                }
                Change::Reinstated => {
                    entry.badge = "On again";
                    entry.note = "had been cancelled".into();
                }
            }
            entries.push(entry);
        }
        let groups = if entries.is_empty() { vec![] } else { vec![Group::plain(entries)] };
        Section { name: "changes", title: "New and changed", groups, more }
    }

    fn flat(&self, name: &'static str, title: &'static str, items: &[Item]) -> Section {
        let entries: Vec<_> = items.iter().map(|item| self.item(item)).collect();
        let groups = if entries.is_empty() { vec![] } else { vec![Group::plain(entries)] };
        Section { name, title, groups, more: 0 }
    }

    fn days(&self, content: &Content) -> Section {
        let groups = content
            .days
            .iter()
            .map(|day| Group {
                heading: day.date.map_or("Now".into(), |date| self.locale().long_day(date)),
                aside: day.date.map(|date| self.locale().days_away(self.today, date)).unwrap_or_default(),
                entries: day
                    .items
                    .iter()
                    .map(|item| {
                        let mut entry = self.item(item);
                        // The heading says the day; a range or a time says more.
                        if item.event.details.when.end().is_none()
                            && matches!(item.event.details.when.start(), Point::Day(_))
                        {
                            entry.when.clear();
                        }
                        entry.aside.clear();
                        entry
                    })
                    .collect(),
            })
            .collect();
        Section { name: "upcoming", title: "Coming up", groups, more: 0 }
    }

    fn item(&self, item: &Item) -> Entry {
        Entry { badge: if item.is_new { "New" } else { "" }, ..self.entry(&item.event) }
    }

    fn entry(&self, event: &Event) -> Entry {
        let details = &event.details;
        let when = match details.when.start() {
            Point::Day(day) if details.when.end().is_none() => self.locale().long_day(day),
            _ => self.locale().when(&details.when),
        };
        let when = match &details.repeat {
            Some(_) => format!("{when}, {}", self.locale().repeat_of(details)),
            None => when,
        };
        let aside = match details.when.is_partial() || details.when.first_day() < self.today {
            true => String::new(),
            false => self.locale().days_away(self.today, details.when.first_day()),
        };
        let kind = match details.kind {
            Kind::EffectiveDate | Kind::Deadline => "",
            kind => kind.label(),
        };
        let facts =
            [kind.to_owned(), details.location.clone(), details.organizer.clone(), details.standards.join(", ")];
        Entry {
            title: details.title.clone(),
            url: format!("{}/events/{}", self.frame.base_url, event.id),
            when,
            aside,
            badge: "",
            is_cancelled: false,
            is_tentative: details.status == Status::Tentative,
            note: String::new(),
            facts: facts.into_iter().filter(|fact| !fact.is_empty()).collect(),
            excerpt: crate::markdown::excerpt(&details.description, 220),
        }
    }
}

impl Group {
    fn plain(entries: Vec<Entry>) -> Self {
        Self { heading: String::new(), aside: String::new(), entries }
    }
}

/// Takes out what a template's lines leave behind: white space at ends of lines, runs of empty lines.
fn tidy_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut empty_lines = 1;
    // The line before a signature is two hyphens and a space (RFC 3676 section 4.3).
    for line in text.lines().map(|line| if line == "-- " { line } else { line.trim_end() }) {
        empty_lines = if line.is_empty() { empty_lines + 1 } else { 0 };
        if empty_lines < 2 {
            out.push_str(line);
            out.push('\n');
        }
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}
