-- Instants are seconds since 1970 in UTC. Lists are JSON arrays of text.

-- "klnd": so that no other program's file is taken for ours.
PRAGMA application_id = 1802268260;

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- Signs the links in mails. A copy of the database is the same installation.
INSERT INTO meta (key, value) VALUES ('secret', lower(hex(randomblob(32))));

CREATE TABLE event (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    uid           TEXT    NOT NULL UNIQUE,
    kind          TEXT    NOT NULL,
    title         TEXT    NOT NULL,
    start         TEXT    NOT NULL, -- as given: 2020-10-01, 2020-09-16T09:00, 2021-Q3
    "end"         TEXT,             -- inclusive, as given
    timezone      TEXT    NOT NULL,
    status        TEXT    NOT NULL CHECK (status IN ('confirmed', 'tentative', 'draft', 'cancelled')),
    location      TEXT    NOT NULL,
    organizer     TEXT    NOT NULL,
    topics        TEXT    NOT NULL,
    standards     TEXT    NOT NULL,
    url           TEXT    NOT NULL,
    description   TEXT    NOT NULL,
    cancel_reason TEXT    NOT NULL,
    sequence      INTEGER NOT NULL,
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL,
    ended_at      INTEGER,          -- cancelled or removed
    removed       INTEGER NOT NULL CHECK (removed IN (0, 1))
) STRICT;

-- Every change of every event. The highest id is the revision that feeds and editions refer to.
CREATE TABLE history (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id INTEGER NOT NULL REFERENCES event (id),
    at       INTEGER NOT NULL,
    action   TEXT    NOT NULL,
    field    TEXT,
    before   TEXT,
    after    TEXT
) STRICT;
CREATE INDEX history_of_event ON history (event_id, id);

CREATE TABLE subscriber (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    email      TEXT    NOT NULL,
    email_key  TEXT    NOT NULL UNIQUE,
    name       TEXT    NOT NULL,
    topics     TEXT    NOT NULL,
    timezone   TEXT,
    locale     TEXT,
    created_at INTEGER NOT NULL
) STRICT;

-- What somebody asked for who has yet to prove to be that person: the link in the confirmation mail stands for it.
CREATE TABLE sign_up (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    subscriber_id INTEGER NOT NULL REFERENCES subscriber (id) ON DELETE CASCADE,
    digests       TEXT    NOT NULL,
    name          TEXT,             -- null: nothing was said of it
    topics        TEXT,
    timezone      TEXT,
    locale        TEXT,
    created_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX sign_up_of_subscriber ON sign_up (subscriber_id, created_at);

-- What the daemon knows of a digest beside its definition in the configuration.
CREATE TABLE digest (
    id            INTEGER PRIMARY KEY,
    slug          TEXT    NOT NULL UNIQUE,
    schedule      TEXT    NOT NULL, -- with its zone, as last seen
    handled_until INTEGER,          -- moments up to here have had their edition
    paused        INTEGER NOT NULL CHECK (paused IN (0, 1))
) STRICT;

CREATE TABLE subscription (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    subscriber_id INTEGER NOT NULL REFERENCES subscriber (id) ON DELETE CASCADE,
    digest_id     INTEGER NOT NULL REFERENCES digest (id),
    status        TEXT    NOT NULL CHECK (status IN ('pending', 'confirmed', 'left')),
    consent_at    INTEGER,
    consent_note  TEXT,
    left_at       INTEGER,
    UNIQUE (subscriber_id, digest_id)
) STRICT;

CREATE TABLE edition (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    digest_id     INTEGER NOT NULL REFERENCES digest (id),
    number        INTEGER NOT NULL,
    scheduled_for INTEGER NOT NULL,
    composed_at   INTEGER NOT NULL,
    history_head  INTEGER NOT NULL,
    candidates    INTEGER NOT NULL,
    UNIQUE (digest_id, scheduled_for), -- one edition for a moment, for ever
    UNIQUE (digest_id, number)
) STRICT;

-- What several people get alike: rendered once, made personal as it is handed over.
CREATE TABLE mail (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    edition_id INTEGER REFERENCES edition (id),
    subject    TEXT    NOT NULL,
    text       TEXT    NOT NULL,
    html       TEXT    NOT NULL
) STRICT;

-- The outbox. subscriber_id outlives the person it names, so that the sums stay right.
CREATE TABLE delivery (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    mail_id       INTEGER NOT NULL REFERENCES mail (id),
    edition_id    INTEGER REFERENCES edition (id),
    subscriber_id INTEGER NOT NULL,
    address       TEXT    NOT NULL,
    message_id    TEXT    NOT NULL UNIQUE,
    status        TEXT    NOT NULL CHECK (status IN
                    ('queued', 'sending', 'sent', 'deferred', 'failed', 'uncertain', 'suppressed')),
    attempts      INTEGER NOT NULL DEFAULT 0,
    tried_since   INTEGER,             -- the first attempt; giving up counts from here
    doubts        INTEGER NOT NULL DEFAULT 0, -- how often the server's last word was lost
    next_at       INTEGER,
    error         TEXT,
    created_at    INTEGER NOT NULL,
    UNIQUE (edition_id, subscriber_id)
) STRICT;
CREATE INDEX delivery_due_alone ON delivery (next_at) WHERE next_at IS NOT NULL AND edition_id IS NULL;
CREATE INDEX delivery_due ON delivery (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX delivery_of_edition ON delivery (edition_id, status);
CREATE INDEX delivery_of_mail ON delivery (mail_id);
