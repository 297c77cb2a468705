"""A calendar of somebody else's, taken into a kalends of its own: what the import said, and the dates that `event list`
then has. Shared by reference.py and reference_tests.py."""

import json
import shutil
import subprocess
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo


class Imported:
    def __init__(self, program, folder, file):
        """`folder` is made anew; an empty installation is kept beside it, to be copied."""
        self.program, self.folder = program, Path(folder)
        empty = self.folder.with_name("empty")
        if not empty.exists():
            empty.mkdir(parents=True)
            subprocess.run([program, "init"], cwd=empty, check=True, capture_output=True)
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(empty, self.folder)
        self.code, said, self.errors = self.run("--json", "import", "--format", "ics", file)
        self.report = json.loads(said) if said.strip() else {}

    def run(self, *arguments):
        done = subprocess.run([self.program, *map(str, arguments)], cwd=self.folder, capture_output=True, timeout=120)
        return done.returncode, done.stdout.decode(), done.stderr.decode(errors="replace")

    def crashed(self):
        return self.code not in (0, 1) or "panicked" in self.errors

    def events(self, first, last):
        """Rows of `event list`, with `begin` and `end` as Python has them and the end exclusive."""
        code, said, errors = self.run("--json", "event", "list", "--from", first, "--to", last)
        if code:
            raise RuntimeError(errors)
        rows = json.loads(said)
        for row in rows:
            if row["precision"] == "minute":
                zone = ZoneInfo(row["timezone"])
                row["begin"], row["over"] = (
                    datetime.fromisoformat(at).replace(tzinfo=zone) for at in (row["start"], row["end"] or row["start"])
                )
            else:
                row["begin"] = date.fromisoformat(row["start"])
                row["over"] = date.fromisoformat(row["end"] or row["start"]) + timedelta(days=1)
        return rows
