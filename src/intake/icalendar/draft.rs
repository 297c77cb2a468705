//! The properties of an event, before their meaning is known.

use jiff::civil::Time;

use super::Status;
use super::moment::Written;
use super::names::Field;
use super::property::Property;

/// An event's own properties; those of alarms and the like inside of it are left out.
#[derive(Debug)]
pub struct Draft<'a> {
    pub line: u64,
    pub properties: Vec<(Field, Property<'a>)>,
    /// The file ends in it.
    pub is_cut: bool,
}

impl<'a> Draft<'a> {
    pub fn all(&self, field: Field) -> impl Iterator<Item = &Property<'a>> {
        self.properties.iter().filter(move |(known, _)| *known == field).map(|(_, property)| property)
    }

    pub fn first(&self, field: Field) -> Option<&Property<'a>> {
        self.all(field).next()
    }

    /// Whether it ends at a time other than midnight.
    pub fn ends_within_a_day(&self) -> bool {
        let end = self.first(Field::End).and_then(|end| Written::read(end.zone_and_dates().1).ok());
        end.is_some_and(|end| end.local().time() != Time::midnight())
    }

    pub fn values(&self, field: Field) -> Vec<String> {
        self.all(field).map(|property| property.value().to_owned()).filter(|value| !value.is_empty()).collect()
    }
}

/// ORGANIZER's name or, without one, its mail address (section 3.8.4.3).
pub fn organizer(property: &Property<'_>) -> Option<String> {
    let name = property.parameter("CN").filter(|name| !name.is_empty());
    name.or_else(|| {
        let value = property.value();
        // A name with a colon and without quotes ends up in the value.
        let address = match value.to_ascii_lowercase().rfind("mailto:") {
            Some(at) => value.get(at + "mailto:".len()..).unwrap_or_default(),
            None => value,
        };
        Some(address.trim_ascii().to_owned()).filter(|address| address.contains('@'))
    })
}

pub fn status(property: &Property<'_>) -> Option<Status> {
    match property.value().to_ascii_uppercase().as_str() {
        "CANCELLED" | "CANCELED" => Some(Status::Cancelled),
        "TENTATIVE" => Some(Status::Tentative),
        "CONFIRMED" => Some(Status::Confirmed),
        _ => None,
    }
}

/// Whether CLASS or its like keeps an event from others: so does a value that nobody knows (section 3.8.1.3).
pub fn is_private(property: &Property<'_>) -> bool {
    let class = property.value().trim_matches('"').trim_ascii();
    !class.is_empty() && !class.eq_ignore_ascii_case("PUBLIC")
}

/// The link by which somebody leads a meeting, and not one for all (RFC 7986 section 6.3).
pub fn is_for_hosts(property: &Property<'_>) -> bool {
    let features = property.parameter("FEATURE").unwrap_or_default();
    features.split(',').any(|feature| feature.trim_ascii().eq_ignore_ascii_case("MODERATOR"))
}

/// The first that is HTML, or does not say what else it is.
pub fn styled_description(draft: &Draft<'_>) -> Option<String> {
    let is_html = |property: &&Property<'_>| {
        property.parameter("FMTTYPE").is_none_or(|format| format.to_ascii_lowercase().starts_with("text/html"))
    };
    let texts = draft.all(Field::StyledDescription).filter(is_html).filter_map(Property::text);
    texts.map(|text| text.trim().to_owned()).find(|text| !text.is_empty())
}
