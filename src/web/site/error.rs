//! What can go wrong on the way to a page. What went wrong inside goes to the log and to nobody else.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::sentence::Sentence;
use crate::domain::refused::Code;
use crate::web::http::work::WorkError;
use crate::web::kept::feeds::FeedError;
use crate::{office, store};

/// An error on the way to a page.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    #[error("there is no such page")]
    NotFound,
    /// It was here, and will not be again.
    #[error("this is gone")]
    Gone,
    /// A picture that was shown here, and was taken back.
    #[error("this picture was taken back")]
    TakenBack,
    /// The visitor asked for what can't be.
    #[error("{0:?}")]
    Wrong(Sentence),
    /// It may work again in a moment.
    #[error(transparent)]
    Busy(Box<dyn std::error::Error + Send + Sync>),
    #[error(transparent)]
    Internal(Box<dyn std::error::Error + Send + Sync>),
}

impl From<store::Error> for PageError {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Refused(refused) if refused.code == Code::NotFound => Self::NotFound,
            store::Error::Refused(refused) => {
                Self::Wrong(Sentence::new("wrong-refused").value("said", refused.to_string()))
            }
            passing if passing.is_passing() => Self::Busy(Box::new(passing)),
            other => Self::Internal(Box::new(other)),
        }
    }
}

impl From<WorkError> for PageError {
    fn from(error: WorkError) -> Self {
        Self::Internal(Box::new(error))
    }
}

impl From<FeedError> for PageError {
    fn from(error: FeedError) -> Self {
        match error {
            FeedError::Store(error) => error.into(),
            FeedError::Work(error) => error.into(),
        }
    }
}

impl From<office::Error> for PageError {
    fn from(error: office::Error) -> Self {
        match error {
            office::Error::Refused(refused) => store::Error::from(refused).into(),
            office::Error::Store(error) => error.into(),
            failed @ office::Error::Failed(_) => Self::Internal(Box::new(failed)),
        }
    }
}

impl From<askama::Error> for PageError {
    fn from(error: askama::Error) -> Self {
        Self::Internal(Box::new(error))
    }
}

impl From<Sentence> for PageError {
    fn from(wrong: Sentence) -> Self {
        Self::Wrong(wrong)
    }
}

/// What the page of an error tells (`error_page`); a handler knows no more than that.
#[derive(Clone)]
pub struct ErrorText {
    pub title: Sentence,
    pub text: Sentence,
}

impl ErrorText {
    pub fn new(title: &'static str, text: &'static str) -> Self {
        Self { title: Sentence::new(title), text: Sentence::new(text) }
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let (status, told) = match self {
            Self::NotFound => (StatusCode::NOT_FOUND, ErrorText::new("error-not-found", "error-no-such-page")),
            Self::Gone => (StatusCode::GONE, ErrorText::new("error-gone", "error-given-up")),
            Self::TakenBack => (StatusCode::GONE, ErrorText::new("error-gone", "error-taken-back")),
            Self::Wrong(text) => (StatusCode::BAD_REQUEST, ErrorText { title: Sentence::new("error-wrong"), text }),
            Self::Busy(error) => {
                tracing::warn!(%error, "a page could not be made for now");
                (StatusCode::SERVICE_UNAVAILABLE, ErrorText::new("error-busy", "error-busy-text"))
            }
            Self::Internal(error) => {
                tracing::error!(%error, "a page could not be made");
                (StatusCode::INTERNAL_SERVER_ERROR, ErrorText::new("error-internal", "error-internal-text"))
            }
        };
        let mut response = status.into_response();
        response.extensions_mut().insert(told);
        response
    }
}

pub async fn not_found() -> PageError {
    PageError::NotFound
}
