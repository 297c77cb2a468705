//! `kalends subscriber import`: people from a table, with the consent they gave elsewhere or to be asked for it.

use super::{named, refusal, subscribe};
use crate::cli::exchange::{read, show_report};
use crate::cli::output::{Progress, note};
use crate::cli::{Context, Done, Failure};
use crate::domain::subscriber::{ConsentSource, NewSubscriber};
use crate::domain::wording;
use crate::intake::Report;
use crate::intake::subscribers::{self, Row};
use crate::store::{RECORDED_AT_ONCE, Recorded, Request};

pub async fn import(context: Context, file: &str) -> Done {
    let octets = read(file)?;
    let (rows, rejected) = subscribers::read(&octets).map_err(|error| Failure::failed(format!("{file}: {error}")))?;
    let mut progress = Progress::new(rows.len());
    let mut enrolment = Enrolment { report: Report { rejected, ..Report::default() }, ..Enrolment::default() };
    for (done, row) in rows.into_iter().enumerate() {
        enrolment.take(&context, row).await;
        progress.show(done);
    }
    enrolment.record(&context).await;
    progress.clear();
    let Enrolment { mut report, asked, .. } = enrolment;
    report.rejected.sort_by_key(|rejected| rejected.line);
    if asked > 0 {
        note(&format!("{} queued.", wording::count(asked, "confirmation mail is", "confirmation mails are")));
    }
    show_report(&context, &report, false)
}

#[derive(Default)]
struct Enrolment {
    report: Report,
    asked: usize,
    /// Taken together, and the lines they stand in.
    recorded: Vec<Recorded>,
    lines: Vec<u64>,
}

impl Enrolment {
    async fn take(&mut self, context: &Context, Row { line, wish, source }: Row) {
        let wish = match named(context, wish) {
            Ok(wish) => wish,
            Err(failure) => return self.report.reject(line, failure.to_string()),
        };
        if let ConsentSource::Recorded { at, note } = source {
            self.recorded.push(Recorded { wish, at, note });
            self.lines.push(line);
            if self.recorded.len() == RECORDED_AT_ONCE {
                self.record(context).await;
            }
            return;
        }
        // What the table said of the same person before comes first.
        let key = wish.email.key();
        if self.recorded.iter().any(|recorded| recorded.wish.email.key() == key) {
            self.record(context).await;
        }
        let answer = subscribe(context, &wish, &source, "by the import of a table").await;
        self.count(line, &wish, answer);
    }

    /// Takes what has gathered.
    async fn record(&mut self, context: &Context) {
        let (recorded, lines) = (std::mem::take(&mut self.recorded), std::mem::take(&mut self.lines));
        match context.store.record_consents(&recorded).await {
            Ok(answers) => {
                for ((line, recorded), answer) in lines.into_iter().zip(&recorded).zip(answers) {
                    self.count(line, &recorded.wish, Ok(answer));
                }
            }
            // One by one, to learn which it is.
            Err(_) => {
                for (line, Recorded { wish, at, note }) in lines.into_iter().zip(&recorded) {
                    let answer = context.store.record_consent(wish, *at, note).await;
                    self.count(line, wish, answer.map_err(Failure::from));
                }
            }
        }
    }

    fn count(&mut self, line: u64, wish: &NewSubscriber, answer: Result<Request, Failure>) {
        match answer {
            Ok(Request::New) => self.report.added += 1,
            Ok(Request::Changed) => self.report.updated += 1,
            Ok(Request::Unchanged) => self.report.unchanged += 1,
            Ok(Request::Asked) => {
                self.asked += 1;
                self.report.added += 1;
            }
            Ok(refused @ (Request::Limited(_) | Request::Suppressed | Request::Forgotten(_))) => {
                self.report.reject(line, format!("{} {}", wish.email, refusal(refused)));
            }
            Err(failure) => self.report.reject(line, failure.to_string()),
        }
    }
}
