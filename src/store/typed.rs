//! What editors typed at the desk and have yet to send.

use super::{Error, Result, Store, instant};
use crate::domain::desk::{TYPED_LASTS, TYPED_PLACES, Typed};

impl Store {
    /// Keeps what somebody has typed on a page, in place of what was kept of it.
    pub async fn keep_typed(&self, editor: i64, place: &str, fields: &[(String, String)]) -> Result<()> {
        let fields = serde_json::to_string(fields).map_err(|error| Error::Damaged(error.to_string()))?;
        let at = self.now().as_second();
        let mut transaction = self.begin().await?;
        sqlx::query!(
            "INSERT INTO typed (editor_id, place, fields, typed_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (editor_id, place) DO UPDATE SET fields = excluded.fields, typed_at = excluded.typed_at",
            editor,
            place,
            fields,
            at
        )
        .execute(&mut *transaction)
        .await?;
        sqlx::query!(
            "DELETE FROM typed WHERE editor_id = $1 AND place NOT IN
                (SELECT place FROM typed WHERE editor_id = $1 ORDER BY typed_at DESC, place LIMIT $2)",
            editor,
            TYPED_PLACES
        )
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }

    pub async fn typed(&self, editor: i64, place: &str) -> Result<Option<Typed>> {
        let row = sqlx::query!("SELECT fields, typed_at FROM typed WHERE editor_id = $1 AND place = $2", editor, place);
        let row = row.fetch_optional(&self.read).await?;
        row.map(|row| {
            let fields = serde_json::from_str(&row.fields).map_err(|error| Error::Damaged(error.to_string()))?;
            Ok(Typed { fields, typed_at: instant(row.typed_at)? })
        })
        .transpose()
    }

    /// It was sent, or is not wanted any more.
    pub async fn drop_typed(&self, editor: i64, place: &str) -> Result<()> {
        sqlx::query!("DELETE FROM typed WHERE editor_id = $1 AND place = $2", editor, place)
            .execute(&self.write)
            .await?;
        Ok(())
    }

    pub(super) async fn clear_typed(&self) -> Result<()> {
        let before = (self.now() - TYPED_LASTS).as_second();
        sqlx::query!("DELETE FROM typed WHERE typed_at < $1", before).execute(&self.write).await?;
        Ok(())
    }
}
