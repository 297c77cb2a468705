"""What every program should see: computed from `kalends --json event list --from … --to …`, which comes as standard
input. A feed differs from that list in these ways, all of them on purpose: it has no drafts; of a month, a quarter or a
year it has the first day, and the title and a TENTATIVE say that no more is known; what is cancelled says so in its
title."""

import json
import sys
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from feed import print_rows, row

MONTHS = "January February March April May June July August September October November December".split()


def words(point):
    """`October 2026`, `Q4 2026`, `2026`."""
    year, _, part = point.partition("-")
    return f"{part if part.startswith('Q') else MONTHS[int(part) - 1]} {year}" if part else year


def first_day(point):
    year, _, part = point.partition("-")
    month = 3 * int(part[1:]) - 2 if part.startswith("Q") else int(part or 1)
    return date(int(year), month, 1)


def expected(event):
    start, end, title, status = event["start"], event["end"], event["title"], event["status"].upper()
    if event["precision"] == "minute":
        zone = ZoneInfo(event["timezone"])
        start, end = (at and datetime.fromisoformat(at).replace(tzinfo=zone) for at in (start, end))
    elif event["precision"] == "day":
        start, end = date.fromisoformat(start), date.fromisoformat(end or start) + timedelta(days=1)
    else:
        first, last = words(start), words(end or start)
        if end and start[:4] == end[:4]:
            first = first.removesuffix(start[:4]).strip()
        joined = last if not end else f"{first}–{last}" if start[:4] == end[:4] else f"{first} – {last}"
        title, start, end = f"{title} ({joined})", first_day(start), None
        status = "TENTATIVE" if status == "CONFIRMED" else status
    if status == "CANCELLED":
        title = f"[Cancelled] {title}"
    return row(event["uid"], start, end, status, title)


print_rows(expected(event) for event in json.load(sys.stdin) if event["status"] != "draft")
