//! What a shell offers in the place of an argument: words that are known, and what this office has.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Arg, ValueHint};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};

use crate::config::{Config, DigestConfig};
use crate::domain::article::ArticleStatus;
use crate::domain::bearer::Scope;
use crate::domain::bounce::Class;
use crate::domain::edition::DeliveryStatus;
use crate::domain::editor::Role;
use crate::domain::event::{DescriptionFormat, Kind, Status};
use crate::domain::format::Format;
use crate::domain::import::Private;
use crate::domain::tell::Tell;
use crate::domain::text::{clip, single_line};
use crate::domain::wording::Locale;
use crate::domain::zone::Zone;
use crate::office::keys::KeyType;
use crate::store::Names;

/// Nobody waits longer for a Tab.
const PATIENCE: Duration = Duration::from_millis(200);

/// How much of a title stands beside an id, in characters.
const SHOWN_CHARS: usize = 60;

type Candidates = Vec<CompletionCandidate>;

/// What may stand there, by what was typed of it so far.
type Offer = fn(&str) -> Candidates;

/// By the beginning of the words that lead to the command, and the argument's id.
const OFFERS: &[(&str, &str, Offer)] = &[
    ("article", "id", |_| articles("")),
    ("article", "topic", |_| topics()),
    ("article list", "status", |_| words(ArticleStatus::ALL, ArticleStatus::as_str)),
    ("bounce list", "class", |_| words(Class::ALL, Class::as_str)),
    ("delivery", "address", subscribers),
    ("delivery", "digest", |_| digests()),
    ("delivery", "edition", |_| editions()),
    ("delivery list", "status", |_| words(DeliveryStatus::ALL, DeliveryStatus::as_str)),
    ("delivery resend", "to", subscribers),
    ("digest", "edition", |_| editions()),
    ("digest", "entries", |_| [events(false), articles("article:")].concat_all()),
    ("digest", "locale", |_| locales()),
    ("digest", "reader", subscribers),
    ("digest", "slug", |_| digests()),
    ("digest send", "to", subscribers),
    ("digest status", "which", |_| [digests(), editions()].concat_all()),
    ("dkim-key", "kind", |_| words(KeyType::ALL, KeyType::as_str)),
    ("editor", "locale", |_| locales()),
    ("editor", "role", |_| words(Role::ALL, Role::as_str)),
    ("editor address", "email", |_| editors()),
    ("editor link", "email", |_| editors()),
    ("editor remove", "email", |_| editors()),
    ("event", "add_standard", |_| standards()),
    ("event", "add_topic", |_| topics()),
    ("event", "description_format", |_| words(DescriptionFormat::ALL, DescriptionFormat::as_str)),
    ("event", "id", |_| events(false)),
    ("event", "ids", |_| events(false)),
    ("event", "kind", |_| kinds()),
    ("event", "remove_standard", |_| standards()),
    ("event", "remove_topic", |_| topics()),
    ("event", "standard", |_| standards()),
    ("event", "status", |_| words(Status::ALL, Status::as_str)),
    ("event", "tell", |_| words(Tell::ALL, Tell::as_str)),
    ("event", "topic", |_| topics()),
    ("event", "tz", |_| zones()),
    ("event edit", "where_kind", |_| kinds()),
    ("event edit", "where_standard", |_| standards()),
    ("event edit", "where_status", |_| words(Status::ALL, Status::as_str)),
    ("event edit", "where_topic", |_| topics()),
    ("event publish", "ids", |_| events(true)),
    ("import", "format", |_| words(Format::ALL, Format::as_str)),
    ("import", "kind", |_| kinds()),
    ("import", "private", |_| words(Private::ALL, Private::as_str)),
    ("import", "topic", |_| topics()),
    ("source", "name", |_| sources()),
    ("subscriber", "add_digest", |_| digests()),
    ("subscriber", "add_kind", |_| kinds()),
    ("subscriber", "add_topic", |_| topics()),
    ("subscriber", "digest", |_| digests()),
    ("subscriber", "edition", |_| editions()),
    ("subscriber", "email", subscribers),
    ("subscriber", "kind", |_| kinds()),
    ("subscriber", "locale", |_| locales()),
    ("subscriber", "remove_digest", |_| digests()),
    ("subscriber", "remove_kind", |_| kinds()),
    ("subscriber", "remove_topic", |_| topics()),
    ("subscriber", "topic", |_| topics()),
    ("subscriber", "tz", |_| zones()),
    ("token add", "scope", |_| words(Scope::ALL, Scope::as_str)),
    ("token revoke", "name", |_| tokens()),
    ("webhook", "name", |_| webhooks()),
];

/// The same argument, with what may stand there.
pub fn dressed(path: &str, arg: Arg) -> Arg {
    let is_within =
        |beginning: &str| path.strip_prefix(beginning).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    let offers = OFFERS.iter().filter(|(beginning, id, _)| arg.get_id() == id && is_within(beginning));
    if let Some((.., offer)) = offers.max_by_key(|(beginning, ..)| beginning.len()) {
        return arg.add(ArgValueCompleter::new(move |typed: &OsStr| match typed.to_str() {
            Some(typed) => fitting(typed, offer(typed)),
            None => Vec::new(),
        }));
    }
    // What is no text has a hint by its type.
    let names_file = arg.get_value_names().is_some_and(|names| names.iter().any(|name| name.starts_with("FILE")));
    if names_file || arg.get_id() == "file" { arg.value_hint(ValueHint::FilePath) } else { arg }
}

/// Those that begin as what was typed does. bash puts in what it is given as it stands, so spaces need a backslash there.
fn fitting(typed: &str, candidates: Candidates) -> Candidates {
    let is_bash = std::env::var_os("_CLAP_COMPLETE_COMP_TYPE").is_some();
    let begins_so = |candidate: &CompletionCandidate| {
        candidate.get_value().to_str().is_some_and(|value| value.to_lowercase().starts_with(&typed.to_lowercase()))
    };
    let candidates = candidates.into_iter().map(|candidate| {
        let value = candidate.get_value().to_string_lossy();
        match is_bash && !typed.contains(' ') {
            true => CompletionCandidate::new(escaped(&value)).help(candidate.get_help().cloned()),
            false => candidate,
        }
    });
    candidates.filter(begins_so).collect()
}

fn escaped(value: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+@:,=".contains(c);
    value.chars().flat_map(|c| [(!is_plain(c)).then_some('\\'), Some(c)]).flatten().collect()
}

trait ConcatAll {
    fn concat_all(self) -> Candidates;
}

impl<const N: usize> ConcatAll for [Candidates; N] {
    fn concat_all(self) -> Candidates {
        self.into_iter().flatten().collect()
    }
}

fn plain(values: impl IntoIterator<Item = impl Into<String>>) -> Candidates {
    values.into_iter().map(|value| CompletionCandidate::new(value.into())).collect()
}

fn titled(value: String, title: &str) -> CompletionCandidate {
    let title = clip(&single_line(title), SHOWN_CHARS);
    CompletionCandidate::new(value).help(Some(title).filter(|title| !title.is_empty()).map(Into::into))
}

fn words<T: Copy>(all: &[T], text: fn(T) -> &'static str) -> Candidates {
    plain(all.iter().map(|word| text(*word)))
}

fn kinds() -> Candidates {
    words(Kind::ALL, Kind::as_str)
}

fn zones() -> Candidates {
    plain(Zone::names())
}

fn locales() -> Candidates {
    plain(Locale::all().map(Locale::tag))
}

fn digests() -> Candidates {
    let Some(config) = config() else { return Vec::new() };
    let locale = config.site.locale;
    let titled_so = |digest: &DigestConfig| {
        let title = digest.title.as_ref().and_then(|title| title.of(locale, locale));
        titled(digest.slug.as_str().to_owned(), title.map_or("", |title| title.as_str()))
    };
    config.digests.iter().map(titled_so).collect()
}

fn sources() -> Candidates {
    config().map(|config| plain(config.sources.iter().map(|source| source.name()))).unwrap_or_default()
}

fn webhooks() -> Candidates {
    config().map(|config| plain(config.webhooks.iter().map(|webhook| webhook.name.as_str()))).unwrap_or_default()
}

fn events(drafts_alone: bool) -> Candidates {
    let found = names(async |names| names.events(drafts_alone).await.ok());
    found.into_iter().map(|(id, title)| titled(id.to_string(), &title)).collect()
}

fn articles(prefix: &str) -> Candidates {
    let found = names(async |names| names.articles().await.ok());
    found.into_iter().map(|(id, title)| titled(format!("{prefix}{id}"), &title)).collect()
}

fn topics() -> Candidates {
    plain(names(async |names| names.topics().await.ok()))
}

fn standards() -> Candidates {
    plain(names(async |names| names.standards().await.ok()))
}

fn editions() -> Candidates {
    plain(names(async |names| names.editions().await.ok()).iter().map(ToString::to_string))
}

/// Only those that are looked for: a Tab too many shows nobody the list of all readers.
fn subscribers(typed: &str) -> Candidates {
    match typed.is_empty() {
        true => Vec::new(),
        false => plain(names(async |names| names.subscribers(&typed.to_lowercase()).await.ok())),
    }
}

fn editors() -> Candidates {
    plain(names(async |names| names.editors().await.ok()))
}

fn tokens() -> Candidates {
    plain(names(async |names| names.tokens().await.ok()))
}

/// The configuration that is named in what was typed, or the usual one.
fn config() -> Option<Config> {
    Config::load(named_file().as_deref()).ok()
}

fn named_file() -> Option<PathBuf> {
    let mut words = std::env::args_os().skip_while(|word| word != "--").skip(1);
    while let Some(word) = words.next() {
        match word.to_str() {
            Some("--config") => return words.next().map(PathBuf::from),
            Some(word) => match word.strip_prefix("--config=") {
                Some(file) => return Some(PathBuf::from(file)),
                None => continue,
            },
            None => continue,
        }
    }
    std::env::var_os("KALENDS_CONFIG").map(PathBuf::from)
}

/// What the database says, or nothing if it does not say it soon.
fn names<T>(read: impl AsyncFnOnce(&mut Names) -> Option<Vec<T>>) -> Vec<T> {
    let path = Config::database_path(named_file().as_deref());
    let read = async {
        let mut names = Names::open(&path).await.ok()?;
        let found = read(&mut names).await;
        names.close().await;
        found
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().ok();
    let found = runtime.and_then(|runtime| {
        let found = runtime.block_on(async { tokio::time::timeout(PATIENCE, read).await.ok().flatten() });
        runtime.shutdown_background();
        found
    });
    found.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::help::{all, command};

    #[test]
    fn each_offer_is_of_an_argument_that_is_there() {
        let root = command();
        let commands = all(&root);
        for (beginning, id, _) in OFFERS {
            let is_within =
                |path: &str| path.strip_prefix(beginning).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
            let is_there = |(path, command): &(String, &clap::Command)| {
                is_within(path) && command.get_arguments().any(|arg| arg.get_id() == id)
            };
            assert!(commands.iter().any(is_there), "no command of `{beginning}` has an argument {id}");
        }
    }

    #[test]
    fn bash_is_given_what_it_can_put_in_as_it_stands() {
        for (value, right) in [
            ("ipv6", "ipv6"),
            ("smart city", "smart\\ city"),
            ("a'b\"$c", "a\\'b\\\"\\$c"),
            ("weekly/1", "weekly/1"),
            ("智慧城市", "智慧城市"),
        ] {
            assert_eq!(escaped(value), right);
        }
    }
}
