//! What a visitor sees when something is wrong. What went wrong inside goes to the log and to nobody else.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use crate::domain::Invalid;
use crate::store;

/// An error on the way to a page, with the page it becomes.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    #[error("there is no such page")]
    NotFound,
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Internal(Box<dyn std::error::Error + Send + Sync>),
}

impl From<store::Error> for PageError {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::NotFound { .. } => Self::NotFound,
            store::Error::Invalid(invalid) => Self::Invalid(invalid),
            other => Self::Internal(Box::new(other)),
        }
    }
}

impl From<askama::Error> for PageError {
    fn from(error: askama::Error) -> Self {
        Self::Internal(Box::new(error))
    }
}

#[derive(Template)]
#[template(path = "page/error.html")]
struct ErrorPage<'a> {
    title: &'a str,
    text: &'a str,
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let invalid;
        let (status, title, text) = match &self {
            Self::NotFound => (StatusCode::NOT_FOUND, "Not found", "There is no such page here."),
            Self::Invalid(reason) => {
                invalid = reason.to_string();
                (StatusCode::BAD_REQUEST, "That can't be", invalid.as_str())
            }
            Self::Internal(error) => {
                tracing::error!(%error, "a page could not be made");
                (
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "Something went wrong",
                    "It is our fault and has been noted. Please try again in a while.",
                )
            }
        };
        let page = ErrorPage { title, text }.render().unwrap_or_else(|_| title.to_owned());
        (status, Html(page)).into_response()
    }
}

pub async fn not_found() -> PageError {
    PageError::NotFound
}
