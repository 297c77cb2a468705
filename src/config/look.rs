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
    pub logo: Option<Logo>,
    /// Markdown that stands above each edition.
    pub header: String,
    /// Markdown that stands below each mail.
    pub footer: String,
}

impl Default for LookConfig {
    fn default() -> Self {
        Self { accent: Colour([0x1d, 0x5a, 0x99]), logo: None, header: String::new(), footer: String::new() }
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

    /// As dark as it must be to be read on white, and white on it.
    pub fn on_white(self) -> Self {
        self.readable_on(Self::WHITE, Self::BLACK, CONTRAST)
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

/// A picture: at an address, or a file that kalends serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Logo {
    Url(url::Url),
    File { path: PathBuf, ending: &'static str },
}

impl Logo {
    /// Where readers find it.
    pub fn url(&self, links: Links<'_>) -> String {
        match self {
            Self::Url(url) => url.to_string(),
            Self::File { ending, .. } => links.at(&Self::path(ending)),
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
        // Mail programs show no others.
        let known = ["png", "jpg", "jpeg", "gif"];
        let found = path.extension().and_then(|ending| known.iter().find(|k| ending.eq_ignore_ascii_case(k)));
        match found {
            Some(ending) => Ok(Self::File { path, ending }),
            None => {
                Err(Invalid(format!("`{text}` is not a logo: name a .png, .jpg or .gif file, or its https address")))
            }
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
            ("#FFFFFF", "#737373", "#ffffff"),
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
        assert!(url("javascript:alert(1)").is_err() && url("logo.svg").is_err());
    }
}
