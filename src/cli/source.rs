//! `kalends source …`

use clap::Subcommand;
use jiff::Timestamp;

use super::output::{note, table};
use super::stop::stopped;
use super::{Context, Done, Failure};
use crate::domain::source::{Note, Trust};
use crate::office::sources::health;
use crate::shape::source::{HeldRecord, SourceRecord, SyncOutcome, SyncRecord};

#[derive(Debug, Subcommand)]
pub enum SourceCommand {
    /// List the calendars, pages and feeds of the configuration and how reading them went
    List,
    /// Read them now, whether they are due or not
    Sync {
        /// Only this one, by its name or its number in the list
        name: Option<String>,
        /// Take it at its word also where it suddenly lacks most of what it had
        #[arg(long)]
        believe: bool,
    },
}

pub async fn run(context: Context, command: &SourceCommand) -> Done {
    match command {
        SourceCommand::List => list(context).await,
        SourceCommand::Sync { name, believe } => {
            let trust = if *believe { Trust::Believed } else { Trust::Careful };
            sync(context, name.as_deref(), trust).await
        }
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
                let drafts = match &source.watched {
                    Some(watched) if watched.drafts > 0 => {
                        format!("; {} drafts of it wait for an editor", watched.drafts)
                    }
                    _ => String::new(),
                };
                vec![source.number.to_string(), source.name.clone(), read, next, health(source) + &drafts]
            })
            .collect();
        match rows.is_empty() {
            true => "No foreign calendar is configured: see [[source]] in the configuration.\n".into(),
            false => {
                let below: String = sources.iter().map(below).collect();
                table(&["NO", "NAME", "READ", "NEXT", "HOW IT WENT"], rows) + &below
            }
        }
    })
}

/// What there is to say of a source beside how it went.
fn below(source: &SourceRecord) -> String {
    let mut lines = told_notes(&source.name, &source.notes, source.notes_count);
    if source.held.is_some() {
        lines.push(format!("{}: {}", source.name, believe(&source.name)));
    }
    lines.into_iter().map(|line| line + "\n").collect()
}

/// Each with its line, and how many more there are.
fn told_notes(name: &str, notes: &[Note], count: usize) -> Vec<String> {
    let mut lines: Vec<_> = notes.iter().map(|note| format!("{name}, line {}: {}", note.line, note.reason)).collect();
    if count > notes.len() {
        lines.push(format!("{name}: and {} more notes like these", count - notes.len()));
    }
    lines
}

pub(super) fn believe(name: &str) -> String {
    format!("`kalends source sync {name} --believe` takes it at its word at once")
}

async fn sync(context: Context, name: Option<&str>, trust: Trust) -> Done {
    let synced = context.long("nothing was read", context.office.sync_sources(name, trust)).await?;
    for source in &synced {
        if let SyncOutcome::Watched { notes, .. } = &source.outcome {
            notes.iter().for_each(|said| note(&format!("{}: {said}", source.name)));
        }
        if let SyncOutcome::Read { rejected, cut_off, held, notes, notes_count, .. } = &source.outcome {
            for rejected in rejected {
                note(&format!("{}, line {}: {}", source.name, rejected.line, rejected.reason));
            }
            if let Some(cut_off) = cut_off {
                note(&format!("{} was cut off, so what is missing stays as it was: {cut_off}", source.name));
            }
            if let Some(HeldRecord { missing, ahead, since, until }) = held {
                note(&format!(
                    "{} lacks {missing} of the {ahead} events that lay ahead, since {since}: they stay until it says the same \
                     at {until} or later; {}",
                    source.name,
                    believe(&source.name)
                ));
            }
            told_notes(&source.name, notes, *notes_count).iter().for_each(|line| note(line));
        }
    }
    for source in &synced {
        if let SyncOutcome::Failed { held: Some(_), .. } = &source.outcome {
            note(&format!("{}: {}", source.name, believe(&source.name)));
        }
    }
    context.out.show(&synced, || synced.iter().map(line).collect())?;
    let all = context.office.config.sources.len();
    if name.is_none() && synced.len() < all {
        return Err(stopped(format!("{} of {all} sources were read", synced.len())));
    }
    match synced.iter().all(|source| is_taken(&source.outcome)) {
        true => Ok(()),
        false => Err(Failure::Reported),
    }
}

/// Whether all of it was.
fn is_taken(outcome: &SyncOutcome) -> bool {
    match outcome {
        SyncOutcome::Failed { .. } => false,
        SyncOutcome::Read { rejected, cut_off, held, .. } => rejected.is_empty() && cut_off.is_none() && held.is_none(),
        SyncOutcome::NotModified | SyncOutcome::Watched { .. } | SyncOutcome::DryRun => true,
    }
}

fn line(source: &SyncRecord) -> String {
    let told = match &source.outcome {
        SyncOutcome::NotModified => "not changed since the last time".into(),
        SyncOutcome::Read {
            added,
            updated,
            unchanged,
            cancelled,
            rejected,
            cut_off,
            held,
            renamed,
            private,
            notes_count,
            ..
        } => {
            let mut told = format!(
                "{added} added, {updated} updated, {unchanged} unchanged, {cancelled} cancelled, {} rejected",
                rejected.len()
            );
            if cut_off.is_some() {
                told.push_str(", cut off");
            }
            if let Some(held) = held {
                told.push_str(&format!(", {} missing and held", held.missing));
            }
            if *renamed > 0 {
                told.push_str(&format!(", {renamed} under other UIDs"));
            }
            if *private > 0 {
                told.push_str(&format!(", {private} private"));
            }
            if *notes_count > 0 {
                told.push_str(&format!(", {notes_count} taken, but note"));
            }
            told
        }
        SyncOutcome::Watched { items, new, proposed, moves, updated, known, held_back, .. } => {
            let moves = if *moves > 0 { format!(" ({moves} of them moves)") } else { String::new() };
            let held_back =
                if held_back.is_empty() { String::new() } else { format!(", {} held back", held_back.len()) };
            format!(
                "{items} read, {new} new; {proposed} proposed as drafts{moves}, {updated} drafts moved, {known} known{held_back}"
            )
        }
        SyncOutcome::Failed { error, .. } => format!("failed: {error}"),
        SyncOutcome::DryRun => "nothing was read".into(),
    };
    format!("{} {}: {told}\n", source.number, source.name)
}
