//! An edition for somebody who gets it after it went: what it told, as things are now.

use super::Error;
use super::correction::Head;
use super::draft::Draft;
use crate::config::{Config, DigestConfig};
use crate::domain::choice::Choice;
use crate::domain::edition::{Edition, Rendered};
use crate::domain::wording::Locale;
use crate::store::Store;

/// What there is to send.
pub struct Late {
    /// None: it told nothing that the reader chose.
    pub mail: Option<Rendered>,
    /// The newest line of history that it takes in.
    pub history_head: i64,
}

/// The mail for who chose this; with `is_welcome` it says so.
pub async fn late(
    store: &Store,
    config: &Config,
    digest: &DigestConfig,
    edition: &Edition,
    choice: &Choice,
    is_welcome: bool,
) -> Result<Late, Error> {
    let mut draft = Draft::again(store, config, digest, edition).await?;
    draft.is_welcome = is_welcome;
    let zone = choice.timezone.as_ref().filter(|_| digest.per_reader_time);
    let audience = draft.audience(choice, draft.date_in(zone.unwrap_or(config.zone_of(digest))), draft.as_of);
    let content = draft.content(&audience);
    let mail = match draft.is_worth_a_mail(&content, audience.locale) {
        false => None,
        true => {
            let mail = draft.mail(&content, &audience)?.numbered(edition.number);
            Some(under_corrections(store, config, digest, edition, audience.locale, mail).await?)
        }
    };
    Ok(Late { mail, history_head: draft.history_head })
}

/// A mail of an edition under what was corrected in it since.
pub async fn under_corrections(
    store: &Store,
    config: &Config,
    digest: &DigestConfig,
    edition: &Edition,
    locale: Locale,
    mail: Rendered,
) -> Result<Rendered, Error> {
    let made = store.corrections(&edition.digest, edition.number).await?;
    Ok(match Head::of(config, digest, locale, &made)? {
        None => mail,
        Some(head) => Rendered { html: head.onto_html(&mail.html), text: head.onto_text(&mail.text), ..mail },
    })
}
