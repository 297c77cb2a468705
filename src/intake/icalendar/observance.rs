//! STANDARD and DAYLIGHT of a VTIMEZONE (RFC 5545 section 3.6.5): when clocks are switched to an offset.

use calcard::common::PartialDateTime;
use calcard::icalendar::{
    ICalendarComponent, ICalendarFrequency, ICalendarProperty, ICalendarRecurrenceRule, ICalendarValue,
    ICalendarWeekday,
};
use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time, Weekday};

/// Years for which rules are worked out. Before and after, the nearest offset holds.
const FIRST_YEAR: i16 = 1900;
const LAST_YEAR: i16 = 2200;

/// No honest definition has more switches than these.
const MOST_SWITCHES: usize = 5_000;

/// A switch of the clocks, from and to so many seconds east of UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Switch {
    pub utc: DateTime,
    pub from: i32,
    pub to: i32,
}

pub fn shifted(at: DateTime, seconds: i32) -> Option<DateTime> {
    at.checked_add(SignedDuration::from_secs(i64::from(seconds))).ok()
}

/// A STANDARD or DAYLIGHT: the switches to one offset.
pub struct Observance {
    start: DateTime,
    from: i32,
    to: i32,
    dates: Vec<DateTime>,
    yearly: Option<Yearly>,
}

impl Observance {
    pub fn read(component: &ICalendarComponent) -> Option<Self> {
        let of = |name: ICalendarProperty| component.entries.iter().filter(move |entry| entry.name == name);
        let moments = |name| of(name).flat_map(|entry| &entry.values).filter_map(|value| value.as_partial_date_time());
        let offset = |name| moments(name).find_map(offset_of);
        let to = offset(ICalendarProperty::Tzoffsetto)?;
        let from = offset(ICalendarProperty::Tzoffsetfrom).unwrap_or(to);
        let start = moments(ICalendarProperty::Dtstart).find_map(local_of)?;
        let yearly = match of(ICalendarProperty::Rrule).find_map(|entry| entry.values.first()) {
            Some(ICalendarValue::RecurrenceRule(rule)) => Some(Yearly::read(rule, start, from)?),
            Some(_) => return None,
            None => None,
        };
        let dates = moments(ICalendarProperty::Rdate).filter_map(local_of).collect();
        Some(Self { start, from, to, dates, yearly })
    }

    pub fn switches(&self, switches: &mut Vec<Switch>, budget: &mut u64) -> Option<()> {
        let mut switch = |local: DateTime| {
            let utc = shifted(local, -self.from)?;
            switches.push(Switch { utc, from: self.from, to: self.to });
            (switches.len() <= MOST_SWITCHES).then_some(())
        };
        switch(self.start)?;
        self.dates.iter().try_for_each(|local| switch(*local))?;
        let Some(yearly) = &self.yearly else { return Some(()) };
        // A rule that ended before those years still tells which offset it left.
        let last = yearly.last_year.min(LAST_YEAR);
        let first = self.start.year().max(FIRST_YEAR.min(last.saturating_sub(yearly.interval)));
        for year in first..=last {
            *budget = budget.checked_sub(yearly.named_months())?;
            if (i32::from(year) - i32::from(self.start.year())) % i32::from(yearly.interval) == 0 {
                let days = yearly.days(year).map(|day| day.to_datetime(self.start.time()));
                days.filter(|local| *local > self.start && *local <= yearly.until).try_for_each(&mut switch)?;
            }
        }
        Some(())
    }
}

/// A rule such as `FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU`.
struct Yearly {
    interval: i16,
    last_year: i16,
    /// In local time before the switch.
    until: DateTime,
    months: [bool; 13],
    /// None: any. Counted from the month's end if negative.
    month_days: Vec<i8>,
    /// None: any. The week 0 stands for each.
    week_days: Vec<(i8, Weekday)>,
}

impl Yearly {
    fn read(rule: &ICalendarRecurrenceRule, start: DateTime, from: i32) -> Option<Self> {
        let has_more = !(rule.byyearday.is_empty() && rule.byweekno.is_empty() && rule.bysetpos.is_empty());
        if rule.freq != ICalendarFrequency::Yearly || has_more {
            return None;
        }
        let interval = rule.interval.and_then(|interval| i16::try_from(interval).ok()).unwrap_or(1).max(1);
        let until = match &rule.until {
            Some(until) if until.hour.is_none() => day_of(until)?.at(23, 59, 59, 0),
            Some(until) if until.tz_hour.is_some() => shifted(local_of(until)?, from)?,
            Some(until) => local_of(until)?,
            None => DateTime::MAX,
        };
        let repeats = rule.count.map(|count| (i64::from(count) - 1) * i64::from(interval)).unwrap_or(i64::MAX);
        let counted = i16::try_from(repeats.saturating_add(i64::from(start.year()))).unwrap_or(i16::MAX);
        let mut months = [false; 13];
        for month in rule.bymonth.iter().map(|month| usize::from(month.month())).chain([0]) {
            *months.get_mut(month)? = true;
        }
        let names_none = rule.bymonth.is_empty();
        for (month, is_named) in months.iter_mut().enumerate() {
            *is_named = if names_none { month == start.month() as usize } else { *is_named && month > 0 };
        }
        let mut month_days = rule.bymonthday.clone();
        let mut week_days = Vec::new();
        for day in &rule.byday {
            week_days.push((i8::try_from(day.ordwk.unwrap_or(0)).ok()?, weekday(day.weekday)));
        }
        if month_days.is_empty() && week_days.is_empty() {
            month_days.push(start.day());
        }
        // There are but so many that differ.
        let is_short = month_days.len() <= 62 && week_days.len() <= 77;
        let last_year = until.year().min(counted);
        is_short.then_some(Self { interval, last_year, until, months, month_days, week_days })
    }

    fn named_months(&self) -> u64 {
        self.months.iter().filter(|is_named| **is_named).count() as u64
    }

    /// The days of a year that it names.
    fn days(&self, year: i16) -> impl Iterator<Item = Date> {
        let months = (1..=12i8).zip(self.months.iter().skip(1)).filter(|(_, is_named)| **is_named);
        let days = months.filter_map(move |(month, _)| Date::new(year, month, 1).ok());
        let days = days
            .flat_map(|first| (1..=first.days_in_month()).filter_map(move |day| first.with().day(day).build().ok()));
        days.filter(|day| self.names(*day))
    }

    fn names(&self, day: Date) -> bool {
        let from_end = day.day() - day.days_in_month() - 1;
        let is_week = |week: i8| week == 0 || week == (day.day() - 1) / 7 + 1 || week == (from_end + 1) / 7 - 1;
        let names_day = self.month_days.is_empty() || self.month_days.iter().any(|d| *d == day.day() || *d == from_end);
        let is_named = |(week, weekday): &(i8, Weekday)| *weekday == day.weekday() && is_week(*week);
        names_day && (self.week_days.is_empty() || self.week_days.iter().any(is_named))
    }
}

fn weekday(day: ICalendarWeekday) -> Weekday {
    match day {
        ICalendarWeekday::Sunday => Weekday::Sunday,
        ICalendarWeekday::Monday => Weekday::Monday,
        ICalendarWeekday::Tuesday => Weekday::Tuesday,
        ICalendarWeekday::Wednesday => Weekday::Wednesday,
        ICalendarWeekday::Thursday => Weekday::Thursday,
        ICalendarWeekday::Friday => Weekday::Friday,
        ICalendarWeekday::Saturday => Weekday::Saturday,
    }
}

/// Seconds east of UTC.
fn offset_of(value: &PartialDateTime) -> Option<i32> {
    let seconds = i32::from(value.tz_hour?) * 3600 + i32::from(value.tz_minute.unwrap_or(0)) * 60;
    Some(if value.tz_minus { -seconds } else { seconds })
}

fn day_of(value: &PartialDateTime) -> Option<Date> {
    let (month, day) = (i8::try_from(value.month?).ok()?, i8::try_from(value.day?).ok()?);
    Date::new(i16::try_from(value.year?).ok()?, month, day).ok()
}

fn local_of(value: &PartialDateTime) -> Option<DateTime> {
    let part = |part: Option<u8>| i8::try_from(part.unwrap_or(0)).ok();
    let (hour, minute, second) = (part(value.hour)?, part(value.minute)?, part(value.second)?);
    let time = Time::new(hour, minute, second.min(59), 0).ok()?;
    Some(day_of(value)?.to_datetime(time))
}
