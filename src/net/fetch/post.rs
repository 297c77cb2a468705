//! Hands something to another server: one request to one address, guarded as fetching is. Nothing redirects it.

use std::time::{Duration, SystemTime};

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use tokio::time::timeout;
use url::{Position, Url};

use super::{Fetcher, USER_AGENT, retry_after, shown, take_credentials, web_address};

/// For all of it.
const LIMIT: Duration = Duration::from_secs(20);

/// Of an answer no more is read, in octets.
const MOST_READ: usize = 16 << 10;
/// Of what is small.
const MOST_OF_SMALL: usize = 64 * 1024;

/// What is handed over.
#[derive(Debug, Clone)]
pub struct Parcel {
    pub method: Method,
    pub url: Url,
    pub headers: Vec<(HeaderName, HeaderValue)>,
    pub body: Vec<u8>,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    pub status: StatusCode,
    /// How long the server wants to be left alone; a week at most.
    pub retry_after: Option<Duration>,
    /// Its beginning.
    pub body: String,
}

impl Fetcher {
    /// An error is a sentence that names the server alone: nobody knows then whether it was taken.
    pub async fn hand_over(&self, parcel: Parcel) -> Result<Reply, String> {
        self.exchange(parcel, MOST_READ).await
    }

    /// What is small and stands at an address, such as a certificate; nothing redirects to it. An error is a sentence that
    /// names the server alone.
    pub async fn get_small(&self, url: &Url) -> Result<String, String> {
        let parcel = Parcel { method: Method::GET, url: url.clone(), headers: Vec::new(), body: Vec::new() };
        match self.exchange(parcel, MOST_OF_SMALL).await? {
            Reply { status: StatusCode::OK, body, .. } => Ok(body),
            Reply { status, .. } => Err(format!("{}: it answers {status}", shown(url))),
        }
    }

    async fn exchange(&self, parcel: Parcel, most: usize) -> Result<Reply, String> {
        let server = shown(&parcel.url);
        match timeout(LIMIT, self.try_to_hand_over(parcel, most)).await {
            Ok(Ok(reply)) => Ok(reply),
            Ok(Err(said)) => Err(format!("{server}: {said}")),
            Err(_) => Err(format!("{server}: no answer came within {LIMIT:?}")),
        }
    }

    async fn try_to_hand_over(&self, parcel: Parcel, most: usize) -> Result<Reply, String> {
        let mut url = web_address(&parcel.url).map_err(|problem| problem.to_string())?;
        let authorization = take_credentials(&mut url);
        let mut request = Request::builder()
            .method(parcel.method)
            .uri(&url[Position::BeforePath..Position::AfterQuery])
            .header(header::HOST, &url[Position::BeforeHost..Position::AfterPort])
            .header(header::USER_AGENT, USER_AGENT)
            .header(header::CONNECTION, "close")
            .body(Full::new(Bytes::from(parcel.body)))
            .map_err(|_| "this is no usable web address: correct it".to_owned())?;
        request.headers_mut().extend(authorization.map(|value| (header::AUTHORIZATION, value)));
        request.headers_mut().extend(parcel.headers);
        let (response, _connection) = self.send(&url, request).await.map_err(|problem| problem.to_string())?;
        let (status, retry_after) = (response.status(), retry_after(response.headers(), SystemTime::now()));
        Ok(Reply { status, retry_after, body: beginning(response, most).await })
    }
}

/// An answer that breaks off was one.
async fn beginning(response: Response<Incoming>, most: usize) -> String {
    let (mut body, mut octets) = (response.into_body(), Vec::new());
    while octets.len() < most {
        match body.frame().await {
            Some(Ok(frame)) => octets.extend(frame.into_data().unwrap_or_default()),
            Some(Err(_)) | None => break,
        }
    }
    octets.truncate(most);
    String::from_utf8_lossy(&octets).into_owned()
}
