//! Taking mail from a mail server on this machine or near it (LMTP, RFC 2033): Postfix, Exim and OpenSMTPD speak it. What
//! is answered with 250 is in the database.

pub mod data;
pub mod session;

use std::io::{self, ErrorKind};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, BufWriter};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::inbox::{Fate, Forwarded, Inbox};
use crate::domain::bounce::{MESSAGE_LIMIT, Way};
use crate::domain::forward::LARGEST_FORWARD;
use crate::domain::network::Network;
use crate::net::listener::{Listener, Stream};
use crate::net::places::{Place, Places};
use data::DataReader;
use session::{Answer, Envelope, LARGEST_MESSAGE, Session, TOO_LARGE};

/// RFC 5321 section 4.5.3.2.7: a server waits so long for the next command.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(5 * 60);
const MESSAGE_TIMEOUT: Duration = Duration::from_secs(10 * 60);
/// Slower than any mail server that is at work.
const LEAST_PACE: Pace = Pace { beginning: Duration::from_secs(30), octets_a_second: 1000 };
/// Whoever is told something takes it off the wire within this time.
const REPLY_TIMEOUT: Duration = Duration::from_secs(30);
/// Where all are taken, the connection that has been waited for longest makes room.
const CONNECTIONS: usize = 64;
/// Of another network: a mail server on this machine has them all.
const CONNECTIONS_OF_A_NETWORK: usize = 16;
/// RFC 5321 section 4.5.3.1.4 asks for 512, RFC 6531 and others for more.
const LONGEST_LINE: usize = 4096;
/// Who says so much that is wrong is no mail server.
const WRONG_LINES: usize = 20;
/// What is being given when the daemon stops may take this long.
const DRAIN: Duration = Duration::from_secs(5);
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);
/// So many forwarded mails come at once: they are kept whole until they are read.
const FORWARDS_AT_ONCE: usize = 4;
static FORWARDS: Semaphore = Semaphore::const_new(FORWARDS_AT_ONCE);

/// How a message must come: it may begin slowly.
struct Pace {
    beginning: Duration,
    octets_a_second: usize,
}

/// Reading is buffered inside of writing, so that what was read already can be seen.
type Peer = BufReader<BufWriter<Stream>>;

/// A connection from this machine is of no network.
fn network(peer: IpAddr) -> Option<Network> {
    (!peer.to_canonical().is_loopback()).then(|| Network::of_client(peer, &[], &[], &[]))
}

/// Takes mail until `stop`; then messages being given are taken, and all connections end. Another `inbox` holds for
/// messages that begin from then on, also over connections that are open.
pub async fn serve(
    listener: Listener,
    inbox: watch::Receiver<Arc<Inbox>>,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let places = Places::new(CONNECTIONS, CONNECTIONS_OF_A_NETWORK);
    let mut conversations = JoinSet::new();
    loop {
        let Some(accepted) = stop.run_until_cancelled(listener.accept()).await else { break };
        let (stream, network) = match accepted {
            Ok((stream, peer)) => (stream, peer.and_then(network)),
            Err(error) => {
                tracing::warn!(%error, "a connection for LMTP could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let mut stream = BufReader::new(BufWriter::new(stream));
        let Some(place) = places.take(network) else {
            tracing::warn!(?network, "too many LMTP connections are at work: one more was turned away");
            conversations.spawn(async move {
                let _ = close(&mut stream, "421 4.3.2 too many connections, try again").await;
            });
            continue;
        };
        let (session, inbox, stop) = (Session::new(inbox.borrow().returns.host()), inbox.clone(), stop.clone());
        conversations.spawn(async move {
            let conversation = converse(&mut stream, session, inbox, &place, &stop);
            let ended = tokio::select! {
                ended = conversation => Some(ended),
                () = place.lost() => None,
            };
            match ended {
                Some(Ok(())) => {}
                Some(Err(error)) => tracing::debug!(%error, "an LMTP conversation was cut short"),
                None => {
                    let _ = close(&mut stream, "421 4.3.2 others wait for your place").await;
                }
            }
        });
        while conversations.try_join_next().is_some() {}
    }
    let drained = tokio::time::timeout(DRAIN, async { while conversations.join_next().await.is_some() {} });
    if drained.await.is_err() {
        tracing::warn!("a message that was being given over LMTP was cut; the mail server gives it again");
    }
    Ok(())
}

async fn converse(
    stream: &mut Peer,
    mut session: Session,
    kept: watch::Receiver<Arc<Inbox>>,
    place: &Place,
    stop: &CancellationToken,
) -> io::Result<()> {
    let (mut wrong_lines, mut inbox) = (0, kept.borrow().clone());
    say(stream, &session.greeting()).await?;
    loop {
        place.wait();
        // A peer that writes several commands in one go gets the answers in one go.
        if !stream.buffer().contains(&b'\n') {
            flush(stream).await?;
        }
        let line = match stop.run_until_cancelled(within(COMMAND_TIMEOUT, line(stream))).await {
            Some(Ok(Some(line))) => line,
            Some(Ok(None)) => return Ok(()),
            Some(Err(error)) if error.kind() == ErrorKind::TimedOut => {
                return close(stream, "421 4.4.2 you said nothing for long").await;
            }
            Some(Err(error)) => return Err(error),
            None => return close(stream, "421 4.3.2 closing for now").await,
        };
        if !session.is_at_a_message() {
            inbox = kept.borrow().clone();
        }
        let answer = match line {
            Line::Whole(line) => session.answer(&line, |recipient| inbox.is_ours(recipient)),
            Line::Wrong(reply) => Answer::Reply(reply.into()),
        };
        match answer {
            Answer::Close(reply) => return close(stream, reply).await,
            Answer::Reply(reply) => {
                wrong_lines += usize::from(reply.starts_with("50"));
                if wrong_lines > WRONG_LINES {
                    return close(stream, "421 4.7.0 too much of this is wrong").await;
                }
                say(stream, &reply).await?;
            }
            Answer::ReadMessage(reply) => {
                let is_forwarded = session.recipients().iter().any(|recipient| inbox.is_forward(recipient));
                let room = if is_forwarded { FORWARDS.try_acquire().ok() } else { None };
                if is_forwarded && room.is_none() {
                    session.take_envelope();
                    say(stream, "451 4.3.2 other mails are being read, try again").await?;
                    continue;
                }
                say(stream, reply).await?;
                flush(stream).await?;
                let most = if is_forwarded { LARGEST_FORWARD } else { MESSAGE_LIMIT };
                let message = match within(MESSAGE_TIMEOUT, message(stream, most, place, &LEAST_PACE)).await {
                    Err(error) if error.kind() == ErrorKind::TimedOut => {
                        return close(stream, "421 4.4.2 the message comes too slowly").await;
                    }
                    message => message?,
                };
                place.work();
                for answer in take(&inbox, session.take_envelope(), &message).await {
                    say(stream, answer).await?;
                }
            }
        }
    }
}

/// The answer for each recipient of a message (RFC 2033 section 4.2).
async fn take(inbox: &Inbox, envelope: Envelope, message: &DataReader) -> Vec<&'static str> {
    let Envelope { sender, recipients } = envelope;
    if message.size() > LARGEST_MESSAGE {
        return vec![TOO_LARGE; recipients.len()];
    }
    let (forwards, returns): (Vec<String>, Vec<String>) =
        recipients.iter().cloned().partition(|recipient| inbox.is_forward(recipient));
    let forwarded = if forwards.is_empty() { TAKEN } else { forward(inbox, &forwards, &sender, message).await };
    let mut returned = match returns.is_empty() {
        true => Vec::new(),
        false => take_back(inbox, &returns, &sender, message).await,
    }
    .into_iter();
    let answer = |recipient: &String| match inbox.is_forward(recipient) {
        true => forwarded,
        false => returned.next().unwrap_or(NOT_NOW),
    };
    recipients.iter().map(answer).collect()
}

/// What may have come back.
async fn take_back(inbox: &Inbox, recipients: &[String], sender: &str, message: &DataReader) -> Vec<&'static str> {
    let octets = &message.message()[..message.message().len().min(MESSAGE_LIMIT)];
    match inbox.returns.take_for_all(Way::Lmtp, recipients, Some(sender), octets).await {
        Ok(kept) => kept.into_iter().map(|is_kept| if is_kept { TAKEN } else { TOO_MUCH }).collect(),
        Err(error) => {
            tracing::error!(%error, "what came back can't be kept; the mail server tries again");
            vec![NOT_NOW; recipients.len()]
        }
    }
}

/// What was forwarded. Of what proves nothing nobody learns anything.
async fn forward(inbox: &Inbox, recipients: &[String], sender: &str, message: &DataReader) -> &'static str {
    let Some(forwards) = &inbox.forwards else { return NOT_NOW };
    let octets = message.message();
    let is_whole = octets.len() == message.size();
    let mail = Forwarded { way: Way::Lmtp, recipients, sender: Some(sender), octets, is_whole };
    match forwards.take(mail).await {
        Ok(Fate::Taken | Fate::Unproved) => TAKEN,
        Ok(Fate::TooLarge) => TOO_LARGE_FORWARD,
        Ok(Fate::Undecided(why)) => {
            tracing::warn!(why, "whose a forwarded mail is can't be told; the mail server tries again");
            "451 4.7.5 whose it is can't be told now, try again"
        }
        Err(error) => {
            tracing::error!(%error, "a forwarded mail can't be taken; the mail server tries again");
            NOT_NOW
        }
    }
}

const NOT_NOW: &str = "451 4.3.0 it can't be kept now, try again";
const TOO_LARGE_FORWARD: &str = "552 5.3.4 larger than 25 MB: send the part with the dates by itself";
const TAKEN: &str = "250 2.0.0 taken";
const TOO_MUCH: &str = "452 4.3.1 too much came within the hour that proves nothing, try again later";

/// A line that was read, without its end, or what is wrong with it.
enum Line {
    Whole(String),
    Wrong(&'static str),
}

/// The next line; none at the end of the connection. Of one that is too long the rest is passed over.
async fn line(stream: &mut Peer) -> io::Result<Option<Line>> {
    let mut line = Vec::new();
    let mut is_long = false;
    loop {
        let octets = stream.fill_buf().await?;
        if octets.is_empty() {
            return Ok(None);
        }
        let end = octets.iter().position(|octet| *octet == b'\n');
        let taken = end.map_or(octets.len(), |end| end + 1);
        is_long = is_long || line.len() + taken > LONGEST_LINE;
        if !is_long {
            line.extend_from_slice(&octets[..taken]);
        }
        stream.consume(taken);
        if end.is_some() {
            break;
        }
    }
    if is_long {
        return Ok(Some(Line::Wrong("500 5.5.2 the line is too long")));
    }
    Ok(Some(match line.strip_suffix(b"\r\n").map(str::from_utf8) {
        Some(Ok(line)) if !line.contains(char::is_control) => Line::Whole(line.to_owned()),
        Some(_) => Line::Wrong("500 5.5.2 not a line of UTF-8 text"),
        None => Line::Wrong("500 5.5.2 a line ends in CR LF"),
    }))
}

/// The message behind DATA. As much of it is kept as is looked at.
async fn message(stream: &mut Peer, kept: usize, place: &Place, pace: &Pace) -> io::Result<DataReader> {
    let mut reader = DataReader::keeping(kept);
    let begun = Instant::now();
    loop {
        let earned = Duration::from_secs_f64(reader.size() as f64 / pace.octets_a_second as f64);
        let lasts = pace.beginning + earned;
        let octets = within(lasts.saturating_sub(begun.elapsed()), stream.fill_buf()).await?;
        place.progress();
        if octets.is_empty() {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        let (count, end) = (octets.len(), reader.push(octets));
        stream.consume(end.unwrap_or(count));
        if end.is_some() {
            return Ok(reader);
        }
    }
}

async fn say(stream: &mut Peer, reply: &str) -> io::Result<()> {
    within(REPLY_TIMEOUT, stream.write_all(format!("{reply}\r\n").as_bytes())).await
}

async fn flush(stream: &mut Peer) -> io::Result<()> {
    within(REPLY_TIMEOUT, stream.flush()).await
}

async fn close(stream: &mut Peer, reply: &str) -> io::Result<()> {
    say(stream, reply).await?;
    within(REPLY_TIMEOUT, stream.shutdown()).await
}

async fn within<T>(limit: Duration, work: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    tokio::time::timeout(limit, work).await.unwrap_or_else(|_| Err(ErrorKind::TimedOut.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_message_comes_at_a_rate_or_not_at_all() {
        let pace = Pace { beginning: Duration::from_millis(500), octets_a_second: 1000 };
        let place = Places::new(1, 1).take(None).unwrap();
        for (octets, is_taken) in [(1000, true), (1, false)] {
            let (ours, mut theirs) = tokio::net::UnixStream::pair().unwrap();
            let mut stream: Peer = BufReader::new(BufWriter::new(Stream::Right(ours)));
            let sender = tokio::spawn(async move {
                for _ in 0..20 {
                    // Whoever was given up is read by nobody.
                    let _ = theirs.write_all(&vec![b'x'; octets]).await;
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                let _ = theirs.write_all(b"\r\n.\r\n").await;
            });
            let read = message(&mut stream, 99, &place, &pace).await;
            assert_eq!(read.is_ok(), is_taken, "{octets} {read:?}");
            sender.abort();
        }
    }
}
