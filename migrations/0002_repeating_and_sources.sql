-- Events that repeat, and where an event came from.

ALTER TABLE event ADD COLUMN repeat TEXT NOT NULL DEFAULT '';      -- RRULE
ALTER TABLE event ADD COLUMN rdates TEXT NOT NULL DEFAULT '[]';    -- dates beside those of the rule
ALTER TABLE event ADD COLUMN exdates TEXT NOT NULL DEFAULT '[]';   -- dates left out
ALTER TABLE event ADD COLUMN overrides TEXT NOT NULL DEFAULT '[]'; -- what is different about single dates, as JSON
ALTER TABLE event ADD COLUMN source TEXT;                          -- the foreign calendar it is kept in step with
CREATE INDEX event_of_source ON event (source) WHERE source IS NOT NULL;

ALTER TABLE history ADD COLUMN occurrence TEXT;                    -- the original start of the date it is about

-- What the daemon knows of a foreign calendar beside its definition in the configuration.
CREATE TABLE source (
    url           TEXT PRIMARY KEY, -- as configured
    settings      TEXT    NOT NULL, -- what else was configured when it was read last
    found_at      TEXT,             -- where redirects led; the next two belong to that address alone
    etag          TEXT,
    last_modified TEXT,
    tried_at      INTEGER,
    read_at       INTEGER,          -- the last time all went well, changed or not
    next_at       INTEGER,
    failures      INTEGER NOT NULL, -- since then
    error         TEXT
) STRICT;

-- A reader's own calendar. The row outlives the reader, so that programs learn that it is gone.
CREATE TABLE personal_calendar (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    subscriber_id INTEGER REFERENCES subscriber (id) ON DELETE SET NULL,
    created_at    INTEGER NOT NULL,
    revoked_at    INTEGER
) STRICT;
CREATE UNIQUE INDEX personal_calendar_of_subscriber ON personal_calendar (subscriber_id) WHERE revoked_at IS NULL;
