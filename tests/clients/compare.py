"""Compares what programs saw with what they should have seen, and prints each difference on a line of its own: `-` what
a program missed, `+` what it should not have seen. `compare.py EXPECTED NAME=FILE…`; exit code 1 with any difference."""

import json
import sys
from pathlib import Path

START, END, SUMMARY, STATUS, UID = range(5)

# In the nights in which clocks change, programs read the same text differently. By title, day of the start and program:
# what of a date is not compared. The rest is.
CLOCK_CHANGES = {
    # Section 3.3.5: a time that comes twice is meant the first time. khal and ical.js take the second.
    ("An hour that comes twice", "2026-10-25"): {"khal": {START}, "ical.js": {START}},
    # Section 3.8.5.3: with DTEND, all dates last exactly as long, so that the night of the change ends an hour later by
    # the clock; khal does so. The others end it at the usual time.
    ("Nights", "2026-03-28"): dict.fromkeys(["icalendar", "ical.js", "vobject"], {END}),
    # Section 3.3.5: a time that does not exist counts from the clock before the change. ical.js and vobject count from
    # the clock after it, an hour earlier; icalendar has the start right and the end of the usual time of day.
    ("At a time that one night lacks", "2026-03-29"): dict.fromkeys(["icalendar", "ical.js", "vobject"], {START, END}),
}

# What a program shows although it should not.
TOO_MUCH = {
    # khal keeps days and times apart, and so a date of a series of times that became a whole day on both.
    "khal": [("周会 with single dates changed", "2026-10-05T02:00:00Z")],
}


def unseen(name, row, without_end):
    """Which cells of a row a program can't tell by its nature."""
    cells = set(CLOCK_CHANGES.get((row[SUMMARY], row[START][:10]), {}).get(name, ()))
    if name == "khal":
        # vdirsyncer gives what it fetches by HTTP UIDs of its own making.
        cells.add(UID)
        if row[SUMMARY] in without_end:
            # It lets a time without an end last an hour.
            cells.add(END)
    return cells


def compared(rows, name, without_end):
    """Lists, not sets: a date seen twice is a difference."""
    return [["?" if at in unseen(name, row, without_end) else cell for at, cell in enumerate(row)] for row in rows]


def read(file):
    return json.loads(Path(file).read_text())


expected, failed = read(sys.argv[1]), False
without_end = {row[SUMMARY] for row in expected if row[START] == row[END]}
for argument in sys.argv[2:]:
    name, _, file = argument.partition("=")
    told = [row for row in read(file) if (row[SUMMARY], row[START]) not in TOO_MUCH.get(name, [])]
    wanted, seen = (compared(rows, name, without_end) for rows in (expected, told))
    for row in sorted(set(map(tuple, wanted + seen))):
        count = seen.count(list(row)) - wanted.count(list(row))
        if count:
            failed = True
            print(f"  {name:<10} {'-+'[count > 0]} {' | '.join(row)}")
sys.exit(failed)
