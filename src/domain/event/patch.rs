//! What somebody says about an event, put onto what is known of it.

use super::{Details, EventPatch, Kind};
use crate::domain::length::Length;
use crate::domain::recurrence::{Recurrence, Rule};
use crate::domain::when::{Point, When};
use crate::domain::zone::Zone;
use crate::domain::{FieldError, Invalid, text};

impl EventPatch {
    /// The event that this makes: a new one, or `base` with what is said here changed.
    pub fn onto(&self, base: Option<&Details>, site_zone: &Zone) -> Result<Details, FieldError> {
        if self.kind.is_none() && base.is_none() {
            return Err(FieldError::of("kind")(Invalid::new("the kind is missing")));
        }
        let when = self.when(base, site_zone)?;
        let repeat = self.recurrence(base, &when)?.map(Box::new);
        let mut details = match (base, self.kind) {
            (Some(base), _) => Details { when, ..base.clone() },
            (None, kind) => Details::new(kind.unwrap_or(Kind::Other), "", when),
        };
        details.repeat = repeat;
        self.set_values(&mut details);
        change_labels(&mut details.topics, &self.add_topics, &self.remove_topics);
        change_labels(&mut details.standards, &self.add_standards, &self.remove_standards);
        details.checked()
    }

    /// What is different in `new`. When an event is counts as one: who moved a date's end said when all of it is.
    pub fn between(old: &Details, new: &Details) -> Self {
        let mut patch = Self::of_values(old, new);
        if old.when != new.when {
            patch.start = Some(new.when.start());
            patch.end = Some(new.when.end());
            patch.timezone = Some(Some(new.when.zone().clone()));
            patch.duration = new.when.length().map(Some);
        }
        patch
    }

    /// `plain` with these differences, which were judged when they were made.
    pub fn applied_to(&self, plain: Details) -> Details {
        let mut details = match self.whole_when() {
            Some(when) => Details { when, ..plain },
            None => plain,
        };
        self.set_values(&mut details);
        details
    }

    /// When it is, if this says so by itself.
    pub fn whole_when(&self) -> Option<When> {
        let (start, end, zone) = (self.start?, self.end?, self.timezone.clone()??);
        if let Some(length) = self.duration.flatten() {
            return Some(When::lasting(start, length, zone.clone()).unwrap_or_else(|_| When::open(start, zone)));
        }
        Some(When::new(start, end, zone.clone()).unwrap_or_else(|_| When::open(start, zone)))
    }

    /// The same, repeating like that.
    pub fn repeating(self, repeat: Option<&Recurrence>) -> Self {
        let dates = |of: fn(&Recurrence) -> &Vec<Point>| Some(repeat.map(of).cloned().unwrap_or_default());
        let rule = repeat.and_then(|repeat| repeat.rule.as_ref());
        Self {
            repeat: Some(rule.map(|rule| rule.as_str().to_owned()).unwrap_or_default()),
            rdates: dates(|repeat| &repeat.rdates),
            exdates: dates(|repeat| &repeat.exdates),
            ..self
        }
    }

    fn when(&self, base: Option<&Details>, site_zone: &Zone) -> Result<When, FieldError> {
        let zone = match (&self.timezone, base) {
            (Some(zone), _) => zone.clone().unwrap_or_else(|| site_zone.clone()),
            (None, Some(base)) => base.when.zone().clone(),
            (None, None) => site_zone.clone(),
        };
        let start = self.start.or_else(|| base.map(|base| base.when.start()));
        let start = start.ok_or_else(|| FieldError::of("start")(Invalid::new("the start is missing")))?;
        if let Some(length) = self.length(base, start, &zone) {
            let when = When::lasting(start, length, zone).map_err(FieldError::of("duration"))?;
            let ends = when.end();
            return match self.end.flatten().filter(|end| Some(*end) != ends) {
                Some(end) => Err(FieldError::of("duration")(Invalid(format!(
                    "the end `{end}` is not {length} after `{start}`: say one of them"
                )))),
                None => Ok(when),
            };
        }
        let end = self.end.unwrap_or_else(|| base.and_then(|base| base.when.end()));
        When::new(start, end, zone).map_err(FieldError::of("end"))
    }

    /// How long it lasts, if that is said, or was and its times stay as they are.
    fn length(&self, base: Option<&Details>, start: Point, zone: &Zone) -> Option<Length> {
        if let Some(said) = self.duration {
            return said;
        }
        let known = &base?.when;
        let stays = known.start() == start && known.zone() == zone && self.end.is_none_or(|end| end == known.end());
        known.length().filter(|_| stays)
    }

    fn recurrence(&self, base: Option<&Details>, when: &When) -> Result<Option<Recurrence>, FieldError> {
        let known = base.and_then(|base| base.repeat.as_deref());
        // What was known is read again: it must fit a start that may have changed.
        let kept = base.map(|base| match known.and_then(|known| known.rule.as_ref()) {
            Some(rule) if base.when != *when => rule.text_for_another_start(base.when.start()),
            _ => base.rule().to_owned(),
        });
        let rule = match self.repeat.as_deref().map(str::trim).or(kept.as_deref()) {
            None | Some("") => None,
            Some(rule) => Some(Rule::read(rule, when.start(), when.zone()).map_err(FieldError::of("repeat"))?),
        };
        let dates = |field: &'static str, given: &Option<Vec<Point>>, known: Option<&Vec<Point>>| match given {
            None => Ok(known.into_iter().flatten().map(|date| along(*date, base, when)).collect()),
            Some(given) => given
                .iter()
                .map(|date| fitting(*date, when))
                .collect::<Result<Vec<_>, _>>()
                .map_err(FieldError::of(field)),
        };
        let mut rdates = dates("rdates", &self.rdates, known.map(|known| &known.rdates))?;
        let exdates = dates("exdates", &self.exdates, known.map(|known| &known.exdates))?;
        // The start is one of the dates anyway; feeds say it twice.
        rdates.retain(|date| *date != when.start());
        if rule.is_none() && rdates.is_empty() {
            return match self.exdates.as_ref().is_some_and(|given| !given.is_empty()) {
                true => Err(FieldError::of("exdates")(Invalid::new(
                    "an event that does not repeat has no dates to leave out: cancel it, or give it a rule",
                ))),
                false => Ok(None),
            };
        }
        Recurrence::new(rule, rdates, exdates, when).map(Some).map_err(FieldError::of("repeat"))
    }
}

fn change_labels(labels: &mut Vec<String>, add: &[String], remove: &[String]) {
    let goes = |label: &String| remove.iter().any(|gone| text::fold_case(gone.trim()) == text::fold_case(label));
    labels.retain(|label| !goes(label));
    labels.extend(add.iter().cloned());
}

/// A date of an event that repeats: a day alone means the time of day at which it begins, and of an event of whole days
/// a time means its day.
pub fn fitting(date: Point, when: &When) -> Result<Point, Invalid> {
    match (date, when.start()) {
        (Point::Day(day), Point::Minute(at)) => Ok(Point::Minute(day.to_datetime(at.time()))),
        (Point::Minute(at), Point::Day(_)) => Ok(Point::Day(at.date())),
        (point @ (Point::Minute(_) | Point::Day(_)), _) => Ok(point),
        (point, _) => Err(Invalid(format!("`{point}` is no day: write a date such as 2020-10-01"))),
    }
}

/// A date of a series whose start was changed: what was at the hour of the start stays so.
fn along(date: Point, base: Option<&Details>, when: &When) -> Point {
    match (date, base.map(|base| base.when.start()), when.start()) {
        (Point::Minute(at), Some(Point::Minute(old)), Point::Minute(new)) if at.time() == old.time() => {
            Point::Minute(at.date().to_datetime(new.time()))
        }
        (Point::Day(day), _, Point::Minute(new)) => Point::Minute(day.to_datetime(new.time())),
        (Point::Minute(at), _, Point::Day(_)) => Point::Day(at.date()),
        _ => date,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::event::{DescriptionFormat, Field, Said, Status};
    use crate::domain::recurrence::Rule;

    fn zone() -> Zone {
        "Asia/Shanghai".parse().unwrap()
    }

    fn meeting(start: &str) -> Details {
        Details::new(Kind::Meeting, "Plenary", When::parse(start, None, zone()).unwrap())
    }

    /// What an event says, said again field by field in words.
    fn said_again(details: &Details, words: fn(Field, &Details) -> String) -> EventPatch {
        let mut patch = EventPatch::default();
        for field in Field::ALL {
            patch.say(*field, Said::Text(&words(*field, details))).unwrap();
        }
        patch
    }

    prop_compose! {
        fn any_details()(
            kind in prop::sample::select(Kind::ALL),
            status in prop::sample::select(Status::ALL),
            texts in prop::collection::vec("[\\PC中文🎉 ,\\n]{0,60}", 3),
            title in "[a-z中文🎉]{1,20}",
            labels in prop::collection::vec("[a-z中 /0-9]{0,20}", 0..5),
            (day, hour, length) in (1..28_u8, 0..24_u8, 1..600_u16),
            is_whole_day in any::<bool>(),
            repeats in any::<bool>(),
            description_format in prop::sample::select(DescriptionFormat::ALL),
            join_url in prop::sample::select(&["", "https://example.org/join?a=b,c"][..]),
        ) -> Details {
            let start = if is_whole_day { format!("2020-10-{day:02}") } else { format!("2020-10-{day:02} {hour:02}:30") };
            let mut when = When::parse(&start, None, zone()).unwrap();
            if !is_whole_day {
                let end = zone().at(when.first_instant() + jiff::SignedDuration::from_mins(length.into())).datetime();
                when = When::new(when.start(), Some(Point::Minute(end)), zone()).unwrap();
            }
            let repeat = repeats.then(|| {
                let rule = Rule::read("FREQ=WEEKLY;COUNT=9", when.start(), &zone()).unwrap();
                let later = |days: i64| when.start().first_day().checked_add(jiff::Span::new().days(days)).unwrap();
                let date = |days| fitting(Point::Day(later(days)), &when).unwrap();
                Box::new(Recurrence::new(Some(rule), vec![date(2), date(3)], vec![date(7)], &when).unwrap())
            });
            Details {
                kind, status, title, when: when.clone(), repeat,
                location: texts[0].clone(), organizer: texts[1].clone(), description: texts[2].clone(),
                topics: labels.clone(), standards: labels,
                url: "https://example.org/a?b=c;d".into(),
                description_format, join_url: join_url.into(),
            }
            .checked()
            .unwrap()
        }
    }

    proptest! {
        #[test]
        fn what_every_field_says_in_words_makes_the_same_event_again(details in any_details()) {
            for words in [Field::text, Field::cell] {
                prop_assert_eq!(&said_again(&details, words).onto(None, &Zone::utc()).unwrap(), &details);
            }
        }

        #[test]
        fn the_differences_of_two_dates_make_the_one_of_the_other(a in any_details(), b in any_details()) {
            let (a, b) = (Details { repeat: None, ..a }, Details { repeat: None, ..b });
            let patch = EventPatch::between(&a, &b);
            let kept = serde_json::to_string(&patch).unwrap();
            prop_assert_eq!(&serde_json::from_str::<EventPatch>(&kept).unwrap(), &patch);
            prop_assert_eq!(patch.applied_to(a.clone()), b);
            prop_assert_eq!(EventPatch::between(&a, &a), EventPatch::default());
        }
    }

    #[test]
    fn a_length_stays_with_its_times_and_goes_with_them() {
        let toronto: Zone = "America/Toronto".parse().unwrap();
        let when = When::lasting("2027-11-07 00:30".parse().unwrap(), "PT2H".parse().unwrap(), toronto).unwrap();
        let base = Details { when, ..meeting("2020-10-01") };
        let after = |said: &[(Field, &str)]| {
            let mut patch = EventPatch::default();
            said.iter().for_each(|(field, words)| patch.say(*field, Said::Text(words)).unwrap());
            patch.onto(Some(&base), &zone()).map(|details| details.when.end_instant().to_string())
        };
        for (said, ends) in [
            (&[(Field::Location, "Hall")][..], "2027-11-07T06:30:00Z"),
            (&[(Field::Start, "2027-11-07 00:30"), (Field::End, "2027-11-07 01:30")], "2027-11-07T06:30:00Z"),
            (&[(Field::End, "2027-11-07 01:15")], "2027-11-07T05:15:00Z"),
            (&[(Field::Duration, "")], "2027-11-07T05:30:00Z"),
            (&[(Field::Start, "2027-11-07 00:45")], "2027-11-07T05:30:00Z"),
            (&[(Field::Duration, "PT3H")], "2027-11-07T07:30:00Z"),
        ] {
            assert_eq!(after(said).as_deref(), Ok(ends), "{said:?}");
        }
        let error = after(&[(Field::End, "2027-11-07 01:15"), (Field::Duration, "PT2H")]).unwrap_err();
        assert!(error.field == "duration" && error.to_string().contains("say one of them"), "{error}");
    }

    #[test]
    fn only_what_is_said_changes() {
        let base = Details { location: "Beijing".into(), topics: vec!["data".into()], ..meeting("2020-10-01 09:00") };
        let mut patch = EventPatch { add_topics: vec!["privacy".into()], ..EventPatch::default() };
        patch.say(Field::Start, Said::Text("2020-10-02 10:00")).unwrap();
        let changed = patch.onto(Some(&base), &Zone::utc()).unwrap();
        assert_eq!((changed.location.as_str(), changed.topics.len()), ("Beijing", 2));
        assert_eq!((changed.when.start().to_string().as_str(), changed.when.zone()), ("2020-10-02T10:00", &zone()));
    }

    #[test]
    fn wrong_words_are_refused_by_the_field_they_were_said_in() {
        for (field, words) in [
            (Field::Kind, "party"),
            (Field::Kind, ""),
            (Field::Start, " "),
            (Field::Start, "2020-02-30"),
            (Field::End, "soon"),
            (Field::Timezone, "Mars/Base"),
            (Field::Rdates, "2020-10-01; never"),
            (Field::Status, "maybe"),
        ] {
            let error = EventPatch::default().say(field, Said::Text(words)).unwrap_err();
            assert_eq!(error.field, field.as_str(), "{words}");
        }
        let list = EventPatch::default().say(Field::Title, Said::List(vec!["a".into()]));
        assert_eq!(list.unwrap_err().field, "title");
    }
}
