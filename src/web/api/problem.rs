//! What is answered when something is not done: problem details (RFC 9457), with a code for programs, a sentence for
//! people and, where one field is to blame, its name.

use std::error::Error;

use axum::Json;
use axum::extract::rejection::{BytesRejection, JsonRejection, PathRejection};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::meant::of_unknown_field;
use crate::domain::refused::{Code, Refused};
use crate::domain::text;
use crate::domain::{FieldError, Invalid};
use crate::office;
use crate::store;
use crate::web::http::answer::status_of;

/// What a refusal is about that was decided on a thing which is not as it was seen.
pub const IF_MATCH: &str = "If-Match";

/// Why something was not done.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// `about:blank`: the status says what kind it is (RFC 9457 section 4.2.1).
    #[serde(rename = "type")]
    kind: &'static str,
    /// The status in words.
    title: &'static str,
    status: u16,
    /// What is wrong, in one sentence.
    detail: String,
    /// One of invalid, not-found, conflict, forbidden, unauthorized, limited, busy.
    code: &'static str,
    /// Where one field is to blame.
    errors: Vec<FieldProblem>,
    #[serde(skip)]
    headers: Box<HeaderMap>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct FieldProblem {
    /// As it is called in the body, or in the query.
    field: String,
    detail: String,
}

pub type Answer<T> = Result<T, Problem>;

impl Problem {
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail: text::cleaned(&detail.into()).into_owned(),
            code,
            errors: Vec::new(),
            headers: Box::default(),
        }
    }

    /// A field that can be read and is wrong.
    pub fn of_field(field: &str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", detail).at(field)
    }

    fn at(mut self, field: &str) -> Self {
        self.errors.push(FieldProblem { field: field.to_owned(), detail: self.detail.clone() });
        self
    }

    /// The sentence alone.
    pub fn into_detail(self) -> String {
        self.detail
    }

    pub fn with(mut self, name: HeaderName, value: impl TryInto<HeaderValue>) -> Self {
        if let Ok(value) = value.try_into() {
            self.headers.insert(name, value);
        }
        self
    }

    /// The same, where nothing of what came could be read and no field is to blame.
    pub fn if_unread(self) -> Self {
        match self.status == StatusCode::UNPROCESSABLE_ENTITY.as_u16() && self.errors.is_empty() {
            true => Self { status: 400, title: "Bad Request", ..self },
            false => self,
        }
    }

    /// The same, where it was refused because what was seen is not what is there any more.
    pub fn if_stale(self, was_seen: bool) -> Self {
        match was_seen && self.status == StatusCode::CONFLICT.as_u16() {
            true => Self { status: 412, title: "Precondition Failed", ..self },
            false => self,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(mut self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
        let headers = std::mem::take(&mut self.headers);
        let mut response = (status, *headers, Json(self)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        response
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        // What a field names and is not there makes the field wrong.
        let code = if refused.field.is_some() && refused.code == Code::NotFound { Code::Invalid } else { refused.code };
        let status = match code {
            Code::Conflict if refused.field == Some(IF_MATCH) => StatusCode::PRECONDITION_FAILED,
            code => status_of(code),
        };
        let problem = Self::new(status, code.as_str(), refused.said);
        match refused.field {
            Some(field) => problem.at(field),
            None => problem,
        }
    }
}

impl From<Invalid> for Problem {
    fn from(error: Invalid) -> Self {
        Refused::from(error).into()
    }
}

impl From<FieldError> for Problem {
    fn from(error: FieldError) -> Self {
        Refused::from(error).into()
    }
}

impl From<office::Error> for Problem {
    fn from(error: office::Error) -> Self {
        match error {
            office::Error::Refused(refused) => refused.into(),
            office::Error::Store(error) => Self::from(error),
            office::Error::Failed(said) => Self::new(StatusCode::BAD_GATEWAY, "busy", said),
        }
    }
}

impl From<store::Error> for Problem {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Refused(refused) => refused.into(),
            // What is wrong with the machine is no stranger's business.
            error => {
                tracing::error!(%error, "the database could not be read or written for the API");
                let said = "the database can't be read or written now: try again later";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", said).with(header::RETRY_AFTER, "10")
            }
        }
    }
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        // What is no JSON can't be read; what is some, and not what was asked for, is wrong.
        let mut cause: Option<&(dyn Error + 'static)> = rejection.source();
        while let Some(error) = cause {
            if let Some(wrong) = error.downcast_ref::<serde_path_to_error::Error<serde_json::Error>>()
                && rejection.status() == StatusCode::UNPROCESSABLE_ENTITY
            {
                return wrong.into();
            }
            cause = error.source();
        }
        Self::new(rejection.status(), "invalid", rejection.body_text())
    }
}

impl From<&serde_path_to_error::Error<serde_json::Error>> for Problem {
    /// JSON that is not what was asked for.
    fn from(wrong: &serde_path_to_error::Error<serde_json::Error>) -> Self {
        let said = sentence(wrong.inner());
        match field(wrong.path()).or(missing(&said)) {
            Some(field) => Self::of_field(field, said.as_str()),
            None => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", said),
        }
    }
}

/// What is to blame, at the top of what was given.
pub fn field(path: &serde_path_to_error::Path) -> Option<&str> {
    match path.iter().next() {
        Some(serde_path_to_error::Segment::Map { key }) => Some(key),
        _ => None,
    }
}

/// Serde names no place for what is not there.
fn missing(said: &str) -> Option<&str> {
    said.strip_prefix("missing field `")?.split('`').next()
}

/// Without the place in the text, which says nothing where the field is named.
fn sentence(error: &serde_json::Error) -> String {
    let said = error.to_string();
    of_unknown_field(said.rsplit_once(" at line ").map_or(&said, |(said, _)| said))
}

impl From<BytesRejection> for Problem {
    fn from(rejection: BytesRejection) -> Self {
        Self::new(rejection.status(), "invalid", rejection.body_text())
    }
}

/// The media type of a body, without its parameters; empty if none is named.
pub fn media_type(headers: &HeaderMap) -> &str {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    given.split(';').next().unwrap_or_default().trim()
}

/// That a body is of this type.
pub fn expect_type(headers: &HeaderMap, wanted: &str) -> Answer<()> {
    match media_type(headers).eq_ignore_ascii_case(wanted) {
        true => Ok(()),
        false => {
            let said = format!("send it with `Content-Type: {wanted}`");
            Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "invalid", said))
        }
    }
}

impl From<PathRejection> for Problem {
    fn from(rejection: PathRejection) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", rejection.body_text())
    }
}

/// Nothing is here.
pub async fn not_found() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "not-found",
        "there is nothing at this address: /api/v1/openapi.json names all there are",
    )
}

pub async fn method_not_allowed() -> Problem {
    let said = "this can't be done here: Allow names what can";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "invalid", said)
}

#[cfg(test)]
mod tests {
    use axum::extract::{FromRequest, Request};

    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Body {
        at: Option<String>,
        topics: Option<Vec<String>>,
        to: String,
    }

    async fn problem(body: &str) -> serde_json::Value {
        let request = Request::builder().header("Content-Type", "application/json").body(body.to_owned().into());
        let read = Json::<Body>::from_request(request.unwrap(), &()).await;
        serde_json::to_value(Problem::from(read.unwrap_err())).unwrap()
    }

    #[tokio::test]
    async fn the_field_of_a_body_that_is_wrong_is_named() {
        for (body, status, field) in [
            (r#"{"to": "a", "at": 7}"#, 422, Some("at")),
            (r#"{"to": 7}"#, 422, Some("to")),
            (r#"{"to": "a", "topics": ["b", 7]}"#, 422, Some("topics")),
            (r#"{"to": "a", "colour": "red"}"#, 422, Some("colour")),
            (r#"{"topics": []}"#, 422, Some("to")),
            ("[]", 422, None),
            ("{", 400, None),
        ] {
            let problem = problem(body).await;
            assert_eq!(
                (&problem["status"], problem["errors"][0]["field"].as_str()),
                (&status.into(), field),
                "{problem}"
            );
        }
        let told = problem(r#"{"to": 7}"#).await;
        assert_eq!(told["detail"], "invalid type: integer `7`, expected a string");
    }
}
