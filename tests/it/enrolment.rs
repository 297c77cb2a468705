//! Tables of many people, each with the consent they gave.

use serde_json::Value;

use crate::support::Office;

const DIGESTS: &str = "[[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * 1\"\n\
                       [[digest]]\nslug = \"daily\"\nschedule = \"0 8 * * *\"\n";

fn import(office: &Office, table: &str) -> Value {
    let file = office.write("people.csv", table);
    serde_json::from_str(&office.run(&["subscriber", "import", &file, "--json"]).stdout).unwrap()
}

fn counts(report: &Value) -> [i64; 3] {
    ["added", "updated", "unchanged"].map(|count| report[count].as_i64().unwrap())
}

fn person(office: &Office, email: &str) -> Value {
    office.json(&["subscriber", "show", email])
}

#[test]
fn each_row_of_a_large_table_has_its_own_fate_and_the_same_table_changes_nothing() {
    let office = Office::with_config(DIGESTS);
    office.ok(&["subscriber", "add", "known@example.org", "--confirmed", "--name", "Known", "--topic", "ipv6"]);
    for gone in ["forgotten@example.org", "back@example.org", "away@example.org"] {
        office.ok(&["subscriber", "add", gone, "--confirmed"]);
    }
    office.ok(&["subscriber", "forget", "forgotten@example.org", "--yes"]);
    // Both left in 2022: one agreed again after that, the other's consent is from before.
    office.sql("UPDATE subscription SET status = 'left', left_at = 1640995200 WHERE subscriber_id IN (SELECT id FROM subscriber WHERE email LIKE 'back@%' OR email LIKE 'away@%')");

    let mut table = String::from("email,name,digests,topics,consent_at,consent_note\n");
    let mut rejected = Vec::new();
    for n in 0..5000 {
        table.push_str(&format!(
            "reader{n}@example.org,Reader {n},weekly;daily;weekly,a;b,2021-01-0{},form\n",
            1 + n % 9
        ));
        // Among the others, wherever transactions begin and end.
        if n == 1999 {
            for (row, is_bad) in [
                ("Reader7@Example.ORG,Seven,,c,2021-02-01,again", false),
                ("forgotten@example.org,F,weekly,,2021-01-01,", true),
                ("back@example.org,B,weekly,,2023-01-01,came back", false),
                ("away@example.org,,weekly,,2020-01-01,", false),
                ("known@example.org,,weekly,,2021-01-01,", false),
                ("nobody,,weekly,,2021-01-01,", true),
                ("stray@example.org,,monthly,,2021-01-01,", true),
                ("asked@example.org,,weekly,,,", false),
                ("asked@example.org,Asked,weekly,,2021-01-01,in person", false),
            ] {
                table.push_str(&format!("{row}\n"));
                if is_bad {
                    rejected.push(table.lines().count() as u64);
                }
            }
        }
    }
    let report = import(&office, &table);
    // Reader 7 twice; "asked" was asked, and had agreed after all.
    assert_eq!(counts(&report), [5001, 4, 1]);
    let lines: Vec<_> = report["rejected"].as_array().unwrap().iter().map(|r| r["line"].as_u64().unwrap()).collect();
    assert_eq!(lines, rejected);
    assert_eq!(
        office.ask("SELECT count(*) FROM subscription WHERE status = 'confirmed' AND first_edition = 1"),
        "10004"
    );

    for table in ["subscriber", "subscription"] {
        assert_eq!(office.ask(&format!("SELECT count(*) - count(DISTINCT nonce) FROM {table}")), "0", "{table}");
    }

    let seven = person(&office, "reader7@example.org");
    assert_eq!((&seven["name"], &seven["topics"]), (&"Seven".into(), &serde_json::json!(["c"])));
    assert_eq!(seven["subscriptions"][1]["consent_note"], "form");
    let known = person(&office, "known@example.org");
    assert_eq!((&known["name"], &known["topics"]), (&"".into(), &serde_json::json!([])));
    let status = |email: &str, slug: &str| {
        let person = person(&office, email);
        let all = person["subscriptions"].as_array().unwrap().clone();
        all.into_iter().find(|subscription| subscription["digest"] == slug).unwrap()["status"].clone()
    };
    assert_eq!(status("back@example.org", "weekly"), "confirmed");
    assert_eq!(status("back@example.org", "daily"), "left");
    assert_eq!(status("away@example.org", "weekly"), "left");
    assert_eq!(status("asked@example.org", "weekly"), "confirmed");

    let again = import(&office, &table.replace("Reader7@Example.ORG,Seven,,c", "Reader7@Example.ORG,Reader 7,,a;b"));
    // Reader 7 gets back the name and topics of the first row.
    assert_eq!(counts(&again), [0, 1, 5005]);
    assert_eq!(counts(&import(&office, &table.replace("Seven,,c", "Reader 7,,a;b"))), [0, 0, 5006]);
}

#[test]
fn whoever_is_to_be_asked_is_asked_once_and_who_is_not_leaves_no_trace() {
    let office = Office::with_config(DIGESTS);
    office.ok(&["subscriber", "add", "gone@example.org", "--confirmed"]);
    office.ok(&["subscriber", "forget", "gone@example.org", "--yes"]);
    office.ok(&["subscriber", "add", "bounced@example.org", "--confirmed", "--digest", "weekly"]);
    office.sql("UPDATE subscriber SET suppressed = 'bounced', suppressed_at = 1 WHERE email LIKE 'bounced@%'");
    let mut table = String::from("email,name,digests,consent_at\n");
    for n in 0..450 {
        table.push_str(&format!("asked{n}@example.org,Asked {n},weekly,\n"));
    }
    table.push_str("gone@example.org,,weekly,\nbounced@example.org,,daily,\nASKED3@example.org,,daily,\n");
    table.push_str(
        "asked4@example.org,,daily,2020-01-01\nnew@example.org,,weekly,2020-01-01\nnew@example.org,,daily,\n",
    );
    let report = import(&office, &table);
    let lines: Vec<_> = report["rejected"].as_array().unwrap().iter().map(|r| r["line"].as_u64().unwrap()).collect();
    assert_eq!(lines, [452, 453]);
    // Reader 3 for another digest too, and somebody new for one of the two.
    assert_eq!(office.ask("SELECT count(*) FROM delivery"), "452");
    assert_eq!(office.ask("SELECT count(*) FROM sign_up"), "452");
    assert_eq!(office.ask("SELECT count(*) FROM subscriber WHERE email LIKE 'gone@%'"), "0");
    assert_eq!(counts(&report), [453, 1, 0]);
    let again = import(&office, &table);
    assert_eq!(counts(&again)[..2], [0, 0]);
    assert_eq!(office.ask("SELECT count(*) FROM delivery"), "452");
}

#[test]
fn a_table_in_utf_16_is_read_as_excel_writes_it() {
    let office = Office::with_config(DIGESTS);
    let table = "\u{feff}E-Mail\tName\tDigests\tConsent at\r\nada@example.net\tÄda 标准\tweekly\t2020-01-01\r\n";
    let octets: Vec<u8> = table.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let file = office.write("people.txt", octets);
    office.ok(&["subscriber", "import", &file]);
    assert_eq!(person(&office, "ada@example.net")["name"], "Äda 标准");
}
