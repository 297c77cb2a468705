//! The manual of the newsletter, run as it is written.

use std::path::Path;

use crate::support::Office;

/// What stands between these fences, fence by fence.
fn blocks<'a>(manual: &'a str, language: &str) -> Vec<&'a str> {
    let fence = format!("```{language}\n");
    manual.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
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

#[test]
fn the_september_edition_is_made_as_the_manual_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manual = std::fs::read_to_string(root.join("docs/newsletter.md")).unwrap();
    let office = Office::empty();
    copy(&root.join("config/sample"), &office.path("sample"));
    let mut said = Vec::new();
    for block in blocks(&manual, "console") {
        for line in block.lines() {
            let command = words(line.strip_prefix("$ kalends ").expect("a command of the manual"));
            let output = office.ok(&command.iter().map(String::as_str).collect::<Vec<_>>());
            if command == ["init"] {
                office.configure(blocks(&manual, "toml")[0]);
            }
            said.push((line, output));
        }
    }
    let output = |part: &str| &said.iter().find(|(line, _)| line.contains(part)).unwrap().1;

    // What the manual shows is what is said.
    for shown in blocks(&manual, "").iter().filter(|shown| shown.contains("2020")) {
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
        "JUST RELEASED",
        "JUST HELD",
        "14–20 September 2020",
        "ARTICLES",
        "The new specification for personal information can be read in English",
        "FURTHER AHEAD",
        "2021, tentative",
        "Example Street",
    ]
    .map(place);
    assert!(order.is_sorted(), "{edition}");
    assert!(output("digest status").contains("0 of 2 sent, 2 queued"), "{}", output("digest status"));
    let october = &said.last().unwrap().1;
    assert!(!october.contains("Cybersecurity Standards Forum") && !october.contains("TAKES EFFECT"), "{october}");
}
