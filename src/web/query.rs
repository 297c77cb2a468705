//! What a query asks of the events: the same on the pages and in every feed.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::Site;
use super::language::Sentence;
use crate::domain::event::Kind;
use crate::domain::filter::EventFilter;
use crate::domain::when::Point;

/// What may be asked.
const QUESTIONS: [&str; 8] = ["kind", "topic", "standard", "organizer", "q", "from", "to", "precise"];
/// Not a question: where a long list goes on.
const PAGE: &str = "after";

fn is_question(name: &str) -> bool {
    QUESTIONS.contains(&name)
}

/// The questions a query may ask, here and of feeds; keys that are not known are let by, as the web does.
#[derive(Debug, Clone, Default)]
pub struct FilterQuery {
    pairs: Vec<(String, String)>,
}

impl<S: Send + Sync> FromRequestParts<S> for FilterQuery {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let query = parts.uri.query().unwrap_or_default();
        Ok(Self { pairs: url::form_urlencoded::parse(query.as_bytes()).into_owned().collect() })
    }
}

impl FilterQuery {
    pub fn all(&self, key: &str) -> Vec<String> {
        let values = self.pairs.iter().filter(|(name, _)| name == key).map(|(_, value)| value.trim());
        values.filter(|value| !value.is_empty()).map(str::to_owned).collect()
    }

    pub fn one(&self, key: &str) -> Option<&str> {
        let found = self.pairs.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value.trim());
        found.filter(|value| !value.is_empty())
    }

    /// The questions alone, in one order, so that one calendar is made for them however they are written.
    pub fn canonical(&self) -> String {
        let mut known: Vec<_> =
            self.pairs.iter().filter(|(name, value)| is_question(name) && !value.trim().is_empty()).collect();
        known.sort();
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(known).finish()
    }

    /// The same questions at another address.
    pub fn at(&self, path: &str) -> String {
        match self.canonical() {
            questions if questions.is_empty() => path.to_owned(),
            questions => format!("{path}?{questions}"),
        }
    }

    /// The list of one day.
    pub fn on_day(&self, day: jiff::civil::Date) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.pairs.iter().filter(|(name, _)| is_question(name) && name != "from" && name != "to"));
        let day = day.to_string();
        format!("/?{}", query.append_pair("from", &day).append_pair("to", &day).finish())
    }

    /// The page that goes on with another day.
    pub fn next_page(&self, day: jiff::civil::Date) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.pairs.iter().filter(|(name, _)| name != PAGE));
        format!("/?{}", query.append_pair(PAGE, &day.to_string()).finish())
    }

    /// The day that the page begins with, if it is not the first page.
    pub fn page(&self) -> Option<jiff::civil::Date> {
        self.one(PAGE).and_then(|day| day.parse().ok())
    }

    pub fn filter(&self, site: &Site) -> Result<EventFilter, Sentence> {
        let (from, to) = (self.one("from"), self.one("to"));
        for day in [from, to].into_iter().flatten() {
            day.parse::<Point>().map_err(|_| Sentence::about("wrong-date", day))?;
        }
        // Several kinds may share one parameter; a topic may hold a comma itself.
        let kinds = self.all("kind");
        let kinds = kinds.iter().flat_map(|kinds| kinds.split(',')).map(kind);
        let filter = EventFilter {
            kinds: kinds.collect::<Result<_, _>>()?,
            topics: self.all("topic"),
            standard: self.one("standard").unwrap_or_default().to_owned(),
            organizer: self.one("organizer").unwrap_or_default().to_owned(),
            search: self.one("q").unwrap_or_default().to_owned(),
            precise: matches!(self.one("precise"), Some("1" | "true" | "yes")),
            ..EventFilter::default()
        };
        filter.between(from, to, &site.config.site.timezone).map_err(|_| Sentence::new("wrong-order"))
    }
}

/// A kind that a visitor names.
pub fn kind(word: &str) -> Result<Kind, Sentence> {
    let known = || Kind::ALL.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", ");
    word.parse().map_err(|_| Sentence::about("wrong-kind", word).value("known", known()))
}
