//! The description of the API (OpenAPI 3.1), made of the operations themselves.

use std::sync::Arc;

use axum::http::header;
use axum::response::IntoResponse;
use serde_json::Value;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, Server};

use super::PREFIX;
use super::problem::{FieldProblem, Problem};

const ABOUT: &str = "Everything that the command line does with what an office tells its readers. Shapes are those of \
    `--json`. Who asks sends `Authorization: Bearer kal_…`; `kalends token add` makes one.";

/// What stands in it before any operation does.
pub fn base() -> OpenApi {
    let bearer = SecurityScheme::Http(Http::builder().scheme(HttpAuthScheme::Bearer).build());
    let components = ComponentsBuilder::new()
        .security_scheme("bearer", bearer)
        .schema_from::<Problem>()
        .schema_from::<FieldProblem>()
        .build();
    let info = InfoBuilder::new()
        .title("kalends")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(ABOUT))
        .license(Some(LicenseBuilder::new().name("MIT").identifier(Some("MIT")).build()))
        .build();
    OpenApiBuilder::new().info(info).components(Some(components)).build()
}

/// All of it; where it is served stands in it.
pub fn document(mut description: OpenApi, base_url: &str) -> Value {
    description.servers = Some(vec![Server::new(format!("{base_url}{PREFIX}"))]);
    serde_json::to_value(&description).unwrap_or_default()
}

pub async fn answer_page(page: Arc<String>) -> impl IntoResponse {
    let policy = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'";
    let headers = [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CONTENT_SECURITY_POLICY, policy)];
    (headers, page.as_str().to_owned())
}

pub async fn answer(document: Arc<String>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], document.as_str().to_owned())
}
