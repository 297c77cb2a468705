"""Adds an event by the client that was made of the description, and reads it back: client.py ADDRESS TOKEN"""

import sys

from kalends_client import AuthenticatedClient
from kalends_client.api.events import add_event, list_events, show_event
from kalends_client.models import NewEvent

address, token = sys.argv[1:]
client = AuthenticatedClient(base_url=address, token=token, raise_on_unexpected_status=True)
wish = NewEvent.from_dict(
    {"kind": "meeting", "title": "Plenary 全体会议", "start": "2026-12-20T09:00", "timezone": "Asia/Shanghai", "topics": ["ipv6"]}
)
added = add_event.sync(client=client, body=wish)
shown = show_event.sync(client=client, id=added.id)
assert shown.to_dict() == added.to_dict(), (shown, added)
assert (shown.title, shown.start, shown.topics) == ("Plenary 全体会议", "2026-12-20T09:00", ["ipv6"]), shown
listed = list_events.sync(client=client, topic=["ipv6"])
assert added.id in [event.id for event in listed], listed
print(f"event {added.id} was added and read back")
