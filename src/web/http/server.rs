//! The HTTP server: as axum's own, with limits for peers that connect and then say nothing, or read nothing.

mod watched;

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use socket2::SockRef;
use tokio::sync::watch;
use tokio_util::either::Either;
use tokio_util::sync::CancellationToken;

use super::client::Peer;
use crate::domain::network::{IpRange, Network};
use crate::net::listener::{Listener, Stream};
use crate::net::places::Places;
use watched::{Answer, Paced, Question};

/// How long a connection may take to send the head of a request, the wait for the next one included.
const HEAD_TIMEOUT: Duration = Duration::from_secs(15);
/// The largest head: what is asked of us is far shorter.
const HEAD_OCTETS: usize = 96 * 1024;
/// However slowly a peer reads, as long as it does.
const LONGEST_CONNECTION: Duration = Duration::from_secs(60 * 60);
/// At once, and of these from one network that is no proxy's.
const CONNECTIONS: usize = 512;
const OF_A_NETWORK: usize = 64;
/// What is said to a peer for which there is no place, if it can be said at once.
const NO_PLACE: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 10\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
/// So little lies in the system's queue unsent that a peer which reads slowly is seen to read.
const UNSENT_OCTETS: u32 = 64 * 1024;
/// What is being answered when the daemon stops may take this long.
const DRAIN: Duration = Duration::from_secs(5);
/// Where no connection can be accepted, as when the files a process may open are used up.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// What is behind a listener. It may be replaced while connections are open: their next request meets the new one.
#[derive(Clone)]
pub struct Door {
    router: Router,
    trusted: Arc<[IpRange]>,
}

impl Door {
    /// Many connections may come from one network if it is a `trusted` proxy's.
    pub fn new(router: Router, trusted: &[IpRange]) -> Self {
        Self { router, trusted: trusted.into() }
    }
}

/// Serves until `stop`, then lets open requests end.
pub async fn serve(listener: Listener, door: watch::Receiver<Door>, stop: CancellationToken) -> anyhow::Result<()> {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT).max_buf_size(HEAD_OCTETS);
    let places = Places::new(CONNECTIONS, OF_A_NETWORK);
    let graceful = GracefulShutdown::new();
    loop {
        let Some(accepted) = stop.run_until_cancelled(listener.accept()).await else { break };
        let (stream, peer) = match accepted {
            // Over a socket of this machine a proxy of this machine asks.
            Ok((stream, peer)) => (stream, peer.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST))),
            Err(error) => {
                // The peer went away again before we came to it.
                if error.kind() != ErrorKind::ConnectionAborted {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
                continue;
            }
        };
        let trusted = door.borrow().trusted.clone();
        let Some(place) = places.take(network(peer, &trusted)) else {
            tracing::debug!("no place for another connection");
            say_no_place(&stream);
            continue;
        };
        prepare(&stream);
        let place = Arc::new(place);
        let service = service_fn({
            let (door, place) = (door.clone(), place.clone());
            move |mut request: Request<Incoming>| {
                place.work();
                let Door { router, trusted } = door.borrow().clone();
                request.extensions_mut().insert(Peer { address: peer, trusted });
                let router = TowerToHyperService::new(router);
                let answer = router.call(request.map(|body| Question::new(body, place.clone())));
                let place = place.clone();
                async move { answer.await.map(|answer| answer.map(|body| Answer::new(body, place))) }
            }
        });
        let io = TokioIo::new(Paced::new(stream, place.clone()));
        let connection = graceful.watch(http.serve_connection(io, service));
        tokio::spawn(async move {
            // What a peer does wrong, or that it went away, is its own affair.
            tokio::select! {
                _ = tokio::time::timeout(LONGEST_CONNECTION, connection) => {}
                () = place.lost() => {}
            }
        });
    }
    let _ = tokio::time::timeout(DRAIN, graceful.shutdown()).await;
    Ok(())
}

/// Whose share of the places a connection is of; a trusted proxy's is of none.
fn network(peer: IpAddr, trusted: &[IpRange]) -> Option<Network> {
    Some(Network::of_client(peer, &[], &[], trusted)).filter(|network| *network != Network::Own)
}

fn prepare(stream: &Stream) {
    if let Either::Left(stream) = stream {
        let _ = SockRef::from(stream).set_tcp_notsent_lowat(UNSENT_OCTETS);
    }
}

fn say_no_place(stream: &Stream) {
    let _ = match stream {
        Either::Left(stream) => stream.try_write(NO_PLACE),
        Either::Right(stream) => stream.try_write(NO_PLACE),
    };
}
