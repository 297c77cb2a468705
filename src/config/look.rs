//! How mails and pages look: the colour, the logo and the words that make them the office's own.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use serde::Deserialize;

use crate::domain::links::Links;
use crate::domain::{Invalid, serde_as_text};

#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table of options")]
pub struct LookConfig {
    /// Of links, buttons and headings.
    pub accent: Colour,
    /// Of the stripe above each page, and of what is marked on it; the accent, if not set.
    pub second: Option<Colour>,
    /// Of pages and mails; each machine's own, if not set.
    pub font: Option<Font>,
    pub logo: Option<Logo>,
    /// Markdown that stands above each edition.
    pub header: String,
    /// Markdown that stands below each mail.
    pub footer: String,
}

impl Default for LookConfig {
    fn default() -> Self {
        let accent = Colour([0x1d, 0x5a, 0x99]);
        Self { accent, second: None, font: None, logo: None, header: String::new(), footer: String::new() }
    }
}

/// A colour in sRGB: `#1d5a99`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour([u8; 3]);

/// What text needs against its background (WCAG 2.2, success criterion 1.4.3), and more in the dark, where letters swim.
const CONTRAST: f64 = 4.5;
const CONTRAST_IN_DARK: f64 = 6.0;

impl Colour {
    const BLACK: Self = Self([0, 0, 0]);
    const WHITE: Self = Self([0xff, 0xff, 0xff]);
    /// Behind the sheets of a page (`templates/page/site.css`).
    const PAGE: Self = Self([0xf4, 0xf5, 0xf7]);

    /// As dark as it must be to be read on white and on the grey behind it, and white on it.
    pub fn on_white(self) -> Self {
        self.readable_on(Self::PAGE, Self::BLACK, CONTRAST)
    }

    /// As light as it must be to be read on the background of dark mode.
    pub fn on_dark(self) -> Self {
        self.readable_on(Self([0x1b, 0x21, 0x28]), Self::WHITE, CONTRAST_IN_DARK)
    }

    fn readable_on(self, background: Self, towards: Self, contrast: f64) -> Self {
        (0..=20)
            .map(|step| self.mixed(towards, f64::from(step) / 20.0))
            .find(|colour| colour.contrast(background) >= contrast)
            .unwrap_or(towards)
    }

    fn mixed(self, other: Self, part: f64) -> Self {
        let mut mixed = self;
        for (channel, other) in mixed.0.iter_mut().zip(other.0) {
            *channel = (f64::from(*channel) * (1.0 - part) + f64::from(other) * part).round() as u8;
        }
        mixed
    }

    fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// Relative luminance (WCAG 2.2).
    fn luminance(self) -> f64 {
        let linear = |channel: u8| match f64::from(channel) / 255.0 {
            low if low <= 0.04045 => low / 12.92,
            high => ((high + 0.055) / 1.055).powf(2.4),
        };
        let [red, green, blue] = self.0;
        0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl FromStr for Colour {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let channel = |at: usize| text.get(at..at + 2).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        let is_hex = text.starts_with('#') && text.len() == 7 && text[1..].bytes().all(|b| b.is_ascii_hexdigit());
        match (channel(1), channel(3), channel(5)) {
            (Some(red), Some(green), Some(blue)) if is_hex => Ok(Self([red, green, blue])),
            _ => Err(Invalid(format!("`{text}` is not a colour: write one such as #1d5a99"))),
        }
    }
}

serde_as_text!(Colour);

/// Names of fonts as CSS lists them, the one that is wanted most first: `Georgia, "Noto Serif", serif`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Font(String);

/// A longer list is a mistake.
const FONT_CHARACTERS: usize = 300;

impl fmt::Display for Font {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Font {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let bad =
            || Invalid(format!("`{text}` is not a list of fonts: write one such as Georgia, \"Noto Serif\", serif"));
        let name = |given: &str| {
            let name = given.trim();
            let inner = ['"', '\''].iter().find_map(|quote| name.strip_prefix(*quote)?.strip_suffix(*quote));
            let (inner, is_bare) = inner.map_or((name, true), |inner| (inner, false));
            let is_in_name = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
            let begins_well = inner.chars().next().is_some_and(|c| c.is_alphabetic() || c == '-');
            // What is bare stays so: `serif` in quotes would be a font of that name.
            let told = if is_bare && !inner.contains(' ') { inner.to_owned() } else { format!("'{inner}'") };
            (begins_well && inner.chars().all(is_in_name)).then_some(told)
        };
        if text.chars().count() > FONT_CHARACTERS {
            return Err(bad());
        }
        let names = text.split(',').map(name).collect::<Option<Vec<_>>>().ok_or_else(bad)?;
        Ok(Self(names.join(", ")))
    }
}

serde_as_text!(Font);

/// A picture: at an address, or a file that kalends serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Logo {
    Url(url::Url),
    File { path: PathBuf, ending: &'static str },
}

const PNG: &str = "png";
const SVG: &str = "svg";

impl Logo {
    /// Where readers find it.
    pub fn url(&self, links: Links<'_>) -> String {
        match self {
            Self::Url(url) => url.to_string(),
            Self::File { ending, .. } => links.at(&Self::path(ending)),
        }
    }

    /// What mails show: nothing of an SVG but the PNG beside its file, since mail programs show no SVG.
    pub fn url_in_mails(&self, links: Links<'_>) -> Option<String> {
        match self {
            Self::Url(url) if url.path().to_ascii_lowercase().ends_with(".svg") => None,
            Self::File { ending: SVG, .. } => Some(links.at(&Self::path(PNG))),
            _ => Some(self.url(links)),
        }
    }

    /// The files that it is of.
    pub fn files(&self) -> Vec<PathBuf> {
        match self {
            Self::Url(_) => Vec::new(),
            Self::File { path, ending } => {
                [Some(path.clone()), self.file(PNG).filter(|_| *ending == SVG)].into_iter().flatten().collect()
            }
        }
    }

    /// The file that the site serves under an ending.
    pub fn file(&self, wanted: &str) -> Option<PathBuf> {
        match self {
            Self::File { path, ending } if *ending == wanted => Some(path.clone()),
            Self::File { path, ending: SVG } if wanted == PNG => Some(path.with_extension(PNG)),
            _ => None,
        }
    }

    /// The path under which the site serves a file with this ending.
    pub fn path(ending: &str) -> String {
        format!("/assets/logo.{ending}")
    }
}

impl FromStr for Logo {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if let Some(url) = text.parse::<url::Url>().ok().filter(|url| matches!(url.scheme(), "http" | "https")) {
            return Ok(Self::Url(url));
        }
        let path = PathBuf::from(text);
        let known = [PNG, "jpg", "jpeg", "gif", SVG];
        let found = path.extension().and_then(|ending| known.iter().find(|k| ending.eq_ignore_ascii_case(k)));
        match found {
            Some(ending) => Ok(Self::File { path, ending }),
            None => Err(Invalid(format!(
                "`{text}` is not a logo: name a .png, .jpg, .gif or .svg file, or its https address"
            ))),
        }
    }
}

impl<'de> Deserialize<'de> for Logo {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_made_readable_and_no_more_than_that() {
        for (given, light, dark) in [
            ("#1d5a99", "#1d5a99", "#83a4c7"),
            ("#ffff00", "#737300", "#ffff00"),
            ("#000000", "#000000", "#a6a6a6"),
            ("#FFFFFF", "#666666", "#ffffff"),
        ] {
            let colour: Colour = given.parse().unwrap();
            assert_eq!((colour.on_white().to_string().as_str(), colour.on_dark().to_string().as_str()), (light, dark));
        }
        for bad in ["", "red", "#12345", "#1234567", "1d5a999", "#€€"] {
            assert!(bad.parse::<Colour>().unwrap_err().0.contains("#1d5a99"), "{bad}");
        }
    }

    #[test]
    fn a_logo_is_a_file_or_an_address() {
        let url = |text: &str| text.parse::<Logo>().map(|logo| logo.url(Links::new("https://example.org")));
        assert_eq!(url("https://cdn.example.org/l.png").unwrap(), "https://cdn.example.org/l.png");
        assert_eq!(url("config/Logo.PNG").unwrap(), "https://example.org/assets/logo.png");
        assert!(url("javascript:alert(1)").is_err() && url("logo.bmp").is_err());
        let drawn: Logo = "config/logo.svg".parse().unwrap();
        assert_eq!(drawn.url_in_mails(Links::HERE).unwrap(), "/assets/logo.png");
        assert_eq!(drawn.file("png").unwrap(), PathBuf::from("config/logo.png"));
        assert_eq!((drawn.file("svg"), drawn.file("gif")), (Some(PathBuf::from("config/logo.svg")), None));
        let elsewhere: Logo = "https://cdn.example.org/l.SVG".parse().unwrap();
        assert_eq!(elsewhere.url_in_mails(Links::HERE), None);
    }

    #[test]
    fn fonts_are_names_and_nothing_else() {
        let font = |text: &str| text.parse::<Font>().map(|font| font.to_string());
        assert_eq!(
            font("Georgia, \"Noto Serif\", 'PingFang SC', serif").unwrap(),
            "Georgia, 'Noto Serif', 'PingFang SC', serif"
        );
        assert_eq!(font("Noto Sans CJK SC,sans-serif").unwrap(), "'Noto Sans CJK SC', sans-serif");
        for bad in ["", ",", "a; color: red", "a}b", "url(x)", "\"a", "a</style>", "1a"] {
            assert!(font(bad).unwrap_err().0.contains("serif"), "{bad}");
        }
    }

    proptest::proptest! {
        /// WCAG 2.2: text 4.5:1 (1.4.3), on each background that it stands on.
        #[test]
        fn any_colour_can_be_read_wherever_it_stands(red: u8, green: u8, blue: u8) {
            let colour = Colour([red, green, blue]);
            let (light, dark) = (colour.on_white(), colour.on_dark());
            let (page_in_dark, sheet_in_dark) = (Colour([0x12, 0x16, 0x1b]), Colour([0x1b, 0x21, 0x28]));
            for (text, background) in [
                (light, Colour::WHITE),
                (light, Colour::PAGE),
                (Colour::WHITE, light),
                (dark, page_in_dark),
                (dark, sheet_in_dark),
                (page_in_dark, dark),
            ] {
                proptest::prop_assert!(text.contrast(background) >= CONTRAST, "{text} on {background}");
            }
        }
    }
}
