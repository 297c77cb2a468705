//! What a form of the desk sent.

use percent_encoding::percent_decode;

/// Of the secret that each form carries.
pub const TOKEN: &str = "token";
/// Of the path of the page that a form stands on, where what was typed is worth keeping.
pub const PLACE: &str = "place";
/// Of the button that was pressed.
pub const DO: &str = "do";

/// The fields of a form, in its order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sent {
    fields: Vec<(String, String)>,
    /// Something in it was no UTF-8: the octets that were none are shown as such.
    pub is_garbled: bool,
}

impl Sent {
    pub fn of(fields: Vec<(String, String)>) -> Self {
        Self { fields, is_garbled: false }
    }

    /// `application/x-www-form-urlencoded`, as browsers send it.
    pub fn read(body: &[u8]) -> Self {
        let fields = url::form_urlencoded::parse(body).into_owned().collect();
        let decoded: Vec<u8> = percent_decode(body).collect();
        Self { fields, is_garbled: std::str::from_utf8(&decoded).is_err() }
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

    proptest! {
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
