//! Other programs and chats that are told what happens: `/webhooks`.

use axum::Json;
use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Api;
use super::bearer::{By, DryRun, Operate};
use super::body::{Body, read};
use super::named::{json, to_its_end};
use super::problem::{Answer, Problem};
use crate::shape::webhook::{HookMessageRecord, HookTestRecord, ReplayRecord, WebhookRecord};
use crate::store::Replay;

pub fn operations() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_webhooks))
        .routes(routes!(list_messages))
        .routes(routes!(test))
        .routes(routes!(replay))
}

/// Those of the configuration, all of them, and how telling them goes.
#[utoipa::path(
    get, path = "/webhooks", tag = "webhooks", operation_id = "list_webhooks", security(("bearer" = ["operate"])),
    responses((status = 200, description = "Each of them.", body = Vec<WebhookRecord>),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn list_webhooks(by: By<Operate>) -> Answer<Json<Value>> {
    Ok(json(&by.office.webhooks().await?))
}

/// The last messages of one, the newest first.
#[utoipa::path(
    get, path = "/webhooks/{name}/messages", tag = "webhooks", operation_id = "list_webhook_messages",
    security(("bearer" = ["operate"])),
    params(("name" = String, Path, description = "Of the webhook.")),
    responses((status = 200, description = "Fifty of them at most.", body = Vec<HookMessageRecord>),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn list_messages(by: By<Operate>, webhook: Result<Path<String>, PathRejection>) -> Answer<Json<Value>> {
    let Path(name) = webhook?;
    Ok(json(&by.office.webhook_messages(&name).await?))
}

/// Tells one that this is a test, and waits for its answer. With `dry_run` nothing is sent.
#[utoipa::path(
    post, path = "/webhooks/{name}/test", tag = "webhooks", operation_id = "test_webhook",
    security(("bearer" = ["operate"])),
    params(("name" = String, Path, description = "Of the webhook."), DryRun),
    responses((status = 200, description = "What it answered, also if it did not take it.", body = HookTestRecord),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn test(by: By<Operate>, webhook: Result<Path<String>, PathRejection>) -> Answer<Json<Value>> {
    let Path(name) = webhook?;
    let test = to_its_end(async move { by.office.test_webhook(&by.actor, &name).await }).await?;
    Ok(json(&test))
}

/// Which messages are sent again; without either those that wait or were given up.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct ReplayBody {
    /// These, by their ids, also if they were taken.
    #[schema(max_items = 500)]
    messages: Option<Vec<String>>,
    /// All since then, also those that were taken.
    #[schema(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
}

/// Sends messages again at once, as they were and under their ids.
#[utoipa::path(
    post, path = "/webhooks/{name}/replay", tag = "webhooks", operation_id = "replay_webhook",
    security(("bearer" = ["operate"])),
    params(("name" = String, Path, description = "Of the webhook."), DryRun),
    request_body = ReplayBody,
    responses((status = 200, description = "How many are sent again.", body = ReplayRecord),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn replay(by: By<Operate>, webhook: Result<Path<String>, PathRejection>, body: Body) -> Answer<Json<Value>> {
    let (Path(name), wish) = (webhook?, read::<ReplayBody>(body)?);
    let which = match (wish.messages, wish.since) {
        (Some(_), Some(_)) => {
            return Err(Problem::of_field("since", "name either messages or a moment since which they are sent again"));
        }
        (Some(ids), None) => Replay::Some(ids),
        (None, Some(since)) => Replay::Since(since),
        (None, None) => Replay::Untaken,
    };
    Ok(json(&by.office.replay_webhook(&by.actor, &name, &which).await?))
}
