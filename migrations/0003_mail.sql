-- Mail that is neither lost nor doubled: lanes of the outbox, what readers choose, who may not be written to, and what
-- came back.

-- Deliveries wait in lanes, so that one long queue does not hold up another: 0 is for what somebody waits for (a
-- confirmation), the others are digests. The domain is the recipient's, for its own pace.
ALTER TABLE delivery ADD COLUMN lane INTEGER NOT NULL DEFAULT 0;
ALTER TABLE delivery ADD COLUMN relay TEXT;      -- the one that was asked last
UPDATE delivery SET lane = (SELECT digest_id FROM edition WHERE edition.id = edition_id) WHERE edition_id IS NOT NULL;
DROP INDEX delivery_due;
DROP INDEX delivery_due_alone;
CREATE INDEX delivery_due ON delivery (lane, next_at) WHERE next_at IS NOT NULL;
CREATE INDEX delivery_on_the_wire ON delivery (id) WHERE status = 'sending';
CREATE INDEX delivery_of_subscriber ON delivery (subscriber_id);

-- What a reader chose beside topics, time zone and language. The last says why nothing may be sent to the address.
ALTER TABLE subscriber ADD COLUMN kinds TEXT NOT NULL DEFAULT '[]';   -- only events of these; none: all
ALTER TABLE subscriber ADD COLUMN send_hour INTEGER CHECK (send_hour BETWEEN 0 AND 23); -- on their own clock
ALTER TABLE subscriber ADD COLUMN suppressed TEXT CHECK (suppressed IN ('bounced', 'complained'));
ALTER TABLE subscriber ADD COLUMN suppressed_at INTEGER;
ALTER TABLE subscriber ADD COLUMN soft_bounces INTEGER NOT NULL DEFAULT 0; -- since the last mail that was taken
ALTER TABLE sign_up ADD COLUMN network TEXT;     -- where the wish came from, until it is answered or a day old

-- Addresses that must not come back through an import: a keyed hash each, nothing of the person.
CREATE TABLE forgotten (
    hash TEXT PRIMARY KEY,
    at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What came back: one row for each address of a bounce or a complaint, and for each that could not be understood.
CREATE TABLE bounce (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    at          INTEGER NOT NULL,
    delivery_id INTEGER,                         -- whose it is, where the envelope address proves it
    address     TEXT,
    class       TEXT    NOT NULL CHECK (class IN ('hard', 'soft', 'delayed', 'complaint', 'unknown')),
    status      TEXT,                            -- RFC 3463
    diagnostic  TEXT,
    verified    INTEGER NOT NULL CHECK (verified IN (0, 1)),
    message     BLOB                             -- what could not be understood, as it came
) STRICT;
CREATE INDEX bounce_of_delivery ON bounce (delivery_id);
