//! Tokens: what programs prove with who they are. Only who sits at the terminal makes them.

use super::{Office, Result};
use crate::domain::actor::Actor;
use crate::domain::bearer::{Secret, Token};
use crate::domain::refused::{Noun, Refused};
use crate::random;
use crate::store::NewToken;

/// A name in history and in headers of mails: short, and without what looks like more of a sentence.
const LONGEST_NAME: usize = 40;

impl Office {
    /// Those that were not revoked, by name.
    pub async fn tokens(&self) -> Result<Vec<Token>> {
        Ok(self.store.tokens().await?)
    }

    pub async fn token(&self, name: &str) -> Result<Token> {
        let mut tokens = self.tokens().await?;
        let Some(at) = tokens.iter().position(|token| token.name == name) else {
            let known = tokens.iter().map(|token| token.name.as_str());
            return Err(Refused::not_found(Noun::Token, name).or_meant(known).into());
        };
        Ok(tokens.swap_remove(at))
    }

    /// Makes a token; the secret is shown once and kept nowhere.
    pub async fn add_token(&self, by: &Actor, wish: &NewToken) -> Result<(Token, Secret)> {
        if matches!(by, Actor::Token(_)) {
            return Err(Refused::forbidden("a token makes no tokens").into());
        }
        let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
        if wish.name.is_empty() || wish.name.chars().count() > LONGEST_NAME || !wish.name.chars().all(is_plain) {
            let said = format!(
                "`{}` is no name for a token: use up to {LONGEST_NAME} letters, digits, hyphens, dots",
                wish.name
            );
            return Err(Refused::invalid(said).in_field("name").into());
        }
        if wish.expires_at.is_some_and(|end| end <= self.now()) {
            return Err(Refused::invalid("the token would have ended already").in_field("expires").into());
        }
        let secret = Secret::of(random::octets()?);
        self.store.add_token(by, wish, &secret).await?;
        Ok((self.token(&wish.name).await?, secret))
    }

    pub async fn revoke_token(&self, by: &Actor, name: &str) -> Result<()> {
        Ok(self.store.revoke_token(by, name).await?)
    }

    /// The token that this is, if it is in force; its use is noted.
    pub async fn open_token(&self, secret: &Secret) -> Result<Option<Token>> {
        Ok(self.store.open_token(secret).await?)
    }
}
