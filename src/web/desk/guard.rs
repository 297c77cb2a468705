//! Before any page of the desk: whose session it is, and whether what is sent is a form that was made for it.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use http_body_util::BodyExt;

use super::Desk;
use super::frame::locale_of;
use super::sent::{Sent, TOKEN, is_place};
use super::trouble::Trouble;
use crate::domain::desk::Session;
use crate::domain::links::DESK;
use crate::domain::ticket::Ticket;
use crate::domain::wording::Locale;

/// The largest form; what is longer than its field may be is told beside it.
pub const FORM_OCTETS: usize = 4 * 1024 * 1024;
/// The largest with a file in it: a document may have so much.
const FILES_OCTETS: usize = 36 * 1024 * 1024;
/// So much of one that is larger is read.
const READ_OCTETS: usize = 64 * 1024 * 1024;
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// The button that throws away what was typed.
const DISCARD: &str = "discard";
const FORM: &str = "application/x-www-form-urlencoded";
/// Of a form with files.
const PARTS: &str = "multipart/form-data";

/// A session in force; the guard puts it into each request that it lets by.
#[derive(Debug, Clone)]
pub struct Visit {
    pub session: Session,
    pub ticket: Ticket,
    pub locale: Locale,
}

/// Which cookie is meant: browsers let a name with `__Host-` be set by this host alone, over https.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cookie {
    Session,
    /// By which a browser that asked for a link is known again.
    Browser,
}

impl Cookie {
    fn name(self, desk: &Desk) -> String {
        let name = match self {
            Self::Session => "desk",
            Self::Browser => "desk-browser",
        };
        let guarded = match (desk.is_https(), desk.config.http.base_path.is_root()) {
            (true, true) => "__Host-",
            // What is for a part of a host's paths alone can't bear that name.
            (true, false) => "__Secure-",
            (false, _) => "",
        };
        format!("{guarded}{name}")
    }

    /// What the browser keeps, if it can be ours.
    pub fn read(self, desk: &Desk, headers: &HeaderMap) -> Option<Ticket> {
        let name = self.name(desk);
        let lines = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
        let cookies = lines.flat_map(|line| line.split(';')).filter_map(|cookie| cookie.trim().split_once('='));
        // Of several with one name none is believed: another host of the domain may have set one.
        let mut found = cookies.filter(|(key, _)| *key == name);
        match (found.next(), found.next()) {
            (Some((_, value)), None) => Ticket::read(value),
            _ => None,
        }
    }

    /// Has the browser keep it so many seconds.
    pub fn set(self, desk: &Desk, value: &str, seconds: i64) -> HeaderValue {
        let secure = if desk.is_https() { "; Secure" } else { "" };
        let (name, base) = (self.name(desk), &desk.config.http.base_path);
        let cookie = format!("{name}={value}; Path={base}/; Max-Age={seconds}; SameSite=Lax; HttpOnly{secure}");
        HeaderValue::try_from(cookie).unwrap_or(HeaderValue::from_static(""))
    }
}

/// Lets by who has a session in force, and of what is sent only forms that were made for it.
pub async fn guard(State(desk): State<Desk>, mut request: Request, next: Next) -> Response {
    match admit(&desk, &mut request).await {
        Ok(visit) => {
            let locale = visit.locale;
            let mut response = answer(&desk, &visit, request, next).await;
            response.extensions_mut().insert(locale);
            response
        }
        Err(instead) => instead,
    }
}

/// Has the page made, and keeps what was typed where it was not taken.
async fn answer(desk: &Desk, visit: &Visit, request: Request, next: Next) -> Response {
    let editor = visit.session.editor.id;
    let path = whole_path(request.uri());
    let sent = request.extensions().get::<Arc<Sent>>().cloned();
    // What a script sends elsewhere while somebody types is not the form.
    let of_place = sent.filter(|sent| sent.place() == Some(&path));
    if let Some(sent) = of_place.as_ref().filter(|sent| sent.button() == DISCARD) {
        return match desk.drop_typed(editor, sent.place().unwrap_or(DESK)).await {
            Ok(()) => Redirect::to(&path).into_response(),
            Err(error) => Trouble::from(error).into_response(),
        };
    }
    let response = next.run(request).await;
    let Some((sent, place)) = of_place.as_ref().and_then(|sent| Some((sent, sent.place()?))) else { return response };
    let kept = match response.status() {
        // It was only looked at.
        StatusCode::ACCEPTED => desk.keep_typed(editor, place, &sent.typed()).await,
        status if status.is_redirection() || status.is_success() => desk.drop_typed(editor, place).await,
        _ => desk.keep_typed(editor, place, &sent.typed()).await,
    };
    if let Err(error) = kept {
        tracing::warn!(%error, "what an editor typed could not be kept");
    }
    response
}

async fn admit(desk: &Desk, request: &mut Request) -> Result<Visit, Response> {
    let ticket = Cookie::Session.read(desk, request.headers());
    let session = match &ticket {
        Some(ticket) => desk.session(ticket).await.map_err(|error| Trouble::from(error).into_response())?,
        None => None,
    };
    let is_sent = !request.method().is_safe();
    if is_sent && !is_from_here(request.headers()) {
        return Err(Trouble::Forged.into_response());
    }
    let (Some(ticket), Some(session)) = (ticket, session) else {
        return Err(to_sign_in(request));
    };
    let sent = match is_sent {
        false => None,
        true => Some(read(request, &ticket).await.map_err(IntoResponse::into_response)?),
    };
    if !session.is_in_force(desk.now()) {
        let otherwise = to_sign_in(request);
        return Err(ended(desk, &session, sent.as_deref(), otherwise).await);
    }
    if let Some(sent) = sent {
        request.extensions_mut().insert(sent);
    }
    let chosen = session.editor.locale;
    let visit = Visit { locale: chosen.unwrap_or_else(|| locale_of(desk, request.headers())), session, ticket };
    request.extensions_mut().insert(visit.clone());
    Ok(visit)
}

/// The form that was sent, if it was made for this session.
async fn read(request: &mut Request, ticket: &Ticket) -> Result<Arc<Sent>, Trouble> {
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let content_type = content_type.unwrap_or_default().trim().to_owned();
    let is_of = |kind: &str| content_type.get(..kind.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(kind));
    let body = std::mem::replace(request.body_mut(), Body::empty());
    let sent = match (is_of(FORM), is_of(PARTS)) {
        (true, _) => Sent::read(&whole(body, FORM_OCTETS).await?),
        (false, true) => {
            let octets = whole(body, FILES_OCTETS).await?;
            Sent::read_parts(&content_type, octets.into()).await.ok_or(Trouble::Forged)?
        }
        (false, false) => return Err(Trouble::Forged),
    };
    match is_same(sent.text(TOKEN), &ticket.form_token()) {
        true => Ok(Arc::new(sent)),
        false => Err(Trouble::Forged),
    }
}

/// What is too long is read to its end all the same, or the browser would show a broken connection in the place of the reason.
async fn whole(mut body: Body, most: usize) -> Result<Vec<u8>, Trouble> {
    let (mut octets, mut length) = (Vec::new(), 0);
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Trouble::TooLarge)?.into_data() else { continue };
        length += data.len();
        if length > READ_OCTETS {
            return Err(Trouble::TooLarge);
        }
        if length <= most {
            octets.extend_from_slice(&data);
        }
    }
    if length > most { Err(Trouble::TooLarge) } else { Ok(octets) }
}

/// How long it takes tells nothing of where they differ.
fn is_same(given: &str, wanted: &str) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(given.as_bytes(), wanted.as_bytes()).is_ok()
}

/// Browsers say of each form where its page came from. A program that says nothing has no cookies of anybody else.
pub fn is_from_here(headers: &HeaderMap) -> bool {
    let one = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    match (one(SEC_FETCH_SITE), one(header::ORIGIN)) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, None) => true,
        (None, Some(origin)) => {
            let host = one(header::HOST).unwrap_or_default();
            let named = origin.parse::<Uri>().ok();
            !host.is_empty()
                && named.and_then(|uri| uri.authority().map(|it| it.as_str().eq_ignore_ascii_case(host))) == Some(true)
        }
    }
}

/// Where somebody without a session signs in, and comes back from.
fn to_sign_in(request: &Request) -> Response {
    let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
    let page = whole_path(request.uri()) + &query;
    let to = Some(page.as_str()).filter(|_| request.method() == Method::GET);
    Redirect::to(&sign_in_address(to, "")).into_response()
}

/// The path that was asked for: the router knows it without what all pages of the desk begin with.
pub fn whole_path(uri: &Uri) -> String {
    format!("{DESK}{}", uri.path().trim_end_matches('/'))
}

/// The address of the page on which one signs in; `to`: where it leads from there.
pub fn sign_in_address(to: Option<&str>, why: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    if let Some(to) = to.filter(|to| is_place(to) && *to != DESK) {
        query.append_pair("to", to);
    }
    if !why.is_empty() {
        query.append_pair("why", why);
    }
    match query.finish() {
        empty if empty.is_empty() => format!("{DESK}/sign-in"),
        query => format!("{DESK}/sign-in?{query}"),
    }
}

/// What was typed in a session that had ended is kept for its editor, if they are one still.
async fn ended(desk: &Desk, session: &Session, sent: Option<&Sent>, otherwise: Response) -> Response {
    let place = sent.and_then(Sent::place);
    if let (Some(sent), Some(place), None) = (sent, place, session.editor.left_at) {
        match desk.keep_typed(session.editor.id, place, &sent.typed()).await {
            Ok(()) => return Redirect::to(&sign_in_address(Some(place), "kept")).into_response(),
            Err(error) => tracing::warn!(%error, "what an editor typed could not be kept"),
        }
    }
    otherwise
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        lines.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn a_form_comes_from_the_site_itself() {
        for (lines, is) in [
            (&[("sec-fetch-site", "same-origin")][..], true),
            (&[("sec-fetch-site", "none")], true),
            (&[("sec-fetch-site", "cross-site"), ("origin", "http://h"), ("host", "h")], false),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("origin", "http://h:8080"), ("host", "h:8080")], true),
            (&[("origin", "https://H"), ("host", "h")], true),
            (&[("origin", "https://evil.example"), ("host", "h")], false),
            (&[("origin", "https://h.evil.example"), ("host", "h")], false),
            (&[("origin", "null"), ("host", "h")], false),
            (&[("origin", "https://h")], false),
            (&[("host", "h")], true),
        ] {
            assert_eq!(is_from_here(&headers(lines)), is, "{lines:?}");
        }
    }

    #[test]
    fn one_comes_back_to_the_desk_alone() {
        assert_eq!(sign_in_address(Some("/admin/events/7"), ""), "/admin/sign-in?to=%2Fadmin%2Fevents%2F7");
        for elsewhere in ["https://evil.example", "//evil.example", "/subscribe", "/admin"] {
            assert_eq!(sign_in_address(Some(elsewhere), ""), "/admin/sign-in", "{elsewhere}");
        }
    }
}
