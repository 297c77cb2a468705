//! Approvals, as programs see them.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::approval::ApprovalState;

/// How an edition stands that goes out once somebody has approved it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ApprovalRecord {
    /// `waiting`: its moment has come. What editors say after an approval makes it `asked` or `open` again.
    pub state: ApprovalState,
    /// When editors were asked last; null: not yet.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub asked_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub approved_at: Option<Timestamp>,
    /// Who has approved it.
    #[schema(required)]
    pub by: Option<String>,
}

/// An edition that was approved.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ApprovedRecord {
    pub digest: String,
    /// The moment of the edition.
    #[schema(value_type = String, format = DateTime)]
    pub scheduled_for: Timestamp,
    /// Whether that has come: it goes out now.
    pub is_due: bool,
}
