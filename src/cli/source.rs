//! `kalends source …`

use clap::Subcommand;
use jiff::Timestamp;

use super::output::{note, table};
use super::{Context, Done, Failure};
use crate::office::sources::health;
use crate::shape::source::{SyncOutcome, SyncRecord};

#[derive(Debug, Subcommand)]
pub enum SourceCommand {
    /// List the foreign calendars of the configuration and how reading them went
    List,
    /// Read them now, whether they are due or not
    Sync {
        /// Only this one, by its name or its number in the list
        name: Option<String>,
    },
}

pub async fn run(context: Context, command: &SourceCommand) -> Done {
    match command {
        SourceCommand::List => list(context).await,
        SourceCommand::Sync { name } => sync(context, name.as_deref()).await,
    }
}

async fn list(context: Context) -> Done {
    let sources = context.office.sources().await?;
    let instant = |at: Option<Timestamp>| {
        at.map(|at| context.office.zone().at(at).strftime("%Y-%m-%d %H:%M").to_string())
            .unwrap_or_else(|| "never".into())
    };
    context.out.show(&sources, || {
        let rows: Vec<_> = sources
            .iter()
            .map(|source| {
                let (read, next) = (instant(source.read_at), instant(source.next_at));
                vec![source.number.to_string(), source.name.clone(), read, next, health(source)]
            })
            .collect();
        match rows.is_empty() {
            true => "No foreign calendar is configured: see [[source]] in the configuration.\n".into(),
            false => table(&["NO", "NAME", "READ", "NEXT", "HOW IT WENT"], rows),
        }
    })
}

async fn sync(context: Context, name: Option<&str>) -> Done {
    let synced = context.office.sync_sources(name).await?;
    for source in &synced {
        if let SyncOutcome::Read { rejected, .. } = &source.outcome {
            for rejected in rejected {
                note(&format!("{}, line {}: {}", source.name, rejected.line, rejected.reason));
            }
        }
    }
    context.out.show(&synced, || synced.iter().map(line).collect())?;
    match synced.iter().any(|source| matches!(source.outcome, SyncOutcome::Failed { .. })) {
        true => Err(Failure::Reported),
        false => Ok(()),
    }
}

fn line(source: &SyncRecord) -> String {
    let told = match &source.outcome {
        SyncOutcome::NotModified => "not changed since the last time".into(),
        SyncOutcome::Read { added, updated, unchanged, cancelled, rejected } => format!(
            "{added} added, {updated} updated, {unchanged} unchanged, {cancelled} cancelled, {} rejected",
            rejected.len()
        ),
        SyncOutcome::Failed { error } => format!("failed: {error}"),
        SyncOutcome::DryRun => "nothing was read".into(),
    };
    format!("{} {}: {told}\n", source.number, source.name)
}
