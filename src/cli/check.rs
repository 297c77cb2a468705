//! `kalends check`

use super::long::long;
use super::output::{Output, table};
use super::{Cli, Done, Failure};
use crate::config::Config;
use crate::domain::dns::Record;
use crate::office::checks::{self, Advice, Finding, Reach};
use crate::progress::Progress;
use crate::shape::finding::{FindingRecord, Severity};
use crate::store::Store;

/// Also where the configuration can't be read, or the database can't be opened.
pub async fn run(cli: &Cli) -> Done {
    let (out, progress) = (Output::new(cli.json), Progress::watched());
    let findings = long(&progress, &out, "not all was tried", async { Ok::<_, Failure>(found(cli, &progress).await) });
    let findings: Vec<_> = findings.await?.into_iter().map(record).collect();
    let failed = findings.iter().any(|finding| finding.status == Severity::Error);
    out.show(&findings, || {
        let rows =
            findings.iter().map(|f| vec![f.status.as_str().to_owned(), f.check.clone(), f.message.clone()]).collect();
        table(&["", "CHECK", "RESULT"], rows) + &zone_lines(&findings)
    })?;
    if failed { Err(Failure::Reported) } else { Ok(()) }
}

async fn found(cli: &Cli, progress: &Progress) -> Vec<Finding> {
    match Config::load(cli.config.as_deref()) {
        Err(error) => {
            let store = Store::open(&Config::database_path(cli.config.as_deref())).await.ok();
            checks::of_wrong_file(error.sentences(), store.as_ref()).await
        }
        Ok(config) => {
            let store = Store::open(config.database.url.path()).await;
            checks::findings(cli.config_file(), &config, store.as_ref(), Reach::Whole, progress).await
        }
    }
}

fn record(finding: Finding) -> FindingRecord {
    let message = match finding.advice.as_ref().map(in_words) {
        Some(words) => format!("{}: {words}", finding.message),
        None => finding.message,
    };
    FindingRecord { check: finding.check, status: finding.status, message, record: finding.record }
}

/// What to do, in words of this terminal.
pub(super) fn in_words(advice: &Advice) -> String {
    match advice {
        Advice::MakeDatabase => "make one with `kalends init`".into(),
        Advice::UpdateDatabase => {
            "stop that one's daemon, copy the database with `kalends backup` of then, and start `kalends serve`, which \
             brings it up to date (`kalends init` does too)"
                .into()
        }
        Advice::GoBack(copy) => {
            format!("or go back to before that with `kalends restore {}`, a copy made then", copy.display())
        }
        Advice::Restore(copy, made_at) => {
            format!("`kalends restore {}` puts back the last good copy, of {made_at}", copy.display())
        }
        Advice::ActAs(user) => format!("run it as the daemon's user (sudo -u {user} kalends …)"),
        Advice::CloseFile(path) => {
            format!("`kalends serve` puts right what is its user's own; else say chmod o= {}", path.display())
        }
        Advice::MakeKey => "`kalends dkim-key` makes a key".into(),
        Advice::HandBouncesOver => "the mail server must run `kalends bounce` for them".into(),
        Advice::Believe(name) => super::source::believe(name),
    }
}

/// The records to publish, as lines of a zone file.
fn zone_lines(findings: &[FindingRecord]) -> String {
    let lines: Vec<_> = findings.iter().filter_map(|f| f.record.as_ref()).map(Record::zone_line).collect();
    match lines.is_empty() {
        true => String::new(),
        false => format!("\nDNS records to publish:\n\n{}\n", lines.join("\n")),
    }
}
