"""Judges a feed by RFC 5545 itself: what it says MUST be, and what programs rely on besides. Prints the mistakes;
`rfc5545.py FILE` exits with 1 if there are any."""

import re
import sys
from datetime import datetime, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

from content import line_mistakes, parse

UTC, LOCAL, DAY = r"\d{8}T\d{6}Z", r"\d{8}T\d{6}", r"\d{8}"
FORMS = {
    "DTSTAMP": UTC, "CREATED": UTC, "LAST-MODIFIED": UTC, "SEQUENCE": r"\d+", "STATUS": "TENTATIVE|CONFIRMED|CANCELLED",
    "TRANSP": "OPAQUE|TRANSPARENT", "URL": r"[a-z]+://\S+", "REFRESH-INTERVAL": r"P(T?\d+[WDHMS])+", "VERSION": r"2\.0",
    "TZOFFSETFROM": r"[+-]\d{4}(\d\d)?", "TZOFFSETTO": r"[+-]\d{4}(\d\d)?",
}
# Section 3.3.11: TEXT has neither a lone backslash nor a bare comma or semicolon; a list has commas between its values.
TEXT = r"(?:[^\\;,]|\\[\\;,nN])*"
TEXTS = ["SUMMARY", "DESCRIPTION", "LOCATION", "CONTACT", "COMMENT", "UID", "TZID", "TZNAME", "REFID", "NAME", "PRODID",
         "X-WR-CALNAME", "X-WR-CALDESC", "X-KALENDS-TITLE"]
FORMS |= dict.fromkeys(TEXTS, TEXT) | {"CATEGORIES": f"{TEXT}(?:,{TEXT})*"}
MANY = {"CATEGORIES", "COMMENT", "CONTACT", "EXDATE", "RDATE", "REFID", "TZNAME"}
NEEDED = {"VCALENDAR": ["PRODID", "VERSION"], "VEVENT": ["UID", "DTSTAMP", "DTSTART"], "VTIMEZONE": ["TZID"],
          "STANDARD": ["DTSTART", "TZOFFSETFROM", "TZOFFSETTO"], "DAYLIGHT": ["DTSTART", "TZOFFSETFROM", "TZOFFSETTO"]}


def kind(property):
    """In what way a date or time is told: two properties of one kind can be compared."""
    first = property.value.split(",")[0]
    zone = property.parameters.get("TZID", "")
    form = DAY if property.parameters.get("VALUE") == "DATE" else LOCAL if zone else f"{UTC}|{LOCAL}"
    if not re.fullmatch(f"({form})(,({form}))*", property.value):
        return "unreadable"
    return "DATE" if form == DAY else zone or ("UTC" if first.endswith("Z") else "floating")


def instant(property):
    zone = property.parameters.get("TZID")
    moment = datetime.fromisoformat(property.value)
    return moment.astimezone(timezone.utc) if "Z" in property.value else moment.replace(tzinfo=ZoneInfo(zone or "UTC"))


def component_mistakes(component):
    names = [property.name for property in component.properties]
    for name in NEEDED.get(component.name, []):
        if name not in names:
            yield f"no {name}"
    for name in sorted(set(names)):
        if names.count(name) > 1 and name not in MANY:
            yield f"several {name}"
    for property in component.properties:
        form = FORMS.get(property.name)
        if form and not re.fullmatch(form, property.value):
            yield f"not a value of its kind: {property.line}"


def zone_mistakes(zone, events):
    parts = zone.children
    if not parts or any(part.name not in ("STANDARD", "DAYLIGHT") for part in parts):
        return ["no STANDARD and no DAYLIGHT"]
    wrong = [mistake for part in parts for mistake in component_mistakes(part)]
    if any(kind(part.one("DTSTART")) != "floating" for part in parts):
        wrong.append("a DTSTART that is not the local clock's")
    # Without an onset before it, a time has no offset.
    starts = [event.value("DTSTART") for event in events if kind(event.one("DTSTART")) == zone.value("TZID")]
    if starts and min(starts) < min(part.value("DTSTART") for part in parts):
        wrong.append(f"no offset at {min(starts)}")
    return wrong


def event_mistakes(event, whole, zones):
    start, end = event.one("DTSTART"), event.one("DTEND")
    dates = [p for p in event.properties if p.name in ("DTSTART", "DTEND", "RECURRENCE-ID", "RDATE", "EXDATE")]
    for property in dates:
        of = kind(property)
        if of in ("unreadable", "floating"):
            yield f"{of}: {property.line}"
        elif of not in ("DATE", "UTC", *zones):
            yield f"{of} has no VTIMEZONE"
        elif property.name in ("RDATE", "EXDATE") and of != kind(start):
            yield f"not told as DTSTART is: {property.line}"
    if end and ((kind(end) == "DATE") != (kind(start) == "DATE") or instant(end) <= instant(start)):
        yield f"{end.line} does not come after {start.line}"
    if end and event.one("DURATION"):
        yield "both DTEND and DURATION"
    if event.one("RECURRENCE-ID"):
        # The start that the rule gives it, and so in the words of the series, wherever it was moved.
        if whole is None:
            yield "a changed date without its series"
        elif kind(event.one("RECURRENCE-ID")) != kind(whole.one("DTSTART")):
            yield f"{event.one('RECURRENCE-ID').line} is not told as the series is: {whole.one('DTSTART').line}"
        if event.one("RRULE"):
            yield "a single date with an RRULE"
    until = re.search(r"UNTIL=([^;]*)", event.value("RRULE"))
    if until and not re.fullmatch(DAY if kind(start) == "DATE" else UTC, until[1]):
        yield f"UNTIL is not of the kind that DTSTART asks for: {event.value('RRULE')}"
    # Not the standard's: the title as it was given stands beside the SUMMARY that was made from it.
    if event.one("X-KALENDS-TITLE") and event.value("X-KALENDS-TITLE") not in event.value("SUMMARY"):
        yield f"X-KALENDS-TITLE:{event.value('X-KALENDS-TITLE')} is not in SUMMARY:{event.value('SUMMARY')}"


def mistakes(octets):
    yield from line_mistakes(octets)
    calendar = parse(octets)
    events = [child for child in calendar.children if child.name == "VEVENT"]
    zones = [child.value("TZID") for child in calendar.children if child.name == "VTIMEZONE"]
    series = {event.value("UID"): event for event in events if not event.one("RECURRENCE-ID")}
    names = [(event.value("UID"), event.value("RECURRENCE-ID")) for event in events]
    yield from (f"several VTIMEZONE {zone}" for zone in sorted(set(zones)) if zones.count(zone) > 1)
    yield from (f"several VEVENT {name}" for name in sorted(set(names)) if names.count(name) > 1)
    for component in [calendar, *calendar.children]:
        title = f"{component.name} {component.value('SUMMARY') or component.value('TZID')}"
        found = list(component_mistakes(component))
        if component.name == "VTIMEZONE":
            found += zone_mistakes(component, events)
        elif component.name == "VEVENT" and not found:
            found += event_mistakes(component, series.get(component.value("UID")), zones)
        yield from (f"{title}: {mistake}" for mistake in found)


def main():
    found = list(mistakes(Path(sys.argv[1]).read_bytes()))
    print("".join(f"  RFC 5545   {mistake}\n" for mistake in found), end="")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
