//! Work on what strangers made, in a process of its own: this program again, with little memory, little time, and nothing
//! that it could write to. What libraries do with a broken document (panic, loop, ask for all memory) ends there.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, setrlimit};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;

/// Of addresses, so of the program itself too.
const MEMORY: u64 = 512 * 1024 * 1024;

/// Of the processor. The parent waits a little longer, for a machine that is busy.
const SECONDS: u64 = 15;
const PATIENCE: Duration = Duration::from_secs(30);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum NoAnswer {
    #[error("it takes longer than {} seconds to read", PATIENCE.as_secs())]
    Late,
    /// It panicked, or had no more memory or time.
    #[error("it is broken, or needs more memory or time than is good")]
    Ended,
    #[error("it can't be looked at: {0}")]
    NotStarted(#[from] io::Error),
}

/// Runs `kalends COMMAND` with the octets on its standard input, and gives what it answers, of which `longest` octets are
/// taken at most. Its environment is empty: it knows no password.
pub async fn ask(command: &str, octets: &[u8], longest: u64) -> Result<Vec<u8>, NoAnswer> {
    let mut child = Command::new(this_program()?)
        .arg(command)
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    let (mut to, from) = (child.stdin.take(), child.stdout.take());
    let talk = async {
        let tell = async {
            if let Some(mut to) = to.take() {
                // Who has heard enough closes the pipe.
                let _ = to.write_all(octets).await;
            }
        };
        let hear = async {
            let mut answer = Vec::new();
            match from {
                Some(from) => from.take(longest + 1).read_to_end(&mut answer).await.map(|_| answer),
                None => Ok(answer),
            }
        };
        let (answer, ()) = tokio::join!(hear, tell);
        let answer = answer?;
        if answer.len() as u64 > longest {
            return Err(NoAnswer::Ended);
        }
        match child.wait().await?.success() {
            true => Ok(answer),
            false => Err(NoAnswer::Ended),
        }
    };
    tokio::time::timeout(PATIENCE, talk).await.unwrap_or(Err(NoAnswer::Late))
}

/// Also when an upgrade has put another file in its place since.
fn this_program() -> io::Result<PathBuf> {
    let link = Path::new("/proc/self/exe");
    if link.exists() { Ok(link.to_owned()) } else { std::env::current_exe() }
}

/// Takes from this process, for good, what reading does not need. Before any thread is started: each wants addresses.
pub fn confine() -> io::Result<()> {
    let limits = [
        (Resource::As, MEMORY),
        (Resource::Cpu, SECONDS),
        // No file grows, no process is started, no picture of the memory is left behind.
        (Resource::Fsize, 0),
        (Resource::Nproc, 0),
        (Resource::Core, 0),
    ];
    for (resource, most) in limits {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?;
    }
    Ok(())
}
