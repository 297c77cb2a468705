//! No word of a foreign calendar's text is lost, wherever readers see it.

use std::sync::Arc;

use jiff::Timestamp;
use proptest::prelude::*;

use super::tests::{config, frame};
use super::*;
use crate::digest::compose::{Item, Part};
use crate::domain::event::{DescriptionFormat, Details, Event, Kind};
use crate::domain::format::Format;
use crate::domain::html::words;
use crate::domain::section::Section;
use crate::domain::text::single_line;
use crate::domain::zone::Zone;
use crate::feed::content_lines::{escape_text, refold};
use crate::feed::{FeedInfo, ics};
use crate::intake::{self, Preset};
use crate::markdown::description;

/// What an import makes of the lines of a VEVENT.
fn read(lines: &str) -> Details {
    let file = format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTART:20201002T010000Z\r\nSUMMARY:A\r\n{lines}\r\n\
         END:VEVENT\r\nEND:VCALENDAR\r\n"
    );
    read_file(&refold(&file))
}

fn read_file(file: &str) -> Details {
    let preset = Preset { kind: Some(Kind::Meeting), ..Preset::default() };
    let intake = intake::read(file.as_bytes(), Format::Ics, &preset, &Zone::utc()).unwrap();
    assert_eq!((intake.entries.len(), intake.rejected.len()), (1, 0), "{file}");
    intake.entries[0].details.clone()
}

fn event(details: Details) -> Arc<Event> {
    Arc::new(Event::new(7, "a".into(), details, Timestamp::UNIX_EPOCH))
}

/// A calendar's DESCRIPTION as a program reads it.
fn described(calendar: &str) -> String {
    let unfolded = calendar.replace("\r\n ", "");
    let event = unfolded.split("BEGIN:VEVENT").nth(1).unwrap();
    let line = event.lines().find(|line| line.starts_with("DESCRIPTION:")).unwrap_or("DESCRIPTION:");
    let (mut text, mut rest) = (String::new(), line["DESCRIPTION:".len()..].chars());
    while let Some(c) = rest.next() {
        match c {
            '\\' => text.push(match rest.next() {
                Some('n') => '\n',
                Some(other) => other,
                None => '\\',
            }),
            c => text.push(c),
        }
    }
    text
}

/// Every way out that a description has, as a person reads it, with what it is.
fn ways_out(details: &Details) -> Vec<(&'static str, String)> {
    let config = config("");
    let event = event(details.clone());
    let item = Item { event: event.clone(), is_new: false, is_in_short: false };
    let content = Content { sections: [(Section::Deadlines, Part::Events(vec![item]))].into() };
    let mail = render(&content, &frame(&config)).unwrap();
    let info = FeedInfo::of(&config, "/calendar.ics");
    let events = [event];
    let json: serde_json::Value = serde_json::from_str(&crate::feed::json::feed(&events, &info)).unwrap();
    let atom: atom_syndication::Feed = crate::feed::atom::feed(&events, &info).parse().unwrap();
    let content = atom.entries()[0].content().unwrap().value().unwrap().to_owned();
    vec![
        ("page", words(&description::html(details))),
        ("mail in HTML", words(&mail.html)),
        ("mail in text", mail.text),
        ("calendar", described(&ics::calendar(&events, &info, ics::Style::Feed))),
        ("export", described(&ics::calendar(&events, &info, ics::Style::Export))),
        ("JSON feed", words(json["items"][0]["content_html"].as_str().unwrap())),
        ("Atom feed", words(&content)),
        ("search", details.search_text()),
    ]
}

#[track_caller]
fn loses_nothing(written: &str, words: &[String]) -> Result<(), TestCaseError> {
    let details = read(&format!("DESCRIPTION:{}", escape_text(written)));
    for (way, told) in ways_out(&details) {
        let told = single_line(&told).to_lowercase();
        let mut rest = told.as_str();
        for word in words {
            let found = rest.find(&word.to_lowercase());
            prop_assert!(
                found.is_some(),
                "{} is not in the {}, or not in its place: {:?}\n{:?}",
                word,
                way,
                written,
                told
            );
            rest = &rest[found.unwrap() + word.len()..];
        }
    }
    // What an export says makes the same event again.
    let exported = ics::calendar(&[event(details.clone())], &FeedInfo::of(&config(""), ""), ics::Style::Export);
    prop_assert_eq!(read_file(&exported), details);
    Ok(())
}

/// Something of a plain text, and the words of it that must be told as they stand.
fn plain_piece(number: usize, kind: usize) -> (String, Vec<String>) {
    let forms = [
        "w#",
        "<w#>",
        "*w#*",
        "_w#_w_",
        "w#)",
        "#w#",
        "1. w#",
        "- w#",
        "    w#",
        "<Bob w#>",
        "a<w#",
        "w#&x",
        "`w#`",
        "[w#](x)",
        "w#\\x",
        "~~w#~~",
        "https://example.org/w#?a=1&b=2",
        "<ada@w#.example>",
        "w#*2*3",
        "> w#",
        "| w# |",
        "&w#",
        "标准w#",
        "!w#!",
        "{{w#}}",
        "\"w#\"",
        "'w#'",
        "w#:",
        "<!--w#",
        "</w#",
        "w#>",
        "$w#$",
        "C:\\w#",
    ];
    let text = forms[kind % forms.len()].replace('#', &number.to_string());
    let words = text.split_whitespace().map(str::to_owned).collect();
    (text, words)
}

/// The same of HTML as calendars have it.
fn html_piece(number: usize, kind: usize) -> (String, Vec<String>) {
    let (text, words): (&str, &[&str]) = [
        ("w#", &["w#"][..]),
        ("<br>w#", &["w#"]),
        ("<b>w#</b>", &["w#"]),
        ("<p>w# <i>x#</i></p>", &["w#", "x#"]),
        ("<ul><li>w#</li><li>x#</li></ul>", &["w#", "x#"]),
        ("<a href=\"https://example.org/x#?a=1&amp;b=2\">w#</a>", &["w#"]),
        (
            "<a href=\"https://example.org/w#\" target=\"_blank\"><u>https://example.org/w#</u></a>",
            &["https://example.org/w#"],
        ),
        ("w#&nbsp;&amp; x#", &["w#", "& x#"]),
        ("<span style=\"color:#000\">w#</span>", &["w#"]),
        ("<div>w#</div>", &["w#"]),
        ("<table><tr><td>w#</td><td>x#</td></tr></table>", &["w#", "x#"]),
        ("<h1>w#</h1>", &["w#"]),
        ("<Bob w#>", &["<bob w#>"]),
        ("a < w#", &["< w#"]),
        ("&lt;w#&gt;", &["<w#>"]),
        ("*w#*", &["*w#*"]),
        ("<o:p></o:p>w#", &["w#"]),
        ("<center>w#</center>", &["w#"]),
        ("<font color=red>w#", &["w#"]),
        ("<time>w#", &["<time>w#"]),
        ("<!-- aside -->w#", &["w#"]),
    ][kind % 21];
    let numbered = |text: &str| text.replace('#', &number.to_string());
    // A colour has a mark of its own.
    let text = text.replace("color:#000", "color:black");
    (numbered(&text), words.iter().map(|word| numbered(word)).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_word_of_a_plain_text_is_lost(
        pieces in prop::collection::vec((0..33usize, prop::sample::select(&[" ", "\n", "\n\n", "\n-----\n", "\n    ", "  "][..])), 1..6),
    ) {
        let (mut text, mut words) = (String::from("Plain."), vec!["Plain.".to_owned()]);
        for (number, (kind, between)) in pieces.into_iter().enumerate() {
            let (piece, told) = plain_piece(number, kind);
            text.push_str(between);
            text.push_str(&piece);
            words.extend(told);
        }
        prop_assert_eq!(read(&format!("DESCRIPTION:{}", escape_text(&text))).description_format, DescriptionFormat::Plain);
        loses_nothing(&text, &words)?;
    }

    #[test]
    fn no_word_of_html_is_lost(
        pieces in prop::collection::vec((0..21usize, prop::sample::select(&[" ", "\n", "<br>\n"][..])), 1..5),
    ) {
        let (mut text, mut words) = (String::from("First<br>"), vec!["First".to_owned()]);
        for (number, (kind, between)) in pieces.into_iter().enumerate() {
            let (piece, told) = html_piece(number, kind);
            text.push_str(&piece);
            text.push_str(between);
            words.extend(told);
        }
        prop_assert_eq!(read(&format!("DESCRIPTION:{}", escape_text(&text))).description_format, DescriptionFormat::Html);
        loses_nothing(&text, &words)?;
    }

    /// Whatever it is: it is read, it is told, and its export says the same.
    #[test]
    fn any_text_comes_back_from_its_export(text in "(<[a-z/!]{0,4}|[a-z\"'=&;#<> \n*_-]|&amp;|<br>|<p>|\\PC){0,60}") {
        let details = read(&format!("DESCRIPTION:{}", escape_text(&text)));
        ways_out(&details);
        let exported = ics::calendar(&[event(details.clone())], &FeedInfo::of(&config(""), ""), ics::Style::Export);
        prop_assert_eq!(read_file(&exported), details);
    }
}

#[test]
fn a_description_is_taken_for_what_it_is() {
    for (lines, format, text) in [
        ("DESCRIPTION:Ask <Bob>\\n*now*", DescriptionFormat::Plain, "Ask <Bob>\n*now*"),
        ("DESCRIPTION:Meet<br>at 10", DescriptionFormat::Html, "Meet\nat 10"),
        (
            "X-ALT-DESC;FMTTYPE=text/html:<html><body>All\\nwelcome<br>here</body></html>",
            DescriptionFormat::Html,
            "All welcome\nhere",
        ),
        ("STYLED-DESCRIPTION;VALUE=TEXT;FMTTYPE=text/html:<p>All</p>", DescriptionFormat::Html, "All"),
        ("DESCRIPTION:Plain\r\nX-ALT-DESC;FMTTYPE=text/html:<p>Other</p>", DescriptionFormat::Plain, "Plain"),
        ("DESCRIPTION:\r\nX-ALT-DESC;FMTTYPE=text/rtf:{x}", DescriptionFormat::Markdown, ""),
        (
            "X-KALENDS-KIND:forum\r\nDESCRIPTION:An *old* export <b>of ours</b>",
            DescriptionFormat::Markdown,
            "An *old* export <b>of ours</b>",
        ),
        (
            "X-KALENDS-KIND:forum\r\nX-KALENDS-DESCRIPTION-FORMAT:plain\r\nDESCRIPTION:A <feed>",
            DescriptionFormat::Plain,
            "A <feed>",
        ),
        ("DESCRIPTION:Call <b>us</b>\r\nURL:tel:+1-555", DescriptionFormat::Html, "Call us\n\ntel:+1-555"),
    ] {
        let details = read(lines);
        assert_eq!((details.description_format, &*description::text(&details)), (format, text), "{lines}");
    }
    let untitled = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTART:20201002\r\nDESCRIPTION:<p>Open <b>day</b></p>\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    assert_eq!(read_file(untitled).title, "Open day");
}

#[test]
fn a_link_to_join_is_found_where_no_property_tells_it() {
    const ZOOM: &str = "https://us02web.zoom.us/j/81234567890?pwd=a1";
    for (lines, join) in [
        (
            "DESCRIPTION:Join Zoom Meeting\\nhttps://us02web.zoom.us/j/81234567890?pwd=a1\\nHelp: https://zoom.us/u/x",
            ZOOM,
        ),
        ("DESCRIPTION:<p>Join <a href=\"https://us02web.zoom.us/j/81234567890?pwd=a1\">here</a></p>", ZOOM),
        ("LOCATION:https://us02web.zoom.us/j/81234567890?pwd=a1", ZOOM),
        ("LOCATION:Room 4 / https://us02web.zoom.us/j/81234567890?pwd=a1", ZOOM),
        ("LOCATION:zoom.us/j/81234567890", "https://zoom.us/j/81234567890"),
        ("URL:https://us02web.zoom.us/j/81234567890?pwd=a1", ZOOM),
        (
            "CONFERENCE;VALUE=URI;FEATURE=MODERATOR:https://host.example/1\r\nCONFERENCE;VALUE=URI:https://join.example/2",
            "https://join.example/2",
        ),
        (
            "CONFERENCE;VALUE=URI;FEATURE=CHAT:https://chat.example/1\r\nCONFERENCE;VALUE=URI;FEATURE=VIDEO:https://meet.jit.si/Room",
            "https://meet.jit.si/Room",
        ),
        (
            "X-GOOGLE-CONFERENCE:https://meet.google.com/abc-defg-hij\r\nLOCATION:https://zoom.us/j/81234567890",
            "https://meet.google.com/abc-defg-hij",
        ),
        ("DESCRIPTION:https://zoom.us/download https://example.org/j/81234567890", ""),
        ("X-KALENDS-KIND:forum\r\nDESCRIPTION:https://zoom.us/j/81234567890", ""),
    ] {
        assert_eq!(read(lines).join_url, join, "{lines}");
    }
    let alone = read("LOCATION:https://zoom.us/j/81234567890");
    assert_eq!((alone.place(), alone.location.as_str()), ("", "https://zoom.us/j/81234567890"));
}
