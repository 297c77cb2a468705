"""What a feed must have done between two fetches: `changes.py BEFORE AFTER UID…` sees that each of the events named kept
its UID and has a higher SEQUENCE and a newer DTSTAMP, and that all others are the same to the letter."""

import sys
from pathlib import Path

from content import parse


def by_uid(file):
    found = {}
    for event in parse(Path(file).read_bytes()).children:
        if event.name == "VEVENT":
            found.setdefault(event.value("UID"), []).append(event)
    return found


def newest(events, name, number=str):
    return max(number(event.value(name)) for event in events)


def problems(before, after, changed):
    if before.keys() != after.keys():
        yield f"other UIDs than before: {sorted(before.keys() ^ after.keys())}"
    for uid in before.keys() & after.keys():
        old, new = before[uid], after[uid]
        if uid not in changed:
            if [event.properties for event in old] != [event.properties for event in new]:
                yield f"{uid} is another than before, and nobody changed it"
            continue
        for name, number in ("SEQUENCE", int), ("DTSTAMP", str):
            was, now = newest(old, name, number), newest(new, name, number)
            if now <= was:
                yield f"{uid} was changed, and its {name} went from {was} to {now}"
    yield from (f"{uid} is not there" for uid in changed if uid not in after)


found = list(problems(by_uid(sys.argv[1]), by_uid(sys.argv[2]), set(sys.argv[3:])))
print("".join(f"  changes    {problem}\n" for problem in found), end="")
sys.exit(bool(found))
