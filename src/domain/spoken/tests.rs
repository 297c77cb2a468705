use jiff::civil::date;
use proptest::prelude::*;

use super::*;

/// Monday 30 November 2026, ten o'clock.
fn now() -> DateTime {
    date(2026, 11, 30).at(10, 0, 0, 0)
}

fn said(words: &str) -> Vec<String> {
    read(words, now()).map(|reading| reading.spans.iter().map(Span::written).collect()).unwrap_or_default()
}

#[test]
fn dates_are_read_in_chinese() {
    for (words, date) in [
        ("今天", "2026-11-30"),
        ("明天上午9点", "2026-12-01 09:00"),
        ("后天下午三点半", "2026-12-02 15:30"),
        ("12月1日", "2026-12-01"),
        ("十二月一日", "2026-12-01"),
        ("2026年12月1日", "2026-12-01"),
        ("二〇二七年三月二十一日", "2027-03-21"),
        ("2027年3月", "2027-03"),
        ("明年3月", "2027-03"),
        ("2027年", "2027"),
        ("2027年第三季度", "2027-Q3"),
        ("12月1日（周二）9：00", "2026-12-01 09:00"),
        ("12月1日 14时30分", "2026-12-01 14:30"),
        ("12月1日晚上8点", "2026-12-01 20:00"),
        ("12月1日至3日", "2026-12-01 to 2026-12-03"),
        ("2026年12月30日到2027年1月2日", "2026-12-30 to 2027-01-02"),
        ("12月1日9点到11点半", "2026-12-01 09:00 to 2026-12-01 11:30"),
        ("下周二", "2026-12-08"),
        ("本周五下午2:15", "2026-12-04 14:15"),
        ("周五", "2026-12-04"),
        ("3天后", "2026-12-03"),
        ("两周后", "2026-12-14"),
        ("下个月", "2026-12"),
        ("中午12点", "2026-11-30 12:00"),
        ("中午1点", "2026-11-30 13:00"),
        ("１２月１日", "2026-12-01"),
        ("３月", "2027-03"),
    ] {
        assert_eq!(said(words), [date], "{words}");
    }
    for words in ["月", "十十月", "13月1日", "下周八", "点", "某天", "第十年后天"] {
        assert_eq!(said(words), [""; 0], "{words}");
    }
}

#[test]
fn rules_are_read_in_chinese() {
    for (words, rule) in [
        ("每天", "FREQ=DAILY"),
        ("每周二", "FREQ=WEEKLY;BYDAY=TU"),
        ("每周二和周四", "FREQ=WEEKLY;BYDAY=TU,TH"),
        ("每星期天", "FREQ=WEEKLY;BYDAY=SU"),
        ("每周", "FREQ=WEEKLY"),
        ("每两周", "FREQ=WEEKLY;INTERVAL=2"),
        ("每隔一周", "FREQ=WEEKLY;INTERVAL=2"),
        ("每3个月", "FREQ=MONTHLY;INTERVAL=3"),
        ("每月第二个周二", "FREQ=MONTHLY;BYDAY=2TU"),
        ("每月最后一个周五", "FREQ=MONTHLY;BYDAY=-1FR"),
        ("每月15日", "FREQ=MONTHLY;BYMONTHDAY=15"),
        ("每年", "FREQ=YEARLY"),
        ("每周二，共10次", "FREQ=WEEKLY;BYDAY=TU;COUNT=10"),
        ("每月第二个周二，直到2027年6月30日", "FREQ=MONTHLY;BYDAY=2TU;UNTIL=20270630"),
    ] {
        assert_eq!(every(words, None, now()).map(|every| every.rule), Ok(rule.to_owned()), "{words}");
    }
    for words in ["每", "每某天", "每第", "共次"] {
        assert!(every(words, None, now()).is_err(), "{words}");
    }
}

#[test]
fn dates_are_read_as_people_say_them() {
    for (words, date) in [
        ("2020-10-01", "2020-10-01"),
        ("2020-10-01T09:00", "2020-10-01 09:00"),
        ("today", "2026-11-30"),
        ("Tomorrow", "2026-12-01"),
        ("the day after tomorrow 9:00", "2026-12-02 09:00"),
        ("yesterday", "2026-11-29"),
        ("+14d", "2026-12-14"),
        ("+2w 14:30", "2026-12-14 14:30"),
        ("+1m", "2026-12-30"),
        ("-7d", "2026-11-23"),
        ("in 14 days", "2026-12-14"),
        ("in two weeks at 9:00", "2026-12-14 09:00"),
        ("3 days ago", "2026-11-27"),
        ("next tuesday", "2026-12-01"),
        ("next monday", "2026-12-07"),
        ("friday", "2026-12-04"),
        ("fri 9am", "2026-12-04 09:00"),
        ("this friday 4:30 pm", "2026-12-04 16:30"),
        ("last friday", "2026-11-27"),
        ("9:00", "2026-11-30 09:00"),
        ("14:30", "2026-11-30 14:30"),
        ("9:00-12:00", "2026-11-30 09:00 to 2026-11-30 12:00"),
        ("tomorrow 22:00 - 2:00", "2026-12-01 22:00 to 2026-12-02 02:00"),
        ("1.12.2026", "2026-12-01"),
        ("1.12.26 9:00", "2026-12-01 09:00"),
        ("1.12.", "2026-12-01"),
        ("2026/12/1", "2026-12-01"),
        ("2026-12-1", "2026-12-01"),
        ("13/12/2026", "2026-12-13"),
        ("12/13/2026", "2026-12-13"),
        ("12/12/2026", "2026-12-12"),
        ("1 December 2026", "2026-12-01"),
        ("1 dec", "2026-12-01"),
        ("Dec 1st, 2026", "2026-12-01"),
        ("the 1st of December", "2026-12-01"),
        ("Tuesday 1 December 2026, 09:00", "2026-12-01 09:00"),
        ("22nd June", "2027-06-22"),
        ("the 15th", "2026-12-15"),
        ("22 June - 3 July", "2027-06-22 to 2027-07-03"),
        ("22 June – 3 July 2028", "2028-06-22 to 2028-07-03"),
        ("22-24 June", "2027-06-22 to 2027-06-24"),
        ("June 22-24, 2028", "2028-06-22 to 2028-06-24"),
        ("30 December - 2 January", "2026-12-30 to 2027-01-02"),
        ("30 December - 2 January 2028", "2027-12-30 to 2028-01-02"),
        ("20 November - 3 December", "2026-11-20 to 2026-12-03"),
        ("1 December 9:00 to 2 December 12:00", "2026-12-01 09:00 to 2026-12-02 12:00"),
        ("2026-12-01 9:00 - 12:00", "2026-12-01 09:00 to 2026-12-01 12:00"),
        ("2026-12-01..2026-12-03", "2026-12-01 to 2026-12-03"),
        ("Q3 2021", "2021-Q3"),
        ("3rd quarter 2021", "2021-Q3"),
        ("q1", "2027-Q1"),
        ("Q3 - Q4 2027", "2027-Q3 to 2027-Q4"),
        ("March 2027", "2027-03"),
        ("in march", "2027-03"),
        ("March - May 2027", "2027-03 to 2027-05"),
        ("next month", "2026-12"),
        ("next week", "2026-12-07 to 2026-12-13"),
        ("this quarter", "2026-Q4"),
        ("next quarter", "2027-Q1"),
        ("next year", "2027"),
        ("29 February", "2028-02-29"),
    ] {
        assert_eq!(said(words), [date], "{words}: {:?}", read(words, now()));
    }
}

#[test]
fn what_can_be_read_in_two_ways_says_both() {
    for (words, dates) in [
        ("1/12/2026", ["2026-12-01", "2026-01-12"]),
        ("3/4 9:00", ["2027-04-03 09:00", "2027-03-04 09:00"]),
        ("20 November", ["2026-11-20", "2027-11-20"]),
        ("monday", ["2026-11-30", "2026-12-07"]),
    ] {
        assert_eq!(said(words), dates, "{words}");
    }
    let error = point("1/12/2026", now()).unwrap_err().to_string();
    assert_eq!(error, "`1/12/2026` can be read as `2026-12-01` or `2026-01-12`: write one of these");
}

#[test]
fn what_is_no_date_is_refused_with_what_would_be_one() {
    for words in [
        "",
        "soon",
        "15",
        "99",
        "1.12",
        "32 December",
        "30 February 2027",
        "25:00",
        "9:60",
        "13pm",
        "1 December December",
        "2020-02-30",
        "2020-13-01",
        "0999-01-01",
        "+d",
        "+99999999999999999999d",
        "next",
        "in 14",
        "22th June",
        "3 July - soon",
        "monday 1 December 2026",
        "year 99999",
        "+9999y",
        "1/2/3/4",
        "- - -",
        "9:00 2020",
        "March 9:00",
    ] {
        assert!(read(words, now()).is_err(), "{words}: {:?}", said(words));
    }
    let error = |words: &str| read(words, now()).unwrap_err().to_string();
    assert!(error("tomorow 9:00").contains("did you mean `tomorrow 9:00`"), "{}", error("tomorow 9:00"));
    assert!(error("monday 1 December 2026").contains("2026-12-01 is a Tuesday, not a Monday"));
    assert!(error("2020-02-30").contains("February 2020 has 29 days"));
}

#[test]
fn a_time_alone_and_words_are_told_apart_from_what_says_all() {
    assert!(read("9:00", now()).unwrap().is_time_alone);
    assert!(read("9:00 - 10:00", now()).unwrap().is_time_alone);
    assert!(!read("tomorrow 9:00", now()).unwrap().is_time_alone);
    assert!(!read("2020-10-01 09:00", now()).unwrap().in_words);
}

proptest! {
    #[test]
    fn nothing_that_is_typed_makes_it_fall_over(words in "[0-9a-zA-Z:./ +,中-]{0,60}") {
        let _ = read(&words, now());
        let _ = every(&words, None, now());
    }

    #[test]
    fn words_of_dates_in_any_order_do_not_either(
        words in prop::collection::vec(prop::sample::select(vec![
            "next", "last", "tuesday", "1", "31", "2nd", "june", "-", "to", "9:00", "+14d", "q3", "2027", "2999", "1/2", "1.12.",
            "every", "until", "times", "month", "in", "days", "ago", "other", "and", "feb", "2026-12-01", "2020", "29",
        ]), 0..6)
    ) {
        let words = words.join(" ");
        if let Ok(reading) = read(&words, now()) {
            prop_assert!(!reading.spans.is_empty());
            // What is proposed can be written.
            for span in reading.spans {
                prop_assert_eq!(read(&span.written(), now()).unwrap().spans, vec![span]);
            }
        }
        let _ = every(&words, None, now());
    }
}
