//! Nothing makes the reader panic, and what it finds is the same each time.

use proptest::prelude::*;

use super::*;

fn found(text: &str, form: Form) -> Vec<Proposal> {
    let zone = Zone::utc();
    let topics = Topics::new(["smart city"]);
    extract(text, form, &Known { topics: &topics, today: Date::constant(2020, 9, 28), zone: &zone })
}

fn check(text: &str) -> Result<(), TestCaseError> {
    for form in Form::ALL {
        let proposals = found(text, *form);
        prop_assert_eq!(&proposals, &found(text, *form));
        for proposal in &proposals {
            prop_assert!(
                proposal.line >= 1 && proposal.line <= text.lines().count().max(1),
                "{} of {text:?}",
                proposal.line
            );
            prop_assert!(!proposal.details.title.is_empty());
            prop_assert_eq!(proposal.details.clone().checked(), Ok(proposal.details.clone()));
            if *form == Form::Plain {
                // The sentence stands in the text, but for its white space.
                let tidy = crate::domain::text::single_line(text);
                prop_assert!(tidy.contains(&proposal.source_text), "{:?}", proposal.source_text);
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
    fn any_octets_are_read_or_refused(octets in prop::collection::vec(any::<u8>(), 0..500)) {
        if let Ok(text) = decoded(&octets) {
            check(&text)?;
        }
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
