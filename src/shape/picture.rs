//! A picture of an article, as programs see it.

use std::collections::HashMap;

use data_encoding::BASE64;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::links::Links;
use crate::domain::picture::ArticleImage;

#[derive(Debug, Serialize, ToSchema)]
pub struct ImageRecord<'a> {
    /// By which the text names it: the path of its file, or its address.
    pub name: &'a str,
    /// What stands for it where it is not seen.
    pub alt: &'a str,
    /// Of its octets as they are served (SHA-256).
    pub hash: &'a str,
    /// Its address on the site, which the text may name: `![…](…)`.
    pub url: String,
    /// image/jpeg or image/png.
    pub r#type: &'static str,
    /// In pixels.
    pub width: u32,
    pub height: u32,
    /// How many it has.
    pub octets: u64,
    /// Whether the text shows it. It is served once an article shows it that everybody may read.
    pub shown: bool,
}

impl<'a> From<&'a ArticleImage> for ImageRecord<'a> {
    fn from(image: &'a ArticleImage) -> Self {
        Self {
            name: &image.name,
            alt: &image.alt,
            hash: &image.hash,
            url: image.address(Links::HERE),
            r#type: image.format.media_type(),
            width: image.width,
            height: image.height,
            octets: image.octets,
            shown: image.is_shown,
        }
    }
}

/// What became of a picture that was taken out of an article.
#[derive(Debug, Serialize, ToSchema)]
pub struct TakenBackRecord<'a> {
    pub article: i64,
    #[serde(flatten)]
    pub image: ImageRecord<'a>,
    /// Whether it is deleted, so that its address answers 410.
    pub gone: bool,
    /// The other articles that have it.
    pub articles: &'a [i64],
}

/// A picture in an export.
#[derive(Debug, Serialize)]
pub struct ExportedImage<'a> {
    pub name: &'a str,
    pub alt: &'a str,
    pub r#type: &'static str,
    /// In base64 (RFC 4648 section 4).
    pub data: String,
}

impl<'a> ExportedImage<'a> {
    /// With its octets, by its hash; those that are not there are left out.
    pub fn all(images: &'a [ArticleImage], octets: &HashMap<String, Vec<u8>>) -> Vec<Self> {
        let exported = |image: &'a ArticleImage| {
            let data = BASE64.encode(octets.get(&image.hash)?);
            Some(Self { name: &image.name, alt: &image.alt, r#type: image.format.media_type(), data })
        };
        images.iter().filter_map(exported).collect()
    }
}
