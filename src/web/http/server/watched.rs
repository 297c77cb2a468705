//! A connection whose peer is watched: whose turn it is, and whether it gets on.

use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

use crate::net::listener::Stream;
use crate::net::places::Place;

/// A peer that is being told something has to take so much in this time.
const STALL: Duration = Duration::from_secs(25);
const STEP_OCTETS: usize = 16 * 1024;

/// The stream of a connection. Writing fails where the peer takes next to nothing.
pub struct Paced {
    stream: Stream,
    place: Arc<Place>,
    /// Until when the next step has to be taken, while one is waited for.
    deadline: Pin<Box<Sleep>>,
    is_due: bool,
    taken: usize,
    is_blocked: bool,
}

impl Paced {
    pub fn new(stream: Stream, place: Arc<Place>) -> Self {
        let deadline = Box::pin(tokio::time::sleep(STALL));
        Self { stream, place, deadline, is_due: false, taken: 0, is_blocked: false }
    }

    /// What writing came to, seen by the clock.
    fn paced(&mut self, context: &mut Context<'_>, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match written {
            Poll::Ready(Ok(octets)) => {
                self.taken += octets;
                if self.taken >= STEP_OCTETS {
                    (self.is_due, self.taken) = (false, 0);
                }
                if std::mem::take(&mut self.is_blocked) {
                    self.place.progress();
                }
            }
            Poll::Pending => {
                if !std::mem::replace(&mut self.is_blocked, true) {
                    self.place.wait();
                }
                if !std::mem::replace(&mut self.is_due, true) {
                    self.taken = 0;
                    self.deadline.as_mut().reset(Instant::now() + STALL);
                }
                if self.deadline.as_mut().poll(context).is_ready() {
                    return Poll::Ready(Err(ErrorKind::TimedOut.into()));
                }
            }
            Poll::Ready(Err(_)) => {}
        }
        written
    }
}

impl AsyncRead for Paced {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if buffer.filled().len() > before {
            // It said something, so it has read what came before.
            self.is_due = false;
            self.place.progress();
        }
        read
    }
}

impl AsyncWrite for Paced {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, octets: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, octets);
        self.paced(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.paced(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// The body of a request. While more of it is to come, it is the peer's turn.
pub struct Question {
    body: Incoming,
    place: Arc<Place>,
    is_waiting: bool,
}

impl Question {
    pub fn new(body: Incoming, place: Arc<Place>) -> Self {
        Self { body, place, is_waiting: false }
    }
}

impl Body for Question {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        match (frame.is_pending(), self.is_waiting) {
            (true, false) => self.place.wait(),
            (false, true) => self.place.work(),
            _ => {}
        }
        self.is_waiting = frame.is_pending();
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The body of an answer. When all of it is given to be sent, it is the peer's turn.
pub struct Answer {
    body: axum::body::Body,
    place: Arc<Place>,
}

impl Answer {
    pub fn new(body: axum::body::Body, place: Arc<Place>) -> Self {
        Self { body, place }
    }
}

impl Body for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.place.wait();
    }
}
