//! `kalends init --ask`: a conversation at a terminal that ends in a configuration, a database and an editor.

use std::os::unix::fs::PermissionsExt;

use crate::support::Office;
use crate::support::smtp_server::SmtpServer;
use crate::support::terminal::{CTRL_C, CTRL_D, ENTER, Setting, Terminal};

/// The questions, by a part of each, in their order.
const QUESTIONS: [&str; 7] = [
    "called? [kalends] ",
    "reach it? [http://127.0.0.1:8080] ",
    "its dates? [",
    "(en, zh-Hans)? [",
    "Which mail server? [none] ",
    "From which address does mail come? [",
    "first editor? [none] ",
];

fn start(office: &Office, columns: u16) -> Terminal {
    Setting::of(columns, 40).with("TZ", "Europe/Oslo").run(office, &["init", "--ask"])
}

fn answer(terminal: &mut Terminal, question: &str, answer: &str) {
    terminal.wait_for(question).types(answer).press(ENTER);
}

fn is_empty(office: &Office) -> bool {
    std::fs::read_dir(office.path(".")).unwrap().next().is_none()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_is_asked_and_every_answer_is_judged_where_it_is_typed() {
    let server = SmtpServer::builder().require_login("kalends", "s3cret").start().await;
    let office = Office::empty();
    let relay = format!("smtp://127.0.0.1:{}", server.port());
    let mut terminal = start(&office, 80);
    answer(&mut terminal, "called? [kalends] ", "Standards Watch");
    answer(&mut terminal, "reach it? [http://127.0.0.1:8080] ", "events.example.org");
    answer(&mut terminal, "is not an address of a site", "https://events.example.org");
    answer(&mut terminal, "its dates? [Europe/Oslo] ", "Asia/Shangai");
    answer(&mut terminal, "did you mean `Asia/Shanghai`?", "Asia/Shanghai");
    answer(&mut terminal, "(en, zh-Hans)? [en] ", "klingon");
    answer(&mut terminal, "`klingon` is not a locale: use one of en, zh-Hans", "");
    answer(&mut terminal, "Which mail server? [none] ", "mail.example.org");
    answer(&mut terminal, "is not a relay: write smtp://host:port", &relay);
    answer(&mut terminal, "Your user name there? [none] ", "kalends");
    answer(&mut terminal, "The password, which is not shown? ", "wrong");
    terminal.wait_for("login failed");
    answer(&mut terminal, "Keep it as it is? No asks again. [y/N] ", "");
    // What was said of it stays.
    answer(&mut terminal, &format!("Which mail server, or none? [{relay}] "), "");
    answer(&mut terminal, "Your user name there, or none? [kalends] ", "");
    answer(&mut terminal, "not shown? [as before] ", "s3cret");
    terminal.wait_for("logged in");
    answer(&mut terminal, "come? [Standards Watch <news@events.example.org>] ", "Watch <nobody>");
    answer(&mut terminal, "nobody", "Watch <news@example.org>");
    answer(&mut terminal, "first editor? [none] ", "ann@");
    answer(&mut terminal, "`ann@`", "ann@example.org");
    answer(&mut terminal, "And the name? [none] ", "Ann");
    answer(&mut terminal, "Write this? [Y/n] ", "");
    let shown = terminal.ends_with(0);
    assert!(!shown.contains("s3cret") && !shown.contains("wrong\n"), "{shown}");
    assert!(shown.contains(&format!("  mail      by {relay}, as kalends")), "{shown}");
    assert!(shown.contains("with Ann <ann@example.org> as its first editor"), "{shown}");
    assert!(shown.ends_with("Next: `kalends check`, then `kalends serve`."), "{shown}");
    assert!(terminal.is_as_it_was());

    let written = std::fs::read_to_string(office.path("config/kalends.toml")).unwrap();
    assert!(written.contains("title = \"Standards Watch\"  ") && written.contains("# what people see"), "{written}");
    assert_eq!(std::fs::read_to_string(office.path("config/relay-password")).unwrap(), "s3cret\n");
    let mode = office.path("config/relay-password").metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(office.json(&["editor", "list"])[0]["email"], "ann@example.org");
    assert!(office.ok(&["acts"]).contains("operator"));
    let checked = office.run(&["check"]).stdout;
    assert!(checked.contains("logged in without TLS"), "{checked}");
    let again = start(&office, 80).ends_with(1);
    assert!(again.contains("config/kalends.toml is there already, and stays as it is"), "{again}");
}

#[test]
fn who_takes_all_that_is_offered_has_the_manual() {
    let office = Office::empty();
    let mut terminal = Setting::of(60, 40).with("TZ", "UTC").run(&office, &["init", "--ask"]);
    for question in QUESTIONS {
        // A narrow terminal breaks a question where it ends.
        terminal.wait_for(&question[..question.len().min(12)]).press(ENTER);
    }
    terminal.wait_for("Write this?").press(ENTER);
    terminal.ends_with(0);
    let written = std::fs::read_to_string(office.path("config/kalends.toml")).unwrap();
    assert_eq!(written, include_str!("../../config/kalends.toml"));
    assert!(!office.path("config/relay-password").exists());
    assert_eq!(office.json(&["editor", "list"]).as_array().unwrap().len(), 0);
}

#[test]
fn who_leaves_at_any_question_has_written_nothing() {
    for key in [CTRL_C, CTRL_D] {
        for leaves_at in 0..=QUESTIONS.len() {
            let office = Office::empty();
            let mut terminal = start(&office, 140);
            for question in &QUESTIONS[..leaves_at] {
                terminal.wait_for(question).press(ENTER);
            }
            terminal.wait_for(QUESTIONS.get(leaves_at).unwrap_or(&"Write this? [Y/n] ")).press(key);
            let shown = terminal.ends_with(130);
            assert!(shown.ends_with("stopped: nothing was written"), "{shown}");
            assert!(is_empty(&office) && terminal.is_as_it_was());
        }
    }
    let office = Office::empty();
    let mut terminal = start(&office, 140);
    QUESTIONS.iter().for_each(|question| answer(&mut terminal, question, ""));
    answer(&mut terminal, "Write this? [Y/n] ", "n");
    assert!(terminal.ends_with(1).ends_with("error: nothing was written"));
    assert!(is_empty(&office));
}

#[test]
fn who_leaves_at_the_password_sees_again_what_is_typed() {
    for key in [CTRL_C, CTRL_D] {
        let office = Office::empty();
        let mut terminal = start(&office, 140);
        QUESTIONS[..4].iter().for_each(|question| answer(&mut terminal, question, ""));
        answer(&mut terminal, QUESTIONS[4], "smtp://127.0.0.1:1");
        answer(&mut terminal, "Your user name there? [none] ", "kalends");
        terminal.wait_for("not shown? ").press(key);
        terminal.ends_with(130);
        assert!(is_empty(&office) && terminal.is_as_it_was());
    }
}

#[test]
fn a_mail_server_that_is_not_there_yet_can_be_kept() {
    let office = Office::empty();
    let mut terminal = start(&office, 140);
    QUESTIONS[..4].iter().for_each(|question| answer(&mut terminal, question, ""));
    answer(&mut terminal, QUESTIONS[4], "smtp://127.0.0.1:1");
    answer(&mut terminal, "Your user name there? [none] ", "");
    terminal.wait_for("127.0.0.1:1");
    answer(&mut terminal, "Keep it as it is? No asks again. [y/N] ", "y");
    // The manual's sender is nobody's, and is not offered to a server.
    answer(&mut terminal, "From which address does mail come? ", "news@example.com");
    answer(&mut terminal, QUESTIONS[6], "");
    answer(&mut terminal, "Write this? [Y/n] ", "yes");
    terminal.ends_with(0);
    let config = office.json(&["config", "show"]).to_string();
    assert!(config.contains("smtp://127.0.0.1:1") && config.contains("news@example.com"), "{config}");
}

#[test]
fn without_a_terminal_nobody_is_asked() {
    let office = Office::empty();
    let error = office.fails(&["init", "--ask"], 2);
    assert!(error.contains("`kalends init` writes a file to fill in"), "{error}");
    assert!(is_empty(&office));
}
