use super::*;

fn shown(written: Written) -> String {
    let year = |year: Year| match year {
        Year::Told(year) => year.to_string(),
        Year::Untold => "?".to_owned(),
        Year::FromNow(years) => format!("now{years:+}"),
        Year::FromTold(years) => format!("told{years:+}"),
    };
    match written {
        Written::Day { year: of, month, day } => format!("{}-{month:02}-{day:02}", year(of)),
        Written::DayAlone(day) => format!("{day:02}"),
        Written::Month { year: of, month } => format!("{}-{month:02}", year(of)),
        Written::Quarter { year: of, quarter } => format!("{}-Q{quarter}", year(of)),
        Written::Half { year: of, half } => format!("{}-H{half}", year(of)),
        Written::Whole(of) => year(of),
        Written::FromNow(days) => format!("day{days:+}"),
        Written::FromTold(days) => format!("told-day{days:+}"),
        Written::Weekday { weeks, weekday } => format!("week{weeks:+}-{weekday:?}"),
        Written::MonthFromNow { months, day } => {
            format!("month{months:+}{}", day.map_or(String::new(), |day| format!("-{day:02}")))
        }
    }
}

fn told(sentence: &str) -> String {
    let text = Text::new(sentence);
    let found = mentions(&text, &Masked::of(&text));
    let each = found.iter().map(|mention| {
        let end = mention.end.map_or(String::new(), |end| format!("/{}", shown(end)));
        let time = mention
            .times
            .and_then(|times| times.start)
            .map_or(String::new(), |time| time.strftime("T%H:%M").to_string());
        format!("{}{time}{end}", shown(mention.start))
    });
    each.collect::<Vec<_>>().join(" ")
}

#[test]
fn days_are_read_in_every_form() {
    for (sentence, expected) in [
        ("自2020年10月1日起施行", "2020-10-01"),
        ("2026 年 9 月 15 日", "2026-09-15"),
        ("２０２１年１２月１日", "2021-12-01"),
        ("二〇二〇年三月十五日", "2020-03-15"),
        ("二○○四年十二月三十一日", "2004-12-31"),
        ("九 月 三 十 日", "?-09-30"),
        ("中華民國109年7月30日", "2020-07-30"),
        ("109年9月23日", "2020-09-23"),
        ("112/03/15", "2023-03-15"),
        ("2019-10-25、2018/08/21、2021.11.08", "2019-10-25 2018-08-21 2021-11-08"),
        ("截止：20240510", "2024-05-10"),
        ("1月31号", "?-01-31"),
        ("9月16日（星期三）上午9:00", "?-09-16T09:00"),
        ("星期三（一月六日）", "?-01-06"),
        ("今年9月1日和明年1月12日", "now+0-09-01 now+1-01-12"),
        ("2020年2月30日", ""),
    ] {
        assert_eq!(told(sentence), expected, "{sentence}");
    }
}

#[test]
fn ranges_are_read_in_every_form() {
    for (sentence, expected) in [
        ("2020年9月16日至20日", "2020-09-16/2020-09-20"),
        ("9月9日——14日", "?-09-09/?-09-14"),
        ("9月21-26日", "?-09-21/?-09-26"),
        ("10月30日—11月1日", "?-10-30/?-11-01"),
        ("10月30-11月1日", "?-10-30/?-11-01"),
        ("2021年4月6日至2021年5月5日", "2021-04-06/2021-05-05"),
        ("2026-09-17至2026-10-17", "2026-09-17/2026-10-17"),
        ("12月12、13日", "?-12-12/?-12-13"),
        ("3月5日、12日和19日", "?-03-05 12 19"),
        ("3月22日、23日", "?-03-22/?-03-23"),
        ("自3月1日起至3月31日止", "?-03-01/?-03-31"),
        ("9月16日（周三）至9月18日（周五）", "?-09-16/?-09-18"),
        ("9月16日9:00至9月18日17:00", "?-09-16T09:00/?-09-18"),
        ("2021年3月1日－5日", "2021-03-01/2021-03-05"),
        ("2021年10月中旬至11月中旬", "2021-10/?-11"),
    ] {
        assert_eq!(told(sentence), expected, "{sentence}");
    }
}

#[test]
fn longer_periods_and_what_is_understood() {
    for (sentence, expected) in [
        ("2022年9月下旬", "2022-09"),
        ("2021年第三季度", "2021-Q3"),
        ("2024年Q2", "2024-Q2"),
        ("今年上半年", "now+0-H1"),
        ("明年年初", "now+1"),
        ("下周三召开，本月底公布", "week+1-Wednesday month+0"),
        ("于9月3日发布，次日实施", "?-09-03 told-day+1"),
        ("今日（29日）", "29"),
        ("记者18日获悉，将于20日召开", "18 20"),
    ] {
        assert_eq!(told(sentence), expected, "{sentence}");
    }
}

#[test]
fn amounts_and_names_are_no_dates() {
    for sentence in [
        "为期30日，24日龄，5月龄，一日三次，15个工作日内",
        "2020年　月　日",
        "XX月XX日",
        "2019年版、2020年度计划、1992级",
        "1-9月",
        "图2-21，第3/12页",
        "《条例》（2017年11月4日修订）",
    ] {
        assert_eq!(told(sentence).replace("2020", ""), "", "{sentence}");
    }
}
