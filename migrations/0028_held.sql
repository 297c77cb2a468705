-- What is known of a foreign calendar beside how reading it went.

ALTER TABLE source ADD COLUMN notes TEXT NOT NULL DEFAULT '[]';        -- the first of what was read otherwise than it may be meant
ALTER TABLE source ADD COLUMN notes_count INTEGER NOT NULL DEFAULT 0;  -- of all of them
ALTER TABLE source ADD COLUMN held_since INTEGER;                      -- it suddenly lacks most of what it had, since then
ALTER TABLE source ADD COLUMN held_missing TEXT NOT NULL DEFAULT '[]'; -- the ids of these events
ALTER TABLE source ADD COLUMN held_ahead INTEGER NOT NULL DEFAULT 0;   -- of how many that lay ahead
ALTER TABLE source ADD COLUMN uids_changed INTEGER NOT NULL DEFAULT 0; -- at how many readings in a row its UIDs were others

-- The UID that a foreign calendar gave an event the last time, where that is another than the event's own.
CREATE TABLE foreign_uid (
    event_id INTEGER PRIMARY KEY REFERENCES event (id) ON DELETE CASCADE,
    uid      TEXT NOT NULL
) STRICT;
CREATE INDEX foreign_uid_by_uid ON foreign_uid (uid);
