//! Who is at the desk, and what their role allows.

use std::marker::PhantomData;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use jiff::Timestamp;

use super::Desk;
use super::chrome::Chrome;
use super::guard::{Visit, whole_path};
use super::sent::Sent;
use super::trouble::{Trouble, status_of, told_refusal};
use crate::domain::actor::Actor;
use crate::domain::desk::Typed;
use crate::domain::refused::Code;
use crate::domain::right::Right;
use crate::domain::text;
use crate::domain::wording::Locale;
use crate::domain::zone::Zone;
use crate::office::{Error, Office};

/// Somebody at the desk who may see and do what a page needs. It stands first among what a handler is given.
pub struct At<N> {
    pub visit: Visit,
    pub desk: Desk,
    /// The page's own path.
    pub path: String,
    pub query: Vec<(String, String)>,
    /// It only looks.
    is_safe: bool,
    need: PhantomData<N>,
}

/// What a page needs.
pub trait Need: Send + Sync + 'static {
    const RIGHT: Right;
}

macro_rules! needs {
    ($($name:ident => $right:ident),+ $(,)?) => {$(
        pub struct $name;

        impl Need for $name {
            const RIGHT: Right = Right::$right;
        }
    )+};
}
needs! {
    Events => Events,
    Articles => Articles,
    Editions => Editions,
    Sources => Sources,
    Numbers => Numbers,
    Readers => Readers,
    Machine => Machine,
    Team => Team,
}

impl<N: Need> FromRequestParts<Desk> for At<N> {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Trouble> {
        let Some(visit) = parts.extensions.get::<Visit>().cloned() else { return Err(Trouble::NotFound) };
        if !visit.session.editor.role.may(N::RIGHT) {
            return Err(Trouble::NotYours);
        }
        let query = url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()).into_owned();
        let path = whole_path(&parts.uri);
        let is_safe = parts.method.is_safe();
        Ok(Self { visit, desk: desk.clone(), path, query: query.collect(), is_safe, need: PhantomData })
    }
}

impl<N> At<N> {
    pub fn by(&self) -> Actor {
        Actor::Editor(self.visit.session.editor.id)
    }

    pub fn office(&self) -> &Office {
        &self.desk
    }

    pub fn locale(&self) -> Locale {
        self.visit.locale
    }

    /// A moment as the office's clocks show it.
    pub fn moment(&self, at: Timestamp) -> String {
        self.desk.zone().at(at).strftime("%Y-%m-%d %H:%M").to_string()
    }

    /// A moment on a clock of its own, with the weekday: `Monday 7 December 2026, 08:00 (Asia/Shanghai)`.
    pub fn moment_in(&self, zone: &Zone, at: Timestamp) -> String {
        let there = zone.at(at);
        format!("{}, {} ({zone})", self.locale().long_day(there.date()), there.strftime("%H:%M"))
    }

    pub fn may(&self, right: Right) -> bool {
        self.visit.session.editor.role.may(right)
    }

    /// The last value of this name in the query, if it is not empty.
    pub fn asked(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.trim());
        found.filter(|value| !value.is_empty())
    }

    pub fn all_asked(&self, name: &str) -> Vec<String> {
        let found = self.query.iter().filter(|(key, value)| key == name && !value.trim().is_empty());
        found.map(|(_, value)| value.trim().to_owned()).collect()
    }

    /// The same question, going on behind a place that is given as `name`.
    pub fn further(&self, name: &str, place: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.query.iter().filter(|(known, _)| ![name, "done", "count"].contains(&known.as_str())));
        format!("{}?{}", self.path, query.append_pair(name, place).finish())
    }

    /// What the page says of what was not done, and with which status; where it says nothing of that, it is another trouble.
    pub fn refusal(&self, error: Error) -> Result<(String, StatusCode), Trouble> {
        let (code, said) = match error {
            Error::Refused(refused) => (refused.code, refused.said),
            // What somebody else did not do: a relay, an address.
            Error::Failed(said) => (Code::Conflict, text::single_line(&said)),
            Error::Store(error) => return Err(error.into()),
        };
        Ok((told_refusal(self.locale(), code, &said), status_of(code)))
    }

    /// What the page says that was led to by something that was done; empty if it was not.
    pub fn done(&self) -> String {
        // A form goes to the address of its page, which may say so of what was done before.
        if !self.is_safe {
            return String::new();
        }
        let phrase = match self.asked("done").unwrap_or_default() {
            "added" => "desk-done-added",
            "saved" => "desk-done-saved",
            "same" => "desk-done-same",
            "published" => "desk-done-published",
            "cancelled" => "desk-done-cancelled",
            "removed" => "desk-done-removed",
            "restored" => "desk-done-restored",
            "undone" => "desk-done-undone",
            "labelled" => "desk-done-labelled",
            "gone" => "desk-done-gone",
            "read" => "desk-done-read",
            "retried" => "desk-done-retried",
            "retried-all" => "desk-done-retried-all",
            "corrected" => "desk-done-corrected",
            "corrected-mailed" => "desk-done-corrected-mailed",
            "sent" => "desk-done-sent",
            "tested" => "desk-done-tested",
            "resent" => "desk-done-resent",
            "left" => "desk-done-left",
            "ended" => "desk-done-ended",
            "revoked" => "desk-done-revoked",
            "forgotten" => "desk-done-forgotten",
            _ => return String::new(),
        };
        let count = self.asked("count").and_then(|count| count.parse().ok()).unwrap_or(1_i64);
        self.locale().with(phrase, "count", count)
    }

    pub async fn chrome(&self, title: String) -> Result<Chrome, Trouble> {
        Chrome::of(&self.desk, &self.visit, &self.path, title).await
    }

    /// What was typed on this page and not sent, or not taken, and when; else what the form begins with, and no time.
    pub async fn typed_or(&self, begun: Sent) -> Result<(Sent, String), Trouble> {
        Ok(match self.desk.typed(self.visit.session.editor.id, &self.path).await? {
            Some(Typed { fields, typed_at }) => (Sent::of(fields), self.moment(typed_at)),
            None => (begun, String::new()),
        })
    }
}

/// What a form sent; the guard has seen that it is ours.
impl<S: Sync> FromRequestParts<S> for Sent {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Trouble> {
        let sent = parts.extensions.get::<Arc<Sent>>().cloned();
        sent.map(|sent| (*sent).clone()).ok_or(Trouble::Forged)
    }
}
