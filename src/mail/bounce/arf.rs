//! Complaints in the abuse reporting format (RFC 5965): what a reader's provider sends when "spam" was clicked.

use super::fields::Fields;
use super::mime::Part;
use super::{address, diagnostic, part};
use crate::domain::bounce::{Class, Report};

/// The reports, and the envelope senders of the mail that was complained of. None if it is no complaint.
pub fn read(parts: &[Part]) -> Option<(Vec<Report>, Vec<String>)> {
    let fields = Fields::read(&part(parts, &["message/feedback-report"])?.body);
    let kind = fields.first("Feedback-Type").unwrap_or_default().to_ascii_lowercase();
    let class = match kind.as_str() {
        "abuse" | "fraud" | "opt-out" | "opt-out-list" => Class::Complaint,
        // What programs find out about a mail (viruses, signatures, RFC 6591) is no reader's word, and "not-spam" the
        // contrary of one.
        _ => Class::Unknown,
    };
    let counts = class == Class::Complaint;
    let told_by = fields.first("User-Agent").or(fields.first("Reporting-MTA")).unwrap_or_default();
    let diagnostic = diagnostic(&format!("{kind} {told_by}"));
    let named = fields.all("Original-Rcpt-To").chain(fields.all("Removal-Recipient")).filter_map(address);
    let mut reports: Vec<Report> = named
        .map(|address| Report { address: Some(address), class, counts, status: None, diagnostic: diagnostic.clone() })
        .collect();
    if reports.is_empty() {
        reports.push(Report { address: None, class, counts, status: None, diagnostic });
    }
    let mail = part(parts, &["message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"]);
    let head = mail.map(|mail| Fields::read(&mail.body)).unwrap_or_default();
    let senders = fields.all("Original-Mail-From").chain(head.all("Return-Path")).filter_map(address);
    Some((reports, senders.collect()))
}
