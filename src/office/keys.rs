//! Keys that sign mail (DKIM). They are files beside the configuration, and no act of any database.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

pub use crate::mail::dkim::key::KeyType;

use super::{Error, Result};
use crate::config::Config;
use crate::domain::dns::{Record, RecordType};
use crate::domain::refused::{Noun, Refused};
use crate::mail::dkim::Signer;
use crate::mail::dkim::key::{Key, generate};
use crate::shape::setup::KeyRecord;

/// Which key is meant, or made.
pub struct KeyWish {
    pub kind: KeyType,
    /// Of RSA.
    pub bits: u16,
    /// Its name among the domain's keys; none: one after its kind.
    pub selector: Option<String>,
    pub domain: String,
    pub file: PathBuf,
}

impl KeyWish {
    fn selector(&self) -> &str {
        match (&self.selector, self.kind) {
            (Some(selector), _) => selector,
            (None, KeyType::Rsa) => "kalends",
            (None, KeyType::Ed25519) => "kalends-ed25519",
        }
    }
}

/// A private key, and what is to be done with it.
pub struct KeyFile {
    pub record: KeyRecord,
    /// Such as `RSA, 2048 bits`.
    pub description: String,
}

/// Those of the configuration.
pub fn configured(config: &Config) -> Result<Vec<KeyFile>> {
    let signer = Signer::new(&config.mail).map_err(Error::Failed)?;
    let files = config.mail.dkim.iter().map(|key| key.key_file.as_path());
    Ok(signer.keys().iter().zip(files).map(|(key, file)| KeyFile::of(key, file)).collect())
}

/// One that is there already.
pub fn read(wish: &KeyWish) -> Result<KeyFile> {
    let key = Key::read_file(&wish.file, &wish.domain, wish.selector()).map_err(Error::Failed)?;
    Ok(KeyFile::of(&key, &wish.file))
}

/// Makes one. What is there is never overwritten.
pub fn make(wish: &KeyWish) -> Result<KeyFile> {
    let file = wish.file.display();
    if wish.file.exists() {
        let refused = Refused::conflict(format!("{file} is there already and is not overwritten"));
        return Err(refused.about(Noun::Key, &file).into());
    }
    let pem = generate(wish.kind, wish.bits).map_err(Refused::invalid)?;
    write_secret(&wish.file, &pem).map_err(|e| Error::Failed(format!("can't write {file}: {e}")))?;
    read(wish)
}

/// Writes a file that only its owner may read and that is not there yet.
fn write_secret(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    let mut open = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    open.write_all(text.as_bytes())?;
    open.sync_all()
}

impl KeyFile {
    fn of(key: &Key, path: &Path) -> Self {
        let record = Record { name: key.dns_name(), kind: RecordType::Txt, value: key.dns_value() };
        let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
        let config = format!(
            "[mail.dkim]\ndomain = {}\nselector = {}\nkey_file = {}\n",
            quoted(key.domain()),
            quoted(key.selector()),
            quoted(&path.display().to_string())
        );
        let record = KeyRecord { zone: record.zone_line(), record, key_file: path.to_owned(), config };
        Self { record, description: key.description() }
    }
}
