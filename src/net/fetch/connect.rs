//! Connections to servers on the public internet, and to those the operator allows.
//!
//! A name is resolved here, and what is connected to are the addresses that were found and judged.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use tokio_util::either::Either;
use url::{Host, Url};

use super::address::is_public;
use super::problem::{Problem, reason};
use crate::domain::host::AllowedHost;

pub(super) type Stream = Either<TcpStream, TlsStream<TcpStream>>;

/// Makes connections; cheap to clone.
#[derive(Clone)]
pub(super) struct Connector {
    allowed: Arc<[AllowedHost]>,
    /// None if there are no certificate authorities.
    tls: Option<TlsConnector>,
}

impl Connector {
    pub(super) fn new(allowed: &[AllowedHost], roots: RootCertStore) -> Result<Self, String> {
        let tls = match roots.is_empty() {
            true => None,
            false => Some(tls_connector(roots).map_err(|e| format!("calendars can't be fetched with TLS: {e}"))?),
        };
        Ok(Self { allowed: allowed.into(), tls })
    }

    /// Connects to the server of an address, with TLS if it is one of https.
    pub(super) async fn connect(&self, url: &Url, limit: Duration) -> Result<Stream, Problem> {
        let late = Problem::Slow { what: "no connection came about", limit };
        timeout(limit, self.connect_until(url, Instant::now() + limit)).await.unwrap_or(Err(late))
    }

    async fn connect_until(&self, url: &Url, end: Instant) -> Result<Stream, Problem> {
        let host = url.host().ok_or(Problem::Unusable)?;
        let stream = connect_to_any(&self.addresses(url).await?, end).await?;
        if url.scheme() == "http" {
            return Ok(Either::Left(stream));
        }
        let name = match host {
            Host::Domain(name) => ServerName::try_from(name.to_owned()).map_err(|_| Problem::Unusable)?,
            Host::Ipv4(address) => IpAddr::V4(address).into(),
            Host::Ipv6(address) => IpAddr::V6(address).into(),
        };
        let tls = self.tls.as_ref().ok_or(Problem::NoAuthorities)?;
        tls.connect(name, stream).await.map(Either::Right).map_err(|e| Problem::Tls(reason(&e)))
    }

    /// Where a server may be connected to.
    async fn addresses(&self, url: &Url) -> Result<Vec<SocketAddr>, Problem> {
        let host = url.host().ok_or(Problem::Unusable)?;
        let port = url.port_or_known_default().ok_or(Problem::Unusable)?;
        let addresses = match host {
            Host::Domain(name) => {
                let found = tokio::net::lookup_host((name, port)).await;
                found.map_err(|e| Problem::Unresolved(reason(&e)))?.collect()
            }
            Host::Ipv4(address) => vec![(address, port).into()],
            Host::Ipv6(address) => vec![(address, port).into()],
        };
        match self.allowed.iter().any(|allowed| allowed.allows(&host, port)) {
            true => Ok(addresses),
            false => only_public(&host.to_owned(), addresses),
        }
    }
}

fn tls_connector(roots: RootCertStore) -> Result<TlsConnector, tokio_rustls::rustls::Error> {
    let mut config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config).into())
}

/// Of a name that has both only the public ones are left, but one at least.
pub(super) fn only_public(host: &Host, addresses: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, Problem> {
    let (public, others): (Vec<_>, Vec<_>) = addresses.into_iter().partition(|address| is_public(address.ip()));
    match others.first() {
        Some(other) if public.is_empty() => Err(Problem::NotPublic { host: host.to_string(), address: other.ip() }),
        _ => Ok(public),
    }
}

/// Each address has its share of the time, so that one that doesn't answer leaves some for the next.
async fn connect_to_any(addresses: &[SocketAddr], end: Instant) -> Result<TcpStream, Problem> {
    let mut failure = "it has no address".to_owned();
    for (address, left) in addresses.iter().zip((1..=addresses.len() as u32).rev()) {
        let share = end.saturating_duration_since(Instant::now()) / left;
        match timeout(share, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(e)) => failure = reason(&e),
            Err(_) => failure = "no answer".to_owned(),
        }
    }
    Err(Problem::Unreachable(failure))
}
