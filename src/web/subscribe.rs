//! The way in: a form, a mail that asks, a page that says yes.

use std::time::Duration;

use askama::Template;
use axum::Router;
use axum::extract::{Path, RawForm, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

use super::Site;
use super::chrome::{BAD_LINK, Choice, Chrome, MessagePage, unknown_link};
use super::client::Client;
use super::error::PageError;
use super::pages::webcal;
use super::personal;
use crate::config::Config;
use crate::domain::address::EmailAddress;
use crate::domain::subscriber::NewSubscriber;
use crate::domain::token::{Purpose, TokenError};
use crate::mail::confirmation;
use crate::store::{Request, SignUp};

pub fn router() -> Router<Site> {
    Router::new().route("/subscribe", get(form).post(subscribe))
}

/// The pages behind links in mails.
pub fn links() -> Router<Site> {
    Router::new().route("/confirm/{token}", get(ask).post(confirm))
}

/// A wish is answered no sooner than this, whatever became of it: how long it took tells nobody about an address.
const ANSWERED_AFTER: Duration = Duration::from_millis(300);

#[derive(Template)]
#[template(path = "page/subscribe.html")]
struct FormPage {
    chrome: Chrome,
    digests: Vec<Choice>,
    topics: Vec<Choice>,
    email: String,
    error: String,
}

/// What a confirmation link is answered with that opens nothing.
fn bad_link(site: &Site, error: TokenError) -> Result<Response, PageError> {
    match error {
        TokenError::Unknown => Ok(unknown_link(site)?),
        TokenError::Expired => {
            let text = "This link was valid for 72 hours. Please subscribe once more to get a new one.";
            Ok(MessagePage::new(site, BAD_LINK, text).respond(StatusCode::GONE)?)
        }
    }
}

async fn form(State(site): State<Site>) -> Result<Html<String>, PageError> {
    Ok(Html(form_page(&site, &Form::default(), String::new()).await?.render()?))
}

#[derive(Default)]
struct Form {
    email: String,
    digests: Vec<String>,
    topics: Vec<String>,
    /// People don't see this field; programs that fill in forms do. No browser fills in what has this name.
    subject: String,
}

impl Form {
    fn parse(body: &[u8]) -> Self {
        let mut form = Self::default();
        for (key, value) in url::form_urlencoded::parse(body) {
            match &*key {
                "email" => form.email = value.into_owned(),
                "digest" => form.digests.push(value.into_owned()),
                "topic" => form.topics.push(value.into_owned()),
                "subject" => form.subject = value.into_owned(),
                _ => {}
            }
        }
        form
    }
}

async fn form_page(site: &Site, form: &Form, error: String) -> Result<FormPage, PageError> {
    let digests = &site.config.digests;
    let choices = digests.iter().map(|digest| Choice {
        value: digest.slug.as_str().into(),
        label: digest.title().into(),
        description: digest.description.clone(),
        is_chosen: form.digests.iter().any(|slug| slug == digest.slug.as_str())
            || (form.digests.is_empty() && digests.len() == 1),
    });
    let topics = topics(site).await?.into_iter().map(|topic| Choice {
        is_chosen: form.topics.contains(&topic),
        label: topic.clone(),
        description: String::new(),
        value: topic,
    });
    Ok(FormPage {
        digests: choices.collect(),
        topics: topics.collect(),
        email: form.email.clone(),
        error,
        chrome: Chrome::of(site),
    })
}

/// The topics that published events carry.
pub async fn topics(site: &Site) -> Result<Vec<String>, PageError> {
    let snapshot = site.snapshots.current().await?;
    let public = snapshot.events.iter().filter(|event| event.is_public() && !event.removed);
    let mut topics: Vec<String> = public.flat_map(|event| event.details.topics.clone()).collect();
    topics.sort_by_key(|topic| topic.to_lowercase());
    topics.dedup_by_key(|topic| topic.to_lowercase());
    Ok(topics)
}

/// Always the same answer after the same time, so that nobody learns whose address is known, or was too much.
async fn subscribe(
    State(site): State<Site>,
    Client(network): Client,
    RawForm(body): RawForm,
) -> Result<Response, PageError> {
    let form = Form::parse(&body);
    let wish = match wish(&site, &form).await? {
        Ok(wish) => wish,
        Err(reason) => {
            let page = form_page(&site, &form, reason).await?;
            return Ok((StatusCode::BAD_REQUEST, Html(page.render()?)).into_response());
        }
    };
    let answer_at = tokio::time::Instant::now() + ANSWERED_AFTER;
    if form.subject.is_empty() {
        let origin = format!("on {}/subscribe", site.config.site.base_url.as_str());
        let mail_domain = site.config.mail.from.address.domain();
        let sign_up = SignUp { wish: &wish, origin: &origin, network: Some(network), only_once: false, mail_domain };
        let letter = confirmation::writer(&site.config, &site.key, &site.store, &wish.digests);
        match site.store.ask_for_consent(sign_up, letter).await? {
            Request::Limited(limit) => {
                tracing::warn!(to = ?wish.email, %network, ?limit, "too many sign-ups: nothing was sent");
            }
            request => tracing::info!(to = ?wish.email, %network, ?request, "wish to subscribe"),
        }
    } else {
        tracing::info!(to = ?wish.email, %network, "a program filled in the form: nothing was done");
    }
    tokio::time::sleep_until(answer_at).await;
    let text = format!(
        "If {} can get mail and is not on the list yet, a message is on its way to it. Open the link in it within 72 \
         hours to confirm; without that, nothing more is sent. Who gets the mails already finds in each a link to \
         change what comes.",
        wish.email
    );
    Ok(MessagePage::new(&site, "Look into your mailbox", text).respond(StatusCode::OK)?)
}

/// What the form asks for, or what is wrong with it.
async fn wish(site: &Site, form: &Form) -> Result<Result<NewSubscriber, String>, PageError> {
    let email: EmailAddress = match form.email.parse() {
        Ok(email) => email,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let offered = site.config.digests.iter().map(|digest| digest.slug.as_str());
    let digests: Vec<String> =
        offered.filter(|slug| form.digests.iter().any(|d| d == slug)).map(str::to_owned).collect();
    if digests.is_empty() {
        return Ok(Err("Choose at least one newsletter.".into()));
    }
    let known = topics(site).await?;
    let topics = form.topics.iter().filter(|topic| known.contains(topic)).cloned().collect();
    Ok(Ok(NewSubscriber { topics: Some(topics), ..NewSubscriber::of(email, digests) }))
}

async fn ask(State(site): State<Site>, Path(token): Path<String>) -> Result<Response, PageError> {
    let (_, titles) = match open(&site, &token).await? {
        Ok(sign_up) => sign_up,
        Err(error) => return bad_link(&site, error),
    };
    let text = format!("One more click, and you get {titles}.");
    let mut page = MessagePage::new(&site, "Confirm your subscription", text);
    page.button = Some("Yes, I want it");
    Ok(page.respond(StatusCode::OK)?)
}

async fn confirm(State(site): State<Site>, Path(token): Path<String>) -> Result<Response, PageError> {
    let (sign_up, _) = match open(&site, &token).await? {
        Ok(sign_up) => sign_up,
        Err(error) => return bad_link(&site, error),
    };
    let Some(confirmed) = site.store.confirm(sign_up).await? else { return bad_link(&site, TokenError::Unknown) };
    if confirmed.digests.is_empty() {
        let text = "You said yes with this link before and have left since. To come back, please subscribe once more.";
        return Ok(MessagePage::new(&site, "This link was used", text).respond(StatusCode::GONE)?);
    }
    let titles = titles(&site.config, &confirmed.digests);
    let text = format!("From now on you get {titles}. Each mail has a link with which you change that or leave.");
    let mut page = MessagePage::new(&site, "Thank you", text);
    // Whoever follows the link again may have it from a mail that was passed on.
    if confirmed.is_first_use
        && let Some(calendar) = site.store.personal_calendar_of_sign_up(sign_up).await?
    {
        let url = personal::url(&site.config, &site.key, calendar);
        page.link = Some((webcal(&url), "Follow a calendar of what I chose"));
    }
    Ok(page.respond(StatusCode::OK)?)
}

/// Digests in words: `“The week ahead” and “Deadlines”`.
pub fn titles(config: &Config, digests: &[String]) -> String {
    let title = |slug: &String| format!("“{}”", config.digest(slug).map_or(slug.as_str(), |digest| digest.title()));
    digests.iter().map(title).collect::<Vec<_>>().join(" and ")
}

/// The sign-up that a link stands for, and its digests in words.
async fn open(site: &Site, token: &str) -> Result<Result<(i64, String), TokenError>, PageError> {
    let id = match site.key.open(Purpose::Confirm, token, site.store.now()) {
        Ok(id) => id,
        Err(error) => return Ok(Err(error)),
    };
    let Some(digests) = site.store.sign_up(id).await? else { return Ok(Err(TokenError::Unknown)) };
    Ok(Ok((id, titles(&site.config, &digests))))
}
