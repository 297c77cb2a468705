//! `kalends event list`

use jiff::ToSpan;

use super::ListArgs;
use crate::cli::output::{styled_table, table};
use crate::cli::saying::Saying;
use crate::cli::style::Style;
use crate::cli::width::{self, width};
use crate::cli::{Context, Done, Failure};
use crate::domain::event::{Event, Status};
use crate::domain::filter::EventFilter;
use crate::domain::text;
use crate::domain::wording::Locale;
use crate::shape::event::EventRecord;

/// What was over so long ago is left out on a terminal, in days.
const RECENT: i64 = 30;
/// Terminals of fewer columns show an event on lines of its own.
const NARROW: usize = 90;
const NONE: &str = "No events.\n";
/// Where the second line of an event begins.
const INDENT: usize = 6;

pub async fn run(context: Context, args: &ListArgs) -> Done {
    let zone = context.office.zone();
    let saying = Saying::new(context.office.now(), zone);
    let filter = args.filter.filter(&saying, zone)?;
    saying.tell();
    let limit = args.limit.unwrap_or(usize::MAX);
    if !context.out.is_for_people() {
        let events = context.office.events(&filter, limit).await?;
        let records: Vec<_> = events.iter().map(EventRecord::from).collect();
        return context.out.show(&records, || match events.is_empty() {
            true => NONE.to_owned(),
            false => plain(&events),
        });
    }
    let (events, before) = match args.all || !args.filter.is_of_any_date() {
        true => (context.office.events(&filter, limit).await?, 0),
        false => recent(&context, &filter, &saying, limit).await?,
    };
    let mut said = match width() {
        _ if events.is_empty() => NONE.to_owned(),
        Some(width) if width < NARROW => lines(&events, &saying, width),
        _ => columns(&events, &saying),
    };
    if before > 0 {
        said += &format!("{}\n", Style::Dim.paint(&format!("{before} before: --all")));
    }
    context.out.show_styled(&said)
}

/// What is not over for long, and how many are.
async fn recent(
    context: &Context,
    filter: &EventFilter,
    saying: &Saying,
    limit: usize,
) -> Result<(Vec<Event>, usize), Failure> {
    let all = context.office.events(filter, usize::MAX).await?;
    let since = saying.today().saturating_sub(RECENT.days());
    let mut narrowed = filter.clone();
    narrowed.window.from = context.office.zone().instant(since.to_datetime(jiff::civil::Time::midnight()));
    let mut events = context.office.events(&narrowed, usize::MAX).await?;
    let before = all.len().saturating_sub(events.len());
    events.truncate(limit);
    Ok((events, before))
}

/// What is over is dim, and what is off red.
fn style(event: &Event, saying: &Saying) -> Style {
    let is_over = event.details.when.last_day() < saying.today() && event.details.repeat.is_none();
    match event.details.status {
        Status::Cancelled => Style::Red,
        _ if is_over => Style::Dim,
        _ => Style::Plain,
    }
}

fn when(event: &Event) -> String {
    let repeats = Locale::default().repeat_of(&event.details);
    let when = Locale::default().when(&event.details.when);
    if repeats.is_empty() { when } else { format!("{when}, {repeats}") }
}

fn status(event: &Event) -> &'static str {
    if event.details.status == Status::Confirmed { "" } else { event.details.status.as_str() }
}

/// As scripts have always read it.
fn plain(events: &[Event]) -> String {
    let rows = events.iter().map(|event| {
        let details = &event.details;
        let (id, kind) = (event.id.to_string(), details.kind.to_string());
        vec![id, when(event), kind, details.title.clone(), details.location.clone(), status(event).to_owned()]
    });
    table(&["ID", "WHEN", "KIND", "TITLE", "LOCATION", "STATUS"], rows.collect())
}

/// Columns in which nothing would stand are left out.
fn columns(events: &[Event], saying: &Saying) -> String {
    const HEADINGS: [&str; 7] = ["ID", "WHEN", "KIND", "TITLE", "LOCATION", "TOPICS", "STATUS"];
    let cells = |event: &Event| {
        let details = &event.details;
        let (id, kind) = (event.id.to_string(), details.kind.to_string());
        let (place, topics) = (details.location.clone(), details.topics.join(", "));
        [id, when(event), kind, details.title.clone(), place, topics, status(event).to_owned()]
    };
    let rows: Vec<_> = events.iter().map(cells).collect();
    let is_filled: Vec<bool> = (0..HEADINGS.len()).map(|at| rows.iter().any(|row| !row[at].is_empty())).collect();
    let filled = |at: &usize| is_filled[*at];
    let headings: Vec<_> = (0..HEADINGS.len()).filter(filled).map(|at| HEADINGS[at]).collect();
    let row = |(row, event): (&[String; 7], &Event)| {
        let cells = (0..HEADINGS.len()).filter(filled).map(|at| text::cleaned(&row[at]).into_owned());
        (style(event, saying), cells.collect())
    };
    styled_table(&headings, rows.iter().zip(events).map(row).collect())
}

/// Each event on a line of when and what, and one below it, words whole.
fn lines(events: &[Event], saying: &Saying, width: usize) -> String {
    let mut said = String::new();
    for event in events {
        let details = &event.details;
        let style = style(event, saying);
        let repeats = Locale::default().repeat_of(details);
        let repeats = if repeats.is_empty() { String::new() } else { format!(", {repeats}") };
        let state = if status(event).is_empty() { String::new() } else { format!(" · {}", status(event)) };
        let head = format!("{}{repeats} · {}{state}", Locale::default().long_when(&details.when), details.kind);
        let topics = details.topics.iter().map(|topic| format!("#{}", topic.replace(' ', "-")));
        let below: Vec<_> =
            [details.location.clone()].into_iter().chain(topics).filter(|part| !part.is_empty()).collect();
        let title = text::cleaned(&details.title).into_owned();
        let facts = text::cleaned(&below.join(" · ")).into_owned();
        for (at, line) in wrapped(&text::cleaned(&head), width).iter().enumerate() {
            let margin = if at == 0 { format!("{:>4}  ", event.id) } else { " ".repeat(INDENT) };
            said += &format!("{margin}{}\n", style.paint(line));
        }
        for line in wrapped(&title, width) {
            let shown = if style == Style::Plain { Style::Bold } else { style };
            said += &format!("{}{}\n", " ".repeat(INDENT), shown.paint(&line));
        }
        for line in wrapped(&facts, width).iter().filter(|line| !line.is_empty()) {
            said += &format!("{}{}\n", " ".repeat(INDENT), Style::Dim.paint(line));
        }
    }
    said
}

/// In lines that fit beside the ids.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    width::lines(text, width.saturating_sub(INDENT))
}
