use std::io::Write;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{RootCertStore, ServerConfig};
use url::Host;

use super::connect::only_public;
use super::*;

const CALENDAR: &str = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n";

/// What a server sends, as it is.
enum Reply {
    /// Then the connection is closed.
    Whole(Vec<u8>),
    /// Then nothing more comes, though the connection stays open.
    Stalls(Vec<u8>),
    /// One octet after the other, without end, each after this time.
    Drips(Vec<u8>, Duration),
}

impl From<String> for Reply {
    fn from(text: String) -> Self {
        Reply::Whole(text.into_bytes())
    }
}

/// A server on 127.0.0.1 that answers each request as a function of its head says.
struct Server {
    port: u16,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn start<R: Into<Reply>>(answer: impl Fn(&str, u16) -> R + Send + Sync + 'static) -> Self {
        Self::start_on(None, answer).await
    }

    async fn start_on<R: Into<Reply>>(
        tls: Option<TlsAcceptor>,
        answer: impl Fn(&str, u16) -> R + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = requests.clone();
        let answer = Arc::new(answer);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (answer, seen, tls) = (answer.clone(), seen.clone(), tls.clone());
                tokio::spawn(async move {
                    let reply = |head: &str| {
                        seen.lock().unwrap().push(head.to_owned());
                        answer(head, port).into()
                    };
                    match tls {
                        None => converse(stream, reply).await,
                        Some(tls) => match tls.accept(stream).await {
                            Ok(stream) => converse(stream, reply).await,
                            Err(_) => None,
                        },
                    }
                });
            }
        });
        Self { port, requests }
    }

    fn url(&self, path: &str) -> Url {
        Url::parse(&format!("http://127.0.0.1:{}{path}", self.port)).unwrap()
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

/// Ends early if the other side does.
async fn converse(mut stream: impl AsyncRead + AsyncWrite + Unpin, reply: impl Fn(&str) -> Reply) -> Option<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let reply = reply(&String::from_utf8(head).unwrap());
    let (Reply::Whole(first) | Reply::Stalls(first) | Reply::Drips(first, _)) = &reply;
    stream.write_all(first).await.ok()?;
    stream.flush().await.ok()?;
    match reply {
        Reply::Whole(_) => stream.shutdown().await.ok(),
        Reply::Stalls(_) => std::future::pending().await,
        Reply::Drips(_, pause) => loop {
            tokio::time::sleep(pause).await;
            stream.write_all(b".").await.ok()?;
            stream.flush().await.ok()?;
        },
    }
}

fn ok(fields: &str, body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\n{fields}Content-Length: {}\r\n\r\n{body}", body.len())
}

fn moved(to: &str) -> String {
    format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n")
}

fn gzip(octets: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(octets).unwrap();
    encoder.finish().unwrap()
}

fn gzipped(body: &[u8]) -> Reply {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", body.len());
    Reply::Whole([head.as_bytes(), body].concat())
}

fn allowing(hosts: &[&str]) -> Fetcher {
    let hosts: Vec<_> = hosts.iter().map(|host| host.parse().unwrap()).collect();
    Fetcher::new(&hosts).unwrap()
}

/// That may connect to the servers of these tests.
fn local() -> Fetcher {
    allowing(&["127.0.0.1"])
}

async fn get(fetcher: &Fetcher, url: &Url) -> Result<Fetched, FetchError> {
    fetcher.get(url, &Validators::default()).await
}

async fn body(fetcher: &Fetcher, url: &Url) -> Vec<u8> {
    match get(fetcher, url).await.unwrap() {
        Fetched::Body { octets, .. } => octets,
        Fetched::NotModified => panic!("not modified"),
    }
}

async fn error(fetcher: &Fetcher, url: &Url) -> FetchError {
    get(fetcher, url).await.unwrap_err()
}

/// The error for a server that sends just this.
async fn error_for(reply: impl Into<Reply> + Clone + Send + Sync + 'static) -> FetchError {
    let server = Server::start(move |_, _| reply.clone()).await;
    error(&local(), &server.url("/")).await
}

#[tokio::test]
async fn a_calendar_comes_with_what_is_said_of_it() {
    let fields = "Content-Type: text/calendar; charset=utf-8\r\nETag: W/\"1\"\r\n\
                  Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
    let server = Server::start(move |_, _| ok(fields, CALENDAR)).await;
    let fetched = get(&local(), &server.url("/a%20b?c=d|e#f")).await.unwrap();
    let Fetched::Body { octets, content_type, validators } = fetched else { panic!("{fetched:?}") };
    assert_eq!(octets, CALENDAR.as_bytes());
    assert_eq!(content_type.as_deref(), Some("text/calendar; charset=utf-8"));
    assert_eq!(validators.etag.as_deref(), Some("W/\"1\""));
    assert_eq!(validators.last_modified.as_deref(), Some("Sun, 06 Nov 1994 08:49:37 GMT"));
    assert_eq!(validators.url, Some(server.url("/a%20b?c=d|e").to_string()));
    let host = server.port;
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        server.requests(),
        [format!(
            "GET /a%20b?c=d|e HTTP/1.1\r\nhost: 127.0.0.1:{host}\r\nuser-agent: kalends/{version}\r\n\
             accept: text/calendar, text/csv;q=0.9, application/json;q=0.8, */*;q=0.1\r\n\
             accept-encoding: gzip\r\nconnection: close\r\n\r\n"
        )]
    );
}

#[tokio::test]
async fn a_body_may_be_empty_or_chunked_or_end_with_the_connection() {
    for (reply, expected) in [
        ("HTTP/1.1 204 No Content\r\n\r\n", ""),
        ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", ""),
        ("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 0\r\n\r\n", ""),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", "abcde"),
        ("HTTP/1.0 200 OK\r\n\r\nabc", "abc"),
        ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na", "a"),
    ] {
        let server = Server::start(move |_, _| reply.to_owned()).await;
        assert_eq!(body(&local(), &server.url("/")).await, expected.as_bytes(), "{reply}");
    }
}

#[tokio::test]
async fn an_unchanged_calendar_is_not_sent_again() {
    let server = Server::start(|head, _| match head.contains("if-none-match: \"1\"\r\n") {
        true => "HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n".to_owned(),
        false => ok("ETag: \"1\"\r\nLast-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n", CALENDAR),
    })
    .await;
    let Fetched::Body { validators, .. } = get(&local(), &server.url("/")).await.unwrap() else { panic!() };
    let again = local().get(&server.url("/"), &validators).await.unwrap();
    assert!(matches!(again, Fetched::NotModified));
    assert!(server.requests()[1].contains("if-modified-since: Sun, 06 Nov 1994 08:49:37 GMT\r\n"));
    let other = local().get(&server.url("/other"), &validators).await.unwrap();
    assert!(matches!(other, Fetched::Body { .. }));
    assert!(!server.requests()[2].contains("if-"));
}

#[tokio::test]
async fn not_modified_needs_something_known() {
    let fault = error_for("HTTP/1.1 304 Not Modified\r\n\r\n".to_owned()).await;
    assert!(matches!(fault.problem, Problem::NotModifiedUnasked), "{fault}");
    let server = Server::start(|_, _| "HTTP/1.1 304 Not Modified\r\n\r\n".to_owned()).await;
    // Neither can be sent.
    let known =
        Validators { etag: Some("a\nb".to_owned()), last_modified: None, url: Some(server.url("/").to_string()) };
    let fault = local().get(&server.url("/"), &known).await.unwrap_err();
    assert!(matches!(fault.problem, Problem::NotModifiedUnasked), "{fault}");
}

#[tokio::test]
async fn long_or_odd_fields_are_dropped() {
    let reply = [
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nLast-Modified: \xff\r\nETag: \"".to_vec(),
        vec![b'a'; MAX_FIELD],
        b"\"\r\n\r\n".to_vec(),
    ]
    .concat();
    let server = Server::start(move |_, _| Reply::Whole(reply.clone())).await;
    let Fetched::Body { validators, .. } = get(&local(), &server.url("/")).await.unwrap() else { panic!() };
    assert_eq!(validators, Validators { etag: None, last_modified: None, url: Some(server.url("/").to_string()) });
}

#[tokio::test]
async fn redirects_are_followed() {
    let server = Server::start(|head, port| match head.split(' ').nth(1).unwrap() {
        "/1" => moved("/2"),
        "/2" => moved(&format!("http://127.0.0.1:{port}/a/3#part")),
        "/a/3" => moved("4?x"),
        "/a/4?x" => moved(&format!("//127.0.0.1:{port}/5")),
        "/5" => moved("/6"),
        _ => ok("", CALENDAR),
    })
    .await;
    let Fetched::Body { octets, validators, .. } = get(&local(), &server.url("/1")).await.unwrap() else { panic!() };
    assert_eq!(octets, CALENDAR.as_bytes());
    assert_eq!(validators.url, Some(server.url("/6").to_string()));
    assert_eq!(server.requests().len(), 6);
}

#[tokio::test]
async fn a_circle_of_redirects_ends() {
    let server = Server::start(|_, _| moved("/")).await;
    let fault = error(&local(), &server.url("/")).await;
    assert!(matches!(fault.problem, Problem::TooManyRedirects), "{fault}");
    assert_eq!(server.requests().len(), 6);
}

#[tokio::test]
async fn a_redirect_to_where_nothing_may_connect_is_refused() {
    let other = Server::start(|_, _| ok("", CALENDAR)).await;
    let targets = [
        format!("http://localhost:{}/", other.port),
        format!("http://[::ffff:127.0.0.1]:{}/", other.port),
        format!("http://2130706433.:{}/", other.port + 1),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        "http://10.0.0.1/".to_owned(),
        "webcal://192.168.1.1/".to_owned(),
    ];
    for target in targets {
        let to = target.clone();
        let server = Server::start(move |_, _| moved(&to)).await;
        let allowed = format!("127.0.0.1:{}", server.port);
        let fault = error(&allowing(&[&allowed]), &server.url("/")).await;
        assert!(matches!(fault.problem, Problem::NotPublic { .. }), "{target}: {fault}");
        assert!(fault.to_string().contains(&format!("(redirected from http://{allowed})")), "{fault}");
    }
    assert!(other.requests().is_empty());
}

#[tokio::test]
async fn a_redirect_to_no_web_address_is_refused() {
    for target in ["file:///etc/passwd", "gopher://127.0.0.1/", "http://", "http://a b/", "//[::1"] {
        let fault = error_for(moved(target)).await;
        assert!(matches!(fault.problem, Problem::BadRedirect), "{target}: {fault}");
    }
    let fault = error_for("HTTP/1.1 301 Moved\r\nContent-Length: 0\r\n\r\n".to_owned()).await;
    assert!(matches!(fault.problem, Problem::BadRedirect), "{fault}");
}

#[tokio::test]
async fn a_password_is_sent_to_its_server_only_and_never_shown() {
    let other = Server::start(|_, _| "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_owned()).await;
    let to = other.url("/there").to_string().replace("http://", "http://x:y@");
    let server = Server::start(move |head, _| match head.starts_with("GET /1 ") {
        true => moved("/2"),
        false => moved(&to),
    })
    .await;
    let mut url = server.url("/1");
    url.set_username("jo@example.org").unwrap();
    url.set_password(Some("se cret")).unwrap();
    let fault = error(&local(), &url).await;
    let shown = format!("{fault} {fault:?}");
    assert!(!["jo", "se cret", "se%20cret", "x:y", "/there"].iter().any(|hidden| shown.contains(hidden)), "{shown}");
    // jo@example.org:se cret
    let field = "authorization: Basic am9AZXhhbXBsZS5vcmc6c2UgY3JldA==\r\n";
    assert!(server.requests().len() == 2 && server.requests().iter().all(|head| head.contains(field)));
    assert!(other.requests().len() == 1 && !other.requests()[0].contains("authorization"));

    let server = Server::start(|_, _| ok("", CALENDAR)).await;
    let mut url = server.url("/");
    url.set_username("jo").unwrap();
    let Fetched::Body { validators, .. } = get(&local(), &url).await.unwrap() else { panic!() };
    assert_eq!(validators.url, Some(server.url("/").to_string()));
}

#[test]
fn credentials_are_kept_for_the_same_server_only() {
    let keeps = |from: &str, to: &str| keeps_credentials(&from.parse().unwrap(), &to.parse().unwrap());
    assert!(keeps("https://a.example/1", "https://A.example:443/2"));
    assert!(keeps("http://a.example/", "https://a.example/"));
    assert!(!keeps("https://a.example/", "http://a.example/"));
    assert!(!keeps("https://a.example/", "https://b.a.example/"));
    assert!(!keeps("https://a.example/", "https://a.example:8443/"));
    assert!(!keeps("http://a.example:8080/", "https://a.example/"));
}

#[tokio::test]
async fn this_machine_and_its_networks_are_refused_however_they_are_written() {
    let server = Server::start(|_, _| ok("", CALENDAR)).await;
    let fetcher = allowing(&["example.org", "127.0.0.1:1"]);
    let hosts = [
        "127.0.0.1",
        "localhost",
        "LocalHost",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "127.1",
        "127.0.0.1.",
        "１２７.0.0.1",
        "0",
        "0.0.0.0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "[2002:7f00:1::]",
        "10.1.2.3",
        "169.254.169.254",
        "[fd00:ec2::254]",
        "[fe80::1]",
    ];
    for host in hosts {
        for scheme in ["http", "https", "webcal", "webcals"] {
            let url = Url::parse(&format!("{scheme}://{host}:{}/", server.port)).unwrap();
            let fault = error(&fetcher, &url).await;
            let is_refused = matches!(fault.problem, Problem::NotPublic { .. });
            assert!(is_refused, "{url}: {fault}");
        }
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_host_can_be_allowed() {
    let server = Server::start(|_, _| ok("", CALENDAR)).await;
    let port = server.port;
    for allowed in ["localhost", " LocalHost ", &format!("localhost:{port}")] {
        let url = Url::parse(&format!("http://localhost:{port}/")).unwrap();
        assert_eq!(body(&allowing(&[allowed]), &url).await, CALENDAR.as_bytes());
        let fault = error(&allowing(&[allowed]), &server.url("/")).await;
        assert!(matches!(fault.problem, Problem::NotPublic { .. }), "{fault}");
    }
}

#[test]
fn of_a_name_only_public_addresses_are_connected_to() {
    let host = Host::Domain("a.example".to_owned());
    let addresses = |all: &[&str]| all.iter().map(|text| text.parse().unwrap()).collect::<Vec<SocketAddr>>();
    let mixed = addresses(&["10.0.0.1:80", "8.8.8.8:80", "[::1]:80"]);
    assert_eq!(only_public(&host, mixed).unwrap(), addresses(&["8.8.8.8:80"]));
    let refused = only_public(&host, addresses(&["10.0.0.1:80", "[::1]:80"])).unwrap_err();
    assert!(refused.to_string().starts_with("10.0.0.1 is not on the public internet"), "{refused}");
    assert!(refused.to_string().contains("\"a.example\""), "{refused}");
}

#[tokio::test]
async fn only_web_addresses_are_fetched() {
    for url in ["ftp://example.org/", "file:///etc/passwd", "mailto:jo@example.org", "data:,a"] {
        let fault = error(&local(), &Url::parse(url).unwrap()).await;
        assert!(matches!(fault.problem, Problem::Scheme), "{fault}");
        assert!(!fault.to_string().contains("jo"), "{fault}");
    }
    let fault = error(&local(), &Url::parse("webcal:").unwrap()).await;
    assert!(matches!(fault.problem, Problem::Unusable), "{fault}");
    let web = web_address(&Url::parse("webcal://jo:x@Example.org:81/a?b#c").unwrap()).unwrap();
    assert_eq!(web.as_str(), "https://jo:x@example.org:81/a?b");
}

#[tokio::test]
async fn an_unknown_name_and_a_closed_port_are_told() {
    let fault = error(&local(), &Url::parse("http://nowhere.invalid/").unwrap()).await;
    assert!(matches!(fault.problem, Problem::Unresolved(_)), "{fault}");
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let fault = error(&local(), &Url::parse(&format!("http://127.0.0.1:{port}/")).unwrap()).await;
    assert!(matches!(fault.problem, Problem::Unreachable(_)), "{fault}");
}

#[tokio::test]
async fn a_calendar_that_is_too_large_is_not_read() {
    // By its length alone: nothing of it comes.
    let fault = error_for(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", MAX_OCTETS + 1)).await;
    assert!(matches!(fault.problem, Problem::TooLarge(_)), "{fault}");
    assert!(fault.to_string().contains("larger than 20 MB"), "{fault}");
    let mut small = local();
    small.limits.octets = 10;
    let server = Server::start(|head, _| match head.starts_with("GET /10 ") {
        true => "HTTP/1.1 200 OK\r\n\r\n0123456789".to_owned(),
        false => "HTTP/1.1 200 OK\r\n\r\n0123456789a".to_owned(),
    })
    .await;
    assert_eq!(body(&small, &server.url("/10")).await.len(), 10);
    let fault = error(&small, &server.url("/11")).await;
    assert!(matches!(fault.problem, Problem::TooLarge(10)), "{fault}");
}

#[tokio::test]
async fn gzip_is_decompressed_and_must_be_whole() {
    let server = Server::start(|head, _| match head.split(' ').nth(1).unwrap() {
        "/whole" => gzipped(&gzip(CALENDAR.as_bytes())),
        "/two" => gzipped(&[gzip(b"ab"), gzip(b"cd")].concat()),
        "/cut" => gzipped(&gzip(CALENDAR.as_bytes())[..30]),
        "/cut-in-checksum" => gzipped(&gzip(b"ab")[..gzip(b"ab").len() - 4]),
        _ => gzipped(CALENDAR.as_bytes()),
    })
    .await;
    assert_eq!(body(&local(), &server.url("/whole")).await, CALENDAR.as_bytes());
    for path in ["/two", "/cut", "/cut-in-checksum", "/plain"] {
        let fault = error(&local(), &server.url(path)).await;
        assert!(matches!(fault.problem, Problem::Broken(_)), "{path}: {fault}");
    }
    let fault = error_for("HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\na".to_owned()).await;
    assert!(fault.to_string().contains("compressed with `br`"), "{fault}");
}

#[tokio::test]
async fn a_gzip_bomb_is_cut_off() {
    let limit = 1_000_000;
    let (bomb, exact) = (gzip(&vec![0; 10 * limit]), gzip(&vec![0; limit]));
    assert!(bomb.len() < limit / 50);
    // Blocks of nothing, which could go on for ever.
    let empty = [&gzip(b"")[..10], &[0, 0, 0, 0xff, 0xff].repeat(limit / 5)].concat();
    let server = Server::start(move |head, _| match head.split(' ').nth(1).unwrap() {
        "/bomb" => gzipped(&bomb),
        "/empty" => Reply::Whole([b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", empty.as_slice()].concat()),
        _ => gzipped(&exact),
    })
    .await;
    let mut small = local();
    small.limits.octets = limit;
    assert_eq!(body(&small, &server.url("/exact")).await.len(), limit);
    for path in ["/bomb", "/empty"] {
        let fault = error(&small, &server.url(path)).await;
        assert!(matches!(fault.problem, Problem::TooLarge(_)), "{path}: {fault}");
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_is_an_error() {
    for reply in [
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        "HTTP/1.1 200",
        "",
        "220 mail.example ESMTP\r\n",
    ] {
        let fault = error_for(reply.to_owned()).await;
        assert!(matches!(fault.problem, Problem::Broken(_)), "{reply}: {fault}");
    }
}

#[tokio::test]
async fn a_head_that_is_too_large_is_an_error() {
    let long = format!("HTTP/1.1 200 OK\r\nX: {}\r\nContent-Length: 0\r\n\r\n", "a".repeat(2 * MAX_HEAD));
    let many = format!("HTTP/1.1 200 OK\r\n{}Content-Length: 0\r\n\r\n", "X: a\r\n".repeat(1000));
    for reply in [long, many] {
        let fault = error_for(reply).await;
        assert!(matches!(fault.problem, Problem::Broken(_)), "{fault}");
    }
}

#[tokio::test]
async fn a_server_that_is_too_slow_is_given_up() {
    let mut fetcher = local();
    fetcher.limits.stall = Duration::from_millis(200);
    fetcher.limits.total = Duration::from_millis(700);
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nabc";
    let server = Server::start(|head_of_request, _| match head_of_request.split(' ').nth(1).unwrap() {
        "/silent" => Reply::Stalls(Vec::new()),
        "/stalls" => Reply::Stalls(head.to_vec()),
        _ => Reply::Drips(head.to_vec(), Duration::from_millis(50)),
    })
    .await;
    for (path, expected) in [("/silent", "no answer"), ("/stalls", "no more of"), ("/drips", "not come whole")] {
        let fault = error(&fetcher, &server.url(path)).await;
        assert!(matches!(fault.problem, Problem::Slow { .. }), "{path}: {fault}");
        assert!(fault.to_string().contains(expected), "{path}: {fault}");
    }
}

#[tokio::test]
async fn a_status_is_told_in_a_sentence() {
    for (status, expected) in [
        (202, "not ready yet"),
        (206, "nothing to read"),
        (300, "nothing to read"),
        (400, "nothing to read"),
        (401, "password"),
        (403, "denies access"),
        (404, "nothing at this address"),
        (410, "gone for good"),
        (429, "less often"),
        (501, "trouble of its own"),
        (500, "trouble of its own"),
        (503, "overloaded"),
    ] {
        let fault = error_for(format!("HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n")).await;
        let text = fault.to_string();
        assert!(text.contains(expected) && text.contains(&format!("(status {status}")), "{text}");
        assert_eq!(fault.retry_after(), None);
    }
}

#[tokio::test]
async fn a_busy_server_says_how_long_to_wait() {
    let reply =
        |status: u16, after: &str| format!("HTTP/1.1 {status} X\r\nRetry-After: {after}\r\nContent-Length: 0\r\n\r\n");
    let hour = Duration::from_secs(3600);
    assert_eq!(error_for(reply(429, "3600")).await.retry_after(), Some(hour));
    assert_eq!(error_for(reply(503, "99999999999")).await.retry_after(), Some(MAX_RETRY_AFTER));
    assert_eq!(error_for(reply(503, "soon")).await.retry_after(), None);
    assert_eq!(error_for(reply(500, "3600")).await.retry_after(), None);
    assert_eq!(error_for(reply(503, "Sun, 06 Nov 1994 08:49:37 GMT")).await.retry_after(), Some(Duration::ZERO));
    let date = httpdate::fmt_http_date(SystemTime::now() + hour);
    let pause = error_for(reply(503, &date)).await.retry_after().unwrap();
    assert!(pause <= hour && pause > hour - Duration::from_secs(60), "{pause:?}");
}

#[tokio::test]
async fn a_certificate_must_be_trusted_and_http_never_follows_https() {
    let certified = rcgen::generate_simple_self_signed(["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
    let der = CertificateDer::from(certified.cert.der().to_vec());
    let key = PrivateKeyDer::try_from(certified.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![der.clone()], key)
        .unwrap();
    let plain = Server::start(|_, _| ok("", CALENDAR)).await;
    let to_plain = plain.url("/").to_string();
    let server = Server::start_on(Some(Arc::new(config).into()), move |head, _| match head.starts_with("GET /down ") {
        true => moved(&to_plain),
        false => ok("", CALENDAR),
    })
    .await;
    let url = |start: &str, path: &str| Url::parse(&format!("{start}:{}{path}", server.port)).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(der).unwrap();
    let hosts = ["localhost", "127.0.0.1"].map(|host| host.parse().unwrap());
    let trusting = Fetcher { connector: Connector::new(&hosts, roots).unwrap(), limits: LIMITS, accept: ACCEPT };

    for start in ["https://localhost", "https://127.0.0.1", "webcal://localhost", "webcals://localhost"] {
        assert_eq!(body(&trusting, &url(start, "/")).await, CALENDAR.as_bytes());
    }
    let fault = error(&trusting, &url("https://localhost", "/down")).await;
    assert!(matches!(fault.problem, Problem::Downgrade), "{fault}");
    assert!(plain.requests().is_empty());

    let other = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap().cert;
    let mut roots = RootCertStore::empty();
    roots.add(other.der().clone()).unwrap();
    let distrusting = Fetcher { connector: Connector::new(&hosts, roots).unwrap(), limits: LIMITS, accept: ACCEPT };
    let fault = error(&distrusting, &url("https://localhost", "/")).await;
    assert!(matches!(fault.problem, Problem::Tls(_)), "{fault}");
    let without =
        Fetcher { connector: Connector::new(&hosts, RootCertStore::empty()).unwrap(), limits: LIMITS, accept: ACCEPT };
    let fault = error(&without, &url("https://localhost", "/")).await;
    assert!(matches!(fault.problem, Problem::NoAuthorities), "{fault}");
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let no_tls = format!("https://127.0.0.1:{}/", listener.local_addr().unwrap().port());
    tokio::spawn(async move { listener.accept().await.unwrap().0.write_all(b"220 mail.example ESMTP\r\n").await });
    let fault = error(&trusting, &Url::parse(&no_tls).unwrap()).await;
    assert!(matches!(fault.problem, Problem::Tls(_)), "{fault}");
}
