//! `kalends event add` and `copy`

use super::answer::{next_dates, point_out_twins, told_to_readers};
use super::args::FieldArgs;
use super::{AddArgs, CopyArgs};
use crate::cli::output::note;
use crate::cli::saying::{Saying, when_in_words};
use crate::cli::{BY, Context, Done, Failure};
use crate::domain::event::{Event, EventPatch};
use crate::office::Changed;
use crate::shape::event::EventRecord;

const WHEN: &str = "say when it is: --on DATE, or --from DATE and --to DATE";

pub async fn add(context: Context, args: &AddArgs) -> Done {
    if args.fields.on.is_none() && args.fields.from.is_none() && args.fields.every.is_none() {
        return Err(Failure::Usage(WHEN.into()));
    }
    let saying = saying(&context, &args.fields, None)?;
    let fields = args.fields.patch(&saying, None)?;
    if fields.start.is_none() {
        return Err(Failure::Usage(format!("{WHEN}: these words name no day")));
    }
    let patch = EventPatch { kind: Some(args.kind), title: Some(args.title.clone()), ..fields };
    let Changed { event, .. } = context.office.add_event(BY, &patch).await?;
    answer(&context, &event, &saying, args.quiet).await
}

pub async fn copy(context: Context, args: &CopyArgs) -> Done {
    if args.fields.on.is_none() && args.fields.from.is_none() {
        return Err(Failure::Usage(WHEN.into()));
    }
    let base = context.office.event(args.id).await?.event.details;
    let saying = saying(&context, &args.fields, Some(base.when.zone()))?;
    let mut fields = args.fields.patch(&saying, None)?;
    // Who says a day does not say that it has no end.
    fields.end = fields.end.filter(Option::is_some);
    let patch = EventPatch { kind: args.kind, title: args.title.clone(), ..fields };
    let Changed { event, .. } = context.office.copy_event(BY, args.id, &patch).await?;
    answer(&context, &event, &saying, args.quiet).await
}

/// Dates in words are meant by the clocks of the zone that is said, or of the event, or of the site.
pub fn saying(
    context: &Context,
    fields: &FieldArgs,
    known: Option<&crate::domain::zone::Zone>,
) -> Result<Saying, Failure> {
    let said = fields.zone()?;
    let zone = said.as_ref().or(known).unwrap_or_else(|| context.office.zone());
    Ok(Saying::new(context.office.now(), zone))
}

/// The id in a pipe, and a sentence for people.
async fn answer(context: &Context, event: &Event, saying: &Saying, quiet: bool) -> Done {
    if quiet {
        return context.out.show(&EventRecord::from(event), || format!("{}\n", event.id));
    }
    point_out_twins(context, event).await?;
    if !context.out.is_for_people() {
        saying.tell();
        if let Some(dates) = next_dates(context, event).filter(|_| !context.out.is_json()) {
            note(&dates);
        }
        return context.out.show(&EventRecord::from(event), || format!("{}\n", event.id));
    }
    let mut said = format!("{}: {}, “{}”. ", event.id, when_in_words(&event.details.when), event.details.title);
    said += &format!("{}\n", told_to_readers(context, event, None).await?);
    if let Some(dates) = next_dates(context, event) {
        said += &format!("{dates}\n");
    }
    context.out.show(&EventRecord::from(event), || said)
}
