//! An article: a text of the newsletter, with the events that it is about.

mod patch;

use jiff::Timestamp;
use jiff::civil::{Date, Time};

use super::actor::Actor;
use super::filter::any_label;
use super::picture::{ArticleImage, Enclosures};
use super::words;
use super::zone::Zone;
pub use patch::{ArticleField, ArticlePatch, events, line, topics};

words! {
    pub enum ArticleStatus, "status of an article" {
        /// Shown from the day of its date on.
        Published => "published",
        /// Seen by nobody outside until it is published.
        Draft => "draft",
    }
}

/// An article as its file tells it, fit to keep.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manuscript {
    /// By which it is known elsewhere, where it comes from another office; none: one is made.
    pub uid: Option<String>,
    pub title: String,
    pub byline: String,
    /// None: the day on which it was added.
    pub date: Option<Date>,
    pub source: String,
    pub topics: Vec<String>,
    /// The events that it is about, by id or UID.
    pub events: Vec<String>,
    /// None: a new article is published, one that is there stays what it is.
    pub draft: Option<bool>,
    /// Since when it was shown elsewhere: a new article is as old here. None: it is new.
    pub published_at: Option<Timestamp>,
    /// Markdown.
    pub body: String,
    /// The pictures that its text shows, and those that came with it.
    pub enclosures: Enclosures,
    /// What becomes of them: found where what is kept is known.
    pub images: Vec<ArticleImage>,
}

/// An article as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    pub id: i64,
    /// By which it is known elsewhere, too: the same for ever.
    pub uid: String,
    pub title: String,
    pub byline: String,
    pub date: Date,
    pub source: String,
    pub topics: Vec<String>,
    /// The ids of the events that it is about, in the order given; drafts are among them, removed ones are not.
    pub events: Vec<i64>,
    /// Markdown.
    pub body: String,
    /// Its pictures: those that its text shows in its order, and behind them those that wait to be shown.
    pub images: Vec<ArticleImage>,
    pub created_at: Timestamp,
    /// The last real change.
    pub updated_at: Timestamp,
    /// The instant from which it is shown, which may lie ahead; none for a draft.
    pub published_at: Option<Timestamp>,
}

impl Article {
    pub fn new(id: i64, manuscript: Manuscript, events: Vec<i64>, zone: &Zone, now: Timestamp) -> Self {
        let is_draft = manuscript.draft.unwrap_or(false);
        let blank = Self {
            id,
            uid: manuscript.uid.clone().unwrap_or_default(),
            title: String::new(),
            byline: String::new(),
            date: zone.at(now).date(),
            source: String::new(),
            topics: Vec::new(),
            events: Vec::new(),
            body: String::new(),
            images: Vec::new(),
            created_at: now,
            updated_at: now,
            published_at: None,
        };
        let shown_before = manuscript.published_at.filter(|at| *at <= now && !is_draft);
        let new = blank.told_by(Manuscript { draft: Some(is_draft), ..manuscript }, events, zone, now);
        Self { published_at: shown_before.or(new.published_at), ..new }
    }

    /// Makes it what its file says now, whatever it was, and tells it as history. No change gives no history.
    pub fn rewrite(
        &mut self,
        manuscript: Manuscript,
        events: Vec<i64>,
        zone: &Zone,
        now: Timestamp,
    ) -> Vec<ArticleChange> {
        let new = self.clone().told_by(manuscript, events, zone, now);
        self.become_changed(new, now)
    }

    fn become_changed(&mut self, new: Self, now: Timestamp) -> Vec<ArticleChange> {
        if new == *self {
            return Vec::new();
        }
        let fields = self.fields().into_iter().zip(new.fields()).filter(|((_, before), (_, after))| before != after);
        let changes = fields.map(|((field, before), (_, after))| {
            let action = match (field, &*after) {
                ("status", "draft") => ArticleAction::Withdrawn,
                ("status", _) => ArticleAction::Published,
                _ => ArticleAction::Edited,
            };
            ArticleChange { at: now, action, field: Some(field.to_owned()), before: Some(before), after: Some(after) }
        });
        let mut changes: Vec<_> = changes.collect();
        if changes.is_empty() {
            // Only the instant from which it is shown.
            changes.push(ArticleChange::of(ArticleAction::Edited, now));
        }
        *self = Self { updated_at: now, ..new };
        changes
    }

    /// By the names that its file has for them.
    fn fields(&self) -> [(&'static str, String); 9] {
        let image = |image: &ArticleImage| format!("{} ({:.12}): {}", image.name, image.hash, image.alt);
        let images: Vec<_> = self.images.iter().map(image).collect();
        let events: Vec<_> = self.events.iter().map(i64::to_string).collect();
        [
            ("title", self.title.clone()),
            ("byline", self.byline.clone()),
            ("date", self.date.to_string()),
            ("source", self.source.clone()),
            ("topics", self.topics.join("; ")),
            ("events", events.join("; ")),
            ("status", self.status().to_string()),
            ("body", self.body.clone()),
            ("images", images.join("; ")),
        ]
    }

    fn told_by(self, manuscript: Manuscript, events: Vec<i64>, zone: &Zone, now: Timestamp) -> Self {
        let date = manuscript.date.unwrap_or_else(|| zone.at(self.created_at).date());
        let is_draft = manuscript.draft.unwrap_or(self.published_at.is_none());
        Self {
            title: manuscript.title,
            byline: manuscript.byline,
            date,
            source: manuscript.source,
            topics: manuscript.topics,
            events,
            body: manuscript.body,
            images: manuscript.images,
            published_at: (!is_draft).then(|| shown_from(self.published_at, date, zone, now)),
            ..self
        }
    }

    /// Shows a draft, from the day of its date on; no history if it was none.
    pub fn publish(&mut self, zone: &Zone, now: Timestamp) -> Vec<ArticleChange> {
        let published_at = self.published_at.or_else(|| Some(shown_from(None, self.date, zone, now)));
        self.become_changed(Self { published_at, ..self.clone() }, now)
    }

    /// Gives it other pictures; no history if it has just those.
    pub fn illustrate(&mut self, images: Vec<ArticleImage>, now: Timestamp) -> Vec<ArticleChange> {
        self.become_changed(Self { images, ..self.clone() }, now)
    }

    pub fn status(&self) -> ArticleStatus {
        match self.published_at {
            Some(_) => ArticleStatus::Published,
            None => ArticleStatus::Draft,
        }
    }

    /// When readers last saw it change: since then it is as it is.
    pub fn changed_at(&self) -> Timestamp {
        self.published_at.map_or(self.updated_at, |at| at.max(self.updated_at))
    }

    pub fn is_public(&self, now: Timestamp) -> bool {
        self.published_at.is_some_and(|at| at <= now)
    }
}

words! {
    /// What was done to an article, as its history tells.
    pub enum ArticleAction, "action" {
        Added => "added",
        Edited => "edited",
        Published => "published",
        /// Made a draft again.
        Withdrawn => "withdrawn",
        Removed => "removed",
    }
}

/// One line of an article's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArticleChange {
    pub at: Timestamp,
    pub action: ArticleAction,
    /// Which field changed; null where the action says it all.
    pub field: Option<String>,
    pub before: Option<String>,
    pub after: Option<String>,
}

impl ArticleChange {
    pub fn of(action: ArticleAction, at: Timestamp) -> Self {
        Self { at, action, field: None, before: None, after: None }
    }
}

/// A line of history with who made it.
#[derive(Debug, Clone)]
pub struct ArticleRevision {
    pub by: Actor,
    pub change: ArticleChange,
}

/// The first instant of its date, but not before it was published: what is added late is new when it is added.
fn shown_from(before: Option<Timestamp>, date: Date, zone: &Zone, now: Timestamp) -> Timestamp {
    // An instant that lies ahead is no promise: the date may have been changed.
    let since = before.map_or(now, |at| at.min(now));
    since.max(zone.instant(date.to_datetime(Time::midnight())))
}

/// Which articles are asked for. Every field narrows; an empty one asks for all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ArticleFilter {
    /// With any of these, whatever their case.
    pub topics: Vec<String>,
    pub statuses: Vec<ArticleStatus>,
    /// Shown at this instant.
    pub public_at: Option<Timestamp>,
}

impl ArticleFilter {
    pub fn matches(&self, article: &Article) -> bool {
        any_label(&self.topics, &article.topics)
            && (self.statuses.is_empty() || self.statuses.contains(&article.status()))
            && self.public_at.is_none_or(|now| article.is_public(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shanghai() -> Zone {
        "Asia/Shanghai".parse().unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn manuscript(date: Option<&str>, draft: Option<bool>) -> Manuscript {
        Manuscript {
            uid: None,
            title: "A title".into(),
            byline: String::new(),
            date: date.map(|date| date.parse().unwrap()),
            source: String::new(),
            topics: vec!["Smart City".into()],
            events: Vec::new(),
            draft,
            published_at: None,
            body: "Text.".into(),
            ..Manuscript::default()
        }
    }

    #[test]
    fn an_article_is_shown_from_its_date_on_but_not_before_it_was_published() {
        let now = at("2020-10-18T20:00:00Z"); // the 19th in Shanghai
        for (date, shown) in [
            (None, "2020-10-18T20:00:00Z"),
            (Some("2020-10-19"), "2020-10-18T20:00:00Z"),
            (Some("2020-10-01"), "2020-10-18T20:00:00Z"),
            (Some("2020-10-20"), "2020-10-19T16:00:00Z"),
        ] {
            let article = Article::new(1, manuscript(date, None), vec![], &shanghai(), now);
            assert_eq!(article.published_at, Some(at(shown)), "{date:?}");
            assert!(article.is_public(at(shown)) && !article.is_public(at(shown) - jiff::Span::new().seconds(1)));
        }
        let article = Article::new(1, manuscript(None, None), vec![], &shanghai(), now);
        assert_eq!(article.date.to_string(), "2020-10-19");
    }

    #[test]
    fn a_change_of_an_article_that_was_shown_does_not_make_it_new() {
        let (then, now) = (at("2020-10-01T00:00:00Z"), at("2020-10-10T00:00:00Z"));
        let published = Article::new(1, manuscript(Some("2020-10-01"), None), vec![], &shanghai(), then);
        let ahead = Article::new(2, manuscript(Some("2020-11-01"), None), vec![], &shanghai(), then);
        for (article, date, shown) in [
            (&published, Some("2020-10-02"), "2020-10-01T16:00:00Z"),
            (&published, Some("2020-09-02"), "2020-10-01T00:00:00Z"),
            (&published, None, "2020-10-01T00:00:00Z"),
            (&published, Some("2020-10-20"), "2020-10-19T16:00:00Z"),
            (&ahead, Some("2020-11-02"), "2020-11-01T16:00:00Z"),
            (&ahead, Some("2020-10-05"), "2020-10-10T00:00:00Z"),
        ] {
            let mut changed = article.clone();
            changed.rewrite(manuscript(date, None), vec![7], &shanghai(), now);
            assert_eq!(changed.published_at, Some(at(shown)), "{date:?}");
            assert_eq!((changed.updated_at, changed.created_at), (now, then));
        }
    }

    #[test]
    fn the_same_file_again_changes_nothing() {
        let (then, now) = (at("2020-10-01T00:00:00Z"), at("2020-10-10T00:00:00Z"));
        for (date, draft) in [(None, None), (Some("2020-11-01"), Some(false)), (Some("2020-09-01"), Some(true))] {
            let mut article = Article::new(1, manuscript(date, draft), vec![3], &shanghai(), then);
            let before = article.clone();
            assert!(article.rewrite(manuscript(date, draft), vec![3], &shanghai(), now).is_empty());
            assert_eq!(article, before);
        }
    }

    #[test]
    fn only_what_its_file_says_of_a_draft_publishes_it_or_takes_it_back() {
        let (then, now) = (at("2020-10-01T00:00:00Z"), at("2020-10-10T00:00:00Z"));
        let mut article = Article::new(1, manuscript(None, Some(true)), vec![], &shanghai(), then);
        assert_eq!(article.status(), ArticleStatus::Draft);
        article.rewrite(manuscript(Some("2020-10-02"), None), vec![], &shanghai(), now);
        assert_eq!(article.status(), ArticleStatus::Draft);
        assert_eq!(article.publish(&shanghai(), now)[0].action, ArticleAction::Published);
        assert!(article.publish(&shanghai(), now).is_empty());
        article.rewrite(manuscript(Some("2020-10-03"), None), vec![], &shanghai(), now);
        assert_eq!(article.published_at, Some(now));
        article.rewrite(manuscript(None, Some(true)), vec![], &shanghai(), now);
        assert!(!article.is_public(Timestamp::MAX));
        article.rewrite(manuscript(None, Some(false)), vec![], &shanghai(), now);
        assert!(article.is_public(now));
    }

    #[test]
    fn a_filter_narrows_by_topic_status_and_what_is_public() {
        let now = at("2020-10-01T00:00:00Z");
        let article = Article::new(1, manuscript(Some("2020-10-09"), None), vec![], &shanghai(), now);
        let topics = |topic: &str| ArticleFilter { topics: vec![topic.into()], ..ArticleFilter::default() };
        assert!(ArticleFilter::default().matches(&article));
        assert!(topics("smart city").matches(&article) && !topics("smart").matches(&article));
        assert!(!ArticleFilter { statuses: vec![ArticleStatus::Draft], ..Default::default() }.matches(&article));
        assert!(!ArticleFilter { public_at: Some(now), ..Default::default() }.matches(&article));
    }
}
