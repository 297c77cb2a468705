//! `kalends event …`

use std::borrow::Cow;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde::Serialize;

use super::output::{confirm, note, print, table};
use super::{Context, Done, Failure};
use crate::domain::Invalid;
use crate::domain::actor::Actor;
use crate::domain::article::{Article, ArticleStatus};
use crate::domain::event::{Details, Event, Kind, Override, Status};
use crate::domain::fields::EventFields;
use crate::domain::filter::EventFilter;
use crate::domain::occurrence::unroll;
use crate::domain::refused::Refused;
use crate::domain::when::{Point, Window};
use crate::domain::wording::Locale;
use crate::feed::record::EventRecord;

#[derive(Debug, Subcommand)]
pub enum EventCommand {
    /// Add an event; prints its id
    Add {
        /// meeting, forum, release, effective-date, deadline or other
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
        #[command(flatten)]
        fields: FieldArgs,
    },
    /// Make a draft public
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
    },
    /// Take an event off the list; calendars are told that it was cancelled
    Remove {
        #[arg(value_parser = id)]
        id: i64,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Show what was changed, and when
    History {
        #[arg(value_parser = id)]
        id: i64,
    },
}

#[derive(Debug, Args)]
pub struct FieldArgs {
    /// The day, or 2020-10-01 09:00, 2020-10, 2020-Q4, 2020
    #[arg(long, value_name = "DATE", conflicts_with_all = ["from", "to"])]
    on: Option<String>,
    /// The first day (or minute, month, quarter, year)
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
    /// The last day, inclusive
    #[arg(long, value_name = "DATE")]
    to: Option<String>,
    /// The zone the times are in, an IANA name [default: the site's]
    #[arg(long, value_name = "ZONE")]
    tz: Option<String>,
    #[arg(long)]
    location: Option<String>,
    #[arg(long)]
    organizer: Option<String>,
    /// May be given several times
    #[arg(long, value_name = "TOPIC")]
    topic: Option<Vec<String>>,
    /// Such as "GB/T 35273-2020"; may be given several times
    #[arg(long, value_name = "STANDARD")]
    standard: Option<Vec<String>>,
    #[arg(long)]
    url: Option<String>,
    /// Markdown
    #[arg(long, value_name = "MARKDOWN", conflicts_with = "description_file")]
    description: Option<String>,
    #[arg(long, value_name = "FILE")]
    description_file: Option<PathBuf>,
    /// confirmed, tentative or draft
    #[arg(long, value_parser = settable_status)]
    status: Option<Status>,
    /// How it repeats (RFC 5545), such as "FREQ=MONTHLY;BYDAY=2TU"; "" ends it
    #[arg(long, value_name = "RRULE")]
    repeat: Option<String>,
    /// A date beside those of the rule; may be given several times
    #[arg(long, value_name = "DATE")]
    rdate: Option<Vec<String>>,
    /// A date that is left out; may be given several times
    #[arg(long, value_name = "DATE")]
    exdate: Option<Vec<String>>,
}

fn id(text: &str) -> Result<i64, Invalid> {
    text.parse().map_err(|_| Invalid(format!("`{text}` is not an id: `kalends event list` shows the ids")))
}

fn settable_status(text: &str) -> Result<Status, Invalid> {
    match text.parse() {
        Ok(Status::Cancelled) => Err(Invalid::new("cancel with `kalends event cancel`")),
        Err(_) => Err(Invalid(format!("`{text}` is not a status: use one of confirmed, tentative, draft"))),
        status => status,
    }
}

impl FieldArgs {
    fn fields(&self) -> Result<EventFields, Failure> {
        let description = match &self.description_file {
            None => self.description.clone(),
            Some(path) => Some(
                std::fs::read_to_string(path)
                    .map_err(|e| Failure::failed(format!("can't read {}: {e}", path.display())))?,
            ),
        };
        Ok(EventFields {
            start: self.on.clone().or_else(|| self.from.clone()),
            // A single day has no end, whatever there was before.
            end: self.on.as_ref().map(|_| String::new()).or_else(|| self.to.clone()),
            timezone: self.tz.clone(),
            status: self.status.map(|status| status.to_string()),
            location: self.location.clone(),
            organizer: self.organizer.clone(),
            topics: self.topic.clone(),
            standards: self.standard.clone(),
            url: self.url.clone(),
            description,
            repeat: self.repeat.clone(),
            // "" alone takes away what there was.
            rdates: self.rdate.as_deref().map(filled),
            exdates: self.exdate.as_deref().map(filled),
            ..EventFields::default()
        })
    }
}

fn filled(texts: &[String]) -> Vec<String> {
    texts.iter().filter(|text| !text.trim().is_empty()).cloned().collect()
}

#[derive(Debug, Args)]
pub struct ListArgs {
    /// Not over before this day
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
    /// Begun by this day
    #[arg(long, value_name = "DATE")]
    to: Option<String>,
    /// May be given several times
    #[arg(long)]
    kind: Vec<Kind>,
    /// May be given several times
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
    match command {
        EventCommand::Add { kind, title, fields } => add(context, *kind, title, fields).await,
        EventCommand::List(args) => list(context, args).await,
        EventCommand::Show { id } => {
            let event = context.store.event(*id).await?;
            let articles = context.store.articles_of_event(*id).await?;
            let ids = articles.iter().map(|article| article.id).collect();
            let shown = ShownEvent { event: EventRecord::from(&event), articles: ids };
            context.out.show(&shown, || describe(&event, &articles))
        }
        EventCommand::Edit { id, kind, title, occurrence, fields } => {
            let fields =
                EventFields { kind: kind.map(|kind| kind.to_string()), title: title.clone(), ..fields.fields()? };
            edit(context, *id, *occurrence, &fields).await
        }
        EventCommand::Publish { ids } => publish(context, ids).await,
        EventCommand::Cancel { id, occurrence, reason } => {
            let reason = reason.clone().unwrap_or_default();
            change(context, *id, "cancelled", |event, now| match occurrence {
                None => event.cancel(&reason, now),
                Some(given) => {
                    let start = event.find_occurrence(*given)?;
                    event.change_occurrence(start, now, |it| it.cancel(&reason, now))
                }
            })
            .await
        }
        EventCommand::Remove { id, yes } => {
            let event = context.store.event(*id).await?;
            confirm(&format!("Remove event {id}, “{}”?", event.details.title), *yes)?;
            change(context, *id, "removed", |event, now| Ok(event.remove(now))).await
        }
        EventCommand::History { id } => history(context, *id).await,
    }
}

async fn add(context: Context, kind: Kind, title: &str, args: &FieldArgs) -> Done {
    if args.on.is_none() && args.from.is_none() {
        return Err(Failure::Usage("say when it is: --on DATE, or --from DATE and --to DATE".into()));
    }
    let fields = EventFields { kind: Some(kind.to_string()), title: Some(title.to_owned()), ..args.fields()? };
    let details = fields.onto(None, context.zone())?;
    let event = context.store.add_event(&Actor::Operator, details, &context.host()).await?;
    context.out.show(&EventRecord::from(&event), || format!("{}\n", event.id))
}

async fn edit(context: Context, id: i64, occurrence: Option<Point>, fields: &EventFields) -> Done {
    if *fields == EventFields::default() {
        return Err(Failure::Usage("say what to change, for example --on 2020-10-02 or --location Beijing".into()));
    }
    let zone = context.zone().clone();
    let revise = |event: &mut Event, now| {
        let details = fields.onto(Some(&event.details), &zone)?;
        event.revise(details, now)
    };
    // Judged once as usage; the store judges again on what the event is by then.
    let event = context.store.event(id).await?;
    let base = match occurrence {
        None => event.details,
        Some(given) => event.occurrence(event.find_occurrence(given)?).details,
    };
    fields.onto(Some(&base), context.zone())?;
    change(context, id, "changed", |event, now| match occurrence {
        None => revise(event, now),
        Some(given) => {
            let start = event.find_occurrence(given)?;
            event.change_occurrence(start, now, |it| revise(it, now))
        }
    })
    .await
}

/// Makes one change and says what came of it.
async fn change(
    context: Context,
    id: i64,
    done: &str,
    revise: impl FnOnce(&mut Event, jiff::Timestamp) -> Result<Vec<crate::domain::event::HistoryEntry>, Refused>,
) -> Done {
    let (event, entries) = context.store.revise_event(&Actor::Operator, id, revise).await?;
    if context.out.is_json() {
        return context.out.show(&EventRecord::from(&event), String::new);
    }
    if entries.is_empty() {
        note(&format!("Event {id} is so already; nothing was changed."));
        return Ok(());
    }
    print(&format!("Event {id} {done}.\n"))
}

/// One after the other; the first that can't be published ends it. As JSON, one event or a list of several.
async fn publish(context: Context, ids: &[i64]) -> Done {
    let mut published = Vec::new();
    let mut told = String::new();
    for id in ids {
        let publish = |event: &mut Event, now| match event.details.status {
            Status::Draft => event.revise(Details { status: Status::Confirmed, ..event.details.clone() }, now),
            Status::Cancelled => Err(Refused::conflict(format!(
                "event {id} is cancelled: `kalends event edit {id} --status confirmed` brings it back"
            ))),
            _ => Ok(Vec::new()),
        };
        let (event, entries) = context.store.revise_event(&Actor::Operator, *id, publish).await?;
        match entries.is_empty() {
            true => note(&format!("Event {id} is so already; nothing was changed.")),
            false => told.push_str(&format!("Event {id} published.\n")),
        }
        published.push(event);
    }
    match published.as_slice() {
        [one] => context.out.show(&EventRecord::from(one), || told),
        all => context.out.show(&all.iter().map(EventRecord::from).collect::<Vec<_>>(), || told),
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
    .between(args.from.as_deref(), args.to.as_deref(), context.zone())?;
    let mut all = context.store.events().await?;
    all.retain(|event| !event.removed);
    let mut events = listed(&all, &filter);
    events.sort_by_key(|event| (event.details.when.first_instant(), event.id));
    events.truncate(args.limit.unwrap_or(usize::MAX));
    let records: Vec<_> = events.iter().map(|event| EventRecord::from(&**event)).collect();
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

/// The rows of a list. With a last day asked for, each date of a repeating event is one; with a first day alone, the
/// next of its dates; else the event itself.
fn listed<'a>(events: &'a [Event], filter: &EventFilter) -> Vec<Cow<'a, Event>> {
    let of_window =
        |events: Vec<Cow<'a, Event>>| events.into_iter().filter(|event| filter.matches(event)).collect::<Vec<_>>();
    let window = filter.window;
    if window == Window::ALL {
        return of_window(events.iter().map(Cow::Borrowed).collect());
    }
    if window.to < Window::ALL.to {
        return of_window(unroll(events, window));
    }
    let next = |event: &'a Event| match event.details.repeat {
        None => Some(Cow::Borrowed(event)),
        Some(_) => event.next_occurrence(window.from).map(Cow::Owned),
    };
    of_window(events.iter().filter_map(next).collect())
}

async fn history(context: Context, id: i64) -> Done {
    let revisions = context.store.event_history(id).await?;
    let entries: Vec<_> = revisions.into_iter().map(|revision| revision.entry).collect();
    context.out.show(&entries, || {
        let rows = entries.iter().map(|entry| {
            let at = context.zone().at(entry.at).strftime("%Y-%m-%d %H:%M:%S").to_string();
            let text = |value: &Option<String>| value.clone().unwrap_or_default();
            let date = entry.occurrence.map(|start| start.to_string()).unwrap_or_default();
            vec![at, entry.action.to_string(), date, text(&entry.field), text(&entry.before), text(&entry.after)]
        });
        table(&["AT", "WHAT", "DATE", "FIELD", "FROM", "TO"], rows.collect())
    })
}

/// Each date that is not as the rule has it: `2020-09-15 cancelled; 2020-09-22 2020-09-23`.
fn changed_dates(event: &Event) -> String {
    let date = |change: &Override| {
        let now = match change.details.status {
            Status::Cancelled => "cancelled".to_owned(),
            _ if change.details.when.start() == change.occurrence => "changed".to_owned(),
            _ => format!("moved to {}", change.details.when.start()),
        };
        format!("{} {now}", change.occurrence)
    };
    event.overrides.iter().map(date).collect::<Vec<_>>().join("; ")
}

/// An event with the articles that are about it, newest first.
#[derive(Serialize)]
struct ShownEvent<'a> {
    #[serde(flatten)]
    event: EventRecord<'a>,
    articles: Vec<i64>,
}

/// One event, a line a field; empty fields are left out.
fn describe(event: &Event, articles: &[Article]) -> String {
    let details = &event.details;
    let lines = [
        ("Event", event.id.to_string()),
        ("Title", details.title.clone()),
        ("Kind", details.kind.to_string()),
        ("When", Locale::default().when(&details.when)),
        ("Repeats", Locale::default().repeat_of(details)),
        ("Rule", details.rule().to_owned()),
        ("Changed dates", changed_dates(event)),
        ("Status", details.status.to_string()),
        ("Reason", event.cancel_reason.clone()),
        ("Location", details.location.clone()),
        ("Organizer", details.organizer.clone()),
        ("Topics", details.topics.join("; ")),
        ("Standards", details.standards.join("; ")),
        ("URL", details.url.clone()),
        ("UID", event.uid.clone()),
        ("Zone", details.when.zone().to_string()),
        ("Changed", format!("{} ({} times since published)", event.updated_at, event.sequence)),
    ];
    let about = articles.iter().map(|article| {
        let draft = if article.status() == ArticleStatus::Draft { " (draft)" } else { "" };
        ("Article", format!("{}, {}: {}{draft}", article.id, Locale::default().day(article.date), article.title))
    });
    let mut text: String = lines
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .chain(about)
        .map(|(name, value)| format!("{name:<13} {value}\n"))
        .collect();
    if !details.description.is_empty() {
        text.push_str(&format!("\n{}\n", details.description));
    }
    text
}
