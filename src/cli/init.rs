//! `kalends init`

use std::io::ErrorKind;
use std::path::Path;

use super::output::Output;
use super::{Cli, Done, Failure};
use crate::app::lock;
use crate::config::{Config, TEMPLATE};
use crate::office::checks::files;
use crate::shape::setup::InitRecord;
use crate::store::{self, Store};

pub async fn run(cli: &Cli) -> Done {
    let path = cli.config_file();
    let is_new = write_new(path, TEMPLATE)?;
    let config = Config::load(Some(path))?;
    let database = config.database.url.path();
    files::put_right(path, &config);
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
    store.register_digests(config.slugs()).await?;
    store.close().await;
    let record = InitRecord { config: path.to_owned(), config_written: is_new, database: database.to_owned() };
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
