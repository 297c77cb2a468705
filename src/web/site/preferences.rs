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

use super::Site;
use super::chrome::{MessagePage, bad_link, ended_link, unknown_link};
use super::error::PageError;
use super::language::Language;
use crate::domain::network::Network;
use crate::domain::refused::Code;
use crate::domain::token::{OWN_LINK_MINUTES, TokenError};
use crate::office::{Error, readers as office};
use crate::store::{ChangedChoices, LinkRequest};
use crate::web::http::client::Client;
use form::{Action, Form};
use page::{ForgetPage, Notice, PreferencesPage};

pub fn router() -> Router<Site> {
    Router::new().route("/preferences/{token}", get(show).post(act))
}

/// Who follows a link, as far as it tells.
struct Visitor {
    known: office::Visitor,
    /// The reader's own, but for another that was asked for.
    language: Language,
}

async fn show(State(site): State<Site>, Path(token): Path<String>, language: Language) -> Result<Response, PageError> {
    match open(&site, &token, language).await? {
        Ok(visitor) => answer(&site, &visitor, None).await,
        Err(closed) => Ok(closed),
    }
}

/// Whom a link stands for, or the answer to one that opens nothing.
async fn open(site: &Site, token: &str, language: Language) -> Result<Result<Visitor, Response>, PageError> {
    let locale = language.locale();
    let known = match site.office.visitor(token).await? {
        Ok(known) => known,
        Err(TokenError::Expired) => {
            let why = locale.with("preferences-expired", "minutes", OWN_LINK_MINUTES);
            return Ok(Err(bad_link(site, &language, StatusCode::GONE, why)?));
        }
        Err(TokenError::Ended) => return Ok(Err(ended_link(site, &language)?)),
        Err(TokenError::Unknown) => return Ok(Err(unknown_link(site, &language)?)),
    };
    match known {
        Some(known) => Ok(Ok(Visitor { language: language.of_reader(known.reader.locale.as_deref()), known })),
        None => {
            let (title, text) = (locale.say("preferences-nobody"), locale.say("preferences-nobody-text"));
            Ok(Err(MessagePage::new(site, &language, title, text).respond(StatusCode::GONE)?))
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
    Client(network): Client,
    language: Language,
    RawForm(body): RawForm,
) -> Result<Response, PageError> {
    let mut visitor = match open(&site, &token, language).await? {
        Ok(visitor) => visitor,
        Err(closed) => return Ok(closed),
    };
    let form = Form::parse(&body);
    let locale = visitor.language.locale();
    let action = match form.action() {
        Ok(action) => action,
        Err(wrong) => {
            return answer(&site, &visitor, Some(Notice::error(StatusCode::BAD_REQUEST, wrong.tell(locale)))).await;
        }
    };
    tracing::info!(subscriber = visitor.known.reader.id, ?action, "preferences");
    let notice = match (action, visitor.known.owner()) {
        (Action::Save, _) => save(&site, &visitor, &form).await?,
        (Action::Leave, _) => {
            site.office.leave_everything(&visitor.known).await?;
            Notice::done(locale.say("preferences-left"))
        }
        (Action::Link, _) => mail_link(&site, &visitor, network).await?,
        (Action::RenewCalendar, Some(owner)) => {
            site.office.renew_calendar(owner).await?;
            Notice::done(locale.say("preferences-calendar-renewed"))
        }
        (Action::RevokeCalendar, Some(owner)) => {
            site.office.revoke_calendar(owner).await?;
            Notice::done(locale.say("preferences-calendar-revoked"))
        }
        (Action::Export, Some(owner)) => return export(&site, owner).await,
        (Action::Forget, Some(_)) => return Ok(ForgetPage::of(&site, &visitor).respond()?),
        (Action::ForgetNow, Some(owner)) => {
            match site.office.forget_owner(owner).await {
                // Who changes things for the office can't be nobody.
                Err(Error::Refused(refused)) if refused.code == Code::Conflict => {
                    let text = locale.say("forget-editor");
                    return answer(&site, &visitor, Some(Notice::error(StatusCode::CONFLICT, text))).await;
                }
                forgotten => forgotten?,
            };
            let (title, text) = (locale.say("forget-done"), locale.say("forget-done-text"));
            return Ok(MessagePage::new(&site, &visitor.language, title, text).respond(StatusCode::OK)?);
        }
        (_, None) => {
            let text = locale.say("preferences-link-first");
            return answer(&site, &visitor, Some(Notice::error(StatusCode::FORBIDDEN, text))).await;
        }
    };
    match site.office.again(&visitor.known).await? {
        Some(known) => {
            visitor.language = visitor.language.of_reader(known.reader.locale.as_deref());
            visitor.known = known;
        }
        None => return Ok(unknown_link(&site, &visitor.language)?),
    }
    answer(&site, &visitor, Some(notice)).await
}

async fn save(site: &Site, visitor: &Visitor, form: &Form) -> Result<Notice, PageError> {
    let known = super::subscribe::topics(site).await?;
    let choices = match form.choices(&site.config, &visitor.known.reader, &known) {
        Ok(choices) => choices,
        Err(wrong) => return Ok(Notice::error(StatusCode::BAD_REQUEST, wrong.tell(visitor.language.locale()))),
    };
    let changed = site.office.choose(&visitor.known, &choices).await?;
    // The page that says so may be in another language from now on.
    let language = match &choices.locale {
        Some(locale) => visitor.language.clone().of_reader(locale.as_deref()),
        None => visitor.language.clone(),
    };
    let locale = language.locale();
    if changed == ChangedChoices::default() {
        return Ok(Notice::done(locale.say("preferences-unchanged")));
    }
    let told = |phrase: &str, digests: &[String]| {
        (!digests.is_empty()).then(|| locale.with(phrase, "digests", site.config.titles(locale, digests)))
    };
    let sentences = [
        Some(locale.say("preferences-saved")),
        told("preferences-joined", &changed.joined),
        told("preferences-no-longer", &changed.left),
    ];
    let sentences: Vec<_> = sentences.into_iter().flatten().collect();
    Ok(Notice::done(sentences.join(&locale.say("sentence-space"))))
}

async fn mail_link(site: &Site, visitor: &Visitor, network: Network) -> Result<Notice, PageError> {
    let locale = visitor.language.locale();
    Ok(match site.office.mail_own_link(&visitor.known, locale, network).await? {
        LinkRequest::Mailed => {
            let address = visitor.known.reader.email.masked();
            let text = [("address", address.into()), ("minutes", OWN_LINK_MINUTES.into())];
            Notice::done(locale.tell("preferences-link-mailed", text))
        }
        LinkRequest::Limited(_) => {
            Notice::error(StatusCode::TOO_MANY_REQUESTS, locale.say("preferences-too-many-links"))
        }
    })
}

/// All that is kept of the reader, as a file.
async fn export(site: &Site, owner: office::Owner<'_>) -> Result<Response, PageError> {
    let record = site.office.record_of(owner).await?;
    let text = serde_json::to_string_pretty(&record).map_err(|e| PageError::Internal(Box::new(e)))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"my-data.json\"")),
    ];
    Ok((headers, text).into_response())
}
