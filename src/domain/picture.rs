//! Pictures of articles: what is kept of one, and how an article has it.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::links::Links;
use super::{Invalid, text, words};

words! {
    /// What a picture's octets are. Kept are JPEG and PNG alone: not every mail program shows the others.
    pub enum PictureFormat, "kind of picture" {
        Gif => "gif",
        Jpeg => "jpeg",
        Png => "png",
        Webp => "webp",
    }
}

impl PictureFormat {
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Gif => "image/gif",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
        }
    }

    /// Of files, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            other => other.as_str(),
        }
    }

    /// As people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gif => "GIF",
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::Webp => "WebP",
        }
    }

    /// What the name of a file says that it is.
    pub fn of_file(name: &str) -> Option<Self> {
        let (_, extension) = name.rsplit_once('.')?;
        match extension.to_ascii_lowercase().as_str() {
            "gif" => Some(Self::Gif),
            "jpg" | "jpeg" | "jpe" | "jfif" => Some(Self::Jpeg),
            "png" => Some(Self::Png),
            "webp" => Some(Self::Webp),
            _ => None,
        }
    }
}

/// A picture fit to be shown: checked, without what it told beside what it shows, and no larger than a page or a mail needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Of its octets; the name that it is served by.
    pub hash: String,
    pub format: PictureFormat,
    /// In pixels.
    pub width: u32,
    pub height: u32,
    pub octets: Vec<u8>,
}

impl Picture {
    pub fn new(format: PictureFormat, width: u32, height: u32, octets: Vec<u8>) -> Self {
        Self { hash: hash(&octets), format, width, height, octets }
    }
}

/// SHA-256, in hexadecimal.
pub fn hash(octets: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(octets))
}

/// How many digits a hash has.
pub const HASH_DIGITS: usize = 64;

/// The hash in the address of a picture, of this site or, by its looks, of another: `/media/….jpg`.
pub fn hash_in(address: &str) -> Option<&str> {
    let (_, name) = address.rsplit_once(MEDIA)?;
    let (hash, extension) = name.split_once('.')?;
    let is_hash = hash.len() == HASH_DIGITS && hash.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    (is_hash && ["jpg", "png"].contains(&extension)).then_some(hash)
}

/// Before the hash in an address.
const MEDIA: &str = "/media/";

/// How many pictures an article may have.
pub const MOST_PICTURES: usize = 50;
/// The longest alternative text, in characters.
const LONGEST_ALT: usize = 500;

/// What stands for a picture where it is not seen. There has to be one.
pub fn alternative(given: &str) -> Result<String, Invalid> {
    let said = text::single_line(given);
    if said.is_empty() {
        return Err(Invalid::new("has no alternative text, which says in words what it shows"));
    }
    match said.chars().count() {
        0..=LONGEST_ALT => Ok(said),
        more => Err(Invalid(format!("has an alternative text of {more} characters: {LONGEST_ALT} are allowed"))),
    }
}

/// What a text says of a picture that it shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The path of its file as the text names it, or its address.
    pub name: String,
    /// What stands for it where it is not seen; may be empty where it was said before.
    pub alt: String,
    /// Where in the text, or in its file.
    pub line: u64,
    /// Whether nothing is wrong if it is not there: it was taken back, or is another site's.
    pub may_lack: bool,
}

impl Shown {
    /// That something stands for it.
    pub fn described(&self) -> Result<String, Invalid> {
        let name = &self.name;
        let wrong = |reason| Invalid(format!("the picture {name} {reason}: say it as in `![A seal]({name})`"));
        alternative(&self.alt).map_err(wrong)
    }
}

/// A picture as somebody brings it, not looked at yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureFile {
    /// By which the text names it; empty: by its address alone.
    pub name: String,
    pub alt: String,
    /// What it is said to be.
    pub said: Option<PictureFormat>,
    pub octets: Vec<u8>,
    /// Where the text shows it, if it came with one.
    pub line: Option<u64>,
}

/// A picture that comes with an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enclosed {
    /// By which the text names it; empty: by its address alone.
    pub name: String,
    pub alt: String,
    pub picture: Picture,
}

/// What belongs to the text of an article that is told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Enclosures {
    /// What the text shows, in its order.
    pub shown: Vec<Shown>,
    /// What came with it, and was not looked at yet.
    pub files: Vec<PictureFile>,
    /// The same, fit to be kept.
    pub pictures: Vec<Enclosed>,
}

/// A picture of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArticleImage {
    /// By which the text names it: the path of its file, or its address.
    pub name: String,
    pub alt: String,
    pub hash: String,
    pub format: PictureFormat,
    /// In pixels.
    pub width: u32,
    pub height: u32,
    /// How many.
    pub octets: u64,
    /// Whether the text shows it. One that came by itself waits to be shown.
    pub is_shown: bool,
}

impl ArticleImage {
    pub fn of(name: &str, alt: &str, picture: &Picture) -> Self {
        let (hash, format) = (picture.hash.clone(), picture.format);
        let name = match name {
            "" => Links::HERE.picture(&hash, format.extension()),
            name => name.to_owned(),
        };
        let (width, height, octets) = (picture.width, picture.height, picture.octets.len() as u64);
        Self { name, alt: alt.to_owned(), hash, format, width, height, octets, is_shown: false }
    }

    /// Where it is served.
    pub fn address(&self, links: Links<'_>) -> String {
        links.picture(&self.hash, self.format.extension())
    }

    /// Whether a text that names this shows it.
    pub fn is_named(&self, name: &str) -> bool {
        self.name == name || hash_in(name) == Some(self.hash.as_str())
    }
}

/// The one of an article's pictures that its text names so.
pub fn named<'a>(images: &'a [ArticleImage], name: &str) -> Option<&'a ArticleImage> {
    images.iter().find(|image| image.name == name).or_else(|| images.iter().find(|image| image.is_named(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_a_picture_tells_its_hash() {
        let hash = hash(b"octets");
        for address in [format!("/media/{hash}.jpg"), format!("https://example.org/press/media/{hash}.png")] {
            assert_eq!(hash_in(&address), Some(hash.as_str()), "{address}");
        }
        for other in ["/media/a.jpg", "media.jpg", &format!("/media/{hash}.svg"), &format!("/media/{hash}"), ""] {
            assert_eq!(hash_in(other), None, "{other}");
        }
        let picture = Picture::new(PictureFormat::Jpeg, 2, 1, b"octets".to_vec());
        let image = ArticleImage::of("", "A seal", &picture);
        assert_eq!((image.name.as_str(), hash_in(&image.name)), (format!("/media/{hash}.jpg").as_str(), Some(&*hash)));
    }

    #[test]
    fn what_a_file_is_said_to_be_its_name_tells() {
        for (name, said) in [
            ("a.png", Some(PictureFormat::Png)),
            ("a/b.JPEG", Some(PictureFormat::Jpeg)),
            ("a.tar.webp", Some(PictureFormat::Webp)),
            ("a.svg", None),
            ("png", None),
        ] {
            assert_eq!(PictureFormat::of_file(name), said, "{name}");
        }
    }

    #[test]
    fn an_alternative_text_is_one_line_with_words() {
        assert_eq!(alternative(" A\n seal ").as_deref(), Ok("A seal"));
        assert!(alternative(" \t").is_err() && alternative(&"a".repeat(501)).is_err());
    }
}
