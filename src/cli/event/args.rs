//! What can be said of an event on the command line.

use std::path::PathBuf;

use clap::Args;

use crate::cli::Failure;
use crate::domain::Invalid;
use crate::domain::event::{DescriptionFormat, EventPatch, Field, Said, Status};
use crate::domain::tell::Tell;

#[derive(Debug, Args)]
pub struct FieldArgs {
    /// The day, or 2020-10-01 09:00, 2020-10, 2020-Q4, 2020
    #[arg(long, value_name = "DATE", conflicts_with_all = ["from", "to"])]
    pub on: Option<String>,
    /// The first day (or minute, month, quarter, year)
    #[arg(long, value_name = "DATE")]
    pub from: Option<String>,
    /// The last day, inclusive
    #[arg(long, value_name = "DATE")]
    to: Option<String>,
    /// How long it lasts, in the place of --to: PT1H30M, P1D (RFC 5545)
    #[arg(long, value_name = "LENGTH", conflicts_with_all = ["on", "to"])]
    duration: Option<String>,
    /// The zone the times are in, an IANA name [default: the site's]
    #[arg(long, value_name = "ZONE")]
    tz: Option<String>,
    #[arg(long)]
    location: Option<String>,
    #[arg(long)]
    organizer: Option<String>,
    /// What it is about, such as ipv6; may be given several times, and takes the place of all there are
    #[arg(long, value_name = "TOPIC")]
    topic: Option<Vec<String>>,
    /// Such as "GB/T 35273-2020"; may be given several times, and takes the place of all there are
    #[arg(long, value_name = "STANDARD")]
    standard: Option<Vec<String>>,
    #[arg(long)]
    url: Option<String>,
    /// Where one joins from afar
    #[arg(long, value_name = "URL")]
    join_url: Option<String>,
    /// Markdown, if --description-format says nothing else
    #[arg(long, value_name = "TEXT", conflicts_with = "description_file")]
    description: Option<String>,
    #[arg(long, value_name = "FILE")]
    description_file: Option<PathBuf>,
    /// markdown, plain or html
    #[arg(long, value_name = "FORMAT")]
    description_format: Option<DescriptionFormat>,
    /// confirmed, tentative or draft
    #[arg(long, value_parser = settable_status)]
    status: Option<Status>,
    /// How it repeats (RFC 5545), such as "FREQ=MONTHLY;BYDAY=2TU"; "" ends it
    #[arg(long, value_name = "RRULE")]
    repeat: Option<String>,
    /// A date beside those of the rule; may be given several times
    #[arg(long, value_name = "DATE")]
    rdate: Option<Vec<String>>,
    /// A date that is left out; may be given several times
    #[arg(long, value_name = "DATE")]
    exdate: Option<Vec<String>>,
}

/// Changes to lists that leave the rest of them as it is.
#[derive(Debug, Args)]
pub struct LabelArgs {
    /// Beside those there are; may be given several times
    #[arg(long, value_name = "TOPIC")]
    pub add_topic: Vec<String>,
    /// No more about this; may be given several times
    #[arg(long, value_name = "TOPIC")]
    pub remove_topic: Vec<String>,
    /// Beside those there are; may be given several times
    #[arg(long, value_name = "STANDARD")]
    pub add_standard: Vec<String>,
    /// No more about this one; may be given several times
    #[arg(long, value_name = "STANDARD")]
    pub remove_standard: Vec<String>,
}

fn settable_status(text: &str) -> Result<Status, Invalid> {
    match text.parse() {
        Ok(Status::Cancelled) => Err(Invalid::new("cancel with `kalends event cancel`")),
        Err(_) => Err(Invalid(format!("`{text}` is not a status: use one of confirmed, tentative, draft"))),
        status => status,
    }
}

impl FieldArgs {
    pub fn patch(&self) -> Result<EventPatch, Failure> {
        let description = match &self.description_file {
            None => self.description.clone(),
            Some(path) => Some(
                std::fs::read_to_string(path)
                    .map_err(|e| Failure::failed(format!("can't read {}: {e}", path.display())))?,
            ),
        };
        let mut patch = EventPatch {
            // A single day has no end, whatever there was before.
            end: self.on.as_ref().map(|_| None),
            status: self.status,
            location: self.location.clone(),
            organizer: self.organizer.clone(),
            topics: self.topic.clone(),
            standards: self.standard.clone(),
            url: self.url.clone(),
            join_url: self.join_url.clone(),
            description,
            description_format: self.description_format,
            repeat: self.repeat.clone(),
            ..EventPatch::default()
        };
        let when = [
            (Field::Start, self.on.as_ref().or(self.from.as_ref())),
            (Field::End, self.to.as_ref()),
            (Field::Duration, self.duration.as_ref()),
            (Field::Timezone, self.tz.as_ref()),
        ];
        for (field, text) in when {
            text.map_or(Ok(()), |text| patch.say(field, Said::Text(text)))?;
        }
        for (field, dates) in [(Field::Rdates, &self.rdate), (Field::Exdates, &self.exdate)] {
            // "" alone takes away what there was.
            dates.as_deref().map_or(Ok(()), |dates| patch.say(field, Said::List(filled(dates))))?;
        }
        Ok(patch)
    }
}

fn filled(texts: &[String]) -> Vec<String> {
    texts.iter().filter(|text| !text.trim().is_empty()).cloned().collect()
}

/// What is said of telling a change.
#[derive(Debug, Args)]
pub struct TellArgs {
    /// Whether readers are told by mail: next (in the next edition, also a typo) or never; else what changes a plan is
    #[arg(long, value_name = "WHEN")]
    pub tell: Option<Tell>,
}
