//! Times of day and their zones.

mod offset;

use jiff::civil::{Date, DateTime, Time};
use offset::offset;

use super::numeral::small;
use super::script::Text;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// None for midnight at the end of the day, which the day alone says better.
    pub start: Option<Time>,
    pub end: Option<Time>,
    /// Whether it ends on the day after: `晚8点至次日早6点`.
    pub is_over_midnight: bool,
    pub zone: Zone,
}

impl Times {
    /// When it ends that begins on a day.
    pub fn end_from(&self, day: Date) -> Option<DateTime> {
        let day = if self.is_over_midnight { day.tomorrow().ok()? } else { day };
        self.end.map(|end| day.to_datetime(end))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    Untold,
    /// By its IANA name.
    Told(&'static str),
    /// One was named, but which it is cannot be known.
    Unknown,
}

const ZONES: &[(&str, &str)] = &[
    ("北京", "Asia/Shanghai"),
    ("中国", "Asia/Shanghai"),
    ("香港", "Asia/Hong_Kong"),
    ("澳门", "Asia/Macau"),
    ("台北", "Asia/Taipei"),
    ("台湾", "Asia/Taipei"),
    ("新加坡", "Asia/Singapore"),
    ("东京", "Asia/Tokyo"),
    ("日本", "Asia/Tokyo"),
    ("首尔", "Asia/Seoul"),
    ("韩国", "Asia/Seoul"),
    ("莫斯科", "Europe/Moscow"),
    ("日内瓦", "Europe/Zurich"),
    ("瑞士", "Europe/Zurich"),
    ("巴黎", "Europe/Paris"),
    ("柏林", "Europe/Berlin"),
    ("布鲁塞尔", "Europe/Brussels"),
    ("中欧", "Europe/Brussels"),
    ("欧洲中部", "Europe/Brussels"),
    ("伦敦", "Europe/London"),
    ("英国", "Europe/London"),
    ("格林尼治标准", "UTC"),
    ("格林尼治", "UTC"),
    ("格林威治标准", "UTC"),
    ("格林威治", "UTC"),
    ("世界协调", "UTC"),
    ("协调世界", "UTC"),
    ("世界标准", "UTC"),
    ("纽约", "America/New_York"),
    ("美国东部", "America/New_York"),
    ("美东", "America/New_York"),
    ("华盛顿", "America/New_York"),
    ("太平洋", "America/Los_Angeles"),
    ("美国西部", "America/Los_Angeles"),
    ("美西", "America/Los_Angeles"),
    ("悉尼", "Australia/Sydney"),
];

/// What stands between the two ends of a range.
pub const JOINTS: &[&str] = &["--", "~~", "-", "~", "至", "到", "直至"];

/// Reads `上午9时30分至11时30分`, `14:30-17:00`, `晚7点半`, `（GMT+08）18时`, perhaps after a comma.
pub fn times(text: &Text, at: usize) -> Option<(Times, usize)> {
    let mut begin = at;
    for _ in 0..2 {
        begin += usize::from(matches!(text.at(begin), Some(',' | '、' | '(' | ' ' | '的' | '|')));
    }
    begin = text.one_of(begin, &["当天", "当日"]).unwrap_or(begin);
    let is_bracketed = begin > at && text.before(begin) == Some('(');
    let (zone_before, begin) = zone(text, begin);
    let (first, mut next) = moment(text, begin)?;
    let start = first.time(None);
    let mut end = None;
    let mut is_later_half = first.half;
    let mut is_over_midnight = false;
    let joint = text.one_of(next + usize::from(text.at(next) == Some(' ')), JOINTS);
    if let Some(after) = joint {
        let after = after + usize::from(text.at(after) == Some(' '));
        let next_day = text.one_of(after, &["次日", "翌日", "第二天", "第二日", "隔天", "隔日"]);
        if let Some((last, past)) = moment(text, next_day.unwrap_or(after)).filter(|(last, _)| last.is_marked) {
            is_later_half = last.half.or(is_later_half).filter(|_| next_day.is_none() || last.half.is_some());
            let is_after = |time: &Time| start.is_some_and(|start| *time > start);
            end = last.time(is_later_half).filter(is_after).or_else(|| last.time(None));
            // `22:00-06:00` goes over the night, too.
            let is_night = |start: Time, end: Time| start.hour() >= 18 && end.hour() <= 9;
            is_over_midnight = next_day.is_some() || start.zip(end).is_some_and(|(start, end)| is_night(start, end));
            next = past;
        }
    }
    // `9-11时`: the hour's mark stands after the second only.
    if !first.is_marked && end.is_none() {
        return None;
    }
    let (mut told, past) = zone(text, next);
    next = past;
    // `16:00-17:00, GMT+8`
    if told == Zone::Untold && text.at(next) == Some(',') {
        let (behind, past) = zone(text, next + 1);
        if behind != Zone::Untold {
            (told, next) = (behind, past);
        }
    }
    if told == Zone::Untold {
        told = zone_before;
    }
    next += usize::from(is_bracketed && text.at(next) == Some(')'));
    let end = end.filter(|end| start.is_some_and(|start| is_over_midnight || *end > start));
    // `零时起`: the day.
    let start = start.filter(|start| end.is_some() || *start != Time::midnight());
    let is_over_midnight = is_over_midnight && end.is_some();
    Some((Times { start, end, is_over_midnight, zone: told }, next))
}

#[derive(Debug, Clone, Copy)]
struct Moment {
    hour: i8,
    minute: i8,
    half: Option<Half>,
    /// Whether it is a time by itself: `9:30`, `9时`, not `9`.
    is_marked: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Half {
    Before,
    Noon,
    After,
}

impl Moment {
    fn time(self, inherited: Option<Half>) -> Option<Time> {
        let hour = match (self.half.or(inherited), self.hour) {
            (Some(Half::After), 1..=11) | (Some(Half::Noon), 1..=3) => self.hour + 12,
            (Some(Half::Before), 12) if self.minute == 0 => 0,
            (_, hour) => hour,
        };
        // Twelve in the evening is the end of the day.
        if self.half == Some(Half::After) && self.hour == 12 && self.minute == 0 {
            return None;
        }
        Time::new(hour, self.minute, 0, 0).ok()
    }
}

const HALVES: &[(&str, Half)] = &[
    ("上午", Half::Before),
    ("早上", Half::Before),
    ("早晨", Half::Before),
    ("清晨", Half::Before),
    ("凌晨", Half::Before),
    ("早", Half::Before),
    ("中午", Half::Noon),
    ("正午", Half::Noon),
    ("午间", Half::Noon),
    ("下午", Half::After),
    ("午后", Half::After),
    ("傍晚", Half::After),
    ("晚上", Half::After),
    ("晚间", Half::After),
    ("夜间", Half::After),
    ("当晚", Half::After),
    ("晚", Half::After),
];

fn moment(text: &Text, at: usize) -> Option<(Moment, usize)> {
    let (half, at) = HALVES
        .iter()
        .find(|(word, _)| text.is(at, word))
        .map_or((None, at), |(word, half)| (Some(*half), at + word.chars().count()));
    let at = at + usize::from(half.is_some() && text.at(at) == Some(' '));
    // `0800时`, as notices to mariners have it.
    let run = (at..at + 5).take_while(|at| text.at(*at).is_some_and(|c| c.is_ascii_digit())).count();
    if run == 4
        && let Some(past) = text.one_of(at + 4, &["时", "hrs"])
        && let (Ok(hour @ 0..=24), Ok(minute @ 0..=59)) =
            (text.plain(at..at + 2).parse(), text.plain(at + 2..at + 4).parse())
    {
        return Some((Moment { hour, minute, half, is_marked: true }, past));
    }
    let zero = text.is(at, "零时").then_some((0, at + 1));
    let (hour, next) = zero.or_else(|| small(text, at)).filter(|(hour, _)| (0..=24).contains(hour))?;
    let made = |minute: i8, is_marked: bool| Moment { hour, minute, half, is_marked };
    let two = |at: usize| {
        let is_two = (at..at + 2).all(|at| text.at(at).is_some_and(|c| c.is_ascii_digit()));
        is_two.then(|| small(text, at)).flatten().filter(|(minute, _)| (0..60).contains(minute))
    };
    if text.at(next) == Some(':')
        && let Some((minute, past)) = two(next + 1)
    {
        let seconds = (text.at(past) == Some(':')).then(|| two(past + 1)).flatten();
        let past = seconds.map_or(past, |(_, past)| past);
        // `上午10:00时`
        let past = past + usize::from(matches!(text.at(past), Some('时' | '点')));
        return Some(twelve_hours(text, made(minute, true), past));
    }
    if !matches!(text.at(next), Some('时' | '点')) || text.is(next, "点名") {
        return Some((made(0, false), next));
    }
    let next = next + 1;
    let next = next + usize::from(text.is(next, "钟"));
    let (minute, past) = match () {
        () if text.is(next, "半") => (30, next + 1),
        () if text.is(next, "一刻") => (15, next + 2),
        () if text.is(next, "三刻") => (45, next + 2),
        () if text.is(next, "整") => (0, next + 1),
        () => match small(text, next).filter(|(minute, _)| (0..60).contains(minute)) {
            Some((minute, past)) if text.is(past, "分") => (minute, past + 1),
            Some((minute, past)) if past == next + 2 && text.at(next).is_some_and(|c| c.is_ascii_digit()) => {
                (minute, past)
            }
            _ => (0, next),
        },
    };
    Some((made(minute, true), past))
}

/// `2:00PM`
fn twelve_hours(text: &Text, moment: Moment, next: usize) -> (Moment, usize) {
    let word = next + usize::from(text.at(next) == Some(' '));
    let half = match text.plain(word..word + 2).to_ascii_uppercase().as_str() {
        "AM" => Half::Before,
        "PM" => Half::After,
        _ => return (moment, next),
    };
    (Moment { half: Some(half), ..moment }, word + 2)
}

/// `北京时间`, `（北京时间）`, `（GMT+8）`, `UTC`, `当地时间`
pub fn zone(text: &Text, at: usize) -> (Zone, usize) {
    let at_mark = at + usize::from(text.at(at) == Some(' ') && text.at(at + 1) == Some('('));
    let begin = at_mark + usize::from(text.at(at_mark) == Some('('));
    let closed = |next: usize| next + usize::from(begin > at_mark && text.at(next) == Some(')'));
    let time_word = |next: usize| text.one_of(next, &["时间", "时"]);
    for (name, zone) in ZONES {
        if text.is(begin, name)
            && let Some(next) = time_word(begin + name.chars().count())
        {
            return (Zone::Told(zone), closed(next));
        }
    }
    if let Some(next) = text.one_of(begin, &["当地时间", "本地时间", "美国时间", "欧洲时间", "会议地时间"])
    {
        return (Zone::Unknown, closed(next));
    }
    for (name, zone) in
        [("Beijing Time", "Asia/Shanghai"), ("Beijing time", "Asia/Shanghai"), ("Hong Kong Time", "Asia/Hong_Kong")]
    {
        let word = begin + usize::from(text.at(begin) == Some(' '));
        if let Some(next) = text.one_of(word, &[name]) {
            return (Zone::Told(zone), closed(next));
        }
    }
    let begin_utc = begin + usize::from(text.at(begin) == Some(' '));
    if let Some(next) = text.one_of(begin_utc, &["UTC", "GMT"]) {
        let (sign, number) = match text.at(next) {
            Some(sign @ ('+' | '-')) => (sign, next + 1),
            _ => return (Zone::Told("UTC"), closed(next)),
        };
        let Some((hours, mut past)) = small(text, number) else { return (Zone::Told("UTC"), closed(next)) };
        let zone = match text.is(past, ":") {
            false => offset(if sign == '-' { -hours } else { hours }),
            true => match small(text, past + 1) {
                Some((0, end)) => {
                    past = end;
                    offset(if sign == '-' { -hours } else { hours })
                }
                _ => Zone::Unknown,
            },
        };
        return (zone, closed(past));
    }
    (Zone::Untold, at)
}

/// The zone that is named before a date, and where: `当地时间6月3日`.
pub fn zone_before(text: &Text, at: usize) -> Option<(Zone, usize)> {
    let word = text.ending(at, &["时间"])?;
    if text.ending(word, &["当地", "本地"]).is_some() {
        return Some((Zone::Unknown, word - 2));
    }
    ZONES.iter().find_map(|(name, zone)| text.ending(word, &[name]).map(|start| (Zone::Told(zone), start)))
}

/// The zone that holds for all times of a sentence: `均为北京时间`, `以北京时间为准`.
pub fn zone_of_all(text: &Text) -> Option<&'static str> {
    let said = text.find(0..text.len(), &["均为", "均以", "均按", "都是", "以", "按", "皆为"])?;
    (said.end..text.len().min(said.end + 200)).find_map(|at| {
        let led = text.ending(at, &["均为", "均以", "均按", "都是", "以", "按", "皆为"]).is_some();
        let (zone, next) = if led { zone(text, at) } else { (Zone::Untold, at) };
        match zone {
            Zone::Told(zone) if next > at => Some(zone),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_zone_may_hold_for_all_times_of_a_sentence() {
        assert_eq!(zone_of_all(&Text::new("6月5日12点答疑，均为北京时间。")), Some("Asia/Shanghai"));
        assert_eq!(zone_of_all(&Text::new("以上时间以香港时间为准")), Some("Asia/Hong_Kong"));
        assert_eq!(zone_of_all(&Text::new("会议于北京时间12点召开")), None);
    }

    fn told(text: &str) -> String {
        let Some((times, _)) = times(&Text::new(&format!("日{text}")), 1) else { return "none".to_owned() };
        let shown = |time: Option<Time>| time.map_or("-".to_owned(), |time| time.strftime("%H:%M").to_string());
        let zone = match times.zone {
            Zone::Untold => "",
            Zone::Told(zone) => zone,
            Zone::Unknown => "?",
        };
        let day = if times.is_over_midnight { "+1" } else { "" };
        format!("{} {}{day} {zone}", shown(times.start), shown(times.end)).trim().to_owned()
    }

    #[test]
    fn times_are_read_as_they_are_spoken_and_written() {
        for (text, expected) in [
            ("上午9时30分至11时30分", "09:30 11:30"),
            ("14:30—17:00", "14:30 17:00"),
            ("14：00", "14:00 -"),
            ("晚7点半", "19:30 -"),
            ("下午三時", "15:00 -"),
            ("下午2:30", "14:30 -"),
            ("下午2点至5点", "14:00 17:00"),
            ("上午9点至下午5点", "09:00 17:00"),
            ("中午12:30", "12:30 -"),
            ("中午12点", "12:00 -"),
            ("晚上11時59分", "23:59 -"),
            ("上午10:00时", "10:00 -"),
            ("24:00", "- -"),
            ("晚8点至次日早6点", "20:00 06:00+1"),
            ("22:00 - 次日凌晨2:00", "22:00 02:00+1"),
            ("23:00～05:00", "23:00 05:00+1"),
            ("上午9-11时", "09:00 11:00"),
            ("15时（北京时间）", "15:00 - Asia/Shanghai"),
            ("北京时间15:30", "15:30 - Asia/Shanghai"),
            ("18:00（GMT+08）", "18:00 - Asia/Shanghai"),
            ("9:00 UTC", "09:00 - UTC"),
            ("（当地时间）10:00", "none"),
            ("当地时间10:00", "10:00 - ?"),
            ("2:00 PM", "14:00 -"),
            ("0830时", "08:30 -"),
            ("16:00 - 17:00, GMT+8", "16:00 17:00 Asia/Shanghai"),
            ("12日", "none"),
            ("3天", "none"),
        ] {
            assert_eq!(told(text), expected, "{text}");
        }
    }
}
