//! `kalends source …`

use clap::Subcommand;
use jiff::Timestamp;
use serde_json::json;

use super::output::{note, table};
use super::{Context, Done, Failure};
use crate::config::SourceConfig;
use crate::net::fetch::Fetcher;
use crate::office::checks::health;
use crate::source::{Synced, sync};

#[derive(Debug, Subcommand)]
pub enum SourceCommand {
    /// List the foreign calendars of the configuration and how reading them went
    List,
    /// Read them now, whether they are due or not
    Sync {
        /// Only this one, by its number in the list
        number: Option<usize>,
    },
}

pub async fn run(context: Context, command: &SourceCommand) -> Done {
    match command {
        SourceCommand::List => list(context).await,
        SourceCommand::Sync { number } => sync_now(context, *number).await,
    }
}

async fn list(context: Context) -> Done {
    let mut records = Vec::new();
    let mut rows = Vec::new();
    let instant = |at: Option<Timestamp>| {
        at.map(|at| context.zone().at(at).strftime("%Y-%m-%d %H:%M").to_string()).unwrap_or_else(|| "never".into())
    };
    for source in &context.config.sources {
        let state = context.store.source_state(source.url.as_str()).await?;
        rows.push(vec![
            source.number.to_string(),
            source.name().to_owned(),
            instant(state.read_at),
            instant(state.next_at),
            health(&state),
        ]);
        records.push(json!({
            "number": source.number,
            "url": source.url.as_str(),
            "read_at": state.read_at,
            "tried_at": state.tried_at,
            "next_at": state.next_at,
            "failures": state.failures,
            "error": state.error,
        }));
    }
    context.out.show(&records, || match rows.is_empty() {
        true => "No foreign calendar is configured: see [[source]] in the configuration.\n".into(),
        false => table(&["NO", "SERVER", "READ", "NEXT", "HOW IT WENT"], rows),
    })
}

async fn sync_now(context: Context, number: Option<usize>) -> Done {
    let chosen: Vec<&SourceConfig> =
        context.config.sources.iter().filter(|source| number.is_none_or(|number| number == source.number)).collect();
    if chosen.is_empty() {
        return Err(Failure::Usage("there is no such source: `kalends source list` shows them".into()));
    }
    let fetcher = Fetcher::new(&context.config.fetch.allowed_hosts).map_err(Failure::failed)?;
    let mut records = Vec::new();
    let mut lines = String::new();
    let mut failed = false;
    for source in chosen {
        let result = sync(&context.store, &context.config, source, &fetcher).await;
        let (number, name) = (source.number, source.name());
        match result {
            Ok(Synced::NotModified) => {
                lines.push_str(&format!("{number} {name}: not changed since the last time\n"));
                records.push(json!({ "number": number, "status": "not-modified" }));
            }
            Ok(Synced::Taken { counts, rejected }) => {
                lines.push_str(&format!(
                    "{number} {name}: {} added, {} updated, {} unchanged, {} cancelled, {} rejected\n",
                    counts.added,
                    counts.updated,
                    counts.unchanged,
                    counts.cancelled,
                    rejected.len()
                ));
                for rejected in &rejected {
                    note(&format!("{name}, line {}: {}", rejected.line, rejected.reason));
                }
                records.push(json!({
                    "number": number,
                    "status": "read",
                    "added": counts.added,
                    "updated": counts.updated,
                    "unchanged": counts.unchanged,
                    "cancelled": counts.cancelled,
                    "rejected": rejected,
                }));
            }
            Err(error) => {
                failed = true;
                lines.push_str(&format!("{number} {name}: failed: {error}\n"));
                records.push(json!({ "number": number, "status": "failed", "error": error.to_string() }));
            }
        }
    }
    context.out.show(&records, || lines)?;
    if failed { Err(Failure::Reported) } else { Ok(()) }
}
