//! All that the templates of an edition show, in words.

use jiff::ToSpan;
use jiff::civil::Date;

use super::entry::Writer;
use super::subject::Subject;
use super::{Entry, Frame, Measure, wrap};
use crate::digest::compose::{Content, Part, Week};
use crate::digest::headline::headlines;
use crate::domain::edition::{EDITION_NUMBER, PREFERENCES_LINK, UNSUBSCRIBE_LINK};
use crate::domain::section;
use crate::domain::wording::Locale;
use crate::letterhead::Letterhead;
use crate::markdown;

/// How much of a note stands behind the subject, in characters.
const PREHEADER_OF_NOTE: usize = 90;

/// How much of what is far ahead is told to whoever has just come.
const MOST_IN_SHORT: usize = 5;

pub struct View {
    pub subject: String,
    pub title: String,
    pub description: String,
    pub date: String,
    /// What a mail program shows beside the subject.
    pub preheader: String,
    /// What is said to who has just confirmed; empty where that is not so.
    pub welcome: String,
    /// HTML that stands above it all.
    pub header: String,
    pub header_text: String,
    /// What its editors say, in HTML and as plain text; empty where they say nothing.
    pub note: String,
    pub note_text: String,
    pub sections: Vec<Section>,
    pub links: Links,
    pub is_archived: bool,
}

pub struct Links {
    pub site: String,
    pub calendar: String,
    pub subscribe: String,
    /// This edition on the site; empty if it is not for all.
    pub archived: String,
    pub archive: String,
    /// Where readers say what they think; empty if nobody wants to know.
    pub feedback: String,
    pub unsubscribe: &'static str,
    pub preferences: &'static str,
}

pub struct Section {
    /// Names its colour in the template.
    pub name: &'static str,
    pub title: String,
    pub groups: Vec<Group>,
    /// How many more there are than are shown.
    pub more: usize,
}

pub struct Group {
    /// The week they share, where there is one.
    pub heading: String,
    pub aside: String,
    pub entries: Vec<Entry>,
}

impl View {
    pub fn of(content: &Content, frame: &Frame<'_>, measure: Measure) -> Self {
        let l = frame.locale;
        let writer = Writer { frame, measure };
        let told = |(section, part): (&section::Section, &Part)| {
            let groups = match part {
                Part::First(leads) => Group::plain(leads.iter().map(|lead| writer.lead(lead))),
                Part::Changes(changes) => {
                    Group::plain(changes.iter().map(|(event, change)| writer.change((event, change))))
                }
                Part::Events(items) => Group::plain(items.iter().map(|item| writer.item(item))),
                Part::Articles(articles) => Group::plain(articles.iter().map(|article| writer.article(article))),
                Part::Weeks(weeks) => weeks.iter().map(|week| Group::of(week, writer)).collect(),
            };
            Section::of(section.as_str(), l.section(*section), groups, measure)
        };
        let mut sections: Vec<_> = content.sections.iter().map(told).collect();
        sections.retain(|section| !section.groups.is_empty());
        let headlines = headlines(content, frame.today);
        let subject = Subject::of(frame, &headlines);
        let note = frame.note.map_or("", |note| note.body.as_str());
        // It goes on where the subject ends.
        let said = Some(markdown::excerpt(note, PREHEADER_OF_NOTE)).filter(|said| !said.is_empty());
        let others = headlines.iter().skip(subject.told).map(|headline| headline.title().to_owned());
        let preheader = said.into_iter().chain(others).take(3).collect::<Vec<_>>().join(" · ");
        let title = frame.config.title_of(frame.digest, l).to_owned();
        let header = frame.config.look.header.trim();
        Self {
            subject: subject.line,
            description: frame.config.description_of(frame.digest, l).to_owned(),
            date: l.long_day(frame.today),
            preheader,
            welcome: if frame.is_welcome { l.with("welcome", "digest", title.as_str()) } else { String::new() },
            header: markdown::to_html(header),
            header_text: in_lines(header),
            title,
            note: markdown::note_html(note),
            note_text: in_lines(note),
            sections,
            links: Links::of(frame),
            is_archived: frame.is_archived,
        }
    }
}

/// Paragraphs, each in lines for plain text.
pub fn in_lines(text: &str) -> String {
    text.split("\n\n").map(|part| wrap(part, "")).collect::<Vec<_>>().join("\n\n")
}

impl View {
    /// Why somebody reads it.
    pub fn why(&self, letterhead: &Letterhead<'_>) -> String {
        let id = if self.is_archived { "archived-edition" } else { "why-this-mail" };
        letterhead.locale.tell(id, [("digest", self.title.as_str().into()), ("site", letterhead.site_title.into())])
    }

    pub fn why_in_lines(&self, letterhead: &Letterhead<'_>) -> String {
        wrap(&self.why(letterhead), "")
    }

    pub fn title_in_lines(&self) -> String {
        wrap(&self.title, "")
    }
}

impl Links {
    fn of(frame: &Frame<'_>) -> Self {
        let links = frame.config.site.links();
        let slug = frame.digest.slug.as_str();
        Self {
            site: links.home(),
            calendar: links.calendar(),
            subscribe: links.subscribe(),
            archived: match frame.digest.archive {
                // In the language of the mail, whatever the browser prefers.
                true if frame.locale != frame.config.site.locale => {
                    format!("{}?lang={}", links.edition(slug, EDITION_NUMBER), frame.locale)
                }
                true => links.edition(slug, EDITION_NUMBER),
                false => String::new(),
            },
            archive: links.archive_of(slug),
            feedback: frame.config.feedback_of(frame.digest).to_owned(),
            unsubscribe: UNSUBSCRIBE_LINK,
            preferences: PREFERENCES_LINK,
        }
    }
}

impl Section {
    /// As many entries as the measure lets it show; the groups that are left empty are left out.
    fn of(name: &'static str, title: String, groups: Vec<Group>, measure: Measure) -> Self {
        let mut room = measure.most_entries;
        let mut section = Self { name, title, groups: Vec::new(), more: 0 };
        let mut in_short = 0;
        for mut group in groups {
            let known = group.entries.len();
            group.entries.retain(|entry| {
                in_short += usize::from(entry.is_in_short);
                !entry.is_in_short || in_short <= MOST_IN_SHORT
            });
            section.more += known - group.entries.len();
            let shown = group.entries.len().min(room);
            section.more += group.entries.len() - shown;
            group.entries.truncate(shown);
            room -= shown;
            section.groups.extend(Some(group).filter(|group| !group.entries.is_empty()));
        }
        section
    }

    /// `and 12 more`, where there are.
    pub fn more_in_words(&self, l: Locale) -> String {
        l.with("and-more", "n", self.more)
    }
}

impl Group {
    /// All of a section, where it says no more than the section does.
    fn plain(entries: impl Iterator<Item = Entry>) -> Vec<Self> {
        vec![Self { heading: String::new(), aside: String::new(), entries: entries.collect() }]
    }

    fn of(week: &Week, writer: Writer<'_>) -> Self {
        let l = writer.locale();
        let entries = week.items.iter().map(|item| writer.item(item)).collect();
        let Some(monday) = week.monday else {
            return Self { heading: l.say("now"), aside: String::new(), entries };
        };
        let sunday = monday.checked_add(6.days()).unwrap_or(monday);
        let days = l.days(monday, sunday);
        match weeks_away(writer.today(), monday) {
            0 => Self { heading: l.say("this-week"), aside: days, entries },
            1 => Self { heading: l.say("next-week"), aside: days, entries },
            _ => Self { heading: days, aside: String::new(), entries },
        }
    }
}

/// How many weeks after that of `today` the one begins.
fn weeks_away(today: Date, monday: Date) -> i32 {
    let days = (monday - today).get_days() + i32::from(today.weekday().to_monday_zero_offset());
    days.div_euclid(7)
}
