//! What the operator does: `init`, `backup`, `check`, `completions`, `man`.

use std::io::ErrorKind;
use std::path::Path;

use clap::CommandFactory;
use serde::Serialize;
use serde_json::json;

use super::check_dns::check_dns;
use super::output::{Output, print, table};
use super::source::health;
use super::{Cli, Context, Done, Failure, privacy};
use crate::app::lock;
use crate::config::{Config, DEFAULT_PATH, HeloName, Logo, RelayConfig, TEMPLATE, TransportKind};
use crate::digest::clock::handled_ahead;
use crate::digest::draft::Draft;
use crate::mail::dns::{Record, Verdict};
use crate::mail::smtp::Relay;
use crate::office::digests::{unset_clock, wrong_clock};
use crate::private::clear_parts;
use crate::store::{self, Store};

pub async fn init(cli: &Cli) -> Done {
    let path = cli.config.as_deref().unwrap_or(Path::new(DEFAULT_PATH));
    let is_new = write_new(path, TEMPLATE)?;
    let config = Config::load(Some(path))?;
    let database = config.database.url.path();
    privacy::put_right(cli, &config);
    let is_there = database.exists();
    // An older one is brought up to date, unless a daemon is at work on it.
    let is_older = is_there && matches!(Store::open(database).await, Err(store::Error::Older(_)));
    let _lock = if is_older || is_there && is_new { Some(lock(database)?) } else { None };
    if is_there && !is_older && !is_new {
        return Err(Failure::failed(format!(
            "{} and {} are there already; nothing was changed",
            path.display(),
            database.display()
        )));
    }
    let store = Store::create(database).await?;
    store.register_digests(config.digests.iter().map(|digest| digest.slug.as_str())).await?;
    store.close().await;
    let record = json!({ "config": path, "config_written": is_new, "database": database });
    Output::new(cli.json).show(&record, || {
        let wrote = if is_new { "written; read it and make it yours" } else { "there already; left as it is" };
        format!(
            "{}: {wrote}.\n{}: the database is ready.\nNext: `kalends check`, then `kalends serve`.\n",
            path.display(),
            database.display()
        )
    })
}

/// Writes a file that is not there yet; false if it is.
fn write_new(path: &Path, text: &str) -> Result<bool, Failure> {
    let failed = |e: std::io::Error| Failure::failed(format!("can't write {}: {e}", path.display()));
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    match std::fs::File::create_new(path) {
        Ok(mut file) => std::io::Write::write_all(&mut file, text.as_bytes()).map(|()| true).map_err(failed),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(failed(error)),
    }
}

pub async fn backup(context: Context, file: &Path) -> Done {
    if file.exists() {
        return Err(Failure::failed(format!("{} is there already: name a file that is not", file.display())));
    }
    clear_parts(file.parent().unwrap_or(Path::new("."))).unwrap_or_default();
    context.store.backup(file).await?;
    let octets = std::fs::metadata(file)?.len();
    context.out.show(&json!({ "file": file, "octets": octets }), || {
        let database = context.store.path().display();
        format!(
            "{}: {octets} octets. To go back to it: stop the daemon, delete {database}-wal and {database}-shm, and put \
             the copy in the place of {database}.\n",
            file.display()
        )
    })
}

#[derive(Serialize)]
struct Finding {
    check: String,
    /// `ok`, `warning` or `error`.
    status: &'static str,
    message: String,
    /// What to publish in DNS.
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<Record>,
}

#[derive(Default)]
pub(super) struct Findings(Vec<Finding>);

impl Findings {
    pub(super) fn add(&mut self, check: impl Into<String>, result: Result<String, String>) {
        let (status, message) = match result {
            Ok(message) => ("ok", message),
            Err(message) => ("error", message),
        };
        self.0.push(Finding { check: check.into(), status, message, record: None });
    }

    pub(super) fn warn(&mut self, check: impl Into<String>, message: impl Into<String>) {
        self.0.push(Finding { check: check.into(), status: "warning", message: message.into(), record: None });
    }

    pub(super) fn judge(&mut self, check: impl Into<String>, verdict: Verdict, record: Option<Record>) {
        let (status, message) = match verdict {
            Verdict::Good(message) => ("ok", message),
            Verdict::Warning(message) => ("warning", message),
            Verdict::Error(message) => ("error", message),
        };
        self.0.push(Finding { check: check.into(), status, message, record });
    }

    /// The records to publish, as lines of a zone file.
    fn zone_lines(&self) -> String {
        let lines: Vec<_> = self.0.iter().filter_map(|f| f.record.as_ref()).map(Record::zone_line).collect();
        match lines.is_empty() {
            true => String::new(),
            false => format!("\nDNS records to publish:\n\n{}\n", lines.join("\n")),
        }
    }
}

/// Tries each thing by itself, so that one broken part does not hide another.
pub async fn check(cli: &Cli) -> Done {
    let mut findings = Findings::default();
    match Config::load(cli.config.as_deref()) {
        Err(error) => findings.add("configuration", Err(error.to_string())),
        Ok(config) => {
            findings.add("configuration", Ok("read".into()));
            for sentence in privacy::exposed(cli, &config) {
                findings.warn("files", sentence);
            }
            check_site(&config, &mut findings);
            check_database(&config, &mut findings).await;
            check_sources(&config, &mut findings).await;
            check_mail(&config, &mut findings).await;
            check_stops(&config, &mut findings).await;
            check_bounces(&config, &mut findings);
            check_dns(&config, &mut findings).await;
        }
    }
    let failed = findings.0.iter().any(|finding| finding.status == "error");
    Output::new(cli.json).show(&findings.0, || {
        let rows = findings.0.iter().map(|f| vec![f.status.to_owned(), f.check.clone(), f.message.clone()]).collect();
        table(&["", "CHECK", "RESULT"], rows) + &findings.zone_lines()
    })?;
    if failed { Err(Failure::Reported) } else { Ok(()) }
}

fn check_site(config: &Config, findings: &mut Findings) {
    if let Some(Logo::File { path, .. }) = &config.look.logo {
        let found = std::fs::metadata(path).map(|file| format!("{} has {} octets", path.display(), file.len()));
        findings.add("logo", found.map_err(|error| format!("{} can't be read: {error}", path.display())));
    }
    let base_url = config.site.base_url.as_str();
    match base_url.starts_with("https://") {
        true => findings.add("site", Ok(base_url.to_owned())),
        false => findings.warn(
            "site",
            format!(
                "[site] base_url is {base_url}: mailbox providers want https links, and readers reach it from elsewhere"
            ),
        ),
    }
}

async fn check_database(config: &Config, findings: &mut Findings) {
    let path = config.database.url.path();
    let store = match Store::open(path).await {
        Ok(store) => store,
        Err(error) => return findings.add("database", Err(error.to_string())),
    };
    findings.add("database", writable(&store).await.map(|()| format!("{} is sound", path.display())));
    match store.wishes_from_nowhere().await {
        Ok(0) => {}
        Ok(count) => findings.warn(
            "proxy",
            format!(
                "of {count} sign-ups of the last day nobody told where they came from, so they shared one limit (10 an \
                 hour): let the proxy set X-Forwarded-For, and name it in [http] trusted_proxies"
            ),
        ),
        Err(error) => findings.add("proxy", Err(error.to_string())),
    }
    if let Err(error) = store.register_digests(config.digests.iter().map(|digest| digest.slug.as_str())).await {
        findings.add("digests", Err(error.to_string()));
    }
    if let Some(sentence) = unset_clock() {
        findings.add("clock", Err(sentence.into()));
    }
    if config.digests.is_empty() {
        findings.warn("digests", "none is configured: nothing is ever mailed");
    }
    for digest in &config.digests {
        let zone = config.zone_of(digest);
        let name = format!("digest {}", digest.slug.as_str());
        if let Ok(state) = store.digest_state(digest.slug.as_str(), handled_ahead(digest.per_reader_time)).await
            && let Some(wrong) = wrong_clock(config, digest, &state)
        {
            findings.warn(name.clone(), wrong);
        }
        let template = async {
            let draft = Draft::load(&store, config, digest, store.now(), None).await?;
            let everybody = draft.everybody();
            let content = draft.content(&everybody);
            draft.mail(&content, &everybody)?;
            Ok::<_, crate::digest::Error>(content.events().count())
        };
        let result = match template.await {
            Err(error) => Err(error.to_string()),
            Ok(count) => Ok(match digest.schedule.next_after(store.now(), zone.time_zone()) {
                Some(next) => {
                    let next = zone.at(next).strftime("%a %Y-%m-%d %H:%M").to_string();
                    format!("next due {next} {zone}; sent now it would tell of {count} events")
                }
                None => "is never due again: see its schedule".into(),
            }),
        };
        findings.add(name, result);
    }
}

async fn writable(store: &Store) -> Result<(), String> {
    store.ping().await.map_err(|e| e.to_string())?;
    match store.integrity().await {
        Err(error) => Err(error.to_string()),
        Ok(found) if found.is_empty() => Ok(()),
        Ok(found) => Err(format!("SQLite finds it damaged ({}): restore a backup", found.join("; "))),
    }
}

/// Reads nothing: a check may run every minute. It tells how it went the last time.
async fn check_sources(config: &Config, findings: &mut Findings) {
    let Ok(store) = Store::open(config.database.url.path()).await else { return };
    for source in &config.sources {
        let name = format!("source {} {}", source.number, source.name());
        match store.source_state(source.url.as_str()).await {
            Err(error) => findings.add(name, Err(error.to_string())),
            Ok(state) if state.failures > 0 => findings.add(name, Err(health(&state))),
            Ok(state) if state.error.is_some() || state.read_at.is_none() => findings.warn(name, health(&state)),
            Ok(state) => findings.add(name, Ok(health(&state))),
        }
    }
}

async fn check_mail(config: &Config, findings: &mut Findings) {
    let mail = &config.mail;
    if mail.transport == TransportKind::File {
        let probe = mail.outbox.join(".kalends-check");
        let result = std::fs::create_dir_all(&mail.outbox)
            .and_then(|()| std::fs::write(&probe, b""))
            .and_then(|()| std::fs::remove_file(&probe));
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
    for config in &mail.relays {
        let name = format!("relay {}", config.url);
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

/// How a relay is spoken to, and what it is greeted with.
async fn try_relay(config: &RelayConfig, helo_name: Option<&HeloName>) -> Result<(&'static str, String), String> {
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
async fn check_stops(config: &Config, findings: &mut Findings) {
    let Ok(store) = Store::open(config.database.url.path()).await else { return };
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

fn check_bounces(config: &Config, findings: &mut Findings) {
    match (&config.bounce.address, &config.bounce.listen) {
        (None, _) if config.mail.transport == TransportKind::File => {}
        (None, _) => findings.warn("bounces", "[bounce] address is not set: nobody learns of mail that comes back"),
        (Some(address), None) => findings.add(
            "bounces",
            Ok(format!(
                "come back to {address} and its + addresses; the mail server must run `kalends bounce` for them"
            )),
        ),
        (Some(address), Some(listen)) => findings
            .add("bounces", Ok(format!("come back to {address} and its + addresses, taken over LMTP at {listen}"))),
    }
}

pub fn completions(shell: clap_complete::Shell) -> Done {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "kalends", &mut script);
    print(&String::from_utf8_lossy(&script))
}

pub fn man() -> Done {
    let mut page = Vec::new();
    clap_mangen::Man::new(Cli::command()).render(&mut page)?;
    print(&String::from_utf8_lossy(&page))
}
