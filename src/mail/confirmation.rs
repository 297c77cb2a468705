//! The mail that asks whether somebody really wants to subscribe (double opt-in).

use askama::Template;

use super::letter::lines;
use crate::config::Config;
use crate::domain::edition::{CONFIRM_TOKEN, Rendered};
use crate::domain::token::CONFIRM_HOURS;
use crate::domain::wording::Locale;
use crate::letterhead::{Letterhead, inline};
use crate::store::Store;

#[derive(Template)]
#[template(path = "email/confirm.html")]
struct Html<'a> {
    letterhead: &'a Letterhead<'a>,
    words: &'a Words,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "email/confirm.txt")]
struct Text<'a> {
    letterhead: &'a Letterhead<'a>,
    words: &'a Words,
    link: &'a str,
}

/// The sentences with values in them.
struct Words {
    asked: String,
    how: String,
    how_in_text: String,
}

/// The mail that asks whether somebody wants these digests, in this language. It is the same for all who are asked the
/// same, but for the token in its link: that stands for a sign-up which is yet to be kept.
pub fn letter(config: &Config, store: &Store, locale: Locale, digests: &[String]) -> Rendered {
    let letterhead = Letterhead::of(config, locale, store.is_demo());
    let link = letterhead.links.confirm(CONFIRM_TOKEN);
    compose(&letterhead, &config.titles(locale, digests), &link)
}

fn compose(letterhead: &Letterhead<'_>, titles: &str, link: &str) -> Rendered {
    let locale = letterhead.locale;
    let asked = [("digests", titles.into()), ("site", letterhead.site_title.into())];
    let words = &Words {
        asked: locale.tell("mail-confirm-asked", asked),
        how: locale.with("mail-confirm-how", "hours", CONFIRM_HOURS),
        how_in_text: locale.with("mail-confirm-how-in-text", "hours", CONFIRM_HOURS),
    };
    Rendered {
        subject: locale.with("mail-confirm-subject", "site", letterhead.site_title),
        // These templates hold nothing that can fail to be written.
        text: Text { letterhead, words, link }.render().unwrap_or_default(),
        html: inline(&Html { letterhead, words, link }.render().unwrap_or_default()),
        calendar: None,
        answers: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_token_is_put_into_a_mail_that_is_made() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(&folder.path().join("kalends.db")).await.unwrap();
        let mail = letter(&Config::default(), &store, Locale::default(), &["weekly".into()]);
        assert!(mail.text.contains(CONFIRM_TOKEN) && mail.html.contains(CONFIRM_TOKEN));
        let mail = mail.with_token("abc");
        for body in [&mail.text, &mail.html] {
            assert!(body.contains("/confirm/abc") && !body.contains('\u{1}'), "{body}");
        }
    }
}
