//! Several events at once: all that are meant, or none.

use super::PublishArgs;
use super::answer::{differences, told_to_readers};
use super::args::Meant;
use crate::cli::output::{ask, may_ask, note};
use crate::cli::saying::{Saying, when_in_words};
use crate::cli::{BY, Context, Done, Failure};
use crate::domain::event::Event;
use crate::domain::tell::Tell;
use crate::domain::wording::count;
use crate::office::{Act, Changed};
use crate::shape::event::EventRecord;

/// So many are named before it is asked; the rest are counted.
const NAMED: usize = 10;

/// What is to be done with all that are meant.
pub struct Wish {
    pub act: Act,
    pub tell: Option<Tell>,
    /// It is not asked.
    pub yes: bool,
    /// Nothing is done; it is only said what would be.
    pub is_trial: bool,
}

pub async fn publish(context: Context, args: &PublishArgs) -> Done {
    let meant = Meant { ids: &args.ids, filter: &args.filter };
    if let Some(ids) = meant.single_ids().filter(|ids| ids.len() == 1) {
        let published = context.office.change_events(BY, &ids, &Act::Publish, None).await?;
        return match (published.as_slice(), context.out.is_json()) {
            ([one], true) => context.out.show(&EventRecord::from(&one.event), String::new),
            _ => answer(&context, &published, &Act::Publish, &ids).await,
        };
    }
    let saying = Saying::new(context.office.now(), context.office.zone());
    run(&context, &meant, &saying, Wish { act: Act::Publish, tell: None, yes: args.yes, is_trial: false }).await
}

pub async fn run(context: &Context, meant: &Meant<'_>, saying: &Saying, wish: Wish) -> Done {
    let selection = meant.selection(saying, context.office.zone())?;
    let is_by_filter = selection.filter.is_some();
    saying.tell();
    let events = context.office.selected(&selection, &wish.act).await?;
    let none: [EventRecord; 0] = [];
    if events.is_empty() {
        return context.out.show(&none, || "No events are meant; nothing was done.\n".to_owned());
    }
    if wish.is_trial {
        let records: Vec<_> = events.iter().map(EventRecord::from).collect();
        return context.out.show(&records, || format!("Nothing was done. It would be:\n{}", named(&events)));
    }
    may_go_on(context, &wish, &events, is_by_filter)?;
    // In the order in which they were named, where they were.
    let ids = meant.single_ids().unwrap_or_else(|| events.iter().map(|event| event.id).collect());
    let changed = context.office.change_events(BY, &ids, &wish.act, wish.tell).await?;
    answer(context, &changed, &wish.act, &ids).await
}

/// On a terminal it is asked for more than one. Elsewhere it has to be said where a filter chose, or something is removed.
fn may_go_on(context: &Context, wish: &Wish, events: &[Event], is_by_filter: bool) -> Done {
    if wish.yes {
        return Ok(());
    }
    let asks = match &wish.act {
        Act::Publish => "Publish",
        Act::Cancel { .. } => "Cancel",
        Act::Remove => "Remove",
        Act::Edit(_) => "Change",
    };
    let question = format!("{asks} {}?", count(events.len(), "event", "events"));
    let is_removed = matches!(wish.act, Act::Remove);
    if may_ask() && !context.out.is_json() {
        return match events.len() > 1 || is_removed || matches!(wish.act, Act::Cancel { .. }) {
            true => ask(&format!("{}{question}", named(events))),
            false => Ok(()),
        };
    }
    match is_by_filter || is_removed {
        true => Err(Failure::Usage(format!("{question} Say --yes to do it without being asked."))),
        false => Ok(()),
    }
}

/// A line each, the first of them where there are many.
fn named(events: &[Event]) -> String {
    let line =
        |event: &Event| format!("  {}  {}, {}\n", event.id, when_in_words(&event.details.when), event.details.title);
    let mut lines: String = events.iter().take(NAMED).map(line).collect();
    if let more @ 1.. = events.len().saturating_sub(NAMED) {
        lines += &format!("  and {more} more\n");
    }
    lines
}

/// As JSON, a list.
async fn answer(context: &Context, changed: &[Changed], act: &Act, ids: &[i64]) -> Done {
    let done = match act {
        Act::Publish => "published",
        Act::Cancel { .. } => "cancelled",
        Act::Remove => "removed",
        Act::Edit(_) => "changed",
    };
    let mut told = String::new();
    for Changed { event, entries, .. } in changed {
        match entries.is_empty() {
            true => note(&format!("Event {} is so already; nothing was changed.", event.id)),
            // A draft that has another date for an event moves that.
            false if !ids.contains(&event.id) => {
                told.push_str(&format!("Event {} moved.\n{}", event.id, differences(entries)))
            }
            false => told.push_str(&format!("Event {} {done}.\n{}", event.id, differences(entries))),
        }
    }
    if let ([Changed { event, entries, .. }], Act::Publish, true) = (changed, act, context.out.is_for_people())
        && !entries.is_empty()
    {
        told += &format!("{}\n", told_to_readers(context, event, None).await?);
    }
    let records: Vec<_> = changed.iter().map(|changed| EventRecord::from(&changed.event)).collect();
    context.out.show(&records, || told)
}
