//! `kalends subscriber import`: people from a table, with the consent they gave elsewhere or to be asked for it.

use crate::cli::exchange::{read, show_report};
use crate::cli::output::{Progress, note};
use crate::cli::{BY, Context, Done, Failure};
use crate::domain::wording;
use crate::intake::subscribers;

pub async fn import(context: Context, file: &str) -> Done {
    let octets = read(file)?;
    let (rows, rejected) = subscribers::read(&octets).map_err(|error| Failure::failed(format!("{file}: {error}")))?;
    let mut progress = Progress::new(rows.len());
    let enrolled = context.office.import_subscribers(BY, rows, |done| progress.show(done)).await;
    progress.clear();
    let enrolled = enrolled?;
    if enrolled.asked > 0 {
        let asked = wording::count(enrolled.asked, "confirmation mail is", "confirmation mails are");
        note(&format!("{asked} queued."));
    }
    let report = enrolled.report(rejected, |error| Failure::from(error).to_string());
    show_report(&context, &report, false)
}
