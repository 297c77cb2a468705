//! What links and addresses in mails stand for: a claim is held against the row that it names.

use super::{Error, Result, Store};
use crate::domain::token::{Claim, Nonce, Purpose, Subject, TokenError, TokenKey};

impl Store {
    /// The id of the row that a token stands for, or why it opens nothing. The row itself may have been deleted since.
    pub async fn open_link(&self, key: &TokenKey, claim: &Claim) -> Result<std::result::Result<i64, TokenError>> {
        match self.nonce_of(claim.purpose(), claim.id()).await? {
            Some(nonce) => Ok(key.verify(claim, nonce, self.now())),
            None => Ok(Err(TokenError::Unknown)),
        }
    }

    /// What a token of this purpose is to stand for, by the id of its row; none if there never was such a row.
    pub async fn linked(&self, purpose: Purpose, id: i64) -> Result<Option<Subject>> {
        let nonce = self.nonce_of(purpose, id).await?;
        Ok(nonce.map(|nonce| Subject { id, nonce }))
    }

    async fn nonce_of(&self, purpose: Purpose, id: i64) -> Result<Option<Option<Nonce>>> {
        let what = table(purpose);
        let found = sqlx::query_scalar!(
            r#"SELECT nonce AS "nonce: Vec<u8>" FROM linked WHERE what = $1 AND id = $2
               UNION ALL SELECT NULL FROM old_link WHERE what = $1 AND $2 BETWEEN 1 AND last
               LIMIT 1"#,
            what,
            id
        )
        .fetch_optional(&self.read)
        .await?;
        found.map(nonce).transpose()
    }
}

/// What the ids in tokens of this purpose are of.
fn table(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Confirm => "sign_up",
        Purpose::Calendar => "personal_calendar",
        Purpose::Unsubscribe | Purpose::Preferences | Purpose::UnsubscribeByMail => "subscription",
        Purpose::Owner => "subscriber",
        Purpose::Bounce => "delivery",
        Purpose::Forward => "editor",
    }
}

fn nonce(octets: Option<Vec<u8>>) -> Result<Option<Nonce>> {
    let read = |octets: Vec<u8>| Nonce::new(&octets).ok_or_else(|| Error::Damaged("a row's nonce was changed".into()));
    octets.map(read).transpose()
}

/// A row as links stand for it.
pub(super) fn subject(id: i64, octets: Option<Vec<u8>>) -> Result<Subject> {
    Ok(Subject { id, nonce: nonce(octets)? })
}
