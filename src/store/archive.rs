//! The archive: editions as everybody may read them.

use jiff::Timestamp;
use sqlx::{Sqlite, Transaction};

use super::{Result, Store, instant, to_json};
use crate::domain::archive::ArchiveEntry;
use crate::domain::edition::Archived;
use crate::domain::text;

impl Store {
    /// The editions of these digests that are in the archive, the newest first, `most` of them and those made before
    /// one of them (by its id), if one is named. Each in this language, or else in the first that it was made in.
    pub async fn archived_editions(
        &self,
        digests: &[String],
        locale: &str,
        before: Option<i64>,
        most: usize,
    ) -> Result<Vec<ArchiveEntry>> {
        let (digests, before) = (to_json(digests), before.unwrap_or(i64::MAX));
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let rows = sqlx::query!(
            "SELECT edition.id, slug, number, scheduled_for, composed_at, locale, subject, preheader
             FROM edition JOIN digest ON digest.id = digest_id JOIN archived_edition it ON it.edition_id = edition.id
             WHERE slug IN (SELECT value FROM json_each($1)) AND edition.id < $2
               AND it.rowid = (SELECT rowid FROM archived_edition WHERE edition_id = edition.id
                               ORDER BY locale <> $3, rowid LIMIT 1)
             ORDER BY edition.id DESC LIMIT $4",
            digests,
            before,
            locale,
            most
        )
        .fetch_all(&self.read)
        .await?;
        let entries = rows.into_iter().map(|row| {
            Ok(ArchiveEntry {
                edition_id: row.id,
                digest: row.slug,
                number: row.number,
                scheduled_for: instant(row.scheduled_for)?,
                composed_at: instant(row.composed_at)?,
                locale: row.locale,
                subject: text::kept_line(row.subject),
                preheader: text::kept_line(row.preheader),
            })
        });
        entries.collect()
    }

    /// One edition of the archive in this language, or else in the first that it was made in, and when it was made.
    pub async fn archived_edition(
        &self,
        digest: &str,
        number: i64,
        locale: &str,
    ) -> Result<Option<(Archived, Timestamp)>> {
        let row = sqlx::query!(
            "SELECT composed_at, locale, subject, preheader, html, text
             FROM archived_edition it JOIN edition ON edition.id = edition_id JOIN digest ON digest.id = digest_id
             WHERE slug = $1 AND number = $2 ORDER BY locale <> $3, it.rowid LIMIT 1",
            digest,
            number,
            locale
        )
        .fetch_optional(&self.read)
        .await?;
        row.map(|row| {
            let edition = Archived {
                locale: row.locale,
                subject: text::kept_line(row.subject),
                preheader: text::kept_line(row.preheader),
                html: text::cleaned(&row.html).into_owned(),
                text: text::cleaned(&row.text).into_owned(),
            };
            Ok((edition, instant(row.composed_at)?))
        })
        .transpose()
    }
}

/// The editions before and after one, as far as there are any.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Neighbours {
    /// By number.
    pub before: Option<i64>,
    pub after: Option<i64>,
    /// When the one after it was made.
    pub followed_at: Option<Timestamp>,
}

impl Store {
    /// What stands in the archive beside an edition.
    pub async fn archive_neighbours(&self, digest: &str, number: i64) -> Result<Neighbours> {
        let rows = sqlx::query!(
            r#"WITH kept (number, composed_at) AS
                    (SELECT number, composed_at FROM edition
                     WHERE digest_id = (SELECT id FROM digest WHERE slug = $1)
                       AND EXISTS (SELECT 1 FROM archived_edition WHERE edition_id = edition.id))
               SELECT number AS "number!", composed_at AS "composed_at!" FROM kept
               WHERE number IN ((SELECT max(number) FROM kept WHERE number < $2),
                                (SELECT min(number) FROM kept WHERE number > $2))"#,
            digest,
            number
        );
        let mut found = Neighbours::default();
        for row in rows.fetch_all(&self.read).await? {
            match row.number < number {
                true => found.before = Some(row.number),
                false => (found.after, found.followed_at) = (Some(row.number), Some(instant(row.composed_at)?)),
            }
        }
        Ok(found)
    }
}

/// Part of the transaction that makes the edition: an edition is in the archive from its first moment on, or never.
pub(super) async fn insert_archived(
    transaction: &mut Transaction<'_, Sqlite>,
    edition_id: i64,
    languages: &[Archived],
) -> Result<()> {
    for edition in languages {
        sqlx::query!(
            "INSERT INTO archived_edition (edition_id, locale, subject, preheader, html, text)
             VALUES ($1, $2, $3, $4, $5, $6)",
            edition_id,
            edition.locale,
            edition.subject,
            edition.preheader,
            edition.html,
            edition.text
        )
        .execute(&mut **transaction)
        .await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::links::Links;
    use crate::domain::mark::EditionMarks;
    use crate::domain::note::EditorsNotes;
    use crate::store::{Grouping, Made, NewEdition};

    fn edition(locale: &str, subject: &str) -> Archived {
        let word = |what: &str| format!("{what} of {subject}");
        Archived {
            locale: locale.into(),
            subject: subject.into(),
            preheader: word("headlines"),
            html: word("page"),
            text: word("text"),
        }
    }

    /// The edition's id.
    async fn make(store: &Store, digest: &str, moment: i64, archived: &[Archived]) -> i64 {
        let grouping = Grouping::by_choice();
        let new = NewEdition {
            digest,
            scheduled_for: Timestamp::from_second(moment).unwrap(),
            history_head: 0,
            mail_domain: "example.org",
            by: None,
            history_since: 0,
            grouping: &grouping,
            tellings: &[],
            archived,
            notes: &EditorsNotes::default(),
            marks: &EditionMarks::default(),
            follows: None,
            notices: &[],
        };
        match store.create_edition(&new, &[], &[]).await.unwrap() {
            Made::Edition(edition) => edition.id,
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn an_edition_is_found_in_a_readers_language_or_in_another() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(&folder.path().join("kalends.db")).await.unwrap();
        store.register_digests(["weekly", "daily"]).await.unwrap();
        make(&store, "weekly", 1, &[edition("zh-Hans", "第一期"), edition("en", "One")]).await;
        make(&store, "daily", 2, &[edition("en", "Daily one")]).await;
        let third = make(&store, "weekly", 3, &[edition("en", "Two")]).await;
        // It was made, and is nobody's business.
        make(&store, "weekly", 4, &[]).await;

        let list = async |digests: &[&str], locale: &str, before: Option<i64>, most: usize| {
            let digests: Vec<_> = digests.iter().map(|&slug| slug.to_owned()).collect();
            let entries = store.archived_editions(&digests, locale, before, most).await.unwrap();
            entries
                .iter()
                .map(|entry| format!("{} {}", Links::HERE.edition(&entry.digest, entry.number), entry.subject))
                .collect::<Vec<_>>()
                .join(", ")
        };
        let both = ["weekly", "daily"];
        let all = "/archive/weekly/2 Two, /archive/daily/1 Daily one, /archive/weekly/1 ";
        assert_eq!(list(&both, "en", None, 9).await, format!("{all}One"));
        assert_eq!(list(&both, "zh-Hans", None, 9).await, format!("{all}第一期"));
        assert_eq!(list(&both, "en", Some(third), 1).await, "/archive/daily/1 Daily one");
        assert_eq!(list(&["weekly"], "fr", Some(third), 9).await, "/archive/weekly/1 第一期");
        assert_eq!(list(&[], "en", None, 9).await, "");

        let found = async |digest: &str, number: i64, locale: &str| {
            let found = store.archived_edition(digest, number, locale).await.unwrap();
            found.map(|(edition, _)| edition.html).unwrap_or_default()
        };
        assert_eq!(found("weekly", 1, "en").await, "page of One");
        assert_eq!(found("weekly", 2, "zh-Hans").await, "page of Two");
        let beside = async |number: i64| {
            let found = store.archive_neighbours("weekly", number).await.unwrap();
            (found.before, found.after, found.followed_at.is_some())
        };
        assert_eq!((beside(1).await, beside(2).await), ((None, Some(2), true), (Some(1), None, false)));
        for (digest, number) in [("weekly", 3), ("daily", 2), ("monthly", 1), ("weekly", -1)] {
            assert_eq!(found(digest, number, "en").await, "", "{digest} {number}");
        }
    }
}
