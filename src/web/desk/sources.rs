//! `/admin/sources`: foreign calendars, feeds and pages, and how reading them goes.

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

use super::Desk;
use super::chrome::Chrome;
use super::sent::Sent;
use super::trouble::Trouble;
use super::visitor::{At, Sources};
use crate::domain::links::DESK;
use crate::domain::source::Trust;
use crate::domain::text;
use crate::office::sources;
use crate::shape::source::SyncOutcome;

pub fn router() -> Router<Desk> {
    Router::new().route("/sources", get(show).post(act))
}

struct Source {
    name: String,
    url: String,
    read: String,
    next: String,
    health: String,
    /// It suddenly lacks most of what it had, and waits to be believed.
    is_held: bool,
    /// Drafts of it that wait.
    drafts: usize,
}

#[derive(Template)]
#[template(path = "desk/sources.html")]
struct SourcesPage {
    chrome: Chrome,
    sources: Vec<Source>,
    done: String,
    wrong: String,
}

async fn show(at: At<Sources>) -> Result<Response, Trouble> {
    page(&at, String::new(), StatusCode::OK).await
}

async fn page(at: &At<Sources>, wrong: String, status: StatusCode) -> Result<Response, Trouble> {
    let locale = at.locale();
    let never = || locale.say("desk-never");
    let sources = at.office().sources().await?.into_iter().map(|source| Source {
        read: source.read_at.map_or_else(never, |read| at.moment(read)),
        next: source.next_at.map_or_else(never, |next| at.moment(next)),
        health: sources::health(&source),
        is_held: source.held.is_some(),
        drafts: source.watched.as_ref().map_or(0, |watched| watched.drafts),
        name: source.name,
        url: source.url,
    });
    let sources = sources.collect();
    let page = SourcesPage { chrome: at.chrome(locale.say("desk-sources")).await?, sources, done: at.done(), wrong };
    page.chrome.page(status, &page)
}

async fn act(at: At<Sources>, sent: Sent) -> Result<Response, Trouble> {
    let trust = match sent.button() {
        "read" => Trust::Careful,
        "believe" => Trust::Believed,
        _ => return Err(Trouble::NotFound),
    };
    match at.office().sync_source(sent.text("name"), trust).await {
        Ok(read) => match read.outcome {
            SyncOutcome::Failed { error, .. } => page(&at, text::single_line(&error), StatusCode::CONFLICT).await,
            _ => Ok(Redirect::to(&format!("{DESK}/sources?done=read")).into_response()),
        },
        Err(error) => {
            let (wrong, status) = at.refusal(error)?;
            page(&at, wrong, status).await
        }
    }
}
