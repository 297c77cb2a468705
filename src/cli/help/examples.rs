//! Two or more examples of each command, that can be run as they stand: what each does, and its words.

use clap::builder::StyledStr;

type Example = (&'static str, &'static str);

/// By the words that lead to the command.
const EXAMPLES: &[(&str, &[Example])] = &[
    (
        "init",
        &[
            ("In a new folder: the configuration and the database", "kalends init"),
            ("The same, by a short conversation", "kalends init --ask"),
            ("With the configuration somewhere else", "kalends --config /etc/kalends/kalends.toml init"),
        ],
    ),
    (
        "serve",
        &[
            ("Run what config/kalends.toml says", "kalends serve"),
            ("Show what it does, with a sample newsletter", "kalends serve --demo"),
            ("On another port, with a log for programs", "kalends serve --listen 127.0.0.1:9090 --log-json"),
        ],
    ),
    (
        "event add",
        &[
            (
                "A meeting at a time, in a zone",
                "kalends event add meeting \"Plenary of TC 260\" --on \"2026-12-01 09:00\" --tz Asia/Shanghai",
            ),
            (
                "A week, as a draft that nobody sees yet",
                "kalends event add forum \"Cybersecurity Week\" --from 2026-09-14 --to 2026-09-20 --status draft",
            ),
            ("In words", "kalends event add meeting \"Plenary of TC 260\" --on \"next tuesday 9:00-12:00\""),
            (
                "Every second Tuesday of a month",
                "kalends event add meeting \"Office hour\" --every \"2nd tuesday\" --on 15:00",
            ),
        ],
    ),
    (
        "event copy",
        &[
            ("Next year's, at the same hour and as long", "kalends event copy 12 --on 2027-10-11"),
            ("With another title", "kalends event copy 12 --on \"11 October 2027\" --title \"Annual forum 2027\""),
        ],
    ),
    (
        "event review",
        &[
            ("All drafts, a key each", "kalends event review"),
            ("Those of the next two weeks", "kalends event review --from today --to +14d"),
        ],
    ),
    (
        "event list",
        &[
            ("What lies ahead in December", "kalends event list --from 2026-12-01 --to 2026-12-31"),
            ("Drafts about IPv6, for a program", "kalends event list --status draft --topic ipv6 --json"),
        ],
    ),
    (
        "event show",
        &[
            ("All that is known of event 12", "kalends event show 12"),
            ("For a program", "kalends event show 12 --json"),
        ],
    ),
    (
        "event edit",
        &[
            ("In an editor ($VISUAL or $EDITOR)", "kalends event edit 12"),
            ("A place for all of a topic", "kalends event edit --where-topic ipv6 --location Beijing"),
            ("Another day and place", "kalends event edit 12 --on 2026-12-02 --location \"Beijing, hall B\""),
            ("One date of a series", "kalends event edit 12 --occurrence 2026-12-08 --on \"2026-12-09 15:00\""),
        ],
    ),
    (
        "event publish",
        &[
            ("One draft", "kalends event publish 12"),
            ("Several at once: all of them, or none", "kalends event publish 12-14 17"),
            ("All drafts about IPv6", "kalends event publish --status draft --topic ipv6"),
        ],
    ),
    (
        "event cancel",
        &[
            ("With a reason that readers see", "kalends event cancel 12 --reason \"The hall is flooded\""),
            ("Who would hear of it", "kalends event cancel 12 --dry-run"),
        ],
    ),
    (
        "event restore",
        &[
            ("It takes place after all", "kalends event restore 12"),
            ("So does one date of a series", "kalends event restore 12 --occurrence 2026-12-08"),
        ],
    ),
    (
        "event remove",
        &[("It is asked first", "kalends event remove 12"), ("In a script", "kalends event remove 12 --yes")],
    ),
    (
        "event history",
        &[
            ("Who changed what, and when", "kalends event history 12"),
            ("For a program", "kalends event history 12 --json"),
        ],
    ),
    (
        "article add",
        &[
            ("A text with front matter", "kalends article add seal.md"),
            ("From another program, as a draft", "kalends article add - --draft < seal.md"),
        ],
    ),
    (
        "article list",
        &[
            ("The five newest", "kalends article list --limit 5"),
            ("Drafts of a topic", "kalends article list --status draft --topic ipv6"),
        ],
    ),
    (
        "article show",
        &[
            ("With its events and pictures", "kalends article show 3"),
            ("For a program", "kalends article show 3 --json"),
        ],
    ),
    (
        "article edit",
        &[
            ("Replace it by what the file says", "kalends article edit 3 seal.md"),
            ("Only if nobody changed it meanwhile", "kalends article edit 3 seal.md --if-version 7"),
        ],
    ),
    (
        "article publish",
        &[
            ("Let everybody read it", "kalends article publish 3"),
            ("And tell a program what became of it", "kalends article publish 3 --json"),
        ],
    ),
    (
        "article remove",
        &[("It is asked first", "kalends article remove 3"), ("In a script", "kalends article remove 3 --yes")],
    ),
    (
        "article image remove",
        &[
            ("By its name in the article", "kalends article image remove 3 seal.png"),
            ("By the beginning of its hash, in a script", "kalends article image remove 3 5f2c91 --yes"),
        ],
    ),
    (
        "article history",
        &[
            ("Who changed what, and when", "kalends article history 3"),
            ("For a program", "kalends article history 3 --json"),
        ],
    ),
    (
        "import",
        &[
            ("What would become of each row", "kalends import dates.csv --dry-run"),
            ("A calendar of the web, as drafts", "kalends import https://example.org/calendar.ics --draft"),
            ("From another program", "kalends import - --format json < events.json"),
        ],
    ),
    (
        "export",
        &[
            ("A calendar of all that is published", "kalends export > kalends.ics"),
            ("All of it, to move house", "kalends export --format json > events.json"),
        ],
    ),
    (
        "extract",
        &[
            ("Which dates a newsletter tells", "kalends extract newsletter.docx"),
            ("Keep them as drafts", "kalends extract minutes.md --written 2026-11-30 --add-drafts"),
        ],
    ),
    (
        "source list",
        &[("How reading them went", "kalends source list"), ("For a program", "kalends source list --json")],
    ),
    (
        "source sync",
        &[
            ("All of them, now", "kalends source sync"),
            ("One that rightly lost most of its events", "kalends source sync tc260 --believe"),
        ],
    ),
    (
        "subscriber add",
        &[
            ("Ask somebody by mail", "kalends subscriber add ada@example.org --digest weekly --topic ipv6"),
            (
                "Who agreed on paper",
                "kalends subscriber add ada@example.org --confirmed --consent-note \"Form of 3 May\"",
            ),
        ],
    ),
    (
        "subscriber edit",
        &[
            ("One digest less", "kalends subscriber edit ada@example.org --remove-digest weekly"),
            (
                "Their mail at seven, in Brussels",
                "kalends subscriber edit ada@example.org --tz Europe/Brussels --hour 7",
            ),
        ],
    ),
    (
        "subscriber list",
        &[("Everybody", "kalends subscriber list"), ("For a program", "kalends subscriber list --json")],
    ),
    (
        "subscriber show",
        &[
            ("What they get, and the last mails", "kalends subscriber show ada@example.org"),
            ("For a program", "kalends subscriber show ada@example.org --json"),
        ],
    ),
    (
        "subscriber remove",
        &[
            ("It is asked first", "kalends subscriber remove ada@example.org"),
            ("In a script", "kalends subscriber remove ada@example.org --yes"),
        ],
    ),
    (
        "subscriber calendar",
        &[
            ("Its address, to send to them", "kalends subscriber calendar ada@example.org"),
            ("Another one, since the old got about", "kalends subscriber calendar ada@example.org --renew"),
        ],
    ),
    (
        "subscriber import",
        &[
            ("What would become of each row", "kalends subscriber import readers.csv --dry-run"),
            ("A workbook of Excel", "kalends subscriber import readers.xlsx"),
        ],
    ),
    (
        "subscriber export",
        &[
            ("All who agreed, to move house", "kalends subscriber export > readers.csv"),
            ("All that is kept of one person", "kalends subscriber export ada@example.org --json"),
        ],
    ),
    (
        "subscriber forget",
        &[
            ("It is asked first", "kalends subscriber forget ada@example.org"),
            ("In a script", "kalends subscriber forget ada@example.org --yes"),
        ],
    ),
    (
        "subscriber suppress",
        &[
            ("Who asked on the telephone", "kalends subscriber suppress ada@example.org"),
            ("Several", "kalends subscriber suppress ada@example.org lin@example.com"),
        ],
    ),
    (
        "subscriber unsuppress",
        &[
            ("One address", "kalends subscriber unsuppress ada@example.org"),
            ("All who bounced by one edition", "kalends subscriber unsuppress --edition weekly/1"),
        ],
    ),
    (
        "editor add",
        &[
            ("Who writes", "kalends editor add ada@example.org --name \"Ada Lovelace\""),
            ("Who also sees to people and the machine", "kalends editor add ada@example.org --role operator"),
        ],
    ),
    ("editor list", &[("Who they are", "kalends editor list"), ("For a program", "kalends editor list --json")]),
    (
        "editor address",
        &[
            ("Where their mails become drafts", "kalends editor address ada@example.org"),
            ("Another, since the old got about", "kalends editor address ada@example.org --renew"),
        ],
    ),
    (
        "editor link",
        &[
            ("Who has never been in", "kalends editor link ada@example.org"),
            ("For a program", "kalends editor link ada@example.org --json"),
        ],
    ),
    (
        "editor remove",
        &[
            ("It is asked first", "kalends editor remove ada@example.org"),
            ("In a script", "kalends editor remove ada@example.org --yes"),
        ],
    ),
    (
        "token add",
        &[
            ("For a robot that adds events", "kalends token add robot --scope events:write --expires 90d"),
            ("For one that reads all", "kalends token add board --scope events:read --scope digests:read"),
        ],
    ),
    ("token list", &[("What is in force", "kalends token list"), ("For a program", "kalends token list --json")]),
    (
        "token revoke",
        &[("It is asked first", "kalends token revoke robot"), ("In a script", "kalends token revoke robot --yes")],
    ),
    (
        "webhook list",
        &[("How they go", "kalends webhook list"), ("The last messages of one", "kalends webhook list team-chat")],
    ),
    (
        "webhook test",
        &[
            ("Does it answer?", "kalends webhook test team-chat"),
            ("For a program", "kalends webhook test team-chat --json"),
        ],
    ),
    (
        "webhook replay",
        &[
            ("What waits or was given up", "kalends webhook replay team-chat"),
            ("All since a day", "kalends webhook replay team-chat --since 2026-11-28"),
        ],
    ),
    ("acts", &[("The last ten", "kalends acts --limit 10"), ("For a program", "kalends acts --json")]),
    (
        "digest list",
        &[
            ("When each is due, and who reads it", "kalends digest list"),
            ("For a program", "kalends digest list --json"),
        ],
    ),
    (
        "digest schedule",
        &[
            ("The next five moments", "kalends digest schedule weekly"),
            ("Those of the new year", "kalends digest schedule weekly --from 2027-01-01 --count 3"),
        ],
    ),
    (
        "digest preview",
        &[
            ("As it would be now", "kalends digest preview weekly"),
            (
                "As one reader would get it",
                "kalends digest preview weekly --as ada@example.org --format html > weekly.html",
            ),
            ("As it would be then", "kalends digest preview weekly --at \"2026-12-07 08:00\""),
        ],
    ),
    (
        "digest note",
        &[
            ("Say this first in the next edition", "kalends digest note weekly --file note.md"),
            ("Another subject", "kalends digest note weekly --subject \"Last call for papers\""),
            ("Take it all back", "kalends digest note weekly --clear"),
        ],
    ),
    (
        "digest draft",
        &[
            ("What the next edition tells", "kalends digest draft weekly"),
            ("That of a day, in Chinese", "kalends digest draft weekly --for 2026-12-07 --locale zh-Hans"),
        ],
    ),
    (
        "digest leave-out",
        &[
            ("Event 12 and an article", "kalends digest leave-out weekly 12 article:3"),
            ("One date of a series, out of all editions", "kalends digest leave-out weekly 12@2026-12-08 --for-good"),
        ],
    ),
    (
        "digest put-first",
        &[
            ("Event 12 before all else", "kalends digest put-first weekly 12"),
            ("Take that back", "kalends digest put-first weekly 12 --undo"),
        ],
    ),
    (
        "digest add",
        &[
            ("What it would not tell by itself", "kalends digest add weekly 12"),
            ("In the edition of a day", "kalends digest add weekly article:3 --for 2026-12-07"),
        ],
    ),
    (
        "digest approve",
        &[
            ("The next one", "kalends digest approve weekly"),
            ("That of a day", "kalends digest approve weekly --for 2026-12-07"),
        ],
    ),
    (
        "digest send",
        &[
            ("A test to yourself", "kalends digest send weekly --to ada@example.org"),
            ("What would go to how many", "kalends digest send weekly --dry-run"),
            ("Now, in the place of Monday's", "kalends digest send weekly --at \"2026-12-07 08:00\" --instead"),
        ],
    ),
    (
        "digest stop",
        &[
            ("Hold what has not gone yet", "kalends digest stop weekly/1"),
            ("For a program", "kalends digest stop weekly/1 --json"),
        ],
    ),
    (
        "digest go-on",
        &[
            ("What would go", "kalends digest go-on weekly/1 --dry-run"),
            ("Send the rest, in a script", "kalends digest go-on weekly/1 --yes"),
        ],
    ),
    (
        "digest drop",
        &[
            ("What would be given up", "kalends digest drop weekly/1 --dry-run"),
            ("Give it up, in a script", "kalends digest drop weekly/1 --yes"),
        ],
    ),
    (
        "digest correct",
        &[
            ("In the archive alone", "kalends digest correct weekly/1 --file correction.md"),
            (
                "And by mail, in a few words",
                "echo \"The hall is B.\" | kalends digest correct weekly/1 --file - --mail",
            ),
        ],
    ),
    (
        "digest status",
        &[
            ("How the last edition of each goes", "kalends digest status"),
            ("One edition, until it is through", "kalends digest status weekly/1 --watch"),
        ],
    ),
    (
        "digest pause",
        &[
            ("No edition until it is resumed", "kalends digest pause weekly"),
            ("For a program", "kalends digest pause weekly --json"),
        ],
    ),
    (
        "digest resume",
        &[
            ("From the next moment on", "kalends digest resume weekly"),
            ("For a program", "kalends digest resume weekly --json"),
        ],
    ),
    (
        "delivery list",
        &[
            ("What failed of an edition", "kalends delivery list --edition weekly/1 --status failed"),
            ("The last mails to somebody", "kalends delivery list --address ada@example.org --limit 5"),
        ],
    ),
    (
        "delivery retry",
        &[
            ("One of them", "kalends delivery retry 204"),
            ("All of an edition", "kalends delivery retry --edition weekly/1"),
        ],
    ),
    (
        "delivery resend",
        &[
            ("Once more, to who lost it", "kalends delivery resend weekly/1 --to ada@example.org"),
            ("For a program", "kalends delivery resend weekly/1 --to ada@example.org --json"),
        ],
    ),
    (
        "bounce",
        &[
            ("From a file", "kalends bounce < message.eml"),
            (
                "From a mail server that tells the address",
                "kalends bounce --recipient \"bounces+2x7@example.org\" < message.eml",
            ),
        ],
    ),
    (
        "bounce list",
        &[("Who complained", "kalends bounce list --class complaint"), ("For a program", "kalends bounce list --json")],
    ),
    ("bounce show", &[("One of them", "kalends bounce show 7"), ("For a program", "kalends bounce show 7 --json")]),
    (
        "dkim-key",
        &[
            ("A key for the domain of the sender", "kalends dkim-key"),
            ("A second one, shorter", "kalends dkim-key --type ed25519 --selector kalends-2027"),
            ("What to publish for those configured", "kalends dkim-key --show"),
        ],
    ),
    (
        "backup",
        &[
            ("While the daemon runs", "kalends backup kalends-2026-11-30.db"),
            ("For a program", "kalends backup /var/backups/kalends.db --json"),
        ],
    ),
    (
        "restore",
        &[
            ("A copy of yours", "kalends restore kalends-2026-11-30.db"),
            ("In a script", "kalends restore /var/backups/kalends.db --yes"),
        ],
    ),
    (
        "secret renew",
        &[
            ("As a precaution", "kalends secret renew"),
            ("Others know it: nothing given before goes on", "kalends secret renew --leaked"),
        ],
    ),
    ("check", &[("Before the first edition", "kalends check"), ("For a watcher", "kalends check --json")]),
    ("status", &[("At a glance", "kalends status"), ("Again and again, until Ctrl-C", "kalends status --watch")]),
    (
        "config show",
        &[
            ("What is in force, and why", "kalends config show"),
            ("Of another file, for a program", "kalends --config /etc/kalends/kalends.toml --json config show"),
        ],
    ),
    (
        "completions",
        &[
            (
                "For bash, each time it starts",
                "kalends completions bash > ~/.local/share/bash-completion/completions/kalends",
            ),
            ("For fish", "kalends completions fish > ~/.config/fish/completions/kalends.fish"),
        ],
    ),
    (
        "man",
        &[
            ("Read the page of a command", "kalends man event add | man -l -"),
            ("All of them, for the system", "kalends man --out /usr/local/share/man/man1"),
        ],
    ),
];

pub fn of(path: &str) -> &'static [Example] {
    EXAMPLES.iter().find(|(known, _)| *known == path).map_or(&[], |(_, examples)| examples)
}

/// As they stand below the help of a command, with the heading in its style.
pub fn below(path: &str, command: &clap::Command) -> Option<StyledStr> {
    let examples = of(path);
    if examples.is_empty() {
        return None;
    }
    let heading = command.get_styles().get_header();
    let mut text = format!("{heading}Examples:{heading:#}");
    for (does, line) in examples {
        text += &format!("\n  {does}:\n    {line}");
    }
    Some(StyledStr::from(text))
}

#[cfg(test)]
mod tests {
    use super::super::{command, leaves};
    use super::*;

    #[test]
    fn each_command_has_two_examples_and_no_others_have_any() {
        let paths: Vec<String> = leaves(&command()).into_iter().map(|(path, _)| path).collect();
        for path in &paths {
            assert!(of(path).len() >= 2, "`{path}` has no two examples");
        }
        for (path, _) in EXAMPLES {
            assert!(paths.iter().any(|known| known == path), "`{path}` is no command");
        }
    }

    #[test]
    fn each_example_is_read_by_the_command_line_as_that_command() {
        for (path, examples) in EXAMPLES {
            for (does, line) in *examples {
                let words = shlex::split(line).unwrap_or_else(|| panic!("{line}"));
                // What a shell makes of it, before and behind.
                let begin = words.iter().position(|word| word == "kalends").unwrap_or_else(|| panic!("{line}"));
                let behind = words[begin..].iter().position(|word| ["<", ">", "|"].contains(&word.as_str()));
                let words = &words[begin..behind.map_or(words.len(), |behind| begin + behind)];
                let matches = command().try_get_matches_from(words).unwrap_or_else(|error| panic!("{line}: {error}"));
                let (mut at, mut reached) = (&matches, Vec::new());
                while let Some((name, within)) = at.subcommand() {
                    reached.push(name);
                    at = within;
                }
                assert_eq!(reached.join(" "), *path, "{line}");
                assert!(!does.ends_with(['.', ':']), "{does}");
            }
        }
    }
}
