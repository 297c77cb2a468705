//! Delivery status notifications: `message/delivery-status` (RFC 3464) and `message/global-delivery-status` (RFC 6533).

use super::{address, diagnostic, part};
use crate::domain::address::EmailAddress;
use crate::domain::bounce::{Class, Report};
use crate::domain::status::Status;
use crate::intake::mime::{Fields, Part};

/// None if there is no report, or one about nobody. The other recipients of a report may all have got theirs.
pub fn read(parts: &[Part]) -> Option<Vec<Report>> {
    let report = part(parts, &["message/delivery-status", "message/global-delivery-status"])?;
    // The first block is about the message; those of recipients say what was done (RFC 3464 section 2.3.3).
    let recipients: Vec<Fields> = Fields::blocks(&report.body)
        .into_iter()
        .filter(|block| block.first("Final-Recipient").or(block.first("Original-Recipient")).is_some())
        .collect();
    (!recipients.is_empty()).then(|| recipients.iter().filter_map(of_recipient).collect())
}

/// None if nothing is wrong.
fn of_recipient(fields: &Fields) -> Option<Report> {
    let code = fields.first("Status").unwrap_or_default();
    let status = Status::find(code);
    let said = fields.first("Diagnostic-Code").map(without_type);
    // Some put it where only the code belongs, or into a field of their own.
    let more = fields.first("X400-Supplementary-Info").unwrap_or_default();
    // A reply stands at the beginning.
    let all =
        format!("{}; {more}; {}", said.unwrap_or_default(), code.trim_start_matches(|c: char| !c.is_alphabetic()));
    let failed = Report::of_failure(status, &all);
    let action = fields.first("Action").unwrap_or_default().to_ascii_lowercase();
    let failed = match action.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default() {
        "delivered" | "relayed" | "expanded" => return None,
        "delayed" => Report { class: Class::Delayed, counts: false, ..failed },
        "failed" | "failure" => failed,
        _ => match status.map(|status| status.class) {
            Some(5) => failed,
            Some(4) => Report { class: Class::Delayed, counts: false, ..failed },
            Some(2) => return None,
            _ => Report { class: Class::Unknown, counts: false, understood: false, ..failed },
        },
    };
    let address = ["Original-Recipient", "Final-Recipient"].iter().find_map(|name| recipient(fields.first(name)?));
    let text = said.or((!more.is_empty()).then_some(more)).or((code.len() > 12).then_some(code));
    Some(Report { address, status, diagnostic: text.and_then(diagnostic), ..failed })
}

/// The address behind its type (RFC 3464 section 2.3.1; RFC 6533 section 3).
fn recipient(field: &str) -> Option<String> {
    let (kind, text) = field.split_once(';').unwrap_or(("rfc822", field));
    let text = text.trim();
    match kind.trim().to_ascii_lowercase().as_str() {
        "utf-8" => address(&unicode(text)),
        _ => address(&xtext(text)),
    }
}

/// `smtp; 550 5.1.1 …` without its type (RFC 3464 section 2.3.6).
fn without_type(field: &str) -> &str {
    match field.split_once(';') {
        Some((kind, text)) if !kind.trim().contains(char::is_whitespace) => text.trim(),
        _ => field,
    }
}

/// An address of which the program forgot to take the armour off (RFC 3461 section 4). Only what armour is made for is
/// undone: `ada+2020@example.org` has none.
fn xtext(text: &str) -> String {
    let plain = text.replace("+3D", "=").replace("+2B", "+");
    if plain.parse::<EmailAddress>().is_ok() { plain } else { text.to_owned() }
}

/// `\x{E9}` is é (RFC 6533 section 3).
fn unicode(text: &str) -> String {
    let mut pieces = text.split("\\x{");
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let character = piece
            .split_once('}')
            .and_then(|(hex, rest)| Some((u32::from_str_radix(hex, 16).ok().and_then(char::from_u32)?, rest)));
        match character {
            Some((character, rest)) => {
                plain.push(character);
                plain.push_str(rest);
            }
            None => {
                plain.push_str("\\x{");
                plain.push_str(piece);
            }
        }
    }
    plain
}
