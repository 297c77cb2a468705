//! Octets of a server become whole answers, within limits. An answer is a line, or several where literals stand between
//! (RFC 3501 section 4.3): `{5}` at a line's end, and five octets of whatever behind it. What is in an answer, the library
//! reads; it recurses where parentheses nest, and keeps what is announced, so neither gets beyond what is asked for here.

use imap_proto::Response;

/// Of one literal: the beginning of a mail, and what a server adds to it.
pub const LONGEST_LITERAL: usize = crate::domain::bounce::MESSAGE_LIMIT + (1 << 10);
/// Without its literals. The longest that is asked for is a list of some thousand numbers.
pub const LONGEST_LINES: usize = 128 << 10;
/// In one answer. One mail is asked for at a time.
pub const MOST_LITERALS: usize = 8;
/// In one answer, outside of literals. Nothing that is asked for has more than a few.
const MOST_PARENTHESES: usize = 64;

/// A whole answer, with its line ends.
pub type Frame = Vec<u8>;

/// Why a server can't be understood. Nothing that it says after that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("the server sent a line without an end")]
    Endless,
    #[error("the server announced {0} octets at once, and not so many were asked for")]
    TooMuch(u64),
    #[error("the server sent an answer that nests too deeply")]
    TooDeep,
}

/// What was received and is no whole answer yet.
#[derive(Debug, Default)]
pub struct Frames {
    received: Vec<u8>,
    /// Up to here it was looked at; a literal reaches beyond what is there.
    looked_at: usize,
    /// Where the present line begins.
    line: usize,
    /// The octets of its lines before the present one.
    in_lines: usize,
    literals: usize,
    parentheses: usize,
}

impl Frames {
    pub fn push(&mut self, octets: &[u8]) {
        self.received.extend_from_slice(octets);
    }

    /// Whether nothing was received that no answer took away.
    pub fn is_empty(&self) -> bool {
        self.received.is_empty()
    }

    /// The next whole answer, if it is there.
    pub fn take_next(&mut self) -> Result<Option<Frame>, Unreadable> {
        while self.looked_at < self.received.len() {
            let fresh = &self.received[self.looked_at..];
            let end = memchr::memchr(b'\n', fresh).map(|at| self.looked_at + at + 1);
            let until = end.unwrap_or(self.received.len());
            self.parentheses += memchr::memchr_iter(b'(', &self.received[self.looked_at..until]).count();
            if self.parentheses > MOST_PARENTHESES {
                return Err(Unreadable::TooDeep);
            }
            if self.in_lines + until - self.line > LONGEST_LINES {
                return Err(Unreadable::Endless);
            }
            self.looked_at = until;
            let Some(end) = end else { break };
            let line = &self.received[self.line..end];
            match announced(line) {
                Some(octets) => {
                    // Also where it is prose: the library may take it at its word.
                    if octets > LONGEST_LITERAL as u64 || self.literals >= MOST_LITERALS {
                        return Err(Unreadable::TooMuch(octets));
                    }
                    if is_prose(&self.received) {
                        return Ok(Some(self.take(end)));
                    }
                    self.literals += 1;
                    self.in_lines += end - self.line;
                    self.line = end + octets as usize;
                    self.looked_at = self.line;
                }
                None => return Ok(Some(self.take(end))),
            }
        }
        Ok(None)
    }

    fn take(&mut self, end: usize) -> Frame {
        let rest = self.received.split_off(end);
        let frame = std::mem::replace(&mut self.received, rest);
        *self = Self { received: std::mem::take(&mut self.received), ..Self::default() };
        frame
    }
}

/// What an answer says, as the library reads it; none of what it does not know, as an extension that nobody asked for.
pub fn read(frame: &[u8]) -> Option<Response<'_>> {
    Response::parse(frame).ok().map(|(_, response)| response)
}

/// How many octets of a literal a line says will follow: `{5}`, `{5+}`, `~{5}` (RFC 7888, RFC 3516).
fn announced(line: &[u8]) -> Option<u64> {
    let line = line.strip_suffix(b"\n")?;
    let line = line.strip_suffix(b"\r").unwrap_or(line).strip_suffix(b"}")?;
    let line = line.strip_suffix(b"+").unwrap_or(line);
    let digits = line.iter().rev().take_while(|octet| octet.is_ascii_digit()).count();
    let (before, number) = line.split_at(line.len() - digits);
    if !before.ends_with(b"{") || number.is_empty() {
        return None;
    }
    Some(std::str::from_utf8(number).ok()?.parse().unwrap_or(u64::MAX))
}

/// Whether an answer ends in words for people, which announce nothing: the end of a command, `+`, and `* OK` and its like.
fn is_prose(answer: &[u8]) -> bool {
    let mut words = answer.split(|octet| octet.is_ascii_whitespace());
    match words.next() {
        Some(b"*") => {
            let second = words.next().unwrap_or_default();
            ["OK", "NO", "BAD", "BYE", "PREAUTH"].iter().any(|word| second.eq_ignore_ascii_case(word.as_bytes()))
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What is received in pieces of this size.
    fn frames(octets: &[u8], piece: usize) -> Result<Vec<Frame>, Unreadable> {
        let (mut frames, mut all) = (Frames::default(), Vec::new());
        for piece in octets.chunks(piece) {
            frames.push(piece);
            while let Some(frame) = frames.take_next()? {
                all.push(frame);
            }
        }
        Ok(all)
    }

    #[test]
    fn an_answer_is_a_line_and_what_it_announces() {
        let mail = b"* 1 FETCH (UID 7 BODY[] {13}\r\nSubject: a(\r\n FLAGS ())\r\n";
        let all = [&b"* OK ready {3}\r\n"[..], mail, b"+ go {9}\r\n", b"a1 OK done {4}\r\n", b"* BYE\n"];
        for piece in [1, 2, 7, 1000] {
            assert_eq!(frames(&all.concat(), piece).unwrap(), all, "{piece}");
        }
        assert_eq!(frames(b"* 1 FETCH (BODY[] {5}\r\nab", 3).unwrap(), Vec::<Frame>::new());
        assert_eq!(frames(b"* LIST () \"/\" {2}\r\na\n\r\na1 OK\r\n", 3).unwrap().len(), 2);
    }

    #[test]
    fn nobody_keeps_what_was_not_asked_for() {
        let endless = [&b"* SEARCH"[..], &b" 1".repeat(LONGEST_LINES)].concat();
        let deep = [&b"* 1 FETCH (BODYSTRUCTURE "[..], &b"(".repeat(1 << 16)].concat();
        let many = b"* LIST {1}\r\nx {1}\r\nx {1}\r\nx {1}\r\nx {1}\r\nx {1}\r\nx {1}\r\nx {1}\r\nx {1}\r\nx\r\n";
        for (octets, why) in [
            (&endless[..], Unreadable::Endless),
            (&deep, Unreadable::TooDeep),
            (b"* 1 FETCH (BODY[] {52428800}\r\n", Unreadable::TooMuch(52_428_800)),
            (b"* OK {52428800}\r\n", Unreadable::TooMuch(52_428_800)),
            (b"* 1 FETCH (BODY[] {99999999999999999999999}\r\n", Unreadable::TooMuch(u64::MAX)),
            (many, Unreadable::TooMuch(1)),
        ] {
            for piece in [4096, usize::MAX] {
                assert_eq!(frames(octets, piece), Err(why));
            }
        }
    }

    /// Pieces of the protocol, put together at random.
    fn rubbish() -> impl Strategy<Value = Vec<u8>> {
        let words = prop::sample::select(vec![
            "* ",
            "OK ",
            "1 FETCH (",
            "BODY[] ",
            "BODYSTRUCTURE ",
            "(",
            ")",
            "\"",
            "{3}\r\n",
            "{0}\r\n",
            "abc",
            "\r\n",
            "\n",
            "a1 ",
            "+ ",
            "SEARCH",
            " 7",
            "\\",
            "NIL ",
            "[UIDVALIDITY 5] ",
            "LIST () \"/\" ",
            "{99999999}\r\n",
            "é",
            "UID 3 ",
        ]);
        let piece =
            prop_oneof![words.prop_map(|word| word.as_bytes().to_vec()), prop::collection::vec(any::<u8>(), 0..4)];
        prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn any_octets_come_to_the_same_in_any_pieces(octets in rubbish(), piece in 1usize..40) {
            let whole = frames(&octets, usize::MAX);
            // Of what is unreadable, the answers before it may have been taken one by one.
            prop_assert_eq!(&frames(&octets, piece), &whole);
            for frame in whole.unwrap_or_default() {
                prop_assert!(frame.ends_with(b"\n") && frame.len() <= LONGEST_LINES + MOST_LITERALS * LONGEST_LITERAL);
                // Whatever it is, the library only says no.
                let _ = read(&frame);
            }
        }
    }
}
