//! Editors. Who left keeps their row: history names them.

use sqlx::{Sqlite, SqliteConnection, Transaction};

use super::{Error, Result, Store, acts, instant, parsed};
use crate::domain::act::Deed;
use crate::domain::actor::Actor;
use crate::domain::address::EmailAddress;
use crate::domain::editor::{Editor, Role};
use crate::domain::refused::{Noun, Refused};
use crate::domain::text;
use crate::domain::wording::Locale;

/// What is said of an editor; what is none stays, or is as usual for a new one.
#[derive(Debug, Clone, Default)]
pub struct EditorWish {
    pub name: Option<String>,
    pub role: Option<Role>,
    pub locale: Option<Locale>,
}

impl Store {
    /// All, also those who left, in the order in which they came.
    pub async fn editors(&self) -> Result<Vec<Editor>> {
        fetch_all(&mut *self.read.acquire().await?).await
    }

    /// Makes somebody an editor, or changes what is said of one; who had left comes back under their old id. Whether that
    /// changed anything.
    pub async fn put_editor(&self, by: &Actor, email: &EmailAddress, wish: &EditorWish) -> Result<bool> {
        let (key, address, now) = (email.key(), email.as_str(), self.now());
        let (name, at) = (wish.name.as_deref(), now.as_second());
        let (role, locale) = (wish.role.map(Role::as_str), wish.locale.map(|locale| locale.to_string()));
        let mut transaction = self.begin().await?;
        let known = sqlx::query!("SELECT id, name, role, locale, left_at FROM editor WHERE email_key = $1", key)
            .fetch_optional(&mut *transaction)
            .await?;
        let deed = match &known {
            Some(known) if known.left_at.is_none() => Deed::Edited,
            _ => Deed::Added,
        };
        let is_same = known.as_ref().is_some_and(|known| {
            known.left_at.is_none()
                && name.is_none_or(|name| name == known.name)
                && role.is_none_or(|role| role == known.role)
                && locale.as_deref().is_none_or(|locale| Some(locale) == known.locale.as_deref())
        });
        if is_same {
            return Ok(false);
        }
        // Who sits at the terminal is an operator anyway.
        if *by != Actor::Operator && role.is_some_and(|role| role != Role::Operator.as_str()) {
            refuse_last_operator(&mut transaction, email).await?;
        }
        let id = sqlx::query_scalar!(
            r#"INSERT INTO editor (email, email_key, name, role, locale, added_at)
               VALUES ($1, $2, coalesce($3, ''), coalesce($4, 'editor'), $5, $6)
               ON CONFLICT (email_key) DO UPDATE
                  SET name = coalesce($3, name), role = coalesce($4, role), locale = coalesce($5, locale), left_at = NULL
               RETURNING id AS "id!""#,
            address,
            key,
            name,
            role,
            locale,
            at
        )
        .fetch_one(&mut *transaction)
        .await?;
        acts::note(&mut transaction, now, by, deed, (Noun::Editor, &id.to_string()), role.unwrap_or_default()).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// From now on this person changes nothing more. The last operator stays: somebody must be able to let others in.
    pub async fn remove_editor(&self, by: &Actor, email: &EmailAddress) -> Result<()> {
        let (key, now) = (email.key(), self.now());
        let at = now.as_second();
        let mut transaction = self.begin().await?;
        refuse_last_operator(&mut transaction, email).await?;
        let id = sqlx::query_scalar!(
            // Who comes back gets another address to forward to.
            r#"UPDATE editor SET left_at = $2, nonce = randomblob(8) WHERE email_key = $1 AND left_at IS NULL
               RETURNING id AS "id!""#,
            key,
            at
        )
        .fetch_optional(&mut *transaction)
        .await?
        .ok_or_else(|| Refused::not_found(Noun::Editor, email))?;
        acts::note(&mut transaction, now, by, Deed::Removed, (Noun::Editor, &id.to_string()), "").await?;
        Ok(transaction.commit().await?)
    }
}

pub(super) async fn fetch_all(connection: &mut SqliteConnection) -> Result<Vec<Editor>> {
    let rows = sqlx::query_as!(Row, "SELECT id, email, name, role, locale, added_at, left_at FROM editor ORDER BY id");
    rows.fetch_all(connection).await?.into_iter().map(Editor::try_from).collect()
}

/// One of a row that names them, also if they left.
pub(super) async fn fetch(connection: &mut SqliteConnection, id: i64) -> Result<Editor> {
    let row =
        sqlx::query_as!(Row, "SELECT id, email, name, role, locale, added_at, left_at FROM editor WHERE id = $1", id);
    row.fetch_one(connection).await?.try_into()
}

struct Row {
    id: i64,
    email: Option<String>,
    name: String,
    role: String,
    locale: Option<String>,
    added_at: i64,
    left_at: Option<i64>,
}

impl TryFrom<Row> for Editor {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: row.id,
            email: row.email.as_deref().map(parsed).transpose()?,
            name: text::kept_line(row.name),
            role: parsed(&row.role)?,
            locale: row.locale.as_deref().and_then(|tag| tag.parse().ok()),
            added_at: instant(row.added_at)?,
            left_at: row.left_at.map(instant).transpose()?,
        })
    }
}

/// That this is not the only operator there is.
async fn refuse_last_operator(transaction: &mut Transaction<'_, Sqlite>, email: &EmailAddress) -> Result<()> {
    let key = email.key();
    let is_last = sqlx::query_scalar!(
        r#"SELECT count(*) = 1 AND max(email_key) = $1 AS "is_last!: bool"
           FROM editor WHERE role = 'operator' AND left_at IS NULL"#,
        key
    );
    if is_last.fetch_one(&mut **transaction).await? {
        let said = format!("{email} is the last operator: make somebody else one first");
        return Err(Refused::conflict(said).about(Noun::Editor, email).in_field("role").into());
    }
    Ok(())
}

/// Erases the person of a row whose editor left; how many rows that were. History then names them by a number alone.
pub(super) async fn forget(transaction: &mut Transaction<'_, Sqlite>, email: &EmailAddress) -> Result<u64> {
    let key = email.key();
    let is_editor = sqlx::query_scalar!("SELECT id FROM editor WHERE email_key = $1 AND left_at IS NULL", key);
    if is_editor.fetch_optional(&mut **transaction).await?.is_some() {
        let said = format!("{email} is an editor: take them off the editors first");
        return Err(Refused::conflict(said).about(Noun::Editor, email).into());
    }
    let erased = sqlx::query!(
        "UPDATE editor SET email = NULL, email_key = NULL, name = '', locale = NULL WHERE email_key = $1",
        key
    );
    Ok(erased.execute(&mut **transaction).await?.rows_affected())
}
