//! Mails in a plain text: the header that a program writes over a forwarded one, and what it quotes.

use crate::block::{Block, Role};

const FIELDS: &[&str] =
    &["from", "sent", "date", "to", "cc", "bcc", "subject", "reply-to", "importance", "attachments"];

/// A line of a quotation, without its marks.
pub fn quoted(line: &str) -> Option<&str> {
    let text = line.trim_start();
    text.starts_with('>').then(|| text.trim_start_matches(['>', ' ']))
}

/// `On Tue, 28 Feb 2023 at 15:12, Ann Other wrote:`
pub fn is_attribution(line: &str) -> bool {
    let line = line.trim();
    line.starts_with("On ") && line.ends_with("wrote:")
}

/// `Best regards, Ann`
pub fn closes(line: &str) -> bool {
    const CLOSINGS: &[&str] = &[
        "best",
        "regards",
        "kind",
        "yours",
        "sincerely",
        "cheers",
        "thanks",
        "many",
        "greetings",
        "signed",
        "warmly",
        "respectfully",
    ];
    let words: Vec<&str> = line.split_whitespace().collect();
    let first = words.first().map(|word| word.trim_end_matches([',', '.', '!']).to_lowercase()).unwrap_or_default();
    // `R. Castles, Hon. Secretary`, `Office of the Registrar`
    const OFFICES: &[&str] =
        &["secretary", "chair", "chairman", "chairperson", "director", "clerk", "president", "registrar", "treasurer"];
    let last = words.last().map(|word| word.trim_end_matches([',', '.']).to_lowercase()).unwrap_or_default();
    if (2..=6).contains(&words.len()) && OFFICES.contains(&last.as_str()) && !line.contains(char::is_numeric) {
        return true;
    }
    words.len() <= 6 && CLOSINGS.contains(&first.as_str()) && line.contains(',') && !line.contains(char::is_numeric)
}

/// `From: … Sent: … Subject: …`: the subject is a heading, and the day is the one of writing. None if it is no header.
pub fn header(group: &[&str], begins_at: usize) -> Option<Vec<Block>> {
    // `----- Original message -----`
    let begins = usize::from(group.first().is_some_and(|line| line.trim_start().starts_with("---")));
    let (group, begins_at) = (group.get(begins..)?, begins_at + begins);
    let fields: Option<Vec<(String, &str)>> = group
        .iter()
        .map(|line| {
            let (label, value) = line.split_once(':')?;
            let label = label.trim().trim_matches('*').to_lowercase();
            FIELDS.contains(&label.as_str()).then(|| (label, value.trim()))
        })
        .collect();
    let fields = fields.filter(|fields| fields.len() >= 2)?;
    let field = |names: &[&str]| fields.iter().position(|(label, _)| names.contains(&label.as_str()));
    let written = field(&["sent", "date"]);
    let is_mail = match field(&["from"]) {
        Some(_) => written.is_some() || field(&["subject"]).is_some() && field(&["to"]).is_some(),
        None => written.is_some() && fields.len() >= 3,
    };
    if !is_mail {
        return None;
    }
    let heading = field(&["subject"]).and_then(|at| {
        let subject = without_marks(fields[at].1);
        Block::of(Role::Heading, subject, begins_at + at)
    });
    let day = written.and_then(|at| Block::of(Role::Paragraph, group[at], begins_at + at));
    Some(heading.into_iter().chain(day).collect())
}

/// Without `RE: FW: [list]`.
fn without_marks(subject: &str) -> &str {
    let mut subject = subject.trim();
    loop {
        let rest = match subject.split_once([':', ']']) {
            Some((mark, rest)) if mark.starts_with('[') && mark.len() < 40 => rest,
            Some((mark, rest)) if ["re", "fw", "fwd", "aw", "wg"].contains(&mark.trim().to_lowercase().as_str()) => {
                rest
            }
            _ => return subject,
        };
        subject = rest.trim();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_a_heading_and_a_day_of_writing() {
        let lines =
            ["From: Ann Other", "Sent: 14 November 2022 09:12", "To: All", "Subject: RE: [wg] Fwd: Next meeting"];
        let told: Vec<_> = header(&lines, 3).unwrap().into_iter().map(|block| (block.text, block.line)).collect();
        assert_eq!(told, [("Next meeting".to_owned(), 6), ("Sent: 14 November 2022 09:12".to_owned(), 4)]);
        assert!(header(&["From: 5 May 2022", "Venue: Oslo"], 1).is_none());
        assert_eq!(quoted(">> one"), Some("one"));
    }
}
