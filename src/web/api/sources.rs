//! Foreign calendars that are kept in step: `/sources`.

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::extract::{Path, RawQuery};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::bearer::{By, Operate};
use super::named::{json, to_its_end};
use super::problem::{Answer, Problem};
use super::{Api, body, list};
use crate::domain::source::Trust;
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

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SyncQuery {
    /// Takes it at its word also where it suddenly lacks most of what it had; else that is held until it says the same an
    /// hour later.
    believe: bool,
    /// Answers without asking for it.
    #[allow(dead_code)]
    dry_run: bool,
}

/// The same, said in the body.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct SyncBody {
    /// Takes it at its word also where it suddenly lacks most of what it had.
    believe: bool,
}

/// Reads one of them now, whether it is due or not. With `dry_run` nothing is asked for.
#[utoipa::path(
    post, path = "/sources/{name}/sync", tag = "sources", operation_id = "sync_source",
    security(("bearer" = ["operate"])),
    params(("name" = String, Path, description = "Of the source, or its number in the list."), SyncQuery),
    request_body(content = Option<SyncBody>),
    responses((status = 200, description = "What came of it, also if it could not be read.", body = SyncRecord),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn sync(
    by: By<Operate>,
    source: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
    body: Result<Option<Json<Map<String, Value>>>, JsonRejection>,
) -> Answer<Json<Value>> {
    let Path(name) = source?;
    let asked: SyncQuery = list::query(&query.unwrap_or_default())?;
    let told: SyncBody = match body? {
        Some(object) => body::read(Ok(object))?,
        None => SyncBody::default(),
    };
    let trust = if asked.believe || told.believe { Trust::Believed } else { Trust::Careful };
    let synced = to_its_end(async move { by.office.sync_source(&name, trust).await }).await?;
    Ok(json(&synced))
}
