//! What a form of the desk sent.

use std::convert::Infallible;

use axum::body::Bytes;
use futures_util::stream;
use multer::Multipart;
use percent_encoding::percent_decode;

/// Of the secret that each form carries.
pub const TOKEN: &str = "token";
/// Of the path of the page that a form stands on, where what was typed is worth keeping.
pub const PLACE: &str = "place";
/// Of the button that was pressed.
pub const DO: &str = "do";

/// More parts than any form has.
const MOST_PARTS: usize = 1000;

/// A file that was chosen in a form, or dropped on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentFile {
    field: String,
    /// As its owner called it, without folders.
    pub name: String,
    pub octets: Bytes,
}

/// The fields of a form, in its order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sent {
    fields: Vec<(String, String)>,
    files: Vec<SentFile>,
    /// Something in it was no UTF-8: the octets that were none are shown as such.
    pub is_garbled: bool,
}

impl Sent {
    pub fn of(fields: Vec<(String, String)>) -> Self {
        Self { fields, ..Self::default() }
    }

    /// `application/x-www-form-urlencoded`, as browsers send it.
    pub fn read(body: &[u8]) -> Self {
        let fields = url::form_urlencoded::parse(body).into_owned().collect();
        let decoded: Vec<u8> = percent_decode(body).collect();
        Self { fields, files: Vec::new(), is_garbled: std::str::from_utf8(&decoded).is_err() }
    }

    /// `multipart/form-data` (RFC 7578), as browsers send a form with files; none if it is not that.
    pub async fn read_parts(content_type: &str, body: Bytes) -> Option<Self> {
        let boundary = multer::parse_boundary(content_type).ok()?;
        let body = stream::iter([Ok::<_, Infallible>(body)]);
        let (mut parts, mut sent) = (Multipart::new(body, boundary), Self::default());
        while let Some(part) = parts.next_field().await.ok()? {
            let field = part.name()?.to_owned();
            let file = part.file_name().map(|name| name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned());
            let octets = part.bytes().await.ok()?;
            match file {
                // Nothing was chosen.
                Some(_) if octets.is_empty() => {}
                Some(name) => sent.files.push(SentFile { field, name, octets }),
                None => {
                    sent.is_garbled |= std::str::from_utf8(&octets).is_err();
                    sent.fields.push((field, String::from_utf8_lossy(&octets).into_owned()));
                }
            }
            if sent.fields.len() + sent.files.len() > MOST_PARTS {
                return None;
            }
        }
        Some(sent)
    }

    /// The file of this name, if one was chosen.
    pub fn file(&self, name: &str) -> Option<&SentFile> {
        self.files.iter().find(|file| file.field == name)
    }

    /// The same form with another value in one of its fields.
    pub fn replaced(mut self, name: &str, value: String) -> Self {
        self.fields.retain(|(known, _)| known != name);
        self.fields.push((name.to_owned(), value));
        self
    }

    /// The last value of this name.
    pub fn one(&self, name: &str) -> Option<&str> {
        self.fields.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The same, or nothing.
    pub fn text(&self, name: &str) -> &str {
        self.one(name).unwrap_or_default()
    }

    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The button that was pressed.
    pub fn button(&self) -> &str {
        self.text(DO)
    }

    /// What somebody has typed: without what the page itself put in.
    pub fn typed(&self) -> Vec<(String, String)> {
        self.fields.iter().filter(|(key, _)| ![TOKEN, PLACE, DO].contains(&key.as_str())).cloned().collect()
    }

    /// The page that it stands on, if what was typed is worth keeping.
    pub fn place(&self) -> Option<&str> {
        self.one(PLACE).filter(|place| is_place(place))
    }
}

/// Whether this is the path of a page of the desk, and leads nowhere else.
pub fn is_place(path: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/-_.~%?=&+:".contains(c);
    let rest = path.strip_prefix(crate::domain::links::DESK);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
        && path.len() <= 500
        && path.chars().all(is_plain)
        && !path.contains("//")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_form_is_read_as_browsers_send_it() {
        let sent = Sent::read(b"title=A+%26+B&topics=one&topics=two&token=x&place=/admin/events/new&do=save&bad=%FF");
        assert_eq!((sent.text("title"), sent.button()), ("A & B", "save"));
        assert_eq!(sent.all("topics").collect::<Vec<_>>(), ["one", "two"]);
        assert!(sent.is_garbled && !Sent::read(b"title=%E4%B8%AD").is_garbled);
        assert!(sent.typed().iter().all(|(name, _)| name != "token" && name != "place"));
        assert_eq!(sent.place(), Some("/admin/events/new"));
    }

    #[tokio::test]
    async fn a_form_with_a_file_is_read_as_browsers_send_it() {
        let body = "--X\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nA & B\r\n\
            --X\r\nContent-Disposition: form-data; name=\"none\"; filename=\"\"\r\nContent-Type: application/octet-stream\r\n\r\n\r\n\
            --X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"C:\\\\a/notice.txt\"\r\n\r\n\u{0}\u{1}\r\n--X--\r\n";
        let sent = Sent::read_parts("multipart/form-data; boundary=X", Bytes::from(body)).await.unwrap();
        let file = sent.file("file").unwrap();
        assert_eq!((sent.text("title"), file.name.as_str(), &file.octets[..]), ("A & B", "notice.txt", &b"\0\x01"[..]));
        assert!(sent.file("none").is_none() && sent.typed() == [("title".to_owned(), "A & B".to_owned())]);
        for (kind, body) in
            [("multipart/form-data", body), ("multipart/form-data; boundary=Y", body), ("text/plain", "")]
        {
            assert_eq!(Sent::read_parts(kind, Bytes::from(body)).await, None, "{kind}");
        }
    }

    proptest! {
        #[test]
        fn whatever_parts_come_are_read_or_refused(octets in prop::collection::vec(any::<u8>(), 0..200), cut in 0..400_usize) {
            let mut body = b"--X\r\nContent-Disposition: form-data; name=\"a\"; filename=\"b\"\r\n\r\n".to_vec();
            body.extend(octets);
            body.extend(b"\r\n--X\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\nx\r\n--X--\r\n");
            body.truncate(cut);
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let sent = runtime.block_on(Sent::read_parts("multipart/form-data; boundary=X", Bytes::from(body)));
            prop_assert!(sent.is_none_or(|sent| sent.typed().is_empty()));
        }

        #[test]
        fn whatever_octets_come_are_fields(octets in prop::collection::vec(any::<u8>(), 0..200)) {
            let sent = Sent::read(&octets);
            prop_assert!(sent.place().is_none_or(|place| place.starts_with("/admin")));
            prop_assert!(sent.typed().iter().all(|(name, _)| name != TOKEN));
        }
    }

    #[test]
    fn a_place_is_a_page_of_the_desk() {
        for (path, is) in [
            ("/admin", true),
            ("/admin/events/7?x=1", true),
            ("/admin?to=/admin", true),
            ("/administrator", false),
            ("//evil.example/admin", false),
            ("/admin//evil.example", false),
            ("https://evil.example/admin", false),
            ("/admin/\r\nX: y", false),
            ("", false),
        ] {
            assert_eq!(is_place(path), is, "{path}");
        }
    }
}
