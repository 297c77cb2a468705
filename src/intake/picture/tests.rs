use image::codecs::gif::GifEncoder;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::{Delay, ExtendedColorType, Frame, ImageEncoder, Rgb, RgbImage, Rgba, RgbaImage};
use proptest::prelude::*;

use super::*;

/// What no few colours make.
fn photograph(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let noise = (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(2_246_822_519)).wrapping_mul(3_266_489_917) >> 27;
        Rgb([x * 220 / width, y * 220 / height, 100].map(|light| (light + noise) as u8))
    })
}

fn drawing(width: u32, height: u32) -> RgbaImage {
    RgbaImage::from_fn(
        width,
        height,
        |x, y| if (x / 8 + y / 8) % 2 == 0 { Rgba([200, 0, 0, 255]) } else { Rgba([255; 4]) },
    )
}

fn packed(pixels: DynamicImage, format: PictureFormat) -> Vec<u8> {
    let (mut octets, colours) = (Vec::new(), ExtendedColorType::from(pixels.color()));
    let (samples, width, height) = (pixels.as_bytes(), pixels.width(), pixels.height());
    match format {
        PictureFormat::Gif => GifEncoder::new(&mut octets).encode(samples, width, height, colours),
        PictureFormat::Jpeg => {
            JpegEncoder::new_with_quality(&mut octets, 92).write_image(samples, width, height, colours)
        }
        PictureFormat::Png => PngEncoder::new(&mut octets).write_image(samples, width, height, colours),
        PictureFormat::Webp => WebPEncoder::new_lossless(&mut octets).write_image(samples, width, height, colours),
    }
    .unwrap();
    octets
}

/// A JPEG with a segment behind its head.
fn with_segment(jpeg: &[u8], marker: u8, data: &[u8]) -> Vec<u8> {
    let length = (data.len() as u16 + 2).to_be_bytes();
    [&jpeg[..2], &[0xff, marker], &length, data, &jpeg[2..]].concat()
}

/// EXIF that tells how the camera was held, and where.
fn exif(orientation: u8) -> Vec<u8> {
    let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    exif.extend(b"GPS 51.5 N 0.1 W");
    exif
}

fn reads(octets: &[u8]) -> Picture {
    read(octets).unwrap_or_else(|unfit| panic!("it {unfit}"))
}

#[test]
fn what_is_drawn_or_transparent_becomes_png_and_what_is_photographed_jpeg() {
    let photograph = DynamicImage::ImageRgb8(photograph(300, 200));
    let drawing = drawing(300, 200);
    let mut glass = drawing.clone();
    glass.pixels_mut().step_by(3).for_each(|pixel| pixel.0[3] = 40);
    let (drawing, glass) = (DynamicImage::ImageRgba8(drawing), DynamicImage::ImageRgba8(glass));
    use PictureFormat::{Gif, Jpeg, Png, Webp};
    for (pixels, source, kept) in [
        (&photograph, Jpeg, Jpeg),
        (&photograph, Png, Jpeg),
        (&photograph, Webp, Jpeg),
        (&drawing, Png, Png),
        (&drawing, Gif, Png),
        (&drawing, Webp, Png),
        (&glass, Png, Png),
        (&glass, Webp, Png),
    ] {
        let picture = reads(&packed(pixels.clone(), source));
        assert_eq!((picture.format, picture.width, picture.height), (kept, 300, 200), "{source}");
        assert_eq!(sort(&picture.octets), Ok(kept));
        // It comes home as it went.
        assert_eq!(reads(&picture.octets), picture, "{source}");
    }
}

#[test]
fn it_is_turned_upright_and_tells_nothing_but_what_is_seen() {
    let mut pixels = photograph(60, 40);
    (0..20).for_each(|x| (0..20).for_each(|y| pixels.put_pixel(x, y, Rgb([255, 0, 0]))));
    let plain = packed(DynamicImage::ImageRgb8(pixels), PictureFormat::Jpeg);
    for (orientation, size, red) in
        [(1, (60, 40), (5, 5)), (3, (60, 40), (55, 35)), (6, (40, 60), (35, 5)), (8, (40, 60), (5, 55))]
    {
        let told = with_segment(&plain, 0xe1, &exif(orientation));
        let picture = reads(&with_segment(&told, 0xfe, b"a remark"));
        assert_eq!((picture.width, picture.height), size, "{orientation}");
        for secret in [&b"Exif"[..], b"GPS", b"a remark"] {
            assert!(!picture.octets.windows(secret.len()).any(|part| part == secret), "{orientation}");
        }
        let shown = image::load_from_memory(&picture.octets).unwrap().into_rgb8();
        let Rgb([r, g, _]) = *shown.get_pixel(red.0, red.1);
        assert!(r > 220 && g < 40, "{orientation}: {r} {g}");
    }
}

#[test]
fn it_is_as_large_as_it_is_shown() {
    for (width, height, kept) in
        [(3200, 800, (1600, 400)), (100, 8000, (50, 4000)), (200, 100, (200, 100)), (9000, 30, (1600, 5))]
    {
        let picture = reads(&packed(DynamicImage::ImageRgb8(photograph(width, height)), PictureFormat::Jpeg));
        assert_eq!((picture.width, picture.height), kept);
        assert!(picture.octets.len() <= MOST_KEPT);
    }
    // What lies on its side, too.
    let long = packed(DynamicImage::ImageRgb8(photograph(3000, 100)), PictureFormat::Jpeg);
    let picture = reads(&with_segment(&long, 0xe1, &exif(6)));
    assert_eq!((picture.width, picture.height), (100, 3000));
}

#[test]
fn colours_are_what_their_profile_says() {
    let red = DynamicImage::ImageRgb8(RgbImage::from_pixel(40, 40, Rgb([200, 40, 40])));
    let mut octets = Vec::new();
    let mut encoder = PngEncoder::new(&mut octets);
    encoder.set_icc_profile(moxcms::ColorProfile::new_display_p3().encode().unwrap()).unwrap();
    encoder.write_image(red.as_bytes(), 40, 40, ExtendedColorType::Rgb8).unwrap();
    let shown = image::load_from_memory(&reads(&octets).octets).unwrap().into_rgb8();
    let Rgb([r, g, _]) = *shown.get_pixel(20, 20);
    assert!(r > 210 && g < 40, "{r} {g}");
}

fn animated_gif() -> Vec<u8> {
    let mut octets = Vec::new();
    let frames = [40, 200].map(|grey| {
        let pixels = RgbaImage::from_pixel(8, 8, Rgba([grey, grey, grey, 255]));
        Frame::from_parts(pixels, 0, 0, Delay::from_numer_denom_ms(100, 1))
    });
    GifEncoder::new(&mut octets).encode_frames(frames).unwrap();
    octets
}

/// A chunk of a PNG.
fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut sum = flate2::Crc::new();
    sum.update(kind);
    sum.update(data);
    [&(data.len() as u32).to_be_bytes()[..], kind, data, &sum.sum().to_be_bytes()].concat()
}

/// A PNG that says what it likes of its size.
fn png_of(width: u32, height: u32, more: &[u8]) -> Vec<u8> {
    let head = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    let empty = [0x78, 0x9c, 0x03, 0, 0, 0, 0, 1];
    [b"\x89PNG\r\n\x1a\n", &*chunk(b"IHDR", &head), more, &*chunk(b"IDAT", &empty), &*chunk(b"IEND", &[])].concat()
}

#[test]
fn what_can_not_be_shown_is_refused_with_the_reason() {
    use PictureFormat::{Gif, Jpeg, Png, Webp};
    let jpeg = packed(DynamicImage::ImageRgb8(photograph(300, 200)), Jpeg);
    let png = packed(DynamicImage::ImageRgb8(photograph(300, 200)), Png);
    let gif = packed(DynamicImage::ImageRgba8(drawing(300, 200)), Gif);
    let webp = packed(DynamicImage::ImageRgb8(photograph(300, 200)), Webp);
    let half = |octets: &[u8]| octets[..octets.len() / 2].to_vec();
    let animation = chunk(b"acTL", &[0, 0, 0, 2, 0, 0, 0, 0]);
    let moving =
        [&b"RIFF\x2a\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0\x07\0\0\x07\0\0ANIM\x06\0\0\0\xff\xff\xff\xff\0\0"[..], &[0; 8]]
            .concat();
    let mut flipped = png.clone();
    flipped[png.len() / 2] ^= 0x55;
    for (octets, said, reason) in [
        (vec![], None, "is empty"),
        (b"just words".to_vec(), Some(Png), "is no picture"),
        (b"<?xml version=\"1.0\"?><!-- a --><svg xmlns=\"http://www.w3.org/2000/svg\"/>".to_vec(), None, "is an SVG"),
        (b"\0\0\0\x1cftypheic\0\0\0\0".to_vec(), None, "is HEIC, which"),
        (b"BM6\0\0\0".to_vec(), None, "is a bitmap (BMP)"),
        (jpeg.clone(), Some(Png), "is said to be PNG and is JPEG"),
        (half(&jpeg), Some(Jpeg), "is a broken JPEG, or cut off"),
        (half(&png), Some(Png), "is a broken PNG, or cut off"),
        (half(&gif), Some(Gif), "is a broken GIF, or cut off"),
        (half(&webp), Some(Webp), "is a broken WebP, or cut off"),
        (flipped, Some(Png), "is a broken PNG"),
        (b"\x89PNG\r\n\x1a\n".to_vec(), Some(Png), "is a broken PNG"),
        (animated_gif(), Some(Gif), "is animated"),
        (png_of(300, 200, &animation), Some(Png), "is animated"),
        (moving, Some(Webp), "is animated"),
        (png_of(60_000, 60_000, &[]), Some(Png), "has 60000 × 60000 pixels: 60 million in all are allowed"),
        (png_of(1, 50_000, &[]), Some(Png), "has 1 × 50000 pixels"),
        (png_of(0, 10, &[]), Some(Png), "is a broken PNG"),
        (png_of(7000, 7000, &[]), Some(Png), "is a broken PNG"),
        ([&gif[..6], &[0xff; 4], &gif[10..]].concat(), Some(Gif), "has 65535 × 65535 pixels"),
        (vec![0xff; LARGEST + 1], None, "has more than 20 MB"),
    ] {
        let unfit = refusal(&octets, said).or_else(|| read(&octets).err()).unwrap_or_else(|| panic!("no {reason}"));
        assert!(unfit.to_string().starts_with(reason), "{unfit}, but it {reason}");
        let answer = answer(&octets).unwrap();
        if refusal(&octets, said).is_none() {
            assert_eq!(of_answer(&answer), Some(Err(unfit)));
        }
    }
}

#[test]
fn an_answer_is_what_we_serve_or_none() {
    let picture = reads(&packed(DynamicImage::ImageRgb8(photograph(30, 20)), PictureFormat::Jpeg));
    let answer = answer(&picture.octets).unwrap();
    assert_eq!(of_answer(&answer), Some(Ok(picture)));
    for wrong in [
        &answer[..answer.len() - 1],
        b"",
        b"{}\n",
        b"{\"picture\":{\"format\":\"png\",\"width\":1,\"height\":1}}\n<svg/>",
    ] {
        assert_eq!(of_answer(wrong), None);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_read_of_any_octets_is_what_we_serve(format in 0..4_usize, places in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12), cut in any::<prop::sample::Index>(), is_cut in any::<bool>()) {
        let pixels = DynamicImage::ImageRgb8(photograph(40, 30));
        let mut octets = packed(if format == 0 { DynamicImage::ImageRgba8(drawing(40, 30)) } else { pixels }, PictureFormat::ALL[format]);
        for (place, octet) in &places {
            let at = place.index(octets.len());
            octets[at] = *octet;
        }
        if is_cut {
            octets.truncate(cut.index(octets.len()));
        }
        // What a library does with it ends in the process apart.
        let answer = std::panic::catch_unwind(|| answer(&octets)).ok().map(Result::unwrap);
        if let Some(Ok(picture)) = answer.and_then(|answer| of_answer(&answer).unwrap().into()) {
            prop_assert!(picture.width <= WIDEST && picture.height <= HIGHEST && picture.octets.len() <= MOST_KEPT);
            prop_assert_eq!(reads(&picture.octets), picture);
        }
    }

    #[test]
    fn any_octets_are_no_answer_and_no_panic(octets in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = of_answer(&octets);
        let _ = refusal(&octets, Some(PictureFormat::Png));
        let _ = structure::is_cut_off(&octets);
        for format in PictureFormat::ALL {
            let _ = structure::is_bare(&octets, *format);
        }
    }
}
