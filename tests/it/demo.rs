//! `kalends serve --demo`, as somebody who has just cloned the project runs it.

use std::process::Command;

use crate::support::terminal::{CTRL_C, Setting};
use crate::support::{Daemon, Office, mails_in, wait_for};

fn demo(office: &Office) -> Daemon {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kalends"));
    command.args(["serve", "--demo", "--listen", "127.0.0.1:0"]).env("TMPDIR", office.path("."));
    Daemon::spawn(command, "the site      http://")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_monday_digest_goes_out_ten_seconds_after_the_start() {
    let office = Office::empty();
    let mut daemon = demo(&office);
    let home = daemon.text("/").await;
    assert!(home.contains("This is a demo") && home.contains("Monday 28 September 2020"), "{home}");
    assert!(home.contains("Thursday 1 October 2020"), "{home}");
    for path in ["/events/1", "/subscribe", "/nothing", "/?kind=party", "/confirm/x"] {
        let page = daemon.text(path).await;
        assert!(page.contains("This is a demo"), "{path}: {page}");
    }
    let calendar = daemon.text("/calendar.ics").await;
    assert_eq!(calendar.matches("BEGIN:VEVENT").count(), 17);

    let said = daemon.wait_for_line("3 mails are in ");
    let folder = said.split_whitespace().nth(4).unwrap();
    let mails = mails_in(folder.as_ref());
    assert_eq!(mails.len(), 3, "{said}");
    for mail in &mails {
        assert!(mail.header("Date").starts_with("Mon, 28 Sep 2020 00:00:"), "{}", mail.header("Date"));
    }
    let mail_to = |address: &str| mails.iter().find(|mail| mail.header("To").contains(address)).unwrap();
    let to = |address: &str| mail_to(address).text();
    // Lin reads Chinese.
    for (reader, subject, date) in [
        ("ada@example.org", "GB/T 35273-2020 takes effect Thursday, and ", "Thursday 1 October 2020 · in 3 days"),
        ("lin@example.com", "GB/T 35273-2020星期四生效，另有", "2020年10月1日 星期四 · 3天后"),
    ] {
        assert!(mail_to(reader).subject().starts_with(subject), "{}", mail_to(reader).subject());
        let text = to(reader);
        assert!(text.contains("GB/T 35273-2020") && text.contains(date) && text.contains("English version"), "{text}");
        assert!(text.contains("/archive/weekly/1"), "{text}");
    }
    let archived = daemon.text("/archive/weekly/1").await;
    assert!(archived.contains("GB/T 35273-2020") && !archived.contains("nsubscribe"), "{archived}");
    // Grace follows smart cities alone.
    let grace = to("grace@example.net");
    assert!(grace.contains("smart city") && !grace.contains("GB/T 35273"), "{grace}");

    let (status, _) = daemon.stop();
    assert!(status.success(), "{status}");
}

#[test]
fn a_port_in_use_is_told_with_the_option_that_helps() {
    let office = Office::empty();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let error = office.fails(&["serve", "--demo", "--listen", &address], 1);
    assert!(error.contains(&address) && error.contains("in use") && error.contains("--listen"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_works_on_a_running_demo() {
    let office = Office::empty();
    let mut daemon = demo(&office);
    // As it stands there, in the folder that the demo runs in: the program may be told by a way from it.
    let line = daemon.wait_for_line("event add");
    let mut shell = Command::new("sh");
    let added = shell.arg("-c").arg(&line).output().unwrap();
    assert!(added.status.success(), "{line}: {}", String::from_utf8_lossy(&added.stderr));
    let id = String::from_utf8(added.stdout).unwrap().trim().to_owned();
    wait_for("the event's page", || {
        let page = tokio::task::block_in_place(|| {
            tokio::runtime::Handle::current().block_on(daemon.text(&format!("/events/{id}")))
        });
        page.contains("My first event").then_some(())
    });
}

#[test]
fn what_a_demo_says_fits_a_narrow_terminal() {
    for columns in [60, 80] {
        let office = Office::empty();
        let temporary = office.path(".").display().to_string();
        let setting = Setting::of(columns, 60).with("TMPDIR", &temporary);
        let mut terminal = setting.run(&office, &["serve", "--demo", "--listen", "127.0.0.1:0"]);
        terminal.wait_for("Press Ctrl-C to stop.");
        let octets = terminal.octets();
        let said = octets.split("Press Ctrl-C").next().unwrap();
        let long: Vec<_> = said.lines().filter(|line| line.chars().count() > columns.into()).collect();
        // What is to be copied is one line, whatever its length.
        let is_copied = |line: &&str| line.contains(" --config ") || line.contains("/admin/sign-in/");
        assert!(long.len() <= 2 && long.iter().all(is_copied), "{said}");
        terminal.wait_for("listening").press(CTRL_C);
        assert!(terminal.ends_with(0).contains("The demo has ended."));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demo_may_lie_in_a_folder_of_any_name() {
    let office = Office::empty();
    let folder = office.path("a \"b\" 'c' 100% #1 ?x=y");
    std::fs::create_dir(&folder).unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_kalends"));
    command.args(["serve", "--demo", "--listen", "127.0.0.1:0"]).env("TMPDIR", &folder);
    let daemon = Daemon::spawn(command, "listening address=");
    assert!(daemon.text("/").await.contains("This is a demo"));
    let made = std::fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    assert!(made.join("kalends.db").exists(), "{}", made.display());
}
