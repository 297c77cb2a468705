//! The answer to an editor who forwarded a mail: which drafts came of it, and what could not be read.

use super::Addressed;
use super::read::Findings;
use crate::domain::editor::Editor;
use crate::domain::event::Event;
use crate::domain::forward::ANSWERS_A_DAY;
use crate::domain::text::{clip, single_line};
use crate::domain::wording::Locale;
use crate::intake::extract::without_reply_marks;
use crate::letterhead::Letterhead;
use crate::mail::letter::of_paragraphs;
use crate::office::Office;
use crate::store::{CameOf, Notice};

/// As many drafts are told one by one, and sentences of what was not read.
const MOST_TOLD: usize = 50;
const MOST_SENTENCES: usize = 15;
const SUBJECT_CHARS: usize = 120;
const SENTENCE_CHARS: usize = 400;

/// What an answer is made of.
pub struct Answer<'a> {
    pub office: &'a Office,
    pub editor: &'a Editor,
    pub said: &'a Addressed,
    pub findings: &'a Findings,
}

impl Answer<'_> {
    /// To the editor's known address alone. None once they got as many as there are in a day.
    pub fn notice(&self, came: &CameOf) -> Option<Notice> {
        let to = self.editor.email.clone()?;
        if came.answers >= ANSWERS_A_DAY {
            return None;
        }
        let (config, store) = (&self.office.config, &self.office.store);
        let locale = self.editor.locale.unwrap_or(config.site.locale);
        let letterhead = &Letterhead::of(config, locale, store.is_demo());
        let own = clip(&single_line(without_reply_marks(&self.said.subject)), SUBJECT_CHARS);
        let subject = if own.is_empty() { locale.say("mail-forwarded-title") } else { format!("Re: {own}") };
        let title = locale.say("mail-forwarded-title");
        let mut mail = of_paragraphs(letterhead, subject, &title, &self.paragraphs(came, locale));
        mail.answers = Some(self.said.message_id.clone().unwrap_or_default());
        Some(Notice { to, mail, mail_domain: config.mail.from.address.domain().to_owned() })
    }

    fn paragraphs(&self, came: &CameOf, locale: Locale) -> Vec<String> {
        let mut told = Vec::new();
        match came.drafts.len() {
            0 => {}
            drafts => told.push(locale.with("mail-forwarded-drafts", "count", count(drafts))),
        }
        told.extend(came.drafts.iter().take(MOST_TOLD).map(|draft| self.line(draft, came, locale)));
        let more = came.drafts.len().saturating_sub(MOST_TOLD);
        if more > 0 {
            told.push(locale.with("mail-forwarded-more", "count", count(more)));
        }
        if !came.revised.is_empty() {
            told.push(locale.with("mail-forwarded-revised", "count", count(came.revised.len())));
            told.extend(came.revised.iter().take(MOST_TOLD).map(|draft| self.line(draft, came, locale)));
        }
        if !came.otherwise.is_empty() {
            told.push(locale.with("mail-forwarded-otherwise", "count", count(came.otherwise.len())));
            told.extend(came.otherwise.iter().take(MOST_TOLD).map(|event| self.line(event, came, locale)));
        }
        match self.findings.known + came.unchanged {
            0 => {}
            known => told.push(locale.with("mail-forwarded-known", "count", count(known))),
        }
        let sentences = self.sentences(came);
        if told.is_empty() {
            told.push(locale.say(match (self.findings.is_foreign, sentences.is_empty()) {
                (true, _) => "mail-forwarded-foreign",
                (false, true) => "mail-forwarded-nothing",
                (false, false) => "mail-forwarded-none",
            }));
        }
        if !sentences.is_empty() {
            told.push(locale.say("mail-forwarded-unread"));
            let more = sentences.len().saturating_sub(MOST_SENTENCES);
            told.extend(sentences.into_iter().take(MOST_SENTENCES));
            if more > 0 {
                told.push(locale.with("mail-forwarded-more", "count", count(more)));
            }
        }
        if came.answers + 1 == ANSWERS_A_DAY {
            told.push(locale.with("mail-forwarded-last", "count", count(ANSWERS_A_DAY)));
        }
        told
    }

    /// `12 · meeting · 14 March 2027 · Round table on kettles`
    fn line(&self, event: &Event, came: &CameOf, locale: Locale) -> String {
        let details = &event.details;
        let mut line =
            [event.id.to_string(), locale.kind(details.kind), locale.when(&details.when), details.title.clone()]
                .join(" · ");
        let proposal = self.findings.proposals.iter().find(|proposal| proposal.kept_uid() == event.uid);
        if proposal.is_some_and(|proposal| proposal.is_year_guessed) {
            line.push_str(&format!(" ({})", locale.say("mail-forwarded-guessed")));
        }
        if let Some(moved) = came.moves.get(&event.id) {
            line.push_str(&format!(" ({})", locale.with("mail-forwarded-moves", "id", moved.to_string())));
        }
        line
    }

    /// What could not be read, and what was taken otherwise than it may be meant. Each file's name stands first.
    fn sentences(&self, came: &CameOf) -> Vec<String> {
        let rejected = came.rejected.iter().map(|(file, line, error)| match file.is_empty() {
            true => format!("A draft can't be kept: {error}."),
            false => format!("{file}: line {line}: {error}."),
        });
        let notes = came.notes.iter().map(|(file, line, note)| format!("{file}: line {line}: {note}."));
        let all = self.findings.said.iter().cloned().chain(rejected).chain(notes);
        all.map(|sentence| clip(&single_line(&sentence), SENTENCE_CHARS)).collect()
    }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
