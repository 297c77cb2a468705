//! The names of properties that are known, and what they hold.

use crate::domain::event::{self as domain, Icalendar};

/// What an event is read from; all other properties are passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    Uid,
    Sequence,
    /// DTSTAMP.
    Stamp,
    RecurrenceId,
    Start,
    End,
    Duration,
    Rrule,
    Exrule,
    Rdate,
    Exdate,
    Summary,
    Description,
    /// The description once more, as HTML or the like.
    StyledDescription,
    Location,
    Organizer,
    Comment,
    Contact,
    Categories,
    Status,
    Url,
    Refid,
    /// Who may see it.
    Class,
    /// `X-…` (RFC 5545 section 3.8.8.2), and what the table of an event's fields names.
    Extension,
}

impl Field {
    pub fn of(name: &str) -> Option<Self> {
        const FIELDS: [(&str, Field); 25] = [
            ("UID", Field::Uid),
            ("SUMMARY", Field::Summary),
            ("DTSTART", Field::Start),
            ("DTEND", Field::End),
            ("LOCATION", Field::Location),
            ("DESCRIPTION", Field::Description),
            ("CATEGORIES", Field::Categories),
            ("STATUS", Field::Status),
            ("SEQUENCE", Field::Sequence),
            ("DTSTAMP", Field::Stamp),
            ("URL", Field::Url),
            ("ORGANIZER", Field::Organizer),
            ("COMMENT", Field::Comment),
            ("CONTACT", Field::Contact),
            ("RRULE", Field::Rrule),
            ("EXDATE", Field::Exdate),
            ("RDATE", Field::Rdate),
            ("EXRULE", Field::Exrule),
            ("RECURRENCE-ID", Field::RecurrenceId),
            ("DURATION", Field::Duration),
            ("REFID", Field::Refid),
            ("CLASS", Field::Class),
            ("X-CALENDARSERVER-ACCESS", Field::Class),
            ("X-ALT-DESC", Field::StyledDescription),
            ("STYLED-DESCRIPTION", Field::StyledDescription),
        ];
        let known = FIELDS.iter().find(|(known, _)| name.eq_ignore_ascii_case(known)).map(|(_, field)| *field);
        known.or((is_extension(name.as_bytes()) || is_of_a_field(name)).then_some(Field::Extension))
    }
}

impl Field {
    /// Half of it is better than nothing.
    pub fn is_text(self) -> bool {
        matches!(self, Field::Summary | Field::Description | Field::Location)
    }
}

fn is_of_a_field(name: &str) -> bool {
    domain::Field::ALL.iter().any(|field| match field.about().icalendar {
        Icalendar::Address(names) => names.iter().any(|known| known.eq_ignore_ascii_case(name)),
        Icalendar::Itself | Icalendar::Wordless => false,
    })
}

fn is_extension(name: &[u8]) -> bool {
    matches!(name, [b'X' | b'x', b'-', ..])
}

/// Other properties of RFC 5545, 7986, 9073 and 9253 and of vCalendar 1.0.
const OTHERS: [&str; 50] = [
    "ACKNOWLEDGED",
    "ACTION",
    "ALARM",
    "ATTACH",
    "ATTENDEE",
    "BEGIN",
    "CALSCALE",
    "CLASS",
    "COLOR",
    "COMMENT",
    "COMPLETED",
    "CONCEPT",
    "CONFERENCE",
    "CREATED",
    "DALARM",
    "DAYLIGHT",
    "DUE",
    "END",
    "FREEBUSY",
    "GEO",
    "IMAGE",
    "LAST-MODIFIED",
    "LINK",
    "LOCATION-TYPE",
    "MALARM",
    "METHOD",
    "NAME",
    "PALARM",
    "PERCENT-COMPLETE",
    "PRIORITY",
    "PRODID",
    "REFRESH-INTERVAL",
    "RELATED-TO",
    "REPEAT",
    "REQUEST-STATUS",
    "RESOURCES",
    "RNUM",
    "SOURCE",
    "STRUCTURED-DATA",
    "STYLED-DESCRIPTION",
    "TRANSP",
    "TRIGGER",
    "TZ",
    "TZID",
    "TZNAME",
    "TZOFFSETFROM",
    "TZOFFSETTO",
    "TZURL",
    "VERSION",
    "X-LIC-LOCATION",
];

pub fn is_known(name: &[u8]) -> bool {
    std::str::from_utf8(name)
        .is_ok_and(|name| Field::of(name).is_some() || OTHERS.iter().any(|known| name.eq_ignore_ascii_case(known)))
}

/// Whether line breaks in it may have been left as they were.
pub fn is_free_text(name: &[u8]) -> bool {
    const FREE: [&[u8]; 6] = [b"SUMMARY", b"DESCRIPTION", b"LOCATION", b"COMMENT", b"CONTACT", b"STYLED-DESCRIPTION"];
    is_extension(name) || FREE.iter().any(|free| name.eq_ignore_ascii_case(free))
}

/// What looks like the name of a property, before the `:` of a web or mail address.
pub fn is_scheme(name: &[u8]) -> bool {
    const SCHEMES: [&[u8]; 8] = [b"http", b"https", b"mailto", b"tel", b"ftp", b"webcal", b"data", b"urn"];
    SCHEMES.iter().any(|scheme| name.eq_ignore_ascii_case(scheme))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_in_any_case() {
        for (name, field) in [
            ("DTSTART", Some(Field::Start)),
            ("summary", Some(Field::Summary)),
            ("x-kalends-kind", Some(Field::Extension)),
            ("X-Alt-Desc", Some(Field::StyledDescription)),
            ("ATTENDEE", None),
            ("", None),
        ] {
            assert_eq!(Field::of(name), field, "{name}");
        }
        assert!(is_known(b"Last-Modified") && is_known(b"location") && !is_known(b"Note") && !is_known(b"\xff"));
    }
}
