//! `/embed`: the dates to come, for a frame on another site.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::Site;
use super::agenda::Page;
use super::chrome::Chrome;
use super::error::PageError;
use super::language::Language;
use super::listing::Listing;
use super::query::FilterQuery;
use crate::domain::links::EMBED;

/// How many dates it shows.
const SHOWN: usize = 30;

/// The one page that may stand in a frame anywhere. It has no form that somebody could be led to press.
pub const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; script-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors *",
);

pub fn router() -> Router<Site> {
    Router::new().route(EMBED, get(embed))
}

#[derive(Template)]
#[template(path = "page/embed.html")]
struct EmbedPage {
    chrome: Chrome,
    listing: Listing,
    none: String,
    past_heading: String,
    later_url: Option<String>,
    /// All that is asked for, outside of the frame.
    whole_url: String,
}

async fn embed(State(site): State<Site>, language: Language, query: FilterQuery) -> Result<Response, PageError> {
    let filter = query.filter(&site.config.site.timezone)?;
    let snapshot = site.snapshots.current().await?;
    let made = {
        let site = site.clone();
        move || {
            let (locale, zone) = (language.locale(), &site.config.site.timezone);
            let shown = Page { now: site.store.now(), from: None, most_ahead: SHOWN, most_past: 0 };
            let page = EmbedPage {
                listing: Listing::of(&snapshot, &filter, &shown, zone, locale),
                none: locale.say("home-none"),
                past_heading: String::new(),
                later_url: None,
                whole_url: query.at("/"),
                chrome: Chrome::of(&site, &language),
            };
            Ok::<_, PageError>(page.chrome.page(StatusCode::OK, &page)?)
        }
    };
    let page = site.work.run(made).await??;
    Ok(([(header::CONTENT_SECURITY_POLICY, POLICY)], page).into_response())
}
