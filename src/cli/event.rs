//! `kalends event …`

mod add;
mod answer;
mod args;
mod describe;
mod form;
mod history;
mod list;
mod many;
mod one;
mod review;

use clap::{Args, Subcommand};

use super::{Context, Done};
use crate::domain::Invalid;
use crate::domain::event::Kind;
use crate::domain::several::Ids;
use crate::office::Shown;
use crate::shape::event::{EventRecord, ShownEvent};
use args::{FieldArgs, FilterArgs, LabelArgs, TellArgs, WhereArgs, ids};
use describe::describe;

/// `meeting, forum, …`
fn kinds() -> String {
    Kind::ALL.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", ")
}

#[derive(Debug, Subcommand)]
pub enum EventCommand {
    /// Add an event; prints its id, and on a terminal what was understood
    Add(AddArgs),
    /// Add an event like another, at another time
    ///
    /// What is not said is as it was: the hour, how long it lasts, topics, place. It happens once, if nothing else is said.
    Copy(CopyArgs),
    /// List events by date
    List(ListArgs),
    /// Show one event
    Show {
        /// Of the event
        #[arg(value_parser = id)]
        id: i64,
    },
    /// Change what is said of events; what is not named stays. Without options, in an editor ($VISUAL, $EDITOR)
    Edit(Box<EditArgs>),
    /// Make drafts public: all that are meant, or none
    Publish(PublishArgs),
    /// Cancel events, or one date of one; calendars and readers are told
    Cancel(CancelArgs),
    /// Take a removal back, or else a cancellation; calendars and readers are told
    Restore {
        /// Of the event
        #[arg(value_parser = id)]
        id: i64,
        /// Only this date of a repeating event
        #[arg(long, value_name = "DATE")]
        occurrence: Option<String>,
        #[command(flatten)]
        told: TellArgs,
    },
    /// Take events off the list; calendars are told that they were cancelled
    Remove(RemoveArgs),
    /// Walk through the drafts: publish, change, drop or skip each with one key
    ///
    /// What was decided is done when the walk ends, also if the terminal is closed; until then it can be undone.
    Review {
        #[command(flatten)]
        filter: FilterArgs,
    },
    /// Show what was changed, when and by whom
    History {
        /// Of the event
        #[arg(value_parser = id)]
        id: i64,
    },
}

#[derive(Debug, Args)]
pub struct AddArgs {
    #[arg(help = kinds())]
    kind: Kind,
    /// In a few words, what it is
    title: String,
    #[command(flatten)]
    fields: FieldArgs,
    /// Print the id and nothing else, also on a terminal
    #[arg(long)]
    quiet: bool,
}

#[derive(Debug, Args)]
pub struct CopyArgs {
    /// Of the event that it is like
    #[arg(value_parser = id)]
    id: i64,
    /// Another title
    #[arg(long)]
    title: Option<String>,
    /// Another kind
    #[arg(long)]
    kind: Option<Kind>,
    #[command(flatten)]
    fields: FieldArgs,
    /// Print the id and nothing else, also on a terminal
    #[arg(long)]
    quiet: bool,
}

#[derive(Debug, Args)]
pub struct ListArgs {
    #[command(flatten)]
    filter: FilterArgs,
    /// No more than so many
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// On a terminal, also what was over 30 days ago
    #[arg(long)]
    all: bool,
}

#[derive(Debug, Args)]
pub struct EditArgs {
    /// Ids, or ranges of ids such as 1-5; with none, all that --where-… lets through
    #[arg(value_name = "ID", value_parser = ids)]
    ids: Vec<Ids>,
    /// Another kind
    #[arg(long)]
    kind: Option<Kind>,
    /// Another title
    #[arg(long)]
    title: Option<String>,
    /// Only this date of a repeating event: the day, or the start, that the rule gives it
    #[arg(long, value_name = "DATE")]
    occurrence: Option<String>,
    /// Only if it still is this version, as `event show --json` tells it
    #[arg(long = "if-version", value_name = "N")]
    seen: Option<i64>,
    #[command(flatten)]
    fields: FieldArgs,
    #[command(flatten)]
    labels: LabelArgs,
    #[command(flatten)]
    told: TellArgs,
    #[command(flatten)]
    which: WhereArgs,
    /// Do not ask, where several are changed
    #[arg(long)]
    yes: bool,
}

#[derive(Debug, Args)]
pub struct PublishArgs {
    /// Ids, or ranges of ids such as 1-5; with none, all drafts that the filter lets through
    #[arg(value_parser = ids, value_name = "ID")]
    ids: Vec<Ids>,
    #[command(flatten)]
    filter: FilterArgs,
    /// Do not ask, where several are published
    #[arg(long)]
    yes: bool,
}

#[derive(Debug, Args)]
pub struct CancelArgs {
    /// Ids, or ranges of ids such as 1-5; with none, all that the filter lets through
    #[arg(value_parser = ids, value_name = "ID")]
    ids: Vec<Ids>,
    #[command(flatten)]
    filter: FilterArgs,
    /// Only this date of a repeating event
    #[arg(long, value_name = "DATE")]
    occurrence: Option<String>,
    /// Why, in a few words; readers see it
    #[arg(long)]
    reason: Option<String>,
    /// Only say who would hear of it
    #[arg(long)]
    dry_run: bool,
    /// Do not ask, on a terminal; elsewhere needed where a filter chooses
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    told: TellArgs,
}

#[derive(Debug, Args)]
pub struct RemoveArgs {
    /// Ids, or ranges of ids such as 1-5; with none, all that the filter lets through
    #[arg(value_parser = ids, value_name = "ID")]
    ids: Vec<Ids>,
    #[command(flatten)]
    filter: FilterArgs,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    told: TellArgs,
}

fn id(text: &str) -> Result<i64, Invalid> {
    text.parse().map_err(|_| Invalid(format!("`{text}` is not an id: `kalends event list` shows the ids")))
}

pub async fn run(context: Context, command: &EventCommand) -> Done {
    match command {
        EventCommand::Add(args) => add::add(context, args).await,
        EventCommand::Copy(args) => add::copy(context, args).await,
        EventCommand::List(args) => list::run(context, args).await,
        EventCommand::Show { id } => {
            let Shown { event, version, articles } = context.office.event(*id).await?;
            let ids = articles.iter().map(|article| article.id).collect();
            let shown = ShownEvent { event: EventRecord::from(&event), version, articles: ids };
            context.out.show(&shown, || describe(&event, &articles))
        }
        EventCommand::Edit(args) => one::edit(context, args).await,
        EventCommand::Publish(args) => many::publish(context, args).await,
        EventCommand::Cancel(args) => one::cancel(context, args).await,
        EventCommand::Restore { id, occurrence, told } => {
            one::restore(context, *id, occurrence.as_deref(), told.tell).await
        }
        EventCommand::Remove(args) => one::remove(context, args).await,
        EventCommand::Review { filter } => review::run(context, filter).await,
        EventCommand::History { id } => history::run(context, *id).await,
    }
}
