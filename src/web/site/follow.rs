//! The ways to follow the calendar of what a page shows.

use crate::domain::links::{EMBED, Links};
use crate::feed::Format;

/// Of the questions in an address.
const LONGEST_EMBEDDED: usize = 1000;

pub struct Follow {
    pub calendar_url: String,
    pub webcal_url: String,
    pub google_url: String,
    pub atom_path: String,
    pub json_path: String,
    /// A line of HTML that shows it on another site; empty where that is too long to be told once more.
    pub embed_line: String,
}

/// The address by which a calendar program is asked to follow.
pub fn webcal(url: &str) -> String {
    url.replacen("https://", "webcal://", 1).replacen("http://", "webcal://", 1)
}

impl Follow {
    /// Of the events that these questions ask for, on a site of this title.
    pub fn of(links: Links<'_>, title: &str, questions: &str) -> Self {
        let mark = if questions.is_empty() { "" } else { "?" };
        let path = |format: Format| format!("{}{mark}{questions}", format.path());
        let calendar_url = links.at(&path(Format::Calendar));
        let webcal_url = webcal(&calendar_url);
        let google: String = url::form_urlencoded::byte_serialize(webcal_url.as_bytes()).collect();
        let quoted = |text: &str| text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
        let (embedded, title) = (quoted(&links.at(&format!("{EMBED}{mark}{questions}"))), quoted(title));
        let embed_line = match questions.len() {
            ..=LONGEST_EMBEDDED => format!(
                "<iframe src=\"{embedded}\" title=\"{title}\" width=\"100%\" height=\"600\" style=\"border:0\" loading=\"lazy\"></iframe>"
            ),
            _ => String::new(),
        };
        Self {
            embed_line,
            google_url: format!("https://calendar.google.com/calendar/render?cid={google}"),
            calendar_url,
            webcal_url,
            atom_path: path(Format::Atom),
            json_path: path(Format::Json),
        }
    }
}
