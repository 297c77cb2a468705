//! What editors forward, as programs see it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::address::EmailAddress;

/// What came to the intake address.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct IntakeRecord {
    #[schema(value_type = String)]
    pub address: EmailAddress,
    /// How many mails, by what became of them: `taken`, `again` (it was taken before), `unproved` (nobody knows whose it is).
    pub told: BTreeMap<String, u64>,
    /// When the last came.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub last_at: Option<Timestamp>,
}

/// An editor's own address to forward to.
#[derive(Debug, Serialize)]
pub struct ForwardAddressRecord<'a> {
    pub email: &'a EmailAddress,
    /// A mail to it is theirs, whoever sends it.
    pub address: EmailAddress,
}
