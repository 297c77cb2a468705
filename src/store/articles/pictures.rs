//! The pictures of articles. Which an article has is decided here, where all that is kept is known: those that its text
//! shows, and those that came by themselves and wait to be shown.

use jiff::Timestamp;
use sqlx::{Sqlite, SqliteConnection, Transaction};

use super::super::{Error, Result, Store, parsed};
use super::history::append;
use super::{RevisedArticle, fetch_one, save};
use crate::clock::whole_second;
use crate::domain::actor::Actor;
use crate::domain::article::{Article, Manuscript};
use crate::domain::picture::{ArticleImage, Enclosed, MOST_PICTURES, Picture, Shown, hash_in, named};
use crate::domain::refused::{Noun, Refused};

/// What is at the address of a picture, for everybody.
pub enum Served {
    Picture(Picture),
    /// It was here.
    Gone,
    /// Nothing, or nothing that is public yet.
    Nothing,
}

/// A picture that was taken out of an article.
pub struct TakenBack {
    pub revised: RevisedArticle,
    pub image: ArticleImage,
    /// The other articles that have it, so that it is not gone.
    pub others: Vec<i64>,
}

impl Store {
    /// The picture with this hash, if an article that everybody may read shows it.
    pub async fn public_picture(&self, hash: &str) -> Result<Served> {
        let now = self.now().as_second();
        let is_public = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT 1 FROM article_picture p JOIN article a ON a.id = p.article_id
                              WHERE p.hash = $1 AND p.is_shown = 1 AND a.published_at <= $2) AS "is_public!: bool""#,
            hash,
            now
        )
        .fetch_one(&self.read)
        .await?;
        if is_public && let Some(picture) = self.picture(hash).await? {
            return Ok(Served::Picture(picture));
        }
        let gone =
            sqlx::query_scalar!(r#"SELECT EXISTS (SELECT 1 FROM gone_picture WHERE hash = $1) AS "gone!: bool""#, hash);
        Ok(if gone.fetch_one(&self.read).await? { Served::Gone } else { Served::Nothing })
    }

    /// The same, whoever may see it.
    pub async fn picture(&self, hash: &str) -> Result<Option<Picture>> {
        let row = sqlx::query!("SELECT hash, format, width, height, octets FROM picture WHERE hash = $1", hash);
        let row = row.fetch_optional(&self.read).await?;
        row.map(|row| {
            let side = |pixels: i64| u32::try_from(pixels).map_err(|_| damaged(hash));
            let (format, width, height) = (parsed(&row.format)?, side(row.width)?, side(row.height)?);
            Ok(Picture { hash: row.hash, format, width, height, octets: row.octets })
        })
        .transpose()
    }

    /// Takes a picture out of an article, named by its hash, the beginning of that, its address or its name. What no other
    /// article has is deleted, and its address says so from then on.
    pub async fn take_back_picture(&self, by: &Actor, id: i64, name: &str) -> Result<TakenBack> {
        let mut transaction = self.begin().await?;
        let mut article = fetch_one(&mut transaction, id).await?;
        let image = found(&article.images, name).cloned();
        let image = image.ok_or_else(|| Refused::not_found(Noun::Picture, name))?;
        let now = whole_second(self.now());
        let images = article.images.iter().filter(|other| other.hash != image.hash).cloned().collect();
        let changes = article.illustrate(images, now);
        save(&mut transaction, &article).await?;
        append(&mut transaction, by, id, &changes).await?;
        write(&mut transaction, &article).await?;
        let others = sqlx::query_scalar!(
            r#"SELECT DISTINCT article_id AS "id!" FROM article_picture WHERE hash = $1 ORDER BY article_id"#,
            image.hash
        );
        let others = others.fetch_all(&mut *transaction).await?;
        delete(&mut transaction, &image.hash, Some(true), now).await?;
        transaction.commit().await?;
        Ok(TakenBack { revised: RevisedArticle { article, changes }, image, others })
    }
}

fn damaged(hash: &str) -> Error {
    Error::Damaged(format!("picture {hash}: it has no size"))
}

/// The fewest digits that name a picture.
const FEW_DIGITS: usize = 6;

fn found<'a>(images: &'a [ArticleImage], name: &str) -> Option<&'a ArticleImage> {
    let digits = name.to_ascii_lowercase();
    let mut begin = images.iter().filter(|image| digits.len() >= FEW_DIGITS && image.hash.starts_with(&digits));
    let first = begin.next();
    // What several begin with names none, unless they are one picture.
    let one = first.filter(|first| begin.all(|other| other.hash == first.hash));
    one.or_else(|| named(images, name))
}

/// The pictures that an article has when it becomes what is told of it, and had `known` ones.
pub async fn gather(
    connection: &mut SqliteConnection,
    manuscript: &Manuscript,
    known: &[ArticleImage],
) -> Result<Vec<ArticleImage>> {
    let enclosures = &manuscript.enclosures;
    let mut images: Vec<ArticleImage> = Vec::new();
    for shown in &enclosures.shown {
        if named(&images, &shown.name).is_some() {
            continue;
        }
        let image = match enclosed(&enclosures.pictures, &shown.name) {
            Some(image) => Some(image),
            None => match named(known, &shown.name) {
                Some(image) => Some(image.clone()),
                None => fetch(&mut *connection, &shown.name).await?,
            },
        };
        match image {
            Some(image) => images.push(shown_as(image, shown)?),
            None if shown.may_lack => {}
            None => return Err(missing(shown).into()),
        }
    }
    let came = enclosures.pictures.iter().map(|came| ArticleImage::of(&came.name, &came.alt, &came.picture));
    let waits = came.chain(known.iter().filter(|image| !image.is_shown).cloned());
    for image in waits {
        if !images.iter().any(|other| other.name == image.name || other.hash == image.hash) {
            images.push(ArticleImage { is_shown: false, ..image });
        }
    }
    match images.len() > MOST_PICTURES {
        true => {
            Err(Refused::invalid(format!("an article has {MOST_PICTURES} pictures at most")).in_field("images").into())
        }
        false => Ok(images),
    }
}

fn enclosed(pictures: &[Enclosed], name: &str) -> Option<ArticleImage> {
    let by_name = || pictures.iter().find(|came| came.name == name);
    let by_hash = || pictures.iter().find(|came| hash_in(name) == Some(came.picture.hash.as_str()));
    let came = by_name().or_else(by_hash)?;
    Some(ArticleImage::of(&came.name, &came.alt, &came.picture))
}

/// With the words that stand for it there.
fn shown_as(image: ArticleImage, shown: &Shown) -> Result<ArticleImage> {
    let alt = if shown.alt.is_empty() { image.alt.clone() } else { shown.alt.clone() };
    let described = Shown { alt, ..shown.clone() }.described();
    let wrong = |reason| Refused::invalid(format!("line {}: {reason}", shown.line)).in_field("images");
    let alt = described.map_err(wrong)?;
    Ok(ArticleImage { alt, is_shown: true, ..image })
}

fn missing(shown: &Shown) -> Refused {
    let Shown { name, line, .. } = shown;
    let said = match hash_in(name) {
        Some(_) => format!("line {line}: there is no picture {name}: it was taken back, or never came"),
        None => format!(
            "line {line}: the picture {name} does not come with the text: bring it by itself, and show it by the address that it gets"
        ),
    };
    Refused::invalid(said).in_field("images")
}

/// A picture that some article has, by its address.
async fn fetch(connection: &mut SqliteConnection, address: &str) -> Result<Option<ArticleImage>> {
    let Some(hash) = hash_in(address) else { return Ok(None) };
    let row = sqlx::query!(
        r#"SELECT format, width, height, length(octets) AS "octets!: i64" FROM picture WHERE hash = $1"#,
        hash
    );
    let row = row.fetch_optional(connection).await?;
    row.map(|row| {
        let side = |pixels: i64| u32::try_from(pixels).map_err(|_| damaged(hash));
        let (format, width, height, octets) =
            (parsed(&row.format)?, side(row.width)?, side(row.height)?, row.octets.unsigned_abs());
        let (name, hash, alt) = (address.to_owned(), hash.to_owned(), String::new());
        Ok(ArticleImage { name, alt, hash, format, width, height, octets, is_shown: true })
    })
    .transpose()
}

/// Writes the pictures of an article, and deletes those of `before` that nobody has any more.
pub async fn keep(
    transaction: &mut Transaction<'_, Sqlite>,
    article: &Article,
    before: Option<&Article>,
    pictures: &[Enclosed],
    now: Timestamp,
) -> Result<()> {
    let added_at = now.as_second();
    for Enclosed { picture, .. } in pictures {
        let (hash, format, octets) = (&picture.hash, picture.format.as_str(), &picture.octets);
        if !article.images.iter().any(|image| image.hash == *hash) {
            continue;
        }
        sqlx::query!(
            "INSERT INTO picture (hash, format, width, height, octets, added_at) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (hash) DO NOTHING",
            hash,
            format,
            picture.width,
            picture.height,
            octets,
            added_at
        )
        .execute(&mut **transaction)
        .await?;
        sqlx::query!("DELETE FROM gone_picture WHERE hash = $1", hash).execute(&mut **transaction).await?;
    }
    write(transaction, article).await?;
    match before {
        Some(before) => sweep(transaction, before, now).await,
        None => Ok(()),
    }
}

async fn write(transaction: &mut Transaction<'_, Sqlite>, article: &Article) -> Result<()> {
    sqlx::query!("DELETE FROM article_picture WHERE article_id = $1", article.id).execute(&mut **transaction).await?;
    for (position, image) in (0_i64..).zip(&article.images) {
        sqlx::query!(
            "INSERT INTO article_picture (article_id, position, name, alt, hash, is_shown) VALUES ($1, $2, $3, $4, $5, $6)",
            article.id,
            position,
            image.name,
            image.alt,
            image.hash,
            image.is_shown
        )
        .execute(&mut **transaction)
        .await?;
    }
    Ok(())
}

/// Deletes the pictures that an article had, unless some article has them.
pub async fn sweep(transaction: &mut Transaction<'_, Sqlite>, before: &Article, now: Timestamp) -> Result<()> {
    for image in &before.images {
        let was_public = image.is_shown && before.is_public(now);
        delete(transaction, &image.hash, was_public.then_some(false), now).await?;
    }
    Ok(())
}

/// Unless some article has it. Its address says that it is gone, where that is so: it is told whether it was taken back.
async fn delete(
    transaction: &mut Transaction<'_, Sqlite>,
    hash: &str,
    gone: Option<bool>,
    now: Timestamp,
) -> Result<()> {
    let deleted = sqlx::query!(
        "DELETE FROM picture WHERE hash = $1 AND NOT EXISTS (SELECT 1 FROM article_picture p WHERE p.hash = picture.hash)",
        hash
    );
    let is_deleted = deleted.execute(&mut **transaction).await?.rows_affected() > 0;
    if is_deleted && let Some(is_taken_back) = gone {
        let gone_at = now.as_second();
        sqlx::query!(
            "INSERT INTO gone_picture (hash, gone_at, is_taken_back) VALUES ($1, $2, $3)
             ON CONFLICT (hash) DO UPDATE SET gone_at = excluded.gone_at, is_taken_back = excluded.is_taken_back",
            hash,
            gone_at,
            is_taken_back
        )
        .execute(&mut **transaction)
        .await?;
    }
    Ok(())
}
