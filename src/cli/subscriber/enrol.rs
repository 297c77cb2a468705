//! `kalends subscriber import`: people from a table, with the consent they gave elsewhere or to be asked for it.

use crate::cli::exchange::{read, show_report};
use crate::cli::output::{Progress, note};
use crate::cli::{BY, Context, Done, Failure};
use crate::domain::wording;
use crate::intake::{Report, subscribers};
use crate::office::Enrolled;

pub async fn import(context: Context, file: &str) -> Done {
    let octets = read(file)?;
    let (rows, rejected) = subscribers::read(&octets).map_err(|error| Failure::failed(format!("{file}: {error}")))?;
    let mut progress = Progress::new(rows.len());
    let enrolled = context.office.import_subscribers(BY, rows, |done| progress.show(done)).await;
    progress.clear();
    let Enrolled { added, updated, unchanged, asked, rejected: refused } = enrolled?;
    let mut report = Report { added, updated, unchanged, rejected, ..Report::default() };
    for (line, error) in refused {
        report.reject(line, Failure::from(error).to_string());
    }
    report.rejected.sort_by_key(|rejected| rejected.line);
    if asked > 0 {
        note(&format!("{} queued.", wording::count(asked, "confirmation mail is", "confirmation mails are")));
    }
    show_report(&context, &report, false)
}
