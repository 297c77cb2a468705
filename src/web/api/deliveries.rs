//! The outbox: `/deliveries`. It holds addresses, so it is for those who operate the office.

use axum::Json;
use axum::extract::RawQuery;
use axum::http::HeaderMap;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Api;
use super::bearer::{By, DryRun, Operate};
use super::body::{self, Body};
use super::list::{self, Cursor};
use super::named::json;
use super::problem::{Answer, Problem};
use super::texts::{CursorText, EditionText, Yes};
use crate::domain::Invalid;
use crate::domain::edition::{DeliveryStatus, EditionRef};
use crate::office::{DeliveryQuery, Retry};
use crate::shape::delivery::{Delivery, ResentRecord, Retried};

pub fn operations() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list_deliveries)).routes(routes!(retry)).routes(routes!(resend))
}

/// Which deliveries: as `kalends delivery list` asks.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Of this edition, by its id or as `weekly/1`.
    #[param(value_type = Option<EditionText>, inline)]
    #[serde(deserialize_with = "list::given")]
    edition: Option<String>,
    /// Of this digest, by its slug.
    #[serde(deserialize_with = "list::given")]
    digest: Option<String>,
    /// To this address.
    #[param(format = "email")]
    #[serde(deserialize_with = "list::given")]
    address: Option<String>,
    #[param(inline)]
    #[serde(deserialize_with = "list::given")]
    status: Option<DeliveryStatus>,
    #[param(minimum = 1, maximum = 500)]
    #[serde(deserialize_with = "list::given")]
    limit: Option<usize>,
    /// From the Link of the page before.
    #[param(value_type = Option<CursorText>, inline)]
    #[serde(deserialize_with = "list::given")]
    cursor: Option<String>,
}

/// Deliveries with the addresses they go to, the newest first. Who may see no addresses sees how an edition goes in its
/// tally.
#[utoipa::path(
    get, path = "/deliveries", tag = "deliveries", operation_id = "list_deliveries", security(("bearer" = ["operate"])),
    params(ListQuery),
    responses((status = 200, description = "A page of them; Link names the next.", body = Vec<Delivery>),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn list_deliveries(by: By<Operate>, RawQuery(query): RawQuery) -> Answer<(HeaderMap, Json<Value>)> {
    let query = query.unwrap_or_default();
    let asked: ListQuery = list::query(&query)?;
    let limit = list::limit(asked.limit)?;
    let stretch = Cursor::stretch(asked.cursor.as_deref(), limit)?;
    let address = asked.address.as_deref().map(str::parse).transpose();
    let wanted = DeliveryQuery {
        edition: asked.edition.as_deref().map(edition).transpose()?,
        digest: asked.digest,
        status: asked.status,
        address: address.map_err(|error: Invalid| Problem::of_field("address", error.0))?,
        before: stretch.before,
        limit: stretch.limit.and_then(|limit| limit.try_into().ok()),
    };
    let mut found = by.office.deliveries(wanted).await?;
    found.reverse();
    let (page, next) = list::page(found, limit, |delivery| delivery.id);
    let records: Vec<_> = page.iter().map(Delivery::from).collect();
    Ok(list::answer("/deliveries", &query, &records, next))
}

fn edition(text: &str) -> Answer<EditionRef> {
    let found: Result<EditionRef, Invalid> = text.parse();
    found.map_err(|error| Problem::of_field("edition", error.0))
}

/// Which deliveries are sent again: one of these has to be said.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(min_properties = 1, max_properties = 1)]
struct RetryWish {
    /// One delivery.
    #[serde(default, deserialize_with = "whole")]
    #[schema(value_type = i64, required = false)]
    id: Option<i64>,
    /// All of an edition, by its id or as `weekly/1`.
    #[serde(default, deserialize_with = "list::given")]
    #[schema(value_type = EditionText, required = false)]
    edition: Option<String>,
    /// All there are.
    #[serde(default)]
    #[schema(value_type = Yes)]
    all: bool,
}

/// A number without a fraction, however it is written: to JSON 7.0 is 7.
fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let number = serde_json::Number::deserialize(deserializer)?;
    let written_out = || number.as_f64().filter(|number| number.fract() == 0.0 && number.abs() < 9e15);
    let found = number.as_i64().or_else(|| written_out().map(|number| number as i64));
    found.map(Some).ok_or_else(|| D::Error::custom(format!("{number} is no id")))
}

/// Queues again what failed, was suppressed, is deferred or uncertain, for those who may get mail.
#[utoipa::path(
    post, path = "/deliveries/retry", tag = "deliveries", operation_id = "retry_deliveries",
    security(("bearer" = ["operate"])), params(DryRun), request_body = RetryWish,
    responses((status = 200, description = "How many were queued, and how many left out.", body = Retried),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn retry(by: By<Operate>, body: Body) -> Answer<Json<Value>> {
    let RetryWish { id, edition: named, all } = body::read(body)?;
    let named = named.as_deref().map(edition).transpose()?;
    let retry = Retry::of(id, named, all).ok_or_else(|| {
        Invalid::new("say what to retry, and only one thing: `id` of a delivery, `edition`, or `all` as true")
    })?;
    let (retried, _) = by.office.retry_deliveries(&by.actor, &retry).await?;
    Ok(json(&Retried::from(retried)))
}

/// Which edition is sent to whom.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ResendWish {
    /// By its id or as `weekly/1`.
    #[schema(value_type = EditionText)]
    edition: String,
    /// A reader who has confirmed its digest.
    #[schema(format = "email")]
    to: String,
}

/// Sends an edition to one reader: what they got of it, once more, or else what it told, as things are now.
#[utoipa::path(
    post, path = "/deliveries/resend", tag = "deliveries", operation_id = "resend_edition",
    security(("bearer" = ["operate"])), request_body = ResendWish,
    responses((status = 200, description = "It is queued.", body = ResentRecord),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn resend(by: By<Operate>, body: Body) -> Answer<Json<Value>> {
    let ResendWish { edition: named, to } = body::read(body)?;
    let to = to.parse().map_err(|error: Invalid| Problem::of_field("to", error.0))?;
    Ok(json(&by.office.resend_edition(&by.actor, &edition(&named)?, &to).await?))
}
