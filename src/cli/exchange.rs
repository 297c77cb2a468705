//! `kalends import` and `kalends export`.

use std::io::Read;
use std::sync::Arc;

use clap::{Args, ValueEnum};

use super::output::{print, print_octets, table};
use super::{Context, Done, Failure};
use crate::feed::record::{self, EventRecord};
use crate::feed::{FeedInfo, ics};
use crate::intake::{self, Format, Rejected, Report};
use crate::store::ImportOrigin;

#[derive(Debug, Args)]
pub struct ImportArgs {
    /// A file, or "-" for standard input
    file: String,
    /// csv or json [default: by the file's name, else by its content]
    #[arg(long)]
    format: Option<Format>,
    /// Say what would happen and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Take new events in as drafts
    #[arg(long)]
    draft: bool,
}

#[derive(Debug, Args)]
pub struct ExportArgs {
    /// ics holds the published events; csv and json hold the drafts too [default: ics, with --json json]
    #[arg(long, value_enum)]
    format: Option<ExportFormat>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ExportFormat {
    Ics,
    Csv,
    Json,
}

pub async fn import(context: Context, args: &ImportArgs) -> Done {
    let octets = read(&args.file)?;
    let format = args.format.or_else(|| Format::of_name(&args.file)).unwrap_or_else(|| {
        match octets.trim_ascii_start().first() {
            Some(b'[') => Format::Json,
            _ => Format::Csv,
        }
    });
    let mut intake = intake::read(&octets, format, context.zone())
        .map_err(|error| Failure::failed(format!("{}: {error}", args.file)))?;
    if args.draft {
        intake = intake.as_drafts();
    }
    let counts = {
        let origin = ImportOrigin { host: &context.host(), source: None, dry_run: args.dry_run };
        context.store.import_events(intake.entries, origin).await?
    };
    let report = Report::new(counts, intake.rejected);
    show_report(&context, &report, args.dry_run)
}

/// Prints a report; any rejected row makes the command fail.
pub fn show_report(context: &Context, report: &Report, dry_run: bool) -> Done {
    context.out.show(report, || {
        let mut text = format!(
            "{}{} added, {} updated, {} unchanged, {} rejected\n",
            if dry_run { "Would be: " } else { "" },
            report.added,
            report.updated,
            report.unchanged,
            report.rejected.len()
        );
        if !report.rejected.is_empty() {
            text.push('\n');
            text.push_str(&rejected_table(&report.rejected));
        }
        text
    })?;
    if report.rejected.is_empty() { Ok(()) } else { Err(Failure::Reported) }
}

fn rejected_table(rejected: &[Rejected]) -> String {
    let rows = rejected
        .iter()
        .map(|r| vec![r.line.to_string(), r.column.clone().unwrap_or_default(), r.reason.clone()])
        .collect();
    table(&["LINE", "COLUMN", "WHY"], rows)
}

/// The whole of a file or of standard input.
pub fn read(file: &str) -> Result<Vec<u8>, Failure> {
    let mut octets = Vec::new();
    match file {
        "-" => std::io::stdin().lock().read_to_end(&mut octets).map(|_| ()),
        url if url.starts_with("http://") || url.starts_with("https://") => {
            return Err(Failure::Usage(format!(
                "{url} is a web address: fetch it and pipe it in, as with `curl -s {url} | kalends import -`"
            )));
        }
        path => std::fs::read(path).map(|read| octets = read),
    }
    .map_err(|error| Failure::failed(format!("can't read {file}: {error}")))?;
    Ok(octets)
}

pub async fn export(context: Context, args: &ExportArgs) -> Done {
    let mut events = context.store.events().await?;
    events.retain(|event| !event.removed);
    let default = if context.out.is_json() { ExportFormat::Json } else { ExportFormat::Ics };
    match args.format.unwrap_or(default) {
        ExportFormat::Csv => print_octets(&record::csv(&events)?),
        ExportFormat::Json => {
            let all = record::with_changed_dates(&events);
            let records: Vec<_> = all.iter().map(|event| EventRecord::from(&**event)).collect();
            print(&format!("{}\n", serde_json::to_string_pretty(&records)?))
        }
        ExportFormat::Ics => {
            let published: Vec<_> = events.into_iter().filter(|event| event.is_public()).map(Arc::new).collect();
            print(&ics::calendar(&published, &FeedInfo::of(&context.config, "/calendar.ics"), ics::Style::Export))
        }
    }
}
