//! The body of an answer, decompressed while it comes and never larger than allowed.

use std::io::{self, Write};

use flate2::write::GzDecoder;
use hyper::header::{self, HeaderMap, HeaderValue};

use super::problem::{Problem, reason};

/// Takes a body and gives it decompressed.
pub(super) enum Sink {
    Plain(Bounded),
    /// Of one member only, as servers usually send it: an endless row of empty ones would cost much time.
    Gzip(Box<GzDecoder<Bounded>>),
}

impl Sink {
    pub(super) fn new(headers: &HeaderMap, limit: usize) -> Result<Self, Problem> {
        let target = Bounded { octets: Vec::new(), limit };
        let encoding = headers.get(header::CONTENT_ENCODING).map(HeaderValue::as_bytes).unwrap_or_default();
        match encoding.to_ascii_lowercase().as_slice() {
            b"" | b"identity" => Ok(Self::Plain(target)),
            b"gzip" | b"x-gzip" => Ok(Self::Gzip(Box::new(GzDecoder::new(target)))),
            other => Err(Problem::Encoding(other.escape_ascii().take(40).map(char::from).collect())),
        }
    }

    pub(super) fn write_all(&mut self, data: &[u8]) -> io::Result<()> {
        match self {
            Self::Plain(target) => target.write_all(data),
            Self::Gzip(decoder) => decoder.write_all(data),
        }
    }

    pub(super) fn finish(self) -> io::Result<Vec<u8>> {
        match self {
            Self::Plain(target) => Ok(target.octets),
            Self::Gzip(decoder) => Ok(decoder.finish()?.octets),
        }
    }
}

/// Octets up to a number; one more is the error `FileTooLarge`.
pub(super) struct Bounded {
    octets: Vec<u8>,
    limit: usize,
}

impl Write for Bounded {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        if data.len() > self.limit - self.octets.len() {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.octets.extend_from_slice(data);
        Ok(data.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub(super) fn sink_problem(error: &io::Error, limit: usize) -> Problem {
    match error.kind() {
        io::ErrorKind::FileTooLarge => Problem::TooLarge(limit),
        io::ErrorKind::WriteZero => Problem::Broken("something follows its gzip".to_owned()),
        _ => Problem::Broken(reason(error)),
    }
}
