//! The expansion of rules beside two other implementations: the cases on which python-dateutil and libical agree, as
//! they are shipped with the crate `ical-rs`, read from where Cargo keeps its source.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::PathBuf;
use std::process::Command;

use ical::recur::IcalRecurRule;
use jiff::civil::DateTime;
use kalends::domain::recurrence::{Rule, expand};
use kalends::domain::when::Point;
use kalends::domain::zone::Zone;

/// A start, a rule, and what comes of it: up to twelve dates.
struct Case {
    start: DateTime,
    rule: String,
    expected: Vec<DateTime>,
}

fn agreed_cases() -> Vec<Case> {
    // Of this platform alone: what other platforms need is not there where nobody built for them.
    let version = Command::new("rustc").arg("-vV").output().unwrap();
    let version = String::from_utf8(version.stdout).unwrap();
    let platform = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline", "--locked", "--filter-platform", platform])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let manifest = packages.iter().find(|p| p["name"] == "ical-rs").unwrap()["manifest_path"].as_str().unwrap();
    let file = PathBuf::from(manifest).with_file_name("tests/corpus/recur/consensus.tsv");
    let moment = |text: &str| DateTime::strptime("%Y%m%dT%H%M%S", text).unwrap();
    let text = std::fs::read_to_string(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    text.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let mut fields = line.split('\t');
            let mut field = || fields.next().unwrap_or_default();
            let (start, rule, dates) = (field(), field(), field());
            Case {
                start: moment(start),
                rule: rule.to_owned(),
                expected: dates.split(',').filter(|date| !date.is_empty()).map(moment).collect(),
            }
        })
        .collect()
}

#[test]
fn rules_expand_as_two_other_implementations_agree() {
    let cases = agreed_cases();
    assert_eq!(cases.len(), 4331, "the crate ships other cases than it did: look at them");
    let mut wrong = Vec::new();
    for case in &cases {
        let rule = IcalRecurRule::parse(&case.rule).unwrap();
        let got: Vec<_> = expand(rule.clone(), case.start, None).take(12).collect();
        if got != case.expected {
            wrong.push(format!("{} {}: {got:?} instead of {:?}", case.start, case.rule, case.expected));
        }
        // From the middle on, the same: there the expansion may jump.
        if let Some(middle) = case.expected.get(6) {
            let got: Vec<_> = expand(rule, case.start, Some(*middle)).take(6).collect();
            if got != case.expected[6..] {
                wrong.push(format!("{} {} from {middle}: {got:?}", case.start, case.rule));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong, the first: {:#?}", wrong.len(), &wrong[..wrong.len().min(5)]);
}

#[test]
fn what_an_event_can_repeat_by_is_the_same_rule() {
    let utc = Zone::utc();
    let mut taken = 0;
    for case in agreed_cases().into_iter().filter(|case| case.start.second() == 0) {
        let Ok(rule) = Rule::read(&case.rule, Point::Minute(case.start), &utc) else { continue };
        taken += 1;
        let got: Vec<_> = expand(rule.parts().clone(), case.start, None).take(12).collect();
        assert_eq!(got, case.expected, "{} {}", case.start, case.rule);
    }
    // The rest repeats by the second, or never comes.
    assert!(taken > 2000, "only {taken} of the rules are taken for events");
    println!("{taken} of the rules are taken for events");
}
