//! Reading what comes back: delivery reports (RFC 3464, with RFC 6533), complaints (RFC 5965), and what programs write
//! that know neither. Pure, for any octets. What is read is shown and classified; whose it is, only the envelope address
//! proves (`domain::verp`).

mod arf;
mod dsn;
mod enclosed;
mod prose;
mod writer;

use crate::domain::bounce::{MESSAGE_LIMIT, Report};
use crate::domain::text;
use crate::intake::mime::{self, Fields, Part};
pub use enclosed::Enclosed;

/// No more addresses are read out of a message. One that is about a single delivery has one, or an alias's few.
const REPORTS_LIMIT: usize = 100;
const ADDRESS_LIMIT: usize = 320;
const DIAGNOSTIC_LIMIT: usize = 500;

/// What a message says.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Reading {
    /// None if it says that all went well.
    pub reports: Vec<Report>,
    /// Of the mail that a complaint is about: complaints go to an address that a provider was told once, so the mail may
    /// have to prove whose it is.
    pub complained_of: Enclosed,
    /// Of the mail that came back, where a server reports that in the way of servers: `multipart/report`, and no envelope
    /// sender. It proves little, as whoever was forwarded the mail can enclose it, too.
    pub returned: Enclosed,
}

/// Reads one message. `sender` is its envelope sender where that is known, empty if there was none. What can't be
/// understood gives one report of class `unknown`.
pub fn read(octets: &[u8], sender: Option<&str>) -> Reading {
    let octets = &octets[..octets.len().min(MESSAGE_LIMIT)];
    let (header, parts) = mime::parts(octets);
    if let Some((reports, complained_of)) = arf::read(&header, &parts) {
        return Reading { reports: distinct(reports), complained_of, returned: Enclosed::default() };
    }
    // Whoever delivers a mail for good writes the envelope sender down (RFC 5321 section 4.4).
    let sender = sender.or(header.first("Return-Path"));
    let is_server = writer::is_server(&header, &parts, sender);
    let report = dsn::read(&parts);
    let is_report = report.is_some() && is_server && is_multipart_report(&header) && sender.is_some_and(is_nobody);
    let returned = if is_report { enclosed::head(&parts) } else { None };
    let reports = report.unwrap_or_else(|| match is_server {
        true => prose::read(&header, &parts),
        false => vec![unknown(&header)],
    });
    let returned = returned.map(|head| Enclosed::of(&head)).unwrap_or_default();
    Reading { reports: distinct(reports), complained_of: Enclosed::default(), returned }
}

/// RFC 3462.
fn is_multipart_report(header: &Fields) -> bool {
    let content_type = header.first("Content-Type").unwrap_or_default();
    text::fold_case(content_type).trim_start().starts_with("multipart/report")
}

/// An envelope sender that is none, so that nobody answers (RFC 5321 section 4.5.5).
fn is_nobody(sender: &str) -> bool {
    sender.trim().trim_matches(['<', '>']).trim().is_empty()
}

/// The addresses that a message names as its own recipient, the most telling first.
pub fn recipients(octets: &[u8]) -> Vec<String> {
    let header = Fields::read(octets);
    ["Delivered-To", "X-Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To"]
        .iter()
        .flat_map(|name| header.all(name))
        .flat_map(|value| value.split([',', ' ', '\t', '<', '>']))
        .filter(|word| word.contains('@'))
        .take(REPORTS_LIMIT)
        .map(str::to_owned)
        .collect()
}

/// The envelope sender that whoever delivered a mail wrote into it, empty if there was none; none where nobody did.
pub fn envelope_sender(octets: &[u8]) -> Option<String> {
    let header = Fields::read(octets);
    header.first("Return-Path").map(|sender| sender.trim().trim_matches(['<', '>']).trim().to_owned())
}

/// Whether a program wrote this mail, or a list sent it on: nobody answers it (RFC 3834 section 2).
pub fn is_automatic(octets: &[u8], sender: Option<&str>) -> bool {
    let header = Fields::read(octets);
    sender.is_some_and(is_nobody) || writer::is_automatic(&header)
}

fn unknown(header: &Fields) -> Report {
    let subject = header.first("Subject").map(mime::decode_words);
    Report::unknown(subject.and_then(|s| line(&s, DIAGNOSTIC_LIMIT)))
}

fn distinct(reports: Vec<Report>) -> Vec<Report> {
    let mut distinct: Vec<Report> = Vec::new();
    for report in reports.into_iter().take(REPORTS_LIMIT) {
        if !distinct.iter().any(|r| (&r.address, r.class, r.status) == (&report.address, report.class, report.status)) {
            distinct.push(report);
        }
    }
    distinct
}

/// A stranger's text as one line of at most so many characters; none if nothing is left.
pub(super) fn line(text: &str, limit: usize) -> Option<String> {
    let line: String = text::single_line(text).chars().take(limit).collect();
    (!line.is_empty()).then_some(line)
}

pub(super) fn diagnostic(text: &str) -> Option<String> {
    line(text, DIAGNOSTIC_LIMIT)
}

pub(super) fn address(text: &str) -> Option<String> {
    line(text.trim().trim_start_matches('<').trim_end_matches('>'), ADDRESS_LIMIT)
}

/// The parts that a test or a reader looks for, by media type.
fn part<'a>(parts: &'a [Part], media_types: &[&str]) -> Option<&'a Part> {
    parts.iter().find(|part| media_types.contains(&part.media_type.as_str()))
}

#[cfg(test)]
mod tests;
