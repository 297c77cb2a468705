//! Pictures of articles: `/articles/{id}/images`.

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, PathRejection};
use axum::extract::{DefaultBodyLimit, Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Api;
use super::bearer::{By, DryRun, WriteArticles};
use super::exchange::turn;
use super::list::query;
use super::named::{Id, id, json};
use super::problem::{Answer, Problem, media_type};
use crate::domain::picture::{PictureFile, PictureFormat};
use crate::intake::picture::{LARGEST, refusal};
use crate::shape::picture::{ImageRecord, TakenBackRecord};
use crate::store::TakenBack;

pub fn operations() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(add)).routes(routes!(remove)).layer(DefaultBodyLimit::max(LARGEST))
}

/// What is said of a picture beside its octets.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ImageQuery {
    /// What stands for it where it is not seen: what it shows, in words.
    #[param(required, min_length = 1, max_length = 500, pattern = "\\S")]
    alt: String,
    /// Answers as if it were done, and does nothing.
    #[allow(dead_code)]
    dry_run: bool,
}

/// Adds a picture to an article, and answers with the address that its text shows it by.
///
/// It is kept as JPEG or PNG, 1600 pixels wide at most, without what a camera adds. Everybody can see it once an article
/// shows it, `![…](url)`, that everybody may read.
#[utoipa::path(
    post, path = "/articles/{id}/images", tag = "articles", operation_id = "add_article_image",
    security(("bearer" = ["articles:write"])),
    params(("id" = i64, Path, description = "Of the article."), ImageQuery),
    request_body(description = "The octets of the picture, 20 MB at most.", content(
        (Vec<u8> = "image/png"), (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/gif"), (Vec<u8> = "image/webp"))),
    responses((status = 200, description = "The article had it already.", body = ImageRecord),
              (status = 201, description = "The picture as it is kept.", body = ImageRecord),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn add(
    by: By<WriteArticles>,
    State(api): State<Api>,
    article: Id,
    RawQuery(asked): RawQuery,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Answer<Response> {
    let article = id(article)?;
    let ImageQuery { alt, .. } = query(&asked.unwrap_or_default())?;
    let kind = media_type(&headers).to_ascii_lowercase();
    let said = PictureFormat::ALL.iter().copied().find(|format| format.media_type() == kind);
    if said.is_none() && !kind.starts_with("image/") {
        let said = "Content-Type says what is sent, and is one of image/png, image/jpeg, image/gif, image/webp";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "invalid", said));
    }
    let octets = body.map_err(too_large)?.to_vec();
    if said.is_none() {
        let reason = refusal(&octets, None).map_or_else(
            || format!("is said to be {kind}, and is another by its octets: send the type that it is of"),
            |unfit| unfit.to_string(),
        );
        return Err(Problem::of_field("body", format!("the picture {reason}")));
    }
    let _turn = turn(&api).await?;
    let file = PictureFile { name: String::new(), alt, said, octets, line: None };
    let (image, is_new) = by.office.add_image(&by.actor, article, file).await?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, json(&ImageRecord::from(&image))).into_response())
}

fn too_large(rejection: BytesRejection) -> Problem {
    match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            let said = format!("more than {} MB came: save the picture smaller", LARGEST / 1_000_000);
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "invalid", said)
        }
        _ => rejection.into(),
    }
}

/// Takes a picture out of an article: its address answers 410 from then on, unless another article has it.
#[utoipa::path(
    delete, path = "/articles/{id}/images/{hash}", tag = "articles", operation_id = "remove_article_image",
    security(("bearer" = ["articles:write"])),
    params(("id" = i64, Path, description = "Of the article."), ("hash" = String, Path, description = "Of the picture."), DryRun),
    responses((status = 200, description = "What became of it.", body = TakenBackRecord),
              (status = "4XX", description = "What is wrong.", body = Problem, content_type = "application/problem+json")),
)]
async fn remove(by: By<WriteArticles>, named: Result<Path<(i64, String)>, PathRejection>) -> Answer<Json<Value>> {
    let Path((article, hash)) = named?;
    let TakenBack { image, others, .. } = by.office.take_back_image(&by.actor, article, &hash).await?;
    let image = ImageRecord::from(&image);
    Ok(json(&TakenBackRecord { article, image, gone: others.is_empty(), articles: &others }))
}
