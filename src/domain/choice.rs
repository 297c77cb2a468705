//! What a reader chose, as far as it decides what an edition tells them, and when they get it.

use super::event::Kind;
use super::zone::Zone;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// The number of the first edition of the digest in question that they can have got under this choice.
    pub first_edition: i64,
    /// Those since then, by number, that they have not got.
    pub missed: Vec<i64>,
    /// The line of history up to which an edition that they got late has told how things are.
    pub told_until: Option<i64>,
    /// Topics followed; none means all.
    pub topics: Vec<String>,
    /// Kinds of events wanted; none means all.
    pub kinds: Vec<Kind>,
    pub locale: Option<String>,
    pub timezone: Option<Zone>,
    /// The hour at which mail is wanted on the reader's own clock, 0 to 23.
    pub send_hour: Option<i8>,
}
