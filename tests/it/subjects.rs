//! The subject of an edition's mails, and what digests are called in each language.

use crate::support::Office;

const CONFIG: &str = r#"
[[digest]]
slug = "weekly"
title.en = "The week"
title.zh-Hans = "一周"
description.zh-Hans = "每周一"
schedule = "0 8 * * 1"
subject = "{title} {number}: {headline}"
[[digest]]
slug = "daily"
schedule = "0 8 * * *"
"#;

fn office() -> Office {
    let office = Office::with_config(CONFIG);
    office.set_clock("2020-09-28T08:00:00Z");
    let standard = ["--standard", "GB/T 35273-2020"];
    let title = "GB/T 35273-2020 Information security technology: Personal information security specification";
    office.add(&[&["effective-date", title, "--on", "2020-10-01"], &standard[..]].concat());
    for meeting in ["Plenary & dinner", "Editors"] {
        office.add(&["meeting", meeting, "--on", "2020-10-12"]);
    }
    for (reader, locale) in [("ada@example.org", "en"), ("lin@example.org", "zh-Hans")] {
        office.ok(&["subscriber", "add", reader, "--confirmed", "--locale", locale]);
    }
    office
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subject_tells_what_matters_most_in_the_readers_language_or_is_as_configured() {
    let office = office();
    let preview = |digest: &str, more: &[&str]| {
        let shown = office.ok(&[&["digest", "preview", digest], more].concat());
        shown.lines().next().unwrap().to_owned()
    };
    assert_eq!(preview("daily", &[]), "Subject: GB/T 35273-2020 takes effect Thursday, and 2 more dates");
    let chinese = preview("daily", &["--as", "lin@example.org"]);
    assert_eq!(chinese, "Subject: GB/T 35273-2020星期四生效，另有2个日期");
    // It goes on where the subject ends.
    let html = office.ok(&["digest", "preview", "daily", "--format", "html"]);
    assert!(html.contains(">Plenary &amp; dinner · Editors</div>"), "{html}");

    assert_eq!(preview("weekly", &[]), "Subject: The week 1: GB/T 35273-2020 takes effect Thursday");
    assert!(office.ok(&["digest", "send", "weekly", "--dry-run"]).contains("\"The week 1: GB/T 35273-2020 takes"));
    office.ok(&["digest", "send", "weekly"]);
    let daemon = office.serve();
    let mut mails = office.wait_for_mails(2);
    mails.sort_by_key(|mail| mail.header("To"));
    assert_eq!(mails[0].subject(), "The week 1: GB/T 35273-2020 takes effect Thursday");
    assert_eq!(mails[1].subject(), "一周 1: GB/T 35273-2020星期四生效");
    assert!(mails[1].text().contains("一周") && !mails[1].text().contains('\u{1}'), "{}", mails[1].text());
    assert_eq!(office.json(&["digest", "list"])[0]["title"], "The week");

    // What was sent stands in the archive, and all pages call it by its name.
    for (path, parts) in [
        ("/archive/weekly/1", &["<title>The week 1: GB/T 35273-2020 takes effect Thursday"][..]),
        ("/archive/weekly/1?lang=zh", &["<title>一周 1: GB/T 35273-2020星期四生效", "<h1 ", ">一周</h1>"]),
        ("/archive/weekly?lang=zh", &["<h1>一周</h1>", "每周一", ">一周 1: GB/T 35273-2020星期四生效</a>"]),
        ("/archive/weekly", &["<h1>The week</h1>", "每周一", ">The week 1: GB/T 35273-2020 takes effect Thursday</a>"]),
        ("/subscribe?lang=zh", &["一周", "daily"]),
        ("/archive.atom", &["<title>The week 1: GB/T 35273-2020 takes effect Thursday</title>"]),
    ] {
        let page = daemon.text(path).await;
        for part in parts {
            assert!(page.contains(part), "{path} has no {part}: {page}");
        }
        assert!(!page.contains('\u{1}') && !page.contains("number:"), "{path}: {page}");
    }
}

#[test]
fn a_subject_that_is_no_pattern_is_refused_with_its_place() {
    let office = office();
    office.configure(&CONFIG.replace("{headline}", "{headlines}"));
    let ran = office.run(&["check"]);
    let expected =
        "line 8: [[digest]] subject: a subject holds no {headlines} (did you mean {headline}?): use {title}, ";
    assert!(ran.code == 1 && ran.stdout.contains(expected), "{}: {}", ran.code, ran.stdout);
}
