//! The one table of what is said of an event. A field more is a line of it; what history tells, what a table's cell
//! holds, what stays where nothing is said and what is judged follow from that line.

use super::{Kind, Status};
use crate::domain::recurrence::Recurrence;
use crate::domain::when::{Point, When};
use crate::domain::{FieldError, Invalid, text, words};

/// A value that has a text form.
pub(super) trait Value: Sized {
    fn text(&self) -> String;
}

/// Each line: the field, its name outside, the value of [`Details`] that it is, and how that is judged before it is
/// kept. When an event is, and how it repeats, is one value each with several fields: those are written out.
macro_rules! fields {
    (
        before its times { $($(#[$meta:meta])* $Field:ident $name:literal $member:ident: $type:ty, $judge:expr;)+ }
        after them { $($(#[$rest_meta:meta])* $Rest:ident $rest_name:literal $rest:ident: $rest_type:ty, $rest_judge:expr;)+ }
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

            /// Tidies white space and control characters and refuses what can't be kept.
            pub fn checked(self) -> Result<Self, FieldError> {
                Ok(Self {
                    $($member: ($judge)($name, self.$member).map_err(FieldError::of($name))?,)+
                    $($rest: ($rest_judge)($rest_name, self.$rest).map_err(FieldError::of($rest_name))?,)+
                    ..self
                })
            }

            /// Takes over what `new` has otherwise than `old`, where this was as `old`.
            pub(in crate::domain) fn follow(&mut self, old: &Self, new: &Self) {
                macro_rules! follow {
                    ($one:ident) => {
                        if self.$one == old.$one { self.$one.clone_from(&new.$one); }
                    };
                }
                follow!(when);
                $(follow!($member);)+
                $(follow!($rest);)+
            }
        }

        impl Field {
            /// What an event says in this field, as history and tables show it.
            pub fn text(self, of: &Details) -> String {
                let dates = |which: fn(&Recurrence) -> &Vec<Point>| {
                    let dates = of.repeat.as_deref().map(which).into_iter().flatten();
                    dates.map(Point::to_string).collect::<Vec<_>>().join("; ")
                };
                match self {
                    $(Field::$Field => of.$member.text(),)+
                    Field::Start => of.when.start().to_string(),
                    Field::End => of.when.end().map(|end| end.to_string()).unwrap_or_default(),
                    Field::Timezone => of.when.zone().to_string(),
                    Field::Repeat => of.rule().to_owned(),
                    Field::Rdates => dates(|repeat| &repeat.rdates),
                    Field::Exdates => dates(|repeat| &repeat.exdates),
                    $(Field::$Rest => of.$rest.text(),)+
                }
            }
        }
    };
}

fields! {
    before its times {
        Kind "kind" kind: Kind, as_given;
        Title "title" title: String, title;
    }
    after them {
        Status "status" status: Status, as_given;
        Location "location" location: String, line;
        Organizer "organizer" organizer: String, line;
        Topics "topics" topics: Vec<String>, labels("topic");
        Standards "standards" standards: Vec<String>, labels("standard");
        Url "url" url: String, web_url;
        /// Markdown.
        Description "description" description: String, long_text;
    }
}

impl Value for Kind {
    fn text(&self) -> String {
        self.to_string()
    }
}

impl Value for Status {
    fn text(&self) -> String {
        self.to_string()
    }
}

impl Value for String {
    fn text(&self) -> String {
        self.clone()
    }
}

impl Value for Vec<String> {
    fn text(&self) -> String {
        self.join("; ")
    }
}

fn as_given<T>(_: &str, value: T) -> Result<T, Invalid> {
    Ok(value)
}

fn line(field: &str, given: String) -> Result<String, Invalid> {
    let line = text::single_line(&given);
    text::at_most(field, &line, 1000).map(|()| line)
}

fn title(field: &str, given: String) -> Result<String, Invalid> {
    match line(field, given)? {
        title if title.is_empty() => Err(Invalid::new("the title is empty: say in a few words what the event is")),
        title => Ok(title),
    }
}

/// `noun`: what one of them is called.
fn labels(noun: &str) -> impl Fn(&str, Vec<String>) -> Result<Vec<String>, Invalid> {
    move |_, given| text::labels(noun, given.iter().map(String::as_str))
}

fn web_url(_: &str, given: String) -> Result<String, Invalid> {
    text::web_url(&given)
}

fn long_text(field: &str, given: String) -> Result<String, Invalid> {
    let lines = text::multi_line(&given);
    text::at_most(field, &lines, 100_000).map(|()| lines)
}
