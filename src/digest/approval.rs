//! Asks editors before an edition goes, and tells whether it may.

use jiff::{SignedDuration, Timestamp};

use super::Error;
use super::approval_letter::{self, Asked};
use super::draft::Draft;
use super::publish::{Occasion, Published, publish};
use crate::config::{Config, DigestConfig};
use crate::domain::approval::words_of;
use crate::domain::ticket::Ticket;
use crate::random;
use crate::store::{Question, Seen, Store};

/// Editors say one thing after the other: they are asked anew when nothing was said for so long.
const WORDS_REST: SignedDuration = SignedDuration::from_secs(10);
/// Of an edition whose moment has come they are reminded so often.
const REMIND_EVERY: SignedDuration = SignedDuration::from_hours(24);
/// Which edition is looked at.
#[derive(Debug, Clone, Copy)]
pub struct Aim {
    pub moment: Timestamp,
    /// When it is to be made: when it is time on the first of its readers' clocks.
    pub made_at: Timestamp,
    /// As for making it.
    pub missed_since: Option<Timestamp>,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// It may be made once its time has come: it is approved, or there is nothing to approve.
    Goes,
    /// Nobody has approved it; to be looked at again then, if nothing changes before.
    Waits(Option<Timestamp>),
    /// It has nothing to tell yet.
    Empty,
}

/// Looks whether the edition is approved, and asks its editors if they are to be asked now.
pub async fn look(store: &Store, config: &Config, digest: &DigestConfig, aim: Aim) -> Result<Look, Error> {
    let (slug, now) = (digest.slug.as_str(), store.now());
    let is_due = aim.made_at <= now;
    if store.has_edition(slug, aim.moment).await? {
        return Ok(Look::Goes);
    }
    let words = words_of(&store.notes(slug, aim.moment).await?, &store.marks(slug, aim.moment).await?);
    let known = store.approval(slug, aim.moment).await?;
    if known.as_ref().is_some_and(|known| known.of(&words).is_some()) {
        return Ok(Look::Goes);
    }
    let is_asked = known.as_ref().filter(|known| known.words == words).and_then(|known| known.asked_at);
    if let Some(asked_at) = is_asked {
        let again = if asked_at < aim.made_at { aim.made_at } else { asked_at + REMIND_EVERY };
        if again > now {
            return Ok(Look::Waits(Some(again)));
        }
    } else if let Some(rested) =
        store.last_word_at(slug).await?.map(|last| last + WORDS_REST).filter(|at| *at > now && *at <= now + WORDS_REST)
    {
        return Ok(Look::Waits(Some(rested)));
    }
    let as_of = if is_due { now } else { aim.moment.max(now) };
    let (per_reader_time, missed_since) = (digest.per_reader_time, aim.missed_since);
    let trial = Occasion { moment: aim.moment, as_of, by: None, per_reader_time, missed_since, is_trial: true };
    match publish(store, config, digest, trial).await? {
        Published::Trial(_) => {}
        _ if is_due => return Ok(Look::Goes),
        _ => return Ok(Look::Empty),
    }
    let draft = Draft::load(store, config, digest, aim.moment, as_of, missed_since).await?;
    let words = words_of(&draft.notes, draft.marks());
    let why = match &known {
        _ if is_due => Asked::Late,
        Some(known) if known.asked_at.is_some() || known.approved.is_some() => Asked::Anew,
        _ => Asked::First,
    };
    let mut questions = Vec::new();
    for editor in store.editors().await?.into_iter().filter(|editor| editor.left_at.is_none()) {
        let Some(email) = &editor.email else { continue };
        let token = Ticket::of(random::octets()?);
        let locale = editor.locale.unwrap_or(config.site.locale);
        let notice = approval_letter::question(&draft, aim.moment, locale, email.clone(), why, &token)?;
        questions.push(Question { editor_id: editor.id, hash: token.hash(), notice });
    }
    let seen = Seen { digest: slug, moment: aim.moment, words: &words, told: &[] };
    if store.ask_editors(seen, known.as_ref(), &questions).await? {
        let (moment, editors) = (aim.moment, questions.len());
        match editors {
            0 => {
                tracing::warn!(digest = slug, %moment, "an edition waits for an approval, and there is no editor to ask")
            }
            _ => tracing::info!(digest = slug, %moment, editors, "editors are asked to approve an edition"),
        }
    }
    // The change wakes who looks.
    Ok(Look::Waits(None))
}
