"""Imports every .ics file below a folder and compares the dates with those that recurring-ical-events finds, in windows of
two years from the first start on; then exports them, judges the export by rfc5545.py, imports that, and sees that nothing
changed. `reference.py PROGRAM SOURCES FOLDER`; see `reference`."""

import re
import sys
from collections import Counter
from contextlib import suppress
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import icalendar
import recurring_ical_events

from feed import told
from imported import Imported
from rfc5545 import mistakes

program, sources, folder = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
YEARS = timedelta(days=730)
MARGIN = timedelta(days=3)
VEVENT = re.compile(rb"^BEGIN:VEVENT.*?^END:VEVENT", re.M | re.S | re.I)


def day(moment):
    return moment.date() if isinstance(moment, datetime) else moment


def to_minute(moment):
    """kalends keeps times to the minute; a time without a zone is the site's, here UTC."""
    if not isinstance(moment, datetime):
        return told(moment)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return told(moment.replace(second=0, microsecond=0))


def theirs(calendars, first, last):
    """What it can't read it leaves out, as kalends does."""
    found = Counter()
    for calendar in calendars:
        for event in recurring_ical_events.of(calendar, skip_bad_series=True).between(first - MARGIN, last + MARGIN):
            found[to_minute(event.start), to_minute(event.end)] += 1
    return found


def ours(imported, first, last):
    events = imported.events(first - MARGIN, last + MARGIN)
    return Counter((to_minute(event["begin"]), to_minute(event["over"])) for event in events)


def windows(calendars):
    """Two years from each event's start on that no window before it holds; and whether any of them repeats."""
    events, starts, found = [event for calendar in calendars for event in calendar.walk("VEVENT")], set(), []
    for event in events:
        with suppress(ValueError):
            starts.add(day(event.start))
    for start in sorted(starts):
        if 1000 < start.year < 2990 and (not found or start >= found[-1][1]):
            found.append((start, start + YEARS))
    return found, any("RRULE" in event or "RDATE" in event for event in events)


def compared(imported, octets):
    """Whether it repeats, and what each alone has."""
    calendars = icalendar.Calendar.from_ical(octets, multiple=True)
    spans, repeats = windows(calendars)
    alone = []
    for first, last in spans:
        mine, other = ours(imported, first, last), theirs(calendars, first, last)
        inside = lambda found: Counter({row: n for row, n in found.items() if str(first) <= row[0] < str(last)})
        mine, other = inside(mine), inside(other)
        alone += [f"- {a} to {b}" for a, b in (other - mine).elements()]
        alone += [f"+ {a} to {b}" for a, b in (mine - other).elements()]
        counts["dates compared"] += (mine | other).total()
    return repeats, sorted(alone, key=lambda line: line[2:])


def survives(imported):
    """What an export and an import of it changed, or has wrong."""
    def told_of(imported):
        own = {"id", "created_at", "updated_at", "sequence"}
        events = imported.events(date(1960, 1, 1), date(2030, 12, 31))
        return sorted(str({key: value for key, value in event.items() if key not in own}) for event in events)
    file = folder / "export.ics"
    file.write_text(imported.run("export")[1], newline="")
    before, after = told_of(imported), told_of(Imported(program, folder / "again", file))
    counts["dates exported"] += len(before)
    return [*mistakes(file.read_bytes()), *sorted(set(before) ^ set(after))]


def kind_of(reason):
    return re.sub(r"`[^`]*`|“[^”]*”|\d+", "…", reason)


counts, reasons, verdicts, failed = Counter(), Counter(), Counter(), []
disagreements = []
for file in sorted(sources.rglob("*.ics")):
    name, octets = file.relative_to(sources), file.read_bytes()
    imported = Imported(program, folder / "site", file)
    events = len(VEVENT.findall(octets))
    report = imported.report
    counts.update(files=1, VEVENTs=events, read=report.get("added", 0), updated=report.get("updated", 0))
    counts.update(rejected=len(report.get("rejected", [])), notes=len(report.get("notes", [])))
    reasons.update(kind_of(told["reason"]) for kind in ("rejected", "notes") for told in report.get(kind, []))
    single = [event for event in VEVENT.findall(octets) if b"\nRECURRENCE-ID" in event]
    counts.update({"single dates among them": len(single)})
    if imported.crashed():
        failed.append(f"{name}: exit code {imported.code}: {imported.errors}")
    elif not report:
        counts.update({"files refused": 1})
        reasons[kind_of(imported.errors.strip().split(": ", 2)[-1])] += 1
        if events:
            print(f"refused with {events} VEVENTs: {name}: {imported.errors.strip()}")
    if report.get("added"):
        changed = survives(imported)
        verdicts["change by export and import" if changed else "survive export and import"] += 1
        print("".join(f"export and import: {name}: {change}\n" for change in changed[:3]), end="")
    if not events:
        verdicts["have no events"] += 1
        continue
    try:
        repeats, alone = compared(imported, octets)
    except Exception as error:
        verdicts["can not be read by the reference"] += 1
        print(f"the reference: {name}: {type(error).__name__}: {str(error)[:100]!r}; kalends took {report.get('added')}")
        continue
    verdicts[f"{'repeat' if repeats else 'do not repeat'} and {'disagree' if alone else 'agree'}"] += 1
    if alone:
        disagreements.append((name, len(alone), alone, report))

print("\n" + ", ".join(f"{count} {what}" for what, count in counts.items()))
for reason, count in reasons.most_common():
    print(f"{count:5} {reason}")
print("\n" + ", ".join(f"{count} {what}" for what, count in verdicts.items()))
for name, count, alone, report in disagreements:
    print(f"\n{name}: {count} differences")
    for line in alone[:6] + [f"note: {note['reason']}" for kind in ("rejected", "notes") for note in report[kind]][:3]:
        print(f"    {line}")
for crash in failed:
    print(f"CRASH {crash}")
sys.exit(bool(failed))
