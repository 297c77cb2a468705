use super::*;
use crate::config::TEMPLATE;
use crate::config::load::parse;

/// What is in force by a file, the environment and what stands in the files it names.
fn settings(text: &str, environment: &[(&str, &str)]) -> Settings {
    let environment: Vec<_> =
        environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let (config, tree, origins) = parse("kalends.toml", text, &environment).unwrap();
    let mut found = Settings::of(&config, &manual::given(tree.root()), &origins, Some("kalends.toml"));
    found.look_at_files();
    found
}

/// All options of the manual, each set.
fn all_set() -> String {
    TEMPLATE.lines().map(|line| line.strip_prefix("#: ").unwrap_or(line)).collect::<Vec<_>>().join("\n")
}

fn told(settings: &Settings, name: &str) -> (Option<String>, String) {
    let found = settings.list.iter().find(|setting| setting.name() == name);
    let setting = found.unwrap_or_else(|| panic!("no {name} in {settings:#?}"));
    (setting.value.clone(), setting.origin.to_string())
}

#[test]
fn every_option_of_the_manual_is_told_once_whoever_set_it() {
    for text in ["", TEMPLATE, &all_set()] {
        let found = settings(text, &[]);
        for known in OPTIONS.iter() {
            let table = known.table.join(".");
            let is_it = |s: &&Setting| s.table.trim_matches(['[', ']']) == table && s.key == known.key;
            assert_eq!(found.list.iter().filter(is_it).count(), 1, "[{table}] {} of {text}", known.key);
        }
        assert_eq!(found.list.len(), OPTIONS.len());
    }
}

#[test]
fn each_value_tells_where_it_comes_from() {
    let text = "[mail]\nfrom = \"a@example.org\"\ndomain_rates = { \"example.com\" = \"600/m\" }\n\
                [[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * 1\"\nkinds = [\"meeting\", \"forum\"]\n\
                [[source]]\nurl = \"https://example.org/a.ics\"\ndraft = true\n";
    let found =
        settings(text, &[("KALENDS_SITE__TITLE", "Norms"), ("KALENDS_MAIL__RELAY", "[{ url = 'smtp://localhost' }]")]);
    for (name, value, whence) in [
        ("[mail] from", Some("\"a@example.org\""), "line 2"),
        ("[mail] domain_rates", Some("{ \"example.com\" = \"600/m\" }"), "line 3"),
        ("[mail] reply_to", None, "default"),
        ("[mail] transport", Some("\"file\""), "default"),
        ("[site] title", Some("\"Norms\""), "KALENDS_SITE__TITLE"),
        ("[[mail.relay]] 1 url", Some("\"smtp://localhost\""), "KALENDS_MAIL__RELAY"),
        ("[[mail.relay]] 1 connections", Some("4"), "default"),
        ("[[mail.relay]] 1 username", None, "default"),
        ("[[digest]] weekly schedule", Some("\"0 8 * * 1\""), "line 6"),
        ("[[digest]] weekly kinds", Some("[\"meeting\", \"forum\"]"), "line 7"),
        ("[[digest]] weekly title", None, "default"),
        ("[[digest]] weekly upcoming", Some("\"30d\""), "default"),
        ("[[source]] example-org draft", Some("true"), "line 10"),
        ("[[source]] example-org kind", Some("\"other\""), "default"),
        ("[mail.dkim] selector", None, "default"),
    ] {
        assert_eq!(told(&found, name), (value.map(str::to_owned), whence.to_owned()), "{name}");
    }
}

#[test]
fn no_secret_is_told_and_a_change_of_each_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("relay-password");
    let text = |secret: &str| {
        format!(
            "[mail]\n[[mail.relay]]\nurl = \"smtp://localhost\"\nusername = \"k\"\npassword = \"{secret}\"\n\
             [[mail.relay]]\nurl = \"smtp://localhost\"\nusername = \"k\"\npassword_file = \"{}\"\n\
             [[source]]\nname = \"login\"\nurl = \"https://ada:{secret}@example.org/a.ics\"\n\
             [[source]]\nname = \"query\"\nurl = \"https://example.org/b.ics?key={secret}\"\n\
             [[source]]\nname = \"path\"\nurl = \"https://example.org/private-{secret}abcdef/c.ics\"\n\
             [operator]\nping = \"https://hc.example/{secret}\"\n\
             [look]\nlogo = \"https://cdn.example.org/logo.png?key={secret}\"\n\
             header = \"<https://ada:{secret}@example.org/>\"\n",
            file.display()
        )
    };
    let read = |secret: &str| {
        std::fs::write(&file, format!("{secret}\n")).unwrap();
        let relay = format!("[{{ url = 'smtp://localhost', username = 'k', password = '{secret}' }}]");
        [settings(&text(secret), &[]), settings(&text(secret), &[("KALENDS_MAIL__RELAY", &relay)])]
    };
    let (old, new) = (read("48151623"), read("15162342"));
    for (old, new) in old.iter().zip(&new) {
        let changes = Settings::changes(old, new);
        let said: Vec<String> = changes.iter().map(Change::to_string).collect();
        let json = [serde_json::to_string(old).unwrap(), serde_json::to_string(&changes).unwrap()];
        for shown in [format!("{old:?} {new:?} {changes:?}"), json.concat(), said.join("\n")] {
            assert!(!shown.contains("48151623") && !shown.contains("15162342"), "{shown}");
            assert!(!shown.contains(&data_encoding::HEXLOWER.encode(&Sha256::digest("48151623"))));
        }
        for option in [
            "[[mail.relay]] 1 password",
            "[[source]] login url",
            "[[source]] query url",
            "[[source]] path url",
            "[look] logo",
            "[operator] ping",
        ] {
            assert!(said.contains(&format!("{option}: changed, and is not shown")), "{option}: {said:#?}");
        }
        assert!(Settings::changes(old, old).is_empty());
        // Another process knows of none.
        let kept: Settings = serde_json::from_str(&json[0]).unwrap();
        assert!(Settings::changes(&kept, old).is_empty());
    }
    let said = Settings::changes(&old[0], &new[0]).iter().map(Change::to_string).collect::<Vec<_>>();
    assert!(said.contains(&"[[mail.relay]] 2 password_file: what stands in the file changed".to_owned()), "{said:#?}");
    assert_eq!(said.len(), 8, "{said:#?}");
}

#[test]
fn whatever_holds_a_secret_is_known_to_be_one() {
    for known in OPTIONS.iter() {
        let table = known.table.join(".");
        let header = if manual::is_list(&[&table]) || table == "mail.relay" {
            format!("[[{table}]]")
        } else {
            format!("[{table}]")
        };
        let needed = match table.as_str() {
            "mail.relay" => "url = \"smtp://localhost\"\n",
            "source" => "url = \"https://example.org/\"\n",
            _ => "",
        };
        let text = format!("{header}\n{needed}{} = \"x\"\n", known.key);
        let Ok(config) = toml::from_str::<Config>(&text) else { continue };
        assert!(!format!("{config:?}").contains("REDACTED") || is_secret(&known.key), "{header} {}", known.key);
    }
}

#[test]
fn every_change_is_told_and_by_its_name() {
    let candidates = [
        "true",
        "false",
        "7",
        "\"7\"",
        "\"Changed\"",
        "\"changed\"",
        "\"https://changed.example.org\"",
        "\"zh-Hans\"",
        "\"Asia/Tokyo\"",
        "\"#123456\"",
        "\"changed.png\"",
        "\"7h\"",
        "\"700d\"",
        "\"7 GB\"",
        "\"sqlite://changed.db\"",
        "\"127.0.0.1:7777\"",
        "\"/changed\"",
        "\"changed@example.org\"",
        "\"smtp\"",
        "\"hold\"",
        "\"skip\"",
        "\"changed.example.org\"",
        "\"21:00-05:00\"",
        "\"192.0.2.7\"",
        "\"smtp://changed.example.org:7\"",
        "\"imaps://changed@example.org/INBOX\"",
        "\"required\"",
        "\"json\"",
        "\"matrix\"",
        "\"deadline\"",
        "\"7 7 * * *\"",
        "\"brief\"",
        "[\"10.7.0.0/16\"]",
        "[\"deadline\"]",
        "[\"7d\"]",
        "[\"edition.sent\"]",
        "[\"https://changed.example.org/\"]",
        "\"ask\"",
        "\"changed-file\"",
        "\"postmark\"",
        "{ \"changed.example\" = \"7/m\" }",
    ];
    let text = all_set();
    let old = settings(&text, &[]);
    let meaning = |text: &str| Config::parse("kalends.toml", text, Vec::new()).ok().map(|config| format!("{config:?}"));
    for known in OPTIONS.iter().filter(|known| !is_secret(&known.key)) {
        let begin = format!("{} = ", known.key);
        let table = known.table.join(".");
        let mut here = false;
        let change = |value: &str, here: &mut bool| -> String {
            let lines = text.lines().map(|line| {
                if line.starts_with('[') {
                    *here = line.trim_matches(['[', ']']) == table;
                }
                match *here && line.starts_with(&begin) {
                    true => format!("{begin}{value}"),
                    false => line.to_owned(),
                }
            });
            lines.collect::<Vec<_>>().join("\n")
        };
        let changed = candidates
            .iter()
            .map(|value| change(value, &mut here))
            .find(|changed| meaning(changed).is_some_and(|meaning_now| Some(meaning_now) != meaning(&text)));
        let changed = changed.unwrap_or_else(|| panic!("no other value for [{table}] {}", known.key));
        let changes = Settings::changes(&old, &settings(&changed, &[]));
        if known.key == "slug" || ["source", "webhook"].contains(&&*table) && known.key == "name" {
            assert_eq!(
                changes.iter().map(|change| &change.what).collect::<Vec<_>>(),
                [&Changed::Added, &Changed::Removed]
            );
            continue;
        }
        assert_eq!(changes.len(), 1, "[{table}] {}: {changes:?}", known.key);
        let option = &changes[0].option;
        assert!(option.contains(&format!("[{table}]")) && option.ends_with(&format!(" {}", known.key)), "{option}");
        assert!(matches!(changes[0].what, Changed::Value { .. }), "{changes:?}");
    }
}

#[test]
fn what_is_in_force_can_be_seen_by_the_settings_alone() {
    let is_shown = |line: &&str| line.split_once(" = ").is_none_or(|(key, _)| !is_secret(key));
    let all_shown = all_set().lines().filter(is_shown).collect::<Vec<_>>().join("\n");
    for text in ["", TEMPLATE, &all_shown] {
        let config = Config::parse("kalends.toml", text, Vec::new()).unwrap();
        let found = settings(text, &[]);
        let kept: Settings = serde_json::from_str(&serde_json::to_string(&found).unwrap()).unwrap();
        assert_eq!(format!("{:?}", kept.config().unwrap()), format!("{config:?}"));
    }
}

#[test]
fn a_change_is_told_in_a_line() {
    let weekly = "[[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * 1\"\n";
    for (old, new, said) in [
        ("", "[mail]\nfrom = \"b@example.org\"", &["[mail] from: “kalends <news@example.org>” → “b@example.org”"][..]),
        ("[mail]\nreply_to = \"b@example.org\"", "", &["[mail] reply_to: “b@example.org” → not set"]),
        ("", "[mail]\ndomain_rate = 5", &["[mail] domain_rate: 0 → 5"]),
        ("", weekly, &["[[digest]] weekly: is new"]),
        (weekly, "", &["[[digest]] weekly: is no longer there"]),
        ("[site]\ntitle = \"kalends\"", "# kept\n\n[site]\ntitle = \"kalends\"", &[]),
        (
            "",
            "[mail.dkim]\nselector = \"k\"\nkey_file = \"k\"",
            &["[mail.dkim] selector: not set → “k”", "[mail.dkim] key_file: not set → “k”"],
        ),
    ] {
        let changes = Settings::changes(&settings(old, &[]), &settings(new, &[]));
        assert_eq!(changes.iter().map(Change::to_string).collect::<Vec<_>>(), said);
    }
    let long = format!("[look]\nheader = \"{}\\n\"", "long ".repeat(500));
    let said = Settings::changes(&settings("", &[]), &settings(&long, &[]))[0].to_string();
    assert!(said.chars().count() < 150 && !said.contains('\n'), "{said}");
}

#[test]
fn what_the_daemon_opens_at_its_start_takes_a_new_one() {
    let new = "[database]\nurl = \"sqlite://b.db\"\n[http]\nlisten = \"127.0.0.1:1\"\ntrusted_proxies = []\n\
               [metrics]\nlisten = \"127.0.0.1:2\"\n[bounce]\naddress = \"b@example.org\"\nlisten = \"127.0.0.1:3\"\n";
    let changes = Settings::changes(&settings("", &[]), &settings(new, &[]));
    let start: Vec<&str> = changes.iter().filter(|c| c.takes_a_new_start()).map(|c| c.option.as_str()).collect();
    assert_eq!(start, ["[database] url", "[http] listen", "[metrics] listen", "[bounce] listen"]);
    assert_eq!(changes.len(), 6);
}

#[test]
fn all_files_that_are_named_are_known() {
    let text = all_set();
    let named = Config::parse("kalends.toml", &text, Vec::new()).unwrap().files();
    let read: Vec<PathBuf> = settings(&text, &[]).list.into_iter().filter_map(|setting| setting.path).collect();
    assert_eq!(named.len(), 14);
    for path in &read {
        assert!(named.contains(path), "{} is not among Config::files", path.display());
    }
    assert_eq!(read.len(), named.len());
}

#[test]
fn without_a_file_all_is_by_default() {
    let (config, tree, origins) = parse("config/kalends.toml", TEMPLATE, &[]).unwrap();
    let found = Settings::of(&config, &manual::given(tree.root()), &origins, None);
    assert!(found.list.iter().all(|setting| setting.origin == Whence::Default));
    assert_eq!(told(&found, "[[digest]] weekly schedule").0.as_deref(), Some("\"0 8 * * mon\""));
}
