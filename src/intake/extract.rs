//! Dated events of running text, as `kalends-extract` finds them, on their way to drafts.

use std::collections::{BTreeMap, HashSet};

use data_encoding::HEXLOWER;
use jiff::civil::Date;
pub use kalends_extract::{Form, Topics};
use kalends_extract::{Likeness, Year};
use sha2::{Digest, Sha256};

use super::icalendar::decode;
use crate::domain::Invalid;
use crate::domain::event::{Details, Event, Kind, Status};
use crate::domain::fields::EventFields;
use crate::domain::text::fold_case;
use crate::domain::when::{Point, When};
use crate::domain::zone::Zone;
use crate::store::ImportEntry;

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
    let proposals = found.into_iter().filter_map(|event| Proposal::of(event, known.zone));
    proposals.filter(|proposal| uids.insert(proposal.uid.clone())).collect()
}

/// The text of a file, in whatever encoding; an error says what the file is instead.
pub fn decoded(octets: &[u8]) -> Result<String, Invalid> {
    let signs = [
        (&b"%PDF"[..], "a PDF"),
        (b"PK\x03\x04", "a packed file, such as a DOCX"),
        (b"\xd0\xcf\x11\xe0", "an old Word file"),
    ];
    if let Some((_, what)) = signs.iter().find(|(sign, _)| octets.starts_with(sign)) {
        return Err(Invalid(format!("this is {what}: save it as plain text or HTML first")));
    }
    let text = decode::text(octets);
    match text.chars().filter(|c| c.is_control() && !c.is_whitespace()).take(100).count() {
        count if count * 20 > text.len() || text.contains('\0') => {
            Err(Invalid::new("this is no text: give plain text, Markdown or HTML"))
        }
        _ => Ok(text),
    }
}

/// What is proposed: an event as a draft, and the sentence that it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The same for the same sentence, date and kind, for ever: what was proposed once is known again.
    pub uid: String,
    /// As a draft.
    pub details: Details,
    /// The text does not say the year, and nobody else did.
    pub is_year_guessed: bool,
    pub source_text: String,
    /// Where in the input its block begins, from 1.
    pub line: usize,
}

impl Proposal {
    /// None where an event can't be made of it.
    fn of(found: kalends_extract::Event, site_zone: &Zone) -> Option<Self> {
        let uid = uid(&found);
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
            description: found.source_text.clone(),
            ..Details::new(kind, &found.title, when)
        };
        Some(Self {
            uid,
            details: details.checked().ok()?,
            is_year_guessed: found.year == Year::Guessed,
            source_text: found.source_text,
            line: found.line,
        })
    }

    /// For the store: a new event. One that is known under this UID is left as it is.
    pub fn entry(self, number: usize) -> ImportEntry {
        ImportEntry {
            line: number as u64 + 1,
            uid: Some(self.uid),
            sequence: 0,
            fields: EventFields::default(),
            details: self.details,
            tells_dates: false,
            occurrences: Vec::new(),
        }
    }
}

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

/// Without what was proposed before, whatever became of it, and what is told already by an event of the same kind and
/// start. Also how many those are.
pub fn unknown(proposals: Vec<Proposal>, events: &[Event]) -> (Vec<Proposal>, usize) {
    let uids: HashSet<&str> = events.iter().map(|event| event.uid.as_str()).collect();
    let mut by_key: BTreeMap<(Kind, Point), Vec<Likeness>> = BTreeMap::new();
    for event in events.iter().filter(|event| !event.removed) {
        by_key.entry(key(&event.details)).or_default().push(likeness(&event.details));
    }
    let all = proposals.len();
    let is_new = |proposal: &Proposal| {
        let likeness = likeness(&proposal.details);
        let told = by_key.get(&key(&proposal.details)).into_iter().flatten().take(LOOKED_AT);
        !uids.contains(proposal.uid.as_str()) && !told.into_iter().any(|known| known.is_alike(&likeness))
    };
    let new: Vec<_> = proposals.into_iter().filter(is_new).collect();
    let known = all - new.len();
    (new, known)
}

fn key(details: &Details) -> (Kind, Point) {
    (details.kind, details.when.start())
}

fn likeness(details: &Details) -> Likeness {
    Likeness::of(&details.title, &details.standards)
}
