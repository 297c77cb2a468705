//! What an edition would be: seen before it is made, and as a message of no delivery.

use jiff::Timestamp;

use crate::config::DigestConfig;
use crate::digest::draft::Draft;
use crate::digest::moments::Moments;
use crate::digest::publish::next_number;
use crate::domain::FieldError;
use crate::domain::address::EmailAddress;
use crate::domain::choice::Choice;
use crate::domain::edition::{PREFERENCES_LINK, Rendered, UNSUBSCRIBE_LINK};
use crate::domain::wording::Locale;
use crate::mail::message::{Letter, List, Own};
use crate::office::{Error, Office, Result};
use crate::shape::digest::PreviewRecord;

/// As long as a token.
const NO_TOKEN: &str = "this-is-a-preview-and-its-links-open-nothing";

/// The next edition of a digest as one reader would get it, or readers who chose nothing.
pub struct Preview {
    pub record: PreviewRecord,
    mail: Rendered,
    reader: Option<EmailAddress>,
}

impl Office {
    pub async fn preview_digest(
        &self,
        slug: &str,
        at: Option<Timestamp>,
        reader: Option<&EmailAddress>,
    ) -> Result<Preview> {
        let digest = self.digest(slug)?;
        let (reader, choice) = match reader {
            None => (None, Choice::default()),
            Some(email) => {
                let reader = self.store.subscriber(email).await?;
                let choice = self.store.choice(&reader.email, slug).await?;
                (Some(reader.email), choice)
            }
        };
        let mail = self.compose(digest, at, &choice).await?;
        Ok(Preview { record: self.preview_record(&mail), mail, reader })
    }

    /// The same as readers get it who follow these topics (none: all) and read this language.
    pub async fn preview_for(&self, slug: &str, locale: Option<&str>, topics: &[String]) -> Result<PreviewRecord> {
        let locale = locale.map(|locale| locale.parse::<Locale>().map_err(FieldError::of("locale"))).transpose()?;
        let locale = locale.map(|locale| locale.to_string());
        let choice = Choice { topics: topics.to_vec(), locale, ..Choice::default() };
        let mail = self.compose(self.digest(slug)?, None, &choice).await?;
        Ok(self.preview_record(&mail))
    }

    fn preview_record(&self, mail: &Rendered) -> PreviewRecord {
        let fill = |text: &str| {
            let links = self.config.site.links();
            let (leave, preferences) = (links.unsubscribe("preview"), links.preferences("preview"));
            text.replace(UNSUBSCRIBE_LINK, &leave).replace(PREFERENCES_LINK, &preferences)
        };
        PreviewRecord { subject: mail.subject.clone(), text: fill(&mail.text), html: fill(&mail.html) }
    }

    /// The preview as the message that a mail program would get.
    pub fn preview_message(&self, slug: &str, preview: &Preview) -> Result<Vec<u8>> {
        let to = match &preview.reader {
            Some(reader) => reader.clone(),
            None => "reader@example.org".parse()?,
        };
        let message_id = format!("preview@{}", self.config.mail.from.address.domain());
        self.message(self.digest(slug)?, &to, &preview.mail, &message_id)
    }

    /// The mail of readers who chose this, as things stand then or now.
    pub(super) async fn compose(
        &self,
        digest: &DigestConfig,
        at: Option<Timestamp>,
        choice: &Choice,
    ) -> Result<Rendered> {
        let as_of = at.unwrap_or(self.store.now());
        // What is said of the next edition is seen before it goes.
        let moments = Moments::of(&self.store, &self.config, digest).await?;
        let moment = match at {
            None => moments.next(),
            Some(at) => moments.first_from(at),
        };
        let draft = Draft::load(&self.store, &self.config, digest, moment.unwrap_or(as_of), as_of, None).await?;
        let own = self.config.zone_of(digest);
        let zone = choice.timezone.as_ref().filter(|_| digest.per_reader_time).unwrap_or(own);
        let audience = draft.audience(choice, draft.date_in(zone), as_of);
        let number = next_number(&self.store, digest).await?;
        Ok(draft.mail(&draft.content(&audience), &audience)?.numbered(number))
    }

    /// The message of no delivery: a preview or a test.
    pub(super) fn message(
        &self,
        digest: &DigestConfig,
        to: &EmailAddress,
        mail: &Rendered,
        message_id: &str,
    ) -> Result<Vec<u8>> {
        let config = &self.config;
        let list = List {
            slug: digest.slug.as_str(),
            title: config.title_of(digest, config.site.locale),
            links: config.site.links(),
            has_unsubscribe_address: config.bounce.address.is_some() && config.bounce.plus,
        };
        let (from, reply_to) = (&config.mail.from, config.mail.reply_to.as_ref());
        let own = Own {
            to,
            message_id,
            date: self.store.now(),
            unsubscribe: NO_TOKEN,
            preferences: NO_TOKEN,
            unsubscribe_address: config.bounce.address.as_ref().map_or("", EmailAddress::as_str),
        };
        let letter = Letter { from, reply_to, mail, list: Some(list), notice_of: None };
        letter.build(&own).map_err(|error| Error::Failed(error.to_string()))
    }
}
