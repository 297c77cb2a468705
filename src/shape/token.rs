//! Tokens, as programs see them: never the token itself, but once, when it is made.

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::bearer::{Scope, Secret, Token};

#[derive(Debug, Serialize)]
pub struct TokenRecord<'a> {
    /// By which history knows the program.
    pub name: &'a str,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// An instant (RFC 3339, UTC), as those below.
    pub created_at: Timestamp,
    /// Null: never.
    pub expires_at: Option<Timestamp>,
    /// To the minute; null: never yet.
    pub last_used_at: Option<Timestamp>,
    /// Only in the answer to its making: it is kept nowhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<&'a str>,
}

impl<'a> TokenRecord<'a> {
    pub fn made(token: &'a Token, secret: &'a Secret) -> Self {
        Self { token: Some(secret.expose()), ..Self::from(token) }
    }
}

impl<'a> From<&'a Token> for TokenRecord<'a> {
    fn from(token: &'a Token) -> Self {
        Self {
            name: &token.name,
            scopes: token.scopes.iter().collect(),
            created_at: token.created_at,
            expires_at: token.expires_at,
            last_used_at: token.last_used_at,
            token: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_the_names_that_programs_rely_on() {
        let token = Token {
            id: 1,
            name: "robot".into(),
            scopes: "events:read events:write".parse().unwrap(),
            created_at: Timestamp::UNIX_EPOCH,
            expires_at: None,
            revoked_at: None,
            last_used_at: None,
        };
        let expected = serde_json::json!({
            "name": "robot", "scopes": ["events:read", "events:write"], "created_at": "1970-01-01T00:00:00Z",
            "expires_at": null, "last_used_at": null,
        });
        assert_eq!(serde_json::to_value(TokenRecord::from(&token)).unwrap(), expected);
    }
}
