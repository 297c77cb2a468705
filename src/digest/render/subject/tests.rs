use std::sync::Arc;

use super::*;
use crate::digest::compose::{Content, Item, Part};
use crate::digest::headline::headlines;
use crate::digest::render::tests::{config, frame};
use crate::domain::article::{Article, Manuscript};
use crate::domain::event::{Details, Kind};
use crate::domain::note::EditorsNote;
use crate::domain::when::When;

fn event(kind: Kind, title: &str, on: &str, standard: &str) -> Arc<Event> {
    let when = When::parse(on, None, "UTC".parse().unwrap()).unwrap();
    let standards = Some(standard.to_owned()).filter(|standard| !standard.is_empty()).into_iter().collect();
    let details = Details { standards, ..Details::new(kind, title, when) };
    Arc::new(Event::new(1, title.into(), details, jiff::Timestamp::UNIX_EPOCH))
}

/// An edition of 28 September 2020 that tells this, and more dates.
fn content(section: Section, event: Arc<Event>, more: usize) -> Content {
    let item = |event| Item { event, is_new: false, is_in_short: false };
    let others = (0..more).map(|_| item(self::event(Kind::Release, "Far away", "2022", "")));
    Content {
        sections: [(section, Part::Events(vec![item(event)])), (Section::Ahead, Part::Events(others.collect()))].into(),
    }
}

#[track_caller]
fn says(digest: &str, locale: &str, content: &Content, expected: &str) {
    let mut config = config("");
    config.digests = toml::from_str::<crate::config::Config>(&format!(
        "[[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * 1\"\n{digest}"
    ))
    .unwrap()
    .digests;
    let frame = Frame { locale: locale.parse().unwrap(), ..frame(&config) };
    let subject = Subject::of(&frame, &headlines(content, frame.today));
    assert_eq!(subject.line, expected);
    assert!(!digest.is_empty() || display_width(expected) <= MOST_COLUMNS, "{expected}");
}

#[test]
fn a_subject_tells_what_matters_most_and_how_much_more_there_is() {
    let long = "GB/T 35273-2020 Information security technology: Personal information security specification";
    use Section::{Deadlines, Effective, Held, Released, Upcoming};
    for (section, kind, title, on, standard, more, english, chinese) in [
        (
            Effective,
            Kind::EffectiveDate,
            "GB/T 35273-2020",
            "2020-10-01",
            "",
            6,
            "GB/T 35273-2020 takes effect Thursday, and 6 more dates",
            "GB/T 35273-2020星期四生效，另有6个日期",
        ),
        // Its number says it where the whole title has no room.
        (
            Effective,
            Kind::EffectiveDate,
            long,
            "2020-09-29",
            "GB/T 35273-2020",
            1,
            "GB/T 35273-2020 takes effect tomorrow, and one more date",
            "GB/T 35273-2020明天生效，另有1个日期",
        ),
        // Else the title is cut at a word.
        (
            Effective,
            Kind::EffectiveDate,
            long,
            "2020-10-09",
            "",
            0,
            "GB/T 35273-2020 Information security… takes effect 9 October",
            "GB/T 35273-2020 Information security technology…10月9日生效",
        ),
        (
            Effective,
            Kind::EffectiveDate,
            "The code takes effect",
            "2020-10-01",
            "",
            0,
            "The code takes effect Thursday",
            "The code takes effect：星期四",
        ),
        (
            Effective,
            Kind::EffectiveDate,
            "The code",
            "2020-09-25",
            "",
            0,
            "The code has taken effect",
            "The code已生效",
        ),
        (
            Deadlines,
            Kind::Deadline,
            "Comments on the draft",
            "2020-09-28",
            "",
            2,
            "Deadline today: Comments on the draft, and 2 more dates",
            "今天截止：Comments on the draft，另有2个日期",
        ),
        (
            Deadlines,
            Kind::Deadline,
            "Deadline for comments",
            "2020-10-01",
            "",
            0,
            "Deadline for comments, Thursday",
            "Deadline for comments，星期四",
        ),
        (Upcoming, Kind::Meeting, "Plenary", "2020-10-12", "", 0, "Plenary, 12 October", "Plenary，10月12日"),
        (Upcoming, Kind::Meeting, "Plenary", "2021-01-12", "", 0, "Plenary, 12 January 2021", "Plenary，2021年1月12日"),
        (
            Released,
            Kind::Release,
            "The report",
            "2020-09-25",
            "",
            0,
            "Just released: The report",
            "最新发布：The report",
        ),
        (Held, Kind::Forum, "The forum", "2020-09-25", "", 0, "Just held: The forum", "近期举行：The forum"),
    ] {
        let content = content(section, event(kind, title, on, standard), more);
        says("", "en", &content, english);
        says("", "zh", &content, chinese);
    }
    // A Chinese character is as wide as two others.
    let wide = event(Kind::EffectiveDate, &"信息安全技术".repeat(9), "2020-10-01", "");
    let expected = "信息安全技术信息安全技术信息安全技术…星期四生效，另有3个日期";
    says("", "zh", &content(Section::Effective, wide, 3), expected);
}

#[test]
fn no_title_makes_it_longer_than_what_is_shown() {
    let config = config("");
    let titles = ["many words ".repeat(40), "x".repeat(400), "词".repeat(300), "\u{2067}مرحبا بكم ".repeat(30)];
    let sections = [
        (Section::Effective, Kind::EffectiveDate),
        (Section::Deadlines, Kind::Deadline),
        (Section::Upcoming, Kind::Meeting),
        (Section::Released, Kind::Release),
    ];
    for (title, (section, kind)) in titles.iter().flat_map(|title| sections.map(|section| (title, section))) {
        for (locale, more) in Locale::all().flat_map(|locale| [(locale, 0), (locale, 4000)]) {
            let content = content(section, event(kind, title, "2021-09-30", ""), more);
            let frame = Frame { locale, ..frame(&config) };
            let line = Subject::of(&frame, &headlines(&content, frame.today)).line;
            let columns = display_width(&line);
            assert!((20..=MOST_COLUMNS).contains(&columns) && line.contains('…'), "{columns}: {line}");
            assert_eq!(text::single_line(&line), line);
        }
    }
}

#[test]
fn where_there_is_nothing_to_tell_it_says_whose_it_is_and_when() {
    says("title = \"The week\"", "en", &Content::default(), "The week, 28 September 2020");
    says("subject = \"{headline}\"", "en", &Content::default(), "weekly, 28 September 2020");
}

#[test]
fn what_an_article_or_a_change_says_is_told() {
    let now = jiff::Timestamp::UNIX_EPOCH;
    let article = |title: &str| {
        let manuscript = Manuscript { title: title.into(), ..Manuscript::default() };
        Arc::new(Article::new(1, manuscript, Vec::new(), &"UTC".parse().unwrap(), now))
    };
    let articles = Part::Articles(vec![article("We move"), article("Other")]);
    let content = Content { sections: [(Section::Articles, articles)].into() };
    says("", "en", &content, "We move, and one more article");
    let plenary = || event(Kind::Meeting, "Plenary", "2020-10-02", "");
    let before = plenary().details.when.clone();
    for (change, expected) in [
        (Change::Cancelled, "Cancelled: Plenary"),
        (Change::Moved { before }, "Moved to Friday: Plenary"),
        (Change::Relocated { before: "Beijing".into() }, "New place: Plenary"),
        (Change::Reinstated, "On again: Plenary"),
    ] {
        let changes = Part::Changes(vec![(plenary(), change)]);
        says("", "en", &Content { sections: [(Section::Changes, changes)].into() }, expected);
    }
}

#[test]
fn a_pattern_is_filled_in_the_readers_language_and_a_note_wins_over_it() {
    let content = content(Section::Upcoming, event(Kind::Meeting, "Plenary", "2020-10-02", ""), 2);
    let titled = "title = { en = \"The week\", zh-Hans = \"一周\" }\n";
    for (pattern, english, chinese) in [
        ("subject = \"{title}: {headline}\"", "The week: Plenary, Friday", "一周: Plenary，星期五"),
        ("subject = \"{title} {number}\"", "The week \u{1}number\u{1}", "一周 \u{1}number\u{1}"),
        (
            "subject.zh = \"{title}：{headline}（{more}）\"\nsubject.en = \"{date}\"",
            "28 September 2020",
            "一周：Plenary，星期五（另有2个日期）",
        ),
    ] {
        says(&format!("{titled}{pattern}"), "en", &content, english);
        says(&format!("{titled}{pattern}"), "zh", &content, chinese);
    }
    let config = config("");
    let note = EditorsNote { locale: None, subject: "We move".into(), body: String::new() };
    let frame = Frame { note: Some(&note), ..frame(&config) };
    let page = super::super::render(&content, &frame).unwrap();
    assert_eq!((page.subject.as_str(), page.preheader.as_str()), ("We move", "Plenary · Far away · Far away"));
    let page = super::super::render(&content, &Frame { note: None, ..frame }).unwrap();
    assert_eq!(page.subject, "Plenary, Friday, and 2 more dates");
    assert_eq!(page.preheader, "Far away · Far away");
    let words = EditorsNote { subject: String::new(), body: "# Dear all\n\nwe *move*.".into(), ..note };
    let page = super::super::render(&content, &Frame { note: Some(&words), ..frame }).unwrap();
    assert!(page.preheader.starts_with("we move. · Far away"), "{}", page.preheader);
}
