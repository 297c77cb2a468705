//! Digests: `/digests` and what is below it.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::bearer::{By, DryRun, ReadDigests, WriteDigests};
use super::body::{self, Body};
use super::list;
use super::named::{json, tag, to_its_end};
use super::problem::{Answer, Problem};
use super::texts::Moment;
use super::{Api, PREFIX};
use crate::domain::address::EmailAddress;
use crate::domain::bearer::Scope;
use crate::office::digests::{EditionWish, NoteAim, Published};
use crate::shape::digest::{
    ClearedNotes, DigestRecord, MomentRecord, NoteRecord, PausedRecord, PreviewRecord, ShownDigest,
};
use crate::shape::edition::{SendRecord, TestMailRecord};

/// So many moments are told if nobody says how many.
const MOMENTS: usize = 5;

pub fn operations() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_digests))
        .routes(routes!(show))
        .routes(routes!(moments))
        .routes(routes!(preview))
        .routes(routes!(notes, note, clear_notes))
        .routes(routes!(send))
        .routes(routes!(test))
        .routes(routes!(pause))
        .routes(routes!(resume))
}

/// The digest's slug, as an address has it.
type Slug = Result<Path<String>, PathRejection>;

fn slug(given: Slug) -> Answer<String> {
    Ok(given?.0)
}

/// The digests of the configuration, all of them.
#[utoipa::path(
    get, path = "/digests", tag = "digests", operation_id = "list_digests", security(("bearer" = ["digests:read"])),
    responses((status = 200, description = "Each of them.", body = Vec<DigestRecord>),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn list_digests(by: By<ReadDigests>) -> Answer<Json<Value>> {
    Ok(json(&by.office.digests().await?))
}

/// One digest, and how it stands.
#[utoipa::path(
    get, path = "/digests/{slug}", tag = "digests", operation_id = "show_digest",
    security(("bearer" = ["digests:read"])), params(("slug" = String, Path, description = "Of the digest.")),
    responses((status = 200, description = "The digest with its last edition.", body = ShownDigest),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn show(by: By<ReadDigests>, digest: Slug) -> Answer<([(HeaderName, HeaderValue); 1], Json<Value>)> {
    let record = json(&by.office.shown_digest(&slug(digest)?).await?);
    Ok(([tag(&record)], record))
}

/// Which moments: as `kalends digest schedule` has it.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct MomentsQuery {
    /// From this moment on. Without it, from the next on.
    #[param(value_type = Option<Moment>, inline)]
    #[serde(deserialize_with = "list::given")]
    from: Option<String>,
    /// How many.
    #[param(minimum = 1, maximum = 500, default = 5)]
    #[serde(deserialize_with = "list::given")]
    count: Option<usize>,
}

/// The next moments at which a digest is due and that have no edition yet.
#[utoipa::path(
    get, path = "/digests/{slug}/moments", tag = "digests", operation_id = "digest_moments",
    security(("bearer" = ["digests:read"])), params(("slug" = String, Path, description = "Of the digest."), MomentsQuery),
    responses((status = 200, description = "The moments, in order.", body = Vec<MomentRecord>),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn moments(by: By<ReadDigests>, digest: Slug, RawQuery(query): RawQuery) -> Answer<Json<Value>> {
    let asked: MomentsQuery = list::query(&query.unwrap_or_default())?;
    let slug = slug(digest)?;
    let count = list::bounded("count", asked.count.unwrap_or(MOMENTS))?;
    let from = by.office.digest_moment(&slug, "from", asked.from.as_deref())?;
    let moments = by.office.digest_moments(&slug, from, count).await?;
    Ok(json(&moments.into_iter().map(|at| MomentRecord { at }).collect::<Vec<_>>()))
}

/// What is to be seen of an edition.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct PreviewWish {
    /// As it would be at this moment. Without it, now.
    #[schema(value_type = Option<Moment>, inline)]
    at: Option<String>,
    /// As this subscriber would get it, which needs the scope subscribers:read, too. Without it, as readers get it who
    /// chose nothing.
    #[serde(rename = "as")]
    #[schema(format = "email")]
    reader: Option<String>,
    format: PreviewFormat,
}

/// How it is to be seen.
#[derive(Debug, Default, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum PreviewFormat {
    /// Subject, text and HTML in JSON.
    #[default]
    Json,
    Html,
    Text,
    /// As the message that a mail program would get.
    Eml,
}

/// What would be sent. Nothing is made, and no mail goes out.
#[utoipa::path(
    post, path = "/digests/{slug}/preview", tag = "digests", operation_id = "preview_digest",
    security(("bearer" = ["digests:read"])), params(("slug" = String, Path, description = "Of the digest.")),
    request_body = PreviewWish,
    responses((status = 200, description = "The mail in the format that was asked for.",
               content((PreviewRecord = "application/json"), (String = "text/html"), (String = "text/plain"),
                       (String = "message/rfc822"))),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn preview(by: By<ReadDigests>, digest: Slug, body: Body) -> Answer<Response> {
    let (slug, PreviewWish { at, reader, format }) = (slug(digest)?, body::read(body)?);
    let reader = match reader {
        Some(reader) => {
            by.expect(Scope::SubscribersRead)?;
            Some(address("as", &reader)?)
        }
        None => None,
    };
    let at = by.office.digest_moment(&slug, "at", at.as_deref())?;
    let preview = by.office.preview_digest(&slug, at, reader.as_ref()).await?;
    let said = |kind: &'static str, text: String| ([(header::CONTENT_TYPE, kind)], text).into_response();
    Ok(match format {
        PreviewFormat::Json => json(&preview.record).into_response(),
        PreviewFormat::Html => said("text/html; charset=utf-8", preview.record.html),
        PreviewFormat::Text => said("text/plain; charset=utf-8", preview.record.as_text()),
        PreviewFormat::Eml => {
            let message = by.office.preview_message(&slug, &preview)?;
            ([(header::CONTENT_TYPE, "message/rfc822")], message).into_response()
        }
    })
}

fn address(field: &'static str, text: &str) -> Answer<EmailAddress> {
    text.parse().map_err(|error: crate::domain::Invalid| Problem::of_field(field, error.0))
}

/// Of which edition, and to whom.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct NoteQuery {
    /// The edition of this day or moment of the schedule. Without it, the next.
    #[serde(rename = "for", deserialize_with = "list::given")]
    #[param(rename = "for", value_type = Option<Moment>, inline)]
    moment: Option<String>,
    /// What is said to readers of this language alone.
    #[serde(deserialize_with = "list::given")]
    locale: Option<String>,
}

impl NoteQuery {
    fn aim(&self) -> NoteAim<'_> {
        NoteAim { moment: self.moment.as_deref(), locale: self.locale.as_deref() }
    }
}

/// What is said to the readers of an edition to come.
#[utoipa::path(
    get, path = "/digests/{slug}/note", tag = "digests", operation_id = "edition_notes",
    security(("bearer" = ["digests:read"])), params(("slug" = String, Path, description = "Of the digest."), NoteQuery),
    responses((status = 200, description = "Once at most to all, and to readers of each language.", body = Vec<NoteRecord>),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn notes(by: By<ReadDigests>, digest: Slug, RawQuery(query): RawQuery) -> Answer<Json<Value>> {
    let asked: NoteQuery = list::query(&query.unwrap_or_default())?;
    Ok(json(&by.office.edition_notes(&slug(digest)?, asked.aim()).await?))
}

/// What is said to the readers of an edition to come. What is not given stays as it was.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct NoteBody {
    /// The edition of this day or moment of the schedule. Without it, the next.
    #[serde(rename = "for")]
    #[schema(value_type = Option<Moment>, inline)]
    moment: Option<String>,
    /// To readers of this language alone; the others get what is said to all, or was said first.
    locale: Option<String>,
    /// Of its mails; an empty one: as it is without.
    subject: Option<String>,
    /// Markdown, which stands at the head of the mails and the archive.
    text: Option<String>,
}

/// Says something to the readers of an edition to come, which is made also where there is nothing else to tell.
#[utoipa::path(
    put, path = "/digests/{slug}/note", tag = "digests", operation_id = "note_edition",
    security(("bearer" = ["digests:write"])), params(("slug" = String, Path, description = "Of the digest."), DryRun),
    request_body = NoteBody,
    responses((status = 200, description = "What is said now.", body = NoteRecord),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn note(by: By<WriteDigests>, digest: Slug, body: Body) -> Answer<Json<Value>> {
    let (slug, NoteBody { moment, locale, subject, text }) = (slug(digest)?, body::read(body)?);
    let aim = NoteAim { moment: moment.as_deref(), locale: locale.as_deref() };
    let text = text.as_deref().map(str::as_bytes);
    Ok(json(&by.office.note_edition(&by.actor, &slug, aim, subject.as_deref(), text).await?))
}

/// Takes back what was said to the readers of an edition to come, in one language or in all.
#[utoipa::path(
    delete, path = "/digests/{slug}/note", tag = "digests", operation_id = "clear_notes",
    security(("bearer" = ["digests:write"])),
    params(("slug" = String, Path, description = "Of the digest."), NoteQuery, DryRun),
    responses((status = 200, description = "How many there were.", body = ClearedNotes),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn clear_notes(by: By<WriteDigests>, digest: Slug, RawQuery(query): RawQuery) -> Answer<Json<Value>> {
    let asked: NoteQuery = list::query(&query.unwrap_or_default())?;
    Ok(json(&by.office.clear_notes(&by.actor, &slug(digest)?, asked.aim()).await?))
}

/// How an edition is wanted.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct EditionBody {
    /// The moment it is for. Without it, now.
    #[schema(value_type = Option<Moment>, inline)]
    at: Option<String>,
    /// It stands in the place of the scheduled edition of that moment, or of the first after it, which is not made again.
    /// One for a moment that is still ahead is refused without.
    instead: bool,
    /// Each reader gets it when their own clock shows that moment's time, or the hour they chose; who is past it, at once.
    per_reader_time: bool,
}

/// Makes an edition now and queues it for all readers.
#[utoipa::path(
    post, path = "/digests/{slug}/editions", tag = "digests", operation_id = "send_edition",
    security(("bearer" = ["digests:write"])), params(("slug" = String, Path, description = "Of the digest."), DryRun),
    request_body = EditionBody,
    responses((status = 201, description = "It is made and queued; Location names it.", body = SendRecord),
              (status = 200, description = "Nothing was made: `reason` says why. Of what was only tried it also tells \
               the subject and how many would get it.", body = SendRecord),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn send(by: By<WriteDigests>, digest: Slug, body: Body) -> Answer<Response> {
    let (slug, EditionBody { at, instead, per_reader_time }) = (slug(digest)?, body::read(body)?);
    let at = by.office.digest_moment(&slug, "at", at.as_deref())?;
    let wish = EditionWish { at, instead, per_reader_time, is_trial: false };
    let sending = by.office.send_edition(&by.actor, &slug, wish).await?;
    let record = json(&sending.record());
    Ok(match &sending.published {
        Published::Edition(edition) => {
            let place = [(header::LOCATION, format!("{PREFIX}/editions/{}", edition.id))];
            (StatusCode::CREATED, place, record).into_response()
        }
        _ => record.into_response(),
    })
}

/// A mail to try an edition with.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TestWish {
    /// Where it goes; nobody has to have subscribed there.
    #[schema(format = "email")]
    to: String,
    /// As it would be at this moment. Without it, now.
    #[serde(default)]
    #[schema(value_type = Option<Moment>, inline)]
    at: Option<String>,
}

/// Sends one test mail to one address; no edition is made.
#[utoipa::path(
    post, path = "/digests/{slug}/test", tag = "digests", operation_id = "test_digest",
    security(("bearer" = ["digests:write"])), params(("slug" = String, Path, description = "Of the digest."), DryRun),
    request_body = TestWish,
    responses((status = 200, description = "A server took it, or it is in a file where mail goes into files.",
               body = TestMailRecord),
              (status = 502, description = "No server took it.", body = Problem, content_type = "application/problem+json"),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn test(by: By<WriteDigests>, digest: Slug, body: Body) -> Answer<Json<Value>> {
    let (slug, TestWish { to, at }) = (slug(digest)?, body::read(body)?);
    let to = address("to", &to)?;
    let at = by.office.digest_moment(&slug, "at", at.as_deref())?;
    let test = to_its_end(async move { by.office.send_test(&by.actor, &slug, at, to).await }).await?;
    Ok(json(&test.record()))
}

/// From now on it makes no editions and sends none, until it is resumed.
#[utoipa::path(
    post, path = "/digests/{slug}/pause", tag = "digests", operation_id = "pause_digest",
    security(("bearer" = ["digests:write"])), params(("slug" = String, Path, description = "Of the digest."), DryRun),
    responses((status = 200, description = "It is paused, whether or not it was before.", body = PausedRecord),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn pause(by: By<WriteDigests>, digest: Slug) -> Answer<Json<Value>> {
    Ok(json(&by.office.pause_digest(&by.actor, &slug(digest)?, true).await?))
}

/// It goes on; the moments that passed meanwhile are not made up for.
#[utoipa::path(
    post, path = "/digests/{slug}/resume", tag = "digests", operation_id = "resume_digest",
    security(("bearer" = ["digests:write"])), params(("slug" = String, Path, description = "Of the digest."), DryRun),
    responses((status = 200, description = "It goes on, whether or not it was paused.", body = PausedRecord),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn resume(by: By<WriteDigests>, digest: Slug) -> Answer<Json<Value>> {
    Ok(json(&by.office.pause_digest(&by.actor, &slug(digest)?, false).await?))
}
