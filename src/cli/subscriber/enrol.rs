//! `kalends subscriber import`: people from a table, with the consent they gave elsewhere or to be asked for it.

use crate::cli::exchange::{read, show_report};
use crate::cli::output::{Progress, note};
use crate::cli::{BY, Context, Done, Failure};
use crate::domain::wording;
use crate::office;

pub async fn import(context: Context, file: &str, dry_run: bool) -> Done {
    let office = if dry_run { context.office.rehearsal() } else { context.office.clone() };
    let (rows, unread) = office.read_people(read(file)?).await.map_err(|error| match error {
        // What is wrong is in the file, not in what was typed.
        office::Error::Refused(refused) => Failure::failed(format!("{file}: {refused}")),
        other => other.into(),
    })?;
    let mut progress = Progress::new(rows.len());
    let enrolled = office.import_subscribers(BY, rows, dry_run, |done| progress.show(done)).await;
    progress.clear();
    let enrolled = enrolled?;
    if enrolled.asked > 0 && !dry_run {
        let asked = wording::count(enrolled.asked, "confirmation mail is", "confirmation mails are");
        note(&format!("{asked} queued."));
    }
    let report = enrolled.report(unread, |error| Failure::from(error).to_string());
    show_report(&context, &report, dry_run)
}
