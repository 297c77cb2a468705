//! Webhooks and their messages, as programs see them.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::hook::{HookFormat, MessageStatus, Topic};

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WebhookRecord {
    pub name: String,
    /// Of its address, which is a secret, the server.
    pub url: String,
    pub format: HookFormat,
    /// What it tells.
    pub events: Vec<Topic>,
    /// Whether readers' addresses are told.
    pub persons: bool,
    /// Messages that are yet to be taken,
    pub waiting: u64,
    /// and those that were given up and can be sent again.
    pub failed: u64,
    /// The last time that all went well; null: never yet.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub taken_at: Option<Timestamp>,
    /// How often it failed since,
    pub failures: u32,
    /// and since when something that is yet to be taken is not.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub failing_since: Option<Timestamp>,
    /// Since when it is told nothing any more, as its server says that it is gone.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub gone_at: Option<Timestamp>,
    /// What went wrong the last time; null where nothing did.
    #[schema(required)]
    pub error: Option<String>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HookMessageRecord {
    /// The `webhook-id`, the same each time that it is sent.
    pub id: String,
    #[serde(rename = "type")]
    pub topic: Topic,
    pub status: MessageStatus,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    pub attempts: i64,
    /// When it is sent; null if it is not to be.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub next_at: Option<Timestamp>,
    /// When it was taken or given up.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub done_at: Option<Timestamp>,
    /// The beginning of what the server answered the last time, or why it did not.
    #[schema(required)]
    pub answer: Option<String>,
}

/// How trying a webhook went.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HookTestRecord {
    pub webhook: String,
    pub taken: bool,
    pub answer: String,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReplayRecord {
    pub webhook: String,
    /// How many messages are sent again.
    pub replayed: u64,
}
