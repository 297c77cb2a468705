//! The kinds of components that matter (RFC 5545 section 3.6).

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    Calendar,
    Event,
    Zone,
    /// STANDARD or DAYLIGHT in a VTIMEZONE.
    Observance(&'static str),
    Task,
    Journal,
    FreeBusy,
    Other(String),
}

impl Kind {
    pub fn of(name: &str) -> Self {
        match name.to_ascii_uppercase().as_str() {
            "VCALENDAR" => Kind::Calendar,
            "VEVENT" => Kind::Event,
            "VTIMEZONE" => Kind::Zone,
            "STANDARD" => Kind::Observance("STANDARD"),
            "DAYLIGHT" => Kind::Observance("DAYLIGHT"),
            "VTODO" => Kind::Task,
            "VJOURNAL" => Kind::Journal,
            "VFREEBUSY" => Kind::FreeBusy,
            name => Kind::Other(name.chars().take(60).collect()),
        }
    }

    pub fn name(&self) -> &str {
        match self {
            Kind::Calendar => "VCALENDAR",
            Kind::Event => "VEVENT",
            Kind::Zone => "VTIMEZONE",
            Kind::Observance(name) => name,
            Kind::Task => "VTODO",
            Kind::Journal => "VJOURNAL",
            Kind::FreeBusy => "VFREEBUSY",
            Kind::Other(name) => name,
        }
    }

    /// It stands in a calendar, and never in another of these.
    pub fn is_entry(&self) -> bool {
        matches!(self, Kind::Event | Kind::Zone | Kind::Task | Kind::Journal | Kind::FreeBusy)
    }
}
