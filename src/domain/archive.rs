//! Past editions as everybody may read them.

use jiff::Timestamp;

/// What a list of editions says of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveEntry {
    pub edition_id: i64,
    /// By slug.
    pub digest: String,
    pub number: i64,
    pub scheduled_for: Timestamp,
    pub composed_at: Timestamp,
    /// The language of subject and headlines.
    pub locale: String,
    pub subject: String,
    pub preheader: String,
}
