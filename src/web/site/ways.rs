//! The ways in which programs take a calendar, each by an address of its own.

use fast_qr::QRBuilder;
use fast_qr::convert::svg::SvgBuilder;
use url::form_urlencoded;

use crate::domain::event::Event;
use crate::domain::when::Point;

/// What leads each program to one calendar.
pub struct Ways {
    /// Where the calendar itself is.
    pub address: String,
    /// Apple Calendar, Outlook on a computer, Thunderbird.
    pub webcal: String,
    pub google: String,
    /// Outlook.com,
    pub outlook: String,
    /// and Outlook of an organization.
    pub office: String,
    /// What a phone's camera reads, as an SVG; empty where there is too much to be read.
    pub code: String,
}

impl Ways {
    /// Of the calendar at an address, with what it is called there where that is asked for. `scanned`: where the code leads a
    /// phone to.
    pub fn of(address: String, title: &str, scanned: &str) -> Self {
        let webcal = webcal(&address);
        let google: String = form_urlencoded::byte_serialize(webcal.as_bytes()).collect();
        let named = form_urlencoded::Serializer::new(String::new())
            .append_pair("url", &address)
            .append_pair("name", title)
            .finish();
        Self {
            google: format!("https://calendar.google.com/calendar/render?cid={google}"),
            outlook: format!("https://outlook.live.com/calendar/0/addfromweb?{named}"),
            office: format!("https://outlook.office.com/calendar/0/addfromweb?{named}"),
            code: code(scanned),
            address,
            webcal,
        }
    }

    /// Of a calendar that is one reader's own: no page leads to it, so the code does.
    pub fn of_own(address: String, title: &str) -> Self {
        let scanned = webcal(&address);
        Self::of(address, title, &scanned)
    }
}

/// Where people put one event into a calendar that they keep on the web.
pub struct WaysOfOne {
    pub google: String,
    pub outlook: String,
}

impl WaysOfOne {
    /// None of what has no date yet, does not come to be, or repeats: they take one date, and would not learn of the others.
    pub fn of(event: &Event, page_url: &str) -> Option<Self> {
        let details = &event.details;
        let when = &details.when;
        if when.is_partial() || event.is_cancelled() || details.repeat.is_some() {
            return None;
        }
        let is_at_an_hour = matches!(when.start(), Point::Minute(_));
        let (begins, ends) = match is_at_an_hour {
            true => (
                when.first_instant().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
                when.end_instant().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            ),
            // They want the day after the last.
            false => (when.first_day().to_string(), when.last_day().tomorrow().ok()?.to_string()),
        };
        let dense = |text: &str| text.replace(['-', ':'], "");
        let title = details.title.as_str();
        let place = if details.place().is_empty() { &details.join_url } else { details.place() };
        let google = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("action", "TEMPLATE"), ("text", title), ("location", place), ("details", page_url)])
            .append_pair("dates", &format!("{}/{}", dense(&begins), dense(&ends)))
            .append_pair("ctz", when.zone().name())
            .finish();
        let outlook = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("path", "/calendar/action/compose"), ("rru", "addevent"), ("subject", title)])
            .extend_pairs([("location", place), ("body", page_url), ("startdt", &begins), ("enddt", &ends)])
            .append_pair("allday", if is_at_an_hour { "false" } else { "true" })
            .finish();
        Some(Self {
            google: format!("https://calendar.google.com/calendar/render?{google}"),
            outlook: format!("https://outlook.live.com/calendar/0/deeplink/compose?{outlook}"),
        })
    }
}

/// The address by which a calendar program is asked to follow.
pub fn webcal(url: &str) -> String {
    url.replacen("https://", "webcal://", 1).replacen("http://", "webcal://", 1)
}

fn code(text: &str) -> String {
    QRBuilder::new(text).build().map(|code| SvgBuilder::default().to_str(&code)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::{Details, Kind};
    use crate::domain::when::When;

    fn of(start: &str, end: Option<&str>) -> Option<WaysOfOne> {
        let when = When::parse(start, end, "Asia/Shanghai".parse().unwrap()).unwrap();
        let details = Details { location: "Hall 2 & 3".into(), ..Details::new(Kind::Meeting, "Plenary", when) };
        WaysOfOne::of(&Event::new(1, "1".into(), details, jiff::Timestamp::UNIX_EPOCH), "https://example.org/events/1")
    }

    #[test]
    fn one_event_is_put_into_a_calendar_at_its_hour_or_on_its_days() {
        let hour = of("2026-12-01 09:00", Some("2026-12-01 10:30")).unwrap();
        assert!(hour.google.contains("dates=20261201T010000Z%2F20261201T023000Z"), "{}", hour.google);
        assert!(hour.google.contains("location=Hall+2+%26+3"), "{}", hour.google);
        assert!(hour.outlook.contains("startdt=2026-12-01T01%3A00%3A00Z&enddt=2026-12-01T02%3A30%3A00Z&allday=false"));
        let days = of("2026-12-01", Some("2026-12-03")).unwrap();
        assert!(days.google.contains("dates=20261201%2F20261204"), "{}", days.google);
        assert!(days.outlook.contains("startdt=2026-12-01&enddt=2026-12-04&allday=true"), "{}", days.outlook);
        assert!(of("2026-12", None).is_none());
    }

    #[test]
    fn a_calendar_has_a_way_for_each_program_and_a_code_for_the_phone() {
        let ways = Ways::of_own("https://example.org/calendar.ics?topic=a%26b".into(), "A & B");
        assert_eq!(ways.webcal, "webcal://example.org/calendar.ics?topic=a%26b");
        assert!(ways.google.ends_with("?cid=webcal%3A%2F%2Fexample.org%2Fcalendar.ics%3Ftopic%3Da%2526b"));
        assert!(ways.outlook.ends_with("?url=https%3A%2F%2Fexample.org%2Fcalendar.ics%3Ftopic%3Da%2526b&name=A+%26+B"));
        assert!(ways.code.starts_with("<svg"), "{}", ways.code);
        assert_eq!(Ways::of_own("x".repeat(5000), "").code, "");
    }
}
