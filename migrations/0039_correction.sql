-- What was to be corrected in editions that went out: at the head of the archive, and mailed to those who got them.
CREATE TABLE correction (
    id         INTEGER PRIMARY KEY,
    edition_id INTEGER NOT NULL REFERENCES edition (id),
    body       TEXT    NOT NULL, -- Markdown
    actor      TEXT    NOT NULL,
    made_at    INTEGER NOT NULL,
    mailed_at  INTEGER, -- null: it is told in the archive alone
    UNIQUE (edition_id, body)
) STRICT;
