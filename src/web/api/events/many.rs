//! Several events at once, all or none, and an event like another.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::Value;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{AdditionalProperties, ArrayBuilder, ObjectBuilder, Ref, Schema, Type};
use utoipa::{PartialSchema, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::bearer::{By, DryRun, WriteEvents};
use super::super::body::{Body, read};
use super::super::named::{Id, id, json};
use super::super::problem::{Answer, Problem};
use super::super::{Api, PREFIX};
use super::said::{self, EventChange};
use super::{TellQuery, Word, shown};
use crate::domain::several::MOST_AT_ONCE;
use crate::domain::tell::Tell;
use crate::office::Act;
use crate::shape::event::{EventRecord, ShownEvent};

pub fn operations() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(edit_events))
        .routes(routes!(publish_events))
        .routes(routes!(cancel_events))
        .routes(routes!(remove_events))
        .routes(routes!(copy_event))
}

/// Which events.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SeveralEvents {
    #[schema(min_items = 1, max_items = 5000)]
    ids: Vec<i64>,
}

/// Which events, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SeveralCancellations {
    #[schema(min_items = 1, max_items = 5000)]
    ids: Vec<i64>,
    /// For readers, in a few words.
    #[serde(default)]
    reason: String,
}

/// Which events, and what is to be different about each.
struct SeveralChanges;

impl PartialSchema for SeveralChanges {
    fn schema() -> RefOr<Schema> {
        let id = ObjectBuilder::new().schema_type(Type::Integer);
        let ids = ArrayBuilder::new().items(id).min_items(Some(1)).max_items(Some(MOST_AT_ONCE));
        let object = ObjectBuilder::new().property("ids", ids).required("ids");
        let object = object.property("change", Ref::from_schema_name("EventChange")).required("change");
        object
            .additional_properties(Some(AdditionalProperties::FreeForm(false)))
            .description(Some("Which events, and what is to be different."))
            .into()
    }
}

impl ToSchema for SeveralChanges {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push(("EventChange".into(), EventChange::schema()));
    }
}

async fn done(by: &By<WriteEvents>, ids: &[i64], act: &Act, tell: Option<Tell>) -> Answer<Json<Value>> {
    if ids.is_empty() {
        return Err(Problem::of_field("ids", "`ids` names no event: name at least one"));
    }
    let changed = by.office.change_events(&by.actor, ids, act, tell).await?;
    let records: Vec<_> = changed.iter().map(|changed| EventRecord::from(&changed.event)).collect();
    Ok(json(&records))
}

/// Changes several events alike: all of them, or none.
#[utoipa::path(
    patch, path = "/events", tag = "events", operation_id = "edit_events", security(("bearer" = ["events:write"])),
    params(TellQuery, DryRun), request_body = SeveralChanges,
    responses((status = 200, description = "The events as they are now.", body = Vec<EventRecord>),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn edit_events(by: By<WriteEvents>, Word(tell): Word, body: Body) -> Answer<Json<Value>> {
    let Json(mut body) = body?;
    let change = match body.remove("change") {
        Some(Value::Object(change)) => said::change(Ok(Json(change)))?,
        _ => return Err(Problem::of_field("change", "`change` has to be an object: what is to be different")),
    };
    let SeveralEvents { ids } = read(Ok(Json(body)))?;
    done(&by, &ids, &Act::Edit(Box::new(change)), tell).await
}

/// Makes several drafts public: all of them, or none.
#[utoipa::path(
    post, path = "/events/publish", tag = "events", operation_id = "publish_events",
    security(("bearer" = ["events:write"])), params(DryRun), request_body = SeveralEvents,
    responses((status = 200, description = "The events as they are now.", body = Vec<EventRecord>),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn publish_events(by: By<WriteEvents>, body: Body) -> Answer<Json<Value>> {
    let SeveralEvents { ids } = read(body)?;
    done(&by, &ids, &Act::Publish, None).await
}

/// Cancels several events: all of them, or none.
#[utoipa::path(
    post, path = "/events/cancel", tag = "events", operation_id = "cancel_events",
    security(("bearer" = ["events:write"])), params(TellQuery, DryRun), request_body = SeveralCancellations,
    responses((status = 200, description = "The events as they are now.", body = Vec<EventRecord>),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn cancel_events(by: By<WriteEvents>, Word(tell): Word, body: Body) -> Answer<Json<Value>> {
    let SeveralCancellations { ids, reason } = read(body)?;
    done(&by, &ids, &Act::Cancel { reason }, tell).await
}

/// Takes several events off the list: all of them, or none.
#[utoipa::path(
    post, path = "/events/remove", tag = "events", operation_id = "remove_events",
    security(("bearer" = ["events:write"])), params(TellQuery, DryRun), request_body = SeveralEvents,
    responses((status = 200, description = "The events as they were last.", body = Vec<EventRecord>),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn remove_events(by: By<WriteEvents>, Word(tell): Word, body: Body) -> Answer<Json<Value>> {
    let SeveralEvents { ids } = read(body)?;
    done(&by, &ids, &Act::Remove, tell).await
}

/// Adds an event like another, at the `start` that the body says.
///
/// What is not said is as it was: the hour where the start is a day, how long it lasts, topics, place. It happens once.
#[utoipa::path(
    post, path = "/events/{id}/copy", tag = "events", operation_id = "copy_event",
    security(("bearer" = ["events:write"])), params(("id" = i64, Path, description = "Of the event."), DryRun),
    request_body = EventChange,
    responses((status = 200, description = "The event as it would be, of a `dry_run`.", body = ShownEvent),
              (status = 201, description = "The new event; Location names it.", body = ShownEvent),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn copy_event(by: By<WriteEvents>, event: Id, body: Body) -> Answer<Response> {
    let copied = by.office.copy_event(&by.actor, id(event)?, &said::change(body)?).await?;
    let id = copied.event.id;
    let place = [(header::LOCATION, format!("{PREFIX}/events/{id}"))];
    Ok((StatusCode::CREATED, place, shown(&by.office, id).await?).into_response())
}
