-- What editors want of single entries of an edition: left out, put first, added.
CREATE TABLE edition_mark (
    id            INTEGER PRIMARY KEY,
    digest        TEXT    NOT NULL, -- its slug
    scheduled_for INTEGER, -- a moment of its schedule; null: left out of all its editions, for good
    is_next       INTEGER NOT NULL CHECK (is_next IN (0, 1)), -- said of the next edition, also if that comes before its moment
    mark          TEXT    NOT NULL, -- left-out, put-first, added
    what          TEXT    NOT NULL, -- event, article
    entry         INTEGER NOT NULL, -- its id
    occurrence    TEXT    NOT NULL, -- of one date of a repeating event: its original start; else empty
    place         INTEGER NOT NULL, -- of what is put first: the lowest is the first
    actor         TEXT    NOT NULL,
    said_at       INTEGER NOT NULL,
    edition_id    INTEGER REFERENCES edition (id), -- that went by it, of what is for good the last; null: it is still to be gone by
    since         INTEGER -- of what that edition left out: the line of history behind which the next begins to tell it
) STRICT;
CREATE INDEX edition_mark_edition ON edition_mark (edition_id);
