//! `kalends status --ready`: for what looks after a container or a cluster, and has no program to ask with.

use std::time::Duration;

use anyhow::Context;
use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1::handshake;
use hyper::{Request, StatusCode, header};
use hyper_util::rt::TokioIo;

use super::output::print;
use super::{Cli, Done, Failure};
use crate::config::Config;
use crate::domain::links::READY;
use crate::domain::listen::Listen;
use crate::net::listener;

/// A daemon that takes longer is of no use to readers, either.
const PATIENCE: Duration = Duration::from_secs(5);
const LONGEST_ANSWER: usize = 64 * 1024;

/// Asks the daemon whether it can do its work.
pub async fn run(cli: &Cli) -> Done {
    let http = Config::load(cli.config.as_deref())?.http;
    let asked = ask(&http.listen, format!("{}{READY}", http.base_path));
    match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok((StatusCode::OK, said))) => print(&said),
        Ok(Ok((_, said))) => Err(Failure::failed(said.trim().to_owned())),
        Ok(Err(error)) => Err(Failure::failed(format!("no daemon answers at {}: {error}", http.listen))),
        Err(_) => Err(Failure::failed(format!("the daemon at {} does not answer", http.listen))),
    }
}

async fn ask(listen: &Listen, path: String) -> anyhow::Result<(StatusCode, String)> {
    let stream = TokioIo::new(listener::connect(listen).await?);
    let (mut sender, connection) = handshake(stream).await?;
    tokio::spawn(connection);
    let request = Request::get(path).header(header::HOST, "localhost").body(Empty::<Bytes>::new())?;
    let (head, body) = sender.send_request(request).await?.into_parts();
    let body = Limited::new(body, LONGEST_ANSWER).collect().await.map_err(anyhow::Error::from_boxed);
    let octets = body.context("what it answers")?.to_bytes();
    Ok((head.status, String::from_utf8_lossy(&octets).into_owned()))
}
