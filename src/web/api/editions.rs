//! Editions and how the sending of them goes, in numbers: `/editions`.

use axum::Json;
use axum::extract::RawQuery;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Api;
use super::bearer::{By, ReadDigests, WriteDigests};
use super::body::{self, Body};
use super::list::{self, Cursor};
use super::named::{Id, id, json, tag};
use super::problem::{Answer, Problem};
use super::texts::CursorText;
use crate::domain::edition::EditionRef;
use crate::shape::edition::{CorrectionRecord, EditionRecord, HoldRecord, ShownEdition};

pub fn operations() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_editions))
        .routes(routes!(show))
        .routes(routes!(stop))
        .routes(routes!(go_on))
        .routes(routes!(give_up))
        .routes(routes!(correct))
}

/// Which editions.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Of this digest, by its slug.
    #[serde(deserialize_with = "list::given")]
    digest: Option<String>,
    #[param(minimum = 1, maximum = 500)]
    #[serde(deserialize_with = "list::given")]
    limit: Option<usize>,
    /// From the Link of the page before.
    #[param(value_type = Option<CursorText>, inline)]
    #[serde(deserialize_with = "list::given")]
    cursor: Option<String>,
}

/// Editions, the newest first.
#[utoipa::path(
    get, path = "/editions", tag = "digests", operation_id = "list_editions", security(("bearer" = ["digests:read"])),
    params(ListQuery),
    responses((status = 200, description = "A page of them; Link names the next.", body = Vec<EditionRecord>),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn list_editions(by: By<ReadDigests>, RawQuery(query): RawQuery) -> Answer<(HeaderMap, Json<Value>)> {
    let query = query.unwrap_or_default();
    let asked: ListQuery = list::query(&query)?;
    let limit = list::limit(asked.limit)?;
    let stretch = Cursor::stretch(asked.cursor.as_deref(), limit)?;
    let found = by.office.editions(asked.digest.as_deref(), stretch).await?;
    let (page, next) = list::page(found, limit, |edition| edition.edition);
    Ok(list::answer("/editions", &query, &page, next))
}

/// One edition, and what became of its deliveries.
#[utoipa::path(
    get, path = "/editions/{id}", tag = "digests", operation_id = "show_edition",
    security(("bearer" = ["digests:read"])), params(("id" = i64, Path, description = "Of the edition.")),
    responses((status = 200, description = "The edition.", body = ShownEdition),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn show(by: By<ReadDigests>, edition: Id) -> Answer<([(HeaderName, HeaderValue); 1], Json<Value>)> {
    let record = json(&by.office.edition_status(&EditionRef::Id(id(edition)?)).await?);
    Ok(([tag(&record)], record))
}

/// Holds what is queued of an edition; what is on the wire ends.
#[utoipa::path(
    post, path = "/editions/{id}/stop", tag = "digests", operation_id = "stop_edition",
    security(("bearer" = ["digests:write"])), params(("id" = i64, Path, description = "Of the edition.")),
    responses((status = 200, description = "It is held.", body = HoldRecord),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn stop(by: By<WriteDigests>, edition: Id) -> Answer<Json<Value>> {
    Ok(json(&by.office.stop_edition(&by.actor, &EditionRef::Id(id(edition)?)).await?))
}

/// Sends the rest of an edition that was stopped.
#[utoipa::path(
    post, path = "/editions/{id}/go-on", tag = "digests", operation_id = "go_on_with_edition",
    security(("bearer" = ["digests:write"])), params(("id" = i64, Path, description = "Of the edition.")),
    responses((status = 200, description = "It goes on.", body = HoldRecord),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn go_on(by: By<WriteDigests>, edition: Id) -> Answer<Json<Value>> {
    Ok(json(&by.office.go_on_with_edition(&by.actor, &EditionRef::Id(id(edition)?)).await?))
}

/// Gives up what waits of an edition: it is never sent, and its readers are told by the next one.
#[utoipa::path(
    post, path = "/editions/{id}/drop", tag = "digests", operation_id = "drop_edition",
    security(("bearer" = ["digests:write"])), params(("id" = i64, Path, description = "Of the edition.")),
    responses((status = 200, description = "It is given up.", body = HoldRecord),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn give_up(by: By<WriteDigests>, edition: Id) -> Answer<Json<Value>> {
    Ok(json(&by.office.give_up_edition(&by.actor, &EditionRef::Id(id(edition)?)).await?))
}

/// What is to be corrected.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CorrectionWish {
    /// Markdown, without HTML.
    #[schema(min_length = 1)]
    text: String,
    /// Whether it is told by mail to those who got the edition.
    #[serde(default)]
    mail: bool,
}

/// Puts a correction at the head of an edition in the archive, and tells it by mail to those who got it, if that is wanted.
#[utoipa::path(
    post, path = "/editions/{id}/correction", tag = "digests", operation_id = "correct_edition",
    security(("bearer" = ["digests:write"])), params(("id" = i64, Path, description = "Of the edition.")),
    request_body = CorrectionWish,
    responses((status = 200, description = "It is corrected.", body = CorrectionRecord),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn correct(by: By<WriteDigests>, edition: Id, body: Body) -> Answer<Json<Value>> {
    let CorrectionWish { text, mail } = body::read(body)?;
    let edition = EditionRef::Id(id(edition)?);
    Ok(json(&by.office.correct_edition(&by.actor, &edition, text.as_bytes(), mail).await?))
}
