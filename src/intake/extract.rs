//! Dated events of running text, as `kalends-extract` finds them, on their way to drafts.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use data_encoding::HEXLOWER;
use jiff::civil::Date;
pub use kalends_extract::{Form, Topics, is_read};
use kalends_extract::{Likeness, Year};
use mail_parser::DateTime;
use sha2::{Digest, Sha256};

use super::icalendar::decode;
use super::mime::{self, Part};
use crate::domain::Invalid;
use crate::domain::event::{Details, Event, Kind, Status};
use crate::domain::proposal::{Becomes, Proposal, may_be_moved, moves_sentence};
use crate::domain::text::fold_case;
use crate::domain::when::{Point, When};
use crate::domain::zone::Zone;

/// What a text does not say itself.
#[derive(Debug)]
pub struct Known<'a> {
    /// Topics of events that there are.
    pub topics: &'a Topics,
    /// When the text was written, if somebody knows.
    pub written: Option<Date>,
    /// Where dates without a year are understood from if nobody does.
    pub today: Date,
    /// The zone of times that do not name theirs.
    pub zone: &'a Zone,
}

/// All dated events of a text, each once, in the order told.
pub fn extract(text: &str, form: Form, known: &Known<'_>) -> Vec<Proposal> {
    let found = kalends_extract::extract(
        text,
        form,
        &kalends_extract::Known { topics: known.topics, written: known.written, today: known.today },
    );
    let mut uids = HashSet::new();
    let proposals = found.into_iter().filter_map(|event| proposal(event, known.zone));
    proposals.filter(|proposal| uids.insert(proposal.uid.clone())).collect()
}

/// The text of a file, in whatever encoding; an error says what the file is instead.
pub fn decoded(octets: &[u8]) -> Result<String, Invalid> {
    let text = decode::text(octets);
    match text.chars().filter(|c| c.is_control() && !c.is_whitespace()).take(100).count() {
        count if count * 20 > text.len() || text.contains('\0') => {
            Err(Invalid::new("this is no text: give plain text, Markdown or HTML"))
        }
        _ => Ok(text),
    }
}

/// A text that was given, and what is known of it beside its words.
#[derive(Debug)]
pub struct Document {
    pub text: String,
    /// What it is written in, where that is known.
    pub form: Option<Form>,
    pub written: Option<Date>,
}

/// Reads a file: a mail as it was sent, or a text in whatever encoding. An error says what the file is instead.
pub fn document(octets: &[u8]) -> Result<Document, Invalid> {
    match mail(octets) {
        Some(document) => Ok(document),
        None => Ok(Document { text: decoded(octets)?, form: None, written: None }),
    }
}

/// How far down a header is looked for, in octets.
const LONGEST_HEADER: usize = 64 * 1024;

/// A mail with its subject as the heading; none if the octets are none.
fn mail(octets: &[u8]) -> Option<Document> {
    let header = octets.get(..octets.len().min(LONGEST_HEADER))?.trim_ascii_start();
    let has = |name: &[u8]| {
        header
            .split(|octet| *octet == b'\n')
            .take(200)
            .take_while(|line| !line.trim_ascii().is_empty())
            .any(|line| line.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)))
    };
    let is_mail = has(b"from:")
        && has(b"date:")
        && [&b"message-id:"[..], b"received:", b"mime-version:", b"return-path:", b"content-type:", b"to:"]
            .iter()
            .any(|name| has(name));
    if !is_mail {
        return None;
    }
    // The first line of a mailbox's file is none of the header.
    let octets = octets.trim_ascii_start();
    let octets = match octets.strip_prefix(b"From ").and_then(|rest| rest.iter().position(|octet| *octet == b'\n')) {
        Some(end) => octets.get(end + 6..)?,
        None => octets,
    };
    let (header, parts) = mime::parts(octets);
    let written = DateTime::parse_rfc822(header.first("Date")?)?;
    let written = Date::new(i16::try_from(written.year).ok()?, written.month as i8, written.day as i8).ok();
    let subject = mime::decode_words(header.first("Subject").unwrap_or_default());
    let subject = without_reply_marks(&subject);
    let body = |media_type: &str| parts.iter().find(|part| part.media_type == media_type && !part.is_attachment);
    let text = |part: &Part| String::from_utf8_lossy(&part.body).into_owned();
    let (text, form) = match (body("text/plain"), body("text/html")) {
        (Some(plain), _) => (format!("{subject}\n\n{}", text(plain)), Form::Plain),
        (None, Some(html)) => (format!("<h1>{}</h1>\n{}", subject.replace('<', "&lt;"), text(html)), Form::Html),
        (None, None) => (subject.to_owned(), Form::Plain),
    };
    Some(Document { text, form: Some(form), written })
}

/// A subject without `Re: Fwd:` and the like.
pub fn without_reply_marks(subject: &str) -> &str {
    const MARKS: [&str; 18] = [
        "re", "fw", "fwd", "aw", "wg", "sv", "vs", "tr", "rv", "rif", "i", "doorst", "antw", "转发", "回复", "轉寄",
        "答复", "回覆",
    ];
    let mut subject = subject.trim();
    while let Some((mark, rest)) = subject.split_once([':', '：']) {
        if !MARKS.contains(&mark.trim().to_lowercase().as_str()) {
            break;
        }
        subject = rest.trim();
    }
    subject
}

/// None where an event can't be made of it.
fn proposal(found: kalends_extract::Event, site_zone: &Zone) -> Option<Proposal> {
    let (uid, description) = (uid(&found), description(&found));
    let zone = found.zone.and_then(|name| name.parse().ok()).unwrap_or_else(|| site_zone.clone());
    let (start, end) = (point(found.when.start), found.when.end.map(point));
    let when = When::new(start, end, zone.clone()).or_else(|_| When::new(start, None, zone)).ok()?;
    let kind: Kind = found.kind.as_str().parse().ok()?;
    let details = Details {
        status: Status::Draft,
        location: found.location,
        organizer: found.organizer,
        standards: found.standards,
        topics: found.topics,
        description,
        ..Details::new(kind, &found.title, when)
    };
    Some(Proposal {
        uid,
        details: details.checked().ok()?,
        is_year_guessed: found.year == Year::Guessed,
        was: found.was.map(|was| was.to_string()),
        note: found.note,
        becomes: Becomes::Draft,
        source_text: found.source_text,
        line: found.line,
    })
}

/// Where it comes from, and what is to be looked at before it is published.
fn description(found: &kalends_extract::Event) -> String {
    let mut text = found.source_text.clone();
    let mut add = |sentence: String| text.push_str(&format!("\n\n{sentence}"));
    if found.year == Year::Guessed {
        add(format!("{YEAR_ASSUMED} {}.", found.when.start.first_day().year()));
    }
    if let Some(was) = found.was {
        add(format!("Before: {was}."));
    }
    if let Some(note) = &found.note {
        add(format!("Note: {note}."));
    }
    text
}

/// What the year follows that nobody said.
const YEAR_ASSUMED: &str = "The text says no year; assumed:";

fn point(found: kalends_extract::Point) -> Point {
    use kalends_extract::Point as Found;
    match found {
        Found::Minute(at) => Point::Minute(at),
        Found::Day(day) => Point::Day(day),
        Found::Month(year, month) => Point::Month(year, month),
        Found::Quarter(year, quarter) => Point::Quarter(year, quarter),
        Found::Year(year) => Point::Year(year),
    }
}

/// A hash of the sentence's words, however they are set, of the date as it is written and of the kind; of the standards,
/// because one sentence may tell of several.
fn uid(found: &kalends_extract::Event) -> String {
    let mut hash = Sha256::new();
    for word in fold_case(&found.source_text).split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        hash.update(word);
        hash.update(" ");
    }
    hash.update([0]);
    for part in [&found.written, found.kind.as_str(), &found.standards.join(";")] {
        hash.update(part);
        hash.update([0]);
    }
    let digest = hash.finalize();
    format!("extract-{}", HEXLOWER.encode(&digest[..16]))
}

/// Among so many things of one kind and date one that is alike is looked for. An office has more on no day.
const LOOKED_AT: usize = 40;

/// Without what was proposed before, whatever became of it, and without what is told already by an event of the same kind
/// and start. Another year of a draft whose year nobody knew, and another date of what is known, are told as that. Also how
/// many are known.
pub fn unknown(proposals: Vec<Proposal>, events: &[Event]) -> (Vec<Proposal>, usize) {
    let told = Told::of(events);
    let by_uid: HashMap<&str, &Event> = events.iter().map(|event| (event.uid.as_str(), event)).collect();
    let all = proposals.len();
    let mut moved = HashSet::new();
    let new = proposals.into_iter().filter_map(|proposal| {
        if let Some(known) = by_uid.get(proposal.uid.as_str()) {
            let is_known_now = has_guessed_year(known) && !proposal.is_year_guessed;
            let uid = proposal.uid.clone();
            return (is_known_now && known.details.when != proposal.details.when)
                .then_some(Proposal { becomes: Becomes::Correction { uid }, ..proposal });
        }
        if told.find(&proposal.details).is_some() {
            return None;
        }
        // What is moved twice by one text is moved by its first word.
        match told_otherwise(&proposal, events).filter(|event| moved.insert(event.id)) {
            Some(event) => Some(moving(proposal, event)),
            None => Some(proposal),
        }
    });
    let new: Vec<_> = new.collect();
    let known = all - new.len();
    (new, known)
}

/// The event that begins when this did before, as its text says.
pub fn told_otherwise<'a>(proposal: &Proposal, events: impl IntoIterator<Item = &'a Event>) -> Option<&'a Event> {
    let was = proposal.was_start()?.first_day();
    let is_it = |event: &&Event| {
        !event.removed
            && event.details.kind == proposal.details.kind
            && event.details.when.start().first_day() == was
            && Called::of(&event.details).is_of_the_same_as(Called::of(&proposal.details))
    };
    events.into_iter().filter(is_it).min_by_key(|event| event.id)
}

/// Another date for what is known.
fn moving(mut proposal: Proposal, event: &Event) -> Proposal {
    let description = &mut proposal.details.description;
    if event.details.status == Status::Draft && event.details.repeat.is_none() {
        // What an editor wrote there stays.
        *description = format!("{}\n\n{description}", event.details.description.trim_end());
        proposal.becomes = Becomes::Correction { uid: event.uid.clone() };
    } else if may_be_moved(event) {
        description.push_str(&format!("\n\n{}", moves_sentence(event)));
        proposal.becomes = Becomes::Move { event: event.id };
    }
    proposal
}

/// What has to be known of events to tell what is unknown: their UIDs, the kinds and starts, and the days of before.
pub type Asked<'a> = (Vec<&'a str>, BTreeSet<(Point, Kind)>, BTreeSet<(Date, Kind)>);

/// What to ask for these.
pub fn asked_of<'a>(proposals: impl IntoIterator<Item = &'a Proposal>) -> Asked<'a> {
    let (mut uids, mut starts, mut days) = Asked::default();
    for proposal in proposals {
        let details = &proposal.details;
        uids.push(proposal.uid.as_str());
        starts.insert((details.when.start(), details.kind));
        days.extend(proposal.was_start().map(|was| (was.first_day(), details.kind)));
    }
    (uids, starts, days)
}

/// What events tell, to be asked whether it is told already.
pub struct Told(BTreeMap<(Kind, Point), Vec<(Likeness, i64)>>);

impl Told {
    /// By those of them that are there.
    pub fn of(events: &[Event]) -> Self {
        let mut by_key: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for event in events.iter().filter(|event| !event.removed) {
            by_key.entry(key(&event.details)).or_default().push((likeness(&event.details), event.id));
        }
        Self(by_key)
    }

    /// The event of the same kind and start whose title is alike.
    pub fn find(&self, details: &Details) -> Option<i64> {
        let likeness = likeness(details);
        let told = self.0.get(&key(details)).into_iter().flatten().take(LOOKED_AT);
        told.into_iter().find(|(known, _)| known.is_alike(&likeness)).map(|(_, id)| *id)
    }
}

/// A title with the standards that it is about.
#[derive(Debug, Clone, Copy)]
pub struct Called<'a> {
    pub title: &'a str,
    pub standards: &'a [String],
}

impl<'a> Called<'a> {
    pub fn of(details: &'a Details) -> Self {
        Self { title: &details.title, standards: &details.standards }
    }

    /// Whether both are of one thing: alike, and with the same numbers, but for years. `WG 1` is not `WG 2`.
    pub fn is_of_the_same_as(self, other: Called<'_>) -> bool {
        let likeness = |called: Called<'_>| Likeness::of(called.title, called.standards);
        numbers(self.title) == numbers(other.title) && likeness(self).is_alike(&likeness(other))
    }
}

fn numbers(title: &str) -> BTreeSet<&str> {
    let digits = title.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty());
    digits.filter(|digits| !(digits.len() == 4 && (digits.starts_with("19") || digits.starts_with("20")))).collect()
}

/// Whether an event is a draft whose year nobody has said since.
pub fn has_guessed_year(event: &Event) -> bool {
    event.details.status == Status::Draft && !event.removed && event.details.description.contains(YEAR_ASSUMED)
}

fn key(details: &Details) -> (Kind, Point) {
    (details.kind, details.when.start())
}

fn likeness(details: &Details) -> Likeness {
    Likeness::of(&details.title, &details.standards)
}
