//! People who get mail: `/subscribers` and what is below it. They are named by ids: no address of a person stands in one
//! of ours.

mod bodies;

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, RawQuery};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;

use super::bearer::{By, DryRun, ReadSubscribers, WriteSubscribers};
use super::body::{self, Body};
use super::exchange::XLSX;
use super::list::{self, Cursor};
use super::named::{Id, IfMatch, as_seen, id, json, tag, to_its_end};
use super::problem::{Answer, Problem, expect_type, media_type};
use super::texts::EditionText;
use super::{Api, PREFIX};
use crate::domain::FieldError;
use crate::domain::address::EmailAddress;
use crate::domain::edition::EditionRef;
use crate::domain::refused::Noun;
use crate::domain::subscriber::{self, Consent, SubscriberFilter};
use crate::intake::Report;
use crate::office::{self, Added};
use crate::shape::person::{ForgottenRecord, Person};
use crate::shape::subscriber::{Agreement, EditedSubscriber, OwnCalendar, Subscriber, SuppressionRecord};
use bodies::{Changes, Told};

/// A table of some hundred thousand people.
const TABLE_OCTETS: usize = 16 * 1024 * 1024;

pub fn operations() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_subscribers, add, put))
        .routes(routes!(show, edit, remove))
        .routes(routes!(suppress))
        .routes(routes!(unsuppress))
        .routes(routes!(unsuppress_bounced))
        .routes(routes!(calendar))
        .routes(routes!(export))
        .routes(routes!(export_all))
        .routes(routes!(forget))
        .routes(routes!(forget_address))
        .routes(routes!(import).layer(DefaultBodyLimit::max(TABLE_OCTETS)))
}

/// What may be asked of the list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// The one with this address.
    #[param(value_type = Option<String>, format = Email)]
    #[serde(deserialize_with = "list::given")]
    email: Option<EmailAddress>,
    /// Who has to do with this digest, by slug; with `status`, who stands so with it.
    digest: Option<String>,
    /// Who stands so with a digest.
    #[param(inline)]
    status: Option<Consent>,
    /// Whether nothing is sent to them.
    suppressed: Option<bool>,
    #[param(minimum = 1, maximum = 500)]
    limit: Option<usize>,
    /// From the Link of the page before.
    cursor: Option<String>,
}

/// People in the order in which they came.
#[utoipa::path(
    get, path = "/subscribers", tag = "subscribers", operation_id = "list_subscribers",
    security(("bearer" = ["subscribers:read"])), params(ListQuery),
    responses((status = 200, description = "A page of them; Link names the next.", body = Vec<Subscriber>),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn list_subscribers(by: By<ReadSubscribers>, RawQuery(query): RawQuery) -> Answer<(HeaderMap, Json<Value>)> {
    let query = query.unwrap_or_default();
    let ListQuery { email, digest, status, suppressed, limit, cursor } = list::query(&query)?;
    let limit = list::limit(limit)?;
    let after = cursor.as_deref().map(Cursor::read).transpose()?.map_or(0, |cursor| cursor.id);
    let filter = SubscriberFilter { email, digest, status, is_suppressed: suppressed };
    let found = by.office.subscribers_after(&filter, after, limit + 1).await?;
    let (people, next) = list::page(found, limit, |person| person.id);
    let records: Vec<_> = people.iter().map(Subscriber::from).collect();
    Ok(list::answer("/subscribers", &query, &records, next))
}

fn shape(person: &subscriber::Subscriber) -> Value {
    json(&Subscriber::from(person)).0
}

/// Somebody after they were added or changed. The tag is that of the person alone, as GET shows it.
fn changed(status: StatusCode, edited: &EditedSubscriber) -> Response {
    let tag = tag(&json(&edited.subscriber).0);
    (status, [tag], json(edited)).into_response()
}

fn added(added: Added) -> Response {
    let edited = EditedSubscriber { kept: added.kept, ..EditedSubscriber::from(&added.edited) };
    if added.was_known {
        return changed(StatusCode::OK, &edited);
    }
    let place = [(header::LOCATION, format!("{PREFIX}/subscribers/{}", edited.subscriber.id))];
    (place, changed(StatusCode::CREATED, &edited)).into_response()
}

/// What a body names and is not there is wrong in the body.
fn named(error: office::Error) -> Problem {
    match error {
        office::Error::Refused(refused) if refused.is_missing(Noun::Digest) => refused.in_field("digests").into(),
        office::Error::Refused(refused) if refused.is_missing(Noun::Edition) => refused.in_field("edition").into(),
        error => error.into(),
    }
}

/// Adds somebody, or to what is known of them all that is said, and takes nothing from it. Without a consent a mail asks
/// them.
#[utoipa::path(
    post, path = "/subscribers", tag = "subscribers", operation_id = "add_subscriber",
    security(("bearer" = ["subscribers:write"])), params(DryRun), request_body = Told,
    responses((status = 201, description = "Somebody new; Location names them.", body = EditedSubscriber),
              (status = 200, description = "They were known, and are so now.", body = EditedSubscriber),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn add(by: By<WriteSubscribers>, body: Body) -> Answer<Response> {
    let (email, edit, agreed) = body::read::<Told>(body)?.read()?;
    Ok(added(by.office.add_subscriber(&by.actor, edit.of_new(email), agreed).await.map_err(named)?))
}

/// Makes somebody be so, as often as it is said: adds them, or changes what is named. Nobody is asked by mail twice about
/// a digest, and nobody who left or was forgotten is brought back.
#[utoipa::path(
    put, path = "/subscribers", tag = "subscribers", operation_id = "put_subscriber",
    security(("bearer" = ["subscribers:write"])), params(DryRun), request_body = Told,
    responses((status = 201, description = "Somebody new; Location names them.", body = EditedSubscriber),
              (status = 200, description = "They were known, and are so now.", body = EditedSubscriber),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn put(by: By<WriteSubscribers>, body: Body) -> Answer<Response> {
    let (email, edit, agreed) = body::read::<Told>(body)?.read()?;
    Ok(added(by.office.put_subscriber(&by.actor, &email, &edit, agreed).await.map_err(named)?))
}

/// One person, and what they agreed to.
#[utoipa::path(
    get, path = "/subscribers/{id}", tag = "subscribers", operation_id = "show_subscriber",
    security(("bearer" = ["subscribers:read"])), params(("id" = i64, Path, description = "Of the person.")),
    responses((status = 200, description = "The person; their ETag is for If-Match.", body = Subscriber),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn show(by: By<ReadSubscribers>, person: Id) -> Answer<impl IntoResponse> {
    let shape = shape(&by.office.subscriber_by_id(id(person)?).await?);
    Ok(([tag(&shape)], Json(shape)))
}

/// Changes what is named; the rest stays. A mail asks about digests that there is no consent for.
#[utoipa::path(
    patch, path = "/subscribers/{id}", tag = "subscribers", operation_id = "edit_subscriber",
    security(("bearer" = ["subscribers:write"])),
    params(("id" = i64, Path, description = "Of the person."), IfMatch, DryRun), request_body = Changes,
    responses((status = 200, description = "The person as they are now.", body = EditedSubscriber),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn edit(by: By<WriteSubscribers>, person: Id, headers: HeaderMap, body: Body) -> Answer<Response> {
    let edit = body::read::<Changes>(body)?.read()?;
    let email = by.office.subscriber_by_id(id(person)?).await?.email;
    let expect = |known: &subscriber::Subscriber| as_seen(&headers, &shape(known));
    let edited = by.office.edit_subscriber(&by.actor, &email, &edit, expect).await.map_err(named)?;
    Ok(changed(StatusCode::OK, &EditedSubscriber::from(&edited)))
}

/// Deletes a person; the outbox still shows what went to the address.
#[utoipa::path(
    delete, path = "/subscribers/{id}", tag = "subscribers", operation_id = "remove_subscriber",
    security(("bearer" = ["subscribers:write"])),
    params(("id" = i64, Path, description = "Of the person."), IfMatch, DryRun),
    responses((status = 204, description = "They are gone."),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn remove(by: By<WriteSubscribers>, person: Id, headers: HeaderMap) -> Answer<StatusCode> {
    let email = by.office.subscriber_by_id(id(person)?).await?.email;
    let expect = |known: &subscriber::Subscriber| as_seen(&headers, &shape(known));
    by.office.remove_subscriber(&by.actor, &email, expect).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends nothing more to somebody, until that is lifted or they ask for it themselves.
#[utoipa::path(
    post, path = "/subscribers/{id}/suppress", tag = "subscribers", operation_id = "suppress_subscriber",
    security(("bearer" = ["subscribers:write"])), params(("id" = i64, Path, description = "Of the person."), DryRun),
    responses((status = 200, description = "Whether nothing was sent to them already.", body = SuppressionRecord),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn suppress(by: By<WriteSubscribers>, person: Id) -> Answer<Json<Value>> {
    let email = by.office.subscriber_by_id(id(person)?).await?.email;
    let were = by.office.suppress(&by.actor, std::slice::from_ref(&email)).await?;
    Ok(json(&SuppressionRecord { email, was_suppressed: were.contains(&true) }))
}

/// Lets mail go again to somebody from whom it is kept: their address bounced, they complained, or the office said so.
#[utoipa::path(
    post, path = "/subscribers/{id}/unsuppress", tag = "subscribers", operation_id = "unsuppress_subscriber",
    security(("bearer" = ["subscribers:write"])), params(("id" = i64, Path, description = "Of the person."), DryRun),
    responses((status = 200, description = "Whether anything kept mail from them.", body = SuppressionRecord),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn unsuppress(by: By<WriteSubscribers>, person: Id) -> Answer<Json<Value>> {
    let email = by.office.subscriber_by_id(id(person)?).await?.email;
    let lifted = by.office.unsuppress(&by.actor, std::slice::from_ref(&email)).await?;
    Ok(json(&SuppressionRecord { email, was_suppressed: lifted.contains(&true) }))
}

/// Who bounced, and when.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(min_properties = 1)]
struct Bounced {
    /// By a mail of this edition, such as `weekly/1`.
    #[serde(default)]
    #[schema(value_type = Option<EditionText>, inline)]
    edition: Option<String>,
    /// On this date or since.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    since: Option<Date>,
}

/// Lets mail go again to all who bounced by a mail of an edition, or since a date.
#[utoipa::path(
    post, path = "/subscribers/unsuppress", tag = "subscribers", operation_id = "unsuppress_bounced",
    security(("bearer" = ["subscribers:write"])), params(DryRun), request_body = Bounced,
    responses((status = 200, description = "To whom.", body = Vec<SuppressionRecord>),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn unsuppress_bounced(by: By<WriteSubscribers>, body: Body) -> Answer<Json<Value>> {
    let Bounced { edition, since } = body::read(body)?;
    if edition.is_none() && since.is_none() {
        return Err(Problem::of_field("edition", "say whom: those of an `edition`, or `since` a date"));
    }
    let edition = edition.map(|edition| edition.parse::<EditionRef>().map_err(FieldError::of("edition")));
    let edition = edition.transpose()?;
    let (lifted, _) = by.office.unsuppress_bounced(&by.actor, edition.as_ref(), since).await.map_err(named)?;
    let record = |email| SuppressionRecord { email, was_suppressed: true };
    Ok(json(&lifted.into_iter().map(record).collect::<Vec<_>>()))
}

/// What becomes of a calendar. With neither it is shown, and made where there is none.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct CalendarWish {
    /// Take the address back and make another.
    renew: bool,
    /// Take the address back: whoever asks for it learns that it is gone.
    revoke: bool,
}

/// The address of somebody's own calendar, which follows the topics and digests they chose.
#[utoipa::path(
    post, path = "/subscribers/{id}/calendar", tag = "subscribers", operation_id = "subscriber_calendar",
    security(("bearer" = ["subscribers:write"])), params(("id" = i64, Path, description = "Of the person."), DryRun),
    request_body = CalendarWish,
    responses((status = 200, description = "The address.", body = OwnCalendar),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn calendar(by: By<WriteSubscribers>, person: Id, body: Body) -> Answer<Json<Value>> {
    let CalendarWish { renew, revoke } = body::read(body)?;
    if renew && revoke {
        return Err(Problem::of_field("revoke", "it is either renewed or revoked"));
    }
    let email = by.office.subscriber_by_id(id(person)?).await?.email;
    let calendar = match revoke {
        true => OwnCalendar { url: None, revoked: by.office.revoke_subscriber_calendar(&by.actor, &email).await? },
        false => {
            let url = by.office.subscriber_calendar(&by.actor, &email, renew).await?;
            OwnCalendar { url: Some(url), revoked: renew }
        }
    };
    Ok(json(&calendar))
}

/// All that is kept of a person, as they may ask for it.
#[utoipa::path(
    get, path = "/subscribers/{id}/export", tag = "subscribers", operation_id = "export_subscriber",
    security(("bearer" = ["subscribers:read"])), params(("id" = i64, Path, description = "Of the person.")),
    responses((status = 200, description = "All of it.", body = Person),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn export(by: By<ReadSubscribers>, person: Id) -> Answer<Json<Value>> {
    let email = by.office.subscriber_by_id(id(person)?).await?.email;
    Ok(json(&by.office.person(&email).await?))
}

/// All who agreed to get mail, to move house; who has yet to confirm, and whom nothing is sent to, stays out.
#[utoipa::path(
    get, path = "/subscribers/export", tag = "subscribers", operation_id = "export_subscribers",
    security(("bearer" = ["subscribers:read"])),
    responses((status = 200, description = "A row for each consent, as `/subscribers/import` takes them.", body = Vec<Agreement>),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn export_all(by: By<ReadSubscribers>) -> Answer<Json<Value>> {
    Ok(json(&by.office.agreements().await?.rows))
}

/// Erases all that is kept of a person, so that no import brings them back; they themselves can come back.
#[utoipa::path(
    post, path = "/subscribers/{id}/forget", tag = "subscribers", operation_id = "forget_subscriber",
    security(("bearer" = ["subscribers:write"])), params(("id" = i64, Path, description = "Of the person."), DryRun),
    responses((status = 200, description = "What was erased, and where some of it may be left.", body = ForgottenRecord),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn forget(by: By<WriteSubscribers>, person: Id) -> Answer<Json<Value>> {
    let email = by.office.subscriber_by_id(id(person)?).await?.email;
    erase(by, email).await
}

/// Whoever has this address.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Somebody {
    #[schema(value_type = String, format = Email)]
    email: EmailAddress,
}

/// The same by address: also of somebody who was removed and of whom deliveries are left, or who never was here, so that
/// no import brings them.
#[utoipa::path(
    post, path = "/subscribers/forget", tag = "subscribers", operation_id = "forget_address",
    security(("bearer" = ["subscribers:write"])), params(DryRun), request_body = Somebody,
    responses((status = 200, description = "What was erased, and where some of it may be left.", body = ForgottenRecord),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn forget_address(by: By<WriteSubscribers>, body: Body) -> Answer<Json<Value>> {
    erase(by, body::read::<Somebody>(body)?.email).await
}

async fn erase(by: By<WriteSubscribers>, email: EmailAddress) -> Answer<Json<Value>> {
    to_its_end(async move {
        let forgotten = by.office.forget(&by.actor, &email).await?;
        Ok(json(&forgotten.record()))
    })
    .await
}

/// Takes people from a table (email, name, digests, topics, timezone, locale, consent_at, consent_note, kinds,
/// send_hour), each row by itself; those without consent_at get a confirmation mail, once.
#[utoipa::path(
    post, path = "/subscribers/import", tag = "subscribers", operation_id = "import_subscribers",
    security(("bearer" = ["subscribers:write"])), params(DryRun),
    request_body(description = "The table, with a heading.", content(
        (String = "text/csv"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
    responses((status = 200, description = "What became of its rows.", body = Report),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn import(
    by: By<WriteSubscribers>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Answer<Json<Value>> {
    if !media_type(&headers).eq_ignore_ascii_case(XLSX) {
        expect_type(&headers, "text/csv")?;
    }
    let octets = body?;
    to_its_end(async move {
        let (rows, unread) = by.office.read_people(octets.into()).await?;
        let enrolled = by.office.import_subscribers(&by.actor, rows, false).await?;
        Ok(json(&enrolled.report(unread, |error| Problem::from(error).into_detail())))
    })
    .await
}
