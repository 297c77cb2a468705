//! The style sheet, the scripts and the icon, from inside the binary; the office's own colour and logo.

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::Site;
use super::error::PageError;
use crate::config::{Logo, LookConfig};
use crate::domain::event::Kind;

fn asset<T>(content_type: &'static str, body: T) -> ([(HeaderName, &'static str); 2], T) {
    ([(header::CONTENT_TYPE, content_type), (header::CACHE_CONTROL, "public, max-age=3600")], body)
}

pub fn router() -> Router<Site> {
    let js = || async { asset("text/javascript; charset=utf-8", include_str!("../../../templates/page/copy.js")) };
    let embed = || async { asset("text/javascript; charset=utf-8", include_str!("../../../templates/page/embed.js")) };
    let icon = || async { asset("image/svg+xml", include_str!("../../../templates/page/icon.svg")) };
    Router::new()
        .route("/assets/site.css", get(css))
        .route("/assets/copy.js", get(js))
        .route("/assets/embed.js", get(embed))
        .route("/assets/icon.svg", get(icon))
        .route("/assets/{logo}", get(logo))
        .route("/robots.txt", get(robots))
}

async fn robots(State(site): State<Site>) -> impl IntoResponse {
    let sitemap = site.config.site.links().sitemap();
    let text = format!("User-agent: *\nDisallow: /unsubscribe/\nDisallow: /confirm/\nSitemap: {sitemap}\n");
    asset("text/plain; charset=utf-8", text)
}

async fn css(State(site): State<Site>) -> impl IntoResponse {
    let sheet = include_str!("../../../templates/page/site.css");
    asset("text/css; charset=utf-8", format!("{sheet}{}{}", colours(&site.config.look), colours_of_kinds()))
}

/// Each kind of event has a class of its name. What has none is coloured like what is of no special kind.
fn colours_of_kinds() -> String {
    let rules = |colour: fn([&'static str; 2]) -> &'static str| -> String {
        let colour = |kind: Kind| colour(kind.traits().colours);
        let rules = Kind::ALL.iter().map(|kind| format!(".{kind} {{ --kind: {}; }}\n", colour(*kind)));
        rules.chain([format!(":root {{ --other: {}; }}\n", colour(Kind::Other))]).collect()
    };
    let (light, dark) = (rules(|[light, _]| light), rules(|[_, dark]| dark));
    format!("{light}@media (prefers-color-scheme: dark) {{\n{dark}}}\n")
}

/// The configured colour in place of the style sheet's own.
fn colours(look: &LookConfig) -> String {
    let (light, dark) = (look.accent.on_white(), look.accent.on_dark());
    format!(
        ":root {{ --link: {light}; --button: {light}; }}\n\
         @media (prefers-color-scheme: dark) {{ :root {{ --link: {dark}; --button: {dark}; --button-ink: #12161b; }} }}\n"
    )
}

/// The file of the configuration, read anew each time: it may be replaced while the daemon runs.
async fn logo(State(site): State<Site>, uri: axum::http::Uri) -> Result<Response, PageError> {
    let Some(Logo::File { path, ending }) = &site.config.look.logo else { return Err(PageError::NotFound) };
    if uri.path() != Logo::path(ending) {
        return Err(PageError::NotFound);
    }
    let octets = tokio::fs::read(path).await.map_err(|error| {
        tracing::warn!(%error, path = %path.display(), "the logo can't be read");
        PageError::NotFound
    })?;
    let content_type = match *ending {
        "png" => "image/png",
        "gif" => "image/gif",
        _ => "image/jpeg",
    };
    Ok(asset(content_type, octets).into_response())
}
