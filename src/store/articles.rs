//! Articles and the events that they are about. What a change means is decided in `domain::article`.

mod history;
mod import;
mod pictures;

use futures_util::TryStreamExt as _;
use jiff::Timestamp;
use jiff::civil::Date;
use sqlx::{Sqlite, SqliteConnection, Transaction};
use uuid::Uuid;

use super::{Error, Result, Store, from_json, instant, parsed, to_json};
use crate::clock::whole_second;
use crate::domain::actor::Actor;
use crate::domain::article::{Article, ArticleAction, ArticleChange, ArticleFilter, Manuscript};
use crate::domain::picture::ArticleImage;
use crate::domain::refused::{Noun, Refused};
use crate::domain::text;
use crate::domain::zone::Zone;
use history::{append, refuse_stale};
pub use pictures::{Served, TakenBack};
use pictures::{gather, keep, sweep};

impl Store {
    /// Adds what a file tells. One with the title and date of another article, or with its title and text, is refused:
    /// nobody is to get the same twice.
    pub async fn add_article(&self, by: &Actor, manuscript: Manuscript, zone: &Zone) -> Result<Article> {
        let mut transaction = self.begin().await?;
        let article = add(&mut transaction, by, manuscript, zone, whole_second(self.now())).await?;
        transaction.commit().await?;
        Ok(article)
    }

    /// Makes an article what `tell` makes of it, if it still is in the version that somebody saw.
    pub async fn rewrite_article(
        &self,
        by: &Actor,
        id: i64,
        seen: Option<i64>,
        zone: &Zone,
        tell: impl FnOnce(&Article) -> std::result::Result<Manuscript, Refused>,
    ) -> Result<RevisedArticle> {
        let mut transaction = self.begin().await?;
        let article = fetch_seen(&mut transaction, id, seen).await?;
        let (manuscript, now) = (tell(&article)?, whole_second(self.now()));
        let revised = rewrite(&mut transaction, by, article, manuscript, zone, now).await?;
        transaction.commit().await?;
        Ok(revised)
    }

    /// Shows a draft from the day of its date on; no changes if it was none.
    pub async fn publish_article(&self, by: &Actor, id: i64, zone: &Zone) -> Result<RevisedArticle> {
        let mut transaction = self.begin().await?;
        let mut article = fetch_one(&mut transaction, id).await?;
        let changes = article.publish(zone, whole_second(self.now()));
        if !changes.is_empty() {
            save(&mut transaction, &article).await?;
            append(&mut transaction, by, id, &changes).await?;
        }
        transaction.commit().await?;
        Ok(RevisedArticle { article, changes })
    }

    /// Deletes it, if it still is in the version that somebody saw; its history stays.
    pub async fn remove_article(&self, by: &Actor, id: i64, seen: Option<i64>) -> Result<Article> {
        let mut transaction = self.begin().await?;
        let article = fetch_seen(&mut transaction, id, seen).await?;
        sqlx::query!("DELETE FROM article WHERE id = $1", id).execute(&mut *transaction).await?;
        let now = whole_second(self.now());
        sweep(&mut transaction, &article, now).await?;
        let removed =
            ArticleChange { before: Some(article.title.clone()), ..ArticleChange::of(ArticleAction::Removed, now) };
        append(&mut transaction, by, id, &[removed]).await?;
        transaction.commit().await?;
        Ok(article)
    }

    pub async fn article(&self, id: i64) -> Result<Article> {
        fetch_one(&mut *self.read.acquire().await?, id).await
    }

    /// Those that the filter lets through, newest date first, without the first `offset` and at most `limit` of them.
    pub async fn articles(&self, filter: &ArticleFilter, offset: usize, limit: usize) -> Result<Vec<Article>> {
        self.select(filter, Selection::default(), offset, limit).await
    }

    /// The same behind one of them, by its date and id.
    pub async fn articles_after(
        &self,
        filter: &ArticleFilter,
        after: Option<(Date, i64)>,
        limit: usize,
    ) -> Result<Vec<Article>> {
        let date = after.map(|(date, _)| date.to_string());
        let selection =
            Selection { before: date.as_deref(), before_id: after.map(|(_, id)| id), ..Selection::default() };
        self.select(filter, selection, 0, limit).await
    }

    async fn select(
        &self,
        filter: &ArticleFilter,
        selection: Selection<'_>,
        offset: usize,
        limit: usize,
    ) -> Result<Vec<Article>> {
        let selection = Selection { until: filter.public_at.map(Timestamp::as_second), ..selection };
        let mut passed = 0;
        let mut articles = Vec::new();
        if limit > 0 {
            fetch_each(&mut *self.read.acquire().await?, selection, |article| {
                if filter.matches(&article) {
                    passed += 1;
                    if passed > offset {
                        articles.push(article);
                    }
                }
                articles.len() < limit
            })
            .await?;
        }
        Ok(articles)
    }

    /// The instant from which the first of all is shown, in seconds since 1970; none if all are drafts.
    pub async fn first_article_at(&self) -> Result<Option<i64>> {
        let first = sqlx::query_scalar!(r#"SELECT min(published_at) AS "first: i64" FROM article"#);
        Ok(first.fetch_one(&self.read).await?)
    }

    /// Those that began to be shown after `after` and by `until`, newest date first.
    pub async fn articles_published_between(&self, after: Timestamp, until: Timestamp) -> Result<Vec<Article>> {
        let selection =
            Selection { after: Some(after.as_second()), until: Some(until.as_second()), ..Selection::default() };
        fetch_all(&mut *self.read.acquire().await?, selection).await
    }

    /// Those about an event, drafts too, newest date first.
    pub async fn articles_of_event(&self, event_id: i64) -> Result<Vec<Article>> {
        let selection = Selection { event_id: Some(event_id), ..Selection::default() };
        fetch_all(&mut *self.read.acquire().await?, selection).await
    }
}

/// An article after somebody's change.
#[derive(Debug, Clone)]
pub struct RevisedArticle {
    pub article: Article,
    /// Nothing if it was so already.
    pub changes: Vec<ArticleChange>,
}

async fn add(
    transaction: &mut Transaction<'_, Sqlite>,
    by: &Actor,
    mut manuscript: Manuscript,
    zone: &Zone,
    now: Timestamp,
) -> Result<Article> {
    manuscript.uid.get_or_insert_with(|| Uuid::new_v4().simple().to_string());
    let events = find_events(transaction, &manuscript.events).await?;
    manuscript.images = gather(transaction, &manuscript, &[]).await?;
    let pictures = std::mem::take(&mut manuscript.enclosures.pictures);
    let article = Article::new(next_id(transaction).await?, manuscript, events, zone, now);
    refuse_twin(transaction, &article).await?;
    save(transaction, &article).await?;
    link(transaction, &article).await?;
    keep(transaction, &article, None, &pictures, now).await?;
    append(transaction, by, article.id, &[ArticleChange::of(ArticleAction::Added, now)]).await?;
    Ok(article)
}

async fn rewrite(
    transaction: &mut Transaction<'_, Sqlite>,
    by: &Actor,
    mut article: Article,
    mut manuscript: Manuscript,
    zone: &Zone,
    now: Timestamp,
) -> Result<RevisedArticle> {
    let events = find_events(transaction, &manuscript.events).await?;
    manuscript.images = gather(transaction, &manuscript, &article.images).await?;
    let pictures = std::mem::take(&mut manuscript.enclosures.pictures);
    let before = article.clone();
    let changes = article.rewrite(manuscript, events, zone, now);
    if !changes.is_empty() {
        refuse_twin(transaction, &article).await?;
        save(transaction, &article).await?;
        // Else an event that was removed, and comes back, would be lost to it.
        if article.events != before.events {
            link(transaction, &article).await?;
        }
        if article.images != before.images {
            keep(transaction, &article, Some(&before), &pictures, now).await?;
        }
        append(transaction, by, article.id, &changes).await?;
    }
    Ok(RevisedArticle { article, changes })
}

/// Which rows are asked for; what is none narrows nothing.
#[derive(Debug, Clone, Copy, Default)]
struct Selection<'a> {
    id: Option<i64>,
    event_id: Option<i64>,
    after: Option<i64>,
    until: Option<i64>,
    /// A date, and the id of one of that date.
    before: Option<&'a str>,
    before_id: Option<i64>,
}

struct ArticleRow {
    id: i64,
    uid: String,
    title: String,
    byline: String,
    date: String,
    source: String,
    topics: String,
    events: String,
    body: String,
    images: String,
    created_at: i64,
    updated_at: i64,
    published_at: Option<i64>,
}

impl TryFrom<ArticleRow> for Article {
    type Error = Error;

    fn try_from(row: ArticleRow) -> Result<Self> {
        let damaged = |what: &str| Error::Damaged(format!("article {}: {what}", row.id));
        Ok(Self {
            id: row.id,
            uid: row.uid,
            title: text::kept_line(row.title),
            byline: text::kept_line(row.byline),
            date: parsed(&row.date)?,
            source: text::kept_line(row.source),
            topics: from_json(&row.topics)?.into_iter().map(text::kept_line).collect(),
            events: serde_json::from_str(&row.events).map_err(|_| damaged("its events are no list"))?,
            body: text::kept_lines(row.body),
            images: images(&row.images).ok_or_else(|| damaged("its pictures are no list"))?,
            created_at: instant(row.created_at)?,
            updated_at: instant(row.updated_at)?,
            published_at: row.published_at.map(instant).transpose()?,
        })
    }
}

/// A picture as the database lists it.
type ListedImage = (String, String, String, String, u32, u32, u64, u8);

fn images(list: &str) -> Option<Vec<ArticleImage>> {
    let list: Vec<ListedImage> = serde_json::from_str(list).ok()?;
    let image = |(name, alt, hash, format, width, height, octets, is_shown): ListedImage| {
        let (name, alt, format) = (text::kept_line(name), text::kept_line(alt), format.parse().ok()?);
        Some(ArticleImage { name, alt, hash, format, width, height, octets, is_shown: is_shown == 1 })
    };
    list.into_iter().map(image).collect()
}

/// Newest date first, handed on one by one as long as they are wanted.
async fn fetch_each(
    connection: &mut SqliteConnection,
    selection: Selection<'_>,
    mut take: impl FnMut(Article) -> bool,
) -> Result<()> {
    let mut rows = sqlx::query_as!(
        ArticleRow,
        r#"SELECT id, uid, title, byline, date, source, topics,
                  (SELECT json_group_array(event_id ORDER BY position) FROM article_event
                   JOIN event ON event.id = event_id WHERE article_id = article.id AND removed = 0) AS "events!: String",
                  body,
                  (SELECT json_group_array(json_array(name, alt, p.hash, format, width, height, length(octets), is_shown)
                                           ORDER BY position)
                   FROM article_picture p JOIN picture ON picture.hash = p.hash
                   WHERE p.article_id = article.id) AS "images!: String",
                  created_at, updated_at, published_at
           FROM article
           WHERE ($1 IS NULL OR id = $1)
             AND ($2 IS NULL OR id IN (SELECT article_id FROM article_event WHERE event_id = $2))
             AND ($3 IS NULL OR published_at > $3)
             AND ($4 IS NULL OR published_at <= $4)
             AND ($5 IS NULL OR date < $5 OR date = $5 AND id < $6)
           ORDER BY date DESC, id DESC"#,
        selection.id,
        selection.event_id,
        selection.after,
        selection.until,
        selection.before,
        selection.before_id
    )
    .fetch(connection);
    while let Some(row) = rows.try_next().await? {
        if !take(Article::try_from(row)?) {
            break;
        }
    }
    Ok(())
}

async fn fetch_all(connection: &mut SqliteConnection, selection: Selection<'_>) -> Result<Vec<Article>> {
    let mut articles = Vec::new();
    fetch_each(connection, selection, |article| {
        articles.push(article);
        true
    })
    .await?;
    Ok(articles)
}

async fn fetch_one(connection: &mut SqliteConnection, id: i64) -> Result<Article> {
    let selection = Selection { id: Some(id), ..Selection::default() };
    fetch_all(connection, selection).await?.pop().ok_or_else(|| no_article(id))
}

/// The same, if it still is in the version that somebody saw.
async fn fetch_seen(connection: &mut SqliteConnection, id: i64, seen: Option<i64>) -> Result<Article> {
    let article = fetch_one(&mut *connection, id).await?;
    match seen {
        Some(seen) => refuse_stale(connection, id, seen).await.map(|()| article),
        None => Ok(article),
    }
}

fn no_article(id: i64) -> Error {
    Refused::not_found(Noun::Article, id).into()
}

/// The ids of events named by id or UID, each once, in the order given.
async fn find_events(connection: &mut SqliteConnection, named: &[String]) -> Result<Vec<i64>> {
    let mut ids = Vec::new();
    for name in named {
        let id = find_event(connection, name).await?;
        let id = id.ok_or_else(|| Refused::not_found(Noun::Event, name).in_field("events"))?;
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok(ids)
}

/// A UID may look like an id; the id counts.
async fn find_event(connection: &mut SqliteConnection, name: &str) -> Result<Option<i64>> {
    let id = sqlx::query_scalar!(
        r#"SELECT id AS "id!" FROM event WHERE removed = 0 AND (CAST(id AS TEXT) = $1 OR uid = $1)
           ORDER BY CAST(id AS TEXT) = $1 DESC LIMIT 1"#,
        name
    );
    Ok(id.fetch_optional(connection).await?)
}

async fn refuse_twin(connection: &mut SqliteConnection, article: &Article) -> Result<()> {
    let date = article.date.to_string();
    let others = sqlx::query!(
        "SELECT id, title, date FROM article WHERE id <> $1 AND (date = $2 OR body = $3)",
        article.id,
        date,
        article.body
    );
    let others = others.fetch_all(connection).await?;
    let title = text::fold_case(&article.title);
    match others.iter().find(|other| text::fold_case(&other.title) == title) {
        None => Ok(()),
        Some(twin) => {
            let shared = if twin.date == date { "title and date" } else { "title and text" };
            let id = twin.id;
            Err(Refused::conflict(format!("article {id} has the same {shared}"))
                .about(Noun::Article, id)
                .in_field("title")
                .into())
        }
    }
}

/// The id that the next new article gets: that of a removed one is not given again.
async fn next_id(connection: &mut SqliteConnection) -> Result<i64> {
    let next = sqlx::query_scalar!(
        r#"SELECT coalesce(max(seq), 0) + 1 AS "next!: i64" FROM sqlite_sequence WHERE name = 'article'"#
    );
    Ok(next.fetch_one(connection).await?)
}

/// Writes every column of an article, a new one or one that is there.
async fn save(transaction: &mut Transaction<'_, Sqlite>, article: &Article) -> Result<()> {
    let (date, topics) = (article.date.to_string(), to_json(&article.topics));
    let (created_at, updated_at) = (article.created_at.as_second(), article.updated_at.as_second());
    let published_at = article.published_at.map(Timestamp::as_second);
    sqlx::query!(
        "INSERT INTO article (id, uid, title, byline, date, source, topics, body, created_at, updated_at, published_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (id) DO UPDATE
            SET title = excluded.title, byline = excluded.byline, date = excluded.date, source = excluded.source,
                topics = excluded.topics, body = excluded.body, updated_at = excluded.updated_at,
                published_at = excluded.published_at",
        article.id,
        article.uid,
        article.title,
        article.byline,
        date,
        article.source,
        topics,
        article.body,
        created_at,
        updated_at,
        published_at
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Writes which events an article is about.
async fn link(transaction: &mut Transaction<'_, Sqlite>, article: &Article) -> Result<()> {
    sqlx::query!("DELETE FROM article_event WHERE article_id = $1", article.id).execute(&mut **transaction).await?;
    let events = serde_json::json!(article.events).to_string();
    sqlx::query!(
        "INSERT INTO article_event (article_id, event_id, position) SELECT $1, value, key FROM json_each($2)",
        article.id,
        events
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::{Details, Kind};
    use crate::domain::when::When;

    fn manuscript(title: &str, date: &str, events: &[&str]) -> Manuscript {
        Manuscript {
            uid: None,
            title: title.into(),
            byline: String::new(),
            date: Some(date.parse().unwrap()),
            source: String::new(),
            topics: Vec::new(),
            events: events.iter().map(|&event| event.into()).collect(),
            draft: None,
            published_at: None,
            body: "Text.".into(),
            ..Manuscript::default()
        }
    }

    async fn store(folder: &tempfile::TempDir) -> Store {
        let mut store = Store::create(&folder.path().join("kalends.db")).await.unwrap();
        store.set_clock("2020-10-01T00:00:00Z".parse().unwrap()).await.unwrap();
        for title in ["One", "Two"] {
            let when = When::parse("2020-10-09", None, Zone::utc()).unwrap();
            store.add_event(&Actor::Operator, Details::new(Kind::Other, title, when), "example.org").await.unwrap();
        }
        store
    }

    fn ids(articles: Result<Vec<Article>>) -> Vec<i64> {
        articles.unwrap().iter().map(|article| article.id).collect()
    }

    #[tokio::test]
    async fn a_page_of_what_is_public_leaves_out_what_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder).await;
        for (title, date) in [("A", "2020-09-01"), ("B", "2020-11-01"), ("C", "2020-09-02"), ("D", "2020-08-01")] {
            store.add_article(&Actor::Operator, manuscript(title, date, &[]), &Zone::utc()).await.unwrap();
        }
        let public = ArticleFilter { public_at: Some(store.now()), ..ArticleFilter::default() };
        for (offset, limit, expected) in
            [(0, usize::MAX, &[3, 1, 4][..]), (0, 2, &[3, 1]), (2, 2, &[4]), (3, 2, &[]), (1, 0, &[])]
        {
            assert_eq!(ids(store.articles(&public, offset, limit).await), expected, "{offset} {limit}");
        }
        let later = ArticleFilter { public_at: Some("2020-11-01T00:00:00Z".parse().unwrap()), ..public };
        assert_eq!(ids(store.articles(&later, 0, 1).await), [2]);
    }

    #[tokio::test]
    async fn what_began_to_be_shown_is_told_once_by_intervals_that_meet() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder).await;
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        for date in ["2020-09-01", "2020-10-05", "2020-10-06"] {
            store.add_article(&Actor::Operator, manuscript(date, date, &[]), &Zone::utc()).await.unwrap();
        }
        for (after, until, expected) in [
            ("2020-09-01T00:00:00Z", "2020-10-04T00:00:00Z", &[1][..]),
            ("2020-10-04T00:00:00Z", "2020-10-05T00:00:00Z", &[2]),
            ("2020-10-05T00:00:00Z", "2020-10-06T00:00:00Z", &[3]),
            ("2020-10-04T00:00:00Z", "2020-10-07T00:00:00Z", &[3, 2]),
        ] {
            assert_eq!(ids(store.articles_published_between(at(after), at(until)).await), expected, "{after} {until}");
        }
    }

    #[tokio::test]
    async fn events_come_in_the_order_given_and_without_those_removed() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder).await;
        let article = store
            .add_article(&Actor::Operator, manuscript("A", "2020-09-01", &["2", "1", "2"]), &Zone::utc())
            .await
            .unwrap();
        let titles = async |article: &Article| {
            let events = store.events_by_ids(&article.events).await.unwrap();
            events.into_iter().map(|event| event.details.title).collect::<Vec<_>>()
        };
        assert_eq!(titles(&article).await, ["Two", "One"]);
        assert_eq!(store.article(1).await.unwrap(), article);
        assert_eq!(ids(store.articles_of_event(1).await), [1]);
        store.revise_event(&Actor::Operator, 2, |event, now| Ok(event.remove(now))).await.unwrap();
        assert_eq!(store.article(1).await.unwrap().events, [1]);
        assert_eq!(titles(&article).await, ["One"]);
    }
}
