//! The ways to follow the calendar of what a page shows.

use crate::domain::links::Links;
use crate::feed::Format;

pub struct Follow {
    pub calendar_url: String,
    pub webcal_url: String,
    pub google_url: String,
    pub atom_path: String,
    pub json_path: String,
}

/// The address by which a calendar program is asked to follow.
pub fn webcal(url: &str) -> String {
    url.replacen("https://", "webcal://", 1).replacen("http://", "webcal://", 1)
}

impl Follow {
    /// Of the events that these questions ask for.
    pub fn of(links: Links<'_>, questions: &str) -> Self {
        let mark = if questions.is_empty() { "" } else { "?" };
        let path = |format: Format| format!("{}{mark}{questions}", format.path());
        let calendar_url = links.at(&path(Format::Calendar));
        let webcal_url = webcal(&calendar_url);
        let google: String = url::form_urlencoded::byte_serialize(webcal_url.as_bytes()).collect();
        Self {
            google_url: format!("https://calendar.google.com/calendar/render?cid={google}"),
            calendar_url,
            webcal_url,
            atom_path: path(Format::Atom),
            json_path: path(Format::Json),
        }
    }
}
