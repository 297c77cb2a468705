//! The way out: one click, by a mail program (RFC 8058) or by hand.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use super::Site;
use super::cards::Label;
use super::chrome::{MessagePage, ended_link, unknown_link};
use super::error::PageError;
use super::language::Language;
use crate::domain::links::Links;
use crate::domain::subscriber::Consent;
use crate::domain::token::TokenError;

pub fn router() -> Router<Site> {
    Router::new().route("/unsubscribe/{token}", get(ask).post(leave))
}

/// Shows what would happen and changes nothing: link scanners follow every link.
async fn ask(State(site): State<Site>, Path(token): Path<String>, language: Language) -> Result<Response, PageError> {
    let (id, subscription) = match site.office.subscription_behind(&token).await? {
        Ok(behind) => behind,
        Err(error) => return closed(&site, &language, error),
    };
    let Some(subscription) = subscription else { return gone(&site, &language, None).await };
    let language = language.of_reader(subscription.locale.as_deref());
    if subscription.status == Consent::Left {
        return gone(&site, &language, Some(id)).await;
    }
    let locale = language.locale();
    let titles = site.config.titles(locale, &[subscription.digest]);
    let text = [("address", subscription.email.masked().into()), ("digests", titles.into())];
    let text = locale.tell("unsubscribe-what", text);
    let mut page = MessagePage::new(&site, &language, locale.say("unsubscribe"), text);
    page.button = Some(locale.say("unsubscribe"));
    if site.config.digests.len() > 1 {
        page.second_button = Some(locale.say("unsubscribe-all"));
    }
    Ok(page.respond(StatusCode::OK)?)
}

/// Ends the subscription. Needs no cookie and no second step, answers the same the second time (RFC 8058 section 3.2).
async fn leave(
    State(site): State<Site>,
    Path(token): Path<String>,
    language: Language,
    body: Bytes,
) -> Result<Response, PageError> {
    let (id, subscription) = match site.office.subscription_behind(&token).await? {
        Ok(behind) => behind,
        Err(error) => return closed(&site, &language, error),
    };
    let all = url::form_urlencoded::parse(&body).any(|(key, _)| key == "all");
    site.office.leave(id, all).await?;
    tracing::info!(subscription = id, all, "unsubscribed");
    let known = subscription.as_ref().map(|_| id);
    let own = subscription.and_then(|subscription| subscription.locale);
    gone(&site, &language.of_reader(own.as_deref()), known).await
}

/// The answer to a link that opens nothing.
fn closed(site: &Site, language: &Language, error: TokenError) -> Result<Response, PageError> {
    match error {
        TokenError::Ended => Ok(ended_link(site, language)?),
        TokenError::Expired | TokenError::Unknown => Ok(unknown_link(site, language)?),
    }
}

/// The answer to whom this subscription brings nothing any more, with the way back if they are known.
async fn gone(site: &Site, language: &Language, subscription: Option<i64>) -> Result<Response, PageError> {
    let locale = language.locale();
    let (title, text) = (locale.say("unsubscribe-done"), locale.say("unsubscribe-done-text"));
    let mut page = MessagePage::new(site, language, title, text);
    let token = match subscription {
        Some(subscription) => site.office.choices_token(subscription).await?,
        None => None,
    };
    page.lines.extend(token.is_some().then(|| locale.say("unsubscribe-back-why")));
    page.onward.extend(
        token.map(|token| Label { name: locale.say("unsubscribe-back"), url: Links::HERE.preferences(&token) }),
    );
    Ok(page.respond(StatusCode::OK)?)
}
