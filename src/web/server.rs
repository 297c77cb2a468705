//! The HTTP server: as axum's own, with limits for peers that connect and then say nothing.

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
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::client::Peer;

/// How long a connection may take to send the head of a request, the wait for the next one included.
const HEAD_TIMEOUT: Duration = Duration::from_secs(15);
/// However slowly a peer reads.
const LONGEST_CONNECTION: Duration = Duration::from_secs(10 * 60);
/// More wait in the kernel's queue until one ends.
const CONNECTIONS: usize = 512;
/// What is being answered when the daemon stops may take this long.
const DRAIN: Duration = Duration::from_secs(5);
/// Where no connection can be accepted, as when the files a process may open are used up.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// Serves until `stop`, then lets open requests end.
pub async fn serve(listener: TcpListener, router: Router, stop: CancellationToken) -> anyhow::Result<()> {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let graceful = GracefulShutdown::new();
    loop {
        let accepted = stop.run_until_cancelled(async {
            let place = places.clone().acquire_owned().await;
            (listener.accept().await, place)
        });
        let Some((accepted, place)) = accepted.await else { break };
        let (stream, peer) = match accepted {
            Ok((stream, peer)) => (stream, Peer(peer.ip())),
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        // Answers are small and whole: no sense in waiting for more to send along.
        let _ = stream.set_nodelay(true);
        let router = TowerToHyperService::new(router.clone());
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(peer);
            router.call(request)
        });
        let connection = graceful.watch(http.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            // What a peer does wrong, or that it went away, is its own affair.
            let _ = tokio::time::timeout(LONGEST_CONNECTION, connection).await;
            drop(place);
        });
    }
    let _ = tokio::time::timeout(DRAIN, graceful.shutdown()).await;
    Ok(())
}
