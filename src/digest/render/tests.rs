use std::sync::{Arc, LazyLock};

use super::*;
use crate::digest::compose::{Item, Part};
use crate::domain::event::{Details, Event, Kind};
use crate::domain::section::Section;
use crate::domain::when::When;

/// Monday 28 September 2020 in UTC, as a site has it.
static CLOCK: LazyLock<Clock> =
    LazyLock::new(|| Clock { zone: "UTC".parse().unwrap(), today: "2020-09-28".parse().unwrap(), is_own: false });

pub fn config(more: &str) -> Config {
    let text = format!(
        "[site]\ntitle = \"Standards Watch\"\n{more}\n[[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * 1\"\n"
    );
    Config::parse("test", &text, Vec::new()).unwrap()
}

pub fn frame(config: &Config) -> Frame<'_> {
    Frame {
        note: None,
        config,
        digest: &config.digests[0],
        locale: Locale::default(),
        today: "2020-09-28".parse().unwrap(),
        clock: &CLOCK,
        is_demo: false,
        is_welcome: false,
        is_archived: false,
    }
}

fn deadlines(n: i64, description: &str) -> Content {
    let item = |id: i64| {
        let when = When::parse("2020-10-09", None, "UTC".parse().unwrap()).unwrap();
        let details = Details { description: description.into(), ..Details::new(Kind::Deadline, "Comments", when) };
        Item {
            event: Arc::new(Event::new(id, id.to_string(), details, jiff::Timestamp::UNIX_EPOCH)),
            is_new: false,
            is_in_short: false,
        }
    };
    Content { sections: [(Section::Deadlines, Part::Events((1..=n).map(item).collect()))].into() }
}

#[test]
fn an_edition_is_cut_before_mail_programs_cut_it() {
    let config = config("");
    let words = "Many words, and more of them. ".repeat(8);
    let small = render(&deadlines(5, &words), &frame(&config)).unwrap();
    assert!(small.html.contains("Many words") && !small.html.contains("more on the site"));
    let large = render(&deadlines(400, &words), &frame(&config)).unwrap();
    assert!(large.html.len() <= MOST_OCTETS, "{}", large.html.len());
    assert!(large.html.contains("and 350 more on the site"));
    let fat = "词".repeat(1000);
    let mut content = deadlines(400, "");
    let Some(Part::Events(items)) = content.sections.get_mut(&Section::Deadlines) else { panic!("no deadlines") };
    for item in items {
        Arc::get_mut(&mut item.event).unwrap().details.title = fat.clone();
    }
    assert!(render(&content, &frame(&config)).unwrap().html.len() <= MOST_OCTETS);
}

#[test]
fn the_configuration_says_how_it_looks() {
    let config = config(
        "[look]\naccent = \"#aa3300\"\nlogo = \"https://example.org/logo.png\"\nheader = \"What *we* saw.\"\n\
         footer = \"Office, Street 1\"",
    );
    let page = render(&deadlines(1, ""), &frame(&config)).unwrap();
    for part in
        ["#aa3300", "src=\"https://example.org/logo.png\"", "alt=\"Standards Watch\"", "<em>we</em>", "Street 1"]
    {
        assert!(page.html.contains(part), "no {part} in {}", page.html);
    }
    assert!(
        page.text.contains("What *we* saw.") && page.text.trim_end().ends_with("Office, Street 1"),
        "{}",
        page.text
    );
}

#[test]
fn an_archived_edition_has_nothing_of_a_reader() {
    let config = config("");
    let page = render(&deadlines(1, ""), &Frame { is_archived: true, ..frame(&config) }).unwrap();
    for text in [&page.html, &page.text] {
        assert!(!text.contains('\u{1}') && !text.to_lowercase().contains("unsubscribe"), "{text}");
    }
    let mail = render(&deadlines(1, ""), &frame(&config)).unwrap();
    assert!(mail.html.contains(crate::domain::edition::UNSUBSCRIBE_LINK));
}

#[test]
fn a_reader_of_chinese_reads_chinese() {
    let config = config("");
    let page = render(&deadlines(1, ""), &Frame { locale: "zh".parse().unwrap(), ..frame(&config) }).unwrap();
    assert_eq!(page.subject, "10月9日截止：Comments");
    for part in ["截止日期", "2020年10月9日 星期五 · 11天后", "退订: "] {
        assert!(page.text.contains(part), "no {part} in {}", page.text);
    }
    assert!(page.html.starts_with("<!DOCTYPE html>") || page.html.starts_with("<!doctype html>"));
    assert!(page.html.contains("lang=\"zh-Hans\""));
}

/// An edition of these: kind, title, beginning, and whether it is told in short.
fn upcoming(section: Section, told: &[(Kind, &str, &str, bool)]) -> Content {
    let item = |(at, (kind, title, start, is_in_short)): (usize, &(Kind, &str, &str, bool))| {
        let when = When::parse(start, None, "UTC".parse().unwrap()).unwrap();
        let details = Details { location: "Hall 3".into(), ..Details::new(*kind, title, when) };
        let event = Event::new(at as i64 + 1, at.to_string(), details, jiff::Timestamp::UNIX_EPOCH);
        Item { event: Arc::new(event), is_new: false, is_in_short: *is_in_short }
    };
    Content { sections: [(section, Part::Events(told.iter().enumerate().map(item).collect()))].into() }
}

#[test]
fn what_is_far_is_told_to_newcomers_by_title_and_month() {
    let config = config("");
    let far = |title| (Kind::Meeting, title, "2029-07-14", true);
    let mut told: Vec<_> = ["One", "Two", "Three", "Four"].into_iter().map(far).collect();
    told.extend([(Kind::Release, "Five", "2030-Q3", true), (Kind::Forum, "Six", "2031", true), far("Seven")]);
    told.push((Kind::Meeting, "News", "2029-07-14", false));
    let content = upcoming(Section::Ahead, &told);
    let text = render(&content, &frame(&config)).unwrap().text;
    assert_eq!(text.matches("in July 2029").count(), 4, "{text}");
    assert!(text.contains("* One\n  in July 2029\n  http://127.0.0.1:8080/events/1\n"), "{text}");
    assert!(text.contains("* Five\n  in Q3 2030\n"), "{text}");
    // What is new is told in full, and nobody counts 1,750 days.
    assert!(text.contains("* News\n  Saturday 14 July 2029\n  Meeting · Hall 3\n"), "{text}");
    assert!(!text.contains("Six") && !text.contains("Seven") && text.contains("and 2 more on the site"), "{text}");
    let chinese = Frame { locale: "zh".parse().unwrap(), ..frame(&config) };
    assert!(render(&content, &chinese).unwrap().text.contains("* One\n  2029年7月\n"));
}

#[test]
fn a_kind_that_the_title_says_is_not_said_again() {
    let config = config("");
    let told = [
        (Kind::Release, "Release of Rust 1.90", "2020-10-02", false),
        (Kind::Release, "Rust 1.91", "2020-10-02", false),
        (Kind::Meeting, "标准化会议", "2020-10-02", false),
    ];
    for (locale, kinds) in [("en", [0, 1]), ("zh", [0, 1])] {
        let frame = Frame { locale: locale.parse().unwrap(), ..frame(&config) };
        let l = frame.locale;
        let text = render(&upcoming(Section::Upcoming, &told), &frame).unwrap().text;
        let said = |kind| text.lines().filter(|line| line.trim() == format!("{} · Hall 3", l.kind(kind))).count();
        assert_eq!([said(Kind::Meeting), said(Kind::Release)], kinds, "{text}");
        assert_eq!(text.lines().filter(|line| line.trim() == "Hall 3").count(), 2, "{text}");
    }
}

#[test]
fn a_date_to_come_has_its_calendar_beside_it() {
    let config = config("");
    let told = [
        (Kind::Meeting, "To come", "2020-10-02", false),
        (Kind::Meeting, "Today", "2020-09-28", false),
        (Kind::Meeting, "Over", "2020-09-20", false),
        (Kind::Meeting, "Some time", "2020-12", false),
    ];
    let page = render(&upcoming(Section::Upcoming, &told), &frame(&config)).unwrap();
    for text in [&page.text, &page.html] {
        let has = |id: i64| text.contains(&format!("/events/{id}.ics"));
        assert_eq!([has(1), has(2), has(3), has(4)], [true, true, false, false], "{text}");
    }
}

#[test]
fn titles_of_any_script_run_their_own_way() {
    let config = config("");
    let told = [(Kind::Meeting, "اجتماع ISO/IEC الثاني", "2020-10-02", false)];
    let page = render(&upcoming(Section::Upcoming, &told), &frame(&config)).unwrap();
    let link = page.html.split("<a ").skip(1).find(|part| part.contains("اجتماع")).unwrap();
    assert!(link.contains("dir=\"auto\"") && link.contains("underline"), "{link}");
}

#[test]
fn lines_of_plain_text_are_72_columns_at_most() {
    let config = config("");
    let titles = ["A title that goes on and on, ".repeat(9), "网络安全技术标准".repeat(12), "短".to_owned()];
    let told: Vec<_> = titles.iter().map(|title| (Kind::Forum, title.as_str(), "2020-10-02 09:00", false)).collect();
    for locale in Locale::all() {
        for is_archived in [false, true] {
            let frame = Frame { locale, is_archived, ..frame(&config) };
            let text = render(&upcoming(Section::Upcoming, &told), &frame).unwrap().text;
            for line in text.lines().filter(|line| !line.contains("://") && !line.contains('\u{1}')) {
                assert!(textwrap::core::display_width(line) <= TEXT_COLUMNS, "{line}");
            }
        }
    }
}

#[test]
fn the_archive_has_a_landmark_and_a_mail_has_none() {
    let config = config("");
    let page = |is_archived| {
        let frame = Frame { is_archived, ..frame(&config) };
        render(&deadlines(1, ""), &frame).unwrap().html
    };
    assert_eq!((page(true).matches("<main>").count(), page(true).matches("</main>").count()), (1, 1));
    assert!(!page(false).contains("<main"));
    for part in
        ["name=\"color-scheme\" content=\"light dark\"", "[data-ogsc]", "<!--[if mso]>", "prefers-color-scheme: dark"]
    {
        assert!(page(false).contains(part), "no {part} in {}", page(false));
    }
}

#[test]
fn readers_say_what_they_think_where_the_configuration_says() {
    for (more, expected) in [
        ("", None),
        ("feedback = \"mailto:desk@example.org?subject=News\"", Some("mailto:desk@example.org?subject=News")),
        ("feedback = \"https://example.org/say\"", Some("https://example.org/say")),
    ] {
        let config = config(more);
        let page = render(&deadlines(1, ""), &frame(&config)).unwrap();
        for text in [&page.html, &page.text] {
            assert_eq!(text.contains("Tell us what you think"), expected.is_some(), "{text}");
            assert!(expected.is_none_or(|expected| text.contains(expected)), "{text}");
        }
    }
    let of_its_own = "[site]\nfeedback = \"https://example.org/all\"\n[[digest]]\nslug = \"weekly\"\n\
                      schedule = \"0 8 * * 1\"\nfeedback = \"https://example.org/weekly\"\n";
    let config = Config::parse("test", of_its_own, Vec::new()).unwrap();
    assert_eq!(config.feedback_of(&config.digests[0]), "https://example.org/weekly");
    for wrong in
        ["desk@example.org", "javascript:alert(1)", "https://ada:secret@example.org/", "mailto:", "mailto:desk"]
    {
        let text = format!("[site]\nfeedback = \"{wrong}\"\n");
        let error = Config::parse("test", &text, Vec::new()).unwrap_err().to_string();
        assert!(error.contains("not where readers can write to") && !error.contains("secret"), "{error}");
    }
}
