//! What stands around every page of the desk.

use super::Desk;
use super::frame::Frame;
use super::guard::Visit;
use super::trouble::Trouble;
use crate::domain::links::DESK;
use crate::domain::right::Right;
use crate::domain::wording::Locale;

/// One of the desk's rooms.
pub struct Room {
    pub url: String,
    pub label: String,
    /// What waits there, if that is worth a figure.
    pub waiting: i64,
    pub is_here: bool,
}

/// What a form lets one choose.
pub struct Choice {
    pub value: String,
    pub label: String,
    pub is_chosen: bool,
}

/// The rooms: the path, its phrase, and the right it needs.
const ROOMS: &[(&str, &str, Right)] = &[
    ("", "desk-today", Right::Events),
    ("events", "desk-events", Right::Events),
    (DRAFTS, "desk-drafts", Right::Events),
    ("articles", "section-articles", Right::Articles),
    ("editions", "desk-editions", Right::Editions),
    ("deliveries", "desk-deliveries", Right::Editions),
    ("subscribers", "desk-readers", Right::Numbers),
    ("sources", "desk-sources", Right::Sources),
    ("bounces", "desk-returned-mail", Right::Machine),
    ("team", "desk-team", Right::Team),
    ("check", "desk-check", Right::Machine),
];
const DRAFTS: &str = "drafts";

/// What stands around the page of somebody at the desk.
pub struct Chrome {
    pub frame: Frame,
    pub rooms: Vec<Room>,
    /// How many drafts wait.
    pub drafts: i64,
    pub who: String,
    /// Of the forms on this page.
    pub token: String,
    /// The page's own path.
    pub place: String,
    /// The others in which the desk can be had.
    pub languages: Vec<(&'static str, String)>,
}

impl std::ops::Deref for Chrome {
    type Target = Frame;

    fn deref(&self) -> &Frame {
        &self.frame
    }
}

impl Chrome {
    pub async fn of(desk: &Desk, visit: &Visit, path: &str, title: String) -> Result<Self, Trouble> {
        let (locale, editor) = (visit.locale, &visit.session.editor);
        let room = path.strip_prefix(DESK).unwrap_or_default().trim_start_matches('/').split('/').next();
        let drafts = desk.drafts_waiting().await?;
        let mut rooms = Vec::new();
        for (name, phrase, right) in ROOMS {
            if editor.role.may(*right) {
                rooms.push(Room {
                    url: if name.is_empty() { DESK.to_owned() } else { format!("{DESK}/{name}") },
                    label: locale.say(phrase),
                    waiting: if *name == DRAFTS { drafts } else { 0 },
                    is_here: room == Some(name),
                });
            }
        }
        let address = editor.email.as_ref().map(ToString::to_string).unwrap_or_default();
        Ok(Self {
            frame: Frame::of(desk, locale, title),
            rooms,
            drafts,
            who: if editor.name.is_empty() { address } else { editor.name.clone() },
            token: visit.ticket.form_token(),
            place: path.to_owned(),
            languages: Locale::all()
                .filter(|other| *other != locale)
                .map(|other| (other.tag(), other.name()))
                .collect(),
        })
    }
}
