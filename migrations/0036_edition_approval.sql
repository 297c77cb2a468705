-- Editions of digests that ask before they go: what was asked, and who has approved.
CREATE TABLE edition_approval (
    id            INTEGER PRIMARY KEY,
    digest        TEXT    NOT NULL, -- its slug
    scheduled_for INTEGER NOT NULL, -- a moment of its schedule
    words         TEXT    NOT NULL, -- a hash of what editors had said of it when it was asked or approved
    asked_at      INTEGER, -- when editors were asked last; null: never
    approved_at   INTEGER, -- null: by nobody yet
    actor         TEXT, -- who has approved
    told          TEXT    NOT NULL, -- what it told then, as JSON: its entries and what was said of each
    UNIQUE (digest, scheduled_for)
) STRICT;

-- The links by which single editors approve.
CREATE TABLE approval_link (
    hash        BLOB    PRIMARY KEY, -- SHA-256 of the token
    approval_id INTEGER NOT NULL REFERENCES edition_approval (id),
    editor_id   INTEGER NOT NULL REFERENCES editor (id),
    words       TEXT    NOT NULL, -- as they were when it was sent
    made_at     INTEGER NOT NULL,
    used_at     INTEGER
) STRICT, WITHOUT ROWID;
