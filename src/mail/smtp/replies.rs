//! What a server says: octets go in as they come, whole replies come out (RFC 5321 section 4.2). Only the code decides;
//! the text is for people, whatever it is written in.

use std::borrow::Cow;

use encoding_rs::GB18030;

use crate::domain::text::single_line;

/// Without its end. RFC 5321 section 4.5.3.1.5 has 512.
pub const LONGEST_LINE: usize = 4096;
pub const MOST_LINES: usize = 100;
/// Of a reply's text, for people.
const LONGEST_TEXT: usize = 1000;
/// Of what a server calls a mail.
const LONGEST_ID: usize = 120;

/// A whole reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// From 200 to 599. Where lines bear different ones, that of the last.
    pub code: u16,
    lines: Vec<(u16, String)>,
}

impl Reply {
    /// 2 yes, 3 go on, 4 not now, 5 no.
    pub fn class(&self) -> u16 {
        self.code / 100
    }

    pub fn is_yes(&self) -> bool {
        self.class() == 2
    }

    /// The text of each line.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(|(_, text)| text.as_str())
    }

    /// All on one line. An enhanced code that all lines repeat is told once (RFC 2034 section 4); a code that is not the
    /// reply's stands before its line.
    pub fn text(&self) -> String {
        let status = self.lines().next().and_then(|line| line.split(' ').next()).filter(|word| is_enhanced(word));
        let mut text = String::new();
        for (at, (code, line)) in self.lines.iter().enumerate() {
            let repeated = status.filter(|_| at > 0).and_then(|status| line.strip_prefix(status));
            let line = repeated.filter(|rest| rest.is_empty() || rest.starts_with(' ')).unwrap_or(line).trim();
            if *code != self.code {
                text.push_str(&format!(" {code}"));
            }
            if !line.is_empty() {
                text.push(' ');
                text.push_str(line);
            }
        }
        let text = text.trim();
        match text.char_indices().nth(LONGEST_TEXT) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text.to_owned(),
        }
    }
}

/// What the server calls the mail that it takes by this reply, if it says: `250 2.0.0 Ok: queued as 4F1A`, `250 Ok 0102-…`,
/// `250 OK id=1tX-…`. There is no standard for it (RFC 5321 section 4.2), so what reads like prose or an address is none.
pub fn mail_id(reply: &Reply) -> Option<String> {
    let line = reply.lines().last()?;
    let words: Vec<&str> = line.split_whitespace().filter(|word| !is_enhanced(word)).collect();
    let behind = |name: &str| {
        let at = words.iter().position(|word| word.eq_ignore_ascii_case(name))?;
        words.get(at + 1).copied()
    };
    let named = || words.iter().find_map(|word| word.strip_prefix("id="));
    let sole = || match words.as_slice() {
        [ok, id] if ok.trim_end_matches(':').eq_ignore_ascii_case("ok") => Some(*id),
        _ => None,
    };
    let id = behind("as").or_else(named).or_else(sole)?.trim_matches(['<', '>', '(', ')', '.', ',', ';']);
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-_.=+/:".contains(c);
    let is_id =
        (4..=LONGEST_ID).contains(&id.len()) && id.chars().all(is_name) && id.contains(|c: char| c.is_ascii_digit());
    is_id.then(|| id.to_owned())
}

/// Why a server can't be understood. Nothing that it says after that counts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("the server said a line of more than {LONGEST_LINE} octets")]
    LongLine,
    #[error("the server said a reply of more than {MOST_LINES} lines")]
    ManyLines,
    #[error("the server said `{0}`, which is no reply")]
    NoReply(String),
}

/// What was said and not yet asked for: at most one line and what came with it.
#[derive(Debug, Default)]
pub struct Replies {
    unread: Vec<u8>,
    /// Of the reply that is not yet whole.
    lines: Vec<(u16, String)>,
}

impl Replies {
    /// More octets. Whoever calls this asks for replies until there is none, so that memory stays bounded.
    pub fn take(&mut self, octets: &[u8]) {
        self.unread.extend_from_slice(octets);
    }

    /// The next reply, once it is whole.
    pub fn reply(&mut self) -> Result<Option<Reply>, Unreadable> {
        loop {
            let end = memchr::memchr(b'\n', &self.unread);
            if end.unwrap_or(self.unread.len()) > LONGEST_LINE {
                return Err(Unreadable::LongLine);
            }
            let Some(end) = end else { return Ok(None) };
            let line: Vec<u8> = self.unread.drain(..=end).collect();
            if let Some(reply) = self.line(&line[..end])? {
                return Ok(Some(reply));
            }
        }
    }

    /// Whether nothing was said that is not yet asked for.
    pub fn is_drained(&self) -> bool {
        self.unread.is_empty() && self.lines.is_empty()
    }

    /// One more line, without its end; the reply if that makes it whole.
    fn line(&mut self, line: &[u8]) -> Result<Option<Reply>, Unreadable> {
        let (code, is_last, text) = match (code(line), self.lines.last()) {
            (Some((code, b'-', text)), _) => (code, false, text),
            (Some((code, _, text)), _) => (code, true, text),
            // Some break their text into lines and forget the code.
            (None, Some((code, _))) => (*code, false, line),
            (None, None) => return Err(Unreadable::NoReply(decoded(line).chars().take(80).collect())),
        };
        if self.lines.len() == MOST_LINES {
            return Err(Unreadable::ManyLines);
        }
        self.lines.push((code, decoded(text)));
        Ok(is_last.then(|| Reply { code, lines: std::mem::take(&mut self.lines) }))
    }
}

/// The code of a line, the character behind it and the text; none if the line is no part of a reply. The text may be
/// missing, with the space before it (RFC 5321 section 4.2).
fn code(line: &[u8]) -> Option<(u16, u8, &[u8])> {
    let (code, rest) = line.split_at_checked(3)?;
    let [first @ b'2'..=b'5', second @ b'0'..=b'9', third @ b'0'..=b'9'] = *code else { return None };
    let code = [first, second, third].iter().fold(0, |code, digit| 10 * code + u16::from(digit - b'0'));
    match rest.split_first() {
        Some((b'0'..=b'9', _)) => None,
        Some((behind @ (b'-' | b' '), text)) => Some((code, *behind, text)),
        Some(_) | None => Some((code, b' ', rest)),
    }
}

/// UTF-8 if it is that, else GB18030 (which GBK is a part of) if it can be; else what is beyond ASCII can't be known.
fn decoded(octets: &[u8]) -> String {
    let text = match std::str::from_utf8(octets) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => GB18030.decode_without_bom_handling_and_without_replacement(octets).unwrap_or_else(|| {
            octets.iter().map(|octet| if octet.is_ascii() { char::from(*octet) } else { '\u{fffd}' }).collect()
        }),
    };
    single_line(&text)
}

/// RFC 3463 section 2.
fn is_enhanced(word: &str) -> bool {
    let mut numbers = word.split('.').map(|n| (1..=3).contains(&n.len()) && n.bytes().all(|b| b.is_ascii_digit()));
    word.starts_with(['2', '4', '5'])
        && [numbers.next(), numbers.next(), numbers.next()] == [Some(true); 3]
        && numbers.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// All replies in `octets`, given in pieces of this length, as code and text; how it ended.
    fn read(octets: &[u8], piece: usize) -> (Vec<(u16, String)>, Option<Unreadable>) {
        let (mut replies, mut read) = (Replies::default(), Vec::new());
        for piece in octets.chunks(piece) {
            replies.take(piece);
            loop {
                match replies.reply() {
                    Ok(Some(reply)) => read.push((reply.code, reply.text())),
                    Ok(None) => break,
                    Err(error) => return (read, Some(error)),
                }
            }
        }
        (read, None)
    }

    fn only(octets: &[u8]) -> (u16, String) {
        let (mut read, error) = read(octets, usize::MAX);
        assert!(read.len() == 1 && error.is_none(), "{read:?} {error:?}");
        read.remove(0)
    }

    #[test]
    fn a_reply_is_a_code_whatever_stands_behind_it() {
        let gbk: Vec<u8> = [b"250 2.0.0 ".as_slice(), &encoding_rs::GBK.encode("邮件已接收").0, b"\r\n"].concat();
        for (said, code, text) in [
            (b"250 2.0.0 ok\r\n".as_slice(), 250, "2.0.0 ok"),
            (b"250\r\n", 250, ""),
            (b"250 \r\n", 250, ""),
            (b"354\n", 354, ""),
            (b"250 ok\n", 250, "ok"),
            (b"250\tok\r\n", 250, "ok"),
            (b"571 refused\r\n", 571, "refused"),
            (b"599-a\r\n599 b\r\n", 599, "a b"),
            (b"250-a\r\n250\r\n", 250, "a"),
            (&gbk, 250, "2.0.0 邮件已接收"),
            ("550 Empfänger unbekannt\r\n".as_bytes(), 550, "Empfänger unbekannt"),
            (b"220 caf\xe9 at your service\r\n", 220, "caf\u{fffd} at your service"),
            (b"250 \x1b[31mred\x07\0\r\n", 250, "[31mred"),
            (b"550-5.7.25 no PTR\r\n550-5.7.25 record\r\n550 5.7.25 at all\r\n", 550, "5.7.25 no PTR record at all"),
            (b"550-no\r\n551 not here\r\n", 551, "550 no not here"),
            (b"250-so\r\n550 no\r\n", 550, "250 so no"),
            (b"550-one\r\ntwo without a code\r\n550 three\r\n", 550, "one two without a code three"),
        ] {
            assert_eq!(only(said), (code, text.to_owned()), "{}", said.escape_ascii());
        }
    }

    #[test]
    fn what_a_server_calls_a_mail_is_read_where_it_says_so() {
        for (said, id) in [
            ("250 2.0.0 Ok: queued as 4FvZ1k0rq3z9sT", Some("4FvZ1k0rq3z9sT")),
            ("250 Ok: queued as 1aB-cdEFghIJKLmnOPqr9g", Some("1aB-cdEFghIJKLmnOPqr9g")),
            ("250 Ok 0107018f3c2d1a4b-9e8d7c6b-5a49-000000", Some("0107018f3c2d1a4b-9e8d7c6b-5a49-000000")),
            ("250 OK id=1tXyZa-0001Ab-2C", Some("1tXyZa-0001Ab-2C")),
            ("250-first\r\n250 2.0.0 Ok: queued as <4F1A2B>", Some("4F1A2B")),
            ("250 2.0.0 Ok: queued as ada5@example.org", None),
            ("250 2.0.0 Ok: queued as soon as possible", None),
            ("250 Great success", None),
            ("250 ok", None),
            ("250 2.0.0", None),
            ("250", None),
        ] {
            let mut replies = Replies::default();
            replies.take(format!("{said}\r\n").as_bytes());
            assert_eq!(mail_id(&replies.reply().unwrap().unwrap()).as_deref(), id, "{said}");
        }
        let mut replies = Replies::default();
        replies.take(format!("250 Ok {}\r\n", "1".repeat(LONGEST_ID + 1)).as_bytes());
        assert_eq!(mail_id(&replies.reply().unwrap().unwrap()), None);
    }

    #[test]
    fn what_is_no_reply_is_told() {
        for none in ["hello", "25", "2500 ok", "150 soon", "650 what", " 250 ok", "-50", ""] {
            let (replies, error) = read(format!("{none}\r\n").as_bytes(), usize::MAX);
            assert_eq!((replies.len(), error), (0, Some(Unreadable::NoReply(none.trim().into()))), "{none}");
        }
        assert_eq!(read(b"250 ok", 1), (Vec::new(), None));
    }

    #[test]
    fn lines_and_replies_without_an_end_are_given_up_and_long_ones_taken() {
        let line = |length: usize| [b"250 ".as_slice(), &vec![b'x'; length - 4]].concat();
        assert_eq!(read(&line(LONGEST_LINE + 1), 4096).1, Some(Unreadable::LongLine));
        assert_eq!(read(&[line(LONGEST_LINE + 1), b"\n".to_vec()].concat(), usize::MAX).1, Some(Unreadable::LongLine));
        let (replies, _) = read(&[line(LONGEST_LINE), b"\n".to_vec()].concat(), 100);
        assert_eq!(replies[0].1.chars().count(), LONGEST_TEXT + 1);
        assert_eq!(read(&b"250-more\r\n".repeat(MOST_LINES + 1), 4096).1, Some(Unreadable::ManyLines));
        let most = [b"250-more\r\n".repeat(MOST_LINES - 1), b"250 end\r\n".to_vec()].concat();
        assert_eq!(read(&most, 4096).0.len(), 1);
    }

    #[test]
    fn what_stands_behind_a_reply_is_known() {
        let mut replies = Replies::default();
        replies.take(b"220 go\r\n25");
        assert_eq!(replies.reply().unwrap().unwrap().code, 220);
        assert!(!replies.is_drained());
        replies.take(b"0 ok\r\n");
        assert_eq!(replies.reply().unwrap().unwrap().code, 250);
        assert!(replies.is_drained());
    }

    proptest! {
        #[test]
        fn replies_are_the_same_however_they_arrive(
            octets in proptest::collection::vec(prop_oneof![Just(b'\n'), Just(b'2'), Just(b'5'), Just(b'0'), Just(b'-'), any::<u8>()], 0..300),
            piece in 1..50usize,
        ) {
            let whole = read(&octets, usize::MAX);
            prop_assert_eq!(&read(&octets, piece), &whole);
            for (code, text) in whole.0 {
                prop_assert!((200..600).contains(&code) && !text.contains(char::is_control));
            }
        }
    }
}
