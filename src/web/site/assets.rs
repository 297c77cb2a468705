//! The style sheet, the scripts and the icon, from inside the binary; the office's own colour and logo.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::Site;
use super::error::PageError;
use crate::config::LookConfig;
use crate::domain::event::Kind;

fn asset<T>(content_type: &'static str, body: T) -> ([(HeaderName, &'static str); 2], T) {
    ([(header::CONTENT_TYPE, content_type), (header::CACHE_CONTROL, "public, max-age=3600")], body)
}

pub fn router() -> Router<Site> {
    let js = || async { asset("text/javascript; charset=utf-8", include_str!("../../../templates/page/copy.js")) };
    let embed = || async { asset("text/javascript; charset=utf-8", include_str!("../../../templates/page/embed.js")) };
    let event = || async { asset("text/javascript; charset=utf-8", include_str!("../../../templates/page/event.js")) };
    let frame = || async { asset("text/javascript; charset=utf-8", include_str!("../../../templates/page/frame.js")) };
    let icon = || async { asset("image/svg+xml", include_str!("../../../templates/page/icon.svg")) };
    Router::new()
        .route("/assets/site.css", get(css))
        .route("/assets/copy.js", get(js))
        .route("/assets/embed.js", get(embed))
        .route("/assets/event.js", get(event))
        .route("/assets/frame.js", get(frame))
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
    asset("text/css; charset=utf-8", format!("{sheet}{}{}", look(&site.config.look), colours_of_kinds()))
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

/// The configured colours and fonts in the place of the style sheet's own.
fn look(look: &LookConfig) -> String {
    let (light, dark) = (look.accent.on_white(), look.accent.on_dark());
    let second = look.second.unwrap_or(look.accent);
    let (second_light, second_dark) = (second.on_white(), second.on_dark());
    let font = look.font.as_ref().map(|font| format!("body, :lang(zh) {{ font-family: {font}; }}\n"));
    format!(
        ":root {{ --link: {light}; --button: {light}; --second: {second_light}; }}\n\
         @media (prefers-color-scheme: dark) {{ :root {{ --link: {dark}; --button: {dark}; --button-ink: #12161b; \
         --second: {second_dark}; }} }}\n{}",
        font.unwrap_or_default()
    )
}

/// An SVG is shown as a picture, where nothing in it runs; who opens it by itself gets it without scripts, too.
const DRAWN: HeaderValue = HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; sandbox");

/// The file of the configuration, read anew each time: it may be replaced while the daemon runs.
async fn logo(State(site): State<Site>, Path(name): Path<String>) -> Result<Response, PageError> {
    let ending = name.strip_prefix("logo.").ok_or(PageError::NotFound)?;
    let path = site.config.look.logo.as_ref().and_then(|logo| logo.file(ending)).ok_or(PageError::NotFound)?;
    let octets = tokio::fs::read(&path).await.map_err(|error| {
        tracing::warn!(%error, path = %path.display(), "the logo can't be read");
        PageError::NotFound
    })?;
    let content_type = match ending {
        "png" => "image/png",
        "gif" => "image/gif",
        "svg" => {
            return Ok(([(header::CONTENT_SECURITY_POLICY, DRAWN)], asset("image/svg+xml", octets)).into_response());
        }
        _ => "image/jpeg",
    };
    Ok(asset(content_type, octets).into_response())
}
