//! What came of a change, in words.

use jiff::Timestamp;

use crate::cli::output::note;
use crate::cli::saying::when_in_words;
use crate::cli::{Context, Done, Failure};
use crate::domain::event::{Action, Event, HistoryEntry};
use crate::domain::tell::Tell;
use crate::domain::text;
use crate::domain::wording::{Locale, count};
use crate::office::Changed;
use crate::shape::event::{EventRecord, HearersRecord};

/// How much of a value a change shows.
const SHOWN_CHARS: usize = 100;
/// So many of the next dates are told of what repeats.
const NEXT_DATES: usize = 5;

/// What is cancelled, and who hears of it when.
pub fn told_of_cancelling(context: &Context, event: &Event, hearers: &[HearersRecord]) -> String {
    let what = format!("“{}”, {}", event.details.title, Locale::default().when(&event.details.when));
    if !event.is_public() {
        return format!("{what}: it is not published, so nobody hears of it.");
    }
    let heard = heard(context, hearers);
    let mails = match heard.is_empty() {
        true => "no mail tells it".to_owned(),
        false => format!("mails tell it to {}", heard.join(", and to ")),
    };
    format!("{what}: calendars show it as cancelled at once; {mails}.")
}

/// `12 readers of weekly on Mon 2026-12-07 08:00:00 Asia/Shanghai`
fn heard(context: &Context, hearers: &[HearersRecord]) -> Vec<String> {
    let one = |hearers: &HearersRecord| {
        let readers = count(usize::try_from(hearers.readers).unwrap_or(0), "reader", "readers");
        let slug = &hearers.digest;
        let local = |at: Timestamp| {
            context.office.digest(slug).map_or_else(|_| at.to_string(), |digest| context.office.local(digest, at))
        };
        match hearers.next_at {
            Some(at) => format!("{readers} of {slug} on {}", local(at)),
            None => format!("{readers} of {slug} when it goes on"),
        }
    };
    hearers.iter().map(one).collect()
}

/// When those who follow an event learn of it.
pub async fn told_to_readers(context: &Context, event: &Event, tell: Option<Tell>) -> Result<String, Failure> {
    if !event.is_public() {
        return Ok("It is a draft: nobody sees it until it is published.".to_owned());
    }
    let heard = heard(context, &context.office.hearers(event, tell).await?);
    Ok(match heard.is_empty() {
        true => "Calendars and pages show it now; no mail goes to anybody who follows it.".to_owned(),
        false => format!("Calendars and pages show it now; the next mail goes to {}.", heard.join(", and to ")),
    })
}

/// The dates that follow from a rule, where there is one.
pub fn next_dates(context: &Context, event: &Event) -> Option<String> {
    event.details.repeat.as_ref()?;
    // One more tells whether there are more.
    let mut next = event.next_or_first_occurrences(context.office.now(), NEXT_DATES + 1);
    let more = if next.len() > NEXT_DATES { " …" } else { "" };
    next.truncate(NEXT_DATES);
    let dates = next.iter().map(|date| date.details.when.first_day().strftime("%A %-d %B %Y").to_string());
    let dates = dates.collect::<Vec<_>>().join(", ");
    Some(format!("It repeats {}: {dates}{more}", Locale::default().repeat_of(&event.details)))
}

/// Points out what may be the same event once more.
pub async fn point_out_twins(context: &Context, event: &Event) -> Done {
    for twin in context.office.twins(event).await? {
        note(&format!(
            "Event {} may be the same: “{}”, {}.",
            twin.id,
            twin.details.title,
            when_in_words(&twin.details.when)
        ));
    }
    Ok(())
}

/// What came of a change: of the event, or of the one date of it that was changed.
pub async fn tell(context: &Context, changed: &Changed, done: &str, told: Option<Tell>) -> Done {
    let event = &changed.event;
    if context.out.is_json() {
        return context.out.show(&EventRecord::from(event), String::new);
    }
    let what = match event.occurrence {
        Some(start) => format!("The date of {start} of event {}", event.id),
        None => format!("Event {}", event.id),
    };
    if changed.entries.is_empty() {
        note(&format!("{what} is so already; nothing was changed."));
        return Ok(());
    }
    let mut said = format!("{what} {done}.\n{}", differences(&changed.entries));
    if context.out.is_for_people() {
        // Of one that is gone nothing follows but what its removal tells.
        match event.removed || event.is_cancelled() {
            true => {}
            false => said += &format!("{}\n", told_to_readers(context, event, told).await?),
        }
        if changed.entries.iter().any(|entry| entry.before != entry.after)
            && let Some(dates) = next_dates(context, event).filter(|_| event.occurrence.is_none())
        {
            said += &format!("{dates}\n");
        }
    }
    context.out.show_styled(&text::cleaned(&said))
}

/// Each field that an edit changed: `  topics: a; b → c`.
pub fn differences(entries: &[HistoryEntry]) -> String {
    let value = |text: &Option<String>| match text.as_deref().unwrap_or_default() {
        "" => "none".to_owned(),
        text => text::clip(&text::single_line(text), SHOWN_CHARS),
    };
    let edits = entries.iter().filter(|entry| entry.action == Action::Edited);
    edits
        .filter_map(|entry| {
            Some(format!("  {}: {} → {}\n", entry.about.as_ref()?, value(&entry.before), value(&entry.after)))
        })
        .collect()
}
