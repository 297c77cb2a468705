//! What stands above the text of an article.

use std::fmt;
use std::marker::PhantomData;

use jiff::civil::Date;
use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Deserializer};
use serde_saphyr::{MessageFormatter as _, UserMessageFormatter};

use crate::domain::meant::of_unknown_field;
use crate::domain::when::Point;
use crate::domain::{Invalid, article, text};

const NOT_A_TEXT: &str = "a text is wanted here, not a list or keys with values";

#[derive(Debug, Clone, Copy)]
pub enum Syntax {
    Yaml,
    Toml,
}

/// Each value is judged where it is read, so that the library tells the line of one that is wrong.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FrontMatter {
    #[serde(deserialize_with = "title")]
    pub title: Option<String>,
    #[serde(deserialize_with = "byline")]
    pub byline: Option<String>,
    #[serde(deserialize_with = "date")]
    pub date: Option<Date>,
    #[serde(deserialize_with = "source")]
    pub source: Option<String>,
    #[serde(deserialize_with = "topics")]
    pub topics: Vec<String>,
    #[serde(deserialize_with = "events")]
    pub events: Vec<String>,
    pub draft: Option<bool>,
}

impl FrontMatter {
    /// An error comes with the number of lines before the one at fault.
    pub fn read(syntax: Syntax, front: &str) -> Result<Self, (u64, String)> {
        read_with(syntax, front, PhantomData::<Option<Self>>).map(Option::unwrap_or_default)
    }
}

/// Reads front matter as `seed` takes it. An error comes with the number of lines before the one at fault.
pub fn read_with<'de, S: DeserializeSeed<'de>>(
    syntax: Syntax,
    front: &'de str,
    seed: S,
) -> Result<S::Value, (u64, String)> {
    let one_line = |reason: &str| text::single_line(&of_unknown_field(&reason.replace('\n', ": ")));
    match syntax {
        Syntax::Toml => toml::de::Deserializer::parse(front).and_then(|toml| seed.deserialize(toml)).map_err(|error| {
            let place = error.span().map_or(0, |span| span.start.min(front.len()));
            let line = front.as_bytes()[..place].iter().filter(|octet| **octet == b'\n').count();
            (line as u64, one_line(error.message()))
        }),
        Syntax::Yaml => {
            // `no` and `on` are words, as they are in YAML 1.2.
            let options = serde_saphyr::options! { strict_booleans: true };
            let read =
                serde_saphyr::with_deserializer_from_str_with_options(front, options, |yaml| seed.deserialize(yaml));
            read.map_err(|error| {
                let line = error.location().map_or(0, |location| location.line().saturating_sub(1));
                (line, one_line(&yaml_reason(&error)))
            })
        }
    }
}

/// What the library says, where that is not about the library's own notions.
fn yaml_reason(error: &serde_saphyr::Error) -> String {
    match error.without_snippet() {
        serde_saphyr::Error::Unexpected { expected: "string scalar", .. } => NOT_A_TEXT.to_owned(),
        serde_saphyr::Error::Unexpected { expected: "mapping start", .. } => {
            "the front matter has a key and its value on each line, such as `title: …`".to_owned()
        }
        other => match UserMessageFormatter.format_message(other) {
            // What people write most, and the library's sentence helps only who knows YAML.
            message if message.contains("mapping values are not allowed") => {
                "a text with a colon and a space in it needs quotes, as in `title: \"One: two\"`".to_owned()
            }
            message => message.into_owned(),
        },
    }
}

fn title<'de, D: Deserializer<'de>>(value: D) -> Result<Option<String>, D::Error> {
    judged(value, |given| article::line("title", given))
}

fn byline<'de, D: Deserializer<'de>>(value: D) -> Result<Option<String>, D::Error> {
    judged(value, |given| article::line("byline", given))
}

fn date<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Date>, D::Error> {
    judged(value, Point::read_day)
}

fn source<'de, D: Deserializer<'de>>(value: D) -> Result<Option<String>, D::Error> {
    judged(value, text::web_url)
}

fn topics<'de, D: Deserializer<'de>>(value: D) -> Result<Vec<String>, D::Error> {
    let given = Option::<Texts>::deserialize(value)?.unwrap_or_default();
    article::topics(&given.0).map_err(D::Error::custom)
}

fn events<'de, D: Deserializer<'de>>(value: D) -> Result<Vec<String>, D::Error> {
    let given = Option::<Texts>::deserialize(value)?.unwrap_or_default();
    Ok(article::events(&given.0))
}

fn judged<'de, D: Deserializer<'de>, T>(
    value: D,
    judge: impl FnOnce(&str) -> Result<T, Invalid>,
) -> Result<Option<T>, D::Error> {
    let given = Option::<Text>::deserialize(value)?;
    given.map(|given| judge(&given.0)).transpose().map_err(D::Error::custom)
}

/// A text, also where it looks like a number or a date.
struct Text(String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
        value.deserialize_str(TextVisitor).map(Self)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<String, E> {
        Ok(value.to_owned())
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<String, E> {
        Ok(value.to_string())
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<String, E> {
        Ok(value.to_string())
    }

    /// A date of TOML is told as a map with one key.
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<String, A::Error> {
        let date = toml::value::Datetime::deserialize(MapAccessDeserializer::new(map));
        date.map(|date| date.to_string()).map_err(|_| A::Error::custom(NOT_A_TEXT))
    }
}

/// One text, or a list of them.
#[derive(Default)]
pub struct Texts(pub Vec<String>);

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
        value.deserialize_any(TextsVisitor).map(Self)
    }
}

struct TextsVisitor;

impl<'de> Visitor<'de> for TextsVisitor {
    type Value = Vec<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or a list of texts")
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Vec<String>, E> {
        Ok(vec![value.to_owned()])
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Vec<String>, E> {
        Ok(vec![value.to_string()])
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Vec<String>, E> {
        Ok(vec![value.to_string()])
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<String>, A::Error> {
        let mut texts = Vec::new();
        while let Some(Text(text)) = list.next_element()? {
            texts.push(text);
        }
        Ok(texts)
    }
}
