//! What a query asks of the events: the same on the pages and in every feed. Pure, but for where it comes from.

use std::collections::BTreeSet;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use url::form_urlencoded;

use super::error::PageError;
use super::sentence::Sentence;
use crate::domain::event::Kind;
use crate::domain::filter::EventFilter;
use crate::domain::text;
use crate::domain::when::Point;
use crate::domain::zone::Zone;

/// What may be asked: of these several values,
const MANY: [&str; 2] = ["kind", "topic"];
/// and of these the last.
const SINGLE: [&str; 7] = ["standard", "organizer", "place", "q", "from", "to", "precise"];
/// Not a question: where a long list goes on.
const PAGE: &str = "after";

/// Looking for more than people write takes its time and finds nothing.
const VALUE_CHARACTERS: usize = 200;
const VALUES: usize = 50;
const WORDS: usize = 10;
/// Of a query as it stands in an address.
const OCTETS: usize = 8000;
/// Of a longer one, a page shows less: it would stand there many times.
const SHORT_OCTETS: usize = 1000;

fn is_question(name: &str) -> bool {
    MANY.contains(&name) || SINGLE.contains(&name)
}

/// The questions a query may ask, here and of feeds; keys that are not known are let by, as the web does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FilterQuery {
    pairs: Vec<(String, String)>,
}

impl<S: Send + Sync> FromRequestParts<S> for FilterQuery {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::parse(parts.uri.query().unwrap_or_default())?)
    }
}

impl FilterQuery {
    /// What is behind the question mark of an address, or which parameter is too much.
    pub fn parse(query: &str) -> Result<Self, Sentence> {
        let pairs: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let parsed = Self { pairs };
        let pairs = &parsed.pairs;
        for name in MANY.into_iter().chain(SINGLE) {
            let values = || pairs.iter().filter(|(key, _)| key == name).map(|(_, value)| value.trim());
            let count = values().count().max(if name == "kind" { parsed.kinds().len() } else { 0 });
            if count > VALUES {
                return Err(Sentence::about("query-too-often", name).value("most", VALUES.to_string()));
            }
            if values().any(|value| value.chars().count() > VALUE_CHARACTERS) {
                return Err(Sentence::about("query-too-long", name).value("most", VALUE_CHARACTERS.to_string()));
            }
        }
        let query_words = pairs.iter().filter(|(key, _)| key == "q").map(|(_, value)| words(value).len()).max();
        if query_words > Some(WORDS) {
            return Err(Sentence::about("query-too-many-words", "q").value("most", WORDS.to_string()));
        }
        // Its other form stands in links here, and must be taken too.
        if query.len().max(parsed.canonical().len()) > OCTETS {
            let longest = parsed.pairs.iter().max_by_key(|(key, value)| key.len() + value.len());
            let name = longest.map_or("", |(key, _)| key.as_str());
            return Err(Sentence::about("query-too-much", name).value("most", OCTETS.to_string()));
        }
        Ok(parsed)
    }

    /// What a page about one thing asks, at the place in a long list that is asked for.
    pub fn about(name: &str, value: &str, asked: &Self) -> Self {
        let place = asked.pairs.iter().filter(|(key, _)| key == PAGE).cloned();
        Self { pairs: [(name.to_owned(), value.to_owned())].into_iter().chain(place).collect() }
    }

    pub fn all(&self, key: &str) -> Vec<String> {
        let values = self.pairs.iter().filter(|(name, _)| name == key).map(|(_, value)| value.trim());
        values.filter(|value| !value.is_empty()).map(str::to_owned).collect()
    }

    pub fn one(&self, key: &str) -> Option<&str> {
        let found = self.pairs.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value.trim());
        found.filter(|value| !value.is_empty())
    }

    /// The questions alone, each value once, in one order: one calendar is made for all who ask the same however they
    /// write it, and for nobody else.
    pub fn canonical(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(self.questions()).finish()
    }

    fn questions(&self) -> BTreeSet<(&str, String)> {
        let mut questions: BTreeSet<_> = self.kinds().into_iter().map(|kind| ("kind", kind)).collect();
        questions.extend(self.all("topic").into_iter().map(|topic| ("topic", topic)));
        let single = |name: &'static str| Some((name, self.one(name)?.to_owned()));
        questions.extend(SINGLE.into_iter().filter(|name| *name != "precise").filter_map(single));
        questions.extend(self.is_precise().then(|| ("precise", "1".to_owned())));
        questions
    }

    /// The words for kinds. Several may share one parameter; a topic may hold a comma itself.
    fn kinds(&self) -> Vec<String> {
        let words = self.all("kind");
        let words = words.iter().flat_map(|words| words.split(',')).map(str::trim).filter(|word| !word.is_empty());
        words.map(str::to_ascii_lowercase).collect()
    }

    fn is_precise(&self) -> bool {
        matches!(self.one("precise"), Some("1" | "true" | "yes"))
    }

    /// Whether it is so long that a page shows it only where it must.
    pub fn is_long(&self) -> bool {
        self.canonical().len() > SHORT_OCTETS
    }

    /// Whether a feed is asked for all, what is long over, too.
    pub fn is_whole(&self) -> bool {
        matches!(self.one("all"), Some("1" | "true" | "yes"))
    }

    /// The same questions at the address of a feed.
    pub fn of_feed(&self, path: &str) -> String {
        if self.is_whole() { self.of_whole(path) } else { self.at(path) }
    }

    /// The same, with what is long over.
    pub fn of_whole(&self, path: &str) -> String {
        address(path, self.questions().into_iter().chain([("all", "1".to_owned())]))
    }

    /// The same questions at another address.
    pub fn at(&self, path: &str) -> String {
        address(path, self.questions())
    }

    /// Each question with its answer, in one order.
    pub fn asked(&self) -> impl Iterator<Item = (&str, String)> {
        self.questions().into_iter()
    }

    /// The same questions with another answer to one, on the first page.
    pub fn instead(&self, name: &str, value: &str) -> String {
        let rest = self.questions().into_iter().filter(|(known, _)| *known != name);
        address("/", rest.chain([(name, value.to_owned())]))
    }

    /// The same questions but for one, at an address.
    pub fn without(&self, name: &str, value: &str, path: &str) -> String {
        let rest = self.questions().into_iter().filter(|(known, own)| (*known, own.as_str()) != (name, value));
        address(path, rest)
    }

    /// The list of one day.
    pub fn on_day(&self, day: jiff::civil::Date) -> String {
        let rest = self.questions().into_iter().filter(|(name, _)| *name != "from" && *name != "to");
        address("/", rest.chain([("from", day.to_string()), ("to", day.to_string())]))
    }

    /// The page that goes on with another day.
    pub fn next_page(&self, day: jiff::civil::Date) -> String {
        address("/", self.questions().into_iter().chain([(PAGE, day.to_string())]))
    }

    /// The day that the page begins with, if it is not the first page.
    pub fn page(&self) -> Option<jiff::civil::Date> {
        self.one(PAGE).and_then(|day| day.parse().ok())
    }

    /// Days are those of `zone`.
    pub fn filter(&self, zone: &Zone) -> Result<EventFilter, Sentence> {
        let (from, to) = (self.one("from"), self.one("to"));
        for day in [from, to].into_iter().flatten() {
            day.parse::<Point>().map_err(|_| Sentence::about("wrong-date", day))?;
        }
        let mut filter = EventFilter {
            kinds: self.kinds().iter().map(|word| kind(word)).collect::<Result<_, _>>()?,
            topics: self.all("topic"),
            standard: self.one("standard").unwrap_or_default().to_owned(),
            organizer: self.one("organizer").unwrap_or_default().to_owned(),
            place: self.one("place").unwrap_or_default().to_owned(),
            search: self.one("q").unwrap_or_default().to_owned(),
            precise: self.is_precise(),
            ..EventFilter::default()
        };
        filter.kinds.sort();
        filter.kinds.dedup();
        filter.topics.sort();
        filter.topics.dedup();
        filter.between(from, to, zone).map_err(|_| Sentence::new("wrong-order"))
    }
}

/// A path with questions behind it, if there are any.
fn address<'a>(path: &str, questions: impl IntoIterator<Item = (&'a str, String)>) -> String {
    match form_urlencoded::Serializer::new(String::new()).extend_pairs(questions).finish() {
        questions if questions.is_empty() => path.to_owned(),
        questions => format!("{path}?{questions}"),
    }
}

/// The different words of a search.
fn words(text: &str) -> BTreeSet<String> {
    text::fold_case(text).split_whitespace().map(str::to_owned).collect()
}

/// What of a query stays in the address of the same page in another language.
pub fn is_kept(name: &str) -> bool {
    is_question(name) || matches!(name, PAGE | "before" | "page")
}

/// A kind that a visitor names.
pub fn kind(word: &str) -> Result<Kind, Sentence> {
    let known = || Kind::ALL.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", ");
    word.parse().map_err(|_| Sentence::about("wrong-kind", word).value("known", known()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::wording::Locale;

    fn wrong(query: &str) -> String {
        FilterQuery::parse(query).unwrap_err().tell(Locale::default())
    }

    fn many(pair: &str, count: usize) -> String {
        (0..count).map(|n| pair.replace('#', &n.to_string())).collect::<Vec<_>>().join("&")
    }

    #[test]
    fn what_people_write_is_taken_and_more_is_refused_by_name() {
        let long = |name: &str, count: usize| format!("{name}={}", "é".repeat(count));
        let words = |count: usize| format!("q={}", (0..count).map(|n| format!("w{n}")).collect::<Vec<_>>().join("+"));
        for good in [
            String::new(),
            long("q", 200),
            long("topic", 200),
            words(10),
            format!("q={}", "e+".repeat(100)),
            many("topic=t#", 50),
            many("kind=meeting", 50),
            many("utm_#=x", 200),
        ] {
            assert!(FilterQuery::parse(&good).is_ok(), "{good}");
        }
        for (bad, name) in [
            (long("q", 201), "`q`"),
            (format!("q={}", "e+".repeat(30_000)), "`q`"),
            (format!("{}&q=x", long("q", 201)), "`q`"),
            (long("standard", 201), "`standard`"),
            (long("organizer", 201), "`organizer`"),
            (long("topic", 201), "`topic`"),
            (long("from", 201), "`from`"),
            (words(11), "`q`"),
            (many("topic=t#", 51), "`topic`"),
            (many("kind=meeting", 51), "`kind`"),
            (format!("kind={}", "a,".repeat(51)), "`kind`"),
            (many("q=x", 51), "`q`"),
            (many("topic=", 51), "`topic`"),
            (format!("x={}", "y".repeat(8000)), "`x`"),
            (many(&format!("topic=#{}", "(".repeat(100)), 50), "`topic`"),
            (format!("{}=1", "y".repeat(8000)), "`yyy"),
            (many(&format!("topic=#{}", "é".repeat(150)), 50), "`topic`"),
        ] {
            assert!(wrong(&bad).starts_with(name) && wrong(&bad).len() < 250, "{bad}: {}", wrong(&bad));
        }
    }

    #[test]
    fn the_same_questions_have_one_name_and_others_another() {
        let name = |query: &str| FilterQuery::parse(query).unwrap().canonical();
        for (one, other, is_same) in [
            ("q=a&q=b", "q=b", true),
            ("q=a&q=b", "q=b&q=a", false),
            ("topic=a&topic=b", "topic=b&topic=a&topic=b", true),
            ("kind=meeting,forum", "kind=forum&kind=Meeting", true),
            ("precise=yes", "precise=true", true),
            ("precise=no", "", true),
            ("kind=meeting,,", "kind=meeting", true),
            ("utm=x&q=a", "q=+a+", true),
            ("q=a", "topic=a", false),
        ] {
            assert_eq!(name(one) == name(other), is_same, "{one} {other}");
        }
    }

    proptest! {
        #[test]
        fn any_query_is_read_or_refused_and_its_short_form_asks_the_same(
            query in "((kind|topic|q|standard|organizer|place|from|to|precise|after|x)=(\\PC{0,12}|2020-1[0-2]|meeting(,forum)?|1)&?){0,8}",
        ) {
            let Ok(asked) = FilterQuery::parse(&query) else { return Ok(()) };
            let again = FilterQuery::parse(&asked.canonical()).unwrap();
            prop_assert_eq!(again.canonical(), asked.canonical());
            prop_assert_eq!(again.filter(&Zone::utc()).ok(), asked.filter(&Zone::utc()).ok());
        }

        #[test]
        fn octets_do_no_harm(query in "[ -~]{0,80}") {
            let _ = FilterQuery::parse(&query).map(|query| query.filter(&Zone::utc()));
        }
    }
}
