//! What a visitor sees when something is wrong.

use askama::Template;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Site;
use super::chrome::MessagePage;
use super::error::ErrorText;
use super::language::Language;
use crate::web::http::answer::is_page;

/// Gives every error the site's own page: ours, and those the framework answers with a bare word.
pub async fn show(State(site): State<Site>, language: Language, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    let told = match response.extensions().get::<ErrorText>() {
        Some(told) => told.clone(),
        None => match status {
            StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY | StatusCode::UNSUPPORTED_MEDIA_TYPE
                if !is_page(&response) =>
            {
                ErrorText::new("error-wrong", "error-unreadable")
            }
            StatusCode::METHOD_NOT_ALLOWED => ErrorText::new("error-wrong", "error-method"),
            StatusCode::PAYLOAD_TOO_LARGE => ErrorText::new("error-too-large", "error-too-large-text"),
            _ => return response,
        },
    };
    let locale = language.locale();
    let (title, text) = (told.title.tell(locale), told.text.tell(locale));
    let searches = status == StatusCode::NOT_FOUND;
    let page = MessagePage { searches, ..MessagePage::new(&site, &language, title.clone(), text) };
    let page = page.render().unwrap_or(title);
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    parts.headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(locale.tag()));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        parts.headers.insert(header::RETRY_AFTER, HeaderValue::from_static("30"));
    }
    (parts, page).into_response()
}
