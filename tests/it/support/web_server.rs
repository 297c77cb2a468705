//! A web site of somebody else, whose pages change as the test says.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

struct Page {
    status: u16,
    kind: String,
    body: Vec<u8>,
    /// As often as it was changed.
    version: usize,
}

#[derive(Default)]
struct State {
    pages: HashMap<String, Page>,
    requests: Vec<String>,
}

/// Serves until the test ends.
pub struct WebServer {
    pub address: String,
    state: Arc<Mutex<State>>,
}

impl WebServer {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let state = Arc::new(Mutex::new(State::default()));
        let shared = state.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                answer(stream, &shared);
            }
        });
        Self { address, state }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What is at a path from now on, under an ETag of its own if it is another than it was.
    pub fn serve(&self, path: &str, kind: &str, body: impl AsRef<[u8]>) {
        let mut state = self.state.lock().unwrap();
        let page = state.pages.entry(path.to_owned()).or_insert(Page {
            status: 200,
            kind: String::new(),
            body: Vec::new(),
            version: 0,
        });
        page.status = 200;
        page.version += usize::from(page.body != body.as_ref());
        page.body = body.as_ref().to_vec();
        page.kind = kind.to_owned();
    }

    /// Every path is answered with this status, until it is served again.
    pub fn fail(&self, status: u16) {
        self.state.lock().unwrap().pages.values_mut().for_each(|page| page.status = status);
    }

    /// How often a path was asked for.
    pub fn asked(&self, path: &str) -> usize {
        let begin = format!("GET {path} ");
        self.state.lock().unwrap().requests.iter().filter(|head| head.starts_with(&begin)).count()
    }
}

fn answer(mut stream: TcpStream, state: &Mutex<State>) {
    let mut head = String::new();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).unwrap_or(0) == 0 {
            return;
        }
    }
    let mut state = state.lock().unwrap();
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    state.requests.push(head.clone());
    let (status, kind, etag, body) = match state.pages.get(&path) {
        Some(page) if page.status == 200 => {
            let etag = format!("\"{}\"", page.version);
            let is_known = head.to_lowercase().contains(&format!("if-none-match: {etag}"));
            (if is_known { 304 } else { 200 }, page.kind.as_str(), etag, if is_known { &b""[..] } else { &page.body })
        }
        Some(page) => (page.status, "text/plain", String::new(), &b""[..]),
        None => (404, "text/plain", String::new(), &b""[..]),
    };
    let head = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nETag: {etag}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
}
