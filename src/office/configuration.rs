//! The configuration: what the file and the environment say, what the daemon goes by, and why the two differ. Nothing of
//! it needs a database that can be opened, nor a file that is right.

use std::path::Path;
use std::sync::Arc;

use super::{Error, Office, Result as Answer};
use crate::config::{Change, Changed, Config, Setting, Settings, Whence};
use crate::shape::configuration::{
    ConfigurationRecord, DaemonConfigurationRecord, DifferenceRecord, OriginWord, SettingRecord, WhyWord,
};
use crate::store::{self, Daemon, Store, is_served};

/// What is known of the configuration.
#[derive(Debug, Clone)]
pub struct Standing {
    /// What the file and the environment say, or what is wrong with it, a sentence each.
    pub file: Result<Settings, Vec<String>>,
    /// None if no daemon runs on the database.
    pub daemon: Option<Running>,
}

/// The daemon that runs.
#[derive(Debug, Clone)]
pub struct Running {
    pub daemon: Daemon,
    /// What it goes by; none if it is of a version that tells it otherwise.
    pub settings: Option<Settings>,
    /// Where the file differs. Secrets, and what stands in files, can't be compared from outside.
    pub differences: Vec<Difference>,
}

/// An option that the daemon has otherwise.
#[derive(Debug, Clone)]
pub struct Difference {
    pub change: Change,
    pub why: Why,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// The daemon could not take over what the file says.
    Refused,
    /// It opens this at its start.
    TakesANewStart,
    /// This variable is set for one of the two alone.
    Environment(String),
    /// It has not come to it, and will.
    NotYet,
}

impl Office {
    /// What the file says now, and what the daemon goes by.
    pub async fn standing(&self) -> Answer<Standing> {
        let (file, _) = self.file_as_it_is().await?;
        Ok(Standing::look(file, &self.store).await?)
    }

    /// What the file that the daemon reads says now, or what is wrong with it.
    pub(super) async fn file_as_it_is(&self) -> Answer<(Result<Settings, Vec<String>>, Option<Arc<Config>>)> {
        let told = self.store.daemon().await?;
        let told = told.and_then(|daemon| serde_json::from_str::<Settings>(&daemon.settings).ok());
        let file = told.and_then(|settings| settings.file);
        let read = move || Config::load_with_settings(file.as_deref().map(Path::new));
        let read = tokio::task::spawn_blocking(read).await.map_err(|error| Error::Failed(error.to_string()))?;
        Ok(match read {
            Ok((config, settings)) => (Ok(settings), Some(Arc::new(config))),
            Err(error) => (Err(error.sentences()), None),
        })
    }
}

impl Standing {
    /// Of the file as it was read, and of the daemon as it tells.
    pub async fn look(file: Result<Settings, Vec<String>>, store: &Store) -> store::Result<Self> {
        let daemon = match is_served(store.path()) {
            true => store.daemon().await?,
            false => None,
        };
        Ok(Self::of(file, daemon))
    }

    /// `daemon` runs.
    pub fn of(file: Result<Settings, Vec<String>>, daemon: Option<Daemon>) -> Self {
        let daemon = daemon.map(|daemon| {
            let settings: Option<Settings> = serde_json::from_str(&daemon.settings).ok();
            let differences = match (&settings, &file) {
                (Some(settings), Ok(file)) => differences(settings, file, daemon.refused.is_some()),
                _ => Vec::new(),
            };
            Running { daemon, settings, differences }
        });
        Self { file, daemon }
    }

    pub fn record(&self) -> ConfigurationRecord {
        let (file, wrong, settings) = match &self.file {
            Ok(settings) => (settings.file.clone(), Vec::new(), records(settings)),
            Err(wrong) => (None, wrong.clone(), Vec::new()),
        };
        ConfigurationRecord { file, wrong, settings, daemon: self.daemon.as_ref().map(Running::record) }
    }
}

impl Running {
    pub fn difference_records(&self) -> Vec<DifferenceRecord> {
        self.differences.iter().map(Difference::record).collect()
    }

    fn record(&self) -> DaemonConfigurationRecord {
        let refused = self.daemon.refused.as_ref();
        DaemonConfigurationRecord {
            version: self.daemon.version.clone(),
            started_at: self.daemon.started_at,
            taken_at: self.daemon.taken_at,
            refused_at: refused.map(|refused| refused.since),
            refused: refused.map(|refused| refused.sentences.clone()).unwrap_or_default(),
            differences: self.difference_records(),
            file: self.settings.as_ref().and_then(|settings| settings.file.clone()),
            settings: self.settings.as_ref().map(records).unwrap_or_default(),
        }
    }
}

impl Difference {
    /// Why the daemon has it otherwise, and what becomes of it.
    pub fn because(&self) -> String {
        match &self.why {
            Why::Refused => "could not be taken over".into(),
            Why::TakesANewStart => "waits for the daemon's next start".into(),
            Why::Environment(name) => format!("{name} is not the same where the daemon runs and here"),
            Why::NotYet => "is not taken over yet".into(),
        }
    }

    fn record(&self) -> DifferenceRecord {
        let (daemon, file) = match &self.change.what {
            Changed::Value { old, new } => (old.clone(), new.clone()),
            _ => (None, None),
        };
        DifferenceRecord {
            option: self.change.option.clone(),
            daemon,
            file,
            why: match self.why {
                Why::Refused => WhyWord::Refused,
                Why::TakesANewStart => WhyWord::NewStart,
                Why::Environment(_) => WhyWord::Environment,
                Why::NotYet => WhyWord::NotYet,
            },
            message: format!("{}; {}", self.change, self.because()),
        }
    }
}

fn differences(daemon: &Settings, file: &Settings, is_refused: bool) -> Vec<Difference> {
    let why = |change: &Change| {
        let variable = |settings: &Settings| {
            let found = settings.list.iter().find(|setting| setting.name() == change.option)?;
            if let Whence::Variable(name) = &found.origin { Some(name.clone()) } else { None }
        };
        match (variable(daemon), variable(file)) {
            (Some(name), _) | (None, Some(name)) => Why::Environment(name),
            _ if change.takes_a_new_start() => Why::TakesANewStart,
            _ if is_refused => Why::Refused,
            _ => Why::NotYet,
        }
    };
    let changes = Settings::changes(daemon, file).into_iter();
    changes.map(|change| Difference { why: why(&change), change }).collect()
}

fn records(settings: &Settings) -> Vec<SettingRecord> {
    settings.list.iter().map(record).collect()
}

fn record(setting: &Setting) -> SettingRecord {
    let (origin, line, variable) = match &setting.origin {
        Whence::Default => (OriginWord::Default, None, None),
        Whence::Line(line) => (OriginWord::File, Some(*line), None),
        Whence::Variable(name) => (OriginWord::Environment, None, Some(name.clone())),
    };
    SettingRecord { option: setting.name(), value: setting.json(), secret: setting.is_secret, origin, line, variable }
}
