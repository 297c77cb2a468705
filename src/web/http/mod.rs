//! HTTP itself, whoever is asked: the server, who asks, what form of an answer is wanted.

pub mod answer;
pub mod below;
pub mod client;
pub mod count;
pub mod encoding;
pub mod log;
pub mod server;
pub mod tally;
pub mod unread;
pub mod validators;
pub mod work;

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use tower_http::set_header::SetResponseHeaderLayer;

/// A field that all answers have, unless one has it otherwise.
pub fn fixed(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}

/// One field for all that an answer depends on: nginx before 1.23 looks at one alone, and would mix languages.
pub async fn vary_in_one(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let lines = response.headers().get_all(header::VARY);
    if lines.iter().count() > 1 {
        let names: Vec<&str> = lines.iter().filter_map(|line| line.to_str().ok()).collect();
        if let Ok(all) = HeaderValue::try_from(names.join(", ")) {
            response.headers_mut().insert(header::VARY, all);
        }
    }
    response
}
