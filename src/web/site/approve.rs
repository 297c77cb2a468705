//! An editor's approval of an edition: by a link of their own, once.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use super::Site;
use super::chrome::{Chrome, MessagePage, bad_link, unknown_link};
use super::error::PageError;
use super::language::Language;
use crate::domain::approval::LinkTrouble;
use crate::markdown;
use crate::shape::draft::DraftRecord;

pub fn router() -> Router<Site> {
    Router::new().route("/approve/{token}", get(show).post(approve))
}

#[derive(Template)]
#[template(path = "page/approve.html")]
struct ApprovePage {
    chrome: Chrome,
    title: String,
    text: String,
    note: String,
    draft: DraftRecord,
}

/// Shows the edition and changes nothing: link scanners follow every link.
async fn show(State(site): State<Site>, Path(token): Path<String>, language: Language) -> Result<Response, PageError> {
    let behind = site.office.asked_edition(&token).await?;
    let language = language.of_reader(behind.locale.map(|locale| locale.tag()));
    let asked = match behind.found {
        Ok(asked) => asked,
        Err(trouble) => return closed(&site, &language, trouble),
    };
    let locale = language.locale();
    let of = || [("digest", asked.title.as_str().into()), ("when", asked.when.as_str().into())];
    let page = ApprovePage {
        chrome: Chrome::of(&site, &language),
        title: locale.tell("approve-title", of()),
        text: locale.tell("approve-what", of()),
        note: markdown::note_html(&asked.note),
        draft: asked.draft,
    };
    Ok(page.chrome.page(StatusCode::OK, &page)?)
}

async fn approve(
    State(site): State<Site>,
    Path(token): Path<String>,
    language: Language,
) -> Result<Response, PageError> {
    let behind = site.office.approve_by_link(&token).await?;
    let language = language.of_reader(behind.locale.map(|locale| locale.tag()));
    let approved = match behind.found {
        Ok(approved) => approved,
        Err(trouble) => return closed(&site, &language, trouble),
    };
    tracing::info!(digest = approved.digest, moment = %approved.scheduled_for, "an edition was approved by a link");
    let locale = language.locale();
    let text = if approved.is_due { locale.say("approve-goes-now") } else { locale.say("approve-goes-then") };
    Ok(MessagePage::new(&site, &language, locale.say("approve-done"), text).respond(StatusCode::OK)?)
}

/// The answer to a link that does nothing.
fn closed(site: &Site, language: &Language, trouble: LinkTrouble) -> Result<Response, PageError> {
    let locale = language.locale();
    let (status, why) = match trouble {
        LinkTrouble::Unknown => return Ok(unknown_link(site, language)?),
        LinkTrouble::Left => (StatusCode::FORBIDDEN, locale.say("approve-left")),
        LinkTrouble::Used => (StatusCode::GONE, locale.say("approve-used")),
        LinkTrouble::Changed => (StatusCode::CONFLICT, locale.say("approve-changed")),
        LinkTrouble::Approved(who) => (StatusCode::CONFLICT, locale.with("approve-approved", "who", who)),
        LinkTrouble::Made(name) => (StatusCode::GONE, locale.with("approve-made", "edition", name.to_string())),
        LinkTrouble::Over => (StatusCode::GONE, locale.say("approve-over")),
    };
    Ok(bad_link(site, language, status, why)?)
}
