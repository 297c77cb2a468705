//! Work of a while: how far it is is told on a terminal once it has taken a second, and Ctrl-C stops it in order.

use std::io::{self, IsTerminal};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::output::{Output, time};
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
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            let mut shown = 0;
            loop {
                let stage = progress.stage();
                if stage.number != shown {
                    shown = stage.number;
                    enter(&bar, &stage);
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

fn enter(bar: &ProgressBar, stage: &Stage) {
    bar.reset();
    bar.set_message(text::clip(&text::single_line(&stage.doing), DOING_CHARS));
    match stage.total {
        Some(total) => bar.set_length(total),
        None => bar.unset_length(),
    }
    let counts = match stage.unit {
        Unit::Things => "{human_pos} of {human_len}",
        Unit::Octets => "{decimal_bytes} of {decimal_total_bytes}",
    };
    let style = match stage.total {
        Some(_) => ProgressStyle::with_template(&format!("{{msg}} {{wide_bar}} {counts}{{left}}")),
        None => ProgressStyle::with_template("{spinner} {msg}{since}"),
    };
    let style = style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("██░");
    let left = |state: &ProgressState, line: &mut dyn std::fmt::Write| {
        let seconds = state.eta().as_secs_f64();
        let _ = if seconds > 0.0 { write!(line, ", {} to go", time(seconds)) } else { Ok(()) };
    };
    let since = |state: &ProgressState, line: &mut dyn std::fmt::Write| {
        let seconds = state.elapsed().as_secs_f64();
        let _ = if seconds >= 1.0 { write!(line, ", for {}", time(seconds)) } else { Ok(()) };
    };
    bar.set_style(style.with_key("left", left).with_key("since", since));
}
