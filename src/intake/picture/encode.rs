//! What is kept of a picture: upright, in sRGB, with 8 bits a colour, small enough, and packed anew.

use std::collections::HashSet;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::imageops::FilterType as Scaling;
use image::metadata::Orientation;
use image::{DynamicImage, ExtendedColorType, ImageEncoder};
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

use super::structure::{is_bare, tables};
use super::{HIGHEST, MOST_KEPT, WIDEST};
use crate::domain::picture::{Picture, PictureFormat};

/// Of a JPEG, of 100.
const QUALITIES: [u8; 3] = [85, 75, 60];
/// A picture with no more colours is drawn: a JPEG would blur its edges.
const FEW_COLOURS: usize = 256;
/// How wide it is made where it takes too much otherwise, in pixels.
const WIDTHS: [u32; 4] = [WIDEST, 1200, 900, 600];

/// Pixels as they are meant to be seen, no larger than is shown.
pub fn developed(pixels: DynamicImage, orientation: Orientation, profile: Option<Vec<u8>>) -> Developed {
    let is_drawn = has_few_colours(&pixels);
    // Turned when it is small: what is turned is there twice.
    let is_on_its_side = matches!(
        orientation,
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH
    );
    let (width, height) = if is_on_its_side { (HIGHEST, WIDEST) } else { (WIDEST, HIGHEST) };
    let mut pixels = eight_bits(within(pixels, width, height));
    pixels.apply_orientation(orientation);
    if let Some(profile) = profile {
        in_srgb(&mut pixels, &profile);
    }
    Developed { pixels, is_drawn }
}

pub struct Developed {
    pixels: DynamicImage,
    is_drawn: bool,
}

/// The same picture in a box, if it does not fit it as it is.
fn within(pixels: DynamicImage, width: u32, height: u32) -> DynamicImage {
    if pixels.width() <= width && pixels.height() <= height {
        return pixels;
    }
    let scale = (f64::from(width) / f64::from(pixels.width())).min(f64::from(height) / f64::from(pixels.height()));
    let scaled = |side: u32| ((f64::from(side) * scale).round() as u32).max(1);
    let (width, height) = (scaled(pixels.width()), scaled(pixels.height()));
    // Of a far larger one each pixel is the mean of many, which is quick and takes no memory; the last step is the fine one.
    let rough = match scale < 1.0 / 3.0 {
        true => pixels.thumbnail_exact(2 * width, 2 * height),
        false => pixels,
    };
    rough.resize_exact(width, height, Scaling::CatmullRom)
}

fn eight_bits(pixels: DynamicImage) -> DynamicImage {
    let is_transparent = pixels.color().has_alpha() && pixels.to_rgba8().pixels().any(|pixel| pixel.0[3] < u8::MAX);
    match (is_transparent, pixels.color().has_color()) {
        (true, true) => DynamicImage::ImageRgba8(pixels.into_rgba8()),
        (true, false) => DynamicImage::ImageLumaA8(pixels.into_luma_alpha8()),
        (false, true) => DynamicImage::ImageRgb8(pixels.into_rgb8()),
        (false, false) => DynamicImage::ImageLuma8(pixels.into_luma8()),
    }
}

fn has_few_colours(pixels: &DynamicImage) -> bool {
    let mut colours = HashSet::new();
    let mut take = |colour: [u8; 3]| {
        colours.insert(colour);
        colours.len() <= FEW_COLOURS
    };
    match pixels {
        DynamicImage::ImageRgb8(pixels) => pixels.pixels().all(|pixel| take(pixel.0)),
        DynamicImage::ImageRgba8(pixels) => pixels.pixels().all(|pixel| take([pixel.0[0], pixel.0[1], pixel.0[2]])),
        // A photograph may be grey.
        _ => false,
    }
}

/// By its profile. What it says is let be where it can't be read, or is not of three colours.
fn in_srgb(pixels: &mut DynamicImage, profile: &[u8]) {
    let Ok(profile) = ColorProfile::new_from_slice(profile) else { return };
    if profile.color_space != DataColorSpace::Rgb {
        return;
    }
    let (layout, samples): (_, &mut [u8]) = match pixels {
        DynamicImage::ImageRgb8(pixels) => (Layout::Rgb, pixels),
        DynamicImage::ImageRgba8(pixels) => (Layout::Rgba, pixels),
        _ => return,
    };
    let options = TransformOptions::default();
    let srgb = ColorProfile::new_srgb();
    let Ok(transform) = profile.create_transform_8bit(layout, &srgb, layout, options) else { return };
    let before = samples.to_vec();
    if transform.transform(&before, samples).is_err() {
        samples.copy_from_slice(&before);
    }
}

/// As PNG what is drawn or lets through what lies behind it, and what takes less so; all else as JPEG. None: it takes too much
/// however it is packed.
pub fn encode(developed: Developed, source: PictureFormat) -> Option<Picture> {
    let Developed { pixels, is_drawn } = developed;
    let is_transparent = pixels.color().has_alpha();
    for width in WIDTHS.into_iter().filter(|width| *width <= pixels.width().max(WIDEST)) {
        let pixels = match width < pixels.width() {
            true => &within(pixels.clone(), width, HIGHEST),
            false => &pixels,
        };
        let picture = match () {
            () if is_transparent => png(pixels),
            () if source == PictureFormat::Jpeg => jpeg(pixels),
            () if is_drawn => png(pixels).or_else(|| jpeg(pixels)),
            () => smaller(png(pixels), jpeg(pixels)),
        };
        if picture.is_some() {
            return picture;
        }
    }
    None
}

/// Whether a picture comes out as it is: it was packed here, or just so elsewhere. Each time more it would lose a little.
pub fn is_as_packed(octets: &[u8], pixels: &DynamicImage, format: PictureFormat) -> bool {
    if octets.len() > MOST_KEPT || !is_bare(octets, format) {
        return false;
    }
    match format {
        PictureFormat::Png => png(pixels).is_some_and(|picture| picture.octets == octets),
        _ => QUALITIES.into_iter().any(|quality| has_tables_of(octets, quality)),
    }
}

/// Whether a JPEG was made as coarse as one of this quality.
fn has_tables_of(octets: &[u8], quality: u8) -> bool {
    let mut sample = Vec::new();
    let is_written =
        write(&DynamicImage::new_rgb8(8, 8), JpegEncoder::new_with_quality(&mut sample, quality)).is_some();
    let ours: Vec<_> = tables(&sample).collect();
    is_written && tables(octets).all(|table| ours.contains(&table))
}

fn smaller(one: Option<Picture>, other: Option<Picture>) -> Option<Picture> {
    one.into_iter().chain(other).min_by_key(|picture| picture.octets.len())
}

fn jpeg(pixels: &DynamicImage) -> Option<Picture> {
    QUALITIES.into_iter().find_map(|quality| {
        let mut octets = Vec::new();
        write(pixels, JpegEncoder::new_with_quality(&mut octets, quality))?;
        kept(pixels, PictureFormat::Jpeg, octets)
    })
}

fn png(pixels: &DynamicImage) -> Option<Picture> {
    let mut octets = Vec::new();
    write(pixels, PngEncoder::new_with_quality(&mut octets, CompressionType::Default, FilterType::Adaptive))?;
    kept(pixels, PictureFormat::Png, octets)
}

fn write(pixels: &DynamicImage, encoder: impl ImageEncoder) -> Option<()> {
    let colours: ExtendedColorType = pixels.color().into();
    encoder.write_image(pixels.as_bytes(), pixels.width(), pixels.height(), colours).ok()
}

fn kept(pixels: &DynamicImage, format: PictureFormat, octets: Vec<u8>) -> Option<Picture> {
    (octets.len() <= MOST_KEPT).then(|| Picture::new(format, pixels.width(), pixels.height(), octets))
}
