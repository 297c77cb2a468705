use super::*;

fn parse(text: &str) -> Result<Config, String> {
    Config::parse("kalends.toml", text, Vec::new()).map_err(|e| e.to_string())
}

#[test]
fn the_manual_of_options_is_read_and_says_the_defaults() {
    let shown = Config::parse("kalends.toml", TEMPLATE, Vec::new()).unwrap();
    let default = Config::default();
    // Every option stands there, commented out where it has no sensible default of its own.
    let uncommented: String =
        TEMPLATE.lines().map(|line| line.strip_prefix("#: ").unwrap_or(line)).collect::<Vec<_>>().join("\n");
    Config::parse("kalends.toml", &uncommented, Vec::new()).unwrap();
    assert_eq!(format!("{:?}", shown.mail), format!("{:?}", default.mail));
    assert_eq!(format!("{:?}", shown.feed), format!("{:?}", default.feed));
    assert_eq!(format!("{:?}", shown.http), format!("{:?}", default.http));
    assert_eq!(format!("{:?}", shown.site), format!("{:?}", default.site));
    assert_eq!(format!("{:?}", shown.backup), format!("{:?}", default.backup));
    assert_eq!(shown.digests.len(), 1);
}

#[test]
fn errors_name_the_file_the_line_and_what_would_be_right() {
    for (text, parts) in [
        ("[site]\ntitel = \"x\"", &["kalends.toml, line 2", "titel", "title"][..]),
        ("[site]\n\ntimezone = \"Mars/Olympus\"", &["line 3", "Mars/Olympus", "IANA"]),
        ("[[digest]]\nslug = \"w\"\nschedule = \"0 8 31 2 *\"", &["line 3", "never comes"]),
        ("[[digest]]\nslug = \"w\"\nschedule = \"0 8 * *\"", &["line 3", "five fields"]),
        ("[[digest]]\nslug = \"W eekly\"\nschedule = \"0 8 * * 1\"", &["line 2", "slug"]),
        ("[feed]\nrefresh = \"often\"", &["line 2", "12h"]),
        ("[feed]\nrefresh = \"1mo\"", &["line 2", "6h"]),
        ("[site]\nbase_url = \"https://example.org/events\"", &["line 2", "https://events.example.org"]),
        ("[mail]\ntransport = \"pigeon\"", &["line 2", "file, smtp"]),
        ("[mail]\ntransport = \"smtp\"", &["line 2", "[[mail.relay]]"]),
        ("[mail]\nfrom = \"a@b@c\"", &["line 2", "not an email address"]),
        ("[mail]\nfrom = \"阿达@example.org\"", &["line 2", "must be ASCII"]),
        ("[mail]\nreply_to = \"Ada <阿达@example.org>\"", &["line 2", "reply_to must be ASCII"]),
        ("[mail]\nhelo_name = \"vm\"", &["line 2", "mail.example.org"]),
        ("[mail.dkim]\nselector = \"a b\"\nkey_file = \"x\"", &["line 2", "kalends-2026"]),
        ("[mail.dkim]\nselector = \"k\"", &["line 1: [mail.dkim] key_file", "config/dkim.pem"]),
        ("[mail]\n[[mail.dkim]]\nselektor = \"k\"", &["line 3", "selektor"]),
        ("[mail.dkim]\ndomain = \"org\"\nselector = \"k\"\nkey_file = \"x\"", &["line 2", "example.org"]),
        ("[mail]\ndkim = 1", &["line 2", "a table of options"]),
        (
            "[[mail.dkim]]\nselector = \"k\"\nkey_file = \"x\"\n[[mail.dkim]]\nselector = \"k\"\nkey_file = \"y\"",
            &["line 5", "two DKIM keys", "the first in line 2"],
        ),
        ("[mail]\nresolver = \"dns.example.org\"", &["line 2", "192.0.2.53"]),
        ("[http]\nlisten = \"8080\"", &["line 2", "127.0.0.1:8080"]),
        ("[http]\ntrusted_proxies = [\"nginx\"]", &["line 2", "nginx", "10.0.0.0/8"]),
        ("[site]\ntitle = \" \"", &["line 2", "title is empty"]),
        ("[site]\nlocale = \"tlh\"", &["line 2", "one of en, zh-Hans"]),
        ("site = 1", &["line 1", "a table of options"]),
        ("[database]\nurl = \"postgres://x\"", &["line 2", "sqlite://"]),
        ("[[source]]\nurl = \"example.org/x.ics\"", &["line 2", "https://example.org/calendar.ics"]),
        ("[[source]]\nurl = \"https://example.org/x\"\nevery = \"0s\"", &["line 3", "such as 6h"]),
        ("[[source]]\nurl = \"https://example.org/x\"\nkind = \"party\"", &["line 3", "meeting, forum"]),
        ("[[source]]\nevery = \"1h\"", &["line 1", "url"]),
        ("[fetch]\nallowed_hosts = [\"a b\"]", &["line 2", "a b"]),
        ("\n[digest]\nslug = \"w\"\nschedule = \"@daily\"", &["line 2: [digest]", "write [[digest]]"]),
        ("\"a\\nb\" = 1", &["line 1: [a b]: unknown field"]),
        ("[bounce]\naddress = \"bounces\"", &["line 2", "ada@example.org"]),
        ("[bounce]\naddress = \"a-very-long-address-for-what-comes-back@example.org\"", &["line 2", "33"]),
        ("[bounce]\nlisten = \"127.0.0.1:8024\"", &["line 2", "bounces@example.org"]),
        ("[bounce]\naddress = \"b@example.org\"\nlisten = \"unix:lmtp\"", &["line 3", "unix:/run"]),
        ("[http]\ntoken_rate = 0", &["line 2", "1 to 1000000"]),
        ("[bounce]\nsoft_limit = 0", &["line 2", "1 to 100"]),
        ("[backup]\nkeep = 0", &["line 2", "at least one"]),
        ("[backup]\nkeep = \"long\"", &["line 2", "a number of copies", "30d"]),
        ("[backup]\nevery = \"1mo\"", &["line 2", "such as 1d"]),
        ("[backup]\nevery = \"0s\"", &["line 2", "such as 1d"]),
        ("[keep]\ndeliveries = \"60d\"", &["line 2", "90d at least", "what comes back"]),
        ("[keep]\ndeliveries = \"soon\"", &["line 2", "never"]),
        ("[keep]\nbounces = \"1w\"", &["line 2", "30d at least"]),
        ("[keep]\nsign_ups = \"1d\"", &["line 2", "7d at least"]),
        ("[site\n", &["line 1"]),
    ] {
        let error = parse(text).unwrap_err();
        for part in parts {
            assert!(error.contains(part), "{text:?}: {error} lacks {part:?}");
        }
    }
}

#[test]
fn one_dkim_key_is_a_table_and_several_are_a_list() {
    let one = parse("[mail]\nfrom = \"a@example.org\"\n[mail.dkim]\nselector = \"K\"\nkey_file = \"k.pem\"").unwrap();
    assert_eq!(one.mail.dkim_domain(&one.mail.dkim[0]), "example.org");
    assert_eq!(one.mail.dkim[0].selector.as_str(), "k");
    let two = "[[mail.dkim]]\nselector = \"a\"\nkey_file = \"a.pem\"\n\
                   [[mail.dkim]]\ndomain = \"bücher.example.\"\nselector = \"b\"\nkey_file = \"b.pem\"";
    let two = parse(two).unwrap();
    assert_eq!(two.mail.dkim_domain(&two.mail.dkim[1]), "xn--bcher-kva.example");
    assert!(parse("").unwrap().mail.dkim.is_empty());
}

#[test]
fn the_environment_overrides_the_file() {
    let set = |name: &str, value: &str| {
        Config::parse("kalends.toml", "[mail]\nfrom = \"a@example.org\"", vec![(name.into(), value.into())])
            .map_err(|e| e.to_string())
    };
    assert_eq!(set("KALENDS_MAIL__FROM", "b@example.org").unwrap().mail.from.to_string(), "b@example.org");
    assert_eq!(set("KALENDS_SITE__TITLE", "2020").unwrap().site.title.as_str(), "2020");
    let relays = set("KALENDS_MAIL__RELAY", "[{ url = \"smtp://localhost:2525\", connections = 2 }]").unwrap();
    assert_eq!(relays.mail.relays[0].connections, 2);
    let dkim = vec![
        ("KALENDS_MAIL__DKIM__SELECTOR".to_owned(), "k".to_owned()),
        ("KALENDS_MAIL__DKIM__KEY_FILE".to_owned(), "k.pem".to_owned()),
    ];
    assert_eq!(Config::parse("kalends.toml", "", dkim).unwrap().mail.dkim.len(), 1);
}

#[test]
fn a_value_of_the_environment_is_told_by_its_variable() {
    let file = "[mail]\nfrom = \"a@example.org\"\n[[source]]\nurl = \"https://example.org/\"\n";
    for (name, value, parts) in [
        ("KALENDS_MAIL__FORM", "x", &["[mail] form: unknown field", "from"][..]),
        ("KALENDS_MAIL", "x", &["[mail]: here stands a string, where a table of options is wanted"]),
        ("KALENDS_MAIL__FROM", "Ж <ж@example.org>", &["[mail] from: the sender's address must be ASCII"]),
        ("KALENDS_MAIL__FROM", "a@b@c", &["[mail] from", "not an email address"]),
        ("KALENDS_SITE__TIMEZONE", "2", &["[site] timezone", "IANA"]),
        ("KALENDS_SITE__TITLE__SHORT", "x", &["[site] title: here stands a table, where a string is wanted"]),
        ("KALENDS_BOUNCE__SOFT_LIMIT", "0", &["[bounce] soft_limit", "1 to 100"]),
        ("KALENDS_BOUNCE__SOFT_LIMIT", "few", &["[bounce] soft_limit", "a whole number"]),
        ("KALENDS_FETCH__ALLOWED_HOSTS", "[\"a b\", \"c d\"]", &["`a b` is no host", "`c d` is no host"]),
        ("KALENDS_SOURCE__URL", "https://example.org/", &["give all of it in KALENDS_SOURCE"]),
        (
            "KALENDS_SOURCE",
            "[{ url = \"x\", every = \"0s\" }]",
            &["[[source]] url: `x`", "[[source]] every: every must"],
        ),
        ("KALENDS_SOURCE", "[{ url = ", &["it is no TOML value"]),
        ("KALENDS_", "x", &["it names no option"]),
        ("KALENDS_MAIL__", "x", &["it names no option"]),
    ] {
        let error = Config::parse("kalends.toml", file, vec![(name.into(), value.into())]).unwrap_err().to_string();
        for part in parts {
            assert!(error.contains(part), "{name}={value}: {error} lacks {part:?}");
        }
        let begin = format!("the environment variable {name}: ");
        assert!(error.lines().all(|line| line.starts_with(&begin)), "{name}={value}: {error}");
    }
    // What is overridden is not in force.
    let file = "[mail]\nfrom = \"nobody\"\n";
    let good = vec![("KALENDS_MAIL__FROM".into(), "b@example.org".into())];
    assert_eq!(Config::parse("kalends.toml", file, good).unwrap().mail.from.to_string(), "b@example.org");
}

#[test]
fn all_that_is_wrong_is_told_at_once_each_with_its_place() {
    let text = r#"[database]
url = "sqlite://data/kalends.db"
[mail]
from = "Ж <ж@example.org>"
transport = "smtp"
outbox = 5
dkim = [ { selector = "k", key_file = "a" },
         { selector = "k", key_file = "b" } ]
domain_rates = { "example.com" = "often" }

[[mail.relay]]
url = "smtp://localhost:25"

[[mail.relay]]
url = "smtp://localhost:26"
username = "kalends"
password = "hunter2"
password_file = "hunter2"
connections = 0

[[digest]]
slug = "weekly"
schedule = "0 8 * * 1"

[[digest]]
title = "No slug"
remind_before = ["1d", "soon", "later"]

[[digest]]
slug = "weekly"
schedule = "0 8 * *"

[[source]]
url = "https://ada:hunter2@example.org/a.ics"
[[source]]
url = "https://ada:hunter2@example.org/a.ics"
every = "0s"
name = "b"
[[source]]
url = "htps://ada:hunter2@example.org/a.ics"
name = "B"
feed.refresh = "1h"
[feed]
refresh = "1mo"
[site]
titel = "x"
title = "y"
title = "z"
locale.name = "tlh"
"#;
    let environment = vec![("KALENDS_HTTP__LISTEN".to_owned(), "8080".to_owned())];
    let error = Config::parse("kalends.toml", text, environment).unwrap_err().to_string();
    let expected = [
        (4, "[mail] from: the sender's address must be ASCII"),
        (6, "[mail] outbox: here stands an integer, where a path in quotes is wanted"),
        (8, "[[mail.dkim]] selector: two DKIM keys have the selector k: one record, one key, the first in line 7"),
        (9, "[mail] domain_rates.example.com: `often` is not a rate"),
        (17, "[[mail.relay]] password: give password or password_file, not both"),
        (19, "[[mail.relay]] connections: 0 is too few or too many"),
        (25, "[[digest]] schedule: is missing: write one such as schedule = \"0 8 * * 1\""),
        (25, "[[digest]] slug: is missing: write one such as slug = \"weekly\""),
        (27, "[[digest]] remind_before: `later` is not a length of time"),
        (27, "[[digest]] remind_before: `soon` is not a length of time"),
        (30, "[[digest]] slug: two digests have the slug `weekly`, the first in line 22"),
        (31, "[[digest]] schedule: "),
        (36, "[[source]] url: two sources have the url of example.org, the first in line 34"),
        (37, "[[source]] every: every must be told in"),
        (40, "[[source]] url: `htps://…` is no address of a calendar"),
        (41, "[[source]] name: two sources have the name B, the first in line 38"),
        (42, "[[source]] feed: unknown field `feed`"),
        (44, "[feed] refresh: refresh must be told in"),
        (46, "[site] titel: unknown field `titel`"),
        (48, "title stands there twice"),
        (49, "[site] locale: here stands a table, where"),
    ];
    let lines: Vec<&str> = error.lines().collect();
    for (told, (line, said)) in lines.iter().zip(expected) {
        assert!(
            told.starts_with(&format!("kalends.toml, line {line}: {said}")),
            "{told}\nis not {line}: {said}\n{error}"
        );
    }
    assert!(lines.last().unwrap().starts_with("the environment variable KALENDS_HTTP__LISTEN: [http] listen: `8080`"));
    assert_eq!(lines.len(), expected.len() + 1, "{error}");
    assert!(!error.contains("hunter2"), "{error}");
}

#[test]
fn nobody_reads_more_than_a_hundred_complaints() {
    let text: String = (0..150).map(|n| format!("unknown{n} = 1\n")).collect();
    let error = parse(&text).unwrap_err();
    assert_eq!(error.lines().count(), 101);
    assert!(error.ends_with("kalends.toml: more is wrong than is told here: mend this first"), "{error}");
}

#[test]
fn what_is_no_toml_is_told_and_what_is_right_around_it_is_judged() {
    let error = parse("[site]\ntitle = \"a\"\nlocale = tlh\n[mail]\nfrom = \"a@b@c\"\nnonsense\n").unwrap_err();
    for part in ["line 3: ", "line 5: [mail] from", "line 6: "] {
        assert!(error.contains(part), "{error} lacks {part:?}");
    }
    // What may stand on the broken line is not missed.
    let error = parse("[[source]]\nurl = https://example.org/\n").unwrap_err();
    assert!(error.starts_with("kalends.toml, line 2: ") && error.lines().count() == 1, "{error}");
}

#[test]
fn no_password_is_ever_told() {
    for text in [
        "[[mail.relay]]\nurl = \"smtp://localhost\"\nusername = \"k\"\npassword = 48151623\n",
        "[[mail.relay]]\nurl = \"smtp://localhost\"\nusername = \"k\"\npassword = 48151623.5\n",
        "[[mail.relay]]\nurl = \"smtp://localhost\"\nusername = \"k\"\npassword = [\"48151623\"]\n",
        "[[mail.relay]]\nurl = \"smtp://localhost\"\npassword = \"48151623\"\n",
        "[[mail.relay]]\nurl = \"smtp://localhost\"\npassword = \"48151623\n",
        "[[mail.relay]]\nurl = \"smtp://localhost\"\npassword = 48151623x\n",
        "[[mail.relay]]\nurl = \"smtp://k:48151623@localhost\"\n",
        "[[mail.relay]]\nurl = \"k:48151623@localhost\"\n",
        "[[source]]\nurl = \"example.org/48151623\"\n",
        "[[source]]\nurl = \"https://k:48151623@example.org:x/\"\n",
        "[site]\nbase_url = \"https://k:48151623@example.org\"\n",
        "[database]\nurl = \"postgres://k:48151623@localhost/db\"\n",
        "source = \"48151623\"\n",
        "[mail]\nrelay = \"48151623\"\n",
    ] {
        let error = parse(text).unwrap_err();
        assert!(!error.contains("48151623"), "{text}: {error}");
    }
    for value in ["[{ url = 'smtp://localhost', password = '48151623' ", "48151623", "[{ password = 48151623 }]"] {
        let environment = vec![("KALENDS_MAIL__RELAY".into(), value.into())];
        let error = Config::parse("kalends.toml", "", environment).unwrap_err().to_string();
        assert!(!error.contains("48151623"), "{value}: {error}");
    }
}

#[test]
fn sources_have_names_of_their_own() {
    let config = parse(
        "[[source]]\nurl = \"https://ada:hunter2@example.org/a\"\n[[source]]\nurl = \"https://example.org/b\"\n\
             [[source]]\nname = \"example-org-2\"\nurl = \"https://example.org/c\"\n",
    )
    .unwrap();
    let names: Vec<_> = config.sources.iter().map(|source| (source.number, source.name())).collect();
    assert_eq!(names, [(1, "example-org"), (2, "example-org-3"), (3, "example-org-2")]);
    assert!(config.sources[2].is_called("3") && config.sources[2].is_called("Example-Org-2"));
    assert!(!config.sources[0].is_called("example-org-2") && !config.sources[0].is_called("0"));
}

#[test]
fn words_for_readers_of_each_language_are_read_and_judged_each_in_its_place() {
    let begin = "[[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * 1\"\n";
    let config = |more: &str| Config::parse("kalends.toml", &format!("{begin}{more}"), Vec::new());
    let good = config("title.zh = \"一周\"\ntitle.en = \"The week\"\ndescription.zh-Hans = \"每周一\"\n").unwrap();
    let digest = &good.digests[0];
    let told = |locale: &str| {
        let locale = locale.parse().unwrap();
        (good.title_of(digest, locale), good.description_of(digest, locale))
    };
    // What nobody says in a language is said in another.
    assert_eq!([told("en"), told("zh-CN")], [("The week", "每周一"), ("一周", "每周一")]);
    for (wrong, expected) in [
        ("title.fr = \"La semaine\"", "line 4: [[digest]] title.fr: `fr` is not a locale: use one of en, zh-Hans"),
        ("title.en = \" \"", "line 4: [[digest]] title.en: a title is empty"),
        ("title = 5", "line 4: [[digest]] title: here stands an integer, where a text, or a table"),
        ("title = { zh = \"a\", zh-CN = \"b\" }", "line 4: [[digest]] title: two are for readers of zh-Hans"),
        (
            "subject = \"{titel}: {headline}\"",
            "line 4: [[digest]] subject: a subject holds no {titel} (did you mean {title}?)",
        ),
        ("subject.en = \"{title\"", "line 4: [[digest]] subject.en: a brace"),
    ] {
        let error = config(wrong).unwrap_err().to_string();
        assert!(error.contains(expected) && error.lines().count() == 1, "{wrong}: {error}");
    }
}
