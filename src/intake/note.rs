//! An editor's note, as it is given: Markdown, and a subject.

use super::article::decode;
use crate::domain::note::EditorsWords;
use crate::domain::refused::Refused;
use crate::domain::text;
use crate::markdown;

/// More is an article, in characters.
const MOST_TEXT: usize = 20_000;
/// Lists and quotes, one in the other.
const MOST_NESTED: usize = 100;
/// Of a subject, in characters: what mail programs show of it.
const MOST_SUBJECT: usize = 150;

/// Reads what somebody says of an edition, as far as they do. An error names the field, `text` or `subject`, and the line
/// where there is one.
pub fn read(subject: Option<&str>, text: Option<&[u8]>) -> Result<EditorsWords, Refused> {
    Ok(EditorsWords { subject: subject.map(read_subject).transpose()?, body: text.map(read_text).transpose()? })
}

fn read_text(octets: &[u8]) -> Result<String, Refused> {
    let wrong = |said: String| Err(Refused::invalid(said).in_field("text"));
    let long = || wrong(format!("a note has {MOST_TEXT} characters at most: what is longer is an article"));
    if octets.len() > 4 * MOST_TEXT {
        return long();
    }
    let body = match decode(octets) {
        Ok(text) => text::multi_line(text.trim()),
        Err(rejected) => return wrong(format!("line {}: {}", rejected.line, rejected.reason)),
    };
    if body.chars().count() > MOST_TEXT {
        return long();
    }
    if let Some(line) = markdown::raw_html(&body) {
        return wrong(format!("line {line}: a note is Markdown, and HTML in it would not be shown"));
    }
    match markdown::nesting(&body) > MOST_NESTED {
        true => wrong(format!("more than {MOST_NESTED} lists or quotes lie one in the other")),
        false => Ok(body),
    }
}

fn read_subject(text: &str) -> Result<String, Refused> {
    let subject = text::single_line(text);
    match subject.chars().count() > MOST_SUBJECT {
        true => Err(Refused::invalid(format!("a subject has {MOST_SUBJECT} characters at most")).in_field("subject")),
        false => Ok(subject),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_note_is_told_with_its_line() {
        let long = "x".repeat(MOST_TEXT + 1);
        let deep = "> ".repeat(200) + "a";
        for (text, expected) in [
            (long.as_str(), "an article"),
            ("Dear all\n\n<script>alert(1)</script>", "line 3: a note is Markdown"),
            ("Dear <b>all</b>", "line 1: a note is Markdown"),
            (deep.as_str(), "one in the other"),
        ] {
            let refused = read(None, Some(text.as_bytes())).unwrap_err();
            assert!(refused.said.contains(expected) && refused.field == Some("text"), "{text:.40}: {refused}");
        }
        assert!(read(Some(&long[..200]), None).unwrap_err().said.contains("a subject has 150"));
        assert!(read(None, Some(b"Dear \xff")).unwrap_err().said.contains("not UTF-8"));
        assert!(read(None, Some(&vec![b'x'; 1_100_000])).unwrap_err().said.contains("an article"));
    }

    #[test]
    fn a_note_is_markdown_and_its_subject_one_line() {
        let text = "Dear all,\r\n\r\n*2 < 3*, <https://example.org>\n";
        let said = read(Some(" News \n of the week "), Some(text.as_bytes())).unwrap();
        assert_eq!(said.subject.as_deref(), Some("News of the week"));
        assert_eq!(said.body.as_deref(), Some("Dear all,\n\n*2 < 3*, <https://example.org>"));
    }
}
