//! What is asked of a list, and its pages: how many, from where on, and where the next ones are.

use axum::Json;
use axum::http::{HeaderMap, HeaderValue, header};
use data_encoding::BASE64URL_NOPAD;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::PREFIX;
use super::named::json;
use super::problem::{Answer, Problem, field};
use crate::domain::meant::of_unknown_field;
use crate::domain::when::Point;
use crate::office::Stretch;

const USUAL: usize = 50;
const MOST: usize = 500;

/// What stands behind the `?`.
pub fn query<T: DeserializeOwned>(query: &str) -> Answer<T> {
    let pairs = serde_html_form::Deserializer::from_bytes(query.as_bytes());
    serde_path_to_error::deserialize(pairs).map_err(|error| {
        let field = field(error.path()).unwrap_or("query");
        Problem::of_field(field, of_unknown_field(&error.inner().to_string()))
    })
}

/// For what may be left out. An empty text is one: it is not left out.
pub fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// How many somebody asks for.
pub fn limit(given: Option<usize>) -> Answer<usize> {
    bounded("limit", given.unwrap_or(USUAL))
}

/// How many, in a field of this name.
pub fn bounded(field: &str, given: usize) -> Answer<usize> {
    match given {
        1..=MOST => Ok(given),
        other => Err(Problem::of_field(field, format!("{other} is too few or too many: use 1 to {MOST}"))),
    }
}

/// The last of a page, in a list that is sorted by an instant and an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    pub at: Timestamp,
    pub id: i64,
}

impl Cursor {
    /// In a list that is sorted by ids alone.
    pub fn of(id: i64) -> Self {
        Self { at: Timestamp::UNIX_EPOCH, id }
    }

    /// What is asked for a page of such a list that has the newest first: one more than stands on it.
    pub fn stretch(after: Option<&str>, limit: usize) -> Answer<Stretch> {
        let before = after.map(Self::read_id).transpose()?;
        Ok(Stretch { before, limit: Some(limit + 1) })
    }

    /// Where the instant says nothing, it may be any.
    fn read_id(text: &str) -> Answer<i64> {
        Ok(Self::numbers(text)?.1)
    }

    /// Nanoseconds, and an id.
    fn numbers(text: &str) -> Answer<(i128, i64)> {
        let octets = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| wrong_cursor())?;
        let (at, id) = octets.split_at_checked(16).ok_or_else(wrong_cursor)?;
        let at = i128::from_be_bytes(at.try_into().map_err(|_| wrong_cursor())?);
        Ok((at, i64::from_be_bytes(id.try_into().map_err(|_| wrong_cursor())?)))
    }

    fn text(self) -> String {
        let octets = [self.at.as_nanosecond().to_be_bytes().as_slice(), &self.id.to_be_bytes()].concat();
        BASE64URL_NOPAD.encode(&octets)
    }

    pub fn read(text: &str) -> Answer<Self> {
        let (at, id) = Self::numbers(text)?;
        Ok(Self { at: Timestamp::from_nanosecond(at).map_err(|_| wrong_cursor())?, id })
    }
}

/// A page of a list that has the newest first, and where the next one begins: one more was asked for than it may hold.
pub fn page<T>(mut found: Vec<T>, limit: usize, id: impl Fn(&T) -> i64) -> (Vec<T>, Option<Cursor>) {
    let has_more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| has_more).map(|last| Cursor::of(id(last)));
    (found, next)
}

/// The last of a page, in a list of dates: a thing may have several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateCursor {
    pub of: Cursor,
    /// Which of its dates.
    pub date: Option<Point>,
}

impl DateCursor {
    pub fn text(self) -> String {
        let date = self.date.map(|date| format!(".{date}")).unwrap_or_default();
        format!("{}{date}", self.of.text())
    }

    pub fn read(text: &str) -> Answer<Self> {
        let (of, date) = text.split_once('.').map_or((text, None), |(of, date)| (of, Some(date)));
        let date = date.map(str::parse).transpose().map_err(|_| wrong_cursor())?;
        Ok(Self { of: Cursor::read(of)?, date })
    }
}

fn wrong_cursor() -> Problem {
    Problem::of_field("cursor", "this is no cursor: take the one from the Link of the page before")
}

/// A page as it is answered: its records, and where the next ones are, if there are any.
pub type Page = (HeaderMap, Json<Value>);

/// The page of the list at `path` below the API, which `query` asked for.
pub fn answer(path: &str, query: &str, records: &impl Serialize, next: Option<Cursor>) -> Page {
    answer_from(path, query, records, next.map(Cursor::text))
}

/// The same, where the cursor tells more.
pub fn answer_from(path: &str, query: &str, records: &impl Serialize, cursor: Option<String>) -> Page {
    let next = cursor.map(|cursor| next(&format!("{PREFIX}{path}"), query, &cursor));
    (next.unwrap_or_default(), json(records))
}

/// Where the next page is (RFC 8288): the same question, from there on.
fn next(path: &str, query: &str, cursor: &str) -> HeaderMap {
    let mut pairs = url::form_urlencoded::Serializer::new(String::new());
    pairs.extend_pairs(url::form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != "cursor"));
    let query = pairs.append_pair("cursor", cursor).finish();
    let link = HeaderValue::try_from(format!("<{path}?{query}>; rel=\"next\""));
    link.map(|link| HeaderMap::from_iter([(header::LINK, link)])).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_back_and_others_are_refused() {
        for (at, id) in [(0, 1), (-1_600_000_000, i64::MAX), (1_600_000_000, 7)] {
            let cursor = Cursor { at: Timestamp::from_second(at).unwrap(), id };
            assert_eq!(Cursor::read(&cursor.text()).unwrap(), cursor);
        }
        for wrong in ["", "x", "AAAA", "é", &BASE64URL_NOPAD.encode(&[0x7f; 24])] {
            assert!(Cursor::read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_wrong_in_a_query_is_told_with_its_name() {
        #[derive(Debug, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        #[allow(dead_code)]
        struct Asked {
            #[serde(default)]
            class: Vec<crate::domain::bounce::Class>,
            limit: Option<usize>,
        }
        let asked: Asked = query("class=hard&class=soft&limit=3").unwrap();
        assert_eq!((asked.class.len(), asked.limit), (2, Some(3)));
        for (wrong, field) in [
            ("limit=x", "limit"),
            ("class=hard&class=red", "class"),
            ("colour=red", "colour"),
            ("limit=1&limit=2", "limit"),
        ] {
            let problem = serde_json::to_value(query::<Asked>(wrong).unwrap_err()).unwrap();
            assert_eq!((&problem["status"], &problem["errors"][0]["field"]), (&422.into(), &field.into()), "{problem}");
        }
    }

    #[test]
    fn a_cursor_may_name_one_of_several_dates() {
        let of = Cursor { at: Timestamp::UNIX_EPOCH, id: 7 };
        for date in [None, Some("2020-10-01".parse().unwrap()), Some("2020-10-01T09:30".parse().unwrap())] {
            let cursor = DateCursor { of, date };
            assert_eq!(DateCursor::read(&cursor.text()).unwrap(), cursor);
        }
        assert!(DateCursor::read(&format!("{}.", of.text())).is_err() && DateCursor::read(".2020-10-01").is_err());
    }

    #[test]
    fn the_next_page_asks_the_same_question() {
        let cursor = Cursor { at: Timestamp::UNIX_EPOCH, id: 1 };
        let headers = next("/api/v1/events", "kind=meeting&cursor=old&q=a%20b", &cursor.text());
        let link = headers[header::LINK].to_str().unwrap();
        let expected = format!("</api/v1/events?kind=meeting&q=a+b&cursor={}>; rel=\"next\"", cursor.text());
        assert_eq!(link, expected);
    }
}
