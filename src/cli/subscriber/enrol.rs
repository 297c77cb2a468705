//! `kalends subscriber import`: people from a table, with the consent they gave elsewhere or to be asked for it.

use std::collections::HashSet;

use super::{named, refusal, subscribe};
use crate::cli::exchange::{read, show_report};
use crate::cli::output::{Progress, note};
use crate::cli::{Context, Done, Failure};
use crate::domain::subscriber::{ConsentSource, NewSubscriber};
use crate::domain::wording;
use crate::intake::Report;
use crate::intake::subscribers::{self, Row};
use crate::mail::confirmation;
use crate::store::{RECORDED_AT_ONCE, Recorded, Request, SignUp};

pub async fn import(context: Context, file: &str) -> Done {
    let octets = read(file)?;
    let (rows, rejected) = subscribers::read(&octets).map_err(|error| Failure::failed(format!("{file}: {error}")))?;
    let mut progress = Progress::new(rows.len());
    let mut enrolment = Enrolment { report: Report { rejected, ..Report::default() }, ..Enrolment::default() };
    for (done, row) in rows.into_iter().enumerate() {
        enrolment.take(&context, row).await;
        progress.show(done);
    }
    enrolment.settle(&context).await;
    progress.clear();
    let Enrolment { mut report, asked, .. } = enrolment;
    report.rejected.sort_by_key(|rejected| rejected.line);
    if asked > 0 {
        note(&format!("{} queued.", wording::count(asked, "confirmation mail is", "confirmation mails are")));
    }
    show_report(&context, &report, false)
}

/// So many are asked in one transaction, each by a mail of their own.
const ASKED_AT_ONCE: usize = 200;
const ORIGIN: &str = "by the import of a table";

/// Rows are taken many at a time, and nobody twice at a time: the second time depends on the first.
#[derive(Default)]
struct Enrolment {
    report: Report,
    asked: usize,
    recorded: Vec<(u64, Recorded)>,
    to_ask: Vec<(u64, NewSubscriber)>,
    /// Whose rows those are.
    waiting: HashSet<String>,
}

impl Enrolment {
    async fn take(&mut self, context: &Context, Row { line, wish, source }: Row) {
        let wish = match named(context, wish) {
            Ok(wish) => wish,
            Err(failure) => return self.report.reject(line, failure.to_string()),
        };
        if !self.waiting.insert(wish.email.key()) {
            self.settle(context).await;
            self.waiting.insert(wish.email.key());
        }
        match source {
            ConsentSource::Recorded { at, note } => self.recorded.push((line, Recorded { wish, at, note })),
            ConsentSource::AskOnce | ConsentSource::AskByMail => self.to_ask.push((line, wish)),
        }
        if self.recorded.len() == RECORDED_AT_ONCE || self.to_ask.len() == ASKED_AT_ONCE {
            self.settle(context).await;
        }
    }

    /// Takes what has gathered; where that fails, one by one, to learn which row it is.
    async fn settle(&mut self, context: &Context) {
        self.waiting.clear();
        let (lines, recorded): (Vec<_>, Vec<_>) = std::mem::take(&mut self.recorded).into_iter().unzip();
        let answers = match context.store.record_consents(&recorded).await {
            Ok(answers) => answers.into_iter().map(Ok).collect(),
            Err(_) => {
                let mut answers = Vec::new();
                for Recorded { wish, at, note } in &recorded {
                    answers.push(context.store.record_consent(wish, *at, note).await.map_err(Failure::from));
                }
                answers
            }
        };
        for ((line, recorded), answer) in lines.into_iter().zip(&recorded).zip(answers) {
            self.count(line, &recorded.wish, answer);
        }
        let (lines, wishes): (Vec<_>, Vec<_>) = std::mem::take(&mut self.to_ask).into_iter().unzip();
        let answers = match ask_all(context, &wishes).await {
            Ok(answers) => answers.into_iter().map(Ok).collect(),
            Err(_) => {
                let mut answers = Vec::new();
                for wish in &wishes {
                    answers.push(subscribe(context, wish, &ConsentSource::AskOnce, ORIGIN).await);
                }
                answers
            }
        };
        for ((line, wish), answer) in lines.into_iter().zip(&wishes).zip(answers) {
            self.count(line, wish, answer);
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

async fn ask_all(context: &Context, wishes: &[NewSubscriber]) -> Result<Vec<Request>, Failure> {
    if wishes.is_empty() {
        return Ok(Vec::new());
    }
    let key = context.store.token_key().await?;
    let mail_domain = context.config.mail.from.address.domain();
    let sign_ups = wishes.iter().map(|wish| {
        let letter = confirmation::writer(&context.config, &key, &context.store, wish);
        (SignUp { wish, origin: ORIGIN, network: None, only_once: true, mail_domain }, letter)
    });
    Ok(context.store.ask_for_consents(sign_ups).await?)
}
