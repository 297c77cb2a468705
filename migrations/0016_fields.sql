-- Where to join an event from afar, and how its description is written.

ALTER TABLE event ADD COLUMN join_url TEXT NOT NULL DEFAULT '';
ALTER TABLE event ADD COLUMN description_format TEXT NOT NULL DEFAULT 'markdown';
