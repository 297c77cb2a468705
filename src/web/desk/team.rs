//! `/admin/team`: editors, who of them is in, and the tokens of programs.

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

use super::Desk;
use super::chrome::{Choice, Chrome};
use super::sent::Sent;
use super::trouble::Trouble;
use super::visitor::{At, Team};
use crate::domain::FieldError;
use crate::domain::address::EmailAddress;
use crate::domain::bearer::{Scope, Scopes};
use crate::domain::editor::Role;
use crate::domain::links::DESK;
use crate::domain::refused::Refused;
use crate::domain::text;
use crate::office::Error;
use crate::store::{EditorWish, NewToken};

pub fn router() -> Router<Desk> {
    Router::new().route("/team", get(show).post(act))
}

struct Member {
    email: String,
    name: String,
    role: String,
    since: String,
    /// Their sessions: id, browser, last seen.
    sessions: Vec<(i64, String, String)>,
}

struct TokenRow {
    name: String,
    scopes: String,
    since: String,
    until: String,
    used: String,
}

#[derive(Template)]
#[template(path = "desk/team.html")]
struct TeamPage {
    chrome: Chrome,
    members: Vec<Member>,
    tokens: Vec<TokenRow>,
    roles: Vec<Choice>,
    scopes: Vec<Choice>,
    email: String,
    name: String,
    token_name: String,
    /// A token that was just made, which is shown once.
    secret: String,
    wrong: String,
    done: String,
}

async fn show(at: At<Team>) -> Result<Response, Trouble> {
    page(&at, &Sent::default(), String::new(), String::new(), StatusCode::OK).await
}

async fn page(
    at: &At<Team>,
    sent: &Sent,
    secret: String,
    wrong: String,
    status: StatusCode,
) -> Result<Response, Trouble> {
    let (office, locale) = (at.office(), at.locale());
    let sessions = office.sessions(None).await?;
    let members = office.editors().await?.into_iter().map(|editor| Member {
        sessions: sessions
            .iter()
            .filter(|session| session.editor.id == editor.id)
            .map(|session| (session.id, session.agent.clone(), at.moment(session.seen_at)))
            .collect(),
        email: editor.email.as_ref().map(ToString::to_string).unwrap_or_default(),
        role: role_name(editor.role, locale),
        since: at.moment(editor.added_at),
        name: editor.name,
    });
    let members = members.collect();
    let never = || locale.say("desk-never");
    let tokens = office.tokens().await?.into_iter().map(|token| TokenRow {
        scopes: token.scopes.to_string(),
        since: at.moment(token.created_at),
        until: token.expires_at.map_or_else(never, |until| at.moment(until)),
        used: token.last_used_at.map_or_else(never, |used| at.moment(used)),
        name: token.name,
    });
    let page = TeamPage {
        chrome: at.chrome(locale.say("desk-team")).await?,
        members,
        tokens: tokens.collect(),
        roles: Role::ALL
            .iter()
            .map(|role| Choice {
                value: role.to_string(),
                label: role_name(*role, locale),
                is_chosen: sent.text("role") == role.as_str(),
            })
            .collect(),
        scopes: Scope::ALL
            .iter()
            .map(|scope| Choice {
                value: scope.to_string(),
                label: scope.to_string(),
                is_chosen: sent.all("scope").any(|given| given == scope.as_str()),
            })
            .collect(),
        email: sent.text("email").to_owned(),
        name: sent.text("name").to_owned(),
        token_name: sent.text("token_name").to_owned(),
        secret,
        wrong,
        done: at.done(),
    };
    page.chrome.page(status, &page)
}

/// What a role is called.
fn role_name(role: Role, locale: crate::domain::wording::Locale) -> String {
    locale.say(match role {
        Role::Editor => "desk-role-editor",
        Role::Operator => "desk-role-operator",
    })
}

async fn act(at: At<Team>, sent: Sent) -> Result<Response, Trouble> {
    match done(&at, &sent).await {
        Ok(Outcome::Done(done)) => Ok(Redirect::to(&format!("{DESK}/team?done={done}")).into_response()),
        Ok(Outcome::Made(secret)) => page(&at, &Sent::default(), secret, String::new(), StatusCode::OK).await,
        Err(error) => {
            let (wrong, status) = at.refusal(error)?;
            page(&at, &sent, String::new(), wrong, status).await
        }
    }
}

enum Outcome {
    Done(&'static str),
    Made(String),
}

async fn done(at: &At<Team>, sent: &Sent) -> Result<Outcome, Error> {
    let (office, by) = (at.office(), at.by());
    let email = || sent.text("email").trim().parse::<EmailAddress>().map_err(FieldError::of("email"));
    match sent.button() {
        "add" => {
            let role = sent.text("role").parse().map_err(FieldError::of("role"))?;
            let name = Some(text::single_line(sent.text("name"))).filter(|name| !name.is_empty());
            office.add_editor(&by, &email()?, &EditorWish { name, role: Some(role), locale: None }).await?;
            Ok(Outcome::Done("saved"))
        }
        "remove" => {
            office.remove_editor(&by, &email()?).await?;
            Ok(Outcome::Done("left"))
        }
        "end-session" => {
            let id = sent.text("session").parse().map_err(|_| Refused::invalid("there is no such session"))?;
            office.end_session(id).await?;
            Ok(Outcome::Done("ended"))
        }
        "add-token" => {
            let scopes = sent.all("scope").map(str::parse).collect::<Result<Vec<Scope>, _>>();
            let scopes = Scopes::new(scopes.map_err(FieldError::of("scope"))?);
            let scopes =
                scopes.ok_or_else(|| Refused::invalid("a token that may do nothing is a mistake: choose one"))?;
            let name = sent.text("token_name").trim().to_owned();
            let (_, secret) = office.add_token(&by, &NewToken { name, scopes, expires_at: None }).await?;
            Ok(Outcome::Made(secret.expose().to_owned()))
        }
        "revoke" => {
            office.revoke_token(&by, sent.text("name")).await?;
            Ok(Outcome::Done("revoked"))
        }
        _ => Err(Refused::invalid("nothing is said that is to be done").into()),
    }
}
