"""What the readers in Python share: fetching the feed as calendar programs do (kept with its ETag, and asked for again
with If-None-Match), and the common form in which every program tells its dates. A row is [start, end, summary, status,
uid]; a time is an instant in UTC, a day is a date, an end is exclusive. Those that touch the years 2026 and 2027 are
told."""

import json
import sys
import urllib.error
import urllib.request
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

WINDOW = (date(2026, 1, 1), date(2028, 1, 1))


def fetch(url, folder):
    """The feed's octets: those of last time where the server says that they still are."""
    body, etag = Path(folder, "calendar.ics"), Path(folder, "etag")
    known = {"If-None-Match": etag.read_text()} if etag.exists() else {}
    status, headers, octets = get(url, known)
    if status == 304:
        return body.read_bytes()
    body.parent.mkdir(parents=True, exist_ok=True)
    body.write_bytes(octets)
    etag.write_text(headers["ETag"])
    return octets


def get(url, headers):
    """Status, headers and body of an answer, 304 too."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=20) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def told(moment):
    """A date as it is, a time in UTC."""
    if isinstance(moment, datetime):
        return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return moment.isoformat()


def in_window(start, end):
    """What begins before the window's end and is not over at its beginning; days count as days of UTC."""
    def instant(moment):
        if isinstance(moment, datetime):
            return moment.astimezone(timezone.utc)
        return datetime(moment.year, moment.month, moment.day, tzinfo=timezone.utc)
    first, last = map(instant, WINDOW)
    return instant(start) < last and (instant(start) >= first or instant(end) > first)


def row(uid, start, end, status, summary):
    """One date, or None outside of the window. Without an end, a day lasts a day and a time no time (section 3.6.1)."""
    if end is None:
        end = start if isinstance(start, datetime) else start + timedelta(days=1)
    return [told(start), told(end), summary, status, uid] if in_window(start, end) else None


def print_rows(rows):
    json.dump(sorted(row for row in rows if row), sys.stdout, ensure_ascii=False, indent=0)
    print()
