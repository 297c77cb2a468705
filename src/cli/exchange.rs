//! `kalends import` and `kalends export`.

use std::io::Read;

use clap::{Args, ValueEnum};

use super::output::{print, print_octets, table};
use super::{BY, Context, Done, Failure};
use crate::config::SourceUrl;
use crate::domain::event::Kind;
use crate::domain::format::Format;
use crate::domain::text::without_logins;
use crate::feed::csv;
use crate::intake::{ArticleCounts, Rejected, Report};
use crate::office::{self, Found, Import};
use crate::shape::export;

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
    /// ics holds the published events; csv and json hold the drafts too, and json the articles [default: ics, with
    /// --json json]
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
    let input = Input::load(&context, &args.file).await?;
    let import = Import {
        octets: input.octets,
        name: input.name,
        content_type: input.content_type,
        format: args.format,
        kind: args.kind,
        topics: args.topic.clone(),
        as_drafts: args.draft,
        with_articles: true,
        dry_run: args.dry_run,
    };
    let report = context.office.import(BY, import).await.map_err(|error| match error {
        // What is wrong is in the file, not in what was typed.
        office::Error::Refused(refused) => Failure::failed(format!("{}: {refused}", without_logins(&args.file))),
        other => other.into(),
    })?;
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
        let ArticleCounts { added, updated, unchanged } = report.articles;
        if report.articles != ArticleCounts::default() {
            text.push_str(&format!("Articles: {added} added, {updated} updated, {unchanged} unchanged\n"));
        }
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
    async fn load(context: &Context, file: &str) -> Result<Self, Failure> {
        let is_address =
            ["http://", "https://", "webcal://", "webcals://"].iter().any(|scheme| file.starts_with(scheme));
        if !is_address {
            return Ok(Self { octets: read(file)?, name: file.to_owned(), content_type: None });
        }
        let url: SourceUrl = file.parse()?;
        let Found { octets, content_type } = context.office.look_up(&url).await?;
        Ok(Self { octets, name: url.url().path().to_owned(), content_type })
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
    let default = if context.out.is_json() { ExportFormat::Json } else { ExportFormat::Ics };
    match args.format.unwrap_or(default) {
        ExportFormat::Ics => print(&context.office.calendar().await?),
        ExportFormat::Csv => print_octets(&csv::table(&context.office.export().await?.0)?),
        ExportFormat::Json => {
            let (events, articles) = context.office.export().await?;
            print(&format!("{}\n", export::json(&events, &articles)?))
        }
    }
}
