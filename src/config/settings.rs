//! What is in force, option by option, and where each value comes from. It can be shown to anybody who runs kalends: what
//! is secret is not in it, only a fingerprint that stays in memory, so that a change of it is seen nonetheless.

use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use toml::de::DeValue;

use super::manual::{self, Given, OPTIONS};
use super::origin::{Origin, Origins, Step, header};
use super::place::path_in;
use super::source::{give_names, told};
use super::{Config, Logo, webhook};
use crate::domain::text;

mod changes;

pub use changes::{Change, Changed};

/// All options there are, in the manual's order, each table of a list by itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Settings {
    /// What complaints call the file; none if there is none, and what `init` would write is in force.
    pub file: Option<String>,
    pub list: Vec<Setting>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Setting {
    /// As in `[mail]`, `[[digest]]`.
    pub table: String,
    /// What tells tables of a list apart: a digest's slug, a source's name, else its place from 1. Of a list that is empty
    /// none: nothing in it is in force.
    pub item: Option<String>,
    pub key: String,
    /// In TOML; none if nothing is set, or if it is secret.
    pub value: Option<String>,
    /// Whether it is set and not shown.
    #[serde(default)]
    pub is_secret: bool,
    pub origin: Whence,
    /// The file that it names.
    #[serde(skip)]
    path: Option<PathBuf>,
    /// Of all of its value.
    #[serde(skip)]
    fingerprint: Option<Fingerprint>,
    /// Of what stands in the file.
    #[serde(skip)]
    content: Option<Fingerprint>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whence {
    Default,
    /// Of the file, from 1.
    Line(usize),
    /// An environment variable.
    Variable(String),
}

impl fmt::Display for Whence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Line(line) => write!(f, "line {line}"),
            Self::Variable(name) => f.write_str(name),
        }
    }
}

/// Tells whether two texts are the same, and nothing else about them.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Fingerprint([u8; 32]);

impl Fingerprint {
    fn of(octets: &[u8]) -> Self {
        Self(Sha256::digest(octets).into())
    }

    /// Of a file as it is now; what can't be read has one, too.
    fn of_file(path: &Path) -> Self {
        const MOST: u64 = 64 << 20;
        let read = || {
            let mut octets = Vec::new();
            // A pipe would be waited for.
            if !path.metadata()?.is_file() {
                return Err(std::io::ErrorKind::InvalidInput.into());
            }
            std::fs::File::open(path)?.take(MOST).read_to_end(&mut octets)?;
            Ok(octets)
        };
        match read() {
            Ok(octets) => Self::of(&[b"read", &octets[..]].concat()),
            Err(error) => Self::of(format!("{:?}", std::io::Error::kind(&error)).as_bytes()),
        }
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl Setting {
    /// As in `[mail] from`, `[[digest]] weekly schedule`.
    pub fn name(&self) -> String {
        format!("{} {}", self.place(), self.key)
    }

    /// The table, as in `[mail]`, `[[digest]] weekly`.
    pub fn place(&self) -> String {
        place(&self.table, self.item.as_deref())
    }

    /// Its value as JSON has it.
    pub fn json(&self) -> serde_json::Value {
        let table = self.value.as_deref().and_then(|value| format!("value = {value}").parse::<toml::Table>().ok());
        let value = table.and_then(|mut table| table.remove("value"));
        value.and_then(|value| serde_json::to_value(value).ok()).unwrap_or_default()
    }

    /// Whether it belongs to a list that has nothing in it.
    pub fn is_of_empty_list(&self) -> bool {
        self.item.is_none() && self.table.starts_with("[[")
    }
}

fn place(table: &str, item: Option<&str>) -> String {
    item.map_or_else(|| table.to_owned(), |item| format!("{table} {item}"))
}

impl Settings {
    /// Of a configuration in which nothing is wrong.
    pub(super) fn of(config: &Config, given: &[Given<'_, '_>], origins: &Origins, file: Option<&str>) -> Self {
        let mut list = Vec::new();
        let mut tables: Vec<Vec<&str>> =
            OPTIONS.iter().map(|known| known.table.iter().map(String::as_str).collect()).collect();
        tables.dedup();
        tables.extend(given.iter().map(|given| given.table.clone()));
        for (at, table) in tables.iter().enumerate() {
            if tables[..at].contains(table) {
                continue;
            }
            let here: Vec<&Given<'_, '_>> = given.iter().filter(|given| given.table == *table).collect();
            let mut items: Vec<Option<usize>> = here.iter().map(|given| given.item).collect();
            items.sort_unstable();
            items.dedup();
            if items.is_empty() {
                items.push(None);
            }
            for item in items {
                let own = |given: &&&Given<'_, '_>| given.item == item;
                let set = |given: &Given<'_, '_>| setting_of(config, given, origins, file);
                let is_list = item.is_some() || manual::is_list(table);
                let header = header(table, is_list);
                let known = OPTIONS.iter().filter(|known| known.table == *table);
                for known in known.clone() {
                    let found = here.iter().filter(own).find(|given| given.key == known.key);
                    let unset = || {
                        let default = known.default.clone().filter(|_| item.is_some() || !is_list);
                        unset(&header, item_name(config, table, item), &known.key, default)
                    };
                    list.push(found.map_or_else(unset, |given| set(given)));
                }
                let unknown = here.iter().filter(own).filter(|given| known.clone().all(|known| known.key != given.key));
                list.extend(unknown.map(|given| set(given)));
            }
        }
        Self { file: file.map(str::to_owned), list }
    }

    /// The configuration that they say, but for what is secret: to see by, not to send by.
    pub fn config(&self) -> Option<Config> {
        let (mut text, mut last) = (String::new(), None);
        for setting in self.list.iter().filter(|setting| !setting.is_of_empty_list()) {
            let Some(value) = &setting.value else { continue };
            if last.as_ref() != Some(&setting.place()) {
                text += &format!("{}\n", setting.table);
                last = Some(setting.place());
            }
            text += &format!("{} = {value}\n", setting.key);
        }
        let mut config: Config = toml::from_str(&text).ok()?;
        give_names(&mut config.sources);
        Some(config)
    }

    /// Reads the files that it names, so that a change in one is seen.
    pub(super) fn look_at_files(&mut self) {
        for setting in &mut self.list {
            setting.content = setting.path.as_deref().map(Fingerprint::of_file);
        }
    }
}

/// One that somebody gave.
fn setting_of(config: &Config, given: &Given<'_, '_>, origins: &Origins, file: Option<&str>) -> Setting {
    let keys = given.table.iter().map(|key| Step::Key((*key).to_owned()));
    let way: Vec<Step> = keys.chain(given.item.map(Step::Item)).chain([Step::Key(given.key.to_owned())]).collect();
    let origin = match origins.of(&way) {
        Some(Origin::Variable(name)) => Whence::Variable(name.clone()),
        Some(Origin::Line(line)) if file.is_some() => Whence::Line(*line),
        _ => Whence::Default,
    };
    let (value, is_secret) = (given.value.get_ref(), is_secret(given.key));
    let is_list = given.item.is_some() || manual::is_list(&given.table);
    Setting {
        table: header(&given.table, is_list),
        item: item_name(config, &given.table, given.item),
        key: given.key.to_owned(),
        value: (!is_secret).then(|| written(value, if given.table == ["webhook"] { &server_alone } else { &shown })),
        is_secret,
        origin,
        path: value
            .as_str()
            .filter(|text| names_file(&given.table, given.key, text))
            .map(|path| path_in(Path::new(file.unwrap_or_default()), Path::new(path))),
        fingerprint: Some(Fingerprint::of(written(value, &str::to_owned).as_bytes())),
        content: None,
    }
}

/// One that nobody gave.
fn unset(header: &str, item: Option<String>, key: &str, default: Option<String>) -> Setting {
    Setting {
        table: header.to_owned(),
        item,
        key: key.to_owned(),
        fingerprint: Some(Fingerprint::of(default.as_deref().unwrap_or_default().as_bytes())),
        value: default,
        is_secret: false,
        origin: Whence::Default,
        path: None,
        content: None,
    }
}

/// What a table of a list is called.
fn item_name(config: &Config, table: &[&str], item: Option<usize>) -> Option<String> {
    let item = item?;
    let name = match table {
        ["digest"] => config.digests.get(item).map(|digest| digest.slug.as_str().to_owned()),
        ["source"] => config.sources.get(item).map(|source| source.name().to_owned()),
        ["webhook"] => config.webhooks.get(item).map(|webhook| webhook.name.to_string()),
        _ => None,
    };
    Some(name.unwrap_or_else(|| (item + 1).to_string()))
}

/// Whether nothing at all may be shown of an option.
fn is_secret(key: &str) -> bool {
    ["password", "secret", "token", "ping"].iter().any(|word| key == *word || key.ends_with(&format!("_{word}")))
}

fn names_file(table: &[&str], key: &str, value: &str) -> bool {
    let is_logo = table == ["look"] && key == "logo" && matches!(value.parse(), Ok(Logo::File { .. }));
    is_logo || key.ends_with("_file")
}

/// What may be shown of a text: of an address what gives no way in.
fn shown(value: &str) -> String {
    const SCHEMES: [&str; 8] = ["http", "https", "webcal", "webcals", "imap", "imaps", "smtp", "smtps"];
    match value.trim().parse::<url::Url>() {
        // Whose mailbox it is, is no secret.
        Ok(url) if ["imap", "imaps"].contains(&url.scheme()) && url.password().is_none() => value.to_owned(),
        Ok(url) if SCHEMES.contains(&url.scheme()) => told(value, &url),
        _ => text::without_logins(value),
    }
}

/// The address of a webhook is a secret as a whole.
fn server_alone(value: &str) -> String {
    value.trim().parse().map_or_else(|_| shown(value), |url| webhook::told(&url))
}

/// In TOML, in one line; texts as `shown` tells them.
fn written(value: &DeValue<'_>, shown: &dyn Fn(&str) -> String) -> String {
    match value {
        DeValue::String(text) => quoted(&shown(text)),
        DeValue::Integer(number) => number.to_string(),
        DeValue::Float(number) => number.to_string(),
        DeValue::Boolean(flag) => flag.to_string(),
        DeValue::Datetime(moment) => moment.to_string(),
        DeValue::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| written(item.get_ref(), shown)).collect();
            format!("[{}]", items.join(", "))
        }
        DeValue::Table(entries) => {
            let entries: Vec<String> = entries
                .iter()
                .map(|(key, value)| format!("{} = {}", key_of(key.get_ref()), written(value.get_ref(), shown)))
                .collect();
            if entries.is_empty() { "{}".into() } else { format!("{{ {} }}", entries.join(", ")) }
        }
    }
}

fn key_of(key: &str) -> String {
    let is_bare = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    if is_bare { key.to_owned() } else { quoted(key) }
}

/// TOML's basic strings are JSON's.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

impl Config {
    /// The files that it names: passwords, keys, certificates, the logo.
    pub fn files(&self) -> Vec<PathBuf> {
        let relays = self.mail.relays.iter().flat_map(|relay| [&relay.password_file, &relay.ca_file]).flatten();
        let keys = self.mail.dkim.iter().map(|key| &key.key_file);
        let logo = self.look.logo.as_ref().map(Logo::files).unwrap_or_default();
        let secrets = self.webhooks.iter().filter_map(|webhook| webhook.secret_file.as_ref());
        let bounce = &self.bounce;
        let oauth = bounce.oauth.as_ref().map(|oauth| &oauth.client_secret_file);
        let mailbox = [&bounce.password_file, &bounce.ca_file].into_iter().flatten().chain(oauth);
        let hooks = bounce.hooks.files().map(Path::to_owned);
        relays.chain(keys).chain(secrets).chain(mailbox).cloned().chain(logo).chain(hooks).collect()
    }
}

#[cfg(test)]
mod tests;
