-- What came back: whether a report counted against its address (one about us, or one that came too late, does not), and
-- one copy of each message, however many reports and recipients it has.

ALTER TABLE bounce ADD COLUMN counted INTEGER NOT NULL DEFAULT 0 CHECK (counted IN (0, 1));
UPDATE bounce SET counted = 1 WHERE verified = 1 AND class IN ('hard', 'soft', 'complaint');
ALTER TABLE bounce ADD COLUMN digest BLOB;           -- SHA-256 of what was kept of the message
ALTER TABLE bounce ADD COLUMN message_of INTEGER;    -- the row that has it, if that is another
CREATE INDEX bounce_by_digest ON bounce (digest) WHERE digest IS NOT NULL;
CREATE INDEX bounce_unproved ON bounce (at) WHERE verified = 0;

-- Of mail that proves nothing, the newest is kept, and of that the beginning.
DELETE FROM bounce WHERE verified = 0
    AND id NOT IN (SELECT id FROM bounce WHERE verified = 0 ORDER BY id DESC LIMIT 200);
UPDATE bounce SET message = substr(message, 1, 16384) WHERE verified = 0 AND length(message) > 16384;
