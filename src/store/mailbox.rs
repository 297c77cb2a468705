//! How far the mailbox of bounces was read, and how it stands.

use jiff::Timestamp;

use super::{Result, Store, instant};

/// How a mailbox stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MailboxStanding {
    /// The last time that all that was in it had been looked at.
    pub read_at: Option<Timestamp>,
    pub failing_since: Option<Timestamp>,
    /// Why it fails, with what helps where that is known.
    pub error: Option<String>,
    /// How many mails stayed in it that nobody understood.
    pub left: i64,
    /// How many were counted and could not be moved yet.
    pub unmoved: i64,
}

/// What became of a mail in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailFate {
    /// It was counted, and is to be moved.
    Counted,
    /// It stays.
    Left,
    Gone,
}

impl Store {
    /// Up to which mail it was read. With another `validity` than before it is read from the beginning.
    pub async fn mailbox_place(&self, url: &str, validity: u32) -> Result<u32> {
        let mut transaction = self.begin().await?;
        let known = sqlx::query!(
            r#"SELECT validity AS "validity: u32", last_uid AS "last_uid: u32" FROM mailbox WHERE url = $1"#,
            url
        );
        if let Some(known) = known.fetch_optional(&mut *transaction).await?
            && known.validity == validity
        {
            return Ok(known.last_uid);
        }
        sqlx::query!(
            "INSERT INTO mailbox (url, validity, last_uid) VALUES ($1, $2, 0)
             ON CONFLICT (url) DO UPDATE
             SET validity = excluded.validity, last_uid = 0, trying_uid = NULL, tries = 0, left_mails = 0",
            url,
            validity
        )
        .execute(&mut *transaction)
        .await?;
        sqlx::query!("DELETE FROM mailbox_counted WHERE url = $1", url).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(0)
    }

    /// A mail is about to be looked at; how often it was, with this time.
    pub async fn try_mail(&self, url: &str, uid: u32) -> Result<i64> {
        Ok(sqlx::query_scalar!(
            "UPDATE mailbox SET tries = iif(trying_uid = $2, tries, 0) + 1, trying_uid = $2 WHERE url = $1
             RETURNING tries",
            url,
            uid
        )
        .fetch_one(&self.write)
        .await?)
    }

    /// It was looked at, and is not again.
    pub async fn pass_mail(&self, url: &str, uid: u32, fate: MailFate) -> Result<()> {
        let mut transaction = self.begin().await?;
        let is_left = fate == MailFate::Left;
        sqlx::query!(
            "UPDATE mailbox SET last_uid = max(last_uid, $2), trying_uid = NULL, tries = 0, left_mails = left_mails + $3
             WHERE url = $1",
            url,
            uid,
            is_left
        )
        .execute(&mut *transaction)
        .await?;
        if fate == MailFate::Counted {
            sqlx::query!("INSERT INTO mailbox_counted (url, uid) VALUES ($1, $2) ON CONFLICT DO NOTHING", url, uid)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// The mails that are to be moved, in order.
    pub async fn counted_mails(&self, url: &str, most: i64) -> Result<Vec<u32>> {
        let rows = sqlx::query_scalar!(
            r#"SELECT uid AS "uid: u32" FROM mailbox_counted WHERE url = $1 ORDER BY uid LIMIT $2"#,
            url,
            most
        );
        Ok(rows.fetch_all(&self.read).await?)
    }

    /// All up to this one were moved.
    pub async fn forget_counted(&self, url: &str, last: u32) -> Result<()> {
        sqlx::query!("DELETE FROM mailbox_counted WHERE url = $1 AND uid <= $2", url, last)
            .execute(&self.write)
            .await?;
        Ok(())
    }

    /// All that was in it has been looked at; `trouble` is what went wrong all the same.
    pub async fn note_mailbox_read(&self, url: &str, trouble: Option<&str>) -> Result<()> {
        let now = self.now().as_second();
        sqlx::query!(
            "UPDATE mailbox SET read_at = $2, failing_since = iif($3 IS NULL, NULL, coalesce(failing_since, $2)), error = $3
             WHERE url = $1",
            url,
            now,
            trouble
        )
        .execute(&self.write)
        .await?;
        Ok(())
    }

    /// It can't be read.
    pub async fn note_mailbox_trouble(&self, url: &str, trouble: &str) -> Result<()> {
        let now = self.now().as_second();
        sqlx::query!(
            "INSERT INTO mailbox (url, validity, last_uid, failing_since, error) VALUES ($1, 0, 0, $2, $3)
             ON CONFLICT (url) DO UPDATE
             SET failing_since = coalesce(failing_since, excluded.failing_since), error = excluded.error",
            url,
            now,
            trouble
        )
        .execute(&self.write)
        .await?;
        Ok(())
    }

    /// None if it was never tried.
    pub async fn mailbox_standing(&self, url: &str) -> Result<Option<MailboxStanding>> {
        let row = sqlx::query!(
            r#"SELECT read_at, failing_since, error, left_mails,
                      (SELECT count(*) FROM mailbox_counted counted WHERE counted.url = mailbox.url) AS "unmoved!: i64"
               FROM mailbox WHERE url = $1"#,
            url
        );
        let Some(row) = row.fetch_optional(&self.read).await? else { return Ok(None) };
        Ok(Some(MailboxStanding {
            read_at: row.read_at.map(instant).transpose()?,
            failing_since: row.failing_since.map(instant).transpose()?,
            error: row.error,
            left: row.left_mails,
            unmoved: row.unmoved,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "imaps://a@b:993/INBOX";

    #[tokio::test]
    async fn a_mailbox_is_read_on_from_where_it_was_left() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(&folder.path().join("kalends.db")).await.unwrap();
        assert_eq!(store.mailbox_standing(URL).await.unwrap(), None);
        assert_eq!(store.mailbox_place(URL, 7).await.unwrap(), 0);
        for (uid, fate) in [(3, MailFate::Counted), (4, MailFate::Left), (9, MailFate::Gone), (11, MailFate::Counted)] {
            assert_eq!(store.try_mail(URL, uid).await.unwrap(), 1);
            assert_eq!(store.try_mail(URL, uid).await.unwrap(), 2);
            store.pass_mail(URL, uid, fate).await.unwrap();
        }
        assert_eq!(store.mailbox_place(URL, 7).await.unwrap(), 11);
        assert_eq!(store.counted_mails(URL, 9).await.unwrap(), [3, 11]);
        store.forget_counted(URL, 3).await.unwrap();
        assert_eq!(store.counted_mails(URL, 9).await.unwrap(), [11]);
        let standing = store.mailbox_standing(URL).await.unwrap().unwrap();
        assert_eq!((standing.left, standing.unmoved, standing.read_at), (1, 1, None));
        // The server counts anew.
        assert_eq!(store.mailbox_place(URL, 8).await.unwrap(), 0);
        assert_eq!(store.counted_mails(URL, 9).await.unwrap(), Vec::<u32>::new());
    }

    #[tokio::test]
    async fn trouble_is_since_its_beginning() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(&folder.path().join("kalends.db")).await.unwrap();
        store.note_mailbox_trouble(URL, "no answer").await.unwrap();
        let begun = store.mailbox_standing(URL).await.unwrap().unwrap().failing_since;
        assert!(begun.is_some());
        store.note_mailbox_trouble(URL, "login failed").await.unwrap();
        let standing = store.mailbox_standing(URL).await.unwrap().unwrap();
        assert_eq!((standing.failing_since, standing.error.as_deref()), (begun, Some("login failed")));
        store.mailbox_place(URL, 7).await.unwrap();
        store.note_mailbox_read(URL, None).await.unwrap();
        let standing = store.mailbox_standing(URL).await.unwrap().unwrap();
        assert!(standing.read_at.is_some() && standing.failing_since.is_none() && standing.error.is_none());
    }
}
