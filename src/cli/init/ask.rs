//! `kalends init --ask`: a short conversation. Each answer is judged where it is typed; nothing is written before the end.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use secrecy::SecretString;

use super::system;
use crate::cli::Failure;
use crate::cli::long::long;
use crate::cli::output::{Output, note};
use crate::cli::question::{is_yes, line, secret};
use crate::cli::screen::width;
use crate::cli::stop::stopped;
use crate::config::{BaseUrl, Begun, BegunRelay, Config, RelayConfig, RelayUrl, Title};
use crate::domain::Invalid;
use crate::domain::address::{EmailAddress, Mailbox};
use crate::domain::text;
use crate::domain::wording::Locale;
use crate::domain::zone::Zone;
use crate::office::checks::try_relay;
use crate::progress::Progress;

/// What there is to say whenever somebody leaves.
const UNDONE: &str = "nothing was written";

/// What was said.
pub struct Said {
    /// The configuration, as it is to be written.
    pub text: String,
    pub config: Config,
    /// The relay's password, and where it goes.
    pub password: Option<(PathBuf, SecretString)>,
    /// The first editor, and their name.
    pub editor: Option<(EmailAddress, String)>,
}

/// A relay that was said, with its password.
struct SaidRelay {
    url: RelayUrl,
    login: Option<(String, SecretString)>,
}

/// Asks for all that `path`, which is not there yet, needs to say.
pub async fn converse(path: &Path) -> Result<Said, Failure> {
    let place = path.display();
    say(&format!(
        "A few questions, and {place} is written. Enter takes what stands in [brackets]; Ctrl-C leaves, and nothing is written."
    ));
    note("");
    let title: Title = ask("What is the office called?", "kalends")?;
    let base_url: BaseUrl = ask("At which address will people reach it?", BaseUrl::default().as_str())?;
    let timezone: Zone = ask("In which time zone are its dates?", system::zone().name())?;
    let languages: Vec<_> = Locale::all().map(Locale::tag).collect();
    let language = format!("The language of readers who chose none ({})?", languages.join(", "));
    let locale: Locale = ask(&language, system::language().tag())?;
    let mut begun = Begun { from: sender(&title, &base_url), title, base_url, timezone, locale, relay: None };
    let password_file = free(&path.with_file_name("relay-password"));
    let relay = ask_relay(&mut begun, &password_file).await?;
    let read = |typed: &str| {
        let from: Mailbox = typed.parse()?;
        let judged = Begun { from: from.clone(), ..begun.clone() }.config("it");
        judged.map(|_| from).map_err(|error| Invalid(error.sentences().join("; ")))
    };
    begun.from = ask_as("From which address does mail come?", &offered_sender(&begun), read)?;
    let editor = ask_editor()?;
    let config = begun.config(&place.to_string())?;
    let password = relay.and_then(|relay| relay.login).map(|(_, password)| (password_file, password));
    let said = Said { text: begun.text(), config, password, editor };
    note(&shown(path, &begun, &said));
    match answer("Write this? [Y/n] ")?.as_str() {
        yes if yes.is_empty() || is_yes(yes) => Ok(said),
        _ => Err(Failure::failed(UNDONE)),
    }
}

/// Some sentences.
fn say(text: &str) {
    note(&textwrap::fill(text, width(std::io::stderr())));
}

/// A line that was typed. The end of the input is the end of the conversation.
fn answer(prompt: &str) -> Result<String, Failure> {
    line(prompt, UNDONE)?.ok_or_else(|| stopped(UNDONE))
}

/// Asks until the answer is one.
fn ask<T: std::str::FromStr<Err = Invalid>>(question: &str, offered: &str) -> Result<T, Failure> {
    ask_as(question, offered, |typed| typed.parse())
}

fn ask_as<T>(question: &str, offered: &str, read: impl Fn(&str) -> Result<T, Invalid>) -> Result<T, Failure> {
    let prompt = match offered.is_empty() {
        true => format!("{question} "),
        false => format!("{question} [{offered}] "),
    };
    loop {
        let typed = answer(&prompt)?;
        match read(if typed.is_empty() { offered } else { &typed }) {
            Ok(value) => return Ok(value),
            Err(wrong) => note(&format!("  {wrong}")),
        }
    }
}

/// The same, where it may be left out.
fn ask_for_some<T: std::str::FromStr<Err = Invalid>>(question: &str, offered: &str) -> Result<Option<T>, Failure> {
    ask_as(question, offered, |typed| match typed {
        "" | "none" => Ok(None),
        typed => typed.parse().map(Some),
    })
}

/// Asks for the relay, and logs in to it. It is asked for again, with all that was said of it, until it works or is wanted as
/// it is.
async fn ask_relay(begun: &mut Begun, password_file: &Path) -> Result<Option<SaidRelay>, Failure> {
    note("");
    say(
        "Mail goes out by a mail server: smtp://HOST:587 begins in the clear and goes on with TLS, smtps://HOST:465 has TLS \
         at once. Without one it goes into files, to nobody, until you name one.",
    );
    let mut before: Option<SaidRelay> = None;
    loop {
        let offered = before.as_ref().map(|relay| relay.url.to_string()).unwrap_or_default();
        let question = if offered.is_empty() { "Which mail server? [none]" } else { "Which mail server, or none?" };
        let Some(url) = ask_for_some::<RelayUrl>(question, &offered)? else {
            begun.relay = None;
            return Ok(None);
        };
        let login = ask_login(before.and_then(|relay| relay.login))?;
        let username = login.as_ref().map(|(username, _)| (username.clone(), password_file.to_owned()));
        begun.relay = Some(BegunRelay { url: url.clone(), login: username });
        let relay = SaidRelay { url, login };
        match try_login(begun, &relay).await? {
            Ok(how) => {
                note(&format!("  {how}\n"));
                return Ok(Some(relay));
            }
            Err(wrong) => note(&format!("  {wrong}")),
        }
        if is_yes(&answer("Keep it as it is? No asks again. [y/N] ")?) {
            return Ok(Some(relay));
        }
        before = Some(relay);
    }
}

fn ask_login(before: Option<(String, SecretString)>) -> Result<Option<(String, SecretString)>, Failure> {
    let (name_before, password_before) = before.unzip();
    let prompt = match &name_before {
        Some(name) => format!("Your user name there, or none? [{name}] "),
        None => "Your user name there? [none] ".to_owned(),
    };
    let typed = answer(&prompt)?;
    let name = if typed.is_empty() { name_before.unwrap_or_default() } else { typed };
    if name.is_empty() || name == "none" {
        return Ok(None);
    }
    loop {
        let kept = if password_before.is_some() { " [as before]" } else { "" };
        let prompt = format!("The password, which is not shown?{kept} ");
        let typed = secret(&prompt, UNDONE)?.ok_or_else(|| stopped(UNDONE))?;
        match (typed.is_empty(), &password_before) {
            (false, _) => return Ok(Some((name, typed.into()))),
            (true, Some(password)) => return Ok(Some((name, password.clone()))),
            (true, None) => note("  a login needs a password"),
        }
    }
}

/// As `check` does it: how it went, in its words.
async fn try_login(begun: &Begun, relay: &SaidRelay) -> Result<Result<String, String>, Failure> {
    // What is asked later is judged later.
    let begun = Begun { from: any_sender(), ..begun.clone() };
    let config = begun.config("the configuration")?;
    let Some(configured) = config.mail.relays.into_iter().next() else { return Ok(Err("it is not configured".into())) };
    let password = relay.login.as_ref().map(|(_, password)| password.clone());
    let tried = RelayConfig { password, password_file: None, ..configured };
    let progress = Progress::watched();
    progress.begin(format!("trying {}", relay.url));
    let work = async { Ok::<_, Failure>(try_relay(&tried, config.mail.helo_name.as_ref()).await) };
    let tried = long(&progress, &Output::new(false), UNDONE, work).await?;
    Ok(tried.map(|(how, greeted)| format!("{}: {how}, greeted as {greeted}", relay.url)))
}

fn ask_editor() -> Result<Option<(EmailAddress, String)>, Failure> {
    let Some(email) = ask_for_some::<EmailAddress>("The address of the first editor? [none]", "")? else {
        return Ok(None);
    };
    let name = text::single_line(&answer("And the name? [none] ")?);
    Ok(Some((email, name)))
}

/// The office at the site's own host; the manual's sender where that is no name that could get mail.
fn sender(title: &Title, base_url: &BaseUrl) -> Mailbox {
    let host = base_url.host();
    let is_named = host.contains('.') && host.parse::<IpAddr>().is_err();
    match format!("news@{host}").parse() {
        Ok(address) if is_named => Mailbox { name: Some(title.as_str().to_owned()), address },
        _ => any_sender(),
    }
}

/// What is offered: not the manual's, which is nobody's, where mail is to go out.
fn offered_sender(begun: &Begun) -> String {
    let is_nobodys = begun.from == any_sender() && begun.relay.is_some();
    if is_nobodys { String::new() } else { begun.from.to_string() }
}

/// The manual's.
fn any_sender() -> Mailbox {
    Config::default().mail.from
}

/// A file that is not there yet: this one, or with a number.
fn free(path: &Path) -> PathBuf {
    let numbered = (2..).map(|number| path.with_added_extension(number.to_string()));
    let mut paths = std::iter::once(path.to_owned()).chain(numbered);
    paths.find(|path| !path.exists()).unwrap_or_else(|| path.to_owned())
}

/// All that is about to be written.
fn shown(path: &Path, begun: &Begun, said: &Said) -> String {
    let mail = match &begun.relay {
        None => format!("into files in {}, to nobody", said.config.mail.outbox.display()),
        Some(BegunRelay { url, login: None }) => format!("by {url}"),
        Some(BegunRelay { url, login: Some((name, _)) }) => format!("by {url}, as {name}"),
    };
    let mut lines = vec![
        String::new(),
        format!("{}:", path.display()),
        format!("  title     {}", begun.title.as_str()),
        format!("  base_url  {}", begun.base_url.as_str()),
        format!("  timezone  {}", begun.timezone),
        format!("  locale    {}", begun.locale.tag()),
        format!("  from      {}", begun.from),
        format!("  mail      {mail}"),
    ];
    if let Some((file, _)) = &said.password {
        lines.push(format!("{}: the password, for nobody else to read", file.display()));
    }
    let editor = match &said.editor {
        Some((email, name)) if name.is_empty() => format!(", with {email} as its first editor"),
        Some((email, name)) => format!(", with {name} <{email}> as its first editor"),
        None => String::new(),
    };
    lines.push(format!("{}: the database{editor}\n", said.config.database.url.path().display()));
    lines.join("\n")
}
