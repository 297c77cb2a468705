//! What can be tried, each by itself, so that one broken part does not hide another.

mod bounces;
mod copies;
mod daemon;
mod dns;
mod feed;
pub mod files;
mod intake;
mod private;

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::Office;
use super::digests::{unset_clock, wrong_clock};
use super::sources::{self, health};
use super::webhooks;
use crate::config::{Config, DigestConfig, HeloName, Logo, RelayConfig, TransportKind};
use crate::digest::draft::Draft;
use crate::digest::moments::Moments;
use crate::domain::approval::{Approval, words_of};
use crate::domain::dns::Record;
use crate::domain::limits::{self, FROM_A_NETWORK};
use crate::mail::dns::Verdict;
use crate::mail::smtp::Relay;
use crate::progress::Progress;
use crate::shape::finding::Severity;
use crate::store::{self, Copies, Store};

/// What was tried, and how it went.
#[derive(Debug, Clone)]
pub struct Finding {
    /// What was tried.
    pub check: String,
    pub status: Severity,
    pub message: String,
    /// What to publish in DNS.
    pub record: Option<Record>,
    /// What helps, for a door to say in its own words.
    pub advice: Option<Advice>,
}

/// What the operator can do about a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Advice {
    MakeDatabase,
    /// It is of an older version.
    UpdateDatabase,
    /// It is of a newer version: this copy was made before that brought it up to date.
    GoBack(PathBuf),
    /// It is damaged or gone: this is the last copy that is sound, made at this moment.
    Restore(PathBuf, Timestamp),
    /// It is another user's: this one's.
    ActAs(String),
    /// Take from others the right to read this.
    CloseFile(PathBuf),
    /// One that signs mail.
    MakeKey,
    /// Have the mail server hand over what comes back.
    HandBouncesOver,
    /// The source of this name lacks most of what it had: take it at its word.
    Believe(String),
}

impl Advice {
    /// Where the database can't be opened.
    pub fn of(error: &store::Error) -> Option<Self> {
        match error {
            store::Error::Missing(_) => Some(Self::MakeDatabase),
            store::Error::Older(_) => Some(Self::UpdateDatabase),
            store::Error::NotOurs { owner, .. } => Some(Self::ActAs(owner.clone())),
            store::Error::Newer { copy: Some(copy), .. } => Some(Self::GoBack(copy.clone())),
            _ => None,
        }
    }

    /// The same, with the copy that can be put back where the database is damaged or gone.
    pub async fn of_database(error: &store::Error, config: &Config) -> Option<Self> {
        let copy = match error {
            store::Error::Damaged(_) | store::Error::NotADatabase(_) | store::Error::Missing(_) => {
                Copies::of(config.database.url.path(), config.backup.policy()).last_good().await
            }
            _ => None,
        };
        copy.map(|copy| Self::Restore(copy.path, copy.made_at)).or_else(|| Self::of(error))
    }
}

/// What was found so far.
#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn put(&mut self, check: impl Into<String>, status: Severity, message: impl Into<String>) {
        self.0.push(Finding { check: check.into(), status, message: message.into(), record: None, advice: None });
    }

    fn add(&mut self, check: impl Into<String>, result: Result<String, String>) {
        match result {
            Ok(message) => self.put(check, Severity::Ok, message),
            Err(message) => self.put(check, Severity::Error, message),
        }
    }

    fn warn(&mut self, check: impl Into<String>, message: impl Into<String>) {
        self.put(check, Severity::Warning, message);
    }

    fn judge(&mut self, check: impl Into<String>, verdict: Verdict, record: Option<Record>) {
        let (status, message) = match verdict {
            Verdict::Good(message) => (Severity::Ok, message),
            Verdict::Warning(message) => (Severity::Warning, message),
            Verdict::Error(message) => (Severity::Error, message),
        };
        self.0.push(Finding { check: check.into(), status, message, record, advice: None });
    }

    /// What helps against what was found last.
    fn advise(&mut self, advice: Option<Advice>) {
        if let Some(last) = self.0.last_mut() {
            last.advice = advice;
        }
    }
}

/// How far a check goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// All that can be tried.
    Whole,
    /// What a program may have tried from afar, and often: nothing is written, no login is tried, and the database's file is
    /// not read from end to end.
    Near,
}

impl Office {
    /// What is near, by the file as it is now.
    pub async fn findings(&self) -> super::Result<Vec<Finding>> {
        let (file, config) = self.file_as_it_is().await?;
        Ok(match (file, config) {
            (Ok(settings), Some(config)) => {
                let file = settings.file.unwrap_or_default();
                findings(Path::new(&file), &config, Ok(&self.store), Reach::Near, self.progress()).await
            }
            (file, _) => of_wrong_file(file.err().unwrap_or_default(), Some(&self.store)).await,
        })
    }
}

/// Where the file is wrong, as these sentences say. The daemon goes on by the older one.
pub async fn of_wrong_file(sentences: Vec<String>, store: Option<&Store>) -> Vec<Finding> {
    let mut findings = Findings::default();
    for sentence in sentences {
        findings.add("configuration", Err(sentence));
    }
    if let Some(store) = store {
        findings.0.extend(daemon::check(store).await);
    }
    findings.0
}

/// What is found by the configuration of this file, also where the database can't be opened.
pub async fn findings(
    file: &Path,
    config: &Config,
    store: Result<&Store, &store::Error>,
    reach: Reach,
    progress: &Progress,
) -> Vec<Finding> {
    let mut findings = Findings::default();
    findings.add("configuration", Ok(format!("read from {}", file.display())));
    for (path, mode) in files::exposed(file, config) {
        let path_told = path.display();
        findings.warn("files", format!("{path_told} is open to every user of this machine (mode {mode:04o})"));
        findings.advise(Some(Advice::CloseFile(path)));
    }
    check_site(config, &mut findings);
    match store {
        Err(error) => {
            findings.add("database", Err(error.to_string()));
            findings.advise(Advice::of_database(error, config).await);
        }
        Ok(store) => {
            progress.begin("looking at the database");
            check_database(config, store, reach, &mut findings).await;
            findings.0.extend(daemon::check(store).await);
            copies::check(config, store, &mut findings).await;
            check_sources(config, store, &mut findings).await;
            private::check(store, &mut findings).await;
            check_webhooks(config, store, &mut findings).await;
            progress.begin("looking how large the calendar is");
            feed::check(config, store, &mut findings).await;
        }
    }
    check_mail(config, reach, progress, &mut findings).await;
    if let Ok(store) = store {
        check_stops(config, store, &mut findings).await;
    }
    progress.begin("looking where mail comes back");
    bounces::check(config, store.ok(), reach, &mut findings).await;
    intake::check(config, store.ok(), &mut findings).await;
    progress.begin("asking for DNS records");
    dns::check(config, &mut findings).await;
    findings.0
}

fn check_site(config: &Config, findings: &mut Findings) {
    for path in config.look.logo.as_ref().map(Logo::files).unwrap_or_default() {
        let found = std::fs::metadata(&path).map(|file| format!("{} has {} octets", path.display(), file.len()));
        findings.add("logo", found.map_err(|error| format!("{} can't be read: {error}", path.display())));
    }
    let base_url = config.site.base_url.as_str();
    match base_url.starts_with("https://") {
        true => findings.add("site", Ok(base_url.to_owned())),
        false => {
            let said = "the desk's sessions go over plain http, where whoever is on the way can take them";
            findings.warn("desk", said.to_owned());
            findings.warn(
            "site",
            format!(
                "[site] base_url is {base_url}: mailbox providers want https links, and readers reach it from elsewhere"
            ),
        )
        }
    }
}

async fn check_database(config: &Config, store: &Store, reach: Reach, findings: &mut Findings) {
    match writable(store, reach).await {
        Ok(()) if reach == Reach::Near => findings.add("database", Ok(format!("{} is there", store.path().display()))),
        Ok(()) => findings.add("database", Ok(format!("{} is sound", store.path().display()))),
        Err(error) => {
            findings.add("database", Err(error.to_string()));
            findings.advise(Advice::of_database(&error, config).await);
        }
    }
    match store.wishes_from_nowhere().await {
        Ok(0) => {}
        Ok(count) => findings.warn(
            "proxy",
            format!(
                "of {count} sign-ups of the last day nobody told where they came from, so they shared one limit ({}): let the proxy set X-Forwarded-For, and name it in [http] trusted_proxies",
                limits::told(&FROM_A_NETWORK)
            ),
        ),
        Err(error) => findings.add("proxy", Err(error.to_string())),
    }
    if reach == Reach::Whole
        && let Err(error) = store.register_digests(config.slugs()).await
    {
        findings.add("digests", Err(error.to_string()));
    }
    if let Some(sentence) = unset_clock() {
        findings.add("clock", Err(sentence.into()));
    }
    if config.digests.is_empty() {
        findings.warn("digests", "none is configured: nothing is ever mailed");
    }
    for digest in &config.digests {
        check_digest(config, store, digest, findings).await;
    }
}

/// What an edition waits for that asks before it goes.
async fn approval_missing(
    config: &Config,
    store: &Store,
    digest: &DigestConfig,
    moments: &Moments<'_>,
) -> store::Result<Option<String>> {
    if digest.approval == Approval::None {
        return Ok(None);
    }
    if store.editors().await?.iter().all(|editor| editor.left_at.is_some()) {
        return Ok(Some("its editions wait for an approval, and there is no editor to ask".into()));
    }
    let Some(moment) = moments.next().filter(|next| moments.made_at(*next) <= store.now()) else { return Ok(None) };
    let slug = digest.slug.as_str();
    let words = words_of(&store.notes(slug, moment).await?, &store.marks(slug, moment).await?);
    let kept = store.approval(slug, moment).await?;
    let at = config.zone_of(digest).at(moment).strftime("%a %Y-%m-%d %H:%M").to_string();
    Ok(match kept.is_some_and(|kept| kept.of(&words).is_some()) {
        true => None,
        false => Some(format!("the edition of {at} {} waits until somebody approves it", config.zone_of(digest))),
    })
}

/// When it is due, and whether its template can be filled in.
async fn check_digest(config: &Config, store: &Store, digest: &DigestConfig, findings: &mut Findings) {
    let name = format!("digest {}", digest.slug.as_str());
    let looked = async {
        let moments = Moments::of(store, config, digest).await?;
        let now = store.now();
        let draft = Draft::load(store, config, digest, now, now, None).await?;
        let everybody = draft.everybody();
        let content = draft.content(&everybody);
        draft.mail(&content, &everybody)?;
        if let Some(waits) = approval_missing(config, store, digest, &moments).await? {
            findings.warn(format!("{name}: approval"), waits);
        }
        Ok::<_, crate::digest::Error>((moments.next(), moments.state, content.events().count()))
    };
    let result = match looked.await {
        Err(error) => Err(error.to_string()),
        Ok((next, state, count)) => {
            if let Some(wrong) = wrong_clock(config, digest, &state) {
                findings.warn(name.clone(), wrong);
            }
            let zone = config.zone_of(digest);
            let tells = format!("sent now it would tell of {count} events");
            Ok(match next {
                _ if state.paused => format!("is paused; {tells}"),
                Some(next) => {
                    format!("next due {} {zone}; {tells}", zone.at(next).strftime("%a %Y-%m-%d %H:%M"))
                }
                None => "is never due again: see its schedule".into(),
            })
        }
    };
    findings.add(name, result);
}

async fn writable(store: &Store, reach: Reach) -> store::Result<()> {
    store.ping().await?;
    if reach == Reach::Near {
        return Ok(());
    }
    match store.integrity().await? {
        found if found.is_empty() => Ok(()),
        found => Err(store::Error::Damaged(found.join("; "))),
    }
}

/// Reads nothing: a check may run every minute. It tells how it went the last time.
async fn check_sources(config: &Config, store: &Store, findings: &mut Findings) {
    for source in &config.sources {
        let name = format!("source {} {}", source.number, source.url.server());
        let known = match store.source_state(source.url.as_str()).await {
            Ok(state) => sources::record(source, state),
            Err(error) => {
                findings.add(name, Err(error.to_string()));
                continue;
            }
        };
        match () {
            () if known.failures > 0 => findings.add(name.clone(), Err(health(&known))),
            () if known.error.is_some() || known.read_at.is_none() => findings.warn(name.clone(), health(&known)),
            () => findings.add(name.clone(), Ok(health(&known))),
        }
        findings.advise(known.held.is_some().then(|| Advice::Believe(known.name.clone())));
        if let Some(first) = known.notes.first() {
            let told = format!(
                "{} of what it says was taken otherwise than it may be meant, the first: line {}: {}",
                known.notes_count, first.line, first.reason
            );
            findings.warn(format!("{name} notes"), told);
        }
    }
}

/// How telling them went the last time: `kalends webhook test` tries one.
async fn check_webhooks(config: &Config, store: &Store, findings: &mut Findings) {
    let known = match webhooks::standings(&config.webhooks, store).await {
        Ok(known) => known,
        Err(error) => return findings.add("webhooks", Err(error.to_string())),
    };
    for webhook in known {
        let (name, health) = (format!("webhook {}", webhook.name), webhooks::health(&webhook));
        match webhook.failures > 0 || webhook.failed > 0 || webhook.gone_at.is_some() {
            true => findings.add(name, Err(health)),
            false => findings.add(name, Ok(health)),
        }
    }
}

async fn check_mail(config: &Config, reach: Reach, progress: &Progress, findings: &mut Findings) {
    let mail = &config.mail;
    if mail.transport == TransportKind::File {
        let probe = mail.outbox.join(".kalends-check");
        let result = match reach {
            Reach::Near => Ok(()),
            Reach::Whole => std::fs::create_dir_all(&mail.outbox)
                .and_then(|()| std::fs::write(&probe, b""))
                .and_then(|()| std::fs::remove_file(&probe)),
        };
        match result {
            Ok(()) => {
                findings.warn("mail", format!("goes into files in {}, to nobody's mailbox", mail.outbox.display()))
            }
            Err(e) => findings.add("mail", Err(format!("can't write into {}: {e}", mail.outbox.display()))),
        }
        return;
    }
    if config.has_example_sender() {
        findings.warn("mail", "[mail] from still is the example's address: set your own");
    }
    if mail.has_fields_rewritten() && !mail.dkim.is_empty() {
        findings.put(
            "signatures",
            Severity::Ok,
            "Amazon SES writes Date and Message-ID anew, so our signatures cover neither: nothing else need be done, but \
             that SES signs by itself too (Easy DKIM) does no harm",
        );
    }
    for config in &mail.relays {
        let name = format!("relay {}", config.url);
        if reach == Reach::Near {
            findings.add(name, Ok("is not tried from here: `kalends check` does".into()));
            continue;
        }
        progress.begin(format!("trying {name}"));
        match try_relay(config, mail.helo_name.as_ref()).await {
            // An address says nothing to a relay of the same machine, and much to those that judge strangers by a name.
            Ok((how, greeted)) if greeted.starts_with('[') && mail.helo_name.is_none() && !config.url.is_loopback() => {
                let advice = "this machine has no full name, and many servers want one: set [mail] helo_name";
                findings.warn(name, format!("{how}, greeted as {greeted}: {advice}"));
            }
            result => findings.add(name, result.map(|(how, greeted)| format!("{how}, greeted as {greeted}"))),
        }
    }
}

/// Logs in to a relay: how it is spoken to, and what it is greeted with.
pub async fn try_relay(config: &RelayConfig, helo_name: Option<&HeloName>) -> Result<(&'static str, String), String> {
    let relay = Relay::new(config, helo_name)?;
    let session = relay.connect().await.map_err(|e| e.to_string())?;
    let how = match (session.is_encrypted(), config.username.is_some()) {
        (true, true) => "connected with TLS and logged in",
        (true, false) => "connected with TLS",
        (false, true) => "logged in without TLS",
        (false, false) => "connected without TLS",
    };
    let greeted = session.own_name().to_owned();
    session.quit().await;
    Ok((how, greeted))
}

/// Relays that the daemon left alone because they refused everybody.
async fn check_stops(config: &Config, store: &Store, findings: &mut Findings) {
    // What can't be read is told of the database.
    for stop in store.stopped_relays().await.unwrap_or_default() {
        if config.mail.relays.iter().any(|relay| relay.url.to_string() == stop.relay) {
            let told = format!(
                "stopped since {}: it refused everybody ({}). Its deliveries wait, nobody is taken off for it, and it is \
                 tried again at {}",
                stop.since, stop.reason, stop.next_at
            );
            findings.add(format!("relay {} stopped", stop.relay), Err(told));
        }
    }
}
