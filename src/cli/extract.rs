//! `kalends extract`

use std::collections::HashMap;
use std::sync::Arc;

use clap::Args;
use jiff::civil::Date;

use super::exchange::read;
use super::long::long;
use super::output::{Output, note};
use super::{BY, Cli, Done, Failure};
use crate::config::Config;
use crate::documents;
use crate::domain::event::{Details, Event};
use crate::domain::proposal::{Becomes, Proposal};
use crate::domain::refused::Code;
use crate::domain::text;
use crate::domain::when::Point;
use crate::domain::wording::Locale;
use crate::intake::extract::Form;
use crate::office::{self, Extract, Office, Text};
use crate::progress::{Progress, called};
use crate::shape::proposal::ProposalRecord;
use crate::store::Store;

/// How much of a sentence a list shows.
const SHOWN_CHARS: usize = 240;

#[derive(Debug, Args)]
pub struct ExtractArgs {
    /// A file, or "-" for standard input
    #[arg(value_name = "FILE")]
    file: String,
    /// Keep what is proposed, as drafts; nothing is published
    #[arg(long)]
    add_drafts: bool,
    /// text, markdown or html [default: by the name, else by the content]
    #[arg(long)]
    format: Option<Form>,
    /// When the text was written, for dates without a year where the text does not say it [default: today]
    #[arg(long, value_name = "DATE", value_parser = Point::read_day)]
    written: Option<Date>,
}

pub async fn run(cli: &Cli, args: &ExtractArgs) -> Done {
    let config = Config::load(cli.config.as_deref())?;
    let (out, progress) = (Output::new(cli.json), Progress::watched());
    let octets = read(&args.file)?;
    let undone = if args.add_drafts { "no drafts were kept" } else { "not all was read" };
    let work = find(&config, args, &octets, &progress);
    let (office, Extract { new, known, is_read }) = long(&progress, &out, undone, work).await?;
    if !is_read {
        note(
            "This text seems to be neither in English nor in Chinese: of other languages only dates in figures are read.",
        );
    }
    if out.is_json() && known > 0 {
        note(&format!("{known} of the dates found are known already and left out."));
    }
    if let (Some(office), true) = (&office, args.add_drafts) {
        return add_drafts(office, &out, new, known).await;
    }
    out.show(&ProposalRecord::all(&new, &[]), || {
        let next = format!("To keep them as drafts: kalends extract {} --add-drafts", args.file);
        listed(&new, known, |_| String::new(), &next)
    })
}

/// What the file tells, and the office that knows the rest.
async fn find(
    config: &Config,
    args: &ExtractArgs,
    octets: &[u8],
    progress: &Progress,
) -> Result<(Option<Office>, Extract), Failure> {
    progress.begin(format!("reading {}", called(&args.file)));
    let document = documents::read(octets).await.map_err(|error| match error {
        // What is wrong is in the file, not in what was typed.
        documents::Error::Unread(unread) => Failure::coded(Code::Invalid, format!("{}: {unread}", args.file)),
        failed => office::Error::from(failed).into(),
    })?;
    let (document, name) = (Arc::new(document), args.file.clone());
    let text = Text { document, name, form: args.format, written: args.written };
    // Without a database there is nothing known, and only `--add-drafts` needs one.
    if !config.database.url.path().exists() && !args.add_drafts {
        return Ok((None, office::propose(&text, config, jiff::Timestamp::now())));
    }
    let store = Store::open(config.database.url.path()).await?.telling(progress.clone());
    let office = Office::new(store, Arc::new(config.clone())).await?;
    let found = office.extract(text).await?;
    Ok((Some(office), found))
}

async fn add_drafts(office: &Office, out: &Output, new: Vec<Proposal>, known: usize) -> Done {
    let kept = office.keep_proposals(BY, &new).await?;
    let by_uid: HashMap<&str, &Event> = kept.iter().map(|event| (event.uid.as_str(), event)).collect();
    let id =
        |proposal: &Proposal| by_uid.get(proposal.kept_uid()).map(|event| event.id.to_string()).unwrap_or_default();
    let next =
        "Kept as drafts. To review and publish them: kalends event list --status draft, kalends event publish ID";
    out.show(&ProposalRecord::all(&new, &kept), || listed(&new, known, id, next))
}

/// Each proposal in a few lines: when and of which kind, what and where, and the sentence.
fn listed(new: &[Proposal], known: usize, id: impl Fn(&Proposal) -> String, next: &str) -> String {
    let mut text: String = new.iter().map(|proposal| described(proposal, &id(proposal))).collect();
    let known = match known {
        0 => String::new(),
        1 => " 1 more is known already.".to_owned(),
        known => format!(" {known} more are known already."),
    };
    match new.len() {
        0 if known.is_empty() => text.push_str("No dated events found.\n"),
        0 => text.push_str(&format!("Nothing new.{}\n", known.replace(" more", ""))),
        1 => text.push_str(&format!("1 dated event found.{known}\n{next}\n")),
        count => text.push_str(&format!("{count} dated events found.{known}\n{next}\n")),
    }
    text
}

fn described(proposal: &Proposal, id: &str) -> String {
    let details = &proposal.details;
    let id = if id.is_empty() { String::new() } else { format!("{id}  ") };
    let assumed =
        if proposal.is_year_guessed { " (year assumed; --written says when the text was written)" } else { "" };
    let when = Locale::default().when(&details.when);
    let mut text = format!("{id}{when}{assumed}  {}\n    {}\n", details.kind, details.title);
    if let Some(was) = &proposal.was {
        text.push_str(&format!("    before: {was}\n"));
    }
    match &proposal.becomes {
        Becomes::Draft => {}
        Becomes::Correction { .. } => text.push_str("    a draft is here already, with another date\n"),
        Becomes::Move { event } => {
            text.push_str(&format!("    another date for event {event}: published, the draft moves it\n"));
        }
    }
    if let Some(note) = &proposal.note {
        text.push_str(&format!("    note: {note}\n"));
    }
    let facts = facts(details);
    if !facts.is_empty() {
        text.push_str(&format!("    {facts}\n"));
    }
    let sentence = text::clip(&proposal.source_text, SHOWN_CHARS);
    let options = textwrap::Options::new(96).initial_indent("    > ").subsequent_indent("    > ");
    text.push_str(&format!("    line {}:\n{}\n\n", proposal.line, textwrap::fill(&sentence, options)));
    text
}

fn facts(details: &Details) -> String {
    let parts = [
        details.location.clone(),
        details.organizer.clone(),
        details.standards.join(", "),
        details.topics.iter().map(|topic| format!("#{topic}")).collect::<Vec<_>>().join(" "),
    ];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}
