-- What editors say to the readers of one edition, each once.
CREATE TABLE edition_note (
    id            INTEGER PRIMARY KEY, -- in the order in which they were first said
    digest        TEXT    NOT NULL, -- its slug
    scheduled_for INTEGER NOT NULL, -- a moment of its schedule
    is_next       INTEGER NOT NULL CHECK (is_next IN (0, 1)), -- said of the next edition, also if that comes before its moment
    locale        TEXT    NOT NULL, -- of the readers it is for; empty: all
    subject       TEXT    NOT NULL, -- of the mail; empty: as it is without
    body          TEXT    NOT NULL, -- Markdown; empty: it has a subject alone
    actor         TEXT    NOT NULL,
    said_at       INTEGER NOT NULL,
    edition_id    INTEGER REFERENCES edition (id) -- that has said it; null: it is still to be said
) STRICT;
CREATE INDEX edition_note_edition ON edition_note (edition_id);
