"""One request as a calendar program repeats it. `ask.py URL FILE [ETAG]` prints the status, and after a 200 the ETag and
Last-Modified, and keeps the body in FILE. With an ETAG it is sent as If-None-Match; `since:DATE` as
If-Modified-Since."""

import sys
from pathlib import Path

from feed import get

url, file, *known = sys.argv[1:]
headers = {}
if known:
    date = known[0].removeprefix("since:")
    headers = {"If-None-Match": known[0]} if date == known[0] else {"If-Modified-Since": date}
status, said, octets = get(url, headers)
print(status)
if status == 200:
    Path(file).write_bytes(octets)
    print(said["ETag"], said["Last-Modified"], sep="\n")
elif octets:
    sys.exit(f"a {status} with a body of {len(octets)} octets")
