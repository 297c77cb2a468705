//! Tokens that stand for a password (RFC 6749 section 4.4): fetched with what the application knows, good for about an hour.

use std::time::Duration;

use hyper::Method;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;
use tokio::time::Instant;
use url::form_urlencoded::Serializer;

use crate::config::OauthConfig;
use crate::domain::text;
use crate::net::fetch::{Fetcher, Parcel};

/// So long before its end a token is another one, or half of its time before if that is less.
const BEFORE_END: Duration = Duration::from_secs(5 * 60);
/// Of one that does not say how long it is good.
const GOOD_FOR: Duration = Duration::from_secs(60 * 60);
/// Of what a server says of an error, in characters.
const MOST_SAID: usize = 300;

pub struct Token {
    pub secret: SecretString,
    /// From then on it is no longer used.
    pub until: Instant,
}

#[derive(Deserialize)]
struct Granted {
    access_token: Option<SecretString>,
    /// Seconds; a number, or a text with one.
    expires_in: Option<Value>,
    error: Option<String>,
    error_description: Option<String>,
}

/// Asks for one. An error is a sentence, with what helps where that is known.
pub async fn fetch(fetcher: &Fetcher, config: &OauthConfig, secret: &SecretString) -> Result<Token, String> {
    let asked_at = Instant::now();
    let body = Serializer::new(String::new())
        .append_pair("grant_type", "client_credentials")
        .append_pair("client_id", &config.client_id)
        .append_pair("client_secret", secret.expose_secret())
        .append_pair("scope", &config.scope)
        .finish();
    let parcel = Parcel {
        method: Method::POST,
        url: config.token_url.url().clone(),
        headers: vec![(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"))],
        body: body.into_bytes(),
    };
    let reply = fetcher.hand_over(parcel).await.map_err(|said| format!("no token: {said}"))?;
    let granted: Option<Granted> = serde_json::from_str(&reply.body).ok();
    match granted {
        Some(Granted { access_token: Some(secret), expires_in, .. }) if reply.status.is_success() => {
            if secret.expose_secret().bytes().any(|octet| !(b'!'..=b'~').contains(&octet)) {
                return Err("no token: what was given is none".into());
            }
            Ok(Token { secret, until: asked_at + used_for(expires_in.as_ref()) })
        }
        Some(Granted { error: Some(error), error_description, .. }) => {
            Err(refused(&error, error_description.as_deref().unwrap_or_default()))
        }
        _ => Err(format!("no token: the server answers {} and gives none: is this token_url right?", reply.status)),
    }
}

fn used_for(expires_in: Option<&Value>) -> Duration {
    let seconds = expires_in.and_then(|value| value.as_u64().or_else(|| value.as_str()?.trim().parse().ok()));
    let good_for = seconds.map_or(GOOD_FOR, |seconds| Duration::from_secs(seconds.min(24 * 60 * 60)));
    good_for - BEFORE_END.min(good_for / 2)
}

fn refused(error: &str, described: &str) -> String {
    let helps = match error {
        "invalid_client" | "unauthorized_client" => {
            ": client_id and client_secret_file must be those of the application; its secret may have ended"
        }
        "invalid_scope" => ": for Microsoft 365, scope is https://outlook.office365.com/.default",
        "invalid_request" | "invalid_grant" => {
            ": the tenant in token_url, and client_id, must be those of the application"
        }
        _ => "",
    };
    let said: String = text::single_line(&format!("{error} {described}")).chars().take(MOST_SAID).collect();
    format!("no token{helps}. The server said: {said}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_left_before_its_end() {
        for (said, used) in [
            ("3599", 3299),
            ("\"3599\"", 3299),
            ("300", 150),
            ("0", 0),
            ("null", 3300),
            ("-1", 3300),
            ("99999999999", 24 * 60 * 60 - 300),
        ] {
            let value: Value = serde_json::from_str(said).unwrap();
            assert_eq!(used_for(Some(&value)), Duration::from_secs(used), "{said}");
        }
    }

    #[test]
    fn a_refusal_says_what_helps() {
        let said = refused("invalid_client", "AADSTS7000222: The provided client secret keys are\r\nexpired.");
        assert!(said.contains("its secret may have ended") && said.ends_with("keys are expired."), "{said}");
        assert!(
            refused("temporarily_unavailable", "").starts_with("no token. The server said: temporarily_unavailable")
        );
    }
}
