//! Why a command did not do its work: the sentence for people, the exit code for shells, code and field for programs.

use std::io::ErrorKind;
use std::process::ExitCode;

use serde::Serialize;

use super::{output, width};
use crate::config::ConfigError;
use crate::domain::refused::{Code, Refused};
use crate::domain::{FieldError, Invalid, text};

/// Why a command did not do its work; what was typed wrongly exits with 2, what could not be done with 1, what a mail server
/// should try again with 75, what was stopped by Ctrl-C with 130.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// What was typed.
    #[error("{0}")]
    Usage(String),
    /// By the office, or by what a field may hold.
    #[error("{}", .0.said)]
    Refused(Box<Refusal>),
    #[error("{0:#}")]
    Failed(anyhow::Error),
    /// For a mail server, which keeps the message and tries again (EX_TEMPFAIL of sysexits).
    #[error("{0}")]
    TryLater(String),
    /// All was said already.
    #[error("")]
    Reported,
    /// Somebody stopped it, by Ctrl-C or another signal; what is done is said.
    #[error("stopped: {said}")]
    Stopped { said: String, signal: u8 },
}

/// What programs are told of a refusal beside its sentence.
#[derive(Debug)]
pub struct Refusal {
    pub code: Code,
    pub field: Option<&'static str>,
    pub said: String,
    pub exit_code: u8,
}

impl Failure {
    pub fn exit_code(&self) -> u8 {
        match self {
            Failure::Usage(_) => 2,
            Failure::Refused(refusal) => refusal.exit_code,
            Failure::Failed(_) | Failure::Reported => 1,
            Failure::TryLater(_) => 75,
            // As shells have it.
            Failure::Stopped { signal, .. } => 128 + signal,
        }
    }

    pub(super) fn failed(sentence: impl Into<String>) -> Self {
        Self::Failed(anyhow::Error::msg(sentence.into()))
    }

    pub(super) fn try_later(error: impl std::fmt::Display) -> Self {
        Self::TryLater(error.to_string())
    }

    /// What could not be done, by a reason that programs know.
    pub(super) fn coded(code: Code, said: impl Into<String>) -> Self {
        Self::Refused(Box::new(Refusal { code, field: None, said: said.into(), exit_code: 1 }))
    }

    /// What is wrong in a file, which was not typed: its place stands before the sentence.
    pub(super) fn in_file(place: &str, refused: Refused) -> Self {
        match Self::from(refused) {
            Self::Refused(refusal) => {
                let said = format!("{place}{}", refusal.said);
                Self::Refused(Box::new(Refusal { said, exit_code: 1, ..*refusal }))
            }
            other => other,
        }
    }

    /// A file that can't be read; `name` is what it is called.
    pub(super) fn unread(name: &str, error: &std::io::Error) -> Self {
        let said = format!("can't read {name}: {error}");
        match error.kind() {
            ErrorKind::NotFound => Self::coded(Code::NotFound, said),
            ErrorKind::PermissionDenied => Self::coded(Code::Forbidden, said),
            _ => Self::failed(said),
        }
    }

    fn problem(&self) -> ProblemRecord<'_> {
        let detail = text::cleaned(&self.to_string()).into_owned();
        let (code, field) = match self {
            Self::Usage(_) => (Code::Invalid.as_str(), None),
            Self::Refused(refusal) => (refusal.code.as_str(), refusal.field),
            Self::Failed(error) => (code_of_cause(error), None),
            Self::TryLater(_) => (Code::Busy.as_str(), None),
            Self::Reported => (FAILED, None),
            Self::Stopped { .. } => ("stopped", None),
        };
        ProblemRecord { code, field, detail }
    }
}

/// The code of what went wrong by nobody's mistake that we know.
const FAILED: &str = "failed";

fn code_of_cause(error: &anyhow::Error) -> &'static str {
    match error.downcast_ref() {
        Some(ConfigError::Wrong(_)) => Code::Invalid.as_str(),
        _ => FAILED,
    }
}

/// A failure as programs see it, with the codes of the API; `failed` where none of them fits, `stopped` of what somebody
/// stopped.
#[derive(Serialize)]
struct ProblemRecord<'a> {
    code: &'a str,
    /// What is to blame: a field of the thing, or an option.
    field: Option<&'a str>,
    /// The sentence.
    detail: String,
}

impl From<Refused> for Refusal {
    fn from(Refused { code, field, said, .. }: Refused) -> Self {
        let exit_code = match code {
            Code::Invalid => 2,
            Code::Busy => 75,
            Code::NotFound | Code::Conflict | Code::Forbidden | Code::Limited => 1,
        };
        Self { code, field, said, exit_code }
    }
}

impl From<Invalid> for Failure {
    fn from(error: Invalid) -> Self {
        Self::Usage(error.0)
    }
}

impl From<FieldError> for Failure {
    fn from(error: FieldError) -> Self {
        Refused::from(error).into()
    }
}

/// Says what went wrong, if anything did, and what a shell is told.
pub fn end(done: Result<(), Failure>, is_json: bool) -> ExitCode {
    let Err(failure) = done else { return ExitCode::SUCCESS };
    let problem = failure.problem();
    if !problem.detail.is_empty() {
        // Of what somebody stopped nothing is wrong.
        let prefix = if matches!(failure, Failure::Stopped { .. }) { "" } else { "error: " };
        let said = format!("{prefix}{}", problem.detail);
        eprintln!("{}", width::error_width().map_or(said.clone(), |columns| width::folded(&said, columns)));
        tell(is_json, problem.code, problem.field, &problem.detail);
    }
    ExitCode::from(failure.exit_code())
}

/// One document on standard output, unless there is one.
pub(super) fn tell(is_json: bool, code: &str, field: Option<&str>, detail: &str) {
    if is_json && !output::has_printed() {
        let _ = output::document(&ProblemRecord { code, field, detail: detail.to_owned() });
    }
}
