//! A configuration that the daemon has, and where it was read.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::{Change, Config, ConfigError, Settings, default_file, found_file};

/// A configuration that was read, or is in force.
pub struct Configuration {
    /// None: there was no file, and all is as by default.
    file: Option<PathBuf>,
    pub config: Arc<Config>,
    settings: Settings,
    /// What else the file says, and takes a new start.
    pub waiting: Vec<Change>,
}

impl Configuration {
    /// Reads `file` (without one, the default file if it is there) and the environment.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let file = file.or(found_file());
        let (config, settings) = Config::load_with_settings(file)?;
        Ok(Self { file: file.map(Path::to_owned), config: Arc::new(config), settings, waiting: Vec::new() })
    }

    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// The files that it is made of. Where there was none, one may come.
    pub fn files(&self) -> Vec<PathBuf> {
        let file = self.file().unwrap_or(default_file());
        [file.to_owned()].into_iter().chain(self.config.files()).collect()
    }

    /// As JSON, for other processes.
    pub fn settings_as_json(&self) -> String {
        serde_json::to_string(&self.settings).unwrap_or_else(|_| "{}".into())
    }

    /// This one as it comes into force after `old` while the daemon runs, and what changes then.
    pub fn after(self, old: &Self) -> (Self, Vec<Change>) {
        let Self { file, config, mut settings, .. } = self;
        let (waiting, changes) =
            Settings::changes(&old.settings, &settings).into_iter().partition(Change::takes_a_new_start);
        settings.keep_from_start(&old.settings);
        let config = Arc::new(config.as_ref().clone().kept_from_start(&old.config));
        (Self { file, config, settings, waiting }, changes)
    }
}
