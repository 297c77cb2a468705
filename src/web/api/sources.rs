//! Foreign calendars that are kept in step: `/sources`.

use axum::Json;
use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Api;
use super::bearer::{By, DryRun, Operate};
use super::named::{json, to_its_end};
use super::problem::{Answer, Problem};
use crate::shape::source::{SourceRecord, SyncRecord};

pub fn operations() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list_sources)).routes(routes!(sync))
}

/// The foreign calendars of the configuration, all of them, and how reading them went.
#[utoipa::path(
    get, path = "/sources", tag = "sources", operation_id = "list_sources", security(("bearer" = ["operate"])),
    responses((status = 200, description = "Each of them.", body = Vec<SourceRecord>),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn list_sources(by: By<Operate>) -> Answer<Json<Value>> {
    Ok(json(&by.office.sources().await?))
}

/// Reads one of them now, whether it is due or not. With `dry_run` nothing is asked for.
#[utoipa::path(
    post, path = "/sources/{name}/sync", tag = "sources", operation_id = "sync_source",
    security(("bearer" = ["operate"])),
    params(("name" = String, Path, description = "Of the source, or its number in the list."), DryRun),
    responses((status = 200, description = "What came of it, also if it could not be read.", body = SyncRecord),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn sync(by: By<Operate>, source: Result<Path<String>, PathRejection>) -> Answer<Json<Value>> {
    let Path(name) = source?;
    let synced = to_its_end(async move { by.office.sync_source(&name).await }).await?;
    Ok(json(&synced))
}
