//! What a person at the terminal is asked. Questions are plain lines: a narrow terminal breaks them, and a screen reader reads
//! them.

use std::io::{self, IsTerminal, Write};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

use super::Failure;
use super::stop::{AtSignal, at_signal};
use super::width::{error_width, folded};

/// Asks before something is lost: on a terminal the person, elsewhere `--yes` must say it.
pub fn confirm(question: &str, yes: bool) -> Result<(), Failure> {
    if yes {
        return Ok(());
    }
    if !may_ask() {
        return Err(Failure::Usage(format!("{question} Say --yes to do it without being asked.")));
    }
    ask(question)
}

/// Whether somebody is there to answer.
pub fn may_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks the person at the terminal; what is not answered with yes is not done.
pub fn ask(question: &str) -> Result<(), Failure> {
    let answer = line(&format!("{question} [y/N] "), "nothing was done")?.unwrap_or_default();
    match is_yes(&answer) {
        true => Ok(()),
        false => Err(Failure::failed("not done")),
    }
}

pub fn is_yes(answer: &str) -> bool {
    matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
}

/// The line that is typed behind a prompt; none where the input ends (Ctrl-D). Ctrl-C ends the program, which says what was
/// done.
pub fn line(prompt: &str, stopped: &'static str) -> Result<Option<String>, Failure> {
    read(prompt, move || say_stopped(stopped))
}

/// The same, and what is typed is not shown.
pub fn secret(prompt: &str, stopped: &'static str) -> Result<Option<String>, Failure> {
    let shown = tcgetattr(io::stdin()).map_err(io::Error::from)?;
    let mut hidden = shown.clone();
    hidden.local_modes.remove(LocalModes::ECHO);
    hidden.local_modes.insert(LocalModes::ECHONL);
    set(&hidden);
    let back = shown.clone();
    let answer = read(prompt, move || {
        set(&back);
        say_stopped(stopped);
    });
    set(&shown);
    answer
}

fn set(modes: &Termios) {
    let _ = tcsetattr(io::stdin(), OptionalActions::Now, modes);
}

fn say_stopped(what: &str) {
    let _ = write!(io::stderr(), "\nstopped: {what}\n");
}

fn read(prompt: &str, at_stop: impl Fn() + Send + 'static) -> Result<Option<String>, Failure> {
    let _listening = at_signal(AtSignal::Leave(Box::new(at_stop)));
    let mut err = io::stderr();
    // What ends in a blank keeps it: there the answer begins.
    let folded = error_width().map_or_else(|| prompt.to_owned(), |width| folded(prompt.trim_end(), width) + " ");
    write!(err, "{folded}")?;
    err.flush()?;
    let mut octets = Vec::new();
    // What is typed may be in no encoding at all.
    io::BufRead::read_until(&mut io::stdin().lock(), b'\n', &mut octets)?;
    if octets.is_empty() {
        writeln!(err)?;
        return Ok(None);
    }
    Ok(Some(String::from_utf8_lossy(&octets).trim().to_owned()))
}
