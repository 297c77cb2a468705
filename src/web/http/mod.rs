//! HTTP itself, whoever is asked: the server, who asks, what form of an answer is wanted.

pub mod answer;
pub mod client;
pub mod count;
pub mod encoding;
pub mod log;
pub mod server;
pub mod tally;
pub mod unread;
pub mod validators;
pub mod work;

use axum::http::{HeaderName, HeaderValue};
use tower_http::set_header::SetResponseHeaderLayer;

/// A field that all answers have, unless one has it otherwise.
pub fn fixed(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}
