//! What helps at the terminal: another word that was meant, failures for programs, pages, and what a shell offers at Tab.

use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::support::Office;

const KALENDS: &str = env!("CARGO_BIN_EXE_kalends");

#[test]
fn a_slip_in_a_name_of_this_office_is_told_with_the_name_that_was_meant() {
    let office = Office::with_config(
        "[[source]]\nname = \"standards\"\nurl = \"https://example.org/a.ics\"\n\
         [[webhook]]\nname = \"team-chat\"\nurl = \"https://example.org/hook\"\nformat = \"slack\"\n\
         [[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * 1\"\n",
    );
    office.ok(&["token", "add", "robot", "--scope", "events:read"]);
    for (words, code, expected) in [
        (
            &["digest", "preview", "wekly"][..],
            1,
            "there is no digest wekly (did you mean `weekly`?): `kalends digest list`",
        ),
        (&["digest", "pause", "weeekly"], 1, "did you mean `weekly`?"),
        (&["digest", "status", "weelky"], 1, "did you mean `weekly`?"),
        (&["digest", "status", "weelky/1"], 1, "did you mean `weekly/1`?"),
        (&["subscriber", "add", "ada@example.org", "--digest", "weekl", "--confirmed"], 1, "did you mean `weekly`?"),
        (&["source", "sync", "standadrs"], 1, "did you mean `standards`?"),
        (&["webhook", "test", "team-caht"], 1, "did you mean `team-chat`?"),
        (&["token", "revoke", "robt", "--yes"], 1, "did you mean `robot`?"),
        (
            &["event", "add", "meeting", "A", "--on", "2026-12-01", "--tz", "Asia/Shangai"],
            2,
            "did you mean `Asia/Shanghai`?",
        ),
        (
            &["event", "add", "meeting", "A", "--on", "2026-12-01", "--tz", "shanghai"],
            2,
            "did you mean `Asia/Shanghai`?",
        ),
        (&["event", "list", "--status", "drafft"], 2, "did you mean `draft`?"),
        (&["evnet", "list"], 2, "did you mean `event`?"),
        (&["event", "list", "--satus", "draft"], 2, "did you mean `--status`?"),
    ] {
        let error = office.fails(words, code);
        assert!(error.contains(expected), "{words:?}: {error}");
    }
    let error = office.fails(&["digest", "preview", "monthly"], 1);
    assert!(!error.contains("did you mean"), "{error}");
    office.configure("[site]\ntitel = \"Events\"\n[mial]\nfrom = \"a@example.org\"\n");
    let error = office.fails(&["event", "list"], 1);
    assert!(error.contains("did you mean `title`?") && error.contains("did you mean `mail`?"), "{error}");
}

#[test]
fn a_failure_is_one_document_for_programs_and_the_same_sentence_for_people() {
    let office = Office::new();
    office.write("broken.md", "no heading");
    for (words, code, problem, field) in [
        (&["event", "show", "99"][..], 1, "not-found", Value::Null),
        (&["event", "add", "meeting", "A", "--on", "2026-02-30"], 2, "invalid", json!("start")),
        (&["event", "add", "meeting", "A", "--on", "2026-12-01", "--tz", "Mars"], 2, "invalid", json!("timezone")),
        (&["event", "add", "meeting", "", "--on", "2026-12-01"], 2, "invalid", json!("title")),
        (&["event", "add", "party", "A", "--on", "2026-12-01"], 2, "invalid", json!("kind")),
        (&["event", "list", "--status", "drafft"], 2, "invalid", json!("status")),
        (&["event", "lsit"], 2, "invalid", Value::Null),
        (&["event", "add", "meeting"], 2, "invalid", json!("title")),
        (&["event"], 2, "invalid", Value::Null),
        (&["digest", "preview", "monthly"], 1, "not-found", Value::Null),
        (&["article", "add", "gone.md"], 1, "not-found", Value::Null),
        (&["article", "add", "broken.md"], 1, "invalid", Value::Null),
        (&["import", "gone.csv"], 1, "not-found", Value::Null),
        (&["subscriber", "remove", "ada@example.org"], 1, "not-found", Value::Null),
        (&["editor", "add", "ada"], 2, "invalid", Value::Null),
    ] {
        let with_json: Vec<&str> = ["--json"].iter().chain(words).copied().collect();
        let ran = office.run(&with_json);
        assert_eq!(ran.code, code, "{words:?}: {}", ran.stderr);
        let document: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{words:?}: {}", ran.stdout));
        assert_eq!([&document["code"], &document["field"]], [&json!(problem), &field], "{words:?}");
        let detail = document["detail"].as_str().unwrap();
        assert!(ran.stderr.starts_with(&format!("error: {detail}")), "{words:?}: {} {detail}", ran.stderr);
        // Without it, nothing stands where a result would.
        let plain = office.run(words);
        assert_eq!((plain.code, plain.stdout.as_str()), (code, ""), "{words:?}");
        assert_eq!(plain.stderr, ran.stderr);
    }
    // What was printed stays the only document.
    office.configure("[site]\ntimezone = \"Mars/Olympus\"\n");
    for words in [&["--json", "check"][..], &["--json", "config", "show"]] {
        let ran = office.run(words);
        assert_eq!(ran.code, 1, "{words:?}");
        let document: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert!(document.get("detail").is_none(), "{words:?}: {document}");
    }
    let ran = office.run(&["--json", "event", "list"]);
    let document: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(document["code"], "invalid");
    assert!(document["detail"].as_str().unwrap().contains("kalends.toml, line 2"), "{document}");
}

#[test]
fn each_command_has_a_page_of_its_own() {
    let office = Office::new();
    let page = office.ok(&["man", "event", "add"]);
    assert!(page.contains(".TH kalends-event-add 1 ") && page.contains(".SH EXAMPLES"), "{page}");
    assert_eq!(office.ok(&["man", "kalends-event-add"]), page);
    assert!(office.ok(&["man"]).contains(".TH kalends 1 "));
    let error = office.fails(&["man", "event", "ad"], 2);
    assert!(error.contains("there is no command `event ad` (did you mean `event add`?)"), "{error}");
    let told = office.ok(&["man", "--out", "pages"]);
    let pages = std::fs::read_dir(office.path("pages")).unwrap().count();
    assert!(pages > 60 && told == format!("{pages} pages in pages.\n"), "{pages}: {told}");
    for file in ["kalends.1", "kalends-event.1", "kalends-event-add.1", "kalends-article-image-remove.1"] {
        assert!(office.path(&format!("pages/{file}")).is_file(), "{file}");
    }
    // By a program that reads pages, where there is one. There is no date on them, on purpose.
    let mut mandoc = Command::new("mandoc");
    mandoc.current_dir(office.path("pages")).args(["-T", "lint", "-W", "warning"]);
    mandoc.args(["kalends.1", "kalends-event-add.1", "kalends-token-add.1"]);
    if let Ok(ran) = mandoc.output() {
        let said = String::from_utf8_lossy(&ran.stdout);
        let wrong: Vec<&str> = said.lines().filter(|line| !line.contains("missing date")).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }
    let error = office.fails(&["man", "--out", "config/kalends.toml"], 1);
    assert!(error.contains("config/kalends.toml"), "{error}");
}

/// What the shell's script is told of a word: `words` are those on the line, the last is the one to complete.
fn offered(office: &Office, words: &[&str]) -> Vec<String> {
    let index = words.len().to_string();
    let environment = [("_KALENDS_COMPLETE", "zsh"), ("_CLAP_COMPLETE_INDEX", index.as_str()), ("_CLAP_IFS", "\n")];
    let asked: Vec<&str> = ["--", "kalends"].iter().chain(words).copied().collect();
    let ran = office.run_among(&environment, &asked);
    assert_eq!(ran.stderr, "", "{words:?}");
    ran.stdout.lines().map(str::to_owned).collect()
}

#[test]
fn a_shell_is_offered_what_this_office_has() {
    let office = Office::new();
    let one = office.add(&["meeting", "Plenary: the second", "--on", "2026-12-01", "--topic", "smart city"]);
    let two = office.add(&["forum", "Week", "--on", "2026-12-02", "--status", "draft", "--topic", "ipv6"]);
    for email in ["ada@example.org", "adam@example.org", "eve@example.org"] {
        office.ok(&["subscriber", "add", email, "--confirmed"]);
    }
    office.ok(&["token", "add", "robot", "--scope", "events:read"]);
    office.ok(&["digest", "send", "weekly"]);
    let of = |words: &[&str]| -> Vec<String> {
        let offered = offered(&office, words);
        offered.into_iter().filter(|word| !word.starts_with('-')).collect()
    };
    for (words, expected) in [
        (&["digest", "preview", ""][..], &["weekly"][..]),
        (&["digest", "preview", "we"], &["weekly"]),
        (&["digest", "stop", ""], &["weekly/1"]),
        (&["event", "list", "--topic", ""], &["ipv6", "smart city"]),
        (&["event", "list", "--topic", "SM"], &["smart city"]),
        (&["event", "list", "--status", "d"], &["draft"]),
        (&["event", "add", "me"], &["meeting"]),
        (&["subscriber", "show", ""], &[]),
        (&["subscriber", "show", "ada"], &["ada@example.org", "adam@example.org"]),
        (&["subscriber", "edit", "eve@example.org", "--tz", "Asia/Shang"], &["Asia/Shanghai"]),
        (&["token", "revoke", ""], &["robot"]),
        (&["evn"], &[]),
    ] {
        let values: Vec<String> =
            of(words).iter().map(|word| word.split(':').next().unwrap_or_default().to_owned()).collect();
        assert_eq!(values, expected, "{words:?}");
    }
    assert_eq!(of(&["event", "show", ""]), [format!("{two}:Week"), format!("{one}:Plenary: the second")]);
    assert_eq!(of(&["event", "publish", ""]), [format!("{two}:Week")]);
    assert_eq!(of(&["event", "sho"]).len(), 1);
    // Another configuration is looked into, if one is named.
    office.write(
        "other.toml",
        "[database]\nurl = \"sqlite://data/kalends.db\"\n[[digest]]\nslug = \"daily\"\nschedule = \"0 8 * * *\"\n",
    );
    assert_eq!(of(&["--config", "other.toml", "digest", "preview", ""]), ["daily"]);
}

#[test]
fn a_shell_hears_nothing_of_what_is_wrong() {
    let nowhere = Office::empty();
    let words = [&["digest", "preview", ""][..], &["event", "show", ""], &["event", "list", "--topic", ""]];
    let nothing = |office: &Office| {
        for words in words {
            let offered = offered(office, words);
            assert!(offered.iter().all(|word| word.starts_with('-')), "{words:?}: {offered:?}");
        }
    };
    // Without a file, what `init` would write is in force, here as everywhere.
    assert_eq!(offered(&nowhere, &["digest", "preview", "w"]), ["weekly:The week ahead"]);
    assert!(offered(&nowhere, &["event", "show", "1"]).is_empty());
    let office = Office::new();
    office.configure("[site\n");
    nothing(&office);
    office.configure("[database]\nurl = \"sqlite://data/kalends.db\"\n");
    std::fs::write(office.path("data/kalends.db"), vec![b'x'; 5000]).unwrap();
    nothing(&office);
    // A word of another's variable is no command of ours.
    let ran = office.run_among(&[("_KALENDS_COMPLETE", "weather")], &["--version"]);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", ""));
}

#[test]
fn a_shell_that_is_there_completes() {
    let office = Office::new();
    let id = office.add(&["meeting", "Plenary", "--on", "2026-12-01", "--topic", "smart city"]);
    let folder = office.path("");
    let in_shell = |shell: &str, script: &str| {
        let mut command = Command::new(shell);
        command.current_dir(&folder).arg("-c").arg(script).env_remove("KALENDS_CONFIG").env("K", KALENDS);
        let ran = command.stdin(Stdio::null()).output().ok()?;
        assert_eq!(String::from_utf8_lossy(&ran.stderr), "", "{shell}: {script}");
        let mut words: Vec<_> = String::from_utf8_lossy(&ran.stdout).lines().map(str::to_owned).collect();
        words.retain(|word| !word.starts_with('-'));
        Some(words)
    };
    // As bash itself calls the function at Tab.
    let bash = |words: &str, index: usize, word: &str| {
        let script = format!(
            "source <($K completions bash); COMP_WORDS=({words}); COMP_CWORD={index}; COMP_TYPE=9; \
             _clap_complete_kalends kalends '{word}' ''; printf '%s\\n' \"${{COMPREPLY[@]}}\""
        );
        in_shell("bash", &script)
    };
    assert_eq!(bash("kalends digest preview ''", 3, "").unwrap(), ["weekly"]);
    assert_eq!(bash("kalends event show ''", 3, "").unwrap(), [id.as_str()]);
    assert_eq!(bash("kalends event list --topic sm", 4, "sm").unwrap(), ["smart\\ city"]);
    let fish = |line: &str| in_shell("fish", &format!("$K completions fish | source; complete -C '{line}'"));
    if let Some(words) = fish("kalends event show ") {
        assert_eq!(words, [format!("{id}\tPlenary")]);
        assert_eq!(fish("kalends digest preview we").unwrap(), ["weekly\tThe week ahead"]);
    }
    let zsh =
        in_shell("zsh", "autoload -Uz compinit; compinit -u -D; source <($K completions zsh); print $_comps[kalends]");
    assert!(zsh.is_none_or(|words| words == ["_clap_dynamic_completer_kalends"]));
}
