//! What programs were answered, for a day: who asks again with the same key gets the same, and nothing is done twice.

use futures_util::TryStreamExt;
use sqlx::{Sqlite, SqliteExecutor, Transaction};

use super::{Error, Result, Store};
use crate::domain::mention::mentions;

/// How long an answer is kept, in seconds.
const KEPT_FOR: i64 = 24 * 60 * 60;

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    pub status: u16,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// What is known of a request with a key.
#[derive(Debug, PartialEq, Eq)]
pub enum Asked {
    /// It is the first: its answer is to be kept under this id.
    First(i64),
    /// The same was asked before.
    Answered(KeptAnswer),
    /// The same was asked before, and there is no answer yet.
    Unanswered,
    /// Something else was asked with this key.
    Otherwise,
}

impl Store {
    /// Takes a key of a token for a request, of which `asked` is a keyed hash.
    pub async fn ask_once(&self, token_id: i64, key: &str, asked: &[u8]) -> Result<Asked> {
        let now = self.now().as_second();
        let mut transaction = self.begin().await?;
        clear(&mut *transaction, now).await?;
        let id = sqlx::query_scalar!(
            "INSERT INTO answer (token_id, key, asked, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING
             RETURNING id AS \"id!\"",
            token_id,
            key,
            asked,
            now
        )
        .fetch_optional(&mut *transaction)
        .await?;
        if let Some(id) = id {
            transaction.commit().await?;
            return Ok(Asked::First(id));
        }
        let row = sqlx::query!(
            "SELECT asked, status, headers, body FROM answer WHERE token_id = $1 AND key = $2",
            token_id,
            key
        )
        .fetch_one(&mut *transaction)
        .await?;
        transaction.commit().await?;
        if row.asked != asked {
            return Ok(Asked::Otherwise);
        }
        let Some(status) = row.status else { return Ok(Asked::Unanswered) };
        let damaged = |what: &str| Error::Damaged(format!("an answer's {what} can't be read"));
        Ok(Asked::Answered(KeptAnswer {
            status: status.try_into().map_err(|_| damaged("status"))?,
            headers: serde_json::from_str(&row.headers.unwrap_or_default()).map_err(|_| damaged("headers"))?,
            body: row.body.unwrap_or_default(),
        }))
    }

    pub async fn keep_answer(&self, id: i64, answer: &KeptAnswer) -> Result<()> {
        let (status, headers) = (i64::from(answer.status), super::words_to_json(&answer.headers));
        let update = sqlx::query!(
            "UPDATE answer SET status = $2, headers = $3, body = $4 WHERE id = $1",
            id,
            status,
            headers,
            answer.body
        );
        update.execute(&self.write).await?;
        Ok(())
    }

    /// Nothing was done: the key may be used again.
    pub async fn drop_answer(&self, id: i64) -> Result<()> {
        sqlx::query!("DELETE FROM answer WHERE id = $1", id).execute(&self.write).await?;
        Ok(())
    }

    /// Those that have had their day.
    pub async fn clear_answers(&self) -> Result<()> {
        clear(&self.write, self.now().as_second()).await
    }
}

async fn clear(executor: impl SqliteExecutor<'_>, now: i64) -> Result<()> {
    let over = now - KEPT_FOR;
    sqlx::query!("DELETE FROM answer WHERE at <= $1", over).execute(executor).await?;
    Ok(())
}

/// Drops the answers that name the person with this key.
pub(super) async fn erase(transaction: &mut Transaction<'_, Sqlite>, key: &str) -> Result<()> {
    let mut named = Vec::new();
    let answers = sqlx::query!("SELECT id, headers, body FROM answer WHERE status IS NOT NULL");
    let mut answers = answers.fetch(&mut **transaction);
    // One at a time: reports of imports are large.
    while let Some(row) = answers.try_next().await? {
        let headers = row.headers.unwrap_or_default();
        if mentions(headers.as_bytes(), key) || mentions(&row.body.unwrap_or_default(), key) {
            named.push(row.id);
        }
    }
    drop(answers);
    for id in named {
        sqlx::query!("DELETE FROM answer WHERE id = $1", id).execute(&mut **transaction).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::actor::Actor;
    use crate::domain::bearer::{OCTETS, Secret};
    use crate::store::NewToken;

    #[tokio::test]
    async fn a_key_is_for_one_request_and_its_answer_is_kept_until_somebody_in_it_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(&folder.path().join("kalends.db")).await.unwrap();
        let secret = Secret::of([7; OCTETS]);
        let wish = NewToken { name: "robot".into(), scopes: "events:write".parse().unwrap(), expires_at: None };
        store.add_token(&Actor::Operator, &wish, &secret).await.unwrap();
        let token = store.open_token(&secret).await.unwrap().unwrap().id;

        let Asked::First(id) = store.ask_once(token, "k", b"one").await.unwrap() else { panic!() };
        assert_eq!(store.ask_once(token, "k", b"one").await.unwrap(), Asked::Unanswered);
        assert_eq!(store.ask_once(token, "k", b"two").await.unwrap(), Asked::Otherwise);
        let body = b"{\"email\":\"Ada@example.org\"}".to_vec();
        let answer = KeptAnswer { status: 201, headers: vec![("location".into(), "/1".into())], body };
        store.keep_answer(id, &answer).await.unwrap();
        assert_eq!(store.ask_once(token, "k", b"one").await.unwrap(), Asked::Answered(answer.clone()));

        let kept = || async { store.ask_once(token, "k", b"one").await.unwrap() == Asked::Answered(answer.clone()) };
        store.forget(&Actor::Operator, &"da@example.org".parse().unwrap()).await.unwrap();
        assert!(kept().await, "it names somebody else");
        store.forget(&Actor::Operator, &"ada@example.org".parse().unwrap()).await.unwrap();
        assert!(!kept().await);

        let Asked::First(id) = store.ask_once(token, "other", b"one").await.unwrap() else { panic!() };
        store.drop_answer(id).await.unwrap();
        assert!(matches!(store.ask_once(token, "other", b"two").await.unwrap(), Asked::First(_)));
        sqlx::query("UPDATE answer SET at = at - 86400").execute(&store.write).await.unwrap();
        assert!(matches!(store.ask_once(token, "other", b"three").await.unwrap(), Asked::First(_)));
    }
}
