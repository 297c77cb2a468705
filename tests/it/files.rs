//! Who may read what the office keeps, what is left of what was killed, and who brings a database up to date.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use crate::support::Office;
use crate::upgrade::office_at;

const CONFIG: &str = r#"
[mail]
outbox = "outbox"
[bounce]
address = "bounces@example.org"
listen = "unix:/LMTP"
[[digest]]
slug = "weekly"
schedule = "0 8 * * mon"
send_empty = true
"#;

fn mode(path: &Path) -> String {
    format!("{:o}", path.metadata().unwrap_or_else(|e| panic!("{}: {e}", path.display())).mode() & 0o777)
}

fn set_mode(office: &Office, name: &str, mode: u32) {
    std::fs::set_permissions(office.path(name), std::fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn what_is_made_is_private_and_what_was_open_is_put_right() {
    let office = Office::new();
    for (name, expected) in
        [("config", "700"), ("config/kalends.toml", "600"), ("data", "700"), ("data/kalends.db", "600")]
    {
        assert_eq!(mode(&office.path(name)), expected, "{name}");
    }
    let socket = office.path("data/lmtp");
    office.configure(&CONFIG.replace("/LMTP", &socket.display().to_string()));
    office.ok(&["subscriber", "add", "ada@example.org", "--confirmed"]);
    office.ok(&["digest", "send", "weekly"]);
    // As an earlier version left them.
    set_mode(&office, "data", 0o755);
    set_mode(&office, "data/kalends.db", 0o644);
    office.ok(&["backup", "data/yesterday.db"]);
    set_mode(&office, "data/yesterday.db", 0o644);
    let told = office.run(&["check"]).stdout;
    assert!(told.contains("data/kalends.db is open to every user of this machine (mode 0644)"), "{told}");

    let daemon = office.serve();
    assert_eq!(mode(&socket), "660");
    let mails = crate::support::wait_for("a mail", || {
        let mut names = std::fs::read_dir(office.path("outbox")).ok()?.map(|entry| entry.unwrap().path());
        names.find(|path| path.extension().is_some_and(|end| end == "eml"))
    });
    office.ok(&["backup", "b.db"]);
    for (name, expected) in [
        ("data", "700"),
        ("data/kalends.db", "600"),
        ("data/kalends.db-wal", "600"),
        ("data/kalends.db-shm", "600"),
        ("data/kalends.db.lock", "600"),
        ("data/yesterday.db", "600"),
        ("outbox", "700"),
        ("b.db", "600"),
    ] {
        assert_eq!(mode(&office.path(name)), expected, "{name}");
    }
    assert_eq!(mode(&mails), "600");
    daemon.stop();
    let told = office.run(&["check"]).stdout;
    assert!(!told.contains("is open to every user"), "{told}");
}

#[test]
fn a_configuration_that_its_group_may_read_stays_so() {
    let office = Office::with_config(CONFIG.split("[bounce]").next().unwrap());
    set_mode(&office, "config/kalends.toml", 0o640);
    office.serve().stop();
    assert_eq!(mode(&office.path("config/kalends.toml")), "640");
}

#[test]
fn another_user_is_told_whose_command_it_is() {
    let office = Office::new();
    let (owner, is_root) =
        (office.path("data").metadata().unwrap().uid(), office.path("data").metadata().unwrap().uid() == 0);
    // Root may open anything, so that it is somebody else; anybody else is kept out by the mode alone.
    let run = |name: &str, mode: u32| {
        set_mode(&office, name, mode);
        let ran = if is_root { office.run_as(65_534, &["event", "list"]) } else { office.run(&["event", "list"]) };
        assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
        ran.stderr
    };
    set_mode(&office, "", 0o755);
    set_mode(&office, "config", 0o755);
    set_mode(&office, "config/kalends.toml", 0o644);
    let user = if owner == 0 { "root".into() } else { String::new() };
    let closed = if is_root { 0o700 } else { 0o000 };
    let error = run("data", closed);
    set_mode(&office, "data", 0o700);
    assert!(error.contains("data/kalends.db is private: run it as the daemon's user (sudo -u "), "{error}");
    assert!(error.contains(&user), "{error}");
    let error = run("config/kalends.toml", if is_root { 0o600 } else { 0o000 });
    assert!(error.contains("config/kalends.toml is private: run it as the daemon's user"), "{error}");
}

#[test]
fn what_a_killed_backup_left_is_cleared() {
    let office = Office::new();
    let mut header = vec![0; 4096];
    header[68..72].copy_from_slice(b"klnd");
    for name in ["old.db.part", "killed.db.kalends.part", "data/killed.db.kalends.part"] {
        office.write(name, &header);
    }
    office.write("thesis.part", "not ours");
    office.ok(&["backup", "new.db"]);
    let is_there = |name: &str| office.path(name).exists();
    assert!(!is_there("old.db.part") && !is_there("killed.db.kalends.part") && is_there("thesis.part"));
    assert!(is_there("new.db") && is_there("data/killed.db.kalends.part"));
    office.serve().stop();
    assert!(!is_there("data/killed.db.kalends.part"));
}

#[test]
fn only_the_daemon_and_init_bring_a_database_up_to_date() {
    for up_to_date in ["serve", "init"] {
        let office = office_at("2020-09-08T00:35:00Z", ("", ""));
        let before = office.ask("SELECT count(*) FROM _sqlx_migrations");
        for command in [&["event", "list"][..], &["check"], &["backup", "b.db"], &["subscriber", "list"]] {
            let ran = office.run(command);
            assert_eq!(ran.code, 1, "{command:?}: {}", ran.stdout);
            let told = ran.stdout + &ran.stderr;
            assert!(told.contains("is of an older kalends") && told.contains("kalends serve"), "{command:?}: {told}");
            assert_eq!(office.ask("SELECT count(*) FROM _sqlx_migrations"), before);
        }
        match up_to_date {
            "serve" => drop(office.serve().stop()),
            _ => drop(office.ok(&["init"])),
        }
        assert_ne!(office.ask("SELECT count(*) FROM _sqlx_migrations"), before);
        office.ok(&["event", "list"]);
    }
}

#[test]
fn a_database_may_lie_in_a_folder_of_any_name() {
    for name in ["a \"quote\" and 'another'", "100% #1 ?x=y", "回 \\ back"] {
        let office = Office::empty();
        std::fs::create_dir(office.path("config")).unwrap();
        let url = toml::Value::String(format!("sqlite://{name}/kalends.db"));
        office.configure(&format!("[database]\nurl = {url}\n"));
        office.ok(&["init"]);
        office.add(&["meeting", "Plenary", "--on", "2020-10-12"]);
        assert!(office.path(name).join("kalends.db").exists(), "{name}");
        office.ok(&["backup", &format!("{name}/copy.db")]);
        assert!(office.path(name).join("copy.db").exists(), "{name}");
    }
}
