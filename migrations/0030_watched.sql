-- What was seen of a watched page or feed, so that it is proposed once.

-- An item of a feed, or a block of a page.
CREATE TABLE watched_text (
    source  TEXT    NOT NULL, -- its address, as configured
    key     TEXT    NOT NULL, -- a hash of what the feed calls it, or of the block's words
    link    TEXT    NOT NULL, -- of an item; by link or title it is known under another id, too
    title   TEXT    NOT NULL,
    hash    TEXT    NOT NULL, -- of all that was read of it; empty: it has to be read again
    tries   INTEGER,          -- how often its page was asked for in vain; null: it is read, or nobody wants it
    seen_at INTEGER NOT NULL, -- at the latest, to the day
    PRIMARY KEY (source, key)
) STRICT, WITHOUT ROWID;

-- A dated event that one of them told.
CREATE TABLE watched_proposal (
    source    TEXT    NOT NULL,
    uid       TEXT    NOT NULL,
    item      TEXT    NOT NULL, -- which item told it; empty for a page
    kind      TEXT    NOT NULL,
    title     TEXT    NOT NULL,
    standards TEXT    NOT NULL,
    start     TEXT    NOT NULL,
    event_id  INTEGER,          -- what it became: a draft, or an event that was there; null: nothing
    moves     INTEGER,          -- the event that this draft has another date for
    is_told   INTEGER NOT NULL CHECK (is_told IN (0, 1)), -- whether its item told it when that was read last
    seen_at   INTEGER NOT NULL,
    PRIMARY KEY (source, uid)
) STRICT, WITHOUT ROWID;
CREATE INDEX watched_proposal_moves ON watched_proposal (event_id) WHERE moves IS NOT NULL;
