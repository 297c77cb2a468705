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
    let mut document = serde_json::to_value(&description).unwrap_or_default();
    let paths = document.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten();
    for (_, operation) in paths.filter_map(|(_, verbs)| verbs.as_object_mut()).flatten() {
        let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut);
        parameters.into_iter().flatten().for_each(expect_value);
    }
    say_once(&mut document);
    document
}

/// Beside a schema that is written in place, its description makes an object of it: what is no object can't be both.
fn say_once(part: &mut Value) {
    match part {
        Value::Object(fields) => {
            if let Some([schema, said]) = fields.get("allOf").and_then(Value::as_array).map(Vec::as_slice)
                && said["type"] == "object"
                && said.get("properties").is_none()
            {
                let (mut schema, said) = (schema.clone(), said["description"].clone());
                schema["description"] = said;
                *part = schema;
                return say_once(part);
            }
            fields.values_mut().for_each(say_once);
        }
        Value::Array(parts) => parts.iter_mut().for_each(say_once),
        _ => {}
    }
}

/// What a parameter has no value for is left out: null and an empty list can't be written in an address.
fn expect_value(parameter: &mut Value) {
    let schema = &mut parameter["schema"];
    if let Some(kinds) = schema["type"].as_array() {
        let kind = kinds.iter().find(|kind| *kind != "null").cloned().unwrap_or_default();
        schema["type"] = kind;
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let choices: Vec<_> = choices.iter().filter(|choice| choice["type"] != "null").cloned().collect();
        if let [only] = choices.as_slice() {
            *schema = only.clone();
        }
    }
    if schema["type"] == "array" {
        schema["minItems"] = 1.into();
    }
}

pub async fn answer_page(page: Arc<String>) -> impl IntoResponse {
    let policy = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'";
    let headers = [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CONTENT_SECURITY_POLICY, policy)];
    (headers, page.as_str().to_owned())
}

pub async fn answer(document: Arc<String>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], document.as_str().to_owned())
}
