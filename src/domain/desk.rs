//! How editors come to their desk: by a link that is mailed to them, into a session that ends.

use jiff::{SignedDuration, Timestamp};

use super::editor::Editor;
use super::limits::Most;
use super::text;

/// How long a link to sign in works.
pub const SIGN_IN_MINUTES: i64 = 15;
pub const SIGN_IN_LASTS: SignedDuration = SignedDuration::from_mins(SIGN_IN_MINUTES);
/// A session that is not used ends after this,
pub const IDLE_LASTS: SignedDuration = SignedDuration::from_hours(14 * 24);
/// and every session after this.
pub const SESSION_LASTS: SignedDuration = SignedDuration::from_hours(60 * 24);
/// What was typed and not sent is kept for so long.
pub const TYPED_LASTS: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Of so many pages, the last ones.
pub const TYPED_PLACES: i64 = 50;

/// Links to one editor that may be asked for: in one network, so that no stranger keeps an editor out,
pub const LINKS_FROM_A_NETWORK: Most = Most { many: 5, within: SignedDuration::from_hours(1) };
/// and in all of them.
pub const LINKS_TO_AN_EDITOR: Most = Most { many: 30, within: SignedDuration::from_hours(24) };

/// Of what a browser calls itself so many characters are kept.
const AGENT_CHARS: usize = 200;

/// A link to sign in.
#[derive(Debug, Clone)]
pub struct SignInLink {
    pub editor: Editor,
    /// The hash of what the browser keeps that asked for it; none: it was asked for at a terminal.
    pub browser: Option<[u8; 32]>,
    pub ends_at: Timestamp,
    pub is_used: bool,
}

/// Why a link to sign in does nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInTrouble {
    /// It was forged or cut off, or a newer one took its place.
    Unknown,
    Used,
    Expired,
    /// Its editor is one no more.
    Left,
}

impl SignInLink {
    pub fn trouble(&self, now: Timestamp) -> Option<SignInTrouble> {
        match self {
            _ if self.editor.left_at.is_some() => Some(SignInTrouble::Left),
            _ if self.is_used => Some(SignInTrouble::Used),
            _ if self.ends_at <= now => Some(SignInTrouble::Expired),
            _ => None,
        }
    }

    /// Whether the browser that follows it is not the one that asked for it.
    pub fn is_of_another_browser(&self, browser: Option<[u8; 32]>) -> bool {
        self.browser.is_some_and(|asked| browser != Some(asked))
    }
}

/// Somebody at the desk.
#[derive(Debug, Clone)]
pub struct Session {
    pub id: i64,
    pub editor: Editor,
    /// What the browser calls itself.
    pub agent: String,
    pub began_at: Timestamp,
    pub seen_at: Timestamp,
    /// By hand.
    pub ended_at: Option<Timestamp>,
}

impl Session {
    pub fn is_in_force(&self, now: Timestamp) -> bool {
        self.ended_at.is_none() && self.editor.left_at.is_none() && self.ends_at() > now
    }

    /// When it ends by time, if it is not used before.
    pub fn ends_at(&self) -> Timestamp {
        (self.seen_at + IDLE_LASTS).min(self.began_at + SESSION_LASTS)
    }
}

/// What a browser calls itself, as it is kept: it is whatever somebody sends.
pub fn agent(said: &str) -> String {
    text::clip(&text::single_line(said), AGENT_CHARS)
}

/// What was typed on a page and not sent, or not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    pub fields: Vec<(String, String)>,
    pub typed_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::editor::Role;

    fn session(began_at: &str, seen_at: &str) -> Session {
        let (began_at, seen_at): (Timestamp, Timestamp) = (began_at.parse().unwrap(), seen_at.parse().unwrap());
        let editor = Editor {
            id: 1,
            email: None,
            name: String::new(),
            role: Role::Editor,
            locale: None,
            added_at: began_at,
            left_at: None,
        };
        Session { id: 1, editor, agent: String::new(), began_at, seen_at, ended_at: None }
    }

    #[test]
    fn a_session_ends_unused_after_a_while_and_in_any_case_some_day() {
        let now = |at: &str| at.parse::<Timestamp>().unwrap();
        let used = session("2026-10-01T00:00:00Z", "2026-10-10T00:00:00Z");
        assert!(used.is_in_force(now("2026-10-23T23:59:59Z")) && !used.is_in_force(now("2026-10-24T00:00:00Z")));
        let long = session("2026-10-01T00:00:00Z", "2026-11-29T00:00:00Z");
        assert!(long.is_in_force(now("2026-11-29T23:00:00Z")) && !long.is_in_force(now("2026-11-30T00:00:00Z")));
        let ended = Session { ended_at: Some(now("2026-10-11T00:00:00Z")), ..used };
        assert!(!ended.is_in_force(now("2026-10-12T00:00:00Z")));
    }

    #[test]
    fn a_browser_that_calls_itself_a_novel_is_cut() {
        assert_eq!(agent(&"x\n".repeat(500)).chars().count(), AGENT_CHARS + 1);
    }
}
