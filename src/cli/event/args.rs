//! What can be said of an event on the command line.

use std::path::PathBuf;

use clap::Args;

use crate::cli::Failure;
use crate::cli::saying::Saying;
use crate::domain::Invalid;
use crate::domain::event::{DescriptionFormat, Details, EventPatch, Field, Kind, Said, Status};
use crate::domain::filter::EventFilter;
use crate::domain::several::Ids;
use crate::domain::spoken::{self, Span};
use crate::domain::tell::Tell;
use crate::domain::when::Point;
use crate::domain::zone::Zone;
use crate::domain::{FieldError, text};
use crate::office::Selection;

#[derive(Debug, Args)]
pub struct FieldArgs {
    /// The day, or 2020-10-01 09:00, 2020-10, 2020-Q4, 2020; or in words: tomorrow 9:00, next tuesday, +14d, 22 June - 3
    /// July, Q3 2021
    #[arg(long, value_name = "DATE", allow_hyphen_values = true, conflicts_with_all = ["from", "to"])]
    pub on: Option<String>,
    /// The first day (or minute, month, quarter, year)
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    pub from: Option<String>,
    /// The last day, inclusive
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
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
    /// How it repeats, in words: "2nd tuesday", "every two weeks until 30 June", "last friday of the month", "yearly 5 times"
    #[arg(long, value_name = "WORDS", conflicts_with = "repeat")]
    pub every: Option<String>,
    /// A date beside those of the rule; may be given several times
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    rdate: Option<Vec<String>>,
    /// A date that is left out; may be given several times
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
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
    /// The zone that is said, if one is.
    pub fn zone(&self) -> Result<Option<Zone>, Failure> {
        let said = self.tz.as_deref().map(str::trim).filter(|said| !said.is_empty());
        Ok(said.map(str::parse).transpose().map_err(FieldError::of("timezone"))?)
    }

    /// What is said of an event, or of one like `base`.
    pub fn patch(&self, saying: &Saying, base: Option<&Details>) -> Result<EventPatch, Failure> {
        let description = match &self.description_file {
            None => self.description.clone(),
            Some(path) => Some(
                std::fs::read_to_string(path)
                    .map_err(|e| Failure::failed(format!("can't read {}: {e}", path.display())))?,
            ),
        };
        let mut patch = EventPatch {
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
        for (field, text) in [(Field::Duration, self.duration.as_ref()), (Field::Timezone, self.tz.as_ref())] {
            text.map_or(Ok(()), |text| patch.say(field, Said::Text(text)))?;
        }
        self.say_when(&mut patch, saying, base)?;
        for (field, dates) in [(Field::Rdates, &self.rdate), (Field::Exdates, &self.exdate)] {
            // "" alone takes away what there was.
            let Some(dates) = dates else { continue };
            let said = |date: &String| Ok(saying.event_point(field.as_str(), date)?.to_string());
            let dates = filled(dates).iter().map(said).collect::<Result<_, Failure>>()?;
            patch.say(field, Said::List(dates))?;
        }
        Ok(patch)
    }

    fn say_when(&self, patch: &mut EventPatch, saying: &Saying, base: Option<&Details>) -> Result<(), Failure> {
        let known = base.map(|base| base.when.start());
        match (&self.on, &self.from, &self.to) {
            (Some(on), ..) => {
                let span = match self.every.as_deref() {
                    Some(every) => self.first_of(every, on, saying)?,
                    None => saying.event_span("start", on)?,
                };
                // A single day has no end, whatever there was before.
                (patch.start, patch.end) = (Some(span.start), Some(span.end));
            }
            (None, Some(from), to) => {
                let span = match to {
                    None => saying.event_span("start", from)?,
                    Some(to) => saying.both_ends(from, to)?,
                };
                patch.start = Some(span.start);
                if to.is_some() || span.end.is_some() {
                    patch.end = Some(span.end);
                }
            }
            (None, None, Some(to)) if to.trim().is_empty() => patch.end = Some(None),
            (None, None, Some(to)) => {
                let end = match known {
                    Some(start) => saying.both_ends(&start.to_string(), to)?.end.or(Some(start)),
                    None => Some(saying.event_point("end", to)?),
                };
                patch.end = Some(end);
            }
            (None, None, None) => {}
        }
        let Some(every) = &self.every else { return Ok(()) };
        let start = patch.start.or(known);
        let every = spoken::every(every, start, saying.now()).map_err(FieldError::of("repeat"))?;
        patch.repeat = Some(every.rule);
        if start.is_none() {
            patch.start = every.first.map(Point::Day);
        }
        Ok(())
    }

    /// Where a time alone is said of what repeats, it is that of the first of its days.
    fn first_of(&self, every: &str, on: &str, saying: &Saying) -> Result<Span, Failure> {
        let is_time_alone = spoken::read(on, saying.now()).is_ok_and(|reading| reading.is_time_alone);
        let first = match is_time_alone {
            true => spoken::every(every, None, saying.now()).map_err(FieldError::of("repeat"))?.first,
            false => None,
        };
        match first {
            Some(day) => saying.event_span("start", &format!("{day} {on}")),
            None => saying.event_span("start", on),
        }
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

/// Which events are listed, and which are meant where many are changed.
#[derive(Debug, Args)]
pub struct FilterArgs {
    /// Not over before this day
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    pub from: Option<String>,
    /// Begun by this day
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    pub to: Option<String>,
    /// Of this kind; may be given several times
    #[arg(long)]
    pub kind: Vec<Kind>,
    /// With this topic; may be given several times
    #[arg(long)]
    pub topic: Vec<String>,
    /// In every edition: "GB/T 35273" finds GB/T 35273-2020
    #[arg(long)]
    pub standard: Option<String>,
    /// Words that must all occur
    #[arg(long, value_name = "WORDS")]
    pub search: Option<String>,
    /// confirmed, tentative, draft or cancelled
    #[arg(long)]
    pub status: Option<Status>,
}

impl FilterArgs {
    pub fn is_empty(&self) -> bool {
        self.is_of_any_date() && self.kind.is_empty() && self.topic.is_empty()
    }

    /// Neither a date nor anything else that is looked for says which dates are meant.
    pub fn is_of_any_date(&self) -> bool {
        let said = [&self.from, &self.to, &self.standard, &self.search];
        said.iter().all(|said| said.is_none()) && self.status.is_none()
    }

    pub fn filter(&self, saying: &Saying, site_zone: &Zone) -> Result<EventFilter, Failure> {
        let (from, to) = saying.window(self.from.as_deref(), self.to.as_deref())?;
        let filter = EventFilter {
            kinds: self.kind.clone(),
            topics: self.topic.clone(),
            standard: self.standard.clone().unwrap_or_default(),
            search: self.search.clone().unwrap_or_default(),
            statuses: self.status.into_iter().collect(),
            ..EventFilter::default()
        };
        Ok(filter.between(from.as_deref(), to.as_deref(), site_zone)?)
    }
}

/// The same where the plain names say what is to be changed.
#[derive(Debug, Args)]
pub struct WhereArgs {
    /// Of all that are not over before this day
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    where_from: Option<String>,
    /// Of all begun by this day
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    where_to: Option<String>,
    /// Of all of this kind; may be given several times
    #[arg(long, value_name = "KIND")]
    where_kind: Vec<Kind>,
    /// Of all with this topic; may be given several times
    #[arg(long, value_name = "TOPIC")]
    where_topic: Vec<String>,
    /// Of all about this standard, in every edition
    #[arg(long, value_name = "STANDARD")]
    where_standard: Option<String>,
    /// Of all in which these words occur
    #[arg(long, value_name = "WORDS")]
    where_search: Option<String>,
    /// Of all that are confirmed, tentative, draft or cancelled
    #[arg(long, value_name = "STATUS")]
    where_status: Option<Status>,
}

impl WhereArgs {
    pub fn filter(&self) -> FilterArgs {
        FilterArgs {
            from: self.where_from.clone(),
            to: self.where_to.clone(),
            kind: self.where_kind.clone(),
            topic: self.where_topic.clone(),
            standard: self.where_standard.clone(),
            search: self.where_search.clone(),
            status: self.where_status,
        }
    }
}

/// Which events are meant: of those named, what the filter lets through; or all that it does.
pub struct Meant<'a> {
    pub ids: &'a [Ids],
    pub filter: &'a FilterArgs,
}

impl Meant<'_> {
    /// The ids, where nothing but single ones is said.
    pub fn single_ids(&self) -> Option<Vec<i64>> {
        let are_single = self.filter.is_empty() && self.ids.iter().all(|ids| ids.is_one());
        are_single.then(|| self.ids.iter().map(|ids| ids.first).collect())
    }

    pub fn selection(&self, saying: &Saying, site_zone: &Zone) -> Result<Selection, Failure> {
        if self.ids.is_empty() && self.filter.is_empty() {
            return Err(Failure::Usage(
                "say which events: ids such as 7, ranges such as 1-5, or what `event list` takes, such as --status draft"
                    .into(),
            ));
        }
        let filter = (!self.filter.is_empty()).then(|| self.filter.filter(saying, site_zone)).transpose()?;
        Ok(Selection { ids: self.ids.to_vec(), filter })
    }
}

pub fn ids(given: &str) -> Result<Ids, Invalid> {
    given
        .parse()
        .map_err(|Invalid(said)| Invalid(format!("{}; `kalends event list` shows the ids", text::single_line(&said))))
}
