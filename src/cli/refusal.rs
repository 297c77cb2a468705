//! What the terminal adds to a refusal: the exit code, and which command helps.

use super::failure::Refusal;
use super::{Failure, check};
use crate::domain::refused::{Code, Noun, Refused};
use crate::office::checks::Advice;
use crate::{office, store};

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        let said = match hint(&refused) {
            Some(hint) => format!("{refused}: {hint}"),
            None => refused.to_string(),
        };
        Self::Refused(Box::new(Refusal { said, ..Refusal::from(refused) }))
    }
}

impl From<office::Error> for Failure {
    fn from(error: office::Error) -> Self {
        match error {
            office::Error::Refused(refused) => refused.into(),
            office::Error::Store(error) => error.into(),
            office::Error::Failed(said) => Self::failed(said),
        }
    }
}

/// Why the database can't be used, and what to do.
pub(super) fn in_words(error: &store::Error) -> String {
    with_advice(error, Advice::of(error))
}

pub(super) fn with_advice(error: &store::Error, advice: Option<Advice>) -> String {
    match advice {
        Some(advice) => format!("{error}: {}", check::in_words(&advice)),
        None => error.to_string(),
    }
}

/// What to do about it, in words of this terminal.
fn hint(refused: &Refused) -> Option<String> {
    let what = refused.what.as_ref()?;
    let name = &what.name;
    let hint = match (refused.code, what.noun) {
        (Code::Conflict, Noun::Digest) if refused.field == Some("instead") => {
            "--instead sends it now all the same, in the place of the scheduled one".to_owned()
        }
        (Code::NotFound, Noun::Event) => "`kalends event list` shows the ids".to_owned(),
        (Code::NotFound, Noun::Article) => "`kalends article list` shows the ids".to_owned(),
        (Code::NotFound, Noun::Picture) => "`kalends article show ID` lists those of an article".to_owned(),
        (Code::NotFound, Noun::Digest) => "`kalends digest list` shows those configured".to_owned(),
        (Code::NotFound, Noun::Edition) => "`kalends digest status` shows the last of each digest".to_owned(),
        (Code::NotFound, Noun::Delivery) => "`kalends delivery list` shows them".to_owned(),
        (Code::NotFound, Noun::Subscriber) => "`kalends subscriber list` shows all".to_owned(),
        (Code::NotFound, Noun::Bounce) => "`kalends bounce list` shows all".to_owned(),
        (Code::NotFound, Noun::Webhook) => "`kalends webhook list` shows those configured".to_owned(),
        (Code::Conflict, Noun::Webhook) => format!("see `kalends webhook list {name}`, `kalends webhook test {name}`"),
        (Code::NotFound, Noun::Token) => "`kalends token list` shows those in force".to_owned(),
        (Code::NotFound, Noun::Source) => "`kalends source list` shows them".to_owned(),
        (Code::NotFound, Noun::Editor) => "`kalends editor list` shows all".to_owned(),
        (Code::Conflict, Noun::Key) => "name another file with --out, or see its record with --show".to_owned(),
        (Code::Conflict, Noun::Editor) => format!("`kalends editor remove {name}`"),
        // Nothing is sent there.
        (Code::Conflict, Noun::Subscriber) => format!("`kalends subscriber unsuppress {name}` lifts that"),
        (Code::Conflict, Noun::Article) if refused.field == Some("title") => {
            format!("change it with `kalends article edit {name} FILE`, or give another title")
        }
        _ => return None,
    };
    Some(hint)
}
