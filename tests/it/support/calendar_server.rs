//! A web server of somebody else that has one calendar.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What it answers, and what it was asked.
#[derive(Default)]
struct State {
    status: u16,
    body: Vec<u8>,
    etag: String,
    extra: String,
    requests: Vec<String>,
}

/// Serves until the test ends.
pub struct CalendarServer {
    pub address: String,
    state: Arc<Mutex<State>>,
}

impl CalendarServer {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let state = Arc::new(Mutex::new(State { status: 200, ..State::default() }));
        let shared = state.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                answer(stream, &shared);
            }
        });
        Self { address, state }
    }

    pub fn url(&self) -> String {
        format!("http://{}/calendar.ics", self.address)
    }

    /// What is served from now on, under an ETag of its own.
    pub fn serve(&self, body: impl AsRef<[u8]>) {
        let mut state = self.state.lock().unwrap();
        state.body = body.as_ref().to_vec();
        state.etag = format!("\"{}\"", state.requests.len());
        state.status = 200;
    }

    /// Answers with this status and no calendar from now on; `extra` are header lines.
    pub fn fail(&self, status: u16, extra: &str) {
        let mut state = self.state.lock().unwrap();
        state.status = status;
        state.extra = extra.to_owned();
    }

    /// The heads of all requests so far.
    pub fn requests(&self) -> Vec<String> {
        self.state.lock().unwrap().requests.clone()
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
    let known = !state.etag.is_empty() && head.contains(&state.etag);
    state.requests.push(head);
    let (status, body) = match (state.status, known) {
        (200, true) => (304, &b""[..]),
        (200, false) => (200, &state.body[..]),
        (status, _) => (status, &b""[..]),
    };
    let etag = &state.etag;
    let head = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: text/calendar\r\nETag: {etag}\r\n{}Content-Length: {}\r\n\r\n",
        state.extra,
        body.len()
    );
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
}
