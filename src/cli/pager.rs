//! Long output, a screen at a time.

use std::env;
use std::io::{ErrorKind, Write};
use std::process::{Command, Stdio};

use super::Failure;
use super::width::size;

/// Whether it is longer than the terminal that it goes to.
pub fn is_wanted(text: &str) -> bool {
    size().is_some_and(|(_, rows)| text.lines().count() >= rows)
}

/// Through $PAGER, or else `less`, which stays open only if all of it does not fit. Whether there is one.
pub fn show(text: &str) -> Result<bool, Failure> {
    let pager = env::var("PAGER").ok().filter(|pager| !pager.trim().is_empty());
    let words = pager.as_deref().unwrap_or("less");
    if words == "cat" || env::var("TERM").is_ok_and(|term| term == "dumb") {
        return Ok(false);
    }
    let mut words = words.split_whitespace();
    let mut command = Command::new(words.next().unwrap_or("less"));
    command.args(words).stdin(Stdio::piped());
    // Quit if it fits, styles as they are, no screen of its own: what was read stays.
    if env::var_os("LESS").is_none() {
        command.env("LESS", "FRX");
    }
    let Ok(mut pager) = command.spawn() else { return Ok(false) };
    if let Some(mut input) = pager.stdin.take()
        && let Err(error) = input.write_all(text.as_bytes())
        && error.kind() != ErrorKind::BrokenPipe
    {
        return Err(error.into());
    }
    pager.wait()?;
    Ok(true)
}
