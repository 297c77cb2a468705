//! init, backup, check, completions, man.

use crate::support::Office;

#[test]
fn init_makes_what_is_needed_and_overwrites_nothing() {
    let office = Office::empty();
    let said = office.ok(&["init"]);
    assert!(said.contains("config/kalends.toml") && said.contains("data/kalends.db"), "{said}");
    let written = std::fs::read_to_string(office.path("config/kalends.toml")).unwrap();
    assert_eq!(written, include_str!("../../config/kalends.toml"));
    office.configure("# mine\n");
    let error = office.fails(&["init"], 1);
    assert!(error.contains("there already"), "{error}");
    assert_eq!(std::fs::read_to_string(office.path("config/kalends.toml")).unwrap(), "# mine\n");
    // A configuration that was there first gets its database.
    std::fs::remove_dir_all(office.path("data")).unwrap();
    office.ok(&["init"]);
    assert!(office.path("data/kalends.db").exists());
    assert_eq!(std::fs::read_to_string(office.path("config/kalends.toml")).unwrap(), "# mine\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_a_whole_database_also_while_the_daemon_runs() {
    let office = Office::new();
    office.add(&["meeting", "Plenary", "--on", "2020-09-11"]);
    let _daemon = office.serve();
    office.ok(&["backup", "copy.db"]);
    let error = office.fails(&["backup", "copy.db"], 1);
    assert!(error.contains("there already"), "{error}");
    let other = Office::new();
    std::fs::copy(office.path("copy.db"), other.path("data/kalends.db")).unwrap();
    assert_eq!(other.json(&["event", "show", "1"])["title"], "Plenary");
}

#[test]
fn check_tries_each_thing_and_says_what_to_mend() {
    let office = Office::new();
    let said = office.ok(&["check"]);
    assert!(said.contains("is sound") && said.contains("next due Mon"), "{said}");
    let findings = office.json(&["check"]);
    assert!(findings.as_array().unwrap().iter().all(|finding| finding["status"] != "error"), "{findings}");

    office.configure(
        "[site]\nbase_url = \"https://example.org\"\n[mail]\nfrom = \"a@example.com\"\ntransport = \"smtp\"\n\
         [[mail.relay]]\nurl = \"smtp://127.0.0.1:1\"\n",
    );
    let ran = office.run(&["check"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("smtp://127.0.0.1:1") && ran.stdout.contains("can't connect"), "{}", ran.stdout);

    office.configure("[site]\nbase_url = \"example.org\"\n");
    let ran = office.run(&["check"]);
    assert!(ran.code == 1 && ran.stdout.contains("line 2"), "{}", ran.stdout);
}

#[test]
fn completions_and_the_manual_are_printed() {
    let office = Office::empty();
    assert!(office.ok(&["completions", "bash"]).contains("kalends"));
    assert!(office.ok(&["man"]).contains(".TH kalends"));
    assert!(office.ok(&["--help"]).contains("digest"));
    for nothing in [&[][..], &["event"]] {
        let error = office.fails(nothing, 2);
        assert!(error.contains("Commands:"), "{error}");
    }
}
