//! What things mean. No input or output here, and `now` is always a parameter.

pub(crate) mod act;
pub mod actor;
pub mod address;
pub mod alert;
pub mod approval;
pub(crate) mod archive;
pub(crate) mod article;
pub mod bearer;
pub mod bounce;
pub(crate) mod changes;
pub(crate) mod choice;
pub(crate) mod conference;
pub(crate) mod copy;
pub mod correction;
pub(crate) mod dated;
pub mod desk;
pub(crate) mod dns;
pub mod edition;
pub(crate) mod editor;
pub mod event;
pub mod filter;
pub mod format;
pub mod forward;
pub(crate) mod heads;
pub mod hook;
pub(crate) mod host;
pub(crate) mod html;
pub mod import;
pub mod length;
pub(crate) mod limits;
pub(crate) mod links;
pub(crate) mod listen;
pub mod mark;
pub(crate) mod meant;
pub(crate) mod mention;
pub(crate) mod moment;
pub(crate) mod network;
pub mod note;
pub(crate) mod occurrence;
pub mod octets;
pub mod pace;
pub(crate) mod person;
pub mod picture;
pub mod proposal;
pub mod provider;
pub mod recurrence;
pub(crate) mod refused;
pub(crate) mod reply;
pub mod right;
pub mod schedule;
pub(crate) mod section;
pub mod several;
pub(crate) mod signing;
pub(crate) mod source;
pub mod spoken;
pub(crate) mod stale;
pub(crate) mod standard;
pub(crate) mod status;
pub mod subject;
pub mod subscriber;
pub mod tell;
pub mod text;
pub mod ticket;
pub mod token;
pub mod verp;
pub mod watch;
pub(crate) mod web_links;
pub mod when;
pub mod wording;
pub mod zone;

/// What a person got wrong: one sentence that says what was given and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Invalid(pub String);

impl Invalid {
    pub fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

/// What is wrong, and in which field of an event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct FieldError {
    pub field: &'static str,
    pub reason: Invalid,
}

impl FieldError {
    /// For `map_err`: makes an error one of `field`.
    pub fn of(field: &'static str) -> impl Fn(Invalid) -> Self {
        move |reason| Self { field, reason }
    }
}

/// Gives an enum whose values are plain words its text form: `as_str`, `Display`, `FromStr`, serde, a schema.
/// A word that is not known is refused with the list of those that are.
macro_rules! words {
    ($(#[$meta:meta])* pub enum $name:ident, $what:literal { $($(#[$vmeta:meta])* $variant:ident => $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$vmeta])* $variant),+ }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::domain::Invalid;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let word = text.trim();
                Self::ALL.iter().copied().find(|v| v.as_str().eq_ignore_ascii_case(word)).ok_or_else(|| {
                    let known: Vec<_> = Self::ALL.iter().map(|v| v.as_str()).collect();
                    let meant = $crate::domain::meant::aside(word, known.iter().copied());
                    let (word, known) = ($crate::domain::text::quoted(word), known.join(", "));
                    $crate::domain::Invalid(format!("`{word}` is not a {}{meant}: use one of {known}", $what))
                })
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                let words = utoipa::openapi::schema::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .enum_values(Some([$($word),+]));
                words.build().into()
            }
        }

        impl utoipa::ToSchema for $name {}
    };
}
pub(crate) use words;

/// Serde through `Display` and `FromStr`, for types whose text form is their meaning.
macro_rules! serde_as_text {
    ($name:ty) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                <String as serde::Deserialize>::deserialize(d)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use serde_as_text;
