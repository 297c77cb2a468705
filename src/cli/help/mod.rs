//! The command line with all that helps people to use it: examples, descriptions, and options of all commands apart.

mod examples;
mod words;

use clap::{Arg, ArgAction, Command, CommandFactory};

use super::{Cli, offers};
pub use examples::of as examples_of;

/// The heading of what every command takes.
const GLOBAL: &str = "Global options";
/// Behind all others.
const LAST: usize = 900;

/// What people type is read by this.
pub fn command() -> Command {
    let flag = |name: &'static str, short, action| Arg::new(name).short(short).long(name).action(action);
    // In the place of clap's own, which stand among the options of each command.
    let help = flag("help", 'h', ArgAction::Help).global(true).help("Print help (-h: in short)");
    let version = flag("version", 'V', ArgAction::Version).help("Print the version").help_heading(GLOBAL);
    let version = version.display_order(LAST + 2);
    let root = Cli::command().disable_help_flag(true).disable_version_flag(true).args([help, version]);
    dressed(root, "")
}

/// The same command, and all within it.
fn dressed(command: Command, path: &str) -> Command {
    let command = command.mut_args(|arg| {
        let words = words::of(path, arg.get_id().as_str());
        let arg = if arg.get_help().is_none() { arg.help(words) } else { arg };
        let arg = offers::dressed(path, arg);
        match arg.is_global_set() {
            true => {
                let order = if arg.get_id() == "help" { LAST + 1 } else { LAST };
                arg.help_heading(GLOBAL).display_order(order)
            }
            false => arg,
        }
    });
    let command = match examples::below(path, &command) {
        Some(below) => command.after_help(below),
        None => command,
    };
    command.mut_subcommands(|within| {
        let path = format!("{path} {}", within.get_name());
        dressed(within, path.trim_start())
    })
}

/// Each command that does something, with the words that lead to it, `event add`.
#[cfg(test)]
fn leaves(root: &Command) -> Vec<(String, &Command)> {
    let mut found = Vec::new();
    gather(root, "", &mut found);
    found.retain(|(_, command)| !command.is_subcommand_required_set() && !command.is_arg_required_else_help_set());
    found
}

/// Each command, groups of them, too, but for those that nobody types.
pub fn all(root: &Command) -> Vec<(String, &Command)> {
    let mut found = vec![(String::new(), root)];
    gather(root, "", &mut found);
    found
}

fn gather<'a>(command: &'a Command, path: &str, found: &mut Vec<(String, &'a Command)>) {
    for within in command.get_subcommands().filter(|it| !it.is_hide_set() && it.get_name() != "help") {
        let path = format!("{path} {}", within.get_name()).trim_start().to_owned();
        found.push((path.clone(), within));
        gather(within, &path, found);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built() -> Command {
        let mut command = command();
        command.build();
        command
    }

    #[test]
    fn each_option_and_argument_is_described() {
        for (path, command) in all(&built()) {
            for arg in command.get_arguments().filter(|arg| !arg.is_hide_set()) {
                let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
                assert!(!help.trim().is_empty(), "{path}: {} is not described", arg.get_id());
                let says_what = !help.starts_with("May be given");
                assert!(says_what, "{path}: {} says how often and not what: {help}", arg.get_id());
                assert!(!help.ends_with('.'), "{path}: {help}");
            }
        }
    }

    #[test]
    fn what_every_command_takes_stands_apart_at_the_end() {
        for (path, command) in all(&built()) {
            let help = command.clone().render_long_help().to_string();
            let apart = help.find("\nGlobal options:").unwrap_or_else(|| panic!("{path}: {help}"));
            for global in command.get_arguments().filter(|arg| arg.is_global_set()).filter_map(Arg::get_long) {
                let options = help.lines().filter(|line| line.trim_start().starts_with('-'));
                let line = options.clone().find(|line| line.contains(&format!("--{global}")));
                let at = line.and_then(|line| help.find(line));
                assert!(at.is_some_and(|at| at > apart), "{path} {global}: {help}");
            }
            let headings: Vec<&str> =
                help.lines().filter(|line| line.ends_with(':') && !line.starts_with(' ')).collect();
            let last: Vec<&&str> = headings.iter().rev().take_while(|heading| **heading != "Global options:").collect();
            assert!(last.iter().all(|heading| **heading == "Examples:"), "{path}: {headings:?}");
        }
    }
}
