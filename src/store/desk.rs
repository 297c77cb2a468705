//! How editors come to their desk: links to sign in, sessions.

use jiff::Timestamp;
use sqlx::{Sqlite, Transaction};

use super::alerts::queue_notice;
use super::{Error, Notice, Result, Store, acts, editors, instant};
use crate::domain::act::Deed;
use crate::domain::actor::Actor;
use crate::domain::address::EmailAddress;
use crate::domain::desk::{
    LINKS_FROM_A_NETWORK, LINKS_TO_AN_EDITOR, SESSION_LASTS, SIGN_IN_LASTS, Session, SignInLink, SignInTrouble,
};
use crate::domain::editor::Editor;
use crate::domain::limits::{DAY, Most};
use crate::domain::network::Network;
use crate::domain::refused::Noun;

/// That a session is used is written this often, in seconds.
const USE_WRITTEN_EVERY: i64 = 60;

/// Where a link to sign in was asked for.
pub struct AskedThere<'a> {
    pub network: Network,
    /// The hash of what the browser keeps.
    pub browser: [u8; 32],
    /// The mail with the link.
    pub notice: &'a Notice,
}

/// A session that begins.
pub struct NewSession<'a> {
    pub hash: [u8; 32],
    /// What the browser calls itself.
    pub agent: &'a str,
    /// The mail that tells its editor.
    pub notice: Option<&'a Notice>,
}

struct SessionRow {
    id: i64,
    editor_id: i64,
    agent: String,
    began_at: i64,
    seen_at: i64,
    ended_at: Option<i64>,
}

impl SessionRow {
    fn of(self, editor: Editor) -> Result<Session> {
        Ok(Session {
            id: self.id,
            editor,
            agent: self.agent,
            began_at: instant(self.began_at)?,
            seen_at: instant(self.seen_at)?,
            ended_at: self.ended_at.map(instant).transpose()?,
        })
    }
}

impl Store {
    /// Keeps a link for an editor, which ends the older ones, and queues its mail if it was asked for at the desk. Whether it
    /// did: too many are not mailed.
    pub async fn make_sign_in(&self, editor: i64, hash: [u8; 32], asked: Option<AskedThere<'_>>) -> Result<bool> {
        let now = self.now();
        let (hash, at, ends_at) = (hash.to_vec(), now.as_second(), (now + SIGN_IN_LASTS).as_second());
        let network = asked.as_ref().map(|asked| asked.network.to_string());
        let browser = asked.as_ref().map(|asked| asked.browser.to_vec());
        let mut transaction = self.begin().await?;
        if let Some(network) = &network
            && is_too_often(&mut transaction, editor, network, now).await?
        {
            return Ok(false);
        }
        sqlx::query!(
            "UPDATE sign_in SET ends_at = min(ends_at, $2) WHERE editor_id = $1 AND used_at IS NULL",
            editor,
            at
        )
        .execute(&mut *transaction)
        .await?;
        sqlx::query!(
            "INSERT INTO sign_in (hash, editor_id, browser, network, asked_at, ends_at) VALUES ($1, $2, $3, $4, $5, $6)",
            hash,
            editor,
            browser,
            network,
            at,
            ends_at
        )
        .execute(&mut *transaction)
        .await?;
        if let Some(asked) = &asked {
            queue_notice(&mut transaction, asked.notice, now).await?;
        }
        transaction.commit().await?;
        Ok(true)
    }

    /// What a link to sign in stands for, by the hash of what stands in it.
    pub async fn sign_in_link(&self, hash: [u8; 32]) -> Result<Option<SignInLink>> {
        let hash = hash.to_vec();
        let mut connection = self.read.acquire().await?;
        let row = sqlx::query!(
            r#"SELECT editor_id, browser, ends_at, used_at IS NOT NULL AS "is_used!: bool" FROM sign_in WHERE hash = $1"#,
            hash
        );
        let Some(row) = row.fetch_optional(&mut *connection).await? else { return Ok(None) };
        Ok(Some(SignInLink {
            editor: editors::fetch(&mut connection, row.editor_id).await?,
            browser: row.browser.map(|octets| hash_of(&octets)).transpose()?,
            ends_at: instant(row.ends_at)?,
            is_used: row.is_used,
        }))
    }

    /// Begins a session by a link, which is used then; once, also if two come at the same time.
    pub async fn sign_in(
        &self,
        link: [u8; 32],
        session: NewSession<'_>,
    ) -> Result<std::result::Result<i64, SignInTrouble>> {
        let (link, hash, agent) = (link.to_vec(), session.hash.to_vec(), session.agent);
        let mut transaction = self.begin().await?;
        let now = self.now();
        let at = now.as_second();
        let used = sqlx::query_scalar!(
            r#"UPDATE sign_in SET used_at = $2
               WHERE hash = $1 AND used_at IS NULL AND ends_at > $2
                 AND editor_id IN (SELECT id FROM editor WHERE left_at IS NULL)
               RETURNING editor_id AS "editor_id!""#,
            link,
            at
        );
        let Some(editor) = used.fetch_optional(&mut *transaction).await? else { return Ok(Err(SignInTrouble::Used)) };
        sqlx::query!(
            "INSERT INTO session (hash, editor_id, agent, began_at, seen_at) VALUES ($1, $2, $3, $4, $4)",
            hash,
            editor,
            agent,
            at
        )
        .execute(&mut *transaction)
        .await?;
        let by = Actor::Editor(editor);
        acts::note(&mut transaction, now, &by, Deed::SignedIn, (Noun::Editor, &editor.to_string()), "").await?;
        if let Some(notice) = session.notice {
            queue_notice(&mut transaction, notice, now).await?;
        }
        transaction.commit().await?;
        Ok(Ok(editor))
    }

    /// Whose session a cookie is, whether or not it is in force; that it is used is noted.
    pub async fn session(&self, hash: [u8; 32]) -> Result<Option<Session>> {
        let hash = hash.to_vec();
        let mut connection = self.read.acquire().await?;
        let row = sqlx::query_as!(
            SessionRow,
            r#"SELECT id AS "id!", editor_id, agent, began_at, seen_at, ended_at FROM session WHERE hash = $1"#,
            hash
        );
        let Some(row) = row.fetch_optional(&mut *connection).await? else { return Ok(None) };
        let editor = editors::fetch(&mut connection, row.editor_id).await?;
        drop(connection);
        let session = row.of(editor)?;
        let now = self.now();
        let at = now.as_second();
        if session.is_in_force(now) && at - session.seen_at.as_second() >= USE_WRITTEN_EVERY {
            sqlx::query!("UPDATE session SET seen_at = $2 WHERE id = $1 AND seen_at < $2", session.id, at)
                .execute(&self.write)
                .await?;
        }
        Ok(Some(session))
    }

    /// Those that are in force, of one editor or of all; the last used first.
    pub async fn sessions(&self, editor: Option<i64>) -> Result<Vec<Session>> {
        let now = self.now();
        let since = (now - SESSION_LASTS).as_second();
        let rows = sqlx::query_as!(
            SessionRow,
            r#"SELECT id AS "id!", editor_id, agent, began_at, seen_at, ended_at FROM session
               WHERE ended_at IS NULL AND began_at > $1 AND ($2 IS NULL OR editor_id = $2)
               ORDER BY seen_at DESC, id DESC"#,
            since,
            editor
        );
        let rows = rows.fetch_all(&self.read).await?;
        let editors = self.editors().await?;
        let mut sessions = Vec::new();
        for row in rows {
            let Some(editor) = editors.iter().find(|editor| editor.id == row.editor_id).cloned() else { continue };
            sessions.push(row.of(editor)?);
        }
        sessions.retain(|session| session.is_in_force(now));
        Ok(sessions)
    }

    /// Ends one session. Whether it was in force.
    pub async fn end_session(&self, id: i64) -> Result<bool> {
        let at = self.now().as_second();
        let ended = sqlx::query!("UPDATE session SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL", id, at);
        Ok(ended.execute(&self.write).await?.rows_affected() > 0)
    }

    /// Forgets links, and sessions that ended a while ago.
    pub async fn clear_desk(&self) -> Result<()> {
        let now = self.now();
        let (links, sessions) = ((now - DAY).as_second(), (now - SESSION_LASTS).as_second());
        sqlx::query!("DELETE FROM sign_in WHERE asked_at < $1", links).execute(&self.write).await?;
        sqlx::query!("DELETE FROM session WHERE began_at < $1", sessions).execute(&self.write).await?;
        self.clear_typed().await
    }
}

/// Forgets all that is here of an editor who left, and what others typed of them.
pub(super) async fn forget(transaction: &mut Transaction<'_, Sqlite>, email: &EmailAddress) -> Result<()> {
    let (key, address) = (email.key(), email.as_str().to_lowercase());
    for table in ["sign_in", "session", "typed"] {
        let delete = format!("DELETE FROM {table} WHERE editor_id IN (SELECT id FROM editor WHERE email_key = $1)");
        sqlx::query(sqlx::AssertSqlSafe(delete)).bind(&key).execute(&mut **transaction).await?;
    }
    sqlx::query!("DELETE FROM typed WHERE instr(lower(fields), $1) > 0", address).execute(&mut **transaction).await?;
    Ok(())
}

/// Whether enough links were asked for.
async fn is_too_often(
    transaction: &mut Transaction<'_, Sqlite>,
    editor: i64,
    network: &str,
    now: Timestamp,
) -> Result<bool> {
    let Most { many, within } = LINKS_FROM_A_NETWORK;
    let since = (now - within).as_second();
    let from_there = sqlx::query_scalar!(
        "SELECT count(*) FROM sign_in WHERE editor_id = $1 AND network = $2 AND asked_at > $3",
        editor,
        network,
        since
    );
    let from_there = from_there.fetch_one(&mut **transaction).await?;
    let Most { many: all, within } = LINKS_TO_AN_EDITOR;
    let since = (now - within).as_second();
    let of_all = sqlx::query_scalar!(
        "SELECT count(*) FROM sign_in WHERE editor_id = $1 AND network IS NOT NULL AND asked_at > $2",
        editor,
        since
    );
    Ok(from_there >= many || of_all.fetch_one(&mut **transaction).await? >= all)
}

fn hash_of(octets: &[u8]) -> Result<[u8; 32]> {
    octets.try_into().map_err(|_| Error::Damaged("a hash was changed".into()))
}
