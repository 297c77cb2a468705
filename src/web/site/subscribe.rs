//! The way in: a form, a mail that asks, a page that says yes.

use std::time::Duration;

use askama::Template;
use axum::Router;
use axum::extract::{Path, RawForm, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use url::Url;

use super::Site;
use super::cards::Label;
use super::chrome::{Chrome, FormChoice, MessagePage, bad_link, ended_link, unknown_link};
use super::error::PageError;
use super::language::Language;
use super::query::{self, FilterQuery};
use super::sentence::Sentence;
use super::ways::Ways;
use crate::counted::SIGN_UPS;
use crate::domain::address::EmailAddress;
use crate::domain::event::Kind;
use crate::domain::links::Links;
use crate::domain::standard;
use crate::domain::subscriber::NewSubscriber;
use crate::domain::text::is_same;
use crate::domain::token::{CONFIRM_HOURS, TokenError};
use crate::domain::wording::Locale;
use crate::office::readers::WrongWish;
use crate::store::WishOutcome;
use crate::web::http::client::Client;

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
    digests: Vec<FormChoice>,
    topics: Vec<FormChoice>,
    kinds: Vec<FormChoice>,
    /// Whether any of them is chosen.
    has_kinds: bool,
    /// Of the mails.
    locales: Vec<FormChoice>,
    email: String,
    error: String,
    /// Where a form on another site wants to lead back to.
    return_to: String,
}

async fn form(State(site): State<Site>, language: Language, asked: FilterQuery) -> Result<Response, PageError> {
    // As a page about a topic or a kind asks.
    let form = Form { topics: asked.all("topic"), kinds: asked.all("kind"), ..Form::default() };
    let page = form_page(&site, &language, &form, String::new()).await?;
    Ok(page.chrome.page(StatusCode::OK, &page)?)
}

#[derive(Default)]
struct Form {
    email: String,
    digests: Vec<String>,
    topics: Vec<String>,
    kinds: Vec<String>,
    /// The language that the mails should be in.
    locale: Option<Locale>,
    /// People don't see this field; programs that fill in forms do. No browser fills in what has this name.
    subject: String,
    /// Where a form on another site leads back to; our own page, if it is empty or not one of those that may be.
    return_to: String,
}

impl Form {
    fn parse(body: &[u8]) -> Self {
        let mut form = Self::default();
        for (key, value) in url::form_urlencoded::parse(body) {
            match &*key {
                "email" => form.email = value.into_owned(),
                "digest" => form.digests.push(value.into_owned()),
                "topic" => form.topics.push(value.into_owned()),
                "kind" => form.kinds.push(value.into_owned()),
                "locale" => form.locale = value.parse().ok(),
                "subject" => form.subject = value.into_owned(),
                "return" => form.return_to = value.into_owned(),
                _ => {}
            }
        }
        form
    }

    /// Where it leads back to, if the configuration lets it.
    fn returns(&self, site: &Site) -> Option<Url> {
        let address = Url::parse(self.return_to.trim()).ok()?;
        site.config.site.return_to.iter().any(|allowed| allowed.covers(&address)).then_some(address)
    }
}

async fn form_page(site: &Site, language: &Language, form: &Form, error: String) -> Result<FormPage, PageError> {
    let digests = &site.config.digests;
    let choices = digests.iter().map(|digest| FormChoice {
        value: digest.slug.as_str().into(),
        label: site.config.title_of(digest, language.locale()).into(),
        description: site.config.description_of(digest, language.locale()).into(),
        is_chosen: form.digests.iter().any(|slug| slug == digest.slug.as_str())
            || (form.digests.is_empty() && digests.len() == 1),
    });
    let topics = subjects(site, &form.topics).await?.into_iter();
    Ok(FormPage {
        digests: choices.collect(),
        topics: topics
            .map(|topic| FormChoice::new(topic.clone(), topic.clone(), form.topics.contains(&topic)))
            .collect(),
        has_kinds: !form.kinds.is_empty(),
        kinds: FormChoice::of_kinds(language.locale(), |kind| form.kinds.iter().any(|word| word == kind.as_str())),
        locales: FormChoice::of_languages(form.locale.or(Some(language.locale()))),
        email: form.email.clone(),
        return_to: form.returns(site).map(String::from).unwrap_or_default(),
        error,
        chrome: Chrome::of(site, language),
    })
}

/// What mail can be about: topics, and what is asked for that is a standard of events that pages show.
async fn subjects(site: &Site, asked: &[String]) -> Result<Vec<String>, PageError> {
    let (mut subjects, snapshot) = (topics(site).await?, site.snapshots.current().await?);
    let is_standard = |label: &&String| {
        let key = standard::key_of_number(label);
        key.is_some_and(|key| snapshot.standards().any(|(name, _)| standard::matches(&standard::key(name), &key)))
    };
    let others = asked.iter().filter(is_standard).filter(|asked| !subjects.iter().any(|known| is_same(known, asked)));
    let others: Vec<String> = others.cloned().collect();
    subjects.extend(others);
    Ok(subjects)
}

/// The topics that published events carry.
pub async fn topics(site: &Site) -> Result<Vec<String>, PageError> {
    let snapshot = site.snapshots.current().await?;
    let gather = move || snapshot.topics().map(|(topic, _)| topic.to_owned()).collect();
    Ok(site.work.run(gather).await?)
}

/// Always the same answer after the same time, so that nobody learns whose address is known, or was too much.
async fn subscribe(
    State(site): State<Site>,
    Client(network): Client,
    language: Language,
    RawForm(body): RawForm,
) -> Result<Response, PageError> {
    let form = Form::parse(&body);
    let locale = language.locale();
    let wish = match wish(&site, &form, language.chosen()).await? {
        Ok(wish) => wish,
        Err(wrong) => {
            SIGN_UPS.add("wrong");
            let page = form_page(&site, &language, &form, wrong.tell(locale)).await?;
            return Ok(page.chrome.page(StatusCode::BAD_REQUEST, &page)?);
        }
    };
    let answer_at = tokio::time::Instant::now() + ANSWERED_AFTER;
    if form.subject.is_empty() {
        match site.office.sign_up(&wish, network).await? {
            WishOutcome::Limited(limit) => {
                SIGN_UPS.add("limited");
                tracing::warn!(to = ?wish.email, %network, ?limit, "too many sign-ups: nothing was sent");
            }
            request => {
                SIGN_UPS.add("taken");
                tracing::info!(to = ?wish.email, %network, ?request, "wish to subscribe");
            }
        }
    } else {
        SIGN_UPS.add("program");
        tracing::info!(to = ?wish.email, %network, "a program filled in the form: nothing was done");
    }
    tokio::time::sleep_until(answer_at).await;
    if let Some(back) = form.returns(&site) {
        let headers = [(header::LOCATION, back.as_str()), (header::CACHE_CONTROL, "no-store")];
        return Ok((StatusCode::SEE_OTHER, headers).into_response());
    }
    let text = [("address", wish.email.as_str().into()), ("hours", CONFIRM_HOURS.into())];
    let text = locale.tell("subscribe-asked-text", text);
    let mut answer = MessagePage::new(&site, &language, locale.say("subscribe-asked"), text).respond(StatusCode::OK)?;
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(answer)
}

/// What the form asks for, or what is wrong with it. Mail comes in the language that it says, or else in this one.
async fn wish(site: &Site, form: &Form, locale: Option<Locale>) -> Result<Result<NewSubscriber, Sentence>, PageError> {
    let email = match form.email.parse::<EmailAddress>() {
        Ok(email) => email,
        Err(_) if form.email.chars().any(char::is_control) => {
            return Ok(Err(Sentence::about("wrong-email-lines", &form.email)));
        }
        Err(_) => return Ok(Err(Sentence::about("wrong-email", &form.email))),
    };
    let kinds: Vec<Kind> = match form.kinds.iter().map(|word| query::kind(word)).collect::<Result<_, _>>() {
        Ok(kinds) => kinds,
        Err(wrong) => return Ok(Err(wrong)),
    };
    // Who says nothing of kinds keeps those that were chosen before.
    let kinds = Some(kinds).filter(|kinds| !kinds.is_empty());
    let wish = site.office.wish(email, &form.digests, &form.topics, &subjects(site, &form.topics).await?);
    let locale = form.locale.or(locale).map(|locale| locale.to_string());
    Ok(wish.map(|wish| NewSubscriber { locale, kinds, ..wish }).map_err(|wrong| match wrong {
        WrongWish::AddressHere => Sentence::about("wrong-email-here", &form.email),
        WrongWish::NoDigest => Sentence::new("subscribe-none-chosen"),
        WrongWish::Topic(gone) => gone.into(),
    }))
}

async fn ask(State(site): State<Site>, Path(token): Path<String>, language: Language) -> Result<Response, PageError> {
    let (_, titles, language) = match open(&site, &token, language).await? {
        Ok(sign_up) => sign_up,
        Err(closed) => return Ok(closed),
    };
    let locale = language.locale();
    let text = locale.with("confirm-what", "digests", titles);
    let mut page = MessagePage::new(&site, &language, locale.say("confirm"), text);
    page.button = Some(locale.say("confirm-yes"));
    Ok(page.respond(StatusCode::OK)?)
}

async fn confirm(
    State(site): State<Site>,
    Path(token): Path<String>,
    language: Language,
) -> Result<Response, PageError> {
    let (sign_up, _, language) = match open(&site, &token, language).await? {
        Ok(sign_up) => sign_up,
        Err(closed) => return Ok(closed),
    };
    let locale = language.locale();
    let Some(confirmed) = site.office.confirm(sign_up).await? else { return Ok(unknown_link(&site, &language)?) };
    if confirmed.digests.is_empty() {
        let (title, text) = (locale.say("confirm-used"), locale.say("confirm-used-text"));
        return Ok(MessagePage::new(&site, &language, title, text).respond(StatusCode::GONE)?);
    }
    let text = locale.with("confirm-done-text", "digests", site.config.titles(locale, &confirmed.digests));
    let mut page = MessagePage::new(&site, &language, locale.say("confirm-done"), text);
    let coming = site.office.what_comes(&confirmed.digests, locale).await?;
    let day = |at| locale.long_day(site.config.site.timezone.at(at).date());
    page.lines.extend(coming.next_at.map(|at| locale.with("confirm-next", "day", day(at))));
    page.onward.extend(coming.last.map(|last| Label {
        name: locale.with("confirm-last", "day", day(last.scheduled_for)),
        url: Links::HERE.edition(&last.digest, last.number),
    }));
    page.ways = confirmed.calendar.map(|address| Ways::of_own(address, site.config.feed_title()));
    Ok(page.respond(StatusCode::OK)?)
}

/// The sign-up that a link stands for, its digests in words, and the language of who follows it; or the answer to one
/// that opens nothing.
async fn open(
    site: &Site,
    token: &str,
    language: Language,
) -> Result<Result<(i64, String, Language), Response>, PageError> {
    let (id, asked) = match site.office.asked_by(token).await? {
        Ok(asked) => asked,
        Err(TokenError::Ended) => return Ok(Err(ended_link(site, &language)?)),
        Err(TokenError::Unknown) => return Ok(Err(unknown_link(site, &language)?)),
        Err(TokenError::Expired) => {
            let why = language.locale().with("confirm-expired", "hours", CONFIRM_HOURS);
            return Ok(Err(bad_link(site, &language, StatusCode::GONE, why)?));
        }
    };
    let language = language.of_reader(asked.locale.as_deref());
    let titles = site.config.titles(language.locale(), &asked.digests);
    Ok(Ok((id, titles, language)))
}
