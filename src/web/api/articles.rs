//! Articles: `/articles` and what is below it.

use axum::Json;
use axum::extract::{DefaultBodyLimit, RawQuery};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::civil::{Date, Time};
use serde::Deserialize;
use serde_json::Value;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{IntoParams, PartialSchema, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::bearer::{By, DryRun, ReadArticles, WriteArticles};
use super::body::{Body, Fields, Form, described, say_each};
use super::list::{self, Cursor};
use super::named::{Id, IfMatch, Version, id, json, seen};
use super::problem::{Answer, Problem};
use super::{Api, PREFIX};
use crate::domain::article::{ArticleField, ArticleFilter, ArticlePatch, ArticleStatus};
use crate::domain::zone::Zone;
use crate::intake::article::MOST_TEXT;
use crate::office::{Office, ShownArticle};
use crate::shape::article::{self, ArticleRecord, ChangeRecord};

/// A text of the longest that is taken, each character written as `\uXXXX`, and what else there is.
const BODY_OCTETS: usize = MOST_TEXT * 6 + 256 * 1024;

pub fn operations() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_articles, add))
        .routes(routes!(show, edit, remove))
        .routes(routes!(publish))
        .routes(routes!(history))
        .layer(DefaultBodyLimit::max(BODY_OCTETS))
}

/// What may be asked of the list: as `kalends article list` asks.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// One of these.
    topic: Vec<String>,
    /// One of these.
    #[param(inline)]
    status: Vec<ArticleStatus>,
    #[param(minimum = 1, maximum = 500)]
    limit: Option<usize>,
    /// From the Link of the page before.
    cursor: Option<String>,
}

/// Articles, the newest date first, also drafts.
#[utoipa::path(
    get, path = "/articles", tag = "articles", operation_id = "list_articles", security(("bearer" = ["articles:read"])),
    params(ListQuery),
    responses((status = 200, description = "A page of them; Link names the next.", body = Vec<ArticleRecord>),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn list_articles(by: By<ReadArticles>, RawQuery(query): RawQuery) -> Answer<(HeaderMap, Json<Value>)> {
    let query = query.unwrap_or_default();
    let asked: ListQuery = list::query(&query)?;
    let limit = list::limit(asked.limit)?;
    let after = asked.cursor.as_deref().map(Cursor::read).transpose()?.map(place);
    let filter = ArticleFilter { topics: asked.topic, statuses: asked.status, public_at: None };
    let page = by.office.articles_after(&filter, after, limit).await?;
    let records: Vec<_> = page.articles.iter().map(ArticleRecord::from).collect();
    Ok(list::answer("/articles", &query, &records, page.next.map(cursor)))
}

/// A cursor holds an instant, and the list goes by days.
fn cursor((date, id): (Date, i64)) -> Cursor {
    Cursor { at: Zone::utc().instant(date.to_datetime(Time::midnight())), id }
}

fn place(Cursor { at, id }: Cursor) -> (Date, i64) {
    (Zone::utc().at(at).date(), id)
}

impl Fields for ArticleField {
    const OF: &'static str = "an article";
    const ALL: &'static [Self] = Self::ALL;

    fn name(self) -> &'static str {
        self.as_str()
    }

    fn form(self) -> Form {
        let line = Form { takes_null: true, most: Some(1000), ..Form::default() };
        let (says, form) = match self {
            Self::Title => (
                "Where it is missing, a heading that the body begins with is it.",
                Form { takes_null: false, is_never_empty: true, pattern: Some("\\S"), ..line },
            ),
            Self::Byline => ("Who wrote it.", line),
            Self::Date => (
                "The day from which it is shown. Null: the one on which it was added.",
                Form { pattern: Some("^([12][0-9]{3}-[0-9]{2}-[0-9]{2})?$"), most: None, ..line },
            ),
            Self::Source => (
                "The address of what it was taken from.",
                Form { pattern: Some("^(https?://.+)?$"), most: Some(2000), ..line },
            ),
            Self::Topics => {
                ("What readers follow.", Form { is_list: true, pattern: Some("^[^;]*$"), most: Some(200), ..line })
            }
            Self::Events => (
                "The events that it is about, by id or UID.",
                Form { is_list: true, takes_ids: true, most: None, ..line },
            ),
            Self::Status => (
                "A draft is shown to nobody outside. Where nothing is said, a new one is published.",
                Form { words: ArticleStatus::ALL.iter().map(|status| status.as_str()).collect(), ..Form::default() },
            ),
            Self::Body => (
                "The text, in Markdown. A heading at its top that is the title is left out.",
                Form { most: Some(MOST_TEXT), is_never_empty: true, pattern: Some("\\S"), ..Form::default() },
            ),
        };
        Form { says, ..form }
    }
}

/// What a new article says: no less than a text, and a title unless the text begins with one.
struct NewArticle;

/// What is to be different about an article. What is not named stays, and null takes away what there was.
struct ArticleChange;

impl PartialSchema for NewArticle {
    fn schema() -> RefOr<Schema> {
        let said = "No less than a text, and a title unless the text begins with one.";
        described(&[ArticleField::Body]).description(Some(said)).build().into()
    }
}

impl PartialSchema for ArticleChange {
    fn schema() -> RefOr<Schema> {
        let said = "What is not named stays, and null takes away what there was.";
        described::<ArticleField>(&[]).min_properties(Some(1)).description(Some(said)).build().into()
    }
}

impl ToSchema for NewArticle {}
impl ToSchema for ArticleChange {}

fn patch(body: Body) -> Answer<ArticlePatch> {
    let Json(body) = body?;
    let mut patch = ArticlePatch::default();
    say_each(body, |field, said| patch.say(field, said))?;
    Ok(patch)
}

/// An article as it is now, with its version.
async fn shown(office: &Office, id: i64) -> Answer<([(HeaderName, HeaderValue); 1], Json<Value>)> {
    let ShownArticle { article, version, .. } = office.article(id).await?;
    let record = article::ShownArticle { article: ArticleRecord::from(&article), version };
    Ok(([Version(version).header()], json(&record)))
}

/// Adds an article.
#[utoipa::path(
    post, path = "/articles", tag = "articles", operation_id = "add_article", security(("bearer" = ["articles:write"])),
    params(DryRun), request_body = NewArticle,
    responses((status = 200, description = "The article as it would be, of a `dry_run`.", body = article::ShownArticle),
              (status = 201, description = "The article; Location names it.", body = article::ShownArticle),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn add(by: By<WriteArticles>, body: Body) -> Answer<Response> {
    let id = by.office.add_told_article(&by.actor, patch(body)?).await?.id;
    let place = [(header::LOCATION, format!("{PREFIX}/articles/{id}"))];
    Ok((StatusCode::CREATED, place, shown(&by.office, id).await?).into_response())
}

/// One article, also a draft.
#[utoipa::path(
    get, path = "/articles/{id}", tag = "articles", operation_id = "show_article",
    security(("bearer" = ["articles:read"])), params(("id" = i64, Path, description = "Of the article.")),
    responses((status = 200, description = "The article; its ETag is for If-Match.", body = article::ShownArticle),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn show(by: By<ReadArticles>, article: Id) -> Answer<impl IntoResponse> {
    shown(&by.office, id(article)?).await
}

/// Changes what is named; the rest stays.
#[utoipa::path(
    patch, path = "/articles/{id}", tag = "articles", operation_id = "edit_article",
    security(("bearer" = ["articles:write"])),
    params(("id" = i64, Path, description = "Of the article."), IfMatch, DryRun), request_body = ArticleChange,
    responses((status = 200, description = "The article as it is now.", body = article::ShownArticle),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn edit(by: By<WriteArticles>, article: Id, headers: HeaderMap, body: Body) -> Answer<impl IntoResponse> {
    let (id, seen) = (id(article)?, version(&headers)?);
    let edited = by.office.change_article(&by.actor, id, seen, patch(body)?).await;
    edited.map_err(|error| Problem::from(error).if_stale(seen.is_some()))?;
    shown(&by.office, id).await
}

/// Deletes an article; its history stays.
#[utoipa::path(
    delete, path = "/articles/{id}", tag = "articles", operation_id = "remove_article",
    security(("bearer" = ["articles:write"])),
    params(("id" = i64, Path, description = "Of the article."), IfMatch, DryRun),
    responses((status = 204, description = "It is gone."),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn remove(by: By<WriteArticles>, article: Id, headers: HeaderMap) -> Answer<StatusCode> {
    let (id, seen) = (id(article)?, version(&headers)?);
    let removed = by.office.remove_article(&by.actor, id, seen).await;
    removed.map_err(|error| Problem::from(error).if_stale(seen.is_some()))?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes a draft public; with a date ahead, from that day on.
#[utoipa::path(
    post, path = "/articles/{id}/publish", tag = "articles", operation_id = "publish_article",
    security(("bearer" = ["articles:write"])), params(("id" = i64, Path, description = "Of the article."), DryRun),
    responses((status = 200, description = "The article as it is now.", body = article::ShownArticle),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn publish(by: By<WriteArticles>, article: Id) -> Answer<impl IntoResponse> {
    let id = id(article)?;
    by.office.publish_article(&by.actor, id).await?;
    shown(&by.office, id).await
}

/// What was changed, when and by whom, also of one that was deleted; the oldest first.
#[utoipa::path(
    get, path = "/articles/{id}/history", tag = "articles", operation_id = "article_history",
    security(("bearer" = ["articles:read"])), params(("id" = i64, Path, description = "Of the article.")),
    responses((status = 200, description = "Its lines.", body = Vec<ChangeRecord>),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn history(by: By<ReadArticles>, article: Id) -> Answer<Json<Value>> {
    let lines = by.office.article_history(id(article)?).await?;
    let records: Vec<_> = lines.iter().map(|line| ChangeRecord::of(&line.by, &line.change)).collect();
    Ok(json(&records))
}

fn version(headers: &HeaderMap) -> Answer<Option<i64>> {
    Ok(seen(headers)?.map(|Version(version)| version))
}
