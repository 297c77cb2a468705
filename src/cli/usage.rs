//! What was typed; or what is wrong with it, in one sentence that names what may have been meant.

use std::error::Error;
use std::ffi::OsString;
use std::num::ParseIntError;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, FromArgMatches};

use super::help::command;
use super::{Cli, failure};
use crate::domain::meant;
use crate::domain::refused::Code;

/// The words of the command line, the program's own name first; or the exit code, where help or what is wrong is told already.
pub fn parse(typed: Vec<OsString>) -> Result<Cli, ExitCode> {
    let mut command = command();
    let matches = command.try_get_matches_from_mut(&typed);
    let read = matches.and_then(|matches| Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command)));
    read.map_err(|error| refuse(&error, &command, &typed))
}

/// Help and version go to standard output; what is wrong is told as one sentence.
fn refuse(error: &clap::Error, command: &Command, typed: &[OsString]) -> ExitCode {
    if !error.use_stderr() {
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    let is_json = typed.iter().take_while(|word| *word != "--").any(|word| word == "--json");
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        eprintln!("error: {UNSAID} below\n");
        let _ = error.print();
        failure::tell(is_json, Code::Invalid.as_str(), None, UNSAID);
        return ExitCode::from(2);
    }
    let sentence = sentence(error, command, typed);
    eprintln!("error: {sentence} (see --help)");
    failure::tell(is_json, Code::Invalid.as_str(), field(error).as_deref(), &sentence);
    ExitCode::from(2)
}

const UNSAID: &str = "say what to do: one of the commands";

/// The argument that is to blame, as a field is written: `description_format` of `--description-format <FORMAT>`.
fn field(error: &clap::Error) -> Option<String> {
    let told = match error.get(ContextKind::InvalidArg)? {
        ContextValue::String(told) => told,
        ContextValue::Strings(several) => several.first()?,
        _ => return None,
    };
    let name = told.split([' ', '=']).next()?.trim_matches(|c: char| "-<>[].".contains(c));
    (!name.is_empty()).then(|| name.replace('-', "_").to_lowercase())
}

fn sentence(error: &clap::Error, command: &Command, typed: &[OsString]) -> String {
    let text = error.to_string();
    // The first paragraph says what is wrong; usage and hints follow after an empty line.
    let said: Vec<&str> = text.split("\n\n").next().unwrap_or_default().split_whitespace().collect();
    let said = said.join(" ");
    let said = said.strip_prefix("error: ").unwrap_or(&said);
    // What the language says of a number is about its digits.
    let is_number = |error: &clap::Error| error.source().is_some_and(|cause| cause.is::<ParseIntError>());
    let said = match said.rsplit_once(": ").filter(|_| is_number(error)) {
        Some((said, _)) => format!("{said}: write a whole number, such as 10"),
        None => said.to_owned(),
    };
    match question(error, command, typed) {
        Some(question) => format!("{said}: {question}"),
        None => said,
    }
}

/// Whether another word was meant. `command` is built already, since it was read by.
fn question(error: &clap::Error, command: &Command, typed: &[OsString]) -> Option<String> {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    match error.kind() {
        ErrorKind::InvalidSubcommand => {
            let known = reached(command, typed).get_subcommands().filter(|known| !known.is_hide_set());
            meant::question(text(ContextKind::InvalidSubcommand)?, known.map(Command::get_name))
        }
        ErrorKind::UnknownArgument => {
            let given = option_name(text(ContextKind::InvalidArg)?, typed)?;
            let known = reached(command, typed).get_arguments().filter(|known| !known.is_hide_set());
            let words = meant::meant(given, known.filter_map(|known| known.get_long()));
            let words: Vec<_> = words.iter().map(|word| format!("--{word}")).collect();
            meant::asked(&words.iter().map(String::as_str).collect::<Vec<_>>())
        }
        ErrorKind::InvalidValue => {
            let Some(ContextValue::Strings(known)) = error.get(ContextKind::ValidValue) else { return None };
            meant::question(text(ContextKind::InvalidValue)?, known.iter().map(String::as_str))
        }
        _ => None,
    }
}

/// Of an option that is not known. One that was given with one dash is told as its first letter: `-j` of `-json`.
fn option_name<'a>(told: &'a str, typed: &'a [OsString]) -> Option<&'a str> {
    let given = match told.strip_prefix("--") {
        Some(name) => name,
        None if told.starts_with('-') => {
            let mut words = typed.iter().filter_map(|word| word.to_str());
            words.find(|word| word.starts_with(told) && word.len() > 2)?.strip_prefix('-')?
        }
        None => return None,
    };
    given.split('=').next()
}

/// The command that the words lead to, as far as they are commands.
fn reached<'a>(root: &'a Command, typed: &[OsString]) -> &'a Command {
    let mut command = root;
    let mut words = typed.iter().skip(1).filter_map(|word| word.to_str());
    while let Some(word) = words.next() {
        match word.strip_prefix("--") {
            Some("") => break,
            Some(name) => {
                let option = command.get_arguments().find(|option| option.get_long() == Some(name));
                if option.is_some_and(|option| option.get_action().takes_values()) {
                    words.next();
                }
            }
            // `help event` leads where `event` does.
            None if word.starts_with('-') || word == "help" => {}
            None => match command.find_subcommand(word) {
                Some(within) => command = within,
                None => break,
            },
        }
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::meant::slips;

    fn said(command: &mut Command, words: &[&str]) -> String {
        let typed: Vec<OsString> = ["kalends"].iter().chain(words).map(OsString::from).collect();
        let error = command.try_get_matches_from_mut(&typed).unwrap_err();
        sentence(&error, command, &typed)
    }

    /// Each command with the words that lead to it.
    fn each(command: &Command, path: Vec<String>, tried: &mut impl FnMut(&Command, &[&str])) {
        tried(command, &path.iter().map(String::as_str).collect::<Vec<_>>());
        for within in command.get_subcommands().filter(|within| within.get_name() != "help" && !within.is_hide_set()) {
            each(within, [&path[..], &[within.get_name().to_owned()]].concat(), tried);
        }
    }

    fn built() -> Command {
        let mut command = command();
        command.build();
        command
    }

    #[test]
    fn every_slip_in_a_command_names_the_command() {
        let (mut count, mut reader) = (0, command());
        each(&built(), Vec::new(), &mut |command, path| {
            let known: Vec<&str> =
                command.get_subcommands().filter(|known| !known.is_hide_set()).map(Command::get_name).collect();
            // What is not one of these may be something else that it takes.
            if command.get_positionals().next().is_some() {
                return;
            }
            for word in &known {
                for slip in slips::clear(word, &known).filter(|slip| !slip.starts_with('-')) {
                    let said = said(&mut reader, &[path, &[slip.as_str()]].concat());
                    assert!(said.contains(&format!("`{word}`")), "{path:?} {slip}: {said}");
                    count += 1;
                }
            }
        });
        assert!(count > 1000, "{count}");
    }

    #[test]
    fn every_slip_in_an_option_names_the_option() {
        let (mut count, mut reader) = (0, command());
        each(&built(), Vec::new(), &mut |command, path| {
            let known: Vec<&str> = command.get_arguments().filter_map(|option| option.get_long()).collect();
            for word in &known {
                for slip in slips::clear(word, &known).filter(|slip| !slip.starts_with('-')) {
                    let said = said(&mut reader, &[path, &[format!("--{slip}").as_str()]].concat());
                    assert!(said.contains(&format!("`--{word}`")), "{path:?} --{slip}: {said}");
                    count += 1;
                }
            }
        });
        assert!(count > 1000, "{count}");
    }

    #[test]
    fn one_sentence_says_what_is_wrong_and_what_was_meant() {
        for (words, expected) in [
            (&["evnt"][..], "unrecognized subcommand 'evnt': did you mean `event`?"),
            (&["event", "lsit"], "unrecognized subcommand 'lsit': did you mean `list`?"),
            (&["help", "evnt"], "unrecognized subcommand 'evnt': did you mean `event`?"),
            (&["event", "list", "--topik", "x"], "unexpected argument '--topik' found: did you mean `--topic`?"),
            (&["event", "list", "--topik=x"], "unexpected argument '--topik' found: did you mean `--topic`?"),
            (&["event", "list", "-json"], "unexpected argument '-j' found: did you mean `--json`?"),
            (
                &["export", "--format", "icss"],
                "invalid value 'icss' for '--format <FORMAT>' [possible values: ics, csv, json]: did you mean `ics`?",
            ),
            (&["weather"], "unrecognized subcommand 'weather'"),
            (
                &["event", "list", "--limit", "x"],
                "invalid value 'x' for '--limit <N>': write a whole number, such as 10",
            ),
            (&["event", "list", "--weather"], "unexpected argument '--weather' found"),
        ] {
            assert_eq!(said(&mut command(), words), expected);
        }
        let kind = said(&mut command(), &["event", "add", "metting", "A"]);
        assert!(
            kind.contains("`metting` is not a kind of event (did you mean `meeting`?): use one of meeting, "),
            "{kind}"
        );
        let long = said(&mut command(), &["event", "x".repeat(10_000).as_str()]);
        assert!(!long.contains("did you mean"), "{long}");
    }
}
