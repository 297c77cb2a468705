//! What a visitor sees when something is wrong. What went wrong inside goes to the log and to nobody else.

use askama::Template;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Site;
use super::chrome::MessagePage;
use super::language::{Language, Sentence};
use crate::domain::refused::Code;
use crate::store;

/// An error on the way to a page.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    #[error("there is no such page")]
    NotFound,
    /// It was here, and will not be again.
    #[error("this is gone")]
    Gone,
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

/// What `show_errors` tells of a response; a handler knows no more than that.
#[derive(Clone)]
struct Told {
    title: Sentence,
    text: Sentence,
}

impl Told {
    fn new(title: &'static str, text: &'static str) -> Self {
        Self { title: Sentence::new(title), text: Sentence::new(text) }
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let (status, told) = match self {
            Self::NotFound => (StatusCode::NOT_FOUND, Told::new("error-not-found", "error-no-such-page")),
            Self::Gone => (StatusCode::GONE, Told::new("error-gone", "error-given-up")),
            Self::Wrong(text) => (StatusCode::BAD_REQUEST, Told { title: Sentence::new("error-wrong"), text }),
            Self::Busy(error) => {
                tracing::warn!(%error, "a page could not be made for now");
                (StatusCode::SERVICE_UNAVAILABLE, Told::new("error-busy", "error-busy-text"))
            }
            Self::Internal(error) => {
                tracing::error!(%error, "a page could not be made");
                (StatusCode::INTERNAL_SERVER_ERROR, Told::new("error-internal", "error-internal-text"))
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

/// Gives every error the site's own page: ours, and those the framework answers with a bare word.
pub async fn show_errors(State(site): State<Site>, language: Language, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    let told = match response.extensions().get::<Told>() {
        Some(told) => told.clone(),
        None => match status {
            StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY | StatusCode::UNSUPPORTED_MEDIA_TYPE
                if !is_page(&response) =>
            {
                Told::new("error-wrong", "error-unreadable")
            }
            StatusCode::METHOD_NOT_ALLOWED => Told::new("error-wrong", "error-method"),
            StatusCode::PAYLOAD_TOO_LARGE => Told::new("error-too-large", "error-too-large-text"),
            _ => return response,
        },
    };
    let locale = language.locale();
    let (title, text) = (told.title.tell(locale), told.text.tell(locale));
    let page = MessagePage::new(&site, &language, title.clone(), text).render().unwrap_or(title);
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    parts.headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(locale.tag()));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        parts.headers.insert(header::RETRY_AFTER, HeaderValue::from_static("30"));
    }
    (parts, page).into_response()
}

fn is_page(response: &Response) -> bool {
    let content_type = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    content_type.is_some_and(|value| value.starts_with("text/html"))
}
