//! The manual of the newsletter, run as it is written.

use std::path::Path;

use crate::support::{Daemon, Mail, Office, wait_for};

/// What stands between fences of a language, fence by fence.
fn blocks(manual: &str, language: &str) -> Vec<String> {
    let (mut blocks, mut open): (Vec<String>, Option<(bool, String)>) = (Vec::new(), None);
    for line in manual.lines() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(named), None) => open = Some((named == language, String::new())),
            (Some(_), Some((is_wanted, block))) => {
                blocks.extend(is_wanted.then(|| std::mem::take(block)));
                open = None;
            }
            (None, Some((_, block))) => block.extend([line, "\n"]),
            (None, None) => {}
        }
    }
    blocks
}

/// A line as a shell takes it apart, quotes and all.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut is_quoted) = (Vec::new(), String::new(), false);
    for c in line.chars() {
        match c {
            '"' => is_quoted = !is_quoted,
            ' ' if !is_quoted => words.push(std::mem::take(&mut word)),
            c => word.push(c),
        }
    }
    words.push(word);
    words
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        match path.is_dir() {
            true => copy(&path, &to),
            false => drop(std::fs::copy(&path, &to).unwrap()),
        }
    }
}

fn to<'a>(mails: &'a [Mail], who: &str) -> Vec<&'a Mail> {
    mails.iter().filter(|mail| mail.header("To").contains(who)).collect()
}

/// As Ann does it: she follows the link of her mail, reads, and presses the button.
async fn approve(office: &Office, daemon: &Daemon) {
    let asked = wait_for("the question to ann", || {
        let mails = office.outbox();
        Some(to(&mails, "ann@").first()?.text())
    });
    assert!(asked.contains("A new edition of GB/T 35273") && !asked.contains("event 17 "), "{asked}");
    let link = &asked[asked.find("/approve/").unwrap()..];
    let path = link.split_whitespace().next().unwrap();
    assert!(daemon.text(path).await.contains("Autumn plenary of SAC/TC260"));
    assert_eq!(daemon.post(path, &[]).await.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_september_edition_is_made_as_the_manual_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manual = std::fs::read_to_string(root.join("docs/newsletter.md")).unwrap();
    let office = Office::empty();
    copy(&root.join("config/sample"), &office.path("sample"));
    let (mut said, mut daemon) = (Vec::new(), None);
    for section in manual.split("\n## ") {
        if section.starts_with("7. It goes") {
            let before = daemon.take().expect("the daemon of the manual");
            approve(&office, &before).await;
            // The next day.
            before.stop();
            office.set_clock("2020-09-28T00:00:01Z");
            daemon = Some(office.serve());
            // The test mail, the question, and two of the edition.
            office.wait_for_mails(4);
            wait_for("the edition to be settled", || {
                (office.json(&["digest", "status", "newsletter/1"])["sent"] == 2).then_some(())
            });
        }
        for line in blocks(section, "console").concat().lines() {
            let command = words(line.strip_prefix("$ kalends ").expect("a command of the manual"));
            if command == ["serve"] {
                daemon = Some(office.serve());
                continue;
            }
            let output = office.ok(&command.iter().map(String::as_str).collect::<Vec<_>>());
            if command == ["init"] {
                office.configure(&blocks(&manual, "toml")[0]);
                office.set_clock("2020-09-27T01:00:00Z");
            }
            said.push((line.to_owned(), output));
        }
    }
    let output = |part: &str| &said.iter().find(|(line, _)| line.contains(part)).unwrap().1;

    // What the manual shows is what is said.
    for shown in blocks(&manual, "") {
        for line in shown.lines().filter(|line| !line.is_empty() && *line != "…") {
            assert!(said.iter().any(|(_, output)| output.contains(line)), "nobody says {line:?}");
        }
    }
    assert!(output("--add-drafts").contains("17 dated events"));
    let edition = output("preview newsletter --at \"2020-09-28 08:00\"");
    let place = |part: &str| edition.find(part).unwrap_or_else(|| panic!("no {part} in {edition}"));
    let order = [
        "Dear readers",
        "TAKES EFFECT",
        "Thursday 1 October 2020 · in 3 days",
        "DEADLINES",
        "Friday 9 October 2020 · in 11 days",
        "COMING UP",
        "12–14 October 2020 · in 14 days",
        "FURTHER AHEAD",
        "2021, tentative",
        "JUST RELEASED",
        "JUST HELD",
        "14–20 September 2020",
        "ARTICLES",
        "The new specification for personal information can be read in English",
        "Example Street",
    ]
    .map(place);
    assert!(order.is_sorted(), "{edition}");
    let draft = output("digest draft");
    assert!(draft.contains("event 17 ") && draft.contains("article 6 "), "{draft}");
    assert!(output("digest status").contains("2 of 2 sent"), "{}", output("digest status"));
    assert!(output("digest correct").contains("2 mails tell it"), "{}", output("digest correct"));
    let october = &said.last().unwrap().1;
    assert!(!october.contains("Cybersecurity Standards Forum") && !october.contains("TAKES EFFECT"), "{october}");

    // Two readers with an edition and its correction, and one who got the edition late, below the correction.
    let mails = office.wait_for_mails(7);
    let [edition, correction] = to(&mails, "ada@")[..] else { panic!("{}", to(&mails, "ada@").len()) };
    assert_eq!(edition.subject(), "A new edition of GB/T 35273, and where we meet");
    let text = edition.text();
    let place = |part: &str| text.find(part).unwrap_or_else(|| panic!("no {part} in {text}"));
    let first = place("The new specification for personal information can be read in English");
    assert!(place("is ready: read it") < first && first < place("TAKES EFFECT"), "{text}");
    assert!(edition.html().contains("/media/"), "{}", edition.html());
    assert!(correction.subject().starts_with("Correction: ") && correction.text().contains("13 October 2020"));
    assert_eq!(to(&mails, "lin@").len(), 2);
    let [late] = to(&mails, "zoe@")[..] else { panic!("{}", to(&mails, "zoe@").len()) };
    assert!(late.text().starts_with("Correction of 28 September 2020"), "{}", late.text());
    assert!(late.text().contains("13–15 October 2020") && !late.text().contains("12–14 October"), "{}", late.text());
}
