//! What a visitor sees when something is wrong. What went wrong inside goes to the log and to nobody else.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
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
    /// It may work again in a moment.
    #[error(transparent)]
    Busy(Box<dyn std::error::Error + Send + Sync>),
    #[error(transparent)]
    Internal(Box<dyn std::error::Error + Send + Sync>),
}

impl From<store::Error> for PageError {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::NotFound { .. } => Self::NotFound,
            store::Error::Invalid(invalid) => Self::Invalid(invalid),
            passing if passing.is_passing() => Self::Busy(Box::new(passing)),
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
            Self::Busy(error) => {
                tracing::warn!(%error, "a page could not be made for now");
                (StatusCode::SERVICE_UNAVAILABLE, "Please try again", "We are busy; it should work again in a moment.")
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
        let mut response = (status, Html(page)).into_response();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("30"));
        }
        response
    }
}

pub async fn not_found() -> PageError {
    PageError::NotFound
}
