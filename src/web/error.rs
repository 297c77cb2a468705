//! What a visitor sees when something is wrong. What went wrong inside goes to the log and to nobody else.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use super::Site;
use super::chrome::MessagePage;
use crate::domain::Invalid;
use crate::store;

/// An error on the way to a page.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    #[error("there is no such page")]
    NotFound,
    /// It was here, and will not be again.
    #[error("this is gone")]
    Gone,
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

/// What `show_errors` tells of a response; a handler knows no more than that.
#[derive(Clone)]
struct Told {
    title: &'static str,
    text: String,
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let (status, title, text) = match self {
            Self::NotFound => (StatusCode::NOT_FOUND, "Not found", "There is no such page here.".to_owned()),
            Self::Gone => {
                (StatusCode::GONE, "Gone", "This address was given up and leads nowhere any more.".to_owned())
            }
            Self::Invalid(reason) => (StatusCode::BAD_REQUEST, "That can't be", reason.to_string()),
            Self::Busy(error) => {
                tracing::warn!(%error, "a page could not be made for now");
                (StatusCode::SERVICE_UNAVAILABLE, "Please try again", "It should work again in a moment.".to_owned())
            }
            Self::Internal(error) => {
                tracing::error!(%error, "a page could not be made");
                let text = "It is our fault and has been noted. Please try again in a while.".to_owned();
                (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong", text)
            }
        };
        let mut response = status.into_response();
        response.extensions_mut().insert(Told { title, text });
        response
    }
}

pub async fn not_found() -> PageError {
    PageError::NotFound
}

/// Gives every error the site's own page: ours, and those the framework answers with a bare word.
pub async fn show_errors(State(site): State<Site>, response: Response) -> Response {
    let status = response.status();
    let told = match response.extensions().get::<Told>() {
        Some(told) => told.clone(),
        None => match status {
            StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY | StatusCode::UNSUPPORTED_MEDIA_TYPE
                if !is_page(&response) =>
            {
                Told { title: "That can't be", text: "The request can't be read.".to_owned() }
            }
            StatusCode::METHOD_NOT_ALLOWED => {
                Told { title: "That can't be", text: "This page can't be asked for in that way.".to_owned() }
            }
            StatusCode::PAYLOAD_TOO_LARGE => {
                Told { title: "Too much", text: "That is more than is taken here.".to_owned() }
            }
            _ => return response,
        },
    };
    let page = MessagePage::new(&site, told.title, told.text).render().unwrap_or_else(|_| told.title.to_owned());
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        parts.headers.insert(header::RETRY_AFTER, HeaderValue::from_static("30"));
    }
    (parts, Html(page)).into_response()
}

fn is_page(response: &Response) -> bool {
    let content_type = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    content_type.is_some_and(|value| value.starts_with("text/html"))
}
