"""A plugin for pytest that lets recurring-ical-events' own tests judge kalends: a calendar that a test asks for is imported
into kalends, and the test gets one that has each date of `event list` as an event that does not repeat. So all questions
(at, between, after, how many) are the tests' own, and all answers are kalends'. What the tests ask of other properties
than dates, titles and UIDs, of tasks, journals and alarms, fails by its nature."""

import os
import sys
import tempfile
from datetime import date, datetime, timezone

import icalendar
import pytest

from feed import told
from imported import Imported

PROGRAM, FOLDER = os.environ["REFERENCE_PROGRAM"], os.environ["REFERENCE_FOLDER"]
flat = {}


def original_start(row):
    """What tells it from the other dates of its event."""
    if len(row["occurrence"] or "") == len("2026-01-01"):
        return date.fromisoformat(row["occurrence"])
    if row["occurrence"]:
        return datetime.fromisoformat(row["occurrence"]).replace(tzinfo=getattr(row["begin"], "tzinfo", timezone.utc))
    return row["begin"]


def dates_of(content):
    """The same calendar with its events replaced by their dates."""
    with tempfile.NamedTemporaryFile(suffix=".ics") as file:
        file.write(content)
        file.flush()
        imported = Imported(PROGRAM, FOLDER + "/tests", file.name)
    calendar = icalendar.Calendar()
    if zone := icalendar.Calendar.from_ical(content).get("X-WR-TIMEZONE"):
        # The times that tests ask for are meant in it.
        calendar.add("X-WR-TIMEZONE", zone)
    for row in imported.events(date(1970, 1, 1), date(2037, 12, 31)):
        event = icalendar.Event()
        event.add("UID", row["uid"])
        event.add("RECURRENCE-ID", original_start(row))
        event.add("SUMMARY", row["title"])
        if row["status"] != "confirmed":
            event.add("STATUS", row["status"].upper())
        event.add("DTSTART", row["begin"])
        event.add("DTEND", row["over"])
        event.add("SEQUENCE", row["sequence"])
        event.add("DTSTAMP", row["begin"])
        calendar.add_component(event)
    return calendar.to_ical()


def pytest_collection_modifyitems(items):
    """Only the tests that ask about calendars, each once: not in reverse order too, nor with another library's zones."""
    items[:] = [
        item for item in items
        if "calendars" in item.fixturenames and "Reversed" not in item.name and "pytz" not in item.name
    ]


def pytest_collection_finish(session):
    their = sys.modules["recurring_ical_events.test.conftest"]

    def get_calendar(self, content):
        if self.components:
            pytest.skip("not about events")
        if content not in flat:
            flat[content] = dates_of(content)
        self.tzp()
        query = self._of(icalendar.Calendar.from_ical(flat[content]))
        between = query.between
        # Single dates without their series come in any order.
        query.between = lambda *span: sorted(between(*span), key=lambda event: told(event.start))
        return query

    their.Calendars.get_calendar = get_calendar
