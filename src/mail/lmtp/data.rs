//! A message behind DATA: up to `CR LF . CR LF` and nothing else, with doubled dots taken off (RFC 5321 section 4.5.2).
//! A lone LF or CR is content. Servers that took `LF . LF` for the end let strangers put in messages of their own.

/// Takes octets as they come.
#[derive(Debug, Default)]
pub struct DataReader {
    message: Vec<u8>,
    size: usize,
    kept: usize,
    state: State,
}

#[derive(Debug, Default, Clone, Copy)]
enum State {
    #[default]
    LineStart,
    /// A dot at the start of a line.
    Dot,
    /// And a CR behind it.
    DotCr,
    Text,
    Cr,
}

impl DataReader {
    /// Keeps the first `kept` octets and passes over the rest.
    pub fn keeping(kept: usize) -> Self {
        Self { kept, ..Self::default() }
    }

    /// How many of these octets belonged to the message with its end, if it ends here.
    pub fn push(&mut self, octets: &[u8]) -> Option<usize> {
        for (index, &octet) in octets.iter().enumerate() {
            self.state = match (self.state, octet) {
                (State::DotCr, b'\n') => return Some(index + 1),
                (State::LineStart, b'.') => State::Dot,
                (State::Dot, b'\r') => State::DotCr,
                (state, octet) => {
                    if matches!(state, State::DotCr) {
                        // It was no end; the CR is content.
                        self.keep(b'\r');
                    }
                    self.keep(octet);
                    match (state, octet) {
                        (State::Cr, b'\n') => State::LineStart,
                        (_, b'\r') => State::Cr,
                        _ => State::Text,
                    }
                }
            };
        }
        None
    }

    /// Without the end, and of all that came.
    pub fn size(&self) -> usize {
        self.size
    }

    pub fn message(&self) -> &[u8] {
        &self.message
    }

    fn keep(&mut self, octet: u8) {
        self.size += 1;
        if self.message.len() < self.kept {
            self.message.push(octet);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(octets: &[u8]) -> Option<(usize, Vec<u8>)> {
        let mut reader = DataReader::keeping(99);
        reader.push(octets).map(|end| (end, reader.message().to_vec()))
    }

    #[test]
    fn only_a_dot_between_two_line_ends_ends_a_message() {
        for (octets, message) in [
            (".\r\n", ""),
            ("a\r\n.\r\n", "a\r\n"),
            ("..\r\n.a\r\n.\r\n", ".\r\na\r\n"),
            ("a\n.\n.\r\n\r\n.\r\n", "a\n.\n.\r\n\r\n"),
            ("a\r.\r.\r\n.\r\n", "a\r.\r.\r\n"),
            (".\r\r\n.\r\n", "\r\r\n"),
        ] {
            let expected = Some((octets.len(), message.as_bytes().to_vec()));
            assert_eq!(read(format!("{octets}QUIT").as_bytes()), expected, "{octets:?}");
        }
        for open in ["", ".", ".\r", ".\n", "a\r\n.\n", "a\n.\r\n", "a\r.\r\n"] {
            assert_eq!(read(open.as_bytes()), None, "{open:?}");
        }
    }

    proptest! {
        #[test]
        fn it_reads_the_same_in_whatever_pieces(octets in "[a.\r\n]{0,24}", pieces in prop::collection::vec(1..5usize, 24)) {
            let mut reader = DataReader::keeping(99);
            let (mut taken, mut end) = (0, None);
            for piece in pieces {
                let part = &octets.as_bytes()[taken..(taken + piece).min(octets.len())];
                if let Some(count) = reader.push(part) {
                    end = Some(taken + count);
                    break;
                }
                taken += part.len();
            }
            // As the RFC says it, with all of the message at hand.
            let whole = format!("\r\n{octets}");
            let found = whole.find("\r\n.\r\n");
            prop_assert_eq!(end, found.map(|at| at + 3));
            if let Some(at) = found {
                let message = whole[..at + 2].replace("\r\n.", "\r\n");
                prop_assert_eq!(reader.size(), message.len() - 2);
                prop_assert_eq!(std::str::from_utf8(reader.message()).unwrap(), &message[2..]);
            }
        }
    }
}
