//! Who asks: a bearer token (RFC 6750), known before anything else is looked at, and what it allows.

use std::marker::PhantomData;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use utoipa::IntoParams;

use super::Api;
use super::gauge::Quota;
use super::problem::{Answer, Problem};
use crate::domain::actor::Actor;
use crate::domain::bearer::{Scope, Secret, Token};
use crate::office::Office;
use crate::web::http::client::Client;

/// RateLimit fields for HTTP (the IETF's draft): how many a minute, and what is left.
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// Lets by who has a token that is in force.
pub async fn guard(State(api): State<Api>, Client(network): Client, mut request: Request, next: Next) -> Response {
    let given = request.headers().get(header::AUTHORIZATION).map(|value| value.as_bytes().to_vec());
    let Some(given) = given else {
        let said = "who asks? Send a token as `Authorization: Bearer …`";
        return unauthorized(said, "Bearer realm=\"kalends\"").into_response();
    };
    let secret = std::str::from_utf8(&given).ok().and_then(secret_in);
    let found = match &secret {
        Some(secret) => match api.office.open_token(secret).await {
            Ok(found) => found,
            Err(error) => return Problem::from(error).into_response(),
        },
        None => None,
    };
    let Some(token) = found else {
        let quota = api.gauge.note_wrong(network);
        if quota.left.is_none() {
            let said = "too many wrong tokens came from your network: wait a minute";
            let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "limited", said);
            return problem.with(header::RETRY_AFTER, seconds(quota).to_string()).into_response();
        }
        let said = "this token is not one of ours, was revoked, or its time is over";
        return unauthorized(said, "Bearer realm=\"kalends\", error=\"invalid_token\"").into_response();
    };
    let quota = api.gauge.note_request(token.id, api.office.config.http.token_rate);
    if quota.left.is_none() {
        let said = format!("more than {} requests a minute came with this token: wait a little", quota.most);
        let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "limited", said);
        return limits(problem.with(header::RETRY_AFTER, seconds(quota).to_string()).into_response(), quota);
    }
    request.extensions_mut().insert(Arc::new(token));
    limits(next.run(request).await, quota)
}

/// The scheme's name may be written in any case (RFC 9110 section 11.1).
fn secret_in(field: &str) -> Option<Secret> {
    let (scheme, token) = field.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| Secret::read(token.trim())).flatten()
}

fn unauthorized(said: &str, challenge: &'static str) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", said).with(header::WWW_AUTHENTICATE, challenge)
}

fn seconds(quota: Quota) -> u64 {
    quota.resets_in.as_secs() + 1
}

fn limits(mut response: Response, quota: Quota) -> Response {
    let policy = format!("\"requests\";q={};w=60", quota.most);
    let left = format!("\"requests\";r={};t={}", quota.left.unwrap_or(0), seconds(quota));
    for (name, value) in [(RATE_LIMIT_POLICY, policy), (RATE_LIMIT, left)] {
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// The program that asks, if it may do what an operation needs, and the office that it asks: with `dry_run=true` one in
/// which nothing stays. It stands first among what a handler is given.
pub struct By<N> {
    pub actor: Actor,
    pub office: Office,
    token: Arc<Token>,
    need: PhantomData<N>,
}

impl<N> By<N> {
    pub fn may(&self, scope: Scope) -> bool {
        self.token.scopes.allow(scope)
    }

    /// That the program may do this, too: where what it asks for needs more than the operation does.
    pub fn expect(&self, scope: Scope) -> Answer<()> {
        expect(&self.token, scope)
    }
}

/// What an operation needs.
pub trait Need: Send + Sync + 'static {
    const SCOPE: Scope;
}

macro_rules! needs {
    ($($name:ident => $scope:ident),+ $(,)?) => {$(
        pub struct $name;

        impl Need for $name {
            const SCOPE: Scope = Scope::$scope;
        }
    )+};
}
needs! {
    ReadEvents => EventsRead,
    WriteEvents => EventsWrite,
    ReadDigests => DigestsRead,
    WriteDigests => DigestsWrite,
    Operate => Operate,
    ReadArticles => ArticlesRead,
    WriteArticles => ArticlesWrite,
    ReadSubscribers => SubscribersRead,
    WriteSubscribers => SubscribersWrite,
}

impl<N: Need> FromRequestParts<Api> for By<N> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let token = parts.extensions.get::<Arc<Token>>().cloned();
        let Some(token) = token else { return Err(unauthorized("who asks?", "Bearer realm=\"kalends\"")) };
        expect(&token, N::SCOPE)?;
        let actor = Actor::Token(token.name.clone());
        let office = match is_dry(&parts.method, &parts.uri)? {
            false => api.office.clone(),
            true => api.office.rehearsal(),
        };
        Ok(Self { actor, office, token, need: PhantomData })
    }
}

fn expect(token: &Token, scope: Scope) -> Answer<()> {
    if token.scopes.allow(scope) {
        return Ok(());
    }
    let said = format!("this token may not do that: it needs the scope {scope}");
    let challenge = format!("Bearer realm=\"kalends\", error=\"insufficient_scope\", scope=\"{scope}\"");
    let problem = Problem::new(StatusCode::FORBIDDEN, "forbidden", said);
    Err(problem.with(header::WWW_AUTHENTICATE, challenge))
}

/// What every operation that changes something takes.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code)]
pub struct DryRun {
    /// Answers as if it were done, and does nothing.
    dry_run: Option<bool>,
}

/// Nothing was made by what was only tried: where it is can't be said, nor which version it is.
pub async fn rehearsed(request: Request, next: Next) -> Response {
    let is_dry = is_dry(request.method(), request.uri()).unwrap_or(false);
    let mut response = next.run(request).await;
    if is_dry {
        for name in [header::LOCATION, header::ETAG] {
            response.headers_mut().remove(name);
        }
        if response.status() == StatusCode::CREATED {
            *response.status_mut() = StatusCode::OK;
        }
    }
    response
}

/// Whether it is only to be tried. What changes nothing takes no notice.
pub fn is_dry(method: &Method, address: &Uri) -> Answer<bool> {
    if method.is_safe() {
        return Ok(false);
    }
    let query = address.query().unwrap_or_default();
    let given = url::form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == "dry_run").last();
    match given.as_ref().map(|(_, value)| value.as_ref()) {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(Problem::of_field("dry_run", "`dry_run` is true or false")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_from_a_header_whatever_the_case_of_its_scheme() {
        let secret = Secret::of([1; crate::domain::bearer::OCTETS]);
        for scheme in ["Bearer", "bearer", "BEARER"] {
            let field = format!("{scheme}  {} ", secret.expose());
            assert_eq!(secret_in(&field).unwrap().hash(), secret.hash());
        }
        for wrong in [secret.expose(), "Basic a2Fs", "Bearer", "Bearer kal_"] {
            assert!(secret_in(wrong).is_none(), "{wrong}");
        }
    }
}
