//! `kalends config …`

use std::path::Path;

use clap::Subcommand;
use jiff::Timestamp;

use super::output::{Output, note, table};
use super::{Cli, Done, refusal};
use crate::config::{Changed, Config, Setting, Settings};
use crate::domain::zone::Zone;
use crate::office::configuration::{Running, Standing};
use crate::store::Store;

#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Print what is in force, option by option, and where each value comes from; what the daemon has otherwise stands
    /// first
    Show,
}

pub async fn run(cli: &Cli, command: &ConfigCommand) -> Done {
    match command {
        ConfigCommand::Show => show(cli).await,
    }
}

/// Also of a file that is wrong, and where the database can't be opened.
async fn show(cli: &Cli) -> Done {
    let file = cli.config.as_deref();
    let (loaded, database) = match Config::load_with_settings(file) {
        Ok((config, settings)) => {
            let database = config.database.url.path().to_owned();
            (Ok((settings, config.site.timezone)), database)
        }
        Err(error) => (Err(error), Config::database_path(file)),
    };
    let zone = loaded.as_ref().map_or(Zone::utc(), |(_, zone)| zone.clone());
    let (settings, wrong) = match loaded {
        Ok((settings, _)) => (Ok(settings), None),
        Err(error) => (Err(error.sentences()), Some(error)),
    };
    let looked = match Store::open(&database).await {
        Ok(store) => Standing::look(settings.clone(), &store).await,
        Err(error) => Err(error),
    };
    let standing = looked.unwrap_or_else(|error| {
        note(&format!("What the daemon goes by can't be told: {}", refusal::in_words(&error)));
        Standing::of(settings, None)
    });
    Output::new(cli.json).show(&standing.record(), || told(&standing, &database, &zone))?;
    wrong.map_or(Ok(()), |error| Err(error.into()))
}

fn told(standing: &Standing, database: &Path, zone: &Zone) -> String {
    let about_daemon = match &standing.daemon {
        None => format!("No daemon runs on {}.\n", database.display()),
        Some(running) => told_of_daemon(running, zone),
    };
    let settings = match (&standing.file, &standing.daemon) {
        (Ok(settings), _) => {
            let heading = match &settings.file {
                Some(file) => format!("What {file} and the environment say:"),
                None => "There is no file, so this is in force, as `kalends init` would write it:".into(),
            };
            format!("\n{heading}\n\n{}", listed(settings))
        }
        (Err(_), Some(Running { settings: Some(settings), .. })) => {
            format!("\nWhat the daemon goes by:\n\n{}", listed(settings))
        }
        _ => String::new(),
    };
    about_daemon + &settings
}

fn told_of_daemon(running: &Running, zone: &Zone) -> String {
    let daemon = &running.daemon;
    let local = |at: Timestamp| format!("{} {zone}", zone.at(at).strftime("%a %Y-%m-%d %H:%M:%S"));
    let reads = match running.settings.as_ref().map(|settings| settings.file.as_deref()) {
        Some(Some(file)) => format!(", reads {file}"),
        Some(None) => ", has no file".into(),
        None => String::new(),
    };
    let mut said = format!("The daemon ({}, started {}{reads}) ", daemon.version, local(daemon.started_at));
    let taken = local(daemon.taken_at);
    match (&daemon.refused, running.differences.is_empty()) {
        (None, true) => said += &format!("goes by what was taken over {taken}.\n"),
        (None, false) => {
            said += &format!("has this otherwise than the file; it goes by what was taken over {taken}:\n")
        }
        (Some(refused), _) => {
            let since = local(refused.since);
            said +=
                &format!("can't take over what the file says since {since}, and goes by what it took over {taken}:\n");
            said.extend(refused.sentences.iter().map(|sentence| format!("  {sentence}\n")));
        }
    }
    if running.differences.is_empty() {
        return said;
    }
    let value = |value: &Option<String>| value.clone().unwrap_or_else(|| NOT_SET.into());
    let rows = running.differences.iter().map(|difference| {
        let (daemon, file) = match &difference.change.what {
            Changed::Value { old, new } => (value(old), value(new)),
            Changed::Added => ("is not there".into(), "is there".into()),
            Changed::Removed => ("is there".into(), "is not there".into()),
            Changed::Secret | Changed::Content => ("another".into(), "another".into()),
        };
        vec![difference.change.option.clone(), daemon, file, difference.because()]
    });
    said + "\n" + &table(&["OPTION", "IN THE DAEMON", "IN THE FILE", ""], rows.collect())
}

const NOT_SET: &str = "not set";

/// A line each, table by table.
fn listed(settings: &Settings) -> String {
    let mut rows = Vec::new();
    let mut last = String::new();
    for setting in &settings.list {
        if setting.is_of_empty_list() {
            if last != setting.table {
                rows.push(vec![setting.table.clone(), String::new(), "none".into()]);
            }
            last = setting.table.clone();
            continue;
        }
        if last != setting.place() {
            last = setting.place();
            rows.push(vec![last.clone(), String::new(), String::new()]);
        }
        rows.push(vec![format!("  {}", setting.key), setting.origin.to_string(), shown(setting)]);
    }
    table(&["OPTION", "FROM", "VALUE"], rows)
}

fn shown(setting: &Setting) -> String {
    match &setting.value {
        Some(value) => value.clone(),
        None if setting.is_secret => "set, and not shown".into(),
        None => NOT_SET.into(),
    }
}
