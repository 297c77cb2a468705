//! A program or a chat that is told what happens, as far as its server lets it be.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::Value;

use super::wait_for;

/// What it answers.
#[derive(Debug, Clone)]
pub enum Answer {
    /// With this status, these lines of the head, and this body.
    Status(u16, &'static str, &'static str),
    /// Nothing, and the connection stays open.
    Hang,
    /// Nothing, and the connection is closed.
    Close,
}

#[derive(Debug, Clone)]
pub struct Request {
    pub line: String,
    pub headers: HashMap<String, String>,
    pub body: String,
}

impl Request {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub fn id(&self) -> String {
        self.headers["webhook-id"].clone()
    }
}

struct State {
    answer: Answer,
    requests: Vec<Request>,
    hung: Vec<TcpStream>,
}

/// Serves until the test ends.
pub struct HookReceiver {
    pub address: String,
    state: Arc<Mutex<State>>,
}

impl HookReceiver {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let state = State { answer: Answer::Status(200, "", "ok"), requests: Vec::new(), hung: Vec::new() };
        let state = Arc::new(Mutex::new(state));
        let shared = state.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let shared = shared.clone();
                std::thread::spawn(move || answer(stream, &shared));
            }
        });
        Self { address, state }
    }

    pub fn url(&self) -> String {
        format!("http://{}/hush", self.address)
    }

    /// From now on.
    pub fn answer(&self, answer: Answer) {
        self.state.lock().unwrap().answer = answer;
    }

    /// All so far.
    pub fn requests(&self) -> Vec<Request> {
        self.state.lock().unwrap().requests.clone()
    }

    #[track_caller]
    pub fn wait_for(&self, count: usize) -> Vec<Request> {
        wait_for(&format!("{count} requests"), || Some(self.requests()).filter(|requests| requests.len() >= count))
    }
}

fn answer(mut stream: TcpStream, state: &Mutex<State>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut line, mut headers) = (String::new(), HashMap::new());
    if reader.read_line(&mut line).unwrap_or(0) == 0 {
        return;
    }
    loop {
        let mut field = String::new();
        reader.read_line(&mut field).unwrap();
        match field.trim().split_once(": ") {
            Some((name, value)) => drop(headers.insert(name.to_ascii_lowercase(), value.to_owned())),
            None => break,
        }
    }
    let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let mut state = state.lock().unwrap();
    let body = String::from_utf8(body).unwrap();
    state.requests.push(Request { line: line.trim().to_owned(), headers, body });
    match state.answer.clone() {
        Answer::Status(status, extra, body) => {
            let head = format!("HTTP/1.1 {status} X\r\n{extra}Content-Length: {}\r\n\r\n{body}", body.len());
            let _ = stream.write_all(head.as_bytes());
        }
        Answer::Hang => state.hung.push(stream),
        Answer::Close => {}
    }
}
