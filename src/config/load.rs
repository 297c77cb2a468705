//! Reading the configuration: a TOML file, then the environment over it. What is wrong is told all at once, each with its
//! place.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::judge::judge;
use super::manual::given;
use super::origin::{Complaint, Origin, Origins};
use super::place::{default_file, found_file};
use super::source::give_names;
use super::tree::Tree;
use super::{Config, Settings, TEMPLATE};
use crate::private;

/// Environment variables that begin with this override the file: `KALENDS_MAIL__FROM` is `from` in `[mail]`.
const ENVIRONMENT_PREFIX: &str = "KALENDS_";
/// Those that speak to the program itself and name no key.
const ENVIRONMENT_OTHERS: [&str; 2] = ["KALENDS_CONFIG", "KALENDS_LOG"];

#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{0}")]
    Unreadable(String),
    /// By their places: lines of the file, then variables. A line each.
    #[error("{}", .0.iter().map(Complaint::to_string).collect::<Vec<_>>().join("\n"))]
    Wrong(Vec<Complaint>),
}

impl ConfigError {
    /// One sentence for each thing that is wrong.
    pub fn sentences(&self) -> Vec<String> {
        match self {
            Self::Unreadable(sentence) => vec![sentence.clone()],
            Self::Wrong(complaints) => complaints.iter().map(Complaint::to_string).collect(),
        }
    }
}

impl Config {
    /// Reads `path` (without one, the default file if it is there) and the environment.
    pub fn load(path: Option<&Path>) -> Result<Self, ConfigError> {
        let (path, text) = found(path)?;
        Self::parse(&path.display().to_string(), text.as_deref().unwrap_or(TEMPLATE), environment()?)
    }

    /// The same, and option by option what is in force because of it. The files that it names are read, too.
    pub fn load_with_settings(path: Option<&Path>) -> Result<(Self, Settings), ConfigError> {
        let (path, text) = found(path)?;
        let (name, environment) = (path.display().to_string(), environment()?);
        let (config, tree, origins) = parse(&name, text.as_deref().unwrap_or(TEMPLATE), &environment)?;
        let mut settings = Settings::of(&config, &given(tree.root()), &origins, text.is_some().then_some(&name));
        settings.look_at_files();
        Ok((config, settings))
    }

    /// Where the database is, by what can be read: also if something else in the file is wrong, or all of it.
    pub fn database_path(path: Option<&Path>) -> PathBuf {
        let text = found(path).ok().and_then(|(_, text)| text);
        let environment = environment().unwrap_or_default();
        let mut origins = Origins::new("");
        let mut tree = tree_of(text.as_deref().unwrap_or_default(), &environment, &mut origins);
        let mut config = tree.config(&mut origins);
        config.place(path.unwrap_or(default_file()));
        config.database.url.path().to_owned()
    }

    /// `name` is what errors call the file.
    pub fn parse(name: &str, text: &str, mut environment: Vec<(String, String)>) -> Result<Self, ConfigError> {
        environment.sort();
        Ok(parse(name, text, &environment)?.0)
    }
}

pub(super) fn parse<'t>(
    name: &str,
    text: &'t str,
    environment: &'t [(String, String)],
) -> Result<(Config, Tree<'t>, Origins), ConfigError> {
    let mut origins = Origins::new(name);
    let mut tree = tree_of(text, environment, &mut origins);
    let mut config = tree.config(&mut origins);
    config.place(Path::new(name));
    config.site.base_url.below(&config.http.base_path);
    judge(&config, &mut origins);
    give_names(&mut config.sources);
    match origins.count() {
        0 => Ok((config, tree, origins)),
        _ => Err(ConfigError::Wrong(origins.into_complaints())),
    }
}

/// The values of the file, and those of the environment over them.
fn tree_of<'t>(text: &'t str, environment: &'t [(String, String)], origins: &mut Origins) -> Tree<'t> {
    let mut tree = Tree::read(text, origins);
    for (variable, value) in environment {
        let keys: Vec<String> =
            variable[ENVIRONMENT_PREFIX.len()..].to_lowercase().split("__").map(str::to_owned).collect();
        match keys.iter().any(String::is_empty) {
            true => origins.complain_of(
                Some(Origin::Variable(variable.clone())),
                "it names no option: write one such as KALENDS_MAIL__FROM",
            ),
            false => tree.set(&keys, variable, value, origins),
        }
    }
    tree
}

/// The file and what stands in it; none of the default one if it is not there, and what `init` would write is meant.
fn found(path: Option<&Path>) -> Result<(&Path, Option<String>), ConfigError> {
    match path.or(found_file()) {
        Some(path) => Ok((path, Some(read(path)?))),
        None => Ok((default_file(), None)),
    }
}

fn read(path: &Path) -> Result<String, ConfigError> {
    let octets = std::fs::read(path).map_err(|e| match e.kind() {
        ErrorKind::PermissionDenied => ConfigError::Unreadable(private::not_ours(path)),
        _ => ConfigError::Unreadable(format!("can't read {}: {e}; `kalends init` writes one", path.display())),
    })?;
    let text = String::from_utf8(octets);
    text.map_err(|_| ConfigError::Unreadable(format!("{} is not UTF-8: save it as UTF-8", path.display())))
}

/// The variables that are ours. What others are called and hold is no matter of ours, and may be no text.
pub(super) fn environment() -> Result<Vec<(String, String)>, ConfigError> {
    let names = std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value)));
    let ours =
        names.filter(|(name, _)| name.starts_with(ENVIRONMENT_PREFIX) && !ENVIRONMENT_OTHERS.contains(&name.as_str()));
    let texts = ours.map(|(name, value)| match value.into_string() {
        Ok(value) => Ok((name, value)),
        Err(_) => Err(ConfigError::Unreadable(format!("the environment variable {name}: it is not UTF-8"))),
    });
    let mut texts = texts.collect::<Result<Vec<_>, _>>()?;
    // What is within a table comes after the table.
    texts.sort();
    Ok(texts)
}

#[cfg(test)]
mod tests;
