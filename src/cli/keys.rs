//! Single keys of a terminal.

use std::collections::VecDeque;
use std::io::{self, IsTerminal, Write};

use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::Failure;

/// What somebody pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    Char(char),
    /// Ctrl-C
    Interrupt,
    /// Ctrl-D, or there is nobody any more.
    End,
    /// One that means nothing here.
    Other,
}

/// Reads keys as they are pressed, also ahead of what is shown, and notices when the terminal goes away.
pub struct Keys {
    hang_up: Signal,
    terminate: Signal,
    raw: Option<Raw>,
    /// Typed ahead.
    waiting: VecDeque<Key>,
}

impl Keys {
    pub fn new() -> Result<Self, Failure> {
        let (hang_up, terminate) = (signal(SignalKind::hangup())?, signal(SignalKind::terminate())?);
        Ok(Self { hang_up, terminate, raw: None, waiting: VecDeque::new() })
    }

    /// The next key; the end where the process is to end.
    pub async fn next(&mut self) -> Key {
        if let Some(key) = self.waiting.pop_front() {
            return key;
        }
        self.watch();
        tokio::select! {
            _ = self.hang_up.recv() => return Key::End,
            _ = self.terminate.recv() => return Key::End,
            keys = tokio::task::spawn_blocking(read_keys) => {
                self.waiting.extend(keys.ok().and_then(Result::ok).unwrap_or_default());
            }
        }
        self.waiting.pop_front().unwrap_or(Key::End)
    }

    /// From now on what is typed is a key, and is not shown; also what is typed ahead.
    pub fn watch(&mut self) {
        if self.raw.is_none() {
            self.raw = Raw::begin().ok();
        }
    }

    /// The terminal as it was, for lines that are typed and for other programs, until the next key is wanted.
    pub fn rest(&mut self) {
        self.raw = None;
    }
}

/// Whether keys can be read, and what they do be seen.
pub fn are_there() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// A terminal that hands over each key at once and shows none; as it was again when this goes.
struct Raw(Termios);

impl Raw {
    fn begin() -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut raw = before.clone();
        raw.make_raw();
        // What is printed meanwhile still begins its lines at the margin.
        raw.output_modes = before.output_modes;
        tcsetattr(io::stdin(), OptionalActions::Now, &raw)?;
        Ok(Self(before))
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
    }
}

/// What is there, or else the next that comes; nothing at the end.
fn read_keys() -> io::Result<Vec<Key>> {
    io::stdout().flush()?;
    let mut octets = [0; 64];
    let length = rustix::io::read(io::stdin(), &mut octets)?;
    Ok(told(&octets[..length]))
}

/// The keys of what a terminal sends. One that makes several octets, such as an arrow, sends them at once.
fn told(octets: &[u8]) -> Vec<Key> {
    let text = String::from_utf8_lossy(octets);
    let mut letters = text.chars().peekable();
    let mut keys = Vec::new();
    while let Some(letter) = letters.next() {
        keys.push(match letter {
            '\x03' => Key::Interrupt,
            '\x04' => Key::End,
            '\x1b' => {
                // `ESC [ A`, `ESC O P`, `ESC [ 1 ; 5 C`
                while letters.next_if(|next| matches!(next, '[' | 'O' | '0'..='9' | ';')).is_some() {}
                letters.next();
                Key::Other
            }
            letter if letter.is_control() => Key::Other,
            letter => Key::Char(letter),
        });
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_at_once_is_several_keys_and_an_arrow_is_one() {
        let keys = [Key::Char('p'), Key::Other, Key::Char('d'), Key::Other, Key::Char('中'), Key::Interrupt, Key::End];
        assert_eq!(told("p\x1b[Ad\r中\x03\x04".as_bytes()), keys);
        assert_eq!(told(b""), []);
        assert_eq!(told(b"\x1b"), [Key::Other]);
    }
}
