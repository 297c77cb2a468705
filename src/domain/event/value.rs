//! The values of an event's fields: how words become them and they become words, and what is kept of them.

use std::str::FromStr;

use serde::{Deserialize, Deserializer};

use super::{Kind, Status};
use crate::domain::when::Point;
use crate::domain::{Invalid, text};

/// What somebody says in one field.
#[derive(Debug, Clone)]
pub enum Said<'a> {
    Text(&'a str),
    List(Vec<String>),
}

impl<'a> Said<'a> {
    pub fn text(self) -> Result<&'a str, Invalid> {
        match self {
            Self::Text(text) => Ok(text),
            Self::List(_) => Err(Invalid::new("is a list, where a text is wanted")),
        }
    }

    pub fn list(self) -> Vec<String> {
        match self {
            Self::Text(text) => split_list(text),
            Self::List(items) => items,
        }
    }
}

/// A value of an event in words.
pub trait Value: Sized {
    const IS_LIST: bool = false;

    /// `between`: what stands between the items of a list.
    fn text(&self, between: &str) -> String;

    /// None where the words say nothing about it.
    fn read(said: Said<'_>) -> Result<Option<Self>, Invalid>;
}

impl Value for Kind {
    fn text(&self, _: &str) -> String {
        self.to_string()
    }

    fn read(said: Said<'_>) -> Result<Option<Self>, Invalid> {
        said.text()?.parse().map(Some)
    }
}

impl Value for Status {
    fn text(&self, _: &str) -> String {
        self.to_string()
    }

    fn read(said: Said<'_>) -> Result<Option<Self>, Invalid> {
        or_none(said)
    }
}

impl Value for String {
    fn text(&self, _: &str) -> String {
        self.clone()
    }

    fn read(said: Said<'_>) -> Result<Option<Self>, Invalid> {
        said.text().map(|text| Some(text.to_owned()))
    }
}

impl Value for Vec<String> {
    const IS_LIST: bool = true;

    fn text(&self, between: &str) -> String {
        self.join(between)
    }

    fn read(said: Said<'_>) -> Result<Option<Self>, Invalid> {
        Ok(Some(said.list()))
    }
}

/// Splits a list as a table's cell holds it.
pub fn split_list(cell: &str) -> Vec<String> {
    cell.split(';').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

/// Splits a list as people type it, also with the semicolons of Chinese keyboards.
pub fn typed_list(typed: &str) -> Vec<String> {
    split_list(&typed.replace('；', ";"))
}

pub fn filled(said: Said<'_>) -> Result<&str, Invalid> {
    match said.text()? {
        text if text.trim().is_empty() => Err(Invalid::new("the start is missing: write a date such as 2020-10-01")),
        text => Ok(text),
    }
}

pub fn or_none<T: FromStr<Err = Invalid>>(said: Said<'_>) -> Result<Option<T>, Invalid> {
    match said.text()?.trim() {
        "" => Ok(None),
        text => text.parse().map(Some),
    }
}

pub fn points(said: Said<'_>) -> Result<Vec<Point>, Invalid> {
    said.list().iter().map(|date| date.parse()).collect()
}

/// Null says something too.
pub fn also_null<'de, T: Deserialize<'de>, D: Deserializer<'de>>(value: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(value).map(Some)
}

/// A UID is any text of one line (RFC 5545 section 3.8.4.7), of a length that every program keeps (RFC 7986 section 5.3).
pub fn checked_uid(uid: &str) -> Result<String, Invalid> {
    match text::cleaned(uid.trim()).trim() {
        "" => Err(Invalid::new("the UID is empty: leave it out, and one is made")),
        _ if uid.trim().chars().any(char::is_control) => Err(Invalid::new("the UID holds a control character")),
        trimmed if trimmed.len() > 255 => Err(Invalid::new("the UID has more than 255 octets")),
        trimmed => Ok(trimmed.to_owned()),
    }
}

pub fn as_given<T>(_: &str, value: T) -> Result<T, Invalid> {
    Ok(value)
}

pub fn line(field: &str, given: String) -> Result<String, Invalid> {
    let line = text::single_line(&given);
    text::at_most(field, &line, 1000).map(|()| line)
}

pub fn title(field: &str, given: String) -> Result<String, Invalid> {
    match line(field, given)? {
        title if title.is_empty() => Err(Invalid::new("the title is empty: say in a few words what the event is")),
        title => Ok(title),
    }
}

/// `noun`: what one of them is called.
pub fn labels(noun: &str) -> impl Fn(&str, Vec<String>) -> Result<Vec<String>, Invalid> {
    move |_, given| text::labels(noun, given.iter().map(String::as_str))
}

pub fn web_url(_: &str, given: String) -> Result<String, Invalid> {
    text::web_url(&given)
}

pub fn long_text(field: &str, given: String) -> Result<String, Invalid> {
    let lines = text::multi_line(&given);
    text::at_most(field, &lines, 100_000).map(|()| lines)
}
