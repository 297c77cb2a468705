//! What an editor says to the readers of an edition to come.

use jiff::Timestamp;

use crate::digest::moments::Moments;
use crate::domain::FieldError;
use crate::domain::actor::Actor;
use crate::domain::editor::{Editor, named};
use crate::domain::note::{EditorsNote, Spoken};
use crate::domain::refused::{Noun, Refused};
use crate::domain::when::Point;
use crate::domain::wording::Locale;
use crate::intake::note;
use crate::office::{Office, Result};
use crate::shape::digest::{ClearedNotes, NoteRecord};

/// So many moments are told to who asked for one that is none.
const MOMENTS_TOLD: usize = 3;

/// Of which edition something is said, and to whom.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoteAim<'a> {
    /// A day or a moment of the schedule, on the digest's own clock; none: the next.
    pub moment: Option<&'a str>,
    /// The language of the readers that are spoken to; none: all.
    pub locale: Option<&'a str>,
}

impl Office {
    /// Says something to the readers of an edition to come; what is not said of words and subject stays as it is.
    pub async fn note_edition(
        &self,
        by: &Actor,
        slug: &str,
        aim: NoteAim<'_>,
        subject: Option<&str>,
        text: Option<&[u8]>,
    ) -> Result<NoteRecord> {
        let (moment, locale) = self.spoken_to(slug, aim).await?;
        let words = note::read(subject, text)?;
        let of = Spoken { moment, is_next: aim.moment.is_none() };
        let (said, replaced) = self.store.keep_note(by, slug, of, locale, words).await?;
        let editors: Vec<Editor> = self.store.editors().await?;
        Ok(NoteRecord { replaced: replaced.map(|who| named(&who, &editors)), ..record(slug, moment, said) })
    }

    /// What is said of an edition to come.
    pub async fn edition_notes(&self, slug: &str, aim: NoteAim<'_>) -> Result<Vec<NoteRecord>> {
        let (moment, locale) = self.spoken_to(slug, aim).await?;
        let notes = self.store.notes(slug, moment).await?.0.into_iter();
        let wanted = notes.filter(|note| locale.is_none() || note.locale == locale);
        Ok(wanted.map(|note| record(slug, moment, note)).collect())
    }

    /// Takes back what was said of one, in one language or in all.
    pub async fn clear_notes(&self, by: &Actor, slug: &str, aim: NoteAim<'_>) -> Result<ClearedNotes> {
        let (moment, locale) = self.spoken_to(slug, aim).await?;
        let cleared = self.store.clear_notes(by, slug, moment, locale).await?;
        Ok(ClearedNotes { digest: slug.to_owned(), scheduled_for: moment, cleared })
    }

    async fn spoken_to(&self, slug: &str, aim: NoteAim<'_>) -> Result<(Timestamp, Option<Locale>)> {
        let locale = aim.locale.map(|locale| locale.parse::<Locale>().map_err(FieldError::of("locale")));
        Ok((self.edition_to_come(slug, aim.moment).await?, locale.transpose()?))
    }

    /// The moment of an edition that is still to come: the next, or the one of a day or moment of the schedule.
    pub(super) async fn edition_to_come(&self, slug: &str, wanted: Option<&str>) -> Result<Timestamp> {
        let digest = self.digest(slug)?;
        let moments = Moments::of(&self.store, &self.config, digest).await?;
        let refuse = |said: String| Refused::conflict(said).about(Noun::Digest, slug).in_field("for");
        let next = moments.next().ok_or_else(|| refuse(format!("{slug} is never due again")))?;
        let (Some(text), Some(from)) = (wanted, self.digest_moment(slug, "for", wanted)?) else { return Ok(next) };
        let zone = self.config.zone_of(digest);
        let is_day = matches!(text.trim().parse(), Ok(Point::Day(_)));
        let is_it = |at: &Timestamp| if is_day { zone.at(*at).date() == zone.at(from).date() } else { *at == from };
        let to_come = moments.since(&self.store, from.max(next)).await?.next().filter(is_it);
        if let Some(moment) = to_come {
            return Ok(moment);
        }
        let what = match moments.first_from(from).filter(is_it) {
            None => "is no moment of the schedule",
            Some(moment) if self.store.has_edition(slug, moment).await? => "has its edition already",
            Some(_) => "is not to come any more",
        };
        let told: Vec<_> = moments.upcoming().take(MOMENTS_TOLD).map(|at| self.local(digest, at)).collect();
        let said = format!("{} {what}: the next editions of {slug} are those of {}", text.trim(), told.join(", "));
        Err(refuse(said).into())
    }
}

pub(super) fn record(slug: &str, moment: Timestamp, note: EditorsNote) -> NoteRecord {
    NoteRecord {
        digest: slug.to_owned(),
        scheduled_for: moment,
        locale: note.locale.map(|locale| locale.tag().to_owned()),
        subject: note.subject,
        text: note.body,
        replaced: None,
    }
}
