//! `kalends subscriber import`: people from a table, with the consent they gave elsewhere or to be asked for it.

use crate::cli::exchange::{read, show_report};
use crate::cli::output::note;
use crate::cli::stop::stopped;
use crate::cli::{BY, Context, Done, Failure};
use crate::domain::wording;
use crate::office;

pub async fn import(context: Context, file: &str, dry_run: bool) -> Done {
    let office = if dry_run { context.office.rehearsal() } else { context.office.clone() };
    let octets = read(file)?;
    let work = async {
        let (rows, unread) = office.read_people(octets).await.map_err(|error| match error {
            // What is wrong is in the file, not in what was typed.
            office::Error::Refused(refused) => Failure::in_file(&format!("{file}: "), refused),
            other => other.into(),
        })?;
        let count = rows.len();
        let enrolled = office.import_subscribers(BY, rows, dry_run).await?;
        Ok::<_, Failure>((enrolled, unread, count))
    };
    let (enrolled, unread, count) = context.long("nobody was taken in", work).await?;
    if enrolled.asked > 0 && !dry_run {
        let asked = wording::count(enrolled.asked, "confirmation mail is", "confirmation mails are");
        note(&format!("{asked} queued."));
    }
    let taken = enrolled.taken();
    let report = enrolled.report(unread, |error| Failure::from(error).to_string());
    let shown = show_report(&context, &report, dry_run);
    if taken < count {
        let tried = if dry_run { "tried" } else { "taken in; the same file again takes in the rest" };
        return Err(stopped(format!("{taken} of {count} rows were {tried}")));
    }
    shown
}
