//! The refusal of a change by somebody who saw an older version: it says what was changed since, so that they can see
//! whether that is in their way.

use jiff::Timestamp;

use super::actor::Actor;
use super::article::ArticleRevision;
use super::editor::{Editor, named};
use super::event::Revision;
use super::refused::{Noun, Refused};
use super::text;

pub fn event(id: i64, meanwhile: &[Revision], editors: &[Editor]) -> Refused {
    let lines = meanwhile.iter().map(|Revision { by, entry, .. }| {
        let date = entry.occurrence.map(|start| format!(" of {start}")).unwrap_or_default();
        let what = change(entry.about.as_ref().map(ToString::to_string).as_deref(), &entry.before, &entry.after)
            .unwrap_or_else(|| entry.action.to_string());
        format!("{what}{date}{}", who(by, entry.at, editors))
    });
    refused(Noun::Event, id, lines.collect())
}

pub fn article(id: i64, meanwhile: &[ArticleRevision], editors: &[Editor]) -> Refused {
    let lines = meanwhile.iter().map(|ArticleRevision { by, change: line }| {
        let what = change(line.field.as_deref(), &line.before, &line.after).unwrap_or_else(|| line.action.to_string());
        format!("{what}{}", who(by, line.at, editors))
    });
    refused(Noun::Article, id, lines.collect())
}

/// `title “Plenary” → “Plenary meeting”`, where it is about a field.
fn change(field: Option<&str>, before: &Option<String>, after: &Option<String>) -> Option<String> {
    let value = |text: &Option<String>| text::clip(&text::single_line(text.as_deref().unwrap_or_default()), 60);
    Some(format!("{} “{}” → “{}”", field?, value(before), value(after)))
}

fn who(by: &Actor, at: Timestamp, editors: &[Editor]) -> String {
    format!(" by {} at {at}", named(by, editors))
}

fn refused(noun: Noun, id: i64, meanwhile: Vec<String>) -> Refused {
    let said = match meanwhile.is_empty() {
        true => format!("{noun} {id} never was in the version that was seen"),
        false => format!("{noun} {id} was changed meanwhile: {}", meanwhile.join("; ")),
    };
    Refused::conflict(said).about(noun, id)
}
