//! `[[digest]]`: a mail that comes by a schedule.

use jiff::Span;
use serde::Deserialize;

use super::{FeedbackUrl, InLanguages, Period, Slug, Title};
use crate::domain::approval::Approval;
use crate::domain::event::Kind;
use crate::domain::schedule::Schedule;
use crate::domain::subject::SubjectPattern;
use crate::domain::words;
use crate::domain::zone::Zone;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of options")]
pub struct DigestConfig {
    pub slug: Slug,
    pub title: Option<InLanguages<Title>>,
    pub description: Option<InLanguages<String>>,
    /// Of its mails; none: what matters most of an edition.
    pub subject: Option<InLanguages<SubjectPattern>>,
    pub schedule: Schedule,
    /// The site's if none is given.
    pub timezone: Option<Zone>,
    /// Whether each reader gets it at that time on their own clock.
    #[serde(default)]
    pub per_reader_time: bool,
    #[serde(default = "DigestConfig::default_upcoming")]
    pub upcoming: Period,
    #[serde(default = "DigestConfig::default_recent")]
    pub recent: Period,
    #[serde(default)]
    pub kinds: Vec<Kind>,
    #[serde(default)]
    pub topics: Vec<String>,
    #[serde(default)]
    pub send_empty: bool,
    /// Instead of all else, what is just so far ahead.
    #[serde(default)]
    pub remind_before: Vec<Period>,
    /// Tells everything within reach each time, whether or not it was told before.
    #[serde(default)]
    pub retell: bool,
    /// Whether it tells articles; if not said, those of all kinds do that are no reminders.
    pub articles: Option<bool>,
    #[serde(default)]
    pub template: TemplateName,
    /// Whether a calendar file of its events goes with each mail.
    #[serde(default)]
    pub attach_calendar: bool,
    /// Whether an article is told with its first picture.
    #[serde(default)]
    pub images: bool,
    /// Where readers say what they think of it; the site's if none is given.
    pub feedback: Option<FeedbackUrl>,
    /// Whether everybody may read its editions on the site.
    #[serde(default = "DigestConfig::default_archive")]
    pub archive: bool,
    /// Whether who has just confirmed gets its newest edition right away.
    #[serde(default)]
    pub welcome: bool,
    /// Whether editions wait until somebody has approved them.
    #[serde(default)]
    pub approval: Approval,
    /// How long before an edition is to be made its editors are asked.
    #[serde(default = "DigestConfig::default_prepare")]
    pub prepare: Period,
}

words! {
    /// How much an edition says of each event and article.
    #[derive(Default)]
    pub enum TemplateName, "template" {
        #[default]
        Full => "full",
        /// Titles and dates alone.
        Brief => "brief",
    }
}

impl DigestConfig {
    fn default_upcoming() -> Period {
        Period::of(Span::new().days(30))
    }

    fn default_recent() -> Period {
        Period::of(Span::new().days(7))
    }

    fn default_prepare() -> Period {
        Period::of(Span::new().days(1))
    }

    fn default_archive() -> bool {
        true
    }

    pub fn tells_articles(&self) -> bool {
        self.remind_before.is_empty() && self.articles.unwrap_or(self.kinds.is_empty())
    }
}
