//! Who is asking: the network of a visitor, seen past the proxies in front of us.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderName, header};

use crate::domain::network::{IpRange, Network};

/// The other end of the connection; the server puts it into each request.
#[derive(Debug, Clone)]
pub struct Peer {
    pub address: IpAddr,
    /// Whose word on others is taken.
    pub trusted: Arc<[IpRange]>,
}

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The network of the client that a request is from.
pub struct Client(pub Network);

impl<S: Sync> FromRequestParts<S> for Client {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let Some(peer) = parts.extensions.get::<Peer>() else { return Ok(Self(Network::Unclear)) };
        // What is not ASCII no proxy wrote, but it must not hide what stands beside it.
        let lines = |name: HeaderName| -> Vec<&str> {
            parts.headers.get_all(name).iter().map(|value| value.to_str().unwrap_or("unknown")).collect()
        };
        Ok(Self(Network::of_client(peer.address, &lines(X_FORWARDED_FOR), &lines(header::FORWARDED), &peer.trusted)))
    }
}
