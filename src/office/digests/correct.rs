//! Correcting an edition that went out.

use jiff::Timestamp;

use crate::config::DigestConfig;
use crate::digest::correction;
use crate::domain::actor::Actor;
use crate::domain::edition::{Archived, EditionRef};
use crate::domain::refused::{Noun, Refused};
use crate::domain::wording::{Locale, count};
use crate::intake::note;
use crate::office::{Office, Result};
use crate::shape::edition::CorrectionRecord;
use crate::store::CorrectionMail;

impl Office {
    /// An edition of the archive in this language, or else in the first that it was made in, under what was corrected since;
    /// and when that was, or when it was made.
    pub async fn archived_edition(
        &self,
        digest: &DigestConfig,
        number: i64,
        locale: Locale,
    ) -> Result<Option<(Archived, Timestamp)>> {
        let slug = digest.slug.as_str();
        let Some((edition, made_at)) = self.store.archived_edition(slug, number, locale.tag()).await? else {
            return Ok(None);
        };
        let corrections = self.store.corrections(slug, number).await?;
        let changed_at = corrections.iter().map(|it| it.made_at).max().unwrap_or(made_at).max(made_at);
        Ok(Some((correction::corrected(&self.config, digest, edition, &corrections)?, changed_at)))
    }

    /// Puts a correction at the head of an edition in the archive; with `is_mailed`, tells it also to exactly those to whom
    /// the edition was sent, or may have been, and who still read the digest. The text is Markdown, as a note is.
    pub async fn correct_edition(
        &self,
        by: &Actor,
        wanted: &EditionRef,
        text: &[u8],
        is_mailed: bool,
    ) -> Result<CorrectionRecord> {
        let edition = self.wanted_edition(wanted).await?;
        let (name, digest) = (edition.name(), self.digest(&edition.digest)?);
        let refuse = |said: String| Refused::conflict(said).about(Noun::Edition, &name);
        let body = note::read(None, Some(text))?.body.unwrap_or_default();
        if body.is_empty() {
            return Err(Refused::invalid("a correction says something".to_owned()).in_field("text").into());
        }
        let tally = self.store.tally(edition.id).await?;
        if tally.candidates > 0 && tally.sent + tally.uncertain + tally.sending == 0 {
            return Err(refuse(format!("nothing of {name} was sent yet, so that there is nothing to correct")).into());
        }
        let waiting = tally.queued + tally.deferred;
        if is_mailed && waiting > 0 {
            let mails = count(usize::try_from(waiting).unwrap_or(0), "mail", "mails");
            let said = format!(
                "{name} has {mails} still to send, which would come without the correction: let them go, or drop them"
            );
            return Err(refuse(said).into());
        }
        let mut mails = Vec::new();
        if is_mailed {
            for locale in Locale::all() {
                let archived = self.store.archived_edition(&edition.digest, edition.number, locale.tag()).await?;
                let subject = match archived {
                    Some((archived, _)) => archived.subject,
                    None => self.config.title_of(digest, locale).to_owned(),
                };
                let (number, is_demo) = (edition.number, self.store.is_demo());
                mails.push((
                    locale,
                    correction::mail(&self.config, digest, (number, &subject), locale, &body, is_demo)?,
                ));
            }
        }
        let mail = is_mailed.then(|| CorrectionMail {
            mails: &mails,
            default: self.config.site.locale,
            mail_domain: self.config.mail.from.address.domain(),
        });
        let told = self.store.correct_edition(by, &edition, &body, mail).await?;
        Ok(CorrectionRecord {
            edition: edition.id,
            digest: edition.digest,
            number: edition.number,
            mailed: is_mailed.then_some(told),
        })
    }
}
