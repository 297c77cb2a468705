//! Bodies that are refused before they are read.

use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

/// What is sent with a request and not read before the answer.
const LEFT_UNREAD_OCTETS: u64 = 16 * 1024;

/// Who sent much and is refused is told that the connection ends: the rest of it is not read, so the next request could not be.
pub async fn hang_up(request: Request, next: Next) -> Response {
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let is_long = length.is_some_and(|length: u64| length > LEFT_UNREAD_OCTETS)
        || request.headers().contains_key(header::TRANSFER_ENCODING);
    let mut response = next.run(request).await;
    if is_long && response.status().is_client_error() {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}
