//! Nothing makes the reader panic, and what it finds is the same each time.

use proptest::prelude::*;

use super::*;

fn found(text: &str, form: Form) -> Vec<Event> {
    let topics = Topics::new(["smart city"]);
    extract(text, form, &Known { topics: &topics, written: None, today: Date::constant(2020, 9, 28) })
}

fn check(text: &str) -> Result<(), TestCaseError> {
    for form in Form::ALL {
        let events = found(text, *form);
        prop_assert_eq!(&events, &found(text, *form));
        for event in &events {
            prop_assert!(
                event.line >= 1 && event.line <= text.split(['\n', '\r']).count(),
                "{} of {text:?}",
                event.line
            );
            prop_assert!(!event.title.trim().is_empty());
            prop_assert!(event.when.end.is_none_or(|end| end > event.when.start));
            if *form == Form::Plain {
                // The sentence stands in the text, but for its white space.
                let tidy = crate::text::single_line(text);
                prop_assert!(tidy.contains(&event.source_text), "{:?}", event.source_text);
            }
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(text in "\\PC{0,300}") {
        check(&text)?;
    }

    #[test]
    fn near_english_is_read_without_a_panic(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..80), glue in "( | |\n|)") {
        check(&pieces.join(&glue))?;
    }
}

/// What the texts are made of that this is for.
const PIECES: &[&str] = &[
    "On",
    "11",
    "September",
    "2020",
    "2021",
    ",",
    ".",
    "from",
    "to",
    "and",
    "–",
    "-",
    "31",
    "February",
    "29",
    "5th",
    "May",
    "Sept.",
    "Monday",
    "2020-10-01",
    "14:00",
    "CET",
    "p.m.",
    "Q3",
    "the third quarter of",
    "by",
    "until",
    "as of",
    "since",
    "no later than",
    "between",
    "GB/T 35273-2020",
    "ISO/IEC 30145-3:20, 20",
    "part 1 and part 2 of",
    "respectively",
    "the Forum",
    "was held",
    "will take effect",
    "took effect",
    "released",
    "is expected to be",
    "deadline for comments is",
    "in Beijing",
    "online",
    "which",
    "That day",
    "by the Commission",
    "“",
    "”",
    "(",
    ")",
    ";",
    ":",
    "|",
    "• ",
    "\n\n",
    "\n",
    "# ",
    "<p>",
    "</p>",
    "<li>",
    "By Ann Other on",
    "The Committee",
    "met",
    "it",
    "postponed",
    "originally",
    "cancelled",
    "\u{a0}",
    "é",
    "会议",
    "+86 10",
    "version 2.0",
    "https://example.org/2020-10-01",
    "99",
    "0",
    "1st",
    "12/13/2020",
];
