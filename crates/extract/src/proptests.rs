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
                let tidy = |text: &str| text.split_whitespace().collect::<String>();
                prop_assert!(tidy(text).contains(&tidy(&event.source_text)), "{:?}", event.source_text);
            }
        }
    }
    Ok(())
}

#[test]
fn a_sentence_stands_in_its_text_also_where_lines_are_read_as_one() {
    for text in ["On\nthe third quarter of\n2020-10-01\nfrom", "Webinar\nReading a seal\n5 March 2024, 14:00\nRegister"]
    {
        assert!(!found(text, Form::Plain).is_empty(), "{text}");
        check(text).unwrap();
    }
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn near_chinese_is_read_without_a_panic(pieces in prop::collection::vec(prop::sample::select(CHINESE), 0..80), glue in "(| |\n|，)") {
        check(&pieces.join(&glue))?;
    }
}

const CHINESE: &[&str] = &[
    "2020年",
    "9月",
    "16日",
    "10月1日",
    "二〇二一年",
    "三月",
    "十五日",
    "民國",
    "109年",
    "今年",
    "明年",
    "下周三",
    "本月底",
    "次日",
    "同年",
    "上半年",
    "第三季度",
    "Q2",
    "2021-03-01",
    "2021/3/5",
    "20210405",
    "2024.08.16-18",
    "上午",
    "下午",
    "9时30分",
    "14:30",
    "—",
    "-",
    "至",
    "～",
    "、",
    "（星期三）",
    "（",
    "）",
    "《",
    "》",
    "「",
    "」",
    "“",
    "”",
    "【",
    "】",
    "。",
    "，",
    "；",
    "：",
    "|",
    "\t",
    "　　",
    "\n",
    "\n\n",
    "自",
    "起",
    "前",
    "止",
    "于",
    "定于",
    "将于",
    "原定于",
    "推迟至",
    "由",
    "调整为",
    "取消",
    "在苏州",
    "召开",
    "举行",
    "发布",
    "实施",
    "施行",
    "截止",
    "征求意见",
    "报名",
    "会议时间：",
    "地点：",
    "主办单位：",
    "标准编号",
    "实施日期",
    "序号",
    "GB/T 35273—2020",
    "国标委发〔2022〕36号",
    "第12号",
    "年会",
    "论坛",
    "本办法",
    "关于",
    "的通知",
    "等12项国家标准",
    "北京时间",
    "发布时间：",
    "来源：",
    "新华社北京",
    "电",
    "农历",
    "委员会",
    "會議",
    "舉行",
    "０",
    "９",
    "X",
    "ISO",
    "即日起至",
    "自印发之日起施行",
    "一、",
    "（二）",
    "1.",
    "- ",
    "<p>",
    "<td>",
    "~~",
    "The meeting was held on 5 May 2021.",
    "99",
    "0",
];

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

#[test]
fn a_torn_leaf_of_a_calendar_is_told_as_it_stands() {
    check("February\n11\n14:00\nfrom").unwrap();
    check("February\n11\nHarvest supper\nTown Hall").unwrap();
}
