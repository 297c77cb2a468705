"""The feed as python-icalendar and recurring-ical-events see it. `read_icalendar.py URL FOLDER`."""

import sys
from datetime import datetime, timezone

import icalendar
import recurring_ical_events

from feed import WINDOW, fetch, print_rows, row

calendar = icalendar.Calendar.from_ical(fetch(*sys.argv[1:]))
first, last = (datetime(day.year, day.month, day.day, tzinfo=timezone.utc) for day in WINDOW)
print_rows(
    row(str(event["UID"]), event.start, event.end, str(event["STATUS"]), str(event["SUMMARY"]))
    for event in recurring_ical_events.of(calendar).between(first, last)
)
