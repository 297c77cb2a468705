//! Tokens of programs. Of the token itself a hash is kept; a row outlives it, since history names it.

use jiff::Timestamp;

use super::{Error, Result, Store, acts, instant, parsed};
use crate::domain::act::Deed;
use crate::domain::actor::Actor;
use crate::domain::bearer::{Scopes, Secret, Token};
use crate::domain::refused::{Noun, Refused};

/// That a token is used is written this often.
const USE_WRITTEN_EVERY: i64 = 60;

/// A token that somebody wants.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// By which history knows the program.
    pub name: String,
    pub scopes: Scopes,
    /// None: never.
    pub expires_at: Option<Timestamp>,
}

struct Row {
    id: i64,
    name: String,
    scopes: String,
    created_at: i64,
    expires_at: Option<i64>,
    revoked_at: Option<i64>,
    last_used_at: Option<i64>,
}

impl TryFrom<Row> for Token {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: row.id,
            name: row.name,
            scopes: parsed(&row.scopes)?,
            created_at: instant(row.created_at)?,
            expires_at: row.expires_at.map(instant).transpose()?,
            revoked_at: row.revoked_at.map(instant).transpose()?,
            last_used_at: row.last_used_at.map(instant).transpose()?,
        })
    }
}

impl Store {
    /// All that were not revoked, by name, also those whose time is over.
    pub async fn tokens(&self) -> Result<Vec<Token>> {
        let rows = sqlx::query_as!(
            Row,
            "SELECT id, name, scopes, created_at, expires_at, revoked_at, last_used_at FROM token
             WHERE revoked_at IS NULL ORDER BY name"
        );
        rows.fetch_all(&self.read).await?.into_iter().map(Token::try_from).collect()
    }

    /// Keeps a new token.
    pub async fn add_token(&self, by: &Actor, token: &NewToken, secret: &Secret) -> Result<()> {
        let NewToken { name, scopes, expires_at } = token;
        let (now, hash, words) = (self.now(), secret.hash().to_vec(), scopes.to_string());
        let (at, end) = (now.as_second(), expires_at.map(Timestamp::as_second));
        let mut transaction = self.begin().await?;
        let added = sqlx::query!(
            "INSERT INTO token (name, hash, scopes, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT DO NOTHING",
            name,
            hash,
            words,
            at,
            end
        )
        .execute(&mut *transaction)
        .await?;
        if added.rows_affected() == 0 {
            let said = format!("there is a token “{name}” already: revoke it first, or take another name");
            return Err(Refused::conflict(said).about(Noun::Token, name).in_field("name").into());
        }
        acts::note(&mut transaction, now, by, Deed::Added, (Noun::Token, name), &words).await?;
        Ok(transaction.commit().await?)
    }

    /// From now on it opens nothing.
    pub async fn revoke_token(&self, by: &Actor, name: &str) -> Result<()> {
        let now = self.now();
        let at = now.as_second();
        let mut transaction = self.begin().await?;
        let revoked = sqlx::query!("UPDATE token SET revoked_at = $2 WHERE name = $1 AND revoked_at IS NULL", name, at)
            .execute(&mut *transaction)
            .await?;
        if revoked.rows_affected() == 0 {
            return Err(Refused::not_found(Noun::Token, name).into());
        }
        acts::note(&mut transaction, now, by, Deed::Revoked, (Noun::Token, name), "").await?;
        Ok(transaction.commit().await?)
    }

    /// The token that this is, if it is in force; that it was used is noted.
    pub async fn open_token(&self, secret: &Secret) -> Result<Option<Token>> {
        let hash = secret.hash().to_vec();
        let row = sqlx::query_as!(
            Row,
            "SELECT id, name, scopes, created_at, expires_at, revoked_at, last_used_at FROM token WHERE hash = $1",
            hash
        );
        let now = self.now();
        let Some(token) = row.fetch_optional(&self.read).await?.map(Token::try_from).transpose()? else {
            return Ok(None);
        };
        if !token.is_in_force(now) {
            return Ok(None);
        }
        let at = now.as_second();
        if token.last_used_at.is_none_or(|used| at - used.as_second() >= USE_WRITTEN_EVERY) {
            sqlx::query!("UPDATE token SET last_used_at = $2 WHERE id = $1", token.id, at).execute(&self.write).await?;
        }
        Ok(Some(token))
    }
}
