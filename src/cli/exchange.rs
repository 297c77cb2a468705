//! `kalends import` and `kalends export`.

use std::io::Read;

use clap::{Args, ValueEnum};

use super::output::{print, print_octets, table};
use super::{BY, Context, Done, Failure};
use crate::config::SourceUrl;
use crate::domain::event::Kind;
use crate::domain::format::Format;
use crate::domain::import::{Fate, Private};
use crate::domain::text::{self, without_logins};
use crate::feed::csv;
use crate::intake::{ArticleCounts, Rejected, Report, ReportRow, RowChange};
use crate::office::{self, Found, Import};
use crate::shape::export;

#[derive(Debug, Args)]
pub struct ImportArgs {
    /// A file, a web address, or "-" for standard input
    #[arg(value_name = "FILE-or-URL")]
    file: String,
    /// ics, csv, json or xlsx [default: by the content, or by the name]
    #[arg(long)]
    format: Option<Format>,
    /// Show what would become of each row, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Take new events in as drafts
    #[arg(long)]
    draft: bool,
    /// What becomes of events that a calendar marks as private or confidential: draft, skip or publish
    #[arg(long, default_value_t, value_name = "WAY")]
    private: Private,
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
    let place = place(&args.file)?;
    let work = take_in(&context, args, place);
    let report = context.long("nothing was taken in", work).await?;
    show(&context, &report, args.dry_run, args.private)
}

async fn take_in(context: &Context, args: &ImportArgs, place: Place) -> Result<Report, Failure> {
    let input = place.load(context, &args.file).await?;
    let import = Import {
        octets: input.octets,
        name: input.name,
        content_type: input.content_type,
        format: args.format,
        kind: args.kind,
        topics: args.topic.clone(),
        as_drafts: args.draft,
        private: args.private,
        with_articles: true,
        dry_run: args.dry_run,
    };
    context.office.import(BY, import).await.map_err(|error| match error {
        // What is wrong is in the file, not in what was typed.
        office::Error::Refused(refused) => Failure::in_file(&format!("{}: ", without_logins(&args.file)), refused),
        other => other.into(),
    })
}

/// Prints a report; any rejected row makes the command fail.
pub fn show_report(context: &Context, report: &Report, dry_run: bool) -> Done {
    show(context, report, dry_run, Private::default())
}

fn show(context: &Context, report: &Report, dry_run: bool, way: Private) -> Done {
    context.out.show(report, || {
        let mut text = format!(
            "{}{} added, {} updated, {} unchanged, {} rejected\n",
            if dry_run { "Would be: " } else { "" },
            report.added,
            report.updated,
            report.unchanged,
            report.rejected.len()
        );
        if report.private > 0 {
            text.push_str(&format!("{}\n", private(report.private, way)));
        }
        let ArticleCounts { added, updated, unchanged } = report.articles;
        if report.articles != ArticleCounts::default() {
            text.push_str(&format!("Articles: {added} added, {updated} updated, {unchanged} unchanged\n"));
        }
        if let Some(rows) = report.rows.as_ref().filter(|rows| !rows.is_empty()) {
            text.push('\n');
            text.push_str(&rows_table(rows));
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

fn private(count: usize, way: Private) -> String {
    let (are, they) = if count == 1 { ("1 is", "it") } else { ("are", "they") };
    let are = if count == 1 { are.to_owned() } else { format!("{count} {are}") };
    let became = match way {
        Private::Skip => format!("{they} stayed out"),
        _ if count == 1 => "it is a draft until you publish it".to_owned(),
        _ => "they are drafts until you publish them".to_owned(),
    };
    format!("Of these, {are} marked as private: {became}.")
}

/// More are for programs to read.
const MOST_ROWS: usize = 500;

/// What becomes of each, those that change anything first where there are many.
fn rows_table(rows: &[ReportRow]) -> String {
    let mut shown: Vec<_> = rows.iter().collect();
    if shown.len() > MOST_ROWS {
        shown.sort_by_key(|row| row.becomes == Fate::Unchanged);
        shown.truncate(MOST_ROWS);
        shown.sort_by_key(|row| row.line);
    }
    let change = |change: &RowChange| {
        let date = change.occurrence.map(|start| format!(" of {start}")).unwrap_or_default();
        let [from, to] =
            [&change.from, &change.to].map(|said| if said.is_empty() { "-".into() } else { text::quoted(said) });
        format!("{}{date}: {from} → {to}", change.field)
    };
    let is_about_people = shown.iter().any(|row| row.email.is_some());
    let cells = |row: &&ReportRow| {
        let mut changes: Vec<_> = row.changes.iter().map(change).collect();
        if row.asked == Some(true) {
            changes.push("a mail asks them".into());
        }
        let start = row.start.map(|start| start.to_string()).unwrap_or_default();
        let name = match &row.email {
            Some(email) => vec![email.to_string()],
            None => vec![row.title.clone().unwrap_or_default(), start],
        };
        [vec![row.line.to_string(), row.becomes.to_string()], name, vec![changes.join("; ")]].concat()
    };
    let heading: &[&str] = match is_about_people {
        true => &["LINE", "BECOMES", "EMAIL", "WHAT CHANGES"],
        false => &["LINE", "BECOMES", "TITLE", "START", "WHAT CHANGES"],
    };
    let mut text = table(heading, shown.iter().map(cells).collect());
    if let more @ 1.. = rows.len().saturating_sub(MOST_ROWS) {
        text.push_str(&format!("and {more} more, which --json tells\n"));
    }
    text
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

/// Where it comes from. A file is read at once: nobody waits for it as for an address.
enum Place {
    File(Vec<u8>),
    Address(SourceUrl),
}

fn place(file: &str) -> Result<Place, Failure> {
    let is_address = ["http://", "https://", "webcal://", "webcals://"].iter().any(|scheme| file.starts_with(scheme));
    match file.split_once("://") {
        // What stands in front of it may be a folder's name.
        Some((scheme, _)) if !is_address && scheme.bytes().all(|octet| octet.is_ascii_alphabetic()) => Err(
            Failure::Usage(format!("`{}` is no address that is read: give one with https://", without_logins(file))),
        ),
        _ if is_address => Ok(Place::Address(file.parse()?)),
        _ => Ok(Place::File(read(file)?)),
    }
}

impl Place {
    async fn load(self, context: &Context, file: &str) -> Result<Input, Failure> {
        match self {
            Self::File(octets) => Ok(Input { octets, name: file.to_owned(), content_type: None }),
            Self::Address(url) => {
                let Found { octets, content_type } = context.office.look_up(&url).await?;
                Ok(Input { octets, name: url.url().path().to_owned(), content_type })
            }
        }
    }
}

/// Larger files are no calendar, no table and no list of people, in octets.
const LARGEST: u64 = 256 * 1024 * 1024;

/// The whole of a file or of standard input.
pub fn read(file: &str) -> Result<Vec<u8>, Failure> {
    let mut octets = Vec::new();
    match file {
        "-" => std::io::stdin().lock().take(LARGEST + 1).read_to_end(&mut octets),
        path => std::fs::File::open(path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut octets)),
    }
    .map_err(|error| Failure::unread(&without_logins(file), &error))?;
    match octets.len() as u64 > LARGEST {
        true => Err(Failure::failed(format!("{} is larger than 256 MB: import it in parts", without_logins(file)))),
        false => Ok(octets),
    }
}

pub async fn export(context: Context, args: &ExportArgs) -> Done {
    let default = if context.out.is_json() { ExportFormat::Json } else { ExportFormat::Ics };
    match args.format.unwrap_or(default) {
        ExportFormat::Ics => print(&context.office.calendar().await?),
        ExportFormat::Csv => print_octets(&csv::table(&context.office.export().await?.0)?),
        ExportFormat::Json => {
            let (events, articles) = context.office.export().await?;
            let pictures = context.office.pictures_of(&articles).await?;
            print(&format!("{}\n", export::json(&events, &articles, &pictures)?))
        }
    }
}
