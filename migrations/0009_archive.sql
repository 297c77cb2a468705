-- Editions as everybody may read them, with nothing in them that is of one reader: in each language that they were made in.
CREATE TABLE archived_edition (
    edition_id INTEGER NOT NULL REFERENCES edition (id),
    locale     TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    preheader  TEXT    NOT NULL, -- its first headlines
    html       TEXT    NOT NULL, -- a whole document
    text       TEXT    NOT NULL,
    PRIMARY KEY (edition_id, locale)
) STRICT;
