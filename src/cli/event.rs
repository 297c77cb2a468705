//! `kalends event …`

mod args;
mod describe;

use clap::{Args, Subcommand};
use jiff::Timestamp;

use super::output::{ask, confirm, may_ask, note, print, table};
use super::{BY, Context, Done, Failure};
use crate::domain::Invalid;
use crate::domain::event::{Action, Aspect, Event, EventPatch, HistoryEntry, Kind, Status};
use crate::domain::filter::EventFilter;
use crate::domain::text;
use crate::domain::when::Point;
use crate::domain::wording::{Locale, count};
use crate::office::{Aim, Changed, Shown, ToldEntry};
use crate::shape::event::{EventRecord, HearersRecord, ShownEvent};
use args::{FieldArgs, LabelArgs, TellArgs};
use describe::describe;

/// How much of a value a change shows.
const SHOWN_CHARS: usize = 100;

/// `meeting, forum, …`
fn kinds() -> String {
    Kind::ALL.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", ")
}

#[derive(Debug, Subcommand)]
pub enum EventCommand {
    /// Add an event; prints its id
    Add {
        #[arg(help = kinds())]
        kind: Kind,
        title: String,
        #[command(flatten)]
        fields: FieldArgs,
    },
    /// List events by date
    List(ListArgs),
    /// Show one event
    Show {
        #[arg(value_parser = id)]
        id: i64,
    },
    /// Change what is said of an event; what is not named stays
    Edit {
        #[arg(value_parser = id)]
        id: i64,
        #[arg(long)]
        kind: Option<Kind>,
        #[arg(long)]
        title: Option<String>,
        /// Only this date of a repeating event: the day, or the start, that the rule gives it
        #[arg(long, value_name = "DATE")]
        occurrence: Option<Point>,
        /// Only if it still is this version, as `event show --json` tells it
        #[arg(long = "if-version", value_name = "N")]
        seen: Option<i64>,
        #[command(flatten)]
        fields: FieldArgs,
        #[command(flatten)]
        labels: LabelArgs,
        #[command(flatten)]
        told: TellArgs,
    },
    /// Make drafts public: all of those named, or none
    Publish {
        #[arg(value_parser = id, required = true, value_name = "ID")]
        ids: Vec<i64>,
    },
    /// Cancel an event, or one of its dates; calendars and readers are told
    Cancel {
        #[arg(value_parser = id)]
        id: i64,
        /// Only this date of a repeating event
        #[arg(long, value_name = "DATE")]
        occurrence: Option<Point>,
        /// Why, in a few words; readers see it
        #[arg(long)]
        reason: Option<String>,
        /// Only say who would hear of it
        #[arg(long)]
        dry_run: bool,
        /// Do not ask, on a terminal
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        told: TellArgs,
    },
    /// Take a removal back, or else a cancellation; calendars and readers are told
    Restore {
        #[arg(value_parser = id)]
        id: i64,
        /// Only this date of a repeating event
        #[arg(long, value_name = "DATE")]
        occurrence: Option<Point>,
        #[command(flatten)]
        told: TellArgs,
    },
    /// Take an event off the list; calendars are told that it was cancelled
    Remove {
        #[arg(value_parser = id)]
        id: i64,
        /// Do not ask
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        told: TellArgs,
    },
    /// Show what was changed, when and by whom
    History {
        #[arg(value_parser = id)]
        id: i64,
    },
}

fn id(text: &str) -> Result<i64, Invalid> {
    text.parse().map_err(|_| Invalid(format!("`{text}` is not an id: `kalends event list` shows the ids")))
}

#[derive(Debug, Args)]
pub struct ListArgs {
    /// Not over before this day
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
    /// Begun by this day
    #[arg(long, value_name = "DATE")]
    to: Option<String>,
    /// Only of this kind, such as meeting; may be given several times
    #[arg(long)]
    kind: Vec<Kind>,
    /// Only with this topic; may be given several times
    #[arg(long)]
    topic: Vec<String>,
    /// In every edition: "GB/T 35273" finds GB/T 35273-2020
    #[arg(long)]
    standard: Option<String>,
    /// Words that must all occur
    #[arg(long, value_name = "WORDS")]
    search: Option<String>,
    /// confirmed, tentative, draft or cancelled
    #[arg(long)]
    status: Option<Status>,
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

pub async fn run(context: Context, command: &EventCommand) -> Done {
    let office = &context.office;
    match command {
        EventCommand::Add { kind, title, fields } => add(context, *kind, title, fields).await,
        EventCommand::List(args) => list(context, args).await,
        EventCommand::Show { id } => {
            let Shown { event, version, articles } = office.event(*id).await?;
            let ids = articles.iter().map(|article| article.id).collect();
            let shown = ShownEvent { event: EventRecord::from(&event), version, articles: ids };
            context.out.show(&shown, || describe(&event, &articles))
        }
        EventCommand::Edit { id, kind, title, occurrence, seen, fields, labels, told } => {
            let patch = EventPatch {
                kind: *kind,
                title: title.clone(),
                add_topics: labels.add_topic.clone(),
                remove_topics: labels.remove_topic.clone(),
                add_standards: labels.add_standard.clone(),
                remove_standards: labels.remove_standard.clone(),
                ..fields.patch()?
            };
            if patch == EventPatch::default() {
                return Err(Failure::Usage(
                    "say what to change, for example --on 2020-10-02 or --location Beijing".into(),
                ));
            }
            let aim = Aim { id: *id, occurrence: *occurrence, seen: *seen, tell: told.tell };
            tell(&context, &office.edit_event(BY, aim, &patch).await?, "changed")
        }
        EventCommand::Publish { ids } => publish(context, ids).await,
        EventCommand::Cancel { id, occurrence, reason, dry_run, yes, told: TellArgs { tell: word } } => {
            // Scripts rely on its being done; a person sees first who hears of it.
            if *dry_run || !yes && !context.out.is_json() && may_ask() {
                let event = office.event(*id).await?.event;
                let event = match occurrence {
                    Some(date) => event.occurrence(event.find_occurrence(*date)?),
                    None => event,
                };
                let hearers = office.hearers(&event, *word).await?;
                let told = told_to(&context, &event, &hearers);
                if *dry_run {
                    return context.out.show(&hearers, || format!("Nothing was done. {told}\n"));
                }
                ask(&format!("{told} Cancel it?"))?;
            }
            let aim = Aim { occurrence: *occurrence, tell: *word, ..Aim::at(*id) };
            let reason = reason.as_deref().unwrap_or_default();
            tell(&context, &office.cancel_event(BY, aim, reason).await?, "cancelled")
        }
        EventCommand::Restore { id, occurrence, told } => {
            let aim = Aim { occurrence: *occurrence, tell: told.tell, ..Aim::at(*id) };
            tell(&context, &office.restore_event(BY, aim).await?, "restored")
        }
        EventCommand::Remove { id, yes, told } => {
            let event = office.event(*id).await?.event;
            confirm(&format!("Remove event {id}, “{}”?", event.details.title), *yes)?;
            tell(&context, &office.remove_event(BY, Aim { tell: told.tell, ..Aim::at(*id) }).await?, "removed")
        }
        EventCommand::History { id } => history(context, *id).await,
    }
}

async fn add(context: Context, kind: Kind, title: &str, args: &FieldArgs) -> Done {
    if args.on.is_none() && args.from.is_none() {
        return Err(Failure::Usage("say when it is: --on DATE, or --from DATE and --to DATE".into()));
    }
    let patch = EventPatch { kind: Some(kind), title: Some(title.to_owned()), ..args.patch()? };
    let Changed { event, .. } = context.office.add_event(BY, &patch).await?;
    context.out.show(&EventRecord::from(&event), || format!("{}\n", event.id))
}

/// What is cancelled, and who hears of it when.
fn told_to(context: &Context, event: &Event, hearers: &[HearersRecord]) -> String {
    let what = format!("“{}”, {}", event.details.title, Locale::default().when(&event.details.when));
    if !event.is_public() {
        return format!("{what}: it is not published, so nobody hears of it.");
    }
    let heard: Vec<_> = hearers
        .iter()
        .map(|hearers| {
            let readers = count(usize::try_from(hearers.readers).unwrap_or(0), "reader", "readers");
            let slug = &hearers.digest;
            let local = |at: Timestamp| {
                context.office.digest(slug).map_or_else(|_| at.to_string(), |digest| context.office.local(digest, at))
            };
            match hearers.next_at {
                Some(at) => format!("{readers} of {slug} on {}", local(at)),
                None => format!("{readers} of {slug} when it goes on"),
            }
        })
        .collect();
    let mails = match heard.is_empty() {
        true => "no mail tells it".to_owned(),
        false => format!("mails tell it to {}", heard.join(", and to ")),
    };
    format!("{what}: calendars show it as cancelled at once; {mails}.")
}

/// What came of a change: of the event, or of the one date of it that was changed.
fn tell(context: &Context, changed: &Changed, done: &str) -> Done {
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
    print(&text::cleaned(&format!("{what} {done}.\n{}", differences(&changed.entries))))
}

/// Each field that an edit changed: `  topics: a; b → c`.
fn differences(entries: &[HistoryEntry]) -> String {
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

/// As JSON, one event or a list of several.
async fn publish(context: Context, ids: &[i64]) -> Done {
    let published = context.office.publish_events(BY, ids).await?;
    let mut told = String::new();
    for Changed { event, entries, .. } in &published {
        match entries.is_empty() {
            true => note(&format!("Event {} is so already; nothing was changed.", event.id)),
            // A draft that has another date for an event moves that.
            false if !ids.contains(&event.id) => {
                told.push_str(&format!("Event {} moved.\n{}", event.id, differences(entries)))
            }
            false => told.push_str(&format!("Event {} published.\n", event.id)),
        }
    }
    match published.as_slice() {
        [one] => context.out.show(&EventRecord::from(&one.event), || told),
        all => context.out.show(&all.iter().map(|one| EventRecord::from(&one.event)).collect::<Vec<_>>(), || told),
    }
}

async fn list(context: Context, args: &ListArgs) -> Done {
    let filter = EventFilter {
        kinds: args.kind.clone(),
        topics: args.topic.clone(),
        standard: args.standard.clone().unwrap_or_default(),
        search: args.search.clone().unwrap_or_default(),
        statuses: args.status.into_iter().collect(),
        ..EventFilter::default()
    }
    .between(args.from.as_deref(), args.to.as_deref(), context.office.zone())?;
    let events = context.office.events(&filter, args.limit.unwrap_or(usize::MAX)).await?;
    let records: Vec<_> = events.iter().map(EventRecord::from).collect();
    context.out.show(&records, || {
        if events.is_empty() {
            return "No events.\n".into();
        }
        let rows = events.iter().map(|event| {
            let details = &event.details;
            let status = if details.status == Status::Confirmed { "" } else { details.status.as_str() };
            let repeats = Locale::default().repeat_of(details);
            let when = Locale::default().when(&details.when);
            vec![
                event.id.to_string(),
                if repeats.is_empty() { when } else { format!("{when}, {repeats}") },
                details.kind.to_string(),
                details.title.clone(),
                details.location.clone(),
                status.to_owned(),
            ]
        });
        table(&["ID", "WHEN", "KIND", "TITLE", "LOCATION", "STATUS"], rows.collect())
    })
}

async fn history(context: Context, id: i64) -> Done {
    let lines = context.office.event_history(id).await?;
    let records: Vec<_> = lines.iter().map(ToldEntry::record).collect();
    context.out.show(&records, || {
        let are_several = lines.iter().any(|line| line.event != id);
        let rows = lines.iter().map(|ToldEntry { event, by, entry }| {
            let at = context.office.zone().at(entry.at).strftime("%Y-%m-%d %H:%M:%S").to_string();
            let text = |value: &Option<String>| value.clone().unwrap_or_default();
            let date = entry.occurrence.map(|start| start.to_string()).unwrap_or_default();
            let about = entry.about.as_ref().map(Aspect::to_string).unwrap_or_default();
            let (before, after) = (text(&entry.before), text(&entry.after));
            let mut row = vec![at, by.clone(), entry.action.to_string(), date, about, before, after];
            if are_several {
                row.insert(0, event.to_string());
            }
            row
        });
        let heads = ["EVENT", "AT", "BY", "WHAT", "DATE", "FIELD", "FROM", "TO"];
        table(&heads[usize::from(!are_several)..], rows.collect())
    })
}
