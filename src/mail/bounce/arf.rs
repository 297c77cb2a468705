//! Complaints: what a reader's provider sends when "spam" was clicked. In the abuse reporting format (RFC 5965), or as
//! Microsoft sent them before: nothing but the mail, enclosed.

use percent_encoding::percent_decode_str;

use super::fields::Fields;
use super::mime::{Part, decode_words};
use super::{Enclosed, address, diagnostic, part};
use crate::domain::bounce::{Class, Report};
use crate::domain::text::fold_case;

/// Microsoft's field for who got the mail.
const ORIGINAL_RECIPIENT: &str = "X-HmXmrOriginalRecipient";

/// The reports, and what the mail that was complained of says. None if it is no complaint.
pub fn read(header: &Fields, parts: &[Part]) -> Option<(Vec<Report>, Enclosed)> {
    let mail = part(parts, &["message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"]);
    let head = mail.map(|mail| Fields::read(&mail.body)).unwrap_or_default();
    let (fields, kind) = match part(parts, &["message/feedback-report"]) {
        Some(report) => {
            let fields = Fields::read(&report.body);
            let kind = fold_case(fields.first("Feedback-Type").unwrap_or_default());
            (fields, kind)
        }
        None if mail.is_some() && is_old_form(header, &head) => (Fields::default(), "abuse".into()),
        None => return None,
    };
    let class = match kind.as_str() {
        "abuse" | "fraud" | "opt-out" | "opt-out-list" => Class::Complaint,
        // What programs find out about a mail (viruses, signatures, RFC 6591) is no reader's word, and "not-spam" the
        // contrary of one.
        _ => Class::Unknown,
    };
    let counts = class == Class::Complaint;
    let told_by = fields.first("User-Agent").or(fields.first("Reporting-MTA")).or(header.first("From"));
    let diagnostic = diagnostic(&format!("{kind} {}", told_by.unwrap_or_default()));
    let named = fields.all("Original-Rcpt-To").chain(fields.all("Removal-Recipient"));
    let named = named.chain(head.all(ORIGINAL_RECIPIENT)).chain(header.all(ORIGINAL_RECIPIENT));
    // Some write "redacted" there.
    let named = named.filter_map(address).filter(|name| name.contains('@'));
    let report =
        |address| Report { address, class, counts, understood: counts, status: None, diagnostic: diagnostic.clone() };
    let mut reports: Vec<Report> = named.map(|name| report(Some(name))).collect();
    if reports.is_empty() {
        reports.push(report(None));
    }
    let senders = fields.all("Original-Mail-From").chain(head.all("Return-Path")).filter_map(address).collect();
    let ways_out = head.all("List-Unsubscribe").flat_map(ways_out).collect();
    Some((reports, Enclosed { senders, ways_out }))
}

/// Hotmail's and MSN's, from staff@hotmail.com: "complaint about message from 192.0.2.1".
fn is_old_form(header: &Fields, head: &Fields) -> bool {
    let is = |name: &str, words: &str| {
        header.first(name).is_some_and(|value| fold_case(&decode_words(value)).contains(words))
    };
    is("From", "staff@hotmail.com")
        || is("Subject", "complaint about message")
        || head.first(ORIGINAL_RECIPIENT).is_some()
        || header.first(ORIGINAL_RECIPIENT).is_some()
}

/// `<https://example.org/unsubscribe/…>, <mailto:bounces+u…@example.org?subject=unsubscribe>`: the link and the address.
fn ways_out(field: &str) -> Vec<String> {
    let uris = field.split('<').skip(1).filter_map(|rest| rest.split_once('>'));
    uris.map(|(uri, _)| {
        let uri: String = uri.chars().filter(|c| !c.is_whitespace()).collect();
        match uri.split_at_checked("mailto:".len()) {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("mailto:") => {
                let address = rest.split('?').next().unwrap_or_default();
                percent_decode_str(address).decode_utf8_lossy().into_owned()
            }
            _ => uri,
        }
    })
    .collect()
}
