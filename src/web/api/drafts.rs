//! Editions to come: `/digests/{slug}/draft`, and what is wanted of their entries.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery};
use serde::Deserialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Api;
use super::bearer::{By, DryRun, ReadDigests, WriteDigests};
use super::body::{self, Body};
use super::list;
use super::named::json;
use super::problem::{Answer, Problem};
use super::texts::{EntryText, Moment};
use crate::domain::Invalid;
use crate::domain::mark::Mark;
use crate::office::digests::{EntryWish, NoteAim};
use crate::shape::approval::ApprovedRecord;
use crate::shape::draft::{DraftRecord, MarkedRecord};

pub fn operations() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(draft)).routes(routes!(mark, unmark)).routes(routes!(approve))
}

/// Of which edition, and in which language.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DraftQuery {
    /// The edition of this day or moment of the schedule. Without it, the next.
    #[serde(rename = "for", deserialize_with = "list::given")]
    #[param(rename = "for", value_type = Option<Moment>, inline)]
    moment: Option<String>,
    /// In which it is told. Without it, the site's.
    #[serde(deserialize_with = "list::given")]
    locale: Option<String>,
}

/// An edition to come as a list, as readers would get it who chose nothing. Nothing is made.
#[utoipa::path(
    get, path = "/digests/{slug}/draft", tag = "digests", operation_id = "draft_edition",
    security(("bearer" = ["digests:read"])), params(("slug" = String, Path, description = "Of the digest."), DraftQuery),
    responses((status = 200, description = "What it tells, and what it leaves out.", body = DraftRecord),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn draft(
    by: By<ReadDigests>,
    digest: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
) -> Answer<Json<Value>> {
    let asked: DraftQuery = list::query(&query.unwrap_or_default())?;
    let aim = NoteAim { moment: asked.moment.as_deref(), locale: asked.locale.as_deref() };
    Ok(json(&by.office.draft_edition(&digest?.0, aim).await?))
}

/// Which edition is approved.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct ApproveBody {
    /// The edition of this day or moment of the schedule. Without it, the next, or the one that waits.
    #[serde(rename = "for")]
    #[schema(value_type = Option<Moment>, inline)]
    moment: Option<String>,
}

/// Approves an edition of a digest that asks: it goes out when its moment has come. What changes after that is in it;
/// another note, subject or choice of entries wants another approval.
#[utoipa::path(
    post, path = "/digests/{slug}/approve", tag = "digests", operation_id = "approve_edition",
    security(("bearer" = ["digests:write"])), params(("slug" = String, Path, description = "Of the digest."), DryRun),
    request_body = ApproveBody,
    responses((status = 200, description = "It is approved.", body = ApprovedRecord),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn approve(by: By<WriteDigests>, digest: Result<Path<String>, PathRejection>, body: Body) -> Answer<Json<Value>> {
    let (Path(slug), ApproveBody { moment }) = (digest?, body::read(body)?);
    Ok(json(&by.office.approve_edition(&by.actor, &slug, moment.as_deref()).await?))
}

/// The digest's slug, and the mark.
type Marks = Result<Path<(String, String)>, PathRejection>;

fn marks(given: Marks) -> Answer<(String, Mark)> {
    let Path((slug, mark)) = given?;
    let mark = mark.parse().map_err(|error: Invalid| Problem::of_field("mark", error.0))?;
    Ok((slug, mark))
}

/// What is wanted of which entries.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MarkBody {
    /// Events and articles; as the draft names them, too.
    #[schema(value_type = Vec<EntryText>, inline, min_items = 1, max_items = 200)]
    entries: Vec<String>,
    /// The edition of this day or moment of the schedule. Without it, the next.
    #[serde(default, rename = "for")]
    #[schema(value_type = Option<Moment>, inline)]
    moment: Option<String>,
    /// Of what is left out: of all editions of the digest, until that is taken back.
    #[serde(default)]
    for_good: bool,
}

/// Leaves entries out of an edition to come, puts them first or adds them; all of them or, if one can't be, none.
///
/// What one edition leaves out, the next tells, unless it is over. What is put first later stands before. What is added is
/// told to all readers of the digest, whatever they chose, and counts as told.
#[utoipa::path(
    put, path = "/digests/{slug}/marks/{mark}", tag = "digests", operation_id = "mark_entries",
    security(("bearer" = ["digests:write"])),
    params(("slug" = String, Path, description = "Of the digest."), ("mark" = Mark, Path, description = "What is wanted."),
           DryRun),
    request_body = MarkBody,
    responses((status = 200, description = "So it is wanted now.", body = MarkedRecord),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn mark(by: By<WriteDigests>, given: Marks, body: Body) -> Answer<Json<Value>> {
    let ((slug, mark), MarkBody { entries, moment, for_good }) = (marks(given)?, body::read(body)?);
    let wish = EntryWish { mark, entries: &entries, moment: moment.as_deref(), is_for_good: for_good };
    Ok(json(&by.office.mark_entries(&by.actor, &slug, wish).await?))
}

/// What is taken back.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct MarkQuery {
    /// Events and articles; may be given more than once.
    #[param(value_type = Vec<EntryText>, inline, min_items = 1, max_items = 200)]
    entries: Vec<String>,
    /// The edition of this day or moment of the schedule. Without it, the next.
    #[serde(rename = "for", deserialize_with = "list::given")]
    #[param(rename = "for", value_type = Option<Moment>, inline)]
    moment: Option<String>,
    /// What is left out of all editions of the digest.
    for_good: bool,
}

/// Takes back what is wanted of entries of an edition to come; of all of them or, if one is not so, of none.
#[utoipa::path(
    delete, path = "/digests/{slug}/marks/{mark}", tag = "digests", operation_id = "unmark_entries",
    security(("bearer" = ["digests:write"])),
    params(("slug" = String, Path, description = "Of the digest."), ("mark" = Mark, Path, description = "What was wanted."),
           MarkQuery, DryRun),
    responses((status = 200, description = "It is wanted no more.", body = MarkedRecord),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn unmark(by: By<WriteDigests>, given: Marks, RawQuery(query): RawQuery) -> Answer<Json<Value>> {
    let (slug, mark) = marks(given)?;
    let MarkQuery { entries, moment, for_good } = list::query(&query.unwrap_or_default())?;
    let wish = EntryWish { mark, entries: &entries, moment: moment.as_deref(), is_for_good: for_good };
    Ok(json(&by.office.unmark_entries(&by.actor, &slug, wish).await?))
}
