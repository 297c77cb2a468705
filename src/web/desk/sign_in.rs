//! Coming in and leaving.

use std::time::Duration;

use askama::Template;
use axum::Router;
use axum::extract::{Path, RawForm, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use super::Desk;
use super::frame::{Frame, locale_of};
use super::guard::{Cookie, Visit, is_from_here, sign_in_address};
use super::sent::{Sent, is_place};
use super::trouble::Trouble;
use crate::domain::address::EmailAddress;
use crate::domain::desk::{SESSION_LASTS, SIGN_IN_MINUTES, SignInTrouble};
use crate::domain::links::DESK;
use crate::domain::wording::Locale;
use crate::office::desk::new_ticket;
use crate::web::http::client::Client;

/// The wish for a link is answered no sooner than this, whatever became of it: how long it took tells nobody who is an editor.
const ANSWERED_AFTER: Duration = Duration::from_millis(300);
/// A browser that asked for a link is known again for so long, in seconds.
const BROWSER_KEPT: i64 = 30 * 24 * 60 * 60;
/// The most that a form without a session needs.
const BODY_OCTETS: usize = 16 * 1024;

/// Pages for who is not in yet.
pub fn router() -> Router<Desk> {
    Router::new()
        .route("/sign-in", get(ask).post(send))
        .route("/sign-in/{ticket}", get(show).post(enter))
        .layer(axum::extract::DefaultBodyLimit::max(BODY_OCTETS))
}

/// What who is in does with their own session.
pub fn sessions() -> Router<Desk> {
    Router::new().route("/sign-out", post(leave)).route("/language", post(choose_language)).route("/typed", post(keep))
}

#[derive(Template)]
#[template(path = "desk/sign_in.html")]
struct AskPage {
    frame: Frame,
    email: String,
    /// Where it leads from there.
    to: String,
    notice: String,
    error: String,
}

#[derive(Template)]
#[template(path = "desk/message.html")]
struct MessagePage {
    frame: Frame,
    text: String,
    /// Something that should make one think twice.
    warning: String,
    /// Of a button that posts to this same page.
    button: String,
    /// A way on: its address and its words.
    link: Option<(String, String)>,
}

impl MessagePage {
    fn new(desk: &Desk, locale: Locale, title: String, text: String) -> Self {
        let frame = Frame::of(desk, locale, title);
        Self { frame, text, warning: String::new(), button: String::new(), link: None }
    }

    fn respond(self, status: StatusCode) -> Result<Response, Trouble> {
        self.frame.page(status, &self)
    }
}

fn value<'a>(query: &'a [(String, String)], name: &str) -> &'a str {
    query.iter().rev().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
}

fn pairs(query: Option<String>) -> Vec<(String, String)> {
    url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect()
}

async fn ask(State(desk): State<Desk>, headers: HeaderMap, RawQuery(query): RawQuery) -> Result<Response, Trouble> {
    if let Some(ticket) = Cookie::Session.read(&desk, &headers)
        && desk.session(&ticket).await?.is_some_and(|session| session.is_in_force(desk.now()))
    {
        return Ok(Redirect::to(DESK).into_response());
    }
    let query = pairs(query);
    let locale = locale_of(&desk, &headers);
    let notice = match value(&query, "why") {
        "kept" => locale.say("desk-sign-in-kept"),
        "out" => locale.say("desk-signed-out"),
        _ => String::new(),
    };
    let to = Some(value(&query, "to")).filter(|to| is_place(to)).unwrap_or_default().to_owned();
    ask_page(&desk, locale, (String::new(), to), notice, String::new()).respond(StatusCode::OK)
}

fn ask_page(desk: &Desk, locale: Locale, (email, to): (String, String), notice: String, error: String) -> AskPage {
    AskPage { frame: Frame::of(desk, locale, locale.say("desk-sign-in")), email, to, notice, error }
}

impl AskPage {
    fn respond(self, status: StatusCode) -> Result<Response, Trouble> {
        self.frame.page(status, &self)
    }
}

/// Always the same answer after the same time.
async fn send(
    State(desk): State<Desk>,
    Client(network): Client,
    headers: HeaderMap,
    RawForm(body): RawForm,
) -> Result<Response, Trouble> {
    if !is_from_here(&headers) {
        return Err(Trouble::Forged);
    }
    let locale = locale_of(&desk, &headers);
    let form = Sent::read(&body);
    let to = Some(form.text("to")).filter(|to| is_place(to)).unwrap_or_default().to_owned();
    let given = form.text("email").trim();
    let Ok(email) = given.parse::<EmailAddress>() else {
        let error = locale.with("desk-sign-in-wrong", "given", crate::domain::text::quoted(given));
        let page = ask_page(&desk, locale, (given.to_owned(), to), String::new(), error);
        return page.respond(StatusCode::UNPROCESSABLE_ENTITY);
    };
    let answer_at = tokio::time::Instant::now() + ANSWERED_AFTER;
    let browser = match Cookie::Browser.read(&desk, &headers) {
        Some(known) => known,
        None => new_ticket()?,
    };
    let became = desk.ask_for_sign_in(&email, network, &browser, &to).await?;
    tracing::info!(to = ?email, %network, ?became, "a link to sign in was asked for");
    tokio::time::sleep_until(answer_at).await;
    let text = locale
        .tell("desk-sign-in-sent-text", [("address", email.as_str().into()), ("minutes", SIGN_IN_MINUTES.into())]);
    let page = MessagePage::new(&desk, locale, locale.say("desk-sign-in-sent"), text);
    let mut response = page.respond(StatusCode::OK)?;
    let kept = Cookie::Browser.set(&desk, browser.expose(), BROWSER_KEPT);
    response.headers_mut().append(header::SET_COOKIE, kept);
    Ok(response)
}

/// Shows a button and changes nothing: link scanners follow every link.
async fn show(State(desk): State<Desk>, Path(ticket): Path<String>, headers: HeaderMap) -> Result<Response, Trouble> {
    let locale = locale_of(&desk, &headers);
    let link = match desk.behind_sign_in(&ticket).await? {
        Ok(link) => link,
        Err(trouble) => return closed(&desk, locale, trouble),
    };
    let locale = link.editor.locale.unwrap_or(locale);
    let browser = Cookie::Browser.read(&desk, &headers).map(|ticket| ticket.hash());
    let who = link.editor.email.as_ref().map(ToString::to_string).unwrap_or_default();
    let mut page =
        MessagePage::new(&desk, locale, locale.say("desk-sign-in"), locale.with("desk-sign-in-as", "address", who));
    if link.is_of_another_browser(browser) {
        page.warning = locale.say("desk-sign-in-other-browser");
    }
    page.button = locale.say("desk-sign-in-go");
    page.respond(StatusCode::OK)
}

async fn enter(
    State(desk): State<Desk>,
    Path(ticket): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    if !is_from_here(&headers) {
        return Err(Trouble::Forged);
    }
    let locale = locale_of(&desk, &headers);
    let agent = headers.get(header::USER_AGENT).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let session = match desk.sign_in(&ticket, &agent.unwrap_or_default()).await? {
        Ok(session) => session,
        Err(trouble) => return closed(&desk, locale, trouble),
    };
    let query = pairs(query);
    let to = Some(value(&query, "to")).filter(|to| is_place(to)).unwrap_or(DESK);
    let mut response = Redirect::to(to).into_response();
    let cookie = Cookie::Session.set(&desk, session.expose(), SESSION_LASTS.as_secs());
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

/// The answer to a link that does nothing.
fn closed(desk: &Desk, locale: Locale, trouble: SignInTrouble) -> Result<Response, Trouble> {
    let (status, why) = match trouble {
        SignInTrouble::Unknown => (StatusCode::NOT_FOUND, locale.say("desk-link-unknown")),
        SignInTrouble::Used => (StatusCode::GONE, locale.say("desk-link-used")),
        SignInTrouble::Expired => (StatusCode::GONE, locale.with("desk-link-expired", "minutes", SIGN_IN_MINUTES)),
        SignInTrouble::Left => (StatusCode::FORBIDDEN, locale.say("desk-link-left")),
    };
    let mut page = MessagePage::new(desk, locale, locale.say("link-bad"), why);
    page.link = Some((sign_in_address(None, ""), locale.say("desk-link-another")));
    page.respond(status)
}

async fn leave(State(desk): State<Desk>, axum::Extension(visit): axum::Extension<Visit>) -> Result<Response, Trouble> {
    desk.end_session(visit.session.id).await?;
    let mut response = Redirect::to(&sign_in_address(None, "out")).into_response();
    response.headers_mut().append(header::SET_COOKIE, Cookie::Session.set(&desk, "", 0));
    Ok(response)
}

async fn choose_language(
    State(desk): State<Desk>,
    axum::Extension(visit): axum::Extension<Visit>,
    sent: Sent,
) -> Result<Response, Trouble> {
    if let Ok(locale) = sent.text("locale").parse() {
        desk.choose_language(&visit.session.editor, locale).await?;
    }
    let back = Some(sent.text("back")).filter(|back| is_place(back)).unwrap_or(DESK);
    Ok(Redirect::to(back).into_response())
}

/// Keeps what is being typed, for who loses the page.
async fn keep(
    State(desk): State<Desk>,
    axum::Extension(visit): axum::Extension<Visit>,
    sent: Sent,
) -> Result<Response, Trouble> {
    let editor = visit.session.editor.id;
    let Some(place) = Some(sent.text("at")).filter(|place| is_place(place)) else { return Err(Trouble::NotFound) };
    let mut fields = sent.typed();
    fields.retain(|(name, _)| name != "at");
    match fields.is_empty() {
        true => desk.drop_typed(editor, place).await?,
        false => desk.keep_typed(editor, place, &fields).await?,
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}
