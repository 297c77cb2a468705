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
        Item { event: Arc::new(Event::new(id, id.to_string(), details, jiff::Timestamp::UNIX_EPOCH)), is_new: false }
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
