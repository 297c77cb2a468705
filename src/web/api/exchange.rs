//! Events on their way in from elsewhere and out again: files, and texts that tell of dates.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use encoding_rs::Encoding;
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::SemaphorePermit;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Api;
use super::bearer::{By, ReadEvents, WriteEvents};
use super::list::{self, query};
use super::named::json;
use super::problem::{Answer, Problem, media_type};
use crate::documents;
use crate::domain::bearer::Scope;
use crate::domain::event::Kind;
use crate::domain::format::{ExportFormat, Format};
use crate::domain::import::Private;
use crate::domain::text;
use crate::domain::when::Point;
use crate::feed::csv;
use crate::intake::Report;
use crate::intake::extract::Form;
use crate::office::{self, Import, Text};
use crate::shape::export;
use crate::shape::proposal::ProposalRecord;

/// The largest file that is taken.
const FILE_OCTETS: usize = 10 * 1024 * 1024;

const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// A workbook of Excel.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

pub fn operations() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(import))
        .routes(routes!(export_events))
        .routes(routes!(extract))
        .layer(DefaultBodyLimit::max(FILE_OCTETS))
}

/// How a file is taken in: as `kalends import` asks.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ImportQuery {
    /// New events are drafts until somebody publishes them.
    draft: bool,
    /// What becomes of events that a calendar marks as private or confidential (CLASS): drafts, if nothing is said.
    #[param(inline)]
    private: Private,
    /// Of events that do not say theirs. In calendars: other.
    #[param(inline)]
    kind: Option<Kind>,
    /// Beside those of their own.
    topic: Vec<String>,
    /// Answers as if it were done, and does nothing.
    #[allow(dead_code)]
    dry_run: bool,
}

/// Takes in a calendar, a table or an export: all of it that can be, the rest is told line by line.
///
/// The same file again changes nothing. The articles of an export need the scope articles:write, too.
#[utoipa::path(
    post, path = "/events/import", tag = "events", operation_id = "import_events",
    security(("bearer" = ["events:write"])), params(ImportQuery),
    request_body(description = "10 MB at most.", content(
        (String = "text/calendar"), (String = "text/csv"), (Vec<Object> = "application/json"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
    responses((status = 200, description = "What became of it.", body = Report),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn import(
    by: By<WriteEvents>,
    State(api): State<Api>,
    RawQuery(asked): RawQuery,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Answer<Json<Value>> {
    let asked: ImportQuery = query(&asked.unwrap_or_default())?;
    let formats = [
        ("text/calendar", Format::Ics),
        ("text/csv", Format::Csv),
        ("application/json", Format::Json),
        (XLSX, Format::Xlsx),
    ];
    let format = sent(&headers, &formats)?;
    let octets = file(body)?;
    let _turn = turn(&api).await?;
    // Of what is only tried nothing stays anyway.
    let import = Import {
        octets,
        format: Some(format),
        kind: asked.kind,
        topics: asked.topic,
        as_drafts: asked.draft,
        private: asked.private,
        with_articles: by.may(Scope::ArticlesWrite),
        ..Import::default()
    };
    let report = by.office.import(&by.actor, import).await.map_err(|error| Problem::from(error).if_unread())?;
    Ok(json(&report))
}

/// In which form.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ExportQuery {
    /// `ics` holds the published events, `csv` and `json` the drafts, too. Without it: json.
    #[param(inline)]
    #[serde(deserialize_with = "list::given")]
    format: Option<ExportFormat>,
}

/// All events; in JSON the articles, too, if the token may read those.
#[utoipa::path(
    get, path = "/events/export", tag = "events", operation_id = "export_events",
    security(("bearer" = ["events:read"])), params(ExportQuery),
    responses((status = 200, description = "A file: importing it elsewhere gives the same events.", content(
                  (String = "text/calendar"), (String = "text/csv"), (Vec<Object> = "application/json"))),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn export_events(by: By<ReadEvents>, RawQuery(asked): RawQuery) -> Answer<Response> {
    let ExportQuery { format } = query(&asked.unwrap_or_default())?;
    let unwritten = |error: &dyn std::fmt::Display| {
        tracing::error!(%error, "an export could not be written");
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "the export can't be written now: try again later")
    };
    let (kind, octets) = match format.unwrap_or(ExportFormat::Json) {
        ExportFormat::Ics => ("text/calendar; charset=utf-8", by.office.calendar().await?.into_bytes()),
        ExportFormat::Csv => {
            let (events, _) = by.office.export().await?;
            ("text/csv; charset=utf-8", csv::table(&events).map_err(|error| unwritten(&error))?)
        }
        ExportFormat::Json => {
            let (events, mut articles) = by.office.export().await?;
            articles.retain(|_| by.may(Scope::ArticlesRead));
            let pictures = by.office.pictures_of(&articles).await?;
            let list = export::json(&events, &articles, &pictures).map_err(|error| unwritten(&error))?;
            ("application/json", list.into_bytes())
        }
    };
    Ok(([(header::CONTENT_TYPE, kind)], octets).into_response())
}

/// What is known of a text beside its words.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ExtractQuery {
    /// The day on which it was written, for dates without a year where the text does not say it. Without it: today.
    #[param(format = Date)]
    written: Option<String>,
    /// Keeps what is proposed as drafts, which needs the scope events:write; nothing is published.
    add_drafts: bool,
    /// Answers as if it were done, and does nothing.
    #[allow(dead_code)]
    dry_run: bool,
}

/// Proposes the dated events that a text tells of and that are not known yet.
#[utoipa::path(
    post, path = "/extract", tag = "events", operation_id = "extract_events",
    security(("bearer" = ["events:read"])), params(ExtractQuery),
    request_body(description = "A text, a mail as it was sent, a PDF or a .docx; 10 MB at most.", content(
        (String = "text/plain"), (String = "text/markdown"), (String = "text/html"), (String = "message/rfc822"),
        (Vec<u8> = "application/pdf"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"))),
    responses((status = 200, description = "What is proposed, in the order told.", body = Vec<ProposalRecord>),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn extract(
    by: By<ReadEvents>,
    State(api): State<Api>,
    RawQuery(asked): RawQuery,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Answer<Json<Value>> {
    let ExtractQuery { written, add_drafts, .. } = query(&asked.unwrap_or_default())?;
    if add_drafts {
        by.expect(Scope::EventsWrite)?;
    }
    let written = written.as_deref().map(Point::read_day).transpose();
    let written = written.map_err(|error| Problem::of_field("written", error.to_string()))?;
    let forms = [
        ("text/plain", Some(Form::Plain)),
        ("text/markdown", Some(Form::Markdown)),
        ("text/html", Some(Form::Html)),
        ("message/rfc822", None),
        ("application/pdf", None),
        (DOCX, None),
    ];
    let form = sent(&headers, &forms)?;
    let octets = match form {
        Some(_) => in_utf8(&headers, file(body)?)?,
        None => file(body)?,
    };
    let _turn = turn(&api).await?;
    let document =
        documents::read(&octets).await.map_err(|error| Problem::from(office::Error::from(error)).if_unread())?;
    let text = Text { document: Arc::new(document), name: String::new(), form, written };
    let found = by.office.extract(text).await?.new;
    let kept = if add_drafts { by.office.keep_proposals(&by.actor, &found).await? } else { Vec::new() };
    Ok(json(&ProposalRecord::all(&found, &kept)))
}

/// What stands for the media type of the body.
fn sent<T: Copy>(headers: &HeaderMap, known: &[(&str, T)]) -> Answer<T> {
    let kind = media_type(headers);
    known.iter().find(|(name, _)| name.eq_ignore_ascii_case(kind)).map(|(_, value)| *value).ok_or_else(|| {
        let names: Vec<_> = known.iter().map(|(name, _)| *name).collect();
        let said = format!("Content-Type says what is sent, and is one of {}", names.join(", "));
        Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "invalid", said)
    })
}

/// A text by the charset that its Content-Type names; without one, as it is.
fn in_utf8(headers: &HeaderMap, octets: Vec<u8>) -> Answer<Vec<u8>> {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut parameters = given.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    let Some((_, label)) = parameters.find(|(name, _)| name.trim().eq_ignore_ascii_case("charset")) else {
        return Ok(octets);
    };
    let label = label.trim().trim_matches('"');
    let Some(charset) = Encoding::for_label(label.as_bytes()) else {
        let said = format!("the charset `{}` is not known: send UTF-8", text::quoted(label));
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "invalid", said));
    };
    Ok(charset.decode(&octets).0.into_owned().into_bytes())
}

fn file(body: Result<Bytes, BytesRejection>) -> Answer<Vec<u8>> {
    match body {
        Ok(octets) => Ok(octets.into()),
        Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            let said = format!("more than {} MB came: send it in parts", FILE_OCTETS / (1024 * 1024));
            Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "invalid", said))
        }
        Err(rejection) => Err(rejection.into()),
    }
}

/// Waits until there is room for one more to be looked through.
pub async fn turn(api: &Api) -> Answer<SemaphorePermit<'_>> {
    let closed = |_| Problem::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "this can't be looked through now");
    api.uploads.acquire().await.map_err(closed)
}
