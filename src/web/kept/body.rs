//! A feed ready to be sent, plain and compressed, in pieces: a change of one event makes one piece anew.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Bytes, HttpBody};
use data_encoding::HEXLOWER;
use flate2::{Compress, Compression, Crc, Decompress, FlushCompress, FlushDecompress, Status};
use http_body::{Frame, SizeHint};
use sha2::{Digest, Sha256};

use crate::domain::event::Event;

/// Some text of a feed, with what its compressed form needs to be one with those of its neighbours.
pub struct Piece {
    /// What it was made from, to be known again.
    events: Vec<Arc<Event>>,
    /// Kept only where it is not too much; else it is unpacked when it is asked for.
    plain: Option<Bytes>,
    /// Whole blocks of a deflate stream (RFC 1951), ending on an octet's boundary and referring to nothing before them.
    deflated: Bytes,
    crc: Crc,
    hash: [u8; 32],
}

impl Piece {
    pub fn new(events: Vec<Arc<Event>>, text: String, keep_plain: bool) -> Self {
        let mut crc = Crc::new();
        crc.update(text.as_bytes());
        let hash = Sha256::digest(text.as_bytes()).into();
        Self { events, deflated: deflate(text.as_bytes()).into(), plain: keep_plain.then(|| text.into()), crc, hash }
    }

    fn plain(&self) -> Bytes {
        self.plain.clone().unwrap_or_else(|| inflate(&self.deflated, self.plain_octets()).into())
    }

    fn plain_octets(&self) -> usize {
        self.crc.amount() as usize
    }

    /// Whether it was made from exactly these.
    pub fn is_of(&self, events: &[Arc<Event>]) -> bool {
        self.events.len() == events.len() && self.events.iter().zip(events).all(|(a, b)| Arc::ptr_eq(a, b))
    }

    /// The id of the first event in it.
    pub fn first_id(&self) -> Option<i64> {
        self.events.first().map(|event| event.id)
    }
}

fn deflate(text: &[u8]) -> Vec<u8> {
    let mut deflated = Vec::with_capacity(text.len() / 4 + 64);
    let mut compress = Compress::new(Compression::default(), false);
    loop {
        let rest = text.get(compress.total_in() as usize..).unwrap_or_default();
        let status = compress.compress_vec(rest, &mut deflated, FlushCompress::Full);
        // A flush is through when it left room; else there is more to come.
        if !matches!(status, Ok(Status::Ok)) || deflated.len() < deflated.capacity() {
            return deflated;
        }
        deflated.reserve(deflated.capacity() / 2 + 64);
    }
}

fn inflate(deflated: &[u8], octets: usize) -> Vec<u8> {
    let mut text = Vec::with_capacity(octets);
    // It was made above, so it is whole.
    let _ = Decompress::new(false).decompress_vec(deflated, &mut text, FlushDecompress::Sync);
    text
}

/// All of a feed.
pub struct Body {
    pub pieces: Vec<Arc<Piece>>,
    /// Of the plain text, in hex.
    pub hash: String,
    plain_octets: u64,
    gzip_octets: u64,
    gzip: Vec<Bytes>,
}

/// A packed feed of no more than this lies in one place, which sends it faster; a larger one is not kept twice.
const WHOLE_OCTETS: u64 = 4 << 20;

const GZIP_BEGIN: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
/// An empty last block.
const DEFLATE_END: [u8; 2] = [3, 0];

impl Body {
    pub fn new(pieces: Vec<Arc<Piece>>) -> Self {
        let mut hash = Sha256::new();
        let mut crc = Crc::new();
        let mut gzip_octets = GZIP_BEGIN.len() as u64;
        let mut plain_octets = 0;
        for piece in &pieces {
            hash.update(piece.hash);
            crc.combine(&piece.crc);
            plain_octets += piece.plain_octets() as u64;
            gzip_octets += piece.deflated.len() as u64;
        }
        // What ends the stream (RFC 1952 section 2.2).
        let end = [&DEFLATE_END[..], &crc.sum().to_le_bytes(), &crc.amount().to_le_bytes()].concat();
        gzip_octets += end.len() as u64;
        let begin = std::iter::once(Bytes::from_static(&GZIP_BEGIN));
        let blocks = pieces.iter().map(|piece| piece.deflated.clone());
        let mut gzip: Vec<Bytes> = begin.chain(blocks).chain([end.into()]).collect();
        if gzip_octets <= WHOLE_OCTETS {
            gzip = vec![gzip.concat().into()];
        }
        let hash = HEXLOWER.encode(&hash.finalize()[..16]);
        Self { pieces, hash, plain_octets, gzip_octets, gzip }
    }

    /// What it holds in memory.
    pub fn octets(&self) -> u64 {
        let plain: usize = self.pieces.iter().filter_map(|piece| piece.plain.as_ref()).map(Bytes::len).sum();
        plain as u64 + self.gzip_octets
    }

    pub fn plain(&self) -> Pieces {
        Pieces { left: self.plain_octets, queue: self.pieces.iter().cloned().map(Part::Plain).collect() }
    }

    pub fn gzip(&self) -> Pieces {
        Pieces { left: self.gzip_octets, queue: self.gzip.iter().cloned().map(Part::Octets).collect() }
    }
}

/// The octets of a response, part by part, of a length known before.
pub struct Pieces {
    queue: VecDeque<Part>,
    left: u64,
}

enum Part {
    Octets(Bytes),
    Plain(Arc<Piece>),
}

impl HttpBody for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let next = self.queue.pop_front().map(|part| match part {
            Part::Octets(octets) => octets,
            Part::Plain(piece) => piece.plain(),
        });
        self.left -= next.as_ref().map_or(0, |octets| octets.len() as u64);
        Poll::Ready(next.map(|octets| Ok(Frame::data(octets))))
    }

    fn is_end_stream(&self) -> bool {
        self.queue.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::GzDecoder;
    use proptest::prelude::*;

    use super::*;

    fn all(mut pieces: Pieces) -> Vec<u8> {
        let left = pieces.left;
        let mut octets = Vec::new();
        let mut context = Context::from_waker(std::task::Waker::noop());
        while let Poll::Ready(Some(Ok(frame))) = Pin::new(&mut pieces).poll_frame(&mut context) {
            octets.extend(frame.into_data().unwrap());
        }
        assert_eq!((octets.len() as u64, pieces.left), (left, 0));
        octets
    }

    proptest! {
        #[test]
        fn the_compressed_pieces_are_one_stream_of_the_plain_ones(
            texts in proptest::collection::vec("(\\PC{0,50}|[a-c]{0,3000})", 0..6),
            keep_plain: bool,
        ) {
            let pieces = texts.iter().map(|text| Arc::new(Piece::new(vec![], text.clone(), keep_plain))).collect();
            let body = Body::new(pieces);
            let mut unpacked = Vec::new();
            // A decoder of one member: it sees the sums of all pieces as one, and nothing comes after.
            let packed = all(body.gzip());
            let mut decoder = GzDecoder::new(&packed[..]);
            decoder.read_to_end(&mut unpacked).unwrap();
            prop_assert!(decoder.into_inner().is_empty());
            prop_assert_eq!(&unpacked, &all(body.plain()));
            prop_assert_eq!(unpacked, texts.concat().into_bytes());
        }
    }
}
