//! The octets of a request, and the JSON in them.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::GzDecoder;
use hyper::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap};
use serde_json::Value;
use serde_json::value::RawValue;

use super::Denied;
use super::entry::Entry;
use crate::domain::text;

/// No more is read of a request, packed or not.
const LIMIT: usize = 1 << 20;
/// No provider puts so many events into one request.
const MOST_ENTRIES: usize = 10_000;

/// The octets of a body, unpacked.
pub fn octets<'a>(headers: &HeaderMap, body: &'a [u8]) -> Result<Cow<'a, [u8]>, Denied> {
    let too_long = || Denied::TooLong(format!("more than {LIMIT} octets are not read"));
    let body = match headers.get(CONTENT_ENCODING).map(|value| value.as_bytes().trim_ascii().to_ascii_lowercase()) {
        None => Cow::Borrowed(body),
        Some(encoding) => match encoding.as_slice() {
            b"" | b"identity" => Cow::Borrowed(body),
            b"gzip" | b"x-gzip" => {
                let mut unpacked = Vec::new();
                // Of one member: an endless row of empty ones would cost much time.
                let mut reader = GzDecoder::new(body).take(LIMIT as u64 + 1);
                reader.read_to_end(&mut unpacked).map_err(|_| Denied::Unreadable("the body is no gzip".into()))?;
                Cow::Owned(unpacked)
            }
            other => {
                let name: String = other.escape_ascii().take(40).map(char::from).collect();
                return Err(Denied::Unreadable(format!("the body is packed as {name}: send it plain or as gzip")));
            }
        },
    };
    if body.len() > LIMIT { Err(too_long()) } else { Ok(body) }
}

/// A body as text. A server's words that a provider hands on may be of any charset: what is no UTF-8 costs a letter.
pub fn text(octets: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(octets.strip_prefix(b"\xef\xbb\xbf").unwrap_or(octets))
}

/// The media type, in small letters and without parameters.
pub fn media_type(headers: &HeaderMap) -> String {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// The one object that a body is to be.
pub fn object(body: &str) -> Result<Entry, Denied> {
    let entry = Entry { value: parse(body)?, raw: body.to_owned() };
    match entry.value {
        Value::Object(_) => Ok(entry),
        _ => Err(Denied::Unreadable(format!("the body is {}: one object of JSON is wanted", kind(&entry.value)))),
    }
}

/// The objects of a body that is an array of them, or one by itself. What is no object among others stays among them,
/// as null: a bad one costs only itself.
pub fn entries(body: &str) -> Result<Vec<Entry>, Denied> {
    if !body.trim_start().starts_with('[') {
        return Ok(vec![object(body)?]);
    }
    // Each is read by itself, so that one that is nested too deep, or holds half a letter, leaves the others alone.
    let parts: Vec<&RawValue> = serde_json::from_str(body).map_err(|error| no_json(&error))?;
    if parts.len() > MOST_ENTRIES {
        return Err(Denied::TooLong(format!("more than {MOST_ENTRIES} events in one request are not read")));
    }
    let read = |part: &RawValue| {
        let value = serde_json::from_str(part.get()).ok().filter(Value::is_object).unwrap_or_default();
        Entry { value, raw: part.get().to_owned() }
    };
    let entries: Vec<Entry> = parts.into_iter().map(read).collect();
    match entries.is_empty() || entries.iter().any(|entry| entry.value.is_object()) {
        true => Ok(entries),
        false => Err(Denied::Unreadable("the body is an array without an object that can be read".into())),
    }
}

fn parse(body: &str) -> Result<Value, Denied> {
    serde_json::from_str(body).map_err(|error| no_json(&error))
}

fn no_json(error: &serde_json::Error) -> Denied {
    Denied::Unreadable(format!("the body is no JSON that can be read: {}", text::overheard(&error.to_string())))
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
        _ => "a single value",
    }
}
