//! What came back: `/bounces`. It holds addresses, so it is for those who operate the office.

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, RawQuery};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;

use super::Api;
use super::bearer::{By, Operate};
use super::list::{self, Cursor};
use super::named::{Id, id, json, tag};
use super::problem::{Answer, Problem, expect_type};
use super::texts::CursorText;
use crate::domain::Invalid;
use crate::domain::bounce::{Class, Way};
use crate::office::Recipients;
use crate::shape::bounce::{Bounce, BounceWithMessage, Taken};

/// As much as mailbox providers send: the mail that it is about may be enclosed.
const LARGEST_MESSAGE: usize = 50 << 20;
const MEDIA_TYPE: &str = "message/rfc822";

pub fn operations() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_bounces))
        .routes(routes!(take).layer(DefaultBodyLimit::max(LARGEST_MESSAGE)))
        .routes(routes!(show))
}

/// Which of them.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    #[param(inline)]
    #[serde(deserialize_with = "list::given")]
    class: Option<Class>,
    #[param(minimum = 1, maximum = 500)]
    #[serde(deserialize_with = "list::given")]
    limit: Option<usize>,
    /// From the Link of the page before.
    #[param(value_type = Option<CursorText>, inline)]
    #[serde(deserialize_with = "list::given")]
    cursor: Option<String>,
}

/// What came back, with the addresses it is about; the newest first.
#[utoipa::path(
    get, path = "/bounces", tag = "deliveries", operation_id = "list_bounces", security(("bearer" = ["operate"])),
    params(ListQuery),
    responses((status = 200, description = "A page of them; Link names the next.", body = Vec<Bounce>),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn list_bounces(by: By<Operate>, RawQuery(query): RawQuery) -> Answer<(HeaderMap, Json<Value>)> {
    let query = query.unwrap_or_default();
    let asked: ListQuery = list::query(&query)?;
    let limit = list::limit(asked.limit)?;
    let found = by.office.bounces(asked.class, Cursor::stretch(asked.cursor.as_deref(), limit)?).await?;
    let (page, next) = list::page(found, limit, |bounce| bounce.id);
    let records: Vec<_> = page.iter().map(Bounce::from).collect();
    Ok(list::answer("/bounces", &query, &records, next))
}

/// One of them, with its message if that could not be understood.
#[utoipa::path(
    get, path = "/bounces/{id}", tag = "deliveries", operation_id = "show_bounce", security(("bearer" = ["operate"])),
    params(("id" = i64, Path, description = "Of what came back.")),
    responses((status = 200, description = "What came back.", body = BounceWithMessage),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn show(by: By<Operate>, bounce: Id) -> Answer<([(HeaderName, HeaderValue); 1], Json<Value>)> {
    let (bounce, message) = by.office.bounce(id(bounce)?).await?;
    let record = json(&BounceWithMessage::of(&bounce, message.as_deref()));
    Ok(([tag(&record)], record))
}

/// Where the message came to, and from whom: as the mail server knows it.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
#[allow(dead_code)]
struct TakeQuery {
    /// The address that the message came to. Without it, what the message says of that is gone by.
    #[serde(deserialize_with = "list::given")]
    recipient: Option<String>,
    /// The envelope sender, empty for none.
    #[serde(deserialize_with = "list::given")]
    sender: Option<String>,
    /// Answers as if it were done, and does nothing.
    #[serde(deserialize_with = "list::given")]
    dry_run: Option<bool>,
}

/// Takes one bounce, complaint or unsubscribe mail, as it came. Only what the recipient's address proves changes anything.
#[utoipa::path(
    post, path = "/bounces", tag = "deliveries", operation_id = "take_bounce", security(("bearer" = ["operate"])),
    params(TakeQuery), request_body(content = String, content_type = "message/rfc822"),
    responses((status = 200, description = "What it says of each address; none if nothing failed.", body = Vec<Taken>),
              (status = 503, description = "Too much came within the hour that proves nothing: give it again later.",
               body = Problem, content_type = "application/problem+json"),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn take(
    by: By<Operate>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Answer<Json<Value>> {
    let TakeQuery { recipient, sender, .. } = list::query(&query.unwrap_or_default())?;
    expect_type(&headers, MEDIA_TYPE)?;
    let message = body?;
    if message.iter().all(u8::is_ascii_whitespace) {
        return Err(Invalid::new("the body is empty: give one message").into());
    }
    let recipients = match recipient {
        Some(recipient) => Recipients::Known(vec![recipient]),
        None => Recipients::Likely(Vec::new()),
    };
    let taken = by.office.take_return(Way::Api, recipients, sender.as_deref(), &message).await?;
    Ok(json(&taken.iter().map(Taken::from).collect::<Vec<_>>()))
}
