-- What is told to whoever keeps the office running: the end of each edition, what needs a hand, and counts for a watcher.

-- When the last of an edition's deliveries had ended; told once.
ALTER TABLE edition ADD COLUMN through_at INTEGER;
UPDATE edition SET through_at = composed_at
WHERE NOT EXISTS (SELECT 1 FROM delivery
                  WHERE edition_id = edition.id AND (status IN ('queued', 'sending', 'deferred')
                                                  OR status = 'uncertain' AND next_at IS NOT NULL));
CREATE INDEX edition_under_way ON edition (id) WHERE through_at IS NULL;

-- What needs a hand, or did. It is told if it lasts as long as its kind asks for.
CREATE TABLE alert (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    kind         TEXT    NOT NULL,
    about        TEXT    NOT NULL, -- a relay, a source, an edition, a folder; empty where there is but one
    since        INTEGER NOT NULL,
    sentence     TEXT    NOT NULL,
    raised_at    INTEGER,          -- when it had lasted so long
    told_at      INTEGER,          -- by mail
    over_at      INTEGER,
    over_told_at INTEGER
) STRICT;
CREATE UNIQUE INDEX alert_that_is_open ON alert (kind, about) WHERE over_at IS NULL;

-- The one address that is fetched when an edition is through: since when it is to be, how often that failed, and how the
-- last time went.
CREATE TABLE ping (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    due_since   INTEGER,
    tries       INTEGER NOT NULL DEFAULT 0,
    answered_at INTEGER,
    failed_at   INTEGER,
    error       TEXT
) STRICT;
INSERT INTO ping (id) VALUES (1);

-- How many reports came back of each class, also of those that are cleared.
CREATE TABLE bounce_count (
    class  TEXT    PRIMARY KEY,
    number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO bounce_count (class, number) SELECT class, count(*) FROM bounce GROUP BY class;
CREATE TRIGGER bounce_counted AFTER INSERT ON bounce BEGIN
    INSERT INTO bounce_count (class, number) VALUES (NEW.class, 1)
    ON CONFLICT (class) DO UPDATE SET number = number + 1;
END;
