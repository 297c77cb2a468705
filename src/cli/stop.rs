//! Ctrl-C, and the signals like it: work of a while is stopped in order, a question is left, and what was done is said.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, Once, PoisonError};

use tokio::signal::unix::{SignalKind, signal};

use super::Failure;
use crate::progress::Progress;

/// What a signal is to come to.
pub enum AtSignal {
    /// The work stops where it can; a second signal ends the program at once.
    Stop(Progress),
    /// The program ends, and this is said.
    Leave(Box<dyn Fn() + Send>),
}

static AT_SIGNAL: Mutex<Option<AtSignal>> = Mutex::new(None);
static LISTENS: Once = Once::new();
/// The last one that came.
static SIGNAL: AtomicU8 = AtomicU8::new(2);

/// Holds from [`at_signal`] on. Dropped, a signal ends the program as if nobody listened.
pub struct Listening(());

impl Drop for Listening {
    fn drop(&mut self) {
        *AT_SIGNAL.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

pub fn at_signal(wish: AtSignal) -> Listening {
    *AT_SIGNAL.lock().unwrap_or_else(PoisonError::into_inner) = Some(wish);
    LISTENS.call_once(listen);
    Listening(())
}

/// What is done and what is not, with the exit code of who was stopped by a signal: 130 for Ctrl-C.
pub fn stopped(said: impl Into<String>) -> Failure {
    Failure::Stopped { said: said.into(), signal: SIGNAL.load(Ordering::SeqCst) }
}

fn listen() {
    for kind in [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()] {
        // As nohup has it: it stays ignored.
        if is_ignored(kind) {
            continue;
        }
        let Ok(mut comes) = signal(kind) else { continue };
        tokio::spawn(async move {
            while comes.recv().await.is_some() {
                take(u8::try_from(kind.as_raw_value()).unwrap_or_default());
            }
        });
    }
}

fn take(number: u8) {
    SIGNAL.store(number, Ordering::SeqCst);
    let wish = AT_SIGNAL.lock().unwrap_or_else(PoisonError::into_inner);
    match &*wish {
        Some(AtSignal::Stop(progress)) if !progress.is_stopped() => return progress.stop(),
        Some(AtSignal::Leave(say)) => say(),
        // The line of what is shown is left to the shell.
        _ if io::stderr().is_terminal() => drop(writeln!(io::stderr())),
        _ => {}
    }
    std::process::exit(i32::from(128 + number));
}

/// Linux tells it of this process as a mask (proc_pid_status(5)).
fn is_ignored(kind: SignalKind) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default();
    mask >> (kind.as_raw_value() - 1) & 1 == 1
}
