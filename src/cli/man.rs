//! `kalends man`: a page for each command, made of the command line itself.

use std::path::{Path, PathBuf};

use clap::{Args, Command};
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, italic, roman};

use super::help::{all, command, examples_of};
use super::output::{Output, print};
use super::{Cli, Done, Failure};
use crate::domain::meant;

#[derive(Debug, Args)]
pub struct ManArgs {
    /// Whose page it is, such as event add [default: that of kalends itself]
    #[arg(value_name = "COMMAND", add = ArgValueCandidates::new(offered))]
    command: Vec<String>,
    /// Write a page for every command into this folder, as kalends-event-add.1
    #[arg(long, value_name = "FOLDER", conflicts_with = "command")]
    out: Option<PathBuf>,
}

pub fn run(cli: &Cli, args: &ManArgs) -> Done {
    let root = built();
    let pages = all(&root);
    match &args.out {
        Some(folder) => write(cli, folder, &pages),
        None => {
            let wanted = args.command.join(" ");
            // As the pages call themselves, too: kalends-event-add.
            let wanted = wanted.strip_prefix("kalends").unwrap_or(&wanted).trim_start_matches([' ', '-']);
            let found = pages.iter().find(|(path, _)| path == wanted || dashed(path) == wanted);
            let Some((path, command)) = found else {
                let meant = meant::aside(wanted, pages.iter().map(|(path, _)| path.as_str()));
                return Err(Failure::Usage(format!(
                    "there is no command `{wanted}`{meant}: `kalends --help` lists them"
                )));
            };
            print(&page(path, command)?)
        }
    }
}

/// For a shell: `event-add`.
fn offered() -> Vec<CompletionCandidate> {
    let root = command();
    let about = |command: &Command| command.get_about().map(|about| about.to_string().into());
    let pages = all(&root).into_iter().filter(|(path, _)| !path.is_empty());
    pages.map(|(path, command)| CompletionCandidate::new(dashed(&path)).help(about(command))).collect()
}

/// Without `help`, which says of each command what its page says.
fn built() -> Command {
    let mut root = command().disable_help_subcommand(true);
    root.build();
    root
}

fn dashed(path: &str) -> String {
    path.replace(' ', "-")
}

/// `kalends-event-add`.
fn title(path: &str) -> String {
    if path.is_empty() { "kalends".to_owned() } else { format!("kalends-{}", dashed(path)) }
}

fn write(cli: &Cli, folder: &Path, pages: &[(String, &Command)]) -> Done {
    let failed = |path: &Path| {
        let path = path.display().to_string();
        move |error: std::io::Error| Failure::failed(format!("can't write {path}: {error}"))
    };
    std::fs::create_dir_all(folder).map_err(failed(folder))?;
    let mut written = Vec::new();
    for (path, command) in pages {
        let file = folder.join(format!("{}.1", title(path)));
        std::fs::write(&file, page(path, command)?).map_err(failed(&file))?;
        written.push(file);
    }
    Output::new(cli.json).show(&written, || format!("{} pages in {}.\n", written.len(), folder.display()))
}

/// In the order of man-pages(7).
fn page(path: &str, command: &Command) -> Result<String, Failure> {
    let man = Man::new(command.clone());
    // The library leaves an empty date out, and what follows would be taken for it.
    let version = env!("CARGO_PKG_VERSION");
    let mut page = format!(".TH {} 1 \"\" \"kalends {version}\" \"kalends\"\n", title(path)).into_bytes();
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if command.get_subcommands().any(|within| !within.is_hide_set()) {
        man.render_subcommands_section(&mut page)?;
    }
    let mut rest = Roff::default();
    statuses(&mut rest, path);
    environment(&mut rest, path);
    files(&mut rest);
    examples(&mut rest, path);
    see_also(&mut rest, path, command);
    rest.to_writer(&mut page)?;
    Ok(in_ascii(&String::from_utf8_lossy(&page)))
}

/// For roff programs that take each octet for a letter: `\[u2026]` for `…`.
fn in_ascii(page: &str) -> String {
    let letter = |c: char| if c.is_ascii() { c.to_string() } else { format!("\\[u{:04X}]", u32::from(c)) };
    page.chars().map(letter).collect()
}

/// Each word with what it means.
fn listed(roff: &mut Roff, heading: &str, entries: &[(&str, &str)]) {
    roff.control("SH", [heading]);
    for (word, meaning) in entries {
        roff.control("TP", []);
        roff.text([bold(*word)]);
        roff.text([roman(*meaning)]);
    }
}

fn statuses(roff: &mut Roff, path: &str) {
    let mut entries = vec![
        ("0", "It is done."),
        ("1", "It could not be done, or not all of it; standard error says why."),
        ("2", "What was typed is wrong; standard error says what would be right."),
    ];
    if is_told_by_mail_servers(path) {
        entries.push(("75", "It can't be done now: give it again later (EX_TEMPFAIL of sysexits.h)."));
    }
    entries.extend([
        ("129", "Its terminal was closed (SIGHUP)."),
        ("130", "Somebody stopped it with Ctrl-C; standard error says what is done."),
        ("143", "It was told to end (SIGTERM)."),
    ]);
    listed(roff, "EXIT STATUS", &entries);
}

/// Where the code 75 may come: what a mail server runs, and what makes editions while everything changes.
fn is_told_by_mail_servers(path: &str) -> bool {
    ["", "bounce", "digest", "digest send", "digest preview", "digest draft"].contains(&path)
}

fn environment(roff: &mut Roff, path: &str) {
    let mut entries = vec![
        ("KALENDS_CONFIG", "The configuration, where --config names none."),
        (
            "KALENDS_SECTION__KEY",
            "Any option of the configuration, in the place of what the file says: KALENDS_MAIL__FROM is from in [mail].",
        ),
        ("NO_COLOR", "If it is set and not empty, nothing is coloured (no-color.org)."),
        (
            "PAGER",
            "What shows output that is longer than the terminal, in the place of less; cat shows all of it at once.",
        ),
    ];
    if ["", "event edit", "event review"].contains(&path) {
        entries.push(("VISUAL, EDITOR", "The editor in which an event is changed; the first that is set, else vi."));
    }
    if ["", "digest preview"].contains(&path) {
        entries.push(("BROWSER", "What --open shows a page with, in the place of the desktop's."));
    }
    if ["", "serve"].contains(&path) {
        entries.push(("KALENDS_LOG", "What the daemon's log tells, such as debug, or warn,kalends=info."));
    }
    listed(roff, "ENVIRONMENT", &entries);
}

fn files(roff: &mut Roff) {
    let entries = [
        ("config/kalends.toml", "The configuration: its comments are the manual of all options."),
        ("data/kalends.db", "The database, where [database] url names no other."),
        ("data/outbox", "Mails as files, where [mail] transport is \"file\"."),
    ];
    listed(roff, "FILES", &entries);
}

fn examples(roff: &mut Roff, path: &str) {
    let examples = examples_of(path);
    if examples.is_empty() {
        return;
    }
    roff.control("SH", ["EXAMPLES"]);
    for (at, (does, line)) in examples.iter().enumerate() {
        // The heading has begun the first.
        if at > 0 {
            roff.control("PP", []);
        }
        roff.text([roman(format!("{does}:"))]);
        roff.control("PP", []);
        roff.control("RS", ["4"]);
        roff.control("EX", []);
        roff.text([roman(*line)]);
        roff.control("EE", []);
        roff.control("RE", []);
    }
}

/// What it is part of, and what is part of it.
fn see_also(roff: &mut Roff, path: &str, command: &Command) {
    let mut pages = Vec::new();
    if !path.is_empty() {
        pages.push("kalends".to_owned());
    }
    pages.extend(path.rsplit_once(' ').map(|(group, _)| title(group)));
    let within = command.get_subcommands().filter(|within| !within.is_hide_set());
    pages.extend(within.map(|within| title(format!("{path} {}", within.get_name()).trim_start())));
    roff.control("SH", ["SEE ALSO"]);
    let mut line = Vec::new();
    for (at, page) in pages.iter().enumerate() {
        if at > 0 {
            line.push(roman(", "));
        }
        line.extend([italic(page), roman("(1)")]);
    }
    roff.text(line);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_command_has_a_page_with_all_that_it_takes() {
        let root = built();
        let pages = all(&root);
        assert!(pages.len() > 60, "{}", pages.len());
        for (path, command) in &pages {
            let page = page(path, command).unwrap();
            assert!(page.contains(&format!(".TH {} 1 ", title(path))) && page.is_ascii(), "{page}");
            let mut sections =
                vec!["NAME", "SYNOPSIS", "DESCRIPTION", "EXIT STATUS", "ENVIRONMENT", "FILES", "SEE ALSO"];
            if !examples_of(path).is_empty() {
                sections.push("EXAMPLES");
            }
            for section in sections {
                let heading =
                    if section.contains(' ') { format!(".SH \"{section}\"\n") } else { format!(".SH {section}\n") };
                assert!(page.contains(&heading), "{path}: no {section} in\n{page}");
            }
            for option in command.get_arguments().filter_map(|option| option.get_long()) {
                assert!(page.contains(&option.replace('-', "\\-")), "{path}: --{option}");
            }
            assert!(!page.contains("help(1)") && !page.contains("Examples:"), "{page}");
        }
    }
}
