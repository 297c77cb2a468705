//! Something that is told anew again and again: in place on a terminal, elsewhere block by block.

use std::io::{self, ErrorKind, IsTerminal, Write};
use std::os::fd::AsFd;

use rustix::termios::tcgetwinsize;
use tokio::signal::unix::{SignalKind, signal};

use super::Failure;
use super::output::mark_printed;

/// Another page of the terminal, without a cursor, where long lines are cut and not broken: then all stays in its place.
const BEGIN: &str = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J";
const END: &str = "\x1b[?7h\x1b[?25h\x1b[?1049l";

pub struct Screen {
    is_terminal: bool,
    /// Whether blocks are lines, and need nothing between them.
    in_lines: bool,
    has_shown: bool,
}

impl Screen {
    pub fn begin(in_lines: bool) -> Result<Self, Failure> {
        let is_terminal = io::stdout().is_terminal() && !in_lines;
        let screen = Self { is_terminal, in_lines, has_shown: false };
        if is_terminal {
            write(BEGIN)?;
        }
        Ok(screen)
    }

    /// Whether it is shown on a page of its own, which goes at the end.
    pub fn is_page(&self) -> bool {
        self.is_terminal
    }

    /// Whether somebody still reads.
    pub fn show(&mut self, block: &str) -> Result<bool, Failure> {
        if self.is_terminal {
            // A terminal that does not know its size says 0.
            let rows = tcgetwinsize(io::stdout()).ok().map(|size| usize::from(size.ws_row)).filter(|rows| *rows > 0);
            return write(&frame(block, rows.unwrap_or(usize::MAX)));
        }
        let between = if self.has_shown && !self.in_lines { "\n" } else { "" };
        self.has_shown = true;
        write(&format!("{between}{block}"))
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        if self.is_terminal {
            let _ = write(END);
        }
    }
}

/// Line over line, each wiped out behind its end and all below the last: nothing is empty between two frames.
fn frame(block: &str, rows: usize) -> String {
    let lines: Vec<&str> = block.lines().collect();
    let shown = lines.len().min(rows);
    let mut frame = String::from("\x1b[H");
    for (at, line) in lines[..shown].iter().enumerate() {
        let is_cut = at + 1 == shown && shown < lines.len();
        frame += if is_cut { "…" } else { line };
        frame += "\x1b[K";
        if at + 1 < shown {
            frame += "\r\n";
        }
    }
    frame + "\x1b[J"
}

fn write(text: &str) -> Result<bool, Failure> {
    mark_printed();
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(Failure::failed(format!("can't write to standard output: {error}"))),
    }
}

/// In columns: longer lines are hard to read.
const WIDEST: usize = 80;

/// How wide text for people is to be on this terminal; as on one of 80 columns where there is none.
pub fn width(terminal: impl AsFd) -> usize {
    // One that does not know its size says 0.
    let columns = tcgetwinsize(terminal).ok().map(|size| usize::from(size.ws_col)).filter(|columns| *columns > 0);
    columns.map_or(WIDEST, |columns| columns.min(WIDEST))
}

/// Comes when somebody wants it to end, by Ctrl-C or otherwise.
pub fn stop_wish() -> Result<impl Future<Output = ()>, Failure> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hangup = signal(SignalKind::hangup())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_takes_the_place_of_the_last_and_fits_the_terminal() {
        assert_eq!(frame("a\nb\n", 24), "\x1b[Ha\x1b[K\r\nb\x1b[K\x1b[J");
        assert_eq!(frame("a\nb\nc\n", 2), "\x1b[Ha\x1b[K\r\n…\x1b[K\x1b[J");
        assert_eq!(frame("", 24), "\x1b[H\x1b[J");
    }
}
