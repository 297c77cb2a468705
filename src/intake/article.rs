//! Articles from Markdown files with front matter, as Hugo and Jekyll have it: YAML between lines of `---`, or TOML
//! between lines of `+++`.

mod enclosures;
pub(super) mod front_matter;

use serde_json::Value;

use super::Rejected;
use crate::domain::article::{Article, ArticlePatch, ArticleStatus, Manuscript, line};
use crate::domain::event::checked_uid;
use crate::domain::meant::of_unknown_field;
use crate::domain::picture::Enclosures;
use crate::domain::{FieldError, Invalid, text};
use crate::markdown;
use front_matter::{FrontMatter, Syntax};

/// What one file may have: more is no article.
pub const MOST_OCTETS: usize = 1_000_000;
/// What its text may have, in characters.
pub const MOST_TEXT: usize = 200_000;
/// How many elements may lie one in the other: browsers stop at 512, and parsers take time by the square of it.
const MOST_NESTED: usize = 1_000;

/// Reads `octets`. An error names the line at fault.
pub fn read(octets: &[u8]) -> Result<Manuscript, Rejected> {
    let text = decode(octets)?;
    let parts = Parts::of(&text)?;
    let at_text = |reason: Invalid| Rejected::whole(parts.body_line, reason.0);
    let front = match parts.front {
        Some((syntax, front)) => FrontMatter::read(syntax, front)
            .map_err(|(line, reason)| Rejected::whole(parts.front_line + line, reason))?,
        None => FrontMatter::default(),
    };
    let written = text::multi_line(parts.body);
    let given = front.title.clone().filter(|title| !title.is_empty());
    let Some((title, body)) = titled(given, written).map_err(at_text)? else {
        return Err(Rejected::whole(
            1,
            "the title is missing: write `title: …` in the front matter, between two lines `---` at the top, or \
             begin the text with a line `# …`",
        ));
    };
    if body.is_empty() {
        return Err(at_text(Invalid::new("the article has no text: write it below the front matter")));
    }
    let told = manuscript(front, title, body).map_err(at_text)?;
    let shown = enclosures::shown(parts.body, parts.body_line)?;
    Ok(Manuscript { enclosures: Enclosures { shown, ..Enclosures::default() }, ..told })
}

/// The title and the text of an article; none if it has no title. A page and a mail put the title above the text: its own
/// heading would say it twice, and where no title is given it is one.
fn titled(given: Option<String>, written: String) -> Result<Option<(String, String)>, Invalid> {
    Ok(match (given, markdown::leading_heading(&written)) {
        (Some(title), Some((heading, rest))) if title == text::single_line(&heading) => Some((title, rest)),
        (Some(title), _) => Some((title, written)),
        (None, Some((heading, rest))) if !heading.is_empty() => Some((line("title", &heading)?, rest)),
        (None, _) => None,
    })
}

/// The article that is made of what somebody says field by field: a new one, or `known` with that changed.
pub fn told(patch: ArticlePatch, known: Option<&Article>) -> Result<Manuscript, FieldError> {
    let given = patch.title.or_else(|| known.map(|article| article.title.clone()));
    let (title, body) = match (patch.body, known) {
        (None, None) => return Err(FieldError::of("body")(Invalid::new("the body is missing: it is the text"))),
        (None, Some(article)) => (given, article.body.clone()),
        (Some(written), _) => match titled(given, written).map_err(FieldError::of("title"))? {
            Some((title, body)) => {
                judge_text(&body).map_err(FieldError::of("body"))?;
                (Some(title), body)
            }
            None => (None, String::new()),
        },
    };
    let missing = || Invalid::new("the title is missing: name one, or begin the text with a line `# …`");
    let before = known.map(|article| article.body.as_str());
    let shown = enclosures::shown_anew(&body, before).map_err(FieldError::of("body"))?;
    Ok(Manuscript {
        uid: None,
        title: title.ok_or_else(|| FieldError::of("title")(missing()))?,
        byline: patch.byline.or_else(|| known.map(|article| article.byline.clone())).unwrap_or_default(),
        date: patch.date.unwrap_or_else(|| known.map(|article| article.date)),
        source: patch.source.or_else(|| known.map(|article| article.source.clone())).unwrap_or_default(),
        topics: patch.topics.or_else(|| known.map(|article| article.topics.clone())).unwrap_or_default(),
        events: patch.events.unwrap_or_else(|| known.into_iter().flat_map(named_events).collect()),
        draft: patch.status.map(|status| status == ArticleStatus::Draft),
        published_at: None,
        body,
        enclosures: Enclosures { shown, ..Enclosures::default() },
        images: Vec::new(),
    })
}

fn named_events(article: &Article) -> impl Iterator<Item = String> {
    article.events.iter().map(i64::to_string)
}

/// An article as an export tells it: the keys of front matter, with `uid`, `status`, `body`, `images` and `published_at`. What
/// follows from them, or is made here, is let by.
pub fn from_json(mut entry: serde_json::Map<String, Value>) -> Result<Manuscript, Invalid> {
    let mut take = |key: &str| entry.remove(key).filter(|value| !value.is_null());
    ["type", "id", "version", "excerpt", "created_at", "updated_at"].iter().for_each(|made| drop(take(made)));
    let images = take("images");
    let mut line_of = |key: &str| match take(key) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Invalid(format!("the {key} is no text"))),
    };
    let (uid, status, body) = (line_of("uid")?, line_of("status")?, line_of("body")?);
    let published_at = line_of("published_at")?;
    let published_at = published_at
        .map(|at| at.parse())
        .transpose()
        .map_err(|_| Invalid::new("published_at is no instant: write it as 2020-10-19T08:00:00Z"))?;
    let status: Option<ArticleStatus> = status.map(|status| status.parse()).transpose()?;
    let front = serde_json::from_value::<FrontMatter>(Value::Object(entry))
        .map_err(|e| Invalid(of_unknown_field(&e.to_string())))?;
    let title = front.title.clone().filter(|title| !title.is_empty());
    let title = title.ok_or_else(|| Invalid::new("the title is missing"))?;
    let told = manuscript(front, title, text::multi_line(&body.unwrap_or_default()))?;
    let enclosures = enclosures::of_export(images, &told.body)?;
    Ok(Manuscript {
        enclosures,
        uid: uid.as_deref().map(checked_uid).transpose()?,
        draft: status.map(|status| status == ArticleStatus::Draft).or(told.draft),
        published_at,
        ..told
    })
}

fn manuscript(front: FrontMatter, title: String, body: String) -> Result<Manuscript, Invalid> {
    judge_text(&body)?;
    Ok(Manuscript {
        uid: None,
        title,
        byline: front.byline.unwrap_or_default(),
        date: front.date,
        source: front.source.unwrap_or_default(),
        topics: front.topics,
        events: front.events,
        draft: front.draft,
        body,
        ..Manuscript::default()
    })
}

fn judge_text(body: &str) -> Result<(), Invalid> {
    if body.is_empty() {
        return Err(Invalid::new("the article has no text"));
    }
    text::at_most("text", body, MOST_TEXT)?;
    match markdown::nesting(body) > MOST_NESTED {
        true => Err(Invalid(format!(
            "more than {MOST_NESTED} elements of the text lie one in the other: end those that it begins, as with </p>"
        ))),
        false => Ok(()),
    }
}

pub(super) fn decode(octets: &[u8]) -> Result<String, Rejected> {
    if octets.len() > MOST_OCTETS {
        return Err(Rejected::whole(
            1,
            "the file has more than 1 MB: an article is a text, and its pictures are files beside it",
        ));
    }
    let text = str::from_utf8(octets).map_err(|error| {
        let line = line_after(&octets[..error.valid_up_to()]);
        Rejected::whole(line, "this is not UTF-8: save the file as UTF-8")
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n").replace('\r', "\n"))
}

/// The line on which goes on what follows these octets.
fn line_after(octets: &[u8]) -> u64 {
    1 + octets.iter().filter(|octet| **octet == b'\n').count() as u64
}

/// A file taken apart, with the lines on which the parts begin.
pub(super) struct Parts<'a> {
    pub front: Option<(Syntax, &'a str)>,
    pub front_line: u64,
    pub body: &'a str,
    pub body_line: u64,
}

impl<'a> Parts<'a> {
    pub fn of(text: &'a str) -> Result<Self, Rejected> {
        let begin = text.len() - text.trim_start().len();
        let first = text[begin..].split_inclusive('\n').next().unwrap_or_default();
        let fence = first.trim_end();
        let syntax = match fence {
            "---" => Syntax::Yaml,
            "+++" => Syntax::Toml,
            _ => return Ok(Self { front: None, front_line: 1, body: text, body_line: 1 }),
        };
        let front_begin = begin + first.len();
        let line_at = |place: usize| line_after(&text.as_bytes()[..place]);
        let mut place = front_begin;
        for line in text[front_begin..].split_inclusive('\n') {
            let next = place + line.len();
            if line.trim_end() == fence {
                return Ok(Self {
                    front: Some((syntax, &text[front_begin..place])),
                    front_line: line_at(front_begin),
                    body: &text[next..],
                    body_line: line_at(next),
                });
            }
            place = next;
        }
        Err(Rejected::whole(
            line_at(begin),
            format!("the front matter that begins here has no end: put a line `{fence}` below it"),
        ))
    }
}

#[cfg(test)]
mod tests;
