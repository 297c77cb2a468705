//! How the page looks.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::Visitor;
use crate::config::Config;
use crate::domain::subscriber::{Consent, Hour, Subscriber, SuppressionReason};
use crate::domain::wording::Locale;
use crate::domain::zone::Zone;
use crate::office::readers::topics_for;
use crate::web::site::Site;
use crate::web::site::chrome::{Chrome, FormChoice};
use crate::web::site::error::PageError;
use crate::web::site::subscribe;
use crate::web::site::ways::Ways;

/// What became of what the reader asked for.
pub struct Notice {
    pub text: String,
    pub status: StatusCode,
}

impl Notice {
    pub fn done(text: String) -> Self {
        Self { text, status: StatusCode::OK }
    }

    pub fn error(status: StatusCode, text: String) -> Self {
        Self { text, status }
    }

    fn is_error(&self) -> bool {
        self.status != StatusCode::OK
    }
}

#[derive(Template)]
#[template(path = "page/preferences.html")]
pub struct PreferencesPage {
    chrome: Chrome,
    /// Whole for the reader, masked for whoever has a mail of theirs.
    address: String,
    notice: Option<Notice>,
    /// Why nothing comes, if so.
    suppression: String,
    digests: Vec<FormChoice>,
    topics: Vec<FormChoice>,
    kinds: Vec<FormChoice>,
    zones: Vec<FormChoice>,
    hours: Vec<FormChoice>,
    locales: Vec<FormChoice>,
    /// What only the reader sees.
    own: Option<Own>,
}

struct Own {
    ways: Option<Ways>,
}

impl PreferencesPage {
    pub async fn of(site: &Site, visitor: &Visitor, notice: Option<Notice>) -> Result<Self, PageError> {
        let (reader, locale) = (&visitor.known.reader, visitor.language.locale());
        let own = match visitor.known.owner() {
            Some(owner) => {
                let address = site.office.calendar_of(owner).await?;
                Some(Own { ways: address.map(|address| Ways::of_own(address, site.config.feed_title())) })
            }
            None => None,
        };
        let known = subscribe::topics(site).await?;
        let topics = topics_for(reader, &known).into_iter();
        Ok(Self {
            chrome: Chrome::of(site, &visitor.language),
            address: address(visitor),
            notice,
            suppression: suppression(reader, locale),
            digests: digests(&site.config, reader, locale),
            topics: topics
                .map(|topic| FormChoice::new(topic.clone(), topic.clone(), reader.topics.contains(&topic)))
                .collect(),
            kinds: FormChoice::of_kinds(locale, |kind| reader.kinds.contains(&kind)),
            zones: zones(reader.timezone.as_ref()),
            hours: if readers_choose_the_hour(&site.config) { hours(reader.send_hour) } else { Vec::new() },
            locales: FormChoice::of_languages(reader.locale.as_deref().and_then(|tag| tag.parse().ok())),
            own,
        })
    }

    pub fn respond(self, status: StatusCode) -> Result<Response, askama::Error> {
        self.chrome.page(status, &self)
    }
}

/// Asks once more before a reader is forgotten.
#[derive(Template)]
#[template(path = "page/forget.html")]
pub struct ForgetPage {
    chrome: Chrome,
    address: String,
}

impl ForgetPage {
    pub fn of(site: &Site, visitor: &Visitor) -> Self {
        Self { chrome: Chrome::of(site, &visitor.language), address: address(visitor) }
    }

    pub fn respond(self) -> Result<Response, askama::Error> {
        self.chrome.page(StatusCode::OK, &self)
    }
}

fn address(visitor: &Visitor) -> String {
    match visitor.known.is_owner {
        true => visitor.known.reader.email.to_string(),
        false => visitor.known.reader.email.masked(),
    }
}

fn suppression(reader: &Subscriber, locale: Locale) -> String {
    match reader.suppression.map(|suppression| suppression.reason) {
        None => String::new(),
        Some(SuppressionReason::Bounced) => locale.say("preferences-bounced"),
        Some(SuppressionReason::Complained) => locale.say("preferences-complained"),
        Some(SuppressionReason::Withheld) => locale.say("preferences-withheld"),
    }
}

fn digests(config: &Config, reader: &Subscriber, locale: Locale) -> Vec<FormChoice> {
    let status = |slug: &str| reader.subscriptions.iter().find(|s| s.digest == slug).map(|s| s.status);
    let choice = |digest: &crate::config::DigestConfig| {
        let status = status(digest.slug.as_str());
        let is_chosen = status == Some(Consent::Confirmed);
        let mut choice = FormChoice::new(digest.slug.as_str(), config.title_of(digest, locale), is_chosen);
        choice.description = match status {
            Some(Consent::Pending) => locale.say("preferences-pending"),
            _ => config.description_of(digest, locale).to_owned(),
        };
        choice
    };
    config.digests.iter().map(choice).collect()
}

/// Whether any digest goes out at an hour of the reader's own. One that comes several times a day keeps to its own hours.
fn readers_choose_the_hour(config: &Config) -> bool {
    config.digests.iter().any(|digest| digest.per_reader_time && digest.schedule.comes_once_a_day())
}

fn zones(chosen: Option<&Zone>) -> Vec<FormChoice> {
    let mut names = Zone::names();
    // One from an import may be none of those that are offered.
    if let Some(zone) = chosen.filter(|zone| !names.iter().any(|name| name == zone.name())) {
        names.insert(0, zone.name().to_owned());
    }
    let is_chosen = |name: &str| chosen.is_some_and(|zone| zone.name() == name);
    names.iter().map(|name| FormChoice::new(name, name.replace('_', " "), is_chosen(name))).collect()
}

fn hours(chosen: Option<Hour>) -> Vec<FormChoice> {
    Hour::all().map(|hour| FormChoice::new(hour.to_string(), hour.on_a_clock(), chosen == Some(hour))).collect()
}
