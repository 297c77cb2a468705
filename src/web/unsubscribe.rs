//! The way out: one click, by a mail program (RFC 8058) or by hand.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use super::Site;
use super::chrome::{MessagePage, unknown_link};
use super::error::PageError;
use crate::domain::subscriber::Consent;
use crate::domain::token::Purpose;

pub fn router() -> Router<Site> {
    Router::new().route("/unsubscribe/{token}", get(ask).post(leave))
}

/// Shows what would happen and changes nothing: link scanners follow every link.
async fn ask(State(site): State<Site>, Path(token): Path<String>) -> Result<Response, PageError> {
    let Ok(id) = site.key.open(Purpose::Unsubscribe, &token, site.store.now()) else {
        return Ok(unknown_link(&site)?);
    };
    let Some(subscription) = site.store.subscription(id).await?.filter(|s| s.status != Consent::Left) else {
        return gone(&site);
    };
    let title = site.config.digest(&subscription.digest).map_or(subscription.digest.clone(), |d| d.title().to_owned());
    let text = format!("{} gets “{title}”. One click ends that.", subscription.email.masked());
    let mut page = MessagePage::new(&site, "Unsubscribe", text);
    page.button = Some("Unsubscribe");
    if site.config.digests.len() > 1 {
        page.second_button = Some("Unsubscribe from everything");
    }
    Ok(page.respond(StatusCode::OK)?)
}

/// Ends the subscription. Needs no cookie and no second step, answers the same the second time (RFC 8058 section 3.2).
async fn leave(State(site): State<Site>, Path(token): Path<String>, body: Bytes) -> Result<Response, PageError> {
    let Ok(id) = site.key.open(Purpose::Unsubscribe, &token, site.store.now()) else {
        return Ok(unknown_link(&site)?);
    };
    let all = url::form_urlencoded::parse(&body).any(|(key, _)| key == "all");
    site.store.leave(id, all).await?;
    tracing::info!(subscription = id, all, "unsubscribed");
    gone(&site)
}

fn gone(site: &Site) -> Result<Response, PageError> {
    let text = "No further edition comes to you. A mail that was already on its way may still arrive.";
    Ok(MessagePage::new(site, "You are unsubscribed", text).respond(StatusCode::OK)?)
}
