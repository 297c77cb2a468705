//! Fetches a calendar from another server by its address (HTTP/1.1, RFC 9110 and RFC 9112).
//!
//! Whoever enters an address has this machine connect to it. So only addresses of the public internet are connected
//! to, unless the operator allows a host. What is checked is the very address that is then connected to: a name that
//! is answered differently the next time gains nothing. `HTTPS_PROXY` and its like are ignored for the same reason, as
//! a proxy would resolve the name itself. Each request has a connection of its own.
//!
//! Trusted are the system's certificate authorities, or those of `SSL_CERT_FILE` and `SSL_CERT_DIR` if set.

mod address;
mod body;
mod connect;
mod ping;
mod post;
mod problem;

use std::time::{Duration, SystemTime};

use data_encoding::BASE64;
use http_body_util::{BodyExt, Empty};
use hyper::body::{Body, Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use percent_encoding::percent_decode_str;
use tokio::task::JoinSet;
use tokio::time::timeout;
use url::{Position, Url};

use self::body::{Sink, sink_problem};
use self::connect::Connector;
pub use self::post::{Parcel, Reply};
use self::problem::reason;
pub use self::problem::{FetchError, Problem};
use crate::domain::host::AllowedHost;
use crate::domain::source::Validators;

/// The largest calendar taken, in octets after decompression; no more than this is received either.
pub const MAX_OCTETS: usize = 20_000_000;

const MAX_REDIRECTS: usize = 5;
/// Of all header fields of an answer together, in octets.
const MAX_HEAD: usize = 64 * 1024;
/// Of one header field that is kept, in octets.
const MAX_FIELD: usize = 1024;
/// A server that asks for a longer pause is asked again after this one.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(7 * 24 * 60 * 60);

const USER_AGENT: &str = concat!("kalends/", env!("CARGO_PKG_VERSION"));
const ACCEPT: &str = "text/calendar, text/csv;q=0.9, application/json;q=0.8, */*;q=0.1";
const ACCEPT_PAGES: &str =
    "application/atom+xml, application/rss+xml, application/feed+json, text/html;q=0.9, */*;q=0.5";

#[derive(Clone, Copy)]
struct Limits {
    octets: usize,
    /// For name service, connection and TLS together.
    connect: Duration,
    /// Without anything received.
    stall: Duration,
    /// With all redirects.
    total: Duration,
}

const LIMITS: Limits = Limits {
    octets: MAX_OCTETS,
    connect: Duration::from_secs(10),
    stall: Duration::from_secs(30),
    total: Duration::from_secs(60),
};

/// Fetches calendars; one per program, cheap to clone.
#[derive(Clone)]
pub struct Fetcher {
    connector: Connector,
    limits: Limits,
    /// What servers are asked for that have several forms of one thing.
    accept: &'static str,
}

#[derive(Debug)]
pub enum Fetched {
    /// The calendar is as it was when the validators came.
    NotModified,
    Body {
        /// Decompressed.
        octets: Vec<u8>,
        /// As it came.
        content_type: Option<String>,
        /// For the next time; their `url` is where the calendar was found in the end.
        validators: Validators,
    },
}

/// What one request led to.
enum Step {
    Done(Fetched),
    Redirect(Url),
}

/// An answer, with the task that drives its connection and ends with it.
type Answer = (Response<Incoming>, JoinSet<hyper::Result<()>>);

impl Fetcher {
    /// Reads all certificate authorities: make one only where something is fetched. `allowed` may be at addresses that
    /// are not public.
    pub fn new(allowed: &[AllowedHost]) -> Result<Self, String> {
        Ok(Self { connector: Connector::new(allowed, super::tls::roots())?, limits: LIMITS, accept: ACCEPT })
    }

    /// The same, for pages and feeds.
    pub fn of_pages(&self) -> Self {
        Self { accept: ACCEPT_PAGES, ..self.clone() }
    }

    /// Asks for a calendar, unless it is still the one `known` describes. Up to 5 redirects are followed, each checked
    /// like the first address. User name and password in the address are sent as RFC 7617 says.
    pub async fn get(&self, url: &Url, known: &Validators) -> Result<Fetched, FetchError> {
        let server = shown(url);
        let mut url = web_address(url).map_err(|problem| FetchError { server: server.clone(), problem })?;
        let authorization = take_credentials(&mut url);
        let limit = self.limits.total;
        let late = FetchError { server, problem: Problem::Slow { what: "it has not come whole", limit } };
        timeout(limit, self.follow(url, authorization, known)).await.unwrap_or(Err(late))
    }

    async fn follow(
        &self,
        mut url: Url,
        mut authorization: Option<HeaderValue>,
        known: &Validators,
    ) -> Result<Fetched, FetchError> {
        let first = shown(&url);
        for _ in 0..=MAX_REDIRECTS {
            let fail = |problem| match shown(&url) {
                server if server == first => FetchError { server, problem },
                other => FetchError { server: format!("{other} (redirected from {first})"), problem },
            };
            match self.step(&url, authorization.as_ref(), known).await.map_err(fail)? {
                Step::Done(fetched) => return Ok(fetched),
                Step::Redirect(next) => {
                    if !keeps_credentials(&url, &next) {
                        authorization = None;
                    }
                    url = next;
                }
            }
        }
        Err(FetchError { server: first, problem: Problem::TooManyRedirects })
    }

    async fn step(&self, url: &Url, authorization: Option<&HeaderValue>, known: &Validators) -> Result<Step, Problem> {
        let mut request = request(url, self.accept).ok_or(Problem::Unusable)?;
        if let Some(value) = authorization {
            request.headers_mut().insert(header::AUTHORIZATION, value.clone());
        }
        let is_conditional = add_conditions(request.headers_mut(), url, known);
        let (response, _connection) = self.send(url, request).await?;
        let status = response.status();
        match status.as_u16() {
            200 | 203 | 204 => {
                let field = |name| kept_field(response.headers(), name);
                let content_type = field(header::CONTENT_TYPE);
                let (etag, last_modified) = (field(header::ETAG), field(header::LAST_MODIFIED));
                let validators = Validators { etag, last_modified, url: Some(url.to_string()) };
                let octets = self.read(response).await?;
                Ok(Step::Done(Fetched::Body { octets, content_type, validators }))
            }
            304 if is_conditional => Ok(Step::Done(Fetched::NotModified)),
            304 => Err(Problem::NotModifiedUnasked),
            301 | 302 | 303 | 307 | 308 => redirect_target(url, response.headers()).map(Step::Redirect),
            429 | 503 => {
                Err(Problem::Status { status, retry_after: retry_after(response.headers(), SystemTime::now()) })
            }
            _ => Err(Problem::Status { status, retry_after: None }),
        }
    }

    async fn send<B>(&self, url: &Url, request: Request<B>) -> Result<Answer, Problem>
    where
        B: Body<Data: Send, Error: std::error::Error + Send + Sync + 'static> + Send + 'static,
    {
        let stream = self.connector.connect(url, self.limits.connect).await?;
        let broken = |e: hyper::Error| Problem::Broken(reason(&e));
        let handshake = http1::Builder::new().max_buf_size(MAX_HEAD).handshake(TokioIo::new(stream));
        let (mut sender, connection) = handshake.await.map_err(broken)?;
        let mut task = JoinSet::new();
        task.spawn(connection);
        let limit = self.limits.stall;
        match timeout(limit, sender.send_request(request)).await {
            Err(_) => Err(Problem::Slow { what: "no answer came", limit }),
            Ok(response) => Ok((response.map_err(broken)?, task)),
        }
    }

    async fn read(&self, response: Response<Incoming>) -> Result<Vec<u8>, Problem> {
        let limit = self.limits.octets;
        let (head, mut body) = response.into_parts();
        if body.size_hint().lower() > limit as u64 {
            return Err(Problem::TooLarge(limit));
        }
        let mut sink = Sink::new(&head.headers, limit)?;
        let mut received = 0;
        loop {
            let stall = self.limits.stall;
            let frame = match timeout(stall, body.frame()).await {
                Err(_) => return Err(Problem::Slow { what: "no more of it came", limit: stall }),
                Ok(None) => break,
                Ok(Some(frame)) => frame.map_err(|e| Problem::Broken(reason(&e)))?,
            };
            let Ok(data) = frame.into_data() else { continue };
            received += data.len();
            // Compressed nothing can be of any length.
            if received > limit {
                return Err(Problem::TooLarge(limit));
            }
            sink.write_all(&data).map_err(|e| sink_problem(&e, limit))?;
        }
        match received {
            0 => Ok(Vec::new()),
            _ => sink.finish().map_err(|e| sink_problem(&e, limit)),
        }
    }
}

/// The server of an address, for messages.
fn shown(url: &Url) -> String {
    match url.host_str() {
        Some(_) => format!("{}://{}", url.scheme(), &url[Position::BeforeHost..Position::AfterPort]),
        None => format!("{}:", url.scheme()),
    }
}

/// The address to ask, without fragment. webcal is no protocol but says that a calendar is meant; it becomes https, as
/// nearly all servers have that and a calendar in the clear must be asked for by writing http.
fn web_address(url: &Url) -> Result<Url, Problem> {
    let mut web = match url.scheme() {
        "http" | "https" => url.clone(),
        "webcal" | "webcals" => {
            Url::parse(&format!("https{}", &url[Position::AfterScheme..])).map_err(|_| Problem::Unusable)?
        }
        _ => return Err(Problem::Scheme),
    };
    web.set_fragment(None);
    Ok(web)
}

/// Takes user name and password out of an address, so that nothing can show them, as the value of Authorization.
fn take_credentials(url: &mut Url) -> Option<HeaderValue> {
    let (user, password) = (url.username().to_owned(), url.password().unwrap_or_default().to_owned());
    // Both can only fail for addresses without a host, which have neither.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    if user.is_empty() && password.is_empty() {
        return None;
    }
    let pair: Vec<u8> =
        percent_decode_str(&user).chain(b":".iter().copied()).chain(percent_decode_str(&password)).collect();
    let mut value = HeaderValue::from_str(&format!("Basic {}", BASE64.encode(&pair))).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// Whether a redirect leads to the same server, or to its usual port for https from that for http.
fn keeps_credentials(from: &Url, to: &Url) -> bool {
    let ports = (from.port_or_known_default(), to.port_or_known_default());
    let is_upgrade = from.scheme() == "http" && to.scheme() == "https" && ports == (Some(80), Some(443));
    from.host() == to.host() && (is_upgrade || from.scheme() == to.scheme() && ports.0 == ports.1)
}

fn request(url: &Url, accept: &str) -> Option<Request<Empty<Bytes>>> {
    Request::get(&url[Position::BeforePath..Position::AfterQuery])
        .header(header::HOST, &url[Position::BeforeHost..Position::AfterPort])
        .header(header::USER_AGENT, USER_AGENT)
        .header(header::ACCEPT, accept)
        .header(header::ACCEPT_ENCODING, "gzip")
        .header(header::CONNECTION, "close")
        .body(Empty::new())
        .ok()
}

/// Whether there are any conditions for this address.
fn add_conditions(headers: &mut HeaderMap, url: &Url, known: &Validators) -> bool {
    if known.url.as_deref() != Some(url.as_str()) {
        return false;
    }
    let before = headers.len();
    let conditions = [(header::IF_NONE_MATCH, &known.etag), (header::IF_MODIFIED_SINCE, &known.last_modified)];
    for (name, value) in conditions {
        if let Some(value) = value.as_ref().and_then(|value| HeaderValue::from_str(value).ok()) {
            headers.insert(name, value);
        }
    }
    headers.len() > before
}

/// A field of an answer, unless it is too long to be kept or not of ASCII.
fn kept_field(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().filter(|text| text.len() <= MAX_FIELD).map(str::to_owned)
}

fn redirect_target(from: &Url, headers: &HeaderMap) -> Result<Url, Problem> {
    let location = headers.get(header::LOCATION).and_then(|value| std::str::from_utf8(value.as_bytes()).ok());
    let target = location.and_then(|location| from.join(location).ok()).ok_or(Problem::BadRedirect)?;
    let mut target = web_address(&target).map_err(|_| Problem::BadRedirect)?;
    // Only the one who entered the first address says who is asking.
    take_credentials(&mut target);
    match (from.scheme(), target.scheme()) {
        ("https", "http") => Err(Problem::Downgrade),
        _ => Ok(target),
    }
}

/// Retry-After is a number of seconds or a date (RFC 9110 section 10.2.3).
fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    let pause = match text.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => httpdate::parse_http_date(text).ok()?.duration_since(now).unwrap_or_default(),
    };
    Some(pause.min(MAX_RETRY_AFTER))
}

#[cfg(test)]
mod tests;
