"""The feed as khal sees it, in the folder that vdirsyncer keeps in step with the feed. `read_khal.py URL FOLDER`, with
both programs beside the python that runs this."""

import json
import os
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

from feed import WINDOW, print_rows, row

VDIRSYNCER = """
[general]
status_path = "{folder}/status"
[pair feed]
a = "site"
b = "disk"
collections = null
[storage site]
type = "http"
url = "{url}"
[storage disk]
type = "filesystem"
path = "{folder}/events"
fileext = ".ics"
"""
KHAL = """
[calendars]
[[feed]]
path = {folder}/events
readonly = True
[sqlite]
path = {folder}/khal.db
[locale]
local_timezone = UTC
default_timezone = UTC
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
timeformat = %H:%M:%S
datetimeformat = %Y-%m-%dT%H:%M:%S+00:00
longdatetimeformat = %Y-%m-%dT%H:%M:%S+00:00
[default]
enable_mouse = False
"""
FIELDS = ["start-long-full", "end-long-full", "title", "status", "all-day"]

url, folder = sys.argv[1], Path(sys.argv[2]).resolve()


def run(program, *arguments):
    home = {**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "LC_ALL": "C.UTF-8"}
    done = subprocess.run([Path(sys.executable).parent / program, *arguments], env=home, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{program} {arguments}: {done.stdout}{done.stderr}")
    return done.stdout


def config(name, text):
    folder.joinpath(name).write_text(text.format(folder=folder, url=url))
    return folder / name


folder.joinpath("events").mkdir(parents=True, exist_ok=True)
vdirsyncer = config("vdirsyncer.conf", VDIRSYNCER)
if not folder.joinpath("status").exists():
    run("vdirsyncer", "-c", vdirsyncer, "discover")
run("vdirsyncer", "-c", vdirsyncer, "sync")
fields = [argument for field in FIELDS for argument in ("--json", field)]
listed = run("khal", "-c", config("khal.conf", KHAL), "list", *fields, *map(str, WINDOW))


def rows(days):
    # An event of several days is listed on each of them.
    for start, end, title, status, all_day in {tuple(event[field] for field in FIELDS) for day in days for event in day}:
        if all_day == "True":
            start, end = date.fromisoformat(start[:10]), date.fromisoformat(end[:10]) + timedelta(days=1)
        else:
            start, end = datetime.fromisoformat(start), datetime.fromisoformat(end)
        yield row("", start, end, status.strip(), title)


print_rows(rows(json.loads(line) for line in listed.splitlines()))
