//! People from a table, with the consent they gave elsewhere or to be asked for it.

use std::collections::{HashMap, HashSet};

use super::{Error, Office, Result};
use crate::domain::act::Deed;
use crate::domain::actor::Actor;
use crate::domain::edition::Rendered;
use crate::domain::refused::Noun;
use crate::domain::subscriber::{ConsentSource, NewSubscriber, consented};
use crate::intake::subscribers::ToldPerson;
use crate::intake::{Rejected, Report};
use crate::store::{RECORDED_AT_ONCE, Recorded, SignUp, WishOutcome};

/// What became of a table of people.
#[derive(Debug, Default)]
pub struct Enrolled {
    pub added: usize,
    pub updated: usize,
    pub unchanged: usize,
    /// How many of those are asked by mail.
    pub asked: usize,
    /// The line of each that was not taken, and why.
    pub rejected: Vec<(u64, Error)>,
}

impl Enrolled {
    /// What became of a whole table, of which these rows could not be read; `told` says why one was not taken.
    pub fn report(self, rejected: Vec<Rejected>, told: impl Fn(Error) -> String) -> Report {
        let Self { added, updated, unchanged, rejected: refused, .. } = self;
        let mut report = Report { added, updated, unchanged, rejected, ..Report::default() };
        for (line, error) in refused {
            report.reject(line, told(error));
        }
        report.rejected.sort_by_key(|rejected| rejected.line);
        report
    }
}

impl Office {
    /// Takes people from a table, each row by itself; `progress` is told how many were taken.
    pub async fn import_subscribers(
        &self,
        by: &Actor,
        rows: Vec<ToldPerson>,
        mut progress: impl FnMut(usize),
    ) -> Result<Enrolled> {
        let mut enrolment = Enrolment::default();
        for (done, row) in rows.into_iter().enumerate() {
            enrolment.take(self, row).await;
            progress(done);
        }
        enrolment.settle(self).await;
        let enrolled = enrolment.enrolled;
        if enrolled.added + enrolled.updated > 0 {
            let detail = format!("{} added, {} updated", enrolled.added, enrolled.updated);
            self.store.note_act(by, Deed::Imported, (Noun::Subscriber, ""), &detail).await?;
        }
        Ok(enrolled)
    }
}

/// So many are asked in one transaction, each by a mail of their own.
const ASKED_AT_ONCE: usize = 200;
const IMPORT: &str = "by the import of a table";

/// Rows are taken many at a time, and nobody twice at a time: the second time depends on the first.
#[derive(Default)]
struct Enrolment {
    enrolled: Enrolled,
    recorded: Vec<(u64, Recorded)>,
    to_ask: Vec<(u64, NewSubscriber)>,
    /// Whose rows those are.
    waiting: HashSet<String>,
    /// The mails that ask, by what makes them differ.
    letters: HashMap<(Option<String>, Vec<String>), Rendered>,
}

impl Enrolment {
    async fn take(&mut self, office: &Office, ToldPerson { line, wish, source }: ToldPerson) {
        let wish = match office.expect_digests(&wish.digests).and_then(|()| office.with_digests(wish)) {
            Ok(wish) => wish,
            Err(error) => return self.enrolled.rejected.push((line, error)),
        };
        if !self.waiting.insert(wish.email.key()) {
            self.settle(office).await;
            self.waiting.insert(wish.email.key());
        }
        match source {
            ConsentSource::Recorded { at, note } => match consented(at, office.now()) {
                Ok(at) => self.recorded.push((line, Recorded { wish, at, note })),
                Err(error) => self.enrolled.rejected.push((line, error.into())),
            },
            ConsentSource::AskOnce | ConsentSource::AskByMail => self.to_ask.push((line, wish)),
        }
        if self.recorded.len() == RECORDED_AT_ONCE || self.to_ask.len() == ASKED_AT_ONCE {
            self.settle(office).await;
        }
    }

    /// Takes what has gathered; where that fails, one by one, to learn which row it is.
    async fn settle(&mut self, office: &Office) {
        self.waiting.clear();
        let (lines, recorded): (Vec<_>, Vec<_>) = std::mem::take(&mut self.recorded).into_iter().unzip();
        let answers = match office.store.record_consents(&recorded).await {
            Ok(answers) => answers.into_iter().map(Ok).collect(),
            Err(_) => {
                let mut answers = Vec::new();
                for one in &recorded {
                    let answer = office.store.record_consents(std::slice::from_ref(one)).await;
                    answers.push(answer.map(|answers| answers.first().copied().unwrap_or(WishOutcome::Unchanged)));
                }
                answers
            }
        };
        for ((line, recorded), answer) in lines.into_iter().zip(&recorded).zip(answers) {
            self.count(line, &recorded.wish, answer.map_err(Error::from));
        }
        let (lines, wishes): (Vec<_>, Vec<_>) = std::mem::take(&mut self.to_ask).into_iter().unzip();
        let answers = match self.ask_all(office, &wishes).await {
            Ok(answers) => answers.into_iter().map(Ok).collect(),
            Err(_) => {
                let mut answers = Vec::new();
                for wish in wishes.chunks(1) {
                    let answer = self.ask_all(office, wish).await;
                    answers.push(answer.map(|answers| answers.first().copied().unwrap_or(WishOutcome::Unchanged)));
                }
                answers
            }
        };
        for ((line, wish), answer) in lines.into_iter().zip(&wishes).zip(answers) {
            self.count(line, wish, answer);
        }
    }

    async fn ask_all(&mut self, office: &Office, wishes: &[NewSubscriber]) -> Result<Vec<WishOutcome>> {
        if wishes.is_empty() {
            return Ok(Vec::new());
        }
        let kind = |wish: &NewSubscriber| (wish.locale.clone(), wish.digests.clone());
        for wish in wishes {
            let letter = || office.confirmation(wish.locale.as_deref(), &wish.digests);
            self.letters.entry(kind(wish)).or_insert_with(letter);
        }
        let mail_domain = office.config.mail.from.address.domain();
        let mut sign_ups = Vec::with_capacity(wishes.len());
        for wish in wishes {
            if let Some(letter) = self.letters.get(&kind(wish)) {
                sign_ups.push(SignUp { wish, origin: IMPORT, network: None, only_once: true, letter, mail_domain });
            }
        }
        Ok(office.store.ask_for_consents(sign_ups).await?)
    }

    fn count(&mut self, line: u64, wish: &NewSubscriber, answer: Result<WishOutcome>) {
        let answer = answer.and_then(|answer| match answer.refusal(&wish.email) {
            Some(refused) => Err(refused.into()),
            None => Ok(answer),
        });
        match answer {
            Ok(WishOutcome::New) => self.enrolled.added += 1,
            Ok(WishOutcome::Changed) => self.enrolled.updated += 1,
            Ok(WishOutcome::Asked) => {
                self.enrolled.asked += 1;
                self.enrolled.added += 1;
            }
            Ok(_) => self.enrolled.unchanged += 1,
            Err(error) => self.enrolled.rejected.push((line, error)),
        }
    }
}
