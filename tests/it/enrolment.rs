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
fn a_table_in_utf_16_is_read_as_excel_writes_it() {
    let office = Office::with_config(DIGESTS);
    let table = "\u{feff}E-Mail\tName\tDigests\tConsent at\r\nada@example.net\tÄda 标准\tweekly\t2020-01-01\r\n";
    let octets: Vec<u8> = table.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let file = office.write("people.txt", octets);
    office.ok(&["subscriber", "import", &file]);
    assert_eq!(person(&office, "ada@example.net")["name"], "Äda 标准");
}
