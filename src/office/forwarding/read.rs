//! What a forwarded mail holds: dates in its text and in documents, calendars and tables. What can't be read is a sentence.

use std::collections::HashSet;
use std::sync::Arc;

use crate::documents;
use crate::domain::event::Kind;
use crate::domain::format::Format;
use crate::domain::import::ImportEntry;
use crate::domain::proposal::Proposal;
use crate::intake::extract::{Called, Document};
use crate::intake::mail::{self, Body, File, Letter};
use crate::office::exchange::{aside, read as read_text};
use crate::office::{Error, Import, Office, Result, Text};
use crate::store;

/// As many drafts come of one mail.
const MOST_DRAFTS: usize = 300;
/// As many documents of one mail are read: each has a process of its own, and its time.
const MOST_DOCUMENTS: usize = 8;

/// What was found.
#[derive(Debug, Default)]
pub struct Findings {
    /// Calendars and tables, each with its name.
    pub files: Vec<(String, Vec<ImportEntry>)>,
    pub proposals: Vec<Proposal>,
    /// How many dates are known already.
    pub known: usize,
    /// What could not be read, or not all of it: a sentence each.
    pub said: Vec<String>,
    /// There was a text, and none in a language that is read.
    pub is_foreign: bool,
}

impl Findings {
    /// Of a mail of which not all is here.
    pub fn of_one_too_large() -> Self {
        let said =
            "The mail is larger than 25 MB, and nothing of it was read. Forward the part with the dates by itself.";
        Self { said: vec![said.into()], ..Self::default() }
    }
}

/// What a text of it is, and what it is called where it was a file.
struct Told {
    name: String,
    document: Document,
}

/// Reads a mail. An error is one of the database alone.
pub async fn read(office: &Office, octets: Vec<u8>) -> store::Result<Findings> {
    let mut findings = Findings::default();
    let Ok(letter) = aside(move || mail::read(&octets)).await else {
        findings.said.push("This mail can't be read: forward its text or its file by itself.".into());
        return Ok(findings);
    };
    let Letter { bodies, files, is_cut, .. } = letter;
    if is_cut {
        findings.said.push("The mail nests mails or parts deeper, or holds more of them, than is read.".into());
    }
    let mut documents = Vec::new();
    for file in files {
        take_file(office, file, &mut findings, &mut documents).await?;
    }
    extract(office, bodies, documents, &mut findings).await?;
    let left_out = bound(&mut findings);
    if left_out > 0 {
        let said = format!(
            "{left_out} of its dates were left out: {MOST_DRAFTS} are taken of one mail. Import the file itself for the others."
        );
        findings.said.push(said);
    }
    Ok(findings)
}

/// What a file is for us.
enum Sort {
    Import(Option<Format>),
    Document,
    Unread(&'static str),
}

fn sort(file: &File) -> Sort {
    let (kind, name) = (file.media_type.as_str(), file.name.to_lowercase());
    let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    match () {
        () if ends(&[".ics", ".ical", ".vcs"]) || kind == "text/calendar" || kind == "application/ics" => {
            Sort::Import(Some(Format::Ics))
        }
        () if ends(&[".csv", ".tsv"]) || kind.ends_with("/csv") || kind.contains("-separated-values") => {
            Sort::Import(Some(Format::Csv))
        }
        () if ends(&[".xlsx", ".xlsm"]) || kind.ends_with("spreadsheetml.sheet") => Sort::Import(Some(Format::Xlsx)),
        () if ends(&[".json"]) || kind == "application/json" => Sort::Import(Some(Format::Json)),
        () if kind.starts_with("image/") => Sort::Unread("a picture is not read: type its dates in"),
        () if kind.ends_with("ms-tnef") || name == "winmail.dat" => {
            Sort::Unread("only Outlook can read this: have it sent as plain text or HTML")
        }
        () if kind.ends_with("pkcs7-mime") || kind.ends_with("pgp-encrypted") || ends(&[".p7m", ".pgp", ".gpg"]) => {
            Sort::Unread("it is encrypted, or signed as a whole: forward its text by itself")
        }
        () if ["audio/", "video/"].iter().any(|begin| kind.starts_with(begin)) => Sort::Unread("this is not read"),
        () => Sort::Document,
    }
}

async fn take_file(
    office: &Office,
    file: File,
    findings: &mut Findings,
    documents: &mut Vec<Told>,
) -> store::Result<()> {
    let sort = sort(&file);
    let File { name, media_type, octets } = file;
    let unread = |said: String| format!("{name}: {}.", said.trim_end_matches('.'));
    match sort {
        Sort::Unread(said) => findings.said.push(unread(said.into())),
        Sort::Import(format) => {
            // Drafts are looked at before anybody sees them, so a table may leave the kind out.
            let (kind, content_type) = (Some(Kind::Other), Some(media_type));
            let import = Import { octets, name: name.clone(), content_type, format, kind, ..Import::default() };
            match kept(office.read_import(import).await)? {
                Err(said) => findings.said.push(unread(said)),
                Ok(intake) => {
                    let intake = intake.as_drafts();
                    if !intake.articles.is_empty() {
                        findings.said.push(unread("it holds articles, too, which are not taken by mail".into()));
                    }
                    if let Some(cut) = &intake.cut_off {
                        findings.said.push(unread(format!("line {}: {}", cut.line, cut.reason)));
                    }
                    let rejected = intake.rejected.iter().chain(&intake.notes);
                    let lines = rejected.map(|it| unread(format!("line {}: {}", it.line, it.reason)));
                    findings.said.extend(lines);
                    findings.files.push((name, intake.entries));
                }
            }
        }
        Sort::Document if documents.len() >= MOST_DOCUMENTS => {
            findings.said.push(unread(format!("no more than {MOST_DOCUMENTS} documents of one mail are read")));
        }
        Sort::Document => match kept(documents::read(&octets).await.map_err(Error::from))? {
            Ok(document) => documents.push(Told { name, document }),
            Err(said) => findings.said.push(unread(said)),
        },
    }
    Ok(())
}

/// What is wrong with a file is a sentence; what is wrong with the database is an error.
fn kept<T>(read: Result<T>) -> store::Result<std::result::Result<T, String>> {
    match read {
        Ok(read) => Ok(Ok(read)),
        Err(Error::Store(error)) => Err(error),
        Err(error) => Ok(Err(error.to_string())),
    }
}

/// The dates in its texts. Of a text that is told in two ways the one that tells more counts, plain if it is the same.
async fn extract(
    office: &Office,
    bodies: Vec<Body>,
    documents: Vec<Told>,
    findings: &mut Findings,
) -> store::Result<()> {
    let topics = office.store.topics_of_events().await?;
    let (config, now) = (office.config.clone(), office.store.now());
    let read = aside(move || {
        let of = |name: &str, document: Document| {
            let text = Text { document: Arc::new(document), name: name.to_owned(), form: None, written: None };
            read_text(&text, &topics, &config, now)
        };
        let of_all = |documents: Vec<Document>| {
            let mut found = (Vec::new(), false);
            for (proposals, is_read) in documents.into_iter().map(|document| of("", document)) {
                found.0.extend(proposals);
                found.1 |= is_read;
            }
            found
        };
        let (mut proposals, mut is_read, mut is_there) = (Vec::new(), false, false);
        for Body { plain, html } in bodies {
            let (plain, html) = (of_all(plain), of_all(html));
            let (found, is_known) = if html.0.len() > plain.0.len() { html } else { (plain.0, plain.1 || html.1) };
            (is_read, is_there) = (is_read || is_known, true);
            proposals.extend(found);
        }
        for Told { name, document } in documents {
            let (found, is_known) = of(&name, document);
            (is_read, is_there) = (is_read || is_known, true);
            proposals.extend(found);
        }
        (proposals, is_there && !is_read)
    });
    let Ok((proposals, is_foreign)) = read.await else {
        findings.said.push("The text of this mail can't be read: forward its dates by themselves.".into());
        return Ok(());
    };
    findings.is_foreign = is_foreign && proposals.is_empty() && findings.files.is_empty();
    let proposals = once(proposals, findings);
    match kept(office.unknown(proposals).await)? {
        Ok((new, known)) => (findings.proposals, findings.known) = (new, known),
        Err(said) => findings.said.push(said),
    }
    Ok(())
}

/// Each once, and none that a calendar or table of the mail tells, too.
fn once(proposals: Vec<Proposal>, findings: &Findings) -> Vec<Proposal> {
    let mut uids = HashSet::new();
    let mut told: Vec<Proposal> = Vec::new();
    for proposal in proposals {
        let details = &proposal.details;
        let in_file = findings.files.iter().flat_map(|(_, entries)| entries).any(|entry| {
            let (one, other) = (entry.details.when.start(), details.when.start());
            one == other
                || one.first_day() == other.first_day()
                    && Called::of(&entry.details).is_of_the_same_as(Called::of(details))
        });
        let is_told = told.iter().any(|known| {
            known.details.kind == details.kind
                && known.details.when.start() == details.when.start()
                && Called::of(&known.details).is_of_the_same_as(Called::of(details))
        });
        if !in_file && !is_told && uids.insert(proposal.uid.clone()) {
            told.push(proposal);
        }
    }
    told
}

/// Leaves out what is too much; how much that is.
fn bound(findings: &mut Findings) -> usize {
    let (mut room, mut left_out) = (MOST_DRAFTS, 0);
    for (_, entries) in &mut findings.files {
        left_out += entries.len().saturating_sub(room);
        entries.truncate(room);
        room -= entries.len();
    }
    left_out += findings.proposals.len().saturating_sub(room);
    findings.proposals.truncate(room);
    left_out
}
