-- Mails that editors forward to the intake address, and drafts that give an event another date.

-- Published, the draft moves the event. Until now only drafts of what is watched did.
CREATE TABLE moving (
    draft INTEGER PRIMARY KEY,
    event INTEGER NOT NULL
) STRICT;
INSERT OR IGNORE INTO moving (draft, event)
SELECT event_id, moves FROM watched_proposal WHERE event_id IS NOT NULL AND moves IS NOT NULL;
DROP INDEX watched_proposal_moves;

-- Each editor has an address of their own to forward to; another random value is another address.
ALTER TABLE editor ADD COLUMN nonce BLOB CHECK (length(nonce) = 8);
UPDATE editor SET nonce = randomblob(8);
CREATE TRIGGER editor_nonce AFTER INSERT ON editor WHEN NEW.nonce IS NULL BEGIN
    UPDATE editor SET nonce = randomblob(8) WHERE id = NEW.id;
END;
DROP VIEW linked;
CREATE VIEW linked (what, id, nonce) AS
SELECT 'subscriber', id, nonce FROM subscriber
UNION ALL SELECT 'subscription', id, nonce FROM subscription
UNION ALL SELECT 'sign_up', id, nonce FROM sign_up
UNION ALL SELECT 'personal_calendar', id, nonce FROM personal_calendar
UNION ALL SELECT 'delivery', id, nonce FROM delivery
UNION ALL SELECT 'editor', id, nonce FROM editor
UNION ALL SELECT what, id, nonce FROM gone;

-- What was taken, so that each mail is taken once.
CREATE TABLE forwarded (
    editor_id   INTEGER NOT NULL,
    key         BLOB    NOT NULL CHECK (length(key) = 32), -- keyed hash of its Message-ID, or of its signature
    at          INTEGER NOT NULL,
    is_answered INTEGER NOT NULL CHECK (is_answered IN (0, 1)), -- by one row of a mail at most
    PRIMARY KEY (editor_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX forwarded_at ON forwarded (at);

-- What came to the address by each way, and when something of the kind last did.
CREATE TABLE forwarded_way (
    way     TEXT    NOT NULL,
    what    TEXT    NOT NULL,
    number  INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (way, what)
) STRICT, WITHOUT ROWID;

-- The Message-ID that this mail answers; empty if what it answers has none, null if it answers nothing.
ALTER TABLE mail ADD COLUMN answers TEXT;
