//! XML, one event after the other, without what a document's parts have no use for.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// Broken beyond what can be read.
#[derive(Debug)]
pub struct Broken;

pub enum Node<'a> {
    Open(Element<'a>),
    Close,
    Text(Cow<'a, str>),
}

pub struct Element<'a> {
    start: BytesStart<'a>,
}

impl Element<'_> {
    pub fn name(&self) -> Cow<'_, str> {
        let start = self.start.local_name().into_inner();
        String::from_utf8_lossy(start)
    }

    /// What stands before the colon of its name.
    pub fn prefix(&self) -> &[u8] {
        self.start.name().prefix().map(|prefix| prefix.into_inner()).unwrap_or_default()
    }

    /// Of an attribute, whatever stands before the colon of its name.
    pub fn attribute(&self, name: &str) -> Option<String> {
        let mut attributes = self.start.attributes();
        // Looking for doubles takes time by the square.
        let mut attributes = attributes.with_checks(false).flatten();
        let found = attributes.find(|found| found.key.local_name().as_ref() == name.as_bytes())?;
        Some(String::from_utf8_lossy(&found.value).into_owned())
    }
}

/// Hands over what is in the part, in its order.
pub fn walk(octets: &[u8], mut take: impl FnMut(Node<'_>)) -> Result<(), Broken> {
    let mut reader = Reader::from_reader(octets);
    reader.config_mut().expand_empty_elements = true;
    let mut depth = 0_usize;
    let mut has_root = false;
    loop {
        match reader.read_event().map_err(|_| Broken)? {
            Event::Start(start) => {
                depth += 1;
                has_root = true;
                take(Node::Open(Element { start }));
            }
            Event::End(_) => {
                depth = depth.saturating_sub(1);
                take(Node::Close);
            }
            Event::Text(text) => take(Node::Text(String::from_utf8_lossy(&text))),
            Event::CData(text) => take(Node::Text(String::from_utf8_lossy(&text))),
            Event::GeneralRef(name) => {
                let c = match (name.resolve_char_ref(), &*name) {
                    (Ok(Some(c)), _) => Some(c),
                    (_, b"lt") => Some('<'),
                    (_, b"gt") => Some('>'),
                    (_, b"amp") => Some('&'),
                    (_, b"quot") => Some('"'),
                    (_, b"apos") => Some('\''),
                    // Entities of its own have no place here; none is expanded.
                    _ => None,
                };
                if let Some(c) = c {
                    take(Node::Text(Cow::Owned(c.to_string())));
                }
            }
            Event::Eof => return if depth == 0 && has_root { Ok(()) } else { Err(Broken) },
            _ => {}
        }
    }
}
