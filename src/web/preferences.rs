//! `/preferences/{token}`: what a reader gets and chose, and what is theirs.
//!
//! The link in every mail shows and changes choices, and hides whose they are, because mails are passed on. What would
//! harm the reader in other hands (their data, their calendar's address, being forgotten) needs a link that was just
//! mailed to them. GET changes nothing; the token is the only credential, so no other site can post for the reader.

mod form;
mod page;

use axum::Router;
use axum::extract::{Path, RawForm, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::chrome::{BAD_LINK, MessagePage, unknown_link};
use super::error::PageError;
use super::subscribe::titles;
use super::{Site, personal};
use crate::domain::subscriber::Subscriber;
use crate::domain::token::{Purpose, TokenError};
use crate::mail::own_link;
use crate::store::{ChangedChoices, LinkRequest};
use form::{Action, Form};
use page::{ForgetPage, Notice, PreferencesPage};

pub fn router() -> Router<Site> {
    Router::new().route("/preferences/{token}", get(show).post(act))
}

/// Who follows a link, as far as it tells.
struct Visitor {
    reader: Subscriber,
    /// The link was just mailed to the reader, so that it is them.
    is_owner: bool,
}

async fn show(State(site): State<Site>, Path(token): Path<String>) -> Result<Response, PageError> {
    match open(&site, &token).await? {
        Ok(visitor) => answer(&site, &visitor, None).await,
        Err(closed) => Ok(closed),
    }
}

/// Whom a link stands for, or the answer to one that opens nothing.
async fn open(site: &Site, token: &str) -> Result<Result<Visitor, Response>, PageError> {
    let now = site.store.now();
    let by_mail = site.key.open(Purpose::Preferences, token, now);
    let by_request = site.key.open(Purpose::Owner, token, now);
    let (reader, is_owner) = match (by_mail, by_request) {
        (Ok(subscription), _) => (site.store.subscriber_of(subscription).await?, false),
        (_, Ok(id)) => (site.store.subscriber_by_id(id).await?, true),
        (_, Err(TokenError::Expired)) => {
            let text = format!(
                "This link was valid for {} minutes. The link “Change what you get” in each mail leads to a page where \
                 you can ask for a new one.",
                own_link::VALID_MINUTES
            );
            return Ok(Err(MessagePage::new(site, BAD_LINK, text).respond(StatusCode::GONE)?));
        }
        _ => return Ok(Err(unknown_link(site)?)),
    };
    match reader {
        Some(reader) => Ok(Ok(Visitor { reader, is_owner })),
        None => {
            let text = "Nothing is kept of the reader whom this link was for. To get mail, please subscribe once more.";
            Ok(Err(MessagePage::new(site, "Nobody is here", text).respond(StatusCode::GONE)?))
        }
    }
}

async fn answer(site: &Site, visitor: &Visitor, notice: Option<Notice>) -> Result<Response, PageError> {
    let status = notice.as_ref().map_or(StatusCode::OK, |notice| notice.status);
    Ok(PreferencesPage::of(site, visitor, notice).await?.respond(status)?)
}

async fn act(
    State(site): State<Site>,
    Path(token): Path<String>,
    RawForm(body): RawForm,
) -> Result<Response, PageError> {
    let mut visitor = match open(&site, &token).await? {
        Ok(visitor) => visitor,
        Err(closed) => return Ok(closed),
    };
    let form = Form::parse(&body);
    let action = match form.action() {
        Ok(action) => action,
        Err(reason) => return answer(&site, &visitor, Some(Notice::error(StatusCode::BAD_REQUEST, reason))).await,
    };
    if action.is_for_owner() && !visitor.is_owner {
        let text = "For that, please ask for a link first: see below.";
        return answer(&site, &visitor, Some(Notice::error(StatusCode::FORBIDDEN, text))).await;
    }
    tracing::info!(subscriber = visitor.reader.id, ?action, "preferences");
    let notice = match action {
        Action::Save => save(&site, &visitor, &form).await?,
        Action::Leave => {
            site.store.leave_everything(visitor.reader.id).await?;
            Notice::done("You get nothing any more. A mail that was already on its way may still arrive.")
        }
        Action::Link => mail_link(&site, &visitor).await?,
        Action::RenewCalendar => {
            site.store.revoke_personal_calendar(&visitor.reader.email).await?;
            site.store.personal_calendar(&visitor.reader.email).await?;
            Notice::done("Your calendar has a new address. One that it had before leads nowhere now.")
        }
        Action::RevokeCalendar => {
            site.store.revoke_personal_calendar(&visitor.reader.email).await?;
            Notice::done("Your calendar is gone, and its address leads nowhere.")
        }
        Action::Export => return export(&site, &visitor).await,
        Action::Forget => return Ok(ForgetPage::of(&site, &visitor).respond()?),
        Action::ForgetNow => return forget(&site, &visitor).await,
    };
    // As things stand now.
    match site.store.subscriber_by_id(visitor.reader.id).await? {
        Some(reader) => visitor.reader = reader,
        None => return Ok(unknown_link(&site)?),
    }
    answer(&site, &visitor, Some(notice)).await
}

async fn save(site: &Site, visitor: &Visitor, form: &Form) -> Result<Notice, PageError> {
    let known = super::subscribe::topics(site).await?;
    let choices = match form.choices(&site.config, &visitor.reader, &known) {
        Ok(choices) => choices,
        Err(reason) => return Ok(Notice::error(StatusCode::BAD_REQUEST, reason.to_string())),
    };
    let by = if visitor.is_owner { "a link mailed on request" } else { "the link in a mail" };
    let note = format!("joined on {}/preferences by {by}", site.config.site.base_url.as_str());
    let changed = site.store.change_choices(visitor.reader.id, &choices, &note).await?.unwrap_or_default();
    Ok(Notice::done(match changed == ChangedChoices::default() {
        true => "Nothing was changed.".to_owned(),
        false => {
            let mut text = "Saved.".to_owned();
            for (digests, what) in [(&changed.joined, "From now on you get"), (&changed.left, "You no longer get")] {
                if !digests.is_empty() {
                    text.push_str(&format!(" {what} {}.", titles(&site.config, digests)));
                }
            }
            text
        }
    }))
}

async fn mail_link(site: &Site, visitor: &Visitor) -> Result<Notice, PageError> {
    let letter = own_link::letter(&site.config, &site.key, &site.store, visitor.reader.id)?;
    let mail_domain = site.config.mail.from.address.domain();
    Ok(match site.store.mail_link(visitor.reader.id, &letter, mail_domain).await? {
        LinkRequest::Mailed => Notice::done(format!(
            "A link is on its way to {}. It works for {} minutes.",
            visitor.reader.email.masked(),
            own_link::VALID_MINUTES
        )),
        LinkRequest::Limited(_) => Notice::error(
            StatusCode::TOO_MANY_REQUESTS,
            "No more links can be mailed for now. Please look into your mailbox, or try again in a few hours.",
        ),
    })
}

/// All that is kept of the reader, as a file.
async fn export(site: &Site, visitor: &Visitor) -> Result<Response, PageError> {
    let mut record = site.store.record_of(visitor.reader.clone()).await?;
    personal::add_urls(&mut record, &site.config, &site.key);
    let text = serde_json::to_string_pretty(&record).map_err(|e| PageError::Internal(Box::new(e)))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"my-data.json\"")),
    ];
    Ok((headers, text).into_response())
}

async fn forget(site: &Site, visitor: &Visitor) -> Result<Response, PageError> {
    site.store.forget(&visitor.reader.email).await?;
    let text = "All that was kept of you is erased. What is left is a fingerprint that your address can't be read \
                from; it keeps others from putting you on the list again. You yourself can come back at any time.";
    Ok(MessagePage::new(site, "You are forgotten", text).respond(StatusCode::OK)?)
}
