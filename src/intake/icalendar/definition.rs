//! VTIMEZONEs as calcard reads them without loss (RFC 5545 section 3.6.5).

use super::property::{Property, unescaped};

/// A VTIMEZONE, written anew for calcard.
#[derive(Debug)]
pub struct Definition {
    pub calendar: usize,
    pub tzid: String,
    pub text: String,
}

/// No honest definition is longer.
const LONGEST_DEFINITION: usize = 100_000;

impl Definition {
    pub fn of_calendar(calendar: usize) -> Self {
        Self { calendar, tzid: String::new(), text: String::from("BEGIN:VTIMEZONE\r\n") }
    }

    pub fn add(&mut self, line: &str) {
        if self.text.len() < LONGEST_DEFINITION {
            self.text.push_str(line);
            self.text.push_str("\r\n");
        }
    }

    pub fn is_whole(&self) -> bool {
        self.text.ends_with("END:VTIMEZONE\r\n")
    }

    pub fn add_property(&mut self, property: &Property<'_>) {
        let name = property.name().to_ascii_uppercase();
        let value = property.value();
        match name.as_str() {
            // TEXT, while the parameter TZID is not.
            "TZID" => self.tzid = unescaped(value).trim_matches('"').to_owned(),
            // calcard takes `+05:30` for `+05`.
            "TZOFFSETFROM" | "TZOFFSETTO" => {
                let sign = if value.starts_with(['+', '-']) { "" } else { "+" };
                self.add(&format!("{name}:{sign}{}", value.replace(':', "")));
            }
            "DTSTART" | "RDATE" | "RRULE" | "TZURL" | "X-LIC-LOCATION" | "X-MICROSOFT-CDO-TZID" => {
                self.add(&format!("{name}:{value}"));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::lines::Lines;
    use super::super::outline::outline;
    use super::super::problems::Problems;

    #[test]
    fn definitions_are_written_anew() {
        let text = "BEGIN:VTIMEZONE\nTZID:\"x\\, y\"\nX-FOO:1\nX-LIC-LOCATION:Europe/Rome\nBEGIN:DAYLIGHT\nDTSTART;X=y:2020\n 0101\n\
             TZOFFSETTO:05:30\nTZOFFSETFROM:-0530\nBEGIN:X\nRRULE:no\nEND:X\nEND:DAYLIGHT\nEND:VTIMEZONE\n";
        let outline = outline(Lines::new(text.as_bytes()), &mut Problems::default());
        let [definition] = &outline.definitions[..] else { panic!("{:?}", outline.definitions) };
        assert_eq!(definition.tzid, "x, y");
        assert_eq!(
            definition.text.replace("\r\n", " "),
            "BEGIN:VTIMEZONE X-LIC-LOCATION:Europe/Rome BEGIN:DAYLIGHT DTSTART:20200101 TZOFFSETTO:+0530 TZOFFSETFROM:-0530 \
             END:DAYLIGHT END:VTIMEZONE "
        );
    }
}
