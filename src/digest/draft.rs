//! What an edition is made from, and the mail it becomes for readers who see the same.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::Error;
use super::brief::{Brief, Reminders};
use super::compose::{Content, Material, Survey};
use super::render::{Frame, render};
use crate::config::{Config, DigestConfig};
use crate::domain::article::{ArticleFilter, ArticleStatus};
use crate::domain::choice::Choice;
use crate::domain::edition::{Archived, Rendered, Telling};
use crate::domain::event::{Event, Kind};
use crate::domain::filter::EventFilter;
use crate::domain::text;
use crate::domain::wording::Locale;
use crate::domain::zone::Zone;
use crate::feed::{FeedInfo, ics};
use crate::store::Store;

/// For how many days that were missed reminders are made up for.
const DAYS_MADE_UP_FOR: i64 = 400;

/// All that makes one reader's mail differ from another's. Readers for whom it is the same get the same mail, rendered
/// once.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Audience {
    /// Topics followed, in order and in lower case; none means all.
    topics: Vec<String>,
    kinds: Vec<Kind>,
    pub locale: Locale,
    /// The date on which they get it.
    pub today: Date,
    /// The number of the first edition that they have read.
    first_edition: i64,
}

impl Audience {
    fn filter(&self) -> EventFilter {
        EventFilter { topics: self.topics.clone(), kinds: self.kinds.clone(), ..EventFilter::default() }
    }
}

/// What an edition of `digest` is made from.
pub struct Draft<'a> {
    pub config: &'a Config,
    pub digest: &'a DigestConfig,
    as_of: Timestamp,
    is_demo: bool,
    brief: Brief,
    survey: Survey,
    /// The events it may tell, whole.
    events: HashMap<i64, Arc<Event>>,
    /// The newest line of history it takes in.
    pub history_head: i64,
    /// Who has read since an edition before this one knows as much as who has read since it.
    pub oldest_telling: i64,
}

impl<'a> Draft<'a> {
    /// How things stand `as_of` then, and what changed since the last edition. Reminders are made up for that were due
    /// after `missed_since`.
    pub async fn load(
        store: &Store,
        config: &'a Config,
        digest: &'a DigestConfig,
        as_of: Timestamp,
        missed_since: Option<Timestamp>,
    ) -> Result<Self, Error> {
        let slug = digest.slug.as_str();
        let zone = config.zone_of(digest);
        let head = store.history_head().await?;
        let last = store.last_edition(slug).await?;
        let since = match &last {
            Some(edition) => edition.history_head,
            None => {
                let first = zone.at(as_of).checked_sub(digest.recent.span()).map_or(Timestamp::MIN, |z| z.timestamp());
                store.history_head_at(first).await?
            }
        };
        let revisions = store.history_between(since, head).await?;
        let brief = Brief {
            now: as_of,
            zone: zone.clone(),
            upcoming: digest.upcoming.span(),
            recent: digest.recent.span(),
            kinds: digest.kinds.clone(),
            topics: digest.topics.clone(),
            articles: digest.tells_articles(),
            retell: digest.retell,
            reminders: reminders(digest, zone, as_of, missed_since),
            last_made: last.map(|edition| edition.composed_at),
        };
        let mut articles = Vec::new();
        if brief.articles {
            let published = ArticleFilter { statuses: vec![ArticleStatus::Published], ..ArticleFilter::default() };
            articles = store.articles(&published, 0, usize::MAX).await?;
            // By their dates: an edition may be made for a moment that has passed.
            articles.retain(|article| article.date <= zone.at(as_of).date());
        }
        // Of all that was ever kept, an edition tells little: what is near, what changed, and what its articles are about.
        let mut also: HashSet<i64> = revisions.iter().map(|revision| revision.event_id).collect();
        also.extend(articles.iter().flat_map(|article| &article.events));
        let mut events = Vec::new();
        let asks = brief.asks();
        let is_asked_for = |event: &Event| event.is_public() && (also.contains(&event.id) || asks(event));
        store.each_event(|event| events.extend(Some(event).filter(is_asked_for).map(Arc::new))).await?;
        let told = match digest.retell || brief.reminders.is_some() {
            true => HashMap::new(),
            false => {
                let events: Vec<i64> = events.iter().map(|event| event.id).collect();
                let articles: Vec<i64> = articles.iter().map(|article| article.id).collect();
                store.told(slug, &events, &articles).await?
            }
        };
        let articles = articles.into_iter().map(Arc::new).collect();
        let material = Material { events, revisions, articles, told };
        let survey = Survey::new(&brief, &material);
        Ok(Self {
            config,
            digest,
            as_of,
            is_demo: store.is_demo(),
            brief,
            // Where nothing was told before, all readers know the same.
            oldest_telling: survey.oldest_telling().unwrap_or(i64::MAX),
            survey,
            events: material.events.into_iter().map(|event| (event.id, event)).collect(),
            history_head: head,
        })
    }

    /// Readers who chose nothing and have read all editions, in the digest's own zone.
    pub fn everybody(&self) -> Audience {
        self.audience(&Choice::default(), self.date_in(self.config.zone_of(self.digest)))
    }

    /// Those who chose this and get it on the date that is `today`.
    pub fn audience(&self, choice: &Choice, today: Date) -> Audience {
        let mut topics: Vec<_> = choice.topics.iter().map(|topic| text::fold_case(topic)).collect();
        topics.sort();
        topics.dedup();
        let mut kinds = choice.kinds.clone();
        kinds.sort();
        kinds.dedup();
        let locale = choice.locale.as_deref().and_then(|locale| locale.parse().ok());
        let first_edition = choice.first_edition.max(self.oldest_telling);
        Audience { topics, kinds, locale: locale.unwrap_or(self.config.site.locale), today, first_edition }
    }

    /// The date there as of which it tells.
    pub fn date_in(&self, zone: &Zone) -> Date {
        zone.at(self.as_of).date()
    }

    pub fn content(&self, audience: &Audience) -> Content {
        self.survey.content(&audience.filter(), audience.today, audience.first_edition)
    }

    /// Whether readers with this content get a mail.
    pub fn is_worth_a_mail(&self, content: &Content) -> bool {
        self.digest.send_empty || !content.is_empty()
    }

    /// The mail of these readers, also where it has nothing to tell.
    pub fn mail(&self, content: &Content, audience: &Audience) -> Result<Rendered, Error> {
        let frame = self.frame(audience.locale, audience.today);
        let mail = render(content, &frame)?;
        let calendar = self.digest.attach_calendar.then(|| self.calendar(content)).flatten();
        Ok(Rendered { subject: mail.subject, text: mail.text, html: mail.html, calendar })
    }

    /// What an edition tells those who have read all the others; where that is nothing, what it tells new readers.
    fn public_content(&self, everybody: &Audience) -> Content {
        let content = self.content(everybody);
        match content.is_empty() {
            true => self.content(&Audience { first_edition: i64::MAX, ..everybody.clone() }),
            false => content,
        }
    }

    /// The edition as anybody may read it, in each language; none where it is not for all.
    pub fn archived(&self) -> Result<Vec<Archived>, Error> {
        if !self.digest.archive {
            return Ok(Vec::new());
        }
        let everybody = self.everybody();
        let content = self.public_content(&everybody);
        Locale::all()
            .map(|locale| {
                let frame = Frame { is_archived: true, ..self.frame(locale, everybody.today) };
                let page = render(&content, &frame)?;
                let (subject, preheader) = (page.subject, page.preheader);
                Ok(Archived { locale: locale.tag().to_owned(), subject, preheader, html: page.html, text: page.text })
            })
            .collect()
    }

    /// All that the edition tells anybody.
    pub fn tellings(&self) -> Vec<Telling> {
        match self.brief.reminders {
            // What is due in seven days is due in one day too.
            Some(_) => Vec::new(),
            None => {
                let all = Audience { first_edition: i64::MAX, ..self.everybody() };
                self.survey.tellings(&self.content(&all), &self.brief)
            }
        }
    }

    fn frame(&self, locale: Locale, today: Date) -> Frame<'a> {
        Frame { config: self.config, digest: self.digest, locale, today, is_demo: self.is_demo, is_archived: false }
    }

    /// The events of an edition as a calendar program reads them: as they are in the feed, repeating ones whole.
    fn calendar(&self, content: &Content) -> Option<String> {
        let mut ids: Vec<i64> = content.events().map(|event| event.id).collect();
        ids.sort();
        ids.dedup();
        let events: Vec<_> = ids.iter().filter_map(|id| self.events.get(id).cloned()).collect();
        (!events.is_empty()).then(|| ics::calendar(&events, &FeedInfo::of(self.config, ""), ics::Style::Feed))
    }
}

fn reminders(
    digest: &DigestConfig,
    zone: &Zone,
    as_of: Timestamp,
    missed_since: Option<Timestamp>,
) -> Option<Reminders> {
    if digest.remind_before.is_empty() {
        return None;
    }
    let today = zone.at(as_of).date();
    let mut days = vec![today];
    let oldest = zone.at(as_of).checked_sub(DAYS_MADE_UP_FOR.days()).map_or(as_of, |at| at.timestamp());
    let mut after = missed_since.unwrap_or(as_of).max(oldest);
    while let Some(moment) = digest.schedule.next_after(after, zone.time_zone()).filter(|moment| *moment <= as_of) {
        let day = zone.at(moment).date();
        days.push(day);
        // Whatever else is due on that day asks for the same.
        after = day.tomorrow().map_or(as_of, |next| zone.instant(next.at(0, 0, 0, 0)) - 1.nanosecond());
    }
    days.dedup();
    Some(Reminders { before: digest.remind_before.iter().map(|period| period.span()).collect(), days })
}
