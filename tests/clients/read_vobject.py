"""The feed as vobject sees it. It expands each component's RRULE, RDATE and EXDATE by itself but knows nothing of
RECURRENCE-ID: what a changed date replaces is taken out here. `read_vobject.py URL FOLDER`."""

import sys
from datetime import datetime

import vobject

from feed import WINDOW, fetch, print_rows, row


def starts(event):
    first, zone = event.dtstart.value, getattr(event.dtstart.value, "tzinfo", None)
    if event.rruleset is None:
        return [first]
    found = []
    for start in event.getrruleset(addRDate=True):
        if start.date() >= WINDOW[1]:
            break
        # It expands on the wall clock, and leaves the zone to the reader.
        found.append(start.replace(tzinfo=zone) if isinstance(first, datetime) else start.date())
    return found


def rows(calendar):
    replaced = {(e.uid.value, e.recurrence_id.value) for e in calendar.vevent_list if hasattr(e, "recurrence_id")}
    for event in calendar.vevent_list:
        length = event.dtend.value - event.dtstart.value if hasattr(event, "dtend") else None
        for start in starts(event):
            if hasattr(event, "recurrence_id") or (event.uid.value, start) not in replaced:
                end = length and start + length
                yield row(event.uid.value, start, end, event.status.value, event.summary.value)


print_rows(rows(vobject.readOne(fetch(*sys.argv[1:]).decode())))
