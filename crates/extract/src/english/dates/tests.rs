use jiff::civil::Time;

use super::*;
use crate::mask::mask;
use crate::token::tokens;

fn text(written: Written) -> String {
    match written {
        Written::Day { year: Some(year), month, day } => format!("{year}-{month:02}-{day:02}"),
        Written::Day { year: None, month, day } => format!("?-{month:02}-{day:02}"),
        Written::Month { year: Some(year), month } => format!("{year}-{month:02}"),
        Written::Month { year: None, month } => format!("?-{month:02}"),
        Written::Quarter { year, quarter } => format!("{year}-Q{quarter}"),
        Written::Year(year) | Written::Season(year) => format!("{year}"),
        Written::Slashed { year, first, second } => format!("{first}/{second}/{year:?}"),
        Written::Relative(relative) => format!("{relative:?}"),
    }
}

fn found(sentence: &str) -> String {
    let raw = tokens(sentence);
    let masked = mask(sentence, &raw);
    let one = |mention: Mention| {
        let time = |time: Option<Time>| time.map_or(String::new(), |time| time.strftime("T%H:%M").to_string());
        let (from, to) = mention.times.map_or((None, None), |times| (Some(times.start), times.end));
        let start = text(mention.start) + &time(from);
        match (mention.end, to) {
            (Some(end), _) => format!("{start}..{}", text(end)),
            (None, Some(_)) => format!("{start}..{}", time(to)),
            (None, None) => start,
        }
    };
    mentions(&masked.tokens).into_iter().map(one).collect::<Vec<_>>().join(" ")
}

#[test]
fn dates_are_read_in_all_their_forms() {
    for (sentence, expected) in [
        ("On 11 September 2020, the", "2020-09-11"),
        ("from 22 June to 3 July 2020.", "2020-06-22..2020-07-03"),
        ("from 14 to 20 September 2020)", "2020-09-14..2020-09-20"),
        ("28–30 October 2021", "2021-10-28..2021-10-30"),
        ("28 - 30 October 2021", "2021-10-28..2021-10-30"),
        ("on 14 and 15 October 2020", "2020-10-14..2020-10-15"),
        ("on 5 and 12 May 2021", "2021-05-05 2021-05-12"),
        ("on 14, 15 and 16 October 2020", "2020-10-14..2020-10-16"),
        ("between 5 and 9 July", "?-07-05..?-07-09"),
        ("from 29 November to 2 December", "?-11-29..?-12-02"),
        ("29 November to 2 December 2020", "2020-11-29..2020-12-02"),
        ("30 December to 2 January 2022", "2021-12-30..2022-01-02"),
        ("28 December 2021 – 3 January 2022", "2021-12-28..2022-01-03"),
        ("On May 25, 2018, the", "2018-05-25"),
        ("25th May 2018", "2018-05-25"),
        ("the 5th of October 2020", "2020-10-05"),
        ("Monday, 5 October 2020", "2020-10-05"),
        ("Mon. 5 Oct. 2020", "2020-10-05"),
        ("Monday 5 to Wednesday 7 October 2020", "2020-10-05..2020-10-07"),
        ("Sept. 14, 2021", "2021-09-14"),
        ("From May 4 to May 6, 2022,", "2022-05-04..2022-05-06"),
        ("June 17–18, 2021 experts", "2021-06-17..2021-06-18"),
        ("on 2020-10-01 or 2020/10/02", "2020-10-01 2020-10-02"),
        ("2020-10-01 to 2020-10-03", "2020-10-01..2020-10-03"),
        ("03.10.2020 and 13/10/2020, 03/10/2020", "2020-10-03 2020-10-13 3/10/Some(2020)"),
        ("25-06-2019 - 14:05", "2019-06-25T14:05"),
        ("07/15/2022", "2022-07-15"),
        ("Tuesday, 7/5", "7/5/None"),
        ("23./24. September 2023", "2023-09-23..2023-09-24"),
        ("24. September 2023", "2023-09-24"),
        ("on Tuesday, the 9th day of May, 2023, at 7:15 o'clock p.m.", "2023-05-09T19:15"),
        ("Nov. 22-26 (Wed.-Sun.)", "?-11-22..?-11-26"),
        ("2024-02-05/2024-02-09", "2024-02-05..2024-02-09"),
        ("2024-03-11 to 15", "2024-03-11..2024-03-15"),
        ("2024-02-05 – 02-09", "2024-02-05..2024-02-09"),
        ("20240422 Tag 0.9", "2024-04-22"),
        ("order 20240422", ""),
        ("5/14/24, 10:00 AM ET", "2024-05-14T10:00"),
        ("5/21/24 by noon", "2024-05-21T12:00"),
        ("at the end of Q3 2026", "2026-Q3"),
        ("Fri 11 Oct 2024, 19:30 for 20:00", "2024-10-11T19:30"),
        ("on the first Thursday of June 2023", "2023-06-01"),
        ("on the last Friday in May", ""),
        ("today and next Tuesday", "Days(0) Next(Tuesday)"),
        ("on Tuesday with", "On(Tuesday)"),
        ("on 5 May 2021 at 7.30pm", "2021-05-05T19:30"),
        ("5 May 2021, 9.30 to 17.00 hrs", "2021-05-05T09:30..T17:00"),
        ("8 May 2025, 0900-1230 BST", "2025-05-08T09:00..T12:30"),
        ("5 May 2021 @ 20:00 UTC", "2021-05-05T20:00"),
        ("5 May 2021, 6:30-7:30pm", "2021-05-05T18:30..T19:30"),
        ("06:00Z to 09:00Z on 5 May 2021", "2021-05-05T06:00..T09:00"),
        ("at 11:59 p.m. Pacific Time on October 21, 2024", "2024-10-21T23:59"),
        ("on 2023-01-24 from 16:00 to 17:00 Europe/London (16:00 to 17:00 UTC)", "2023-01-24T16:00..T17:00"),
        ("in March 2020 and in Sept. 2021", "2020-03 2021-09"),
        ("March–May 2021", "2021-03..2021-05"),
        ("the third quarter of 2022, Q3 2022, 2022 Q4", "2022-Q3 2022-Q3 2022-Q4"),
        ("in the first half of 2022", "2022-Q1..2022-Q2"),
        ("expected in 2021", "2021"),
        ("by the end of 2021, in mid-2022, early 2023", "2021 2022 2023"),
        ("by the end of March 2021", "2021-03"),
        ("at 14:00 CET on 5 May 2021", "2021-05-05T14:00"),
        ("5 May 2021, 09:00-17:30 (CET)", "2021-05-05T09:00..T17:30"),
        ("on 5 May 2021 at 2 p.m.", "2021-05-05T14:00"),
        ("2022-04-05 15:30", "2022-04-05T15:30"),
        ("2020-10-01T14:00Z", "2020-10-01T14:00"),
        ("30 November and 1 December 2020", "2020-11-30..2020-12-01"),
        ("On 5 May, 2000 people", "?-05-05"),
        ("in May", "?-05"),
    ] {
        assert_eq!(found(sentence), expected, "{sentence}");
    }
}

#[test]
fn what_is_no_date_is_none() {
    for sentence in [
        "31 February 2021",
        "February 30, 2021",
        "it may 5 be",
        "the 2020 Annual Meeting",
        "GB/T 35273-2020, ISO/IEC 30145-3:20, 20 Information",
        "2021 Edition",
        "the plan (2021-2025)",
        "2,021 national standards",
        "52% of 12 users in march",
        "1.10.20203",
        "at 14:00",
    ] {
        assert_eq!(found(sentence), "", "{sentence}");
    }
}
