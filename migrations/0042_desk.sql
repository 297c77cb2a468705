-- The desk: the links by which editors come in, who is in, and what they typed and have yet to send. Of what stands in a
-- link or a cookie a hash is kept.
CREATE TABLE sign_in (
    hash      BLOB    PRIMARY KEY, -- of what stands in the link
    editor_id INTEGER NOT NULL REFERENCES editor (id),
    browser   BLOB, -- of what the browser keeps that asked for it; null: it was asked for at a terminal
    network   TEXT, -- where it was asked for; null: at a terminal
    asked_at  INTEGER NOT NULL,
    ends_at   INTEGER NOT NULL,
    used_at   INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX sign_in_editor ON sign_in (editor_id);

CREATE TABLE session (
    id        INTEGER PRIMARY KEY,
    hash      BLOB    NOT NULL UNIQUE, -- of what stands in the cookie
    editor_id INTEGER NOT NULL REFERENCES editor (id),
    agent     TEXT    NOT NULL, -- what the browser calls itself
    began_at  INTEGER NOT NULL,
    seen_at   INTEGER NOT NULL,
    ended_at  INTEGER -- by hand; by time it ends without a word here
) STRICT;
CREATE INDEX session_editor ON session (editor_id);

CREATE TABLE typed (
    editor_id INTEGER NOT NULL REFERENCES editor (id),
    place     TEXT    NOT NULL, -- the path of the page
    fields    TEXT    NOT NULL, -- pairs of a name and a value
    typed_at  INTEGER NOT NULL,
    PRIMARY KEY (editor_id, place)
) STRICT, WITHOUT ROWID;

-- How many wait is told on every page of the desk.
CREATE INDEX event_that_waits ON event (id) WHERE status = 'draft' AND removed = 0;
