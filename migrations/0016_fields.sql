-- Where to join an event from afar.

ALTER TABLE event ADD COLUMN join_url TEXT NOT NULL DEFAULT '';
