//! `kalends import` and `kalends export`.

use std::io::Read;
use std::sync::Arc;

use clap::{Args, ValueEnum};

use super::output::{print, print_octets, table};
use super::{Context, Done, Failure};
use crate::config::SourceUrl;
use crate::domain::actor::Actor;
use crate::domain::event::Kind;
use crate::domain::text::{overheard, without_logins};
use crate::feed::record::{self, EventRecord};
use crate::feed::{FeedInfo, ics};
use crate::fetch::{Fetched, Fetcher, Validators};
use crate::intake::{self, Format, Preset, Rejected, Report};
use crate::store::ImportOrigin;

#[derive(Debug, Args)]
pub struct ImportArgs {
    /// A file, a web address, or "-" for standard input
    #[arg(value_name = "FILE-or-URL")]
    file: String,
    /// ics, csv or json [default: by the name, else by the content]
    #[arg(long)]
    format: Option<Format>,
    /// Say what would happen and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Take new events in as drafts
    #[arg(long)]
    draft: bool,
    /// The kind of events that do not say theirs [default, for calendars: other]
    #[arg(long)]
    kind: Option<Kind>,
    /// Give all of them this topic too; may be given several times
    #[arg(long)]
    topic: Vec<String>,
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
    let input = Input::load(&args.file).await?;
    let format =
        args.format.unwrap_or_else(|| Format::guess(&input.name, input.content_type.as_deref(), &input.octets));
    // Only a calendar's events may leave their kind out.
    let kind = args.kind.or((format == Format::Ics).then_some(Kind::Other));
    let preset = Preset { kind, topics: args.topic.clone(), prefix: String::new() };
    let mut intake = intake::read(&input.octets, format, &preset, context.zone()).map_err(|error| {
        Failure::failed(format!("{}: {}", without_logins(&args.file), overheard(&error.to_string())))
    })?;
    if args.draft {
        intake = intake.as_drafts();
    }
    let host = context.host();
    let origin = ImportOrigin { host: &host, dry_run: args.dry_run, ..ImportOrigin::default() };
    let counts = context.store.import_events(&Actor::Operator, intake.entries, origin).await?;
    let report = Report::new(counts, intake.rejected, intake.notes);
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
            text.push_str(&lines_table(&report.rejected, "WHY"));
        }
        if !report.notes.is_empty() {
            text.push('\n');
            text.push_str(&lines_table(&report.notes, "TAKEN, BUT NOTE"));
        }
        text
    })?;
    if report.rejected.is_empty() { Ok(()) } else { Err(Failure::Reported) }
}

fn lines_table(lines: &[Rejected], heading: &str) -> String {
    let rows = lines
        .iter()
        .map(|r| vec![r.line.to_string(), r.column.clone().unwrap_or_default(), r.reason.clone()])
        .collect();
    table(&["LINE", "COLUMN", heading], rows)
}

/// The octets of a file, of an address or of standard input, with what tells their format.
struct Input {
    octets: Vec<u8>,
    name: String,
    content_type: Option<String>,
}

impl Input {
    async fn load(file: &str) -> Result<Self, Failure> {
        let is_address =
            ["http://", "https://", "webcal://", "webcals://"].iter().any(|scheme| file.starts_with(scheme));
        if !is_address {
            return Ok(Self { octets: read(file)?, name: file.to_owned(), content_type: None });
        }
        let url: SourceUrl = file.parse()?;
        // Whoever types an address here may reach it without us too; redirects are still looked at.
        let allowed = url.url().host_str().map(str::to_owned);
        let fetcher = Fetcher::new(allowed).map_err(Failure::failed)?;
        match fetcher.get(url.url(), &Validators::default()).await.map_err(anyhow::Error::from)? {
            Fetched::Body { octets, content_type, .. } => {
                Ok(Self { octets, name: url.url().path().to_owned(), content_type })
            }
            Fetched::NotModified => Err(Failure::failed(format!("{}: nothing came", url.server()))),
        }
    }
}

/// The whole of a file or of standard input.
pub fn read(file: &str) -> Result<Vec<u8>, Failure> {
    let mut octets = Vec::new();
    match file {
        "-" => std::io::stdin().lock().read_to_end(&mut octets).map(|_| ()),
        path => std::fs::read(path).map(|read| octets = read),
    }
    .map_err(|error| Failure::failed(format!("can't read {}: {error}", without_logins(file))))?;
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
