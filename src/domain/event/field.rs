//! The one table of what is said of an event. A field more is a line of it; what history tells, what a table's cell
//! holds, what stays where nothing is said and what is judged follow from that line.

use serde::{Deserialize, Serialize};

use super::value::{
    Said, Value, also_null, as_given, filled, labels, line, long_text, or_none, points, title, web_url,
};
use super::{Kind, Status};
use crate::domain::length::Length;
use crate::domain::recurrence::Recurrence;
use crate::domain::when::{Point, When};
use crate::domain::zone::Zone;
use crate::domain::{FieldError, Invalid, words};

/// What else is to know of a field.
#[derive(Debug, Clone, Copy)]
pub struct About {
    /// A search looks in it.
    pub is_searched: bool,
    /// Of an address that people follow: the phrase that they follow.
    pub link: Option<&'static str>,
    pub icalendar: Icalendar,
}

/// How iCalendar tells a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icalendar {
    /// In its own way, which `feed::ics` and `intake::ics` know.
    Itself,
    /// As the first of these properties, an address (VALUE=URI); it is read from each of them.
    Address(&'static [&'static str]),
    /// It has no words for it: an export says it as X-KALENDS- and its name.
    Wordless,
}

const PLAIN: About = About { is_searched: false, link: None, icalendar: Icalendar::Itself };
const SEARCHED: About = About { is_searched: true, ..PLAIN };

/// Each line: the field, its name outside, the value of [`Details`] that it is, how that is judged before it is kept,
/// and what else is to know of it. When an event is, and how it repeats, is one value each with several fields: those are
/// written out.
macro_rules! fields {
    (
        before its times {
            $($(#[$meta:meta])* $Field:ident $name:literal $member:ident: $type:ty, $judge:expr, $about:expr;)+
        }
        after them {
            $(
                $(#[$rest_meta:meta])*
                $Rest:ident $rest_name:literal $rest:ident: $rest_type:ty, $rest_judge:expr, $rest_about:expr;
            )+
        }
    ) => {
        words! {
            pub enum Field, "field" {
                $($Field => $name,)+
                Start => "start",
                End => "end",
                Timezone => "timezone",
                Repeat => "repeat",
                Rdates => "rdates",
                Exdates => "exdates",
                $($Rest => $rest_name,)+
                Duration => "duration",
            }
        }

        /// What an editor says about an event. What is kept went through [`Details::checked`], so it is fit to show.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct Details {
            $($(#[$meta])* pub $member: $type,)+
            /// Of a repeating event: the first of its dates.
            pub when: When,
            pub repeat: Option<Box<Recurrence>>,
            $($(#[$rest_meta])* pub $rest: $rest_type,)+
        }

        impl Details {
            /// An event that says no more than what, when and of which kind.
            pub fn new(kind: Kind, title: &str, when: When) -> Self {
                Self { kind, title: title.to_owned(), when, repeat: None, $($rest: Default::default(),)+ }
            }

            /// The same at one time, and only once.
            pub fn once(&self, when: When) -> Self {
                Self {
                    $($member: self.$member.clone(),)+
                    when,
                    repeat: None,
                    $($rest: self.$rest.clone(),)+
                }
            }

            /// What it says in addresses that people follow, each with the phrase for it.
            pub fn links(&self) -> impl Iterator<Item = (&'static str, String)> {
                let links = Field::ALL.iter().filter_map(|field| Some((field.about().link?, field.text(self))));
                links.filter(|(_, address)| !address.is_empty())
            }

            /// Tidies white space and control characters and refuses what can't be kept.
            pub fn checked(self) -> Result<Self, FieldError> {
                Ok(Self {
                    $($member: ($judge)($name, self.$member).map_err(FieldError::of($name))?,)+
                    $($rest: ($rest_judge)($rest_name, self.$rest).map_err(FieldError::of($rest_name))?,)+
                    ..self
                })
            }
        }

        /// What is to be different about an event, or about one of its dates; of the rest nothing is said.
        #[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default)]
        pub struct EventPatch {
            $(#[serde(skip_serializing_if = "Option::is_none")] pub $member: Option<$type>,)+
            #[serde(skip_serializing_if = "Option::is_none")]
            pub start: Option<Point>,
            /// None within: it has no end.
            #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "also_null")]
            pub end: Option<Option<Point>>,
            /// None within: its end says how long it lasts. Else the end follows from it.
            #[serde(skip_serializing_if = "is_unsaid", deserialize_with = "also_null")]
            pub duration: Option<Option<Length>>,
            /// None within: the office's.
            #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "also_null")]
            pub timezone: Option<Option<Zone>>,
            /// An RRULE, which can be judged only together with a start; empty: it does not repeat.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub repeat: Option<String>,
            /// Dates beside those of the rule, and dates left out. A day alone is one at the time of the start.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub rdates: Option<Vec<Point>>,
            #[serde(skip_serializing_if = "Option::is_none")]
            pub exdates: Option<Vec<Point>>,
            $(#[serde(skip_serializing_if = "Option::is_none")] pub $rest: Option<$rest_type>,)+
            /// Beside those there are, and those of them that go.
            #[serde(skip)]
            pub add_topics: Vec<String>,
            #[serde(skip)]
            pub remove_topics: Vec<String>,
            #[serde(skip)]
            pub add_standards: Vec<String>,
            #[serde(skip)]
            pub remove_standards: Vec<String>,
            /// Why it is cancelled, if it is.
            #[serde(skip)]
            pub cancel_reason: Option<String>,
        }

        impl EventPatch {
            /// That nothing is said where something may be left unsaid: how a form speaks that is silent about what is
            /// not there.
            pub fn silent() -> Self {
                Self { $($rest: Some(Default::default()),)+ ..Self::default() }
            }

            /// Says something in words. What they mean is judged here, and whether it fits the rest in
            /// [`EventPatch::onto`].
            pub fn say(&mut self, field: Field, said: Said<'_>) -> Result<(), FieldError> {
                let wrong = FieldError::of(field.as_str());
                match field {
                    $(Field::$Field => self.$member = Value::read(said).map_err(wrong)?,)+
                    Field::Start => self.start = Some(filled(said).and_then(str::parse).map_err(wrong)?),
                    Field::End => self.end = Some(or_none(said).map_err(wrong)?),
                    Field::Timezone => self.timezone = Some(or_none(said).map_err(wrong)?),
                    Field::Duration => self.duration = Some(or_none(said).map_err(wrong)?),
                    Field::Repeat => self.repeat = Value::read(said).map_err(wrong)?,
                    Field::Rdates => self.rdates = Some(points(said).map_err(wrong)?),
                    Field::Exdates => self.exdates = Some(points(said).map_err(wrong)?),
                    $(Field::$Rest => self.$rest = Value::read(said).map_err(wrong)?,)+
                }
                Ok(())
            }

            /// Sets what is a value of its own, without judging it.
            pub(super) fn set_values(&self, details: &mut Details) {
                $(if let Some(value) = &self.$member { details.$member.clone_from(value); })+
                $(if let Some(value) = &self.$rest { details.$rest.clone_from(value); })+
            }

            /// The values of their own that `new` has otherwise.
            pub(super) fn of_values(old: &Details, new: &Details) -> Self {
                Self {
                    $($member: (old.$member != new.$member).then(|| new.$member.clone()),)+
                    $($rest: (old.$rest != new.$rest).then(|| new.$rest.clone()),)+
                    ..Self::default()
                }
            }
        }

        impl Field {
            /// What an event says in this field, as its history shows it.
            pub fn text(self, of: &Details) -> String {
                self.joined(of, "; ")
            }

            /// The same as a table's cell holds it.
            pub fn cell(self, of: &Details) -> String {
                self.joined(of, ";")
            }

            /// Whether it holds several.
            pub fn is_list(self) -> bool {
                match self {
                    Field::Rdates | Field::Exdates => true,
                    Field::Start | Field::End | Field::Duration | Field::Timezone | Field::Repeat => false,
                    $(Field::$Field => <$type>::IS_LIST,)+
                    $(Field::$Rest => <$rest_type>::IS_LIST,)+
                }
            }

            pub fn about(self) -> About {
                match self {
                    Field::Start | Field::End | Field::Duration | Field::Timezone => PLAIN,
                    Field::Repeat | Field::Rdates | Field::Exdates => PLAIN,
                    $(Field::$Field => $about,)+
                    $(Field::$Rest => $rest_about,)+
                }
            }

            /// The iCalendar property of ours that tells it where that has no words for it.
            pub fn kalends_property(self) -> String {
                format!("X-KALENDS-{}", self.as_str().to_ascii_uppercase().replace('_', "-"))
            }

            /// Whether an event says anything in it, or is silent as a new one is.
            pub fn is_said(self, by: &Details) -> bool {
                match self {
                    $(Field::$Rest => by.$rest != <$rest_type>::default(),)+
                    _ => !self.text(by).is_empty(),
                }
            }

            /// What an event says in this field, with `between` the items of a list.
            pub fn joined(self, of: &Details, between: &str) -> String {
                let dates = |which: fn(&Recurrence) -> &Vec<Point>| {
                    let dates = of.repeat.as_deref().map(which).into_iter().flatten();
                    dates.map(Point::to_string).collect::<Vec<_>>().join(between)
                };
                match self {
                    $(Field::$Field => of.$member.text(between),)+
                    Field::Start => of.when.start().to_string(),
                    Field::End => of.when.end().map(|end| end.to_string()).unwrap_or_default(),
                    Field::Timezone => of.when.zone().to_string(),
                    Field::Duration => of.when.length().map(|length| length.to_string()).unwrap_or_default(),
                    Field::Repeat => of.rule().to_owned(),
                    Field::Rdates => dates(|repeat| &repeat.rdates),
                    Field::Exdates => dates(|repeat| &repeat.exdates),
                    $(Field::$Rest => of.$rest.text(between),)+
                }
            }
        }
    };
}

fields! {
    before its times {
        Kind "kind" kind: Kind, as_given, SEARCHED;
        Title "title" title: String, title, SEARCHED;
    }
    after them {
        Status "status" status: Status, as_given, PLAIN;
        Location "location" location: String, line, SEARCHED;
        Organizer "organizer" organizer: String, line, SEARCHED;
        Topics "topics" topics: Vec<String>, labels("topic"), SEARCHED;
        Standards "standards" standards: Vec<String>, labels("standard"), SEARCHED;
        Url "url" url: String, web_url, PLAIN;
        /// As `description_format` says.
        Description "description" description: String, long_text, SEARCHED;
        /// Where one joins from afar (RFC 7986 section 5.11).
        JoinUrl "join_url" join_url: String, web_url, About {
            link: Some("event-join"),
            icalendar: Icalendar::Address(&[
                "CONFERENCE",
                "X-GOOGLE-CONFERENCE",
                "X-MICROSOFT-SKYPETEAMSMEETINGURL",
                "X-MICROSOFT-ONLINEMEETINGEXTERNALLINK",
                "X-GOOGLE-HANGOUT",
            ]),
            ..SEARCHED
        };
        /// How the description is written.
        DescriptionFormat "description_format" description_format: DescriptionFormat, as_given, About {
            icalendar: Icalendar::Wordless,
            ..PLAIN
        };
    }
}

/// Of a date that is different, most have a length that their times tell.
fn is_unsaid(duration: &Option<Option<Length>>) -> bool {
    !matches!(duration, Some(Some(_)))
}

words! {
    /// How a description is written.
    #[derive(Default)]
    pub enum DescriptionFormat, "format of a description" {
        #[default]
        Markdown => "markdown",
        /// As it stands: no sign in it means anything.
        Plain => "plain",
        /// Of which is shown what is harmless.
        Html => "html",
    }
}

impl Value for DescriptionFormat {
    fn text(&self, _: &str) -> String {
        self.to_string()
    }

    fn read(said: Said<'_>) -> Result<Option<Self>, Invalid> {
        or_none(said)
    }
}
