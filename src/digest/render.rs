//! How an edition looks: HTML and plain text from the templates.

mod entry;
pub mod outline;
mod subject;
mod view;

use askama::Template;
use jiff::civil::Date;
use textwrap::WordSeparator;
use textwrap::core::Word;

use super::compose::{Content, has_clock};
use crate::config::{Config, DigestConfig, TemplateName};
use crate::domain::event::Event;
use crate::domain::note::EditorsNote;
use crate::domain::web_links;
use crate::domain::when::Point;
use crate::domain::wording::{Clock, Locale};
use crate::letterhead::{Letterhead, inline};
use entry::Entry;
use view::View;
pub use view::in_lines;

/// What an edition shows beside its content.
pub struct Frame<'a> {
    pub config: &'a Config,
    pub digest: &'a DigestConfig,
    pub locale: Locale,
    /// When its readers get it.
    pub today: Date,
    /// By which they are told times.
    pub clock: &'a Clock,
    /// What its editors say to these readers.
    pub note: Option<&'a EditorsNote>,
    /// Whether it is the first mail of who has just confirmed.
    pub is_welcome: bool,
    pub is_demo: bool,
    /// For the archive: with nothing that is a reader's own.
    pub is_archived: bool,
}

impl Frame<'_> {
    /// The first day of an event, and today: on the readers' clock, where it has a time.
    fn days(&self, event: &Event) -> (Date, Date) {
        let when = &event.details.when;
        match when.start() {
            Point::Minute(_) if has_clock(event) => (self.clock.first_day(when), self.clock.today),
            _ => (when.first_day(), self.today),
        }
    }

    /// The last day of an event, on that clock.
    fn last_day(&self, event: &Event) -> Date {
        match has_clock(event) {
            true => self.clock.last_day(&event.details.when),
            false => event.details.when.last_day(),
        }
    }
}

/// An edition as its readers see it.
pub struct Page {
    pub subject: String,
    /// Its first headlines, as mail programs show them beside the subject.
    pub preheader: String,
    pub text: String,
    pub html: String,
}

/// The width of plain text.
const TEXT_COLUMNS: usize = 72;

/// Mail programs cut off what is longer than about 102 KB.
const MOST_OCTETS: usize = 98_000;

/// How much of its content an edition shows.
#[derive(Debug, Clone, Copy)]
struct Measure {
    has_excerpts: bool,
    /// How many entries a section shows before it points to the site.
    most_entries: usize,
}

/// From all there is to what fits in any case.
const MEASURES: [Measure; 5] = [
    Measure { has_excerpts: true, most_entries: 50 },
    Measure { has_excerpts: false, most_entries: 50 },
    Measure { has_excerpts: false, most_entries: 20 },
    Measure { has_excerpts: false, most_entries: 10 },
    Measure { has_excerpts: false, most_entries: 3 },
];

#[derive(Template)]
#[template(path = "email/digest.html")]
struct HtmlEdition<'a> {
    letterhead: &'a Letterhead<'a>,
    l: Locale,
    view: &'a View,
}

#[derive(Template)]
#[template(path = "email/digest.txt")]
struct TextEdition<'a> {
    letterhead: &'a Letterhead<'a>,
    l: Locale,
    view: &'a View,
}

/// The edition for one group of readers, cut so that their mail programs show all of it.
pub fn render(content: &Content, frame: &Frame<'_>) -> Result<Page, askama::Error> {
    let first = usize::from(frame.digest.template == TemplateName::Brief);
    let mut page = render_in(content, frame, MEASURES[first])?;
    for measure in &MEASURES[first + 1..] {
        if page.html.len() <= MOST_OCTETS {
            break;
        }
        page = render_in(content, frame, *measure)?;
    }
    Ok(page)
}

fn render_in(content: &Content, frame: &Frame<'_>, measure: Measure) -> Result<Page, askama::Error> {
    let letterhead = &Letterhead::of(frame.config, frame.locale, frame.is_demo);
    let (l, view) = (frame.locale, &View::of(content, frame, measure));
    let html = inline(&HtmlEdition { letterhead, l, view }.render()?);
    let text = tidy_text(&TextEdition { letterhead, l, view }.render()?);
    Ok(Page { subject: view.subject.clone(), preheader: view.preheader.clone(), text, html })
}

/// Takes out what a template's lines leave behind: white space at ends of lines, runs of empty lines.
pub fn tidy_text(text: &str) -> String {
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

/// Lines for plain text. A word stays whole, and so does an address, which would lead nowhere in two pieces.
fn wrap(text: &str, indent: &str) -> String {
    hang(text, indent, indent)
}

/// The same, the first line with an indent of its own.
fn hang(text: &str, first: &str, indent: &str) -> String {
    let options = textwrap::Options::new(TEXT_COLUMNS)
        .initial_indent(first)
        .subsequent_indent(indent)
        .word_separator(WordSeparator::Custom(words))
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .break_words(false);
    textwrap::fill(text, options)
}

/// Where a line may end: between words, as the script has them, and never within an address.
fn words(line: &str) -> Box<dyn Iterator<Item = Word<'_>> + '_> {
    let links: Vec<_> = web_links::find(line).collect();
    let (mut begin, mut end) = (0, 0);
    let ends = WordSeparator::UnicodeBreakProperties.find_words(line).filter_map(move |word| {
        end += word.word.len() + word.whitespace.len();
        let is_within = links.iter().any(|link| link.start < end && end < link.end);
        let whole = line.get(begin..end).filter(|_| !is_within)?;
        begin = end;
        Some(Word::from(whole))
    });
    Box::new(ends)
}

#[cfg(test)]
mod proptests;
#[cfg(test)]
mod tests;
