//! Events: `/events` and what is below it.

mod many;
mod said;

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, Path, RawQuery};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::bearer::{By, DryRun, ReadEvents, WriteEvents};
use super::body::{Body, read};
use super::list::{self, Cursor, DateCursor};
use super::named::{Id, IfMatch, Version, id, json, seen};
use super::problem::{Answer, Problem};
use super::texts::{CursorText, DateText};
use super::{Api, PREFIX};
use crate::domain::event::{Kind, Status};
use crate::domain::filter::EventFilter;
use crate::domain::tell::Tell;
use crate::domain::when::Point;
use crate::office::{Act, Aim, Office, Place, Shown, ToldEntry};
use crate::shape::event::{EventRecord, HistoryRecord, ShownEvent};
use said::{EventChange, EventOfUid, NewEvent};

pub fn operations() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_events, add, put))
        .routes(routes!(show, edit, remove))
        .routes(routes!(publish))
        .routes(routes!(cancel))
        .routes(routes!(restore))
        .routes(routes!(history))
        .routes(routes!(edit_occurrence))
        .merge(many::operations())
}

/// What may be asked of the list: as `kalends event list` asks.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Not over before this day.
    #[param(value_type = Option<DateText>, inline)]
    #[serde(deserialize_with = "list::given")]
    from: Option<String>,
    /// Begun by this day.
    #[param(value_type = Option<DateText>, inline)]
    #[serde(deserialize_with = "list::given")]
    to: Option<String>,
    /// One of these.
    #[param(inline)]
    kind: Vec<Kind>,
    /// One of these.
    topic: Vec<String>,
    /// In every edition: `GB/T 35273` finds GB/T 35273-2020.
    standard: Option<String>,
    /// Words that must all occur.
    search: Option<String>,
    #[param(inline)]
    status: Option<Status>,
    /// Each date of a repeating event as one, which needs `from` and `to`, two years apart at most.
    occurrences: bool,
    #[param(minimum = 1, maximum = 500)]
    limit: Option<usize>,
    #[param(value_type = Option<CursorText>, inline)]
    #[serde(deserialize_with = "list::given")]
    cursor: Option<String>,
}

/// Events by date, also drafts; of those that repeat the first date, or with `occurrences` each.
#[utoipa::path(
    get, path = "/events", tag = "events", operation_id = "list_events", security(("bearer" = ["events:read"])),
    params(ListQuery),
    responses((status = 200, description = "A page of them; Link names the next.", body = Vec<EventRecord>),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn list_events(by: By<ReadEvents>, RawQuery(query): RawQuery) -> Answer<(HeaderMap, Json<Value>)> {
    let query = query.unwrap_or_default();
    let asked: ListQuery = list::query(&query)?;
    let limit = list::limit(asked.limit)?;
    let after = asked.cursor.as_deref().map(DateCursor::read).transpose()?;
    let after = after.map(|DateCursor { of: Cursor { at, id }, date }| Place { at, id, occurrence: date });
    let filter = EventFilter {
        kinds: asked.kind,
        topics: asked.topic,
        standard: asked.standard.unwrap_or_default(),
        search: asked.search.unwrap_or_default(),
        statuses: asked.status.into_iter().collect(),
        ..EventFilter::default()
    };
    let filter = filter.between(asked.from.as_deref(), asked.to.as_deref(), by.office.zone())?;
    let page = match asked.occurrences {
        false => by.office.events_after(&filter, after, limit).await?,
        true => by.office.dates_after(&filter, after, limit).await?,
    };
    let records: Vec<_> = page.events.iter().map(EventRecord::from).collect();
    let next =
        page.next.map(|Place { at, id, occurrence }| DateCursor { of: Cursor { at, id }, date: occurrence }.text());
    Ok(list::answer_from("/events", &query, &records, next))
}

/// An event as it is now, with its version.
async fn shown(office: &Office, id: i64) -> Answer<([(HeaderName, HeaderValue); 1], Json<Value>)> {
    let Shown { event, version, articles } = office.event(id).await?;
    let ids = articles.iter().map(|article| article.id).collect();
    let record = ShownEvent { event: EventRecord::from(&event), version, articles: ids };
    Ok(([Version(version).header()], json(&record)))
}

/// Adds an event.
#[utoipa::path(
    post, path = "/events", tag = "events", operation_id = "add_event", security(("bearer" = ["events:write"])),
    params(DryRun), request_body = NewEvent,
    responses((status = 200, description = "The event as it would be, of a `dry_run`.", body = ShownEvent),
              (status = 201, description = "The event; Location names it.", body = ShownEvent),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn add(by: By<WriteEvents>, body: Body) -> Answer<Response> {
    let changed = by.office.add_event(&by.actor, &said::new_event(body)?).await?;
    let id = changed.event.id;
    let place = [(header::LOCATION, format!("{PREFIX}/events/{id}"))];
    Ok((StatusCode::CREATED, place, shown(&by.office, id).await?).into_response())
}

/// Makes the event of a UID what the body says, and adds it where there is none: the same again changes nothing.
///
/// What is not named stays, and one that was removed is there again.
#[utoipa::path(
    put, path = "/events", tag = "events", operation_id = "put_event", security(("bearer" = ["events:write"])),
    params(IfMatch, DryRun), request_body = EventOfUid,
    responses((status = 200, description = "The event as it is now.", body = ShownEvent),
              (status = 201, description = "It is new; Location names it.", body = ShownEvent),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn put(by: By<WriteEvents>, headers: HeaderMap, body: Body) -> Answer<Response> {
    let seen = seen(&headers)?.map(|Version(version)| version);
    let (uid, patch) = said::of_uid(body)?;
    let put = by.office.put_event(&by.actor, &uid, seen, &patch).await;
    let put = put.map_err(|error| Problem::from(error).if_stale(seen.is_some()))?;
    let id = put.event.id;
    let shown = shown(&by.office, id).await?;
    Ok(match put.is_new {
        true => (StatusCode::CREATED, [(header::LOCATION, format!("{PREFIX}/events/{id}"))], shown).into_response(),
        false => shown.into_response(),
    })
}

/// One event, also a draft.
#[utoipa::path(
    get, path = "/events/{id}", tag = "events", operation_id = "show_event", security(("bearer" = ["events:read"])),
    params(("id" = i64, Path, description = "Of the event.")),
    responses((status = 200, description = "The event; its ETag is for If-Match.", body = ShownEvent),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn show(by: By<ReadEvents>, event: Id) -> Answer<impl IntoResponse> {
    shown(&by.office, id(event)?).await
}

/// Changes what is named; the rest stays.
#[utoipa::path(
    patch, path = "/events/{id}", tag = "events", operation_id = "edit_event", security(("bearer" = ["events:write"])),
    params(("id" = i64, Path, description = "Of the event."), IfMatch, TellQuery, DryRun),
    request_body = EventChange,
    responses((status = 200, description = "The event as it is now.", body = ShownEvent),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn edit(
    by: By<WriteEvents>,
    event: Id,
    Word(tell): Word,
    headers: HeaderMap,
    body: Body,
) -> Answer<impl IntoResponse> {
    let aim = aim(id(event)?, None, &headers, tell)?;
    changed(aim, by.office.edit_event(&by.actor, aim, &said::change(body)?).await)?;
    shown(&by.office, aim.id).await
}

/// Takes an event off the list; calendars are told that it was cancelled.
#[utoipa::path(
    delete, path = "/events/{id}", tag = "events", operation_id = "remove_event", security(("bearer" = ["events:write"])),
    params(("id" = i64, Path, description = "Of the event."), IfMatch, TellQuery, DryRun),
    responses((status = 204, description = "It is gone; `restore` takes that back."),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn remove(by: By<WriteEvents>, event: Id, Word(tell): Word, headers: HeaderMap) -> Answer<StatusCode> {
    let aim = aim(id(event)?, None, &headers, tell)?;
    changed(aim, by.office.remove_event(&by.actor, aim).await)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes a draft public.
#[utoipa::path(
    post, path = "/events/{id}/publish", tag = "events", operation_id = "publish_event",
    security(("bearer" = ["events:write"])), params(("id" = i64, Path, description = "Of the event."), DryRun),
    responses((status = 200, description = "The event as it is now.", body = ShownEvent),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn publish(by: By<WriteEvents>, event: Id) -> Answer<impl IntoResponse> {
    let id = id(event)?;
    by.office.change_events(&by.actor, &[id], &Act::Publish, None).await?;
    shown(&by.office, id).await
}

/// Which one of its dates, and why.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct Cancellation {
    /// For readers, in a few words.
    reason: String,
    /// One date of a repeating event: its day, or the start that the rule gives it.
    #[schema(value_type = Option<DateText>, inline)]
    occurrence: Option<Point>,
}

/// Cancels an event or one of its dates; calendars and readers are told.
#[utoipa::path(
    post, path = "/events/{id}/cancel", tag = "events", operation_id = "cancel_event",
    security(("bearer" = ["events:write"])), params(("id" = i64, Path, description = "Of the event."), IfMatch, TellQuery, DryRun),
    request_body = Cancellation,
    responses((status = 200, description = "The event as it is now.", body = ShownEvent),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn cancel(
    by: By<WriteEvents>,
    event: Id,
    Word(tell): Word,
    headers: HeaderMap,
    body: Body,
) -> Answer<impl IntoResponse> {
    let Cancellation { reason, occurrence } = read(body)?;
    let aim = aim(id(event)?, occurrence, &headers, tell)?;
    changed(aim, by.office.cancel_event(&by.actor, aim, &reason).await)?;
    shown(&by.office, aim.id).await
}

/// Which one of its dates.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct OneDate {
    /// One date of a repeating event: its day, or the start that the rule gives it.
    #[schema(value_type = Option<DateText>, inline)]
    occurrence: Option<Point>,
}

/// Takes the last removal or cancellation back.
#[utoipa::path(
    post, path = "/events/{id}/restore", tag = "events", operation_id = "restore_event",
    security(("bearer" = ["events:write"])), params(("id" = i64, Path, description = "Of the event."), IfMatch, TellQuery, DryRun),
    request_body = OneDate,
    responses((status = 200, description = "The event as it is now.", body = ShownEvent),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn restore(
    by: By<WriteEvents>,
    event: Id,
    Word(tell): Word,
    headers: HeaderMap,
    body: Body,
) -> Answer<impl IntoResponse> {
    let OneDate { occurrence } = read(body)?;
    let aim = aim(id(event)?, occurrence, &headers, tell)?;
    changed(aim, by.office.restore_event(&by.actor, aim).await)?;
    shown(&by.office, aim.id).await
}

/// What was changed, when and by whom; the oldest first.
#[utoipa::path(
    get, path = "/events/{id}/history", tag = "events", operation_id = "event_history",
    security(("bearer" = ["events:read"])), params(("id" = i64, Path, description = "Of the event.")),
    responses((status = 200, description = "Its lines.", body = Vec<HistoryRecord>),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn history(by: By<ReadEvents>, event: Id) -> Answer<Json<Value>> {
    let lines = by.office.event_history(id(event)?).await?;
    let records: Vec<_> = lines.iter().map(ToldEntry::record).collect();
    Ok(json(&records))
}

/// Changes one date of a repeating event.
#[utoipa::path(
    patch, path = "/events/{id}/occurrences/{start}", tag = "events", operation_id = "edit_occurrence",
    security(("bearer" = ["events:write"])),
    params(("id" = i64, Path, description = "Of the event."),
           ("start" = inline(DateText), Path, description = "Its day, or the start that the rule gives it."), IfMatch, TellQuery, DryRun),
    request_body = EventChange,
    responses((status = 200, description = "The event as it is now.", body = ShownEvent),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn edit_occurrence(
    by: By<WriteEvents>,
    path: Result<Path<(i64, String)>, PathRejection>,
    Word(tell): Word,
    headers: HeaderMap,
    body: Body,
) -> Answer<impl IntoResponse> {
    let Path((id, start)) = path?;
    let start = start.parse::<Point>().map_err(|error| Problem::of_field("start", error.to_string()))?;
    let aim = aim(id, Some(start), &headers, tell)?;
    changed(aim, by.office.edit_event(&by.actor, aim, &said::change(body)?).await)?;
    shown(&by.office, id).await
}

/// What is said of telling a change.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct TellQuery {
    /// Whether editions tell it: `next`, in any case; `never`. Else they tell what changes a plan.
    #[param(inline)]
    #[serde(deserialize_with = "list::given")]
    tell: Option<Tell>,
}

/// What a request says of telling its change.
struct Word(Option<Tell>);

impl<S: Sync> FromRequestParts<S> for Word {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let TellQuery { tell } = list::query(parts.uri.query().unwrap_or_default())?;
        Ok(Self(tell))
    }
}

fn aim(id: i64, occurrence: Option<Point>, headers: &HeaderMap, tell: Option<Tell>) -> Answer<Aim> {
    Ok(Aim { id, occurrence, seen: seen(headers)?.map(|Version(version)| version), tell })
}

fn changed<T>(aim: Aim, result: crate::office::Result<T>) -> Answer<T> {
    result.map_err(|error| Problem::from(error).if_stale(aim.seen.is_some()))
}
