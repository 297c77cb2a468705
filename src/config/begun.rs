//! The first file of an office: the commented manual, with what the office said of itself in its places.

use std::path::PathBuf;

use toml_edit::{DocumentMut, Item, TableLike, Value};

use super::load::environment;
use super::{BaseUrl, Config, ConfigError, RelayUrl, TEMPLATE, Title};
use crate::domain::address::Mailbox;
use crate::domain::wording::Locale;
use crate::domain::zone::Zone;

/// What an office says of itself to begin with.
#[derive(Debug, Clone)]
pub struct Begun {
    pub title: Title,
    pub base_url: BaseUrl,
    pub timezone: Zone,
    pub locale: Locale,
    pub from: Mailbox,
    /// None: mail goes into files.
    pub relay: Option<BegunRelay>,
}

#[derive(Debug, Clone)]
pub struct BegunRelay {
    pub url: RelayUrl,
    /// With a file that holds the password.
    pub login: Option<(String, PathBuf)>,
}

impl Begun {
    /// The file: all comments stay, and each value stands where it belongs.
    pub fn text(&self) -> String {
        let text = self.relay.as_ref().map_or(TEMPLATE.to_owned(), with_relay);
        let Ok(mut file) = text.parse::<DocumentMut>() else { return text };
        let file_as_table: &mut dyn TableLike = file.as_table_mut();
        let site = [
            ("title", self.title.as_str()),
            ("base_url", self.base_url.as_str()),
            ("timezone", self.timezone.name()),
            ("locale", self.locale.tag()),
        ];
        if let Some(table) = file_as_table.get_mut("site").and_then(Item::as_table_like_mut) {
            site.iter().for_each(|(key, value)| put(table, key, value));
        }
        if let Some(mail) = file_as_table.get_mut("mail").and_then(Item::as_table_like_mut) {
            put(mail, "from", &self.from.to_string());
            if let Some(relay) = &self.relay {
                put(mail, "transport", "smtp");
                let relays = mail.get_mut("relay").and_then(Item::as_array_of_tables_mut);
                if let Some(table) = relays.and_then(|relays| relays.get_mut(0)) {
                    put(table, "url", &relay.url.to_string());
                    if let Some((username, file)) = &relay.login {
                        put(table, "username", username);
                        put(table, "password_file", &file.to_string_lossy());
                    }
                }
            }
        }
        file.to_string()
    }

    /// What is in force by that file, with the environment over it; `name` is what errors call the file.
    pub fn config(&self, name: &str) -> Result<Config, ConfigError> {
        Config::parse(name, &self.text(), environment()?)
    }
}

/// The manual with a relay that is no comment: its table, and those of its keys that are set.
fn with_relay(relay: &BegunRelay) -> String {
    let keys: &[&str] = if relay.login.is_some() { &["url", "username", "password_file"] } else { &["url"] };
    let mut is_relay = false;
    let mut text = String::new();
    for line in TEMPLATE.lines() {
        let bare = line.strip_prefix("#: ");
        is_relay = bare == Some("[[mail.relay]]") || is_relay && !line.is_empty();
        let is_set = |bare: &&str| {
            is_relay && (bare.starts_with('[') || keys.iter().any(|key| bare.starts_with(&format!("{key} = "))))
        };
        text.push_str(bare.filter(is_set).unwrap_or(line));
        text.push('\n');
    }
    text
}

/// Puts a value in the place of the one that is there; the comment behind it stays in its column as long as there is room.
fn put(table: &mut dyn TableLike, key: &str, value: &str) {
    let Some(old) = table.get_mut(key).and_then(Item::as_value_mut) else { return };
    let mut new = Value::from(value);
    let bare = |value: &Value| value.to_string().trim().chars().count();
    let behind = old.decor().suffix().and_then(|suffix| suffix.as_str()).unwrap_or_default().to_owned();
    let comment = behind.trim_start();
    let blanks = match comment.is_empty() {
        true => 0,
        false => {
            let column = bare(&without_comment(old)) + behind.len() - comment.len();
            column.saturating_sub(bare(&new)).max(1)
        }
    };
    *new.decor_mut() = old.decor().clone();
    new.decor_mut().set_suffix(format!("{}{comment}", " ".repeat(blanks)));
    *old = new;
}

fn without_comment(value: &Value) -> Value {
    let mut value = value.clone();
    value.decor_mut().clear();
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun(relay: Option<BegunRelay>) -> Begun {
        Begun {
            title: "Standards \"Watch\" 标准".parse().unwrap(),
            base_url: "https://events.example.org".parse().unwrap(),
            timezone: "Asia/Shanghai".parse().unwrap(),
            locale: "zh-Hans".parse().unwrap(),
            from: "Standards Watch <news@example.org>".parse().unwrap(),
            relay,
        }
    }

    #[test]
    fn what_was_said_stands_in_its_places_and_all_else_is_the_manual() {
        let login = Some(("kalends".to_owned(), PathBuf::from("config/relay-password")));
        for login in [None, login] {
            let relay = BegunRelay { url: "smtps://mail.example.org".parse().unwrap(), login: login.clone() };
            let text = begun(Some(relay)).text();
            let config = Config::parse("kalends.toml", &text, Vec::new()).unwrap();
            assert_eq!(config.site.title.as_str(), "Standards \"Watch\" 标准");
            assert_eq!(config.site.base_url.as_str(), "https://events.example.org");
            assert_eq!(config.site.timezone.name(), "Asia/Shanghai");
            assert_eq!(config.site.locale.tag(), "zh-Hans");
            assert_eq!(config.mail.from.to_string(), "Standards Watch <news@example.org>");
            let [relay] = config.mail.relays.as_slice() else { panic!("{text}") };
            assert_eq!(relay.url.to_string(), "smtps://mail.example.org:465");
            assert_eq!(relay.username.clone().zip(relay.password_file.clone()), login);
            let (said, manual): (Vec<_>, Vec<_>) = (text.lines().collect(), TEMPLATE.lines().collect());
            assert_eq!(said.len(), manual.len());
            let differ = said.iter().zip(&manual).filter(|(said, manual)| said != manual);
            let differ: Vec<_> = differ.map(|(said, _)| said.split_once(" = ").map_or(*said, |(key, _)| key)).collect();
            let mut expected = vec!["title", "base_url", "timezone", "locale", "from", "transport"];
            expected.extend(["[[mail.relay]]", "url"]);
            expected.extend(login.iter().flat_map(|_| ["username", "password_file"]));
            // The example's sender is this one.
            assert_eq!(differ, expected, "{text}");
        }
    }

    #[test]
    fn comments_stay_in_their_column_where_there_is_room() {
        let text = begun(None).text();
        let line = |key: &str| text.lines().find(|line| line.starts_with(key)).unwrap();
        assert_eq!(line("timezone ").find('#'), Some(38), "{}", line("timezone "));
        assert!(line("base_url ").contains("https://events.example.org\" "), "{}", line("base_url "));
        assert!(text.contains("transport = \"file\"") && text.contains("#: [[mail.relay]]"));
    }
}
