//! `kalends digest stop`, `go-on` and `drop`.

use super::output::{ask, may_ask, print};
use super::{BY, Context, Done};
use crate::domain::edition::EditionRef;
use crate::domain::wording;
use crate::shape::edition::{ChangedEvent, HoldRecord};

pub async fn stop(context: &Context, edition: &EditionRef) -> Done {
    let record = context.office.stop_edition(BY, edition).await?;
    context.out.show(&record, || {
        let (name, held) = (name(&record), mails(record.deliveries));
        format!(
            "{name} is stopped: {held} wait until `kalends digest go-on {name}` sends them or `kalends digest drop {name}` \
             gives them up. What is on the wire ends.\n"
        )
    })
}

pub async fn go_on(context: &Context, edition: &EditionRef, is_trial: bool, yes: bool) -> Done {
    let held = context.office.held_edition(edition).await?;
    let name = name(&held);
    if is_trial {
        return context.out.show(&held, || {
            let goes = if held.deliveries == 1 { "would go" } else { "would go out" };
            format!("{}Nothing was done: {} of {name} {goes}.\n", changes(&held.changed), mails(held.deliveries))
        });
    }
    if !context.out.is_json() {
        print(&changes(&held.changed))?;
        if !yes && may_ask() {
            ask(&format!("{} of {name} go out as they were made. Go on?", mails(held.deliveries)))?;
        }
    }
    let record = context.office.go_on_with_edition(BY, edition).await?;
    context.out.show(&record, || format!("{name} goes on: {} go out.\n", mails(record.deliveries)))
}

pub async fn give_up(context: &Context, edition: &EditionRef, is_trial: bool, yes: bool) -> Done {
    let waits = context.office.would_give_up(edition).await?;
    if is_trial {
        let status = context.office.edition_status(edition).await?;
        return context.out.show(&status, || {
            let name = format!("{}/{}", status.edition.digest, status.edition.number);
            format!("Nothing was done: {} of {name} would be given up.\n", mails(waits))
        });
    }
    if !yes && !context.out.is_json() && may_ask() {
        ask(&format!(
            "{} of {edition} will never be sent; their readers are told by the next edition. Give it up?",
            mails(waits)
        ))?;
    }
    let record = context.office.give_up_edition(BY, edition).await?;
    context.out.show(&record, || {
        let (name, given_up) = (name(&record), mails(record.deliveries));
        format!("{name} is given up: {given_up} are not sent, and the next edition tells their readers.\n")
    })
}

fn name(record: &HoldRecord) -> String {
    format!("{}/{}", record.edition.digest, record.edition.number)
}

fn mails(n: u64) -> String {
    wording::count(usize::try_from(n).unwrap_or(usize::MAX), "mail", "mails")
}

/// Whose dates are others now, a line each.
fn changes(changed: &[ChangedEvent]) -> String {
    if changed.is_empty() {
        return String::new();
    }
    let lines = changed.iter().map(|event| match &event.when {
        Some(when) => format!("  event {}, {}: now {when}\n", event.id, event.title),
        None => format!("  event {}, {}: not to be any more\n", event.id, event.title),
    });
    format!("Since it was made, this has changed:\n{}", lines.collect::<String>())
}
