//! People from a table, with the consent they gave elsewhere or to be asked for it.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use super::{Error, Office, Result};
use crate::documents;
use crate::domain::act::Deed;
use crate::domain::actor::Actor;
use crate::domain::edition::Rendered;
use crate::domain::event::Kind;
use crate::domain::import::Fate;
use crate::domain::refused::Noun;
use crate::domain::subscriber::{Consent, ConsentSource, Hour, NewSubscriber, Subscriber, Subscription, consented};
use crate::domain::zone::Zone;
use crate::intake::subscribers::{self, ToldPerson};
use crate::intake::{Rejected, Report, ReportRow, RowChange, workbook};
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
    /// What becomes of each row, where that is asked for.
    pub rows: Option<Vec<ReportRow>>,
}

impl Enrolled {
    /// How many rows it is said of what became of them.
    pub fn taken(&self) -> usize {
        self.added + self.updated + self.unchanged + self.rejected.len()
    }

    /// What became of a whole table, of which these rows could not be read; `told` says why one was not taken.
    pub fn report(self, unread: Unread, told: impl Fn(Error) -> String) -> Report {
        let Self { added, updated, unchanged, rejected: refused, rows, .. } = self;
        let Unread { rejected, notes } = unread;
        let mut report = Report { added, updated, unchanged, rejected, notes, ..Report::default() };
        if let Some(rows) = rows {
            report = report.with_rows(rows);
        }
        for (line, error) in refused {
            report.reject(line, told(error));
        }
        report.rejected.sort_by_key(|rejected| rejected.line);
        report
    }
}

/// What of a table of people was not read, or otherwise than it may be meant.
#[derive(Debug, Default)]
pub struct Unread {
    pub rejected: Vec<Rejected>,
    pub notes: Vec<Rejected>,
}

impl Office {
    /// Reads a table of people, a CSV or a workbook.
    pub async fn read_people(&self, octets: Vec<u8>) -> Result<(Vec<ToldPerson>, Unread)> {
        let people = match workbook::is_workbook(&octets) {
            true => subscribers::read_workbook(documents::workbook(&octets).await?)?,
            false => subscribers::read(&octets)?,
        };
        Ok((people.told, Unread { rejected: people.rejected, notes: people.notes }))
    }

    /// Takes people from a table, each row by itself. Whoever stops it keeps those that were taken, and the rest was not
    /// begun. With `tells_rows` it is told what becomes of each.
    pub async fn import_subscribers(&self, by: &Actor, rows: Vec<ToldPerson>, tells_rows: bool) -> Result<Enrolled> {
        let (progress, total) = (self.progress(), rows.len());
        let _settling = progress.settle();
        progress.begin_counted("taking people in", total);
        let mut enrolment = Enrolment::default();
        enrolment.enrolled.rows = tells_rows.then(Vec::new);
        for row in rows {
            if progress.is_stopped() {
                enrolment.forgo();
                break;
            }
            enrolment.take(self, row).await;
            progress.at(enrolment.enrolled.taken() as u64);
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
    /// What those rows change, where that is asked for.
    changes: HashMap<u64, Vec<RowChange>>,
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
        if self.enrolled.rows.is_some()
            && let ConsentSource::Recorded { at, .. } = &source
            && let Ok(known) = office.store.subscriber(&wish.email).await
        {
            self.changes.insert(line, changes(&wish, &known, *at));
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

    /// Leaves what has gathered.
    fn forgo(&mut self) {
        self.recorded.clear();
        self.to_ask.clear();
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
        let fate = match &answer {
            Ok(WishOutcome::New | WishOutcome::Asked) => Some(Fate::Added),
            Ok(WishOutcome::Changed) => Some(Fate::Updated),
            Ok(_) => Some(Fate::Unchanged),
            Err(_) => None,
        };
        let mut changes = self.changes.remove(&line).unwrap_or_default();
        if fate != Some(Fate::Updated) {
            changes.clear();
        }
        if let (Some(becomes), Some(rows)) = (fate, &mut self.enrolled.rows) {
            let asked = Some(matches!(answer, Ok(WishOutcome::Asked)));
            let (title, start, email) = (None, None, Some(wish.email.clone()));
            rows.push(ReportRow { line, becomes, title, start, email, asked, changes });
        }
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

/// What a consent that was got elsewhere changes about somebody who is known.
fn changes(wish: &NewSubscriber, known: &Subscriber, at: Timestamp) -> Vec<RowChange> {
    let words = |kinds: &[Kind]| kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join("; ");
    let zone = |zone: &Option<Zone>| zone.as_ref().map(Zone::to_string);
    let hour = |hour: &Option<Hour>| hour.as_ref().map(Hour::to_string);
    let has = |consent: &Subscription| consent.status == Consent::Confirmed;
    let had: Vec<_> = known.subscriptions.iter().filter(|own| has(own)).map(|own| own.digest.as_str()).collect();
    let has_left = |slug: &str| {
        known.subscriptions.iter().any(|own| own.digest == slug && own.left_at.is_some_and(|left| left > at))
    };
    let mut gets = had.clone();
    for slug in &wish.digests {
        if !gets.contains(&slug.as_str()) && !has_left(slug) {
            gets.push(slug);
        }
    }
    let said = [
        ("name", known.name.clone(), wish.name.clone()),
        ("topics", known.topics.join("; "), wish.topics.as_ref().map(|topics| topics.join("; "))),
        ("kinds", words(&known.kinds), wish.kinds.as_ref().map(|kinds| words(kinds))),
        ("timezone", zone(&known.timezone).unwrap_or_default(), zone(&wish.timezone)),
        ("send_hour", hour(&known.send_hour).unwrap_or_default(), hour(&wish.send_hour)),
        ("locale", known.locale.clone().unwrap_or_default(), wish.locale.clone()),
        ("digests", had.join("; "), Some(gets.join("; "))),
    ];
    let changed = said.into_iter().filter_map(|(field, from, to)| Some((field, from, to?)));
    let changed = changed.filter(|(_, from, to)| from != to);
    changed.map(|(field, from, to)| RowChange { field: field.into(), occurrence: None, from, to }).collect()
}
