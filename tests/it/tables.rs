//! Tables as offices have them: heads in their own words, dates as spreadsheets write them, workbooks of Excel.

mod xlsx;

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Office, Ran};
use xlsx::{Workbook, number, row, text, texts};

fn report(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {} {}", ran.stdout, ran.stderr))
}

/// Of each event its title, start, end and kind.
fn told(office: &Office) -> Vec<[String; 4]> {
    let events = office.json(&["event", "list"]);
    let text = |event: &Value, name: &str| event[name].as_str().unwrap_or("-").to_owned();
    let told = |event: &Value| ["title", "start", "end", "kind"].map(|name| text(event, name));
    events.as_array().unwrap().iter().map(told).collect()
}

fn notes(report: &Value) -> String {
    let notes = report["notes"].as_array().unwrap().iter();
    notes.map(|note| format!("{}: {} {}\n", note["line"], note["column"], note["reason"])).collect()
}

#[test]
fn heads_in_the_words_of_offices_are_taken_for_ours_and_that_is_told() {
    let office = Office::new();
    let outlook = "\u{feff}\"Subject\",\"Start Date\",\"Start Time\",\"End Date\",\"End Time\",\"All day event\",\"Priority\",\
                   \"Private\",\"Location\"\r\n\
                   \"Plenary\",\"16/09/2020\",\"9:00:00 AM\",\"16/09/2020\",\"5:30:00 PM\",\"False\",\"Normal\",\"False\",\"Room 4\"\r\n\
                   \"Fair\",\"01/10/2020\",\"12:00:00 AM\",\"04/10/2020\",\"12:00:00 AM\",\"True\",\"Normal\",\"False\",\r\n\
                   \"Talk\",\"17/09/2020\",\"9:00:00 AM\",\"17/09/2020\",\"10:00:00 AM\",\"False\",\"Normal\",\"True\",\r\n";
    let file = office.write("outlook.csv", outlook);
    let ran = office.run(&["import", &file, "--kind", "meeting", "--json"]);
    let report = report(&ran);
    assert_eq!((ran.code, &report["added"]), (0, &json!(3)), "{report}");
    let said = notes(&report);
    for part in ["`Subject` is taken for it", "`Priority`", "the day first", "is taken as a draft"] {
        assert!(said.contains(part), "no {part} in {said}");
    }
    let meeting = |title: &str, start: &str, end: &str| [title, start, end, "meeting"].map(str::to_owned);
    assert_eq!(
        told(&office),
        [
            meeting("Plenary", "2020-09-16T09:00", "2020-09-16T17:30"),
            meeting("Talk", "2020-09-17T09:00", "2020-09-17T10:00"),
            meeting("Fair", "2020-10-01", "2020-10-03"),
        ]
    );
    assert_eq!(office.json(&["event", "list", "--status", "draft"])[0]["title"], "Talk");

    let standards = "标准清单;;;\n;;;\n标准号;标题;实施日期;备注\nGB/T 1-2020;Rules;1. 10. 2021;\nGB/T 2;More;2021年12月1日;x\n合计;2;;\n";
    let other = Office::new();
    let report = other.json(&["import", &other.write("standards.csv", standards)]);
    assert_eq!((&report["added"], &report["rejected"]), (&json!(2), &json!([])), "{report}");
    assert!(notes(&report).contains("is a sum") && notes(&report).contains("lines 1 to 2"), "{report}");
    let takes_effect = |title: &str, start: &str| [title, start, "-", "effective-date"].map(str::to_owned);
    assert_eq!(told(&other), [takes_effect("Rules", "2021-10-01"), takes_effect("More", "2021-12-01")]);
}

#[test]
fn a_date_that_may_be_two_is_refused_unless_the_other_rows_settle_it() {
    let office = Office::new();
    let file = office
        .write("dates.csv", "kind,title,date\nmeeting,A,03/04/2020\nmeeting,B,05/04/2020\nmeeting,C,1 May 2020\n");
    let ran = office.run(&["import", &file, "--json"]);
    let first = report(&ran);
    assert_eq!((ran.code, &first["added"], &first["rejected"][0]["line"]), (1, &json!(1), &json!(2)), "{first}");
    assert!(first["rejected"][1]["reason"].as_str().unwrap().contains("may be 5 April 2020 or 4 May 2020"), "{first}");
}

#[test]
fn all_unknown_columns_are_told_at_once_with_what_may_be_meant() {
    let office = Office::with_config("[[digest]]\nslug = \"weekly\"\nschedule = \"0 9 * * 1\"\n");
    let error = office.fails(&["import", &office.write("a.csv", "kind,tilte,strat,plaats,loction\n")], 1);
    for part in ["`tilte` (did you mean `title`?)", "`strat` (did you mean `start`?)", "`plaats`,", "`location`?)"] {
        assert!(error.contains(part), "{error}");
    }
    let error = office.fails(&["subscriber", "import", &office.write("b.csv", "emial,nmae\n")], 1);
    assert!(error.contains("(did you mean `email`?)") && error.contains("(did you mean `name`?)"), "{error}");
}

#[test]
fn a_dry_run_shows_what_would_become_of_each_row() {
    let office = Office::with_config("[[digest]]\nslug = \"weekly\"\nschedule = \"0 9 * * 1\"\n");
    let table = "kind,title,start,location\nmeeting,A,2020-10-01,Rome\nmeeting,B,2020-10-02,Oslo\n";
    office.json(&["import", &office.write("a.csv", table)]);
    let file = office.write("a.csv", table.replace("Oslo", "Turin") + "forum,C,2021,\n");
    let report = office.json(&["import", &file, "--dry-run"]);
    assert_eq!(
        report["rows"],
        json!([
            { "line": 2, "becomes": "unchanged", "title": "A", "start": "2020-10-01", "changes": [] },
            { "line": 3, "becomes": "updated", "title": "B", "start": "2020-10-02",
              "changes": [{ "field": "location", "from": "Oslo", "to": "Turin" }] },
            { "line": 4, "becomes": "added", "title": "C", "start": "2021", "changes": [] },
        ])
    );
    let shown = office.ok(&["import", &file, "--dry-run"]);
    assert!(shown.contains("updated") && shown.contains("location: Oslo → Turin"), "{shown}");
    assert!(office.json(&["import", &file])["rows"].is_null());

    let people = "email,name,digests,consent_at\nada@example.org,Ada,weekly,2020-01-01\n";
    office.json(&["subscriber", "import", &office.write("p.csv", people)]);
    let file = office.write("p.csv", people.replace(",Ada,", ",Ada L.,") + "new@example.org,,weekly,\n");
    let report = office.json(&["subscriber", "import", &file, "--dry-run"]);
    assert_eq!(
        report["rows"],
        json!([
            { "line": 2, "becomes": "updated", "email": "ada@example.org", "asked": false,
              "changes": [{ "field": "name", "from": "Ada", "to": "Ada L." }] },
            { "line": 3, "becomes": "added", "email": "new@example.org", "asked": true, "changes": [] },
        ])
    );
    assert_eq!(office.json(&["subscriber", "list"]).as_array().unwrap().len(), 1);
    assert_eq!(office.ask("SELECT count(*) FROM delivery"), "0");
}

#[test]
fn a_workbook_is_read_as_an_office_has_it() {
    let office = Office::new();
    let title = row(1, "", &[text("A1", "Dates of the committee")]);
    let head = texts(3, &["Type", "Subject", "Start date", "Start time", "End time", "Place"]);
    let date = |line: usize, serial: f64| number(&format!("C{line}"), 1, serial);
    let rows = [
        title,
        head,
        row(
            4,
            "",
            &[
                text("A4", "meeting"),
                text("B4", "Plenary"),
                date(4, 44090.0),
                number("D4", 3, 0.375),
                number("E4", 3, 0.75),
                text("F4", "Oslo"),
            ],
        ),
        row(5, "hidden='1'", &[text("A5", "Effective date"), text("B5", "Rules"), date(5, 44105.0)]),
        row(6, "", &[text("A6", "release"), text("B6", "Report"), number("C6", 0, 2021.0)]),
        row(7, "", &[text("A7", "meeting"), text("B7", "Broken"), "<c r='C7' t='e'><v>#N/A</v></c>".into()]),
        row(8, "", &[text("A8", "meeting"), text("B8", "Late"), number("C8", 0, 44105.0)]),
        row(9, "", &[text("A9", "Total"), "<c r='B9'><f>COUNTA(B4:B8)</f><v>5</v></c>".into()]),
    ];
    let merged = "<mergeCells count='1'><mergeCell ref='A1:F1'/></mergeCells>";
    let book =
        Workbook::default().with("Notes", "", &[texts(1, &["nothing here"])], "").with("Plan", "", &rows, merged);
    // Whatever its name.
    let file = office.write("plan.csv", book.packed());
    let ran = office.run(&["import", &file, "--json"]);
    let report = report(&ran);
    assert_eq!((ran.code, &report["added"]), (1, &json!(3)), "{report}");
    let rejected = report["rejected"].as_array().unwrap();
    assert_eq!(rejected.iter().map(|row| row["line"].as_u64().unwrap()).collect::<Vec<_>>(), [7, 8], "{report}");
    let reason = |n: usize| rejected[n]["reason"].as_str().unwrap();
    assert!(reason(0).contains("#N/A") && reason(1).contains("days as spreadsheets count them"), "{report}");
    let said = notes(&report);
    for part in
        ["the sheet `Plan` is read", "`Notes`", "the sheet hides 1 row", "`Effective date` is taken for effective-date"]
    {
        assert!(said.contains(part), "no {part} in {said}");
    }
    let event = |words: [&str; 4]| words.map(str::to_owned);
    assert_eq!(
        told(&office),
        [
            event(["Plenary", "2020-09-16T09:00", "2020-09-16T18:00", "meeting"]),
            event(["Rules", "2020-10-01", "-", "effective-date"]),
            event(["Report", "2021", "-", "release"]),
        ]
    );
}

#[test]
fn days_since_1904_merged_cells_and_days_that_a_program_wrote_with_midnight_are_read() {
    let head = texts(1, &["kind", "title", "start", "end"]);
    let day = |place: &str, serial: f64| number(place, 2, serial);
    let rows = [
        head,
        row(2, "", &[text("A2", "forum"), text("B2", "A"), day("C2", 42643.0), day("D2", 42645.0)]),
        row(3, "", &[text("B3", "B"), day("C3", 42650.0)]),
    ];
    let merged = "<mergeCells count='1'><mergeCell ref='A2:A3'/></mergeCells>";
    let office = Office::new();
    let book = Workbook::default().with("Plan", "", &rows, merged).since_1904();
    let report = office.json(&["import", &office.write("plan.xlsx", book.packed())]);
    assert_eq!(report["added"], 2, "{report}");
    let event = |words: [&str; 4]| words.map(str::to_owned);
    assert_eq!(
        told(&office),
        [event(["A", "2020-10-01", "2020-10-03", "forum"]), event(["B", "2020-10-08", "-", "forum"])]
    );
}

#[test]
fn readers_come_from_a_workbook_too() {
    let office = Office::with_config("[[digest]]\nslug = \"weekly\"\nschedule = \"0 9 * * 1\"\n");
    let rows = [
        texts(1, &["E-mail Address", "Full name", "Consent date"]),
        row(2, "", &[text("A2", "ada@example.org"), text("B2", "Ada"), number("C2", 1, 44105.0)]),
    ];
    let report = office.json(&["subscriber", "import", &office.write("people.xlsx", Workbook::of(&rows).packed())]);
    assert_eq!(report["added"], 1, "{report}");
    let ada = office.json(&["subscriber", "show", "ada@example.org"]);
    assert_eq!((&ada["name"], &ada["subscriptions"][0]["consent_at"]), (&json!("Ada"), &json!("2020-10-01T00:00:00Z")));
}

#[test]
fn workbooks_that_can_not_be_read_are_refused_with_what_helps() {
    let office = Office::new();
    let good = Workbook::of(&[texts(1, &["kind", "title", "start"]), texts(2, &["meeting", "A", "2020"])]).packed();
    let compound = |name: &str| {
        let mut octets = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
        octets.extend(name.encode_utf16().flat_map(u16::to_le_bytes));
        octets
    };
    let part = |name: &'static str| crate::documents::docx::zip([(name, &b"<x/>"[..])]);
    for (name, octets, part) in [
        ("cut.xlsx", good[..good.len() * 2 / 3].to_vec(), "broken or cut off"),
        ("nothing.xlsx", part("xl/workbook.xml"), "broken or cut off"),
        ("empty.xlsx", Workbook::of(&[]).packed(), "empty"),
        ("locked.xlsx", compound("EncryptedPackage"), "password"),
        ("old.xls", compound("Workbook"), "save it as .xlsx"),
        ("open.ods", part("mimetype"), "OpenDocument"),
        ("binary.xlsb", part("xl/workbook.bin"), ".xlsb"),
        ("letter.docx", part("word/document.xml"), "another document"),
        ("wide.xlsx", Workbook::of(&[row(1, "", &[text("XFD1", "x")])]).packed(), "behind the first 1000"),
        ("heads.xlsx", Workbook::of(&[texts(1, &["kind", "tilte", "start"])]).packed(), "did you mean `title`?"),
    ] {
        let error = office.fails(&["import", &office.write(name, octets)], 1);
        assert!(error.contains(part) && error.contains(name), "{name}: {error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
    assert_eq!(office.json(&["import", &office.write("good.xlsx", good)])["added"], 1);
}

/// What takes little room packed and much when it is read.
#[test]
fn tables_without_end_are_refused_in_time() {
    let office = Office::new();
    let begun = Instant::now();
    let zeros = "0".repeat(40 << 20);
    let cell = Workbook::of(&[texts(1, &["kind", "title", "start"]), row(2, "", &[text("A2", &zeros)])]).packed();
    let rows: String = (2..210_000).map(|n| format!("<row r='{n}'><c r='A{n}'><v>1</v></c></row>")).collect();
    let rows = Workbook::of(&[texts(1, &["kind", "title", "start"]), rows]).packed();
    let heading = "kind,title,start\n".to_owned();
    for (name, octets, part) in [
        ("cell.xlsx", cell, "1 MB"),
        ("rows.xlsx", rows, "more than 200000 rows"),
        ("rows.csv", (heading.clone() + &"a,b,c\n".repeat(200_001)).into_bytes(), "more than 200000 rows"),
        ("columns.csv", "x,".repeat(100_000).into_bytes(), "more than 1000 columns"),
    ] {
        let error = office.fails(&["import", &office.write(name, octets)], 1);
        // A slow machine may stop the process that reads it before it has seen what is wrong.
        let is_stopped =
            name.ends_with(".xlsx") && error.contains("than is good") || error.contains("longer than 30 seconds");
        assert!(error.contains(part) || is_stopped, "{name}: {error}");
    }
    let long = office.write("long.csv", heading + "meeting," + &zeros + ",2020\nmeeting,A,2020\n");
    let ran = office.run(&["import", &long, "--json"]);
    assert_eq!((report(&ran)["added"].clone(), ran.code), (json!(1), 1));
    assert!(begun.elapsed() < Duration::from_secs(120), "{:?}", begun.elapsed());
}
