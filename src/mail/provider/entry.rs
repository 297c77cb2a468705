//! One event of a body: its fields, whatever they hold.

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{Event, What};
use crate::domain::provider::{DELIVERY_FIELD, DELIVERY_HEADER};
use crate::domain::status::Status;
use crate::domain::text::fold_case;
use crate::mail::bounce;

const LONGEST_TOKEN: usize = 100;
const LONGEST_ID: usize = 250;
/// So much is kept of an event that nobody understands.
const LONGEST_RAW: usize = 10_000;

pub struct Entry {
    pub value: Value,
    /// As it came.
    pub raw: String,
}

impl Entry {
    /// The text or number at a place: `/mail/messageId`. None if there is none, or nothing in it.
    pub fn given(&self, place: &str) -> Option<String> {
        say(self.value.pointer(place)?)
    }

    pub fn text(&self, place: &str) -> String {
        self.given(place).unwrap_or_default()
    }

    /// A word that a provider uses, in small letters and without what stands between its parts.
    pub fn word(&self, place: &str) -> String {
        word(&self.text(place))
    }

    pub fn is(&self, place: &str) -> bool {
        matches!(self.text(place).to_ascii_lowercase().as_str(), "true" | "1")
    }

    pub fn list(&self, place: &str) -> &[Value] {
        self.value.pointer(place).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
    }

    pub fn address(&self, place: &str) -> Option<String> {
        address(&self.given(place)?)
    }

    pub fn time(&self, place: &str) -> Option<Timestamp> {
        time(&self.given(place)?)
    }

    /// Our token in a field of the provider's.
    pub fn token(&self, place: &str) -> Option<String> {
        token(self.value.pointer(place)?)
    }

    pub fn message_id(&self, place: &str) -> Option<String> {
        message_id(&self.given(place)?)
    }

    pub fn id(&self, place: &str) -> Option<String> {
        id(&self.given(place)?)
    }

    /// What tells this event from others: these parts of it if all of them are there, else the whole.
    pub fn key(&self, parts: &[Option<String>]) -> String {
        let parts: Option<Vec<&str>> = parts.iter().map(Option::as_deref).collect();
        digest(&parts.unwrap_or_else(|| vec![&self.raw]))
    }

    /// An event of which the provider's words say nothing known: kept as it came.
    pub fn unknown(&self, name: &str, key: String) -> Event {
        Event {
            diagnostic: bounce::diagnostic(name),
            raw: bounce::line(&self.raw, LONGEST_RAW),
            ..Event::of(key, What::Unknown)
        }
    }
}

impl Event {
    pub(super) fn of(key: String, what: What) -> Self {
        Self {
            key,
            what,
            address: None,
            status: None,
            diagnostic: None,
            delivery: None,
            envelope_sender: None,
            message_id: None,
            relay_id: None,
            at: None,
            raw: None,
        }
    }

    pub(super) fn of_address(self, address: Option<String>) -> Self {
        Self { address, ..self }
    }

    /// As it came too, if it is unknown.
    pub(super) fn kept(self, entry: &Entry) -> Self {
        match self.what {
            What::Unknown => Self { raw: bounce::line(&entry.raw, LONGEST_RAW), ..self },
            _ => self,
        }
    }
}

/// One name for what these texts say together.
pub fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    HEXLOWER.encode(&hash.finalize())
}

/// A number beyond 64 bits has lost its last digits: it names nothing any more.
pub fn say(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) if number.as_f64().is_some_and(|n| number.is_f64() && n.abs() >= 9e15) => None,
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(is) => Some(is.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

pub fn word(text: &str) -> String {
    fold_case(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// `ada@example.org`, `<ada@example.org>`, `Ada <ada@example.org>`.
pub fn address(text: &str) -> Option<String> {
    let bare = text.strip_suffix('>').and_then(|rest| rest.rsplit_once('<')).map_or(text, |(_, address)| address);
    bounce::address(bare).filter(|address| address.contains('@'))
}

/// Whose an address is, for the key of an event.
pub fn folded(address: Option<&str>) -> Option<String> {
    address.map(fold_case)
}

pub fn message_id(text: &str) -> Option<String> {
    id(text.trim_start_matches('<').trim_end_matches('>'))
}

pub fn id(text: &str) -> Option<String> {
    bounce::line(text, LONGEST_ID)
}

/// RFC 3339, or seconds or milliseconds since 1970.
pub fn time(text: &str) -> Option<Timestamp> {
    match text.parse::<f64>() {
        // Seconds come to 1e11 in the year 5138.
        Ok(number) if number.is_finite() && number.abs() < 1e15 => {
            let milliseconds = if number.abs() < 1e11 { number * 1000.0 } else { number };
            Timestamp::from_millisecond(milliseconds as i64).ok()
        }
        Ok(_) => None,
        Err(_) => text.parse().ok(),
    }
}

pub fn status(text: &str) -> Option<Status> {
    Status::find(text)
}

/// Our token in what a provider hands back: by itself, or under our name in an object, or in the text of one.
pub fn token(value: &Value) -> Option<String> {
    let plain = |text: &str| {
        let fits = |c: char| c.is_ascii_alphanumeric() || "-_.+=".contains(c);
        (text.len() <= LONGEST_TOKEN && !text.is_empty() && text.chars().all(fits)).then(|| text.to_owned())
    };
    match value {
        Value::Object(fields) => {
            let ours = word(DELIVERY_FIELD);
            plain(&fields.iter().find(|(name, _)| word(name) == ours).and_then(|(_, value)| first(value))?)
        }
        Value::String(text) if text.trim_start().starts_with('{') => match serde_json::from_str(text).ok()? {
            inner @ Value::Object(_) => token(&inner),
            _ => None,
        },
        Value::String(text) => plain(text.trim()),
        _ => None,
    }
}

/// Our token in the headers of the mail: `[{"name": …, "value": …}]`, or an object.
pub fn token_in_headers(headers: &Value) -> Option<String> {
    token(&Value::String(header(headers, DELIVERY_HEADER)?))
}

/// A header of the mail, whatever the case of its name.
pub fn header(headers: &Value, name: &str) -> Option<String> {
    match headers {
        Value::Array(fields) => fields.iter().find_map(|field| {
            let is_it = field["name"].as_str().is_some_and(|found| found.eq_ignore_ascii_case(name));
            is_it.then(|| say(&field["value"])).flatten()
        }),
        Value::Object(fields) => {
            fields.iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).and_then(|(_, value)| first(value))
        }
        _ => None,
    }
}

/// A value, or the first of a list of them.
fn first(value: &Value) -> Option<String> {
    value.as_array().map_or_else(|| say(value), |list| say(list.first()?))
}
