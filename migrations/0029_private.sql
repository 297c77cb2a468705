-- Events that their own calendar shows not to everybody, as it told the last time it was read.

ALTER TABLE event ADD COLUMN private INTEGER NOT NULL DEFAULT 0;
CREATE INDEX event_that_is_private ON event (id) WHERE private = 1;
