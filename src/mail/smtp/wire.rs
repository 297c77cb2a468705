//! Octets to a server, whole replies from it. What nobody asked for ends the conversation.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::replies::{Replies, Reply, Unreadable};

/// A connection, with TLS or without.
pub trait Stream: AsyncRead + AsyncWrite + Send + Sync + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin> Stream for T {}

/// Why the conversation is at its end.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    #[error("no answer in time")]
    Silence,
    #[error("the server closed the connection")]
    Closed,
    #[error("{0}")]
    Network(#[from] io::Error),
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// As if somebody on the way put it there, to be believed for the answer to what is asked next (RFC 3207 section 6).
    #[error("there were octets behind the server's reply that nobody had asked for")]
    Unasked,
}

pub struct Wire {
    stream: Box<dyn Stream>,
    replies: Replies,
    /// Whether only one command is ever under way, so that nothing may follow the reply to it.
    is_strict: bool,
}

impl Wire {
    /// Strict, until it is [relaxed](Self::relax).
    pub fn new(stream: Box<dyn Stream>) -> Self {
        Self { stream, replies: Replies::default(), is_strict: true }
    }

    /// From now on several commands may be under way.
    pub fn relax(&mut self) {
        self.is_strict = false;
    }

    /// The bare connection, for TLS. A strict wire has read nothing of what comes next.
    pub fn into_stream(self) -> Box<dyn Stream> {
        self.stream
    }

    /// Whether nothing was said that nobody has asked for yet.
    pub fn is_drained(&self) -> bool {
        self.replies.is_drained()
    }

    /// Says this, and gives the reply to the first command in it. All that was asked before must have been answered.
    pub async fn ask(&mut self, limit: Duration, octets: &[u8]) -> Result<Reply, Fault> {
        if !self.is_drained() {
            return Err(Fault::Unasked);
        }
        let asking = async {
            self.stream.write_all(octets).await?;
            self.stream.flush().await?;
            self.next_reply().await
        };
        tokio::time::timeout(limit, asking).await.unwrap_or(Err(Fault::Silence))
    }

    /// The reply to one command more, or the greeting.
    pub async fn reply(&mut self, limit: Duration) -> Result<Reply, Fault> {
        tokio::time::timeout(limit, self.next_reply()).await.unwrap_or(Err(Fault::Silence))
    }

    async fn next_reply(&mut self) -> Result<Reply, Fault> {
        let mut octets = [0; 2048];
        loop {
            match self.replies.reply()? {
                Some(_) if self.is_strict && !self.is_drained() => return Err(Fault::Unasked),
                Some(reply) => return Ok(reply),
                None => match self.stream.read(&mut octets).await? {
                    0 => return Err(Fault::Closed),
                    read => self.replies.take(&octets[..read]),
                },
            }
        }
    }
}
