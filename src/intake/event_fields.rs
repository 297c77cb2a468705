//! An event as the fields of a form, each as somebody typed it: dates and rules may be in words. All that is wrong is told at
//! once, each beside its field.

use jiff::civil::DateTime;

use crate::domain::event::{Details, EventPatch, Field, Said, typed_list};
use crate::domain::spoken::{self, Span};
use crate::domain::when::Point;
use crate::domain::{FieldError, text};

/// The fields of the form, in the order in which people think of them.
pub const FIELDS: [Field; 16] = [
    Field::Title,
    Field::Kind,
    Field::Start,
    Field::End,
    Field::Timezone,
    Field::Repeat,
    Field::Location,
    Field::JoinUrl,
    Field::Organizer,
    Field::Topics,
    Field::Standards,
    Field::Url,
    Field::Status,
    Field::DescriptionFormat,
    Field::Description,
    Field::Duration,
];

/// What was understood.
#[derive(Debug, Default)]
pub struct Read {
    pub patch: EventPatch,
    pub wrong: Vec<FieldError>,
}

/// What a field of an event says, as a form shows it.
pub fn shown(field: Field, details: &Details) -> String {
    match field {
        Field::Start | Field::End => field.text(details).replace('T', " "),
        // The end of what goes by its length follows from that.
        _ => field.text(details),
    }
}

/// What the form says otherwise than the event does; of a new one, all of it. A field that was not sent says nothing. `said`
/// gives what was typed in a field, `now` is on the clocks that dates in words are meant by.
pub fn read<'a>(said: &dyn Fn(Field) -> Option<&'a str>, base: Option<&Details>, now: DateTime) -> Read {
    let mut read = Read::default();
    let changed = |field: Field| {
        let typed = said(field)?;
        let before = base.map(|details| shown(field, details)).unwrap_or_default();
        // What stands as it stood is not judged: it may be older than the rules.
        (text::multi_line(typed).trim() != text::multi_line(&before).trim()).then_some(typed)
    };
    let times = [changed(Field::Start), changed(Field::End)];
    if times.iter().any(Option::is_some) {
        let typed = |field| said(field).unwrap_or_default().trim();
        match times_of(typed(Field::Start), typed(Field::End), now) {
            Ok(Some(span)) => (read.patch.start, read.patch.end) = (Some(span.start), Some(span.end)),
            // Whether it may be missing, the rest tells.
            Ok(None) => {}
            Err(wrong) => read.wrong.push(wrong),
        }
    }
    for field in FIELDS {
        let Some(typed) = changed(field) else { continue };
        let result = match field {
            Field::Start | Field::End => continue,
            Field::Repeat => repeat(typed, &mut read.patch, base, now),
            Field::Topics | Field::Standards => read.patch.say(field, Said::List(typed_list(typed))),
            _ => read.patch.say(field, Said::Text(typed)),
        };
        read.wrong.extend(result.err());
    }
    read
}

/// From when on and until when, where one field may say both.
fn times_of(start: &str, end: &str, now: DateTime) -> Result<Option<Span>, FieldError> {
    let at = |field: &'static str, typed: &str| -> Result<Span, FieldError> {
        let reading = spoken::read(typed, now).map_err(FieldError::of(field))?;
        reading.refuse_past(typed, now).and_then(|()| reading.only(typed)).map_err(FieldError::of(field))
    };
    match (start, end) {
        ("", "") => Ok(None),
        ("", end) => at("end", end).and(Ok(None)),
        (start, "") => at("start", start).map(Some),
        (start, end) => {
            let (reading, said) = (spoken::from_to(start, end, now)?, format!("{start} to {end}"));
            let span = reading.refuse_past(&said, now).and_then(|()| reading.only(&said));
            span.map(Some).map_err(FieldError::of("end"))
        }
    }
}

/// How it repeats: an RRULE, or in words, which also say the first day where none is said.
fn repeat(typed: &str, patch: &mut EventPatch, base: Option<&Details>, now: DateTime) -> Result<(), FieldError> {
    if typed.trim().is_empty() || typed.contains('=') {
        return patch.say(Field::Repeat, Said::Text(typed));
    }
    let start = patch.start.or_else(|| base.map(|base| base.when.start()));
    let every = spoken::every(typed, start, now).map_err(FieldError::of("repeat"))?;
    patch.repeat = Some(every.rule);
    if start.is_none() {
        patch.start = every.first.map(Point::Day);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::domain::event::{Kind, Status};
    use crate::domain::when::When;
    use crate::domain::zone::Zone;

    fn zone() -> Zone {
        "Asia/Shanghai".parse().unwrap()
    }

    fn now() -> DateTime {
        "2026-11-30T10:00".parse().unwrap()
    }

    fn fields(typed: &[(&str, &str)], base: Option<&Details>) -> Read {
        let typed: BTreeMap<_, _> = typed.iter().copied().collect();
        read(&|field| typed.get(field.as_str()).copied(), base, now())
    }

    fn meeting() -> Details {
        let when = When::parse("2026-12-01 09:00", Some("2026-12-01 12:00"), zone()).unwrap();
        Details { topics: vec!["cybersecurity".into()], ..Details::new(Kind::Meeting, "Plenary", when) }
    }

    #[test]
    fn a_new_event_is_read_as_people_write_it() {
        let Read { patch, wrong } = fields(
            &[
                ("title", "Plenary"),
                ("kind", "meeting"),
                ("start", "tomorrow 9:00-12:00"),
                ("end", ""),
                ("topics", "ipv6; smart city；5g"),
                ("status", "draft"),
            ],
            None,
        );
        assert!(wrong.is_empty(), "{wrong:?}");
        let details = patch.onto(None, &zone()).unwrap();
        assert_eq!(details.when.start().to_string(), "2026-12-01T09:00");
        assert_eq!(details.when.end().unwrap().to_string(), "2026-12-01T12:00");
        assert_eq!((details.topics.len(), details.status), (3, Status::Draft));
        let both = fields(&[("start", "22 June"), ("end", "3 July")], Some(&meeting())).patch;
        assert_eq!(both.start.unwrap().to_string(), "2027-06-22");
        assert_eq!(both.end.flatten().unwrap().to_string(), "2027-07-03");
        let rule = fields(&[("kind", "meeting"), ("repeat", "2nd tuesday")], None).patch;
        assert_eq!((rule.repeat.as_deref(), rule.start), (Some("FREQ=MONTHLY;BYDAY=2TU"), "2026-12-08".parse().ok()));
    }

    #[test]
    fn what_is_not_changed_is_not_said() {
        let base = meeting();
        let same: Vec<(&str, String)> = FIELDS.iter().map(|field| (field.as_str(), shown(*field, &base))).collect();
        let mut typed: Vec<(&str, &str)> = same.iter().map(|(field, value)| (*field, value.as_str())).collect();
        assert_eq!(fields(&typed, Some(&base)).patch, EventPatch::default());
        typed.retain(|(field, _)| *field != "end");
        typed.push(("end", ""));
        assert_eq!(fields(&typed, Some(&base)).patch.end, Some(None));
    }

    #[test]
    fn all_that_is_wrong_is_told_beside_its_field() {
        let typed = [("kind", "party"), ("start", "soon"), ("timezone", "Shanghai"), ("repeat", "often"), ("end", "")];
        let fields: Vec<_> = fields(&typed, None).wrong.iter().map(|wrong| wrong.field).collect();
        assert_eq!(fields, ["start", "kind", "timezone", "repeat"]);
    }

    proptest! {
        #[test]
        fn whatever_is_typed_is_read_or_told(typed in prop::collection::vec("[\\PC\n\t\\x00]{0,40}", FIELDS.len())) {
            let pairs: Vec<_> = FIELDS.iter().zip(&typed).map(|(field, typed)| (field.as_str(), typed.as_str())).collect();
            let read = fields(&pairs, Some(&meeting()));
            if read.wrong.is_empty() {
                let _ = read.patch.onto(Some(&meeting()), &zone());
            }
        }
    }
}
