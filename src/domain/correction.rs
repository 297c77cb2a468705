//! What is corrected in an edition that went out.

use jiff::Timestamp;

/// One correction, as it stands at the head of the archived edition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// In Markdown.
    pub body: String,
    pub made_at: Timestamp,
    /// When those who got the edition were told by mail; none: they were not.
    pub mailed_at: Option<Timestamp>,
}
