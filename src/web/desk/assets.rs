//! The desk's own style sheet and script, from inside the binary.

use axum::Router;
use axum::http::header;
use axum::routing::get;

use super::Desk;

pub fn router() -> Router<Desk> {
    let asset = |content_type: &'static str, body: &'static str| {
        move || async move { ([(header::CONTENT_TYPE, content_type), (header::CACHE_CONTROL, "no-cache")], body) }
    };
    let css = include_str!("../../../templates/desk/desk.css");
    let js = include_str!("../../../templates/desk/desk.js");
    Router::new()
        .route("/assets/desk.css", get(asset("text/css; charset=utf-8", css)))
        .route("/assets/desk.js", get(asset("text/javascript; charset=utf-8", js)))
}
