//! Events and articles on their way in from elsewhere and out again.

use std::sync::Arc;

use jiff::civil::Date;

use super::{Error, Office, Result};
use crate::config::{Config, SourceUrl};
use crate::documents;
use crate::domain::actor::Actor;
use crate::domain::article::{Article, ArticleFilter};
use crate::domain::event::{Event, Kind};
use crate::domain::format::Format;
use crate::domain::host::AllowedHost;
use crate::domain::import::{ImportOrigin, Private};
use crate::domain::proposal::Proposal;
use crate::domain::refused::Refused;
use crate::domain::source::Validators;
use crate::domain::text::overheard;
use crate::feed::{FeedInfo, ics};
use crate::intake::extract::{self, Document, Form, Known, Topics};
use crate::intake::{self, Intake, Preset, Rejected, Report, ReportRow};
use crate::net::fetch::{Fetched, Fetcher};
use crate::progress::called;

/// What is taken in, and how.
#[derive(Debug, Default)]
pub struct Import {
    pub octets: Vec<u8>,
    /// Of the file, or the path of the address; tells the format where nobody says it.
    pub name: String,
    pub content_type: Option<String>,
    pub format: Option<Format>,
    /// Of events that do not say theirs.
    pub kind: Option<Kind>,
    /// Beside those of their own.
    pub topics: Vec<String>,
    /// New events are drafts until somebody publishes them.
    pub as_drafts: bool,
    /// What becomes of events that their calendar shows not to everybody.
    pub private: Private,
    /// Who brings it may write articles, too.
    pub with_articles: bool,
    /// Nothing is kept, and it is told what would become of each entry.
    pub dry_run: bool,
}

/// What came from an address.
pub struct Found {
    pub octets: Vec<u8>,
    pub content_type: Option<String>,
}

/// What a text told.
pub struct Extract {
    pub new: Vec<Proposal>,
    /// How many of the dates found are known already.
    pub known: usize,
    /// Whether it is in a language that is read.
    pub is_read: bool,
}

/// What is known of a text beside its words.
#[derive(Debug, Clone)]
pub struct Text {
    pub document: Arc<Document>,
    /// The file's.
    pub name: String,
    pub form: Option<Form>,
    pub written: Option<Date>,
}

impl Office {
    /// Gets what an address has. Whoever names an address may reach it without us too; redirects are still looked at.
    pub async fn look_up(&self, address: &SourceUrl) -> Result<Found> {
        let host = address.url().host().map(|host| AllowedHost::any_port_of(host.to_owned()));
        let fetcher = Fetcher::new(host.as_slice()).map_err(Error::Failed)?;
        self.progress().begin(format!("fetching from {}", address.server()));
        found(&fetcher, address).await
    }

    /// The same for who may not reach this machine's own network: only what anybody could get.
    pub async fn look_up_from_outside(&self, address: &SourceUrl) -> Result<Found> {
        found(&Fetcher::new(&self.config.fetch.allowed_hosts).map_err(Error::Failed)?, address).await
    }

    /// Takes in what can be; the rest is told line by line. Refused is only what can't be read at all.
    pub async fn import(&self, by: &Actor, import: Import) -> Result<Report> {
        let Import { as_drafts, with_articles, dry_run, .. } = import;
        self.progress().begin(format!("reading {}", called(&import.name)));
        let mut intake = self.read_import(import).await?;
        if !with_articles && !intake.articles.is_empty() {
            return Err(Refused::forbidden("this file holds articles, too, and you may not write articles").into());
        }
        if as_drafts {
            intake = intake.as_drafts();
        }
        let host = self.host();
        let origin = ImportOrigin { host: &host, dry_run, ..ImportOrigin::default() };
        // What is only tried is not there for articles to find.
        let coming = intake.entries.iter().filter(|_| dry_run).filter_map(|entry| entry.uid.clone());
        let coming: Vec<_> = coming.collect();
        let mut manuscripts = Vec::new();
        if !intake.articles.is_empty() {
            self.progress().begin_counted("reading articles and their pictures", intake.articles.len());
        }
        for (done, (line, manuscript)) in intake.articles.into_iter().enumerate() {
            self.progress().at(done as u64);
            match self.developed(manuscript).await {
                Ok(manuscript) => manuscripts.push((line, manuscript)),
                Err(Error::Refused(refused)) => {
                    intake
                        .rejected
                        .push(Rejected { column: Some("images".into()), ..Rejected::whole(line, refused.said) });
                }
                Err(error) => return Err(error),
            }
        }
        let mut counts = self.store.import_events(by, intake.entries, origin).await?;
        // Its events are in, and its articles name them: no half of it stays.
        let _settling = self.progress().settle();
        let articles = self.store.import_articles(by, manuscripts, self.zone(), &coming, dry_run).await?;
        let rows = std::mem::take(&mut counts.rows);
        let report = Report::new(counts, intake.rejected, intake.notes).with_articles(articles);
        Ok(if dry_run { report.with_rows(rows.into_iter().map(ReportRow::from).collect()) } else { report })
    }

    /// What a file tells, line by line. Refused is only what can't be read at all.
    pub(super) async fn read_import(&self, import: Import) -> Result<Intake> {
        let Import { octets, name, content_type, format, kind, topics, private, .. } = import;
        let zone = self.zone().clone();
        let preset = move |kind| Preset { kind, topics, private, ..Preset::default() };
        let read = match intake::workbook::is_workbook(&octets) || format == Some(Format::Xlsx) {
            true => {
                let workbook = documents::workbook(&octets).await?;
                aside(move || intake::read_workbook(workbook, &preset(kind), &zone)).await?
            }
            false => {
                aside(move || {
                    let opened = intake::open(octets)?;
                    let guess = || Format::guess(&name, content_type.as_deref(), &opened.octets);
                    let format = format.unwrap_or_else(guess);
                    // Only a calendar's events may leave their kind out.
                    let kind = kind.or((format == Format::Ics).then_some(Kind::Other));
                    opened.read(format, &preset(kind), &zone)
                })
                .await?
            }
        };
        Ok(read.map_err(|error| Refused::invalid(overheard(&error.to_string())))?)
    }

    /// All events that are there, and all articles.
    pub async fn export(&self) -> Result<(Vec<Event>, Vec<Article>)> {
        let mut events = self.store.events().await?;
        events.retain(|event| !event.removed);
        let mut articles = self.store.articles(&ArticleFilter::default(), 0, usize::MAX).await?;
        articles.sort_by_key(|article| article.id);
        Ok((events, articles))
    }

    /// The published events as one calendar.
    pub async fn calendar(&self) -> Result<String> {
        let (events, _) = self.export().await?;
        let published: Vec<_> = events.into_iter().filter(Event::is_public).map(Arc::new).collect();
        Ok(ics::calendar(&published, &FeedInfo::of(&self.config, "/calendar.ics"), ics::Style::Export))
    }

    /// The dated events of a text that are not known yet.
    pub async fn extract(&self, text: Text) -> Result<Extract> {
        let topics = self.store.topics_of_events().await?;
        let (config, now) = (self.config.clone(), self.store.now());
        self.progress().begin(format!("looking for dates in {}", called(&text.name)));
        let (proposals, is_read) = aside(move || read(&text, &topics, &config, now)).await?;
        let (new, known) = self.unknown(proposals).await?;
        Ok(Extract { new, known, is_read })
    }

    /// Those that are not known yet, and how many are.
    pub(super) async fn unknown(&self, proposals: Vec<Proposal>) -> Result<(Vec<Proposal>, usize)> {
        let (uids, starts, days) = extract::asked_of(&proposals);
        let like = self.store.events_like(&uids, &starts, &days).await?;
        Ok(extract::unknown(proposals, &like))
    }

    /// Keeps what was proposed as drafts: each with its event, in the order given.
    pub async fn keep_proposals(&self, by: &Actor, proposals: &[Proposal]) -> Result<Vec<Event>> {
        let kept = self.store.keep_proposals(by, proposals, &self.host()).await?;
        kept.map_err(|error| Error::Failed(format!("a draft can't be kept: {error}")))
    }
}

/// What is at an address.
async fn found(fetcher: &Fetcher, address: &SourceUrl) -> Result<Found> {
    match fetcher.get(address.url(), &Validators::default()).await {
        Ok(Fetched::Body { octets, content_type, .. }) => Ok(Found { octets, content_type }),
        Ok(Fetched::NotModified) => Err(Error::Failed(format!("{}: nothing came", address.server()))),
        Err(error) => Err(Error::Failed(error.to_string())),
    }
}

/// Work of a while, on a thread of its own: others are served meanwhile.
pub(super) async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Error::Failed(format!("it can't be read: {error}")))
}

/// The same where there is no database yet, and so nothing is known.
pub fn propose(text: &Text, config: &Config, now: jiff::Timestamp) -> Extract {
    let (new, is_read) = read(text, &[], config, now);
    Extract { new, known: 0, is_read }
}

/// What a text tells, and whether it is in a language that is read.
pub(super) fn read(text: &Text, topics: &[String], config: &Config, now: jiff::Timestamp) -> (Vec<Proposal>, bool) {
    let zone = &config.site.timezone;
    let topics = Topics::new(topics.iter().map(String::as_str));
    let today = zone.at(now).date();
    let document = &text.document;
    // What is known to be HTML is nothing else.
    let known = document.form.filter(|form| *form == Form::Html);
    let form = known.or(text.form).or(document.form).unwrap_or_else(|| Form::guess(&text.name, &document.text));
    let written = text.written.or(document.written);
    let proposals = extract::extract(&document.text, form, &Known { topics: &topics, written, today, zone });
    (proposals, extract::is_read(&document.text))
}
