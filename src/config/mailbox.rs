//! `[bounce] mailbox`: a folder of a mail server that is looked into for what comes back.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr;

use percent_encoding::percent_decode_str;
use serde::{Deserialize, Deserializer};
use url::Url;

use super::values::without_login;
use crate::domain::Invalid;

/// `imaps://user@host/FOLDER`, or `imap://…`, where TLS begins by STARTTLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailboxUrl {
    pub user: String,
    pub host: String,
    pub port: u16,
    pub implicit_tls: bool,
    /// Its levels are parted by `/`, whatever the server parts them by.
    pub folder: String,
}

impl MailboxUrl {
    /// Whether its server is on this machine.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.host)
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

impl fmt::Display for MailboxUrl {
    /// For messages, and to know it again.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { user, host, port, folder, .. } = self;
        let scheme = if self.implicit_tls { "imaps" } else { "imap" };
        let host = if host.contains(':') { format!("[{host}]") } else { host.clone() };
        write!(f, "{scheme}://{user}@{host}:{port}/{folder}")
    }
}

impl FromStr for MailboxUrl {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let bad = || {
            Invalid(format!(
                "`{}` is not a mailbox: write imaps://user@host/INBOX (TLS) or imap://user@host/INBOX (STARTTLS)",
                without_login(text)
            ))
        };
        // `imaps://ada@example.org@imap.example.org/INBOX`: the user's name holds an @ itself.
        let url = Url::parse(text.trim()).map_err(|_| bad())?;
        let implicit_tls = match url.scheme() {
            "imaps" => true,
            "imap" => false,
            _ => return Err(bad()),
        };
        if url.password().is_some() {
            return Err(Invalid::new("a mailbox's address holds no password: put it into a password_file beside it"));
        }
        let decoded = |text: &str| percent_decode_str(text).decode_utf8().map(String::from).map_err(|_| bad());
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(bad)?;
        let host = decoded(host.trim_matches(['[', ']']))?;
        let (user, folder) = (decoded(url.username())?, decoded(url.path().trim_matches('/'))?);
        if user.is_empty() {
            let said = format!("whose mailbox on {host} is it? Write imaps://user@{host}/INBOX");
            return Err(Invalid(said));
        }
        if [&user, &folder].iter().any(|text| text.contains(char::is_control)) || url.query().is_some() {
            return Err(bad());
        }
        Ok(Self {
            user,
            port: url.port().unwrap_or(if implicit_tls { 993 } else { 143 }),
            host,
            implicit_tls,
            folder: if folder.is_empty() { "INBOX".into() } else { folder },
        })
    }
}

impl<'de> Deserialize<'de> for MailboxUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A folder beside the mailbox, its levels parted by `/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderName(String);

impl FolderName {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for FolderName {
    fn default() -> Self {
        Self("kalends".into())
    }
}

impl FromStr for FolderName {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let fits = |c: char| !c.is_control() && !matches!(c, '*' | '%');
        let has_levels = text.split('/').all(|level| !level.trim().is_empty());
        match text.chars().all(fits) && has_levels && text.chars().count() <= 100 {
            true => Ok(Self(text.to_owned())),
            false => {
                Err(Invalid(format!("`{text}` is not a folder's name: write one such as kalends or Done/kalends")))
            }
        }
    }
}

impl<'de> Deserialize<'de> for FolderName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// `[bounce.oauth]`: a login without a password and without a person (client credentials, RFC 6749 section 4.4).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of options")]
pub struct OauthConfig {
    pub token_url: TokenUrl,
    pub client_id: String,
    pub client_secret_file: PathBuf,
    /// What the token is to open.
    pub scope: String,
}

/// Where tokens are given out: https, since a secret goes there, or this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenUrl(Url);

impl TokenUrl {
    pub fn url(&self) -> &Url {
        &self.0
    }
}

impl FromStr for TokenUrl {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let has_login = |url: &Url| !url.username().is_empty() || url.password().is_some();
        match Url::parse(text.trim()) {
            Ok(url) if has_login(&url) => {
                Err(Invalid::new("the address of tokens holds no login: give client_id and client_secret_file"))
            }
            Ok(url) if url.scheme() == "https" && url.has_host() => Ok(Self(url)),
            Ok(url) if url.scheme() == "http" && url.host_str().is_some_and(is_loopback) => Ok(Self(url)),
            _ => Err(Invalid(format!(
                "`{}` gives out no tokens: write an address such as https://login.example.org/tenant/oauth2/v2.0/token",
                without_login(text)
            ))),
        }
    }
}

impl<'de> Deserialize<'de> for TokenUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        text.parse::<MailboxUrl>().map_or_else(|error| error.0, |url| url.to_string())
    }

    #[test]
    fn a_mailbox_is_a_user_a_server_and_a_folder() {
        for (text, told) in [
            ("imaps://bounces@mail.example.org/INBOX", "imaps://bounces@mail.example.org:993/INBOX"),
            (
                "imaps://bounces%40example.org@mail.example.org",
                "imaps://bounces@example.org@mail.example.org:993/INBOX",
            ),
            ("imaps://bounces@example.org@mail.example.org/", "imaps://bounces@example.org@mail.example.org:993/INBOX"),
            ("imap://a@[::1]:1143/Post/R%C3%BCckl%C3%A4ufer", "imap://a@[::1]:1143/Post/Rückläufer"),
            ("imap://a@localhost/退信", "imap://a@localhost:143/退信"),
            ("imaps://a%2Fb@m.example/x%20y", "imaps://a/b@m.example:993/x y"),
        ] {
            assert_eq!(read(text), told, "{text}");
        }
    }

    #[test]
    fn what_is_no_mailbox_is_told_without_its_password() {
        for (text, told) in [
            ("imaps://mail.example.org/INBOX", "whose mailbox on mail.example.org is it?"),
            ("imaps://a:hush@mail.example.org/INBOX", "holds no password"),
            (
                "pop3://a:hush@mail.example.org/",
                "`…@mail.example.org/` is not a mailbox: write imaps://user@host/INBOX",
            ),
            ("imaps://", "is not a mailbox"),
            ("INBOX", "is not a mailbox"),
            ("imaps://a@h/b%0D%0Ac", "is not a mailbox"),
            ("imaps://a@h/%FF", "is not a mailbox"),
            ("imaps://a@h/INBOX?x=y", "is not a mailbox"),
        ] {
            let said = read(text);
            assert!(said.contains(told) && !said.contains("hush"), "{text}: {said}");
        }
    }

    #[test]
    fn a_token_is_fetched_in_secret() {
        assert!("https://login.example.org/token".parse::<TokenUrl>().is_ok());
        assert!("http://127.0.0.1:8080/token".parse::<TokenUrl>().is_ok());
        for wrong in ["http://login.example.org/token", "https://a:hush@login.example.org/", "login", ""] {
            let error = wrong.parse::<TokenUrl>().unwrap_err().0;
            assert!(!error.contains("hush"), "{error}");
        }
    }

    #[test]
    fn a_folder_has_a_name() {
        for right in ["kalends", "Done/kalends", "Erledigt – Rückläufer", "已处理"] {
            assert!(right.parse::<FolderName>().is_ok(), "{right}");
        }
        for wrong in ["", "/", "a//b", "a*", "%", "a\r\nb", &"x".repeat(101)] {
            assert!(wrong.parse::<FolderName>().is_err(), "{wrong}");
        }
    }
}
