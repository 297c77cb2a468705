//! Style sheets for mail programs.

use std::sync::LazyLock;

/// Mail programs drop style sheets, so each element gets its own style; what is marked to stay (dark mode) stays.
pub fn inline(html: &str) -> String {
    static INLINER: LazyLock<css_inline::CSSInliner<'static>> =
        LazyLock::new(|| css_inline::CSSInliner::options().load_remote_stylesheets(false).build());
    // A style sheet of ours that can't be read would be seen in every test; the mail itself stays readable without.
    INLINER.inline(html).unwrap_or_else(|_| html.to_owned())
}
