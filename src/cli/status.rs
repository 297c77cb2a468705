//! `kalends status`

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use jiff::{SignedDuration, Timestamp};

use super::output::{Output, print, table, tally};
use super::screen::{Screen, stop_wish};
use super::style;
use super::{Cli, Done, check, ready};
use crate::config::{Config, Settings};
use crate::domain::octets::Octets;
use crate::domain::text;
use crate::domain::wording::count;
use crate::domain::zone::Zone;
use crate::office::configuration::Standing;
use crate::office::sources::health;
use crate::office::status::{Glance, Help, Need, Status};
use crate::office::webhooks;
use crate::shape::edition::EditionRecord;
use crate::shape::status::{NeedRecord, StatusRecord};
use crate::store::{self, Store};

const NEEDS_A_HAND: &str = "NEEDS A HAND";

/// How often it is told anew.
const EVERY: Duration = Duration::from_secs(2);

#[derive(Debug, Args)]
pub struct StatusArgs {
    /// Tell it anew every two seconds, until Ctrl-C
    #[arg(long)]
    watch: bool,
    /// Only ask the running daemon whether it can do its work, and tell by the exit code: 0 or 1
    #[arg(long, conflicts_with = "watch")]
    ready: bool,
}

/// Also of a file that is wrong, and where the database can't be opened.
pub async fn run(cli: &Cli, args: &StatusArgs) -> Done {
    if args.ready {
        return ready::run(cli).await;
    }
    if !args.watch {
        let (record, zone) = look(cli).await;
        return match cli.json {
            true => Output::new(true).show(&record, String::new),
            false => print(&for_people(&record, &zone)),
        };
    }
    let mut screen = Screen::begin(cli.json)?;
    let stop = stop_wish()?;
    tokio::pin!(stop);
    loop {
        let (record, zone) = tokio::select! {
            () = &mut stop => break,
            looked = look(cli) => looked,
        };
        let block = match cli.json {
            true => format!("{}\n", serde_json::to_string(&record)?),
            false => for_people(&record, &zone),
        };
        if !screen.show(&block)? {
            break;
        }
        tokio::select! {
            () = &mut stop => break,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
    Ok(())
}

/// What the file says, where the database is, and what is wrong with the file.
fn load(cli: &Cli) -> (Option<Arc<Config>>, PathBuf, Result<Settings, Vec<String>>) {
    let file = cli.config.as_deref();
    match Config::load_with_settings(file) {
        Ok((config, settings)) => {
            let database = config.database.url.path().to_owned();
            (Some(Arc::new(config)), database, Ok(settings))
        }
        Err(error) => (None, Config::database_path(file), Err(error.sentences())),
    }
}

async fn look(cli: &Cli) -> (StatusRecord, Zone) {
    let (config, database, file) = load(cli);
    let zone = config.as_ref().map_or(Zone::utc(), |config| config.site.timezone.clone());
    let store = Store::open(&database).await;
    let standing = match &store {
        Ok(store) => Standing::look(file.clone(), store).await.ok(),
        Err(_) => None,
    };
    let standing = standing.unwrap_or_else(|| Standing::of(file, None));
    let Status { record, needs } = Glance { config, database, zone: zone.clone() }.look(standing, &store).await;
    close(store).await;
    (StatusRecord { needs: needs.into_iter().map(need_record).collect(), ..record }, zone)
}

async fn close(store: store::Result<Store>) {
    if let Ok(store) = store {
        store.close().await;
    }
}

fn need_record(need: Need) -> NeedRecord {
    NeedRecord { help: need.help.as_ref().map(in_words), message: need.message }
}

/// What helps, in words of this terminal.
fn in_words(help: &Help) -> String {
    match help {
        Help::StartDaemon => "start it with `kalends serve`".into(),
        Help::StartAnew => "start the daemon again; `kalends config show` tells both values".into(),
        Help::MendFile => {
            "mend the file; the daemon takes it over by itself. `kalends config show` tells all of it".into()
        }
        Help::PutBack(slug) => {
            format!("put its [[digest]] back; `kalends delivery list --digest {slug}` shows what became of its mails")
        }
        Help::GoOn(name, _) => {
            format!("`kalends digest go-on {name}` sends the rest, `kalends digest drop {name}` gives it up")
        }
        Help::Approve(slug) => {
            format!("`kalends digest draft {slug}` shows it, `kalends digest approve {slug}` lets it go")
        }
        Help::Resume(slug) => format!("`kalends digest resume {slug}` lets it go on"),
        Help::TryRelays => {
            "`kalends check` tries the relays, and `kalends delivery list --status deferred` tells what they said"
                .into()
        }
        Help::Decide => {
            "`kalends delivery list --status uncertain` shows them; `kalends delivery retry ID` sends one again".into()
        }
        Help::ReadSource(name) => format!("`kalends source sync {name}` reads it now"),
        Help::TellWebhook(name) => format!(
            "`kalends webhook test {name}` shows what it answers, and `kalends webhook replay {name}` sends what it did not take"
        ),
        Help::ListBounces => "`kalends bounce list` shows what came back, and by which way".into(),
        Help::MakeRoom => "make room there".into(),
        Help::MakeBackup => "`kalends check` tells about backups; `kalends backup FILE` makes one now".into(),
        Help::Other(advice) => check::in_words(advice),
    }
}

/// In colour where it is seen.
fn for_people(record: &StatusRecord, zone: &Zone) -> String {
    let said = text::cleaned(&told_at_a_glance(record, zone)).into_owned();
    match said.strip_prefix(NEEDS_A_HAND) {
        Some(rest) if style::is_on() => format!("\x1b[1;31m{NEEDS_A_HAND}\x1b[0m{rest}"),
        _ => said,
    }
}

/// The terminal's own words for all of it: what needs a hand first.
fn told_at_a_glance(record: &StatusRecord, zone: &Zone) -> String {
    let mut said = String::new();
    if !record.needs.is_empty() {
        said += &format!("{NEEDS_A_HAND}\n");
        for need in &record.needs {
            said += &format!("  {}\n", need.message);
            said.extend(need.help.iter().map(|help| format!("    {help}\n")));
        }
        said += "\n";
    }
    let words = Words { now: record.at, zone };
    let lines = words.lines(record).into_iter().map(|(name, line)| vec![name.to_owned(), line]).collect();
    said += &format!("{}\n", words.moment(record.at));
    said += &table(&[], lines);
    let digests: Vec<_> = record.digests.iter().map(|digest| words.digest(digest)).collect();
    if !digests.is_empty() {
        said += &format!("\n{}", table(&["DIGEST", "NEXT", "READERS", "EDITION", "FOR", "DELIVERIES"], digests));
    }
    let failures: Vec<_> = record.failures.iter().map(failure).collect();
    if !failures.is_empty() {
        said += &format!("\n{}", table(&["NOT SENT", "MAILS", "NEWEST", "WHY"], failures));
    }
    let sources: Vec<_> = record
        .sources
        .iter()
        .map(|source| {
            let at = |at: Option<Timestamp>| at.map_or("never".into(), |at| words.moment(at));
            vec![source.name.clone(), at(source.read_at), at(source.next_at), health(source)]
        })
        .collect();
    if !sources.is_empty() {
        said += &format!("\n{}", table(&["SOURCE", "READ", "NEXT", "HOW IT WENT"], sources));
    }
    let webhooks: Vec<_> = record
        .webhooks
        .iter()
        .map(|webhook| {
            let taken = webhook.taken_at.map_or("never".into(), |at| words.moment(at));
            vec![webhook.name.clone(), webhook.waiting.to_string(), taken, webhooks::health(webhook)]
        })
        .collect();
    let ways: Vec<_> = record.ways.iter().map(|way| words.way(way)).collect();
    if !ways.is_empty() {
        said += &format!("\n{}", table(&["BOUNCES BY", "LAST", "WHAT CAME"], ways));
    }
    if !webhooks.is_empty() {
        said += &format!("\n{}", table(&["WEBHOOK", "WAITING", "LAST TAKEN", "HOW IT GOES"], webhooks));
    }
    said
}

fn failure(failure: &crate::shape::status::FailureRecord) -> Vec<String> {
    let status = match (failure.status, failure.is_tried_again) {
        (status, false) => status.to_owned(),
        (status, true) => format!("{status}, tried again"),
    };
    let newest = failure.edition.clone().unwrap_or_else(|| format!("delivery {}", failure.newest));
    vec![status, failure.deliveries.to_string(), newest, failure.reason.clone()]
}

/// Moments, lengths and sizes as people read them.
struct Words<'a> {
    now: Timestamp,
    zone: &'a Zone,
}

impl Words<'_> {
    fn moment(&self, at: Timestamp) -> String {
        format!("{} {}", self.zone.at(at).strftime("%a %Y-%m-%d %H:%M:%S"), self.zone)
    }

    /// How long ago something was.
    fn ago(&self, at: Timestamp) -> String {
        length(self.now.duration_since(at))
    }

    /// One thing a line.
    fn lines(&self, record: &StatusRecord) -> Vec<(&'static str, String)> {
        let mut lines = vec![("daemon", self.daemon(record)), ("configuration", self.configuration(record))];
        lines.push(("backlog", self.backlog(record)));
        for relay in &record.relays {
            let told = match relay.stopped_since {
                None => format!("{}: in use", relay.relay),
                Some(since) => format!("{}: stopped for {}", relay.relay, self.ago(since)),
            };
            lines.push(("relay", told));
        }
        lines.push(("disk", disk(record)));
        if let Some(outbox) = &record.disk.outbox {
            let free = record.disk.outbox_free_octets.map_or(String::new(), |free| format!(", {} free", Octets(free)));
            lines.push(("outbox", format!("mail goes into files in {outbox}, to nobody's mailbox{free}")));
        }
        if let Some(backup) = &record.backup {
            let why = backup.why.replace('-', " ");
            lines.push(("last copy", format!("{} ago, {why}: {}", self.ago(backup.made_at), backup.path)));
        }
        if let Some(failed) = &record.failed_write {
            lines.push(("last write failed", format!("{}: {}", self.moment(failed.at), failed.reason)));
        }
        if let Some(ping) = &record.ping {
            let told = match (&ping.error, ping.answered_at) {
                (Some(error), _) => format!("failed: {error}"),
                (None, Some(at)) => format!("answered {} ago", self.ago(at)),
                (None, None) => "no edition was through yet".into(),
            };
            lines.push(("ping", told));
        }
        if let Some(intake) = &record.intake {
            let told: Vec<_> = intake.told.iter().map(|(what, number)| format!("{number} {what}")).collect();
            let told = match intake.last_at {
                Some(at) => format!("{}, the last {} ago", told.join(", "), self.ago(at)),
                None => "nothing came yet".into(),
            };
            lines.push(("forwarded", format!("to {}: {told}", intake.address)));
        }
        if !record.alerts.is_empty() {
            let alerts = record.alerts.iter().map(|alert| format!("{} for {}", alert.kind, self.ago(alert.since)));
            lines.push(("alerts", alerts.collect::<Vec<_>>().join(", ")));
        }
        lines
    }

    fn daemon(&self, record: &StatusRecord) -> String {
        match &record.daemon {
            None => "does not run".into(),
            Some(daemon) => {
                let (version, ago) = (&daemon.version, self.ago(daemon.started_at));
                format!("kalends {version} runs for {ago}, since {}", self.moment(daemon.started_at))
            }
        }
    }

    fn configuration(&self, record: &StatusRecord) -> String {
        let configuration = &record.configuration;
        let Some(taken_at) = configuration.taken_at else {
            return if configuration.wrong.is_empty() {
                "the file is right".into()
            } else {
                "the file is wrong".into()
            };
        };
        let taken = format!("taken over {}", self.moment(taken_at));
        match (configuration.refused_at, configuration.differences.len()) {
            (Some(since), _) => format!("{taken}; what the file says since {} is refused", self.moment(since)),
            (None, 0) if configuration.wrong.is_empty() => format!("{taken}; the file says the same"),
            (None, 0) => format!("{taken}; the file is wrong"),
            (None, n) => format!("{taken}; the file differs in {}", count(n, "option", "options")),
        }
    }

    fn backlog(&self, record: &StatusRecord) -> String {
        let backlog = &record.backlog;
        let held = match backlog.held {
            0 => String::new(),
            held => format!("; {held} are held"),
        };
        if backlog.waiting == 0 {
            return format!("nothing waits{held}");
        }
        let due = match (backlog.due, backlog.due_since) {
            (due, Some(since)) if due > 0 => format!("{due} of them due, the oldest for {}", self.ago(since)),
            _ => "none of them due yet".into(),
        };
        let speed = match backlog.per_minute {
            Some(speed) => format!("; {speed} a minute"),
            None => String::new(),
        };
        let through = backlog.through_at.map_or(String::new(), |at| format!(", through {}", self.moment(at)));
        let waiting = count(usize::try_from(backlog.waiting).unwrap_or(0), "mail waits", "mails wait");
        format!("{waiting}, {due}{speed}{through}{held}")
    }

    fn way(&self, way: &crate::shape::bounce::WayRecord) -> Vec<String> {
        let last = way.last_at.map_or("never".into(), |at| self.moment(at));
        let told: Vec<_> = way.told.iter().map(|(what, number)| format!("{number} {what}")).collect();
        vec![way.way.to_string(), last, told.join(", ")]
    }

    fn digest(&self, digest: &crate::shape::status::DigestStandingRecord) -> Vec<String> {
        let next = match digest.next_at {
            Some(at) => self.moment(at),
            None if digest.paused => "paused".into(),
            None => "never".into(),
        };
        let [edition, moment, deliveries] = match &digest.last {
            Some(EditionRecord { number, scheduled_for, tally: sent, .. }) => {
                [format!("{}/{number}", digest.digest), self.moment(*scheduled_for), tally(sent)]
            }
            None => [String::new(), String::new(), "no edition yet".into()],
        };
        vec![digest.digest.clone(), next, digest.readers.to_string(), edition, moment, deliveries]
    }
}

fn disk(record: &StatusRecord) -> String {
    let disk = &record.disk;
    let free = disk.free_octets.map_or(String::new(), |free| format!("; {} free", Octets(free)));
    format!("{} has {}, its log {}{free}", disk.database, Octets(disk.octets), Octets(disk.log_octets))
}

/// In one unit.
fn length(length: SignedDuration) -> String {
    let seconds = length.as_secs().max(0);
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds / 60),
        7200..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_told_in_few_digits() {
        let lengths = [-5, 0, 119, 120, 7199, 7200, 172_800].map(|seconds| length(SignedDuration::from_secs(seconds)));
        assert_eq!(lengths, ["0 s", "0 s", "119 s", "2 min", "119 min", "2 h", "2 days"]);
    }
}
