use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use fluent_bundle::FluentResource;

use super::Locale;
use super::locale::FILES;
use crate::domain::recurrence::{Recurrence, Rule};
use crate::domain::when::When;

fn chinese() -> Locale {
    "zh-CN".parse().unwrap()
}

#[test]
fn dates_read_as_one_would_write_them() {
    for (start, end, english, in_chinese) in [
        ("2020-10-01", None, "1 October 2020", "2020年10月1日"),
        ("2020-09-14", Some("2020-09-20"), "14–20 September 2020", "2020年9月14日至20日"),
        ("2020-06-22", Some("2020-07-03"), "22 June – 3 July 2020", "2020年6月22日至7月3日"),
        ("2020-12-29", Some("2021-01-02"), "29 December 2020 – 2 January 2021", "2020年12月29日至2021年1月2日"),
        ("2020-09-16 09:00", None, "16 September 2020, 09:00 (Asia/Shanghai)", "2020年9月16日 09:00（Asia/Shanghai）"),
        (
            "2020-09-16 09:00",
            Some("2020-09-16 17:30"),
            "16 September 2020, 09:00–17:30 (Asia/Shanghai)",
            "2020年9月16日 09:00–17:30（Asia/Shanghai）",
        ),
        ("2020-03", None, "March 2020", "2020年3月"),
        ("2020-03", Some("2020-05"), "March–May 2020", "2020年3月至5月"),
        ("2021-Q3", None, "Q3 2021", "2021年第三季度"),
        ("2021-Q3", Some("2021-Q4"), "Q3–Q4 2021", "2021年第三至第四季度"),
        ("2021-Q3", Some("2022-Q1"), "Q3 2021 – Q1 2022", "2021年第三季度至2022年第一季度"),
        ("2021", Some("2025"), "2021–2025", "2021至2025年"),
    ] {
        let when = When::parse(start, end, "Asia/Shanghai".parse().unwrap()).unwrap();
        assert_eq!(Locale::default().when(&when), english);
        assert_eq!(chinese().when(&when), in_chinese);
    }
}

#[test]
fn a_rule_reads_as_one_would_say_it() {
    for (start, rule, words) in [
        ("2020-09-15", "FREQ=DAILY", "every day"),
        ("2020-09-15", "FREQ=WEEKLY", "every week on Tuesday"),
        ("2020-09-15", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH", "every second week on Tuesday and Thursday"),
        ("2020-09-08", "FREQ=MONTHLY;BYDAY=2TU;COUNT=6", "every month on the second Tuesday, 6 times"),
        ("2020-09-25", "FREQ=MONTHLY;INTERVAL=3;BYDAY=-1FR", "every 3 months on the last Friday"),
        ("2020-09-15", "FREQ=MONTHLY;UNTIL=20201231", "every month on day 15, until 31 December 2020"),
        ("2020-09-30", "FREQ=MONTHLY;BYMONTHDAY=-1", "every month on the last day"),
        ("2020-10-01", "FREQ=YEARLY", "every year on 1 October"),
        ("2020-09-15", "FREQ=WEEKLY;BYMONTH=9,10", "every week on Tuesday in September and October"),
        ("2020-09-15", "FREQ=YEARLY;BYWEEKNO=20", "by the rule FREQ=YEARLY;BYWEEKNO=20"),
    ] {
        let when = When::parse(start, None, "Asia/Shanghai".parse().unwrap()).unwrap();
        let rule = Rule::read(rule, when.start(), when.zone()).unwrap();
        let recurrence = Recurrence { rule: Some(rule), ..Recurrence::default() };
        assert_eq!(Locale::default().repeat(&recurrence, &when), words);
    }
}

#[test]
fn a_language_is_found_by_every_tag_that_means_it() {
    for (tag, found) in [
        ("en", Some("en")),
        ("en-GB", Some("en")),
        ("zh", Some("zh-Hans")),
        (" ZH-cn ", Some("zh-Hans")),
        ("zh-Hans-SG", Some("zh-Hans")),
        // Better than English.
        ("zh-TW", Some("zh-Hans")),
        ("tlh", None),
        ("", None),
        ("english please", None),
    ] {
        assert_eq!(tag.parse::<Locale>().ok().map(Locale::tag), found, "{tag}");
    }
    for (header, found) in [
        ("zh-CN,zh;q=0.9,en;q=0.8", Some("zh-Hans")),
        ("fr, en;q=0.3, zh;q=0.7", Some("zh-Hans")),
        ("en;q=0, zh", Some("zh-Hans")),
        ("fr", None),
        ("*", None),
        ("", None),
    ] {
        assert_eq!(Locale::accepted(header).map(Locale::tag), found, "{header}");
    }
}

/// Each phrase of a file with the values it takes.
fn phrases(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut phrases: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut current = None;
    for line in text.lines() {
        let begins_phrase = line.starts_with(|first: char| first.is_ascii_alphabetic());
        if let Some((id, _)) = line.split_once('=').filter(|_| begins_phrase) {
            current = Some(phrases.entry(id.trim().to_owned()).or_default());
        }
        if let Some(values) = current.as_mut().filter(|_| !line.starts_with('#')) {
            values.extend(
                line.split('$').skip(1).map(|value| {
                    value.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect::<String>()
                }),
            );
        }
    }
    phrases
}

#[test]
fn every_language_has_every_phrase_with_the_values_it_takes() {
    let english = phrases(FILES.iter().find(|(tag, _)| *tag == "en").unwrap().1);
    // A language may leave out a value that it has no place for.
    for (tag, text) in FILES {
        let errors = FluentResource::try_new((*text).to_owned()).err().map(|(_, errors)| errors);
        assert_eq!(errors, None, "locales/{tag}.ftl");
        let own = phrases(text);
        let missing: Vec<_> = english.keys().filter(|id| !own.contains_key(*id)).collect();
        assert!(missing.is_empty(), "locales/{tag}.ftl lacks {missing:?}");
        for (id, values) in &own {
            let known = english.get(id).unwrap_or_else(|| panic!("locales/{tag}.ftl: nobody asks for {id}"));
            assert!(values.is_subset(known), "locales/{tag}.ftl: {id} knows {known:?} and not all of {values:?}");
        }
    }
}

/// All there is in the files of a folder.
fn sources(folder: &Path, into: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => sources(&path, into),
            false => into.push_str(&String::from_utf8_lossy(&std::fs::read(path).unwrap())),
        }
    }
}

#[test]
fn every_phrase_that_is_asked_for_is_there_and_every_phrase_is_asked_for() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut code = String::new();
    for folder in ["src", "templates"] {
        sources(&root.join(folder), &mut code);
    }
    let english = phrases(FILES.iter().find(|(tag, _)| *tag == "en").unwrap().1);
    for call in [".say(\"", ".tell(\"", ".with(\"", "Sentence::new(\"", "Sentence::about(\""] {
        for asked in code.split(call).skip(1).map(|rest| rest.split('"').next().unwrap()) {
            assert!(english.contains_key(asked), "there is no phrase {asked} in locales/en.ftl");
        }
    }
    // These are asked for by number or by name.
    let families = ["month-", "weekday-", "kind-", "section-", "every-", "action-"];
    for id in english.keys().filter(|id| !families.iter().any(|family| id.starts_with(family))) {
        assert!(code.contains(&format!("\"{id}\"")), "nobody asks for {id} of locales/en.ftl");
    }
}
