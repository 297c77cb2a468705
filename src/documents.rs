//! Texts that somebody gives to be read, in whatever a program keeps them, and pictures.

use crate::confined::{self, NoAnswer};
use crate::domain::Invalid;
use crate::domain::picture::{Picture, PictureFormat};
use crate::domain::text::multi_line;
use crate::intake::document::{self, Answer};
use crate::intake::extract::{self, Document, Form};
use crate::intake::picture;
use crate::intake::workbook::{self, Workbook};

/// The command that reads one document from standard input, and answers with its text.
pub const READ_DOCUMENT: &str = "read-document";

/// The command that reads one workbook from standard input, and answers with its lines.
pub const READ_WORKBOOK: &str = "read-workbook";

/// The command that reads one picture from standard input, and answers with what is kept of it.
pub const READ_PICTURE: &str = "read-picture";

/// Longer answers are no answers, in octets.
const LONGEST_TEXT: u64 = 32 * 1024 * 1024;

/// Why there is no text, or no picture.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It has none for us.
    #[error(transparent)]
    Unread(#[from] Invalid),
    /// Something of ours did not do its part.
    #[error("{0}")]
    Failed(String),
}

fn unread(error: &dyn std::fmt::Display) -> Error {
    Error::Unread(Invalid::new(error.to_string()))
}

/// Reads a file: a document, in a process of its own; a mail as it was sent; or a text.
pub async fn read(octets: &[u8]) -> Result<Document, Error> {
    if !document::is_document(octets) {
        return Ok(extract::document(octets)?);
    }
    if let Some(refusal) = document::refusal(octets) {
        return Err(unread(&refusal));
    }
    let answer = confined::ask(READ_DOCUMENT, octets, LONGEST_TEXT).await.map_err(|error| match error {
        NoAnswer::NotStarted(_) => Error::Failed(format!("this document can't be read: {error}")),
        NoAnswer::Late | NoAnswer::Ended => {
            unread(&format!("this document can't be read: {error}; save it as plain text or HTML"))
        }
    })?;
    match serde_json::from_slice(&answer) {
        Ok(Answer::Text(text)) => {
            let form = if text.is_html { Form::Html } else { Form::Plain };
            Ok(Document { text: multi_line(&text.text), form: Some(form), written: text.written })
        }
        Ok(Answer::Unread(refusal)) => Err(unread(&refusal)),
        Err(error) => Err(Error::Failed(format!("this document can't be read: {error}"))),
    }
}

/// Reads a workbook, in a process of its own.
pub async fn workbook(octets: &[u8]) -> Result<Workbook, Error> {
    if let Some(refusal) = workbook::refusal(octets) {
        return Err(unread(&refusal));
    }
    let answer = confined::ask(READ_WORKBOOK, octets, workbook::LONGEST_ANSWER).await.map_err(|error| match error {
        NoAnswer::NotStarted(_) => Error::Failed(format!("this workbook can't be read: {error}")),
        NoAnswer::Late | NoAnswer::Ended => {
            unread(&format!("this workbook can't be read: {error}; save the sheet as CSV UTF-8"))
        }
    })?;
    Workbook::of_answer(&answer).map_err(|refusal| unread(&refusal))
}

/// What is kept of a picture, made in a process of its own. Why there is none is a sentence that goes on from its name.
pub async fn picture(octets: &[u8], said: Option<PictureFormat>) -> Result<Picture, Error> {
    if let Some(unfit) = picture::refusal(octets, said) {
        return Err(unread(&unfit));
    }
    let failed = |error: &dyn std::fmt::Display| Error::Failed(format!("this picture can't be read: {error}"));
    let answer = match confined::ask(READ_PICTURE, octets, picture::LONGEST_ANSWER).await {
        Ok(answer) => answer,
        Err(error @ NoAnswer::NotStarted(_)) => return Err(failed(&error)),
        Err(error @ (NoAnswer::Late | NoAnswer::Ended)) => {
            return Err(unread(&format!("can't be read: {error}; open it and save it anew")));
        }
    };
    let read = picture::of_answer(&answer).ok_or_else(|| failed(&"what reads it answered something else"))?;
    read.map_err(|unfit| unread(&unfit))
}
