//! `kalends dkim-key`: makes a key that signs mail, and tells what to publish and to configure.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use clap::Args;

use super::output::Output;
use super::{Cli, Done, Failure};
use crate::config::{Config, DomainName, Selector};
use crate::domain::dns::{Record, RecordType};
use crate::mail::dkim::Signer;
use crate::mail::dkim::key::{Key, KeyType, generate};
use crate::shape::setup::KeyRecord;

#[derive(Debug, Args)]
pub struct DkimKeyArgs {
    /// rsa, which every provider takes, or ed25519, which is quicker and shorter and some don't know yet
    #[arg(long = "type", value_name = "TYPE", default_value_t = KeyType::Rsa)]
    kind: KeyType,
    /// Of RSA: 2048, 3072 or 4096
    #[arg(long, default_value_t = 2048, conflicts_with = "show")]
    bits: u16,
    /// Which of the domain's keys it is: a name of its own for each [default: kalends, for Ed25519 kalends-ed25519]
    #[arg(long)]
    selector: Option<Selector>,
    /// [default: the domain of the sender]
    #[arg(long)]
    domain: Option<DomainName>,
    /// Where the private key is written; what is there is never overwritten [default: config/dkim-TYPE.pem]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Make nothing: print the records of the keys in the configuration, or of the one in --out
    #[arg(long)]
    show: bool,
}

/// A key, and what it is.
struct KeyFile {
    record: KeyRecord,
    what: String,
}

pub fn run(cli: &Cli, args: &DkimKeyArgs) -> Done {
    let config = Config::load(cli.config.as_deref())?;
    let out = Output::new(cli.json);
    if args.show && args.out.is_none() {
        let signer = Signer::new(&config.mail).map_err(Failure::failed)?;
        let files = config.mail.dkim.iter().map(|key| key.key_file.as_path());
        let keys: Vec<_> = signer.keys().iter().zip(files).map(|(key, file)| KeyFile::of(key, file)).collect();
        let records: Vec<_> = keys.iter().map(|key| &key.record).collect();
        return out.show(&records, || match keys.is_empty() {
            true => "No key is configured: `kalends dkim-key` makes one.\n".into(),
            false => keys.iter().map(KeyFile::for_people).collect::<Vec<_>>().join("\n"),
        });
    }
    let domain = domain(&config, args)?;
    let default_selector = match args.kind {
        KeyType::Rsa => "kalends",
        KeyType::Ed25519 => "kalends-ed25519",
    };
    let selector = args.selector.as_ref().map_or(default_selector, Selector::as_str);
    let path = args.out.clone().unwrap_or_else(|| PathBuf::from(format!("config/dkim-{}.pem", args.kind)));
    if !args.show {
        write_secret(&path, || generate(args.kind, args.bits).map_err(Failure::Usage))?;
    }
    let key = Key::read_file(&path, &domain, selector).map_err(Failure::failed)?;
    let key = KeyFile::of(&key, &path);
    let is_second = !args.show && !config.mail.dkim.is_empty();
    match args.show {
        true => out.show(&[&key.record], || key.for_people()),
        false => out.show(&key.record, || key.for_people() + after(is_second)),
    }
}

fn domain(config: &Config, args: &DkimKeyArgs) -> Result<String, Failure> {
    match &args.domain {
        Some(domain) => Ok(domain.to_string()),
        None if config.has_example_sender() => Err(Failure::Usage(
            "[mail] from still is the example's address: set your own first, or say --domain".into(),
        )),
        None => Ok(config.mail.from.address.domain().to_owned()),
    }
}

/// Writes a file that only its owner may read and that is not there yet.
fn write_secret(path: &Path, make: impl FnOnce() -> Result<String, Failure>) -> Done {
    let file = path.display();
    if path.exists() {
        return Err(Failure::failed(format!(
            "{file} is there already and is not overwritten: name another file with --out, or see its record with --show"
        )));
    }
    let pem = make()?;
    let failed = |e: std::io::Error| Failure::failed(format!("can't write {file}: {e}"));
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut open = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(failed)?;
    open.write_all(pem.as_bytes()).and_then(|()| open.sync_all()).map_err(failed)
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
        Self { record, what: key.description() }
    }

    fn for_people(&self) -> String {
        format!(
            "{}: the private key ({}). Keep it secret, and with your backups.\n\n\
             The DNS record to publish, for a form:\n\n  name   {}\n  type   TXT\n  value  {}\n\n\
             and for a zone file:\n\n{}\n\nIn the configuration:\n\n{}",
            self.record.key_file.display(),
            self.what,
            self.record.record.name,
            self.record.record.value,
            self.record.zone,
            self.record.config
        )
    }
}

/// What to do with a new key.
fn after(is_second: bool) -> &'static str {
    match is_second {
        false => "\nPublish the record first, see with `kalends check` that it is found, then start the daemon anew.\n",
        true => {
            "\nA key is configured already. For a signature of each write [[mail.dkim]] in place of [mail.dkim], twice; to \
             change over, publish this record, wait a day, then put these lines in place of the old ones.\n"
        }
    }
}
