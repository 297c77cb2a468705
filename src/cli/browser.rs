//! A page in the browser of whoever sits at the terminal.

use std::env;
use std::fs;
use std::process::{Command, Stdio};

use super::Failure;
use super::output::note;

/// Writes the page into a file of its own and opens it, by $BROWSER or as the desktop does. Where nothing opens it, it is
/// told where it lies.
pub fn open(name: &str, html: &str) -> Result<(), Failure> {
    let file = env::temp_dir().join(format!("kalends-{name}.html"));
    fs::write(&file, html).map_err(|error| Failure::failed(format!("can't write {}: {error}", file.display())))?;
    let own = env::var("BROWSER").ok().filter(|browser| !browser.trim().is_empty());
    let known = ["xdg-open", "open"].map(str::to_owned);
    let is_open = own.into_iter().chain(known).any(|browser| {
        let mut words = browser.split_whitespace();
        let mut command = Command::new(words.next().unwrap_or("xdg-open"));
        command.args(words).arg(&file).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    });
    match is_open {
        true => note(&format!("{} is open in a browser.", file.display())),
        false => note(&format!("No browser could be started (BROWSER names one): open {}", file.display())),
    }
    Ok(())
}
