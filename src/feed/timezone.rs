//! Time zones as calendars carry them: the VTIMEZONE component (RFC 5545 section 3.6.5) of an IANA time zone.

use std::iter;
use std::ops::RangeInclusive;

use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ToSpan};

/// A rule that still holds so many years after the last one goes on: in these, a date falls on every weekday.
const CYCLE: i16 = 28;

/// The VTIMEZONE of `zone` under the TZID `name`, right for every moment of `years` and going on after them as the
/// yearly rules of the zone do.
#[must_use]
pub fn vtimezone(name: &str, zone: &TimeZone, years: RangeInclusive<i16>) -> String {
    let (first, last) = years.into_inner();
    let horizon = last.saturating_add(CYCLE);
    let mut components = Vec::new();
    for (observance, mut onsets) in observances(zone, first, horizon) {
        let mut dates = Vec::new();
        // A rule may yet have to begin, but early enough to be known for one.
        while let Some((rule, run)) = longest_run(&onsets, last.saturating_add(CYCLE / 2)) {
            onsets.retain(|onset| run.binary_search(onset).is_err());
            let goes_on = run.last().is_some_and(|onset| onset.year() == horizon);
            // A rule across two months is two for iCalendar.
            for month in 1..=12 {
                let part: Vec<DateTime> = run.iter().copied().filter(|onset| onset.month() == month).collect();
                match part.as_slice() {
                    [start, ..] if goes_on => components.push(observance.component(*start, &[rule.recur(*start)])),
                    [start, _, .., end] if start.year() <= last => {
                        let recur = format!("{};UNTIL={}Z", rule.recur(*start), date_time(observance.until(*end)));
                        components.push(observance.component(*start, &[recur]));
                    }
                    _ => dates.extend(part),
                }
            }
        }
        dates.extend(onsets);
        dates.retain(|onset| onset.year() <= last);
        dates.sort_unstable();
        // Each onset has its own RDATE, the first too: libical and ical.js take one value of each, and forget DTSTART.
        let rdates: Vec<String> = dates.iter().map(|onset| format!("RDATE:{}", date_time(*onset))).collect();
        match dates.as_slice() {
            [] => {}
            [only] => components.push(observance.component(*only, &[])),
            [start, ..] => components.push(observance.component(*start, &rdates)),
        }
    }
    components.sort_by_key(|(start, _)| *start);

    let begin = format!("BEGIN:VTIMEZONE\r\n{}", folded(&format!("TZID:{name}")));
    components.into_iter().fold(begin, |text, (_, component)| text + &component) + "END:VTIMEZONE\r\n"
}

/// What STANDARD and DAYLIGHT subcomponents say beside their onsets.
#[derive(PartialEq)]
struct Observance {
    is_daylight: bool,
    from: Offset,
    to: Offset,
    name: String,
}

impl Observance {
    /// The subcomponent that begins at `start` and recurs as `recurrence` says.
    fn component(&self, start: DateTime, recurrence: &[String]) -> (DateTime, String) {
        let kind = if self.is_daylight { "DAYLIGHT" } else { "STANDARD" };
        let fixed = [
            format!("BEGIN:{kind}"),
            format!("DTSTART:{}", date_time(start)),
            format!("TZOFFSETFROM:{}", utc_offset(self.from)),
            format!("TZOFFSETTO:{}", utc_offset(self.to)),
            format!("TZNAME:{}", self.name),
        ];
        let end = format!("END:{kind}");
        (start, fixed.iter().chain(recurrence).chain([&end]).map(|line| folded(line)).collect())
    }

    /// The UNTIL, in UTC, of a rule with `end` as last onset: a day later, as python-dateutil reads it as local time.
    fn until(&self, end: DateTime) -> DateTime {
        end.saturating_sub(self.from.seconds().seconds()).saturating_add(1.day())
    }
}

/// The observances of `zone` with their onsets, in local time before the change, as DTSTART has them: from the one in
/// force when the year `first` begins to the last in the year `horizon`.
fn observances(zone: &TimeZone, first: i16, horizon: i16) -> Vec<(Observance, Vec<DateTime>)> {
    let midnight =
        |year| Date::new(year, 1, 1).and_then(|date| zone.to_timestamp(date.at(0, 0, 0, 0))).unwrap_or(Timestamp::MIN);
    // A day earlier, the year has begun nowhere.
    let start = midnight(first).saturating_sub(24.hours()).unwrap_or(Timestamp::MIN);
    // Onsets before 1970 say nothing of use, and may come from a local mean time with seconds.
    let earliest = midnight(1970).min(start);
    let opening = zone.preceding(start).next().map_or(earliest, |change| change.timestamp().max(earliest));

    let mut observances: Vec<(Observance, Vec<DateTime>)> = Vec::new();
    let mut before = zone.to_offset_info(opening.saturating_sub(1.second()).unwrap_or(opening));
    for at in iter::once(opening).chain(zone.following(opening).map(|change| change.timestamp())) {
        let after = zone.to_offset_info(at);
        let onset = before.offset().to_datetime(at);
        if onset.year() > horizon {
            break;
        }
        let (from, to) = (before.offset(), after.offset());
        // Readers expect that daylight saving adds to the offset, though in Europe/Dublin standard time is in summer.
        let is_daylight = if before.dst() == after.dst() { after.dst().is_dst() } else { to > from };
        let observance = Observance { is_daylight, from, to, name: after.abbreviation().to_owned() };
        let is_change = from != to || before.abbreviation() != after.abbreviation() || at == opening;
        before = after;
        if !is_change {
            continue;
        }
        match observances.iter_mut().find(|(known, _)| *known == observance) {
            Some((_, onsets)) => onsets.push(onset),
            None => observances.push((observance, vec![onset])),
        }
    }
    observances
}

/// A day of each year, told by one onset that falls on it.
#[derive(Clone, Copy)]
enum Rule {
    /// The nth of its weekdays in the month, or the last for -1.
    Nth(i8),
    /// Its weekday in the seven days from this date on.
    From(Date),
    /// Its date.
    Same,
}

impl Rule {
    /// The rules that an onset may follow, the most usual first.
    fn of(onset: DateTime) -> impl Iterator<Item = Rule> {
        let last = (onset.day() + 7 > onset.days_in_month()).then_some(-1);
        let nth = Some((onset.day() + 6) / 7).filter(|nth| *nth < 5);
        let weeks = (0..7).map(move |days| onset.date().saturating_sub(days.days())).filter(|start| {
            // Neither across the end of February, which moves, nor across that of the year.
            !matches!((start.month(), start.day()), (2, 23..) | (12, 26..))
        });
        last.into_iter().chain(nth).map(Rule::Nth).chain(weeks.map(Rule::From)).chain([Rule::Same])
    }

    /// The onset in `year` of the rule that `onset` follows.
    fn in_year(self, onset: DateTime, year: i16) -> Option<DateTime> {
        let date = match self {
            Rule::Nth(nth) => {
                Date::new(year, onset.month(), 1).ok()?.nth_weekday_of_month(nth, onset.weekday()).ok()?
            }
            Rule::From(start) => {
                let start = Date::new(year, start.month(), start.day()).ok()?;
                start.saturating_add(start.weekday().until(onset.weekday()).days())
            }
            Rule::Same => Date::new(year, onset.month(), onset.day()).ok()?,
        };
        Some(date.to_datetime(onset.time()))
    }

    /// The RRULE (RFC 5545 section 3.8.5.3) for the month of `onset`, without an end.
    fn recur(self, onset: DateTime) -> String {
        let month = onset.month();
        let weekday = onset.strftime("%a").to_string().to_uppercase();
        let weekday = weekday.get(..2).unwrap_or_default();
        let day = match self {
            Rule::Nth(nth) => format!("BYDAY={nth}{weekday}"),
            Rule::From(start) => {
                let days: Vec<String> = (0..7)
                    .map(|days| start.saturating_add(days.days()))
                    .filter(|date| date.month() == month)
                    .map(|date| date.day().to_string())
                    .collect();
                format!("BYMONTHDAY={};BYDAY={weekday}", days.join(","))
            }
            Rule::Same => format!("BYMONTHDAY={}", onset.day()),
        };
        format!("RRULE:FREQ=YEARLY;BYMONTH={month};{day}")
    }
}

/// The rule that holds for the most years on end, with its onsets; one that begins by the year `latest`.
fn longest_run(onsets: &[DateTime], latest: i16) -> Option<(Rule, Vec<DateTime>)> {
    let mut longest: Option<(Rule, Vec<DateTime>)> = None;
    for onset in onsets.iter().copied().filter(|onset| onset.year() <= latest) {
        for rule in Rule::of(onset) {
            let in_year = |year| rule.in_year(onset, year).filter(|known| onsets.binary_search(known).is_ok());
            if in_year(onset.year() - 1).is_some() {
                continue;
            }
            let run: Vec<DateTime> = (onset.year()..).map_while(in_year).collect();
            // The Iranian new year keeps its date for three or four years, and that is no rule.
            let least = if matches!(rule, Rule::Same) { 5 } else { 3 };
            if run.len() >= least && longest.as_ref().is_none_or(|(_, known)| run.len() > known.len()) {
                longest = Some((rule, run));
            }
        }
    }
    longest
}

fn date_time(at: DateTime) -> String {
    at.strftime("%Y%m%dT%H%M%S").to_string()
}

/// A UTC-OFFSET (RFC 5545 section 3.3.14): its seconds only where there are some.
fn utc_offset(offset: Offset) -> String {
    let sign = if offset.is_negative() { '-' } else { '+' };
    let seconds = offset.seconds().abs();
    let rest = if seconds % 60 == 0 { String::new() } else { format!("{:02}", seconds % 60) };
    format!("{sign}{:02}{:02}{rest}", seconds / 3600, seconds / 60 % 60)
}

/// The content line, folded so that no line is over 75 octets (RFC 5545 section 3.1).
fn folded(line: &str) -> String {
    let mut text = String::new();
    let (mut rest, mut room) = (line, 75);
    while let Some((head, tail)) =
        rest.split_at_checked(rest.floor_char_boundary(room)).filter(|(_, tail)| !tail.is_empty())
    {
        text.extend([head, "\r\n "]);
        (rest, room) = (tail, 74);
    }
    text.extend([rest, "\r\n"]);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::Weekday;
    use jiff::tz::TimeZoneDatabase;

    const YEARS: RangeInclusive<i16> = 1990..=2040;

    fn zone(name: &str) -> TimeZone {
        TimeZoneDatabase::bundled().get(name).unwrap()
    }

    fn of(name: &str) -> String {
        vtimezone(name, &zone(name), YEARS)
    }

    /// The onsets up to the year `end` with their offsets, in seconds, by RFC 5545 alone and day by day.
    fn evaluated(text: &str, end: i16) -> Vec<(i64, i32)> {
        let text = text.replace("\r\n ", "");
        let mut onsets = Vec::new();
        let mut fields: Vec<(&str, &str)> = Vec::new();
        for line in text.lines() {
            let (name, value) = line.split_once(':').unwrap();
            match (name, value) {
                ("BEGIN", _) => fields.clear(),
                ("END", "STANDARD" | "DAYLIGHT") => {
                    let field = |name| fields.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
                    let start = DateTime::strptime("%Y%m%dT%H%M%S", field("DTSTART").unwrap()).unwrap();
                    let from = seconds(field("TZOFFSETFROM").unwrap());
                    let mut local: Vec<DateTime> = fields
                        .iter()
                        .filter(|(name, _)| *name == "RDATE")
                        .map(|(_, value)| DateTime::strptime("%Y%m%dT%H%M%S", value).unwrap())
                        .collect();
                    // For libical and ical.js, DTSTART counts only alone.
                    assert!(local.is_empty() || local.contains(&start), "{text}");
                    if let Some(rule) = field("RRULE") {
                        local = expanded(rule, start, from, end);
                        assert_eq!(local.first(), Some(&start), "{rule}");
                    } else if local.is_empty() {
                        local.push(start);
                    }
                    let to = seconds(field("TZOFFSETTO").unwrap());
                    onsets.extend(local.iter().map(|onset| (in_utc(*onset) - i64::from(from), to)));
                }
                _ => fields.push((name, value)),
            }
        }
        onsets.sort_unstable();
        assert!(onsets.is_sorted_by(|a, b| a.0 < b.0), "two onsets at once: {text}");
        onsets
    }

    fn expanded(rule: &str, start: DateTime, from: i32, end: i16) -> Vec<DateTime> {
        let part =
            |name: &str| rule.split(';').filter_map(|part| part.split_once('=')).find(|(known, _)| *known == name);
        let month: i8 = part("BYMONTH").unwrap().1.parse().unwrap();
        let days =
            part("BYMONTHDAY").map(|(_, days)| days.split(',').map(|day| day.parse().unwrap()).collect::<Vec<i8>>());
        let until = part("UNTIL").map(|(_, at)| in_utc(DateTime::strptime("%Y%m%dT%H%M%SZ", at).unwrap()));
        let weekday = part("BYDAY").map(|(_, day)| {
            let (nth, day) = day.split_at(day.len() - 2);
            let days = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
            let number = days.iter().position(|known| *known == day).unwrap();
            (nth.parse::<i8>().ok(), Weekday::from_monday_zero_offset(i8::try_from(number).unwrap()).unwrap())
        });
        (start.year()..=end.max(start.year()))
            .flat_map(|year| (1..=31).filter_map(move |day| Date::new(year, month, day).ok()))
            .filter(|date| days.as_ref().is_none_or(|days| days.contains(&date.day())))
            .filter(|date| {
                weekday.is_none_or(|(nth, weekday)| {
                    let (before, after) = ((date.day() - 1) / 7, (date.days_in_month() - date.day()) / 7);
                    date.weekday() == weekday
                        && nth.is_none_or(|nth| if nth < 0 { after == -1 - nth } else { before == nth - 1 })
                })
            })
            .map(|date| date.to_datetime(start.time()))
            .filter(|onset| *onset >= start && until.is_none_or(|until| in_utc(*onset) - i64::from(from) <= until))
            .collect()
    }

    fn seconds(offset: &str) -> i32 {
        let number = |range| offset.get(range).map_or(0, |digits: &str| digits.parse::<i32>().unwrap());
        let seconds = number(1..3) * 3600 + number(3..5) * 60 + if offset.len() > 5 { number(5..7) } else { 0 };
        if offset.starts_with('-') { -seconds } else { seconds }
    }

    fn in_utc(at: DateTime) -> i64 {
        Offset::UTC.to_timestamp(at).unwrap().as_second()
    }

    /// Compares with `zone` at each change, a second before, and midway to the next, from `first` to `last`.
    fn assert_right(text: &str, zone: &TimeZone, first: i16, last: i16) {
        let onsets = evaluated(text, last + 1);
        let (start, end) = (
            in_utc(DateTime::constant(first, 1, 1, 0, 0, 0, 0)),
            in_utc(DateTime::constant(last + 1, 1, 1, 0, 0, 0, 0)),
        );
        let begin = Timestamp::from_second(start).unwrap();
        let mut marks: Vec<i64> =
            zone.following(begin).map(|c| c.timestamp().as_second()).take_while(|at| *at < end).collect();
        // Where the VTIMEZONE changes by itself, too.
        marks.extend(onsets.iter().map(|(at, _)| *at).chain([start, end]));
        marks.sort_unstable();
        let midway = marks.windows(2).map(|pair| pair[0].midpoint(pair[1])).collect::<Vec<_>>();
        for at in marks.iter().flat_map(|at| [at - 1, *at, at + 1]).chain(midway).filter(|at| (start..end).contains(at))
        {
            let said = onsets.partition_point(|(onset, _)| *onset <= at).checked_sub(1).map(|index| onsets[index].1);
            let moment = Timestamp::from_second(at).unwrap();
            assert_eq!(said, Some(zone.to_offset(moment).seconds()), "at {moment} in\n{text}");
        }
    }

    #[test]
    fn every_zone_of_the_database_is_right_and_short() {
        let database = TimeZoneDatabase::bundled();
        let mut count = 0;
        for name in database.available() {
            let zone = database.get(name.as_str()).unwrap();
            let text = vtimezone(name.as_str(), &zone, YEARS);
            assert_right(&text, &zone, 1990, 2040);
            assert!(text.split("\r\n").all(|line| line.len() <= 75 && !line.contains('\n')), "{text}");
            assert!(text.lines().count() < 200, "{} lines: {text}", text.lines().count());
            count += 1;
        }
        assert!(count > 500, "only {count} zones");
    }

    #[test]
    fn every_zone_goes_on_by_its_rules_after_the_last_year() {
        let database = TimeZoneDatabase::bundled();
        // What is laid down beyond the last year in Ramadan is no rule.
        let but = ["Asia/Gaza", "Asia/Hebron"];
        for name in database.available().filter(|name| !but.contains(&name.as_str())) {
            let zone = database.get(name.as_str()).unwrap();
            assert_right(&vtimezone(name.as_str(), &zone, 2027..=2027), &zone, 2027, 2110);
        }
    }

    #[test]
    fn other_years_are_right_too_also_those_of_local_mean_time() {
        for name in
            ["Europe/Amsterdam", "Africa/Monrovia", "America/New_York", "Asia/Gaza", "Pacific/Apia", "Asia/Manila"]
        {
            for (first, last) in [(1850, 1990), (1970, 1980), (2011, 2011), (2026, 2060)] {
                assert_right(&vtimezone(name, &zone(name), first..=last), &zone(name), first, last);
            }
        }
        assert!(vtimezone("Africa/Monrovia", &zone("Africa/Monrovia"), 1950..=1980).contains("TZOFFSETTO:-004430\r\n"));
    }

    #[test]
    fn a_zone_without_a_change_has_one_observance() {
        let expected = "BEGIN:VTIMEZONE\r\nTZID:Asia/Kolkata\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n\
            TZOFFSETFROM:+0530\r\nTZOFFSETTO:+0530\r\nTZNAME:IST\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n";
        assert_eq!(of("Asia/Kolkata"), expected);
    }

    #[test]
    fn usual_zones_have_these_rules_and_sizes() {
        for (name, size, expected) in [
            (
                "Europe/Brussels",
                24,
                "DTSTART:19961027T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nTZNAME:CET\r\n\
                RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\n",
            ),
            ("Europe/Brussels", 24, "RRULE:FREQ=YEARLY;BYMONTH=9;BYDAY=-1SU;UNTIL=19950925T010000Z\r\n"),
            ("America/New_York", 31, "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU\r\n"),
            ("Asia/Shanghai", 18, "RDATE:19900415T020000\r\nRDATE:19910414T020000\r\n"),
            ("America/Santiago", 109, "BYMONTH=9;BYMONTHDAY=2,3,4,5,6,7,8;BYDAY=SU\r\n"),
            // The last Thursday at 24:00 is a Friday, and that in November at times.
            ("Africa/Cairo", 78, "RRULE:FREQ=YEARLY;BYMONTH=10;BYMONTHDAY=26,27,28,29,30,31;BYDAY=FR\r\n"),
            ("Africa/Cairo", 78, "RRULE:FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=1;BYDAY=FR\r\n"),
            (
                "Europe/Dublin",
                31,
                "TZOFFSETTO:+0100\r\nTZNAME:IST\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\nEND:DAYLIGHT\r\n",
            ),
            ("Australia/Lord_Howe", 59, "TZOFFSETFROM:+1030\r\nTZOFFSETTO:+1100\r\n"),
            ("Antarctica/Troll", 29, "TZOFFSETFROM:+0000\r\nTZOFFSETTO:+0200\r\n"),
            ("Pacific/Apia", 43, "DTSTART:20111230T000000\r\nTZOFFSETFROM:-1000\r\nTZOFFSETTO:+1400\r\n"),
        ] {
            let text = of(name);
            assert!(text.contains(expected), "{expected} in {text}");
            assert_eq!(text.lines().count(), size, "{text}");
        }
    }

    #[test]
    fn years_that_are_none_or_out_of_range_do_no_harm() {
        for (first, last) in [(2040, 1990), (i16::MIN, i16::MIN), (9990, i16::MAX), (i16::MIN, i16::MAX)] {
            let text = vtimezone("Europe/Brussels", &zone("Europe/Brussels"), first..=last);
            assert!(
                text.starts_with("BEGIN:VTIMEZONE\r\nTZID:Europe/Brussels\r\n") && text.ends_with("END:VTIMEZONE\r\n")
            );
        }
    }

    #[test]
    fn a_long_line_is_folded_at_75_octets_between_characters() {
        let line = format!("TZID:{}", "é".repeat(80));
        let text = folded(&line);
        assert!(text.split("\r\n").all(|line| line.len() <= 75));
        assert_eq!(text.replace("\r\n ", ""), format!("{line}\r\n"));
    }
}
