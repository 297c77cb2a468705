//! `kalends digest correct`

use super::exchange;
use super::{BY, Context, Done, Failure};
use crate::domain::edition::EditionRef;
use crate::domain::text::without_logins;
use crate::domain::wording::count;
use crate::office;

pub async fn run(context: &Context, edition: &EditionRef, file: &str, is_mailed: bool) -> Done {
    let text = exchange::read(file)?;
    let corrected = context.office.correct_edition(BY, edition, &text, is_mailed).await;
    let record = corrected.map_err(|error| match error {
        // What stands in a file was not typed.
        office::Error::Refused(refused) if refused.field == Some("text") => {
            Failure::in_file(&format!("{}: ", without_logins(file)), refused)
        }
        error => error.into(),
    })?;
    context.out.show(&record, || {
        let name = format!("{}/{}", record.digest, record.number);
        match record.mailed {
            None => format!("{name} begins with the correction in the archive; --mail tells it to those who got it.\n"),
            Some(told) => {
                let mails = count(usize::try_from(told).unwrap_or(0), "mail", "mails");
                let tell = if told == 1 { "tells" } else { "tell" };
                format!(
                    "{name} begins with the correction in the archive, and {mails} {tell} it to those who got it.\n"
                )
            }
        }
    })
}
