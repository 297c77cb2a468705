//! Pictures of articles, as editors handle them and readers get them.

use std::collections::HashMap;

use super::{Error, Office, Result};
use crate::documents;
use crate::domain::actor::Actor;
use crate::domain::article::{Article, ArticlePatch, Manuscript};
use crate::domain::picture::{ArticleImage, Enclosed, Picture, PictureFile, alternative, hash};
use crate::domain::refused::Refused;
use crate::intake::article::told;
use crate::store::{Served, TakenBack};

impl Office {
    /// Adds a picture to an article, whose text shows it by the address that it gets; and whether the article had it not yet.
    pub async fn add_image(&self, by: &Actor, id: i64, file: PictureFile) -> Result<(ArticleImage, bool)> {
        let alt = alternative(&file.alt);
        let alt = alt.map_err(|wrong| Refused::invalid(format!("the picture {wrong}")).in_field("alt"))?;
        let had = self.store.article(id).await?.images;
        let came = self.develop(PictureFile { alt, ..file }).await?;
        let hash = came.picture.hash.clone();
        let tell = |known: &Article| {
            let mut manuscript = told(ArticlePatch::default(), Some(known))?;
            manuscript.enclosures.pictures.push(came);
            Ok(manuscript)
        };
        let article = self.store.rewrite_article(by, id, None, self.zone(), tell).await?.article;
        let image = article.images.into_iter().find(|image| image.hash == hash);
        let image = image.ok_or_else(|| Error::Failed(format!("picture {hash} of article {id} is not there")))?;
        let is_new = !had.iter().any(|known| known.hash == hash);
        Ok((image, is_new))
    }

    /// Takes a picture out of an article; see [`TakenBack`].
    pub async fn take_back_image(&self, by: &Actor, id: i64, name: &str) -> Result<TakenBack> {
        Ok(self.store.take_back_picture(by, id, name).await?)
    }

    /// What is at the address of a picture, for everybody.
    pub async fn public_picture(&self, hash: &str) -> Result<Served> {
        Ok(self.store.public_picture(hash).await?)
    }

    /// The same for who writes articles, also before anybody else may see it.
    pub async fn kept_picture(&self, hash: &str) -> Result<Option<Picture>> {
        Ok(self.store.picture(hash).await?)
    }

    /// The octets of all pictures that these articles have, by their hashes.
    pub async fn pictures_of(&self, articles: &[Article]) -> Result<HashMap<String, Vec<u8>>> {
        let mut pictures = HashMap::new();
        for image in articles.iter().flat_map(|article| &article.images) {
            if !pictures.contains_key(&image.hash)
                && let Some(Picture { hash, octets, .. }) = self.store.picture(&image.hash).await?
            {
                pictures.insert(hash, octets);
            }
        }
        Ok(pictures)
    }

    /// Makes the pictures that came with an article fit to be kept.
    pub(super) async fn developed(&self, mut manuscript: Manuscript) -> Result<Manuscript> {
        for file in std::mem::take(&mut manuscript.enclosures.files) {
            manuscript.enclosures.pictures.push(self.develop(file).await?);
        }
        Ok(manuscript)
    }

    async fn develop(&self, PictureFile { name, alt, said, octets, line }: PictureFile) -> Result<Enclosed> {
        // What is kept needs no second look.
        let kept = self.store.picture(&hash(&octets)).await?;
        if let Some(picture) = kept.filter(|kept| said.is_none_or(|said| said == kept.format)) {
            return Ok(Enclosed { name, alt, picture });
        }
        let wrong = |reason: String| {
            let place = line.map(|line| format!("line {line}: ")).unwrap_or_default();
            let name = if name.is_empty() { String::new() } else { format!(" {name}") };
            Refused::invalid(format!("{place}the picture{name} {reason}")).in_field("images")
        };
        match documents::picture(&octets, said).await {
            Ok(picture) => Ok(Enclosed { name, alt, picture }),
            Err(documents::Error::Unread(reason)) => Err(wrong(reason.0).into()),
            Err(documents::Error::Failed(said)) => Err(Error::Failed(said)),
        }
    }
}
