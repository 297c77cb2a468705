//! `kalends dkim-key`: makes a key that signs mail, and tells what to publish and to configure.

use std::path::PathBuf;

use clap::Args;

use super::output::Output;
use super::{Cli, Done, Failure};
use crate::config::{Config, DomainName, Selector};
use crate::office::keys::{self, KeyFile, KeyType, KeyWish};

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

pub fn run(cli: &Cli, args: &DkimKeyArgs) -> Done {
    let config = Config::load(cli.config.as_deref())?;
    let out = Output::new(cli.json);
    if args.show && args.out.is_none() {
        let keys = keys::configured(&config)?;
        let records: Vec<_> = keys.iter().map(|key| &key.record).collect();
        return out.show(&records, || match keys.is_empty() {
            true => "No key is configured: `kalends dkim-key` makes one.\n".into(),
            false => keys.iter().map(for_people).collect::<Vec<_>>().join("\n"),
        });
    }
    let wish = KeyWish {
        kind: args.kind,
        bits: args.bits,
        selector: args.selector.as_ref().map(ToString::to_string),
        domain: domain(&config, args)?,
        file: args.out.clone().unwrap_or_else(|| PathBuf::from(format!("config/dkim-{}.pem", args.kind))),
    };
    if args.show {
        let key = keys::read(&wish)?;
        return out.show(&[&key.record], || for_people(&key));
    }
    let key = keys::make(&wish)?;
    out.show(&key.record, || for_people(&key) + after(!config.mail.dkim.is_empty()))
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

fn for_people(key: &KeyFile) -> String {
    let record = &key.record;
    format!(
        "{}: the private key ({}). Keep it secret, and with your backups.\n\n\
         The DNS record to publish, for a form:\n\n  name   {}\n  type   TXT\n  value  {}\n\n\
         and for a zone file:\n\n{}\n\nIn the configuration:\n\n{}",
        record.key_file.display(),
        key.description,
        record.record.name,
        record.record.value,
        record.zone,
        record.config
    )
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
