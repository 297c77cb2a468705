//! An edition to come as a list, and what editors want of its entries.

use jiff::Timestamp;

use crate::digest::draft::Draft;
use crate::digest::moments::Moments;
use crate::digest::render::outline::Line;
use crate::domain::FieldError;
use crate::domain::actor::Actor;
use crate::domain::article::Article;
use crate::domain::event::Event;
use crate::domain::mark::{EditionMarks, Entry, Mark};
use crate::domain::note::Spoken;
use crate::domain::refused::{Noun, Refused};
use crate::domain::wording::Locale;
use crate::office::digests::NoteAim;
use crate::office::digests::note::record;
use crate::office::{Office, Result};
use crate::shape::draft::{DraftEntry, DraftRecord, DraftSection, MarkedEntry, MarkedRecord};
use crate::store::MarkWish;

/// What is wanted of entries of an edition to come.
#[derive(Debug, Clone, Copy)]
pub struct EntryWish<'a> {
    pub mark: Mark,
    /// As people name them.
    pub entries: &'a [String],
    /// A day or a moment of the schedule, on the digest's own clock; none: the next.
    pub moment: Option<&'a str>,
    /// Of all editions to come; only what is left out can be.
    pub is_for_good: bool,
}

/// An entry that is there.
enum Found {
    Event(Box<Event>),
    Article(Box<Article>),
}

impl Found {
    fn title(&self) -> &str {
        match self {
            Self::Event(event) => &event.details.title,
            Self::Article(article) => &article.title,
        }
    }
}

impl Office {
    /// The edition of a moment as a list, as readers get it who chose nothing; in the site's language, or in another.
    pub async fn draft_edition(&self, slug: &str, aim: NoteAim<'_>) -> Result<DraftRecord> {
        let locale = aim.locale.map(|locale| locale.parse::<Locale>().map_err(FieldError::of("locale"))).transpose()?;
        let locale = locale.unwrap_or(self.config.site.locale);
        let moment = self.edition_to_come(slug, aim.moment).await?;
        self.draft_record(slug, moment, locale).await
    }

    pub(super) async fn draft_record(&self, slug: &str, moment: Timestamp, locale: Locale) -> Result<DraftRecord> {
        let moments = Moments::of(&self.store, &self.config, self.digest(slug)?).await?;
        let editions_before = moments.upcoming().take_while(|at| *at < moment).count();
        let draft = self.draft_of(slug, moment).await?;
        let number = draft.follows + 1 + i64::try_from(editions_before).unwrap_or_default();
        let everybody = draft.everybody_in(locale);
        let mail = draft.mail(&draft.content(&everybody), &everybody)?.numbered(number);
        Ok(DraftRecord {
            digest: slug.to_owned(),
            scheduled_for: moment,
            number,
            editions_before,
            subject: mail.subject,
            approval: self.approval_record(draft.digest, &moments, Some(moment)).await?,
            notes: draft.notes.0.iter().cloned().map(|note| record(slug, moment, note)).collect(),
            sections: sections(draft.outline(&everybody), draft.marks()),
        })
    }

    /// Leaves entries out of an edition to come, puts them first, or adds them.
    pub async fn mark_entries(&self, by: &Actor, slug: &str, wish: EntryWish<'_>) -> Result<MarkedRecord> {
        let (of, entries) = self.marked(slug, wish).await?;
        let mut named = Vec::new();
        let mut sound = Vec::new();
        let draft = self.draft_of(slug, of.moment).await?;
        for entry in entries {
            let (entry, found) = self.entry(entry).await?;
            refuse_untold(slug, &draft, of.moment, entry, &found, wish)?;
            named.push(MarkedEntry { entry: entry.to_string(), title: found.title().to_owned() });
            sound.push(entry);
        }
        self.store.keep_marks(by, slug, of, wish.of(&sound)).await?;
        Ok(told(slug, of, wish, named, false))
    }

    /// Takes that back.
    pub async fn unmark_entries(&self, by: &Actor, slug: &str, wish: EntryWish<'_>) -> Result<MarkedRecord> {
        let (of, entries) = self.marked(slug, wish).await?;
        let mut named = Vec::new();
        let mut sound = Vec::new();
        for entry in entries {
            // What is gone may be marked still.
            let (entry, title) = match self.entry(entry).await {
                Ok((entry, found)) => (entry, found.title().to_owned()),
                Err(_) => (entry, String::new()),
            };
            named.push(MarkedEntry { entry: entry.to_string(), title });
            sound.push(entry);
        }
        self.store.clear_marks(by, slug, of, wish.of(&sound)).await?;
        Ok(told(slug, of, wish, named, true))
    }

    async fn marked(&self, slug: &str, wish: EntryWish<'_>) -> Result<(Spoken, Vec<Entry>)> {
        let digest = self.digest(slug)?;
        let entries = Entry::list(wish.entries).map_err(FieldError::of("entries"))?;
        if wish.is_for_good && wish.mark != Mark::LeftOut {
            let said = "only what is left out can be so for good: what is put first or added is of one edition";
            return Err(Refused::invalid(said).in_field("for_good").into());
        }
        if !wish.is_for_good {
            let moment = self.edition_to_come(slug, wish.moment).await?;
            return Ok((Spoken { moment, is_next: wish.moment.is_none() }, entries));
        }
        if wish.moment.is_some() {
            let said = "what is left out for good is left out of all editions: leave the moment out";
            return Err(Refused::invalid(said).in_field("for").into());
        }
        let moments = Moments::of(&self.store, &self.config, digest).await?;
        Ok((Spoken { moment: moments.next().unwrap_or(self.now()), is_next: true }, entries))
    }

    /// An edition to come as it would be at its moment.
    pub(super) async fn draft_of<'a>(&'a self, slug: &str, moment: Timestamp) -> Result<Draft<'a>> {
        let as_of = moment.max(self.now());
        Ok(Draft::load(&self.store, &self.config, self.digest(slug)?, moment, as_of, None).await?)
    }

    /// What an entry names, and its name as it is kept.
    async fn entry(&self, entry: Entry) -> Result<(Entry, Found)> {
        match entry {
            Entry::Article { id } => Ok((entry, Found::Article(Box::new(self.store.article(id).await?)))),
            Entry::Event { id, occurrence } => {
                let event = self.store.event(id).await?;
                if event.removed {
                    return Err(Refused::not_found(Noun::Event, id).into());
                }
                let occurrence = occurrence.map(|given| event.find_occurrence(given)).transpose()?;
                Ok((Entry::Event { id, occurrence }, Found::Event(Box::new(event))))
            }
        }
    }
}

impl<'a> EntryWish<'a> {
    fn of(self, entries: &'a [Entry]) -> MarkWish<'a> {
        MarkWish { mark: self.mark, entries, is_for_good: self.is_for_good }
    }
}

/// What can't be wanted of an entry, as the edition stands.
fn refuse_untold(
    slug: &str,
    draft: &Draft<'_>,
    moment: Timestamp,
    entry: Entry,
    found: &Found,
    wish: EntryWish<'_>,
) -> Result<()> {
    let day = draft.config.zone_of(draft.digest).at(moment.max(draft.as_of)).date();
    let is_marked = draft.marks().of(entry).next().is_some();
    let said = match found {
        // It may be published one day.
        _ if wish.is_for_good => return Ok(()),
        Found::Event(event) if !event.is_public() => format!("{entry} is a draft, which no edition tells"),
        Found::Article(article) if article.published_at.is_none() => {
            format!("{entry} is a draft, which no edition tells")
        }
        Found::Article(article) if article.date > day => {
            format!("{entry} is of {}, and the edition comes before that", article.date)
        }
        // What is so already is told in the words of that.
        _ if is_marked => return Ok(()),
        _ => match (wish.mark, draft.tells(entry)) {
            (Mark::Added, true) => format!("{entry} is in this edition of {slug} anyway"),
            (Mark::LeftOut | Mark::PutFirst, false) if !draft.tells_somebody(entry) => {
                format!("{entry} is not in this edition of {slug}, as things stand")
            }
            _ => return Ok(()),
        },
    };
    Err(Refused::conflict(said).about(Noun::Digest, slug).in_field("entries").into())
}

fn told(slug: &str, of: Spoken, wish: EntryWish<'_>, entries: Vec<MarkedEntry>, undone: bool) -> MarkedRecord {
    let scheduled_for = (!wish.is_for_good).then_some(of.moment);
    MarkedRecord { digest: slug.to_owned(), scheduled_for, mark: wish.mark, undone, entries }
}

fn sections(lines: Vec<Line>, marks: &EditionMarks) -> Vec<DraftSection> {
    let mut sections: Vec<DraftSection> = Vec::new();
    for line in lines {
        let section = line.section.as_str();
        if sections.last().is_none_or(|last| last.section != section) {
            sections.push(DraftSection { section, heading: line.heading, entries: Vec::new() });
        }
        let entry = DraftEntry {
            entry: line.entry.to_string(),
            title: line.title,
            when: line.when,
            badge: line.badge,
            note: line.note,
            marks: marks.of(line.entry).map(|marked| marked.mark).collect(),
            for_good: marks.of(line.entry).any(|marked| marked.is_for_good),
        };
        if let Some(last) = sections.last_mut() {
            last.entries.push(entry);
        }
    }
    sections
}
