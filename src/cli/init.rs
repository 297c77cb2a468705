//! `kalends init`

mod ask;
mod system;

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;

use clap::Args;
use rustix::fs::{Access, access};
use secrecy::ExposeSecret;

use self::ask::Said;
use super::output::{Output, may_ask};
use super::{BY, Cli, Done, Failure};
use crate::app::lock;
use crate::config::{Config, TEMPLATE};
use crate::domain::editor::Role;
use crate::office::Office;
use crate::office::checks::files;
use crate::shape::setup::InitRecord;
use crate::store::{self, EditorWish, Store};

#[derive(Debug, Args)]
pub struct InitArgs {
    /// Ask what an office needs to begin with (name, address, zone, mail server, first editor), try it, and write that
    #[arg(long)]
    ask: bool,
}

pub async fn run(cli: &Cli, args: &InitArgs) -> Done {
    let path = cli.config_file();
    let said = if args.ask { Some(asked(path).await?) } else { None };
    let is_new = match &said {
        Some(said) => write_said(path, said)?,
        None => write_new(path, TEMPLATE)?,
    };
    let config = Config::load(Some(path))?;
    let database = config.database.url.path().to_owned();
    files::put_right(path, &config);
    let is_there = database.exists();
    // An older one is brought up to date, unless a daemon is at work on it.
    let is_older = is_there && matches!(Store::open(&database).await, Err(store::Error::Older(_)));
    let _lock = if is_older || is_there && is_new { Some(lock(&database)?) } else { None };
    if is_there && !is_older && !is_new {
        return Err(Failure::failed(format!(
            "{} and {} are there already; nothing was changed",
            path.display(),
            database.display()
        )));
    }
    let store = Store::create(&database).await?;
    store.register_digests(config.slugs()).await?;
    let editor = said.and_then(|said| said.editor);
    if let Some((email, name)) = &editor {
        let name = Some(name.clone()).filter(|name| !name.is_empty());
        let wish = EditorWish { name, role: Some(Role::Operator), locale: None };
        Office::new(store.clone(), Arc::new(config)).await?.add_editor(BY, email, &wish).await?;
    }
    store.close().await;
    let record = InitRecord { config: path.to_owned(), config_written: is_new, database: database.clone() };
    Output::new(cli.json).show(&record, || {
        let wrote = match (is_new, args.ask) {
            (true, true) => "written; it is the manual of all other options, too",
            (true, false) => "written; read it and make it yours",
            (false, _) => "there already; left as it is",
        };
        let editor = editor.map(|(email, _)| format!("{email}: editor.\n")).unwrap_or_default();
        format!(
            "{}: {wrote}.\n{}: the database is ready.\n{editor}Next: `kalends check`, then `kalends serve`.\n",
            path.display(),
            database.display()
        )
    })
}

/// What somebody at the terminal says of the office.
async fn asked(path: &Path) -> Result<Said, Failure> {
    if !may_ask() {
        let said =
            "init --ask asks somebody at a terminal, and nobody is there: `kalends init` writes a file to fill in";
        return Err(Failure::Usage(said.into()));
    }
    if path.exists() {
        let path = path.display();
        return Err(Failure::failed(format!(
            "{path} is there already, and stays as it is: change it there, or name another with --config"
        )));
    }
    expect_writable(path)?;
    ask::converse(path).await
}

/// Who could not write the answers is asked nothing.
fn expect_writable(path: &Path) -> Done {
    let here = Path::new(".");
    let above = path.ancestors().skip(1).map(|folder| if folder.as_os_str().is_empty() { here } else { folder });
    let Some(folder) = above.into_iter().find(|folder| folder.exists()) else { return Ok(()) };
    access(folder, Access::WRITE_OK | Access::EXEC_OK).map_err(|error| cant_write(path, &error.into()))
}

/// Writes the password and the configuration, or neither.
fn write_said(path: &Path, said: &Said) -> Result<bool, Failure> {
    let Some((file, password)) = &said.password else { return expect_new(path, &said.text) };
    make_folder(file)?;
    let secret = File::options().write(true).create_new(true).mode(0o600).open(file);
    let mut secret = secret.map_err(|error| cant_write(file, &error))?;
    let written = writeln!(secret, "{}", password.expose_secret());
    let written = written.map_err(|error| cant_write(file, &error)).and_then(|()| expect_new(path, &said.text));
    if written.is_err() {
        let _ = std::fs::remove_file(file);
    }
    written
}

/// Writes a file that was not there a moment ago.
fn expect_new(path: &Path, text: &str) -> Result<bool, Failure> {
    match write_new(path, text)? {
        true => Ok(true),
        false => Err(Failure::failed(format!("{} came to be meanwhile; nothing was written", path.display()))),
    }
}

/// Writes a file that is not there yet; false if it is.
fn write_new(path: &Path, text: &str) -> Result<bool, Failure> {
    make_folder(path)?;
    match File::create_new(path) {
        Ok(mut file) => file.write_all(text.as_bytes()).map(|()| true).map_err(|error| cant_write(path, &error)),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(cant_write(path, &error)),
    }
}

fn make_folder(file: &Path) -> Done {
    match file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => std::fs::create_dir_all(folder).map_err(|error| cant_write(file, &error)),
        None => Ok(()),
    }
}

fn cant_write(path: &Path, error: &std::io::Error) -> Failure {
    Failure::failed(format!("can't write {}: {error}", path.display()))
}
