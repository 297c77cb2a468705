//! Which dates are among those of a repeating event.

use super::{Recurrence, local};
use crate::domain::when::{Point, When};

/// So many dates are walked over; to what is farther away it is jumped.
const NEAR: usize = 1000;

impl Recurrence {
    /// Those of `dates`, which are in order, that an event told by `when` does not have. It is one walk, however many
    /// are asked for.
    pub fn outside(&self, when: &When, dates: &[Point]) -> Vec<Point> {
        let from = |date: Point| self.starts(when, Some(local(date))).peekable();
        // What is counted is walked through from its beginning anyway.
        let is_counted = self.rule.as_ref().is_some_and(|rule| rule.parts().count.is_some());
        let mut walk = None;
        let mut outside = Vec::new();
        for date in dates.iter().copied() {
            if date.precision() != when.precision() {
                outside.push(date);
                continue;
            }
            let mut starts = walk.take().unwrap_or_else(|| from(date));
            let mut passed = 0;
            while starts.next_if(|start| *start < date).is_some() {
                passed += 1;
                if passed == NEAR && !is_counted {
                    starts = from(date);
                }
            }
            if starts.peek() != Some(&date) {
                outside.push(date);
            }
            walk = Some(starts);
        }
        outside
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::recurrence::Rule;
    use crate::domain::zone::Zone;

    fn outside(rule: &str, dates: &[&str]) -> Vec<String> {
        let when = When::parse("2027-01-04 11:00", None, Zone::utc()).unwrap();
        let point = |date: &str| date.parse::<Point>().unwrap();
        let rule = Rule::read(rule, when.start(), when.zone()).unwrap();
        let (added, left_out) = (vec![point("2027-01-05T12:00")], vec![point("2027-01-11T11:00")]);
        let repeat = Recurrence::new(Some(rule), added, left_out, &when).unwrap();
        let dates: Vec<_> = dates.iter().map(|date| point(date)).collect();
        repeat.outside(&when, &dates).iter().map(Point::to_string).collect()
    }

    #[test]
    fn dates_of_a_series_are_told_from_others() {
        for (rule, dates, expected) in [
            ("FREQ=WEEKLY", &["2027-01-04T11:00", "2027-01-05T12:00", "2099-01-05T11:00"][..], &[][..]),
            ("FREQ=WEEKLY", &["2027-01-03T11:00", "2027-01-11T11:00"], &["2027-01-03T11:00", "2027-01-11T11:00"]),
            ("FREQ=WEEKLY;COUNT=3", &["2027-01-18T11:00", "2027-01-25T11:00"], &["2027-01-25T11:00"]),
            ("FREQ=MINUTELY", &["2027-01-05T12:00", "2500-01-01T00:00"], &[]),
            ("FREQ=HOURLY;INTERVAL=7", &["2027-01-04T18:00", "2400-01-01T00:30"], &["2400-01-01T00:30"]),
            ("FREQ=WEEKLY", &["2027-01-18"], &["2027-01-18"]),
        ] {
            assert_eq!(outside(rule, dates), expected, "{rule} {dates:?}");
        }
    }
}
