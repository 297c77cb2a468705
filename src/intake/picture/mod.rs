//! Pictures as people have them, and what is kept of them: PNG, JPEG, GIF and WebP in; JPEG and PNG out, upright, in sRGB, no
//! larger than a page or a mail shows, and with nothing but what is seen: a camera tells where it was. They are read in a
//! process of its own (`crate::confined`), which answers with a line of JSON and the octets.

mod encode;
mod structure;

use std::io::Cursor;

use image::codecs::gif::GifDecoder;
use image::codecs::jpeg::JpegDecoder;
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::metadata::Orientation;
use image::{AnimationDecoder, DynamicImage, ImageDecoder, ImageError, Limits};
use serde::{Deserialize, Serialize};

use crate::domain::octets::Octets;
use crate::domain::picture::{Picture, PictureFormat};

/// The largest file that is looked at, in octets.
pub const LARGEST: usize = 20_000_000;
/// How many pixels a picture may have: those of a good camera.
const MOST_PIXELS: u64 = 60_000_000;
/// The same for one side: what is drawn in a line would be nothing but that.
const LONGEST_SIDE: u32 = 30_000;
/// What a picture may take in memory, unpacked, in octets.
const MOST_MEMORY: u64 = 200_000_000;
/// What is kept of one at most, in octets.
pub const MOST_KEPT: usize = 1_000_000;
/// How large it is kept, in pixels: twice what a page has room for, so that it is sharp on every screen.
const WIDEST: u32 = 1600;
const HIGHEST: u32 = 4000;

/// The longest answer of the process, in octets.
pub const LONGEST_ANSWER: u64 = MOST_KEPT as u64 + 1000;

/// Why a picture is not taken. The sentence goes on from its name, and is the parent's own: the process tells these words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Unfit {
    #[error("is empty")]
    Empty,
    #[error("has more than {}: save it smaller", Octets(LARGEST as u64))]
    LargeFile,
    #[error("is an SVG, a drawing that may hold scripts and that mail programs do not show: save it as PNG")]
    Drawing,
    #[error("is {0}, which mail programs do not show: save it as JPEG or PNG")]
    Foreign(Foreign),
    #[error("is no picture: PNG, JPEG, GIF and WebP are taken")]
    NoPicture,
    #[error("is said to be {} and is {} by its octets: name it as what it is", said.name(), is.name())]
    Otherwise { said: PictureFormat, is: PictureFormat },
    #[error("is animated, which mail programs show each in its own way: save one picture of it as PNG or JPEG")]
    Animated,
    #[error(
        "has {width} × {height} pixels: {} million in all are allowed, and {LONGEST_SIDE} on a side; save it smaller",
        MOST_PIXELS / 1_000_000
    )]
    Pixels { width: u32, height: u32 },
    #[error("takes too much memory when it is unpacked: save it smaller, with 8 bits a colour")]
    Memory,
    #[error("is a broken {}, or cut off: get it again, or open it and save it anew", .0.name())]
    Broken(PictureFormat),
    #[error("takes more than {} however it is packed: save it smaller, or as JPEG", Octets(MOST_KEPT as u64))]
    Unpackable,
}

/// Pictures of other kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Foreign {
    Avif,
    Bitmap,
    Heic,
    Icon,
    JpegXl,
    Pdf,
    Photoshop,
    Tiff,
}

impl std::fmt::Display for Foreign {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Avif => "AVIF",
            Self::Bitmap => "a bitmap (BMP)",
            Self::Heic => "HEIC",
            Self::Icon => "an icon (ICO)",
            Self::JpegXl => "JPEG XL",
            Self::Pdf => "a PDF",
            Self::Photoshop => "a file of Photoshop",
            Self::Tiff => "TIFF",
        })
    }
}

/// What a file is, by its first octets alone.
fn sort(octets: &[u8]) -> Result<PictureFormat, Unfit> {
    let begins = |sign: &[u8]| octets.starts_with(sign);
    let behind = |at: usize, sign: &[u8]| octets.get(at..).is_some_and(|rest| rest.starts_with(sign));
    let foreign = |foreign| Err(Unfit::Foreign(foreign));
    match () {
        () if octets.is_empty() => Err(Unfit::Empty),
        () if begins(b"\x89PNG\r\n\x1a\n") => Ok(PictureFormat::Png),
        () if begins(b"\xff\xd8\xff") => Ok(PictureFormat::Jpeg),
        () if begins(b"GIF87a") || begins(b"GIF89a") => Ok(PictureFormat::Gif),
        () if begins(b"RIFF") && behind(8, b"WEBP") => Ok(PictureFormat::Webp),
        () if behind(4, b"ftypavi") => foreign(Foreign::Avif),
        () if behind(4, b"ftyphe") || behind(4, b"ftypmif1") => foreign(Foreign::Heic),
        () if begins(b"II*\0") || begins(b"MM\0*") => foreign(Foreign::Tiff),
        () if begins(b"BM") => foreign(Foreign::Bitmap),
        () if begins(b"\0\0\x01\0") => foreign(Foreign::Icon),
        () if begins(b"\xff\x0a") || behind(4, b"JXL ") => foreign(Foreign::JpegXl),
        () if begins(b"8BPS") => foreign(Foreign::Photoshop),
        () if begins(b"%PDF") => foreign(Foreign::Pdf),
        () if is_drawing(octets) => Err(Unfit::Drawing),
        () => Err(Unfit::NoPicture),
    }
}

/// Whether an SVG begins among the first octets, whatever stands before it.
fn is_drawing(octets: &[u8]) -> bool {
    let beginning = &octets[..octets.len().min(4096)];
    // gzip of it is an SVGZ by its name alone.
    beginning.windows(4).any(|four| four.eq_ignore_ascii_case(b"<svg"))
}

/// What can be told of a file without unpacking it.
pub fn refusal(octets: &[u8], said: Option<PictureFormat>) -> Option<Unfit> {
    if octets.len() > LARGEST {
        return Some(Unfit::LargeFile);
    }
    match (sort(octets), said) {
        (Err(unfit), _) => Some(unfit),
        (Ok(is), Some(said)) if is != said => Some(Unfit::Otherwise { said, is }),
        _ => None,
    }
}

/// What is kept of a picture. May panic, loop or want all memory: only to be called where that does no harm.
pub fn read(octets: &[u8]) -> Result<Picture, Unfit> {
    let format = match refusal(octets, None) {
        Some(unfit) => return Err(unfit),
        None => sort(octets)?,
    };
    let opened = match format {
        PictureFormat::Gif => gif(octets),
        PictureFormat::Jpeg if structure::is_cut_off(octets) => return Err(Unfit::Broken(format)),
        PictureFormat::Jpeg => open(JpegDecoder::new(Cursor::new(octets))),
        PictureFormat::Png => png(octets),
        PictureFormat::Webp => webp(octets),
    };
    let Opened { pixels, orientation, profile } = opened.map_err(|error| error.of(format))?;
    let (width, height) = (pixels.width(), pixels.height());
    // What comes home stays as it is.
    let is_upright = orientation == Orientation::NoTransforms && profile.is_none();
    let is_small = width <= WIDEST && height <= HIGHEST;
    if is_upright && is_small && encode::is_as_packed(octets, &pixels, format) {
        return Ok(Picture::new(format, width, height, octets.to_vec()));
    }
    encode::encode(encode::developed(pixels, orientation, profile), format).ok_or(Unfit::Unpackable)
}

/// A picture unpacked.
struct Opened {
    pixels: DynamicImage,
    orientation: Orientation,
    /// What its colours mean, where that is not sRGB for certain (ICC).
    profile: Option<Vec<u8>>,
}

/// Why one can't be.
enum Error {
    Unfit(Unfit),
    Library(ImageError),
}

impl Error {
    fn of(self, format: PictureFormat) -> Unfit {
        match self {
            Self::Unfit(unfit) => unfit,
            Self::Library(ImageError::Limits(_)) => Unfit::Memory,
            Self::Library(_) => Unfit::Broken(format),
        }
    }
}

impl From<ImageError> for Error {
    fn from(error: ImageError) -> Self {
        Self::Library(error)
    }
}

fn limits() -> Limits {
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MOST_MEMORY);
    limits
}

/// Before anything of it is unpacked.
fn bound(decoder: &impl ImageDecoder) -> Result<(), Error> {
    let (width, height) = decoder.dimensions();
    let is_large = u64::from(width) * u64::from(height) > MOST_PIXELS || width.max(height) > LONGEST_SIDE;
    match () {
        () if is_large => Err(Error::Unfit(Unfit::Pixels { width, height })),
        () if decoder.total_bytes() > MOST_MEMORY => Err(Error::Unfit(Unfit::Memory)),
        () => Ok(()),
    }
}

fn open<D: ImageDecoder>(decoder: Result<D, ImageError>) -> Result<Opened, Error> {
    let mut decoder = decoder?;
    bound(&decoder)?;
    decoder.set_limits(limits())?;
    // What tells neither is shown as it lies, in sRGB.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let profile = decoder.icc_profile().unwrap_or_default();
    Ok(Opened { pixels: DynamicImage::from_decoder(decoder)?, orientation, profile })
}

fn png(octets: &[u8]) -> Result<Opened, Error> {
    let mut limits = limits();
    (limits.max_image_width, limits.max_image_height) = (None, None);
    let decoder = PngDecoder::with_limits(Cursor::new(octets), limits)?;
    if decoder.is_apng()? {
        return Err(Error::Unfit(Unfit::Animated));
    }
    open(Ok(decoder))
}

fn webp(octets: &[u8]) -> Result<Opened, Error> {
    if structure::is_animated_webp(octets) {
        return Err(Error::Unfit(Unfit::Animated));
    }
    open(WebPDecoder::new(Cursor::new(octets)))
}

/// The library gives the first picture of several without a word.
fn gif(octets: &[u8]) -> Result<Opened, Error> {
    let mut decoder = GifDecoder::new(Cursor::new(octets))?;
    bound(&decoder)?;
    decoder.set_limits(limits())?;
    let mut frames = decoder.into_frames();
    let first = frames.next().ok_or(Error::Unfit(Unfit::Broken(PictureFormat::Gif)))??;
    match frames.next() {
        Some(Ok(_)) => Err(Error::Unfit(Unfit::Animated)),
        Some(Err(error)) => Err(error.into()),
        None => {
            let pixels = DynamicImage::ImageRgba8(first.into_buffer());
            Ok(Opened { pixels, orientation: Orientation::NoTransforms, profile: None })
        }
    }
}

/// What the process answers before the octets.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Picture { format: PictureFormat, width: u32, height: u32 },
    Unfit(Unfit),
}

/// What the process that reads a picture answers.
pub fn answer(octets: &[u8]) -> serde_json::Result<Vec<u8>> {
    let (line, octets) = match read(octets) {
        Ok(Picture { format, width, height, octets, .. }) => (Answer::Picture { format, width, height }, octets),
        Err(unfit) => (Answer::Unfit(unfit), Vec::new()),
    };
    let mut answer = serde_json::to_vec(&line)?;
    answer.push(b'\n');
    answer.extend(octets);
    Ok(answer)
}

/// The picture in such an answer, or why there is none; none at all if it is no answer.
pub fn of_answer(answer: &[u8]) -> Option<Result<Picture, Unfit>> {
    let end = answer.iter().position(|octet| *octet == b'\n')?;
    let (line, octets) = (&answer[..end], &answer[end + 1..]);
    match serde_json::from_slice(line).ok()? {
        Answer::Picture { format, width, height } => {
            // It may only be what we serve: no process could make anything else of it.
            let is_ours = sort(octets) == Ok(format) && structure::is_bare(octets, format);
            is_ours.then(|| Ok(Picture::new(format, width, height, octets.to_vec())))
        }
        Answer::Unfit(unfit) => Some(Err(unfit)),
    }
}

#[cfg(test)]
mod tests;
