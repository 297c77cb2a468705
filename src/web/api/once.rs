//! A POST that bears an `Idempotency-Key` (the IETF's draft of that name) is done once, however often it is sent: who asks
//! again within a day gets the same answer. Only what was done is kept; what was refused may be mended and sent again.

use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Api;
use super::bearer::is_dry;
use super::problem::{Answer, Problem};
use crate::domain::bearer::Token;
use crate::store::{Asked, KeptAnswer};

pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// That it is an answer of before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
const LONGEST_KEY: usize = 255;
/// The largest body of all operations; each has a limit of its own.
const BODY_OCTETS: usize = 64 * 1024 * 1024;
/// What is kept of an answer beside its body.
const KEPT: [HeaderName; 3] = [header::CONTENT_TYPE, header::LOCATION, header::ETAG];
/// The largest answer: more than any report of an import.
const ANSWER_OCTETS: usize = 64 * 1024 * 1024;

pub async fn once(State(api): State<Api>, request: Request, next: Next) -> Response {
    let is_asked = request.method() == Method::POST && !is_dry(request.method(), request.uri()).unwrap_or(true);
    let token = request.extensions().get::<Arc<Token>>().cloned();
    let (true, Some(token), Some(key)) = (is_asked, token, request.headers().get(IDEMPOTENCY_KEY)) else {
        return next.run(request).await;
    };
    let key = match read(key) {
        Ok(key) => key,
        Err(problem) => return problem.into_response(),
    };
    // Who goes away meanwhile finds the answer when they come back.
    let done = tokio::spawn(async move { ask(api, token.id, &key, request, next).await });
    match done.await {
        Ok(Ok(response)) => response,
        Ok(Err(problem)) => problem.into_response(),
        Err(error) => {
            tracing::error!(%error, "a program's request could not be answered");
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "this could not be done: try again later")
                .into_response()
        }
    }
}

fn read(field: &HeaderValue) -> Answer<String> {
    let key = field.to_str().unwrap_or_default().trim();
    if key.is_empty() || key.len() > LONGEST_KEY {
        let said = format!("an Idempotency-Key has 1 to {LONGEST_KEY} letters, digits or signs of ASCII");
        return Err(Problem::of_field("Idempotency-Key", said));
    }
    Ok(key.to_owned())
}

async fn ask(api: Api, token: i64, key: &str, request: Request, next: Next) -> Answer<Response> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, BODY_OCTETS).await.map_err(|_| {
        let said = format!("the body can't be read, or has more than {BODY_OCTETS} octets");
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "invalid", said)
    })?;
    let kind = parts.headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    let asked = [parts.uri.to_string().as_bytes(), b"\n", kind, b"\n", &body].concat();
    let id = match api.office.ask_once(token, key, &asked).await? {
        Asked::First(id) => id,
        Asked::Answered(answer) => return Ok(replay(answer)),
        Asked::Unanswered => {
            let said = "a request with this key is being done, or was cut off: wait a little; if this goes on, look \
                        whether it was done, and use another key";
            return Err(Problem::new(StatusCode::CONFLICT, "conflict", said).with(header::RETRY_AFTER, "1"));
        }
        Asked::Otherwise => {
            let said = "this key was used for another request within the last day: use a new key";
            return Err(Problem::of_field("Idempotency-Key", said));
        }
    };
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    if !response.status().is_success() {
        api.office.drop_answer(id).await?;
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, ANSWER_OCTETS).await.unwrap_or_default();
    let kept = KeptAnswer { status: parts.status.as_u16(), headers: kept(&parts.headers), body: body.to_vec() };
    if let Err(error) = api.office.keep_answer(id, &kept).await {
        tracing::warn!(%error, "what a program was answered could not be kept: it can't ask for it again");
    }
    Ok(Response::from_parts(parts, Body::from(body)))
}

fn kept(headers: &HeaderMap) -> Vec<(String, String)> {
    let value = |name: &HeaderName| Some((name.to_string(), headers.get(name)?.to_str().ok()?.to_owned()));
    KEPT.iter().filter_map(value).collect()
}

fn replay(answer: KeptAnswer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let mut response = (status, Bytes::from(answer.body)).into_response();
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_TYPE);
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.insert(name, value);
        }
    }
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_text_that_can_be_seen() {
        for key in ["1", "b9c1f6a0-0000-4000-8000-000000000000", "\"quoted\"", &"k".repeat(LONGEST_KEY)] {
            assert_eq!(read(&HeaderValue::from_str(key).unwrap()).unwrap(), key);
        }
        for key in ["", " ", "é", &"k".repeat(LONGEST_KEY + 1)] {
            assert!(read(&HeaderValue::from_bytes(key.as_bytes()).unwrap()).is_err(), "{key}");
        }
    }
}
