//! What stands around every mail: whose it is, its colours, and style sheets as mail programs take them.

use std::sync::LazyLock;

use crate::config::Config;
use crate::domain::links::Links;
use crate::domain::wording::Locale;
use crate::markdown;

/// What machines of readers have, where the office chose no font.
const FONT: &str = r#"-apple-system, "Segoe UI", Roboto, "Helvetica Neue", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", Arial, sans-serif"#;

/// What stands around a mail.
pub struct Letterhead<'a> {
    pub site_title: &'a str,
    pub links: Links<'a>,
    pub locale: Locale,
    pub is_demo: bool,
    /// The colour of links and buttons, in light and in dark mode.
    pub accent: String,
    pub accent_in_dark: String,
    pub font: String,
    /// Empty if there is none.
    pub logo_url: String,
    /// HTML below everything; empty if there is none.
    pub footer: String,
    /// The same for plain text.
    pub footer_text: &'a str,
}

impl<'a> Letterhead<'a> {
    pub fn of(config: &'a Config, locale: Locale, is_demo: bool) -> Self {
        let links = config.site.links();
        let look = &config.look;
        Self {
            site_title: config.site.title.as_str(),
            links,
            locale,
            is_demo,
            accent: look.accent.on_white().to_string(),
            accent_in_dark: look.accent.on_dark().to_string(),
            font: look.font.as_ref().map_or_else(|| FONT.to_owned(), ToString::to_string),
            logo_url: look.logo.as_ref().and_then(|logo| logo.url_in_mails(links)).unwrap_or_default(),
            footer: markdown::to_html(&look.footer),
            footer_text: look.footer.trim(),
        }
    }
}

/// Mail programs drop style sheets, so each element gets its own style; what is marked to stay (dark mode) stays.
pub fn inline(html: &str) -> String {
    static INLINER: LazyLock<css_inline::CSSInliner<'static>> =
        LazyLock::new(|| css_inline::CSSInliner::options().load_remote_stylesheets(false).build());
    // A style sheet of ours that can't be read would be seen in every test; the mail itself stays readable without.
    INLINER.inline(html).unwrap_or_else(|_| html.to_owned())
}
