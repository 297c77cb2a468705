//! Which properties belong to which event (RFC 5545 section 3.4), whatever BEGIN or END is missing.

use super::component::Kind;
use super::definition::Definition;
use super::draft::{Draft, is_private};
use super::lines::Lines;
use super::method::Method;
use super::names::Field;
use super::problems::Problems;
use super::property::Property;

#[derive(Debug, Default)]
pub struct Calendar<'a> {
    pub events: Vec<Draft<'a>>,
    pub zone_name: Option<String>,
    pub method: Method,
    /// Not all people may see its events.
    pub is_private: bool,
}

#[derive(Debug, Default)]
pub struct Outline<'a> {
    pub calendars: Vec<Calendar<'a>>,
    pub definitions: Vec<Definition>,
    /// Not all of the file is there: where that shows first, and how.
    pub cut_off: Option<(u64, String)>,
}

/// How far out an END is looked for among components that nobody knows.
const DEEPEST: usize = 64;

pub fn outline<'a>(lines: Lines<'a>, problems: &mut Problems) -> Outline<'a> {
    let mut reader = Reader::new(problems);
    let mut last = None;
    for line in lines {
        let (number, is_cut) = (line.number, line.is_cut);
        match Property::of(line) {
            None => reader.unreadable(number),
            Some(property) if property.name().eq_ignore_ascii_case("BEGIN") => reader.begin(&property),
            Some(property) if property.name().eq_ignore_ascii_case("END") => reader.end(&property),
            Some(property) => reader.property(property, is_cut),
        }
        last = Some(number);
    }
    reader.finish(last)
}

struct Reader<'a, 'p> {
    problems: &'p mut Problems,
    outline: Outline<'a>,
    calendar: Calendar<'a>,
    event: Option<Draft<'a>>,
    zone: Option<Definition>,
    open: Vec<(Kind, u64)>,
    /// Where in `open` the one is that is an entry of a calendar.
    entry: Option<usize>,
    /// How many VTODO and VJOURNAL there are, and the line of the first.
    others: (u64, u64),
    has_begun: bool,
    /// A calendar had its END.
    has_ended: bool,
    was_unreadable: bool,
}

impl<'a, 'p> Reader<'a, 'p> {
    fn new(problems: &'p mut Problems) -> Self {
        Self {
            problems,
            outline: Outline::default(),
            calendar: Calendar::default(),
            event: None,
            zone: None,
            open: Vec::new(),
            entry: None,
            others: (0, 0),
            has_begun: false,
            has_ended: false,
            was_unreadable: false,
        }
    }

    fn begin(&mut self, property: &Property<'a>) {
        let (kind, line) = (Kind::of(property.value()), property.line);
        self.has_begun = true;
        if kind == Kind::Calendar {
            self.cut_event(line);
            self.close_down_to(0, line);
        } else if kind.is_entry() {
            self.close_down_to(self.entry.unwrap_or(self.open.len()), line);
            self.entry = Some(self.open.len());
        }
        match &kind {
            Kind::Calendar => self.next_calendar(),
            Kind::Event => self.event = Some(Draft { line, properties: Vec::new(), is_cut: false }),
            Kind::Zone => self.zone = Some(Definition::of_calendar(self.outline.calendars.len())),
            Kind::Observance(name) => self.define(&format!("BEGIN:{name}")),
            Kind::Task | Kind::Journal => {
                self.others = (self.others.0 + 1, if self.others.0 == 0 { line } else { self.others.1 });
            }
            Kind::FreeBusy | Kind::Other(_) => {}
        }
        self.open.push((kind, line));
    }

    fn end(&mut self, property: &Property<'a>) {
        let kind = Kind::of(property.value());
        let is_kind = |at: &usize| self.open.get(*at).is_some_and(|(open, _)| *open == kind);
        let nearest = (self.open.len().saturating_sub(DEEPEST)..self.open.len()).rev().find(is_kind);
        let Some(at) = nearest.or(self.entry.filter(is_kind)).or(Some(0).filter(is_kind)) else {
            let name = kind.name();
            return self
                .problems
                .note(property.line, format!("END:{name} has no BEGIN:{name} before it: it is ignored"));
        };
        if kind == Kind::Calendar {
            self.has_ended = true;
            self.cut_event(property.line);
        }
        self.close_down_to(at + 1, property.line);
        self.close();
    }

    /// An event that is open where its calendar ends was cut off in the middle, and the end was put behind it.
    fn cut_event(&mut self, line: u64) {
        if let Some(event) = &mut self.event {
            event.is_cut = true;
            self.cut_off(line, "the calendar ends in the middle of an event".to_owned());
        }
    }

    fn cut_off(&mut self, line: u64, reason: String) {
        self.outline.cut_off.get_or_insert((line, reason));
    }

    /// Closes what is open inside of the first `depth`; none of it has an END.
    fn close_down_to(&mut self, depth: usize, line: u64) {
        while self.open.len() > depth {
            if let Some((kind, begin)) = self.open.last() {
                let (name, begin) = (kind.name().to_owned(), *begin);
                if *kind == Kind::Event || *kind == Kind::Calendar && !self.calendar.events.is_empty() {
                    self.cut_off(line, format!("BEGIN:{name} in line {begin} has no END:{name} before this line"));
                }
                self.problems
                    .note(begin, format!("BEGIN:{name} has no END:{name}: it is taken to end before line {line}"));
            }
            self.close();
        }
    }

    /// Closes the innermost component.
    fn close(&mut self) {
        let closed = self.open.pop();
        if self.entry.is_some_and(|entry| entry >= self.open.len()) {
            self.entry = None;
        }
        match closed {
            Some((Kind::Event, _)) => self.calendar.events.extend(self.event.take()),
            Some((Kind::Zone, _)) => {
                self.define("END:VTIMEZONE");
                self.outline.definitions.extend(self.zone.take().filter(Definition::is_whole));
            }
            Some((Kind::Observance(name), _)) => self.define(&format!("END:{name}")),
            Some((Kind::Calendar, _)) => self.next_calendar(),
            _ => {}
        }
    }

    /// What comes now belongs to another calendar, even if it stands in none.
    fn next_calendar(&mut self) {
        self.outline.calendars.push(std::mem::take(&mut self.calendar));
    }

    fn define(&mut self, line: &str) {
        if let Some(zone) = &mut self.zone {
            zone.add(line);
        }
    }

    fn property(&mut self, property: Property<'a>, is_cut: bool) {
        self.was_unreadable = false;
        match self.open.last().map(|(kind, _)| kind) {
            Some(Kind::Event) => {
                let field = Field::of(property.name()).filter(|field| !is_cut || field.is_text());
                if let (Some(field), Some(event)) = (field, &mut self.event) {
                    event.properties.push((field, property));
                }
            }
            Some(Kind::Zone | Kind::Observance(_)) => {
                if let Some(zone) = &mut self.zone {
                    zone.add_property(&property);
                }
            }
            Some(Kind::Calendar) | None if property.name().eq_ignore_ascii_case("X-WR-TIMEZONE") => {
                self.calendar.zone_name = Some(property.value().to_owned());
            }
            Some(Kind::Calendar) if property.name().eq_ignore_ascii_case("METHOD") => {
                self.calendar.method = Method::of(property.value());
            }
            Some(Kind::Calendar) if Field::of(property.name()) == Some(Field::Class) => {
                self.calendar.is_private |= is_private(&property);
            }
            _ => {}
        }
    }

    /// Of several such lines on end, the first is reported.
    fn unreadable(&mut self, line: u64) {
        if !self.open.is_empty() && !std::mem::replace(&mut self.was_unreadable, true) {
            let reason =
                "the line can't be read: it should begin with the name of a property and a colon; it is ignored";
            self.problems.note(line, reason.to_owned());
        }
    }

    fn finish(mut self, last: Option<u64>) -> Outline<'a> {
        if !self.has_begun {
            let reason = "this is not an iCalendar file: it should begin with BEGIN:VCALENDAR";
            self.problems.reject(1, reason.to_owned());
        }
        if let (Some(last), Some((kind, _))) = (last, self.open.first()) {
            let name = kind.name();
            let reason = format!("the file ends before END:{name}: it may have been cut off");
            self.problems.note(last, reason);
            let within = if self.event.is_some() { ", in the middle of an event" } else { "" };
            self.cut_off(last, format!("the file ends before END:{name}{within}"));
        }
        if self.has_begun && !self.has_ended {
            let reason = "nowhere it says END:VCALENDAR, so nobody can tell whether it ends here";
            self.cut_off(last.unwrap_or(1), reason.to_owned());
        }
        if let Some(mut event) = self.event.take() {
            event.is_cut = true;
            self.calendar.events.push(event);
        }
        if let (1.., line) = self.others {
            let count = self.others.0;
            let reason = format!("tasks and journals (VTODO, VJOURNAL) are not events: {count} left out");
            self.problems.note(line, reason);
        }
        self.next_calendar();
        self.outline
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The SUMMARYs of each event by calendar, and the lines of the problems.
    fn check(lines: &str, calendars: &[&[&str]], problems: &[u64]) {
        let text = lines.replace(' ', "\r\n").replace('_', " ");
        let mut found = Problems::default();
        let outline = outline(Lines::new(text.as_bytes()), &mut found);
        let summary = |event: &Draft<'_>| event.properties.iter().map(|(_, p)| p.value()).collect::<Vec<_>>().join("+");
        let events = outline.calendars.iter().map(|calendar| calendar.events.iter().map(summary).collect::<Vec<_>>());
        let events: Vec<_> = events.filter(|events| !events.is_empty()).collect();
        assert_eq!(events, calendars, "{lines}");
        let lines_found: Vec<u64> = found.into_list().iter().map(|problem| problem.line).collect();
        assert_eq!(lines_found, problems, "{lines}");
    }

    #[test]
    fn events_are_found_wherever_they_stand() {
        for (lines, calendars, problems) in [
            ("BEGIN:VCALENDAR BEGIN:VEVENT SUMMARY:a END:VEVENT END:VCALENDAR ", &[&["a"][..]][..], &[][..]),
            ("begin:vcalendar begin:vevent summary:a end:vevent end:vcalendar ", &[&["a"]], &[]),
            ("BEGIN:VEVENT SUMMARY:a END:VEVENT BEGIN:VEVENT SUMMARY:b END:VEVENT ", &[&["a", "b"]], &[]),
            (
                "BEGIN:VCALENDAR BEGIN:VEVENT SUMMARY:a END:VEVENT END:VCALENDAR BEGIN:VEVENT SUMMARY:b END:VEVENT ",
                &[&["a"], &["b"]],
                &[],
            ),
            (
                "BEGIN:VEVENT SUMMARY:a BEGIN:VALARM SUMMARY:x BEGIN:X SUMMARY:y END:X END:VALARM SUMMARY:b END:VEVENT ",
                &[&["a+b"]],
                &[],
            ),
            ("BEGIN:X-WRAP BEGIN:VEVENT SUMMARY:a END:VEVENT END:X-WRAP ", &[&["a"]], &[]),
            ("SUMMARY:x BEGIN:VCALENDAR SUMMARY:y BEGIN:VTODO SUMMARY:z END:VTODO END:VCALENDAR ", &[], &[4]),
        ] {
            check(lines, calendars, problems);
        }
    }

    #[test]
    fn missing_and_misplaced_ends_are_made_up_for() {
        for (lines, calendars, problems) in [
            (
                "BEGIN:VCALENDAR BEGIN:VEVENT SUMMARY:a BEGIN:VEVENT SUMMARY:b END:VEVENT END:VCALENDAR ",
                &[&["a", "b"][..]][..],
                &[2][..],
            ),
            (
                "BEGIN:VCALENDAR BEGIN:VEVENT SUMMARY:a END:VCALENDAR BEGIN:VCALENDAR BEGIN:VEVENT SUMMARY:b END:VEVENT END:VCALENDAR ",
                &[&["a"], &["b"]],
                &[2],
            ),
            ("BEGIN:VCALENDAR BEGIN:VCALENDAR BEGIN:VEVENT SUMMARY:b END:VEVENT END:VCALENDAR ", &[&["b"]], &[1]),
            ("BEGIN:VEVENT SUMMARY:a BEGIN:VALARM SUMMARY:x END:VEVENT ", &[&["a"]], &[3]),
            ("BEGIN:VEVENT SUMMARY:a BEGIN:VALARM BEGIN:VEVENT SUMMARY:b END:VEVENT ", &[&["a", "b"]], &[1, 3]),
            ("BEGIN:VTIMEZONE BEGIN:STANDARD BEGIN:VEVENT SUMMARY:a END:VEVENT ", &[&["a"]], &[1, 2]),
            (
                "BEGIN:VEVENT END:VALARM SUMMARY:a END:VTODO END:VEVENT END:VEVENT END:VCALENDAR ",
                &[&["a"]],
                &[2, 4, 6, 7],
            ),
            ("BEGIN:VCALENDAR BEGIN:VEVENT SUMMARY:a DTSTART:2020", &[&["a"]], &[4]),
            ("BEGIN:VCALENDAR BEGIN:VEVENT DTSTART:2020 SUMMARY:a", &[&["2020+a"]], &[4]),
            ("BEGIN:VCALENDAR BEGIN:VEVENT SUMMARY:a END:VEVENT ", &[&["a"]], &[4]),
            ("BEGIN:VEVENT SUMMARY:a UID:1 junk more junk END:VEVENT ", &[&["a+1"]], &[4]),
            ("no calendar at all ", &[], &[1]),
            ("", &[], &[1]),
        ] {
            check(lines, calendars, problems);
        }
    }

    #[test]
    fn it_is_known_whether_all_of_a_file_is_there() {
        const ONE: &str = "BEGIN:VEVENT SUMMARY:a END:VEVENT ";
        for (lines, cut_off, cut_events) in [
            (format!("BEGIN:VCALENDAR {ONE}END:VCALENDAR "), None, 0),
            (format!("BEGIN:VCALENDAR {ONE}END:VCALENDAR"), None, 0),
            ("BEGIN:VCALENDAR END:VCALENDAR ".to_owned(), None, 0),
            (
                format!("BEGIN:VCALENDAR {ONE}END:VCALENDAR <b>Warning</b>:_x BEGIN:VCALENDAR {ONE}END:VCALENDAR "),
                None,
                0,
            ),
            (format!("BEGIN:VCALENDAR BEGIN:VCALENDAR {ONE}END:VCALENDAR "), None, 0),
            // Without its end.
            (format!("BEGIN:VCALENDAR {ONE}"), Some(4), 0),
            (format!("BEGIN:VCALENDAR {ONE}END:VCALENDA"), Some(5), 0),
            (format!("BEGIN:VCALENDAR {ONE}<br_/> <b>Fatal_error</b>:_x <br_/> "), Some(7), 0),
            (format!("BEGIN:VCALENDAR {ONE}END:VCALENDAR BEGIN:VCALENDAR {ONE}"), Some(9), 0),
            (format!("BEGIN:VCALENDAR {ONE}BEGIN:VCALENDAR {ONE}END:VCALENDAR "), Some(5), 0),
            (ONE.to_owned(), Some(3), 0),
            // In an event.
            ("BEGIN:VCALENDAR BEGIN:VEVENT SUMMARY:a DESCRIPTION:b".to_owned(), Some(4), 1),
            ("BEGIN:VCALENDAR BEGIN:VEVENT SUMMARY:a END:VEVEN".to_owned(), Some(4), 1),
            ("BEGIN:VCALENDAR BEGIN:VEVENT SUMMARY:a END:VCALENDAR ".to_owned(), Some(4), 1),
            (format!("BEGIN:VCALENDAR BEGIN:VEVENT SUMMARY:a BEGIN:VCALENDAR {ONE}END:VCALENDAR "), Some(4), 1),
            // The next one is there, so this one is taken to be.
            (format!("BEGIN:VCALENDAR BEGIN:VEVENT SUMMARY:a {ONE}END:VCALENDAR "), Some(4), 0),
        ] {
            let text = lines.replace(' ', "\r\n").replace('_', " ");
            let outline = outline(Lines::new(text.as_bytes()), &mut Problems::default());
            let events = outline.calendars.iter().flat_map(|calendar| &calendar.events);
            let found = (outline.cut_off.as_ref().map(|(line, _)| *line), events.filter(|event| event.is_cut).count());
            assert_eq!(found, (cut_off, cut_events), "{lines}");
        }
    }

    #[test]
    fn nesting_has_no_limit_and_costs_little() {
        let text =
            format!("{}BEGIN:VEVENT SUMMARY:a END:VEVENT {}", "BEGIN:A ".repeat(100_000), "END:B ".repeat(100_000));
        let mut problems = Problems::default();
        let text = text.replace(' ', "\n");
        let outline = outline(Lines::new(text.as_bytes()), &mut problems);
        assert_eq!(outline.calendars.iter().map(|calendar| calendar.events.len()).sum::<usize>(), 1);
        assert_eq!(problems.into_list().len(), 10_001);
    }
}
