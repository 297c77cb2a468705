//! What can go wrong on the way to a page of the desk, and the page that says so. What went wrong inside goes to the log and
//! to nobody else.

use askama::Template;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use super::Desk;
use super::frame::{Frame, locale_of};
use crate::domain::links::DESK;
use crate::domain::refused::Code;
use crate::domain::wording::Locale;
use crate::web::http::answer::is_page;
pub use crate::web::http::answer::status_of;
use crate::{office, store};

#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    #[error("there is no such page")]
    NotFound,
    /// The role does not allow it.
    #[error("this role does not allow it")]
    NotYours,
    /// Not a form of this session, or sent from another site.
    #[error("this form is not one of this session")]
    Forged,
    #[error("more was sent than any form needs")]
    TooLarge,
    #[error("this can't be done")]
    Refused(Code, String),
    /// It may work again in a moment.
    #[error(transparent)]
    Busy(Box<dyn std::error::Error + Send + Sync>),
    #[error(transparent)]
    Internal(Box<dyn std::error::Error + Send + Sync>),
}

impl From<store::Error> for Trouble {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Refused(refused) => match refused.code {
                Code::NotFound => Self::NotFound,
                code => Self::Refused(code, refused.said),
            },
            passing if passing.is_passing() => Self::Busy(Box::new(passing)),
            other => Self::Internal(Box::new(other)),
        }
    }
}

impl From<office::Error> for Trouble {
    fn from(error: office::Error) -> Self {
        match error {
            office::Error::Refused(refused) => store::Error::from(refused).into(),
            office::Error::Store(error) => error.into(),
            failed @ office::Error::Failed(_) => Self::Internal(Box::new(failed)),
        }
    }
}

impl From<askama::Error> for Trouble {
    fn from(error: askama::Error) -> Self {
        Self::Internal(Box::new(error))
    }
}

/// A refusal, which the office says in English: in other languages it is told of which kind it is.
pub fn told_refusal(locale: Locale, code: Code, said: &str) -> String {
    locale.tell("desk-refused", [("code", code.as_str().into()), ("said", said.into())])
}

/// What the page tells; a handler knows no more than that.
#[derive(Clone)]
struct Told {
    title: &'static str,
    text: &'static str,
    /// Of a refusal.
    code: &'static str,
    said: String,
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let told = |title, text| Told { title, text, code: "", said: String::new() };
        let (status, told) = match self {
            Self::NotFound => (StatusCode::NOT_FOUND, told("error-not-found", "desk-error-no-such-page")),
            Self::NotYours => (StatusCode::FORBIDDEN, told("desk-error-not-yours", "desk-error-not-yours-text")),
            Self::Forged => (StatusCode::FORBIDDEN, told("desk-error-forged", "desk-error-forged-text")),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, told("error-too-large", "desk-error-too-large-text")),
            Self::Refused(code, said) => {
                (status_of(code), Told { title: "error-wrong", text: "desk-refused", said, code: code.as_str() })
            }
            Self::Busy(error) => {
                tracing::warn!(%error, "a page of the desk could not be made for now");
                (StatusCode::SERVICE_UNAVAILABLE, told("error-busy", "error-busy-text"))
            }
            Self::Internal(error) => {
                tracing::error!(%error, "a page of the desk could not be made");
                (StatusCode::INTERNAL_SERVER_ERROR, told("error-internal", "error-internal-text"))
            }
        };
        let mut response = status.into_response();
        response.extensions_mut().insert(told);
        response
    }
}

/// With a slash too many it may be a page.
pub async fn not_found(uri: Uri) -> Response {
    match uri.path().strip_suffix('/').filter(|path| !path.is_empty()) {
        Some(path) => Redirect::permanent(&format!("{DESK}{path}")).into_response(),
        None => Trouble::NotFound.into_response(),
    }
}

#[derive(Template)]
#[template(path = "desk/trouble.html")]
struct Page {
    frame: Frame,
    text: String,
}

/// Gives every error a page of the desk's own, also those that the framework answers with a bare word.
pub async fn show(State(desk): State<Desk>, request: Request, next: Next) -> Response {
    let locale = locale_of(&desk, request.headers());
    let response = next.run(request).await;
    let status = response.status();
    let locale = response.extensions().get::<Locale>().copied().unwrap_or(locale);
    let told = match response.extensions().get::<Told>() {
        Some(told) => told.clone(),
        None if status == StatusCode::METHOD_NOT_ALLOWED => {
            Told { title: "error-wrong", text: "error-method", code: "", said: String::new() }
        }
        None if status.is_client_error() && !is_page(&response) => {
            Told { title: "error-wrong", text: "error-unreadable", code: "", said: String::new() }
        }
        None => return response,
    };
    let title = locale.tell(told.title, []);
    let text = locale.tell(told.text, [("code", told.code.into()), ("said", told.said.as_str().into())]);
    let page = Page { frame: Frame::of(&desk, locale, title.clone()), text };
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        parts.headers.insert(header::RETRY_AFTER, HeaderValue::from_static("30"));
    }
    (parts, page.render().unwrap_or(title)).into_response()
}
