//! An event as a text that somebody changes: front matter as articles have it, and the description below it.

use std::cell::RefCell;
use std::fmt;

use serde::Deserializer;
use serde::de::{DeserializeSeed, Error as _, MapAccess, Visitor};

use super::Rejected;
use super::article::front_matter::{Texts, read_with};
use super::article::{Parts, decode};
use crate::domain::event::{Details, EventPatch, Field, Said};
use crate::domain::{FieldError, Invalid, text};

/// The fields of the front matter, in the order in which people think of them.
const FIELDS: [Field; 13] = [
    Field::Title,
    Field::Kind,
    Field::Status,
    Field::Start,
    Field::End,
    Field::Timezone,
    Field::Repeat,
    Field::Location,
    Field::Organizer,
    Field::Topics,
    Field::Standards,
    Field::Url,
    Field::JoinUrl,
];
/// Of these only what is said.
const SELDOM: [Field; 4] = [Field::Duration, Field::Rdates, Field::Exdates, Field::DescriptionFormat];
/// How a line begins that tells what is wrong with the one below it.
const MARK: &str = "# error: ";

/// Judges what is said in a field before it is taken, and may say it in other words.
pub type Judge<'a> = &'a dyn Fn(Field, &str) -> Result<String, FieldError>;

/// The text that an editor begins with.
pub fn write(details: &Details) -> String {
    let seldom = SELDOM.into_iter().filter(|field| field.is_said(details));
    let lines = FIELDS.into_iter().chain(seldom).map(|field| {
        let value = match field.is_list() {
            true => listed(&field.text(details)),
            false => quoted(&field.text(details)),
        };
        format!("{}: {value}", field.as_str()).trim_end().to_owned() + "\n"
    });
    format!("---\n{}---\n\n{}\n", lines.collect::<String>(), details.description)
}

/// What the text says otherwise than the event does. A line that is gone says nothing.
pub fn read(octets: &[u8], details: &Details, judge: Judge<'_>) -> Result<EventPatch, Rejected> {
    let text = decode(octets)?;
    let parts = Parts::of(&text)?;
    let Some((syntax, front)) = parts.front else {
        return Err(Rejected::whole(1, "the fields stand between two lines `---` at the top"));
    };
    let patch = RefCell::new(EventPatch::default());
    let fields = FieldsOf { details, patch: &patch, judge };
    read_with(syntax, front, fields).map_err(|(line, reason)| Rejected::whole(parts.front_line + line, reason))?;
    let mut patch = patch.into_inner();
    let written = text::multi_line(parts.body);
    if written != text::multi_line(&details.description) {
        patch
            .say(Field::Description, Said::Text(&written))
            .map_err(|error| Rejected::whole(parts.body_line, error.to_string()))?;
    }
    Ok(patch)
}

/// The same text with what is wrong above the line at fault, and without what was wrong before.
pub fn marked(octets: &[u8], wrong: &Rejected) -> String {
    let text = String::from_utf8_lossy(octets);
    let at = usize::try_from(wrong.line).unwrap_or(1).max(1);
    let mut marked = String::new();
    for (number, line) in text.lines().enumerate() {
        // Above the front matter there is no room for it.
        if number + 1 == at.max(2) {
            marked += &format!("{MARK}{}\n", text::single_line(&wrong.reason));
        }
        if !line.starts_with(MARK) {
            marked += &format!("{line}\n");
        }
    }
    marked
}

/// Without what [`marked`] puts in.
pub fn unmarked(octets: &[u8]) -> String {
    let text = String::from_utf8_lossy(octets);
    text.lines().filter(|line| !line.starts_with(MARK)).map(|line| format!("{line}\n")).collect()
}

/// What it takes for something else than a text.
const WORDS_OF_YAML: [&str; 9] = ["true", "false", "yes", "no", "on", "off", "y", "n", "null"];

/// A value that YAML takes for the text that it is.
fn quoted(value: &str) -> String {
    let is_plain = value.chars().next().is_some_and(char::is_alphanumeric)
        && !value.contains(": ")
        && !value.contains(" #")
        && !value.ends_with([':', ' '])
        && !value.contains(['\n', '"', '\'', '[', ']', '{', '}', ',', '\\']);
    // YAML takes `0.`, `007`, `1_000` and `0x1f` for numbers and tells them back in another spelling; a year stays as it is.
    let is_number = value.replace('_', "").parse::<f64>().is_ok()
        || ["0x", "0o", "0b"].iter().any(|begin| value.starts_with(begin));
    let is_respelled = is_number && value.parse::<u64>().map(|number| number.to_string()).as_deref() != Ok(value);
    let is_word = WORDS_OF_YAML.iter().any(|word| value.eq_ignore_ascii_case(word));
    match is_plain && !is_respelled && !is_word || value.is_empty() {
        true => value.to_owned(),
        false => serde_json::Value::from(value).to_string(),
    }
}

fn listed(value: &str) -> String {
    let items: Vec<_> = value.split("; ").filter(|item| !item.is_empty()).map(quoted).collect();
    if items.is_empty() { String::new() } else { format!("[{}]", items.join(", ")) }
}

/// Reads the fields, each judged where it stands, so that the library tells its line.
struct FieldsOf<'a> {
    details: &'a Details,
    patch: &'a RefCell<EventPatch>,
    judge: Judge<'a>,
}

impl<'de> DeserializeSeed<'de> for FieldsOf<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<(), D::Error> {
        value.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for FieldsOf<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key and its value on each line, such as `title: …`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(field) = map.next_key_seed(Name)? {
            map.next_value_seed(ValueOf { field, of: &self })?;
        }
        Ok(())
    }
}

struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Field;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<Field, D::Error> {
        let name = <String as serde::Deserialize>::deserialize(value)?;
        match name.parse() {
            Ok(Field::Description) => Err(D::Error::custom("the description stands below the second line `---`")),
            Ok(field) => Ok(field),
            Err(Invalid(said)) => Err(D::Error::custom(said)),
        }
    }
}

struct ValueOf<'a, 'b> {
    field: Field,
    of: &'b FieldsOf<'a>,
}

impl<'de> DeserializeSeed<'de> for ValueOf<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<(), D::Error> {
        let (field, details) = (self.field, self.of.details);
        let given = <Option<Texts> as serde::Deserialize>::deserialize(value)?.unwrap_or_default().0;
        let before = field.text(details);
        // What stands as it stood is not judged: it may be older than the rules.
        if given.join("; ").trim() == before {
            return Ok(());
        }
        let mut patch = self.of.patch.borrow_mut();
        let judged = |said: &str| (self.of.judge)(field, said).map_err(D::Error::custom);
        let said = match (field.is_list(), given.as_slice()) {
            (false, []) => patch.say(field, Said::Text("")),
            (false, [one]) => patch.say(field, Said::Text(&judged(one)?)),
            (false, _) => return Err(D::Error::custom("a text is wanted here, not a list")),
            (true, many) => {
                let judged = many.iter().map(|one| judged(one)).collect::<Result<Vec<_>, _>>()?;
                patch.say(field, Said::List(judged))
            }
        };
        said.map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::{Kind, Status};
    use crate::domain::when::When;
    use proptest::prelude::*;

    fn details() -> Details {
        let when = When::parse("2026-12-01 09:00", Some("2026-12-01 12:00"), "Asia/Shanghai".parse().unwrap()).unwrap();
        Details {
            status: Status::Draft,
            location: "Beijing: hall #2".into(),
            topics: vec!["cybersecurity".into(), "a, b".into()],
            description: "It says so.\n\nAnd so.".into(),
            ..Details::new(Kind::Meeting, "Plenary", when)
        }
    }

    fn changed(text: &str) -> Result<EventPatch, Rejected> {
        read(text.as_bytes(), &details(), &|_, said| Ok(said.to_owned()))
    }

    #[test]
    fn a_form_says_what_the_event_does_until_it_is_changed() {
        let text = write(&details());
        assert!(
            text.starts_with("---\ntitle: Plenary\nkind: meeting\nstatus: draft\nstart: 2026-12-01T09:00\n"),
            "{text}"
        );
        assert!(text.contains("location: \"Beijing: hall #2\"\n") && text.contains("\norganizer:\n"), "{text}");
        assert!(text.contains("topics: [cybersecurity, \"a, b\"]\n"), "{text}");
        assert_eq!(changed(&text), Ok(EventPatch::default()));
        let other = text.replace("Plenary", "Plenary 2").replace("organizer:", "organizer: SAC").replace("And", "Or");
        let patch = changed(&other.replace("topics: [cybersecurity, \"a, b\"]", "topics:")).unwrap();
        assert_eq!(patch.title.as_deref(), Some("Plenary 2"));
        assert_eq!((patch.organizer.as_deref(), patch.topics), (Some("SAC"), Some(vec![])));
        assert_eq!((patch.description.as_deref(), patch.start), (Some("It says so.\n\nOr so."), None));
    }

    #[test]
    fn a_title_that_is_a_number_stays_as_it_is_spelled() {
        for title in ["0.", "1e3", "2020", "007", "1.50", "0x1f", "0o7", "1_000", "true", "null", "Nan", "1:30"] {
            let made = Details { title: title.into(), ..details() };
            let patch = read(write(&made).as_bytes(), &made, &|_, said| Ok(said.to_owned())).unwrap();
            assert_eq!(patch, EventPatch::default(), "{title}");
        }
    }

    #[test]
    fn a_mistake_is_told_with_its_line_and_marked_there() {
        let text = write(&details());
        for (from, to, line, said) in [
            ("start: 2026-12-01T09:00", "start: soon", 5, "`soon` is not a date"),
            ("kind: meeting", "kind: party", 3, "`party` is not a kind"),
            ("organizer:", "organiser: SAC", 10, "`organiser` is not a field"),
            ("title: Plenary", "title: One: two", 2, "needs quotes"),
            ("status: draft", "kind: forum", 4, "duplicate mapping key `kind`"),
        ] {
            let wrong = text.replace(from, to);
            let error = changed(&wrong).unwrap_err();
            assert!(error.line == line && error.reason.contains(said), "{from}: {error:?}");
            let marked = marked(wrong.as_bytes(), &error);
            let above = marked.lines().nth(usize::try_from(line).unwrap() - 1).unwrap();
            assert!(above.starts_with("# error: ") && above.contains(said), "{marked}");
            assert_eq!(unmarked(marked.as_bytes()), wrong);
        }
        assert!(changed("no front matter").unwrap_err().reason.contains("between two lines `---`"));
    }

    proptest! {
        #[test]
        fn whatever_comes_back_is_read_or_refused(text in "(---\n)?[a-z:# \\[\\]\"'\n-]{0,200}(\n---\n)?[\\PC\n]{0,60}") {
            if let Err(error) = changed(&text) {
                marked(text.as_bytes(), &error);
            }
        }

        #[test]
        fn every_event_is_read_as_it_was_written(
            title in "[\\PC]{1,60}", place in "[\\PC]{0,60}", topics in prop::collection::vec("[\\PC]{0,20}", 0..4), body in "[\\PC\n]{0,200}",
        ) {
            let topics: Vec<_> = topics.into_iter().map(|topic| topic.replace(';', "")).collect();
            let made = Details { title, location: place, topics, description: body, ..details() }.checked();
            if let Ok(made) = made {
                let patch = read(write(&made).as_bytes(), &made, &|_, said| Ok(said.to_owned())).unwrap();
                prop_assert_eq!(patch.onto(Some(&made), made.when.zone()).unwrap(), made);
            }
        }
    }
}
