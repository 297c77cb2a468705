//! `kalends digest draft`, and what is wanted of an edition's entries

use jiff::Timestamp;

use super::output::table;
use super::{BY, Context, Done, Failure};
use crate::domain::approval::ApprovalState;
use crate::domain::mark::Mark;
use crate::domain::text;
use crate::domain::wording::count;
use crate::office::digests::{EntryWish, NoteAim};
use crate::shape::approval::ApprovalRecord;
use crate::shape::digest::NoteRecord;
use crate::shape::draft::{DraftEntry, DraftRecord, MarkedRecord};

pub async fn show(context: &Context, slug: &str, aim: NoteAim<'_>) -> Done {
    let draft = context.office.draft_edition(slug, aim).await?;
    let at = local(context, slug, draft.scheduled_for)?;
    context.out.show(&draft, || in_words(&draft, &at))
}

fn in_words(draft: &DraftRecord, at: &str) -> String {
    let mut said = format!("Edition {}/{} of {at}\nSubject: {}\n", draft.digest, draft.number, draft.subject);
    if draft.editions_before > 0 {
        let before = count(draft.editions_before, "edition comes", "editions come");
        said += &format!("{before} before it, and will have told some of this by then.\n");
    }
    if let Some(approval) = &draft.approval {
        said += &format!("Approval: {}\n", approval_in_words(approval));
    }
    for note in &draft.notes {
        let to = if note.locale.is_none() { "To all readers:\n" } else { "" };
        said += &format!("\n{to}{}", shown(note));
    }
    let mut rows = Vec::new();
    for section in &draft.sections {
        for (at, entry) in section.entries.iter().enumerate() {
            let heading = if at == 0 { section.heading.clone() } else { String::new() };
            rows.push(vec![heading, entry.entry.clone(), entry.when.clone(), titled(entry), marked(entry)]);
        }
    }
    said.push('\n');
    said += &match rows.is_empty() {
        true => "As things stand it tells of nothing.\n".to_owned(),
        false => table(&["SECTION", "ENTRY", "WHEN", "TITLE", "MARK"], rows),
    };
    text::cleaned(&said).into_owned()
}

/// Whether an edition may go.
pub fn approval_in_words(approval: &ApprovalRecord) -> String {
    match (approval.state, &approval.by) {
        (ApprovalState::Approved, Some(by)) => format!("approved by {by}"),
        (ApprovalState::Approved, None) => "approved".to_owned(),
        (ApprovalState::Waiting, _) => "its moment has come, and it waits for an approval".to_owned(),
        (ApprovalState::Asked, _) => "editors are asked to approve it".to_owned(),
        (ApprovalState::Open, _) => "to be approved".to_owned(),
    }
}

pub async fn approve(context: &Context, slug: &str, moment: Option<&str>) -> Done {
    let approved = context.office.approve_edition(BY, slug, moment).await?;
    let at = local(context, slug, approved.scheduled_for)?;
    context.out.show(&approved, || match approved.is_due {
        true => format!("The edition of {slug} of {at} is approved, and the daemon makes it now.\n"),
        false => format!("The edition of {slug} of {at} is approved, and goes out then.\n"),
    })
}

fn titled(entry: &DraftEntry) -> String {
    let badge = if entry.badge.is_empty() { String::new() } else { format!("{}: ", entry.badge) };
    let note = if entry.note.is_empty() { String::new() } else { format!(" ({})", entry.note) };
    format!("{badge}{}{note}", entry.title)
}

fn marked(entry: &DraftEntry) -> String {
    let words = entry.marks.iter().map(|mark| match mark {
        Mark::LeftOut if entry.for_good => "left out for good",
        Mark::LeftOut => "left out",
        Mark::PutFirst => "put first",
        Mark::Added => "added",
    });
    words.collect::<Vec<_>>().join(", ")
}

pub async fn mark(context: &Context, slug: &str, wish: EntryWish<'_>, is_undone: bool) -> Done {
    let record = match is_undone {
        true => context.office.unmark_entries(BY, slug, wish).await?,
        false => context.office.mark_entries(BY, slug, wish).await?,
    };
    let edition = match record.scheduled_for {
        Some(at) => format!("The edition of {slug} of {}", local(context, slug, at)?),
        None => format!("No edition of {slug}"),
    };
    context.out.show(&record, || format!("{edition} {}.\n", said(&record)))
}

fn said(record: &MarkedRecord) -> String {
    let named = record.entries.iter().map(|it| match it.title.is_empty() {
        true => it.entry.clone(),
        false => format!("{} ({})", it.entry, it.title),
    });
    let entries = named.collect::<Vec<_>>().join(", ");
    match (record.mark, record.undone, record.scheduled_for) {
        (Mark::LeftOut, false, Some(_)) => format!("leaves out {entries}"),
        (Mark::LeftOut, false, None) => format!("tells of {entries} until that is undone"),
        (Mark::LeftOut, true, Some(_)) => format!("leaves {entries} out no more"),
        (Mark::LeftOut, true, None) => format!("leaves {entries} out for good any more"),
        (Mark::PutFirst, false, _) => format!("puts {entries} first"),
        (Mark::PutFirst, true, _) => format!("puts {entries} first no more"),
        (Mark::Added, false, _) => format!("also tells of {entries}"),
        (Mark::Added, true, _) => format!("tells of {entries} only if that is due by itself"),
    }
}

/// The moment in the digest's own zone, for people.
pub fn local(context: &Context, slug: &str, at: Timestamp) -> Result<String, Failure> {
    Ok(context.office.local(context.office.digest(slug)?, at))
}

/// A note as it is said.
pub fn shown(note: &NoteRecord) -> String {
    let to = note.locale.as_ref().map_or(String::new(), |locale| format!("To readers of: {locale}\n"));
    let subject = if note.subject.is_empty() { String::new() } else { format!("Subject: {}\n", note.subject) };
    let body = if note.text.is_empty() { String::new() } else { format!("\n{}\n", note.text) };
    text::cleaned(&format!("{to}{subject}{body}")).into_owned()
}
