//! Reading the configuration: a TOML file, then the environment over it. An error names the place.

use std::io::ErrorKind;
use std::path::Path;

use jiff::SignedDuration;

use super::{Config, DEFAULT_PATH, DkimConfig, TEMPLATE, TransportKind};
use crate::domain::verp::Verp;
use crate::private;

/// Once a second is as often as a source is looked at.
const SHORTEST_EVERY: SignedDuration = SignedDuration::from_secs(1);

/// Environment variables that begin with this override the file: `KALENDS_MAIL__FROM` is `from` in `[mail]`.
const ENVIRONMENT_PREFIX: &str = "KALENDS_";
/// Those that speak to the program itself and name no key.
const ENVIRONMENT_OTHERS: [&str; 2] = ["KALENDS_CONFIG", "KALENDS_LOG"];

/// A sentence that names the place (file and line, or the variable), what is wrong and what would be right.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(String);

impl Config {
    /// Reads `path` (without one, the default file if it is there) and the environment.
    pub fn load(path: Option<&Path>) -> Result<Self, ConfigError> {
        let default = Path::new(DEFAULT_PATH);
        let (name, text) = match path {
            Some(path) => (path, read(path)?),
            // What `init` would write.
            None if matches!(default.try_exists(), Ok(false)) => (default, TEMPLATE.to_owned()),
            None => (default, read(default)?),
        };
        let environment = std::env::vars()
            .filter(|(name, _)| name.starts_with(ENVIRONMENT_PREFIX) && !ENVIRONMENT_OTHERS.contains(&name.as_str()));
        Self::parse(&name.display().to_string(), &text, environment.collect())
    }

    /// `name` is what errors call the file.
    pub fn parse(name: &str, text: &str, environment: Vec<(String, String)>) -> Result<Self, ConfigError> {
        let mut config: Config = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| 1 + text[..span.start.min(text.len())].matches('\n').count());
            ConfigError(format!("{name}, line {line}: {}", error.message().replace('\n', ": ")))
        })?;
        if !environment.is_empty() {
            let mut table: toml::Table = toml::from_str(text).unwrap_or_default();
            for (variable, value) in environment {
                config = overridden(&mut table, &variable, &value)?;
            }
        }
        for (index, source) in config.sources.iter_mut().enumerate() {
            source.number = index + 1;
        }
        config.check(name, text)?;
        Ok(config)
    }

    /// What can only be judged with several keys in view.
    fn check(&self, name: &str, text: &str) -> Result<(), ConfigError> {
        let at = |key: &str, sentence: String| {
            let line = text.lines().position(|line| line.trim_start().starts_with(key));
            Err(ConfigError(match line {
                Some(line) => format!("{name}, line {}: {sentence}", line + 1),
                None => format!("{name}: {sentence}"),
            }))
        };
        if self.mail.transport == TransportKind::Smtp && self.mail.relays.is_empty() {
            return at("transport", "transport is \"smtp\", but there is no [[mail.relay]] with a url".into());
        }
        if !self.mail.from.address.as_str().is_ascii() {
            return at("from", "the sender's address must be ASCII: many servers take no other".into());
        }
        if let Some(reply_to) = &self.mail.reply_to
            && !reply_to.address.as_str().is_ascii()
        {
            return at(
                "reply_to",
                "the address of reply_to must be ASCII: many servers can't answer to another".into(),
            );
        }
        match &self.bounce.address {
            Some(address) => {
                if let Err(error) = Verp::check(address) {
                    return at("address", error.0);
                }
            }
            None if self.bounce.listen.is_some() => {
                return at("[bounce]", "listen needs an address beside it, such as bounces@example.org".into());
            }
            None => {}
        }
        if self.feed.refresh.span().is_zero() || self.feed.refresh.duration().is_none() {
            return at("refresh", "refresh must be told in minutes, hours, days or weeks, such as 6h".into());
        }
        for relay in &self.mail.relays {
            if relay.password.is_some() && relay.password_file.is_some() {
                return at("password", "give password or password_file, not both".into());
            }
            if relay.username.is_some() != (relay.password.is_some() || relay.password_file.is_some()) {
                return at("username", "a login needs username and password (or password_file)".into());
            }
        }
        for (index, key) in self.mail.dkim.iter().enumerate() {
            if self.mail.from.address.as_str().ends_with("@localhost") && key.domain.is_none() {
                return at("[mail.dkim]", "localhost has no DNS to publish a key in: give a domain".into());
            }
            let same = |other: &DkimConfig| {
                other.selector == key.selector && self.mail.dkim_domain(other) == self.mail.dkim_domain(key)
            };
            if self.mail.dkim[..index].iter().any(same) {
                return at(
                    "selector",
                    format!("two DKIM keys have the selector {}: one record, one key", key.selector),
                );
            }
        }
        for (index, source) in self.sources.iter().enumerate() {
            if source.every.length().is_none_or(|every| every < SHORTEST_EVERY) {
                return at("every", "every must be told in seconds, minutes, hours, days or weeks, such as 6h".into());
            }
            if self.sources[..index].iter().any(|other| other.url == source.url) {
                return at("url", format!("two sources have the url of {}", source.name()));
            }
        }
        for (index, digest) in self.digests.iter().enumerate() {
            if self.digests[..index].iter().any(|other| other.slug == digest.slug) {
                return at("slug", format!("two digests have the slug `{}`", digest.slug.as_str()));
            }
        }
        Ok(())
    }
}

fn read(path: &Path) -> Result<String, ConfigError> {
    let octets = std::fs::read(path).map_err(|e| match e.kind() {
        ErrorKind::PermissionDenied => ConfigError(private::not_ours(path)),
        _ => ConfigError(format!("can't read {}: {e}; `kalends init` writes one", path.display())),
    })?;
    String::from_utf8(octets).map_err(|_| ConfigError(format!("{} is not UTF-8: save it as UTF-8", path.display())))
}

/// The configuration with one variable set: as a TOML value where that fits (`true`, `8`, `["meeting"]`), else as text.
fn overridden(table: &mut toml::Table, variable: &str, value: &str) -> Result<Config, ConfigError> {
    let keys = variable[ENVIRONMENT_PREFIX.len()..].to_lowercase();
    let as_value = toml::from_str::<toml::Table>(&format!("v = {value}")).ok().and_then(|mut t| t.remove("v"));
    let mut last_error = None;
    for candidate in [Some(toml::Value::String(value.to_owned())), as_value].into_iter().flatten() {
        let mut attempt = table.clone();
        if !set(&mut attempt, keys.split("__"), candidate) {
            break;
        }
        match attempt.clone().try_into::<Config>() {
            Ok(config) => {
                *table = attempt;
                return Ok(config);
            }
            Err(error) => last_error = Some(error.message().replace('\n', ": ")),
        }
    }
    let reason = last_error.unwrap_or_else(|| "it names no key".into());
    Err(ConfigError(format!("the environment variable {variable}: {reason}")))
}

fn set<'a>(table: &mut toml::Table, mut keys: impl Iterator<Item = &'a str>, value: toml::Value) -> bool {
    let Some(first) = keys.next().filter(|key| !key.is_empty()) else { return false };
    let rest: Vec<_> = keys.collect();
    if rest.is_empty() {
        table.insert(first.to_owned(), value);
        return true;
    }
    let inner = table.entry(first).or_insert_with(|| toml::Value::Table(toml::Table::new()));
    inner.as_table_mut().is_some_and(|inner| set(inner, rest.into_iter(), value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Config, String> {
        Config::parse("kalends.toml", text, Vec::new()).map_err(|e| e.to_string())
    }

    #[test]
    fn the_manual_of_options_is_read_and_says_the_defaults() {
        let shown = Config::parse("kalends.toml", TEMPLATE, Vec::new()).unwrap();
        let default = Config::default();
        // Every option stands there, commented out where it has no sensible default of its own.
        let uncommented: String =
            TEMPLATE.lines().map(|line| line.strip_prefix("#: ").unwrap_or(line)).collect::<Vec<_>>().join("\n");
        Config::parse("kalends.toml", &uncommented, Vec::new()).unwrap();
        assert_eq!(format!("{:?}", shown.mail), format!("{:?}", default.mail));
        assert_eq!(format!("{:?}", shown.feed), format!("{:?}", default.feed));
        assert_eq!(format!("{:?}", shown.http), format!("{:?}", default.http));
        assert_eq!(format!("{:?}", shown.site), format!("{:?}", default.site));
        assert_eq!(shown.digests.len(), 1);
    }

    #[test]
    fn errors_name_the_file_the_line_and_what_would_be_right() {
        for (text, parts) in [
            ("[site]\ntitel = \"x\"", &["kalends.toml, line 2", "titel", "title"][..]),
            ("[site]\n\ntimezone = \"Mars/Olympus\"", &["line 3", "Mars/Olympus", "IANA"]),
            ("[[digest]]\nslug = \"w\"\nschedule = \"0 8 31 2 *\"", &["line 3", "never comes"]),
            ("[[digest]]\nslug = \"w\"\nschedule = \"0 8 * *\"", &["line 3", "five fields"]),
            ("[[digest]]\nslug = \"W eekly\"\nschedule = \"0 8 * * 1\"", &["line 2", "slug"]),
            ("[feed]\nrefresh = \"often\"", &["line 2", "12h"]),
            ("[feed]\nrefresh = \"1mo\"", &["line 2", "6h"]),
            ("[site]\nbase_url = \"https://example.org/events\"", &["line 2", "https://events.example.org"]),
            ("[mail]\ntransport = \"pigeon\"", &["line 2", "file, smtp"]),
            ("[mail]\ntransport = \"smtp\"", &["line 2", "[[mail.relay]]"]),
            ("[mail]\nfrom = \"a@b@c\"", &["line 2", "not an email address"]),
            ("[mail]\nfrom = \"阿达@example.org\"", &["line 2", "must be ASCII"]),
            ("[mail]\nreply_to = \"Ada <阿达@example.org>\"", &["line 2", "reply_to must be ASCII"]),
            ("[mail]\nhelo_name = \"vm\"", &["line 2", "mail.example.org"]),
            ("[mail.dkim]\nselector = \"a b\"\nkey_file = \"x\"", &["line 2", "kalends-2026"]),
            ("[mail.dkim]\nselector = \"k\"", &["line 1", "key_file"]),
            ("[mail]\n[[mail.dkim]]\nselektor = \"k\"", &["line 3", "selektor"]),
            ("[mail.dkim]\ndomain = \"org\"\nselector = \"k\"\nkey_file = \"x\"", &["line 2", "example.org"]),
            ("[mail]\ndkim = 1", &["line 2", "a table of options"]),
            (
                "[[mail.dkim]]\nselector = \"k\"\nkey_file = \"x\"\n[[mail.dkim]]\nselector = \"k\"\nkey_file = \"y\"",
                &["line 2", "two DKIM keys"],
            ),
            ("[mail]\nresolver = \"dns.example.org\"", &["line 2", "192.0.2.53"]),
            ("[http]\nlisten = \"8080\"", &["line 2", "127.0.0.1:8080"]),
            ("[http]\ntrusted_proxies = [\"nginx\"]", &["line 2", "nginx", "10.0.0.0/8"]),
            ("[site]\ntitle = \" \"", &["line 2", "title is empty"]),
            ("[site]\nlocale = \"tlh\"", &["line 2", "one of en, zh-Hans"]),
            ("site = 1", &["line 1", "a table of options"]),
            ("[database]\nurl = \"postgres://x\"", &["line 2", "sqlite://"]),
            ("[[source]]\nurl = \"example.org/x.ics\"", &["line 2", "https://example.org/calendar.ics"]),
            ("[[source]]\nurl = \"https://example.org/x\"\nevery = \"0s\"", &["line 3", "such as 6h"]),
            ("[[source]]\nurl = \"https://example.org/x\"\nkind = \"party\"", &["line 3", "meeting, forum"]),
            ("[[source]]\nevery = \"1h\"", &["line 1", "url"]),
            ("[fetch]\nallowed_hosts = [\"a b\"]", &["line 2", "a b"]),
            ("[bounce]\naddress = \"bounces\"", &["line 2", "ada@example.org"]),
            ("[bounce]\naddress = \"a-very-long-address-for-what-comes-back@example.org\"", &["line 2", "33"]),
            ("[bounce]\nlisten = \"127.0.0.1:8024\"", &["line 1", "bounces@example.org"]),
            ("[bounce]\naddress = \"b@example.org\"\nlisten = \"unix:lmtp\"", &["line 3", "unix:/run"]),
            ("[bounce]\nsoft_limit = 0", &["line 2", "1 to 100"]),
            ("[site\n", &["line 1"]),
        ] {
            let error = parse(text).unwrap_err();
            for part in parts {
                assert!(error.contains(part), "{text:?}: {error} lacks {part:?}");
            }
        }
    }

    #[test]
    fn one_dkim_key_is_a_table_and_several_are_a_list() {
        let one =
            parse("[mail]\nfrom = \"a@example.org\"\n[mail.dkim]\nselector = \"K\"\nkey_file = \"k.pem\"").unwrap();
        assert_eq!(one.mail.dkim_domain(&one.mail.dkim[0]), "example.org");
        assert_eq!(one.mail.dkim[0].selector.as_str(), "k");
        let two = "[[mail.dkim]]\nselector = \"a\"\nkey_file = \"a.pem\"\n\
                   [[mail.dkim]]\ndomain = \"bücher.example.\"\nselector = \"b\"\nkey_file = \"b.pem\"";
        let two = parse(two).unwrap();
        assert_eq!(two.mail.dkim_domain(&two.mail.dkim[1]), "xn--bcher-kva.example");
        assert!(parse("").unwrap().mail.dkim.is_empty());
    }

    #[test]
    fn the_environment_overrides_the_file() {
        let set = |name: &str, value: &str| {
            Config::parse("kalends.toml", "[mail]\nfrom = \"a@example.org\"", vec![(name.into(), value.into())])
                .map_err(|e| e.to_string())
        };
        assert_eq!(set("KALENDS_MAIL__FROM", "b@example.org").unwrap().mail.from.to_string(), "b@example.org");
        assert_eq!(set("KALENDS_SITE__TITLE", "2020").unwrap().site.title.as_str(), "2020");
        let relays = set("KALENDS_MAIL__RELAY", "[{ url = \"smtp://localhost:2525\", connections = 2 }]").unwrap();
        assert_eq!(relays.mail.relays[0].connections, 2);
        for (name, part) in [("KALENDS_MAIL__FORM", "KALENDS_MAIL__FORM"), ("KALENDS_MAIL", "KALENDS_MAIL")] {
            assert!(set(name, "x").unwrap_err().contains(part));
        }
    }
}
