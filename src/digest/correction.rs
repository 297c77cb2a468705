//! How corrections look: at the head of an edition in the archive, and as a mail to those who got it. Pure.

use askama::Template;

use super::Error;
use super::render::{in_lines, tidy_text};
use crate::config::{Config, DigestConfig};
use crate::domain::correction::Correction;
use crate::domain::edition::{Archived, PREFERENCES_LINK, Rendered, UNSUBSCRIBE_LINK};
use crate::domain::wording::Locale;
use crate::letterhead::{Letterhead, inline};
use crate::markdown;

/// Where the words of a page begin.
const BODY: &str = "<body";

#[derive(Template)]
#[template(path = "email/corrections.html")]
struct HeadHtml {
    /// A heading with its day, and the words as HTML.
    corrections: Vec<(String, String)>,
}

/// What stands at the head of an edition: what was corrected since, the newest first.
pub struct Head {
    html: String,
    text: String,
}

impl Head {
    /// None where nothing was corrected.
    pub fn of(
        config: &Config,
        digest: &DigestConfig,
        l: Locale,
        made: &[Correction],
    ) -> Result<Option<Self>, askama::Error> {
        if made.is_empty() {
            return Ok(None);
        }
        let zone = config.zone_of(digest);
        let heading = |it: &Correction| l.with("correction-of", "day", l.day(zone.at(it.made_at).date()));
        let newest = || made.iter().rev();
        let corrections = newest().map(|it| (heading(it), markdown::note_html(&it.body))).collect();
        let text = newest().map(|it| format!("{}\n\n{}\n\n", heading(it), in_lines(&it.body))).collect();
        Ok(Some(Self { html: HeadHtml { corrections }.render()?, text }))
    }

    pub fn onto_html(&self, html: &str) -> String {
        let begins = html.find(BODY).and_then(|at| Some(at + html.get(at..)?.find('>')? + 1)).unwrap_or(0);
        let (before, rest) = html.split_at(begins);
        format!("{before}\n{}{rest}", self.html)
    }

    pub fn onto_text(&self, text: &str) -> String {
        format!("{}{text}", self.text)
    }
}

/// The edition as it was made, under what was corrected since.
pub fn corrected(
    config: &Config,
    digest: &DigestConfig,
    edition: Archived,
    made: &[Correction],
) -> Result<Archived, Error> {
    let l = edition.locale.parse().unwrap_or(config.site.locale);
    Ok(match Head::of(config, digest, l, made)? {
        None => edition,
        Some(head) => Archived { html: head.onto_html(&edition.html), text: head.onto_text(&edition.text), ..edition },
    })
}

#[derive(Template)]
#[template(path = "email/correction.html")]
struct Html<'a> {
    letterhead: &'a Letterhead<'a>,
    l: Locale,
    told: &'a Told,
}

#[derive(Template)]
#[template(path = "email/correction.txt")]
struct Text<'a> {
    letterhead: &'a Letterhead<'a>,
    l: Locale,
    told: &'a Told,
}

/// What a mail of a correction says.
struct Told {
    subject: String,
    /// What it is about.
    about: String,
    words: String,
    words_text: String,
    why: String,
    /// The edition in the archive; empty if it is in none.
    archived: String,
    preferences: &'static str,
    unsubscribe: &'static str,
}

/// The mail to readers of a language who got the edition of this number and subject.
pub fn mail(
    config: &Config,
    digest: &DigestConfig,
    (number, subject): (i64, &str),
    l: Locale,
    body: &str,
    is_demo: bool,
) -> Result<Rendered, Error> {
    let letterhead = &Letterhead::of(config, l, is_demo);
    let title = config.title_of(digest, l);
    let why = l.tell("why-this-mail", [("digest", title.into()), ("site", letterhead.site_title.into())]);
    let archived = match digest.archive {
        true => letterhead.links.edition(digest.slug.as_str(), number),
        false => String::new(),
    };
    let told = &Told {
        subject: l.tell("mail-correction-subject", [("digest", title.into()), ("number", number.to_string().into())]),
        about: l.with("mail-correction-about", "subject", subject),
        words: markdown::note_html(body),
        words_text: in_lines(body),
        why,
        archived,
        preferences: PREFERENCES_LINK,
        unsubscribe: UNSUBSCRIBE_LINK,
    };
    let html = inline(&Html { letterhead, l, told }.render()?);
    let text = tidy_text(&Text { letterhead, l, told }.render()?);
    Ok(Rendered { subject: told.subject.clone(), text, html, ..Rendered::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corrections_stand_at_the_head_of_the_page_the_newest_first() {
        let config =
            Config::parse("test", "[[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * 1\"", Vec::new()).unwrap();
        let edition = Archived {
            locale: "en".into(),
            subject: "News".into(),
            preheader: String::new(),
            html: "<html><body class=\"page\"><h1>News</h1></body></html>".into(),
            text: "News\n".into(),
        };
        let made =
            |body: &str, at: &str| Correction { body: body.into(), made_at: at.parse().unwrap(), mailed_at: None };
        let corrections = [made("It is on *3 May*.", "2026-05-01T08:00:00Z"), made("In Oslo.", "2026-05-02T08:00:00Z")];
        let page = corrected(&config, &config.digests[0], edition.clone(), &corrections).unwrap();
        let place = |part: &str| page.html.find(part).unwrap_or_else(|| panic!("no {part} in {}", page.html));
        assert!(place("<body class=\"page\">") < place("In Oslo."));
        assert!(place("In Oslo.") < place("<em>3 May</em>") && place("<em>3 May</em>") < place("<h1>News</h1>"));
        assert!(
            page.text.starts_with("Correction of 2 May 2026\n\nIn Oslo.") && page.text.ends_with("News\n"),
            "{}",
            page.text
        );
        assert_eq!(corrected(&config, &config.digests[0], edition.clone(), &[]).unwrap(), edition);
    }
}
