//! Whether other users of the machine can read what is the office's: put right by `init` and `serve`, told by `check`.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::config::{Config, TransportKind};
use crate::private::{EVERYBODY, OTHERS, tighten};
use crate::store::is_copy;

/// Takes from others what they may do with files of an earlier version, where these are ours. What can't be changed stays
/// for `check` to tell of.
pub fn put_right(file: &Path, config: &Config) {
    for path in folders(config).into_iter().chain(database_files(config)).chain(copies(config)).chain(mails(config)) {
        tighten(&path, OTHERS);
    }
    // A group may have been given the right to read these; nobody gave it to everybody.
    for path in secrets(file, config) {
        tighten(&path, EVERYBODY);
    }
}

/// What every user of this machine can come at, with its mode; `file` is that of the configuration.
pub fn exposed(file: &Path, config: &Config) -> Vec<(PathBuf, u32)> {
    let paths = folders(config).into_iter().chain(database_files(config));
    let paths = paths.chain(copies(config)).chain(secrets(file, config));
    let is_exposed = |path: PathBuf| {
        let mode = std::fs::metadata(&path).ok()?.mode() & 0o777;
        (mode & EVERYBODY != 0).then_some((path, mode))
    };
    paths.filter_map(is_exposed).collect()
}

/// The database's folder and that of mails, but for those that other things lie in too: a home, the root, where we are.
fn folders(config: &Config) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = config.database.url.path().parent().map(Path::to_owned).into_iter().collect();
    if config.mail.transport == TransportKind::File {
        folders.push(config.mail.outbox.clone());
    }
    let shared = [std::env::current_dir().ok(), std::env::home_dir(), Some(PathBuf::from("/"))];
    folders.retain(|folder| {
        let real = folder.canonicalize().ok();
        // As /tmp is: everybody's, and said to be.
        let is_sticky = folder.metadata().is_ok_and(|found| found.mode() & 0o1000 != 0);
        real.is_some() && !shared.contains(&real) && !is_sticky
    });
    folders
}

fn database_files(config: &Config) -> Vec<PathBuf> {
    let path = config.database.url.path();
    // What SQLite and the daemon put beside it has its name with this behind.
    let beside = ["", "-wal", "-shm", "-journal", ".lock"].map(|end| {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        PathBuf::from(name)
    });
    beside.into()
}

/// Copies of the database that lie beside it.
fn copies(config: &Config) -> Vec<PathBuf> {
    let path = config.database.url.path();
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let files = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file())).map(|entry| entry.path());
    // What SQLite may have open is not opened: its locks would end with that (`store::find`).
    let identity = |path: &PathBuf| path.metadata().ok().map(|found| (found.dev(), found.ino()));
    let own: Vec<_> = database_files(config).iter().filter_map(identity).collect();
    let is_copy = |other: &PathBuf| {
        identity(other).is_some_and(|other| !own.contains(&other))
            && std::fs::File::open(other).is_ok_and(|file| is_copy(&file))
    };
    files.filter(is_copy).collect()
}

fn mails(config: &Config) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(&config.mail.outbox).into_iter().flatten().flatten();
    let is_mail = |path: &PathBuf| path.extension().is_some_and(|end| end == "eml" || end == "part");
    entries.map(|entry| entry.path()).filter(is_mail).collect()
}

/// Where passwords and keys stand.
fn secrets(file: &Path, config: &Config) -> Vec<PathBuf> {
    let relays = &config.mail.relays;
    let sources = config.sources.iter().map(|source| source.url.url());
    let has_password = relays.iter().any(|relay| relay.password.is_some())
        || config.operator.ping.is_some()
        || sources.into_iter().any(|url| !url.username().is_empty() || url.password().is_some());
    let mut secrets: Vec<PathBuf> = Some(file).filter(|_| has_password).map(Path::to_owned).into_iter().collect();
    secrets.extend(relays.iter().filter_map(|relay| relay.password_file.clone()));
    secrets.extend(config.bounce.password_file.clone());
    secrets.extend(config.bounce.oauth.as_ref().map(|oauth| oauth.client_secret_file.clone()));
    secrets.extend(config.webhooks.iter().filter_map(|webhook| webhook.secret_file.clone()));
    secrets.extend(config.bounce.hooks.files().map(Path::to_owned));
    secrets.extend(config.mail.dkim.iter().map(|key| key.key_file.clone()));
    secrets
}
