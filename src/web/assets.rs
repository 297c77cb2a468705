//! The style sheet, the one script and the icon, from inside the binary.

use axum::Router;
use axum::http::{HeaderName, header};
use axum::routing::get;

use super::Site;

type Asset = ([(HeaderName, &'static str); 2], &'static str);

fn asset(content_type: &'static str, body: &'static str) -> Asset {
    ([(header::CONTENT_TYPE, content_type), (header::CACHE_CONTROL, "public, max-age=3600")], body)
}

pub fn router() -> Router<Site> {
    let css = || async { asset("text/css; charset=utf-8", include_str!("../../templates/page/site.css")) };
    let js = || async { asset("text/javascript; charset=utf-8", include_str!("../../templates/page/copy.js")) };
    let icon = || async { asset("image/svg+xml", include_str!("../../templates/page/icon.svg")) };
    let robots = || async {
        asset("text/plain; charset=utf-8", "User-agent: *\nDisallow: /unsubscribe/\nDisallow: /confirm/\n")
    };
    Router::new()
        .route("/assets/site.css", get(css))
        .route("/assets/copy.js", get(js))
        .route("/assets/icon.svg", get(icon))
        .route("/robots.txt", get(robots))
}
