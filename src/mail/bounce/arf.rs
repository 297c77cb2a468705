//! Complaints: what a reader's provider sends when "spam" was clicked. In the abuse reporting format (RFC 5965), or as
//! Microsoft sent them before: nothing but the mail, enclosed.

use super::enclosed::{self, Enclosed};
use super::{address, diagnostic, part};
use crate::domain::bounce::{Class, Report};
use crate::domain::text::fold_case;
use crate::intake::mime::{Fields, Part, decode_words};

/// Microsoft's field for who got the mail.
const ORIGINAL_RECIPIENT: &str = "X-HmXmrOriginalRecipient";

/// The reports, and what the mail that was complained of says. None if it is no complaint.
pub fn read(header: &Fields, parts: &[Part]) -> Option<(Vec<Report>, Enclosed)> {
    let mail = enclosed::head(parts);
    let has_mail = mail.is_some();
    let head = mail.unwrap_or_default();
    let (fields, kind) = match part(parts, &["message/feedback-report"]) {
        Some(report) => {
            let fields = Fields::read(&report.body);
            let kind = fold_case(fields.first("Feedback-Type").unwrap_or_default());
            (fields, kind)
        }
        None if has_mail && is_old_form(header, &head) => (Fields::default(), "abuse".into()),
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
    let enclosed = Enclosed::of(&head);
    let senders = fields.all("Original-Mail-From").filter_map(address).chain(enclosed.senders).collect();
    Some((reports, Enclosed { senders, ..enclosed }))
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
