//! Work of a while: how far it is is told on a terminal once it has taken a second, and Ctrl-C stops it in order.

use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle, TermLike};

use super::output::{Output, time};
use super::screen::width;
use super::stop::{AtSignal, at_signal, stopped};
use super::{Context, Failure};
use crate::domain::text;
use crate::progress::{Progress, Stage, Unit};

/// Quicker work shows nothing, or the line would flicker.
const QUIET: Duration = Duration::from_secs(1);
/// How often the line changes.
const EVERY: Duration = Duration::from_millis(100);
/// As much is told of what is being done.
const DOING_CHARS: usize = 40;

impl Context {
    /// Does work of the office; `undone` is what there is to say if it is stopped, such as `nothing was taken in`.
    pub async fn long<T, E>(&self, undone: &str, work: impl Future<Output = Result<T, E>>) -> Result<T, Failure>
    where
        Failure: From<E>,
    {
        long(self.office.store.progress(), &self.out, undone, work).await
    }
}

pub async fn long<T, E>(
    progress: &Progress,
    out: &Output,
    undone: &str,
    work: impl Future<Output = Result<T, E>>,
) -> Result<T, Failure>
where
    Failure: From<E>,
{
    let _listening = at_signal(AtSignal::Stop(progress.clone()));
    let line = Line::begin(progress, out);
    let done = progress.unless_stopped(work).await;
    drop(line);
    match done {
        Ok(done) => Ok(done?),
        Err(_) => Err(stopped(undone)),
    }
}

/// The line on standard error, drawn by a thread of its own, since the work may keep all others.
struct Line {
    end: Option<Sender<()>>,
    drawing: Option<JoinHandle<()>>,
}

impl Line {
    /// Nothing where standard error is no terminal, or one that can't go back in a line, and where a program reads.
    fn begin(progress: &Progress, out: &Output) -> Self {
        let is_dumb = std::env::var_os("TERM").is_none_or(|term| term.is_empty() || term == "dumb");
        if out.is_json() || is_dumb || !io::stderr().is_terminal() {
            return Self { end: None, drawing: None };
        }
        let (end, ends) = channel();
        let progress = progress.clone();
        let draw = move || {
            let is_over = |wait| ends.recv_timeout(wait) != Err(RecvTimeoutError::Timeout);
            if is_over(QUIET) {
                return;
            }
            let (mut number, mut bar) = (0, ProgressBar::hidden());
            loop {
                let stage = progress.stage();
                if stage.number != number {
                    bar.finish_and_clear();
                    (number, bar) = (stage.number, drawn(&stage));
                }
                bar.set_position(stage.done);
                bar.tick();
                if is_over(EVERY) {
                    break;
                }
            }
            bar.finish_and_clear();
        };
        Self { end: Some(end), drawing: Some(std::thread::spawn(draw)) }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(drawing) = self.drawing.take() {
            let _ = drawing.join();
        }
    }
}

/// What `100,000 of 100,000, 59 min to go` takes, and a word of how long it has taken, in columns.
const COUNTS: usize = 34;
const SINCE: usize = 16;
/// The last columns stay free: there the terminal shows a Ctrl-C, which else would break the line.
const FREE: usize = 4;
/// A longer bar tells no more, and a shorter one nothing.
const BAR: (usize, usize) = (6, 40);

/// The line for a part of the work.
fn drawn(stage: &Stage) -> ProgressBar {
    let room = width(io::stderr()).saturating_sub(FREE + if stage.total.is_some() { COUNTS } else { SINCE });
    let doing = text::clip(&text::single_line(&stage.doing), room.min(DOING_CHARS));
    let room = room.saturating_sub(doing.chars().count() + 2).min(BAR.1);
    let counts = match stage.unit {
        Unit::Things => "{human_pos} of {human_len}",
        Unit::Octets => "{decimal_bytes} of {decimal_total_bytes}",
    };
    let style = match stage.total {
        Some(_) if room < BAR.0 => ProgressStyle::with_template(&format!("{{msg}} {counts}{{left}}")),
        Some(_) => ProgressStyle::with_template(&format!("{{msg}} {{bar:{room}}} {counts}{{left}}")),
        None => ProgressStyle::with_template("{spinner} {msg}{since}"),
    };
    let style = style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("██░");
    let left = |state: &ProgressState, line: &mut dyn fmt::Write| {
        // What has just begun tells nothing of what is left.
        let (seconds, is_known) = (state.eta().as_secs_f64(), state.elapsed() >= QUIET && state.pos() > 0);
        let _ = if is_known && seconds >= 0.5 { write!(line, ", {} to go", time(seconds)) } else { Ok(()) };
    };
    let since = |state: &ProgressState, line: &mut dyn fmt::Write| {
        let seconds = state.elapsed().as_secs_f64();
        let _ = if seconds >= 1.0 { write!(line, ", for {}", time(seconds)) } else { Ok(()) };
    };
    let bar =
        ProgressBar::hidden().with_style(style.with_key("left", left).with_key("since", since)).with_message(doing);
    if let Some(total) = stage.total {
        bar.set_length(total);
    }
    bar.set_draw_target(ProgressDrawTarget::term_like(Box::new(Stderr)));
    bar
}

/// Standard error as a terminal whose last columns are not written to.
#[derive(Debug)]
struct Stderr;

impl TermLike for Stderr {
    fn width(&self) -> u16 {
        u16::try_from(width(io::stderr()).saturating_sub(FREE)).unwrap_or(u16::MAX)
    }

    fn move_cursor_up(&self, lines: usize) -> io::Result<()> {
        if lines == 0 { Ok(()) } else { write!(io::stderr(), "\x1b[{lines}A") }
    }

    fn move_cursor_down(&self, lines: usize) -> io::Result<()> {
        if lines == 0 { Ok(()) } else { write!(io::stderr(), "\x1b[{lines}B") }
    }

    fn move_cursor_right(&self, columns: usize) -> io::Result<()> {
        if columns == 0 { Ok(()) } else { write!(io::stderr(), "\x1b[{columns}C") }
    }

    fn move_cursor_left(&self, columns: usize) -> io::Result<()> {
        if columns == 0 { Ok(()) } else { write!(io::stderr(), "\x1b[{columns}D") }
    }

    fn write_line(&self, line: &str) -> io::Result<()> {
        writeln!(io::stderr(), "{line}")
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        write!(io::stderr(), "{text}")
    }

    fn clear_line(&self) -> io::Result<()> {
        write!(io::stderr(), "\r\x1b[2K")
    }

    fn flush(&self) -> io::Result<()> {
        io::stderr().flush()
    }
}
