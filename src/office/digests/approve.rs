//! Approving an edition to come.

use jiff::Timestamp;

use crate::config::DigestConfig;
use crate::digest::draft::Draft;
use crate::digest::moments::Moments;
use crate::domain::actor::Actor;
use crate::domain::approval::{Approval, ApprovalLink, ApprovalState, LinkTrouble, words_of};
use crate::domain::editor::named;
use crate::domain::refused::{Code, Noun, Refused};
use crate::domain::ticket::Ticket;
use crate::domain::wording::Locale;
use crate::office::{Error, Office, Result};
use crate::shape::approval::{ApprovalRecord, ApprovedRecord};
use crate::shape::draft::DraftRecord;
use crate::store::{self, Seen};

/// An edition as the editor sees it who follows their link.
pub struct AskedEdition {
    pub draft: DraftRecord,
    /// In the editor's language.
    pub title: String,
    pub when: String,
    /// What its editors say in that language, in Markdown.
    pub note: String,
}

/// What a link to approve leads to: the editor's language is known also where it does nothing.
pub struct Behind<T> {
    pub locale: Option<Locale>,
    pub found: std::result::Result<T, LinkTrouble>,
}

impl Office {
    /// Lets an edition go that waits for it, or will.
    pub async fn approve_edition(&self, by: &Actor, slug: &str, moment: Option<&str>) -> Result<ApprovedRecord> {
        let digest = self.digest(slug)?;
        if digest.approval == Approval::None {
            let said = format!("{slug} goes out without anybody's approval: approval = \"ask\" would ask for it");
            return Err(Refused::conflict(said).about(Noun::Digest, slug).into());
        }
        let moment = self.edition_to_come(slug, moment).await?;
        let draft = self.draft_of(slug, moment).await?;
        self.approve_draft(by, &draft, moment, None).await
    }

    async fn approve_draft(
        &self,
        by: &Actor,
        draft: &Draft<'_>,
        moment: Timestamp,
        link: Option<[u8; 32]>,
    ) -> Result<ApprovedRecord> {
        let slug = draft.digest.slug.as_str();
        let words = words_of(&draft.notes, draft.marks());
        if let Some(who) = self.approved_by(slug, moment, &words).await? {
            let said =
                format!("the edition of {slug} of {} is approved already, by {who}", self.local(draft.digest, moment));
            return Err(Refused::conflict(said).about(Noun::Digest, slug).in_field("for").into());
        }
        let everybody = draft.everybody();
        let is_asked = self.store.approval(slug, moment).await?.is_some();
        if !is_asked && !draft.is_worth_a_mail(&draft.content(&everybody), everybody.locale) {
            let said = format!(
                "as things stand the edition of {slug} of {} has nothing to tell",
                self.local(draft.digest, moment)
            );
            return Err(Refused::conflict(said).about(Noun::Digest, slug).in_field("for").into());
        }
        let told = draft.told_lines();
        self.store.approve(by, Seen { digest: slug, moment, words: &words, told: &told }, link).await?;
        let is_due = self.made_at(draft.digest, moment).await? <= self.now();
        Ok(ApprovedRecord { digest: slug.to_owned(), scheduled_for: moment, is_due })
    }

    /// The edition that a link shows, to who may approve it.
    pub async fn asked_edition(&self, token: &str) -> Result<Behind<AskedEdition>> {
        let (link, trouble) = self.link_behind(token).await?;
        let locale = link.as_ref().and_then(|link| link.locale);
        let Some(link) = link.filter(|_| trouble.is_none()) else {
            return Ok(Behind { locale, found: Err(trouble.unwrap_or(LinkTrouble::Unknown)) });
        };
        let digest = self.digest(&link.digest)?;
        let told_in = locale.unwrap_or(self.config.site.locale);
        let draft = self.draft_record(&link.digest, link.scheduled_for, told_in).await?;
        let note = self.store.notes(&link.digest, link.scheduled_for).await?;
        let found = AskedEdition {
            title: self.config.title_of(digest, told_in).to_owned(),
            when: crate::digest::draft::moment_in(&self.config, digest, told_in, link.scheduled_for),
            note: note.in_language(told_in).map(|note| note.body.clone()).unwrap_or_default(),
            draft: draft.without_left_out(),
        };
        Ok(Behind { locale, found: Ok(found) })
    }

    /// Approves what was seen by a link, once.
    pub async fn approve_by_link(&self, token: &str) -> Result<Behind<ApprovedRecord>> {
        let (link, trouble) = self.link_behind(token).await?;
        let locale = link.as_ref().and_then(|link| link.locale);
        let Some(link) = link.filter(|_| trouble.is_none()) else {
            return Ok(Behind { locale, found: Err(trouble.unwrap_or(LinkTrouble::Unknown)) });
        };
        let Some(token) = Ticket::read(token) else {
            return Ok(Behind { locale, found: Err(LinkTrouble::Unknown) });
        };
        let draft = self.draft_of(&link.digest, link.scheduled_for).await?;
        let approved =
            self.approve_draft(&Actor::Editor(link.editor_id), &draft, link.scheduled_for, Some(token.hash())).await;
        match approved {
            Ok(record) => Ok(Behind { locale, found: Ok(record) }),
            // Somebody was faster.
            Err(Error::Refused(refused)) if refused.code == Code::Conflict => {
                match self.link_behind(token.expose()).await? {
                    (_, Some(trouble)) => Ok(Behind { locale, found: Err(trouble) }),
                    _ => Err(refused.into()),
                }
            }
            Err(error) => Err(error),
        }
    }

    /// What a token is of, and why it does nothing.
    async fn link_behind(&self, token: &str) -> Result<(Option<ApprovalLink>, Option<LinkTrouble>)> {
        let Some(token) = Ticket::read(token) else { return Ok((None, Some(LinkTrouble::Unknown))) };
        let Some(link) = self.store.approval_link(token.hash()).await? else {
            return Ok((None, Some(LinkTrouble::Unknown)));
        };
        let (slug, moment) = (link.digest.as_str(), link.scheduled_for);
        let words = words_of(&self.store.notes(slug, moment).await?, &self.store.marks(slug, moment).await?);
        let trouble = match self.config.digest(slug) {
            _ if link.has_left => Some(LinkTrouble::Left),
            _ if link.is_used => Some(LinkTrouble::Used),
            _ if link.edition.is_some() => link.edition.clone().map(LinkTrouble::Made),
            None => Some(LinkTrouble::Over),
            Some(digest) => {
                let moments = Moments::of(&self.store, &self.config, digest).await?;
                match moments.next() {
                    Some(next) if next <= moment => match self.approved_by(slug, moment, &words).await? {
                        Some(who) => Some(LinkTrouble::Approved(who)),
                        None => (link.words != words).then_some(LinkTrouble::Changed),
                    },
                    _ => Some(LinkTrouble::Over),
                }
            }
        };
        Ok((Some(link), trouble))
    }

    /// Who has approved the edition that says this.
    async fn approved_by(&self, slug: &str, moment: Timestamp, words: &str) -> Result<Option<String>> {
        let kept = self.store.approval(slug, moment).await?;
        let Some((by, _)) = kept.as_ref().and_then(|kept| kept.of(words)) else { return Ok(None) };
        Ok(Some(named(by, &self.store.editors().await?)))
    }

    async fn made_at(&self, digest: &DigestConfig, moment: Timestamp) -> Result<Timestamp> {
        Ok(Moments::of(&self.store, &self.config, digest).await?.made_at(moment))
    }

    /// How the edition of a moment stands; none of a digest that does not ask.
    pub(in crate::office) async fn approval_record(
        &self,
        digest: &DigestConfig,
        moments: &Moments<'_>,
        moment: Option<Timestamp>,
    ) -> store::Result<Option<ApprovalRecord>> {
        let Some(moment) = moment.filter(|_| digest.approval == Approval::Ask) else { return Ok(None) };
        let slug = digest.slug.as_str();
        let words = words_of(&self.store.notes(slug, moment).await?, &self.store.marks(slug, moment).await?);
        let kept = self.store.approval(slug, moment).await?;
        let approved = kept.as_ref().and_then(|kept| kept.of(&words));
        let asked_at = kept.as_ref().and_then(|kept| kept.asked_at);
        let state = match approved {
            Some(_) => ApprovalState::Approved,
            None if moments.made_at(moment) <= self.store.now() => ApprovalState::Waiting,
            None if asked_at.is_some() => ApprovalState::Asked,
            None => ApprovalState::Open,
        };
        let editors = self.store.editors().await?;
        Ok(Some(ApprovalRecord {
            state,
            asked_at,
            approved_at: approved.map(|(_, at)| *at),
            by: approved.map(|(by, _)| named(by, &editors)),
        }))
    }
}
