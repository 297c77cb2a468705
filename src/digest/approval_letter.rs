//! The mails about an approval: what editors are asked, and what is told who has approved.

use askama::Template;
use jiff::Timestamp;

use super::Error;
use super::draft::{Draft, moment_in};
use super::render::in_lines;
use super::render::outline::Line;
use super::render::tidy_text;
use crate::domain::address::EmailAddress;
use crate::domain::approval::Differences;
use crate::domain::edition::Rendered;
use crate::domain::ticket::Ticket;
use crate::domain::wording::Locale;
use crate::letterhead::{Letterhead, inline};
use crate::markdown;
use crate::store::Notice;

/// The width of plain text.
const TEXT_COLUMNS: usize = 72;

/// A sentence as lines of plain text.
fn lines(sentence: &str) -> String {
    textwrap::fill(sentence, TEXT_COLUMNS)
}

/// Why editors are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    First,
    /// What editors say of it was changed.
    Anew,
    /// Its moment has come.
    Late,
}

/// What an editor is shown.
struct Shown {
    title: String,
    asked: String,
    subject: String,
    note: String,
    note_text: String,
    lines: Vec<Line>,
    link: String,
}

#[derive(Template)]
#[template(path = "email/approve.html")]
struct Html<'a> {
    letterhead: &'a Letterhead<'a>,
    l: Locale,
    shown: &'a Shown,
}

#[derive(Template)]
#[template(path = "email/approve.txt")]
struct Text<'a> {
    letterhead: &'a Letterhead<'a>,
    l: Locale,
    shown: &'a Shown,
}

/// The mail that asks one editor.
pub fn question(
    draft: &Draft<'_>,
    moment: Timestamp,
    locale: Locale,
    to: EmailAddress,
    why: Asked,
    token: &Ticket,
) -> Result<Notice, Error> {
    let (config, l) = (draft.config, locale);
    let letterhead = &Letterhead::of(config, l, draft.is_demo);
    let everybody = draft.everybody_in(l);
    let mail = draft.mail(&draft.content(&everybody), &everybody)?.numbered(draft.follows + 1);
    let of = || {
        [
            ("digest", config.title_of(draft.digest, l).into()),
            ("when", moment_in(config, draft.digest, l, moment).into()),
        ]
    };
    let asked = match why {
        Asked::First => l.tell("mail-approve-asked", of()),
        Asked::Anew => l.tell("mail-approve-anew", of()),
        Asked::Late => l.tell("mail-approve-late", of()),
    };
    let note = draft.notes.in_language(l).map_or("", |note| note.body.as_str());
    let shown = &Shown {
        title: l.tell("approve-title", of()),
        asked,
        note: markdown::note_html(note),
        note_text: in_lines(note),
        lines: draft.outline_told(&everybody),
        link: letterhead.links.approve(token.expose()),
        subject: mail.subject,
    };
    let subject = l.with("mail-approve-subject", "subject", shown.subject.as_str());
    let html = inline(&Html { letterhead, l, shown }.render()?);
    let text = tidy_text(&Text { letterhead, l, shown }.render()?);
    Ok(notice(draft, to, Rendered { subject, text, html, ..Rendered::default() }))
}

#[derive(Template)]
#[template(path = "email/approved.html")]
struct ChangedHtml<'a> {
    letterhead: &'a Letterhead<'a>,
    title: &'a str,
    lines: &'a [String],
}

#[derive(Template)]
#[template(path = "email/approved.txt")]
struct ChangedText<'a> {
    letterhead: &'a Letterhead<'a>,
    title: &'a str,
    lines: &'a [String],
}

/// What is told who has approved an edition that tells otherwise by now; nothing if it does not.
pub fn changed(
    draft: &Draft<'_>,
    moment: Timestamp,
    locale: Locale,
    to: EmailAddress,
    found: &Differences,
) -> Result<Option<Notice>, Error> {
    if found.is_empty() {
        return Ok(None);
    }
    let (config, l) = (draft.config, locale);
    let letterhead = &Letterhead::of(config, l, draft.is_demo);
    let of = [
        ("digest", config.title_of(draft.digest, l).into()),
        ("when", moment_in(config, draft.digest, l, moment).into()),
    ];
    let title = l.tell("mail-approved-changed", of);
    let mut lines = Vec::new();
    lines.extend(found.added.iter().map(|what| l.with("approved-added", "what", what.as_str())));
    for (now, before) in &found.changed {
        lines.push(l.tell("approved-changed", [("now", now.as_str().into()), ("before", before.as_str().into())]));
    }
    lines.extend(found.gone.iter().map(|what| l.with("approved-gone", "what", what.as_str())));
    let (title, lines) = (title.as_str(), lines.as_slice());
    let html = inline(&ChangedHtml { letterhead, title, lines }.render()?);
    let text = tidy_text(&ChangedText { letterhead, title, lines }.render()?);
    Ok(Some(notice(draft, to, Rendered { subject: title.to_owned(), text, html, ..Rendered::default() })))
}

fn notice(draft: &Draft<'_>, to: EmailAddress, mail: Rendered) -> Notice {
    Notice { to, mail, mail_domain: draft.config.mail.from.address.domain().to_owned() }
}
