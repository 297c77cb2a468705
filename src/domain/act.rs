//! What was done that no history of a thing tells: mail that was sent or stopped, people, editors, tokens.

use jiff::Timestamp;

use super::actor::Actor;
use super::refused::Noun;
use super::words;

words! {
    pub enum Deed, "deed" {
        Added => "added",
        Edited => "edited",
        Removed => "removed",
        /// At the desk.
        SignedIn => "signed-in",
        Forgotten => "forgotten",
        Suppressed => "suppressed",
        Unsuppressed => "unsuppressed",
        Imported => "imported",
        Paused => "paused",
        Resumed => "resumed",
        /// An edition at somebody's wish.
        Sent => "sent",
        /// Its sending is held,
        Stopped => "stopped",
        /// goes on,
        WentOn => "went-on",
        /// or was given up.
        GivenUp => "given-up",
        /// An edition that went out.
        Corrected => "corrected",
        /// It was sent to one reader, once more or late.
        Resent => "resent",
        /// Words for an edition to come.
        Noted => "noted",
        /// They were taken back.
        Unsaid => "unsaid",
        /// Which entries an edition to come leaves out, puts first, adds.
        Arranged => "arranged",
        /// An edition before it goes.
        Approved => "approved",
        /// A test mail.
        Tested => "tested",
        Retried => "retried",
        Renewed => "renewed",
        Revoked => "revoked",
        /// A backup was put in the database's place.
        Restored => "restored",
    }
}

/// One line of the log of acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// Rises with time.
    pub id: i64,
    pub at: Timestamp,
    pub by: Actor,
    pub deed: Deed,
    pub noun: Noun,
    /// Its id or slug; empty where it is about several, or about somebody who is to be known no more. A person stands
    /// here by the id of their row, never by an address.
    pub name: String,
    /// More of it, for people; never an address.
    pub detail: String,
}
