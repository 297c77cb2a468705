//! A mail server that counts messages and throws them away, in a process of its own so that its work is not mixed with
//! that of what sends: this bench, started again.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::fd::AsFd;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use memchr::{memchr, memmem};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What is read at once, in octets.
const ROOM: usize = 64 * 1024;
/// A sender slower than this many messages a second, after a while to start, has failed.
const SLOWEST: u64 = 10;
/// What ends a message.
const END: &[u8] = b"\r\n.\r\n";

/// What the server is like.
#[derive(Clone, Copy)]
pub struct Weather {
    pub pipelining: bool,
    /// How long each reply is held back.
    pub delay: Duration,
}

/// The server's process. It ends with this.
pub struct Sink {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
    expected: usize,
    pub port: u16,
}

/// When the messages came, and how large they were together.
pub struct Arrived {
    pub first_mail: SystemTime,
    pub last_reply: SystemTime,
    pub octets: u64,
}

impl Sink {
    /// Waits for `expected` messages.
    pub fn start(weather: Weather, expected: usize) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["sink", &expected.to_string(), &weather.pipelining.to_string()])
            .arg(weather.delay.as_millis().to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, lines) = channel();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || stdout.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let stdin = child.stdin.take();
        let port = lines.recv_timeout(Duration::from_secs(10)).expect("the port of the sink").parse().unwrap();
        Self { child, stdin, lines, expected, port }
    }

    /// When all have arrived; an error says that they do not.
    pub fn wait(&self) -> Result<Arrived, String> {
        let patience = Duration::from_secs(60 + self.expected as u64 / SLOWEST);
        let line = self.lines.recv_timeout(patience).map_err(|_| format!("not {} messages came", self.expected))?;
        let numbers: Vec<u64> = line.split(' ').map(|number| number.parse().unwrap()).collect();
        let [first, last, octets] = numbers[..] else { panic!("{line}") };
        let at = |micros| UNIX_EPOCH + Duration::from_micros(micros);
        Ok(Arrived { first_mail: at(first), last_reply: at(last), octets })
    }

    /// How many messages came in all, duplicates too.
    pub fn count(mut self) -> usize {
        drop(self.stdin.take());
        self.lines.recv_timeout(Duration::from_secs(10)).expect("the sink's count").parse().unwrap()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The process itself: tells its port, then when and how large what it waited for was, and at the end of its standard
/// input how many messages came.
pub fn serve(args: &[String]) {
    let [expected, pipelining, delay] = args else { panic!("{args:?}") };
    let weather =
        Weather { pipelining: pipelining.parse().unwrap(), delay: Duration::from_millis(delay.parse().unwrap()) };
    let tally = Arc::new(Mutex::new(Tally { expected: expected.parse().unwrap(), ..Tally::default() }));
    let counted = tally.clone();
    std::thread::spawn(move || {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        println!("{}", counted.lock().unwrap().messages);
        std::process::exit(0);
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("{}", listener.local_addr().unwrap().port());
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            // A client that goes without a word is none of the sink's business: what is missing is missed in the end.
            tokio::spawn(converse(stream, weather, tally.clone()));
        }
    });
}

#[derive(Default)]
struct Tally {
    expected: usize,
    messages: usize,
    octets: u64,
    first_mail: u64,
}

impl Tally {
    /// Replies that took so many messages are on their way.
    fn add(&mut self, messages: usize) {
        let before = self.messages;
        self.messages += messages;
        if before < self.expected && self.messages >= self.expected {
            println!("{} {} {}", self.first_mail, micros(), self.octets);
        }
    }
}

fn micros() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros() as u64
}

/// What is said at once.
struct Replies {
    due: Instant,
    octets: Vec<u8>,
    /// How many messages they take.
    messages: usize,
}

async fn converse(stream: TcpStream, weather: Weather, tally: Arc<Mutex<Tally>>) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let long_way = (!weather.delay.is_zero()).then(|| long_way(&stream, tally.clone())).transpose()?;
    let (mut reader, mut writer) = stream.into_split();
    let mut session = Session { said: b"220 sink ESMTP\r\n".to_vec(), ..Session::default() };
    let mut heard = Vec::new();
    loop {
        if !session.said.is_empty() {
            let (octets, messages) = (std::mem::take(&mut session.said), std::mem::take(&mut session.messages));
            let replies = Replies { due: Instant::now() + weather.delay, octets, messages };
            match &long_way {
                None => {
                    writer.write_all(&replies.octets).await?;
                    tally.lock().unwrap().add(replies.messages);
                }
                Some(held_back) => drop(held_back.send(replies)),
            }
        }
        if session.is_over {
            return Ok(());
        }
        heard.reserve(ROOM);
        if reader.read_buf(&mut heard).await? == 0 {
            return Ok(());
        }
        let used = session.hear(&heard, weather, &tally);
        heard.drain(..used);
    }
}

/// Replies are held back, and hold back nothing that comes after them. That is a thread's work: the runtime's timers are a
/// millisecond late, twice for each message.
fn long_way(stream: &TcpStream, tally: Arc<Mutex<Tally>>) -> std::io::Result<Sender<Replies>> {
    let mut stream = std::net::TcpStream::from(stream.as_fd().try_clone_to_owned()?);
    let (sender, replies) = channel::<Replies>();
    std::thread::spawn(move || {
        while let Ok(next) = replies.recv() {
            std::thread::sleep(next.due.saturating_duration_since(Instant::now()));
            // A few octets always find room; a client that is gone needs none.
            if stream.write_all(&next.octets).is_ok() {
                tally.lock().unwrap().add(next.messages);
            }
        }
    });
    Ok(sender)
}

/// What a connection is at.
#[derive(Default)]
struct Session {
    in_data: bool,
    /// What is to be said next, and how many messages that takes.
    said: Vec<u8>,
    messages: usize,
    is_over: bool,
}

impl Session {
    /// Takes in what is whole, and tells how much that was.
    fn hear(&mut self, heard: &[u8], weather: Weather, tally: &Mutex<Tally>) -> usize {
        let mut at = 0;
        loop {
            let rest = &heard[at..];
            if self.in_data {
                let end = memmem::find(rest, END);
                // The end may come in two parts.
                let taken = end.map_or(rest.len().saturating_sub(END.len() - 1), |end| end + END.len());
                tally.lock().unwrap().octets += taken as u64;
                at += taken;
                if end.is_none() {
                    return at;
                }
                self.in_data = false;
                self.messages += 1;
                self.said.extend(b"250 2.0.0 taken\r\n");
            } else {
                let Some(end) = memchr(b'\n', rest) else { return at };
                at += end + 1;
                self.command(&rest[..=end], weather, tally);
                if self.in_data {
                    // The dot of an empty message stands behind the end of this line.
                    at -= 2;
                }
            }
        }
    }

    fn command(&mut self, line: &[u8], weather: Weather, tally: &Mutex<Tally>) {
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let reply: &[u8] = match (verb.as_slice(), weather.pipelining) {
            (b"EHLO", true) => b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 104857600\r\n",
            (b"EHLO", false) => b"250-sink\r\n250-8BITMIME\r\n250 SIZE 104857600\r\n",
            (b"MAIL", _) => {
                let mut tally = tally.lock().unwrap();
                if tally.first_mail == 0 {
                    tally.first_mail = micros();
                }
                b"250 2.1.0 good\r\n"
            }
            (b"RCPT", _) => b"250 2.1.5 good\r\n",
            (b"HELO" | b"RSET" | b"NOOP", _) => b"250 2.0.0 good\r\n",
            (b"DATA", _) => {
                self.in_data = true;
                b"354 go on\r\n"
            }
            (b"QUIT", _) => {
                self.is_over = true;
                b"221 2.0.0 bye\r\n"
            }
            _ => b"500 5.5.2 what?\r\n",
        };
        self.said.extend(reply);
    }
}
