//! What a shell asks at Tab, and the script by which it asks. Each answer is a process of its own that says nothing whatever is
//! wrong, and is soon over.

use std::path::PathBuf;
use std::process::ExitCode;

use clap_complete::env::{CompleteEnv, Shells};
use clap_complete::{Shell, generate};

use super::Done;
use super::help::command;
use super::output::print;

/// By which a shell's script asks for words. No name of an option of ours.
const VARIABLE: &str = "_KALENDS_COMPLETE";

/// Answers a shell that asks for words, if one does: nothing else is to be done then.
pub fn answer() -> Option<ExitCode> {
    let asked = CompleteEnv::with_factory(command).var(VARIABLE).bin("kalends");
    match asked.try_complete(std::env::args_os(), std::env::current_dir().ok().as_deref()) {
        Ok(false) => None,
        Ok(true) => Some(ExitCode::SUCCESS),
        // Whatever is said would stand in the middle of what somebody types.
        Err(_) => Some(ExitCode::FAILURE),
    }
}

/// Prints the script by which a shell asks.
pub fn script(shell: Shell) -> Done {
    let mut script = Vec::new();
    match (shell, Shells::builtins().completer(&shell.to_string())) {
        (Shell::Bash | Shell::Zsh | Shell::Fish, Some(asks)) => {
            asks.write_registration(VARIABLE, "kalends", "kalends", &program(), &mut script)?;
        }
        _ => generate(shell, &mut command(), "kalends", &mut script),
    }
    print(&String::from_utf8_lossy(&script))
}

/// As it was called: by its name, or by a path, which the shell may be asked for from elsewhere.
fn program() -> String {
    let called = PathBuf::from(std::env::args_os().next().unwrap_or_else(|| "kalends".into()));
    let called = match called.components().count() {
        0 | 1 => called,
        _ => std::path::absolute(&called).unwrap_or(called),
    };
    called.to_string_lossy().into_owned()
}
